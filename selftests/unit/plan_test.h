/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_UNIT_PLAN_TEST_H
#define LD_UNIT_PLAN_TEST_H

/* Types made by hand on top of the model's, compiled, and the plan in words. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "plan.h"
#include "plan_valid.h"

static struct ld_err err;
static struct ld_plan plan;
static struct btf *btf;
static struct ld_btfs *set;
static __u32 roots[8];
/* what compile() uses besides the depth */
static struct ld_plan_opts opts;

static inline bool compile_all(const struct ld_ctype *types, size_t nr, unsigned int depth)
{
	struct ld_plan_root all[8] = { { .is_head = false } };
	const char *why;
	size_t i;
	int rc;

	for (i = 0; i < nr; i++)
		all[i].type = types[i];
	set = ld_btfs_wrap(btf);
	memset(&plan, 0xa5, sizeof(plan));
	opts.depth = depth;
	rc = ld_plan_compile(set, all, nr, &opts, roots, &plan, &err);
	btf = NULL;
	if (rc) {
		ld_btfs_free(set);
		set = NULL;
		return false;
	}
	why = plan_invalid(plan.types, plan.nr_types, plan.edges, plan.nr_edges);
	return test_check(!why, __FILE__, __LINE__, "%s", why);
}

static inline bool compile(int id, unsigned int depth)
{
	struct ld_ctype type = ld_ctype_plain((struct ld_ref){ 0, id });

	if (!compile_all(&type, 1, depth))
		return false;
	CHECK_EQ(roots[0], 0);
	return true;
}

static inline void done(void)
{
	ld_plan_free(&plan);
	ld_btfs_free(set);
	set = NULL;
}

/* Edges as text, one for each: "offset:kind>type*count/stride=arg", what is 0 or 1 left out. */
static inline const char *edges_of(size_t type)
{
	static const char kinds[] = "?psboPLHCRXMA";
	static char text[2000];
	const struct livedump_edge *e;
	size_t len = 0;
	__u32 i;

	text[0] = '\0';
	for (i = 0; type < plan.nr_types && i < plan.types[type].nr_edges; i++) {
		e = &plan.edges[plan.types[type].first_edge + i];
		len += sprintf(text + len, "%s%u:%c", i ? " " : "", e->offset, kinds[e->kind]);
		if (e->flags & LIVEDUMP_EDGE_FLEX)
			len += sprintf(text + len, "[]");
		if (e->kind == LIVEDUMP_EDGE_POINTER || e->kind >= LIVEDUMP_EDGE_PERCPU)
			len += sprintf(text + len, ">%u", e->type);
		if (e->count > 1)
			len += sprintf(text + len, "*%u/%u", e->count, e->stride);
		else if (e->stride)
			len += sprintf(text + len, "/%u", e->stride);
		if (e->arg)
			len += sprintf(text + len, "=%u", e->arg);
		if (len > sizeof(text) - 100)
			break;
	}
	return text;
}

/* Names of a type's edges, one for each; "-" for an empty one. */
static inline const char *names_of(size_t type)
{
	static char text[2000];
	char name[200];
	size_t len = 0;
	__u32 i, edge;

	text[0] = '\0';
	for (i = 0; type < plan.nr_types && i < plan.types[type].nr_edges; i++) {
		edge = plan.types[type].first_edge + i;
		CHECK_EQ(ld_plan_edge_type(&plan, edge), type);
		ld_plan_edge_name(&plan, edge, name, sizeof(name));
		len += snprintf(text + len, sizeof(text) - len, "%s%s", i ? " " : "",
				*name ? name : "-");
		if (len >= sizeof(text))
			break;
	}
	return text;
}

/* struct one { TYPE member; } with the member at an offset */
static inline int holder(const char *name, int type, __u32 offset, __u32 size)
{
	int id = must(btf__add_struct(btf, name, size));

	must(btf__add_field(btf, "member", type, offset * 8, 0));
	return id;
}

static inline int pointer_to(int type)
{
	return must(btf__add_ptr(btf, type));
}

static inline int array_of(int type, __u32 n)
{
	return must(btf__add_array(btf, m.c_int, type, n));
}

/* A member of this type, @offset bytes into the struct being made. */
struct field {
	int type;
	__u32 offset;
};

static inline int composite(int id, const struct field *fields, int n)
{
	char name[32];
	int i;

	for (i = 0; i < n; i++) {
		sprintf(name, "m%d", i);
		must(btf__add_field(btf, name, fields[i].type, fields[i].offset * 8, 0));
	}
	return id;
}

#define STRUCT(size, ...)							\
	({									\
		const struct field __f[] = { __VA_ARGS__ };			\
										\
		composite(must(btf__add_struct(btf, "s", size)), __f,		\
			  sizeof(__f) / sizeof(*__f));				\
	})

#endif
