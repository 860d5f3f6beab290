/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_RESOLVER_PATH_H
#define LD_RESOLVER_PATH_H

#include "resolver_private.h"

/**
 * struct ld_place - where a path has come to
 * @btf: module whose types come first, 0 for none
 * @symbol: whose type is looked for where @typed is not set and a step needs one
 * @typed: whether @type is known
 * @type: of the object there
 * @by_pointer: it was named by a pointer that is no object itself: ``pid:N``, ``(TYPE *)0xADDR``.
 *	``->`` and ``*`` are right for it
 * @is_part: whether it is not, or no longer, the whole of what the target begins with
 * @offset: of the pointers on the way, and of the object: the first one's address (in a task its
 *	offset), of the others how far they lie behind where the one before leads
 * @nr_path: pointers followed
 * @hops: what they are in the text
 */
struct ld_place {
	__u32 btf;
	const struct ld_symbol *symbol;
	bool typed;
	struct ld_ctype type;
	bool by_pointer;
	bool is_part;
	__u64 offset[LIVEDUMP_MAX_PATH + 1];
	unsigned int nr_path;
	struct ld_hop hops[LIVEDUMP_MAX_PATH];
};

/**
 * ld_resolver_walk() - go the path of a target
 * @r: resolver
 * @t: the target
 * @p: where it begins; where it ends
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_resolver_walk(struct ld_resolver *r, const struct ld_target *t, struct ld_place *p,
		     struct ld_err *err);

/**
 * ld_resolver_place() - say to the module where a path leads
 * @p: where
 * @root: its kind is set; gets address or offset, flags and path
 * @err: filled if an offset is too large
 *
 * Return: 0 or -1.
 */
int ld_resolver_place(const struct ld_place *p, struct livedump_root *root, struct ld_err *err);

#endif
