// SPDX-License-Identifier: GPL-2.0
/* What readers insist on in ELF vmcores. */
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "vmcoreinfo.h"

/* What comparing overlapping PT_LOADs may read, in multiples of the file's size. */
#define MAX_COMPARED	4

struct elf_check {
	const struct ld_corefile *c;
	struct ld_check *check;
	uint64_t page_size;
	uint64_t compared;
};

static int compare_paddr(const void *a, const void *b)
{
	const struct ld_core_load *x = a, *y = b;

	if (x->paddr != y->paddr)
		return x->paddr < y->paddr ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int compare_vaddr(const void *a, const void *b)
{
	const struct ld_core_load *x = a, *y = b;

	if (x->vaddr != y->vaddr)
		return x->vaddr < y->vaddr ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static void check_headers(const struct elf_check *e)
{
	const struct ld_corefile *c = e->c;

	if (c->phoff != sizeof(Elf64_Ehdr))
		ld_check_broken(e->check, LD_RULE_PHDRS_AT_64, "program headers are at %" PRIu64,
				c->phoff);
	if (c->note_index)
		ld_check_broken(e->check, LD_RULE_NOTE_FIRST,
				"program header 0 is not that of the notes");
	else if (c->note_align && c->note_align != 4)
		ld_check_broken(e->check, LD_RULE_NOTE_ALIGN,
				"p_align of the notes is %" PRIu64 ", not 0 or 4", c->note_align);
	if (c->nr_segments < 2)
		ld_check_broken(e->check, LD_RULE_TWO_LOADS, "there %s",
				c->nr_segments ? "is only one PT_LOAD" : "are no PT_LOADs");
}

static void check_load(const struct elf_check *e, const struct ld_core_load *l)
{
	const uint64_t odd = l->vaddr | l->paddr | l->memsz;

	if (l->align)
		ld_check_broken(e->check, LD_RULE_LOAD_ALIGN,
				"program header %zu: p_align is %" PRIu64 ", not 0", l->index,
				l->align);
	if (l->filesz != l->memsz)
		ld_check_broken(e->check, LD_RULE_FILESZ, "program header %zu: the file has %"
				PRIu64 " of %" PRIu64 " bytes", l->index, l->filesz, l->memsz);
	if (!l->memsz || odd & (e->page_size - 1) || l->vaddr + l->memsz - 1 < l->vaddr ||
	    l->paddr + l->memsz - 1 < l->paddr)
		ld_check_broken(e->check, LD_RULE_WHOLE_PAGES,
				"program header %zu: %" PRIu64 " bytes at 0x%" PRIx64
				", physical 0x%" PRIx64, l->index, l->memsz, l->vaddr, l->paddr);
	if (!ld_core_load_is_mapped(l))
		ld_check_broken(e->check, LD_RULE_VADDR,
				"program header %zu: p_vaddr is %s", l->index,
				l->vaddr ? "p_paddr" : "0");
}

static bool is_text(const struct ld_text_map *text, const struct ld_core_load *l)
{
	return l->vaddr - text->start < text->size &&
	       (!text->has_phys || l->vaddr - text->start + text->phys == l->paddr);
}

/* Among those above where the kernel is mapped, it comes first. */
static void check_text(const struct elf_check *e, const struct ld_text_map *text)
{
	const struct ld_core_load *other = NULL, *l;
	size_t i;

	for (i = 0; i < e->c->nr_segments; i++) {
		l = &e->c->loads[i];
		if (l->vaddr < text->start)
			continue;
		if (!is_text(text, l))
			other = other ? other : l;
		else if (other)
			ld_check_broken(e->check, LD_RULE_TEXT_FIRST,
					"program header %zu, 0x%" PRIx64
					", comes before kernel text in %zu", other->index,
					other->vaddr, l->index);
	}
}

/* Below the kernel image, the last one is of the direct map: of what most memory is mapped by. */
static void check_direct_map(const struct elf_check *e, const struct ld_text_map *text)
{
	const uint64_t direct_map = ld_direct_map(e->c);
	const struct ld_core_load *last = NULL;
	size_t i;

	for (i = 0; i < e->c->nr_segments; i++) {
		const struct ld_core_load *l = &e->c->loads[i];

		if (ld_core_load_is_mapped(l) && l->vaddr < text->start)
			last = l;
	}
	if (last && last->vaddr - last->paddr != direct_map)
		ld_check_broken(e->check, LD_RULE_DIRECT_LAST,
				"program header %zu, 0x%" PRIx64
				", the last below the kernel image, is not of the direct map",
				last->index, last->vaddr);
}

/* Whether two stretches of the file have the same bytes; false as well where there are too many. */
static bool same_bytes(struct elf_check *e, uint64_t a, uint64_t b, uint64_t length)
{
	static char left[65536], right[sizeof(left)];
	size_t step;

	for (; length; length -= step, a += step, b += step) {
		step = length < sizeof(left) ? length : sizeof(left);
		e->compared += step;
		if (e->compared / MAX_COMPARED > e->c->size)
			return false;
		if (ld_corefile_read(e->c, left, step, a) ||
		    ld_corefile_read(e->c, right, step, b) || memcmp(left, right, step))
			return false;
	}
	return true;
}

/* @later begins in @first by the addresses at @key. */
static void check_overlap(struct elf_check *e, enum ld_rule rule, size_t key,
			  const struct ld_core_load *first, const struct ld_core_load *later)
{
	const uint64_t at = *(const uint64_t *)((const char *)later + key);
	const uint64_t skip = at - *(const uint64_t *)((const char *)first + key);
	uint64_t length = first->filesz - skip;

	if (length > later->filesz)
		length = later->filesz;
	if (first->offset + skip == later->offset ||
	    same_bytes(e, first->offset + skip, later->offset, length))
		return;
	ld_check_broken(e->check, rule, "program headers %zu and %zu both have %s 0x%" PRIx64,
			first->index, later->index,
			rule == LD_RULE_SAME_BYTES ? "physical" : "address", at);
}

static int check_overlaps(struct elf_check *e, enum ld_rule rule, size_t key,
			  int (*compare)(const void *a, const void *b), struct ld_err *err)
{
	struct ld_core_load *sorted = malloc((e->c->nr_segments + 1) * sizeof(*sorted));
	size_t i, nr = 0, furthest = 0;

	if (!sorted)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	/* what is not mapped is told already */
	for (i = 0; i < e->c->nr_segments; i++) {
		if (rule == LD_RULE_SAME_BYTES || ld_core_load_is_mapped(&e->c->loads[i]))
			sorted[nr++] = e->c->loads[i];
	}
	qsort(sorted, nr, sizeof(*sorted), compare);
	/* whoever overlaps any before it overlaps the one that reaches furthest */
	for (i = 1; i < nr; i++) {
		const uint64_t at = *(uint64_t *)((char *)&sorted[i] + key);
		const uint64_t from = *(uint64_t *)((char *)&sorted[furthest] + key);

		if (at - from < sorted[furthest].filesz)
			check_overlap(e, rule, key, &sorted[furthest], &sorted[i]);
		if (at - from >= sorted[furthest].filesz ||
		    sorted[i].filesz > sorted[furthest].filesz - (at - from))
			furthest = i;
	}
	free(sorted);
	return 0;
}

int ld_check_elf(const struct ld_corefile *c, struct ld_check *check, struct ld_err *err)
{
	struct elf_check e = { c, check, ld_corefile_page_size(c), 0 };
	struct ld_text_map text;
	size_t i;

	check_headers(&e);
	for (i = 0; i < c->nr_segments; i++)
		check_load(&e, &c->loads[i]);
	if (check_overlaps(&e, LD_RULE_SAME_BYTES, offsetof(struct ld_core_load, paddr),
			   compare_paddr, err) ||
	    check_overlaps(&e, LD_RULE_SAME_PAGE, offsetof(struct ld_core_load, vaddr),
			   compare_vaddr, err))
		return -1;
	if (ld_text_map(c, &text))
		return 0;
	check_text(&e, &text);
	check_direct_map(&e, &text);
	return 0;
}
