// SPDX-License-Identifier: GPL-2.0
/*
 * livedump does not record its own buffers, and the list of holes says what a request has left
 * out.
 */
#include <stdint.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

FIXTURE(self) {
	int dev;
	int fd;
	struct livedump_info info;
	struct livedump_test_root root;
};

FIXTURE_SETUP(self)
{
	test_device(self->dev);
	test_info(self->dev, &self->info);
	test_create(self->fd, self->dev, NULL);
	test_root(&self->root);
}

FIXTURE_TEARDOWN(self)
{
	close(self->fd);
	close(self->dev);
}

#define addr(pointer)	((uintptr_t)(pointer))

/* The page that one of our mappings shows is refused, by either address. */
static void expect_self(struct __test_metadata *_metadata, int fd, __u64 page_offset,
			const void *mapped)
{
	__u64 paddr = pfn_of(mapped) * PAGE_SIZE;
	struct livedump_range ranges[] = {
		ld_phys(paddr, PAGE_SIZE), ld_virt(page_offset + paddr, PAGE_SIZE),
	};
	size_t i;

	test_record(fd, LIVEDUMP_USER_MEMORY, ranges, ARRAY_SIZE(ranges), NULL);
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		EXPECT_EQ(0, ranges[i].out_recorded);
		EXPECT_EQ(PAGE_SIZE, ranges[i].out_missing[LIVEDUMP_SELF]);
		EXPECT_EQ(PAGE_SIZE, ld_sum(ranges[i].out_missing));
	}
}

/* Each region of @v is refused by a session. */
static void expect_view(struct __test_metadata *_metadata, int fd, __u64 page_offset,
			struct view *v)
{
	__u64 i;

	for (i = 0; i < v->status.out_pages; i++) {
		ld_touch(v->data + i * PAGE_SIZE);
		expect_self(_metadata, fd, page_offset, v->data + i * PAGE_SIZE);
	}
	ld_touch(v->pages);
	ld_touch(v->aliases);
	ld_touch(v->holes);
	expect_self(_metadata, fd, page_offset, v->pages);
	expect_self(_metadata, fd, page_offset, v->aliases);
	expect_self(_metadata, fd, page_offset, v->holes);
}

TEST_F(self, own_buffers)
{
	struct livedump_range ranges[] = {
		ld_virt(address_of("plain"), 8 * PAGE_SIZE), ld_virt(0, 1),
	};
	struct view v;
	int other;

	test_record(self->fd, 0, ranges, 2, NULL);
	ASSERT_EQ(0, view_map(&v, self->fd));
	expect_view(_metadata, self->fd, self->info.out_page_offset, &v);
	/* And those of another session. */
	test_create(other, self->dev, NULL);
	expect_view(_metadata, other, self->info.out_page_offset, &v);
	close(other);
}

/* All of memory, into a store that lies in it. */
TEST_F(self, all_memory)
{
	struct livedump_range range = ld_phys(0, self->info.out_max_pfn * PAGE_SIZE);
	struct livedump_status st;
	__u64 missing;
	int fd = ld_create_limited(self->dev, 24 << 20);

	ASSERT_LE(0, fd);
	EXPECT_ERRNO(ENOSPC, ld_record(fd, LIVEDUMP_USER_MEMORY, &range, 1, NULL));
	missing = ld_sum(range.out_missing);
	EXPECT_EQ(range.length, range.out_recorded + missing);
	EXPECT_LT(22 << 20, range.out_recorded);
	test_status(fd, &st);
	EXPECT_GE(24 << 20, st.out_used);
	close(fd);
}

static void expect_hole(struct __test_metadata *_metadata, const struct livedump_hole *hole,
			__u64 address, __u64 length, __u32 request, __u16 reason, __u16 flags)
{
	EXPECT_EQ(address, hole->address);
	EXPECT_EQ(length, hole->length);
	EXPECT_EQ(request, hole->request);
	EXPECT_EQ(reason, hole->reason);
	EXPECT_EQ(flags, hole->flags);
	EXPECT_EQ(0, hole->__reserved);
}

TEST_F(self, holes)
{
	__u64 guard = addr(self->root.guard);
	struct livedump_range first[] = {
		ld_virt(100, 50),
		ld_virt(guard - 10, 30),
		ld_phys(0xa0000, 3 * PAGE_SIZE),
	};
	struct livedump_range second = ld_virt(100, 50);
	struct snap snap;
	struct view v;

	test_record(self->fd, 0, first, ARRAY_SIZE(first), NULL);
	test_record(self->fd, 0, &second, 1, NULL);
	/* A root that cannot be read, and a pointer to something that cannot. */
	snap_init(&snap);
	snap_type(&snap, sizeof(struct livedump_test_root));
	snap_edge(&snap, LIVEDUMP_EDGE_BYTES, offsetof(struct livedump_test_root, guard), 24);
	snap_type(&snap, 48);
	snap_root(&snap, LIVEDUMP_ROOT_ADDRESS, address_of("root"), 0, NULL);
	snap_root(&snap, LIVEDUMP_ROOT_ADDRESS, 4096, 1, NULL);
	snap.arg.depth = 1;
	test_snapshot(self->fd, &snap);

	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(6, v.status.out_holes);
	EXPECT_EQ(0, v.status.out_holes_dropped);
	expect_hole(_metadata, &v.holes[0], 100, 50, 1, LIVEDUMP_BAD_ADDRESS,
		    LIVEDUMP_HOLE_ASKED);
	expect_hole(_metadata, &v.holes[1], guard, 20, 1, LIVEDUMP_UNMAPPED, LIVEDUMP_HOLE_ASKED);
	expect_hole(_metadata, &v.holes[2], 0xa0000, 3 * PAGE_SIZE, 1, LIVEDUMP_NOT_RAM,
		    LIVEDUMP_HOLE_ASKED | LIVEDUMP_HOLE_PHYS);
	expect_hole(_metadata, &v.holes[3], 100, 50, 2, LIVEDUMP_BAD_ADDRESS,
		    LIVEDUMP_HOLE_ASKED);
	expect_hole(_metadata, &v.holes[4], 4096, 48, 3, LIVEDUMP_BAD_ADDRESS,
		    LIVEDUMP_HOLE_ASKED);
	expect_hole(_metadata, &v.holes[5], guard, 24, 3, LIVEDUMP_UNMAPPED, 0);
}

/* What was a guess, nobody asked for. */
TEST_F(self, guesses)
{
	struct livedump_range ranges[] = { ld_virt(100, 50), ld_virt(150, 50) };
	struct view v;

	ranges[1].flags = LIVEDUMP_RANGE_GUESS;
	test_record(self->fd, 0, ranges, ARRAY_SIZE(ranges), NULL);
	EXPECT_EQ(50, ranges[1].out_missing[LIVEDUMP_BAD_ADDRESS]);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(2, v.status.out_holes);
	expect_hole(_metadata, &v.holes[0], 100, 50, 1, LIVEDUMP_BAD_ADDRESS,
		    LIVEDUMP_HOLE_ASKED);
	expect_hole(_metadata, &v.holes[1], 150, 50, 1, LIVEDUMP_BAD_ADDRESS, 0);
}

/* Neighbours of one kind are one hole; of different kinds they are not. */
TEST_F(self, holes_grow)
{
	struct livedump_range ranges[] = {
		ld_virt(0x1000, 16), ld_virt(0x1010, 16), ld_virt(0x1020, 16),
		ld_phys(0xa0000, 16), ld_virt(0xa0010, 16), ld_phys(0xa0020, 16),
		ld_virt(0x1030, 16), ld_virt(0x1030, 16),
	};
	struct view v;

	test_record(self->fd, 0, ranges, ARRAY_SIZE(ranges), NULL);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(6, v.status.out_holes);
	EXPECT_EQ(48, v.holes[0].length);
	EXPECT_EQ(16, v.holes[1].length);
	EXPECT_EQ(LIVEDUMP_HOLE_ASKED, v.holes[2].flags);
	EXPECT_EQ(LIVEDUMP_HOLE_ASKED | LIVEDUMP_HOLE_PHYS, v.holes[3].flags);
	EXPECT_EQ(0x1030, v.holes[4].address);
	EXPECT_EQ(0x1030, v.holes[5].address);
}

TEST_F(self, holes_of_two_requests)
{
	struct livedump_range first = ld_virt(0x1000, 16), second = ld_virt(0x1010, 16);
	struct view v;

	test_record(self->fd, 0, &first, 1, NULL);
	test_record(self->fd, 0, &second, 1, NULL);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(2, v.status.out_holes);
	EXPECT_EQ(1, v.holes[0].request);
	EXPECT_EQ(2, v.holes[1].request);
}

/* A root that is missing, and next to it something that is pointed to. */
TEST_F(self, holes_asked_for_and_not)
{
	__u64 *own = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	__u64 guard = addr(self->root.guard);
	struct snap snap;
	struct view v;

	ASSERT_NE(MAP_FAILED, own);
	own[0] = guard + 24;
	snap_init(&snap);
	snap_type(&snap, 24);
	snap_type(&snap, 8);
	snap_edge(&snap, LIVEDUMP_EDGE_BYTES, 0, 40);
	snap_root(&snap, LIVEDUMP_ROOT_ADDRESS, guard, 0, NULL);
	snap_root(&snap, LIVEDUMP_ROOT_ADDRESS,
		  self->info.out_page_offset + pfn_of(own) * PAGE_SIZE, 1, NULL);
	snap.arg.flags = LIVEDUMP_USER_MEMORY;
	snap.arg.depth = 1;
	test_snapshot(self->fd, &snap);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(2, v.status.out_holes);
	expect_hole(_metadata, &v.holes[0], guard, 24, 1, LIVEDUMP_UNMAPPED,
		    LIVEDUMP_HOLE_ASKED);
	expect_hole(_metadata, &v.holes[1], guard + 24, 40, 1, LIVEDUMP_UNMAPPED, 0);
}

/* What no longer fits into the list is still counted. */
TEST_F(self, too_many_holes)
{
	struct livedump_range *many = mmap(NULL, LIVEDUMP_MAX_RANGES * sizeof(*many),
					   PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
					   -1, 0);
	struct livedump_status st;
	__u32 i;

	ASSERT_NE(MAP_FAILED, many);
	for (i = 0; i < LIVEDUMP_MAX_RANGES; i++)
		many[i] = ld_virt(1 + 2 * i, 1);
	test_record(self->fd, 0, many, LIVEDUMP_MAX_RANGES, NULL);
	test_record(self->fd, 0, many, LIVEDUMP_MAX_RANGES, NULL);
	test_status(self->fd, &st);
	EXPECT_EQ(2 * LIVEDUMP_MAX_RANGES, st.out_holes + st.out_holes_dropped);
	EXPECT_LT(0, st.out_holes_dropped);
	EXPECT_EQ(2 * LIVEDUMP_MAX_RANGES, st.out_missing[LIVEDUMP_BAD_ADDRESS]);
}

TEST_HARNESS_MAIN
