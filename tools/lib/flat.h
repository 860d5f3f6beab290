/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_FLAT_H
#define LD_FLAT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/**
 * DOC: Flattened files
 *
 * What makedumpfile -F writes to a pipe, and makedumpfile -R makes a file of again: a header of
 * 4096 bytes, then pieces of the file in any order, each behind its offset and size, and an offset
 * and size of -1. Numbers are big-endian (struct makedumpfile_header and
 * makedumpfile_data_header in makedumpfile.h).
 *
 * These return 0, or -1 with errno; EINTR only where a signal tells us to end (see interrupt.h).
 */

/** LD_FLAT_HEADER: bytes of the header. */
#define LD_FLAT_HEADER		4096

/** ld_flat_begin() - write the header. @fd: to this. Return: see above. */
int ld_flat_begin(int fd);

/**
 * ld_flat_write() - write a piece of the file
 * @fd: to this
 * @iov: the piece, in parts; below 2 GiB in all: makedumpfile -R counts in an int
 * @nr: how many, at most IOV_MAX
 * @offset: where it belongs
 *
 * Return: see above.
 */
int ld_flat_write(int fd, const struct iovec *iov, size_t nr, uint64_t offset);

/** ld_flat_end() - say that it is complete. @fd: to this. Return: see above. */
int ld_flat_end(int fd);

#endif
