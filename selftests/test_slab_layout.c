// SPDX-License-Identifier: GPL-2.0
/*
 * What a caller says of slabs is hostile: every number out of its range, and numbers that may be
 * and are wrong.
 */
#include <stdint.h>
#include <stdlib.h>

#include "livedump_harness.h"
#include "livedump_slab.h"
#include "livedump_utils.h"

#define OBJECTS	LIVEDUMP_TEST_SLAB_OBJECTS

FIXTURE(layout) {
	int dev;
	int fd;
	struct livedump_info info;
	struct livedump_slab right;
	struct livedump_test_slab slab;
	struct snap snap;
};

FIXTURE_SETUP(layout)
{
	test_device(self->dev);
	test_info(self->dev, &self->info);
	test_create(self->fd, self->dev, NULL);
	ASSERT_EQ(0, slab_layout(&self->right));
	kcore_read(address_of("slab.0"), &self->slab, sizeof(self->slab));
	snap_init(&self->snap);
	self->snap.arg.slab = (uintptr_t)&self->right;
}

FIXTURE_TEARDOWN(layout)
{
	close(self->fd);
	close(self->dev);
}

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
	EXPECT_EQ(-1, ld_whatis(self->dev, self->slab.objects[0], &_l, &_w));	\
	EXPECT_EQ(EINVAL, errno) TH_LOG("member at %zu: 0x%x", (size_t)(_at), (__u32)(_value)); \
	self->snap.arg.slab = (uintptr_t)&_l;					\
	EXPECT_EQ(-1, ld_snapshot(self->fd, &self->snap));			\
	EXPECT_EQ(EINVAL, errno);						\
} while (0)

TEST_F(layout, out_of_range)
{
	struct livedump_slab cpus = self->right;
	struct livedump_whatis w = {};
	size_t i;

	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, self->info.out_text_start,
		  snap_type(&self->snap, 8), NULL);
	/* As if this kernel had the structure, whether it does or not. */
	if (cpus.cache_cpu_slab == LIVEDUMP_SLAB_NONE) {
		cpus.cache_cpu_slab = 0;
		cpus.cpu_freelist = 0;
		cpus.cpu_slab = 0;
	}
	for (i = 0; i < ARRAY_SIZE(members); i++) {
		const struct member *m = &members[i];
		struct livedump_slab last = with(&cpus, m->at, m->end - m->size);

		test_whatis(self->dev, self->slab.objects[0], &last, &w);
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

TEST_F(layout, of_another_size)
{
	struct livedump_slab bad = self->right;
	struct livedump_whatis w = {};
	struct {
		struct livedump_slab l;
		__u64 more;
	} larger = { self->right, 0 };

	bad.size--;
	test_err_whatis(EINVAL, self->dev, 0, &bad, &w);
	bad.size = 0;
	test_err_whatis(EINVAL, self->dev, 0, &bad, &w);
	bad.size = 0xffffffff;
	test_err_whatis(E2BIG, self->dev, 0, &bad, &w);
	larger.l.size = sizeof(larger);
	test_whatis(self->dev, self->slab.objects[0], &larger.l, &w);
	EXPECT_EQ(self->slab.objects[0], w.out_start);
	larger.more = 1;
	test_err_whatis(E2BIG, self->dev, 0, &larger.l, &w);
	test_err_whatis(EFAULT, self->dev, 0, (void *)8, &w);
	test_err_whatis(EFAULT, self->dev, 0, (void *)(uintptr_t)self->info.out_text_start, &w);
}

/* Offsets that may be, but are wrong: any answer will do, if there is one. */
TEST_F(layout, that_is_wrong)
{
	int rounds = is_slow() ? 500 : 10000, i, k;
	struct livedump_whatis w = {};
	unsigned int seed = 1;

	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, address_of("slab.0"),
		  snap_type(&self->snap, sizeof(self->slab)), NULL);
	snap_array(&self->snap, LIVEDUMP_EDGE_OBJECT,
		   offsetof(struct livedump_test_slab, objects), 16, OBJECTS, 8);
	self->snap.arg.depth = 1;
	self->snap.arg.max_bytes = 4 << 20;
	for (i = 0; i < rounds; i++) {
		struct livedump_slab l = self->right;

		/* One member, two, or all of them; most often below 256. */
		for (k = 0; k < 1 + i % 3 * 6; k++) {
			const struct member *m = &members[rand_r(&seed) % ARRAY_SIZE(members)];
			__u32 end = m->end < 256 || rand_r(&seed) % 4 == 0 ? m->end : 256;

			*member(&l, m->at) = rand_r(&seed) % (end / m->size) * m->size;
		}
		if (l.cache_cpu_slab == LIVEDUMP_SLAB_NONE || l.cpu_slab == LIVEDUMP_SLAB_NONE ||
		    l.cpu_freelist == LIVEDUMP_SLAB_NONE) {
			l.cache_cpu_slab = LIVEDUMP_SLAB_NONE;
			l.cpu_slab = LIVEDUMP_SLAB_NONE;
			l.cpu_freelist = LIVEDUMP_SLAB_NONE;
		}
		if (i % 5 == 0)
			l.objects_shift = rand_r(&seed) % (33 - l.objects_bits);
		if (i % 7 == 0)
			l.cache_random = LIVEDUMP_SLAB_NONE;
		test_whatis(self->dev, self->slab.objects[i % OBJECTS], &l, &w);
		if (i % 50)
			continue;
		self->snap.arg.slab = (uintptr_t)&l;
		test_snapshot(self->fd, &self->snap);
	}
}

TEST_HARNESS_MAIN
