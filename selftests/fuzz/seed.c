// SPDX-License-Identifier: GPL-2.0
/* Writes what the fuzzers begin with: seed DIR TARGETS, where TARGETS is a file of lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

static const char *dir;

static void seed(const char *fuzzer, const char *name, const void *data, size_t size)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", fuzzer, name);
	tree_write(dir, path, data, size);
}

/* BTF as fuzz_plan takes it: how to read it, three root types, then a file or its types. */
static void seed_plan(const char *name, const struct btf *btf, __u8 how, const __u8 *roots)
{
	const struct btf_header *h;
	const void *file;
	__u8 input[8192];
	__u32 size;

	file = btf__raw_data(btf, &size);
	h = file;
	input[0] = how;
	input[1] = 3;
	memcpy(input + 2, roots, 3);
	if (!(how & 1)) {
		file = (const char *)file + h->hdr_len + h->type_off;
		size = h->type_len;
	}
	if (size > sizeof(input) - 5)
		exit(1);
	memcpy(input + 5, file, size);
	seed("plan", name, input, size + 5);
}

/* Rules of every kind that fit the model. */
static const char rules[] =
	"struct list_head opaque\n"
	"struct task_struct.tasks list struct mm_struct.mmlist\n"
	"struct task_struct.hash list struct task_struct.hash\n"
	"struct task_struct.mm chain struct rq.curr\n"
	"struct task_struct.anon_b array __state\n"
	"struct task_struct.flex flex __state + 1\n"
	"struct task_struct.anon_p percpu struct rq\n"
	"struct mm_struct.mmlist plain # not opaque\n"
	"union both.curr string\n"
	"struct rq.curr pointer struct mm_struct *[2]\n"
	"modules list struct mm_struct.mmlist\n";

/* A profile with all that there is in one. */
static const char profile[] =
	"# SPDX-License: x\n"
	"# What it is.\n"
	"include b\n"
	"--depth 2 --only struct rq, struct pid\n"
	"required init_task	# a comment\n"
	"list(modules, struct module, list) | rbtree(a.b, struct c, d) --max-list=7\n"
	"edge struct rq.curr pointer struct mm_struct *[2]\n"
	"slab:$ARG --scan\n"
	"bytes(_sdata, _edata)\n"
	"x[1:1 << y->z]\n";

int main(int argc, char **argv)
{
	char line[300], all[4096] = "", name[32];
	struct btf *btf = model_btf();
	const __u8 roots[3] = { m.task, m.rq, m.both };
	FILE *f;
	int n = 0;

	f = argc == 3 ? fopen(argv[2], "re") : NULL;
	if (!f)
		return 2;
	dir = argv[1];
	while (fgets(line, sizeof(line), f)) {
		strncat(all, line, sizeof(all) - strlen(all) - 1);
		line[strcspn(line, "\n")] = '\0';
		snprintf(name, sizeof(name), "%d", n++);
		seed("target", name, line, strlen(line));
		seed("resolve", name, line, strlen(line));
	}
	fclose(f);
	seed("resolve", "all", all, strlen(all));
	seed("edges", "model", rules, strlen(rules));
	seed("profile", "all", profile, strlen(profile));
	seed("kallsyms", "model", model_kallsyms, strlen(model_kallsyms));
	seed_plan("file", btf, 1, roots);
	seed_plan("types", btf, 0, roots);
	btf__free(btf);
	return 0;
}
