// SPDX-License-Identifier: GPL-2.0
/*
 * livedump_test: memory that must not be read, or may be gone, or looks like something else: device
 * memory, a page that is marked as damaged, one that is marked as lent to the hypervisor, a freed
 * object, a page of several that belong together.
 */
#include <linux/err.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "livedump_test.h"

/* The old VGA window: device memory on every PC, harmless to touch should something go wrong. */
#define MMIO_PADDR	0xa0000

static void __iomem *mmio;
static struct page *poisoned, *offline, *compound;
static struct kmem_cache *cache;
static void *neighbour;

static int livedump_test_mmio(struct livedump_test_root *root)
{
	mmio = ioremap(MMIO_PADDR, PAGE_SIZE);
	if (!mmio)
		return -ENOMEM;
	root->mmio = (__force void *)mmio;
	return livedump_test_publish(MMIO_PADDR, "mmio.paddr");
}

/* What lies before them is ours: a type may be longer than its object (struct kmem_cache is). */
#define BEFORE_ORDER	3
#define BEFORE		((1 << BEFORE_ORDER) - 1)

static struct page *livedump_test_page(void)
{
	struct page *pages = alloc_pages(GFP_KERNEL, BEFORE_ORDER);

	if (!pages)
		return NULL;
	split_page(pages, BEFORE_ORDER);
	return pages + BEFORE;
}

static void livedump_test_free_page(struct page *page)
{
	unsigned int i;

	for (i = 0; i <= BEFORE; i++)
		__free_page(page - i);
}

static int livedump_test_poisoned(void)
{
	int err;

	poisoned = livedump_test_page();
	if (!poisoned)
		return -ENOMEM;
	SetPageHWPoison(poisoned);
	err = livedump_test_publish((unsigned long)page_address(poisoned), "poisoned");
	return err ?: livedump_test_publish(page_to_pfn(poisoned), "poisoned.pfn");
}

static int livedump_test_offline(void)
{
	int err;

	offline = livedump_test_page();
	if (!offline)
		return -ENOMEM;
	__SetPageOffline(offline);
	err = livedump_test_publish((unsigned long)page_address(offline), "offline");
	return err ?: livedump_test_publish(page_to_pfn(offline), "offline.pfn");
}

/* Of pages that belong together only the first says whose they are. Page i begins with i. */
static int livedump_test_compound(void)
{
	unsigned long i;
	void *at;

	compound = alloc_pages(GFP_KERNEL | __GFP_COMP, LIVEDUMP_TEST_COMPOUND_ORDER);
	if (!compound)
		return -ENOMEM;
	at = page_address(compound);
	for (i = 0; i < 1UL << LIVEDUMP_TEST_COMPOUND_ORDER; i++) {
		memset(at + i * PAGE_SIZE, LIVEDUMP_TEST_FILL, PAGE_SIZE);
		*(u64 *)(at + i * PAGE_SIZE) = i;
	}
	return livedump_test_publish((unsigned long)at, "compound");
}

/* A neighbour that stays allocated keeps the slab's page from going back to the system. */
static int livedump_test_freed(struct livedump_test_root *root)
{
	struct livedump_test_leaf *leaf;

	cache = kmem_cache_create("livedump_test", sizeof(*leaf), 0, SLAB_POISON, NULL);
	if (!cache)
		return -ENOMEM;
	neighbour = kmem_cache_alloc(cache, GFP_KERNEL);
	leaf = kmem_cache_alloc(cache, GFP_KERNEL);
	if (!neighbour || !leaf)
		return -ENOMEM;
	livedump_test_leaf_fill(leaf, LIVEDUMP_TEST_LEAF_FREED);
	root->freed = leaf;
	kmem_cache_free(cache, leaf);
	return 0;
}

/**
 * livedump_test_odd_init() - make the pages and objects
 *
 * Return: 0 or a negative errno.
 */
int livedump_test_odd_init(void)
{
	struct livedump_test_root *root = &livedump_test_root;
	int err;

	err = livedump_test_mmio(root);
	if (!err)
		err = livedump_test_poisoned();
	if (!err)
		err = livedump_test_offline();
	if (!err)
		err = livedump_test_compound();
	if (!err)
		err = livedump_test_freed(root);
	return err;
}

/**
 * livedump_test_odd_exit() - free them, as far as they were made
 */
void livedump_test_odd_exit(void)
{
	if (neighbour)
		kmem_cache_free(cache, neighbour);
	kmem_cache_destroy(cache);
	if (compound)
		__free_pages(compound, LIVEDUMP_TEST_COMPOUND_ORDER);
	if (offline) {
		__ClearPageOffline(offline);
		livedump_test_free_page(offline);
	}
	if (poisoned) {
		ClearPageHWPoison(poisoned);
		livedump_test_free_page(poisoned);
	}
	if (mmio)
		iounmap(mmio);
}
