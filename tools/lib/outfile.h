/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_OUTFILE_H
#define LD_OUTFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "err.h"

/** LD_STDOUT: as a file's name it is standard output, not a file. */
#define LD_STDOUT	"-"

/**
 * struct ld_outfile - a file that appears complete or not at all
 * @fd: open for writing, 0600
 * @path: where it will be
 * @dir: the directory of @path
 * @temp: its name until then; NULL where the file system makes nameless files (O_TMPFILE), which
 *	vanish by themselves whatever kills us
 * @force: replace what is at @path
 * @flat: written to standard output, flattened (see flat.h): @path is what to call it
 * @begun: some of that was written
 */
struct ld_outfile {
	int fd;
	char *path;
	char *dir;
	char *temp;
	bool force;
	bool flat;
	bool begun;
};

/**
 * ld_outfile_begin() - check @path and begin a file beside it
 * @out: filled
 * @path: where the file will be, or LD_STDOUT
 * @force: whether a regular file there may be replaced
 * @err: filled on failure; says what to do
 *
 * Return: 0 or -1.
 */
int ld_outfile_begin(struct ld_outfile *out, const char *path, bool force, struct ld_err *err);

/**
 * ld_outfile_write() - write all of it
 * @out: begun
 * @iov: pieces, in order; used up
 * @nr: how many, any number
 * @offset: where in the file
 * @err: filled on failure
 *
 * Return: 0, or -1, also when a signal told us to end (see interrupt.h).
 */
int ld_outfile_write(struct ld_outfile *out, struct iovec *iov, size_t nr, uint64_t offset,
		     struct ld_err *err);

/**
 * ld_outfile_commit() - put it on disk and at its path, or neither
 * @out: written; ended by this, whatever comes of it
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_outfile_commit(struct ld_outfile *out, struct ld_err *err);

/** ld_outfile_abort() - leave nothing behind; fine after commit. @out: begun, or all zero */
void ld_outfile_abort(struct ld_outfile *out);

#endif
