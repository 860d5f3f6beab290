/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_REASON_H
#define LD_REASON_H

#include <stdbool.h>
#include <linux/livedump.h>

/**
 * struct ld_reason - what to call a reason for missing bytes
 * @name: in JSON; never changes
 * @text: for a person
 * @remedy: what gets the bytes the next time, or NULL
 * @cut: a limit or an end put to the request, which is thereby incomplete
 */
struct ld_reason {
	const char *name;
	const char *text;
	const char *remedy;
	bool cut;
};

/**
 * ld_reason() - describe a reason
 * @reason: enum livedump_reason, or anything
 *
 * Return: a description, of numbers this tool does not know as well.
 */
const struct ld_reason *ld_reason(unsigned int reason);

/**
 * ld_missing_total() - sum over all reasons
 * @missing: bytes, by reason
 *
 * Return: bytes.
 */
__u64 ld_missing_total(const __u64 missing[LIVEDUMP_NR_REASONS]);

/**
 * ld_missing_cut() - whether a limit or budget cost something
 * @missing: bytes, by reason
 *
 * Return: true if so.
 */
bool ld_missing_cut(const __u64 missing[LIVEDUMP_NR_REASONS]);

#endif
