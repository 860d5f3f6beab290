/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_UNIT_PLAN_VALID_H
#define LD_UNIT_PLAN_VALID_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/livedump.h>

/* What the uapi demands of an edge. */
static inline const char *edge_invalid(const struct livedump_edge *e, __u32 size, size_t nr_types)
{
	__u64 end = (__u64)e->offset + (__u64)(e->count - 1) * e->stride + 8;
	bool pointer = e->kind == LIVEDUMP_EDGE_POINTER;

	if (e->kind < LIVEDUMP_EDGE_POINTER || e->kind > LIVEDUMP_EDGE_BYTES)
		return "edge of unknown kind";
	if (e->flags)
		return "edge with flags";
	if (!e->count || (e->count == 1 ? e->stride != 0 : e->stride < 8))
		return "edge with a bad count or stride";
	if (end > size)
		return "edge reaches out of its type";
	if (pointer ? e->type >= nr_types : e->type != 0)
		return "edge to a bad type";
	if (pointer ? e->arg != 0 : !e->arg || e->arg > LIVEDUMP_MAX_EDGE_BYTES)
		return "edge with a bad argument";
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
		if (!types[i].size || types[i].size > LIVEDUMP_MAX_OBJECT_SIZE)
			return "type of bad size";
		if (types[i].__reserved)
			return "type with a reserved member";
		if (types[i].first_edge > nr_edges ||
		    types[i].nr_edges > nr_edges - types[i].first_edge)
			return "type with edges that are not there";
		for (j = 0; j < types[i].nr_edges; j++) {
			why = edge_invalid(&edges[types[i].first_edge + j], types[i].size,
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
