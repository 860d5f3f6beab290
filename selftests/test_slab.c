// SPDX-License-Identifier: GPL-2.0
/*
 * Objects of slabs: found from every address, free or not, whole caches, pointers into them; and
 * layouts that are wrong. The truth is the test module's, which has caches of its own.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "kselftest_harness.h"
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

	self->dev = ld_device();
	ASSERT_LE(0, self->dev);
	ld_destroy_all(self->dev);
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
	__u64 page, addr, start = 0, step = is_slow() ? 13 : 1;
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
	pid_t pid = fork();

	if (!pid) {
		for (;;) {
			if (fork())
				wait(NULL);
			else
				_exit(close(open("/proc/self/status", O_RDONLY)));
		}
	}
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
	__u64 found[OBJECTS], n;
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
		for (i = 0; i < n && i < OBJECTS; i++) {
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

/* ---- layouts ---- */

/**
 * struct member - a member of the layout
 * @at: where it is
 * @end: its first value that is wrong, of offsets: bytes that they end at
 * @size: of what it leads to
 * @optional: it may be LIVEDUMP_SLAB_NONE by itself
 */
struct member {
	size_t at;
	__u32 end;
	__u32 size;
	bool optional;
};

#define PAGE_STRUCT	64	/* of x86-64 */
#define MEMBER(_name, _end, _size) \
	{ .at = offsetof(struct livedump_slab, _name), .end = (_end), .size = (_size) }
#define OPTIONAL(_name, _end, _size) \
	{ .at = offsetof(struct livedump_slab, _name), .end = (_end), .size = (_size), \
	  .optional = true }

static const struct member members[] = {
	MEMBER(slab_cache, PAGE_STRUCT, 8),
	MEMBER(slab_freelist, PAGE_STRUCT, 8),
	MEMBER(slab_counters, PAGE_STRUCT, 4),
	MEMBER(cache_name, LIVEDUMP_MAX_CACHE, 8),
	MEMBER(cache_size, LIVEDUMP_MAX_CACHE, 4),
	MEMBER(cache_object_size, LIVEDUMP_MAX_CACHE, 4),
	MEMBER(cache_offset, LIVEDUMP_MAX_CACHE, 4),
	OPTIONAL(cache_random, LIVEDUMP_MAX_CACHE, 8),
	OPTIONAL(cache_red_left_pad, LIVEDUMP_MAX_CACHE, 4),
	MEMBER(cache_cpu_slab, LIVEDUMP_MAX_CACHE, 8),
	OPTIONAL(cache_sheaf_capacity, LIVEDUMP_MAX_CACHE, 4),
	MEMBER(cpu_freelist, LIVEDUMP_MAX_CPU_CACHE, 8),
	MEMBER(cpu_slab, LIVEDUMP_MAX_CPU_CACHE, 8),
};

static __u32 *member(struct livedump_slab *l, size_t at)
{
	return (__u32 *)((char *)l + at);
}

static struct livedump_slab with(const struct livedump_slab *l, size_t at, __u32 value)
{
	struct livedump_slab copy = *l;

	*member(&copy, at) = value;
	return copy;
}

#define expect_bad(_layout, _at, _value) do {					\
	struct livedump_slab _l = with(_layout, _at, _value);			\
	struct livedump_whatis _w = {};						\
										\
	EXPECT_EQ(-1, ld_whatis(self->dev, self->slabs[0].objects[0], &_l, &_w));	\
	EXPECT_EQ(EINVAL, errno) TH_LOG("member at %zu: 0x%x", (size_t)(_at), (__u32)(_value)); \
	self->snap.arg.slab = (uintptr_t)&_l;					\
	EXPECT_EQ(-1, ld_snapshot(self->fd, &self->snap));			\
	EXPECT_EQ(EINVAL, errno);						\
} while (0)

TEST_F(slab, layout_out_of_range)
{
	struct livedump_slab cpus = self->layout;
	struct livedump_whatis w = {};
	size_t i;

	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, self->info.out_text_start,
		  snap_type(&self->snap, 8), NULL);
	/* As if this kernel had the structure, whether it does or not. */
	if (cpus.cache_cpu_slab == LIVEDUMP_SLAB_NONE)
		cpus.cache_cpu_slab = cpus.cpu_freelist = cpus.cpu_slab = 0;
	for (i = 0; i < ARRAY_SIZE(members); i++) {
		const struct member *m = &members[i];
		struct livedump_slab last = with(&cpus, m->at, m->end - m->size);

		test_whatis(self->dev, self->slabs[0].objects[0], &last, &w);
		expect_bad(&cpus, m->at, m->end - m->size + 1);
		expect_bad(&cpus, m->at, m->end);
		expect_bad(&cpus, m->at, m->end + m->size);
		expect_bad(&cpus, m->at, 1);
		expect_bad(&cpus, m->at, 0x80000000);
		expect_bad(&cpus, m->at, 0xfffffff8);
		expect_bad(&cpus, m->at, 0xfffffffe);
		if (!m->optional)
			expect_bad(&cpus, m->at, LIVEDUMP_SLAB_NONE);
	}
	expect_bad(&cpus, offsetof(struct livedump_slab, flags), 1);
	expect_bad(&cpus, offsetof(struct livedump_slab, objects_shift), 32);
	expect_bad(&cpus, offsetof(struct livedump_slab, objects_shift), 18);
	expect_bad(&cpus, offsetof(struct livedump_slab, objects_shift), 0xfffffff0);
	expect_bad(&cpus, offsetof(struct livedump_slab, objects_bits), 0);
	expect_bad(&cpus, offsetof(struct livedump_slab, objects_bits), 17);
	expect_bad(&cpus, offsetof(struct livedump_slab, frozen_shift), 32);
}

TEST_F(slab, layout_of_another_size)
{
	struct livedump_slab bad = self->layout;
	struct livedump_whatis w = {};
	struct {
		struct livedump_slab l;
		__u64 more;
	} larger = { self->layout, 0 };

	bad.size--;
	test_err_whatis(EINVAL, self->dev, 0, &bad, &w);
	bad.size = 0;
	test_err_whatis(EINVAL, self->dev, 0, &bad, &w);
	bad.size = 0xffffffff;
	test_err_whatis(E2BIG, self->dev, 0, &bad, &w);
	larger.l.size = sizeof(larger);
	test_whatis(self->dev, self->slabs[0].objects[0], &larger.l, &w);
	EXPECT_EQ(self->slabs[0].objects[0], w.out_start);
	larger.more = 1;
	test_err_whatis(E2BIG, self->dev, 0, &larger.l, &w);
	test_err_whatis(EFAULT, self->dev, 0, (void *)8, &w);
	test_err_whatis(EFAULT, self->dev, 0, (void *)(uintptr_t)self->info.out_text_start, &w);
}

/* Offsets that may be, but are wrong: any answer will do, if there is one. */
TEST_F(slab, layout_that_is_wrong)
{
	int rounds = is_slow() ? 500 : 10000, i, k;
	struct livedump_whatis w = {};
	unsigned int seed = 1;

	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, address_of("slab.0"),
		  snap_type(&self->snap, sizeof(self->slabs[0])), NULL);
	snap_array(&self->snap, LIVEDUMP_EDGE_OBJECT,
		   offsetof(struct livedump_test_slab, objects), 16, OBJECTS, 8);
	self->snap.arg.depth = 1;
	self->snap.arg.max_bytes = 4 << 20;
	for (i = 0; i < rounds; i++) {
		struct livedump_slab l = self->layout;

		/* One member, two, or all of them; most often below 256. */
		for (k = 0; k < 1 + i % 3 * 6; k++) {
			const struct member *m = &members[rand_r(&seed) % ARRAY_SIZE(members)];
			__u32 end = m->end < 256 || rand_r(&seed) % 4 == 0 ? m->end : 256;

			*member(&l, m->at) = rand_r(&seed) % (end / m->size) * m->size;
		}
		if (l.cache_cpu_slab == LIVEDUMP_SLAB_NONE || l.cpu_slab == LIVEDUMP_SLAB_NONE ||
		    l.cpu_freelist == LIVEDUMP_SLAB_NONE)
			l.cache_cpu_slab = l.cpu_slab = l.cpu_freelist = LIVEDUMP_SLAB_NONE;
		if (i % 5 == 0)
			l.objects_shift = rand_r(&seed) % (33 - l.objects_bits);
		if (i % 7 == 0)
			l.cache_random = LIVEDUMP_SLAB_NONE;
		test_whatis(self->dev, self->slabs[i & 1].objects[i % OBJECTS], &l, &w);
		if (i % 50)
			continue;
		self->snap.arg.slab = (uintptr_t)&l;
		test_snapshot(self->fd, &self->snap);
	}
}

TEST_HARNESS_MAIN
