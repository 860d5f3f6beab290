# SPDX-License-Identifier: GPL-2.0
# What every reader needs to open the file, and to find tasks, CPUs and pages.
--depth 0
init_uts_ns
(unsigned long)page_offset_base
(unsigned long)vmalloc_base
(unsigned long)vmemmap_base
(unsigned long)phys_base
jiffies
