// SPDX-License-Identifier: GPL-2.0
/*
 * Every byte that is not recorded has the right reason, for every address that a caller can think
 * of; none of them harms the kernel.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define HUGE_PAGE	(2UL << 20)

FIXTURE(reason) {
	int dev;
	int fd;
	struct livedump_info info;
	struct livedump_test_root root;
};

FIXTURE_SETUP(reason)
{
	test_device(self->dev);
	test_info(self->dev, &self->info);
	self->fd = ld_create_limited(self->dev, 8 << 20);
	ASSERT_LE(0, self->fd);
	test_root(&self->root);
}

FIXTURE_TEARDOWN(reason)
{
	close(self->fd);
	close(self->dev);
}

#define addr(pointer)	((uintptr_t)(pointer))

/* Nothing of the range is recorded, all of it for one reason. */
static void expect_missing(struct __test_metadata *_metadata, int fd, __u32 flags,
			   struct livedump_range range, enum livedump_reason why)
{
	test_record(fd, flags, &range, 1, NULL);
	EXPECT_EQ(0, range.out_recorded) {
		TH_LOG("%llx was recorded", range.address);
	}
	EXPECT_EQ(range.length, range.out_missing[why]) {
		int i;

		for (i = 0; i < LIVEDUMP_NR_REASONS; i++)
			if (range.out_missing[i])
				TH_LOG("%llx: %llu by reason %d", range.address,
				       range.out_missing[i], i);
	}
	EXPECT_EQ(range.length, ld_sum(range.out_missing));
}

static void expect_bad(struct __test_metadata *_metadata, int fd, __u64 address, __u64 length)
{
	expect_missing(_metadata, fd, LIVEDUMP_USER_MEMORY, ld_virt(address, length),
		       LIVEDUMP_BAD_ADDRESS);
}

static void expect_unmapped(struct __test_metadata *_metadata, int fd, __u64 address,
			    __u64 length)
{
	expect_missing(_metadata, fd, LIVEDUMP_USER_MEMORY, ld_virt(address, length),
		       LIVEDUMP_UNMAPPED);
}

static void expect_not_ram(struct __test_metadata *_metadata, int fd, __u64 paddr, __u64 length)
{
	expect_missing(_metadata, fd, LIVEDUMP_USER_MEMORY, ld_phys(paddr, length),
		       LIVEDUMP_NOT_RAM);
}

/* All of the range is recorded and equals @bytes. */
static void expect_recorded(struct __test_metadata *_metadata, int fd, struct livedump_range range,
			    const void *bytes)
{
	struct view v;

	test_record(fd, LIVEDUMP_USER_MEMORY, &range, 1, NULL);
	ASSERT_EQ(range.length, range.out_recorded);
	ASSERT_EQ(0, view_map(&v, fd));
	ASSERT_NE(NULL, view_pfn(&v, range.address / PAGE_SIZE));
	EXPECT_EQ(0, memcmp(view_data(&v, view_pfn(&v, range.address / PAGE_SIZE)), bytes,
			    range.length));
	view_unmap(&v);
}

TEST_F(reason, user_half)
{
	static int global;
	int local;

	expect_bad(_metadata, self->fd, 0, 1);
	expect_bad(_metadata, self->fd, 0, PAGE_SIZE);
	expect_bad(_metadata, self->fd, 1, 1 << 30);
	expect_bad(_metadata, self->fd, addr(&local), 4);
	expect_bad(_metadata, self->fd, addr(&global), 4);
	expect_bad(_metadata, self->fd, addr(expect_bad), 16);
	expect_bad(_metadata, self->fd, 0x00007fffffffe000, 2 * PAGE_SIZE);
	expect_bad(_metadata, self->fd, 0xffffffff600000, 8);	/* a zero less than vsyscall */
}

TEST_F(reason, not_canonical)
{
	expect_bad(_metadata, self->fd, 1ULL << 63, 8);
	expect_bad(_metadata, self->fd, (1ULL << 63) - 1, 2);
	expect_bad(_metadata, self->fd, addr(self->root.noncanonical), 8);
	expect_bad(_metadata, self->fd, addr(self->root.poison), 8);
	expect_bad(_metadata, self->fd, 0x6b6b6b6b6b6b6b6b, 8);
	expect_bad(_metadata, self->fd, self->info.out_kernel_start - 1, 1);
	expect_bad(_metadata, self->fd, self->info.out_kernel_start - 8, 8);
	/* All that is below the kernel, in one go. */
	expect_bad(_metadata, self->fd, 0, self->info.out_kernel_start);
}

TEST_F(reason, across_the_beginning_of_the_kernel)
{
	struct livedump_range range = ld_virt(self->info.out_kernel_start - 100, 300);

	test_record(self->fd, 0, &range, 1, NULL);
	EXPECT_EQ(100, range.out_missing[LIVEDUMP_BAD_ADDRESS]);
	EXPECT_EQ(200, range.out_recorded + ld_sum(range.out_missing) - 100);
}

TEST_F(reason, wraps_around)
{
	static const __u64 ranges[][2] = {
		{ ~0ULL, 2 }, { ~0ULL, ~0ULL }, { ~0ULL - 10, 100 }, { 2, ~0ULL },
		{ 1ULL << 63, 1ULL << 63 | 1 }, { 0xffffffff81000000, ~0ULL },
		{ PAGE_SIZE, ~0ULL - PAGE_SIZE + 2 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		expect_bad(_metadata, self->fd, ranges[i][0], ranges[i][1]);
		expect_missing(_metadata, self->fd, 0, ld_phys(ranges[i][0], ranges[i][1]),
			       LIVEDUMP_BAD_ADDRESS);
	}
}

/* To the last byte there is, which is no wrap-around. */
TEST_F(reason, end_of_the_address_space)
{
	expect_unmapped(_metadata, self->fd, ~0ULL, 1);
	expect_unmapped(_metadata, self->fd, ~0ULL - 7, 8);
	expect_unmapped(_metadata, self->fd, -PAGE_SIZE, PAGE_SIZE);
	expect_not_ram(_metadata, self->fd, ~0ULL, 1);
	expect_not_ram(_metadata, self->fd, -PAGE_SIZE, PAGE_SIZE);
	expect_not_ram(_metadata, self->fd, self->info.out_max_pfn * PAGE_SIZE,
		       -self->info.out_max_pfn * PAGE_SIZE);
}

TEST_F(reason, unmapped)
{
	__u64 end = addr(self->root.guard);
	struct livedump_range range;

	expect_unmapped(_metadata, self->fd, end, PAGE_SIZE);
	expect_unmapped(_metadata, self->fd, end + 1, 1);
	expect_unmapped(_metadata, self->fd, address_of("plain") - 1, 1);
	expect_unmapped(_metadata, self->fd,
			address_of("plain") + LIVEDUMP_TEST_PLAIN_PAGES * PAGE_SIZE, 100);
	/* Behind RAM, in what RANDOMIZE_MEMORY_PHYSICAL_PADDING leaves for more of it: 10 TiB. */
	expect_unmapped(_metadata, self->fd, self->info.out_page_offset + (1ULL << 42), 1 << 30);
	/* Mapped up to the guard page. */
	range = ld_virt(end - 64, 64 + 1000);
	test_record(self->fd, 0, &range, 1, NULL);
	EXPECT_EQ(64, range.out_recorded);
	EXPECT_EQ(1000, range.out_missing[LIVEDUMP_UNMAPPED]);
	EXPECT_EQ(1000, ld_sum(range.out_missing));
}

TEST_F(reason, device_memory)
{
	expect_missing(_metadata, self->fd, LIVEDUMP_USER_MEMORY,
		       ld_virt(addr(self->root.mmio), PAGE_SIZE), LIVEDUMP_NOT_RAM);
	expect_not_ram(_metadata, self->fd, address_of("mmio.paddr"), PAGE_SIZE);
	expect_not_ram(_metadata, self->fd, 0xfee00000, PAGE_SIZE);	/* local APIC */
	expect_not_ram(_metadata, self->fd, 0xfed00000, 8);		/* HPET */
	expect_not_ram(_metadata, self->fd, 0xffffffff, 1);		/* firmware */
}

TEST_F(reason, beyond_memory)
{
	__u64 end = self->info.out_max_pfn * PAGE_SIZE;
	struct livedump_range range;
	int bit;

	expect_not_ram(_metadata, self->fd, end, 1);
	expect_not_ram(_metadata, self->fd, end, 1ULL << 40);
	for (bit = 40; bit < 64; bit++)
		expect_not_ram(_metadata, self->fd, 1ULL << bit, 4097);
	range = ld_phys(end - 1, 2);
	test_record(self->fd, LIVEDUMP_USER_MEMORY, &range, 1, NULL);
	EXPECT_EQ(1, range.out_missing[LIVEDUMP_NOT_RAM]);
}

/*
 * The first 2 MiB, where RAM, firmware and holes mix: page by page as /proc/iomem has it. The
 * store's own pages can lie there too, and not the same ones each time.
 */
TEST_F(reason, low_memory)
{
	struct livedump_range range;
	__u64 pfn, sum = 0;

	for (pfn = 0; pfn < (2 << 20) / PAGE_SIZE; pfn++) {
		range = ld_phys(pfn * PAGE_SIZE, PAGE_SIZE);
		test_record(self->fd, LIVEDUMP_USER_MEMORY, &range, 1, NULL);
		EXPECT_EQ(iomem_is_ram(pfn) ? 0 : PAGE_SIZE, range.out_missing[LIVEDUMP_NOT_RAM]) {
			TH_LOG("pfn %llx", pfn);
		}
		sum += range.out_recorded + range.out_missing[LIVEDUMP_SELF];
	}
	/* And at once. */
	range = ld_phys(0, 2 << 20);
	test_record(self->fd, LIVEDUMP_USER_MEMORY, &range, 1, NULL);
	EXPECT_EQ(sum, range.out_recorded + range.out_missing[LIVEDUMP_SELF]);
	EXPECT_EQ(2 << 20, range.out_recorded + ld_sum(range.out_missing));
}

/* The last 4 MiB below the end of memory, and as much beyond. */
TEST_F(reason, end_of_memory)
{
	__u64 pfn = self->info.out_max_pfn - 1024;
	struct livedump_range range;
	__u64 ram = 0, i;

	for (i = pfn; i < pfn + 2048; i++) {
		range = ld_phys(i * PAGE_SIZE, PAGE_SIZE);
		test_record(self->fd, 0, &range, 1, NULL);
		EXPECT_EQ(iomem_is_ram(i) ? 0 : PAGE_SIZE, range.out_missing[LIVEDUMP_NOT_RAM]) {
			TH_LOG("pfn %llx", i);
		}
		ram += iomem_is_ram(i) * PAGE_SIZE;
	}
	range = ld_phys(pfn * PAGE_SIZE, 2048 * PAGE_SIZE);
	test_record(self->fd, 0, &range, 1, NULL);
	EXPECT_EQ(2048 * PAGE_SIZE - ram, range.out_missing[LIVEDUMP_NOT_RAM]);
}

TEST_F(reason, marked_as_poisoned)
{
	expect_missing(_metadata, self->fd, LIVEDUMP_USER_MEMORY,
		       ld_virt(address_of("poisoned"), 100), LIVEDUMP_POISONED);
	expect_missing(_metadata, self->fd, LIVEDUMP_USER_MEMORY,
		       ld_phys(address_of("poisoned.pfn") * PAGE_SIZE, PAGE_SIZE),
		       LIVEDUMP_POISONED);
}

TEST_F(reason, marked_as_offline)
{
	expect_missing(_metadata, self->fd, LIVEDUMP_USER_MEMORY,
		       ld_virt(address_of("offline"), 100), LIVEDUMP_OFFLINE);
	expect_missing(_metadata, self->fd, LIVEDUMP_USER_MEMORY,
		       ld_phys(address_of("offline.pfn") * PAGE_SIZE, PAGE_SIZE),
		       LIVEDUMP_OFFLINE);
}

/* A page that the kernel thinks is damaged. Its owner is a child, which may be killed for it. */
static __u64 poison_page(void)
{
	__u64 *pfn = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);
	char *page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	pid_t pid = fork();

	if (!pid) {
		page[0] = 1;
		*pfn = pfn_of(page);
		if (madvise(page, PAGE_SIZE, MADV_HWPOISON))
			*pfn = 0;
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	return *pfn;
}

TEST_F(reason, poisoned)
{
	__u64 pfn = poison_page();

	if (!pfn)
		SKIP(return, "no page can be poisoned");
	expect_missing(_metadata, self->fd, LIVEDUMP_USER_MEMORY, ld_phys(pfn * PAGE_SIZE, 8),
		       LIVEDUMP_POISONED);
	expect_missing(_metadata, self->fd, LIVEDUMP_USER_MEMORY,
		       ld_virt(self->info.out_page_offset + pfn * PAGE_SIZE, 8),
		       LIVEDUMP_POISONED);
}

/* A block of memory taken offline by the administrator. */
TEST_F(reason, offline)
{
	__u64 paddr = take_memory_offline(self->info.out_max_pfn * PAGE_SIZE);

	if (!paddr)
		SKIP(return, "no block can be taken offline");
	expect_missing(_metadata, self->fd, LIVEDUMP_USER_MEMORY, ld_phys(paddr, PAGE_SIZE),
		       LIVEDUMP_OFFLINE);
	expect_missing(_metadata, self->fd, LIVEDUMP_USER_MEMORY, ld_phys(paddr + 12345, 10000),
		       LIVEDUMP_OFFLINE);
	expect_missing(_metadata, self->fd, LIVEDUMP_USER_MEMORY,
		       ld_virt(self->info.out_page_offset + paddr, 8), LIVEDUMP_OFFLINE);
	ASSERT_EQ(0, set_memory(paddr, "online"));
}

/* A page of ours: refused, and with the flag recorded. */
static void check_user_page(struct __test_metadata *_metadata, int fd, __u64 page_offset,
			    const void *page)
{
	__u64 paddr = pfn_of(page) * PAGE_SIZE;

	expect_missing(_metadata, fd, 0, ld_phys(paddr, PAGE_SIZE), LIVEDUMP_USER);
	expect_missing(_metadata, fd, 0, ld_virt(page_offset + paddr, 64), LIVEDUMP_USER);
	expect_recorded(_metadata, fd, ld_phys(paddr, PAGE_SIZE), page);
}

static void *map_filled(size_t size, int flags, int fd)
{
	unsigned char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
	size_t i;

	if (at == MAP_FAILED)
		return NULL;
	for (i = 0; i < size; i++)
		at[i] = livedump_test_byte(i);
	return at;
}

TEST_F(reason, anonymous_memory)
{
	unsigned char *at = map_filled(PAGE_SIZE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	ASSERT_NE(NULL, at);
	check_user_page(_metadata, self->fd, self->info.out_page_offset, at);
}

TEST_F(reason, shared_anonymous_memory)
{
	unsigned char *at = map_filled(PAGE_SIZE, MAP_SHARED | MAP_ANONYMOUS, -1);

	ASSERT_NE(NULL, at);
	check_user_page(_metadata, self->fd, self->info.out_page_offset, at);
}

TEST_F(reason, page_cache)
{
	static const char code;
	char name[] = "/tmp/livedump-XXXXXX";
	int fd = mkstemp(name);
	unsigned char *at;

	ASSERT_LE(0, fd);
	unlink(name);
	ASSERT_EQ(0, ftruncate(fd, PAGE_SIZE));
	at = map_filled(PAGE_SIZE, MAP_SHARED, fd);
	ASSERT_NE(NULL, at);
	check_user_page(_metadata, self->fd, self->info.out_page_offset, at);
	/* Our own program. */
	at = (unsigned char *)(addr(&code) & PAGE_MASK);
	ASSERT_EQ(0, ld_touch(&code));
	check_user_page(_metadata, self->fd, self->info.out_page_offset, at);
}

/* Only the first page of a huge one says what all of them are. */
TEST_F(reason, transparent_huge_page)
{
	unsigned char *at = mmap(NULL, 2 * HUGE_PAGE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, at);
	at = (void *)((addr(at) + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
	if (madvise(at, HUGE_PAGE, MADV_HUGEPAGE))
		SKIP(return, "MADV_HUGEPAGE: %s", strerror(errno));
	memset(at, 0x5c, HUGE_PAGE);
	if (!page_is(pfn_of(at + 5 * PAGE_SIZE), KPF_THP))
		SKIP(return, "no huge page to be had");
	check_user_page(_metadata, self->fd, self->info.out_page_offset, at);
	check_user_page(_metadata, self->fd, self->info.out_page_offset, at + 5 * PAGE_SIZE);
	check_user_page(_metadata, self->fd, self->info.out_page_offset,
			at + HUGE_PAGE - PAGE_SIZE);
}

TEST_F(reason, hugetlb_page)
{
	unsigned char *at;

	if (write_file("/proc/sys/vm/nr_hugepages", "1") ||
	    file_number("/proc/sys/vm/nr_hugepages", "%llu") != 1)
		SKIP(return, "no huge page to be had");
	at = map_filled(HUGE_PAGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1);
	ASSERT_NE(NULL, at);
	check_user_page(_metadata, self->fd, self->info.out_page_offset, at);
	check_user_page(_metadata, self->fd, self->info.out_page_offset, at + 100 * PAGE_SIZE);
	munmap(at, HUGE_PAGE);
	EXPECT_EQ(0, write_file("/proc/sys/vm/nr_hugepages", "0"));
}

/* Nor does it say that of the kernel's: what is in them is no user's. */
TEST_F(reason, kernels_compound_page)
{
	const __u64 nr = 1 << LIVEDUMP_TEST_COMPOUND_ORDER;
	struct livedump_range range = ld_virt(address_of("compound"), nr * PAGE_SIZE);
	struct view v;
	__u64 i;

	test_record(self->fd, 0, &range, 1, NULL);
	EXPECT_EQ(nr * PAGE_SIZE, range.out_recorded);
	ASSERT_EQ(0, view_map(&v, self->fd));
	for (i = 0; i < nr; i++) {
		const __u64 *page = view_data(&v, view_page(&v, range.address + i * PAGE_SIZE));

		ASSERT_NE(NULL, page);
		EXPECT_EQ(i, *page);
	}
}

/* Memory that the kernel has taken out of its own direct map. */
TEST_F(reason, secret_memory)
{
	int fd = syscall(SYS_memfd_secret, 0);
	unsigned char *at;
	__u64 paddr;

	if (fd < 0)
		SKIP(return, "memfd_secret: %s", strerror(errno));
	ASSERT_EQ(0, ftruncate(fd, PAGE_SIZE));
	at = map_filled(PAGE_SIZE, MAP_SHARED, fd);
	ASSERT_NE(NULL, at);
	paddr = pfn_of(at) * PAGE_SIZE;
	expect_missing(_metadata, self->fd, 0, ld_phys(paddr, PAGE_SIZE), LIVEDUMP_USER);
	expect_missing(_metadata, self->fd, LIVEDUMP_USER_MEMORY, ld_phys(paddr, PAGE_SIZE),
		       LIVEDUMP_FAULTED);
	expect_unmapped(_metadata, self->fd, self->info.out_page_offset + paddr, PAGE_SIZE);
}

TEST_HARNESS_MAIN
