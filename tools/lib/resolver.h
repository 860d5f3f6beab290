/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_RESOLVER_H
#define LD_RESOLVER_H

#include "ctypes.h"
#include "request.h"

/**
 * struct ld_resolved - a target in the module's terms
 * @is_range: whether @range is meant, else @root and @type
 * @range: memory without a type
 * @root: where a walk begins; its type index is not known yet
 * @type: of the root
 */
struct ld_resolved {
	bool is_range;
	struct livedump_range range;
	struct livedump_root root;
	struct ld_ctype type;
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
