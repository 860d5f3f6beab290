/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_WORD_H
#define LD_WORD_H

/**
 * enum ld_word - what is recorded as what is recorded already says
 * @LD_WORD_NONE: none of these
 * @LD_WORD_SECTIONS: ``sections:``: where the struct page of each page frame is
 * @LD_WORD_MODULES: ``modules:``: the memory of all loaded modules: code, data, symbols
 * @LD_WORD_FREELISTS: ``freelists:``: what counts the objects of slab caches
 * @LD_WORD_UNWIND: ``unwind:``: what the unwinder is to know of the functions in recorded stacks
 * @LD_NR_WORDS: how many
 */
enum ld_word {
	LD_WORD_NONE,
	LD_WORD_SECTIONS,
	LD_WORD_MODULES,
	LD_WORD_FREELISTS,
	LD_WORD_UNWIND,
	LD_NR_WORDS,
};

/** ld_word_text() - how it is written. @word: one of them. Return: such as "unwind:". */
const char *ld_word_text(enum ld_word word);

/**
 * ld_word_find() - the word that a target is
 * @target: what the user wrote
 *
 * Return: it, or %LD_WORD_NONE.
 */
enum ld_word ld_word_find(const char *target);

#endif
