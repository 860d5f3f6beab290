/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_KDUMPFILE_H
#define LD_KDUMPFILE_H

#include <stdint.h>
#include <sys/utsname.h>

#include "err.h"

struct ld_corefile;

/**
 * DOC: A kdump-compressed file
 *
 * As makedumpfile writes it (its diskdump_mod.h has the structures; crash's diskdump.h and
 * libkdumpfile's diskdump.c the same), for a 64-bit little-endian kernel. In blocks of a page:
 *
 * - the header;
 * - sub_hdr_size blocks: the sub-header, and wherever it says so notes and vmcoreinfo;
 * - bitmap_blocks blocks: two bitmaps of max_mapnr bits, one half each: page frames that are RAM,
 *   and those that are in the file;
 * - a descriptor for each bit set in the second bitmap;
 * - page data, in any order, wherever a descriptor says; several may share it.
 */

/** LD_KDUMP_ZLIB: a page is a zlib stream; with none of such flags it is stored as it is */
#define LD_KDUMP_ZLIB		0x01U
/** LD_KDUMP_LZO: LZO1X */
#define LD_KDUMP_LZO		0x02U
/** LD_KDUMP_SNAPPY: raw snappy */
#define LD_KDUMP_SNAPPY		0x04U
/** LD_KDUMP_INCOMPLETE: of the header: the disk was full; not a codec */
#define LD_KDUMP_INCOMPLETE	0x08U
/** LD_KDUMP_NO_VMEMMAP: of the header: parts of vmemmap were excluded; not a codec */
#define LD_KDUMP_NO_VMEMMAP	0x10U
/** LD_KDUMP_ZSTD: a zstd frame */
#define LD_KDUMP_ZSTD		0x20U
/** LD_KDUMP_CODECS: all that a page can be compressed with */
#define LD_KDUMP_CODECS		(LD_KDUMP_ZLIB | LD_KDUMP_LZO | LD_KDUMP_SNAPPY | LD_KDUMP_ZSTD)
/** LD_KDUMP_NR_CODECS: bits up to the last of them */
#define LD_KDUMP_NR_CODECS	6

/**
 * struct ld_kdumpfile - header and sub-header, and what counting gives
 * @version: of the header
 * @uts: utsname; each text is NUL-terminated here, whatever the file has
 * @time_ns: timestamp, in nanoseconds since 1970
 * @microseconds: those of the timestamp
 * @status: LD_KDUMP_*
 * @block_size: bytes of a block, which is a page
 * @sub_blocks: sub_hdr_size
 * @bitmap_blocks: of both bitmaps
 * @max_mapnr: page frames, those without memory included
 * @max_mapnr_32: the same in the header, as far as that has room
 * @nr_cpus: in the header
 * @dump_level: what makedumpfile left out
 * @split: not the only file of the dump
 * @vmcoreinfo_at: where VMCOREINFO's text is, or 0
 * @vmcoreinfo_size: its bytes
 * @note_at: where the notes are, or 0
 * @note_size: their bytes
 * @bitmap_at: where the bitmaps begin
 * @desc_at: where the descriptors begin
 * @nr_pages: page frames in the file
 * @nr_excluded: RAM that is not
 * @nr_unknown: pages in the file that are not RAM
 * @nr_raw: of the pages, those that are not compressed
 * @nr_codec: and those that are, by bit of LD_KDUMP_*
 */
struct ld_kdumpfile {
	int32_t version;
	struct utsname uts;
	uint64_t time_ns;
	uint64_t microseconds;
	uint32_t status;
	uint32_t block_size;
	uint32_t sub_blocks;
	uint32_t bitmap_blocks;
	uint64_t max_mapnr;
	uint32_t max_mapnr_32;
	int32_t nr_cpus;
	int32_t dump_level;
	int32_t split;
	uint64_t vmcoreinfo_at;
	uint64_t vmcoreinfo_size;
	uint64_t note_at;
	uint64_t note_size;
	uint64_t bitmap_at;
	uint64_t desc_at;
	uint64_t nr_pages;
	uint64_t nr_excluded;
	uint64_t nr_unknown;
	uint64_t nr_raw;
	uint64_t nr_codec[LD_KDUMP_NR_CODECS];
};

/**
 * struct ld_kdump_page - a page as its descriptor has it
 * @pfn: page frame
 * @offset: of its bytes in the file
 * @size: how many
 * @flags: LD_KDUMP_* of the codec, or 0
 */
struct ld_kdump_page {
	uint64_t pfn;
	uint64_t offset;
	uint32_t size;
	uint32_t flags;
};

/**
 * ld_uts_read() - a kernel's utsname
 * @from: its bytes: sizeof(struct utsname), anything
 * @to: filled; each text is NUL-terminated
 */
void ld_uts_read(const char *from, struct utsname *to);

/**
 * ld_kdumpfile_probe() - whether a file is a kdump file
 * @magic: its first eight bytes
 * @err: filled if it is one that cannot be read
 *
 * Return: 1, 0 if it is something else, or -1.
 */
int ld_kdumpfile_probe(const char *magic, struct ld_err *err);

/**
 * ld_kdumpfile_read() - look through a kdump file
 * @c: opened; filled
 * @err: filled if there is nothing to look at
 *
 * Nothing in the file is believed before it has been compared with the size of the file.
 *
 * Return: 0, also for a damaged file, which then has @c->problems; or -1.
 */
int ld_kdumpfile_read(struct ld_corefile *c, struct ld_err *err);

/**
 * ld_kdumpfile_pages() - go through the pages by page frame
 * @c: looked through, without problems
 * @visit: called for each; ends it by returning something else than 0
 * @ctx: passed to @visit
 *
 * Return: 0, what @visit returned, or -1 where the file cannot be read.
 */
int ld_kdumpfile_pages(const struct ld_corefile *c,
		       int (*visit)(void *ctx, const struct ld_kdump_page *page), void *ctx);

#endif
