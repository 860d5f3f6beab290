/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_UNIT_KPLAN_ORACLE_H
#define LD_UNIT_KPLAN_ORACLE_H

#include <stdbool.h>

#include "../../kmod/plan.h"

/*
 * What the uapi header demands of a plan, said once more, slowly, to compare
 * kmod/plan.c with.
 */
static inline bool oracle_edge(const struct ld_plan *p, __u32 size, const struct livedump_edge *e)
{
	const bool pointer = e->kind == LIVEDUMP_EDGE_POINTER;
	/* below 2^64 whatever the three are */
	const __u64 last = e->offset + (e->count - 1ULL) * e->stride;

	if (e->kind < LIVEDUMP_EDGE_POINTER || e->kind > LIVEDUMP_EDGE_BYTES)
		return false;
	if (e->flags != 0 || e->count == 0 || last + 8 > size)
		return false;
	if (e->count == 1 && e->stride != 0)
		return false;
	if (e->count > 1 && e->stride < 8)
		return false;
	if (pointer)
		return e->type < p->nr_types && e->arg == 0;
	return e->type == 0 && e->arg >= 1 && e->arg <= LIVEDUMP_MAX_EDGE_BYTES;
}

static inline bool oracle_plan(const struct ld_plan *p)
{
	__u64 edges = 0;
	__u32 i, k;

	for (i = 0; i < p->nr_types; i++) {
		const struct livedump_type *t = &p->types[i];

		if (t->size < 1 || t->size > LIVEDUMP_MAX_OBJECT_SIZE || t->__reserved != 0)
			return false;
		if (t->first_edge != edges || edges + t->nr_edges > p->nr_edges)
			return false;
		for (k = 0; k < t->nr_edges; k++) {
			if (!oracle_edge(p, t->size, &p->edges[edges + k]))
				return false;
		}
		edges += t->nr_edges;
	}
	return edges == p->nr_edges;
}

#endif
