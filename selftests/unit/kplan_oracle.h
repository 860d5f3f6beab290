/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_UNIT_KPLAN_ORACLE_H
#define LD_UNIT_KPLAN_ORACLE_H

#include <stdbool.h>

#include "../../kmod/plan.h"

/*
 * What the uapi header demands of a plan, said once more, slowly, to compare
 * kmod/plan.c with.
 */
static inline bool oracle_target(const struct ld_plan *p, const struct livedump_edge *e)
{
	const bool has_type = e->type < p->nr_types;

	if (e->kind == LIVEDUMP_EDGE_POINTER || e->kind == LIVEDUMP_EDGE_PERCPU)
		return has_type && e->arg == 0;
	if (e->kind == LIVEDUMP_EDGE_STRING || e->kind == LIVEDUMP_EDGE_BYTES ||
	    e->kind == LIVEDUMP_EDGE_OBJECT)
		return e->type == 0 && e->arg >= 1 && e->arg <= LIVEDUMP_MAX_EDGE_BYTES;
	if (e->kind == LIVEDUMP_EDGE_CHAIN)
		return has_type && e->arg + 8ULL <= p->types[e->type].size;
	return has_type && e->arg < LIVEDUMP_MAX_OBJECT_SIZE;
}

static inline bool oracle_edge(const struct ld_plan *p, const struct livedump_type *t,
			       const struct livedump_edge *e)
{
	const bool flex = e->flags & LIVEDUMP_EDGE_FLEX;
	const __u64 from = flex ? t->flex_start : 0;
	const __u64 to = flex ? from + t->flex_size : t->size;
	/* below 2^64 whatever the three are */
	const __u64 last = e->offset + (e->count - 1ULL) * e->stride;

	if (e->kind < LIVEDUMP_EDGE_POINTER || e->kind > LIVEDUMP_EDGE_ARRAY)
		return false;
	if (e->kind == LIVEDUMP_EDGE_ARRAY) {
		if (e->count != 1 || flex || e->arg + (__u64)e->stride > t->size)
			return false;
		if (e->stride != 1 && e->stride != 2 && e->stride != 4 && e->stride != 8)
			return false;
	}
	if (e->flags > 7 || (flex && (e->count != 1 || t->flex_size == 0)))
		return false;
	if ((e->flags & LIVEDUMP_EDGE_SCAN) && e->kind != LIVEDUMP_EDGE_OBJECT)
		return false;
	if (e->count == 0 || e->offset < from || last + 8 > to)
		return false;
	if (e->count == 1 && e->stride != 0 && e->kind != LIVEDUMP_EDGE_ARRAY)
		return false;
	if (e->count > 1 && e->stride < 8)
		return false;
	return oracle_target(p, e);
}

static inline bool oracle_flex(const struct livedump_type *t)
{
	const unsigned int width = t->flex_width;

	if (t->flex_size == 0)
		return t->flex_start == 0 && t->flex_count == 0 && width == 0 &&
		       t->flex_more == 0;
	if (width == 0 || width > 8 || (width & (width - 1)))
		return false;
	return t->flex_size <= LIVEDUMP_MAX_OBJECT_SIZE && t->flex_start <= t->size &&
	       t->flex_count + (__u64)width <= t->size;
}

static inline bool oracle_plan(const struct ld_plan *p)
{
	__u64 edges = 0;
	__u32 i, k;

	for (i = 0; i < p->nr_types; i++) {
		const struct livedump_type *t = &p->types[i];

		if (t->size < 1 || t->size > LIVEDUMP_MAX_OBJECT_SIZE || t->__reserved != 0 ||
		    !oracle_flex(t))
			return false;
		if (t->first_edge != edges || edges + t->nr_edges > p->nr_edges)
			return false;
		for (k = 0; k < t->nr_edges; k++) {
			if (!oracle_edge(p, t, &p->edges[edges + k]))
				return false;
		}
		edges += t->nr_edges;
	}
	return edges == p->nr_edges;
}

#endif
