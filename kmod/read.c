// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: reading memory that is not ours. Nothing else in the module dereferences a foreign
 * address. Bytes are read by page frame, through the direct map, after the frame has been found
 * to be RAM that may be read; the copy itself survives a fault.
 */
#include <linux/ioport.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/page-flags.h>
#include <linux/rwsem.h>
#include <linux/uaccess.h>

#include "livedump_private.h"

/* RAM is looked up in the resource tree, which is slow, in blocks of 2 MiB. */
#define LD_RAM_BLOCK_SHIFT	(21 - PAGE_SHIFT)

/* ld_ram.kind; 0 means that nothing has been looked up yet. */
enum { LD_RAM_UNKNOWN, LD_RAM_ALL, LD_RAM_NONE, LD_RAM_MIXED };

/*
 * Held for reading by every request. Memory that goes offline can take its struct pages with it:
 * that waits until nobody looks at them any more.
 */
static DECLARE_RWSEM(ld_memory_sem);

static int ld_memory_notify(struct notifier_block *nb, unsigned long action, void *arg)
{
	if (action == MEM_OFFLINE) {
		/* From now on pfn_to_online_page() says no; wait for those who asked before. */
		down_write(&ld_memory_sem);
		up_write(&ld_memory_sem);
	}
	return NOTIFY_OK;
}

static struct notifier_block ld_memory_nb = {
	.notifier_call = ld_memory_notify,
};

/**
 * ld_memory_init() - begin to watch memory go offline
 *
 * Return: 0 or -ENOMEM.
 */
int ld_memory_init(void)
{
	return register_memory_notifier(&ld_memory_nb);
}

/**
 * ld_memory_exit() - end ld_memory_init()
 */
void ld_memory_exit(void)
{
	unregister_memory_notifier(&ld_memory_nb);
}

/**
 * ld_memory_get() - keep struct pages where they are, until ld_memory_put()
 *
 * May sleep.
 */
void ld_memory_get(void)
{
	down_read(&ld_memory_sem);
}

/**
 * ld_memory_put() - end ld_memory_get()
 */
void ld_memory_put(void)
{
	up_read(&ld_memory_sem);
}

/**
 * ld_memory_yield() - let memory go offline if it wants to; the caller has called ld_memory_get()
 *
 * Return: whether it did: what was known of the memory map may be wrong now.
 */
bool ld_memory_yield(void)
{
	if (!rwsem_is_contended(&ld_memory_sem))
		return false;
	up_read(&ld_memory_sem);
	down_read(&ld_memory_sem);
	return true;
}

static int ld_walk_ram(u64 start, u64 end, void *arg, int (*func)(struct resource *, void *))
{
	return walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, start,
				   end, arg, func);
}

static int ld_ram_size(struct resource *res, void *arg)
{
	*(u64 *)arg += resource_size(res);
	return 0;
}

static int ld_ram_kind(u64 block)
{
	u64 size = PAGE_SIZE << LD_RAM_BLOCK_SHIFT;
	u64 ram = 0;

	ld_walk_ram(block * size, block * size + size - 1, &ram, ld_ram_size);
	if (!ram)
		return LD_RAM_NONE;
	return ram == size ? LD_RAM_ALL : LD_RAM_MIXED;
}

static bool ld_is_ram(struct ld_ram *ram, u64 pfn)
{
	u64 block = pfn >> LD_RAM_BLOCK_SHIFT;

	if (ram->kind == LD_RAM_UNKNOWN || ram->block != block) {
		ram->block = block;
		ram->kind = ld_ram_kind(block);
	}
	return ram->kind == LD_RAM_ALL || (ram->kind == LD_RAM_MIXED && page_is_ram(pfn));
}

static int ld_ram_start(struct resource *res, void *arg)
{
	*(u64 *)arg = res->start;
	return 1;
}

/**
 * ld_next_ram() - the next RAM
 * @paddr: where to begin
 *
 * Return: the lowest physical address of RAM that is not below @paddr, 0 where there is none: so
 * that minus one it is the end of what is not RAM, either way.
 */
u64 ld_next_ram(u64 paddr)
{
	u64 start = 0;

	ld_walk_ram(paddr, (resource_size_t)-1, &start, ld_ram_start);
	return start;
}

static int ld_ram_end(struct resource *res, void *arg)
{
	*(u64 *)arg = max_t(u64, *(u64 *)arg, res->end);
	return 0;
}

/**
 * ld_max_pfn() - the end of RAM
 *
 * Return: one past the last page frame of RAM.
 */
u64 ld_max_pfn(void)
{
	u64 end = 0;

	ld_walk_ram(0, (resource_size_t)-1, &end, ld_ram_end);
	return PHYS_PFN(end) + 1;
}

/*
 * Anonymous memory and page cache. Without a reference the answer can be a moment old, as it is
 * in /proc/kpageflags; nothing is dereferenced for it but struct pages.
 */
static bool ld_page_is_user(struct page *page)
{
	struct page *head = compound_head(page);

	if (PageSlab(head))
		return false;
	return PageLRU(head) || PageAnon(head) || READ_ONCE(head->mapping);
}

/**
 * ld_read_allowed() - may a page frame be read?
 * @ram: the request's cache, zero at first
 * @pfn: any number
 * @flags: LIVEDUMP_USER_MEMORY lets anonymous memory and page cache pass
 *
 * Return: LIVEDUMP_OK, or why not.
 */
enum livedump_reason ld_read_allowed(struct ld_ram *ram, u64 pfn, u32 flags)
{
	struct page *page;

	if (pfn > PHYS_PFN((phys_addr_t)~0ULL) || !ld_is_ram(ram, pfn))
		return LIVEDUMP_NOT_RAM;
	page = pfn_to_online_page(pfn);
	if (!page)
		return LIVEDUMP_OFFLINE;
	if (PageHWPoison(page))
		return LIVEDUMP_POISONED;
	if (PageOffline(page))
		return LIVEDUMP_OFFLINE;
	if (ld_page_is_ours(page))
		return LIVEDUMP_SELF;
	if (!(flags & LIVEDUMP_USER_MEMORY) && ld_page_is_user(page))
		return LIVEDUMP_USER;
	return LIVEDUMP_OK;
}

/**
 * ld_slab_page() - the slab that a page frame is part of
 * @ram: the request's cache
 * @pfn: any number
 *
 * Return: the slab's first struct page, NULL where the page frame may not be read or is of no slab.
 */
struct page *ld_slab_page(struct ld_ram *ram, u64 pfn)
{
	struct page *head;

	if (ld_read_allowed(ram, pfn, 0))
		return NULL;
	head = compound_head(pfn_to_page(pfn));
	return PageSlab(head) ? head : NULL;
}

/**
 * ld_read_page() - copy a page frame
 * @pfn: one that ld_read_allowed() let pass
 * @to: a page of our own memory; undefined after a failure
 *
 * Never sleeps.
 *
 * Return: LIVEDUMP_OK or LIVEDUMP_FAULTED.
 */
enum livedump_reason ld_read_page(u64 pfn, void *to)
{
	if (copy_from_kernel_nofault(to, __va(PFN_PHYS(pfn)), PAGE_SIZE))
		return LIVEDUMP_FAULTED;
	return LIVEDUMP_OK;
}

/**
 * ld_read_bytes() - copy something small: a page-table entry, a header
 * @from: in a page frame that ld_read_allowed() let pass, or in the struct page of one
 * @to: our own
 * @size: bytes
 *
 * Never sleeps.
 *
 * Return: LIVEDUMP_OK or LIVEDUMP_FAULTED.
 */
enum livedump_reason ld_read_bytes(const void *from, void *to, size_t size)
{
	return copy_from_kernel_nofault(to, from, size) ? LIVEDUMP_FAULTED : LIVEDUMP_OK;
}
