// SPDX-License-Identifier: GPL-2.0
/* 6.9, 443cbaf9e2fd ("crash: split vmcoreinfo exporting code out from crash_core.c") */
#include <linux/vmcore_info.h>

phys_addr_t probe(void);
phys_addr_t probe(void)
{
	return paddr_vmcoreinfo_note();
}
