/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_RESOLVER_SUGGEST_H
#define LD_RESOLVER_SUGGEST_H

#include <stddef.h>

/** LD_SUGGESTIONS: the most names that an error suggests. */
#define LD_SUGGESTIONS		5

/**
 * struct ld_suggest - the names closest to one that does not exist
 * @want: the name, NUL-terminated
 * @nr: entries of @best
 * @best: closest first
 */
struct ld_suggest {
	const char *want;
	size_t nr;
	struct {
		const char *name;
		unsigned int distance;
	} best[LD_SUGGESTIONS];
};

/**
 * ld_suggest_try() - offer a name that does exist
 * @s: zeroed but for @want at first
 * @name: kept by reference if it is close
 */
void ld_suggest_try(struct ld_suggest *s, const char *name);

/**
 * ld_suggest_text() - put the suggestions in words
 * @s: all names have been offered
 * @buf: where
 * @size: of @buf
 *
 * Return: @buf: "; did you mean A, B or C?", or "" without any.
 */
const char *ld_suggest_text(const struct ld_suggest *s, char *buf, size_t size);

#endif
