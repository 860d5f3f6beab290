// SPDX-License-Identifier: GPL-2.0
/*
 * Many at once: every ioctl from several threads on the same sessions, while others come and go and
 * memory is taken offline. The kernel's log shows what is wrong; here, only plausible errors count.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define THREADS	4
#define RUN_NS	(2 * SECOND)

/* What the threads share. */
struct arena {
	int dev;
	int fd[2];
	__u64 text;
	__u64 root;
	__u64 end;
	__u64 max_paddr;
	const struct livedump_test_root *objects;
	pthread_mutex_t lock;
	char complaint[160];
};

FIXTURE(threads) {
	struct arena arena;
	struct livedump_test_root objects;
};

FIXTURE_SETUP(threads)
{
	struct arena *a = &self->arena;
	struct livedump_info info;
	int i;

	a->dev = ld_device();
	ASSERT_LE(0, a->dev);
	ld_destroy_all(a->dev);
	test_info(a->dev, &info);
	for (i = 0; i < 2; i++) {
		a->fd[i] = ld_create_limited(a->dev, 4 << 20);
		ASSERT_LE(0, a->fd[i]);
	}
	a->text = info.out_text_start;
	a->max_paddr = info.out_max_pfn * PAGE_SIZE;
	a->root = address_of("root");
	test_root(&self->objects);
	a->objects = &self->objects;
	a->end = now_ns() + RUN_NS;
	pthread_mutex_init(&a->lock, NULL);
}

FIXTURE_TEARDOWN(threads)
{
	ld_destroy_all(self->arena.dev);
	close(self->arena.fd[0]);
	close(self->arena.fd[1]);
	EXPECT_EQ(0, ld_used(self->arena.dev));
	close(self->arena.dev);
}

/* A result that is neither good nor one of the two errors that may come. */
static void check(struct arena *a, const char *what, int ret, int may1, int may2)
{
	if (ret >= 0 || errno == may1 || errno == may2)
		return;
	pthread_mutex_lock(&a->lock);
	snprintf(a->complaint, sizeof(a->complaint), "%s: errno %d", what, errno);
	pthread_mutex_unlock(&a->lock);
}

static void do_record(struct arena *a, int fd, unsigned int n)
{
	struct livedump_range ranges[] = {
		ld_virt(a->text + n % 64 * PAGE_SIZE, 17 * PAGE_SIZE),
		ld_phys(n * 40961 % a->max_paddr, 3 * PAGE_SIZE),
		ld_virt((uintptr_t)a->objects->guard - 100, 200),
	};
	struct livedump_record all;

	check(a, "record", ld_record(fd, n % 4, ranges, 3, &all), ENOSPC, 0);
	if (all.out_recorded + ld_sum(all.out_missing) != 20 * PAGE_SIZE + 200) {
		errno = 0;
		check(a, "record's sum", -1, ENOSPC, ENOSPC);
	}
}

static void do_snapshot(struct arena *a, int fd, unsigned int n)
{
	struct snap s;

	snap_init(&s);
	snap_type(&s, sizeof(struct livedump_test_root));
	snap_edge(&s, LIVEDUMP_EDGE_POINTER, offsetof(struct livedump_test_root, chain), 1);
	snap_edge(&s, LIVEDUMP_EDGE_STRING, offsetof(struct livedump_test_root, text), 256);
	snap_edge(&s, LIVEDUMP_EDGE_BYTES, offsetof(struct livedump_test_root, big), 4096);
	snap_type(&s, sizeof(struct livedump_test_node));
	snap_edge(&s, LIVEDUMP_EDGE_POINTER, offsetof(struct livedump_test_node, next), 1);
	snap_root(&s, LIVEDUMP_ROOT_ADDRESS, a->root, 0, "livedump_test_root");
	snap_root(&s, LIVEDUMP_ROOT_TASK, getpid(), 1, NULL);
	s.arg.flags = n % 4;
	s.arg.depth = n % 10;
	check(a, "snapshot", ld_snapshot(fd, &s), ENOSPC, 0);
}

static void do_look(struct arena *a, int fd)
{
	struct livedump_list_entry entries[8];
	struct livedump_status st;
	struct livedump_info info;
	struct view v;
	__u32 nr;

	check(a, "status", ld_status(fd, &st), 0, 0);
	check(a, "info", ld_info(a->dev, &info), 0, 0);
	check(a, "list", ld_list(a->dev, entries, 8, &nr), 0, 0);
	check(a, "mmap", view_map(&v, fd), ENXIO, 0);
	if (v.data && v.data != MAP_FAILED)
		ld_touch(v.data);
	view_unmap(&v);
}

static void do_names(struct arena *a, unsigned int n)
{
	static const char *const names[] = { "a", "b", "c" };
	const char *name = names[n % 3];
	int fd;

	fd = ld_create(a->dev, n % 5 ? name : NULL);
	check(a, "create", fd, EEXIST, 0);
	if (fd >= 0) {
		do_record(a, fd, n);
		if (n % 7 == 0)
			check(a, "stop", ld_stop(fd), 0, 0);
		close(fd);
	}
	fd = ld_open(a->dev, name);
	check(a, "open", fd, ENOENT, 0);
	if (fd >= 0) {
		if (n % 2)
			do_look(a, fd);
		close(fd);
	}
	check(a, "destroy", ld_destroy(a->dev, names[(n + 1) % 3]), ENOENT, 0);
}

static void *work(void *arg)
{
	struct arena *a = arg;
	unsigned int n = (uintptr_t)pthread_self() >> 12;

	while (now_ns() < a->end && !a->complaint[0]) {
		n = n * 1103515245 + 12345;
		switch (n >> 16 & 7) {
		case 0:
		case 1:
			do_record(a, a->fd[n >> 20 & 1], n >> 8);
			break;
		case 2:
		case 3:
			do_snapshot(a, a->fd[n >> 20 & 1], n >> 8);
			break;
		case 4:
			do_look(a, a->fd[n >> 20 & 1]);
			break;
		default:
			do_names(a, n >> 8);
			break;
		}
	}
	return NULL;
}

/* A minute where the kernel watches its locks. */
TEST_F(threads, every_ioctl)
{
	struct arena *a = &self->arena;
	pthread_t threads[THREADS];
	int i;

	if (is_slow())
		a->end = now_ns() + 60 * SECOND;
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, work, a));
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	EXPECT_STREQ("", a->complaint);
}

static void *record_all(void *arg)
{
	struct arena *a = arg;
	struct livedump_range range = ld_phys(a->max_paddr - (160 << 20), 160 << 20);

	while (now_ns() < a->end) {
		check(a, "record", ld_record(a->fd[1], LIVEDUMP_USER_MEMORY, &range, 1, NULL),
		      ENOSPC, 0);
		if (range.out_recorded + ld_sum(range.out_missing) != range.length) {
			errno = 0;
			check(a, "record's sum", -1, ENOSPC, ENOSPC);
		}
	}
	return NULL;
}

/* Blocks of memory go offline and come back while they are being read. */
TEST_F(threads, memory_goes_offline)
{
	struct arena *a = &self->arena;
	unsigned int done = 0;
	pthread_t thread;
	__u64 paddr;

	a->end = now_ns() + RUN_NS;
	ASSERT_EQ(0, pthread_create(&thread, NULL, record_all, a));
	while (now_ns() < a->end) {
		paddr = take_memory_offline(a->max_paddr);
		if (!paddr)
			continue;
		EXPECT_EQ(0, set_memory(paddr, "online"));
		done++;
	}
	pthread_join(thread, NULL);
	EXPECT_STREQ("", a->complaint);
	if (!done)
		SKIP(return, "no block can be taken offline");
}

TEST_HARNESS_MAIN
