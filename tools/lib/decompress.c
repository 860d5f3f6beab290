// SPDX-License-Identifier: GPL-2.0
/* The reverse of compress.c, for data from anywhere. */
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_LZO
#include <lzo/lzo1x.h>
#endif
#ifdef HAVE_SNAPPY
#include <snappy-c.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "decompress.h"
#include "kdumpfile.h"

#ifdef HAVE_ZLIB
static int from_zlib(const void *from, size_t size, void *to, size_t page_size)
{
	uLongf length = page_size;

	return uncompress(to, &length, from, size) == Z_OK && length == page_size ? 0 : -1;
}
#endif

#ifdef HAVE_LZO
static int from_lzo(const void *from, size_t size, void *to, size_t page_size)
{
	lzo_uint length = page_size;

	return lzo1x_decompress_safe(from, size, to, &length, NULL) == LZO_E_OK &&
	       length == page_size ? 0 : -1;
}
#endif

#ifdef HAVE_SNAPPY
static int from_snappy(const void *from, size_t size, void *to, size_t page_size)
{
	size_t length = page_size;

	return snappy_uncompress(from, size, to, &length) == SNAPPY_OK && length == page_size ?
	       0 : -1;
}
#endif

#ifdef HAVE_ZSTD
static int from_zstd(const void *from, size_t size, void *to, size_t page_size)
{
	return ZSTD_decompress(to, page_size, from, size) == page_size ? 0 : -1;
}
#endif

int ld_decompress(uint32_t flags, const void *from, size_t size, void *to, size_t page_size)
{
	switch (flags) {
#ifdef HAVE_ZLIB
	case LD_KDUMP_ZLIB:
		return from_zlib(from, size, to, page_size);
#endif
#ifdef HAVE_LZO
	case LD_KDUMP_LZO:
		return from_lzo(from, size, to, page_size);
#endif
#ifdef HAVE_SNAPPY
	case LD_KDUMP_SNAPPY:
		return from_snappy(from, size, to, page_size);
#endif
#ifdef HAVE_ZSTD
	case LD_KDUMP_ZSTD:
		return from_zstd(from, size, to, page_size);
#endif
	default:
		return LD_NO_CODEC;
	}
}
