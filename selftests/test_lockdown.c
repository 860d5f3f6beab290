// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel that is locked down, also after the device and sessions were opened. There is no way
 * back, so this program runs last, and its tests go from one state of the kernel to the next.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define LOCKDOWN	"/sys/kernel/security/lockdown"

/* Opened before anything is locked; each test is a child and inherits them. */
static int dev = -1, fd = -1, busy = -1;
static __u64 text;
static const void *mapped;
static struct snap endless;

static void __attribute__((constructor)) open_all(void)
{
	struct livedump_range range;
	struct livedump_info info;

	dev = ld_device();
	if (dev < 0 || ld_info(dev, &info))
		return;
	ld_destroy_all(dev);
	text = info.out_text_start;
	fd = ld_create(dev, "locked");
	busy = ld_create(dev, "busy");
	range = ld_virt(text, PAGE_SIZE);
	ld_record(fd, 0, &range, 1, NULL);
	mapped = mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, fd, LIVEDUMP_MMAP_DATA);
	snap_endless(&endless, text);
}

static int record(void)
{
	struct livedump_range range = ld_virt(text, 8);

	return ld_record(fd, 0, &range, 1, NULL);
}

static int snapshot(void)
{
	struct snap s;

	snap_init(&s);
	snap_root(&s, LIVEDUMP_ROOT_ADDRESS, text, snap_type(&s, 8), NULL);
	return ld_snapshot(fd, &s);
}

static int whatis(void)
{
	struct livedump_whatis w = {};

	return ld_whatis(dev, text, NULL, &w);
}

TEST(nothing_is_locked)
{
	EXPECT_EQ(0, whatis());
	ASSERT_LE(0, dev);
	ASSERT_LE(0, fd);
	ASSERT_NE(MAP_FAILED, mapped);
	EXPECT_EQ(0, record());
	EXPECT_EQ(0, snapshot());
}

/* At this level the kernel only protects itself from being changed. */
TEST(integrity)
{
	struct livedump_info info;
	int again;

	if (write_file(LOCKDOWN, "integrity"))
		SKIP(return, "%s: %s", LOCKDOWN, strerror(errno));
	again = ld_device();
	EXPECT_LE(0, again);
	test_info(again, &info);
	EXPECT_EQ(0, record());
	EXPECT_EQ(0, snapshot());
}

/* A request that is under way ends; who is asked for what is missing says why. */
TEST(confidentiality_in_the_middle_of_a_request)
{
	struct livedump_status st;
	__u64 before;
	int status;
	pid_t pid;

	sleep(6);	/* until the limit of what is logged starts anew */
	pid = fork();
	if (!pid)
		_exit(ld_snapshot(busy, &endless) ? errno : 0);
	do {
		test_status(busy, &st);
	} while (!st.out_requests);
	usleep(200000);
	if (write_file(LOCKDOWN, "confidentiality")) {
		kill(pid, SIGKILL);
		SKIP(return, "%s: %s", LOCKDOWN, strerror(errno));
	}
	before = now_ns();
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_GT((is_slow() ? 10 : 2) * SECOND, now_ns() - before);
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(EPERM, WEXITSTATUS(status));
	EXPECT_EQ(1, log_refusals("(test_lockdown)", "uid 0:",
				  "the kernel was locked down during the request"));
}

static bool is_locked(void)
{
	char level[128] = {};
	int file = open(LOCKDOWN, O_RDONLY | O_CLOEXEC);

	if (file < 0 || read(file, level, sizeof(level) - 1) <= 0)
		level[0] = '\0';
	close(file);
	return strstr(level, "[confidentiality]");
}

TEST(device_is_not_opened)
{
	if (!is_locked())
		SKIP(return, "the kernel cannot be locked down");
	EXPECT_ERRNO(EPERM, ld_device());
	EXPECT_LT(0, log_refusals("(test_lockdown)", "uid 0:", "the kernel is locked down"));
}

TEST(device_opened_before)
{
	struct livedump_info info;

	if (!is_locked())
		SKIP(return, "the kernel cannot be locked down");
	test_err_info(EPERM, dev, &info);
	EXPECT_EQ(JUNK, info.out_page_offset & 0xff);
	EXPECT_EQ(JUNK, info.out_text_start & 0xff);
	test_err_create(EPERM, dev, "new");
	test_err_create(EPERM, dev, NULL);
	test_err_open(EPERM, dev, "locked");
}

TEST(session_opened_before)
{
	struct livedump_status st, after;

	if (!is_locked())
		SKIP(return, "the kernel cannot be locked down");
	test_status(fd, &st);
	EXPECT_ERRNO(EPERM, record());
	EXPECT_ERRNO(EPERM, whatis());
	EXPECT_ERRNO(EPERM, snapshot());
	test_status(fd, &after);
	EXPECT_EQ(st.out_requests, after.out_requests);
	EXPECT_EQ(0, memcmp(st.out_missing, after.out_missing, sizeof(st.out_missing)));
}

TEST(no_new_mapping)
{
	if (!is_locked())
		SKIP(return, "the kernel cannot be locked down");
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, fd,
				   LIVEDUMP_MMAP_DATA));
	EXPECT_EQ(EPERM, errno);
}

/* What does not show memory still works: to look after the sessions, and be rid of them. */
TEST(sessions_can_be_looked_after)
{
	struct livedump_list_entry entries[4];
	struct livedump_status st;
	__u32 nr;

	if (!is_locked())
		SKIP(return, "the kernel cannot be locked down");
	test_list(dev, entries, 4, &nr);
	EXPECT_EQ(2, nr);
	test_stop(fd);
	test_status(fd, &st);
	EXPECT_EQ(LIVEDUMP_STOPPED, st.out_state);
	test_destroy(dev, "locked");
	test_destroy(dev, "busy");
	test_list(dev, entries, 4, &nr);
	EXPECT_EQ(0, nr);
}

TEST_HARNESS_MAIN
