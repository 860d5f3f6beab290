/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_RESOLVER_PRIVATE_H
#define LD_RESOLVER_PRIVATE_H

#include "dwarf_file.h"
#include "dwarf_var.h"
#include "kallsyms.h"
#include "resolver.h"
#include "target.h"

/**
 * struct ld_resolver - sources of names and types, each opened when it is first needed
 * @opts: as given
 * @kallsyms: NULL until needed
 * @btfs: NULL until needed
 * @dwarf: NULL until needed
 * @found: vmlinux found by build id
 * @searched: whether @found was looked for
 * @dwarf_tried: whether @dwarf was opened, maybe in vain
 * @build_id: of the running kernel, "" if unknown
 * @has_build_id: whether @build_id was looked for
 */
struct ld_resolver {
	struct ld_resolver_opts opts;
	struct ld_kallsyms *kallsyms;
	struct ld_btfs *btfs;
	struct ld_dwarf *dwarf;
	char *found;
	bool searched;
	bool dwarf_tried;
	char build_id[LD_BUILD_ID_MAX];
	bool has_build_id;
};

/**
 * struct ld_symbol - a symbol that a target names
 * @sym: the symbol
 * @percpu: whether it is a per-CPU one
 * @offset: of a per-CPU one in its section, ~0 if unknown
 * @btf: BTF of its module, 0 if there is none
 */
struct ld_symbol {
	struct ld_ksym sym;
	bool percpu;
	__u64 offset;
	__u32 btf;
};

/**
 * ld_resolver_symbol() - find the symbol of a target
 * @r: resolver
 * @t: target of kind %LD_TARGET_SYMBOL
 * @ret: the symbol
 * @err: filled if there is none, or more than one
 *
 * Return: 0 or -1.
 */
int ld_resolver_symbol(struct ld_resolver *r, const struct ld_target *t, struct ld_symbol *ret,
		       struct ld_err *err);

/**
 * ld_resolver_type() - find the type of a symbol that was given none
 * @r: resolver
 * @s: the symbol
 * @ret: its type
 * @err: filled if it is not known: says how to give it
 *
 * Asked in turn: BTF (per-CPU variables), the vmlinux that the user gave, the table of
 * well-known symbols, a vmlinux found by its build id. The table comes before the search
 * because reading DWARF costs more than everything else together.
 *
 * Return: 0 or -1.
 */
int ld_resolver_type(struct ld_resolver *r, const struct ld_symbol *s, struct ld_ctype *ret,
		     struct ld_err *err);

/**
 * ld_resolver_number() - ask the kernel for a number
 * @r: resolver
 * @text: target of an integer
 * @ret: it
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_resolver_number(struct ld_resolver *r, const char *text, __u64 *ret, struct ld_err *err);

/**
 * ld_resolver_between() - find all that lies between two symbols, or up to the next one
 * @r: resolver
 * @t: target of kind %LD_TARGET_BETWEEN
 * @ret: a range; of per-CPU symbols a root
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_resolver_between(struct ld_resolver *r, const struct ld_target *t, struct ld_resolved *ret,
			struct ld_err *err);

/**
 * ld_resolver_vmlinux() - the vmlinux with debugging information
 * @r: resolver
 * @ret: path, the resolver's own, or NULL if none was given or found
 * @err: filled if the one given is not that of the running kernel
 *
 * Return: 0 or -1.
 */
int ld_resolver_vmlinux(struct ld_resolver *r, const char **ret, struct ld_err *err);

/**
 * ld_resolver_known_type() - look into the table of well-known symbols
 * @symbol: name
 * @nr: which of its types, from 0
 *
 * Return: its type in C, or NULL if there is no such entry.
 */
const char *ld_resolver_known_type(const char *symbol, unsigned int nr);

#endif
