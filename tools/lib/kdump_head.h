/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_KDUMP_HEAD_H
#define LD_KDUMP_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "vmcore.h"

/**
 * DOC: kdump-compressed files
 *
 * makedumpfile's own format, header version 6. In blocks of a page each:
 *
 *	header | sub-header, notes | 1st bitmap | 2nd bitmap | descriptors | page data
 *
 * A bit of the 1st bitmap stands for a page frame with memory, one of the 2nd for a page that is in
 * the file; as we know of no page that was left out on purpose, both are the same. For each bit of
 * the 2nd there is a descriptor, in the same order. What each field is, and who reads it, was taken
 * from crash's diskdump.[ch], libkdumpfile's src/kdumpfile/diskdump.c and makedumpfile's
 * diskdump_mod.h.
 */

/**
 * struct ld_kdump_desc - where a page is
 * @offset: in the file
 * @size: bytes there
 * @flags: ld_codec_flag() of how it is compressed, 0 if it is not
 * @page_flags: of its struct page; nobody reads them, makedumpfile writes 0
 */
struct ld_kdump_desc {
	uint64_t offset;
	uint32_t size;
	uint32_t flags;
	uint64_t page_flags;
};

/**
 * struct ld_kdump_layout - what is where
 * @max_mapnr: one past the last page frame
 * @bitmap_at: offset of the 1st bitmap: the size of what is before it, too
 * @bitmap_size: bytes of each of them
 * @desc_at: offset of the descriptors
 * @data_at: offset of the page data
 */
struct ld_kdump_layout {
	uint64_t max_mapnr;
	uint64_t bitmap_at;
	uint64_t bitmap_size;
	uint64_t desc_at;
	uint64_t data_at;
};

/**
 * ld_kdump_layout() - lay a file out
 * @core: page size and notes count
 * @max_mapnr: one past the last page frame
 * @nr_pages: pages of the file
 * @ret: result
 */
void ld_kdump_layout(const struct ld_vmcore *core, uint64_t max_mapnr, size_t nr_pages,
		     struct ld_kdump_layout *ret);

/**
 * ld_kdump_head() - make all that comes before the bitmaps
 * @core: the model
 * @status: ld_codec_flag() of the codec
 * @layout: of the file
 * @err: filled on failure
 *
 * Return: @layout->bitmap_at bytes, to be freed; NULL on failure.
 */
void *ld_kdump_head(const struct ld_vmcore *core, uint32_t status,
		    const struct ld_kdump_layout *layout, struct ld_err *err);

#endif
