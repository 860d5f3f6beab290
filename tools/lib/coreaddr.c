// SPDX-License-Identifier: GPL-2.0
#include <elf.h>
#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "coreaddr.h"
#include "corehost.h"
#include "size.h"
#include "vmcoreinfo.h"

/* Page tables of x86-64: arch/x86/include/asm/pgtable_types.h */
#define PAGE_SHIFT	12
#define TABLE_SHIFT	9
#define NR_ENTRIES	(1U << TABLE_SHIFT)
#define PRESENT		(1ULL << 0)
#define HUGE		(1ULL << 7)
#define ADDRESS		0x000ffffffffff000ULL
/* Above this level no entry maps memory itself. */
#define MAX_HUGE_LEVEL	3

/* Addresses of a page, on average and beyond: more are damage, and would take for ever. */
#define MAX_ADDRESSES	16
#define MORE_ADDRESSES	65536

#define DIRECT_ALIGN	(1ULL << 30)
#define NR_DISTANCES	64

/* How many pages are mapped at a distance from their physical address. */
struct distance {
	uint64_t distance;
	uint64_t pages;
};

struct walk {
	struct ld_corepages *p;
	const struct ld_layout *layout;
	struct ld_text_map text;
	int levels;
	uint64_t mask;			/* the address in an entry */
	unsigned char *seen;		/* for each page, levels on which it was a table */
	size_t room;			/* for aliases */
	struct distance distances[NR_DISTANCES];
	struct ld_err *err;
};

static int add_address(struct walk *w, size_t index, uint64_t vaddr)
{
	struct ld_corepages *p = w->p;
	struct livedump_alias *more;

	if (!p->pages[index].vaddr) {
		p->pages[index].vaddr = vaddr;
		return 0;
	}
	if (p->nr_aliases / MAX_ADDRESSES > p->nr_pages + MORE_ADDRESSES)
		return ld_fail(w->err, LD_EXIT_FAILED,
			       "%s: the page tables in it are damaged: they map all to all",
			       p->path);
	if (p->nr_aliases == w->room) {
		w->room = w->room * 2 + 1024;
		more = realloc(p->aliases, w->room * sizeof(*more));
		if (!more)
			return ld_fail(w->err, LD_EXIT_FAILED,
				       "%s: out of memory for %zu addresses", p->path, w->room);
		p->aliases = more;
	}
	p->aliases[p->nr_aliases++] = (struct livedump_alias){
		.vaddr = vaddr,
		.page = (uint32_t)index,
	};
	return 0;
}

static void count_distance(struct walk *w, uint64_t distance)
{
	size_t i;

	for (i = 0; i < NR_DISTANCES; i++) {
		if (!w->distances[i].pages)
			w->distances[i].distance = distance;
		if (w->distances[i].distance != distance)
			continue;
		w->distances[i].pages++;
		return;
	}
}

/* The first page of the file at or behind this page frame. */
static size_t first_page(const struct ld_corepages *p, uint64_t pfn)
{
	size_t low = 0, high = p->nr_pages;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->pages[middle].pfn < pfn)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* An entry maps @nr pages. */
static int map_pages(struct walk *w, uint64_t vaddr, uint64_t pfn, uint64_t nr)
{
	struct ld_corepages *p = w->p;
	size_t i;

	for (i = first_page(p, pfn); i < p->nr_pages && p->pages[i].pfn - pfn < nr; i++) {
		const uint64_t at = vaddr + ((p->pages[i].pfn - pfn) << PAGE_SHIFT);
		const uint64_t distance = at - (p->pages[i].pfn << PAGE_SHIFT);

		/* the image ends within a large page: what is behind it there is none of it */
		if (at - w->text.start < w->text.size &&
		    (at < w->layout->text_start || at >= w->layout->text_end))
			continue;
		if (at < w->text.start && !(distance % DIRECT_ALIGN))
			count_distance(w, distance);
		if (add_address(w, i, at))
			return -1;
	}
	return 0;
}

static int walk_table(struct walk *w, uint64_t paddr, int level, uint64_t vaddr)
{
	const unsigned int shift = PAGE_SHIFT + TABLE_SHIFT * (unsigned int)(level - 1);
	const size_t index = ld_corepages_find(w->p, paddr >> PAGE_SHIFT);
	uint64_t table[NR_ENTRIES];
	unsigned int i = level == w->levels ? NR_ENTRIES / 2 : 0;
	int result = 0;

	if (index == SIZE_MAX || w->seen[index] & 1U << level)
		return 0;
	w->seen[index] |= (unsigned char)(1U << level);
	if (ld_corepages_read(w->p, index, table, w->err))
		return -1;
	for (; i < NR_ENTRIES && !result; i++) {
		const uint64_t entry = le64toh(table[i]), to = entry & w->mask;
		const uint64_t at = vaddr | (uint64_t)i << shift;

		if (!(entry & PRESENT))
			continue;
		if (level == 1 || (entry & HUGE && level <= MAX_HUGE_LEVEL))
			/* bit 12 of a large one is no address, but PAT */
			result = map_pages(w, at, to >> shift << (shift - PAGE_SHIFT),
					   1ULL << (shift - PAGE_SHIFT));
		else
			result = walk_table(w, to, level - 1, at);
	}
	return result;
}

/* Whole page tables, of those in the file. */
static int walk_tables(struct walk *w)
{
	struct ld_corepages *p = w->p;
	uint64_t root, mask = 0, five = 0;

	if (ld_text_map(&p->core, &w->text) || !w->text.has_phys ||
	    p->page_size != 1 << PAGE_SHIFT ||
	    ld_vmcoreinfo_symbol(&p->core, "swapper_pg_dir", &root))
		return ld_fail(w->err, LD_EXIT_FAILED,
			       "%s: the virtual addresses that ELF needs cannot be found for %s\n"
			       "Convert it to a kdump file: --format kdump", p->path,
			       ld_elf_machine_name(p->core.machine));
	ld_vmcoreinfo_number(&p->core, "pgtable_l5_enabled", &five);
	ld_vmcoreinfo_number(&p->core, "sme_mask", &mask);
	w->levels = five ? 5 : 4;
	w->mask = ADDRESS & ~mask;
	w->seen = calloc(p->nr_pages + 1, 1);
	if (!w->seen)
		return ld_fail(w->err, LD_EXIT_FAILED, "%s: out of memory for %zu pages", p->path,
			       p->nr_pages);
	return walk_table(w, root - w->text.start + w->text.phys, w->levels,
			  -1ULL << (PAGE_SHIFT + TABLE_SHIFT * (unsigned int)w->levels));
}

static uint64_t get_address(struct json_object *from, const char *key)
{
	const char *text = ld_corehost_string(from, key);
	uint64_t result = 0;

	return text && !ld_parse_address(text, &result) ? result : 0;
}

/* What the file's own note has. */
static void take_note(const struct ld_corefile *c, struct ld_layout *layout)
{
	struct json_object *note = ld_corehost_note(c);
	struct json_object *host = ld_corehost_child(note, "host");
	const uint64_t start = get_address(host, "text_start"), end = get_address(host, "text_end");

	layout->page_offset = get_address(host, "page_offset");
	if (start > layout->text_start && end > start && end < layout->text_end) {
		layout->text_paddr += start - layout->text_start;
		layout->text_start = start;
		layout->text_end = end;
	}
	json_object_put(note);
}

static uint64_t most_pages(const struct walk *w)
{
	size_t i, most = 0;

	for (i = 0; i < NR_DISTANCES; i++)
		most = w->distances[i].pages > w->distances[most].pages ? i : most;
	return w->distances[most].pages ? w->distances[most].distance : 0;
}

void ld_coreaddr_layout(const struct ld_corepages *p, struct ld_layout *layout)
{
	struct ld_text_map text;
	uint64_t five = 0;

	*layout = (struct ld_layout){ .page_size = p->page_size };
	if (ld_text_map(&p->core, &text))
		return;
	ld_vmcoreinfo_number(&p->core, "pgtable_l5_enabled", &five);
	layout->kernel_start = five ? 0xff00000000000000ULL : 0xffff800000000000ULL;
	if (!text.has_phys)
		return;
	layout->text_start = text.start;
	layout->text_end = text.start + text.size;
	layout->text_paddr = text.phys;
	take_note(&p->core, layout);
}

int ld_coreaddr_find(struct ld_corepages *p, struct ld_layout *layout, struct ld_err *err)
{
	struct walk w = { .p = p, .layout = layout, .err = err };
	int result;

	ld_coreaddr_layout(p, layout);
	if (!p->has_vaddrs) {
		result = walk_tables(&w);
		free(w.seen);
		if (result)
			return -1;
		p->has_vaddrs = true;
	}
	if (!layout->page_offset)
		layout->page_offset = ld_direct_map(&p->core);
	if (!layout->page_offset)
		layout->page_offset = most_pages(&w);
	if (!layout->page_offset)
		return ld_fail(err, LD_EXIT_FAILED,
			       "%s: ELF needs the direct map, whose page tables are not in there\n"
			       "Convert it to a kdump file: --format kdump", p->path);
	return 0;
}
