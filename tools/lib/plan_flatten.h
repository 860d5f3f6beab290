/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_PLAN_FLATTEN_H
#define LD_PLAN_FLATTEN_H

#include "edges_bind.h"
#include "plan.h"

/** LD_PLAN_NOWHERE: in the map of types: declared, and defined in no BTF there is. */
#define LD_PLAN_NOWHERE		0xffffffffU
/** LD_PLAN_SCALAR: largest scalar; larger ones are the work of malformed BTF. */
#define LD_PLAN_SCALAR		64

/**
 * struct ld_plan_type - a type of the plan being made
 * @type: the C type; of scalars, one that stands for all of its size
 * @level: pointer hops from the nearest root
 * @head: of the head of a container: what it is; it has that edge only. Else NULL
 * @variable: what a rule says of the variable that it is the type of, or NULL
 * @out: what the module gets
 */
struct ld_plan_type {
	struct ld_ctype type;
	struct ld_bound *variable;
	unsigned int level;
	const struct ld_plan_root *head;
	struct livedump_type out;
};

/**
 * struct ld_plan_edge - an edge of the type in work
 * @edge: what the module gets
 * @path: where it was found: index into the steps, or %LD_PLAN_NO_PATH
 */
struct ld_plan_edge {
	struct livedump_edge edge;
	__u32 path;
};

/**
 * struct ld_plan_types - the types met so far, and the edges of the one in work
 * @set: BTF
 * @bindings: what types do not say
 * @filter: which pointers are followed; may be NULL
 * @all: types, in the order they were met
 * @nr: entries of @all
 * @room: room in @all
 * @map: for each BTF, for each type id: index in @all plus one, 0, or %LD_PLAN_NOWHERE
 * @nr_maps: entries of @map
 * @scalar: index in @all plus one of what stands for the scalars of a size, or 0
 * @edges: of the type in work, unsorted
 * @nr_edges: entries of @edges
 * @edges_room: room in @edges
 * @paths: steps from types to the pointers in them
 * @nr_paths: entries of @paths
 * @paths_room: room in @paths
 * @steps: members looked at, bounded: malformed BTF can nest without end
 */
struct ld_plan_types {
	struct ld_btfs *set;
	struct ld_bindings bindings;
	const struct ld_filter *filter;
	struct ld_plan_type *all;
	size_t nr;
	size_t room;
	__u32 **map;
	__u32 nr_maps;
	__u32 scalar[LD_PLAN_SCALAR + 1];
	struct ld_plan_edge *edges;
	size_t nr_edges;
	size_t edges_room;
	struct ld_plan_path *paths;
	size_t nr_paths;
	size_t paths_room;
	unsigned long steps;
};

/**
 * struct ld_cover - the rules of a struct that is being gone through
 * @rules: them
 * @nr: entries of @rules
 * @base: where it begins in the type in work
 * @outer: those of the struct around it
 */
struct ld_cover {
	const struct ld_bound *rules;
	size_t nr;
	__u64 base;
	const struct ld_cover *outer;
};

/**
 * struct ld_flatten - the type whose edges are looked for
 * @types: gets the edges, and the types they lead to
 * @self: the type
 * @out: what the module gets of it
 * @size: bytes that edges may lie in
 * @level: pointer hops from the nearest root
 * @nesting: of the type in work in others
 * @path: last step to the member in work
 * @covers: rules for what is below it
 * @plain: whether rules for whole types are to be ignored
 * @flexible: whether what is gone through is an element of the flexible array
 */
struct ld_flatten {
	struct ld_plan_types *types;
	struct ld_ctype self;
	struct livedump_type out;
	__u64 size;
	unsigned int level;
	unsigned int nesting;
	__u32 path;
	const struct ld_cover *covers;
	bool plain;
	bool flexible;
};

/**
 * ld_plan_types_init() - begin a plan
 * @types: uninitialised
 * @set: BTF
 * @filter: which pointers are followed; may be NULL
 *
 * Return: 0, or -1 without memory.
 */
int ld_plan_types_init(struct ld_plan_types *types, struct ld_btfs *set,
		       const struct ld_filter *filter);

/** ld_plan_types_exit() - free what it holds. @types: initialised, maybe in vain */
void ld_plan_types_exit(struct ld_plan_types *types);

/**
 * ld_plan_type() - the number of a type in the plan
 * @types: types met so far; gains this one if it is new
 * @type: the type; it has a size
 * @level: pointer hops from the root
 *
 * Return: its index, or -1 with errno (E2BIG: too many).
 */
int ld_plan_type(struct ld_plan_types *types, const struct ld_ctype *type, unsigned int level);

/**
 * ld_plan_head() - a type for the head of a container
 * @types: types met so far; gains one
 * @root: the head
 *
 * Return: its index, or -1 with errno (E2BIG: too many).
 */
int ld_plan_head(struct ld_plan_types *types, const struct ld_plan_root *root);

/**
 * ld_plan_variable() - the type of a variable that there is a rule for
 * @types: types met so far; gains one
 * @type: of the variable
 * @bound: the rule
 *
 * Return: its index, or -1 with errno.
 */
int ld_plan_variable(struct ld_plan_types *types, const struct ld_ctype *type,
		     const struct ld_bound *bound);

/**
 * ld_plan_flexible() - what the module needs to know of a type's flexible array
 * @types: rules
 * @type: gets it, if a rule says it has one
 *
 * Objects are as long as that says even where nothing in them is followed.
 */
void ld_plan_flexible(const struct ld_plan_types *types, struct ld_plan_type *type);

/**
 * ld_flatten_type() - find the pointers in a part of a type
 * @f: the type
 * @t: of the part
 * @base: where it begins
 *
 * Return: 0, or -1 with errno.
 */
int ld_flatten_type(struct ld_flatten *f, const struct ld_ctype *t, __u64 base);

/**
 * ld_flatten_edge() - add an edge
 * @f: the type it lies in; one that reaches out of it is not added
 * @offset: where in the type
 * @edge: the rest of it, its @type not known yet where @to is given
 * @to: what it leads to, or NULL; without a size, or filtered out, no edge is added
 *
 * Return: 0, or -1 with errno.
 */
int ld_flatten_edge(struct ld_flatten *f, __u64 offset, const struct livedump_edge *edge,
		    const struct ld_ctype *to);

/**
 * ld_flatten_repeat() - turn the edge of an array's first element into edges of all elements
 * @f: the type
 * @index: of the edge
 * @n: elements
 * @size: bytes from one to the next
 *
 * Return: 0, or -1 with errno.
 */
int ld_flatten_repeat(struct ld_flatten *f, size_t index, __u64 n, __u64 size);

/**
 * ld_flatten_rule() - add the edges of a rule
 * @f: the type
 * @bound: the rule
 * @t: of the member
 * @base: where the member is
 *
 * Return: 0, or -1 with errno.
 */
int ld_flatten_rule(struct ld_flatten *f, const struct ld_bound *bound, const struct ld_ctype *t,
		    __u64 base);

/**
 * ld_plan_flatten() - find all pointers in a type
 * @types: gets the edges, and the types they lead to
 * @index: of the type
 *
 * Return: 0, or -1 with errno (E2BIG: too many).
 */
int ld_plan_flatten(struct ld_plan_types *types, size_t index);

#endif
