// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "dev.h"
#include "peek.h"

static void close_window(const struct ld_peek *p, struct ld_peek_window *w)
{
	if (w->at)
		munmap(w->at, (size_t)w->nr * p->session->info.out_page_size);
	w->at = NULL;
}

/* The window that a page is in, as far as there are pages. */
static int open_window(struct ld_peek *p, __u32 page, struct ld_peek_window **ret,
		       struct ld_err *err)
{
	const size_t size = p->session->info.out_page_size;
	struct ld_peek_window *w = &p->windows[page / LD_PEEK_PAGES % LD_PEEK_WINDOWS];
	__u64 left;

	*ret = w;
	if (w->at && page >= w->first && page - w->first < w->nr)
		return 0;
	close_window(p, w);
	w->first = page / LD_PEEK_PAGES * LD_PEEK_PAGES;
	left = p->contents.status.out_pages - w->first;
	w->nr = left < LD_PEEK_PAGES ? left : LD_PEEK_PAGES;
	return ld_dev_map(p->session->fd, LIVEDUMP_MMAP_DATA, (__u64)w->first * size,
			  w->nr * size, &w->at, err);
}

static void forget(struct ld_peek *p)
{
	free(p->index);
	p->index = NULL;
	p->nr_index = 0;
	ld_contents_unmap(&p->contents);
	memset(&p->contents, 0, sizeof(p->contents));
}

static int record(struct ld_peek *p, struct livedump_record *rec, struct ld_err *err)
{
	int result = ld_dev_record(p->session->fd, rec, err);

	if (result < 0)
		return -1;
	p->cut |= result == LD_DEV_CUT;
	return 0;
}

static int keep_some(struct ld_peek *p, struct livedump_range *ranges, size_t nr,
		     struct ld_err *err)
{
	struct livedump_record rec = {
		.flags = p->flags | LIVEDUMP_KEEP,
		.ranges = (uintptr_t)ranges,
		.nr = (__u32)nr,
	};
	unsigned int why;
	size_t i;

	if (record(p, &rec, err))
		return -1;
	p->recorded += rec.out_recorded;
	for (i = 0; i < nr; i++) {
		for (why = 0; why < LIVEDUMP_NR_REASONS; why++)
			if (!(ranges[i].flags & LIVEDUMP_RANGE_GUESS))
				p->missing[why] += ranges[i].out_missing[why];
	}
	return 0;
}

int ld_peek_keep(struct ld_peek *p, struct livedump_range *ranges, size_t nr, struct ld_err *err)
{
	size_t some;

	forget(p);
	for (; nr; nr -= some, ranges += some) {
		some = nr < LIVEDUMP_MAX_RANGES ? nr : LIVEDUMP_MAX_RANGES;
		if (keep_some(p, ranges, some, err))
			return -1;
	}
	return 0;
}

int ld_peek_renew(struct ld_peek *p, struct livedump_range *ranges, __u32 nr, struct ld_err *err)
{
	struct livedump_record rec = {
		.flags = p->flags,
		.ranges = (uintptr_t)ranges,
		.nr = nr,
	};

	forget(p);
	return record(p, &rec, err);
}

static int by_address(const void *pa, const void *pb)
{
	const struct ld_peek_entry *a = pa, *b = pb;

	return (a->vaddr > b->vaddr) - (a->vaddr < b->vaddr);
}

static void add(struct ld_peek *p, __u64 vaddr, __u32 page)
{
	p->index[p->nr_index++] = (struct ld_peek_entry){ vaddr, page };
}

int ld_peek_index(struct ld_peek *p, struct ld_err *err)
{
	const struct livedump_info *info = &p->session->info;
	const struct livedump_page *page;
	size_t i;

	if (p->index)
		return 0;
	if (ld_contents_map(p->session->fd, &p->contents, err))
		return -1;
	/* A page frame may be known by its address in the kernel image and in the direct map. */
	p->index = calloc(2 * p->contents.status.out_pages + p->contents.status.out_aliases + 1,
			  sizeof(*p->index));
	if (!p->index)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	for (i = 0; i < p->contents.status.out_pages; i++) {
		page = &p->contents.pages[i];
		if (page->vaddr)
			add(p, page->vaddr, i);
		add(p, info->out_page_offset + page->pfn * info->out_page_size, i);
	}
	for (i = 0; i < p->contents.status.out_aliases; i++)
		add(p, p->contents.aliases[i].vaddr, p->contents.aliases[i].page);
	qsort(p->index, p->nr_index, sizeof(*p->index), by_address);
	return 0;
}

int ld_peek_page(struct ld_peek *p, __u32 page, size_t offset, void *buf, size_t length,
		 struct ld_err *err)
{
	const size_t size = p->session->info.out_page_size;
	struct ld_peek_window *w;

	if (open_window(p, page, &w, err))
		return -1;
	memcpy(buf, (const char *)w->at + (page - w->first) * size + offset, length);
	return 0;
}

/* What lies on one page. */
static int read_part(struct ld_peek *p, __u64 address, void *buf, size_t length,
		     struct ld_err *err)
{
	const struct ld_peek_entry want = {
		.vaddr = address & -(__u64)p->session->info.out_page_size,
	};
	const struct ld_peek_entry *found = NULL;

	if (ld_peek_index(p, err))
		return -1;
	if (p->nr_index)
		found = bsearch(&want, p->index, p->nr_index, sizeof(want), by_address);
	if (found)
		return ld_peek_page(p, found->page, address - want.vaddr, buf, length, err);
	ld_fail(err, LD_EXIT_FAILED, "memory at 0x%llx cannot be read", address);
	return 1;
}

int ld_peek_try(struct ld_peek *p, __u64 address, void *buf, size_t length, struct ld_err *err)
{
	const __u64 size = p->session->info.out_page_size;
	size_t done, part;
	int rc = 0;

	for (done = 0; done < length && !rc; done += part) {
		part = size - (address + done) % size;
		if (part > length - done)
			part = length - done;
		rc = read_part(p, address + done, (char *)buf + done, part, err);
	}
	return rc;
}

int ld_peek_read(struct ld_peek *p, __u64 address, void *buf, size_t length, struct ld_err *err)
{
	struct livedump_range range = { .address = address, .length = length };
	int rc = ld_peek_try(p, address, buf, length, err);

	if (rc <= 0)
		return rc;
	if (ld_peek_keep(p, &range, 1, err))
		return -1;
	return ld_peek_try(p, address, buf, length, err);
}

void ld_peek_end(struct ld_peek *p)
{
	size_t i;

	for (i = 0; i < LD_PEEK_WINDOWS; i++)
		close_window(p, &p->windows[i]);
	forget(p);
}
