// SPDX-License-Identifier: GPL-2.0
/* The shipped rules against real kernels, where there are any in the cache. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dwarf_var.h"
#include "edges_bind.h"
#include "test.h"

#define MAX_KERNELS	16

static struct ld_err err;
static struct ld_edges edges;
/* For each rule, a bit for each kernel that it holds on. */
static unsigned int *holds;
static int nr_kernels;

/* A variable's type is in DWARF alone; what a rule says of it has to fit that. */
static bool variable_fits(const char *path, struct ld_btfs *set, const struct ld_bindings *b,
			  const struct ld_rule *r)
{
	static struct ld_dwarf *d;
	static const char *opened;
	struct ld_bound bound;
	char name[100], *type;
	struct ld_texpr x;
	struct ld_ctype t;
	bool fits;

	if (!path) {
		ld_dwarf_close(d);
		d = NULL;
		opened = NULL;
		return true;
	}
	if (opened != path && !CHECK(!ld_dwarf_open(path, &d, &err)))
		return false;
	opened = path;
	ld_span_copy(r->owner.name, name, sizeof(name));
	type = ld_dwarf_type_of(d, name, 0, 0);
	if (!type)
		return false;
	fits = !ld_texpr_parse(type, &x, &err) && !ld_ctype_lookup(set, 0, &x, &t, &err) &&
	       ld_bindings_variable(b, set, name, &t, &bound);
	test_check(fits, __FILE__, __LINE__, "%s: %s:%u: %s is '%s'", path, r->file, r->line, name,
		   type);
	free(type);
	return fits;
}

static void bind_to(const char *path)
{
	struct ld_bindings b;
	struct ld_btfs *set;
	size_t i;

	if (!CHECK(!ld_btfs_open("/nonexistent", path, &set, &err)))
		return;
	/* This is where a member of another type than its rule needs would be an error. */
	if (test_check(!ld_edges_bind(&edges, set, &b, &err), __FILE__, __LINE__, "%s: %s", path,
		       err.msg)) {
		for (i = 0; i < edges.nr; i++)
			if (b.held[i] && (edges.rules[i].owner.kind != LD_TEXPR_NAME ||
					  variable_fits(path, set, &b, &edges.rules[i])))
				holds[i] |= 1U << nr_kernels;
		variable_fits(NULL, NULL, NULL, NULL);
	}
	ld_bindings_free(&b);
	ld_btfs_free(set);
	nr_kernels++;
}

static void report(char *const *kernels)
{
	const struct ld_rule *r;
	size_t i;
	int k;

	for (k = 0; k < nr_kernels; k++)
		printf("# kernel %d is %s\n", k + 1, kernels[k]);
	for (i = 0; i < edges.nr; i++) {
		r = &edges.rules[i];
		printf("# ");
		for (k = 0; k < nr_kernels; k++)
			printf("%c", holds[i] & 1U << k ? '1' + k : '-');
		printf(" %s:%u: %s\n", r->file, r->line, r->text);
		test_check(holds[i], __FILE__, __LINE__, "%s:%u: holds on no kernel: %s", r->file,
			   r->line, r->text);
	}
}

TEST(edges_real)
{
	char *list = strdup(getenv("LIVEDUMP_VMLINUX") ?: ""), *path, *save = NULL;
	char *kernels[MAX_KERNELS];
	int n = 0;

	for (path = strtok_r(list, " ", &save); path && n < MAX_KERNELS;
	     path = strtok_r(NULL, " ", &save))
		kernels[n++] = path;
	if (CHECK(!ld_edges_shipped(&edges, &err))) {
		holds = calloc(edges.nr, sizeof(*holds));
		nr_kernels = 0;
		while (nr_kernels < n)
			bind_to(kernels[nr_kernels]);
		/* A rule may be about one kernel only: all have to be there. */
		if (n < 4)
			test_skip("not all debug kernels are in the cache");
		else
			report(kernels);
	}
	ld_edges_free(&edges);
	free(holds);
	free(list);
}
