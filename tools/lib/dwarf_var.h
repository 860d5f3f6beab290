/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_DWARF_VAR_H
#define LD_DWARF_VAR_H

#include <linux/types.h>

#include "err.h"

/** struct ld_dwarf - the debugging information of a vmlinux */
struct ld_dwarf;

/**
 * ld_dwarf_open() - open a vmlinux
 * @path: the file
 * @ret: its debugging information
 * @err: filled if it cannot be read or has none
 *
 * Return: 0 or -1.
 */
int ld_dwarf_open(const char *path, struct ld_dwarf **ret, struct ld_err *err);

/** ld_dwarf_close() - close it; NULL is fine. @d: debugging information */
void ld_dwarf_close(struct ld_dwarf *d);

/**
 * ld_dwarf_type_of() - the type of a global variable, as C text
 * @d: debugging information
 * @symbol: name of its symbol
 * @address: its address in the running kernel
 * @text: the address of the symbol _stext there, 0 if unknown; tells static namesakes apart
 *	on a relocated kernel
 *
 * Return: text to free, such as "struct foo *[16]", or NULL if there is no such variable or
 * its type cannot be written.
 */
char *ld_dwarf_type_of(struct ld_dwarf *d, const char *symbol, __u64 address, __u64 text);

#endif
