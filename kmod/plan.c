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
	int has_type = e->type < plan->nr_types;

	switch (e->kind) {
	case LIVEDUMP_EDGE_POINTER:
	case LIVEDUMP_EDGE_PERCPU:
		return has_type && !e->arg ? 0 : -EINVAL;
	case LIVEDUMP_EDGE_STRING:
	case LIVEDUMP_EDGE_BYTES:
	case LIVEDUMP_EDGE_OBJECT:
		return !e->type && e->arg && e->arg <= LIVEDUMP_MAX_EDGE_BYTES ? 0 : -EINVAL;
	case LIVEDUMP_EDGE_LIST:
	case LIVEDUMP_EDGE_HLIST:
	case LIVEDUMP_EDGE_RBTREE:
	case LIVEDUMP_EDGE_XARRAY:
	case LIVEDUMP_EDGE_MAPLE:
	case LIVEDUMP_EDGE_ARRAY:
		return has_type && e->arg < LIVEDUMP_MAX_OBJECT_SIZE ? 0 : -EINVAL;
	case LIVEDUMP_EDGE_CHAIN:
		return has_type && (__u64)e->arg + LD_POINTER_SIZE <= plan->types[e->type].size ?
		       0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

static int ld_check_flags(const struct livedump_type *t, const struct livedump_edge *e)
{
	if (e->flags & ~(LIVEDUMP_EDGE_SCAN | LIVEDUMP_EDGE_FLEX | LIVEDUMP_EDGE_STEP))
		return -EINVAL;
	if ((e->flags & LIVEDUMP_EDGE_SCAN) && e->kind != LIVEDUMP_EDGE_OBJECT)
		return -EINVAL;
	if ((e->flags & LIVEDUMP_EDGE_FLEX) &&
	    (!t->flex_size || e->count != 1 || e->kind == LIVEDUMP_EDGE_ARRAY))
		return -EINVAL;
	return 0;
}

/* A number of elements that an object keeps. */
static int ld_check_number(const struct livedump_type *t, __u32 offset, __u32 width)
{
	if (width != 1 && width != 2 && width != 4 && width != 8)
		return -EINVAL;
	return (__u64)offset + width <= t->size ? 0 : -EINVAL;
}

static int ld_check_count(const struct livedump_type *t, const struct livedump_edge *e)
{
	if (!e->count)
		return -EINVAL;
	if (e->kind == LIVEDUMP_EDGE_ARRAY)
		return e->count == 1 ? ld_check_number(t, e->arg, e->stride) : -EINVAL;
	return (e->count == 1 ? e->stride != 0 : e->stride < LD_POINTER_SIZE) ? -EINVAL : 0;
}

static int ld_check_edge(const struct ld_plan *plan, const struct livedump_type *t,
			 const struct livedump_edge *e)
{
	__u64 start = 0, end = t->size;

	if (ld_check_flags(t, e) || ld_check_count(t, e))
		return -EINVAL;
	if (e->flags & LIVEDUMP_EDGE_FLEX) {
		start = t->flex_start;
		end = start + t->flex_size;
	}

	/* Three 32-bit numbers: the sum stays below 2^64. */
	if (e->offset < start ||
	    e->offset + (__u64)(e->count - 1) * e->stride + LD_POINTER_SIZE > end)
		return -EINVAL;
	return ld_check_target(plan, e);
}

static int ld_check_flex(const struct livedump_type *t)
{
	if (!t->flex_size)
		return t->flex_start || t->flex_count || t->flex_width || t->flex_more ?
		       -EINVAL : 0;
	if (t->flex_start > t->size || t->flex_size > LIVEDUMP_MAX_OBJECT_SIZE)
		return -EINVAL;
	return ld_check_number(t, t->flex_count, t->flex_width);
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
		if (!t->size || t->size > LIVEDUMP_MAX_OBJECT_SIZE || t->__reserved ||
		    ld_check_flex(t))
			return -EINVAL;
		if (t->first_edge != next_edge || t->nr_edges > plan->nr_edges - next_edge)
			return -EINVAL;
		for (k = 0; k < t->nr_edges; k++) {
			err = ld_check_edge(plan, t, &plan->edges[next_edge + k]);
			if (err)
				return err;
		}
		next_edge += t->nr_edges;
	}
	return next_edge == plan->nr_edges ? 0 : -EINVAL;
}
