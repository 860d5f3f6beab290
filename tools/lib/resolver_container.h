/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_RESOLVER_CONTAINER_H
#define LD_RESOLVER_CONTAINER_H

#include "plan.h"
#include "target.h"

/**
 * ld_resolver_container() - find how the head of a container leads to its entries
 * @set: BTF; may gain the module that has the entries' type
 * @t: target with a container
 * @btf: module whose types come first, 0 for none
 * @ret: its type is that of the head; gets all else
 * @err: filled if that is no head, or the entries have no such link
 *
 * Return: 0 or -1.
 */
int ld_resolver_container(struct ld_btfs *set, const struct ld_target *t, __u32 btf,
			  struct ld_plan_root *ret, struct ld_err *err);

#endif
