// SPDX-License-Identifier: GPL-2.0
/*
 * What the system says, by ways that have nothing to do with livedump.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "livedump_utils.h"

#define SYSLOG_ACTION_READ_ALL	3	/* include/linux/syslog.h of the kernel */
#define TEST_DIR	"/sys/kernel/debug/livedump_test"

static void give_up(const char *what, const char *name)
{
	fprintf(stderr, "# %s: %s (%s)\n", what, name, strerror(errno));
	abort();
}

/* Where the test module says that @name is. */
__u64 address_of(const char *name)
{
	FILE *f = fopen(TEST_DIR "/addresses", "re");
	unsigned long long value;
	char word[64];
	int found = 0;

	if (!f)
		give_up("livedump_test is not loaded", TEST_DIR);
	while (!found && fscanf(f, "%63s %llx", word, &value) == 2)
		found = !strcmp(word, name);
	fclose(f);
	if (!found)
		give_up("livedump_test has no such address", name);
	return value;
}

/* The test module's root object, as it is now. */
void test_root(struct livedump_test_root *ret)
{
	kcore_read(address_of("root"), ret, sizeof(*ret));
}

/* What leaf @index consists of. */
void test_leaf(struct livedump_test_leaf *ret, __u32 index)
{
	memset(ret, 0, sizeof(*ret));
	ret->magic = LIVEDUMP_TEST_LEAF_MAGIC + index;
	ret->index = index;
	snprintf(ret->name, sizeof(ret->name), "leaf-%u", index);
}

void test_control(const char *word)
{
	int fd = open(TEST_DIR "/control", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, word, strlen(word)) != (ssize_t)strlen(word))
		give_up("livedump_test does not do", word);
	close(fd);
}

/* What an administrator does with echo: 0, or -1 and errno. */
int write_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -1;
	ret = write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
	close(fd);
	return ret;
}

/* The kernel's own view of its memory. */
void kcore_read(__u64 address, void *to, size_t size)
{
	int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	struct elf64_phdr phdr[64];
	struct elf64_hdr ehdr;
	size_t i;

	if (fd < 0 || pread(fd, &ehdr, sizeof(ehdr), 0) != sizeof(ehdr) || ehdr.e_phnum > 64 ||
	    pread(fd, phdr, ehdr.e_phnum * sizeof(*phdr), ehdr.e_phoff) <= 0)
		give_up("cannot read", "/proc/kcore");
	for (i = 0; i < ehdr.e_phnum; i++) {
		if (phdr[i].p_type == PT_LOAD && address >= phdr[i].p_vaddr &&
		    address - phdr[i].p_vaddr < phdr[i].p_memsz)
			break;
	}
	if (i == ehdr.e_phnum ||
	    pread(fd, to, size, phdr[i].p_offset + (address - phdr[i].p_vaddr)) != (ssize_t)size)
		give_up("/proc/kcore does not have", "an address");
	close(fd);
}

/* The module's parameter; 0 where it has chosen. */
__u64 max_bytes(void)
{
	FILE *f = fopen(MAX_BYTES, "re");
	unsigned long long value;

	if (!f || fscanf(f, "%llu", &value) != 1)
		give_up("cannot read", MAX_BYTES);
	fclose(f);
	return value;
}

/* A number in a file, as scanf() takes an unsigned long long; 0 where there is none. */
__u64 file_number(const char *name, const char *format)
{
	FILE *f = fopen(name, "re");
	unsigned long long value = 0;

	if (f) {
		if (fscanf(f, format, &value) != 1)
			value = 0;
		fclose(f);
	}
	return value;
}

static __u64 memory_block_size(void)
{
	return file_number("/sys/devices/system/memory/block_size_bytes", "%llx");
}

/* Give the block of memory at an address a state: "offline", "online", "online_movable". */
int set_memory(__u64 paddr, const char *state)
{
	__u64 size = memory_block_size();
	char file[96];

	if (!size)
		return -1;
	snprintf(file, sizeof(file), "/sys/devices/system/memory/memory%llu/state", paddr / size);
	return write_file(file, state);
}

/* Take the last block of memory that can go offline; where it is, 0 where none can. */
__u64 take_memory_offline(__u64 max_paddr)
{
	__u64 size = memory_block_size(), paddr;

	if (!size)
		return 0;
	for (paddr = max_paddr / size * size; paddr && set_memory(paddr, "offline");)
		paddr -= size;
	return paddr;
}

/* Where /proc/kallsyms says that @name is; 0 where it does not say. */
__u64 symbol(const char *name)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long long value = 0, at;
	char line[1024], word[512];

	if (!f)
		give_up("cannot read", "/proc/kallsyms");
	while (!value && fgets(line, sizeof(line), f)) {
		if (strstr(line, name) &&
		    sscanf(line, "%llx %*c %511s", &at, word) == 2 && !strcmp(word, name))
			value = at;
	}
	fclose(f);
	return value;
}

static __u64 read_entry(const char *name, __u64 number)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	__u64 entry;

	if (fd < 0 || pread(fd, &entry, 8, number * 8) != 8)
		give_up("cannot read", name);
	close(fd);
	return entry;
}

/* What the kernel knows of a page frame: its bit @flag (KPF_). */
bool page_is(__u64 pfn, unsigned int flag)
{
	return read_entry("/proc/kpageflags", pfn) >> flag & 1;
}

/* The page frame behind one of our own addresses, which must have been touched. */
__u64 pfn_of(const void *address)
{
	int tries = 100;
	__u64 entry;

	/* A page that is being moved has none. */
	do {
		entry = read_entry("/proc/self/pagemap", (uintptr_t)address / PAGE_SIZE);
	} while (!(entry >> 63) && --tries && !usleep(1000));
	if (!(entry >> 63) || !(entry & ((1ULL << 55) - 1)))
		give_up("/proc/self/pagemap", "page is not present");
	return entry & ((1ULL << 55) - 1);
}

/* Tasks come and go, opening a file each, until this one is killed. */
pid_t test_busy_tasks(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (;;) {
		if (fork())
			wait(NULL);
		else
			_exit(close(open("/proc/self/status", O_RDONLY | O_CLOEXEC)));
	}
}

/*
 * Whether @function, of what looks at the kernel's accesses, is in the kernel. run_kselftests.sh
 * says which: each test would have to read all symbols to find none.
 */
static bool has_detector(const char *function)
{
	const char *known = getenv("LIVEDUMP_DETECTOR");

	return known ? !strcmp(known, function) : symbol(function) != 0;
}

/* Is every access of the kernel's checked, with a shadow of memory? */
bool has_kasan(void)
{
	return has_detector("kasan_report");
}

/* Are the kernel's accesses looked at, by whatever means? All takes several times as long then. */
bool is_slow(void)
{
	return has_kasan() || has_detector("__tsan_read8");
}

__u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

/* That time in so many seconds: set after a set-up, which may take long. */
__u64 deadline(unsigned int seconds)
{
	return now_ns() + seconds * SECOND;
}

/* /proc/iomem; returns how many there are. */
size_t iomem_load(struct iomem *ret, size_t max)
{
	FILE *f = fopen("/proc/iomem", "re");
	unsigned long long start, end;
	char line[256], name[64];
	size_t nr = 0;

	if (!f)
		give_up("cannot read", "/proc/iomem");
	while (nr < max && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %llx-%llx : %63[^\n]", &start, &end, name) != 3)
			continue;
		ret[nr].start = start;
		ret[nr].end = end;
		ret[nr].nested = line[0] == ' ';
		strcpy(ret[nr].name, name);
		nr++;
	}
	fclose(f);
	return nr;
}

/* Does all of a page frame lie in RAM? */
bool iomem_is_ram(__u64 pfn)
{
	static struct iomem map[256];
	static size_t nr;
	size_t i;

	if (!nr)
		nr = iomem_load(map, 256);
	for (i = 0; i < nr; i++) {
		if (!map[i].nested && !strcmp(map[i].name, "System RAM") &&
		    pfn * PAGE_SIZE >= map[i].start && (pfn + 1) * PAGE_SIZE - 1 <= map[i].end)
			return true;
	}
	return false;
}

/* Refusals in the kernel's log that have all of these words. */
unsigned int log_refusals(const char *word1, const char *word2, const char *word3)
{
	static char text[4 << 20];
	int length = klogctl(SYSLOG_ACTION_READ_ALL, text, sizeof(text) - 1);
	char *line, *rest = text;
	unsigned int nr = 0;

	text[length > 0 ? length : 0] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		line = strstr(line, "livedump: refused ");
		nr += line && strstr(line, word1) && strstr(line, word2) && strstr(line, word3);
	}
	return nr;
}
