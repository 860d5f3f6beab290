// SPDX-License-Identifier: GPL-2.0
/* Any records and any layout: segments must stay within the data and lead to the right page. */
#include <elf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "elf_head.h"
#include "segments.h"
#include "writer.h"

#define MAX_ENTRIES	256

static void *take(const uint8_t **data, size_t *size, void *to, size_t length)
{
	size_t have = *size < length ? *size : length;

	memset(to, 0, length);
	memcpy(to, *data, have);
	*data += have;
	*size -= have;
	return to;
}

static void check(const struct ld_layout *layout, const struct livedump_page *pages,
		  const struct ld_segments *s)
{
	uint64_t *pfns = calloc(s->nr_slots + 1, sizeof(*pfns)), at;
	size_t i;

	for (i = 0; i < s->nr_records; i++) {
		if (s->slots[i] == LD_NO_SLOT)
			continue;
		if (s->slots[i] >= s->nr_slots)
			abort();
		pfns[s->slots[i]] = pages[i].pfn;
	}
	if (s->nr == 1)
		abort();
	for (i = 0; i < s->nr; i++) {
		const struct ld_segment *g = &s->segs[i];

		if (!g->length || g->length % layout->page_size || g->data % layout->page_size ||
		    g->data + g->length > s->nr_slots * layout->page_size)
			abort();
		for (at = 0; at < g->length; at += layout->page_size) {
			if (pfns[(g->data + at) / layout->page_size] * layout->page_size !=
			    g->paddr + at)
				abort();
		}
	}
	free(pfns);
}

/* Numbers near each other meet more often than 64 random bits do. */
static uint64_t squeeze(uint64_t value, uint64_t base)
{
	return value & 1 << 7 ? value : base + (value & 31);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct livedump_page pages[MAX_ENTRIES];
	static struct livedump_alias aliases[MAX_ENTRIES];
	struct ld_segments segments;
	struct ld_elf_head head;
	struct ld_layout layout;
	struct ld_err err;
	uint8_t counts[2];
	size_t i;

	take(&data, &size, counts, sizeof(counts));
	take(&data, &size, &layout, sizeof(layout));
	layout.page_size = 4096;
	for (i = 0; i < counts[0]; i++) {
		struct livedump_page *p = take(&data, &size, &pages[i], sizeof(*p));

		p->pfn = squeeze(p->pfn, layout.text_paddr / 4096);
		if (p->flags & 1)
			p->vaddr = layout.kernel_start + (p->vaddr & 15) * 4096;
	}
	for (i = 0; i < counts[1]; i++) {
		struct livedump_alias *a = take(&data, &size, &aliases[i], sizeof(*a));

		if (a->request & 1)
			a->vaddr = layout.kernel_start + (a->vaddr & 15) * 4096;
		if (a->request & 2)
			a->page &= 31;
	}
	if (ld_segments_build(&layout, pages, counts[0], aliases, counts[1], &segments, &err))
		abort();
	check(&layout, pages, &segments);
	if (ld_elf_head_build(EM_X86_64, 4096, &segments, NULL, 0, &head, &err) ||
	    head.size != ld_elf_head_size(segments.nr, NULL, 0, 4096))
		abort();
	free(head.bytes);
	ld_segments_free(&segments);
	return 0;
}
