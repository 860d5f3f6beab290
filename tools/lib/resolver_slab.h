/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_RESOLVER_SLAB_H
#define LD_RESOLVER_SLAB_H

#include "ctypes.h"
#include "request.h"
#include "target.h"

/**
 * ld_resolver_slab() - find a slab cache and the type of its objects
 * @set: BTF; may gain the module that has the type
 * @opts: where /proc and /sys are
 * @t: target of kind %LD_TARGET_SLAB
 * @root: gets its kind and symbol
 * @type: of the objects: as the target says, or a well-known one, or bytes
 * @err: filled if there is no such cache, with names like it
 *
 * Return: 0 or -1.
 */
int ld_resolver_slab(struct ld_btfs *set, const struct ld_resolver_opts *opts,
		     const struct ld_target *t, struct livedump_root *root, struct ld_ctype *type,
		     struct ld_err *err);

/**
 * ld_resolver_slab_type() - look into the table of well-known caches
 * @cache: name
 *
 * Return: the type of its objects in C, or NULL if it is not listed.
 */
const char *ld_resolver_slab_type(const char *cache);

#endif
