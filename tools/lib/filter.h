/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_FILTER_H
#define LD_FILTER_H

#include "ctypes.h"

/**
 * struct ld_filter - which pointers are followed, by the type they point to
 * @only: to these alone, if there are any
 * @nr_only: entries of @only
 * @skip: not to these
 * @nr_skip: entries of @skip
 *
 * A pointer to pointers to a type counts as one to the type; text is ``char``, and memory of
 * unknown type is ``void``. Where a rule says that something is text or bytes, what C says counts.
 */
struct ld_filter {
	struct ld_ref *only;
	size_t nr_only;
	struct ld_ref *skip;
	size_t nr_skip;
};

/**
 * ld_filter_add() - add a type
 * @filter: zero-initialised before the first
 * @set: BTF
 * @option: "--only", or "--skip"
 * @type: as the user wrote it
 * @err: filled on failure: with types like it if there is none
 *
 * Return: 0 or -1.
 */
int ld_filter_add(struct ld_filter *filter, struct ld_btfs *set, const char *option,
		  const char *type, struct ld_err *err);

/**
 * ld_filter_passes() - whether pointers to a type are followed
 * @filter: or NULL
 * @set: BTF
 * @type: what is pointed to
 *
 * Return: whether they are.
 */
bool ld_filter_passes(const struct ld_filter *filter, const struct ld_btfs *set,
		      const struct ld_ctype *type);

/** ld_filter_free() - free what it holds, and zero it. @filter: or zero */
void ld_filter_free(struct ld_filter *filter);

#endif
