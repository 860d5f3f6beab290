// SPDX-License-Identifier: GPL-2.0
/* What tests are made of; the fuzzers use it, too. */
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "test.h"

struct test *tests;
struct test_state test_state;

static struct test **last = &tests;

static char trees[16][64];
static unsigned int nr_trees;

void test_register(struct test *t)
{
	*last = t;
	last = &t->next;
}

bool test_check(bool ok, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	if (ok)
		return true;
	test_state.failed = true;
	printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	return false;
}

void test_skip(const char *why)
{
	test_state.skipped = why;
}

bool test_str(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool test_err(const char *file, int line, const struct ld_err *err, enum ld_exit code,
	      const char *text)
{
	return test_check(err->code == code && strstr(err->msg, text), file, line,
			  "exit %d, \"%s\"; expected exit %d, \"%s\"", err->code, err->msg,
			  code, text);
}

int must(int id)
{
	if (id >= 0)
		return id;
	printf("Bail out! the BTF writer says %s\n", strerror(-id));
	exit(1);
}

const char *tree_new(void)
{
	char *path = trees[nr_trees];

	if (nr_trees == sizeof(trees) / sizeof(*trees)) {
		printf("Bail out! too many trees\n");
		exit(1);
	}
	strcpy(path, "/tmp/livedump-unit-XXXXXX");
	if (!mkdtemp(path)) {
		printf("Bail out! %s: %s\n", path, strerror(errno));
		exit(1);
	}
	nr_trees++;
	return path;
}

void tree_write(const char *dir, const char *path, const void *data, size_t size)
{
	char full[512], *slash;
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", dir, path);
	for (slash = full + strlen(dir) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		mkdir(full, 0700);
	}
	f = fopen(full, "we");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f)) {
		printf("Bail out! %s: %s\n", full, strerror(errno));
		exit(1);
	}
}

void tree_text(const char *dir, const char *path, const char *text)
{
	tree_write(dir, path, text, strlen(text));
}

void tree_btf(const char *dir, const char *name, const struct btf *btf)
{
	const void *data;
	char path[128];
	__u32 size;

	data = btf__raw_data(btf, &size);
	snprintf(path, sizeof(path), "kernel/btf/%s", name);
	tree_write(dir, path, data, size);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

void tree_remove_all(void)
{
	while (nr_trees)
		nftw(trees[--nr_trees], remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
