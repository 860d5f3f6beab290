/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_PLAN_H
#define LD_PLAN_H

#include <linux/livedump.h>

#include "ctypes.h"

/** LD_PLAN_STRING: bytes recorded of what a ``char *`` points to, at most. */
#define LD_PLAN_STRING		256
/** LD_PLAN_BYTES: bytes recorded where the type pointed to is not known. */
#define LD_PLAN_BYTES		256

/**
 * struct ld_plan - what the module needs to know of the types
 * @types: the roots' types first, then as they are met, nearest first
 * @nr_types: entries of @types
 * @edges: those of a type lie together, sorted by offset
 * @nr_edges: entries of @edges
 */
struct ld_plan {
	struct livedump_type *types;
	size_t nr_types;
	struct livedump_edge *edges;
	size_t nr_edges;
};

/**
 * ld_plan_compile() - flatten the types that a walk can reach
 * @set: BTF
 * @roots: types of the roots
 * @nr: number of roots
 * @depth: pointer hops of the walk; types that far from every root get no edges
 * @index: for each root, the index of its type
 * @ret: the plan; free both arrays
 * @err: filled on failure: a root without a size or too large, or a plan over the limits of
 *	the uapi (give a smaller depth)
 *
 * Embedded structs and unions become part of the type around them, unions with all their
 * members. Arrays become edges with a count; of arrays in arrays that do not join into one,
 * the smaller is written out. The same BTF gives the same plan. A pointer to something larger
 * than %LIVEDUMP_MAX_OBJECT_SIZE is followed for so many bytes.
 *
 * Not edges: integers that hold addresses, pointers to functions, pointers to what has no
 * size, pointers with the type tags "user" and "percpu" (gcc before 16 emits none), bit fields,
 * and flexible arrays.
 *
 * Return: 0 or -1.
 */
int ld_plan_compile(struct ld_btfs *set, const struct ld_ctype *roots, size_t nr,
		    unsigned int depth, __u32 *index, struct ld_plan *ret, struct ld_err *err);

#endif
