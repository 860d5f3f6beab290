/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_SEGMENTS_H
#define LD_SEGMENTS_H

#include <stddef.h>
#include <stdint.h>
#include <linux/livedump.h>

#include "err.h"

/**
 * DOC: Which PT_LOADs a file has
 *
 * Page data lies in the file once, sorted by page frame. PT_LOADs point into it:
 *
 * 1. kernel image pages, at their kernel-text address if they are still mapped there (the memory of
 *    freed init code is not);
 * 2. pages with a vmalloc, module or other address, at that address;
 * 3. every page, kernel image included, at its direct-map address.
 *
 * Each group is sorted by physical address, neighbours are merged. Readers care about the order:
 *
 * - crash (x86_64_calc_phys_base()) and makedumpfile (get_phys_base_x86_64()) take phys_base,
 *   where vmcoreinfo lacks it, from the *first* PT_LOAD above __START_KERNEL_map. Module
 *   addresses are above it too: kernel text must come before them.
 * - makedumpfile (get_page_offset_x86_64()) takes the direct map's offset from the *last* PT_LOAD
 *   below __START_KERNEL_map: it must not be a vmalloc one.
 * - crash finds memory by the first match of p_paddr; all matches lead to the same bytes.
 * - drgn finds it by p_vaddr, the last match wins; ours never overlap. Where no PT_LOAD matches it
 *   walks the page tables. The direct map's tables need not be in the file, so kernel image pages
 *   get a direct-map PT_LOAD as well: phys_to_virt() of one works, as in /proc/vmcore, which
 *   describes the image twice too.
 */

/**
 * struct ld_layout - where the kernel has its memory
 * @page_size: bytes
 * @page_offset: virtual address of physical address 0 in the direct map
 * @text_start: kernel image, first virtual address
 * @text_end: kernel image, one past the last
 * @text_paddr: physical address of @text_start
 * @kernel_start: lowest address of the kernel's half
 */
struct ld_layout {
	uint64_t page_size;
	uint64_t page_offset;
	uint64_t text_start;
	uint64_t text_end;
	uint64_t text_paddr;
	uint64_t kernel_start;
};

/**
 * struct ld_segment - one PT_LOAD
 * @paddr: physical address
 * @vaddr: virtual address
 * @length: bytes, whole pages
 * @data: where they are, in bytes from the beginning of the page data
 */
struct ld_segment {
	uint64_t paddr;
	uint64_t vaddr;
	uint64_t length;
	uint64_t data;
};

/** LD_NO_SLOT: slot of a record that a later one of the same page frame replaces. */
#define LD_NO_SLOT	UINT32_MAX

/**
 * struct ld_segments - what goes where
 * @segs: PT_LOADs in the order of the file: none, or at least two (with exactly one, crash
 *	serves any physical address from it)
 * @nr: how many
 * @slots: for each record of the store, the page of the file's page data that it becomes
 * @nr_records: entries of @slots
 * @nr_slots: pages of page data
 */
struct ld_segments {
	struct ld_segment *segs;
	size_t nr;
	uint32_t *slots;
	size_t nr_records;
	uint32_t nr_slots;
};

/**
 * ld_segments_build() - lay recorded pages out
 * @layout: of the kernel
 * @pages: records, in any order; where several have one page frame the latest counts
 * @nr_pages: how many
 * @aliases: further virtual addresses; entries that make no sense are left out
 * @nr_aliases: how many
 * @ret: result, to be freed with ld_segments_free()
 * @err: filled on failure
 *
 * The records may change while this runs: each is read once.
 *
 * Return: 0 or -1.
 */
int ld_segments_build(const struct ld_layout *layout, const struct livedump_page *pages,
		      size_t nr_pages, const struct livedump_alias *aliases, size_t nr_aliases,
		      struct ld_segments *ret, struct ld_err *err);

/** ld_segments_free() - free what it holds and zero it. @s: the segments */
void ld_segments_free(struct ld_segments *s);

#endif
