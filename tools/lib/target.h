/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_TARGET_H
#define LD_TARGET_H

#include <stdbool.h>
#include <linux/types.h>

#include "target_lex.h"
#include "target_type.h"

/** LD_TARGET_STEPS: the most members and indices one target may have. */
#define LD_TARGET_STEPS		64

/**
 * enum ld_target_kind - the forms a target has
 * @LD_TARGET_RANGE: ``0xADDR:SIZE``
 * @LD_TARGET_PID: ``pid:N``
 * @LD_TARGET_SYMBOL: ``[(TYPE)][MODULE:]SYMBOL[@CPU][PATH]``
 * @LD_TARGET_ADDRESS: ``(TYPE *)0xADDR[PATH]``
 */
enum ld_target_kind {
	LD_TARGET_RANGE,
	LD_TARGET_PID,
	LD_TARGET_SYMBOL,
	LD_TARGET_ADDRESS,
};

/**
 * struct ld_step - one step of a path
 * @is_index: ``[nr]``, else ``.name``
 * @name: member
 * @nr: index
 * @at: where it stands in the text
 */
struct ld_step {
	bool is_index;
	struct ld_span name;
	__u64 nr;
	const char *at;
};

/**
 * struct ld_target - a target as written; spans point into the text
 * @text: the text
 * @kind: which form
 * @address: of a range or an address target
 * @length: of a range
 * @pid: of a pid target
 * @has_cast: whether @cast is there
 * @cast: the type given
 * @cast_at: where the cast stands in the text
 * @module: empty where none was given
 * @symbol: of a symbol target
 * @has_cpu: whether @cpu is there
 * @cpu: behind ``@``
 * @cpu_at: where it stands in the text
 * @nr_steps: entries of @steps
 * @steps: the path
 */
struct ld_target {
	const char *text;
	enum ld_target_kind kind;
	__u64 address;
	__u64 length;
	__u32 pid;
	bool has_cast;
	struct ld_texpr cast;
	const char *cast_at;
	struct ld_span module;
	struct ld_span symbol;
	bool has_cpu;
	__u32 cpu;
	const char *cpu_at;
	unsigned int nr_steps;
	struct ld_step steps[LD_TARGET_STEPS];
};

/**
 * ld_target_parse() - parse a target; looks nothing up
 * @text: what the user wrote; must outlive @ret
 * @ret: the target
 * @err: filled on failure, with a caret under the column
 *
 * Return: 0 or -1.
 */
int ld_target_parse(const char *text, struct ld_target *ret, struct ld_err *err);

#endif
