// SPDX-License-Identifier: GPL-2.0
/*
 * Hostile plans: each rule broken one at a time, each limit reached and passed, sums that do not
 * fit. A good plan with the same shape shows that it is the one thing that was refused.
 */
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define SIZE	64	/* of type 0 */

FIXTURE(plan) {
	int dev;
	int fd;
	__u64 address;
	struct snap snap;
};

/* Type 0 has edges 0 and 1, type 1 has none, type 2 has edge 2. */
static void good_plan(struct snap *s, __u64 address)
{
	snap_init(s);
	snap_type(s, SIZE);
	snap_edge(s, LIVEDUMP_EDGE_POINTER, 0, 1);
	snap_array(s, LIVEDUMP_EDGE_STRING, 8, 16, 2, 16);
	snap_type(s, 1);
	snap_type(s, 24);
	snap_edge(s, LIVEDUMP_EDGE_BYTES, 16, 100);
	snap_root(s, LIVEDUMP_ROOT_ADDRESS, address, 0, NULL);
	s->arg.depth = 1;
}

FIXTURE_SETUP(plan)
{
	struct livedump_info info;

	test_device(self->dev);
	test_info(self->dev, &info);
	self->address = info.out_text_start;
	test_create(self->fd, self->dev, NULL);
	good_plan(&self->snap, self->address);
}

FIXTURE_TEARDOWN(plan)
{
	struct livedump_status st;

	/* Whatever was refused has left no trace. */
	good_plan(&self->snap, self->address);
	EXPECT_EQ(0, ld_snapshot(self->fd, &self->snap));
	EXPECT_EQ(0, ld_status(self->fd, &st));
	EXPECT_LE(1, st.out_requests);
	close(self->fd);
	close(self->dev);
}

/* The plan with one thing changed is refused; set right again it is good. */
#define refused(_errno, _lvalue, _value) do {					\
	__auto_type place = &(_lvalue);						\
	__auto_type right = *place;						\
										\
	*place = (_value);							\
	errno = 0;								\
	EXPECT_EQ(-1, ld_snapshot(self->fd, &self->snap)) {			\
		TH_LOG("%s = %s was taken", #_lvalue, #_value);			\
	}									\
	EXPECT_EQ(_errno, errno) {						\
		TH_LOG("%s = %s", #_lvalue, #_value);				\
	}									\
	*place = right;								\
	EXPECT_EQ(0, ld_snapshot(self->fd, &self->snap));			\
} while (0)

/* The plan with one thing changed is taken. */
#define taken(_lvalue, _value) do {						\
	__auto_type place = &(_lvalue);						\
	__auto_type right = *place;						\
										\
	*place = (_value);							\
	EXPECT_EQ(0, ld_snapshot(self->fd, &self->snap)) {			\
		TH_LOG("%s = %s: errno %d", #_lvalue, #_value, errno);		\
	}									\
	*place = right;								\
} while (0)

TEST_F(plan, sizes_of_types)
{
	struct livedump_type *t = self->snap.types;

	refused(EINVAL, t[1].size, 0);
	refused(EINVAL, t[1].size, LIVEDUMP_MAX_OBJECT_SIZE + 1);
	refused(EINVAL, t[1].size, 0x80000000);
	refused(EINVAL, t[1].size, 0xffffffff);
	taken(t[1].size, LIVEDUMP_MAX_OBJECT_SIZE);
	/* Too small for their edges. */
	refused(EINVAL, t[0].size, 31);
	taken(t[0].size, 32);
	refused(EINVAL, t[2].size, 23);
	taken(t[2].size, 24);
	refused(EINVAL, t[2].size, 7);
}

TEST_F(plan, reserved_members_of_types)
{
	refused(EINVAL, self->snap.types[0].__reserved, 1);
	refused(EINVAL, self->snap.types[2].__reserved, 0x80000000);
}

TEST_F(plan, edges_of_types)
{
	struct livedump_type *t = self->snap.types;

	refused(EINVAL, t[0].first_edge, 1);
	refused(EINVAL, t[1].first_edge, 0);
	refused(EINVAL, t[1].first_edge, 1);
	refused(EINVAL, t[1].first_edge, 3);
	refused(EINVAL, t[2].first_edge, 1);
	refused(EINVAL, t[2].first_edge, 3);
	refused(EINVAL, t[2].first_edge, 0xffffffff);
	/* Two types cannot share an edge, nor can one be nobody's. */
	refused(EINVAL, t[0].nr_edges, 1);
	refused(EINVAL, t[0].nr_edges, 3);
	refused(EINVAL, t[1].nr_edges, 1);
	refused(EINVAL, t[2].nr_edges, 0);
	refused(EINVAL, t[2].nr_edges, 2);
	refused(EINVAL, t[2].nr_edges, 0xffffffff);
	refused(EINVAL, t[0].nr_edges, 0xffffffff);
	refused(EINVAL, t[1].nr_edges, 0xfffffffe);
	refused(EINVAL, self->snap.arg.nr_edges, 2);
	refused(EINVAL, self->snap.arg.nr_edges, 4);
	refused(EINVAL, self->snap.arg.nr_edges, 0);
}

TEST_F(plan, kinds_of_edges)
{
	struct livedump_edge *e = self->snap.edges;
	unsigned int kind;

	for (kind = 0; kind < 0x10000; kind += kind < 64 ? 1 : 977) {
		if (kind >= LIVEDUMP_EDGE_POINTER && kind <= LIVEDUMP_EDGE_ARRAY)
			continue;
		e[0].kind = kind;
		test_err_snapshot(EINVAL, self->fd, &self->snap);
	}
	e[0].kind = LIVEDUMP_EDGE_POINTER;
	/* Another kind has other members. */
	refused(EINVAL, e[0].kind, LIVEDUMP_EDGE_STRING);
	refused(EINVAL, e[0].kind, LIVEDUMP_EDGE_BYTES);
	refused(EINVAL, e[1].kind, LIVEDUMP_EDGE_POINTER);
	taken(e[1].kind, LIVEDUMP_EDGE_BYTES);
	taken(e[2].kind, LIVEDUMP_EDGE_STRING);
}

TEST_F(plan, flags_of_edges)
{
	struct livedump_edge *e = self->snap.edges;
	int bit;

	for (bit = 3; bit < 16; bit++)
		refused(EINVAL, e[bit % 3].flags, 1U << bit);
	/* Of other kinds, and of types with a flexible array. */
	for (bit = 0; bit < 3; bit++) {
		refused(EINVAL, e[bit].flags, LIVEDUMP_EDGE_SCAN);
		refused(EINVAL, e[bit].flags, LIVEDUMP_EDGE_FLEX);
		taken(e[bit].flags, LIVEDUMP_EDGE_STEP);
	}
}

TEST_F(plan, types_of_edges)
{
	struct livedump_edge *e = self->snap.edges;

	taken(e[0].type, 0);
	taken(e[0].type, 2);
	refused(EINVAL, e[0].type, 3);
	refused(EINVAL, e[0].type, 0x7fffffff);
	refused(EINVAL, e[0].type, 0xffffffff);
	refused(EINVAL, e[1].type, 1);
	refused(EINVAL, e[2].type, 0xffffffff);
}

TEST_F(plan, lengths_of_edges)
{
	struct livedump_edge *e = self->snap.edges;

	refused(EINVAL, e[0].arg, 1);
	refused(EINVAL, e[0].arg, 0xffffffff);
	refused(EINVAL, e[1].arg, 0);
	refused(EINVAL, e[1].arg, LIVEDUMP_MAX_EDGE_BYTES + 1);
	refused(EINVAL, e[1].arg, 0xffffffff);
	taken(e[1].arg, LIVEDUMP_MAX_EDGE_BYTES);
	refused(EINVAL, e[2].arg, 0);
	refused(EINVAL, e[2].arg, LIVEDUMP_MAX_EDGE_BYTES + 1);
	taken(e[2].arg, LIVEDUMP_MAX_EDGE_BYTES);
}

TEST_F(plan, counts_and_strides)
{
	struct livedump_edge *e = self->snap.edges;

	refused(EINVAL, e[0].count, 0);
	refused(EINVAL, e[1].count, 0);
	refused(EINVAL, e[0].stride, 8);
	refused(EINVAL, e[0].stride, 0xffffffff);
	refused(EINVAL, e[0].count, 2);			/* without a stride */
	refused(EINVAL, e[1].count, 1);			/* with one */
	refused(EINVAL, e[1].stride, 0);
	refused(EINVAL, e[1].stride, 7);
	taken(e[1].stride, 8);
	taken(e[1].stride, 48);
	refused(EINVAL, e[1].stride, 49);
	taken(e[1].count, 4);
	refused(EINVAL, e[1].count, 5);
}

TEST_F(plan, places_of_edges)
{
	struct livedump_edge *e = self->snap.edges;

	taken(e[0].offset, SIZE - 8);
	refused(EINVAL, e[0].offset, SIZE - 7);
	refused(EINVAL, e[0].offset, SIZE);
	refused(EINVAL, e[0].offset, 0x7fffffff);
	taken(e[1].offset, SIZE - 8 - 16);
	refused(EINVAL, e[1].offset, SIZE - 8 - 15);
	refused(EINVAL, e[2].offset, 17);
}

/* Sums and products whose low 32 bits look good. */
TEST_F(plan, overflows)
{
	struct livedump_edge *e = self->snap.edges;
	unsigned int bit;

	refused(EINVAL, e[0].offset, 0xffffffff);
	refused(EINVAL, e[0].offset, 0xfffffff8);	/* + 8 */
	refused(EINVAL, e[0].offset, 0xfffffff9);
	e[1].offset = 0;
	refused(EINVAL, e[1].offset, 0xfffffff0 - 8);	/* + 16 + 8 */
	/* (count - 1) * stride is 2^32, or 2^33... */
	for (bit = 3; bit < 32; bit++) {
		e[1].stride = 1U << bit;
		e[1].count = (1ULL << (32 - bit)) + 1;
		test_err_snapshot(EINVAL, self->fd, &self->snap);
	}
	e[1].stride = 16;
	e[1].count = 2;
	refused(EINVAL, e[1].count, 0x10000001);
	refused(EINVAL, e[1].count, 0xffffffff);
	e[1].count = 0xffffffff;
	e[1].stride = 0xffffffff;
	e[1].offset = 0xffffffff;
	test_err_snapshot(EINVAL, self->fd, &self->snap);
	e[1].offset = 0;
	test_err_snapshot(EINVAL, self->fd, &self->snap);
	/* 0x10001 * 0xffff + 1 = 2^32 */
	e[1].count = 0x10002;
	e[1].stride = 0xffff;
	e[1].offset = 1;
	test_err_snapshot(EINVAL, self->fd, &self->snap);
	/* As much as fits into the largest type. */
	self->snap.types[0].size = LIVEDUMP_MAX_OBJECT_SIZE;
	e[1].offset = 0;
	e[1].stride = 8;
	e[1].count = LIVEDUMP_MAX_OBJECT_SIZE / 8;
	self->snap.arg.max_time_ns = 1000000;
	self->snap.arg.depth = 0;
	test_snapshot(self->fd, &self->snap);
	e[1].offset = 1;
	test_err_snapshot(EINVAL, self->fd, &self->snap);
}

TEST_F(plan, roots)
{
	struct livedump_root *r = self->snap.roots;
	unsigned int bit;

	taken(r->type, 2);
	refused(EINVAL, r->type, 3);
	refused(EINVAL, r->type, 0xffffffff);
	refused(EINVAL, r->kind, 3);
	refused(EINVAL, r->kind, 0x100);
	refused(EINVAL, r->kind, 0xffffffff);
	refused(EINVAL, r->cpu, 1);
	refused(EINVAL, r->cpu, LIVEDUMP_ALL_CPUS);
	for (bit = 0; bit < 32; bit++)
		refused(EINVAL, r->flags, 1U << bit);
	refused(EINVAL, r->offset, 1);
	refused(EINVAL, r->__reserved, 1);
	refused(EINVAL, r->path[0], 1);
	refused(EINVAL, r->path[LIVEDUMP_MAX_PATH - 1], 1);
	refused(EINVAL, r->nr_path, LIVEDUMP_MAX_PATH + 1);
	refused(EINVAL, r->nr_path, 0xffffffff);
	taken(r->nr_path, LIVEDUMP_MAX_PATH);
	r->kind = LIVEDUMP_ROOT_TASK;
	r->address = getpid();
	refused(EINVAL, r->cpu, 1);
	refused(EINVAL, r->symbol[0], 'x');
	refused(EINVAL, r->flags, 2);
	/* A part of a task has a place in it, and the whole task has none. */
	refused(EINVAL, r->offset, 8);
	refused(EINVAL, r->nr_path, 1);
	taken(r->flags, LIVEDUMP_ROOT_PART);
	r->flags = LIVEDUMP_ROOT_PART;
	taken(r->offset, 8);
	taken(r->nr_path, 1);
	r->flags = 0;
	r->kind = LIVEDUMP_ROOT_PERCPU;
	refused(EINVAL, r->flags, LIVEDUMP_ROOT_PART);
	refused(EINVAL, r->type, 3);
}

TEST_F(plan, nothing)
{
	refused(EINVAL, self->snap.arg.nr_roots, 0);
	refused(EINVAL, self->snap.arg.nr_types, 0);
	self->snap.arg.nr_types = 2;
	test_err_snapshot(EINVAL, self->fd, &self->snap);
	self->snap.arg.nr_types = 3;
	/* Types need no edges. */
	snap_init(&self->snap);
	snap_type(&self->snap, 8);
	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, self->address, 0, NULL);
	self->snap.arg.depth = 5;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, self->snap.arg.out_objects);
}

TEST_F(plan, budgets)
{
	taken(self->snap.arg.depth, LIVEDUMP_MAX_DEPTH);
	refused(EINVAL, self->snap.arg.depth, LIVEDUMP_MAX_DEPTH + 1);
	refused(EINVAL, self->snap.arg.depth, 0xffffffff);
	refused(EINVAL, self->snap.arg.max_objects, LIVEDUMP_MAX_OBJECTS + 1);
	refused(EINVAL, self->snap.arg.max_objects, ~0ULL);
	refused(EINVAL, self->snap.arg.max_objects, 1ULL << 32);
}

FIXTURE(large) {
	int dev;
	int fd;
	struct livedump_root *roots;
	struct livedump_type *types;
	struct livedump_edge *edges;
	struct livedump_snapshot arg;
};

static void *zeroes(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

/* As many roots, types and edges as there may be, and room for one more of each. */
FIXTURE_SETUP(large)
{
	const __u32 per_type = LIVEDUMP_MAX_EDGES / LIVEDUMP_MAX_TYPES;
	struct livedump_info info;
	__u32 i;

	self->dev = ld_device();
	ASSERT_LE(0, self->dev);
	test_info(self->dev, &info);
	test_create(self->fd, self->dev, NULL);
	self->roots = zeroes((LIVEDUMP_MAX_ROOTS + 1) * sizeof(*self->roots));
	self->types = zeroes((LIVEDUMP_MAX_TYPES + 1) * sizeof(*self->types));
	self->edges = zeroes((LIVEDUMP_MAX_EDGES + 1) * sizeof(*self->edges));
	ASSERT_TRUE(self->roots && self->types && self->edges);
	for (i = 0; i <= LIVEDUMP_MAX_ROOTS; i++) {
		self->roots[i].address = info.out_text_start + i % 64;
		self->roots[i].type = i * 4 % LIVEDUMP_MAX_TYPES;
	}
	for (i = 0; i <= LIVEDUMP_MAX_TYPES; i++) {
		self->types[i].size = 8 * per_type;
		self->types[i].first_edge = i * per_type;
		self->types[i].nr_edges = i < LIVEDUMP_MAX_TYPES ? per_type : 0;
	}
	for (i = 0; i <= LIVEDUMP_MAX_EDGES; i++) {
		self->edges[i].kind = LIVEDUMP_EDGE_POINTER;
		self->edges[i].offset = i % per_type * 8;
		self->edges[i].type = i % LIVEDUMP_MAX_TYPES;
		self->edges[i].count = 1;
	}
	self->arg = (struct livedump_snapshot){
		.size = sizeof(self->arg),
		.roots = (uintptr_t)self->roots,
		.types = (uintptr_t)self->types,
		.edges = (uintptr_t)self->edges,
		.nr_roots = LIVEDUMP_MAX_ROOTS,
		.nr_types = LIVEDUMP_MAX_TYPES,
		.nr_edges = LIVEDUMP_MAX_EDGES,
		.root_size = sizeof(*self->roots),
		.type_size = sizeof(*self->types),
		.edge_size = sizeof(*self->edges),
	};
}

FIXTURE_TEARDOWN(large)
{
	close(self->fd);
	close(self->dev);
}

TEST_F(large, as_large_as_may_be)
{
	__u32 i;

	ASSERT_EQ(0, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg));
	EXPECT_EQ(LIVEDUMP_MAX_ROOTS, self->arg.out_objects);
	for (i = 0; i < LIVEDUMP_MAX_ROOTS; i++) {
		if (self->roots[i].out_recorded != self->types[self->roots[i].type].size)
			break;
	}
	EXPECT_EQ(LIVEDUMP_MAX_ROOTS, i);
}

/* One thing wrong at the far end of a million. */
TEST_F(large, wrong_at_the_end)
{
	struct livedump_edge *last = &self->edges[LIVEDUMP_MAX_EDGES - 1];

	last->type = LIVEDUMP_MAX_TYPES;
	EXPECT_ERRNO(EINVAL, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg));
	last->type = 0;
	last->offset++;
	EXPECT_ERRNO(EINVAL, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg));
	last->offset--;
	self->types[LIVEDUMP_MAX_TYPES - 1].size--;
	EXPECT_ERRNO(EINVAL, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg));
	self->types[LIVEDUMP_MAX_TYPES - 1].size++;
	self->roots[LIVEDUMP_MAX_ROOTS - 1].type = LIVEDUMP_MAX_TYPES;
	EXPECT_ERRNO(EINVAL, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg));
}

TEST_F(large, one_too_many)
{
	self->arg.nr_roots++;
	EXPECT_ERRNO(E2BIG, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg));
	self->arg.nr_roots--;
	self->arg.nr_types++;
	EXPECT_ERRNO(E2BIG, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg));
	self->arg.nr_types--;
	self->arg.nr_edges++;
	EXPECT_ERRNO(E2BIG, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg));
	self->arg.nr_edges = 0xffffffff;
	EXPECT_ERRNO(E2BIG, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg));
	self->arg.nr_edges = LIVEDUMP_MAX_EDGES;
	self->arg.nr_types = 0xffffffff;
	EXPECT_ERRNO(E2BIG, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg));
	self->arg.nr_types = LIVEDUMP_MAX_TYPES;
	self->arg.nr_roots = 0xffffffff;
	EXPECT_ERRNO(E2BIG, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg));
}

/* The largest number of objects needs room beforehand: it is there, or the request says not. */
TEST_F(large, budget_of_objects)
{
	struct livedump_info info;

	self->arg.nr_roots = 1;
	self->arg.max_objects = LIVEDUMP_MAX_OBJECTS;
	if (ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg))
		EXPECT_EQ(ENOSPC, errno);
	self->arg.max_objects = 1 << 20;
	EXPECT_EQ(0, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->arg));
	/* The walk's own memory goes with it. */
	close(self->fd);
	test_info(self->dev, &info);
	EXPECT_EQ(0, info.out_used);
}

TEST_HARNESS_MAIN
