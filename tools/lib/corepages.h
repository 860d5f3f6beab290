/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_COREPAGES_H
#define LD_COREPAGES_H

#include <stdint.h>
#include <linux/livedump.h>

#include "corefile.h"
#include "err.h"
#include "vmcore.h"

/** LD_COREPAGES_WINDOW: how many pages ld_corepages_map() makes readable at once. */
#define LD_COREPAGES_WINDOW	1024

/**
 * struct ld_corepages_at - where a page is in the file
 * @offset: of its bytes
 * @size: how many
 * @flags: LD_KDUMP_* of how they are compressed, or 0
 */
struct ld_corepages_at {
	uint64_t offset;
	uint32_t size;
	uint32_t flags;
};

/**
 * struct ld_corepages - the pages of a vmcore, as if they had been recorded just now
 * @core: the file
 * @path: of it
 * @page_size: bytes
 * @pages: by page frame; of an ELF vmcore with the addresses of its PT_LOADs
 * @nr_pages: how many
 * @at: where each is in the file
 * @aliases: their further addresses
 * @nr_aliases: how many
 * @has_vaddrs: the file says at which addresses they are
 * @partial: bytes of PT_LOADs that are not whole pages, and thus left out
 * @stored: room for a page as it is in the file
 * @window: what ld_corepages_map() has read
 */
struct ld_corepages {
	struct ld_corefile core;
	const char *path;
	uint64_t page_size;
	struct livedump_page *pages;
	size_t nr_pages;
	struct ld_corepages_at *at;
	struct livedump_alias *aliases;
	size_t nr_aliases;
	bool has_vaddrs;
	uint64_t partial;
	char *stored;
	char *window;
};

/**
 * ld_corepages_open() - open a vmcore to take its pages
 * @path: of it; kept
 * @ret: filled; ld_corepages_close() ends it
 * @err: filled on failure; @path is named
 *
 * Return: 0 or -1.
 */
int ld_corepages_open(const char *path, struct ld_corepages *ret, struct ld_err *err);

/** ld_corepages_find() - look a page up. @p: opened; @pfn: page frame. Return: index; SIZE_MAX. */
size_t ld_corepages_find(const struct ld_corepages *p, uint64_t pfn);

/**
 * ld_corepages_read() - read a page
 * @p: opened
 * @index: of it
 * @to: there
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_corepages_read(struct ld_corepages *p, size_t index, void *to, struct ld_err *err);

/** ld_corepages_map() - for struct ld_page_source. @ctx: the pages; @first, @nr, @err: as there */
const void *ld_corepages_map(void *ctx, size_t first, size_t nr, struct ld_err *err);

/**
 * ld_corepages_reduce() - keep only the pages that another file has too, at its addresses
 * @p: opened
 * @like: the other file, with its addresses
 * @missing: set to the number of those that @p does not have
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_corepages_reduce(struct ld_corepages *p, const struct ld_corepages *like,
			uint64_t *missing, struct ld_err *err);

/** ld_corepages_close() - close it. @p: opened, whatever came of it, or all zero */
void ld_corepages_close(struct ld_corepages *p);

#endif
