/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_CHECK_H
#define LD_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "corefile.h"
#include "err.h"

/**
 * enum ld_rule - what readers insist on; what breaking it means to them is in ld_rules[]
 * @LD_RULE_PHDRS_AT_64: ELF, and so on
 * @LD_RULE_VMCOREINFO: of both formats, from here on
 * @LD_RULE_UTSNAME: kdump, from here on
 * @LD_NR_RULES: how many
 */
enum ld_rule {
	LD_RULE_PHDRS_AT_64,
	LD_RULE_NOTE_FIRST,
	LD_RULE_TWO_LOADS,
	LD_RULE_NOTE_ALIGN,
	LD_RULE_LOAD_ALIGN,
	LD_RULE_FILESZ,
	LD_RULE_WHOLE_PAGES,
	LD_RULE_VADDR,
	LD_RULE_TEXT_FIRST,
	LD_RULE_DIRECT_LAST,
	LD_RULE_SAME_BYTES,
	LD_RULE_SAME_PAGE,
	LD_RULE_VMCOREINFO,
	LD_RULE_VMCOREINFO_KEYS,
	LD_RULE_VMCOREINFO_END,
	LD_RULE_CRASHTIME,
	LD_RULE_PRSTATUS,
	LD_RULE_UTSNAME,
	LD_RULE_TIMESTAMP,
	LD_RULE_NR_CPUS,
	LD_RULE_STATUS,
	LD_RULE_INCOMPLETE,
	LD_RULE_BITMAP_BLOCKS,
	LD_RULE_MAX_MAPNR,
	LD_RULE_BITMAPS,
	LD_RULE_PAGE_FLAGS,
	LD_RULE_PAGE_SIZE,
	LD_RULE_PAGE_DATA,
	LD_RULE_VMCOREINFO_AT,
	LD_NR_RULES,
};

/**
 * struct ld_rule_text - a rule for a person
 * @name: in JSON
 * @meaning: what it means to a reader if it is broken
 */
struct ld_rule_text {
	const char *name;
	const char *meaning;
};

/** ld_rules - by enum ld_rule. */
extern const struct ld_rule_text ld_rules[LD_NR_RULES];

/**
 * struct ld_check - what ld_check() has found
 * @broken: how many rules are
 * @found: for each rule how often it is broken, and where first
 */
struct ld_check {
	size_t broken;
	struct {
		uint64_t count;
		char first[160];
	} found[LD_NR_RULES];
};

/**
 * ld_check() - hold a file against the rules of its readers
 * @c: opened; may have problems, and get more
 * @ret: filled
 * @err: filled on failure
 *
 * Return: 0, whatever it has found; or -1.
 */
int ld_check(struct ld_corefile *c, struct ld_check *ret, struct ld_err *err);

/**
 * ld_check_broken() - note that a rule is broken
 * @check: there
 * @rule: the rule
 * @fmt: printf format: where, and what is there
 */
void ld_check_broken(struct ld_check *check, enum ld_rule rule, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** ld_check_elf() - that part of ld_check(). @c: as there; @check: too; @err: too. Return: too. */
int ld_check_elf(const struct ld_corefile *c, struct ld_check *check, struct ld_err *err);

/** ld_check_kdump() - the other. @c: as there; @check: too; @err: too. Return: too. */
int ld_check_kdump(struct ld_corefile *c, struct ld_check *check, struct ld_err *err);

#endif
