# SPDX-License-Identifier: GPL-2.0
# What every reader needs: the kernel's version, its CPUs, and where memory and per-CPU areas are.
# All other profiles include it.
--depth 0
init_uts_ns
init_task
jiffies
(unsigned long)page_offset_base
(unsigned long)vmalloc_base
(unsigned long)vmemmap_base
(unsigned long)phys_base
(unsigned long)min_low_pfn
(unsigned long)max_low_pfn
(unsigned long)max_pfn
(void *)high_memory
_totalram_pages
(char[256])linux_banner
(unsigned long)vmcoreinfo_size
((unsigned char *)vmcoreinfo_data)[0:4096]

# CPUs
nr_cpu_ids | (unsigned int)nr_cpumask_bits
__cpu_possible_mask
__cpu_present_mask
__cpu_online_mask
__cpu_active_mask
(unsigned long[8192])__per_cpu_offset[0:nr_cpu_ids] | (unsigned long[64])__per_cpu_offset
(int)nr_node_ids
(nodemask_t[6])node_states
(struct pglist_data *[64])node_data | (struct pglist_data)contig_page_data

# memory sections: a page has 256 of 128 MiB each
(unsigned long)__highest_present_section_nr
((struct mem_section **)mem_section)[0:64] --depth 2
