// SPDX-License-Identifier: GPL-2.0
/*
 * One page at each address where something begins or ends, and at random ones, a million of them:
 * each is accounted for, the reasons agree with what /proc/iomem says, and the kernel's log stays
 * silent.
 */
#include <fcntl.h>
#include <linux/elf.h>
#include <stdint.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define RANDOM		(is_slow() ? 100000 : 1000000)
#define BATCH		LIVEDUMP_MAX_RANGES
#define MAX_IOMEM	512

/* Where regions of an x86-64 kernel's half begin or end (Documentation/x86/x86_64/mm.rst). */
static const __u64 layout[] = {
	0, 0x0000800000000000, 0x0100000000000000, 0x8000000000000000, 0xff00000000000000,
	/* four levels */
	0xffff800000000000, 0xffff880000000000, 0xffff888000000000, 0xffffc88000000000,
	0xffffc90000000000, 0xffffe90000000000, 0xffffea0000000000, 0xffffeb0000000000,
	0xffffec0000000000, 0xfffffc0000000000,
	/* five levels */
	0xff10000000000000, 0xff11000000000000, 0xff91000000000000, 0xffa0000000000000,
	0xffd2000000000000, 0xffd4000000000000, 0xffd6000000000000, 0xffdf000000000000,
	/* both */
	0xfffffe0000000000, 0xfffffe8000000000, 0xffffff0000000000, 0xffffff8000000000,
	0xffffffef00000000, 0xffffffff00000000, 0xffffffff80000000, 0xffffffffa0000000,
	0xffffffffc0000000, 0xffffffffff000000, 0xffffffffff600000, 0xffffffffff601000,
	0xffffffffffe00000,
};

/* Ranges that have been collected, and what came of those before. */
struct torture {
	int dev;
	struct livedump_info info;
	struct livedump_range *ranges;
	__u32 nr;
	__u64 pages;
	__u64 missing[LIVEDUMP_NR_REASONS];
};

FIXTURE(torture) {
	struct torture t;
};

FIXTURE_SETUP(torture)
{
	self->t.dev = ld_device();
	ASSERT_LE(0, self->t.dev);
	ld_destroy_all(self->t.dev);
	test_info(self->t.dev, &self->t.info);
	self->t.ranges = calloc(BATCH, sizeof(*self->t.ranges));
	ASSERT_NE(NULL, self->t.ranges);
}

FIXTURE_TEARDOWN(torture)
{
	free(self->t.ranges);
	EXPECT_EQ(0, ld_used(self->t.dev));
	close(self->t.dev);
}

/* What can be said of a result without knowing the address's story. */
static void check(struct __test_metadata *_metadata, const struct torture *t,
		  const struct livedump_range *r)
{
	__u64 start = t->info.out_kernel_start, last = r->address + r->length - 1;
	bool phys = r->flags & LIVEDUMP_RANGE_PHYS, wraps = last < r->address;
	bool ram = iomem_is_ram(r->address / PAGE_SIZE);
	const __u64 *missing = r->out_missing;
	__u64 bad = 0;

	if (wraps || (!phys && last < start))
		bad = r->length;
	else if (!phys && r->address < start)
		bad = start - r->address;

	EXPECT_EQ(r->length, r->out_recorded + ld_sum(missing));
	EXPECT_EQ(bad, missing[LIVEDUMP_BAD_ADDRESS]);
	EXPECT_EQ(0, missing[LIVEDUMP_OK] + missing[LIVEDUMP_LIMIT] + missing[LIVEDUMP_NO_MEMORY]);
	if (phys)
		EXPECT_EQ(0, missing[LIVEDUMP_UNMAPPED]);
	if (phys && !wraps && r->address / PAGE_SIZE == last / PAGE_SIZE)
		EXPECT_EQ(ram ? 0 : r->length, missing[LIVEDUMP_NOT_RAM]);
	if (!_metadata->passed)
		TH_LOG("%s %llx, %llu bytes", phys ? "physical" : "virtual", r->address,
		       r->length);
}

/* Record what has been collected, in a session of its own: none has room for all of it. */
static void flush(struct __test_metadata *_metadata, struct torture *t)
{
	struct livedump_status st;
	int i, fd;
	__u32 n;

	test_create(fd, t->dev, NULL);
	test_record(fd, LIVEDUMP_USER_MEMORY | LIVEDUMP_KEEP, t->ranges, t->nr, NULL);
	for (n = 0; n < t->nr && _metadata->passed; n++)
		check(_metadata, t, &t->ranges[n]);
	test_status(fd, &st);
	t->pages += st.out_pages;
	for (i = 0; i < LIVEDUMP_NR_REASONS; i++)
		t->missing[i] += st.out_missing[i];
	close(fd);
	t->nr = 0;
}

static void add(struct __test_metadata *_metadata, struct torture *t, struct livedump_range range)
{
	t->ranges[t->nr++] = range;
	if (t->nr == BATCH)
		flush(_metadata, t);
}

/* Around a border: the page before, the one behind, and a word across. */
static void add_border(struct __test_metadata *_metadata, struct torture *t, __u64 at, bool phys)
{
	const __u64 places[][2] = {
		{ at - PAGE_SIZE, PAGE_SIZE }, { at, PAGE_SIZE }, { at + PAGE_SIZE, PAGE_SIZE },
		{ at - 4, 8 }, { at - 1, 1 }, { at, 1 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		add(_metadata, t, phys ? ld_phys(places[i][0], places[i][1]) :
		    ld_virt(places[i][0], places[i][1]));
}

static void say(struct __test_metadata *_metadata, const struct torture *t)
{
	TH_LOG("%llu pages; bytes faulted %llu, unmapped %llu, bad %llu, not RAM %llu, other %llu",
	       t->pages, t->missing[LIVEDUMP_FAULTED], t->missing[LIVEDUMP_UNMAPPED],
	       t->missing[LIVEDUMP_BAD_ADDRESS], t->missing[LIVEDUMP_NOT_RAM],
	       ld_sum(t->missing) - t->missing[LIVEDUMP_FAULTED] -
	       t->missing[LIVEDUMP_UNMAPPED] - t->missing[LIVEDUMP_BAD_ADDRESS] -
	       t->missing[LIVEDUMP_NOT_RAM]);
}

/* All of /proc/iomem: RAM, devices, holes, firmware, by frame and in the direct map. */
TEST_F(torture, physical_borders)
{
	static struct iomem map[MAX_IOMEM];
	size_t nr = iomem_load(map, MAX_IOMEM), i;
	__u64 direct = self->t.info.out_page_offset;

	ASSERT_LT(0, nr);
	ASSERT_GT(MAX_IOMEM, nr);
	for (i = 0; i < nr; i++) {
		add_border(_metadata, &self->t, map[i].start, true);
		add_border(_metadata, &self->t, map[i].end + 1, true);
		add_border(_metadata, &self->t, direct + map[i].start, false);
		add_border(_metadata, &self->t, direct + map[i].end + 1, false);
	}
	for (i = 0; i < 64; i++)
		add_border(_metadata, &self->t, 1ULL << i, true);
	flush(_metadata, &self->t);
	EXPECT_LT(0, self->t.pages);
	EXPECT_LT(0, self->t.missing[LIVEDUMP_NOT_RAM]);
	say(_metadata, &self->t);
}

/* Borders that the architecture's documentation and /proc/kcore name. */
TEST_F(torture, layout)
{
	int kcore = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	struct elf64_phdr phdr[64];
	struct elf64_hdr ehdr = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(layout); i++)
		add_border(_metadata, &self->t, layout[i], false);
	if (kcore >= 0 && pread(kcore, &ehdr, sizeof(ehdr), 0) == sizeof(ehdr) &&
	    ehdr.e_phnum <= 64) {
		ASSERT_LT(0, pread(kcore, phdr, ehdr.e_phnum * sizeof(*phdr), ehdr.e_phoff));
		for (i = 0; i < ehdr.e_phnum; i++) {
			if (phdr[i].p_type != PT_LOAD)
				continue;
			add_border(_metadata, &self->t, phdr[i].p_vaddr, false);
			add_border(_metadata, &self->t, phdr[i].p_vaddr + phdr[i].p_memsz, false);
		}
	}
	close(kcore);
	flush(_metadata, &self->t);
	EXPECT_LT(0, self->t.pages);
	EXPECT_LT(0, self->t.missing[LIVEDUMP_UNMAPPED]);
	say(_metadata, &self->t);
}

/* A file of lines that begin with FIRST-END in hex; returns how many there were. */
static unsigned int add_listed(struct __test_metadata *_metadata, struct torture *t,
			       const char *name)
{
	FILE *f = fopen(name, "re");
	unsigned long long start, end;
	unsigned int nr = 0;
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx-%llx", &start, &end) != 2)
			continue;
		add_border(_metadata, t, start, false);
		add_border(_metadata, t, end, false);
		nr++;
	}
	if (f)
		fclose(f);
	if (t->nr)
		flush(_metadata, t);
	return nr;
}

/* Everything vmalloc has: stacks and their guard pages, modules, devices, per-CPU chunks. */
TEST_F(torture, vmalloc_borders)
{
	/* By default not even root sees addresses there. */
	ASSERT_EQ(0, write_file(KPTR_RESTRICT, "1"));
	ASSERT_LT(0, add_listed(_metadata, &self->t, "/proc/vmallocinfo"));
	ASSERT_EQ(0, write_file(KPTR_RESTRICT, "0"));
	EXPECT_LT(0, self->t.pages);
	EXPECT_LT(0, self->t.missing[LIVEDUMP_UNMAPPED]);
	say(_metadata, &self->t);
}

/* Every change of protection or size in the kernel's page tables. */
TEST_F(torture, page_table_borders)
{
	if (access("/sys/kernel/debug/page_tables/kernel", R_OK))
		SKIP(return, "this kernel does not show its page tables");
	ASSERT_LT(0, add_listed(_metadata, &self->t, "/sys/kernel/debug/page_tables/kernel"));
	EXPECT_LT(0, self->t.pages);
	EXPECT_LT(0, self->t.missing[LIVEDUMP_UNMAPPED]);
	say(_metadata, &self->t);
}

/* xorshift64*; the seed is fixed so that what was found is found again */
static __u64 rnd(void)
{
	static __u64 x = 0x9e3779b97f4a7c15;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	return x * 0x2545f4914f6cdd1d;
}

/* Most 64-bit numbers are no address of anything: half of these lie where something may be. */
static __u64 random_address(const struct torture *t)
{
	__u64 ram = t->info.out_max_pfn * PAGE_SIZE;
	__u64 n = rnd();

	switch (rnd() % 8) {
	case 0:
		return t->info.out_page_offset + n % (ram + ram / 8);
	case 1:
		return t->info.out_text_start + n % (4ULL << 30);
	case 2:
		return t->info.out_kernel_start | n;
	case 3:
		return layout[n % ARRAY_SIZE(layout)] + (rnd() & 0xffffffffff);
	default:
		return n;
	}
}

TEST_F(torture, random_virtual)
{
	unsigned int nr = RANDOM, i;

	for (i = 0; i < nr && _metadata->passed; i++)
		add(_metadata, &self->t, ld_virt(random_address(&self->t), 1 + rnd() % 64));
	flush(_metadata, &self->t);
	EXPECT_LT(0, self->t.pages);
	say(_metadata, &self->t);
}

TEST_F(torture, random_physical)
{
	__u64 ram = self->t.info.out_max_pfn * PAGE_SIZE, at;
	unsigned int nr = RANDOM, i;

	for (i = 0; i < nr && _metadata->passed; i++) {
		at = i % 8 ? rnd() : rnd() % (ram + ram / 8);
		add(_metadata, &self->t, ld_phys(at, 1 + rnd() % 64));
	}
	flush(_metadata, &self->t);
	EXPECT_LT(0, self->t.pages);
	say(_metadata, &self->t);
}

TEST_HARNESS_MAIN
