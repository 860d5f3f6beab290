/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_SLAB_LAYOUT_H
#define LD_SLAB_LAYOUT_H

#include <linux/livedump.h>

#include "btf.h"

/**
 * ld_slab_layout() - where a kernel keeps what its slabs are
 * @set: BTF
 * @ret: for the module
 * @err: filled on failure: what is not as in any kernel with SLUB from 5.10 on
 *
 * Return: 0 or -1.
 */
int ld_slab_layout(const struct ld_btfs *set, struct livedump_slab *ret, struct ld_err *err);

#endif
