/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_PLAN_H
#define LD_PLAN_H

#include <linux/livedump.h>

#include "ctypes.h"
#include "edges.h"
#include "filter.h"

/** LD_PLAN_STRING: bytes recorded of what a ``char *`` points to, at most. */
#define LD_PLAN_STRING		256
/** LD_PLAN_BYTES: bytes recorded where the type pointed to is not known, and it is in no slab. */
#define LD_PLAN_BYTES		256

/** LD_PLAN_NO_PATH: path of an edge that lies in no member: its type is itself a pointer. */
#define LD_PLAN_NO_PATH		0xffffffffU

/**
 * struct ld_plan_path - how to get from a type to a pointer in it: the last step
 * @parent: index of the step before, or %LD_PLAN_NO_PATH
 * @btf: whose string @name_off is
 * @name_off: name of the member; steps into what has no name are left out
 */
struct ld_plan_path {
	__u32 parent;
	__u32 btf;
	__u32 name_off;
};

/**
 * struct ld_plan - what the module needs to know of the types
 * @types: the roots' types first, then as they are met, nearest first
 * @nr_types: entries of @types
 * @edges: those of a type lie together, sorted by offset
 * @nr_edges: entries of @edges
 * @ctypes: for each of @types, the C type
 * @edge_paths: for each of @edges, index of the last step of its path, or %LD_PLAN_NO_PATH
 * @paths: steps
 * @set: where names are looked up; the caller's, and there for as long as names are asked for
 */
struct ld_plan {
	struct livedump_type *types;
	size_t nr_types;
	struct livedump_edge *edges;
	size_t nr_edges;
	struct ld_ctype *ctypes;
	__u32 *edge_paths;
	struct ld_plan_path *paths;
	struct ld_btfs *set;
};

/**
 * struct ld_plan_root - what a root is
 * @type: its type
 * @variable: name of the variable that it is, or NULL
 * @is_head: whether it is the head of a container, or an array of them, and leads to the entries
 *	only
 * @edge: of a head: how it does; its type is not known yet
 * @entry: of a head: type of the entries
 */
struct ld_plan_root {
	struct ld_ctype type;
	const char *variable;
	bool is_head;
	struct livedump_edge edge;
	struct ld_ctype entry;
};

/**
 * struct ld_plan_opts - what is to be followed
 * @depth: pointer hops of the walk; types that far from every root get no edges
 * @edges: what types do not say, or NULL
 * @filter: which pointers are followed, or NULL for all
 */
struct ld_plan_opts {
	unsigned int depth;
	const struct ld_edges *edges;
	const struct ld_filter *filter;
};

/**
 * ld_plan_compile() - flatten the types that a walk can reach
 * @set: BTF; may gain modules that rules are about
 * @roots: what the roots are
 * @nr: number of roots
 * @opts: what is to be followed
 * @index: for each root, the index of its type
 * @ret: the plan; for ld_plan_free() on success
 * @err: filled on failure: a root without a size or too large, or a plan over the limits of
 *	the uapi (give a smaller depth)
 *
 * Embedded structs and unions become part of the type around them, unions with all their
 * members. Arrays become edges with a count; of arrays in arrays that do not join into one,
 * the smaller is written out. The same BTF gives the same plan. A pointer to something larger
 * than %LIVEDUMP_MAX_OBJECT_SIZE is followed for so many bytes.
 *
 * The entries of a container that is a root are as near as roots: stepping to them is no hop.
 *
 * Pointers with the type tag "percpu" are followed on each CPU. Not edges, unless @opts says so:
 * integers that hold addresses, pointers to functions, pointers to what has no size, pointers with
 * the type tag "user" (compilers that emit tags are rare), bit fields, and flexible arrays.
 *
 * Return: 0 or -1.
 */
int ld_plan_compile(struct ld_btfs *set, const struct ld_plan_root *roots, size_t nr,
		    const struct ld_plan_opts *opts, __u32 *index, struct ld_plan *ret,
		    struct ld_err *err);

/** ld_plan_free() - free what a plan holds, and zero it. @plan: compiled, or zero */
void ld_plan_free(struct ld_plan *plan);

/**
 * ld_plan_type_name() - a type of the plan in words
 * @plan: the plan
 * @type: index of the type
 * @buf: where
 * @size: of @buf
 *
 * Scalars of one size are one type, which has the name of the first that was met.
 *
 * Return: @buf, e.g. "struct task_struct" or "struct foo *[16]"; "" for what is no index.
 */
const char *ld_plan_type_name(const struct ld_plan *plan, size_t type, char *buf, size_t size);

/**
 * ld_plan_edge_type() - which type an edge lies in
 * @plan: the plan
 * @edge: index of the edge
 *
 * Return: index of the type, or @plan->nr_types for what is no edge.
 */
size_t ld_plan_edge_type(const struct ld_plan *plan, size_t edge);

/**
 * ld_plan_edge_name() - the member that an edge is
 * @plan: the plan
 * @edge: index of the edge
 * @buf: where
 * @size: of @buf
 *
 * Return: @buf: path from the type it lies in, without indices of arrays, e.g. "se.cfs_rq"; "" for
 * the pointers of a type that is no struct, and for what is no index.
 */
const char *ld_plan_edge_name(const struct ld_plan *plan, size_t edge, char *buf, size_t size);

#endif
