/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the test programs share. ld_x() does one ioctl; test_x() asserts that it succeeds,
 * test_err_x(errno, ...) that it fails so. Outputs are filled with JUNK before each call, so that
 * one the module forgets is noticed.
 */
#ifndef LIVEDUMP_UTILS_H
#define LIVEDUMP_UTILS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <linux/kernel-page-flags.h>
#include <linux/livedump.h>

#include "livedump_test_types.h"

#define PAGE_SIZE	4096UL
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define JUNK		0xa5
#define NO_ROOT		0xffffffffU
#define NOWHERE		(~0ULL)

#define DEVICE		"/dev/livedump"
#define KPTR_RESTRICT	"/proc/sys/kernel/kptr_restrict"

/* ---- livedump_utils.c: one function for one ioctl; 0 (or a file descriptor), or -1 and errno */

int ld_device(void);
int ld_info(int dev, struct livedump_info *ret);
__u64 ld_used(int dev);
int ld_create_with(int dev, struct livedump_create *arg);
int ld_create(int dev, const char *name);
int ld_create_limited(int dev, __u64 limit);
int ld_open(int dev, const char *name);
int ld_destroy(int dev, const char *name);
int ld_list(int dev, struct livedump_list_entry *entries, __u32 nr, __u32 *out_nr);
int ld_status(int fd, struct livedump_status *ret);
int ld_record(int fd, __u32 flags, struct livedump_range *ranges, __u32 nr,
	      struct livedump_record *ret);
int ld_stop(int fd);
int ld_whatis(int dev, __u64 address, const struct livedump_slab *slab,
	      struct livedump_whatis *ret);
int ld_annotate(int fd, const void *text, __u64 length);

void ld_destroy_all(int dev);
struct livedump_range ld_virt(__u64 address, __u64 length);
struct livedump_range ld_phys(__u64 address, __u64 length);
__u64 ld_sum(const __u64 *missing);
unsigned char ld_touch(const void *at);
size_t ld_same(const void *at, unsigned char byte, size_t size);

#define EXPECT_ERRNO(_errno, _call) do {	\
	errno = 0;				\
	ASSERT_EQ(-1, (_call));			\
	EXPECT_EQ(_errno, errno);		\
} while (0)

/* The device, and no session of an earlier test. */
#define test_device(_dev) do {			\
	ASSERT_LE(0, (_dev) = ld_device());	\
	ld_destroy_all(_dev);			\
} while (0)

#define test_info(...)			ASSERT_EQ(0, ld_info(__VA_ARGS__))
#define test_err_info(_errno, ...)	EXPECT_ERRNO(_errno, ld_info(__VA_ARGS__))
#define test_destroy(...)		ASSERT_EQ(0, ld_destroy(__VA_ARGS__))
#define test_err_destroy(_errno, ...)	EXPECT_ERRNO(_errno, ld_destroy(__VA_ARGS__))
#define test_list(...)			ASSERT_EQ(0, ld_list(__VA_ARGS__))
#define test_err_list(_errno, ...)	EXPECT_ERRNO(_errno, ld_list(__VA_ARGS__))
#define test_status(...)		ASSERT_EQ(0, ld_status(__VA_ARGS__))
#define test_err_status(_errno, ...)	EXPECT_ERRNO(_errno, ld_status(__VA_ARGS__))
#define test_record(...)		ASSERT_EQ(0, ld_record(__VA_ARGS__))
#define test_err_record(_errno, ...)	EXPECT_ERRNO(_errno, ld_record(__VA_ARGS__))
#define test_snapshot(...)		ASSERT_EQ(0, ld_snapshot(__VA_ARGS__))
#define test_err_snapshot(_errno, ...)	EXPECT_ERRNO(_errno, ld_snapshot(__VA_ARGS__))
#define test_stop(...)			ASSERT_EQ(0, ld_stop(__VA_ARGS__))
#define test_err_stop(_errno, ...)	EXPECT_ERRNO(_errno, ld_stop(__VA_ARGS__))
#define test_annotate(...)		ASSERT_EQ(0, ld_annotate(__VA_ARGS__))
#define test_err_annotate(_errno, ...)	EXPECT_ERRNO(_errno, ld_annotate(__VA_ARGS__))
#define test_whatis(...)		ASSERT_EQ(0, ld_whatis(__VA_ARGS__))
#define test_err_whatis(_errno, ...)	EXPECT_ERRNO(_errno, ld_whatis(__VA_ARGS__))
#define test_create(_fd, ...)		ASSERT_LE(0, (_fd) = ld_create(__VA_ARGS__))
#define test_err_create(_errno, ...)	EXPECT_ERRNO(_errno, ld_create(__VA_ARGS__))
#define test_open(_fd, ...)		ASSERT_LE(0, (_fd) = ld_open(__VA_ARGS__))
#define test_err_open(_errno, ...)	EXPECT_ERRNO(_errno, ld_open(__VA_ARGS__))

/* ---- livedump_snap.c: snapshots ---- */

#define SNAP_ROOTS	8
#define SNAP_TYPES	16
#define SNAP_EDGES	64
#define TASK_SIZE_GUESS	4096	/* of a task_struct, which is larger */
/* KASAN doubles it (arch/x86/include/asm/page_64_types.h: KASAN_STACK_ORDER). */
#define THREAD_SIZE	(has_kasan() ? 32768 : 16384)

/**
 * struct snap - a snapshot with its arrays
 * @arg: the ioctl's structure; its pointers are set by ld_snapshot()
 * @roots: snap_root() appends
 * @types: snap_type() appends
 * @edges: snap_edge() appends, to the newest type
 */
struct snap {
	struct livedump_snapshot arg;
	struct livedump_root roots[SNAP_ROOTS];
	struct livedump_type types[SNAP_TYPES];
	struct livedump_edge edges[SNAP_EDGES];
};

void snap_init(struct snap *s);
__u32 snap_type(struct snap *s, size_t size);
void snap_array(struct snap *s, __u16 kind, size_t offset, __u32 to, __u32 count, __u32 stride);
struct livedump_root *snap_root(struct snap *s, __u32 kind, __u64 address, __u32 type,
				const char *symbol);
void snap_endless(struct snap *s, __u64 address);
struct livedump_root *snap_cpus(struct snap *s);
int ld_snapshot(int fd, struct snap *s);

/* One pointer; @to is a type, or how many bytes of a string or of untyped memory. */
static inline void snap_edge(struct snap *s, __u16 kind, size_t offset, __u32 to)
{
	snap_array(s, kind, offset, to, 1, 0);
}

/* ---- livedump_reader.c: a thread that reads all the time */

#define READER_RANGES	8192

/**
 * struct reader - what it reads, and what came of it
 * @dev: the device
 * @thread: the thread
 * @ranges: recorded each time; READER_RANGES of them
 * @nr: of them in use; the test may add some while it runs
 * @snap: walked each time, where it has roots
 * @pid: where not 0: address of its first root, a task, which may be gone
 * @stop: it is to end
 * @requests: rounds it has made
 * @started: of these, when it was started last
 * @recorded: bytes, of ranges
 * @what: went wrong, or NULL
 * @complaint: and its errno
 */
struct reader {
	int dev;
	pthread_t thread;
	struct livedump_range *ranges;
	atomic_uint nr;
	struct snap snap;
	atomic_int pid;
	atomic_bool stop;
	atomic_ulong requests;
	unsigned long started;
	__u64 recorded;
	const char *what;
	int complaint;
};

int reader_init(struct reader *r);
void reader_exit(struct reader *r);
int reader_start(struct reader *r);
void reader_stop(struct reader *r);
void reader_once(struct reader *r);

/* It has read, and nothing was wrong. */
#define expect_reader_content(_r) do {				\
	EXPECT_EQ(NULL, (_r)->what)				\
		TH_LOG("%s: errno %d", (_r)->what, (_r)->complaint);	\
	EXPECT_LT(1, (_r)->requests);				\
} while (0)

/* ---- livedump_view.c: what a session's mappings show ---- */

/**
 * struct view - a session's regions
 * @status: when they were mapped
 * @pages: @status.out_pages
 * @data: and their bytes
 * @aliases: @status.out_aliases
 * @holes: @status.out_holes
 * @objects: @status.out_listed
 * @notes: @status.out_notes
 * @cpus: @status.out_cpus
 * @page_offset: every page has an address in the direct map, whether it says so or not
 */
struct view {
	struct livedump_status status;
	const struct livedump_page *pages;
	const unsigned char *data;
	const struct livedump_alias *aliases;
	const struct livedump_hole *holes;
	const struct livedump_object *objects;
	const char *notes;
	const struct livedump_cpu *cpus;
	__u64 page_offset;
};

int view_map(struct view *v, int fd);
void view_unmap(struct view *v);
const struct livedump_page *view_pfn(const struct view *v, __u64 pfn);
const struct livedump_page *view_page(const struct view *v, __u64 vaddr);
const struct livedump_alias *view_alias(const struct view *v, __u64 vaddr);
const void *view_data(const struct view *v, const struct livedump_page *page);
bool view_has(const struct view *v, __u64 vaddr, size_t size);
int view_read(const struct view *v, __u64 vaddr, void *to, size_t size);

/**
 * struct path - the way from the root page table to a page, as recorded
 * @pfn: where it leads, NOWHERE where a table or a mapping is missing
 * @size: bytes that the last entry maps
 * @tables: tables on the way
 * @table: their recorded pages
 */
struct path {
	__u64 pfn;
	__u64 size;
	unsigned int tables;
	const struct livedump_page *table[5];
};

void view_walk(const struct view *v, const struct livedump_info *info, __u64 vaddr,
	       struct path *ret);
__u64 view_vaddr(const struct view *v, const struct livedump_info *info, __u64 pfn, bool direct);

/* ---- livedump_system.c: what the system itself says ---- */

int write_file(const char *name, const char *text);

#define MAX_BYTES	"/sys/module/livedump/parameters/max_bytes"

/* These end the program where it cannot be found out. */
__u64 address_of(const char *name);
void test_root(struct livedump_test_root *ret);
void test_leaf(struct livedump_test_leaf *ret, __u32 index);
void test_control(const char *word);
void kcore_read(__u64 address, void *to, size_t size);
__u64 max_bytes(void);
__u64 symbol(const char *name);
__u64 pfn_of(const void *address);
bool page_is(__u64 pfn, unsigned int flag);
__u64 file_number(const char *name, const char *format);
int set_memory(__u64 paddr, const char *state);
__u64 take_memory_offline(__u64 max_paddr);
#define SECOND	(1000ULL * 1000 * 1000)	/* of now_ns() */
__u64 now_ns(void);
__u64 deadline(unsigned int seconds);
pid_t test_busy_tasks(void);
bool has_kasan(void);
bool is_slow(void);
unsigned int log_refusals(const char *word1, const char *word2, const char *word3);

struct iomem {
	__u64 start;
	__u64 end;
	char name[64];
	bool nested;
};

size_t iomem_load(struct iomem *ret, size_t max);
bool iomem_is_ram(__u64 pfn);

#endif
