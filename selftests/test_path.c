// SPDX-License-Identifier: GPL-2.0
/*
 * Roots behind pointers: the object at the end of a path, the pages the way was read from, and what
 * a path that ends too soon says.
 */
#include <stdint.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define in_root(member)	(self->at + offsetof(struct livedump_test_root, member))

FIXTURE(path) {
	int dev;
	int fd;
	__u64 at;
	struct livedump_test_root root;
	struct snap snap;
};

FIXTURE_SETUP(path)
{
	test_device(self->dev);
	test_create(self->fd, self->dev, NULL);
	self->at = address_of("root");
	test_root(&self->root);
	snap_init(&self->snap);
	snap_type(&self->snap, 16);
}

FIXTURE_TEARDOWN(path)
{
	close(self->fd);
	close(self->dev);
}

static struct livedump_root *add(struct snap *s, __u32 kind, __u64 address, __u32 hops, __u32 last)
{
	struct livedump_root *r = snap_root(s, kind, address, 0, NULL);
	__u32 i;

	for (i = 0; i < hops; i++)
		r->path[i] = offsetof(struct livedump_test_node, next);
	if (hops)
		r->path[hops - 1] = last;
	r->nr_path = hops;
	return r;
}

TEST_F(path, one_pointer)
{
	struct livedump_root *r = add(&self->snap, LIVEDUMP_ROOT_ADDRESS, in_root(leaf), 1, 8);
	struct view v;

	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ((uintptr_t)self->root.leaf + 8, r->out_address);
	EXPECT_EQ((uintptr_t)self->root.leaf, r->out_pointer);
	EXPECT_EQ(1, r->out_hops);
	EXPECT_EQ(16, r->out_recorded);
	EXPECT_EQ(1, self->snap.arg.out_objects);
	ASSERT_EQ(0, view_map(&v, self->fd));
	EXPECT_TRUE(view_has(&v, in_root(leaf), 8));
	EXPECT_TRUE(view_has(&v, r->out_address, 16));
	view_unmap(&v);
}

/* Along the chain: as far as there may be entries. */
TEST_F(path, many)
{
	struct livedump_root *r = add(&self->snap, LIVEDUMP_ROOT_ADDRESS, in_root(chain),
				      LIVEDUMP_MAX_PATH, 0);
	struct livedump_test_node node;
	struct view v;

	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(LIVEDUMP_MAX_PATH, r->out_hops);
	EXPECT_EQ(16, r->out_recorded);
	EXPECT_EQ(1, self->snap.arg.out_objects);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(0, view_read(&v, r->out_address, &node, sizeof(node)));
	EXPECT_EQ(livedump_test_chain_value(LIVEDUMP_MAX_PATH - 1), node.value);
	view_unmap(&v);
}

#define expect_end(_r, _hops, _address, _pointer) do {			\
	EXPECT_EQ((_hops), (_r)->out_hops);				\
	EXPECT_EQ((_address), (_r)->out_address);			\
	EXPECT_EQ((_pointer), (_r)->out_pointer);			\
	EXPECT_EQ(0, (_r)->out_recorded);				\
} while (0)

TEST_F(path, ends)
{
	struct livedump_root *null = add(&self->snap, LIVEDUMP_ROOT_ADDRESS, in_root(null), 2, 0);
	struct livedump_root *user = add(&self->snap, LIVEDUMP_ROOT_ADDRESS, in_root(user), 1, 0);
	struct livedump_root *bad = add(&self->snap, LIVEDUMP_ROOT_ADDRESS, in_root(error), 1, 0);
	struct livedump_root *odd = add(&self->snap, LIVEDUMP_ROOT_ADDRESS, in_root(poison), 3, 0);
	struct livedump_root *guard = add(&self->snap, LIVEDUMP_ROOT_ADDRESS, in_root(guard), 2, 0);
	struct livedump_root *good = add(&self->snap, LIVEDUMP_ROOT_ADDRESS, in_root(leaf), 1, 0);

	test_snapshot(self->fd, &self->snap);
	expect_end(null, 0, in_root(null), 0);
	EXPECT_EQ(0, ld_sum(null->out_missing));
	expect_end(user, 0, in_root(user), (uintptr_t)self->root.user);
	expect_end(bad, 0, in_root(error), (uintptr_t)self->root.error);
	expect_end(odd, 0, in_root(poison), (uintptr_t)self->root.poison);
	/* The second pointer would have to be read from where nothing is. */
	expect_end(guard, 1, (uintptr_t)self->root.guard + 8, 0);
	EXPECT_EQ(8, guard->out_missing[LIVEDUMP_UNMAPPED]);
	EXPECT_EQ(16, good->out_recorded);
	EXPECT_EQ(1, self->snap.arg.out_objects);
}

/* The object is not there, though the path is. */
TEST_F(path, to_nowhere)
{
	struct livedump_root *r = add(&self->snap, LIVEDUMP_ROOT_ADDRESS, in_root(guard), 1, 0);

	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, r->out_hops);
	EXPECT_EQ((uintptr_t)self->root.guard, r->out_address);
	EXPECT_EQ(0, r->out_recorded);
	EXPECT_EQ(16, r->out_missing[LIVEDUMP_UNMAPPED]);
}

TEST_F(path, percpu)
{
	const size_t self_at = offsetof(struct livedump_test_percpu, self);
	struct livedump_root *r = add(&self->snap, LIVEDUMP_ROOT_PERCPU,
				      (uintptr_t)self->root.percpu + self_at, 1, 0);
	struct livedump_test_percpu object;
	struct view v;

	r->cpu = 1;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, r->out_hops);
	EXPECT_EQ(16, r->out_recorded);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(0, view_read(&v, r->out_address, &object, 16));
	EXPECT_EQ(1, object.cpu);
	view_unmap(&v);

	r->cpu = LIVEDUMP_ALL_CPUS;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, r->out_hops);
	EXPECT_EQ(0, r->out_recorded % 16);
	EXPECT_LE(32, r->out_recorded);
}

/* Of a task, a member, or what it points to: neither its stack nor the rest. */
TEST_F(path, of_a_task)
{
	struct livedump_root *whole, *part;
	__u64 task;
	struct view v;

	snap_init(&self->snap);
	snap_type(&self->snap, 1);
	whole = snap_root(&self->snap, LIVEDUMP_ROOT_TASK, getpid(), 0, NULL);
	test_snapshot(self->fd, &self->snap);
	EXPECT_LT(4096, whole->out_recorded);
	task = whole->out_address;

	close(self->fd);
	test_create(self->fd, self->dev, NULL);
	snap_init(&self->snap);
	snap_type(&self->snap, 1);
	part = snap_root(&self->snap, LIVEDUMP_ROOT_TASK, getpid(), 0, NULL);
	part->flags = LIVEDUMP_ROOT_PART;
	part->offset = 64;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, part->out_recorded);
	EXPECT_EQ(task + 64, part->out_address);
	ASSERT_EQ(0, view_map(&v, self->fd));
	EXPECT_TRUE(view_has(&v, part->out_address, 1));
	view_unmap(&v);

	part->address = 0x7fffffff;
	test_err_snapshot(ESRCH, self->fd, &self->snap);
	EXPECT_EQ(0, self->snap.arg.out_bad_root);
}

TEST_HARNESS_MAIN
