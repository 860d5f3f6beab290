// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "plan_flatten.h"

/*
 * Breadth first, so that a type is met nearest to a root first: whether it gets edges is known
 * then. Types are numbered as they are met.
 */
struct builder {
	struct ld_plan_types types;
	struct ld_plan *plan;
	size_t room;
	const struct ld_plan_opts *opts;
	struct ld_err *err;
};

static int compare_edges(const struct livedump_edge *a, const struct livedump_edge *b)
{
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	if (a->stride != b->stride)
		return a->stride < b->stride ? -1 : 1;
	if (a->flags != b->flags)
		return a->flags < b->flags ? -1 : 1;
	return a->arg < b->arg ? -1 : a->arg > b->arg;
}

static int compare(const void *pa, const void *pb)
{
	const struct ld_plan_edge *a = pa, *b = pb;
	int order = compare_edges(&a->edge, &b->edge);

	/* of equal ones, the first member gives the name */
	return order ?: a->path < b->path ? -1 : a->path > b->path;
}

/* Union members often agree. */
static size_t unique(struct ld_plan_edge *edges, size_t nr)
{
	size_t i, n = 0;

	if (nr)
		qsort(edges, nr, sizeof(*edges), compare);
	for (i = 0; i < nr; i++)
		if (!n || compare_edges(&edges[n - 1].edge, &edges[i].edge))
			edges[n++] = edges[i];
	return n;
}

static int append(struct builder *b, const struct ld_plan_edge *edges, size_t nr)
{
	struct ld_plan *plan = b->plan;
	size_t room = b->room ?: 1024, i;
	void *p;

	if (plan->nr_edges + nr > LIVEDUMP_MAX_EDGES) {
		errno = E2BIG;
		return -1;
	}
	while (room < plan->nr_edges + nr)
		room *= 2;
	if (room != b->room) {
		p = realloc(plan->edges, room * sizeof(*plan->edges));
		if (!p)
			return -1;
		plan->edges = p;
		p = realloc(plan->edge_paths, room * sizeof(*plan->edge_paths));
		if (!p)
			return -1;
		plan->edge_paths = p;
		b->room = room;
	}
	for (i = 0; i < nr; i++) {
		plan->edges[plan->nr_edges] = edges[i].edge;
		plan->edge_paths[plan->nr_edges++] = edges[i].path;
	}
	return 0;
}

static int bad_root(struct builder *b, const struct ld_ctype *t, __u64 size)
{
	char name[200];

	ld_ctype_name(b->types.set, t, name, sizeof(name));
	if (!size)
		return ld_fail(b->err, LD_EXIT_FAILED, "'%s' has no size: nothing to record", name);
	return ld_fail(b->err, LD_EXIT_FAILED,
		       "'%s' measures %llu bytes, more than one object may (%u): record it with 0xADDR:SIZE",
		       name, size, LIVEDUMP_MAX_OBJECT_SIZE);
}

static int add_root(struct builder *b, const struct ld_plan_root *root)
{
	struct ld_bound bound;

	if (root->is_head)
		return ld_plan_head(&b->types, root);
	if (root->variable && ld_bindings_variable(&b->types.bindings, b->types.set,
						   root->variable, &root->type, &bound))
		return ld_plan_variable(&b->types, &root->type, &bound);
	return ld_plan_type(&b->types, &root->type, 0);
}

static int check_root(struct builder *b, const struct ld_ctype *t)
{
	__u64 size;

	if (!ld_ctype_size(b->types.set, t, &size))
		size = 0;
	if (!size || size > LIVEDUMP_MAX_OBJECT_SIZE)
		return bad_root(b, t, size);
	return 0;
}

static int add_roots(struct builder *b, const struct ld_plan_root *roots, size_t nr, __u32 *index)
{
	size_t i;
	int rc;

	for (i = 0; i < nr; i++) {
		if (check_root(b, &roots[i].type))
			return -1;
		rc = add_root(b, &roots[i]);
		if (rc < 0)
			return -1;
		index[i] = rc;
		if (roots[i].is_head && (check_root(b, &roots[i].entry) ||
					 ld_plan_type(&b->types, &roots[i].entry, 0) < 0))
			return -1;
	}
	return 0;
}

/* The entries were met with the roots: this finds them again. */
static int add_head(struct builder *b, const struct ld_plan_root *head)
{
	struct ld_plan_edge edge = { .edge = head->edge, .path = LD_PLAN_NO_PATH };
	int type = ld_plan_type(&b->types, &head->entry, 0);

	if (type < 0)
		return -1;
	edge.edge.type = type;
	return append(b, &edge, 1);
}

static int compile_types(struct builder *b)
{
	struct ld_plan_type *t;
	size_t i, nr;

	/* The list grows while it is gone through. */
	for (i = 0; i < b->types.nr; i++) {
		b->types.nr_edges = 0;
		t = &b->types.all[i];
		if (t->head) {
			t->out.first_edge = b->plan->nr_edges;
			t->out.nr_edges = 1;
			if (add_head(b, t->head))
				return -1;
			continue;
		}
		if (t->level < b->opts->depth && ld_plan_flatten(&b->types, i))
			return -1;
		nr = unique(b->types.edges, b->types.nr_edges);
		t = &b->types.all[i];
		t->out.first_edge = b->plan->nr_edges;
		t->out.nr_edges = nr;
		if (append(b, b->types.edges, nr))
			return -1;
	}
	return 0;
}

static int hand_over(struct builder *b)
{
	struct ld_plan *plan = b->plan;
	size_t i;

	plan->nr_types = b->types.nr;
	plan->types = calloc(plan->nr_types ?: 1, sizeof(*plan->types));
	plan->ctypes = calloc(plan->nr_types ?: 1, sizeof(*plan->ctypes));
	if (!plan->types || !plan->ctypes)
		return -1;
	for (i = 0; i < plan->nr_types; i++) {
		plan->types[i] = b->types.all[i].out;
		plan->ctypes[i] = b->types.all[i].type;
	}
	plan->paths = b->types.paths;
	b->types.paths = NULL;
	plan->set = b->types.set;
	return 0;
}

static int explain(struct builder *b)
{
	if (errno != E2BIG)
		return ld_fail(b->err, LD_EXIT_FAILED, "out of memory");
	return ld_fail(b->err, LD_EXIT_FAILED,
		       "the types within %u pointer hops are too many for one request (limits: %u types, %u pointers in them): give a smaller --depth",
		       b->opts->depth, LIVEDUMP_MAX_TYPES, LIVEDUMP_MAX_EDGES);
}

int ld_plan_compile(struct ld_btfs *set, const struct ld_plan_root *roots, size_t nr,
		    const struct ld_plan_opts *opts, __u32 *index, struct ld_plan *ret,
		    struct ld_err *err)
{
	struct builder b = { .plan = ret, .opts = opts, .err = err };
	int rc = -1;

	memset(ret, 0, sizeof(*ret));
	err->msg[0] = '\0';
	errno = 0;
	/* adds to the BTF, and there is a map of each */
	ld_edges_load(opts->edges, set);
	if (ld_plan_types_init(&b.types, set, opts->filter) ||
	    ld_edges_bind(opts->edges, set, &b.types.bindings, err) ||
	    add_roots(&b, roots, nr, index) || compile_types(&b) || hand_over(&b))
		goto out;
	rc = 0;
out:
	if (rc && !err->msg[0])
		explain(&b);
	ld_plan_types_exit(&b.types);
	if (rc)
		ld_plan_free(ret);
	return rc;
}
