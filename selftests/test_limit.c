// SPDX-License-Identifier: GPL-2.0
/*
 * Limits of memory: a session's own, and the module's cap. Whatever the limit, it is kept, and what
 * was recorded until then is good.
 */
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

FIXTURE(limit) {
	int dev;
	struct livedump_info info;
	struct livedump_test_root root;
	__u64 plain;
};

FIXTURE_SETUP(limit)
{
	test_device(self->dev);
	test_info(self->dev, &self->info);
	ASSERT_EQ(0, self->info.out_used);
	test_root(&self->root);
	self->plain = address_of("plain");
}

FIXTURE_TEARDOWN(limit)
{
	ld_destroy_all(self->dev);
	EXPECT_EQ(0, ld_used(self->dev));
	close(self->dev);
}

#define addr(pointer)	((uintptr_t)(pointer))

/* The pages that are in the store hold what they shall; how many are there? */
static __u64 check_plain(struct __test_metadata *_metadata, int fd, __u64 plain)
{
	const struct livedump_page *page;
	struct view v;
	__u64 i, n = 0;

	ASSERT_EQ(0, view_map(&v, fd));
	for (i = 0; i < LIVEDUMP_TEST_PLAIN_PAGES; i++) {
		page = view_alias(&v, plain + i * PAGE_SIZE) ?
		       view_page(&v, plain + i * PAGE_SIZE) : NULL;
		if (!page)
			continue;
		EXPECT_EQ(i, *(const __u64 *)view_data(&v, page));
		EXPECT_TRUE(page->flags & LIVEDUMP_PAGE_RANGE);
		n++;
	}
	view_unmap(&v);
	return n;
}

/* One range into a session of a given limit. Returns the bytes recorded. */
static __u64 try_limit(struct __test_metadata *_metadata, int dev, __u64 limit, __u64 plain)
{
	struct livedump_range range = ld_virt(plain, LIVEDUMP_TEST_PLAIN_PAGES * PAGE_SIZE);
	struct livedump_status st;
	struct livedump_info info;
	int fd = ld_create_limited(dev, limit);
	int err;

	if (fd < 0) {
		EXPECT_EQ(ENOSPC, errno);
		return 0;
	}
	err = ld_record(fd, 0, &range, 1, NULL) ? errno : 0;
	test_status(fd, &st);
	test_info(dev, &info);
	EXPECT_GE(limit, st.out_used);
	EXPECT_EQ(info.out_used, st.out_used);
	EXPECT_EQ(limit, st.out_limit);
	EXPECT_EQ(range.length, range.out_recorded + ld_sum(range.out_missing));
	EXPECT_EQ(ld_sum(range.out_missing), range.out_missing[LIVEDUMP_LIMIT]);
	EXPECT_EQ(range.out_recorded < range.length ? ENOSPC : 0, err);
	EXPECT_EQ(range.out_recorded, st.out_range_bytes);
	if (st.out_pages)
		EXPECT_EQ(range.out_recorded / PAGE_SIZE, check_plain(_metadata, fd, plain));
	close(fd);
	return range.out_recorded;
}

/* Each limit stops something else: a chunk of data, an index, an array of chunks. */
TEST_F(limit, any)
{
	const __u64 step = (is_slow() ? 15 : 3) * 1024 + 8;
	__u64 limit, recorded, last = 0;

	for (limit = PAGE_SIZE / 2; limit < 640 << 10; limit += step) {
		recorded = try_limit(_metadata, self->dev, limit, self->plain);
		EXPECT_LE(last, recorded) {
			TH_LOG("less with a limit of %llu", limit);
		}
		last = recorded;
	}
	EXPECT_EQ(LIVEDUMP_TEST_PLAIN_PAGES * PAGE_SIZE, last);
}

TEST_F(limit, too_small_for_a_session)
{
	static const __u64 limits[] = { 1, 8, 4095 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(limits); i++)
		EXPECT_ERRNO(ENOSPC, ld_create_limited(self->dev, limits[i]));
}

TEST_F(limit, results_are_kept)
{
	struct livedump_range ranges[] = {
		ld_virt(self->plain, PAGE_SIZE),
		ld_virt(self->info.out_text_start, 2 << 20),
		ld_virt(self->plain, PAGE_SIZE),
		ld_virt(0, 100),
	};
	struct livedump_record all;
	struct livedump_status st;
	int fd = ld_create_limited(self->dev, 1 << 20);
	__u64 some;

	ASSERT_LE(0, fd);
	test_err_record(ENOSPC, fd, 0, ranges, ARRAY_SIZE(ranges), &all);
	EXPECT_EQ(PAGE_SIZE, ranges[0].out_recorded);
	some = ranges[1].out_recorded;
	EXPECT_LT(100 * PAGE_SIZE, some);
	EXPECT_EQ((2 << 20) - some, ranges[1].out_missing[LIVEDUMP_LIMIT]);
	/* What is there already is there, limit or not; and what is bad is bad. */
	EXPECT_EQ(PAGE_SIZE, ranges[2].out_recorded);
	EXPECT_EQ(100, ranges[3].out_missing[LIVEDUMP_BAD_ADDRESS]);
	EXPECT_EQ(2 * PAGE_SIZE + some, all.out_recorded);
	EXPECT_EQ((2 << 20) - some, all.out_missing[LIVEDUMP_LIMIT]);
	test_status(fd, &st);
	EXPECT_EQ(LIVEDUMP_RECORDING, st.out_state);
	EXPECT_EQ(all.out_recorded, st.out_range_bytes);

	/* What is there can be read again. */
	test_record(fd, 0, ranges, 1, NULL);
	EXPECT_EQ(PAGE_SIZE, ranges[0].out_recorded);
	test_record(fd, LIVEDUMP_KEEP, ranges, 1, NULL);
	test_err_record(ENOSPC, fd, LIVEDUMP_KEEP, &ranges[1], 1, NULL);
	EXPECT_EQ(some, ranges[1].out_recorded);
	close(fd);
}

TEST_F(limit, snapshot)
{
	struct snap snap;
	struct livedump_snapshot *arg = &snap.arg;
	struct livedump_root *chain, *big, *text;
	struct livedump_status st;
	int fd = ld_create_limited(self->dev, 620 << 10);

	ASSERT_LE(0, fd);
	snap_init(&snap);
	snap_type(&snap, sizeof(struct livedump_test_node));
	snap_edge(&snap, LIVEDUMP_EDGE_POINTER, offsetof(struct livedump_test_node, next), 0);
	snap_type(&snap, sizeof(struct livedump_test_big));
	snap_type(&snap, 1 << 20);
	big = snap_root(&snap, LIVEDUMP_ROOT_ADDRESS, addr(self->root.big), 1, NULL);
	text = snap_root(&snap, LIVEDUMP_ROOT_ADDRESS, self->info.out_text_start, 2, NULL);
	chain = snap_root(&snap, LIVEDUMP_ROOT_ADDRESS, addr(self->root.chain), 0, NULL);
	arg->depth = LIVEDUMP_MAX_DEPTH;
	test_err_snapshot(ENOSPC, fd, &snap);
	EXPECT_EQ(sizeof(struct livedump_test_big), big->out_recorded);
	EXPECT_LT(0, text->out_recorded);
	EXPECT_EQ(1 << 20, text->out_recorded + text->out_missing[LIVEDUMP_LIMIT]);
	EXPECT_EQ(sizeof(struct livedump_test_node),
		  chain->out_recorded + ld_sum(chain->out_missing));
	EXPECT_EQ(2 + (chain->out_recorded > 0), arg->out_objects);
	EXPECT_LT(0, arg->out_missing[LIVEDUMP_LIMIT]);
	EXPECT_EQ(NO_ROOT, arg->out_bad_root);
	EXPECT_LT(0, arg->out_time_ns);
	test_status(fd, &st);
	EXPECT_GE(620 << 10, st.out_used);
	EXPECT_EQ(arg->out_objects, st.out_objects);
	EXPECT_EQ(arg->out_pages, st.out_pages);
	close(fd);
}

TEST_F(limit, reserve)
{
	struct livedump_create arg = { .reserve = 128 * PAGE_SIZE };
	struct livedump_range range = ld_virt(self->plain, LIVEDUMP_TEST_PLAIN_PAGES * PAGE_SIZE);
	struct livedump_status before, after;
	int fd = ld_create_with(self->dev, &arg);

	ASSERT_LE(0, fd);
	test_status(fd, &before);
	EXPECT_LE(128 * PAGE_SIZE, before.out_used);
	EXPECT_EQ(0, before.out_pages);
	range = ld_virt(self->info.out_text_start, 64 * PAGE_SIZE);
	test_record(fd, 0, &range, 1, NULL);
	test_status(fd, &after);
	EXPECT_EQ(64 * PAGE_SIZE, range.out_recorded);
	EXPECT_GE(before.out_used + 16384, after.out_used);
	close(fd);
}

TEST_F(limit, reserve_too_much)
{
	const __u64 reserves[] = {
		2 << 20, self->info.out_cap + 1, 1ULL << 44, (1ULL << 44) - PAGE_SIZE, 1ULL << 63,
		~0ULL, 3ULL << 42,
	};
	struct livedump_create arg = {};
	struct livedump_info info;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reserves); i++) {
		arg.limit = i ? 0 : 1 << 20;
		arg.reserve = reserves[i];
		EXPECT_ERRNO(ENOSPC, ld_create_with(self->dev, &arg));
		test_info(self->dev, &info);
		EXPECT_EQ(0, info.out_used);
	}
}

/* Two sessions share the cap; what one gives back the other may use. */
TEST_F(limit, cap)
{
	struct livedump_create arg = { .reserve = self->info.out_cap - (6 << 20) };
	struct livedump_range range = ld_virt(self->info.out_text_start, 8 << 20);
	struct livedump_info info;
	int hog = ld_create_with(self->dev, &arg);
	int fd, another;
	__u64 some;

	ASSERT_LE(0, hog);
	test_create(fd, self->dev, NULL);
	test_err_record(ENOSPC, fd, 0, &range, 1, NULL);
	some = range.out_recorded;
	EXPECT_LT(0, some);
	EXPECT_EQ((8 << 20) - some, range.out_missing[LIVEDUMP_LIMIT]);
	test_info(self->dev, &info);
	EXPECT_GE(info.out_cap, info.out_used);
	EXPECT_LT(info.out_cap - (1 << 20), info.out_used);
	another = ld_create_limited(self->dev, 0);
	if (another >= 0) {
		EXPECT_ERRNO(ENOSPC, ld_record(another, 0, &range, 1, NULL));
		close(another);
	}
	close(hog);
	test_record(fd, 0, &range, 1, NULL);
	EXPECT_EQ(8 << 20, range.out_recorded);
	close(fd);
}

/* The walk's own memory counts against the cap, and is given back. */
TEST_F(limit, cap_in_a_walk)
{
	struct livedump_create arg = { .reserve = self->info.out_cap - (4 << 20) };
	struct livedump_range range = ld_virt(self->info.out_text_start, 8 << 20);
	int hog = ld_create_with(self->dev, &arg);
	int small[256];
	struct livedump_info before, after;
	struct snap snap;
	int i, nr;

	ASSERT_LE(0, hog);
	/* What is left after chunks of data do not fit any more goes to sessions, a page each. */
	for (nr = 0; nr < 256; nr++) {
		small[nr] = ld_create_limited(self->dev, 0);
		if (small[nr] < 0)
			break;
		if (!nr)
			EXPECT_ERRNO(ENOSPC, ld_record(small[0], 0, &range, 1, NULL));
	}
	ASSERT_GT(256, nr);
	ASSERT_LT(0, nr);
	snap_init(&snap);
	snap_root(&snap, LIVEDUMP_ROOT_ADDRESS, self->plain, snap_type(&snap, 8), NULL);
	test_info(self->dev, &before);
	EXPECT_LT(before.out_cap - 8192, before.out_used);
	test_err_snapshot(ENOSPC, hog, &snap);
	EXPECT_EQ(0, snap.arg.out_objects);
	EXPECT_EQ(NO_ROOT, snap.arg.out_bad_root);
	EXPECT_EQ(8, snap.roots[0].out_missing[LIVEDUMP_LIMIT]);
	EXPECT_EQ(8, snap.arg.out_missing[LIVEDUMP_LIMIT]);
	test_info(self->dev, &after);
	/* the list of holes may have begun meanwhile, the walk has given everything back */
	EXPECT_GE(before.out_used + 8192, after.out_used);
	for (i = 0; i < nr; i++)
		close(small[i]);
	test_snapshot(hog, &snap);
	EXPECT_EQ(1, snap.arg.out_objects);
	close(hog);
}

TEST_HARNESS_MAIN
