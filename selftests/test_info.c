// SPDX-License-Identifier: GPL-2.0
/*
 * LIVEDUMP_INFO: what it says agrees with what the system says elsewhere.
 */
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/sysinfo.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define MAX_TEXT	16384

FIXTURE(info) {
	int dev;
	int fd;
	struct livedump_info info;
};

FIXTURE_SETUP(info)
{
	test_device(self->dev);
	test_info(self->dev, &self->info);
	test_create(self->fd, self->dev, NULL);
}

FIXTURE_TEARDOWN(info)
{
	close(self->fd);
	close(self->dev);
}

/* A variable of the kernel, as recorded: for what only the kernel itself knows. */
static __u64 kernel_u64(struct __test_metadata *_metadata, int fd, const char *name)
{
	struct livedump_range range = ld_virt(symbol(name), 8);
	struct view v;
	__u64 value;

	ASSERT_NE(0, range.address) TH_LOG("no symbol %s", name);
	test_record(fd, 0, &range, 1, NULL);
	ASSERT_EQ(8, range.out_recorded);
	ASSERT_EQ(0, view_map(&v, fd));
	ASSERT_EQ(0, view_read(&v, range.address, &value, 8));
	view_unmap(&v);
	return value;
}

TEST_F(info, constants)
{
	EXPECT_EQ(LIVEDUMP_ABI, self->info.out_abi);
	EXPECT_EQ(sysconf(_SC_PAGESIZE), self->info.out_page_size);
	EXPECT_EQ(sysconf(_SC_NPROCESSORS_ONLN), self->info.out_nr_cpus);
}

TEST_F(info, levels)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[4096];
	bool la57 = false;

	ASSERT_NE(NULL, f);
	while (fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "flags", 5) && strstr(line, " la57"))
			la57 = true;
	}
	fclose(f);
	EXPECT_EQ(la57 ? 5 : 4, self->info.out_pgtable_levels);
	EXPECT_EQ(la57 ? 0xff00000000000000ULL : 0xffff800000000000ULL,
		  self->info.out_kernel_start);
}

TEST_F(info, direct_map)
{
	EXPECT_EQ(kernel_u64(_metadata, self->fd, "page_offset_base"),
		  self->info.out_page_offset);
}

TEST_F(info, image)
{
	struct iomem map[256];
	size_t nr = iomem_load(map, 256);
	__u64 code = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!strcmp(map[i].name, "Kernel code"))
			code = map[i].start;
	}
	EXPECT_GE(symbol("_text"), self->info.out_text_start);
	EXPECT_LE(symbol("_end"), self->info.out_text_end);
	EXPECT_GE((symbol("_end") | 0x1fffff) + 1, self->info.out_text_end);
	EXPECT_EQ(code, self->info.out_text_paddr + symbol("_text") - self->info.out_text_start);
}

TEST_F(info, page_table)
{
	char text[MAX_TEXT] = {};
	struct livedump_info arg = {
		.size = sizeof(arg),
		.vmcoreinfo = (uintptr_t)text,
		.vmcoreinfo_size = sizeof(text) - 1,
	};
	static const char key[] = "SYMBOL(swapper_pg_dir)=";
	const char *line;

	ASSERT_EQ(0, ioctl(self->dev, LIVEDUMP_INFO, &arg));
	line = strstr(text, key);
	ASSERT_NE(NULL, line);
	EXPECT_EQ(strtoull(line + strlen(key), NULL, 16),
		  self->info.out_pgd_paddr - self->info.out_text_paddr + self->info.out_text_start);
}

TEST_F(info, memory)
{
	struct iomem map[256];
	size_t nr = iomem_load(map, 256);
	struct sysinfo si;
	__u64 end = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!map[i].nested && !strcmp(map[i].name, "System RAM") && map[i].end > end)
			end = map[i].end;
	}
	EXPECT_EQ(end / PAGE_SIZE + 1, self->info.out_max_pfn);
	ASSERT_EQ(0, sysinfo(&si));
	EXPECT_EQ((__u64)si.totalram * si.mem_unit, self->info.out_total_ram);
	EXPECT_EQ(max_bytes() ?: self->info.out_total_ram / 4, self->info.out_cap);
}

TEST_F(info, used)
{
	struct livedump_status one, two;
	struct livedump_info info;
	int fd;

	test_status(self->fd, &one);
	test_info(self->dev, &info);
	EXPECT_LT(0, one.out_used);
	EXPECT_EQ(one.out_used, info.out_used);

	test_create(fd, self->dev, NULL);
	test_status(fd, &two);
	test_info(self->dev, &info);
	EXPECT_EQ(one.out_used + two.out_used, info.out_used);

	close(fd);
	close(self->fd);
	test_info(self->dev, &info);
	EXPECT_EQ(0, info.out_used);
}

TEST_F(info, time)
{
	struct livedump_info info;
	__u64 before = now_ns();

	test_info(self->dev, &info);
	EXPECT_LE(before, info.out_boottime_ns);
	EXPECT_GE(now_ns(), info.out_boottime_ns);
}

/* The kernel's own note, which /sys/kernel/vmcoreinfo points to. */
static void kernel_note(struct __test_metadata *_metadata, int fd, __u64 page_offset, char *text,
			size_t *len)
{
	FILE *f = fopen("/sys/kernel/vmcoreinfo", "re");
	struct livedump_range range;
	unsigned long long paddr, size;
	unsigned char note[MAX_TEXT];
	struct view v;
	__u32 *head = (__u32 *)note;

	ASSERT_NE(NULL, f);
	ASSERT_EQ(2, fscanf(f, "%llx %llx", &paddr, &size));
	fclose(f);
	ASSERT_GE(sizeof(note), size);
	range = ld_virt(page_offset + paddr, size);
	test_record(fd, 0, &range, 1, NULL);
	ASSERT_EQ(0, view_map(&v, fd));
	ASSERT_EQ(0, view_read(&v, range.address, note, size));
	view_unmap(&v);
	/* namesz, descsz, type, "VMCOREINFO" padded to a multiple of four */
	*len = head[1];
	memcpy(text, note + 12 + 12, *len);
}

TEST_F(info, vmcoreinfo)
{
	char text[MAX_TEXT], kernels[MAX_TEXT];
	struct livedump_info arg = self->info;
	size_t len = 0;

	kernel_note(_metadata, self->fd, self->info.out_page_offset, kernels, &len);
	ASSERT_LT(1000, len);
	EXPECT_EQ(len, self->info.out_vmcoreinfo_size);

	memset(text, JUNK, sizeof(text));
	arg.vmcoreinfo = (uintptr_t)text;
	arg.vmcoreinfo_size = len;
	ASSERT_EQ(0, ioctl(self->dev, LIVEDUMP_INFO, &arg));
	EXPECT_EQ(0, memcmp(text, kernels, len));
	EXPECT_EQ(JUNK, (unsigned char)text[len]);
	EXPECT_EQ(0, strncmp(text, "OSRELEASE=", 10));
	EXPECT_EQ('\n', text[len - 1]);
}

TEST_F(info, vmcoreinfo_with_more_room)
{
	char text[MAX_TEXT];
	struct livedump_info arg = self->info;

	memset(text, JUNK, sizeof(text));
	arg.vmcoreinfo = (uintptr_t)text;
	arg.vmcoreinfo_size = sizeof(text);
	ASSERT_EQ(0, ioctl(self->dev, LIVEDUMP_INFO, &arg));
	EXPECT_EQ('\n', text[arg.out_vmcoreinfo_size - 1]);
	EXPECT_EQ(JUNK, (unsigned char)text[arg.out_vmcoreinfo_size]);
}

TEST_F(info, vmcoreinfo_without_room)
{
	char text[MAX_TEXT];
	struct livedump_info arg = self->info;

	memset(text, JUNK, sizeof(text));
	arg.vmcoreinfo = (uintptr_t)text;
	arg.vmcoreinfo_size = self->info.out_vmcoreinfo_size - 1;
	arg.out_vmcoreinfo_size = 0;
	ASSERT_EQ(0, ioctl(self->dev, LIVEDUMP_INFO, &arg));
	EXPECT_EQ(self->info.out_vmcoreinfo_size, arg.out_vmcoreinfo_size);
	EXPECT_EQ(sizeof(text), ld_same(text, JUNK, sizeof(text)));

	arg.vmcoreinfo = 0;
	arg.vmcoreinfo_size = sizeof(text);
	EXPECT_EQ(0, ioctl(self->dev, LIVEDUMP_INFO, &arg));
}

TEST_F(info, vmcoreinfo_to_a_bad_pointer)
{
	char *room = mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct livedump_info arg = self->info;

	ASSERT_NE(MAP_FAILED, room);
	ASSERT_EQ(0, mprotect(room + PAGE_SIZE, PAGE_SIZE, PROT_NONE));
	arg.vmcoreinfo_size = MAX_TEXT;
	arg.vmcoreinfo = 8;
	EXPECT_ERRNO(EFAULT, ioctl(self->dev, LIVEDUMP_INFO, &arg));
	arg.vmcoreinfo = (uintptr_t)room + PAGE_SIZE - 16;
	EXPECT_ERRNO(EFAULT, ioctl(self->dev, LIVEDUMP_INFO, &arg));
	arg.vmcoreinfo = self->info.out_text_start;
	EXPECT_ERRNO(EFAULT, ioctl(self->dev, LIVEDUMP_INFO, &arg));
	ASSERT_EQ(0, mprotect(room, PAGE_SIZE, PROT_READ));
	arg.vmcoreinfo = (uintptr_t)room;
	EXPECT_ERRNO(EFAULT, ioctl(self->dev, LIVEDUMP_INFO, &arg));
}

TEST_HARNESS_MAIN
