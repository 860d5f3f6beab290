/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_PROC_H
#define LD_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

/** LD_PROC_TEXT: room for what the kernel calls something. */
#define LD_PROC_TEXT	256

/**
 * struct ld_area - a stretch of addresses that /proc or /sys has a name for
 * @start: first byte
 * @end: one past the last; of a section, 0
 * @text: what the kernel says of it
 */
struct ld_area {
	__u64 start;
	__u64 end;
	char text[LD_PROC_TEXT];
};

/**
 * ld_proc_vmalloc() - the vmalloc area an address lies in
 * @proc: "/proc", or a test's stand-in
 * @address: any
 * @ret: the area; its text is who allocated it, and for what
 *
 * Return: whether there is one. Where the sysctl kernel.kptr_restrict is 0 the kernel shows other
 * numbers in the place of addresses, and nothing is found.
 */
bool ld_proc_vmalloc(const char *proc, __u64 address, struct ld_area *ret);

/**
 * ld_proc_iomem() - the innermost resource a physical address lies in
 * @proc: "/proc", or a test's stand-in
 * @paddr: any
 * @ret: the resource; its text is its name
 *
 * Return: whether there is one.
 */
bool ld_proc_iomem(const char *proc, __u64 paddr, struct ld_area *ret);

/**
 * ld_proc_module() - the module an address lies in
 * @proc: "/proc", or a test's stand-in
 * @address: any
 * @ret: the module's memory; its text is the module's name
 *
 * From Linux 6.4 on a module's parts are in several places: only one of them is found.
 *
 * Return: whether there is one.
 */
bool ld_proc_module(const char *proc, __u64 address, struct ld_area *ret);

/**
 * ld_proc_section() - the section of a module an address lies in
 * @sys: "/sys", or a test's stand-in
 * @module: its name
 * @address: in it
 * @ret: the section; its text is its name
 *
 * Return: whether there is one.
 */
bool ld_proc_section(const char *sys, const char *module, __u64 address, struct ld_area *ret);

/**
 * ld_proc_pageflags() - what the kernel says of a page frame
 * @proc: "/proc", or a test's stand-in
 * @pfn: page frame
 * @ret: bits, by their numbers in linux/kernel-page-flags.h
 *
 * Return: whether it says something.
 */
bool ld_proc_pageflags(const char *proc, __u64 pfn, __u64 *ret);

/**
 * ld_pageflag_name() - what a bit of /proc/kpageflags is called
 * @bit: its number
 *
 * Return: the name, NULL for a number without one.
 */
const char *ld_pageflag_name(unsigned int bit);

/**
 * ld_pageflags_state() - what a page frame is used for
 * @flags: as /proc/kpageflags has them
 *
 * Return: a few words.
 */
const char *ld_pageflags_state(__u64 flags);

#endif
