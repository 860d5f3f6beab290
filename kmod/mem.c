// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: memory of our own. Every byte is counted against its owner's limit and the module's
 * cap, and every page is marked, so that a recording does not record itself.
 */
#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/vmalloc.h>

#include "livedump_private.h"

static atomic64_t ld_used = ATOMIC64_INIT(0);
static u64 ld_cap;

/* Its address in page->private says that a page is ours; the buddy allocator clears the field. */
static const char ld_mark;

static void ld_mark_pages(void *buf, size_t size, unsigned long mark)
{
	size_t off;

	for (off = 0; off < size; off += PAGE_SIZE)
		set_page_private(vmalloc_to_page(buf + off), mark);
}

/**
 * ld_page_is_ours() - is a page one of livedump's buffers?
 * @page: page of an online page frame; need not be referenced
 *
 * Return: whether it is.
 */
bool ld_page_is_ours(struct page *page)
{
	return READ_ONCE(page_private(page)) == (unsigned long)&ld_mark;
}

/**
 * ld_mem_cap() - the module's cap
 *
 * Return: bytes.
 */
u64 ld_mem_cap(void)
{
	return READ_ONCE(ld_cap);
}

/**
 * ld_mem_set_cap() - set the module's cap
 * @bytes: most bytes that all sessions together may use
 */
void ld_mem_set_cap(u64 bytes)
{
	WRITE_ONCE(ld_cap, bytes);
}

/**
 * ld_mem_used() - what all sessions use
 *
 * Return: bytes.
 */
u64 ld_mem_used(void)
{
	return atomic64_read(&ld_used);
}

/**
 * ld_charge() - count memory that is about to be allocated
 * @acct: who pays; the caller holds the lock of its owner
 * @bytes: how many
 *
 * Return: 0, or -ENOSPC at the limit or the cap.
 */
int ld_charge(struct ld_account *acct, u64 bytes)
{
	if (bytes > acct->limit - acct->used)
		return -ENOSPC;
	if (atomic64_add_return(bytes, &ld_used) > ld_mem_cap()) {
		atomic64_sub(bytes, &ld_used);
		return -ENOSPC;
	}
	WRITE_ONCE(acct->used, acct->used + bytes);
	return 0;
}

/**
 * ld_uncharge() - count memory that was freed
 * @acct: who paid
 * @bytes: how many
 */
void ld_uncharge(struct ld_account *acct, u64 bytes)
{
	WRITE_ONCE(acct->used, acct->used - bytes);
	atomic64_sub(bytes, &ld_used);
}

/**
 * ld_alloc() - allocate a buffer, not zeroed
 * @acct: who pays; the caller holds the lock of its owner
 * @size: bytes, a multiple of the page size
 * @ret: the buffer
 *
 * May sleep.
 *
 * Return: 0, -ENOSPC at a limit, -ENOMEM, -EINTR when the caller is being killed: vmalloc() then
 * fails for no other reason.
 */
int ld_alloc(struct ld_account *acct, size_t size, void **ret)
{
	int err = ld_charge(acct, size);
	void *buf;

	if (err)
		return err;
	buf = __vmalloc(size, LD_GFP_MAPPED);
	if (!buf) {
		ld_uncharge(acct, size);
		return fatal_signal_pending(current) ? -EINTR : -ENOMEM;
	}
	ld_mark_pages(buf, size, (unsigned long)&ld_mark);
	*ret = buf;
	return 0;
}

/**
 * ld_free() - free a buffer
 * @acct: who paid
 * @buf: from ld_alloc(), or NULL
 * @size: as given there
 *
 * Pages that are still mapped by a process live on until it unmaps them.
 */
void ld_free(struct ld_account *acct, void *buf, size_t size)
{
	if (!buf)
		return;
	ld_mark_pages(buf, size, 0);
	vfree(buf);
	ld_uncharge(acct, size);
}
