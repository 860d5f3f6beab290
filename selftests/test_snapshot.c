// SPDX-License-Identifier: GPL-2.0
/*
 * LIVEDUMP_SNAPSHOT: from a root, to a depth, exactly the objects that are to be recorded are, and
 * the counters say so.
 */
#include <stdint.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define MAX_OBJECTS	512

/* Types of the plan, by their index. */
enum { ROOT, LEAF, NODE, FAN, BIG, PACKED };

/* What is to be in the store. */
struct extent {
	__u64 address;
	__u64 size;
};

FIXTURE(snapshot) {
	int dev;
	int fd;
	struct livedump_test_root root;
	__u64 address;
	struct snap snap;
	struct extent expected[MAX_OBJECTS];
	size_t nr_expected;
};

FIXTURE_SETUP(snapshot)
{
	test_device(self->dev);
	test_create(self->fd, self->dev, NULL);
	test_root(&self->root);
	self->address = address_of("root");
	snap_init(&self->snap);
}

FIXTURE_TEARDOWN(snapshot)
{
	close(self->fd);
	close(self->dev);
}

#define addr(pointer)	((uintptr_t)(pointer))
#define in_root(member)	offsetof(struct livedump_test_root, member)

static void pointer(struct snap *s, size_t offset, __u32 type)
{
	snap_edge(s, LIVEDUMP_EDGE_POINTER, offset, type);
}

/* The types that root points to; to be called after the edges of root. */
static void other_types(struct snap *s)
{
	snap_type(s, sizeof(struct livedump_test_leaf));
	snap_type(s, sizeof(struct livedump_test_node));
	pointer(s, offsetof(struct livedump_test_node, next), NODE);
	snap_type(s, sizeof(struct livedump_test_fan));
	snap_array(s, LIVEDUMP_EDGE_POINTER, offsetof(struct livedump_test_fan, leaves), LEAF,
		   LIVEDUMP_TEST_FAN, 8);
	snap_type(s, sizeof(struct livedump_test_big));
	snap_type(s, sizeof(struct livedump_test_packed));
	pointer(s, offsetof(struct livedump_test_packed, target), LEAF);
}

/* All that is in root: 45 pointers. */
static void whole_plan(struct snap *s)
{
	static const size_t leaves[] = {
		in_root(leaf), in_root(null), in_root(either), in_root(straddling),
		in_root(vmalloced), in_root(alias_direct), in_root(alias_vmap), in_root(tagged),
		in_root(freed), in_root(user), in_root(error), in_root(poison),
		in_root(noncanonical),
	};
	static const size_t texts[] = {
		in_root(text), in_root(empty_text), in_root(long_text), in_root(crossing_text),
		in_root(open_text), in_root(rodata),
	};
	const __u32 stride = sizeof(struct livedump_test_slot);
	size_t i;

	snap_type(s, sizeof(struct livedump_test_root));
	for (i = 0; i < ARRAY_SIZE(leaves); i++)
		pointer(s, leaves[i], LEAF);
	snap_array(s, LIVEDUMP_EDGE_POINTER, in_root(leaves), LEAF, LIVEDUMP_TEST_LEAVES, 8);
	snap_array(s, LIVEDUMP_EDGE_POINTER, in_root(slots[0].leaf), LEAF, LIVEDUMP_TEST_SLOTS,
		   stride);
	snap_array(s, LIVEDUMP_EDGE_STRING, in_root(slots[0].text), 256, LIVEDUMP_TEST_SLOTS,
		   stride);
	pointer(s, in_root(chain), NODE);
	pointer(s, in_root(ring), NODE);
	pointer(s, in_root(fan), FAN);
	pointer(s, in_root(big), BIG);
	pointer(s, in_root(packed), PACKED);
	pointer(s, in_root(self), ROOT);
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		snap_edge(s, LIVEDUMP_EDGE_STRING, texts[i], 256);
	snap_edge(s, LIVEDUMP_EDGE_BYTES, in_root(blob), 256);
	snap_edge(s, LIVEDUMP_EDGE_BYTES, in_root(data), 32);
	snap_edge(s, LIVEDUMP_EDGE_BYTES, in_root(guard), 64);
	snap_edge(s, LIVEDUMP_EDGE_BYTES, in_root(mmio), 64);
	other_types(s);
}

/* Root with one pointer. */
static void small_plan(struct snap *s, size_t offset, __u32 type)
{
	snap_type(s, sizeof(struct livedump_test_root));
	pointer(s, offset, type);
	other_types(s);
}

#define expect_object(at, length) do {						\
	ASSERT_GT(MAX_OBJECTS, self->nr_expected);				\
	self->expected[self->nr_expected++] = (struct extent){ (at), (length) };	\
} while (0)

/* Is @page one of those that @e touches? */
static bool touches(const struct view *v, const struct extent *e, const struct livedump_page *page)
{
	__u64 at;

	for (at = e->address & PAGE_MASK; at < e->address + e->size; at += PAGE_SIZE) {
		if (view_page(v, at) == page)
			return true;
	}
	return false;
}

/* The pages marked as objects' are those of the expected objects, no more and no fewer. */
static void expect_exactly(struct __test_metadata *_metadata, int fd, const struct extent *e,
			   size_t nr)
{
	const struct livedump_page *page;
	struct view v;
	__u64 at;
	size_t i, k;

	ASSERT_EQ(0, view_map(&v, fd));
	for (i = 0; i < nr; i++) {
		for (at = e[i].address & PAGE_MASK; at < e[i].address + e[i].size;
		     at += PAGE_SIZE) {
			page = view_page(&v, at);
			EXPECT_NE(NULL, page) {
				TH_LOG("object %zu is missing", i);
			}
			if (page)
				EXPECT_TRUE(page->flags & LIVEDUMP_PAGE_OBJECT);
		}
	}
	for (i = 0; i < v.status.out_pages; i++) {
		page = &v.pages[i];
		if (!(page->flags & LIVEDUMP_PAGE_OBJECT))
			continue;
		for (k = 0; k < nr; k++) {
			if (touches(&v, &e[k], page))
				break;
		}
		EXPECT_GT(nr, k) {
			TH_LOG("page %llx was not to be recorded", page->pfn);
		}
	}
	view_unmap(&v);
}

#define expect_exact_objects()	\
	expect_exactly(_metadata, self->fd, self->expected, self->nr_expected)

static struct livedump_root *take_root(struct snap *s, __u64 address, __u32 depth)
{
	s->arg.depth = depth;
	return snap_root(s, LIVEDUMP_ROOT_ADDRESS, address, ROOT, "livedump_test_root");
}

#define take(depth)	take_root(&self->snap, self->address, (depth))

/* Node @i of a list, as /proc/kcore has it. */
static __u64 node(const struct livedump_test_node *first, unsigned int i)
{
	struct livedump_test_node n;
	__u64 at = addr(first);

	while (i--) {
		kcore_read(at, &n, sizeof(n));
		at = addr(n.next);
	}
	return at;
}

TEST_F(snapshot, depth_0)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	struct livedump_root *r;

	whole_plan(&self->snap);
	r = take(0);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, arg->out_objects);
	EXPECT_EQ(sizeof(self->root), arg->out_object_bytes);
	EXPECT_EQ(0, arg->out_pointers | arg->out_null | arg->out_foreign | arg->out_seen |
		     arg->out_cut);
	EXPECT_EQ(0, ld_sum(arg->out_missing));
	EXPECT_EQ(NO_ROOT, arg->out_bad_root);
	EXPECT_EQ(self->address, r->out_address);
	EXPECT_EQ(sizeof(self->root), r->out_recorded);
	EXPECT_EQ(0, ld_sum(r->out_missing));
	expect_object(self->address, sizeof(self->root));
	expect_exact_objects();
}

TEST_F(snapshot, depth_1)
{
	const struct livedump_test_root *root = &self->root;
	struct livedump_snapshot *arg = &self->snap.arg;
	struct livedump_status st;
	struct livedump_root *r;
	size_t i;

	whole_plan(&self->snap);
	r = take(1);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(45, arg->out_pointers);
	EXPECT_EQ(3, arg->out_null);
	EXPECT_EQ(4, arg->out_foreign);
	EXPECT_EQ(1, arg->out_seen);		/* root itself */
	EXPECT_EQ(0, arg->out_cut);
	/* Root, and what was followed but for the two that cannot be read. */
	EXPECT_EQ(1 + 45 - 3 - 4 - 1 - 2, arg->out_objects);
	EXPECT_EQ(sizeof(*root) + 18 * sizeof(struct livedump_test_leaf) +
		  2 * sizeof(struct livedump_test_node) + sizeof(struct livedump_test_fan) +
		  sizeof(struct livedump_test_big) + sizeof(struct livedump_test_packed) +
		  LIVEDUMP_TEST_SLOTS * sizeof("slot-0") + sizeof(LIVEDUMP_TEST_TEXT) + 1 + 256 +
		  LIVEDUMP_TEST_CROSSING + 1 + LIVEDUMP_TEST_OPEN + sizeof(LIVEDUMP_TEST_RODATA) +
		  256 + 32, arg->out_object_bytes);
	EXPECT_EQ(256 - LIVEDUMP_TEST_OPEN + 64, arg->out_missing[LIVEDUMP_UNMAPPED]);
	EXPECT_EQ(64, arg->out_missing[LIVEDUMP_NOT_RAM]);
	EXPECT_EQ(256 - LIVEDUMP_TEST_OPEN + 64 + 64, ld_sum(arg->out_missing));
	/* What is missing elsewhere is nothing of the root's. */
	EXPECT_EQ(sizeof(*root), r->out_recorded);
	EXPECT_EQ(0, ld_sum(r->out_missing));
	test_status(self->fd, &st);
	EXPECT_EQ(arg->out_objects, st.out_objects);
	EXPECT_EQ(arg->out_object_bytes, st.out_object_bytes);
	EXPECT_EQ(arg->out_pages, st.out_pages);
	EXPECT_EQ(0, memcmp(arg->out_missing, st.out_missing, sizeof(st.out_missing)));

	expect_object(self->address, sizeof(*root));
	expect_object(addr(root->leaf), 32);
	expect_object(addr(root->either.leaf), 32);
	expect_object(addr(root->straddling), 32);
	expect_object(addr(root->vmalloced), 32);
	expect_object(addr(root->alias_direct), 32);
	expect_object(addr(root->tagged), 32);
	expect_object(addr(root->freed), 32);
	for (i = 0; i < LIVEDUMP_TEST_LEAVES; i++) {
		if (root->leaves[i])
			expect_object(addr(root->leaves[i]), 32);
	}
	for (i = 0; i < LIVEDUMP_TEST_SLOTS; i++) {
		expect_object(addr(root->slots[i].leaf), 32);
		expect_object(addr(root->slots[i].text), 7);
	}
	expect_object(addr(root->chain), 16);
	expect_object(addr(root->ring), 16);
	expect_object(addr(root->fan), sizeof(*root->fan));
	expect_object(addr(root->big), sizeof(*root->big));
	expect_object(addr(root->packed), sizeof(*root->packed));
	expect_object(addr(root->text), sizeof(LIVEDUMP_TEST_TEXT));
	expect_object(addr(root->empty_text), 1);
	expect_object(addr(root->long_text), 256);
	expect_object(addr(root->crossing_text), LIVEDUMP_TEST_CROSSING + 1);
	expect_object(addr(root->open_text), LIVEDUMP_TEST_OPEN);
	expect_object(addr(root->rodata), sizeof(LIVEDUMP_TEST_RODATA));
	expect_object(addr(root->blob), 256);
	expect_object(addr(root->data), 32);
	expect_exact_objects();
}

TEST_F(snapshot, depth_2)
{
	const struct livedump_test_root *root = &self->root;
	struct livedump_snapshot *arg = &self->snap.arg;
	struct livedump_test_packed packed;
	struct livedump_test_fan fan;

	/* At two hops: the second nodes, the fan's leaves, the packed pointer's. */
	whole_plan(&self->snap);
	take(2);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(45 + 2 + LIVEDUMP_TEST_FAN + 1, arg->out_pointers);
	EXPECT_EQ(36 + 2 + LIVEDUMP_TEST_FAN, arg->out_objects - 1);
	EXPECT_EQ(3, arg->out_null);
	EXPECT_EQ(1, arg->out_seen);

	kcore_read(addr(root->packed), &packed, sizeof(packed));
	kcore_read(addr(root->fan), &fan, sizeof(fan));
	snap_init(&self->snap);
	close(self->fd);
	test_create(self->fd, self->dev, NULL);
	small_plan(&self->snap, in_root(packed), PACKED);
	take(2);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(3, arg->out_objects);
	EXPECT_EQ(2, arg->out_pointers);
	expect_object(self->address, sizeof(*root));
	expect_object(addr(root->packed), sizeof(packed));
	expect_object(addr(packed.target), 32);
	expect_exact_objects();
}

TEST_F(snapshot, wide)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	struct livedump_test_fan fan;

	kcore_read(addr(self->root.fan), &fan, sizeof(fan));
	small_plan(&self->snap, in_root(fan), FAN);
	take(2);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(2 + LIVEDUMP_TEST_FAN, arg->out_objects);
	EXPECT_EQ(1 + LIVEDUMP_TEST_FAN, arg->out_pointers);
	EXPECT_EQ(sizeof(self->root) + sizeof(fan) + LIVEDUMP_TEST_FAN * 32,
		  arg->out_object_bytes);
	expect_object(self->address, sizeof(self->root));
	expect_object(addr(self->root.fan), sizeof(fan));
	expect_object(addr(fan.leaves[0]), LIVEDUMP_TEST_FAN * 32);
	expect_exact_objects();
}

TEST_F(snapshot, long_chain)
{
	static const __u32 depths[] = { 1, 2, 3, 10, 63, LIVEDUMP_MAX_DEPTH };
	struct livedump_snapshot *arg = &self->snap.arg;
	__u64 nodes[LIVEDUMP_MAX_DEPTH];
	size_t i, k;

	for (i = 0; i < LIVEDUMP_MAX_DEPTH; i++)
		nodes[i] = i ? node((void *)nodes[i - 1], 1) : addr(self->root.chain);
	for (i = 0; i < ARRAY_SIZE(depths); i++) {
		close(self->fd);
		test_create(self->fd, self->dev, NULL);
		snap_init(&self->snap);
		small_plan(&self->snap, in_root(chain), NODE);
		take(depths[i]);
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(1 + depths[i], arg->out_objects);
		EXPECT_EQ(depths[i], arg->out_pointers);
		EXPECT_EQ(0, arg->out_null | arg->out_foreign | arg->out_seen | arg->out_cut);
		self->nr_expected = 0;
		expect_object(self->address, sizeof(self->root));
		for (k = 0; k < depths[i]; k++)
			expect_object(nodes[k], 16);
		expect_exact_objects();
	}
}

/* The nodes hold what they shall. */
TEST_F(snapshot, values_of_a_chain)
{
	struct livedump_test_node n;
	__u64 at = addr(self->root.chain);
	struct view v;
	unsigned int i;

	small_plan(&self->snap, in_root(chain), NODE);
	take(LIVEDUMP_MAX_DEPTH);
	test_snapshot(self->fd, &self->snap);
	ASSERT_EQ(0, view_map(&v, self->fd));
	for (i = 0; i < LIVEDUMP_MAX_DEPTH; i++) {
		ASSERT_EQ(0, view_read(&v, at, &n, sizeof(n)));
		EXPECT_EQ(livedump_test_chain_value(i), n.value);
		at = addr(n.next);
	}
	/* A pointer, but what it points to is not there. */
	EXPECT_NE(0, at);
	EXPECT_EQ(NULL, view_page(&v, at));
}

TEST_F(snapshot, end_of_a_chain)
{
	struct livedump_snapshot *arg = &self->snap.arg;

	/* From its 41st node it is 40 long. */
	whole_plan(&self->snap);
	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS,
		  node(self->root.chain, LIVEDUMP_TEST_CHAIN - 40), NODE, NULL);
	arg->depth = LIVEDUMP_MAX_DEPTH;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(40, arg->out_objects);
	EXPECT_EQ(40, arg->out_pointers);
	EXPECT_EQ(1, arg->out_null);
}

TEST_F(snapshot, ring)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	unsigned int i;

	small_plan(&self->snap, in_root(ring), NODE);
	take(LIVEDUMP_MAX_DEPTH);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1 + LIVEDUMP_TEST_RING, arg->out_objects);
	EXPECT_EQ(1 + LIVEDUMP_TEST_RING, arg->out_pointers);
	EXPECT_EQ(1, arg->out_seen);
	expect_object(self->address, sizeof(self->root));
	for (i = 0; i < LIVEDUMP_TEST_RING; i++)
		expect_object(node(self->root.ring, i), 16);
	expect_exact_objects();
}

TEST_F(snapshot, to_itself)
{
	struct livedump_snapshot *arg = &self->snap.arg;

	small_plan(&self->snap, in_root(self), ROOT);
	take(5);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, arg->out_objects);
	EXPECT_EQ(1, arg->out_pointers);
	EXPECT_EQ(1, arg->out_seen);
}

/* One address as two types is two objects; as the same one twice, or by an array, it is one. */
TEST_F(snapshot, same_address)
{
	struct livedump_snapshot *arg = &self->snap.arg;

	snap_type(&self->snap, sizeof(self->root));
	pointer(&self->snap, in_root(either.leaf), LEAF);
	pointer(&self->snap, in_root(either.any), LEAF);
	pointer(&self->snap, in_root(either.any), NODE);
	snap_edge(&self->snap, LIVEDUMP_EDGE_BYTES, in_root(either.bits), 32);
	snap_edge(&self->snap, LIVEDUMP_EDGE_BYTES, in_root(either.bits), 33);
	snap_edge(&self->snap, LIVEDUMP_EDGE_BYTES, in_root(either.bits), 32);
	snap_edge(&self->snap, LIVEDUMP_EDGE_STRING, in_root(either.bits), 32);
	snap_type(&self->snap, 32);
	snap_type(&self->snap, 16);
	take(1);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(7, arg->out_pointers);
	EXPECT_EQ(2, arg->out_seen);
	EXPECT_EQ(1 + 5, arg->out_objects);
}

TEST_F(snapshot, same_root_twice)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	struct livedump_root *one, *two;

	small_plan(&self->snap, in_root(leaf), LEAF);
	one = take(1);
	two = take(1);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(2, arg->out_objects);
	EXPECT_EQ(1, arg->out_pointers);
	EXPECT_EQ(sizeof(self->root), one->out_recorded);
	EXPECT_EQ(sizeof(self->root), two->out_recorded);
	EXPECT_EQ(sizeof(self->root) + 32, arg->out_object_bytes);
}

/* Depth counts from the nearest root. */
TEST_F(snapshot, roots_on_the_way)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	unsigned int i;

	whole_plan(&self->snap);
	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, node(self->root.chain, 0), NODE, NULL);
	snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, node(self->root.chain, 3), NODE, NULL);
	arg->depth = 2;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(6, arg->out_objects);
	EXPECT_EQ(4, arg->out_pointers);
	EXPECT_EQ(0, arg->out_seen);
	for (i = 0; i < 6; i++)
		expect_object(node(self->root.chain, i), 16);
	expect_exact_objects();

	arg->depth = 3;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(7, arg->out_objects);
	EXPECT_EQ(6, arg->out_pointers);
	EXPECT_EQ(1, arg->out_seen);
}

TEST_F(snapshot, not_followed)
{
	struct livedump_snapshot *arg = &self->snap.arg;

	snap_type(&self->snap, sizeof(self->root));
	pointer(&self->snap, in_root(user), 0);
	snap_edge(&self->snap, LIVEDUMP_EDGE_STRING, in_root(error), 10);
	snap_edge(&self->snap, LIVEDUMP_EDGE_BYTES, in_root(poison), 10);
	pointer(&self->snap, in_root(noncanonical), 0);
	snap_edge(&self->snap, LIVEDUMP_EDGE_STRING, in_root(null), 10);
	snap_edge(&self->snap, LIVEDUMP_EDGE_BYTES, in_root(null), 10);
	take(3);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(6, arg->out_pointers);
	EXPECT_EQ(4, arg->out_foreign);
	EXPECT_EQ(2, arg->out_null);
	EXPECT_EQ(1, arg->out_objects);
	EXPECT_EQ(0, ld_sum(arg->out_missing));
}

TEST_F(snapshot, unreadable_root)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	struct livedump_root *good, *user, *guard, *mmio;

	small_plan(&self->snap, in_root(leaf), LEAF);
	user = snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, 4096, ROOT, NULL);
	guard = snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, addr(self->root.guard), LEAF, NULL);
	mmio = snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, addr(self->root.mmio), NODE, NULL);
	good = take(1);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(0, user->out_recorded);
	EXPECT_EQ(sizeof(self->root), user->out_missing[LIVEDUMP_BAD_ADDRESS]);
	EXPECT_EQ(32, guard->out_missing[LIVEDUMP_UNMAPPED]);
	EXPECT_EQ(16, mmio->out_missing[LIVEDUMP_NOT_RAM]);
	EXPECT_EQ(16, ld_sum(mmio->out_missing));
	EXPECT_EQ(4096, user->out_address);
	EXPECT_EQ(sizeof(self->root), good->out_recorded);
	EXPECT_EQ(2, arg->out_objects);
	EXPECT_EQ(1, arg->out_pointers);
	EXPECT_EQ(sizeof(self->root) + 32 + 16, ld_sum(arg->out_missing));
}

TEST_F(snapshot, keep_and_refresh)
{
	struct livedump_test_root now;
	struct livedump_status st;
	struct view v;
	__u64 first;

	small_plan(&self->snap, in_root(leaf), LEAF);
	take(0);
	test_snapshot(self->fd, &self->snap);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(0, view_read(&v, self->address, &now, sizeof(now)));
	first = now.counter;
	test_control("bump");
	self->snap.arg.flags = LIVEDUMP_KEEP;
	test_snapshot(self->fd, &self->snap);
	ASSERT_EQ(0, view_read(&v, self->address, &now, sizeof(now)));
	EXPECT_EQ(first, now.counter);
	self->snap.arg.flags = 0;
	test_snapshot(self->fd, &self->snap);
	ASSERT_EQ(0, view_read(&v, self->address, &now, sizeof(now)));
	EXPECT_EQ(first + 1, now.counter);
	EXPECT_EQ(3, view_page(&v, self->address)->request);
	EXPECT_LT(1, self->snap.arg.out_pages);
	EXPECT_GE(v.status.out_pages, self->snap.arg.out_pages);
	test_status(self->fd, &st);
	EXPECT_EQ(3, st.out_objects);
	EXPECT_EQ(3, st.out_requests);
}

TEST_F(snapshot, flags_of_pages)
{
	struct livedump_range range = ld_virt(self->address, 8);
	struct view v;

	small_plan(&self->snap, in_root(leaf), LEAF);
	take(1);
	test_snapshot(self->fd, &self->snap);
	test_record(self->fd, 0, &range, 1, NULL);
	ASSERT_EQ(0, view_map(&v, self->fd));
	EXPECT_EQ(LIVEDUMP_PAGE_OBJECT | LIVEDUMP_PAGE_RANGE, view_page(&v, self->address)->flags);
	EXPECT_EQ(LIVEDUMP_PAGE_OBJECT, view_page(&v, addr(self->root.leaf))->flags);
	EXPECT_EQ(2, view_page(&v, self->address)->request);
	EXPECT_EQ(1, view_page(&v, addr(self->root.leaf))->request);
}

TEST_F(snapshot, time)
{
	__u64 before = now_ns(), took;

	whole_plan(&self->snap);
	take(3);
	test_snapshot(self->fd, &self->snap);
	took = now_ns() - before;
	EXPECT_LT(0, self->snap.arg.out_time_ns);
	EXPECT_GE(took, self->snap.arg.out_time_ns);
}

TEST_HARNESS_MAIN
