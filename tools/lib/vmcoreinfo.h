/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_VMCOREINFO_H
#define LD_VMCOREINFO_H

#include <stdbool.h>
#include <stdint.h>

#include "corefile.h"

/**
 * struct ld_text_map - where x86-64 maps the kernel image
 * @start: __START_KERNEL_map
 * @size: KERNEL_IMAGE_SIZE: modules are behind it
 * @has_phys: @phys is known
 * @phys: phys_base: physical address of @start; may be below 0, that is: wrap around
 *
 * arch/x86/include/asm/page_64_types.h
 */
struct ld_text_map {
	uint64_t start;
	uint64_t size;
	bool has_phys;
	uint64_t phys;
};

/**
 * ld_text_map() - where a vmcore's kernel is mapped
 * @c: opened
 * @ret: filled
 *
 * Return: 0, or -1 if it is not of x86-64.
 */
int ld_text_map(const struct ld_corefile *c, struct ld_text_map *ret);

/**
 * ld_vmcoreinfo_number() - a line ``NUMBER(…)=`` of vmcoreinfo
 * @c: opened
 * @name: what is in the parentheses
 * @ret: filled; a number below 0 wraps around
 *
 * Return: 0, or -1 if it is not there.
 */
int ld_vmcoreinfo_number(const struct ld_corefile *c, const char *name, uint64_t *ret);

/**
 * ld_vmcoreinfo_symbol() - a line ``SYMBOL(…)=`` of vmcoreinfo
 * @c: opened
 * @name: what is in the parentheses
 * @ret: its address
 *
 * Return: 0, or -1 if it is not there.
 */
int ld_vmcoreinfo_symbol(const struct ld_corefile *c, const char *name, uint64_t *ret);

/**
 * ld_direct_map() - where PT_LOADs say that the direct map begins
 * @c: opened
 *
 * Return: how far most memory below the kernel image is from its physical address; 0 if no PT_LOAD
 * says that, or without memory.
 */
uint64_t ld_direct_map(const struct ld_corefile *c);

#endif
