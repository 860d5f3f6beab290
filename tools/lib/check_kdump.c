// SPDX-License-Identifier: GPL-2.0
/* What readers insist on in kdump-compressed files. */
#include <byteswap.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "compress.h"

/* Header versions that readers know. */
#define MAX_VERSION	6

struct kdump_check {
	struct ld_corefile *c;
	struct ld_check *check;
	char *stored;			/* a page as it is in the file */
	char *page;			/* and as it was in memory */
	uint64_t last;			/* offset of what is in @stored */
	bool no_codec;
};

/* libkdumpfile reads a header as one of 32 bits first; here is where that has its block size. */
static bool is_block_size(uint32_t size)
{
	return size >= 4096 && size <= 262144 && !(size & (size - 1));
}

static void check_header(const struct ld_corefile *c, struct ld_check *check)
{
	const struct ld_kdumpfile *k = &c->kdump;
	const uint64_t block_bits = 8ULL * k->block_size;
	const uint64_t blocks = k->max_mapnr / block_bits + !!(k->max_mapnr % block_bits);
	const uint32_t codecs = k->status & LD_KDUMP_CODECS;

	if (!*k->uts.release || !*k->uts.version || !*k->uts.machine)
		ld_check_broken(check, LD_RULE_UTSNAME, "utsname has no %s",
				!*k->uts.release ? "release" : !*k->uts.version ? "version" :
				"machine");
	if (is_block_size((uint32_t)k->microseconds) ||
	    is_block_size(bswap_32((uint32_t)k->microseconds)))
		ld_check_broken(check, LD_RULE_TIMESTAMP, "the timestamp has %" PRIu64
				" microseconds", k->microseconds);
	if (k->nr_cpus <= 0)
		ld_check_broken(check, LD_RULE_NR_CPUS, "nr_cpus is %" PRId32, k->nr_cpus);
	if (k->version < 1 || k->version > MAX_VERSION)
		ld_check_broken(check, LD_RULE_STATUS, "the header has version %" PRId32,
				k->version);
	if (k->status & ~(LD_KDUMP_CODECS | LD_KDUMP_INCOMPLETE | LD_KDUMP_NO_VMEMMAP) ||
	    codecs & (codecs - 1))
		ld_check_broken(check, LD_RULE_STATUS, "status is 0x%x", k->status);
	if (k->status & LD_KDUMP_INCOMPLETE)
		ld_check_broken(check, LD_RULE_INCOMPLETE, "the header says that it is incomplete");
	if (k->bitmap_blocks != 2 * blocks)
		ld_check_broken(check, LD_RULE_BITMAP_BLOCKS,
				"bitmap_blocks is %u, but for %" PRIu64 " page frames it is %"
				PRIu64, k->bitmap_blocks, k->max_mapnr, 2 * blocks);
	if (k->max_mapnr_32 != (k->max_mapnr < UINT32_MAX ? k->max_mapnr : UINT32_MAX))
		ld_check_broken(check, LD_RULE_MAX_MAPNR,
				"max_mapnr is %u in the header and %" PRIu64 " in the sub-header",
				k->max_mapnr_32, k->max_mapnr);
}

static void check_bitmaps(const struct ld_corefile *c, struct ld_check *check)
{
	const struct ld_kdumpfile *k = &c->kdump;

	if (k->nr_unknown)
		ld_check_broken(check, LD_RULE_BITMAPS,
				"%" PRIu64 " pages are in the file, but not in the bitmap of RAM",
				k->nr_unknown);
	/* makedumpfile leaves pages out on purpose; we never say that there was one */
	if (k->nr_excluded && c->note)
		ld_check_broken(check, LD_RULE_BITMAPS,
				"%" PRIu64 " pages are RAM by the bitmap, but not in the file",
				k->nr_excluded);
}

static void check_vmcoreinfo(const struct ld_corefile *c, struct ld_check *check)
{
	const struct ld_kdumpfile *k = &c->kdump;
	uint64_t at;
	size_t i;

	if (!c->vmcoreinfo)
		return;
	for (i = 0; i < c->nr_notes; i++) {
		if (c->notes[i].desc == c->vmcoreinfo)
			break;
	}
	at = c->notes[i].offset;
	if (k->vmcoreinfo_at != at || k->vmcoreinfo_size != c->vmcoreinfo_size)
		ld_check_broken(check, LD_RULE_VMCOREINFO_AT,
				"the sub-header has vmcoreinfo at %" PRIu64 ", %" PRIu64
				" bytes; the note has it at %" PRIu64 ", %zu", k->vmcoreinfo_at,
				k->vmcoreinfo_size, at, c->vmcoreinfo_size);
}

static void check_data(struct kdump_check *k, const struct ld_kdump_page *page)
{
	const size_t page_size = k->c->kdump.block_size;

	/* pages share data: pages of zeros do */
	if (page->offset == k->last)
		return;
	k->last = page->offset;
	if (ld_corefile_read(k->c, k->stored, page->size, page->offset)) {
		ld_check_broken(k->check, LD_RULE_PAGE_DATA,
				"page frame 0x%" PRIx64 " is outside the file", page->pfn);
		return;
	}
	switch (page->flags ? ld_decompress(page->flags, k->stored, page->size, k->page,
					    page_size) : 0) {
	case 0:
		break;
	case LD_NO_CODEC:
		k->no_codec = true;
		break;
	default:
		ld_check_broken(k->check, LD_RULE_PAGE_DATA,
				"page frame 0x%" PRIx64 ", %u bytes at %" PRIu64
				", does not decompress to a page", page->pfn, page->size,
				page->offset);
	}
}

static int check_page(void *ctx, const struct ld_kdump_page *page)
{
	struct kdump_check *k = ctx;
	const uint32_t page_size = k->c->kdump.block_size;

	if (page->flags & ~LD_KDUMP_CODECS || page->flags & (page->flags - 1)) {
		ld_check_broken(k->check, LD_RULE_PAGE_FLAGS,
				"page frame 0x%" PRIx64 " has flags 0x%x", page->pfn, page->flags);
		return 0;
	}
	if (!page->size || page->size > page_size ||
	    (page->flags ? page->size == page_size : page->size < page_size)) {
		ld_check_broken(k->check, LD_RULE_PAGE_SIZE,
				"page frame 0x%" PRIx64 " has %u bytes, %scompressed", page->pfn,
				page->size, page->flags ? "" : "not ");
		return 0;
	}
	check_data(k, page);
	return 0;
}

int ld_check_kdump(struct ld_corefile *c, struct ld_check *check, struct ld_err *err)
{
	struct kdump_check k = { .c = c, .check = check, .last = UINT64_MAX };

	check_header(c, check);
	check_bitmaps(c, check);
	check_vmcoreinfo(c, check);
	/* of a file that is cut off, what is there has been told */
	if (c->nr_problems)
		return 0;
	k.stored = malloc(c->kdump.block_size);
	k.page = malloc(c->kdump.block_size);
	if (!k.stored || !k.page)
		ld_fail(err, LD_EXIT_FAILED, "out of memory");
	else if (ld_kdumpfile_pages(c, check_page, &k))
		ld_fail(err, LD_EXIT_FAILED, "the page descriptors cannot be read");
	else if (k.no_codec)
		ld_fail(err, LD_EXIT_FAILED,
			"this livedump was built without what pages are compressed with\n"
			"Build it with zlib, lzo, snappy and zstd.");
	else
		err = NULL;
	free(k.stored);
	free(k.page);
	return err ? -1 : 0;
}
