/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_WRITERS_H
#define LD_WRITERS_H

#include <stdbool.h>
#include <string.h>

#include "vmcore.h"

/**
 * struct ld_write - a file to be written
 * @core: what is to be in it
 * @format: how
 * @source: data of the records
 * @segments: of the records
 * @out: begun
 */
struct ld_write {
	const struct ld_vmcore *core;
	const struct ld_format *format;
	const struct ld_page_source *source;
	const struct ld_segments *segments;
	struct ld_outfile *out;
};

/** ld_is_zero() - whether a page is zeros. @page: it; @size: its bytes. Return: as asked. */
static inline bool ld_is_zero(const char *page, size_t size)
{
	return !*page && !memcmp(page, page + 1, size - 1);
}

/** ld_elf_write() - write ELF. @job: the file; @err: filled on failure. Return: 0 or -1. */
int ld_elf_write(const struct ld_write *job, struct ld_err *err);

/** ld_elf_measure() - its size. @core: the model; @segments: of it; @ret: filled */
void ld_elf_measure(const struct ld_vmcore *core, const struct ld_segments *segments,
		    struct ld_vmcore_size *ret);

/**
 * ld_kdump_write() - write a kdump-compressed file
 * @job: the file
 * @ret: gets the size it came to
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_kdump_write(const struct ld_write *job, struct ld_vmcore_size *ret, struct ld_err *err);

/** ld_kdump_measure() - at most. @core: the model; @segments: of it; @ret: filled */
void ld_kdump_measure(const struct ld_vmcore *core, const struct ld_segments *segments,
		      struct ld_vmcore_size *ret);

#endif
