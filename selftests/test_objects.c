// SPDX-License-Identifier: GPL-2.0
/*
 * LIVEDUMP_LIST_OBJECTS: each object once, with the way it was reached first.
 */
#include <stdint.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define addr(pointer)		((uintptr_t)(pointer))
#define in_root(member)		offsetof(struct livedump_test_root, member)
#define NO_TYPE			0xffffffffU
#define FAN			LIVEDUMP_TEST_FAN

/* Types of the plan, and edges, by their index. */
enum { T_ROOT, T_LEAF, T_FAN, T_NODE };
enum { E_LEAF, E_SLOTS, E_FAN, E_RING, E_TEXT, E_BLOB, E_GUARD, E_LEAVES, E_NEXT };

FIXTURE(objects) {
	int dev;
	int fd;
	struct livedump_test_root root;
	__u64 address;
	struct snap snap;
};

FIXTURE_SETUP(objects)
{
	struct snap *s = &self->snap;

	test_device(self->dev);
	test_create(self->fd, self->dev, NULL);
	test_root(&self->root);
	self->address = address_of("root");
	snap_init(s);
	snap_type(s, sizeof(struct livedump_test_root));
	snap_edge(s, LIVEDUMP_EDGE_POINTER, in_root(leaf), T_LEAF);
	snap_array(s, LIVEDUMP_EDGE_POINTER, in_root(slots[0].leaf), T_LEAF, LIVEDUMP_TEST_SLOTS,
		   sizeof(struct livedump_test_slot));
	snap_edge(s, LIVEDUMP_EDGE_POINTER, in_root(fan), T_FAN);
	snap_edge(s, LIVEDUMP_EDGE_POINTER, in_root(ring), T_NODE);
	snap_edge(s, LIVEDUMP_EDGE_STRING, in_root(text), 100);
	snap_edge(s, LIVEDUMP_EDGE_BYTES, in_root(blob), 64);
	snap_edge(s, LIVEDUMP_EDGE_BYTES, in_root(guard), 64);
	snap_type(s, sizeof(struct livedump_test_leaf));
	snap_type(s, sizeof(struct livedump_test_fan));
	snap_array(s, LIVEDUMP_EDGE_POINTER, offsetof(struct livedump_test_fan, leaves), T_LEAF,
		   FAN, 8);
	snap_type(s, sizeof(struct livedump_test_node));
	snap_edge(s, LIVEDUMP_EDGE_POINTER, offsetof(struct livedump_test_node, next), T_NODE);
	snap_root(s, LIVEDUMP_ROOT_ADDRESS, self->address, T_ROOT, NULL);
	s->arg.flags = LIVEDUMP_LIST_OBJECTS;
}

FIXTURE_TEARDOWN(objects)
{
	close(self->fd);
	EXPECT_EQ(0, ld_used(self->dev));
	close(self->dev);
}

static void expect(struct __test_metadata *_metadata, const struct livedump_object *o, __u64 at,
		   __u32 length, __u32 parent, __u32 edge, __u32 slot, __u32 type)
{
	EXPECT_EQ(at, o->address);
	EXPECT_EQ(length, o->length);
	EXPECT_EQ(parent, o->parent);
	EXPECT_EQ(edge, o->edge);
	EXPECT_EQ(slot, o->slot);
	EXPECT_EQ(type, o->type);
	EXPECT_EQ(0, o->__reserved);
}

/* The first ten, to one hop; they begin at @from in the list. */
static void expect_first_hop(struct __test_metadata *_metadata, const struct livedump_object *o,
			     const struct livedump_test_root *root, __u64 address, __u32 from)
{
	const __u32 leaf = sizeof(struct livedump_test_leaf);
	__u32 i;

	expect(_metadata, &o[0], address, sizeof(*root), LIVEDUMP_NO_PARENT, 0, 0, T_ROOT);
	expect(_metadata, &o[1], addr(root->leaf), leaf, from, E_LEAF, 0, T_LEAF);
	for (i = 0; i < LIVEDUMP_TEST_SLOTS; i++)
		expect(_metadata, &o[2 + i], addr(root->slots[i].leaf), leaf, from, E_SLOTS, i,
		       T_LEAF);
	expect(_metadata, &o[6], addr(root->fan), sizeof(*root->fan), from, E_FAN, 0, T_FAN);
	expect(_metadata, &o[7], addr(root->ring), sizeof(*root->ring), from, E_RING, 0, T_NODE);
	expect(_metadata, &o[8], addr(root->text), sizeof(LIVEDUMP_TEST_TEXT), from, E_TEXT, 0,
	       NO_TYPE);
	expect(_metadata, &o[9], addr(root->blob), 64, from, E_BLOB, 0, NO_TYPE);
	expect(_metadata, &o[10], addr(root->guard), 64, from, E_GUARD, 0, NO_TYPE);
	for (i = 0; i <= 10; i++) {
		EXPECT_EQ(!!i, o[i].depth);
		EXPECT_EQ(i == 10 ? LIVEDUMP_OBJECT_MISSING : 0, o[i].flags);
	}
}

TEST_F(objects, only_where_asked_for)
{
	struct livedump_status st;

	self->snap.arg.flags = 0;
	self->snap.arg.depth = 1;
	test_snapshot(self->fd, &self->snap);
	test_status(self->fd, &st);
	EXPECT_EQ(0, st.out_listed);
	EXPECT_EQ(0, st.out_unlisted);
	EXPECT_LT(0, st.out_objects);
}

TEST_F(objects, one_hop)
{
	struct view v;

	self->snap.arg.depth = 1;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, self->snap.arg.out_request);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(11, v.status.out_listed);
	EXPECT_EQ(0, v.status.out_unlisted);
	/* what is missing as a whole is listed, and no object that was recorded */
	EXPECT_EQ(10, v.status.out_objects);
	expect_first_hop(_metadata, v.objects, &self->root, self->address, 0);
	EXPECT_EQ(1, v.objects[10].request);
	view_unmap(&v);
}

/* A second request begins anew, behind the first one. */
TEST_F(objects, again)
{
	struct view v;
	__u32 i;

	self->snap.arg.depth = 1;
	test_snapshot(self->fd, &self->snap);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(2, self->snap.arg.out_request);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(22, v.status.out_listed);
	expect_first_hop(_metadata, v.objects, &self->root, self->address, 0);
	expect_first_hop(_metadata, v.objects + 11, &self->root, self->address, 11);
	for (i = 0; i < 22; i++)
		EXPECT_EQ(1 + i / 11, v.objects[i].request);
	view_unmap(&v);
}

/* More than a chunk of them; the ring is gone round once. */
TEST_F(objects, whole_graph)
{
	const struct livedump_test_fan *fan;
	const struct livedump_object *o;
	struct view v;
	__u32 i, k;

	self->snap.arg.depth = LIVEDUMP_MAX_DEPTH;
	for (k = 0; k < 2; k++)
		test_snapshot(self->fd, &self->snap);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(2 * (11 + FAN + LIVEDUMP_TEST_RING - 1), v.status.out_listed);
	fan = malloc(sizeof(*fan));
	ASSERT_EQ(0, view_read(&v, addr(self->root.fan), (void *)fan, sizeof(*fan)));
	for (k = 0; k < 2; k++) {
		__u32 from = k * (11 + FAN + LIVEDUMP_TEST_RING - 1);

		o = v.objects + from;
		expect_first_hop(_metadata, o, &self->root, self->address, from);
		for (i = 0; i < FAN; i++)
			expect(_metadata, &o[11 + i], addr(fan->leaves[i]),
			       sizeof(struct livedump_test_leaf), from + 6, E_LEAVES, i, T_LEAF);
		EXPECT_EQ(from + 7, o[11 + FAN].parent);
		for (i = 1; i < LIVEDUMP_TEST_RING - 1; i++)
			EXPECT_EQ(from + 11 + FAN + i - 1, o[11 + FAN + i].parent);
		for (i = 0; i < LIVEDUMP_TEST_RING - 1; i++)
			EXPECT_EQ(2 + i, o[11 + FAN + i].depth);
	}
	free((void *)fan);
	view_unmap(&v);
}

/* Where there is no room the list ends; it has no gaps, and what is not listed is counted. */
TEST_F(objects, full_session)
{
	const __u32 all = 11 + FAN + LIVEDUMP_TEST_RING - 1;
	const __u32 room = 512;		/* objects in a chunk of the list */
	int fd = ld_create_limited(self->dev, 4 << 20);
	static const char note[PAGE_SIZE];
	struct view v;
	__u32 i;

	ASSERT_LE(0, fd);
	self->snap.arg.depth = LIVEDUMP_MAX_DEPTH;
	test_snapshot(fd, &self->snap);
	while (!ld_annotate(fd, note, sizeof(note)))
		;
	EXPECT_EQ(ENOSPC, errno);
	/* there is nothing new to record, so the requests have nothing to complain of */
	test_snapshot(fd, &self->snap);
	EXPECT_EQ(all - 1, self->snap.arg.out_objects);
	test_snapshot(fd, &self->snap);
	ASSERT_EQ(0, view_map(&v, fd));
	EXPECT_GE(4 << 20, v.status.out_used);
	ASSERT_EQ(room, v.status.out_listed);
	EXPECT_EQ(3 * all - room, v.status.out_unlisted);
	expect_first_hop(_metadata, v.objects + all, &self->root, self->address, all);
	for (i = 0; i < room; i++) {
		EXPECT_EQ(i % all == 0, v.objects[i].parent == LIVEDUMP_NO_PARENT);
		EXPECT_EQ(1 + i / all, v.objects[i].request);
	}
	view_unmap(&v);
	close(fd);
}

static void *map(int fd, __u64 offset, size_t size)
{
	return mmap(NULL, size, PROT_READ, MAP_SHARED, fd, LIVEDUMP_MMAP_OBJECTS + offset);
}

TEST_F(objects, mapping)
{
	size_t size, rest, at;
	struct view v;
	void *p;

	self->snap.arg.depth = LIVEDUMP_MAX_DEPTH;
	test_snapshot(self->fd, &self->snap);
	test_snapshot(self->fd, &self->snap);
	ASSERT_EQ(0, view_map(&v, self->fd));
	size = v.status.out_listed * sizeof(*v.objects);
	rest = (size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE - size;
	/* more than a chunk, the entries of which go over the ends of pages */
	ASSERT_LT(20480, size);
	EXPECT_EQ(rest, ld_same((const char *)v.objects + size, 0, rest));
	for (at = 0; at < size + rest; at += PAGE_SIZE) {
		p = map(self->fd, at, PAGE_SIZE);
		ASSERT_NE(MAP_FAILED, p);
		EXPECT_EQ(0, memcmp((const char *)v.objects + at, p, PAGE_SIZE));
		munmap(p, PAGE_SIZE);
	}
	EXPECT_EQ(MAP_FAILED, map(self->fd, size + rest, PAGE_SIZE));
	EXPECT_EQ(ENXIO, errno);
	view_unmap(&v);
}

TEST_HARNESS_MAIN
