// SPDX-License-Identifier: GPL-2.0
/*
 * Objects of slabs: found from every address, free or not, whole caches, pointers into them. The
 * truth is the test module's, which has caches of its own.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "livedump_harness.h"
#include "livedump_slab.h"
#include "livedump_utils.h"

#define KNOWN	(LIVEDUMP_WHATIS_FREE | LIVEDUMP_WHATIS_ALLOCATED)
#define OBJECTS	LIVEDUMP_TEST_SLAB_OBJECTS

FIXTURE(slab) {
	int dev;
	int fd;
	struct livedump_info info;
	struct livedump_slab layout;
	struct livedump_test_slab slabs[LIVEDUMP_TEST_SLABS];
	struct snap snap;
};

FIXTURE_SETUP(slab)
{
	char name[16];
	int i;

	test_device(self->dev);
	test_info(self->dev, &self->info);
	test_create(self->fd, self->dev, NULL);
	ASSERT_EQ(0, slab_layout(&self->layout));
	for (i = 0; i < LIVEDUMP_TEST_SLABS; i++) {
		snprintf(name, sizeof(name), "slab.%d", i);
		kcore_read(address_of(name), &self->slabs[i], sizeof(self->slabs[i]));
	}
	snap_init(&self->snap);
	self->snap.arg.slab = (uintptr_t)&self->layout;
}

FIXTURE_TEARDOWN(slab)
{
	close(self->fd);
	close(self->dev);
}

/* May free objects wait where no freelist shows them? */
static bool has_sheaves(const struct livedump_slab *layout)
{
	return layout->cache_sheaf_capacity != LIVEDUMP_SLAB_NONE;
}

TEST_F(slab, objects)
{
	const __u32 at[] = { 0, 1, 8, 63, 71 };
	struct livedump_whatis w = {};
	int s, i, k, known = 0;

	for (s = 0; s < LIVEDUMP_TEST_SLABS; s++) {
		const struct livedump_test_slab *slab = &self->slabs[s];

		for (i = 0; i < OBJECTS; i++) {
			for (k = 0; k < ARRAY_SIZE(at); k++) {
				test_whatis(self->dev, slab->objects[i] + at[k], &self->layout, &w);
				ASSERT_EQ(LIVEDUMP_WHATIS_PAGE | LIVEDUMP_WHATIS_SLAB |
					  LIVEDUMP_WHATIS_OBJECT, w.out_flags & ~KNOWN);
				ASSERT_EQ(slab->objects[i], w.out_start);
				ASSERT_EQ(slab->size, w.out_length);
				ASSERT_LE(slab->size, w.out_stride);
				ASSERT_LT(w.out_index, w.out_objects);
				ASSERT_STREQ(slab->name, w.out_cache_name);
				ASSERT_EQ(LIVEDUMP_OK, w.out_reason);
				ASSERT_EQ(slab->objects[i] + at[k] - self->info.out_page_offset,
					  w.out_paddr);
			}
			ASSERT_NE(slab->is_kept[i] ? LIVEDUMP_WHATIS_FREE :
				  LIVEDUMP_WHATIS_ALLOCATED, w.out_flags & KNOWN)
				TH_LOG("%s %d is_kept %d", slab->name, i, slab->is_kept[i]);
			known += !!(w.out_flags & KNOWN);
		}
	}
	if (!has_sheaves(&self->layout))
		EXPECT_EQ(LIVEDUMP_TEST_SLABS * OBJECTS, known);
}

/* All bytes of the pages the objects lie in belong to one object after the other. */
TEST_F(slab, every_address)
{
	struct livedump_whatis w = {};
	__u64 page, addr, start = 0, step = is_slow() ? 37 : 1;
	__u32 index = 0;
	int s;

	for (s = 0; s < LIVEDUMP_TEST_SLABS; s++) {
		page = self->slabs[s].objects[0] & PAGE_MASK;
		start = 0;
		for (addr = page; addr < page + PAGE_SIZE; addr += step) {
			test_whatis(self->dev, addr, &self->layout, &w);
			ASSERT_TRUE(w.out_flags & LIVEDUMP_WHATIS_SLAB);
			if (!(w.out_flags & LIVEDUMP_WHATIS_OBJECT))
				break;
			if (start && w.out_start != start) {
				ASSERT_EQ(start + w.out_stride, w.out_start);
				ASSERT_EQ(index + 1, w.out_index);
			}
			start = w.out_start;
			index = w.out_index;
			ASSERT_GT(start + w.out_stride, addr);
			ASSERT_LT(start, addr + w.out_stride);
		}
		ASSERT_NE(0, start);
		/* What is left over at the slab's end has no object. */
		for (; addr < page + PAGE_SIZE; addr += step) {
			test_whatis(self->dev, addr, &self->layout, &w);
			ASSERT_FALSE(w.out_flags & LIVEDUMP_WHATIS_OBJECT);
		}
	}
}

TEST_F(slab, without_layout)
{
	struct livedump_whatis w = {};

	test_whatis(self->dev, self->slabs[0].objects[0], NULL, &w);
	EXPECT_EQ(LIVEDUMP_WHATIS_PAGE, w.out_flags);
	EXPECT_EQ(0, w.out_start);
	EXPECT_EQ(0, w.out_cache_name[0]);
}

TEST_F(slab, what_is_none)
{
	struct livedump_test_root root;
	struct livedump_whatis w = {};
	void *user = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED, -1, 0);
	__u64 direct = self->info.out_page_offset;
	size_t i;

	ASSERT_NE(MAP_FAILED, user);
	test_root(&root);
	const __u64 none[] = {
		0, 1, (uintptr_t)user, direct + pfn_of(user) * PAGE_SIZE, ~0ULL, ~0ULL - 4096,
		1ULL << 63, self->info.out_kernel_start, self->info.out_text_start,
		(uintptr_t)root.vmalloced, (uintptr_t)root.alias_direct, (uintptr_t)root.alias_vmap,
		(uintptr_t)root.mmio, (uintptr_t)root.guard, (uintptr_t)root.poison,
		(uintptr_t)root.noncanonical, (uintptr_t)root.function, address_of("compound"),
		address_of("poisoned"), address_of("offline"), address_of("root"),
		direct - 1, direct + self->info.out_max_pfn * PAGE_SIZE,
		direct + self->info.out_max_pfn * PAGE_SIZE - 1, direct + 0xa0000,
	};

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		test_whatis(self->dev, none[i], &self->layout, &w);
		EXPECT_EQ(0, w.out_flags & (LIVEDUMP_WHATIS_SLAB | LIVEDUMP_WHATIS_OBJECT | KNOWN))
			TH_LOG("%zu: 0x%llx", i, none[i]);
		EXPECT_EQ(0, w.out_start | w.out_cache | w.out_slab);
	}
}

/* Every page frame there is, while others allocate and free. */
TEST_F(slab, all_of_memory_while_it_changes)
{
	__u64 pfn, step = is_slow() ? 397 : 5, slabs = 0, objects = 0;
	struct livedump_whatis w = {};
	pid_t pid = test_busy_tasks();

	for (pfn = 0; pfn < self->info.out_max_pfn; pfn += step) {
		test_whatis(self->dev, self->info.out_page_offset + pfn * PAGE_SIZE + pfn % 4000,
			    &self->layout, &w);
		slabs += !!(w.out_flags & LIVEDUMP_WHATIS_SLAB);
		objects += !!(w.out_flags & LIVEDUMP_WHATIS_OBJECT);
		if (w.out_flags & LIVEDUMP_WHATIS_OBJECT) {
			ASSERT_NE(0, w.out_length);
			ASSERT_NE(KNOWN, w.out_flags & KNOWN);
		}
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	EXPECT_LT(is_slow() ? 2 : 100, slabs);
	EXPECT_LT(slabs / 2, objects);
}

/* ---- a cache as a root ---- */

static int compare(const void *a, const void *b)
{
	__u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return x < y ? -1 : x > y;
}

TEST_F(slab, cache)
{
	struct livedump_root *root;
	__u64 found[4 * OBJECTS], n;
	struct view v;
	int s, i;

	for (s = 0; s < LIVEDUMP_TEST_SLABS; s++) {
		const struct livedump_test_slab *slab = &self->slabs[s];
		__u32 kept = 0;

		snap_init(&self->snap);
		self->snap.arg.slab = (uintptr_t)&self->layout;
		self->snap.arg.flags = LIVEDUMP_LIST_OBJECTS;
		root = snap_root(&self->snap, LIVEDUMP_ROOT_SLAB, 0,
				 snap_type(&self->snap, slab->size), slab->name);
		close(self->fd);
		test_create(self->fd, self->dev, NULL);
		test_snapshot(self->fd, &self->snap);
		ASSERT_EQ(0, view_map(&v, self->fd));
		n = v.status.out_listed;
		/* Those of unknown status are taken, too. */
		if (has_sheaves(&self->layout))
			n = n < slab->kept ? n : slab->kept;
		ASSERT_EQ(slab->kept, n);
		n = v.status.out_listed;
		EXPECT_EQ(n * slab->size, root->out_recorded);
		EXPECT_EQ(0, ld_sum(root->out_missing));
		EXPECT_EQ(n, self->snap.arg.out_objects);
		ASSERT_GE(ARRAY_SIZE(found), n);
		for (i = 0; i < n; i++) {
			found[i] = v.objects[i].address;
			EXPECT_EQ(slab->size, v.objects[i].length);
			EXPECT_TRUE(view_has(&v, found[i], slab->size));
		}
		EXPECT_EQ(found[0], root->out_address);
		qsort(found, i, sizeof(found[0]), compare);
		for (n = i, i = 0; i < OBJECTS; i++) {
			if (!slab->is_kept[i])
				continue;
			kept++;
			EXPECT_NE(NULL, bsearch(&slab->objects[i], found, n, sizeof(found[0]),
						compare));
		}
		EXPECT_EQ(slab->kept, kept);
		view_unmap(&v);
	}
}

TEST_F(slab, cache_of_no_objects)
{
	struct livedump_root *root;

	root = snap_root(&self->snap, LIVEDUMP_ROOT_SLAB, 0, snap_type(&self->snap, 8),
			 "no_such_cache");
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(0, root->out_recorded);
	EXPECT_EQ(0, root->out_address);
	EXPECT_EQ(0, ld_sum(root->out_missing));
	EXPECT_EQ(0, self->snap.arg.out_objects);
	/* Part of a name is another name. */
	memcpy(root->symbol, "livedump_plai", 14);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(0, root->out_address);
	memcpy(root->symbol, "livedump_plain2", 16);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(0, root->out_address);
}

TEST_F(slab, cache_beyond_the_budget)
{
	const struct livedump_test_slab *slab = &self->slabs[1];
	struct livedump_root *root;

	root = snap_root(&self->snap, LIVEDUMP_ROOT_SLAB, 0, snap_type(&self->snap, slab->size),
			 slab->name);
	self->snap.arg.max_objects = 5;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(5 * slab->size, root->out_recorded);
	EXPECT_LE((slab->kept - 5) * slab->size, root->out_missing[LIVEDUMP_BUDGET]);
	self->snap.arg.max_objects = 0;
	self->snap.arg.max_time_ns = 1;
	test_snapshot(self->fd, &self->snap);
	EXPECT_NE(0, root->out_missing[LIVEDUMP_TIMEOUT]);
}

TEST_F(slab, cache_root_that_is_wrong)
{
	struct livedump_root *root;

	root = snap_root(&self->snap, LIVEDUMP_ROOT_SLAB, 0, snap_type(&self->snap, 8),
			 self->slabs[0].name);
	root->address = 8;
	test_err_snapshot(EINVAL, self->fd, &self->snap);
	root->address = 0;
	root->cpu = 1;
	test_err_snapshot(EINVAL, self->fd, &self->snap);
	root->cpu = 0;
	root->nr_path = 1;
	test_err_snapshot(EINVAL, self->fd, &self->snap);
	root->nr_path = 0;
	self->snap.arg.slab = 0;
	test_err_snapshot(EINVAL, self->fd, &self->snap);
	self->snap.arg.slab = (uintptr_t)&self->layout;
	memset(root->symbol, 0, sizeof(root->symbol));
	test_err_snapshot(EINVAL, self->fd, &self->snap);
}

/* ---- pointers into objects ---- */

/* A page of ours that the walk begins at, full of pointers; where the kernel sees it. */
static __u64 pointers(const struct livedump_info *info, __u64 **ret)
{
	*ret = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	memset(*ret, 0, PAGE_SIZE);
	return info->out_page_offset + pfn_of(*ret) * PAGE_SIZE;
}

TEST_F(slab, pointer_into_an_object)
{
	const struct livedump_test_slab *slab;
	__u64 *words, at = pointers(&self->info, &words);
	const struct livedump_object *o;
	__u32 flags;
	struct view v;
	int s, i, k;

	for (s = 0; s < LIVEDUMP_TEST_SLABS; s++) {
		slab = &self->slabs[s];
		for (i = 0; i < OBJECTS; i++)
			words[i] = slab->objects[i] + i % slab->size;
		close(self->fd);
		test_create(self->fd, self->dev, NULL);
		snap_init(&self->snap);
		self->snap.arg.flags = LIVEDUMP_USER_MEMORY | LIVEDUMP_LIST_OBJECTS;
		self->snap.arg.depth = 1;
		self->snap.arg.slab = (uintptr_t)&self->layout;
		snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, at, snap_type(&self->snap, PAGE_SIZE),
			  NULL);
		snap_array(&self->snap, LIVEDUMP_EDGE_OBJECT, 0, 16, OBJECTS, 8);
		test_snapshot(self->fd, &self->snap);
		ASSERT_EQ(1 + OBJECTS, self->snap.arg.out_objects);
		ASSERT_EQ(0, view_map(&v, self->fd));
		for (k = 1; k <= OBJECTS; k++) {
			o = &v.objects[k];
			i = o->slot;
			ASSERT_EQ(slab->objects[i], o->address);
			ASSERT_EQ(slab->size, o->length);
			flags = LIVEDUMP_OBJECT_SLAB;
			if (!slab->is_kept[i])
				flags |= LIVEDUMP_OBJECT_FREE;
			if (has_sheaves(&self->layout))
				flags &= o->flags | ~LIVEDUMP_OBJECT_FREE;
			ASSERT_EQ(flags, o->flags);
			ASSERT_TRUE(view_has(&v, o->address, o->length));
		}
		view_unmap(&v);
	}
	munmap(words, PAGE_SIZE);
}

/* Where there is no slab, or nobody has said what slabs are, it is so many bytes. */
TEST_F(slab, pointer_into_something_else)
{
	__u64 *words, at = pointers(&self->info, &words);
	struct view v;
	int i;

	words[0] = self->info.out_text_start + 24;
	words[1] = at + 80;
	for (i = 0; i < 2; i++) {
		close(self->fd);
		test_create(self->fd, self->dev, NULL);
		snap_init(&self->snap);
		self->snap.arg.flags = LIVEDUMP_USER_MEMORY | LIVEDUMP_LIST_OBJECTS;
		self->snap.arg.depth = 1;
		self->snap.arg.slab = i ? 0 : (uintptr_t)&self->layout;
		snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, at, snap_type(&self->snap, PAGE_SIZE),
			  NULL);
		snap_array(&self->snap, LIVEDUMP_EDGE_OBJECT, 0, 40, 3, 8);
		test_snapshot(self->fd, &self->snap);
		ASSERT_EQ(0, view_map(&v, self->fd));
		ASSERT_EQ(i ? 4 : 3, v.status.out_listed + i);
		EXPECT_EQ(words[0], v.objects[1].address);
		EXPECT_EQ(40, v.objects[1].length);
		EXPECT_EQ(0, v.objects[1].flags);
		EXPECT_EQ(words[1], v.objects[2].address);
		view_unmap(&v);
	}
	munmap(words, PAGE_SIZE);
}

/* What a reader needs to find out the same is recorded: struct page, cache, name. */
TEST_F(slab, help_for_readers)
{
	__u64 *words, at = pointers(&self->info, &words);
	struct livedump_whatis w = {};
	__u64 cache, name;
	char text[32] = {};
	struct view v;

	words[0] = self->slabs[0].objects[1] + 9;
	test_whatis(self->dev, words[0], &self->layout, &w);
	self->snap.arg.flags = LIVEDUMP_USER_MEMORY;
	self->snap.arg.depth = 1;
	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, at, snap_type(&self->snap, 8), NULL);
	snap_edge(&self->snap, LIVEDUMP_EDGE_OBJECT, 0, 8);
	test_snapshot(self->fd, &self->snap);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(0, view_read(&v, w.out_slab + self->layout.slab_cache, &cache, sizeof(cache)));
	EXPECT_EQ(w.out_cache, cache);
	ASSERT_EQ(0, view_read(&v, cache + self->layout.cache_name, &name, sizeof(name)));
	ASSERT_EQ(0, view_read(&v, name, text, sizeof("livedump_constructed")));
	EXPECT_STREQ("livedump_constructed", text);
	view_unmap(&v);
	munmap(words, PAGE_SIZE);
}

/*
 * A type may end in an array of which less is allocated. What lies behind the slab object is
 * recorded where it can be; with so small a budget, that is not much of 16 MiB.
 */
TEST_F(slab, type_longer_than_its_object)
{
	const __u64 start = self->slabs[1].objects[2] + 8, rest = self->slabs[1].size - 8;
	const __u64 size = LIVEDUMP_MAX_OBJECT_SIZE;
	const struct livedump_object *o;
	struct livedump_root *r;
	__u64 missing, i, asked;
	struct view v;
	int known;

	for (known = 0; known < 2; known++) {
		close(self->fd);
		test_create(self->fd, self->dev, NULL);
		snap_init(&self->snap);
		self->snap.arg.flags = LIVEDUMP_LIST_OBJECTS;
		self->snap.arg.max_bytes = 256 * PAGE_SIZE;
		if (known)
			self->snap.arg.slab = (uintptr_t)&self->layout;
		r = snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, start,
			      snap_type(&self->snap, size), NULL);
		test_snapshot(self->fd, &self->snap);
		missing = ld_sum(self->snap.arg.out_missing);
		EXPECT_LT(0, missing);
		EXPECT_EQ(size, r->out_recorded + missing);
		EXPECT_EQ(known ? 0 : missing, ld_sum(r->out_missing));
		EXPECT_LT(rest, r->out_recorded);
		ASSERT_EQ(0, view_map(&v, self->fd));
		EXPECT_TRUE(view_has(&v, start, rest));
		/* It says of everything why it is missing. */
		for (i = 0, asked = 0; i < v.status.out_holes; i++) {
			missing -= v.holes[i].length;
			asked += v.holes[i].flags & LIVEDUMP_HOLE_ASKED;
		}
		EXPECT_EQ(0, missing);
		EXPECT_EQ(known ? 0 : v.status.out_holes * LIVEDUMP_HOLE_ASKED, asked);
		o = &v.objects[0];
		EXPECT_EQ(start, o->address);
		EXPECT_EQ(size, o->length);
		EXPECT_EQ(LIVEDUMP_OBJECT_MISSING, o->flags);
		view_unmap(&v);
	}
}

/* From a page of pointers on, without a single type. */
TEST_F(slab, scan)
{
	__u64 *words, at = pointers(&self->info, &words), *far, beyond;
	const struct livedump_test_slab *slab = &self->slabs[1];
	struct livedump_edge *e;
	struct view v;

	beyond = pointers(&self->info, &far);
	words[100] = beyond;
	far[3] = slab->objects[2] + 5;
	self->snap.arg.flags = LIVEDUMP_USER_MEMORY | LIVEDUMP_LIST_OBJECTS;
	self->snap.arg.depth = 2;
	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, at, snap_type(&self->snap, PAGE_SIZE), NULL);
	snap_array(&self->snap, LIVEDUMP_EDGE_OBJECT, 0, 64, PAGE_SIZE / 8, 8);
	e = &self->snap.edges[0];
	e->flags = LIVEDUMP_EDGE_SCAN;
	test_snapshot(self->fd, &self->snap);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(3, v.status.out_listed);
	EXPECT_EQ(beyond, v.objects[1].address);
	EXPECT_EQ(64, v.objects[1].length);
	EXPECT_EQ(slab->objects[2], v.objects[2].address);
	EXPECT_EQ(slab->size, v.objects[2].length);
	EXPECT_EQ(3, v.objects[2].slot);
	view_unmap(&v);
	munmap(words, PAGE_SIZE);
	munmap(far, PAGE_SIZE);
}

TEST_HARNESS_MAIN
