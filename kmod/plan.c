// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: is a plan sound? A plan is hostile input; what passes here can be walked without
 * another look.
 */
#include <linux/errno.h>

#include "plan.h"

/* A pointer, as the walk reads it. */
#define LD_POINTER_SIZE		8U

static int ld_check_target(const struct ld_plan *plan, const struct livedump_edge *e)
{
	switch (e->kind) {
	case LIVEDUMP_EDGE_POINTER:
		return e->type < plan->nr_types && !e->arg ? 0 : -EINVAL;
	case LIVEDUMP_EDGE_STRING:
	case LIVEDUMP_EDGE_BYTES:
		return !e->type && e->arg && e->arg <= LIVEDUMP_MAX_EDGE_BYTES ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

static int ld_check_edge(const struct ld_plan *plan, __u32 size, const struct livedump_edge *e)
{
	__u64 end;

	if (e->flags || !e->count)
		return -EINVAL;
	if (e->count == 1 ? e->stride != 0 : e->stride < LD_POINTER_SIZE)
		return -EINVAL;

	/* Three 32-bit numbers: the sum stays below 2^64. */
	end = e->offset + (__u64)(e->count - 1) * e->stride + LD_POINTER_SIZE;
	if (end > size)
		return -EINVAL;
	return ld_check_target(plan, e);
}

/**
 * ld_plan_check() - check every index, count, offset and sum of a plan
 * @plan: the plan; its arrays are as long as it says
 *
 * Takes time in proportion to the plan's length: no edge belongs to two types.
 *
 * Return: 0, or -EINVAL.
 */
int ld_plan_check(const struct ld_plan *plan)
{
	const struct livedump_type *t;
	__u32 next_edge = 0;
	__u32 i, k;
	int err;

	for (i = 0; i < plan->nr_types; i++) {
		t = &plan->types[i];
		if (!t->size || t->size > LIVEDUMP_MAX_OBJECT_SIZE || t->__reserved)
			return -EINVAL;
		if (t->first_edge != next_edge || t->nr_edges > plan->nr_edges - next_edge)
			return -EINVAL;
		for (k = 0; k < t->nr_edges; k++) {
			err = ld_check_edge(plan, t->size, &plan->edges[next_edge + k]);
			if (err)
				return err;
		}
		next_edge += t->nr_edges;
	}
	return next_edge == plan->nr_edges ? 0 : -EINVAL;
}
