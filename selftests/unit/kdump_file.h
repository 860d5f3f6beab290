/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KDUMP_FILE_H
#define KDUMP_FILE_H

/*
 * A reader of kdump-compressed files that shares nothing with the writer: offsets are written out
 * as they follow from struct disk_dump_header, kdump_sub_header and page_desc of a 64-bit machine.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <lzo/lzo1x.h>
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

#define KD_UTS		12
#define KD_SECONDS	408
#define KD_STATUS	424
#define KD_BLOCK	428
#define KD_SUB_BLOCKS	432
#define KD_BITMAP_BLOCKS	436
#define KD_MAX_MAPNR	440
#define KD_NR_CPUS	460

#define KD_SUB_INFO	32
#define KD_SUB_NOTES	48
#define KD_SUB_MAX_MAPNR	96

struct kd_file {
	const char *data;
	uint64_t size;
	uint64_t block;
	const char *sub;
	const unsigned char *bitmap[2];
	uint64_t bitmap_size;
	uint64_t max_mapnr;
	uint64_t desc_at;
};

struct kd_desc {
	uint64_t offset;
	uint32_t size;
	uint32_t flags;
	uint64_t page_flags;
};

static inline uint32_t kd_u32(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static inline uint64_t kd_u64(const char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* 0 if all of it is inside the file. */
static inline int kd_open(struct kd_file *f, const char *data, uint64_t size)
{
	uint64_t bitmaps;

	memset(f, 0, sizeof(*f));
	f->data = data;
	f->size = size;
	if (size < 1024 || memcmp(data, "KDUMP   ", 8) || kd_u32(data + 8) != 6)
		return -1;
	f->block = kd_u32(data + KD_BLOCK);
	bitmaps = f->block * (1 + kd_u32(data + KD_SUB_BLOCKS));
	f->bitmap_size = f->block * kd_u32(data + KD_BITMAP_BLOCKS) / 2;
	f->desc_at = bitmaps + 2 * f->bitmap_size;
	if (f->desc_at > size)
		return -1;
	f->sub = data + f->block;
	f->bitmap[0] = (const unsigned char *)data + bitmaps;
	f->bitmap[1] = f->bitmap[0] + f->bitmap_size;
	f->max_mapnr = kd_u64(f->sub + KD_SUB_MAX_MAPNR);
	return f->max_mapnr > 8 * f->bitmap_size ? -1 : 0;
}

static inline int kd_bit(const struct kd_file *f, int bitmap, uint64_t pfn)
{
	return pfn < f->max_mapnr && f->bitmap[bitmap][pfn / 8] >> (pfn % 8) & 1;
}

/* Pages with a bit below this one. */
static inline uint64_t kd_rank(const struct kd_file *f, uint64_t pfn)
{
	uint64_t rank = 0, at;

	for (at = 0; at < pfn / 8; at++)
		rank += (uint64_t)__builtin_popcount(f->bitmap[1][at]);
	return rank + (uint64_t)__builtin_popcount(f->bitmap[1][pfn / 8] & ((1U << pfn % 8) - 1));
}

static inline int kd_unpack(uint32_t flags, const char *from, size_t size, char *to, size_t room)
{
	uLongf zlib_size = room;
	lzo_uint lzo_size = room;

	switch (flags) {
	case 0:
		memcpy(to, from, room);
		return size == room ? 0 : -1;
	case 0x1:
		return uncompress((Bytef *)to, &zlib_size, (const Bytef *)from, size) == Z_OK &&
		       zlib_size == room ? 0 : -1;
	case 0x2:
		return lzo1x_decompress_safe((const lzo_bytep)from, size, (lzo_bytep)to,
					     &lzo_size, NULL) == LZO_E_OK &&
		       lzo_size == room ? 0 : -1;
	case 0x4:
		return snappy_uncompress(from, size, to, &room) == SNAPPY_OK ? 0 : -1;
	case 0x20:
		return ZSTD_decompress(to, room, from, size) == room ? 0 : -1;
	default:
		return -1;
	}
}

/* 0 if @to got the page. */
static inline int kd_page(const struct kd_file *f, uint64_t pfn, struct kd_desc *d, char *to)
{
	uint64_t at;

	if (!kd_bit(f, 1, pfn))
		return -1;
	at = f->desc_at + kd_rank(f, pfn) * sizeof(*d);
	if (at + sizeof(*d) > f->size)
		return -1;
	memcpy(d, f->data + at, sizeof(*d));
	if (d->offset > f->size || d->size > f->block || d->offset + d->size > f->size)
		return -1;
	return kd_unpack(d->flags, f->data + d->offset, d->size, to, f->block);
}

#endif
