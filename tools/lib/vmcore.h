/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_VMCORE_H
#define LD_VMCORE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/utsname.h>
#include <linux/livedump.h>

#include "elf_head.h"
#include "err.h"
#include "format.h"
#include "outfile.h"
#include "segments.h"

/**
 * struct ld_page_source - where page data comes from
 * @window: how many records @map is asked for at once, at most
 * @map: makes the data of records @first to @first + @nr - 1 readable, one after the other, until
 *	the next call or the end; NULL on failure, with @err filled
 * @ctx: passed to @map
 */
struct ld_page_source {
	size_t window;
	const void *(*map)(void *ctx, size_t first, size_t nr, struct ld_err *err);
	void *ctx;
};

/**
 * struct ld_vmcore - what is to be in a file, whatever its format
 * @machine: e_machine
 * @uts: of the kernel, as uname has it; release, version and machine must not be empty
 * @time_ns: when it was recorded, in nanoseconds since 1970, or 0
 * @nr_cpus: online CPUs, or 0 if unknown
 * @layout: of the kernel
 * @pages: records of the store
 * @nr_pages: how many
 * @aliases: further virtual addresses of theirs
 * @nr_aliases: how many
 * @notes: notes
 * @nr_notes: how many
 * @progress: told now and then how much of the page data is written; may be NULL
 */
struct ld_vmcore {
	uint16_t machine;
	struct utsname uts;
	uint64_t time_ns;
	unsigned int nr_cpus;
	struct ld_layout layout;
	const struct livedump_page *pages;
	size_t nr_pages;
	const struct livedump_alias *aliases;
	size_t nr_aliases;
	const struct ld_elf_note *notes;
	size_t nr_notes;
	void (*progress)(uint64_t done, uint64_t total);
};

/**
 * struct ld_vmcore_size - measures of a file
 * @segments: PT_LOADs; 0 where the format has none
 * @pages: pages of data
 * @bytes: size of the file; before pages are compressed, what it is at most
 */
struct ld_vmcore_size {
	size_t segments;
	size_t pages;
	uint64_t bytes;
};

/**
 * ld_vmcore_measure() - what ld_vmcore_write() would write
 * @core: the model
 * @format: of the file
 * @ret: measures
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_vmcore_measure(const struct ld_vmcore *core, const struct ld_format *format,
		      struct ld_vmcore_size *ret, struct ld_err *err);

/**
 * ld_vmcore_write() - write a vmcore
 * @core: the model
 * @format: of the file
 * @source: data of the records
 * @out: begun; the caller commits or aborts it
 * @ret: measures of what was written
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_vmcore_write(const struct ld_vmcore *core, const struct ld_format *format,
		    const struct ld_page_source *source, struct ld_outfile *out,
		    struct ld_vmcore_size *ret, struct ld_err *err);

#endif
