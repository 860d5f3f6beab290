/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_TARGET_H
#define LD_TARGET_H

#include <stdbool.h>
#include <linux/types.h>

#include "target_lex.h"
#include "target_type.h"

/** LD_TARGET_STEPS: the most members, indices, casts and ``*`` one target may have. */
#define LD_TARGET_STEPS		64
/** LD_TARGET_NESTING: the most parentheses around each other. */
#define LD_TARGET_NESTING	32
/** LD_MEMBER_STEPS: the most members and indices in the MEMBER of a container. */
#define LD_MEMBER_STEPS		16

/**
 * enum ld_target_kind - what a target begins with
 * @LD_TARGET_RANGE: ``0xADDR:SIZE``
 * @LD_TARGET_BETWEEN: ``bytes(SYMBOL[, SYMBOL])``
 * @LD_TARGET_PID: ``pid:N``
 * @LD_TARGET_COMM: ``comm:NAME``
 * @LD_TARGET_SLAB: ``slab:CACHE``
 * @LD_TARGET_MODULE: ``module:NAME``
 * @LD_TARGET_CPUS: ``cpus``
 * @LD_TARGET_SYMBOL: ``[MODULE:]SYMBOL[@CPU]``
 * @LD_TARGET_ADDRESS: ``(TYPE *)0xADDR``
 */
enum ld_target_kind {
	LD_TARGET_RANGE,
	LD_TARGET_BETWEEN,
	LD_TARGET_PID,
	LD_TARGET_COMM,
	LD_TARGET_SLAB,
	LD_TARGET_MODULE,
	LD_TARGET_CPUS,
	LD_TARGET_SYMBOL,
	LD_TARGET_ADDRESS,
};

/**
 * enum ld_step_kind - what is done to what stands before it
 * @LD_STEP_MEMBER: ``.name``
 * @LD_STEP_ARROW: ``->name``
 * @LD_STEP_INDEX: ``[nr]``
 * @LD_STEP_SLICE: ``[nr:end]``
 * @LD_STEP_DEREF: ``*`` in front of it
 * @LD_STEP_CAST: ``(TYPE)`` in front of it
 */
enum ld_step_kind {
	LD_STEP_MEMBER,
	LD_STEP_ARROW,
	LD_STEP_INDEX,
	LD_STEP_SLICE,
	LD_STEP_DEREF,
	LD_STEP_CAST,
};

/**
 * struct ld_step - one step of a path
 * @kind: which
 * @name: member
 * @nr: index, or the first of a slice
 * @end: one past the last of a slice
 * @has_end: whether @end was given
 * @count: instead of @end, a target with a number in it, which the kernel knows; empty if not
 * @shift: whether that is a power of two
 * @at: where it stands in the text
 * @from: where what it is done to begins
 * @to: where that ends
 * @cast: the type
 * @reach: index of the first step that this cast does not stand in front of. C casts the result of
 *	the steps up to there; a cast to a structure, which C does not have, types what stands right
 *	behind it
 */
struct ld_step {
	enum ld_step_kind kind;
	struct ld_span name;
	__u64 nr;
	__u64 end;
	bool has_end;
	struct ld_span count;
	bool shift;
	const char *at;
	const char *from;
	const char *to;
	struct ld_texpr cast;
	unsigned int reach;
};

/**
 * struct ld_container - ``WORD(HEAD, TYPE[, MEMBER])``; HEAD is the rest of the target
 * @word: empty where there is no container
 * @type: of the entries
 * @type_at: where it stands in the text
 * @nr_members: entries of @members, 0 where none was given
 * @members: the path from the start of an entry to its link
 */
struct ld_container {
	struct ld_span word;
	struct ld_texpr type;
	const char *type_at;
	unsigned int nr_members;
	struct ld_step members[LD_MEMBER_STEPS];
};

/**
 * struct ld_target - a target as written; spans point into the text
 * @text: the text
 * @kind: what it begins with
 * @at: where that stands in the text
 * @address: of a range or an address target
 * @length: of a range
 * @pid: of a pid target
 * @module: empty where none was given
 * @symbol: of a symbol target; the name of a comm or slab target
 * @end: symbol at which the bytes of %LD_TARGET_BETWEEN end; empty for the next one
 * @has_cpu: whether @cpu is there
 * @cpu: behind ``@``
 * @cpu_at: where it stands in the text
 * @nr_steps: entries of @steps
 * @steps: the path, in the order in which it is gone
 * @container: what the path leads to the head of
 */
struct ld_target {
	const char *text;
	enum ld_target_kind kind;
	const char *at;
	__u64 address;
	__u64 length;
	__u32 pid;
	struct ld_span module;
	struct ld_span symbol;
	struct ld_span end;
	bool has_cpu;
	__u32 cpu;
	const char *cpu_at;
	unsigned int nr_steps;
	struct ld_step steps[LD_TARGET_STEPS];
	struct ld_container container;
};

/**
 * ld_target_expr() - parse what leads to one object, up to what cannot belong to it
 * @lex: stands at it; stands behind it afterwards
 * @t: gets all but @container
 *
 * Return: 0, or -1 with the lexer's error filled.
 */
int ld_target_expr(struct ld_lex *lex, struct ld_target *t);

/**
 * ld_target_steps() - parse ``.a[1]->b``, as far as it goes
 * @lex: stands behind what it is a path from
 * @from: where that begins
 * @steps: where to
 * @nr: entries of @steps in use; grows
 * @room: entries there are
 *
 * Return: 0, or -1 with the lexer's error filled.
 */
int ld_target_steps(struct ld_lex *lex, const char *from, struct ld_step *steps, unsigned int *nr,
		    unsigned int room);

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
