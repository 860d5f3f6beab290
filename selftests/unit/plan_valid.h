/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_UNIT_PLAN_VALID_H
#define LD_UNIT_PLAN_VALID_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/livedump.h>

/* What the uapi demands of what an edge leads to. */
static inline const char *target_invalid(const struct livedump_edge *e,
					 const struct livedump_type *types, size_t nr_types)
{
	bool bytes = e->kind >= LIVEDUMP_EDGE_STRING && e->kind <= LIVEDUMP_EDGE_OBJECT;

	if (bytes ? e->type != 0 : e->type >= nr_types)
		return "edge to a bad type";
	if (bytes)
		return !e->arg || e->arg > LIVEDUMP_MAX_EDGE_BYTES ? "bad number of bytes" : NULL;
	if (e->kind <= LIVEDUMP_EDGE_PERCPU)
		return e->arg ? "pointer with an argument" : NULL;
	if (e->kind == LIVEDUMP_EDGE_CHAIN && e->arg + 8ULL > types[e->type].size)
		return "chain whose link is not in its type";
	return e->arg >= LIVEDUMP_MAX_OBJECT_SIZE ? "link far away" : NULL;
}

/* What it demands of an edge. */
static inline const char *edge_invalid(const struct livedump_edge *e,
				       const struct livedump_type *t)
{
	__u64 end = (__u64)e->offset + (__u64)(e->count - 1) * e->stride + 8;
	bool flex = e->flags & LIVEDUMP_EDGE_FLEX;

	if (e->kind < LIVEDUMP_EDGE_POINTER || e->kind > LIVEDUMP_EDGE_ARRAY)
		return "edge of unknown kind";
	if (e->flags & ~(LIVEDUMP_EDGE_SCAN | LIVEDUMP_EDGE_FLEX | LIVEDUMP_EDGE_STEP) ||
	    (flex && (!t->flex_size || e->count != 1)) ||
	    (e->flags & LIVEDUMP_EDGE_SCAN && e->kind != LIVEDUMP_EDGE_OBJECT))
		return "edge with flags";
	if (e->kind == LIVEDUMP_EDGE_ARRAY) {
		if (e->count != 1 || !e->stride || e->stride > 8 || e->stride & (e->stride - 1) ||
		    (__u64)e->arg + e->stride > t->size)
			return "row with a bad length";
	} else if (!e->count || (e->count == 1 ? e->stride != 0 : e->stride < 8)) {
		return "edge with a bad count or stride";
	}
	if (flex ? e->offset < t->flex_start || end > (__u64)t->flex_start + t->flex_size :
		   end > t->size)
		return "edge reaches out of its type";
	return NULL;
}

/* And of a type. */
static inline const char *type_invalid(const struct livedump_type *t)
{
	__u32 width = t->flex_width;

	if (!t->size || t->size > LIVEDUMP_MAX_OBJECT_SIZE)
		return "type of bad size";
	if (t->__reserved)
		return "type with a reserved member";
	if (!t->flex_size)
		return t->flex_start || t->flex_count || width || t->flex_more ?
		       "type with half a flexible array" : NULL;
	if (t->flex_start > t->size || t->flex_size > LIVEDUMP_MAX_OBJECT_SIZE)
		return "flexible array out of its type";
	if (!width || width > 8 || width & (width - 1) || t->flex_count + width > t->size)
		return "length out of its type";
	return NULL;
}

/**
 * plan_invalid() - check a plan by the rules of the uapi
 * @types: plan
 * @nr_types: entries
 * @edges: plan
 * @nr_edges: entries
 *
 * Return: what is wrong, or NULL.
 */
static inline const char *plan_invalid(const struct livedump_type *types, size_t nr_types,
				       const struct livedump_edge *edges, size_t nr_edges)
{
	const char *why;
	size_t i, j;

	if (nr_types > LIVEDUMP_MAX_TYPES || nr_edges > LIVEDUMP_MAX_EDGES)
		return "over the limits";
	for (i = 0; i < nr_types; i++) {
		why = type_invalid(&types[i]);
		if (why)
			return why;
		if (types[i].first_edge > nr_edges ||
		    types[i].nr_edges > nr_edges - types[i].first_edge)
			return "type with edges that are not there";
		for (j = 0; j < types[i].nr_edges; j++) {
			why = edge_invalid(&edges[types[i].first_edge + j], &types[i]);
			if (!why)
				why = target_invalid(&edges[types[i].first_edge + j], types,
						     nr_types);
			if (why)
				return why;
			if (j && edges[types[i].first_edge + j - 1].offset >
			    edges[types[i].first_edge + j].offset)
				return "edges not sorted";
		}
	}
	return NULL;
}

#endif
