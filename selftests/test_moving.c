// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that goes away while it is read: a module's, the stack of a task that exits, pages that
 * the kernel takes out of use. One thread reads all the time; the kernel's log shows what is wrong.
 * LIVEDUMP_TEST_KO names the test module's file; it is loaded again at the end.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

/* Modules and their neighbours (Documentation/x86/x86_64/mm.rst of the kernel). */
#define MODULES		0xffffffffa0000000ULL
#define MODULES_SIZE	(0xffffffffff000000ULL - MODULES)

#define PAGES		30

FIXTURE(moving) {
	struct reader r;
	struct livedump_info info;
};

FIXTURE_SETUP(moving)
{
	ASSERT_EQ(0, reader_init(&self->r));
	test_info(self->r.dev, &self->info);
}

FIXTURE_TEARDOWN(moving)
{
	EXPECT_EQ(0, ld_used(self->r.dev));
	reader_exit(&self->r);
}

static int load_test_module(void)
{
	int fd = open(getenv("LIVEDUMP_TEST_KO") ?: "", O_RDONLY | O_CLOEXEC);
	int ret = syscall(SYS_finit_module, fd, "", 0);

	close(fd);
	return ret;
}

/* Text, data and objects of a module that is unloaded and comes back, somewhere. */
TEST_F(moving, module)
{
	struct reader *r = &self->r;
	unsigned int reloads = 0;
	__u64 end;

	r->ranges[0] = ld_virt(MODULES, MODULES_SIZE);
	r->ranges[1] = ld_virt(address_of("root") & PAGE_MASK, PAGE_SIZE);
	r->ranges[2] = ld_virt(symbol("livedump_test_function") & PAGE_MASK, PAGE_SIZE);
	r->ranges[3] = ld_virt(address_of("plain"), PAGE_SIZE * LIVEDUMP_TEST_PLAIN_PAGES);
	r->nr = 4;
	snap_type(&r->snap, sizeof(struct livedump_test_root));
	snap_edge(&r->snap, LIVEDUMP_EDGE_POINTER, offsetof(struct livedump_test_root, chain), 1);
	snap_edge(&r->snap, LIVEDUMP_EDGE_STRING, offsetof(struct livedump_test_root, text), 256);
	snap_edge(&r->snap, LIVEDUMP_EDGE_BYTES, offsetof(struct livedump_test_root, big), 4096);
	snap_type(&r->snap, sizeof(struct livedump_test_node));
	snap_edge(&r->snap, LIVEDUMP_EDGE_POINTER, offsetof(struct livedump_test_node, next), 1);
	snap_root(&r->snap, LIVEDUMP_ROOT_ADDRESS, address_of("root"), 0, NULL);
	r->snap.arg.depth = 20;
	ASSERT_EQ(0, reader_start(r));
	end = deadline(is_slow() ? 6 : 2);
	while (now_ns() < end || !reloads) {
		if (syscall(SYS_delete_module, "livedump_test", O_NONBLOCK))
			continue;
		ASSERT_EQ(0, load_test_module());
		reloads++;
	}
	reader_stop(r);
	expect_reader_content(r);
	EXPECT_LT(0, r->recorded);
	EXPECT_LT(0, reloads);
	/* And it has all that it had. */
	EXPECT_NE(0, symbol("livedump_test_function"));
}

/* Stacks, by the look of them: areas of that size with a guard page. */
static __u32 stacks(struct livedump_range *ranges, __u32 max)
{
	FILE *f = fopen("/proc/vmallocinfo", "re");
	const __u64 size = has_kasan() ? 32768 : 16384;
	unsigned long long start, end;
	char line[512];
	__u32 nr = 0;

	while (f && nr < max && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx-%llx", &start, &end) == 2 &&
		    end - start == size + PAGE_SIZE && !strstr(line, " phys="))
			ranges[nr++] = ld_virt(start, end - start);
	}
	if (f)
		fclose(f);
	return nr;
}

static void *forker_main(void *arg)
{
	struct reader *r = arg;
	pid_t pid;

	while (!r->stop) {
		pid = fork();
		if (!pid)
			_exit(0);
		r->pid = pid;
		waitpid(pid, NULL, 0);
	}
	return NULL;
}

TEST_F(moving, stacks)
{
	struct reader *r = &self->r;
	pthread_t forker;
	__u64 end;

	ASSERT_EQ(0, write_file(KPTR_RESTRICT, "1"));
	/* Those that exist now: some end, and others take their places. */
	r->nr = stacks(r->ranges, READER_RANGES);
	ASSERT_EQ(0, write_file(KPTR_RESTRICT, "0"));
	ASSERT_LT(0, r->nr);
	snap_type(&r->snap, 4096);
	snap_array(&r->snap, LIVEDUMP_EDGE_BYTES, 0, 64, 512, 8);
	snap_root(&r->snap, LIVEDUMP_ROOT_TASK, getpid(), 0, NULL);
	r->snap.arg.depth = 1;
	ASSERT_EQ(0, reader_start(r));
	ASSERT_EQ(0, pthread_create(&forker, NULL, forker_main, r));
	end = deadline(is_slow() ? 6 : 2);
	while (now_ns() < end)
		usleep(10000);
	reader_stop(r);
	expect_reader_content(r);
	EXPECT_LT(0, r->recorded);
	pthread_join(forker, NULL);
}

/* A page of a child's, which may be killed for it; @away takes it out of use. Returns its frame. */
static __u64 lose_page(struct reader *r, int (*away)(__u64 pfn))
{
	__u64 *pfn = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);
	pid_t pid = fork();
	char *page;

	if (!pid) {
		page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		page[0] = 1;
		*pfn = pfn_of(page);
		usleep(1000);
		_exit(away(*pfn) ? 1 : 0);
	}
	while (!*pfn && !waitpid(pid, NULL, WNOHANG))
		usleep(100);
	/* The reader has it while it goes. */
	if (*pfn) {
		r->ranges[r->nr] = ld_phys(*pfn * PAGE_SIZE, PAGE_SIZE);
		r->nr++;
	}
	waitpid(pid, NULL, 0);
	return *pfn;
}

static int write_number(const char *name, __u64 value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", value);
	return write_file(name, text);
}

static int soft_offline(__u64 pfn)
{
	return write_number("/sys/devices/system/memory/soft_offline_page", pfn * PAGE_SIZE);
}

static int poison(__u64 pfn)
{
	return write_number("/sys/kernel/debug/hwpoison/corrupt-pfn", pfn);
}

/*
 * Each that is lost is missing, for the reason that it is poisoned; most are lost. One that is not
 * can be the store's by now.
 */
static void lose_pages(struct __test_metadata *_metadata, struct reader *r, __u64 text,
		       int (*away)(__u64 pfn))
{
	struct livedump_range range;
	unsigned int i, lost = 0;
	__u64 pfn[PAGES];
	int fd;

	r->ranges[0] = ld_virt(text, PAGE_SIZE);
	r->nr = 1;
	ASSERT_EQ(0, reader_start(r));
	for (i = 0; i < PAGES; i++)
		pfn[i] = lose_page(r, away);
	reader_stop(r);
	expect_reader_content(r);
	EXPECT_LT(0, r->recorded);
	test_create(fd, r->dev, NULL);
	for (i = 0; i < PAGES; i++) {
		range = ld_phys(pfn[i] * PAGE_SIZE, PAGE_SIZE);
		test_record(fd, LIVEDUMP_USER_MEMORY, &range, 1, NULL);
		EXPECT_EQ(PAGE_SIZE, range.out_recorded + range.out_missing[LIVEDUMP_SELF] +
			  range.out_missing[LIVEDUMP_POISONED]);
		lost += range.out_missing[LIVEDUMP_POISONED] == PAGE_SIZE;
	}
	close(fd);
	EXPECT_LE(PAGES / 2, lost);
}

TEST_F(moving, pages_taken_offline)
{
	if (access("/sys/devices/system/memory/soft_offline_page", W_OK))
		SKIP(return, "this kernel takes no page offline");
	lose_pages(_metadata, &self->r, self->info.out_text_start, soft_offline);
}

TEST_F(moving, pages_poisoned)
{
	if (system("modprobe hwpoison_inject 2>/dev/null") ||
	    access("/sys/kernel/debug/hwpoison/corrupt-pfn", W_OK))
		SKIP(return, "no hwpoison_inject");
	lose_pages(_metadata, &self->r, self->info.out_text_start, poison);
}

TEST_HARNESS_MAIN
