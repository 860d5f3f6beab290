// SPDX-License-Identifier: GPL-2.0
/*
 * Budgets of a snapshot: what is within them is recorded, what is not is counted.
 */
#include <stdint.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

enum { FAN, LEAF, NODE };

FIXTURE(budget) {
	int dev;
	int fd;
	struct livedump_test_root root;
	struct snap snap;
};

FIXTURE_SETUP(budget)
{
	struct snap *s = &self->snap;

	test_device(self->dev);
	test_create(self->fd, self->dev, NULL);
	test_root(&self->root);
	snap_init(s);
	snap_type(s, sizeof(struct livedump_test_fan));
	snap_array(s, LIVEDUMP_EDGE_POINTER, offsetof(struct livedump_test_fan, leaves), LEAF,
		   LIVEDUMP_TEST_FAN, 8);
	snap_type(s, sizeof(struct livedump_test_leaf));
	snap_type(s, sizeof(struct livedump_test_node));
	snap_edge(s, LIVEDUMP_EDGE_POINTER, offsetof(struct livedump_test_node, next), NODE);
}

FIXTURE_TEARDOWN(budget)
{
	close(self->fd);
	close(self->dev);
}

#define addr(pointer)	((uintptr_t)(pointer))

static void fan_root(struct snap *s, const struct livedump_test_root *root)
{
	snap_root(s, LIVEDUMP_ROOT_ADDRESS, addr(root->fan), FAN, NULL);
	s->arg.depth = 1;
}

static void chain_root(struct snap *s, const struct livedump_test_root *root)
{
	snap_root(s, LIVEDUMP_ROOT_ADDRESS, addr(root->chain), NODE, NULL);
	s->arg.depth = LIVEDUMP_MAX_DEPTH;
}

TEST_F(budget, objects)
{
	static const __u64 budgets[] = { 1, 2, 10, 300, 301, 302, LIVEDUMP_DEFAULT_OBJECTS };
	struct livedump_snapshot *arg = &self->snap.arg;
	size_t i;

	fan_root(&self->snap, &self->root);
	for (i = 0; i < ARRAY_SIZE(budgets); i++) {
		const __u64 objects = budgets[i] < 301 ? budgets[i] : 301;

		arg->max_objects = budgets[i];
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(objects, arg->out_objects);
		EXPECT_EQ(300, arg->out_pointers);
		EXPECT_EQ(301 - objects, arg->out_cut);
		EXPECT_EQ(0, arg->out_seen);
		EXPECT_EQ(sizeof(struct livedump_test_fan) + (objects - 1) * 32,
			  arg->out_object_bytes);
	}
}

/* Breadth-first: of a root with few pointers and one with many, the near ones come first. */
TEST_F(budget, objects_near_the_roots_first)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	struct livedump_test_node first;
	struct view v;

	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, addr(self->root.chain), NODE, NULL);
	fan_root(&self->snap, &self->root);
	arg->depth = LIVEDUMP_MAX_DEPTH;
	arg->max_objects = 2 + 1 + 299;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(302, arg->out_objects);
	kcore_read(addr(self->root.chain), &first, sizeof(first));
	ASSERT_EQ(0, view_map(&v, self->fd));
	EXPECT_NE(NULL, view_page(&v, addr(first.next)));
	kcore_read(addr(first.next), &first, sizeof(first));
	EXPECT_EQ(NULL, view_page(&v, addr(first.next)));
}

TEST_F(budget, objects_for_less_than_the_roots)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	struct livedump_root *one, *two, *three;

	one = snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, addr(self->root.leaf), LEAF, NULL);
	two = snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, addr(self->root.vmalloced), LEAF,
			NULL);
	three = snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, addr(self->root.leaf), LEAF, NULL);
	arg->max_objects = 1;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, arg->out_objects);
	EXPECT_EQ(32, one->out_recorded);
	EXPECT_EQ(0, two->out_recorded);
	EXPECT_EQ(32, two->out_missing[LIVEDUMP_BUDGET]);
	EXPECT_EQ(32, three->out_recorded);
	EXPECT_EQ(32, arg->out_missing[LIVEDUMP_BUDGET]);
}

/* Every budget of pages from none to more than enough; each in a session of its own. */
TEST_F(budget, bytes)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	__u64 all, whole, b;

	fan_root(&self->snap, &self->root);
	test_snapshot(self->fd, &self->snap);
	all = arg->out_pages;
	whole = arg->out_object_bytes;
	ASSERT_LT(5, all);
	for (b = 0; b < (all + 2) * 2; b++) {
		close(self->fd);
		test_create(self->fd, self->dev, NULL);
		/* Just below and exactly so many pages; 0 would be no budget. */
		arg->max_bytes = (b + 1) / 2 * PAGE_SIZE + (b % 2 ? -1 : 0) + !b;
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(arg->max_bytes / PAGE_SIZE < all ? arg->max_bytes / PAGE_SIZE : all,
			  arg->out_pages) {
			TH_LOG("%llu bytes", arg->max_bytes);
		}
		EXPECT_EQ(arg->out_pages < all, arg->out_missing[LIVEDUMP_BUDGET] > 0);
		EXPECT_EQ(ld_sum(arg->out_missing), arg->out_missing[LIVEDUMP_BUDGET]);
		EXPECT_GE(whole, arg->out_object_bytes);
		EXPECT_EQ(arg->out_pages == all, whole == arg->out_object_bytes);
	}
}

TEST_F(budget, absurd_bytes)
{
	struct livedump_snapshot *arg = &self->snap.arg;

	fan_root(&self->snap, &self->root);
	arg->max_bytes = ~0ULL;
	arg->max_time_ns = ~0ULL;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(301, arg->out_objects);
	EXPECT_EQ(0, ld_sum(arg->out_missing));
}

TEST_F(budget, time)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	struct livedump_status st;

	/* Not even a nanosecond: little is done, and the rest is counted. */
	chain_root(&self->snap, &self->root);
	fan_root(&self->snap, &self->root);
	arg->depth = LIVEDUMP_MAX_DEPTH;
	arg->max_time_ns = 1;
	test_snapshot(self->fd, &self->snap);
	EXPECT_GT(301 + LIVEDUMP_MAX_DEPTH, arg->out_objects);
	EXPECT_LT(0, arg->out_missing[LIVEDUMP_TIMEOUT] + arg->out_cut);
	EXPECT_EQ(ld_sum(arg->out_missing), arg->out_missing[LIVEDUMP_TIMEOUT]);
	/* The session goes on. */
	test_status(self->fd, &st);
	EXPECT_EQ(LIVEDUMP_RECORDING, st.out_state);
	arg->max_time_ns = 0;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(301 + 1 + LIVEDUMP_MAX_DEPTH, arg->out_objects);
	EXPECT_EQ(0, ld_sum(arg->out_missing));
}

/* Much more work than there is time for ends in time. */
TEST_F(budget, time_is_kept)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	struct livedump_info info;
	/* Enough for the root, which is large, where the host does not stop us. */
	__u64 budget = is_slow() ? SECOND : SECOND / 10;
	__u64 before, took;

	test_info(self->dev, &info);
	snap_endless(&self->snap, info.out_text_start);
	do {
		budget *= 2;
		arg->max_time_ns = budget;
		before = now_ns();
		test_snapshot(self->fd, &self->snap);
		took = now_ns() - before;
	} while (!arg->out_pointers && budget < 8 * SECOND);
	EXPECT_LE(budget, arg->out_time_ns);
	EXPECT_GT(5 * budget, took) {
		TH_LOG("%llu ms", took / 1000000);
	}
	EXPECT_LT(0, arg->out_pointers);
	EXPECT_GT((1ULL << 20) * SNAP_EDGES, arg->out_pointers);
}

/* A session's deadline holds for a request under way, too; the next time if it was over before. */
TEST_F(budget, deadline_during_a_request)
{
	struct livedump_create create = { .deadline_ms = 150 };
	struct livedump_snapshot *arg = &self->snap.arg;
	struct livedump_info info;
	int fd = -1, tries = 5, ret;
	__u64 before;

	test_info(self->dev, &info);
	snap_endless(&self->snap, info.out_text_start);
	do {
		close(fd);
		fd = ld_create_with(self->dev, &create);
		ASSERT_LE(0, fd);
		before = now_ns();
		ret = ld_snapshot(fd, &self->snap);
	} while (ret && errno == ETIME && --tries);
	ASSERT_EQ(0, ret);
	EXPECT_GT((is_slow() ? 5 : 1) * SECOND, now_ns() - before);
	EXPECT_LT(0, arg->out_missing[LIVEDUMP_TIMEOUT] + arg->out_cut);
	test_err_snapshot(ETIME, fd, &self->snap);
	close(fd);
}

TEST_HARNESS_MAIN
