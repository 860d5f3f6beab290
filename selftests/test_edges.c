// SPDX-License-Identifier: GPL-2.0
/*
 * The kinds of edges, to the byte. The objects are pages of our own, seen through the direct map:
 * so a test can put into them what it likes.
 */
#include <stdint.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define NR	4

FIXTURE(edges) {
	int dev;
	int fd;
	unsigned char *page[NR];	/* ours */
	__u64 at[NR];			/* and where the kernel sees them */
	struct livedump_test_root root;
	struct snap snap;
};

FIXTURE_SETUP(edges)
{
	struct livedump_info info;
	int i;

	test_device(self->dev);
	test_info(self->dev, &info);
	test_create(self->fd, self->dev, NULL);
	test_root(&self->root);
	for (i = 0; i < NR; i++) {
		self->page[i] = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
		ASSERT_NE(MAP_FAILED, self->page[i]);
		memset(self->page[i], 0, PAGE_SIZE);
		self->at[i] = info.out_page_offset + pfn_of(self->page[i]) * PAGE_SIZE;
	}
	snap_init(&self->snap);
	self->snap.arg.flags = LIVEDUMP_USER_MEMORY;
	self->snap.arg.depth = 1;
}

FIXTURE_TEARDOWN(edges)
{
	close(self->fd);
	close(self->dev);
}

#define addr(pointer)	((uintptr_t)(pointer))

/* A pointer in the first page. */
static void put(unsigned char *page, size_t offset, __u64 value)
{
	memcpy(page + offset, &value, sizeof(value));
}

/* A new session, and a plan whose only type is one pointer of the given kind. */
static void begin(int dev, int *fd, struct snap *s, __u64 root, __u16 kind, __u32 arg)
{
	close(*fd);
	*fd = ld_create(dev, NULL);
	snap_init(s);
	s->arg.flags = LIVEDUMP_USER_MEMORY;
	s->arg.depth = 1;
	snap_root(s, LIVEDUMP_ROOT_ADDRESS, root, snap_type(s, 8), NULL);
	snap_edge(s, kind, 0, arg);
}

static __u64 object_pages(int fd)
{
	struct view v;
	__u64 i, n = 0;

	if (view_map(&v, fd))
		return NOWHERE;
	for (i = 0; i < v.status.out_pages; i++)
		n += !!(v.pages[i].flags & LIVEDUMP_PAGE_OBJECT);
	view_unmap(&v);
	return n;
}

TEST_F(edges, strings_end_at_their_nul)
{
	static const struct {
		__u32 len;
		__u32 bound;
		__u32 recorded;
	} cases[] = {
		{ 0, 1, 1 }, { 0, 256, 1 }, { 1, 1, 1 }, { 1, 2, 2 }, { 1, 3, 2 }, { 9, 8, 8 },
		{ 9, 9, 9 }, { 9, 10, 10 }, { 9, 11, 10 }, { 9, 65536, 10 }, { 255, 256, 256 },
		{ 256, 256, 256 }, { 257, 256, 256 }, { 3000, 65536, 3001 },
	};
	size_t i;

	put(self->page[0], 0, self->at[1] + 40);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(self->page[1], 'x', PAGE_SIZE);
		self->page[1][40 + cases[i].len] = '\0';
		begin(self->dev, &self->fd, &self->snap, self->at[0], LIVEDUMP_EDGE_STRING,
		      cases[i].bound);
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(8 + cases[i].recorded, self->snap.arg.out_object_bytes) {
			TH_LOG("%u characters, at most %u", cases[i].len, cases[i].bound);
		}
		EXPECT_EQ(2, self->snap.arg.out_objects);
		EXPECT_EQ(0, ld_sum(self->snap.arg.out_missing));
	}
}

/* The last byte of a page: whatever the bound, the next page is not touched. */
TEST_F(edges, strings_end_with_their_page)
{
	static const __u32 bounds[] = { 4, 5, 256, 65536 };
	size_t i;

	put(self->page[0], 0, self->at[1] + PAGE_SIZE - 4);
	strcpy((char *)self->page[1] + PAGE_SIZE - 4, "end");
	for (i = 0; i < ARRAY_SIZE(bounds); i++) {
		begin(self->dev, &self->fd, &self->snap, self->at[0], LIVEDUMP_EDGE_STRING,
		      bounds[i]);
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(8 + 4, self->snap.arg.out_object_bytes);
		EXPECT_EQ(2, object_pages(self->fd));
	}
}

TEST_F(edges, strings_across_pages)
{
	const __u32 first = LIVEDUMP_TEST_CROSSING_FIRST, all = LIVEDUMP_TEST_CROSSING + 1;
	static const __u32 bounds[] = { 39, 40, 41, 100, 101, 102, 65536 };
	char text[LIVEDUMP_TEST_CROSSING + 1];
	struct view v;
	size_t i, k;

	put(self->page[0], 0, addr(self->root.crossing_text));
	for (i = 0; i < ARRAY_SIZE(bounds); i++) {
		begin(self->dev, &self->fd, &self->snap, self->at[0], LIVEDUMP_EDGE_STRING,
		      bounds[i]);
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(8 + (bounds[i] < all ? bounds[i] : all),
			  self->snap.arg.out_object_bytes);
		EXPECT_EQ(bounds[i] > first ? 3 : 2, object_pages(self->fd));
	}
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(0, view_read(&v, addr(self->root.crossing_text), text, sizeof(text)));
	for (k = 0; k < LIVEDUMP_TEST_CROSSING; k++) {
		if ((unsigned char)text[k] != livedump_test_char(k))
			break;
	}
	EXPECT_EQ(LIVEDUMP_TEST_CROSSING, k);
	EXPECT_EQ(0, text[k]);
}

TEST_F(edges, strings_without_end)
{
	static const __u32 bounds[] = { 63, 64, 65, 256, 65536 };
	size_t i;

	put(self->page[0], 0, addr(self->root.open_text));
	for (i = 0; i < ARRAY_SIZE(bounds); i++) {
		const __u32 bound = bounds[i];
		const __u64 *missing = self->snap.arg.out_missing;

		begin(self->dev, &self->fd, &self->snap, self->at[0], LIVEDUMP_EDGE_STRING, bound);
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(8 + (bound < 64 ? bound : 64), self->snap.arg.out_object_bytes);
		EXPECT_EQ(ld_sum(missing), missing[LIVEDUMP_UNMAPPED]);
		/* How much is missing of a string without end nobody knows; not more than asked. */
		EXPECT_GE(bound < 64 ? 0 : bound - 64, missing[LIVEDUMP_UNMAPPED]);
		EXPECT_EQ(bound > 64, missing[LIVEDUMP_UNMAPPED] > 0);
	}
}

TEST_F(edges, bytes)
{
	static const __u32 lengths[] = { 1, 8, 255, 256, 4096, 4097 };
	size_t i;

	/* In the middle of five pages. */
	put(self->page[0], 0, addr(self->root.big) + PAGE_SIZE);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		begin(self->dev, &self->fd, &self->snap, self->at[0], LIVEDUMP_EDGE_BYTES,
		      lengths[i]);
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(8 + lengths[i], self->snap.arg.out_object_bytes);
		EXPECT_EQ(1 + (lengths[i] + 4095) / 4096, object_pages(self->fd));
	}
	/* To the end of the mapping, and beyond it. */
	put(self->page[0], 0, addr(self->root.guard) - 100);
	begin(self->dev, &self->fd, &self->snap, self->at[0], LIVEDUMP_EDGE_BYTES,
	      LIVEDUMP_MAX_EDGE_BYTES);
	test_snapshot(self->fd, &self->snap);
	EXPECT_LE(8 + 100, self->snap.arg.out_object_bytes);
	EXPECT_EQ(8 + LIVEDUMP_MAX_EDGE_BYTES, self->snap.arg.out_object_bytes +
		  ld_sum(self->snap.arg.out_missing));
}

/* Memory of unknown type is not followed any further. */
TEST_F(edges, bytes_and_strings_are_ends)
{
	put(self->page[0], 0, self->at[1]);
	put(self->page[1], 0, self->at[2]);
	begin(self->dev, &self->fd, &self->snap, self->at[0], LIVEDUMP_EDGE_BYTES, 256);
	self->snap.arg.depth = 10;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, self->snap.arg.out_pointers);
	EXPECT_EQ(2, object_pages(self->fd));
}

TEST_F(edges, any_alignment)
{
	unsigned int offset, count;

	for (offset = 0; offset < 8; offset++) {
		for (count = 1; count < 3; count++) {
			close(self->fd);
			test_create(self->fd, self->dev, NULL);
			memset(self->page[0], 0xff, PAGE_SIZE);
			put(self->page[0], 100 + offset, self->at[1]);
			put(self->page[0], 100 + offset + 8, self->at[2]);
			snap_init(&self->snap);
			self->snap.arg.flags = LIVEDUMP_USER_MEMORY;
			self->snap.arg.depth = 1;
			snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, self->at[0] + 100,
				  snap_type(&self->snap, 24), NULL);
			snap_array(&self->snap, LIVEDUMP_EDGE_POINTER, offset, 1, count,
				   count > 1 ? 8 : 0);
			snap_type(&self->snap, 4);
			test_snapshot(self->fd, &self->snap);
			EXPECT_EQ(count, self->snap.arg.out_pointers);
			EXPECT_EQ(1 + count, self->snap.arg.out_objects);
			EXPECT_EQ(1 + count, object_pages(self->fd));
		}
	}
}

TEST_F(edges, across_pages)
{
	struct livedump_test_packed packed;

	/* The test module's: its first three bytes end a page, and the next page is elsewhere. */
	kcore_read(addr(self->root.packed), &packed, sizeof(packed));
	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, addr(self->root.packed),
		  snap_type(&self->snap, sizeof(packed)), NULL);
	snap_edge(&self->snap, LIVEDUMP_EDGE_POINTER,
		  offsetof(struct livedump_test_packed, target), 1);
	snap_type(&self->snap, sizeof(struct livedump_test_leaf));
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(2, self->snap.arg.out_objects);
	EXPECT_EQ(3, object_pages(self->fd));
	ASSERT_EQ(PAGE_SIZE - 8, addr(self->root.packed) % PAGE_SIZE);
}

TEST_F(edges, strides)
{
	static const __u32 strides[] = { 8, 9, 24, 1000 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(strides); i++) {
		close(self->fd);
		test_create(self->fd, self->dev, NULL);
		memset(self->page[0], 0xff, PAGE_SIZE);
		put(self->page[0], 16, self->at[1]);
		put(self->page[0], 16 + strides[i], self->at[2]);
		put(self->page[0], 16 + 2 * strides[i], self->at[3]);
		snap_init(&self->snap);
		self->snap.arg.flags = LIVEDUMP_USER_MEMORY;
		self->snap.arg.depth = 1;
		snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, self->at[0],
			  snap_type(&self->snap, 16 + 2 * strides[i] + 8), NULL);
		snap_array(&self->snap, LIVEDUMP_EDGE_STRING, 16, 5, 3, strides[i]);
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(3, self->snap.arg.out_pointers);
		EXPECT_EQ(0, self->snap.arg.out_foreign);
		EXPECT_EQ(4, object_pages(self->fd));
	}
}

/* Where a kernel address ends and something else begins. */
TEST_F(edges, foreign_pointers)
{
	struct livedump_info info;
	__u64 values[] = {
		1, 8, 4096, addr(self->page), 1ULL << 47, 0x5a5a5a5a5a5a5a5a, 0x6b6b6b6b6b6b6b6b,
		0xdead000000000100, 0xdead000000000122, 1ULL << 63, 0,
		-1ULL, -4095ULL, -4096ULL,
	};
	size_t i;

	test_info(self->dev, &info);
	values[10] = info.out_kernel_start - 1;
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		const bool is_error = values[i] >= -4095ULL;

		put(self->page[0], 0, values[i]);
		begin(self->dev, &self->fd, &self->snap, self->at[0], LIVEDUMP_EDGE_BYTES, 16);
		test_snapshot(self->fd, &self->snap);
		if (values[i] == -4096ULL)
			continue;
		EXPECT_EQ(1, self->snap.arg.out_foreign) {
			TH_LOG("%llx%s", values[i], is_error ? " (an error)" : "");
		}
		EXPECT_EQ(1, self->snap.arg.out_objects);
		EXPECT_EQ(0, ld_sum(self->snap.arg.out_missing));
	}
	/* -4096 is no error value, and nothing is mapped there. */
	EXPECT_EQ(0, self->snap.arg.out_foreign);
	EXPECT_EQ(16, self->snap.arg.out_missing[LIVEDUMP_UNMAPPED]);
	/* The same for the first address of the kernel. */
	put(self->page[0], 0, info.out_kernel_start);
	begin(self->dev, &self->fd, &self->snap, self->at[0], LIVEDUMP_EDGE_BYTES, 16);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(0, self->snap.arg.out_foreign);
}

/* User memory that objects lie in is left out without the flag, like everything of its kind. */
TEST_F(edges, into_user_memory)
{
	put(self->page[0], 0, self->at[1]);
	begin(self->dev, &self->fd, &self->snap, self->at[0], LIVEDUMP_EDGE_BYTES, 16);
	self->snap.arg.flags = 0;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(0, self->snap.arg.out_objects);
	EXPECT_EQ(8, self->snap.roots[0].out_missing[LIVEDUMP_USER]);
	EXPECT_EQ(0, self->snap.arg.out_pointers);
}

/* A pointer in a page that cannot be read is not looked at; one beside it is. */
TEST_F(edges, object_partly_unreadable)
{
	put(self->page[0], 0, self->at[1]);
	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, addr(self->root.guard) - 16,
		  snap_type(&self->snap, 32), NULL);
	snap_array(&self->snap, LIVEDUMP_EDGE_BYTES, 0, 4, 4, 8);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(2, self->snap.arg.out_pointers);
	EXPECT_EQ(16, self->snap.roots[0].out_recorded);
	EXPECT_EQ(16, self->snap.roots[0].out_missing[LIVEDUMP_UNMAPPED]);
	EXPECT_EQ(1, self->snap.arg.out_objects);
	EXPECT_EQ(16, self->snap.arg.out_missing[LIVEDUMP_UNMAPPED]);
}

/* An object over many pages, with a pointer at its very end. */
TEST_F(edges, large_object)
{
	const size_t size = sizeof(struct livedump_test_big);
	unsigned char big[sizeof(struct livedump_test_big)];
	struct view v;
	size_t i;

	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, addr(self->root.big),
		  snap_type(&self->snap, size), NULL);
	snap_edge(&self->snap, LIVEDUMP_EDGE_BYTES, size - 8, 8);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(size, self->snap.arg.out_object_bytes);
	EXPECT_EQ(1, self->snap.arg.out_pointers);
	EXPECT_EQ(LIVEDUMP_TEST_BIG_PAGES, object_pages(self->fd));
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(0, view_read(&v, addr(self->root.big), big, size));
	for (i = 0; i < size && big[i] == livedump_test_byte(i); i++)
		;
	EXPECT_EQ(size, i);
}

TEST_HARNESS_MAIN
