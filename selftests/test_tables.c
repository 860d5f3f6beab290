// SPDX-License-Identifier: GPL-2.0
/*
 * The page tables that are recorded with a page lead to it: the test walks them as a debugger
 * would, from the root that LIVEDUMP_INFO names down, and arrives at the recorded page.
 */
#include <stdint.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define HUGE_PAGE	(2UL << 20)

FIXTURE(tables) {
	int dev;
	int fd;
	struct livedump_info info;
	struct livedump_test_root root;
};

FIXTURE_SETUP(tables)
{
	test_device(self->dev);
	test_info(self->dev, &self->info);
	test_create(self->fd, self->dev, NULL);
	test_root(&self->root);
}

FIXTURE_TEARDOWN(tables)
{
	close(self->fd);
	close(self->dev);
}

#define addr(pointer)	((uintptr_t)(pointer))

/* Walk to @vaddr: the path is complete, each of its tables marked, and ends at a recorded page. */
static void expect_path(struct __test_metadata *_metadata, int fd,
			const struct livedump_info *info, __u64 vaddr, struct path *path)
{
	const struct livedump_page *page;
	struct view v;
	unsigned int i;

	ASSERT_EQ(0, view_map(&v, fd));
	view_walk(&v, info, vaddr, path);
	ASSERT_NE(NOWHERE, path->pfn) {
		TH_LOG("%llx: the walk ends after %u tables", vaddr, path->tables);
	}
	for (i = 0; i < path->tables; i++)
		EXPECT_TRUE(path->table[i]->flags & LIVEDUMP_PAGE_TABLE);
	page = view_page(&v, vaddr);
	ASSERT_NE(NULL, page);
	EXPECT_EQ(page->pfn, path->pfn) {
		TH_LOG("%llx: the tables lead elsewhere", vaddr);
	}
	view_unmap(&v);
}

/* Record @vaddr and walk to it. */
static void record_and_walk(struct __test_metadata *_metadata, int fd,
			    const struct livedump_info *info, __u32 flags, __u64 vaddr,
			    struct path *path)
{
	struct livedump_range range = ld_virt(vaddr, 8);

	test_record(fd, flags, &range, 1, NULL);
	ASSERT_EQ(8, range.out_recorded) {
		TH_LOG("%llx is missing", vaddr);
	}
	expect_path(_metadata, fd, info, vaddr, path);
}

TEST_F(tables, vmalloc)
{
	struct path path;

	record_and_walk(_metadata, self->fd, &self->info, 0, addr(self->root.vmalloced), &path);
	EXPECT_EQ(PAGE_SIZE, path.size);
	EXPECT_EQ(self->info.out_pgtable_levels, path.tables);
}

TEST_F(tables, vmap)
{
	struct path vmap, direct;

	record_and_walk(_metadata, self->fd, &self->info, 0, addr(self->root.alias_vmap), &vmap);
	record_and_walk(_metadata, self->fd, &self->info, 0, addr(self->root.alias_direct),
			&direct);
	EXPECT_EQ(vmap.pfn, direct.pfn);
}

TEST_F(tables, module)
{
	struct path path;

	record_and_walk(_metadata, self->fd, &self->info, 0, address_of("root"), &path);
	record_and_walk(_metadata, self->fd, &self->info, 0, addr(self->root.rodata), &path);
	record_and_walk(_metadata, self->fd, &self->info, 0, addr(self->root.function), &path);
}

TEST_F(tables, direct_map)
{
	const void *const at[] = {
		self->root.leaf, self->root.chain, self->root.ring, self->root.fan->leaves,
		self->root.alias_direct,
	};
	struct path path;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		record_and_walk(_metadata, self->fd, &self->info, 0, addr(at[i]), &path);
		EXPECT_EQ((addr(at[i]) - self->info.out_page_offset) / PAGE_SIZE, path.pfn);
	}
}

/* Most of memory is mapped by large pages; a page from the middle of one is found as well. */
TEST_F(tables, direct_map_by_large_pages)
{
	__u64 end = self->info.out_max_pfn * PAGE_SIZE, paddr;
	struct livedump_range range;
	unsigned int large = 0;
	struct path path;

	for (paddr = 33 * HUGE_PAGE + 7 * PAGE_SIZE; paddr < end; paddr += 61 * HUGE_PAGE) {
		range = ld_virt(self->info.out_page_offset + paddr, 8);
		test_record(self->fd, LIVEDUMP_USER_MEMORY, &range, 1, NULL);
		if (!range.out_recorded)
			continue;
		expect_path(_metadata, self->fd, &self->info, range.address, &path);
		EXPECT_EQ(paddr / PAGE_SIZE, path.pfn);
		large += path.size >= HUGE_PAGE;
	}
	EXPECT_LT(0, large);
}

/* A page asked for by its physical address can be found by its direct-map address. */
TEST_F(tables, physical)
{
	__u64 paddr = addr(self->root.leaf) - self->info.out_page_offset;
	struct livedump_range range = ld_phys(paddr, 8);
	struct path path;

	test_record(self->fd, 0, &range, 1, NULL);
	expect_path(_metadata, self->fd, &self->info, addr(self->root.leaf), &path);
	EXPECT_EQ(paddr / PAGE_SIZE, path.pfn);
}

TEST_F(tables, kernel_image)
{
	const __u64 at[] = {
		symbol("_text"), symbol("sys_call_table"), symbol("init_task"),
		symbol("jiffies_64"), symbol("__bss_start"),
	};
	struct path path;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		record_and_walk(_metadata, self->fd, &self->info, 0, at[i], &path);
		EXPECT_EQ((at[i] - self->info.out_text_start + self->info.out_text_paddr) /
			  PAGE_SIZE, path.pfn);
	}
	record_and_walk(_metadata, self->fd, &self->info, 0, symbol("_text"), &path);
	EXPECT_EQ(HUGE_PAGE, path.size);
	EXPECT_EQ(self->info.out_pgtable_levels - 1, path.tables);
}

/* An image page is found by its image address, however it was asked for. */
TEST_F(tables, kernel_image_by_other_addresses)
{
	__u64 offset = symbol("sys_call_table") - self->info.out_text_start;
	__u64 paddr = offset + self->info.out_text_paddr;
	struct livedump_range ranges[] = {
		ld_virt(self->info.out_page_offset + paddr, 8), ld_phys(paddr, 8),
	};
	struct path path;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		test_create(fd, self->dev, NULL);
		test_record(fd, 0, &ranges[i], 1, NULL);
		expect_path(_metadata, fd, &self->info, symbol("sys_call_table"), &path);
		EXPECT_EQ(paddr / PAGE_SIZE, path.pfn);
		close(fd);
	}
}

TEST_F(tables, percpu)
{
	struct path path;

	record_and_walk(_metadata, self->fd, &self->info, 0, address_of("percpu.static.0"), &path);
	record_and_walk(_metadata, self->fd, &self->info, 0, address_of("percpu.dynamic.1"),
			&path);
}

TEST_F(tables, every_page_of_a_range)
{
	__u64 plain = address_of("plain"), i;
	struct livedump_range range = ld_virt(plain, LIVEDUMP_TEST_PLAIN_PAGES * PAGE_SIZE);
	struct path path;
	struct view v;

	test_record(self->fd, 0, &range, 1, NULL);
	ASSERT_EQ(range.length, range.out_recorded);
	ASSERT_EQ(0, view_map(&v, self->fd));
	for (i = 0; i < LIVEDUMP_TEST_PLAIN_PAGES; i++) {
		const struct livedump_page *page = view_page(&v, plain + i * PAGE_SIZE);

		view_walk(&v, &self->info, plain + i * PAGE_SIZE, &path);
		ASSERT_NE(NULL, page);
		EXPECT_EQ(page->pfn, path.pfn);
		/* Page i says that it is page i. */
		EXPECT_EQ(i, *(const __u64 *)view_data(&v, page));
	}
}

TEST_F(tables, objects)
{
	struct path path;
	struct snap snap;

	snap_init(&snap);
	snap_type(&snap, sizeof(struct livedump_test_root));
	snap_edge(&snap, LIVEDUMP_EDGE_POINTER, offsetof(struct livedump_test_root, vmalloced), 1);
	snap_edge(&snap, LIVEDUMP_EDGE_STRING, offsetof(struct livedump_test_root, text), 64);
	snap_type(&snap, sizeof(struct livedump_test_leaf));
	snap_root(&snap, LIVEDUMP_ROOT_ADDRESS, address_of("root"), 0, NULL);
	snap.arg.depth = 1;
	test_snapshot(self->fd, &snap);
	expect_path(_metadata, self->fd, &self->info, address_of("root"), &path);
	expect_path(_metadata, self->fd, &self->info, addr(self->root.vmalloced), &path);
	expect_path(_metadata, self->fd, &self->info, addr(self->root.text), &path);
}

/* A page that was mapped after its neighbour's table was recorded, also when copies are kept. */
TEST_F(tables, mapped_later)
{
	__u32 flags[] = { 0, LIVEDUMP_KEEP };
	struct path path;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		record_and_walk(_metadata, self->fd, &self->info, flags[i],
				address_of("map.first"), &path);
		test_control("map");
		ASSERT_EQ(address_of("map.first") & ~(HUGE_PAGE - 1),
			  address_of("map.last") & ~(HUGE_PAGE - 1));
		record_and_walk(_metadata, self->fd, &self->info, flags[i],
				address_of("map.last"), &path);
	}
}

/* Every address outside the direct map: nothing breaks, and no byte is lost. */
TEST_F(tables, all_addresses)
{
	__u64 begin = self->info.out_page_offset + (1ULL << 46);
	/* KASAN's shadow (mm.rst): one page of zeroes, mapped thousands of millions of times. */
	__u64 shadow = self->info.out_pgtable_levels == 5 ? 0xffdf000000000000 : 0xffffec0000000000;
	__u64 behind = 0xfffffc0000000000;
	struct livedump_range ranges[] = {
		ld_virt(begin, shadow - begin),
		ld_virt(has_kasan() ? behind : shadow, -(has_kasan() ? behind : shadow)),
	};
	__u64 pages, i, checked = 0, recorded = 0, not_ram = 0;
	struct path path;
	struct view v;

	test_record(self->fd, LIVEDUMP_USER_MEMORY, ranges, 2, NULL);
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(ranges[i].length, ranges[i].out_recorded + ld_sum(ranges[i].out_missing));
		recorded += ranges[i].out_recorded;
		not_ram += ranges[i].out_missing[LIVEDUMP_NOT_RAM];
	}
	EXPECT_LT(8 << 20, recorded);
	EXPECT_LT(0, not_ram);
	ASSERT_EQ(0, view_map(&v, self->fd));
	pages = v.status.out_aliases;
	for (i = 0; i < pages; i += pages / 50 + 1) {
		view_walk(&v, &self->info, v.aliases[i].vaddr, &path);
		EXPECT_EQ(v.pages[v.aliases[i].page].pfn, path.pfn);
		checked++;
	}
	EXPECT_LT(10, checked);
}

TEST_HARNESS_MAIN
