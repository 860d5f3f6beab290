// SPDX-License-Identifier: GPL-2.0
/* 5.12, 0ce20dd84089 ("mm: add Kernel Electric-Fence infrastructure") */
#include <linux/kfence.h>

bool probe(const void *addr);
bool probe(const void *addr)
{
	return is_kfence_address(addr);
}
