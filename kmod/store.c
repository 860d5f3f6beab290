// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: the store. Only this file owns recorded bytes. It knows nothing of where they come
 * from; every page has one place, keyed by its page frame.
 */
#include <linux/mm.h>
#include <linux/string.h>

#include "livedump_private.h"

/* log2 of entries in a chunk: small, so that what a session does not fill costs little. */
#define LD_PAGES_SHIFT		9	/* 16 KiB for 2 MiB of pages */
#define LD_DATA_SHIFT		6	/* 256 KiB */
#define LD_ALIASES_SHIFT	8	/* 4 KiB */
#define LD_HOLES_SHIFT		7	/* 4 KiB */
#define LD_LISTED_SHIFT		9	/* 20 KiB: an object does not divide a page */
#define LD_CPUS_SHIFT		3	/* 4 KiB */

/* Holes a session lists one by one; the rest are only counted. */
#define LD_MAX_HOLES		16384

/**
 * ld_store_init() - make an empty store
 * @st: the store
 * @limit: bytes it may use
 *
 * Return: 0, -ENOSPC at a limit, -ENOMEM, -EINTR when the caller is being killed.
 */
int ld_store_init(struct ld_store *st, u64 limit)
{
	BUILD_BUG_ON(offsetof(struct livedump_page, pfn));
	BUILD_BUG_ON(offsetof(struct livedump_alias, vaddr));
	BUILD_BUG_ON((sizeof(struct livedump_object) << LD_LISTED_SHIFT) % PAGE_SIZE);
	BUILD_BUG_ON((sizeof(struct livedump_cpu) << LD_CPUS_SHIFT) % PAGE_SIZE);

	memset(st, 0, sizeof(*st));
	st->acct.limit = limit;
	ld_table_init(&st->pages, &st->acct, sizeof(struct livedump_page), LD_PAGES_SHIFT);
	ld_vec_init(&st->data, &st->acct, PAGE_SIZE, LD_DATA_SHIFT);
	ld_table_init(&st->aliases, &st->acct, sizeof(struct livedump_alias), LD_ALIASES_SHIFT);
	ld_vec_init(&st->holes, &st->acct, sizeof(struct livedump_hole), LD_HOLES_SHIFT);
	ld_vec_init(&st->listed, &st->acct, sizeof(struct livedump_object), LD_LISTED_SHIFT);
	ld_vec_init(&st->notes, &st->acct, 1, PAGE_SHIFT);
	ld_vec_init(&st->cpus, &st->acct, sizeof(struct livedump_cpu), LD_CPUS_SHIFT);
	return ld_alloc(&st->acct, PAGE_SIZE, &st->bounce);
}

/**
 * ld_store_destroy() - free a store's memory
 * @st: the store
 */
void ld_store_destroy(struct ld_store *st)
{
	ld_table_destroy(&st->pages);
	ld_vec_destroy(&st->data);
	ld_table_destroy(&st->aliases);
	ld_vec_destroy(&st->holes);
	ld_vec_destroy(&st->listed);
	ld_vec_destroy(&st->notes);
	ld_vec_destroy(&st->cpus);
	ld_free(&st->acct, st->bounce, PAGE_SIZE);
	st->bounce = NULL;
}

/**
 * ld_store_reserve() - make room
 * @st: the store
 * @pages: pages that can then be committed without allocating
 * @aliases: and aliases
 *
 * May sleep.
 *
 * Return: 0, -ENOSPC at a limit, -ENOMEM, -EINTR when the caller is being killed.
 */
int ld_store_reserve(struct ld_store *st, u32 pages, u32 aliases)
{
	int err;

	err = ld_vec_reserve(&st->data, pages);
	if (!err)
		err = ld_table_reserve(&st->pages, pages);
	if (!err && aliases)
		err = ld_table_reserve(&st->aliases, aliases);
	return err;
}

/**
 * ld_store_find() - where a page frame is kept
 * @st: the store
 * @pfn: the page frame
 *
 * Return: index of the page, or LD_NONE.
 */
u32 ld_store_find(const struct ld_store *st, u64 pfn)
{
	return ld_table_find(&st->pages, pfn, NULL);
}

/**
 * ld_store_commit() - keep the page whose bytes were put at the end of the data
 * @st: the store, with room for a page; ld_store_data(st, st->pages.vec.nr) is filled
 * @pfn: its page frame, which the store does not have yet
 *
 * Never sleeps or allocates.
 *
 * Return: index of the page; the caller fills its entry.
 */
u32 ld_store_commit(struct ld_store *st, u64 pfn)
{
	struct livedump_page *p = ld_table_add(&st->pages, pfn);
	u32 i = st->pages.vec.nr - 1;

	memset((void *)p + sizeof(p->pfn), 0, sizeof(*p) - sizeof(p->pfn));
	st->data.nr = st->pages.vec.nr;
	return i;
}

/**
 * ld_store_alias() - note a further virtual address of a page
 * @st: the store
 * @vaddr: page-aligned
 * @page: index of the page
 * @request: number of the request
 *
 * An address that mapped another page before maps this one now.
 *
 * Return: 0, or -ENOSPC without reserved room.
 */
int ld_store_alias(struct ld_store *st, u64 vaddr, u32 page, u32 request)
{
	u32 i = ld_table_find(&st->aliases, vaddr, NULL);
	struct livedump_alias *a;

	if (i != LD_NONE) {
		a = ld_vec_at(&st->aliases.vec, i);
	} else {
		if (!ld_table_fits(&st->aliases, 1))
			return -ENOSPC;
		a = ld_table_add(&st->aliases, vaddr);
	}
	a->page = page;
	a->request = request;
	return 0;
}

/* Does @hole go on where @last ends? */
static bool ld_hole_continues(const struct livedump_hole *last, const struct livedump_hole *hole)
{
	return last->address + last->length == hole->address && last->reason == hole->reason &&
	       last->flags == hole->flags && last->request == hole->request;
}

/**
 * ld_store_hole() - note that bytes are missing
 * @st: the store
 * @hole: which, and why
 *
 * May sleep. Where there is no room the hole is counted as dropped.
 */
void ld_store_hole(struct ld_store *st, const struct livedump_hole *hole)
{
	struct livedump_hole *last;

	if (st->holes.nr) {
		last = ld_vec_at(&st->holes, st->holes.nr - 1);
		if (ld_hole_continues(last, hole)) {
			last->length += hole->length;
			return;
		}
	}
	if (st->holes.nr >= LD_MAX_HOLES || ld_vec_reserve(&st->holes, 1)) {
		WRITE_ONCE(st->holes_dropped, st->holes_dropped + 1);
		return;
	}
	last = ld_vec_at(&st->holes, st->holes.nr);
	*last = *hole;
	WRITE_ONCE(st->holes.nr, st->holes.nr + 1);
}

/**
 * ld_store_object() - list an object of a walk
 * @st: the store
 * @o: the object; what it was reached from was listed before it
 *
 * May sleep. Where there is no room the object is counted as not listed: that is no reason to stop
 * recording. The rest of the request then is not listed either: a list has no gaps, and nothing in
 * it seems to be a root for want of what it was reached from.
 *
 * Return: index of its entry, ld_vec_at(&st->listed, index), or LD_NONE.
 */
u32 ld_store_object(struct ld_store *st, const struct livedump_object *o)
{
	u32 i = st->listed.nr;

	if (o->request == st->unlisted_request || ld_vec_reserve(&st->listed, 1)) {
		st->unlisted_request = o->request;
		WRITE_ONCE(st->unlisted, st->unlisted + 1);
		return LD_NONE;
	}
	*(struct livedump_object *)ld_vec_at(&st->listed, i) = *o;
	WRITE_ONCE(st->listed.nr, i + 1);
	return i;
}

/**
 * ld_store_note() - keep a note, wholly or not at all
 * @st: the store
 * @text: bytes, in chunks of a page
 *
 * May sleep.
 *
 * Return: 0, -ENOSPC at a limit, -ENOMEM, -EINTR when the caller is being killed.
 */
int ld_store_note(struct ld_store *st, const struct ld_vec *text)
{
	u32 to = st->notes.nr;
	u32 done = 0;
	u32 n;
	int err;

	err = ld_vec_reserve(&st->notes, text->nr);
	if (err)
		return err;
	while (done < text->nr) {
		/* up to the end of either chunk */
		n = min_t(u32, text->nr - done, PAGE_SIZE - done % PAGE_SIZE);
		n = min_t(u32, n, PAGE_SIZE - (to + done) % PAGE_SIZE);
		memcpy(ld_vec_at(&st->notes, to + done), ld_vec_at(text, done), n);
		done += n;
	}
	WRITE_ONCE(st->notes.nr, to + done);
	return 0;
}
