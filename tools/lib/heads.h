/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_HEADS_H
#define LD_HEADS_H

#include <linux/types.h>

#include "target_lex.h"

/**
 * struct ld_head - what a container begins with
 * @word: what the container is called in a target
 * @type: struct
 * @pointer: path in it to the pointer that leads to the entries
 * @edge: how it does: one of LIVEDUMP_EDGE_*
 * @in_hash: whether hash tables are arrays of it
 * @link: struct in the entries that links them; NULL: they need have none
 * @of_link: member of @link that pointers lead to, NULL for its start
 */
struct ld_head {
	const char *word;
	const char *type;
	const char *pointer;
	__u16 edge;
	bool in_hash;
	const char *link;
	const char *of_link;
};

/** ld_heads - those that are known; one without @word ends them. */
extern const struct ld_head ld_heads[];

/**
 * ld_head_fits() - whether a target means containers with such a head
 * @head: one of ld_heads
 * @word: what the target calls the container; hash() goes with an array of @head
 *
 * Return: whether it does.
 */
bool ld_head_fits(const struct ld_head *head, struct ld_span word);

/** ld_head_word() - whether a container is called so in targets. @word: so. Return: that */
bool ld_head_word(struct ld_span word);

#endif
