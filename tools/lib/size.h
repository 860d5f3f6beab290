/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_SIZE_H
#define LD_SIZE_H

#include <stddef.h>
#include <stdint.h>

/**
 * ld_parse_number() - parse a decimal or 0x number
 * @text: the whole string is the number
 * @ret: the number
 *
 * Return: 0, or -1 if it is none or does not fit.
 */
int ld_parse_number(const char *text, uint64_t *ret);

/**
 * ld_parse_size() - parse a number of bytes, with K, M, G or T (powers of 1024) behind it
 * @text: the whole string is the size
 * @ret: bytes
 *
 * Return: 0, or -1 if it is none or does not fit.
 */
int ld_parse_size(const char *text, uint64_t *ret);

/**
 * ld_parse_seconds() - parse seconds, a decimal fraction allowed
 * @text: the whole string is the time
 * @ret: nanoseconds
 *
 * Return: 0, or -1 if it is none or does not fit.
 */
int ld_parse_seconds(const char *text, uint64_t *ret);

/**
 * ld_parse_address() - parse a hexadecimal address
 * @text: ``0x…``, or the bare sixteen digits that the kernel prints
 * @ret: the address
 *
 * Return: 0, or -1 if it is none. Other bare digits are refused: they could be decimal.
 */
int ld_parse_address(const char *text, uint64_t *ret);

/** LD_SIZE_LEN: room for what ld_format_size() and ld_format_time() write. */
#define LD_SIZE_LEN	32

/**
 * ld_format_size() - bytes for a person: ``4.6 MiB``
 * @bytes: the number
 * @buf: LD_SIZE_LEN bytes
 *
 * Return: @buf.
 */
const char *ld_format_size(uint64_t bytes, char *buf);

/**
 * ld_format_time() - a duration for a person: ``12.3 ms``
 * @ns: nanoseconds
 * @buf: LD_SIZE_LEN bytes
 *
 * Return: @buf.
 */
const char *ld_format_time(uint64_t ns, char *buf);

/**
 * ld_format_utc() - a wall-clock time as ``2024-02-29T12:00:00Z``
 * @realtime_ns: nanoseconds since 1970
 * @compact: ``20240229T120000Z`` instead, for file names
 * @buf: LD_SIZE_LEN bytes
 *
 * Return: @buf.
 */
const char *ld_format_utc(uint64_t realtime_ns, int compact, char *buf);

#endif
