/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_TEXTFILE_H
#define LD_TEXTFILE_H

#include "err.h"

/** LD_TEXT_MAX: bytes of the largest file that is read. */
#define LD_TEXT_MAX	(4U << 20)

/**
 * ld_text_file() - read a text that a person wrote
 * @path: of the file
 * @what: what it should hold, for errors: "edges"
 * @ret: the text, to be freed
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_text_file(const char *path, const char *what, char **ret, struct ld_err *err);

/**
 * ld_text_dir() - do something with each file of a directory, in the order of their names
 * @path: of the directory; there need not be one
 * @ending: of the names that count; those that begin with a dot do not
 * @each: called with @data and the path of a file; -1 ends it, with @err filled
 * @data: for @each
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_text_dir(const char *path, const char *ending,
		int (*each)(void *data, const char *path, struct ld_err *err), void *data,
		struct ld_err *err);

#endif
