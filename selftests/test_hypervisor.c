// SPDX-License-Identifier: GPL-2.0
/*
 * What a hypervisor does to a machine's memory while it is read: it takes pages away by a balloon,
 * and plugs and unplugs modules of it. LIVEDUMP_MONITOR is a program that has the hypervisor do
 * something (vm/guest/monitor).
 */
#include <fcntl.h>
#include <stdint.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define MIB		(1ULL << 20)
#define LARGER		(1024 * MIB)
#define SMALLER		(LARGER - 64 * MIB)
#define DIMM		(128 * MIB)	/* a block of memory as well, in machines this small */
#define TIMES		3
#define DIMMS		(is_slow() ? 1 : 2)
#define MAX_IOMEM	512
#define AUTO_ONLINE	"/sys/devices/system/memory/auto_online_blocks"
#define PATIENCE	60

FIXTURE(hypervisor) {
	struct reader r;
	struct livedump_info info;
};

FIXTURE_SETUP(hypervisor)
{
	ASSERT_EQ(0, reader_init(&self->r));
	test_info(self->r.dev, &self->info);
}

FIXTURE_TEARDOWN(hypervisor)
{
	EXPECT_EQ(0, ld_used(self->r.dev));
	reader_exit(&self->r);
}

static int monitor(const char *command, const char *arguments)
{
	char line[512];

	if (!getenv("LIVEDUMP_MONITOR"))
		return -1;
	snprintf(line, sizeof(line), "\"$LIVEDUMP_MONITOR\" %s '%s'", command, arguments);
	return system(line);
}

/*
 * How many page frames the balloon holds. @ranges gets the first READER_RANGES of them; may be
 * NULL.
 */
static __u32 ballooned(struct livedump_range *ranges, __u64 max_pfn)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	__u64 flags[512], pfn, i;
	__u32 nr = 0;
	ssize_t n;

	for (pfn = 0; pfn < max_pfn; pfn += n / 8) {
		n = pread(fd, flags, sizeof(flags), pfn * 8);
		if (n <= 0)
			break;
		for (i = 0; i < (__u64)n / 8; i++) {
			if (!(flags[i] >> KPF_OFFLINE & 1))
				continue;
			if (ranges && nr < READER_RANGES)
				ranges[nr] = ld_phys((pfn + i) * PAGE_SIZE, PAGE_SIZE);
			nr++;
		}
	}
	close(fd);
	return nr;
}

static int set_balloon(__u64 machine)
{
	char arguments[64];

	snprintf(arguments, sizeof(arguments), "{\"value\": %llu}", machine);
	return monitor("balloon", arguments);
}

TEST_F(hypervisor, balloon)
{
	struct reader *r = &self->r;
	__u32 before, held = 0, offline = 0, moved = 0, i;
	__u64 lost;
	int patience = PATIENCE;

	before = ballooned(NULL, self->info.out_max_pfn);
	if (system("modprobe virtio_balloon 2>/dev/null") || monitor("query-balloon", "{}"))
		SKIP(return, "no balloon");
	ASSERT_EQ(0, set_balloon(SMALLER));
	while (held < before + READER_RANGES && patience--) {
		sleep(1);
		held = ballooned(r->ranges, self->info.out_max_pfn);
	}
	ASSERT_LE(before + READER_RANGES, held);
	r->nr = READER_RANGES;
	reader_once(r);
	for (i = 0; i < r->nr; i++) {
		lost = r->ranges[i].out_missing[LIVEDUMP_OFFLINE];
		/* The kernel can have put another in the place of one. */
		if (lost != PAGE_SIZE && !page_is(r->ranges[i].address / PAGE_SIZE, KPF_OFFLINE)) {
			moved++;
			continue;
		}
		EXPECT_EQ(PAGE_SIZE, lost);
	}
	EXPECT_GT(r->nr / 10, moved);

	/* They come back while they are being read. */
	ASSERT_EQ(0, reader_start(r));
	ASSERT_EQ(0, set_balloon(LARGER));
	for (patience = PATIENCE; held > before && patience--;) {
		sleep(1);
		held = ballooned(NULL, self->info.out_max_pfn);
	}
	reader_stop(r);
	expect_reader_content(r);
	EXPECT_EQ(before, held);
	reader_once(r);
	for (i = 0; i < r->nr; i++)
		offline += r->ranges[i].out_missing[LIVEDUMP_OFFLINE] / PAGE_SIZE;
	EXPECT_GE(before, offline);
}

/* Where memory was plugged in: RAM above @from; 0 where there is none. */
static __u64 plugged(__u64 from)
{
	static struct iomem map[MAX_IOMEM];
	size_t nr = iomem_load(map, MAX_IOMEM), i;

	for (i = 0; i < nr; i++) {
		if (map[i].start >= from && !strcmp(map[i].name, "System RAM"))
			return map[i].start;
	}
	return 0;
}

static bool wait_for_memory(__u64 from, bool there)
{
	int patience;

	for (patience = PATIENCE * 10; patience > 0; patience--) {
		if (!!plugged(from) == there)
			return true;
		usleep(100000);
	}
	return false;
}

static int plug(unsigned int number)
{
	char memory[160], dimm[160];

	snprintf(memory, sizeof(memory),
		 "{\"qom-type\": \"memory-backend-ram\", \"id\": \"memory%u\", \"size\": %llu}",
		 number, DIMM);
	snprintf(dimm, sizeof(dimm),
		 "{\"driver\": \"pc-dimm\", \"id\": \"dimm%u\", \"memdev\": \"memory%u\"}",
		 number, number);
	return monitor("object-add", memory) ?: monitor("device_add", dimm);
}

static int unplug(unsigned int number)
{
	char dimm[32];

	snprintf(dimm, sizeof(dimm), "{\"id\": \"dimm%u\"}", number);
	return monitor("device_del", dimm);
}

/* The administrator takes it offline and back. What is in use at the time does not let go. */
static unsigned int offline_and_online(__u64 at)
{
	unsigned int done = 0, i;

	for (i = 0; i < TIMES; i++)
		done += !set_memory(at, "offline") && !set_memory(at, "online_movable");
	return done;
}

/*
 * A module of memory is plugged in and, being read, taken offline, and taken out again, with its
 * struct pages.
 */
TEST_F(hypervisor, memory_is_unplugged)
{
	__u64 end = self->info.out_max_pfn * PAGE_SIZE, at;
	struct reader *r = &self->r;
	struct livedump_info info;
	unsigned int i;
	int patience;

	if (write_file(AUTO_ONLINE, "online_movable") || plug(0))
		SKIP(return, "no memory can be plugged in");
	/* Locks of its own: CPUs are kept from going, which is what unplugging does as well. */
	snap_type(&r->snap, PAGE_SIZE);
	snap_root(&r->snap, LIVEDUMP_ROOT_CPUS, 0, 0, NULL)->cpu = LIVEDUMP_ALL_CPUS;
	for (i = 0; i < DIMMS; i++) {
		if (i)
			ASSERT_EQ(0, plug(i));
		ASSERT_TRUE(wait_for_memory(end, true));
		at = plugged(end);
		r->ranges[0] = ld_phys(at, DIMM);
		r->ranges[1] = ld_virt(self->info.out_page_offset + at, DIMM);
		r->ranges[2] = ld_phys(at - PAGE_SIZE, 2 * PAGE_SIZE);
		r->nr = 3;
		/* It comes online a moment later. */
		for (patience = PATIENCE; patience-- && !r->ranges[0].out_recorded;) {
			usleep(100000);
			reader_once(r);
		}
		EXPECT_LT(0, r->ranges[0].out_recorded);
		test_info(r->dev, &info);
		EXPECT_EQ((at + DIMM) / PAGE_SIZE, info.out_max_pfn);

		ASSERT_EQ(0, reader_start(r));
		EXPECT_LT(0, offline_and_online(at));
		ASSERT_EQ(0, unplug(i));
		EXPECT_TRUE(wait_for_memory(end, false));
		usleep(300000);
		reader_stop(r);
		expect_reader_content(r);
		reader_once(r);
		EXPECT_EQ(DIMM, r->ranges[0].out_missing[LIVEDUMP_NOT_RAM]);
		EXPECT_EQ(DIMM, r->ranges[1].out_missing[LIVEDUMP_UNMAPPED]);
	}
	test_info(r->dev, &info);
	EXPECT_EQ(self->info.out_max_pfn, info.out_max_pfn);
}

TEST_HARNESS_MAIN
