// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: one request, and one page for it: found, read, kept. The only place where
 * translation, reading and the store meet.
 */
#include <linux/cpu.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>

#include "livedump_private.h"

/* Pages or objects between two looks at the clock and at pending signals. */
#define LD_POLL_INTERVAL	64

static void ld_request_forget(struct ld_request *rq)
{
	int i;

	rq->ram = (struct ld_ram){};
	for (i = 0; i < LD_NR_EXTENTS; i++)
		rq->extents[i] = (struct ld_extent){ .start = 1, .end = 0 };
}

/**
 * ld_request_begin() - begin a request
 * @rq: the request
 * @s: its session; the caller holds the lock until ld_request_end()
 * @flags: LIVEDUMP_KEEP, LIVEDUMP_USER_MEMORY
 *
 * Return: 0, -ESHUTDOWN, -ETIME.
 */
int ld_request_begin(struct ld_request *rq, struct ld_session *s, u32 flags)
{
	u64 now = ktime_get_boottime_ns();
	int err = ld_session_recording(s, now);

	if (err)
		return err;
	memset(rq, 0, sizeof(*rq));
	rq->session = s;
	rq->store = &s->store;
	rq->flags = flags;
	rq->start_ns = now;
	rq->deadline_ns = s->deadline_ns ?: U64_MAX;
	rq->max_bytes = U64_MAX;
	ld_request_forget(rq);
	rq->number = s->requests + 1;
	WRITE_ONCE(s->requests, rq->number);
	ld_memory_get();
	return 0;
}

/**
 * ld_request_end() - end a request and count what it did
 * @rq: the request; the caller still holds the session's lock
 *
 * Return: 0, or the error that stopped it.
 */
int ld_request_end(struct ld_request *rq)
{
	struct ld_stats *stats = &rq->session->stats;
	int i;

	lockdep_assert_held(&rq->session->lock);
	ld_memory_put();
	for (i = 0; i < LIVEDUMP_NR_REASONS; i++)
		WRITE_ONCE(stats->missing[i], stats->missing[i] + rq->missing[i]);
	WRITE_ONCE(stats->refreshed, stats->refreshed + rq->refreshed);
	WRITE_ONCE(stats->busy_ns, stats->busy_ns + ktime_get_boottime_ns() - rq->start_ns);

	switch (rq->stop) {
	case LIVEDUMP_LIMIT:
		return -ENOSPC;
	case LIVEDUMP_NO_MEMORY:
		return -ENOMEM;
	case LIVEDUMP_INTERRUPTED:
		return -EINTR;
	case LIVEDUMP_LOCKDOWN:
		return ld_refuse("the kernel was locked down during the request");
	default:
		return 0;
	}
}

/**
 * ld_request_poll() - be killable, leave the CPU, watch the clock
 * @rq: the request; its @stop is set when it is time to end
 *
 * May sleep. Cheap: most calls only count.
 */
void ld_request_poll(struct ld_request *rq)
{
	if (++rq->polls % LD_POLL_INTERVAL)
		return;
	cond_resched();
	/* What was learnt of the memory map does not outlast a change of it. */
	if (ld_memory_yield())
		ld_request_forget(rq);
	if (fatal_signal_pending(current))
		rq->stop = LIVEDUMP_INTERRUPTED;
	else if (ld_locked_down())
		rq->stop = LIVEDUMP_LOCKDOWN;
	else if (ktime_get_boottime_ns() <= rq->deadline_ns)
		return;
	else if (!rq->stop)
		rq->stop = LIVEDUMP_TIMEOUT;
	rq->over = true;
}

/**
 * ld_request_get_cpus() - let no CPU come or go, until cpus_read_unlock()
 * @rq: the request
 *
 * May sleep. Who takes memory offline holds off CPUs while he waits for our requests: of the two
 * locks, that of the CPUs is taken first.
 */
void ld_request_get_cpus(struct ld_request *rq)
{
	ld_memory_put();
	cpus_read_lock();
	ld_memory_get();
	ld_request_forget(rq);
}

/**
 * ld_request_missing() - count bytes that are missing, and list them
 * @rq: the request
 * @address: first byte
 * @length: bytes; 0 does nothing
 * @reason: why
 * @hole_flags: LIVEDUMP_HOLE_*
 */
void ld_request_missing(struct ld_request *rq, u64 address, u64 length,
			enum livedump_reason reason, u16 hole_flags)
{
	struct livedump_hole hole = {
		.address = address,
		.length = length,
		.request = rq->number,
		.reason = reason,
		.flags = hole_flags,
	};

	if (!length)
		return;
	rq->missing[reason] += length;
	ld_store_hole(rq->store, &hole);
}

/**
 * ld_request_stop() - stop a request for want of memory
 * @rq: the request
 * @err: what a reserving function returned
 *
 * Return: LIVEDUMP_OK where @err is 0, else the reason.
 */
enum livedump_reason ld_request_stop(struct ld_request *rq, int err)
{
	switch (err) {
	case 0:
		return LIVEDUMP_OK;
	case -ENOSPC:
		rq->stop = LIVEDUMP_LIMIT;
		break;
	case -EINTR:
		rq->stop = LIVEDUMP_INTERRUPTED;
		break;
	default:
		rq->stop = LIVEDUMP_NO_MEMORY;
		break;
	}
	return rq->stop;
}

static enum livedump_reason ld_reserve(struct ld_request *rq)
{
	return rq->stop ?: ld_request_stop(rq, ld_store_reserve(rq->store, 1, 1));
}

/* The bytes of a page frame as they are, or were when they were copied. */
static enum livedump_reason ld_read_or_copy(u64 pfn, const struct ld_copy *copy, void *to)
{
	if (!copy)
		return ld_read_page(pfn, to);
	memcpy(to, copy->bytes, PAGE_SIZE);
	return LIVEDUMP_OK;
}

static enum livedump_reason ld_read_new(struct ld_request *rq, u64 pfn,
					const struct ld_copy *copy, u32 *page)
{
	struct ld_store *st = rq->store;
	enum livedump_reason why = ld_reserve(rq);

	if (!why)
		why = ld_read_or_copy(pfn, copy, ld_store_data(st, st->pages.vec.nr));
	if (!why)
		*page = ld_store_commit(st, pfn);
	return why;
}

static enum livedump_reason ld_read_again(struct ld_request *rq, u64 pfn,
					  const struct ld_copy *copy, u32 page)
{
	enum livedump_reason why = ld_read_or_copy(pfn, copy, rq->store->bounce);

	if (!why) {
		memcpy(ld_store_data(rq->store, page), rq->store->bounce, PAGE_SIZE);
		rq->refreshed++;
	}
	return why;
}

/* A mere page table is never kept: an older one may not map what is recorded now. */
static bool ld_is_kept(const struct ld_request *rq, const struct livedump_page *p, u16 why)
{
	return (rq->flags & LIVEDUMP_KEEP) &&
	       (why != LIVEDUMP_PAGE_TABLE || p->flags != LIVEDUMP_PAGE_TABLE);
}

/* The bytes of one page frame: as this request has them already, or @copy, or read now. */
static enum livedump_reason ld_capture_frame(struct ld_request *rq, u64 pfn, u16 why_kept,
					     const struct ld_copy *copy, u32 *page)
{
	struct livedump_page *p;
	enum livedump_reason why;

	*page = ld_store_find(rq->store, pfn);
	if (*page != LD_NONE) {
		p = ld_store_page(rq->store, *page);
		if (p->request == rq->number || (!copy && ld_is_kept(rq, p, why_kept))) {
			p->flags |= why_kept;
			return LIVEDUMP_OK;
		}
	}
	if (rq->stop)
		return rq->stop;
	if (rq->pages >= rq->max_bytes >> PAGE_SHIFT) {
		rq->stop = LIVEDUMP_BUDGET;
		return rq->stop;
	}
	why = ld_read_allowed(&rq->ram, pfn, rq->flags);
	if (why)
		return why;
	why = *page == LD_NONE ? ld_read_new(rq, pfn, copy, page) :
				 ld_read_again(rq, pfn, copy, *page);
	if (why)
		return why;
	p = ld_store_page(rq->store, *page);
	p->time_ns = copy ? copy->time_ns : ktime_get_boottime_ns();
	p->request = rq->number;
	p->flags |= why_kept;
	rq->pages++;
	return LIVEDUMP_OK;
}

static enum livedump_reason ld_note_vaddr(struct ld_request *rq, u64 vaddr, u64 pfn, u32 page)
{
	struct livedump_page *p = ld_store_page(rq->store, page);
	enum livedump_reason why;

	vaddr &= PAGE_MASK;
	if (vaddr >= ld_kernel.text_start && vaddr < ld_kernel.text_end) {
		p->vaddr = vaddr;
		return LIVEDUMP_OK;
	}
	if (vaddr == (unsigned long)__va(PFN_PHYS(pfn))) {
		if (!p->vaddr)
			p->vaddr = vaddr;
		return LIVEDUMP_OK;
	}
	if (!ld_store_alias(rq->store, vaddr, page, rq->number))
		return LIVEDUMP_OK;
	why = ld_reserve(rq);
	if (!why)
		ld_store_alias(rq->store, vaddr, page, rq->number);
	return why;
}

static enum livedump_reason ld_capture_frames(struct ld_request *rq, const struct ld_mapping *m)
{
	enum livedump_reason why;
	u32 i, page;

	for (i = 0; i < m->nr_tables; i++) {
		why = ld_capture_frame(rq, m->tables[i], LIVEDUMP_PAGE_TABLE, NULL, &page);
		if (why)
			return why;
	}
	return LIVEDUMP_OK;
}

/* The kernel-image address of a page frame, 0 where it lies outside. */
static u64 ld_image_address(u64 pfn)
{
	u64 offset = PFN_PHYS(pfn) - ld_kernel.text_paddr;

	if (offset >= ld_kernel.text_end - ld_kernel.text_start)
		return 0;
	return ld_kernel.text_start + offset;
}

/*
 * A page frame of the kernel image, however it was reached, is known by its kernel-image address as
 * well, if it is still mapped there: parts of the image are freed after boot.
 */
static void ld_note_image(struct ld_request *rq, u64 pfn)
{
	u64 vaddr = ld_image_address(pfn);
	struct livedump_page *p;
	struct ld_mapping m;
	u32 page;

	if (!vaddr)
		return;
	page = ld_store_find(rq->store, pfn);
	if (page == LD_NONE || ld_store_page(rq->store, page)->vaddr == vaddr)
		return;
	if (ld_translate(&rq->ram, vaddr, &m) || m.pfn != pfn || ld_capture_frames(rq, &m))
		return;
	p = ld_store_page(rq->store, page);
	p->vaddr = vaddr;
}

/*
 * The page tables above an address: what readers need to find the page by it. Some of them, the
 * root for one, are variables of the kernel.
 */
static enum livedump_reason ld_capture_tables(struct ld_request *rq, const struct ld_mapping *m)
{
	enum livedump_reason why = ld_capture_frames(rq, m);
	u32 i;

	for (i = 0; i < m->nr_tables && !why; i++)
		ld_note_image(rq, m->tables[i]);
	return why;
}

/* Where @vaddr is, its page tables captured; @end is the last address for which a failure holds. */
static enum livedump_reason ld_locate(struct ld_request *rq, u64 vaddr, u64 *pfn, u64 *end)
{
	struct ld_extent *known = &rq->extents[LD_EXTENT_SLOT(vaddr)];
	enum livedump_reason why, tables;
	struct ld_mapping m;

	*end = vaddr | ~PAGE_MASK;
	if (vaddr >= known->start && vaddr <= known->end)
		return ld_extent_lookup(known, vaddr, pfn);

	why = ld_translate(&rq->ram, vaddr, &m);
	if (why == LIVEDUMP_BAD_ADDRESS)
		*end = ld_kernel_start() - 1;
	else if (why && m.extent.end > vaddr && !m.extent.ptes)
		*end = m.extent.end;
	/* Without a page table there is nothing to translate, and nothing to keep for it. */
	if (why && !m.extent.ptes)
		return why;
	tables = ld_capture_tables(rq, &m);
	if (tables)
		return tables;
	*known = m.extent;
	*pfn = m.pfn;
	return why;
}

/**
 * ld_capture_phys() - capture a page frame
 * @rq: the request
 * @pfn: any number
 * @why: LIVEDUMP_PAGE_*
 * @page: its index in the store
 *
 * Where the direct map or the kernel image has it, the page tables that say so are captured too.
 *
 * Return: LIVEDUMP_OK, or why it is missing.
 */
enum livedump_reason ld_capture_phys(struct ld_request *rq, u64 pfn, u16 why, u32 *page)
{
	enum livedump_reason missing = ld_capture_frame(rq, pfn, why, NULL, page);
	u64 mapped, end;

	if (!missing) {
		ld_locate(rq, (unsigned long)__va(PFN_PHYS(pfn)), &mapped, &end);
		ld_note_image(rq, pfn);
	}
	return missing;
}

/**
 * ld_capture_copy() - capture the page a virtual address lies in, as it was a moment ago
 * @rq: the request
 * @vaddr: any address
 * @copy: its bytes then, or NULL to read them now
 * @why: LIVEDUMP_PAGE_*
 * @page: its index in the store
 * @skip: on failure, the last address for which the same failure holds; may be NULL
 *
 * Where this request has captured the page before, that stays.
 *
 * Return: LIVEDUMP_OK, or why it is missing.
 */
enum livedump_reason ld_capture_copy(struct ld_request *rq, u64 vaddr, const struct ld_copy *copy,
				     u16 why, u32 *page, u64 *skip)
{
	enum livedump_reason missing;
	u64 pfn, end;

	missing = ld_locate(rq, vaddr, &pfn, &end);
	if (skip)
		*skip = end;
	if (missing)
		return missing;
	/* Another page is there now; where that came from, nobody looks for. */
	if (copy && copy->pfn != U64_MAX && copy->pfn != pfn)
		return LIVEDUMP_UNMAPPED;
	missing = ld_capture_frame(rq, pfn, why, copy, page);
	if (!missing)
		missing = ld_note_vaddr(rq, vaddr, pfn, *page);
	if (!missing)
		ld_note_image(rq, pfn);
	return missing;
}

/**
 * ld_capture_virt() - capture the page a virtual address lies in
 * @rq: the request
 * @vaddr: any address
 * @why: LIVEDUMP_PAGE_*
 * @page: its index in the store
 * @skip: on failure, the last address for which the same failure holds; may be NULL
 *
 * Return: LIVEDUMP_OK, or why it is missing.
 */
enum livedump_reason ld_capture_virt(struct ld_request *rq, u64 vaddr, u16 why, u32 *page,
				     u64 *skip)
{
	return ld_capture_copy(rq, vaddr, NULL, why, page, skip);
}
