/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_DECOMPRESS_H
#define LD_DECOMPRESS_H

#include <stddef.h>
#include <stdint.h>

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

#endif
