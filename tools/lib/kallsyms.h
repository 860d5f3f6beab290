/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_KALLSYMS_H
#define LD_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "err.h"

struct ld_kallsyms;

/**
 * struct ld_ksym - one symbol of /proc/kallsyms
 * @name: its name, without a .llvm.HASH suffix: the kernel prints it without, too
 * @module: module it belongs to, "" for the kernel image
 * @address: its value
 * @type: as nm(1) has it
 */
struct ld_ksym {
	const char *name;
	const char *module;
	__u64 address;
	char type;
};

/**
 * ld_kallsyms_read() - read all symbols
 * @proc: "/proc", or a test's stand-in
 * @ret: the symbols, in the order of the file
 * @err: filled on failure, also when addresses are hidden from this user
 *
 * Return: 0 or -1.
 */
int ld_kallsyms_read(const char *proc, struct ld_kallsyms **ret, struct ld_err *err);

/** ld_kallsyms_free() - free them; NULL is fine. @k: the symbols */
void ld_kallsyms_free(struct ld_kallsyms *k);

/**
 * ld_kallsyms_next() - walk over all symbols, or those of one name
 * @k: the symbols
 * @name: name looked for, NULL for every symbol
 * @pos: 0 at first, then as left by the last call
 * @ret: the symbol
 *
 * Return: false when there are no more.
 */
bool ld_kallsyms_next(const struct ld_kallsyms *k, const char *name, size_t *pos,
		      struct ld_ksym *ret);

/**
 * ld_kallsyms_has_module() - look for symbols of a module
 * @k: the symbols
 * @module: its name
 *
 * Return: whether there are any.
 */
bool ld_kallsyms_has_module(const struct ld_kallsyms *k, const char *module);

/**
 * ld_kallsyms_at() - the symbol that the kernel says an address lies in
 * @k: the symbols
 * @module: module the address belongs to, "" for the kernel image
 * @address: address
 * @ret: nearest symbol at or below it; of several at one address the first in the file, which
 *	is the one sprint_symbol() prints (get_symbol_pos() and find_kallsyms_symbol())
 *
 * Return: whether there is one.
 */
bool ld_kallsyms_at(const struct ld_kallsyms *k, const char *module, __u64 address,
		    struct ld_ksym *ret);

/**
 * ld_kallsyms_room() - bytes until the next symbol
 * @k: the symbols
 * @sym: a symbol
 *
 * Return: bytes, an upper bound of the symbol's size, or 0 if no symbol follows.
 */
__u64 ld_kallsyms_room(const struct ld_kallsyms *k, const struct ld_ksym *sym);

/**
 * ld_kallsyms_percpu_area() - where the per-CPU variables of the kernel image are
 * @k: table
 * @start: gets the first of their addresses, or 0
 * @end: gets one past the last, or 0
 */
void ld_kallsyms_percpu_area(const struct ld_kallsyms *k, __u64 *start, __u64 *end);

/**
 * ld_kallsyms_percpu() - is this a per-CPU symbol?
 * @k: the symbols
 * @sym: a symbol
 *
 * In the kernel image per-CPU symbols lie between __per_cpu_start and __per_cpu_end. In modules
 * they are the ones of type 'a': their section is not allocated, the values are offsets.
 *
 * Return: whether it is.
 */
bool ld_kallsyms_percpu(const struct ld_kallsyms *k, const struct ld_ksym *sym);

/**
 * ld_kallsyms_has_data() - does the kernel list variables at all?
 * @k: the symbols
 *
 * Return: false if it was built without CONFIG_KALLSYMS_ALL.
 */
bool ld_kallsyms_has_data(const struct ld_kallsyms *k);

#endif
