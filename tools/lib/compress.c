// SPDX-License-Identifier: GPL-2.0
/* The codecs, each only if its library was there when this was built (tools/codecs.mk). */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

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

#include "compress.h"
#include "kdumpfile.h"

struct ld_compressor {
	const struct codec *codec;
	size_t page_size;
	int level;
	void *state;
};

/*
 * @flag: see ld_codec_flag()
 * @package: that has the library, on Debian
 * @level: default, as makedumpfile has it: speed counts on a host in trouble
 * @max_level: 0 if it has no levels
 * @begin: sets @state up, 0 on success; NULL where the codec was not built
 * @page: compresses; the bytes, or 0 if that failed or does not fit a page
 * @unpack: of data from anywhere; 0 if it became exactly so many bytes
 * @end: frees @state
 */
struct codec {
	uint32_t flag;
	const char *package;
	int level;
	int max_level;
	int (*begin)(struct ld_compressor *c);
	size_t (*page)(struct ld_compressor *c, const void *page, void *to);
	int (*unpack)(const void *from, size_t size, void *to, size_t page_size);
	void (*end)(void *state);
};

#ifdef HAVE_ZLIB
static int zlib_begin(struct ld_compressor *c)
{
	z_stream *z = calloc(1, sizeof(*z));

	c->state = z;
	return z && deflateInit(z, c->level) == Z_OK ? 0 : -1;
}

static size_t zlib_page(struct ld_compressor *c, const void *page, void *to)
{
	z_stream *z = c->state;

	if (deflateReset(z) != Z_OK)
		return 0;
	z->next_in = (Bytef *)page;
	z->avail_in = (uInt)c->page_size;
	z->next_out = to;
	z->avail_out = (uInt)c->page_size - 1;
	return deflate(z, Z_FINISH) == Z_STREAM_END ? z->total_out : 0;
}

static int zlib_unpack(const void *from, size_t size, void *to, size_t page_size)
{
	uLongf length = page_size;

	return uncompress(to, &length, from, size) == Z_OK && length == page_size ? 0 : -1;
}

static void zlib_end(void *state)
{
	if (state)
		deflateEnd(state);
	free(state);
}
#endif

#ifdef HAVE_LZO
static int lzo_begin(struct ld_compressor *c)
{
	c->state = malloc(LZO1X_1_MEM_COMPRESS);
	return c->state && lzo_init() == LZO_E_OK ? 0 : -1;
}

static size_t lzo_page(struct ld_compressor *c, const void *page, void *to)
{
	lzo_uint size = 0;

	if (lzo1x_1_compress(page, c->page_size, to, &size, c->state) != LZO_E_OK)
		return 0;
	return size;
}

static int lzo_unpack(const void *from, size_t size, void *to, size_t page_size)
{
	lzo_uint length = page_size;

	return lzo1x_decompress_safe(from, size, to, &length, NULL) == LZO_E_OK &&
	       length == page_size ? 0 : -1;
}
#endif

#ifdef HAVE_SNAPPY
static int snappy_begin(struct ld_compressor *c)
{
	return 0;
}

static size_t snappy_page(struct ld_compressor *c, const void *page, void *to)
{
	size_t size = ld_compressed_max(c->page_size);

	return snappy_compress(page, c->page_size, to, &size) == SNAPPY_OK ? size : 0;
}

static int snappy_unpack(const void *from, size_t size, void *to, size_t page_size)
{
	size_t length = page_size;

	return snappy_uncompress(from, size, to, &length) == SNAPPY_OK && length == page_size ?
	       0 : -1;
}
#endif

#ifdef HAVE_ZSTD
static int zstd_begin(struct ld_compressor *c)
{
	c->state = ZSTD_createCCtx();
	return c->state ? 0 : -1;
}

static size_t zstd_page(struct ld_compressor *c, const void *page, void *to)
{
	size_t size = ZSTD_compressCCtx(c->state, to, c->page_size - 1, page, c->page_size,
					c->level);

	return ZSTD_isError(size) ? 0 : size;
}

static int zstd_unpack(const void *from, size_t size, void *to, size_t page_size)
{
	return ZSTD_decompress(to, page_size, from, size) == page_size ? 0 : -1;
}

static void zstd_end(void *state)
{
	ZSTD_freeCCtx(state);
}
#endif

static const struct codec codecs[LD_NR_CODECS] = {
	[LD_CODEC_ZLIB] = {
		.flag = LD_KDUMP_ZLIB, .package = "zlib1g-dev", .level = 1, .max_level = 9,
#ifdef HAVE_ZLIB
		.begin = zlib_begin, .page = zlib_page, .unpack = zlib_unpack,
		.end = zlib_end,
#endif
	},
	[LD_CODEC_LZO] = {
		.flag = LD_KDUMP_LZO, .package = "liblzo2-dev",
#ifdef HAVE_LZO
		.begin = lzo_begin, .page = lzo_page, .unpack = lzo_unpack,
		.end = free,
#endif
	},
	[LD_CODEC_SNAPPY] = {
		.flag = LD_KDUMP_SNAPPY, .package = "libsnappy-dev",
#ifdef HAVE_SNAPPY
		.begin = snappy_begin, .page = snappy_page, .unpack = snappy_unpack,
		.end = free,
#endif
	},
	[LD_CODEC_ZSTD] = {
		.flag = LD_KDUMP_ZSTD, .package = "libzstd-dev", .level = 1, .max_level = 19,
#ifdef HAVE_ZSTD
		.begin = zstd_begin, .page = zstd_page, .unpack = zstd_unpack,
		.end = zstd_end,
#endif
	},
};

uint32_t ld_codec_flag(enum ld_codec codec)
{
	return codecs[codec].flag;
}

int ld_codec_check(enum ld_codec codec, int level, struct ld_err *err)
{
	const struct codec *c = &codecs[codec];

	if (codec != LD_CODEC_NONE && !c->begin)
		return ld_fail(err, LD_EXIT_FAILED,
			       "this livedump was built without %s\n"
			       "Install %s and build it anew, or choose another --compression.",
			       ld_codec_name(codec), c->package);
	if (level && !c->max_level)
		return ld_fail(err, LD_EXIT_USAGE,
			       "compression %s has no levels: leave --compression-level away",
			       ld_codec_name(codec));
	if (level < 0 || level > c->max_level)
		return ld_fail(err, LD_EXIT_USAGE, "the levels of %s are 1 to %d",
			       ld_codec_name(codec), c->max_level);
	return 0;
}

struct ld_compressor *ld_compressor_new(enum ld_codec codec, int level, size_t page_size)
{
	struct ld_compressor *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->codec = &codecs[codec];
	c->page_size = page_size;
	c->level = level ? level : c->codec->level;
	if (!c->codec->begin(c))
		return c;
	ld_compressor_free(c);
	return NULL;
}

size_t ld_compressed_max(size_t page_size)
{
	/*
	 * The worst that each of them says of itself: lzo n + n / 16 + 67, snappy 32 + n + n / 6;
	 * zlib and zstd are told to stop before a page is full.
	 */
	return 67 + page_size + page_size / 6;
}

size_t ld_compress(struct ld_compressor *c, const void *page, void *to)
{
	size_t size = c->codec->page(c, page, to);

	return size < c->page_size ? size : 0;
}

void ld_compressor_free(struct ld_compressor *c)
{
	if (c)
		c->codec->end(c->state);
	free(c);
}

int ld_decompress(uint32_t flags, const void *from, size_t size, void *to, size_t page_size)
{
	size_t i;

	for (i = 0; i < LD_NR_CODECS; i++)
		if (codecs[i].unpack && codecs[i].flag == flags)
			return codecs[i].unpack(from, size, to, page_size);
	return LD_NO_CODEC;
}

/* Behind the size of the text, so that room can be made for it. */
#define PACKED_HEAD	8
/* zlib makes nothing smaller than by this (zlib_tech.html: 1032 to 1). */
#define MAX_RATIO	1032

void *ld_pack(const void *from, size_t size, size_t *packed)
{
#ifdef HAVE_ZLIB
	const uint64_t head = htole64(size);
	uLongf length = compressBound(size);
	unsigned char *to = malloc(PACKED_HEAD + length);

	if (to && compress2(to + PACKED_HEAD, &length, from, size, 1) == Z_OK &&
	    PACKED_HEAD + length < size) {
		memcpy(to, &head, PACKED_HEAD);
		*packed = PACKED_HEAD + length;
		return to;
	}
	free(to);
#endif
	return NULL;
}

int ld_unpack(const void *from, size_t size, void **ret, size_t *unpacked)
{
#ifdef HAVE_ZLIB
	uint64_t head;
	void *to;

	if (size < PACKED_HEAD)
		return -1;
	memcpy(&head, from, PACKED_HEAD);
	head = le64toh(head);
	size -= PACKED_HEAD;
	if (head / MAX_RATIO > size)
		return -1;
	to = malloc(head + 1);
	if (to && !zlib_unpack((const char *)from + PACKED_HEAD, size, to, head)) {
		*ret = to;
		*unpacked = head;
		return 0;
	}
	free(to);
	return -1;
#else
	return LD_NO_CODEC;
#endif
}
