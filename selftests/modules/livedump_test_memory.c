// SPDX-License-Identifier: GPL-2.0
/*
 * livedump_test: objects in memory that is mapped in special ways: vmalloc, vmap, per CPU.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "livedump_test.h"

/* Mappings that may be made until all gaps are filled and they come one after the other. */
#define MAX_MAPS	32768
/* Mappings that follow map.first only to be taken away again, for others to take their place. */
#define MAX_PLACES	64
/* Of them, in the page table of map.first: more than tests take away. */
#define MIN_PLACES	16

DECLARE_PER_CPU(struct livedump_test_percpu, livedump_test_percpu_static);
DEFINE_PER_CPU(struct livedump_test_percpu, livedump_test_percpu_static);

/* vmalloc'd, or vmapped; NULL where there is none. */
static void *big, *straddling, *vmalloced, *packed, *open_text, *plain, *alias;
static void *maps[MAX_MAPS];
static unsigned int nr_maps;
static void *places[MAX_PLACES];
static unsigned int nr_places;
static void *map_first;
static struct page *map_page;
static struct livedump_test_percpu __percpu *dynamic;

static void *livedump_test_vmalloc(unsigned int pages)
{
	void *mem = vmalloc(pages * PAGE_SIZE);

	if (mem)
		memset(mem, LIVEDUMP_TEST_FILL, pages * PAGE_SIZE);
	return mem;
}

static int livedump_test_vmalloced(struct livedump_test_root *root)
{
	unsigned int i;

	big = livedump_test_vmalloc(LIVEDUMP_TEST_BIG_PAGES);
	straddling = livedump_test_vmalloc(2);
	vmalloced = livedump_test_vmalloc(1);
	packed = livedump_test_vmalloc(2);
	open_text = livedump_test_vmalloc(1);
	plain = livedump_test_vmalloc(LIVEDUMP_TEST_PLAIN_PAGES);
	if (!big || !straddling || !vmalloced || !packed || !open_text || !plain)
		return -ENOMEM;

	root->big = big;
	for (i = 0; i < sizeof(root->big->bytes); i++)
		root->big->bytes[i] = livedump_test_byte(i);

	root->straddling = straddling + PAGE_SIZE - sizeof(*root->straddling) / 2;
	livedump_test_leaf_fill(root->straddling, LIVEDUMP_TEST_LEAF_STRADDLING);

	root->vmalloced = vmalloced + 64;
	livedump_test_leaf_fill(root->vmalloced, LIVEDUMP_TEST_LEAF_VMALLOC);

	root->open_text = open_text + PAGE_SIZE - LIVEDUMP_TEST_OPEN;
	for (i = 0; i < LIVEDUMP_TEST_OPEN; i++)
		((char *)open_text)[PAGE_SIZE - LIVEDUMP_TEST_OPEN + i] = livedump_test_char(i);
	root->guard = open_text + PAGE_SIZE;

	/* Page i of the plain ones begins with i. */
	for (i = 0; i < LIVEDUMP_TEST_PLAIN_PAGES; i++)
		*(u64 *)(plain + i * PAGE_SIZE) = i;
	return livedump_test_publish((unsigned long)plain, "plain");
}

static int livedump_test_packed(struct livedump_test_root *root)
{
	struct livedump_test_packed *p;

	/* The pointer's first three bytes are the last ones of the first page. */
	p = packed + PAGE_SIZE - offsetof(struct livedump_test_packed, target) - 3;
	memset(p->pad, 'p', sizeof(p->pad));
	memset(p->end, 'e', sizeof(p->end));
	p->target = livedump_test_leaf_new(LIVEDUMP_TEST_LEAF_PACKED);
	root->packed = p;
	return p->target ? 0 : -ENOMEM;
}

static int livedump_test_alias(struct livedump_test_root *root)
{
	struct page *page;

	root->alias_direct = livedump_test_leaf_new(LIVEDUMP_TEST_LEAF_ALIAS);
	if (!root->alias_direct)
		return -ENOMEM;
	page = virt_to_page(root->alias_direct);
	alias = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	root->alias_vmap = alias;
	return alias ? 0 : -ENOMEM;
}

static int livedump_test_map_one(void)
{
	void *map = nr_maps < MAX_MAPS ? vmap(&map_page, 1, VM_MAP, PAGE_KERNEL) : NULL;

	if (!map)
		return -ENOMEM;
	maps[nr_maps++] = map;
	return 0;
}

static bool livedump_test_same_table(const void *a, const void *b)
{
	return !(((unsigned long)a ^ (unsigned long)b) & PMD_MASK);
}

/* A place by the page table that maps map_first, off the list, or NULL. */
static void *livedump_test_take_place(void)
{
	unsigned int i;
	void *place;

	for (i = nr_places; i > 0; i--) {
		place = places[i - 1];
		if (livedump_test_same_table(map_first, place)) {
			places[i - 1] = places[--nr_places];
			return place;
		}
	}
	return NULL;
}

/**
 * livedump_test_map_more() - map a page by the page table that maps map.first
 *
 * Return: 0 or a negative errno.
 */
int livedump_test_map_more(void)
{
	void *place = livedump_test_take_place();
	int err;

	if (!place)
		return -ENOSPC;
	vunmap(place);
	vm_unmap_aliases();
	do {
		err = livedump_test_map_one();
		if (err)
			return err;
	} while (!livedump_test_same_table(map_first, maps[nr_maps - 1]));
	return livedump_test_publish((unsigned long)maps[nr_maps - 1], "map.last");
}

/* Further mappings, of another page: how many of them share map_first's page table? */
static int livedump_test_fill_places(struct page *page)
{
	int nr = 0;

	while (nr_places < MAX_PLACES) {
		places[nr_places] = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
		if (!places[nr_places])
			return -ENOMEM;
		nr += livedump_test_same_table(map_first, places[nr_places++]);
	}
	return nr;
}

/*
 * The first of them is followed by enough others in its page table. Where vmalloc's space is full
 * of gaps they lie far from each other, and fill the gaps.
 */
static int livedump_test_maps(void)
{
	void *page = livedump_test_pages(0);
	void *other = livedump_test_pages(0);
	int err;

	if (!page || !other)
		return -ENOMEM;
	map_page = virt_to_page(page);
	for (;;) {
		err = livedump_test_map_one();
		if (err)
			return err;
		map_first = maps[nr_maps - 1];
		err = livedump_test_fill_places(virt_to_page(other));
		if (err < 0)
			return err;
		if (err >= MIN_PLACES)
			break;
		/* They stay: the gaps that they fill do not come up again. */
		while (nr_places && nr_maps < MAX_MAPS)
			maps[nr_maps++] = places[--nr_places];
	}
	return livedump_test_publish((unsigned long)map_first, "map.first");
}

static void livedump_test_percpu_fill(struct livedump_test_percpu *p, unsigned int cpu, u64 more)
{
	p->magic = LIVEDUMP_TEST_PERCPU_MAGIC + cpu + more;
	p->cpu = cpu;
	p->zero = 0;
	p->self = p;
}

static int livedump_test_percpus(struct livedump_test_root *root)
{
	struct livedump_test_percpu *p;
	unsigned int cpu;
	int err;

	dynamic = alloc_percpu(struct livedump_test_percpu);
	if (!dynamic)
		return -ENOMEM;
	root->percpu = dynamic;
	for_each_possible_cpu(cpu) {
		p = per_cpu_ptr(&livedump_test_percpu_static, cpu);
		livedump_test_percpu_fill(p, cpu, 0);
		err = livedump_test_publish((unsigned long)p, "percpu.static.%u", cpu);
		if (err)
			return err;
		p = per_cpu_ptr(dynamic, cpu);
		livedump_test_percpu_fill(p, cpu, 0x100000);
		err = livedump_test_publish((unsigned long)p, "percpu.dynamic.%u", cpu);
		if (err)
			return err;
	}
	err = livedump_test_publish((unsigned long)&livedump_test_percpu_static, "percpu.static");
	return err ?: livedump_test_publish((unsigned long)dynamic, "percpu.dynamic");
}

/**
 * livedump_test_memory_init() - make the objects
 *
 * Return: 0 or a negative errno.
 */
int livedump_test_memory_init(void)
{
	struct livedump_test_root *root = &livedump_test_root;
	int err;

	err = livedump_test_vmalloced(root);
	if (!err)
		err = livedump_test_packed(root);
	if (!err)
		err = livedump_test_alias(root);
	if (!err)
		err = livedump_test_maps();
	if (!err)
		err = livedump_test_percpus(root);
	return err;
}

/**
 * livedump_test_memory_exit() - free them, as far as they were made
 */
void livedump_test_memory_exit(void)
{
	free_percpu(dynamic);
	while (nr_places)
		vunmap(places[--nr_places]);
	while (nr_maps)
		vunmap(maps[--nr_maps]);
	vunmap(alias);
	vfree(plain);
	vfree(open_text);
	vfree(packed);
	vfree(vmalloced);
	vfree(straddling);
	vfree(big);
}
