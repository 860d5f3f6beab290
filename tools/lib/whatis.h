/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_WHATIS_H
#define LD_WHATIS_H

#include "kallsyms.h"
#include "proc.h"

/**
 * struct ld_whatis_ctx - where facts come from
 * @dev: the device
 * @info: the module and the kernel
 * @slab: layout, or NULL
 * @symbols: of this kernel
 * @proc: "/proc"
 * @sys: "/sys"
 */
struct ld_whatis_ctx {
	int dev;
	const struct livedump_info *info;
	const struct livedump_slab *slab;
	const struct ld_kallsyms *symbols;
	const char *proc;
	const char *sys;
};

/**
 * struct ld_whatis - what is known of an address
 * @out: what the module says; @out.address is the address
 * @in_image: in the kernel image
 * @in_direct_map: in the direct map
 * @variable: per-CPU variable at or below it; its name is NULL where there is none
 * @variable_offset: from there
 * @area: vmalloc area; its end is 0 where there is none, or it is not shown
 * @module: name, or empty
 * @section: of @module; its text is empty where it is not known
 * @resource: of physical memory; its end is 0 where there is none
 * @has_page: whether @page is known
 * @page: bits of /proc/kpageflags
 */
struct ld_whatis {
	struct livedump_whatis out;
	bool in_image;
	bool in_direct_map;
	struct ld_ksym variable;
	__u64 variable_offset;
	struct ld_area area;
	char module[LD_PROC_TEXT];
	struct ld_area section;
	struct ld_area resource;
	bool has_page;
	__u64 page;
};

/**
 * ld_whatis() - find out what an address is
 * @ctx: sources
 * @address: any virtual address
 * @ret: what is known
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_whatis(const struct ld_whatis_ctx *ctx, __u64 address, struct ld_whatis *ret,
	      struct ld_err *err);

/** struct ld_line - a line of text. @text: it, without a newline */
struct ld_line {
	char text[512];
};

/** LD_WHATIS_LINES: the most lines that ld_whatis_text() makes. */
#define LD_WHATIS_LINES		13

/**
 * ld_whatis_text() - what is known, in words
 * @w: of it
 * @lines: LD_WHATIS_LINES of them
 *
 * Return: how many were filled, one at least.
 */
size_t ld_whatis_text(const struct ld_whatis *w, struct ld_line *lines);

#endif
