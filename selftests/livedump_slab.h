/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of slabs and of LIVEDUMP_WHATIS share. The layout is the tool's own, from BTF: the
 * programs that need it are linked with that part of the tool.
 */
#ifndef LIVEDUMP_SLAB_H
#define LIVEDUMP_SLAB_H

#include <linux/livedump.h>

#include "slab_layout.h"

/* For fixtures: 0, or -1 where this kernel's BTF does not say. */
static inline int slab_layout(struct livedump_slab *ret)
{
	struct ld_btfs *set;
	struct ld_err err;
	int result;

	if (ld_btfs_open("/sys", NULL, &set, &err))
		return -1;
	result = ld_slab_layout(set, ret, &err);
	ld_btfs_free(set);
	return result;
}

#endif
