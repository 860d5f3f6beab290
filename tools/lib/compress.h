/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_COMPRESS_H
#define LD_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "format.h"

/** LD_DEFAULT_CODEC: what pages are compressed with if nobody says: zlib, if it was built. */
#ifdef HAVE_ZLIB
#define LD_DEFAULT_CODEC	LD_CODEC_ZLIB
#else
#define LD_DEFAULT_CODEC	LD_CODEC_NONE
#endif

/**
 * ld_codec_flag() - a codec's bit in a kdump-compressed file
 * @codec: it
 *
 * Of the header's status and of a page's flags.
 *
 * Return: LD_KDUMP_*; 0 for LD_CODEC_NONE.
 */
uint32_t ld_codec_flag(enum ld_codec codec);

/**
 * ld_codec_check() - can pages be compressed so?
 * @codec: with this
 * @level: so hard, or 0
 * @err: filled if not: what was not built, or has no such level
 *
 * Return: 0 or -1.
 */
int ld_codec_check(enum ld_codec codec, int level, struct ld_err *err);

struct ld_compressor;

/**
 * ld_compressor_new() - make a compressor, for one thread
 * @codec: not LD_CODEC_NONE; ld_codec_check() has seen it, and @level
 * @level: or 0 for the codec's default
 * @page_size: bytes of a page
 *
 * Return: it, or NULL without memory.
 */
struct ld_compressor *ld_compressor_new(enum ld_codec codec, int level, size_t page_size);

/** ld_compressed_max() - what ld_compress() may write. @page_size: bytes. Return: bytes. */
size_t ld_compressed_max(size_t page_size);

/**
 * ld_compress() - compress a page
 * @c: with this
 * @page: data
 * @to: ld_compressed_max() bytes; what is behind the result is undefined
 *
 * Return: bytes, fewer than a page has; 0 if it does not become smaller.
 */
size_t ld_compress(struct ld_compressor *c, const void *page, void *to);

/** ld_compressor_free() - free it. @c: or NULL */
void ld_compressor_free(struct ld_compressor *c);

/** LD_NO_CODEC: the library for it was not there when this was built. */
#define LD_NO_CODEC	1

/**
 * ld_decompress() - decompress a page of a kdump-compressed file
 * @flags: LD_KDUMP_* of the codec; exactly one
 * @from: data, which may be anything
 * @size: its bytes
 * @to: page
 * @page_size: its bytes; that many it has to become
 *
 * Return: 0, LD_NO_CODEC, or -1 if it does not become a page.
 */
int ld_decompress(uint32_t flags, const void *from, size_t size, void *to, size_t page_size);

/**
 * ld_pack() - compress data of any length with zlib
 * @from: data
 * @size: bytes
 * @packed: gets the bytes of the result: its length as 64 bits, little-endian, and a zlib stream
 *
 * Return: the result, to be freed; NULL where it does not become smaller, or without zlib.
 */
void *ld_pack(const void *from, size_t size, size_t *packed);

/**
 * ld_unpack() - what ld_pack() was given
 * @from: anything
 * @size: bytes
 * @ret: gets the data, to be freed
 * @unpacked: gets their length
 *
 * Return: 0; LD_NO_CODEC without zlib; -1 if it is something else.
 */
int ld_unpack(const void *from, size_t size, void **ret, size_t *unpacked);

#endif
