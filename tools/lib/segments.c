// SPDX-License-Identifier: GPL-2.0
/* Recorded pages in, PT_LOADs out: see the DOC comment in the header. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "segments.h"

/* A record, reduced to what sorting needs. */
struct frame {
	uint64_t pfn;
	uint64_t time;
	uint32_t record;
};

/* A virtual address, other than the direct map's, of the page at @slot. */
struct mapping {
	uint64_t vaddr;
	uint32_t slot;
};

struct builder {
	const struct ld_layout *layout;
	struct frame *frames;		/* by slot, once the duplicates are gone */
	uint32_t nr_slots;
	struct mapping *maps;
	size_t nr_maps;
	struct ld_segments *out;
};

static int compare_frames(const void *a, const void *b)
{
	const struct frame *x = a, *y = b;

	if (x->pfn != y->pfn)
		return x->pfn < y->pfn ? -1 : 1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->record < y->record ? -1 : x->record > y->record;
}

static int compare_mappings(const void *a, const void *b)
{
	const struct mapping *x = a, *y = b;

	if (x->vaddr != y->vaddr)
		return x->vaddr < y->vaddr ? -1 : 1;
	return x->slot < y->slot ? -1 : x->slot > y->slot;
}

static int compare_segments(const void *a, const void *b)
{
	const struct ld_segment *x = a, *y = b;

	if (x->paddr != y->paddr)
		return x->paddr < y->paddr ? -1 : 1;
	return x->vaddr < y->vaddr ? -1 : x->vaddr > y->vaddr;
}

static uint64_t slot_paddr(const struct builder *b, uint32_t slot)
{
	return b->frames[slot].pfn * b->layout->page_size;
}

static uint32_t find_slot(const struct builder *b, uint64_t pfn)
{
	uint32_t low = 0, high = b->nr_slots;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (b->frames[middle].pfn == pfn)
			return middle;
		if (b->frames[middle].pfn < pfn)
			low = middle + 1;
		else
			high = middle;
	}
	return LD_NO_SLOT;
}

static bool has_page(const struct builder *b, uint64_t paddr)
{
	return find_slot(b, paddr / b->layout->page_size) != LD_NO_SLOT;
}

static bool in_image(const struct ld_layout *l, uint64_t vaddr)
{
	return vaddr >= l->text_start && vaddr < l->text_end;
}

/*
 * An address of the direct map or the kernel image is spoken for by the page that lies there, if
 * we have it: another page must not claim it, and every page gets its direct-map address anyway.
 */
static bool is_taken(const struct builder *b, uint64_t vaddr, uint32_t slot)
{
	const struct ld_layout *l = b->layout;
	uint64_t paddr;

	if (vaddr >= l->page_offset && has_page(b, vaddr - l->page_offset))
		return true;
	paddr = vaddr - l->text_start + l->text_paddr;
	return in_image(l, vaddr) && paddr != slot_paddr(b, slot) && has_page(b, paddr);
}

static void add_mapping(struct builder *b, uint64_t vaddr, uint32_t slot)
{
	const struct ld_layout *l = b->layout;

	if (vaddr < l->kernel_start || !vaddr || vaddr % l->page_size || is_taken(b, vaddr, slot))
		return;
	b->maps[b->nr_maps++] = (struct mapping){ .vaddr = vaddr, .slot = slot };
}

/* Sorts the records; frames[i] is then the page in slot i. */
static void sort_frames(struct builder *b, const struct livedump_page *pages, size_t nr)
{
	const uint64_t max_pfn = UINT64_MAX / b->layout->page_size;
	struct ld_segments *out = b->out;
	size_t i, kept = 0;
	bool sorted = true;

	for (i = 0; i < nr; i++) {
		struct frame f = { pages[i].pfn, pages[i].time_ns, (uint32_t)i };

		out->slots[i] = LD_NO_SLOT;
		if (f.pfn >= max_pfn)
			continue;
		if (kept && f.pfn <= b->frames[kept - 1].pfn)
			sorted = false;
		b->frames[kept++] = f;
	}
	if (!sorted)
		qsort(b->frames, kept, sizeof(*b->frames), compare_frames);
	for (i = 0; i < kept; i++) {
		if (i + 1 < kept && b->frames[i].pfn == b->frames[i + 1].pfn)
			continue;
		out->slots[b->frames[i].record] = b->nr_slots;
		b->frames[b->nr_slots++] = b->frames[i];
	}
	out->nr_slots = b->nr_slots;
}

/* Aliases name records; one that was replaced lends its addresses to its successor. */
static uint32_t slot_of(const struct builder *b, const struct livedump_page *pages, uint32_t record)
{
	uint32_t slot = b->out->slots[record];

	return slot != LD_NO_SLOT ? slot : find_slot(b, pages[record].pfn);
}

static void collect_mappings(struct builder *b, const struct livedump_page *pages,
			     size_t nr_pages, const struct livedump_alias *aliases,
			     size_t nr_aliases)
{
	size_t i, kept = 0;
	uint32_t slot;

	for (i = 0; i < nr_pages; i++) {
		slot = slot_of(b, pages, (uint32_t)i);
		if (slot != LD_NO_SLOT)
			add_mapping(b, pages[i].vaddr, slot);
	}
	for (i = 0; i < nr_aliases; i++) {
		const uint32_t record = aliases[i].page;

		slot = record < nr_pages ? slot_of(b, pages, record) : LD_NO_SLOT;
		if (slot != LD_NO_SLOT)
			add_mapping(b, aliases[i].vaddr, slot);
	}
	if (b->nr_maps)
		qsort(b->maps, b->nr_maps, sizeof(*b->maps), compare_mappings);
	/* Two pages at one address: only the file's page tables can tell, so leave it to them. */
	for (i = 0; i < b->nr_maps;) {
		size_t end = i + 1;

		while (end < b->nr_maps && b->maps[end].vaddr == b->maps[i].vaddr)
			end++;
		if (b->maps[i].slot == b->maps[end - 1].slot)
			b->maps[kept++] = b->maps[i];
		i = end;
	}
	b->nr_maps = kept;
}

/* Appends a page, or lengthens the last segment of this group by it. */
static void add_page(struct builder *b, size_t group, uint64_t vaddr, uint32_t slot)
{
	const uint64_t page_size = b->layout->page_size;
	struct ld_segments *out = b->out;
	struct ld_segment *last = out->nr > group ? &out->segs[out->nr - 1] : NULL;
	struct ld_segment page = {
		.paddr = slot_paddr(b, slot),
		.vaddr = vaddr,
		.length = page_size,
		.data = slot * page_size,
	};

	/* page frames next to each other are so in the file as well */
	if (last && last->paddr + last->length == page.paddr &&
	    last->vaddr + last->length == page.vaddr)
		last->length += page_size;
	else
		out->segs[out->nr++] = page;
}

/* Kernel-image addresses, or all others. */
static void emit_mappings(struct builder *b, bool image)
{
	const size_t group = b->out->nr;
	size_t i;

	for (i = 0; i < b->nr_maps; i++) {
		if (in_image(b->layout, b->maps[i].vaddr) == image)
			add_page(b, group, b->maps[i].vaddr, b->maps[i].slot);
	}
	if (b->out->nr > group)
		qsort(&b->out->segs[group], b->out->nr - group, sizeof(*b->out->segs),
		      compare_segments);
}

static void emit_direct_map(struct builder *b)
{
	const size_t group = b->out->nr;
	uint32_t slot;

	for (slot = 0; slot < b->nr_slots; slot++)
		add_page(b, group, slot_paddr(b, slot) + b->layout->page_offset, slot);
}

/* See struct ld_segments: a lone segment is split, or said twice if it is a single page. */
static void ensure_two(struct ld_segments *out, uint64_t page_size)
{
	struct ld_segment *s = out->segs;

	if (out->nr != 1)
		return;
	s[1] = s[0];
	if (s[0].length > page_size) {
		s[0].length = page_size;
		s[1].paddr += page_size;
		s[1].vaddr += page_size;
		s[1].data += page_size;
		s[1].length -= page_size;
	}
	out->nr = 2;
}

int ld_segments_build(const struct ld_layout *layout, const struct livedump_page *pages,
		      size_t nr_pages, const struct livedump_alias *aliases, size_t nr_aliases,
		      struct ld_segments *ret, struct ld_err *err)
{
	struct builder b = { .layout = layout, .out = ret };
	int result = -1;

	memset(ret, 0, sizeof(*ret));
	if (nr_pages >= LD_NO_SLOT)
		return ld_fail(err, LD_EXIT_FAILED, "the session has more pages than fit a file");
	ret->nr_records = nr_pages;
	ret->slots = malloc((nr_pages + 1) * sizeof(*ret->slots));
	b.frames = malloc((nr_pages + 1) * sizeof(*b.frames));
	b.maps = malloc((nr_pages + nr_aliases + 1) * sizeof(*b.maps));
	if (!ret->slots || !b.frames || !b.maps)
		goto no_memory;
	sort_frames(&b, pages, nr_pages);
	collect_mappings(&b, pages, nr_pages, aliases, nr_aliases);
	ret->segs = calloc((size_t)b.nr_slots + b.nr_maps + 2, sizeof(*ret->segs));
	if (!ret->segs)
		goto no_memory;
	emit_mappings(&b, true);
	emit_mappings(&b, false);
	emit_direct_map(&b);
	ensure_two(ret, layout->page_size);
	result = 0;
	goto out;

no_memory:
	ld_segments_free(ret);
	ld_fail(err, LD_EXIT_FAILED, "out of memory for %zu pages", nr_pages);
out:
	free(b.frames);
	free(b.maps);
	return result;
}

void ld_segments_free(struct ld_segments *s)
{
	free(s->segs);
	free(s->slots);
	memset(s, 0, sizeof(*s));
}
