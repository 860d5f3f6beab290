// SPDX-License-Identifier: GPL-2.0
/* Real kernels, where there are any: the one that runs here, and those in the cache. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "ctypes.h"
#include "dwarf_var.h"
#include "model.h"
#include "plan.h"
#include "plan_valid.h"

static struct ld_err err;
static struct ld_edges shipped;

/* Calls for each vmlinux in the cache; returns how many. */
static int each_vmlinux(void (*fn)(const char *path))
{
	char *list = strdup(getenv("LIVEDUMP_VMLINUX") ?: ""), *path, *save = NULL;
	int n = 0;

	for (path = strtok_r(list, " ", &save); path; path = strtok_r(NULL, " ", &save), n++)
		fn(path);
	free(list);
	return n;
}

static void compile(struct ld_btfs *set, const char *type, unsigned int depth, size_t at_least)
{
	const struct ld_plan_opts opts = { .depth = depth, .edges = &shipped };
	struct ld_plan_root t = { .is_head = false };
	struct ld_texpr x;
	struct ld_plan plan;
	const char *why;
	__u32 index;

	must(ld_texpr_parse(type, &x, &err));
	if (!test_check(!ld_ctype_lookup(set, 0, &x, &t.type, &err), __FILE__, __LINE__, "%s",
			err.msg))
		return;
	if (!test_check(!ld_plan_compile(set, &t, 1, &opts, &index, &plan, &err), __FILE__,
			__LINE__, "%s", err.msg))
		return;
	why = plan_invalid(plan.types, plan.nr_types, plan.edges, plan.nr_edges);
	test_check(!why, __FILE__, __LINE__, "%s, depth %u: %s", type, depth, why);
	test_check(plan.nr_types >= at_least, __FILE__, __LINE__, "%s, depth %u: %zu types", type,
		   depth, plan.nr_types);
	ld_plan_free(&plan);
}

static void compile_kernel(struct ld_btfs *set)
{
	unsigned int depth;

	must(ld_edges_shipped(&shipped, &err));
	for (depth = 0; depth <= 5; depth++)
		compile(set, "struct task_struct", depth, depth ? 20 * depth : 1);
	compile(set, "struct task_struct", LIVEDUMP_MAX_DEPTH, 300);
	compile(set, "struct super_block *", 4, 100);
	compile(set, "struct list_head[64]", 4, 1);
	compile(set, "struct net", 3, 2);
	compile(set, "struct module", 3, 30);
	compile(set, "unsigned long", 3, 1);
	ld_edges_free(&shipped);
}

TEST(real_running_kernel)
{
	struct ld_btfs *set;

	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		test_skip("this kernel has no BTF");
		return;
	}
	if (!CHECK(!ld_btfs_open("/sys", NULL, &set, &err)))
		return;
	compile_kernel(set);
	ld_btfs_free(set);
}

static void compile_vmlinux(const char *path)
{
	struct ld_btfs *set;

	if (test_check(!ld_btfs_open("/nonexistent", path, &set, &err), __FILE__, __LINE__, "%s",
		       err.msg))
		compile_kernel(set);
	ld_btfs_free(set);
}

TEST(real_kernels)
{
	if (!each_vmlinux(compile_vmlinux))
		test_skip("no debug kernel in the cache");
}

static const struct {
	const char *symbol;
	const char *type;
} table[] = {
#include "roots.inc"
};

/* "unsigned long" is "long unsigned int": both become what the parser makes of them. */
static bool same_type(const char *a, const char *b)
{
	struct ld_texpr x, y;

	if (ld_texpr_parse(a, &x, &err) || ld_texpr_parse(b, &y, &err))
		return false;
	if (x.kind != y.kind || x.ptrs != y.ptrs || x.nr_dims != y.nr_dims ||
	    memcmp(x.dims, y.dims, x.nr_dims * sizeof(*x.dims)))
		return false;
	if (x.kind == LD_TEXPR_BASE)
		return x.base.kind == y.base.kind && x.base.sign == y.base.sign;
	return x.name.len == y.name.len && !memcmp(x.name.s, y.name.s, x.name.len);
}

static void compare_table(const char *path)
{
	size_t i, n = sizeof(table) / sizeof(*table), seen = 0;
	struct ld_dwarf *d;
	char *type;

	if (!test_check(!ld_dwarf_open(path, &d, &err), __FILE__, __LINE__, "%s", err.msg))
		return;
	for (i = 0; i < n; i++) {
		type = ld_dwarf_type_of(d, table[i].symbol, 0, 0);
		if (!type)
			continue;
		test_check(same_type(type, table[i].type), __FILE__, __LINE__,
			   "%s: %s is '%s', listed as '%s'", path, table[i].symbol, type,
			   table[i].type);
		seen++;
		free(type);
	}
	/* Some come and go, most stay. */
	test_check(seen > n * 9 / 10, __FILE__, __LINE__, "%s: only %zu of %zu found", path, seen,
		   n);
	ld_dwarf_close(d);
}

TEST(real_table_of_roots)
{
	if (!each_vmlinux(compare_table))
		test_skip("no debug kernel in the cache");
}
