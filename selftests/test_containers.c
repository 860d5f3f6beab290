// SPDX-License-Identifier: GPL-2.0
/*
 * Containers: from a head to all entries, and no further. Whole ones are the test module's; broken
 * ones are built here, in a page of our own that the walk sees through the direct map.
 */
#include <stdint.h>
#include <sys/utsname.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define ITEM		sizeof(struct livedump_test_item)
#define in_item(member)	offsetof(struct livedump_test_item, member)

FIXTURE(containers) {
	int dev;
	int fd;
	struct livedump_test_root root;
	struct snap snap;
	struct livedump_edge_result results[SNAP_EDGES];
	__u64 *page;		/* ours */
	__u64 at;		/* and where the kernel sees it */
};

FIXTURE_SETUP(containers)
{
	struct livedump_info info;

	self->dev = ld_device();
	ASSERT_LE(0, self->dev);
	ld_destroy_all(self->dev);
	test_info(self->dev, &info);
	test_create(self->fd, self->dev, NULL);
	test_root(&self->root);
	self->page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	ASSERT_NE(MAP_FAILED, self->page);
	memset(self->page, 0, PAGE_SIZE);
	self->at = info.out_page_offset + pfn_of(self->page) * PAGE_SIZE;
	snap_init(&self->snap);
	self->snap.arg.flags = LIVEDUMP_USER_MEMORY | LIVEDUMP_LIST_OBJECTS;
	self->snap.arg.edge_results = (uintptr_t)self->results;
	self->snap.arg.edge_result_size = sizeof(self->results[0]);
}

FIXTURE_TEARDOWN(containers)
{
	close(self->fd);
	close(self->dev);
}

/* A plan: @count heads of @kind at @head, @stride apart; entries of @size bytes, link at @link. */
static struct livedump_edge *plan(struct snap *s, __u16 kind, __u64 head, __u32 size, __u32 link,
				  __u32 count, __u32 stride)
{
	struct livedump_edge *e = &s->edges[0];

	snap_root(s, LIVEDUMP_ROOT_ADDRESS, head, snap_type(s, 8 + (count - 1) * stride), NULL);
	snap_array(s, kind, 0, link, count, count > 1 ? stride : 0);
	e->type = 1;
	e->flags = LIVEDUMP_EDGE_STEP;
	snap_type(s, size);
	return e;
}

/* Whether what is listed is the root, then items 0 to @nr - 1, each once, all reached by it. */
static int check_items(int fd, __u64 items, __u32 nr, __u16 depth)
{
	struct view v;
	unsigned char *seen;
	__u64 i, n;
	int ret = -1;

	if (view_map(&v, fd))
		return -1;
	seen = calloc(nr, 1);
	if (v.status.out_listed != nr + 1ULL || v.objects[0].parent != LIVEDUMP_NO_PARENT)
		goto out;
	for (i = 1; i <= nr; i++) {
		n = (v.objects[i].address - items) / ITEM;
		if ((v.objects[i].address - items) % ITEM || n >= nr || seen[n]++)
			goto out;
		if (v.objects[i].length != ITEM || v.objects[i].parent || v.objects[i].edge ||
		    v.objects[i].type != 1 || v.objects[i].depth != depth || v.objects[i].flags)
			goto out;
	}
	ret = 0;
out:
	free(seen);
	view_unmap(&v);
	return ret;
}

static const struct {
	const char *name;
	__u16 kind;
	__u32 link;
	__u32 count;
	__u32 stride;
} whole[] = {
	{ "list", LIVEDUMP_EDGE_LIST, in_item(list), 1, 0 },
	{ "plist", LIVEDUMP_EDGE_LIST, in_item(plist) + 24, 1, 0 },
	{ "buckets", LIVEDUMP_EDGE_HLIST, in_item(bucket), LIVEDUMP_TEST_BUCKETS, 8 },
	{ "stack", LIVEDUMP_EDGE_HLIST, in_item(stack), 1, 0 },
	{ "chain", LIVEDUMP_EDGE_CHAIN, in_item(next), 1, 0 },
	{ "rb", LIVEDUMP_EDGE_RBTREE, in_item(rb), 1, 0 },
	{ "xa", LIVEDUMP_EDGE_XARRAY, 0, 1, 0 },
	{ "idr", LIVEDUMP_EDGE_XARRAY, 0, 1, 0 },
	{ "mt", LIVEDUMP_EDGE_MAPLE, 0, 1, 0 },
};

static bool is_there(const char *what)
{
	struct utsname u;
	unsigned int major, minor;

	/* What the module has, depends on its kernel. */
	if (strcmp(what, "mt"))
		return true;
	uname(&u);
	if (sscanf(u.release, "%u.%u", &major, &minor) != 2)
		return true;
	return major > 6 || (major == 6 && minor >= 1);
}

/* Walk container @i of a box of @nr items, which have to be what is found. */
static void box(struct __test_metadata *_metadata, int fd, struct snap *s, const char *box,
		__u32 nr, unsigned int i)
{
	const struct livedump_edge_result *result = (void *)(uintptr_t)s->arg.edge_results;
	struct livedump_snapshot *arg = &s->arg;
	char name[64];
	__u64 items;

	if (!is_there(whole[i].name))
		SKIP(return, "this kernel has none");
	snprintf(name, sizeof(name), "%s.items", box);
	items = address_of(name);
	snprintf(name, sizeof(name), "%s.%s", box, whole[i].name);
	plan(s, whole[i].kind, address_of(name), ITEM, whole[i].link, whole[i].count,
	     whole[i].stride);
	test_snapshot(fd, s);
	EXPECT_EQ(0, check_items(fd, items, nr, 0))
		TH_LOG("%s", name);
	EXPECT_EQ(1 + nr, arg->out_objects);
	EXPECT_EQ(nr, result->out_followed);
	EXPECT_EQ(0, result->out_cut);
	EXPECT_EQ(0, result->out_long);
	EXPECT_EQ(0, result->out_broken);
	EXPECT_EQ(0, arg->out_broken);
	EXPECT_EQ(whole[i].count, arg->out_pointers);
	EXPECT_EQ(0, arg->out_seen);
	EXPECT_EQ(0, arg->out_foreign);
	EXPECT_EQ(1, arg->out_request);
	EXPECT_EQ(0, ld_sum(arg->out_missing));
}

#define BOX(_i)		box(_metadata, self->fd, &self->snap, "box", LIVEDUMP_TEST_BOX, _i)

/* In the order of whole[] */
TEST_F(containers, list) { BOX(0); }
TEST_F(containers, plist) { BOX(1); }
TEST_F(containers, hash_table) { BOX(2); }
TEST_F(containers, llist) { BOX(3); }
TEST_F(containers, chain) { BOX(4); }
TEST_F(containers, rbtree) { BOX(5); }
TEST_F(containers, xarray) { BOX(6); }
TEST_F(containers, idr) { BOX(7); }
TEST_F(containers, maple_tree) { BOX(8); }

/* A hundred thousand of each, in one session. */
TEST_F(containers, big)
{
	unsigned int i;

	if (is_slow())
		SKIP(return, "takes minutes on this kernel");
	test_control("box");
	for (i = 0; i < ARRAY_SIZE(whole); i++) {
		if (!is_there(whole[i].name))
			continue;
		close(self->fd);
		test_create(self->fd, self->dev, NULL);
		snap_init(&self->snap);
		self->snap.arg.flags = LIVEDUMP_LIST_OBJECTS;
		self->snap.arg.edge_results = (uintptr_t)self->results;
		self->snap.arg.edge_result_size = sizeof(self->results[0]);
		box(_metadata, self->fd, &self->snap, "big", LIVEDUMP_TEST_BIG_BOX, i);
	}
	test_control("unbox");
}

/* Without STEP the entries are one hop away; none is a hop from its neighbour. */
TEST_F(containers, depth)
{
	struct livedump_edge *e;

	e = plan(&self->snap, LIVEDUMP_EDGE_LIST, address_of("box.list"), ITEM, in_item(list), 1,
		 0);
	e->flags = 0;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, self->snap.arg.out_objects);
	EXPECT_EQ(0, self->snap.arg.out_pointers);
	self->snap.arg.depth = 1;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1 + LIVEDUMP_TEST_BOX, self->snap.arg.out_objects);
}

/* The entries' own pointers are followed from the entries' depth on. */
TEST_F(containers, pointers_of_entries)
{
	struct livedump_snapshot *arg = &self->snap.arg;

	plan(&self->snap, LIVEDUMP_EDGE_LIST, address_of("box.list"), 16, in_item(list), 1, 0);
	self->snap.types[1].size = ITEM;
	snap_edge(&self->snap, LIVEDUMP_EDGE_BYTES, in_item(next), 24);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1 + LIVEDUMP_TEST_BOX, arg->out_objects);
	arg->depth = 1;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1 + LIVEDUMP_TEST_BOX + LIVEDUMP_TEST_BOX - 1, arg->out_objects);
	EXPECT_EQ(LIVEDUMP_TEST_BOX - 1, self->results[1].out_followed);
	EXPECT_EQ(1, arg->out_null);
}

/* Walk container @i of the box within the limits of @s. False where this kernel has none. */
static bool limited(struct __test_metadata *_metadata, int fd, struct snap *s, unsigned int i)
{
	const struct livedump_snapshot old = s->arg;
	char name[64];

	if (!is_there(whole[i].name))
		return false;
	snap_init(s);
	s->arg.edge_results = old.edge_results;
	s->arg.edge_result_size = old.edge_result_size;
	s->arg.max_list = old.max_list;
	s->arg.max_objects = old.max_objects;
	s->arg.max_bytes = old.max_bytes;
	snprintf(name, sizeof(name), "box.%s", whole[i].name);
	plan(s, whole[i].kind, address_of(name), ITEM, whole[i].link, whole[i].count,
	     whole[i].stride);
	test_snapshot(fd, s);
	return true;
}

#define LIMITED(_i)	limited(_metadata, self->fd, &self->snap, _i)

TEST_F(containers, max_list)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	unsigned int i;

	arg->max_list = 20;
	for (i = 0; i < ARRAY_SIZE(whole); i++) {
		if (!LIMITED(i))
			continue;
		EXPECT_EQ(1 + 20 * whole[i].count, arg->out_objects);
		EXPECT_EQ(whole[i].count, arg->out_long);
		EXPECT_EQ(whole[i].count, self->results[0].out_long);
		EXPECT_EQ(0, arg->out_cut);
		EXPECT_EQ(0, arg->out_broken);
	}
}

TEST_F(containers, max_objects)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	unsigned int i;

	arg->max_objects = 100;
	for (i = 0; i < ARRAY_SIZE(whole); i++) {
		if (!LIMITED(i))
			continue;
		EXPECT_EQ(100, arg->out_objects);
		EXPECT_LE(1, arg->out_cut);
		EXPECT_EQ(arg->out_cut, self->results[0].out_cut);
		EXPECT_EQ(0, arg->out_broken);
	}
}

/* A link that there is no room for is cut, not broken. */
TEST_F(containers, max_bytes)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(whole); i++) {
		arg->max_bytes = 0;
		if (!LIMITED(i))
			continue;
		arg->max_bytes = arg->out_pages / 2 * PAGE_SIZE;
		LIMITED(i);
		EXPECT_GT(1 + LIVEDUMP_TEST_BOX, arg->out_objects);
		EXPECT_LE(1, arg->out_cut);
		EXPECT_EQ(arg->out_cut, self->results[0].out_cut);
		EXPECT_EQ(0, arg->out_broken)
			TH_LOG("%s", whole[i].name);
	}
}

TEST_F(containers, percpu_pointer)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	struct livedump_test_item item;
	struct view v;

	plan(&self->snap, LIVEDUMP_EDGE_PERCPU, address_of("box.percpu"), ITEM, 0, 1, 0);
	test_snapshot(self->fd, &self->snap);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(1 + arg->out_objects - 1, v.status.out_listed);
	ASSERT_LE(3, v.status.out_listed);
	EXPECT_EQ(address_of("box.percpu0"), v.objects[1].address);
	EXPECT_EQ(0, v.objects[1].slot);
	EXPECT_EQ(address_of("box.percpu1"), v.objects[2].address);
	EXPECT_EQ(1, v.objects[2].slot);
	ASSERT_EQ(0, view_read(&v, v.objects[2].address, &item, ITEM));
	EXPECT_EQ(LIVEDUMP_TEST_ITEM_MAGIC + 1, item.magic);
	view_unmap(&v);
}

static void plan_flex(struct snap *s, __u64 pointer)
{
	const size_t element = sizeof(struct livedump_test_element);
	struct livedump_type *t = &s->types[1];

	snap_root(s, LIVEDUMP_ROOT_ADDRESS, pointer, snap_type(s, 8), NULL);
	snap_edge(s, LIVEDUMP_EDGE_POINTER, 0, 1);
	snap_type(s, sizeof(struct livedump_test_flex));
	t->flex_start = sizeof(struct livedump_test_flex);
	t->flex_size = element;
	t->flex_count = offsetof(struct livedump_test_flex, nr);
	t->flex_width = 2;
	snap_edge(s, LIVEDUMP_EDGE_POINTER, sizeof(struct livedump_test_flex) +
		  offsetof(struct livedump_test_element, item), 2);
	s->edges[1].flags = LIVEDUMP_EDGE_FLEX;
	snap_type(s, ITEM);
	s->arg.depth = 2;
}

TEST_F(containers, flexible_array)
{
	const size_t size = sizeof(struct livedump_test_flex) +
			    LIVEDUMP_TEST_FLEX * sizeof(struct livedump_test_element);
	struct livedump_snapshot *arg = &self->snap.arg;
	__u64 items = address_of("box.items");
	struct view v;
	int i;

	plan_flex(&self->snap, address_of("box.flex"));
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(2 + LIVEDUMP_TEST_FLEX, arg->out_objects);
	EXPECT_EQ(8 + size + LIVEDUMP_TEST_FLEX * ITEM, arg->out_object_bytes);
	EXPECT_EQ(0, arg->out_broken);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(2 + LIVEDUMP_TEST_FLEX, v.status.out_listed);
	EXPECT_EQ(size, v.objects[1].length);
	for (i = 0; i < LIVEDUMP_TEST_FLEX; i++) {
		EXPECT_EQ(items + i * ITEM, v.objects[2 + i].address);
		EXPECT_EQ(i, v.objects[2 + i].slot);
		EXPECT_EQ(1, v.objects[2 + i].parent);
		EXPECT_EQ(2, v.objects[2 + i].depth);
	}
	view_unmap(&v);
}

/* Of elements that cannot be so many, none is there. */
TEST_F(containers, absurd_flexible_array)
{
	struct livedump_snapshot *arg = &self->snap.arg;

	self->page[0] = self->at + 64;
	self->page[8] = LIVEDUMP_TEST_FLEX_MAGIC;
	self->page[9] = 0xffffffffffffffff;
	plan_flex(&self->snap, self->at);
	self->snap.types[1].flex_width = 8;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(2, arg->out_objects);
	EXPECT_EQ(8 + sizeof(struct livedump_test_flex), arg->out_object_bytes);
	EXPECT_EQ(1, arg->out_broken);

	/* The most there may be: what of it is not there is missing. */
	self->page[9] = (LIVEDUMP_MAX_OBJECT_SIZE - sizeof(struct livedump_test_flex)) / 16;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(0, arg->out_broken);
	self->page[9]++;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, arg->out_broken);
	self->page[9] = 0;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(0, arg->out_broken);
	EXPECT_EQ(2, arg->out_objects);
}

/* Ten items in a row, whose number is in the object that points to the first. */
TEST_F(containers, array)
{
	struct livedump_snapshot *arg = &self->snap.arg;
	__u64 items = address_of("box.items");
	struct livedump_edge *e;

	self->page[0] = items;
	self->page[1] = 10 | 0xffff0000;
	e = plan(&self->snap, LIVEDUMP_EDGE_ARRAY, self->at, ITEM, 8, 1, 0);
	self->snap.types[0].size = 16;
	e->stride = 2;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(0, check_items(self->fd, items, 10, 0));
	arg->max_list = 4;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(5, arg->out_objects);
	EXPECT_EQ(1, arg->out_long);
	arg->max_list = 0;
	self->page[1] = 0;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, arg->out_objects);
	EXPECT_EQ(0, arg->out_broken);
	/* As many as nobody has. */
	e->stride = 8;
	self->page[1] = LIVEDUMP_MAX_OBJECTS + 1;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, arg->out_objects);
	EXPECT_EQ(1, arg->out_broken);
	self->page[1] = 1;
	self->page[0] = 8;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, arg->out_objects);
	EXPECT_EQ(1, arg->out_broken);
}

/* ---- broken ones: links of 16 bytes in our page, link i at word 2 * i; the head is link 0 ---- */

#define LINK(i)		(self->at + 16 * (i))

static void chain(__u64 *page, __u64 at, unsigned int nr, __u64 end)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		page[2 * i] = at + 16 * (i + 1);
	page[2 * nr] = end;
}

/* The head's chain of 10 ends with @end: so many entries are found, and whether it is broken. */
#define expect_end(_kind, _end, _entries, _broken) do {				\
	snap_init(&self->snap);							\
	self->snap.arg.flags = LIVEDUMP_USER_MEMORY;				\
	chain(self->page, self->at, 10, (_end));				\
	plan(&self->snap, (_kind), LINK(0), 16, 0, 1, 0);			\
	test_snapshot(self->fd, &self->snap);					\
	EXPECT_EQ(1 + (_entries), self->snap.arg.out_objects);			\
	EXPECT_EQ((_broken), self->snap.arg.out_broken);			\
} while (0)

static const __u64 nowhere[] = {
	0xdead000000000100, 0xdead000000000122, 8, 0x00007f0012345678, 0x8000123456789abc,
	0x6b6b6b6b6b6b6b6b, -2ULL, -4096ULL,
};

TEST_F(containers, broken_list)
{
	unsigned int i;

	expect_end(LIVEDUMP_EDGE_LIST, LINK(0), 10, 0);
	expect_end(LIVEDUMP_EDGE_LIST, 0, 10, 1);
	for (i = 0; i < ARRAY_SIZE(nowhere); i++)
		expect_end(LIVEDUMP_EDGE_LIST, nowhere[i], 10, 1);
	/* Rings that do not come back to the head; an entry is found once. */
	for (i = 1; i <= 10; i++)
		expect_end(LIVEDUMP_EDGE_LIST, LINK(i), 10, 1);
	/* Mapped nowhere: an entry, but it leads no further. */
	expect_end(LIVEDUMP_EDGE_LIST, (uintptr_t)self->root.guard, 10, 1);
	self->page[0] = LINK(0);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, self->snap.arg.out_objects);
	EXPECT_EQ(0, self->snap.arg.out_broken);
	self->page[0] = 0;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, self->snap.arg.out_null);
	EXPECT_EQ(0, self->snap.arg.out_broken);
}

TEST_F(containers, broken_hlist)
{
	unsigned int i;

	expect_end(LIVEDUMP_EDGE_HLIST, 0, 10, 0);
	/* hlist_nulls end so, buckets of a rhashtable so. */
	expect_end(LIVEDUMP_EDGE_HLIST, 0x7777, 10, 0);
	expect_end(LIVEDUMP_EDGE_HLIST, LINK(0) | 1, 10, 0);
	for (i = 0; i < ARRAY_SIZE(nowhere); i++)
		expect_end(LIVEDUMP_EDGE_HLIST, nowhere[i], 10, !(nowhere[i] & 1));
	for (i = 1; i <= 10; i++)
		expect_end(LIVEDUMP_EDGE_HLIST, LINK(i), 10, 1);
	/* The head is locked, or empty. */
	self->page[20] = 0;
	self->page[0] |= 1;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(11, self->snap.arg.out_objects);
	self->page[0] = 1;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, self->snap.arg.out_objects);
	EXPECT_EQ(0, self->snap.arg.out_broken);
}

TEST_F(containers, broken_chain)
{
	unsigned int i;

	expect_end(LIVEDUMP_EDGE_CHAIN, 0, 10, 0);
	for (i = 0; i < ARRAY_SIZE(nowhere); i++)
		expect_end(LIVEDUMP_EDGE_CHAIN, nowhere[i], 10, 1);
	for (i = 1; i <= 10; i++)
		expect_end(LIVEDUMP_EDGE_CHAIN, LINK(i), 10, 1);
}

/* A tree of three, with @left below its second node. */
#define expect_tree(_left, _entries, _broken) do {				\
	memset(self->page, 0, PAGE_SIZE);					\
	self->page[0] = self->at + 64;						\
	self->page[8 + 1] = self->at + 128;	/* right */			\
	self->page[8 + 2] = self->at + 192;	/* left */			\
	self->page[16 + 2] = (_left);						\
	test_snapshot(self->fd, &self->snap);					\
	EXPECT_EQ(1 + (_entries), self->snap.arg.out_objects);			\
	EXPECT_EQ((_broken), self->snap.arg.out_broken);			\
} while (0)

TEST_F(containers, broken_tree)
{
	unsigned int i;

	plan(&self->snap, LIVEDUMP_EDGE_RBTREE, self->at, 24, 0, 1, 0);
	expect_tree(0, 3, 0);
	expect_tree(self->at + 256, 4, 0);
	for (i = 0; i < ARRAY_SIZE(nowhere); i++)
		expect_tree(nowhere[i], 3, 1);
	expect_tree(self->at + 64, 3, 1);
	expect_tree(self->at + 128, 3, 1);
	expect_tree(self->at + 192, 3, 1);
	expect_tree((uintptr_t)self->root.guard, 3, 1);
}

/* Nodes that are not what the tags say: any bytes will do. */
TEST_F(containers, garbage_for_trees)
{
	static const __u16 kinds[] = {
		LIVEDUMP_EDGE_RBTREE, LIVEDUMP_EDGE_XARRAY, LIVEDUMP_EDGE_MAPLE,
	};
	unsigned int i, tag, word;

	for (i = 0; i < 3 * 32; i++) {
		tag = i / 3;
		for (word = 0; word < PAGE_SIZE / 8; word++)
			self->page[word] = word % 3 ?
				self->at + ((word * 7919 + i * 64) & 0xfc0) + tag :
				word * 0x9e3779b97f4a7c15;
		self->page[0] = self->at + 256 + tag;
		snap_init(&self->snap);
		self->snap.arg.flags = LIVEDUMP_USER_MEMORY;
		plan(&self->snap, kinds[i % 3], self->at, 24, 0, 1, 0);
		test_snapshot(self->fd, &self->snap);
		EXPECT_GE(PAGE_SIZE, self->snap.arg.out_objects);
	}
}

/* ---- as others change them ---- */

TEST_F(containers, storm)
{
	static const unsigned int all[] = { 0, 2, 5, 6, 8 };	/* of whole[] */
	struct livedump_snapshot *arg = &self->snap.arg;
	__u64 end, found = 0, broken = 0, walks = 0;
	char name[64];
	unsigned int i;

	test_control("storm");
	for (end = now_ns() + (is_slow() ? 10 : 60) * SECOND; now_ns() < end; walks++) {
		i = all[walks % ARRAY_SIZE(all)];
		if (!is_there(whole[i].name))
			continue;
		snap_init(&self->snap);
		snprintf(name, sizeof(name), "storm.%s", whole[i].name);
		plan(&self->snap, whole[i].kind, address_of(name), ITEM, whole[i].link,
		     whole[i].count, whole[i].stride);
		snap_edge(&self->snap, LIVEDUMP_EDGE_BYTES, in_item(next), 64);
		arg->depth = 1;
		test_snapshot(self->fd, &self->snap);
		found += arg->out_objects;
		broken += arg->out_broken;
		/* Half a thousand items, some of them many times while they come and go. */
		EXPECT_GT(100000, arg->out_objects);
	}
	test_control("calm");
	TH_LOG("%llu walks, %llu objects, %llu broken", walks, found, broken);
	EXPECT_LT(10, walks);
	EXPECT_LT(walks, found);
}

TEST_HARNESS_MAIN
