/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_EDGES_BIND_H
#define LD_EDGES_BIND_H

#include "ctypes.h"
#include "edges.h"

/**
 * struct ld_bound - a rule on a member that this kernel has
 * @rule: the rule
 * @owner: type the member is in; its id is %LD_BTF_NONE for a variable
 * @member: type of the member as BTF has it; its id is %LD_BTF_NONE if all of @owner is meant
 * @offset: of the member, bytes from the start of @owner
 * @nr: heads or pointers in the member, above 1 for an array
 * @stride: bytes from one to the next
 * @head: where the pointer is in each, in bytes
 * @type: what it leads to; of a flexible array, its elements; of text and bytes, what C says
 * @link: where the link is in @type; of an array, its length in @owner; in bytes
 * @nr_links: links in @type, as many as heads, or 1
 * @link_stride: bytes from one to the next
 * @link_type: what a link has to be, or NULL
 * @width: bytes of the length of an array
 */
struct ld_bound {
	const struct ld_rule *rule;
	struct ld_ref owner;
	struct ld_ref member;
	__u64 offset;
	__u64 nr;
	__u64 stride;
	__u64 head;
	struct ld_ctype type;
	__u64 link;
	__u64 nr_links;
	__u64 link_stride;
	const char *link_type;
	__u32 width;
};

/**
 * struct ld_bindings - the rules that hold on a kernel
 * @all: sorted by owner and offset
 * @nr: entries of @all
 * @held: for each rule, whether this kernel has what it is about
 */
struct ld_bindings {
	struct ld_bound *all;
	size_t nr;
	bool *held;
};

/**
 * ld_edges_load() - load the modules' BTF in which the types are of rules that have to hold
 * @edges: rules; may be NULL
 * @set: BTF; may gain modules
 *
 * To be called before ld_edges_bind(), which says what is nowhere.
 */
void ld_edges_load(const struct ld_edges *edges, struct ld_btfs *set);

/**
 * ld_edges_bind() - find what rules are about
 * @edges: rules; may be NULL
 * @set: BTF; modules that are not loaded into it are not looked at
 * @ret: bindings; free them with ld_bindings_free(), on failure too
 * @err: filled on failure: file, line, and what does not fit
 *
 * A rule whose type or member is not there is left out, unless it is required. One whose member
 * is of another type than its kind needs is an error, unless another rule for the member fits:
 * kernels differ.
 *
 * Return: 0 or -1.
 */
int ld_edges_bind(const struct ld_edges *edges, struct ld_btfs *set, struct ld_bindings *ret,
		  struct ld_err *err);

/** ld_bindings_free() - free them, and zero. @bindings: or zero */
void ld_bindings_free(struct ld_bindings *bindings);

/**
 * ld_bindings_of() - those of a type
 * @bindings: all
 * @owner: canonical reference of the type
 * @nr: how many
 *
 * Return: the first.
 */
const struct ld_bound *ld_bindings_of(const struct ld_bindings *bindings, struct ld_ref owner,
				      size_t *nr);

/**
 * ld_bindings_variable() - that of a variable
 * @bindings: all
 * @set: BTF
 * @name: of the variable
 * @type: of the variable
 * @ret: the binding, complete
 *
 * Return: whether there is one, and it fits the type.
 */
bool ld_bindings_variable(const struct ld_bindings *bindings, const struct ld_btfs *set,
			  const char *name, const struct ld_ctype *type, struct ld_bound *ret);

/**
 * ld_edges_fit() - see whether a member is what a rule says
 * @set: BTF
 * @type: of the member
 * @bound: with its rule; gets @nr, @stride, @head and @link_type, and of pointers without a type in
 *	the rule and of flexible arrays @type
 * @err: filled if not
 *
 * Return: 0, -1, or 1 if this kernel lacks the length of an array, or what is pointed to.
 */
int ld_edges_fit(const struct ld_btfs *set, const struct ld_ctype *type, struct ld_bound *bound,
		 struct ld_err *err);

/**
 * ld_edges_fit_link() - see whether the link is one for such a head
 * @set: BTF
 * @bound: with what ld_edges_fit() gave, and @type; gets @link, @nr_links and @link_stride
 * @err: filled if not
 *
 * Return: 0, -1, or 1 if there is no such member.
 */
int ld_edges_fit_link(const struct ld_btfs *set, struct ld_bound *bound, struct ld_err *err);

/** ld_edges_kind() - how what a rule speaks of is walked. @kind: its. Return: LIVEDUMP_EDGE_* */
__u16 ld_edges_kind(enum ld_rule_kind kind);

#endif
