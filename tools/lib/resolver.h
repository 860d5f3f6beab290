/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_RESOLVER_H
#define LD_RESOLVER_H

#include "ctypes.h"
#include "plan.h"
#include "request.h"

/**
 * struct ld_hop - a pointer that a path follows, as the target names it
 * @from: where that begins in the target's text
 * @len: bytes
 */
struct ld_hop {
	__u32 from;
	__u32 len;
};

/**
 * struct ld_resolved - a target in the module's terms
 * @is_range: whether @range is meant, else @root and @plan
 * @range: memory without a type
 * @root: where a walk begins; its type index is not known yet
 * @plan: what that is
 * @btf: module whose types come first, 0 for none
 * @hops: the pointers of its path
 * @tasks: of ``comm:NAME``: @root is each of these tasks; to be freed by the caller
 * @nr_tasks: entries of @tasks, 0 for all other targets
 */
struct ld_resolved {
	bool is_range;
	struct livedump_range range;
	struct livedump_root root;
	struct ld_plan_root plan;
	__u32 btf;
	struct ld_hop hops[LIVEDUMP_MAX_PATH];
	__u32 *tasks;
	size_t nr_tasks;
};

/**
 * ld_resolver_resolve() - find what a target means on this kernel
 * @r: resolver
 * @text: the target
 * @ret: what it means
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_resolver_resolve(struct ld_resolver *r, const char *text, struct ld_resolved *ret,
			struct ld_err *err);

/**
 * ld_resolver_btfs() - the BTF, loaded if need be
 * @r: resolver
 * @err: filled on failure
 *
 * Return: the BTF, the resolver's own, or NULL.
 */
struct ld_btfs *ld_resolver_btfs(struct ld_resolver *r, struct ld_err *err);

#endif
