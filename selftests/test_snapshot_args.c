// SPDX-License-Identifier: GPL-2.0
/*
 * LIVEDUMP_SNAPSHOT: its three arrays, one variant for each.
 */
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define MORE	24
#define MAX_ROOM	65536

#define ENDS(_struct, _member)		\
	(offsetof(struct _struct, _member) + sizeof(((struct _struct *)0)->_member))

FIXTURE(snapshot_args) {
	int dev;
	int fd;
	unsigned char *room;
	unsigned char *end;
	struct snap snap;
	void *array;
	size_t nr;
};

FIXTURE_VARIANT(snapshot_args) {
	size_t known;		/* bytes of an entry */
	size_t first;		/* of its first version */
	size_t pointer_at;	/* in the structure */
	size_t size_at;
	size_t array_at;	/* in struct snap */
	bool written;
};

FIXTURE_VARIANT_ADD(snapshot_args, roots) {
	.known = sizeof(struct livedump_root),
	.first = ENDS(livedump_root, out_missing),
	.pointer_at = offsetof(struct livedump_snapshot, roots),
	.size_at = offsetof(struct livedump_snapshot, root_size),
	.array_at = offsetof(struct snap, roots),
	.written = true,
};

FIXTURE_VARIANT_ADD(snapshot_args, types) {
	.known = sizeof(struct livedump_type),
	.first = ENDS(livedump_type, __reserved),
	.pointer_at = offsetof(struct livedump_snapshot, types),
	.size_at = offsetof(struct livedump_snapshot, type_size),
	.array_at = offsetof(struct snap, types),
};

FIXTURE_VARIANT_ADD(snapshot_args, edges) {
	.known = sizeof(struct livedump_edge),
	.first = ENDS(livedump_edge, arg),
	.pointer_at = offsetof(struct livedump_snapshot, edges),
	.size_at = offsetof(struct livedump_snapshot, edge_size),
	.array_at = offsetof(struct snap, edges),
};

/* Three roots, three types, three edges. */
FIXTURE_SETUP(snapshot_args)
{
	struct snap *s = &self->snap;
	struct livedump_info info;
	int i;

	test_device(self->dev);
	test_info(self->dev, &info);
	test_create(self->fd, self->dev, NULL);
	self->room = mmap(NULL, MAX_ROOM + PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->room);
	self->end = self->room + MAX_ROOM;
	ASSERT_EQ(0, mprotect(self->end, PAGE_SIZE, PROT_NONE));
	snap_init(s);
	for (i = 0; i < 3; i++) {
		snap_type(s, 16 + i);
		snap_edge(s, LIVEDUMP_EDGE_BYTES, i, 8);
		snap_root(s, LIVEDUMP_ROOT_ADDRESS, info.out_text_start + 64 * i, i, NULL);
	}
	s->arg.roots = (uintptr_t)s->roots;
	s->arg.types = (uintptr_t)s->types;
	s->arg.edges = (uintptr_t)s->edges;
	s->arg.depth = 1;
	self->array = (void *)s + variant->array_at;
}

FIXTURE_TEARDOWN(snapshot_args)
{
	close(self->fd);
	close(self->dev);
}

/* Use the array at @at, with entries of @size bytes, instead of our own. */
static void use(struct livedump_snapshot *arg, size_t pointer_at, size_t size_at, const void *at,
		__u32 size)
{
	*(__u64 *)((void *)arg + pointer_at) = (uintptr_t)at;
	*(__u32 *)((void *)arg + size_at) = size;
}

#define use_array(at, size)	\
	use(&self->snap.arg, variant->pointer_at, variant->size_at, (at), (size))

/* The three entries, @size bytes each. */
static void spread(void *to, size_t size, const void *array, size_t known)
{
	size_t i;

	for (i = 0; i < 3; i++) {
		memset(to + i * size, 0, size);
		memcpy(to + i * size, array + i * known, known);
	}
}

static int call(int fd, struct livedump_snapshot *arg)
{
	errno = 0;
	return ioctl(fd, LIVEDUMP_SNAPSHOT, arg);
}

TEST_F(snapshot_args, short_entries)
{
	__u32 size;

	for (size = 0; size < variant->first; size++) {
		use_array(self->array, size);
		EXPECT_ERRNO(EINVAL, call(self->fd, &self->snap.arg));
	}
}

/* Callers that were built before an entry grew: what they do not have is zero, and stays theirs. */
TEST_F(snapshot_args, older_entries)
{
	struct livedump_root *r;
	size_t size, k;

	for (size = variant->first; size <= variant->known; size++) {
		memset(self->room, JUNK, MAX_ROOM);
		for (k = 0; k < 3; k++)
			memcpy(self->room + k * size, self->array + k * variant->known, size);
		use_array(self->room, size);
		ASSERT_EQ(0, call(self->fd, &self->snap.arg));
		EXPECT_EQ(6, self->snap.arg.out_pointers + self->snap.arg.out_objects);
		for (k = 0; k < 3; k++) {
			r = variant->written ? (void *)self->room + k * size :
			    &self->snap.roots[k];
			EXPECT_EQ(16 + k, r->out_recorded);
		}
		EXPECT_EQ(MAX_ROOM - 3 * size, ld_same(self->room + 3 * size, JUNK,
						       MAX_ROOM - 3 * size));
	}
}

TEST_F(snapshot_args, long_entries)
{
	const size_t sizes[] = { variant->known + 1, variant->known + MORE, PAGE_SIZE };
	struct livedump_root *r;
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		spread(self->room, sizes[i], self->array, variant->known);
		use_array(self->room, sizes[i]);
		ASSERT_EQ(0, call(self->fd, &self->snap.arg));
		EXPECT_EQ(6, self->snap.arg.out_pointers + self->snap.arg.out_objects);
		for (k = 0; k < 3; k++) {
			const unsigned char *entry = self->room + k * sizes[i];

			EXPECT_EQ(sizes[i] - variant->known,
				  ld_same(entry + variant->known, 0, sizes[i] - variant->known));
			r = variant->written ? (void *)entry : &self->snap.roots[k];
			EXPECT_EQ(16 + k, r->out_recorded);
		}
	}
}

TEST_F(snapshot_args, long_entries_with_something_in_the_tail)
{
	const size_t size = variant->known + MORE;
	size_t i, k;

	use_array(self->room, size);
	for (i = 0; i < 3; i++) {
		for (k = 0; k < MORE; k++) {
			spread(self->room, size, self->array, variant->known);
			self->room[i * size + variant->known + k] = 0x80;
			EXPECT_ERRNO(E2BIG, call(self->fd, &self->snap.arg));
		}
	}
}

TEST_F(snapshot_args, absurd_entries)
{
	static const __u32 sizes[] = { MAX_ROOM, 0x7fffffff, 0x80000000, 0xffffffff };
	size_t i;

	spread(self->room, variant->known, self->array, variant->known);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		use_array(self->room, sizes[i]);
		ASSERT_EQ(-1, call(self->fd, &self->snap.arg));
		EXPECT_TRUE(errno == E2BIG || errno == EFAULT);
	}
}

TEST_F(snapshot_args, bad_pointer)
{
	const void *const bad[] = {
		NULL, (void *)8, self->end, (void *)0xffffffff81000000, (void *)(1UL << 63),
		(void *)-1UL, (void *)-PAGE_SIZE, self->end - 3 * variant->known + 1,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		use_array(bad[i], variant->known);
		ASSERT_EQ(-1, call(self->fd, &self->snap.arg)) {
			TH_LOG("pointer %zu", i);
		}
		EXPECT_EQ(EFAULT, errno);
		use_array(bad[i], variant->known + 8);
		ASSERT_EQ(-1, call(self->fd, &self->snap.arg));
		EXPECT_EQ(EFAULT, errno);
	}
	spread(self->end - 3 * variant->known, variant->known, self->array, variant->known);
	use_array(self->end - 3 * variant->known, variant->known);
	EXPECT_EQ(0, call(self->fd, &self->snap.arg));
}

TEST_F(snapshot_args, read_only)
{
	spread(self->room, variant->known, self->array, variant->known);
	use_array(self->room, variant->known);
	ASSERT_EQ(0, mprotect(self->room, PAGE_SIZE, PROT_READ));
	if (variant->written)
		EXPECT_ERRNO(EFAULT, call(self->fd, &self->snap.arg));
	else
		EXPECT_EQ(0, call(self->fd, &self->snap.arg));
}

TEST_F(snapshot_args, outputs_are_ignored_on_entry)
{
	struct livedump_root *r = self->snap.roots;
	size_t i;

	for (i = 0; i < 3; i++) {
		memset(&r[i].out_address, 0xff, offsetof(struct livedump_root, path) -
		       offsetof(struct livedump_root, out_address));
		r[i].out_hops = -1;
		r[i].out_pointer = -1;
	}
	ASSERT_EQ(0, call(self->fd, &self->snap.arg));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(r[i].address, r[i].out_address);
		EXPECT_EQ(16 + i, r[i].out_recorded);
		EXPECT_EQ(0, ld_sum(r[i].out_missing));
	}
}

/* Only the arrays that there are have to be somewhere. */
TEST_F(snapshot_args, no_edges)
{
	size_t i;

	self->snap.arg.nr_edges = 0;
	self->snap.arg.edges = 8;
	for (i = 0; i < 3; i++) {
		self->snap.types[i].nr_edges = 0;
		self->snap.types[i].first_edge = 0;
	}
	EXPECT_EQ(0, call(self->fd, &self->snap.arg));
}

TEST_HARNESS_MAIN
