// SPDX-License-Identifier: GPL-2.0
/*
 * livedump_test: slab caches that nobody else uses, with objects that are kept and objects that
 * were freed in every way that takes them to another freelist: by the CPU that allocates from the
 * slab, by another one, in slabs that were full.
 */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "livedump_test.h"

static struct livedump_test_slab slabs[LIVEDUMP_TEST_SLABS];
static struct kmem_cache *caches[LIVEDUMP_TEST_SLABS];

/* Of one slab, several to a page. */
#define TURNED		2048
static struct kmem_cache *turned_cache;
static void *turned[4];
/* Two of them, on different pages, and whether they are free. */
static int pair[2] = { 0, 1 };
static bool pair_is_free;
static bool turn;

/* A constructor takes the pointer of a free object out of the object, and keeps caches apart. */
static void livedump_test_construct(void *object)
{
	*(u64 *)object = LIVEDUMP_TEST_DATA;
}

/* So does a part that may be copied to user space; the pointer stays in the object. */
static int livedump_test_caches(void)
{
	strscpy(slabs[0].name, "livedump_constructed", sizeof(slabs[0].name));
	slabs[0].size = 200;
	caches[0] = kmem_cache_create(slabs[0].name, slabs[0].size, 0, 0,
				      livedump_test_construct);
	strscpy(slabs[1].name, "livedump_plain", sizeof(slabs[1].name));
	slabs[1].size = 72;
	caches[1] = kmem_cache_create_usercopy(slabs[1].name, slabs[1].size, 0, 0, 0, 8, NULL);
	return caches[0] && caches[1] ? 0 : -ENOMEM;
}

static void livedump_test_free(int slab, int i)
{
	slabs[slab].is_kept[i] = 0;
	slabs[slab].kept--;
	kmem_cache_free(caches[slab], (void *)(unsigned long)slabs[slab].objects[i]);
}

/*
 * Each fifth, and most of the last eight: those are in the slab that the first CPU allocates from.
 * No slab is left without an object, or it might be given back.
 */
static long livedump_test_free_here(void *unused)
{
	int slab, i;

	for (slab = 0; slab < LIVEDUMP_TEST_SLABS; slab++) {
		for (i = 0; i < LIVEDUMP_TEST_SLAB_OBJECTS - 8; i += 5)
			livedump_test_free(slab, i);
		for (i = LIVEDUMP_TEST_SLAB_OBJECTS - 8; i < LIVEDUMP_TEST_SLAB_OBJECTS; i++) {
			if (i % 4 != 3)
				livedump_test_free(slab, i);
		}
	}
	return 0;
}

static long livedump_test_free_there(void *unused)
{
	int slab, i;

	for (slab = 0; slab < LIVEDUMP_TEST_SLABS; slab++) {
		for (i = 1; i < LIVEDUMP_TEST_SLAB_OBJECTS - 8; i += 5)
			livedump_test_free(slab, i);
	}
	return 0;
}

static long livedump_test_fill_slabs(void *unused)
{
	struct livedump_test_slab *s;
	int slab, i;
	void *new;

	for (slab = 0; slab < LIVEDUMP_TEST_SLABS; slab++) {
		s = &slabs[slab];
		for (i = 0; i < LIVEDUMP_TEST_SLAB_OBJECTS; i++) {
			new = kmem_cache_alloc(caches[slab], GFP_KERNEL);
			if (!new)
				return -ENOMEM;
			if (slab)
				memset(new, LIVEDUMP_TEST_FILL, s->size);
			s->objects[i] = (unsigned long)new;
			s->is_kept[i] = 1;
			s->kept++;
		}
	}
	return 0;
}

/* Some objects of each kind by themselves, for tests that cannot read the module's memory. */
static int livedump_test_publish_slab(int slab)
{
	static const u8 some[] = { 0, 1, 2, 3, 4, 5, 6, 88, 89, 90, 91, 95 };
	int err, i;

	err = livedump_test_publish((unsigned long)&slabs[slab], "slab.%d", slab);
	for (i = 0; i < ARRAY_SIZE(some) && !err; i++)
		err = livedump_test_publish(slabs[slab].objects[some[i]], "slab.%d.%s.%d", slab,
					    slabs[slab].is_kept[some[i]] ? "kept" : "free", i);
	return err;
}

/* Each time the other one is freed last: it is first in the list then, and points to the other. */
static long livedump_test_turn_here(void *unused)
{
	int i;

	for (i = 0; i < 2 && pair_is_free; i++) {
		turned[pair[i]] = kmem_cache_alloc(turned_cache, GFP_KERNEL);
		if (!turned[pair[i]])
			return -ENOMEM;
	}
	if (turned[pair[0]] > turned[pair[1]])
		swap(pair[0], pair[1]);
	kmem_cache_free(turned_cache, turned[pair[turn]]);
	kmem_cache_free(turned_cache, turned[pair[!turn]]);
	pair_is_free = true;
	turn = !turn;
	return 0;
}

/**
 * livedump_test_turn() - turn the order of two free objects, first in the list of the first CPU
 *
 * Return: 0 or a negative errno.
 */
int livedump_test_turn(void)
{
	return work_on_cpu(cpumask_first(cpu_online_mask), livedump_test_turn_here, NULL);
}

static long livedump_test_turned_here(void *unused)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(turned); i++) {
		turned[i] = kmem_cache_alloc(turned_cache, GFP_KERNEL | __GFP_ZERO);
		if (!turned[i])
			return -ENOMEM;
	}
	while (pair[1] < 3 && !(((unsigned long)turned[0] ^ (unsigned long)turned[pair[1]]) &
				PAGE_MASK))
		pair[1]++;
	if (turned[pair[0]] > turned[pair[1]])
		swap(pair[0], pair[1]);
	return livedump_test_publish((unsigned long)turned[pair[1]], "turned");
}

static int livedump_test_turned_init(void)
{
	turned_cache = kmem_cache_create_usercopy("livedump_turned", TURNED, 0, 0, 0, 8, NULL);
	if (!turned_cache)
		return -ENOMEM;
	return work_on_cpu(cpumask_first(cpu_online_mask), livedump_test_turned_here, NULL);
}

static void livedump_test_turned_exit(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(turned); i++) {
		if (turned[i] && !(pair_is_free && (i == pair[0] || i == pair[1])))
			kmem_cache_free(turned_cache, turned[i]);
	}
	kmem_cache_destroy(turned_cache);
}

/**
 * livedump_test_slab_init() - make the caches and objects
 *
 * Return: 0 or a negative errno.
 */
int livedump_test_slab_init(void)
{
	int first = cpumask_first(cpu_online_mask), last = cpumask_last(cpu_online_mask);
	int err, i;

	err = livedump_test_caches() ?: livedump_test_turned_init();
	if (!err)
		err = work_on_cpu(first, livedump_test_fill_slabs, NULL);
	if (!err)
		err = work_on_cpu(last, livedump_test_free_there, NULL);
	if (!err)
		err = work_on_cpu(first, livedump_test_free_here, NULL);
	for (i = 0; i < LIVEDUMP_TEST_SLABS && !err; i++) {
		/* What KASAN keeps in quarantine goes to the slabs only now. */
		if (IS_ENABLED(CONFIG_KASAN_GENERIC))
			kmem_cache_shrink(caches[i]);
		err = livedump_test_publish_slab(i);
	}
	return err;
}

/**
 * livedump_test_slab_exit() - free them, as far as they were made
 */
void livedump_test_slab_exit(void)
{
	int slab, i;

	for (slab = 0; slab < LIVEDUMP_TEST_SLABS; slab++) {
		for (i = 0; i < LIVEDUMP_TEST_SLAB_OBJECTS; i++) {
			if (slabs[slab].is_kept[i])
				livedump_test_free(slab, i);
		}
		kmem_cache_destroy(caches[slab]);
	}
	livedump_test_turned_exit();
}
