// SPDX-License-Identifier: GPL-2.0
/*
 * How far things are from a root: the fewest pointer hops, by whatever way. To follow some edges is
 * none (LIVEDUMP_EDGE_STEP), so that what is reached by a hop can turn out to be nearer.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

/* Objects of one pointer to hop and one to step by: there are so many in a page. */
#define OBJECTS			256

/* A page of ours: @hop and @step are indexes of others, -1 for none. */
struct object {
	__u64 hop;
	__u64 step;
};

FIXTURE(depth) {
	int dev;
	int fd;
	struct object *objects;
	__u64 at;
	struct snap snap;
};

FIXTURE_SETUP(depth)
{
	struct livedump_info info;

	test_device(self->dev);
	test_create(self->fd, self->dev, NULL);
	test_info(self->dev, &info);
	self->objects = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->objects);
	memset(self->objects, 0, PAGE_SIZE);
	self->at = info.out_page_offset + pfn_of(self->objects) * PAGE_SIZE;
	snap_init(&self->snap);
	self->snap.arg.flags = LIVEDUMP_USER_MEMORY | LIVEDUMP_LIST_OBJECTS;
	snap_type(&self->snap, sizeof(struct object));
	snap_edge(&self->snap, LIVEDUMP_EDGE_POINTER, offsetof(struct object, hop), 0);
	snap_edge(&self->snap, LIVEDUMP_EDGE_POINTER, offsetof(struct object, step), 0);
	self->snap.edges[1].flags = LIVEDUMP_EDGE_STEP;
	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, self->at, 0, NULL);
}

FIXTURE_TEARDOWN(depth)
{
	close(self->fd);
	close(self->dev);
}

static __u64 address(__u64 at, int object)
{
	return object < 0 ? 0 : at + object * sizeof(struct object);
}

/* What one object leads to; -1 is nothing. */
#define lead(from, by_hop, by_step)						\
	(self->objects[from] = (struct object){ address(self->at, by_hop),	\
						address(self->at, by_step) })

struct wanted {
	int object;
	int depth;
};

/* Is that what was recorded, in its order? And by a way that has so many hops? */
static int compare(int fd, __u64 at, const struct wanted *wanted, size_t nr)
{
	const struct livedump_object *o;
	struct view v;
	size_t i;

	if (view_map(&v, fd))
		return -1;
	for (i = 0; i < v.status.out_listed; i++) {
		o = &v.objects[i];
		if (i >= nr || o->address != address(at, wanted[i].object) ||
		    o->depth != wanted[i].depth)
			break;
		if (i && (o->parent >= i || o->depth != v.objects[o->parent].depth + !o->edge))
			break;
	}
	if (i < v.status.out_listed)
		printf("# entry %zu: object %lld, %u deep, from entry %u by edge %u\n", i,
		       (long long)(o->address - at) / (int)sizeof(struct object), o->depth,
		       o->parent, o->edge);
	view_unmap(&v);
	return i == nr ? 0 : -1;
}

#define recorded(...) do {								\
	static const struct wanted _wanted[] = { __VA_ARGS__ };				\
											\
	test_snapshot(self->fd, &self->snap);						\
	EXPECT_EQ(0, compare(self->fd, self->at, _wanted, ARRAY_SIZE(_wanted)));	\
} while (0)

TEST_F(depth, a_hop_then_a_step)
{
	lead(0, 1, 2);
	lead(2, 3, 1);
	lead(1, 4, -1);
	self->snap.arg.depth = 1;
	recorded({ 0, 0 }, { 2, 0 }, { 1, 0 }, { 3, 1 }, { 4, 1 });
}

/* What is met last is nearest: what it leads to is followed as far as from there. */
TEST_F(depth, steps_that_come_late)
{
	lead(0, 1, 2);
	lead(1, 5, 6);
	lead(2, -1, 3);
	lead(3, -1, 4);
	lead(4, -1, 1);
	lead(5, 7, -1);
	self->snap.arg.depth = 1;
	recorded({ 0, 0 }, { 2, 0 }, { 3, 0 }, { 4, 0 }, { 1, 0 }, { 6, 0 }, { 5, 1 });
}

/* Each of a row of objects is a hop from the one before, and a step from one that comes later. */
TEST_F(depth, each_late)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	struct view v;
	int i;

	for (i = 0; i < OBJECTS; i++)
		lead(i, i + 2 < OBJECTS ? i + 2 : -1, i + 1 < OBJECTS ? i + 1 : -1);
	for (arg->depth = 0; arg->depth < 3; arg->depth++) {
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(OBJECTS, arg->out_objects);
		ASSERT_EQ(0, view_map(&v, self->fd));
		for (i = 0; i < (int)v.status.out_listed; i++)
			EXPECT_EQ(0, v.objects[i].depth);
		EXPECT_EQ(OBJECTS * (arg->depth + 1), v.status.out_listed);
		view_unmap(&v);
	}
}

/* What no budget is left for is counted, near or far. */
TEST_F(depth, budget)
{
	struct livedump_snapshot *arg = &self->snap.arg;

	lead(0, 1, 2);
	lead(1, 5, 6);
	lead(2, -1, 3);
	lead(3, -1, 4);
	lead(4, -1, 1);
	arg->depth = 1;
	arg->max_objects = 5;
	recorded({ 0, 0 }, { 2, 0 }, { 3, 0 }, { 4, 0 }, { 1, 0 });
	EXPECT_EQ(2, arg->out_cut);
	EXPECT_EQ(2 * sizeof(struct object), ld_sum(arg->out_missing));
	EXPECT_EQ(2 * sizeof(struct object), arg->out_missing[LIVEDUMP_BUDGET]);
}

TEST_HARNESS_MAIN
