// SPDX-License-Identifier: GPL-2.0
/* Reads the frame of kdump-compressed files. They may be damaged or made to harm. */
#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "corefile.h"
#include "elf_head.h"
#include "kdumpfile.h"

/* In the header; what lies between is padding or of no interest. */
#define HEADER_SIZE		464
#define HEADER_VERSION		8
#define HEADER_UTS		12
#define HEADER_TIME		408
#define HEADER_STATUS		424
#define HEADER_BLOCK_SIZE	428
#define HEADER_SUB_BLOCKS	432
#define HEADER_BITMAP_BLOCKS	436
#define HEADER_MAX_MAPNR	440
#define HEADER_NR_CPUS		460

/* In the sub-header, each from some version on. */
#define SUB_SIZE		104
#define SUB_DUMP_LEVEL		8
#define SUB_SPLIT		12
#define SUB_VMCOREINFO		32
#define SUB_NOTE		48
#define SUB_MAX_MAPNR		96

#define MIN_BLOCK		4096
#define MAX_BLOCK		65536

/* Bytes of a bitmap, and descriptors, that are read at once. */
#define CHUNK			65536
#define NR_DESCS		1024

struct desc {
	uint64_t offset;
	uint32_t size;
	uint32_t flags;
	uint64_t page_flags;
};

/* Going through the pages. */
struct cursor {
	const struct ld_corefile *c;
	int (*visit)(void *ctx, const struct ld_kdump_page *page);
	void *ctx;
	uint64_t nr;			/* pages passed */
	uint64_t excluded;
	uint64_t unknown;
	size_t nr_descs;		/* in @descs, and how many of them are used up */
	size_t next_desc;
	struct desc descs[NR_DESCS];
	unsigned char ram[CHUNK];
	unsigned char dumped[CHUNK];
};

static uint32_t get32(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

static uint64_t get64(const char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

int ld_kdumpfile_probe(const char *magic, struct ld_err *err)
{
	if (!memcmp(magic, "KDUMP   ", 8))
		return 1;
	if (!memcmp(magic, "makedump", 8))
		return ld_fail(err, LD_EXIT_FAILED,
			       "this is a flattened kdump file\n"
			       "Make a kdump file of it first: makedumpfile -R OTHER <FILE");
	if (!memcmp(magic, "DISKDUMP", 8))
		return ld_fail(err, LD_EXIT_FAILED,
			       "this is a diskdump file, which is not supported\n"
			       "Open it with crash.");
	return 0;
}

/* The kernel's struct new_utsname in its uts.h, and the C library's the same */
_Static_assert(sizeof(struct utsname) == 6 * 65, "struct new_utsname");

void ld_uts_read(const char *from, struct utsname *to)
{
	memcpy(to, from, sizeof(*to));
	to->sysname[sizeof(to->sysname) - 1] = '\0';
	to->nodename[sizeof(to->nodename) - 1] = '\0';
	to->release[sizeof(to->release) - 1] = '\0';
	to->version[sizeof(to->version) - 1] = '\0';
	to->machine[sizeof(to->machine) - 1] = '\0';
	to->domainname[sizeof(to->domainname) - 1] = '\0';
}

static void get_header(const char *from, struct ld_kdumpfile *k)
{
	k->version = (int32_t)get32(from + HEADER_VERSION);
	ld_uts_read(from + HEADER_UTS, &k->uts);
	k->microseconds = get64(from + HEADER_TIME + 8);
	k->time_ns = get64(from + HEADER_TIME) * 1000000000 + k->microseconds * 1000;
	k->status = get32(from + HEADER_STATUS);
	k->block_size = get32(from + HEADER_BLOCK_SIZE);
	k->sub_blocks = get32(from + HEADER_SUB_BLOCKS);
	k->bitmap_blocks = get32(from + HEADER_BITMAP_BLOCKS);
	k->max_mapnr_32 = get32(from + HEADER_MAX_MAPNR);
	k->max_mapnr = k->max_mapnr_32;
	k->nr_cpus = (int32_t)get32(from + HEADER_NR_CPUS);
}

static void get_sub_header(const char *from, struct ld_kdumpfile *k)
{
	if (k->version >= 1)
		k->dump_level = (int32_t)get32(from + SUB_DUMP_LEVEL);
	if (k->version >= 2)
		k->split = (int32_t)get32(from + SUB_SPLIT);
	if (k->version >= 3) {
		k->vmcoreinfo_at = get64(from + SUB_VMCOREINFO);
		k->vmcoreinfo_size = get64(from + SUB_VMCOREINFO + 8);
	}
	if (k->version >= 4) {
		k->note_at = get64(from + SUB_NOTE);
		k->note_size = get64(from + SUB_NOTE + 8);
	}
	if (k->version >= 6)
		k->max_mapnr = get64(from + SUB_MAX_MAPNR);
}

static int read_headers(struct ld_corefile *c, struct ld_err *err)
{
	struct ld_kdumpfile *k = &c->kdump;
	char bytes[HEADER_SIZE];

	if (ld_corefile_read(c, bytes, sizeof(bytes), 0))
		return ld_fail(err, LD_EXIT_FAILED, "the file ends in the header of a kdump file");
	get_header(bytes, k);
	if (k->block_size < MIN_BLOCK || k->block_size > MAX_BLOCK ||
	    k->block_size & (k->block_size - 1))
		return ld_fail(err, LD_EXIT_FAILED,
			       "this kdump file is damaged, or not of a 64-bit little-endian kernel\n"
			       "Its pages would have %u bytes.", k->block_size);
	c->machine = ld_elf_machine(k->uts.machine);
	if (k->version >= 1 && ld_corefile_read(c, bytes, SUB_SIZE, k->block_size)) {
		ld_corefile_problem(c, "the file ends in the sub-header");
		return 0;
	}
	get_sub_header(bytes, k);
	if (k->max_mapnr > UINT64_MAX / k->block_size)
		ld_corefile_problem(c, "it would have %" PRIu64 " page frames", k->max_mapnr);
	k->bitmap_at = (1 + (uint64_t)k->sub_blocks) * k->block_size;
	k->desc_at = k->bitmap_at + (uint64_t)k->bitmap_blocks * k->block_size;
	return 0;
}

static int read_notes(struct ld_corefile *c, struct ld_err *err)
{
	const struct ld_kdumpfile *k = &c->kdump;

	if (!k->note_size)
		return 0;
	if (k->note_size > LD_MAX_NOTES || k->note_at > c->size ||
	    k->note_size > c->size - k->note_at) {
		ld_corefile_problem(c, "the notes are cut off");
		return 0;
	}
	c->note_bytes = malloc(k->note_size);
	if (!c->note_bytes)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory for the notes");
	if (ld_corefile_read(c, c->note_bytes, k->note_size, k->note_at)) {
		ld_corefile_problem(c, "the notes cannot be read");
		return 0;
	}
	return ld_corenotes_add(c, c->note_bytes, k->note_size, k->note_at, 4, "of the file", err);
}

/* The descriptor of the next page. */
static int take_desc(struct cursor *cur, uint64_t pfn)
{
	const struct ld_corefile *c = cur->c;
	const uint64_t at = c->kdump.desc_at + cur->nr * sizeof(struct desc);
	struct ld_kdump_page page = { .pfn = pfn };
	const struct desc *desc;
	uint64_t room;

	if (cur->next_desc == cur->nr_descs) {
		room = at < c->size ? (c->size - at) / sizeof(*desc) : 0;
		cur->nr_descs = room < NR_DESCS ? room : NR_DESCS;
		cur->next_desc = 0;
		if (!room ||
		    ld_corefile_read(c, cur->descs, cur->nr_descs * sizeof(*desc), at))
			return -1;
	}
	desc = &cur->descs[cur->next_desc++];
	cur->nr++;
	page.offset = le64toh(desc->offset);
	page.size = le32toh(desc->size);
	page.flags = le32toh(desc->flags);
	return cur->visit(cur->ctx, &page);
}

/* A stretch of both bitmaps, which begins at page frame @pfn. */
static int take_bits(struct cursor *cur, size_t length, uint64_t pfn)
{
	size_t i, bit;
	int result;

	for (i = 0; i < length; i++, pfn += 8) {
		const unsigned int ram = cur->ram[i], dumped = cur->dumped[i];

		if (!(ram | dumped))
			continue;
		cur->excluded += (uint64_t)__builtin_popcount(ram & ~dumped);
		cur->unknown += (uint64_t)__builtin_popcount(dumped & ~ram);
		for (bit = 0; bit < 8; bit++) {
			if (!(dumped & 1U << bit) || pfn + bit >= cur->c->kdump.max_mapnr)
				continue;
			result = take_desc(cur, pfn + bit);
			if (result)
				return result;
		}
	}
	return 0;
}

/* The next byte from @at to @end of the file that is not in a hole. */
static uint64_t skip_hole(int fd, uint64_t at, uint64_t end)
{
	const off_t data = lseek(fd, (off_t)at, SEEK_DATA);

	if (data < 0)
		return errno == ENXIO ? end : at;
	return (uint64_t)data < end ? (uint64_t)data : end;
}

/* How far into the bitmaps, which may be nearly all holes, something may be set. */
static uint64_t skip_holes(const struct ld_corefile *c, uint64_t at, uint64_t half)
{
	const uint64_t ram = c->kdump.bitmap_at, dumped = ram + half;
	const uint64_t first = skip_hole(c->fd, ram + at, ram + half) - ram;
	const uint64_t second = skip_hole(c->fd, dumped + at, dumped + half) - dumped;

	return first < second ? first : second;
}

static int go_through(struct cursor *cur)
{
	const struct ld_kdumpfile *k = &cur->c->kdump;
	const uint64_t half = (uint64_t)k->bitmap_blocks / 2 * k->block_size;
	uint64_t end = k->max_mapnr / 8 + !!(k->max_mapnr % 8), at;
	size_t length;
	int result;

	if (end > half)
		end = half;
	for (at = 0; at < end; at += length) {
		at = skip_holes(cur->c, at, half);
		if (at >= end)
			break;
		length = end - at < CHUNK ? end - at : CHUNK;
		if (ld_corefile_read(cur->c, cur->ram, length, k->bitmap_at + at) ||
		    ld_corefile_read(cur->c, cur->dumped, length, k->bitmap_at + half + at))
			return -1;
		result = take_bits(cur, length, at * 8);
		if (result)
			return result;
	}
	return 0;
}

int ld_kdumpfile_pages(const struct ld_corefile *c,
		       int (*visit)(void *ctx, const struct ld_kdump_page *page), void *ctx)
{
	struct cursor *cur = malloc(sizeof(*cur));
	int result;

	if (!cur)
		return -1;
	*cur = (struct cursor){ .c = c, .visit = visit, .ctx = ctx };
	result = go_through(cur);
	free(cur);
	return result;
}

/* The first pass over the pages: counts, and is the data there? */
static int count_page(void *ctx, const struct ld_kdump_page *page)
{
	struct ld_corefile *c = ctx;
	struct ld_kdumpfile *k = &c->kdump;
	size_t bit;

	k->nr_pages++;
	for (bit = 0; bit < LD_KDUMP_NR_CODECS; bit++)
		k->nr_codec[bit] += page->flags >> bit & 1 & LD_KDUMP_CODECS >> bit;
	if (!(page->flags & LD_KDUMP_CODECS))
		k->nr_raw++;
	if (page->offset > c->size || page->size > c->size - page->offset)
		ld_corefile_problem(c, "page frame 0x%" PRIx64 " needs %u bytes at %" PRIu64
				    ", but the file ends at %" PRIu64, page->pfn, page->size,
				    page->offset, c->size);
	return 0;
}

static int count_pages(struct ld_corefile *c, struct ld_err *err)
{
	struct ld_kdumpfile *k = &c->kdump;
	struct cursor *cur;

	if (c->nr_problems)
		return 0;
	if (k->desc_at > c->size) {
		ld_corefile_problem(c, "the file ends before its page descriptors, at %" PRIu64,
				    c->size);
		return 0;
	}
	cur = malloc(sizeof(*cur));
	if (!cur)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	*cur = (struct cursor){ .c = c, .visit = count_page, .ctx = c };
	if (go_through(cur))
		ld_corefile_problem(c, "the file ends in its page descriptors, at %" PRIu64,
				    c->size);
	k->nr_excluded = cur->excluded;
	k->nr_unknown = cur->unknown;
	c->bytes = k->nr_pages * k->block_size;
	free(cur);
	return 0;
}

int ld_kdumpfile_read(struct ld_corefile *c, struct ld_err *err)
{
	c->is_kdump = true;
	if (read_headers(c, err))
		return -1;
	if (c->nr_problems)
		return 0;
	return read_notes(c, err) || count_pages(c, err) ? -1 : 0;
}
