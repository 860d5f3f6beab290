// SPDX-License-Identifier: GPL-2.0
/*
 * Takes the pages out of a vmcore. Not with libkdumpfile, which believes the sizes in a file,
 * refuses one with a note of type 1 that is no NT_PRSTATUS, and takes some for those of 32-bit
 * machines.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "corepages.h"
#include "compress.h"

/* Pages of PT_LOADs for each page of data: addresses share pages, but not without limit. */
#define MAX_SHARED	64

/* A page of a PT_LOAD. */
struct piece {
	uint64_t pfn;
	uint64_t vaddr;
	uint64_t offset;
	size_t load;
};

static int compare_pieces(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->pfn != y->pfn)
		return x->pfn < y->pfn ? -1 : 1;
	return x->load < y->load ? -1 : x->load > y->load;
}

static int no_memory(const struct ld_corepages *p, size_t nr, struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED, "%s: out of memory for %zu pages", p->path, nr);
}

/* The whole pages in a PT_LOAD: from where in it, and how many. */
static size_t whole_pages(const struct ld_corepages *p, const struct ld_core_load *l,
			  uint64_t *skip)
{
	*skip = -l->paddr & (p->page_size - 1);
	if (l->filesz < *skip || l->paddr + l->filesz < l->paddr)
		return 0;
	return (l->filesz - *skip) / p->page_size;
}

static struct piece *collect(struct ld_corepages *p, size_t *nr)
{
	const struct ld_corefile *c = &p->core;
	const size_t most = (c->bytes / p->page_size + 1) * MAX_SHARED;
	struct piece *pieces;
	uint64_t skip;
	size_t i, j;

	for (*nr = 0, i = 0; i < c->nr_segments && *nr <= most; i++)
		*nr += whole_pages(p, &c->loads[i], &skip);
	pieces = *nr <= most ? malloc((*nr + 1) * sizeof(*pieces)) : NULL;
	for (*nr = 0, i = 0; pieces && i < c->nr_segments; i++) {
		const struct ld_core_load *l = &c->loads[i];
		const size_t pages = whole_pages(p, l, &skip);
		const bool mapped = ld_core_load_is_mapped(l);

		p->partial += l->filesz - pages * p->page_size;
		p->has_vaddrs |= mapped;
		for (j = 0; j < pages; j++, skip += p->page_size)
			pieces[(*nr)++] = (struct piece){
				(l->paddr + skip) / p->page_size, mapped ? l->vaddr + skip : 0,
				l->offset + skip, i,
			};
	}
	return pieces;
}

/* Crash reads the first that has the page: so do we. */
static void place(struct ld_corepages *p, const struct piece *pieces, size_t nr)
{
	struct livedump_page *page = NULL;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!page || page->pfn != pieces[i].pfn) {
			page = &p->pages[p->nr_pages];
			*page = (struct livedump_page){ .pfn = pieces[i].pfn };
			p->at[p->nr_pages++] = (struct ld_corepages_at){
				.offset = pieces[i].offset,
				.size = (uint32_t)p->page_size,
			};
		}
		if (!page->vaddr)
			page->vaddr = pieces[i].vaddr;
		else if (pieces[i].vaddr)
			p->aliases[p->nr_aliases++] = (struct livedump_alias){
				.vaddr = pieces[i].vaddr,
				.page = (uint32_t)(p->nr_pages - 1),
			};
	}
}

static int open_elf(struct ld_corepages *p, struct ld_err *err)
{
	struct piece *pieces;
	size_t nr;

	pieces = collect(p, &nr);
	p->pages = malloc((nr + 1) * sizeof(*p->pages));
	p->at = malloc((nr + 1) * sizeof(*p->at));
	p->aliases = malloc((nr + 1) * sizeof(*p->aliases));
	if (!pieces || !p->pages || !p->at || !p->aliases) {
		free(pieces);
		return no_memory(p, nr, err);
	}
	qsort(pieces, nr, sizeof(*pieces), compare_pieces);
	place(p, pieces, nr);
	free(pieces);
	return 0;
}

static int add_page(void *ctx, const struct ld_kdump_page *page)
{
	struct ld_corepages *p = ctx;

	if (page->size > p->page_size || (!page->flags && page->size != p->page_size))
		return -1;
	p->at[p->nr_pages] = (struct ld_corepages_at){ page->offset, page->size, page->flags };
	p->pages[p->nr_pages++] = (struct livedump_page){ .pfn = page->pfn };
	return 0;
}

static int open_kdump(struct ld_corepages *p, struct ld_err *err)
{
	const size_t nr = p->core.kdump.nr_pages;

	p->pages = malloc((nr + 1) * sizeof(*p->pages));
	p->at = malloc((nr + 1) * sizeof(*p->at));
	p->stored = malloc(p->page_size);
	if (!p->pages || !p->at || !p->stored)
		return no_memory(p, nr, err);
	if (ld_kdumpfile_pages(&p->core, add_page, p))
		return ld_fail(err, LD_EXIT_FAILED,
			       "%s: the page descriptors make no sense: livedump info --check",
			       p->path);
	return 0;
}

int ld_corepages_open(const char *path, struct ld_corepages *ret, struct ld_err *err)
{
	struct ld_err why;

	*ret = (struct ld_corepages){ .path = path };
	if (ld_corefile_open(path, &ret->core, &why))
		return ld_fail(err, why.code, "%s: %s", path, why.msg);
	if (ret->core.nr_problems)
		return ld_fail(err, LD_EXIT_FAILED, "%s is damaged or cut off: %s\n"
			       "Copy it again from where it was made.", path,
			       ret->core.problems[0]);
	ret->page_size = ld_corefile_page_size(&ret->core);
	ret->window = malloc(LD_COREPAGES_WINDOW * ret->page_size);
	if (!ret->window)
		return no_memory(ret, LD_COREPAGES_WINDOW, err);
	return ret->core.is_kdump ? open_kdump(ret, err) : open_elf(ret, err);
}

size_t ld_corepages_find(const struct ld_corepages *p, uint64_t pfn)
{
	size_t low = 0, high = p->nr_pages;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->pages[middle].pfn == pfn)
			return middle;
		if (p->pages[middle].pfn < pfn)
			low = middle + 1;
		else
			high = middle;
	}
	return SIZE_MAX;
}

int ld_corepages_read(struct ld_corepages *p, size_t index, void *to, struct ld_err *err)
{
	const struct ld_corepages_at *at = &p->at[index];
	int result = ld_corefile_read(&p->core, at->flags ? p->stored : to, at->size, at->offset);

	if (!result && at->flags)
		result = ld_decompress(at->flags, p->stored, at->size, to, p->page_size);
	if (result == LD_NO_CODEC)
		return ld_fail(err, LD_EXIT_FAILED,
			       "%s: this livedump was built without what it is compressed with\n"
			       "Build it with zlib, lzo, snappy and zstd.", p->path);
	if (result)
		return ld_fail(err, LD_EXIT_FAILED,
			       "%s: page frame 0x%llx cannot be read: livedump info --check",
			       p->path, p->pages[index].pfn);
	return 0;
}

const void *ld_corepages_map(void *ctx, size_t first, size_t nr, struct ld_err *err)
{
	struct ld_corepages *p = ctx;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (ld_corepages_read(p, first + i, p->window + i * p->page_size, err))
			return NULL;
	}
	return p->window;
}

/* Aliases of @like, for the pages that @p has kept: @kept has the index of each, or SIZE_MAX. */
static void take_aliases(struct ld_corepages *p, const struct ld_corepages *like,
			 const size_t *kept)
{
	size_t i;

	p->nr_aliases = 0;
	for (i = 0; i < like->nr_aliases; i++) {
		const struct livedump_alias *a = &like->aliases[i];

		if (kept[a->page] != SIZE_MAX)
			p->aliases[p->nr_aliases++] = (struct livedump_alias){
				.vaddr = a->vaddr,
				.page = (uint32_t)kept[a->page],
			};
	}
	p->has_vaddrs = true;
}

int ld_corepages_reduce(struct ld_corepages *p, const struct ld_corepages *like,
			uint64_t *missing, struct ld_err *err)
{
	size_t *kept = malloc((like->nr_pages + 1) * sizeof(*kept));
	size_t i, found, nr = 0;

	free(p->aliases);
	p->aliases = malloc((like->nr_aliases + 1) * sizeof(*p->aliases));
	if (!kept || !p->aliases) {
		free(kept);
		return no_memory(p, like->nr_pages, err);
	}
	*missing = 0;
	for (i = 0; i < like->nr_pages; i++) {
		kept[i] = SIZE_MAX;
		found = ld_corepages_find(p, like->pages[i].pfn);
		if (found == SIZE_MAX) {
			++*missing;
			continue;
		}
		kept[i] = nr;
		/* both are sorted: never past what has still to be looked for */
		p->at[nr] = p->at[found];
		p->pages[nr] = p->pages[found];
		p->pages[nr++].vaddr = like->pages[i].vaddr;
	}
	p->nr_pages = nr;
	take_aliases(p, like, kept);
	free(kept);
	return 0;
}

void ld_corepages_close(struct ld_corepages *p)
{
	if (!p->path)
		return;
	ld_corefile_close(&p->core);
	free(p->pages);
	free(p->at);
	free(p->stored);
	free(p->aliases);
	free(p->window);
	p->path = NULL;
}
