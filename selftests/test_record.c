// SPDX-License-Identifier: GPL-2.0
/*
 * LIVEDUMP_RECORD: what is recorded is what is there, and how a request and the next one share the
 * store.
 */
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

FIXTURE(record) {
	int dev;
	int fd;
	struct livedump_info info;
	struct livedump_test_root root;
	__u64 *own;		/* a page of our own, and where it is */
	__u64 own_paddr;
};

FIXTURE_SETUP(record)
{
	test_device(self->dev);
	test_info(self->dev, &self->info);
	test_create(self->fd, self->dev, NULL);
	test_root(&self->root);
	self->own = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	ASSERT_NE(MAP_FAILED, self->own);
	self->own[0] = 1;
	self->own_paddr = pfn_of(self->own) * PAGE_SIZE;
}

FIXTURE_TEARDOWN(record)
{
	close(self->fd);
	close(self->dev);
}

#define addr(pointer)	((uintptr_t)(pointer))

/* Record @size bytes at @address, all of which are there, and give them back. */
static void record_bytes(struct __test_metadata *_metadata, int fd, __u64 address, void *to,
			 size_t size)
{
	struct livedump_range range = ld_virt(address, size);
	struct view v;

	test_record(fd, 0, &range, 1, NULL);
	ASSERT_EQ(size, range.out_recorded);
	ASSERT_EQ(0, ld_sum(range.out_missing));
	ASSERT_EQ(0, view_map(&v, fd));
	ASSERT_EQ(0, view_read(&v, address, to, size));
	view_unmap(&v);
}

static void expect_leaf(struct __test_metadata *_metadata, int fd, const void *at, __u32 index)
{
	struct livedump_test_leaf leaf, expected;

	test_leaf(&expected, index);
	record_bytes(_metadata, fd, addr(at), &leaf, sizeof(leaf));
	EXPECT_EQ(0, memcmp(&expected, &leaf, sizeof(leaf))) {
		TH_LOG("leaf %u differs", index);
	}
}

/* One page that a physical address lies in, recorded now. */
static __u64 record_own(struct __test_metadata *_metadata, int fd, __u32 flags, __u64 paddr,
			struct livedump_page *page)
{
	struct livedump_range range = ld_phys(paddr, 8);
	const struct livedump_page *p;
	struct view v;
	__u64 value;

	test_record(fd, flags | LIVEDUMP_USER_MEMORY, &range, 1, NULL);
	ASSERT_EQ(8, range.out_recorded);
	ASSERT_EQ(0, view_map(&v, fd));
	p = view_pfn(&v, paddr / PAGE_SIZE);
	ASSERT_NE(NULL, p);
	value = *(const __u64 *)view_data(&v, p);
	if (page)
		*page = *p;
	view_unmap(&v);
	return value;
}

TEST_F(record, scalars)
{
	struct livedump_test_root root;

	record_bytes(_metadata, self->fd, address_of("root"), &root, sizeof(root));
	EXPECT_EQ(LIVEDUMP_TEST_ROOT_MAGIC, root.magic);
	EXPECT_EQ(LIVEDUMP_TEST_U8, root.u8);
	EXPECT_EQ(LIVEDUMP_TEST_U16, root.u16);
	EXPECT_EQ(LIVEDUMP_TEST_U32, root.u32);
	EXPECT_EQ(LIVEDUMP_TEST_S64, root.s64);
	EXPECT_EQ(LIVEDUMP_TEST_LOW, (int)root.low);
	EXPECT_EQ(LIVEDUMP_TEST_MIDDLE, (int)root.middle);
	EXPECT_EQ(LIVEDUMP_TEST_HIGH, (int)root.high);
	EXPECT_EQ(LIVEDUMP_TEST_GREEN, root.colour);
	EXPECT_STREQ(LIVEDUMP_TEST_COMM, root.comm);
	EXPECT_EQ(0, memcmp(&root, &self->root, sizeof(root)));
}

TEST_F(record, direct_map)
{
	unsigned int i;

	expect_leaf(_metadata, self->fd, self->root.leaf, LIVEDUMP_TEST_LEAF_PLAIN);
	for (i = 0; i < LIVEDUMP_TEST_LEAVES; i++) {
		if (!LIVEDUMP_TEST_LEAF_IS_NULL(i))
			expect_leaf(_metadata, self->fd, self->root.leaves[i],
				    LIVEDUMP_TEST_LEAF_ARRAY + i);
	}
}

TEST_F(record, vmalloc)
{
	unsigned char big[sizeof(struct livedump_test_big)];
	size_t i;

	expect_leaf(_metadata, self->fd, self->root.vmalloced, LIVEDUMP_TEST_LEAF_VMALLOC);
	expect_leaf(_metadata, self->fd, self->root.straddling, LIVEDUMP_TEST_LEAF_STRADDLING);
	expect_leaf(_metadata, self->fd, self->root.alias_vmap, LIVEDUMP_TEST_LEAF_ALIAS);
	record_bytes(_metadata, self->fd, addr(self->root.big), big, sizeof(big));
	for (i = 0; i < sizeof(big); i++) {
		if (big[i] != livedump_test_byte(i))
			break;
	}
	EXPECT_EQ(sizeof(big), i);
}

TEST_F(record, module_image)
{
	char text[sizeof(LIVEDUMP_TEST_RODATA)];
	unsigned char code[64], expected[64];
	__u64 data[4];

	record_bytes(_metadata, self->fd, addr(self->root.rodata), text, sizeof(text));
	EXPECT_STREQ(LIVEDUMP_TEST_RODATA, text);
	record_bytes(_metadata, self->fd, addr(self->root.data), data, sizeof(data));
	EXPECT_EQ(LIVEDUMP_TEST_DATA, data[0]);
	EXPECT_EQ(LIVEDUMP_TEST_DATA + 3, data[3]);
	kcore_read(addr(self->root.function), expected, sizeof(expected));
	record_bytes(_metadata, self->fd, addr(self->root.function), code, sizeof(code));
	EXPECT_EQ(0, memcmp(expected, code, sizeof(code)));
}

TEST_F(record, kernel_image)
{
	unsigned char now[512], expected[512];
	const __u64 at[] = { symbol("_text"), symbol("linux_banner"), symbol("sys_call_table") };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		kcore_read(at[i], expected, sizeof(expected));
		record_bytes(_metadata, self->fd, at[i], now, sizeof(now));
		EXPECT_EQ(0, memcmp(expected, now, sizeof(now)));
	}
}

TEST_F(record, percpu)
{
	struct livedump_test_percpu p;
	__u64 at = address_of("percpu.static.0");

	record_bytes(_metadata, self->fd, at, &p, sizeof(p));
	EXPECT_EQ(LIVEDUMP_TEST_PERCPU_MAGIC, p.magic);
	EXPECT_EQ(at, addr(p.self));
}

TEST_F(record, pages_are_whole)
{
	unsigned char page[PAGE_SIZE];
	struct livedump_range range = ld_virt(addr(self->root.leaf) + 5, 1);
	struct view v;

	test_record(self->fd, 0, &range, 1, NULL);
	EXPECT_EQ(1, range.out_recorded);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(0, view_read(&v, addr(self->root.leaf), page, PAGE_SIZE));
	EXPECT_EQ(PAGE_SIZE - 32, ld_same(page + 32, LIVEDUMP_TEST_FILL, PAGE_SIZE - 32));
}

TEST_F(record, physical)
{
	struct livedump_test_leaf leaf, expected;
	__u64 paddr = addr(self->root.leaf) - self->info.out_page_offset;
	struct livedump_range range = ld_phys(paddr, sizeof(leaf));
	const struct livedump_page *page;
	struct view v;

	test_record(self->fd, 0, &range, 1, NULL);
	EXPECT_EQ(sizeof(leaf), range.out_recorded);
	ASSERT_EQ(0, view_map(&v, self->fd));
	page = view_pfn(&v, paddr / PAGE_SIZE);
	ASSERT_NE(NULL, page);
	test_leaf(&expected, LIVEDUMP_TEST_LEAF_PLAIN);
	EXPECT_EQ(0, memcmp(&expected, view_data(&v, page), sizeof(expected)));
}

static size_t count_flag(const struct view *v, __u16 flag)
{
	size_t i, n = 0;

	for (i = 0; i < v->status.out_pages; i++)
		n += !!(v->pages[i].flags & flag);
	return n;
}

TEST_F(record, page_borders)
{
	static const __u64 offsets[] = { 0, 1, 4088, 4095 };
	static const __u64 lengths[] = { 1, 2, 8, 9, 4095, 4096, 4097, 8191, 8192, 8193 };
	__u64 plain = address_of("plain"), i, k, pages;
	struct livedump_range range;
	struct view v;
	int fd;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		for (k = 0; k < ARRAY_SIZE(lengths); k++) {
			test_create(fd, self->dev, NULL);
			range = ld_virt(plain + offsets[i], lengths[k]);
			test_record(fd, 0, &range, 1, NULL);
			EXPECT_EQ(lengths[k], range.out_recorded);
			ASSERT_EQ(0, view_map(&v, fd));
			pages = (offsets[i] + lengths[k] + PAGE_SIZE - 1) / PAGE_SIZE;
			EXPECT_EQ(pages, count_flag(&v, LIVEDUMP_PAGE_RANGE));
			EXPECT_TRUE(view_has(&v, range.address, range.length));
			EXPECT_EQ(pages, v.status.out_aliases);
			view_unmap(&v);
			close(fd);
		}
	}
}

TEST_F(record, nothing)
{
	struct livedump_range ranges[] = {
		ld_virt(0, 0), ld_virt(~0ULL, 0), ld_virt(self->info.out_text_start, 0),
		ld_virt(1ULL << 63, 0), ld_phys(~0ULL, 0), ld_phys(0, 0),
	};
	struct livedump_status st;
	size_t i;

	test_record(self->fd, 0, ranges, ARRAY_SIZE(ranges), NULL);
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		EXPECT_EQ(0, ranges[i].out_recorded);
		EXPECT_EQ(0, ld_sum(ranges[i].out_missing));
	}
	test_record(self->fd, 0, NULL, 0, NULL);
	test_status(self->fd, &st);
	EXPECT_EQ(0, st.out_pages);
	EXPECT_EQ(0, st.out_holes);
	EXPECT_EQ(0, ld_sum(st.out_missing));
	EXPECT_EQ(2, st.out_requests);
}

TEST_F(record, each_range_has_its_result)
{
	struct livedump_range ranges[] = {
		ld_virt(address_of("plain"), 3 * PAGE_SIZE + 7),
		ld_virt(0, 10),
		ld_virt(addr(self->root.guard) - 100, 300),
		ld_phys(address_of("mmio.paddr"), 20),
		ld_virt(addr(self->root.leaf), 32),
	};
	struct livedump_record all;
	struct livedump_status st;

	test_record(self->fd, 0, ranges, ARRAY_SIZE(ranges), &all);
	EXPECT_EQ(3 * PAGE_SIZE + 7, ranges[0].out_recorded);
	EXPECT_EQ(0, ld_sum(ranges[0].out_missing));
	EXPECT_EQ(0, ranges[1].out_recorded);
	EXPECT_EQ(10, ranges[1].out_missing[LIVEDUMP_BAD_ADDRESS]);
	EXPECT_EQ(100, ranges[2].out_recorded);
	EXPECT_EQ(200, ranges[2].out_missing[LIVEDUMP_UNMAPPED]);
	EXPECT_EQ(200, ld_sum(ranges[2].out_missing));
	EXPECT_EQ(0, ranges[3].out_recorded);
	EXPECT_EQ(20, ranges[3].out_missing[LIVEDUMP_NOT_RAM]);
	EXPECT_EQ(32, ranges[4].out_recorded);

	EXPECT_EQ(3 * PAGE_SIZE + 7 + 100 + 32, all.out_recorded);
	EXPECT_EQ(10, all.out_missing[LIVEDUMP_BAD_ADDRESS]);
	EXPECT_EQ(200, all.out_missing[LIVEDUMP_UNMAPPED]);
	EXPECT_EQ(20, all.out_missing[LIVEDUMP_NOT_RAM]);
	EXPECT_EQ(230, ld_sum(all.out_missing));

	test_status(self->fd, &st);
	EXPECT_EQ(all.out_recorded, st.out_range_bytes);
	EXPECT_EQ(0, memcmp(all.out_missing, st.out_missing, sizeof(st.out_missing)));
	test_record(self->fd, 0, ranges, ARRAY_SIZE(ranges), &all);
	test_status(self->fd, &st);
	EXPECT_EQ(2 * all.out_recorded, st.out_range_bytes);
	EXPECT_EQ(460, ld_sum(st.out_missing));
	EXPECT_LT(0, st.out_busy_ns);
}

TEST_F(record, refresh)
{
	struct livedump_page page;
	struct livedump_status st;

	self->own[0] = 0x1111;
	EXPECT_EQ(0x1111, record_own(_metadata, self->fd, 0, self->own_paddr, &page));
	EXPECT_EQ(1, page.request);
	test_status(self->fd, &st);
	EXPECT_EQ(0, st.out_refreshed);
	self->own[0] = 0x2222;
	EXPECT_EQ(0x2222, record_own(_metadata, self->fd, 0, self->own_paddr, &page));
	EXPECT_EQ(2, page.request);
	test_status(self->fd, &st);
	/* The page, and what tables map it. */
	EXPECT_LT(1, st.out_refreshed);
	EXPECT_GE(st.out_pages, st.out_refreshed);
}

TEST_F(record, keep)
{
	struct livedump_page page, again;
	struct livedump_status st;

	self->own[0] = 0x1111;
	EXPECT_EQ(0x1111, record_own(_metadata, self->fd, LIVEDUMP_KEEP, self->own_paddr, &page));
	self->own[0] = 0x2222;
	EXPECT_EQ(0x1111, record_own(_metadata, self->fd, LIVEDUMP_KEEP, self->own_paddr, &again));
	EXPECT_EQ(0, memcmp(&page, &again, sizeof(page)));
	EXPECT_EQ(0x2222, record_own(_metadata, self->fd, 0, self->own_paddr, &page));
	EXPECT_EQ(3, page.request);
	self->own[0] = 0x3333;
	EXPECT_EQ(0x2222, record_own(_metadata, self->fd, LIVEDUMP_KEEP, self->own_paddr, NULL));
	test_status(self->fd, &st);
	EXPECT_EQ(4, st.out_requests);
}

/* Kept pages still count as recorded, and a new one beside them is read. */
TEST_F(record, keep_and_new_pages)
{
	__u64 plain = address_of("plain");
	struct livedump_range range = ld_virt(plain, PAGE_SIZE);
	struct view v;
	__u64 i;

	test_record(self->fd, 0, &range, 1, NULL);
	range = ld_virt(plain, 4 * PAGE_SIZE);
	test_record(self->fd, LIVEDUMP_KEEP, &range, 1, NULL);
	EXPECT_EQ(4 * PAGE_SIZE, range.out_recorded);
	ASSERT_EQ(0, view_map(&v, self->fd));
	for (i = 0; i < 4; i++) {
		const struct livedump_page *page = view_page(&v, plain + i * PAGE_SIZE);

		ASSERT_NE(NULL, page);
		EXPECT_EQ(i ? 2 : 1, page->request);
		EXPECT_EQ(i, *(const __u64 *)view_data(&v, page));
	}
}

TEST_F(record, one_copy_in_a_request)
{
	struct livedump_range ranges[] = {
		ld_virt(addr(self->root.alias_direct), 8),
		ld_virt(addr(self->root.alias_vmap), 8),
		ld_virt(addr(self->root.alias_direct) + 100, 8),
		ld_phys(addr(self->root.alias_direct) - self->info.out_page_offset, PAGE_SIZE),
	};
	struct livedump_status st;
	struct view v;

	test_record(self->fd, 0, ranges, ARRAY_SIZE(ranges), NULL);
	ASSERT_EQ(0, view_map(&v, self->fd));
	EXPECT_EQ(1, count_flag(&v, LIVEDUMP_PAGE_RANGE));
	EXPECT_EQ(0, v.status.out_refreshed);
	test_record(self->fd, 0, ranges, ARRAY_SIZE(ranges), NULL);
	test_status(self->fd, &st);
	EXPECT_EQ(v.status.out_pages, st.out_pages);
	EXPECT_GE(v.status.out_pages, st.out_refreshed);
	EXPECT_EQ(2, view_page(&v, ranges[1].address)->request);
}

TEST_F(record, times)
{
	struct livedump_range range = ld_virt(address_of("plain"), 20 * PAGE_SIZE);
	__u64 before = now_ns(), between, after, i;
	struct view v;

	test_record(self->fd, 0, &range, 1, NULL);
	between = now_ns();
	ASSERT_EQ(0, view_map(&v, self->fd));
	for (i = 0; i < v.status.out_pages; i++) {
		EXPECT_LE(before, v.pages[i].time_ns);
		EXPECT_GE(between, v.pages[i].time_ns);
		EXPECT_EQ(1, v.pages[i].request);
		EXPECT_EQ(0, v.pages[i].mark);
		/* New pages are appended as they are read. */
		if (i)
			EXPECT_LE(v.pages[i - 1].time_ns, v.pages[i].time_ns);
	}
	range.length = PAGE_SIZE;
	test_record(self->fd, 0, &range, 1, NULL);
	after = now_ns();
	for (i = 0; i < v.status.out_pages; i++) {
		if (v.pages[i].request != 2)
			continue;
		EXPECT_LE(between, v.pages[i].time_ns);
		EXPECT_GE(after, v.pages[i].time_ns);
	}
	EXPECT_EQ(2, view_page(&v, range.address)->request);
	EXPECT_EQ(1, view_page(&v, range.address + PAGE_SIZE)->request);
}

TEST_F(record, addresses_of_pages)
{
	__u64 text = symbol("_text") & PAGE_MASK;
	__u64 text_pfn = (text - self->info.out_text_start + self->info.out_text_paddr) / PAGE_SIZE;
	__u64 leaf_pfn = (addr(self->root.leaf) - self->info.out_page_offset) / PAGE_SIZE;
	struct livedump_range ranges[] = {
		ld_virt(text, 8),				/* image */
		ld_virt(addr(self->root.leaf), 8),		/* direct map */
		ld_virt(addr(self->root.vmalloced), 8),		/* neither */
	};
	const struct livedump_page *page;
	const struct livedump_alias *alias;
	struct view v;

	test_record(self->fd, 0, ranges, ARRAY_SIZE(ranges), NULL);
	ASSERT_EQ(0, view_map(&v, self->fd));
	page = view_pfn(&v, text_pfn);
	ASSERT_NE(NULL, page);
	EXPECT_EQ(text, page->vaddr);
	EXPECT_EQ(LIVEDUMP_PAGE_RANGE, page->flags);
	page = view_pfn(&v, leaf_pfn);
	ASSERT_NE(NULL, page);
	EXPECT_EQ(view_vaddr(&v, &self->info, leaf_pfn, true), page->vaddr);
	EXPECT_EQ(1, v.status.out_aliases);
	alias = view_alias(&v, addr(self->root.vmalloced));
	ASSERT_NE(NULL, alias);
	EXPECT_EQ(1, alias->request);
	ASSERT_GT(v.status.out_pages, alias->page);
	page = &v.pages[alias->page];
	EXPECT_EQ(view_vaddr(&v, &self->info, page->pfn, false), page->vaddr);
}

TEST_F(record, addresses_of_physical_pages)
{
	__u64 text = symbol("_text") & PAGE_MASK;
	__u64 text_pfn = (text - self->info.out_text_start + self->info.out_text_paddr) / PAGE_SIZE;
	__u64 leaf_pfn = (addr(self->root.leaf) - self->info.out_page_offset) / PAGE_SIZE;
	struct livedump_range ranges[] = {
		ld_phys(text_pfn * PAGE_SIZE, 8), ld_phys(leaf_pfn * PAGE_SIZE, 8),
	};
	struct view v;

	test_record(self->fd, 0, ranges, 2, NULL);
	ASSERT_EQ(0, view_map(&v, self->fd));
	EXPECT_EQ(text, view_pfn(&v, text_pfn)->vaddr);
	EXPECT_EQ(view_vaddr(&v, &self->info, leaf_pfn, false), view_pfn(&v, leaf_pfn)->vaddr);
	EXPECT_EQ(0, v.status.out_aliases);
	view_unmap(&v);

	/* The direct map's address of an image page gives way to the image's. */
	ranges[0] = ld_virt(self->info.out_page_offset + text_pfn * PAGE_SIZE, 8);
	ranges[1] = ld_virt(self->info.out_page_offset + leaf_pfn * PAGE_SIZE, 8);
	test_record(self->fd, 0, ranges, 2, NULL);
	ASSERT_EQ(0, view_map(&v, self->fd));
	EXPECT_EQ(text, view_pfn(&v, text_pfn)->vaddr);
	EXPECT_EQ(view_vaddr(&v, &self->info, leaf_pfn, true), view_pfn(&v, leaf_pfn)->vaddr);
	EXPECT_EQ(0, v.status.out_aliases);
}

TEST_F(record, aliases)
{
	struct livedump_range ranges[] = {
		ld_virt(addr(self->root.alias_vmap) + 30, 8),
		ld_virt(addr(self->root.alias_direct), 8),
		ld_virt(addr(self->root.alias_vmap), 8),
	};
	const struct livedump_alias *alias;
	struct view v;

	test_record(self->fd, 0, ranges, ARRAY_SIZE(ranges), NULL);
	test_record(self->fd, 0, ranges, 1, NULL);
	ASSERT_EQ(0, view_map(&v, self->fd));
	EXPECT_EQ(1, v.status.out_aliases);
	alias = view_alias(&v, addr(self->root.alias_vmap));
	ASSERT_NE(NULL, alias);
	EXPECT_EQ(addr(self->root.alias_vmap) & PAGE_MASK, alias->vaddr);
	EXPECT_EQ(2, alias->request);
	EXPECT_EQ((addr(self->root.alias_direct) - self->info.out_page_offset) / PAGE_SIZE,
		  v.pages[alias->page].pfn);
}

TEST_HARNESS_MAIN
