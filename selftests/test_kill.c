// SPDX-License-Identifier: GPL-2.0
/*
 * Callers that are killed in the middle of something: they go at once, and the session is as good
 * as before for everybody else.
 */
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

/* What they are killed in would take minutes. */
#define SOON		((is_slow() ? 10 : 2) * SECOND)
#define IMAGE		(8 << 20)

FIXTURE(kill) {
	int dev;
	int fd;
	struct livedump_info info;
	struct livedump_range *ranges;
	struct snap snap;
};

FIXTURE_SETUP(kill)
{
	__u32 i;

	test_device(self->dev);
	test_info(self->dev, &self->info);
	test_create(self->fd, self->dev, NULL);
	/* The same pages again and again: minutes of work that needs little memory. */
	self->ranges = mmap(NULL, LIVEDUMP_MAX_RANGES * sizeof(*self->ranges),
			    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->ranges);
	for (i = 0; i < LIVEDUMP_MAX_RANGES; i++)
		self->ranges[i] = ld_virt(self->info.out_text_start, IMAGE);
	snap_endless(&self->snap, self->info.out_text_start);
}

FIXTURE_TEARDOWN(kill)
{
	close(self->fd);
	EXPECT_EQ(0, ld_used(self->dev));
	close(self->dev);
}

/* Wait until the session serves its @nr-th request. */
static void wait_for_request(struct __test_metadata *_metadata, int fd, __u32 nr)
{
	struct livedump_status st;

	do {
		test_status(fd, &st);
	} while (st.out_requests < nr);
}

/* Kill @pid; it is gone soon. */
static void kill_now(struct __test_metadata *_metadata, pid_t pid)
{
	__u64 before = now_ns(), took;
	int status;

	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	took = now_ns() - before;
	EXPECT_TRUE(WIFSIGNALED(status)) {
		TH_LOG("it had ended by itself, status %x", status);
	}
	EXPECT_GT(SOON, took) {
		TH_LOG("it took %llu ms", took / 1000000);
	}
}

/* Somebody was killed in this session's only request; go on with it. */
static void expect_usable(struct __test_metadata *_metadata, int fd, __u64 address)
{
	struct livedump_range range = ld_virt(address, IMAGE);
	struct livedump_status st;

	test_status(fd, &st);
	EXPECT_EQ(LIVEDUMP_RECORDING, st.out_state);
	EXPECT_EQ(1, st.out_requests);
	test_record(fd, 0, &range, 1, NULL);
	EXPECT_EQ(IMAGE, range.out_recorded);
	test_status(fd, &st);
	EXPECT_EQ(2, st.out_requests);
}

TEST_F(kill, in_record)
{
	struct livedump_status st;
	pid_t pid = fork();

	if (!pid) {
		ld_record(self->fd, 0, self->ranges, LIVEDUMP_MAX_RANGES, NULL);
		_exit(0);
	}
	wait_for_request(_metadata, self->fd, 1);
	usleep(300000);
	kill_now(_metadata, pid);
	test_status(self->fd, &st);
	EXPECT_LT(0, st.out_pages);
	EXPECT_LT(0, st.out_missing[LIVEDUMP_INTERRUPTED]);
	EXPECT_EQ(ld_sum(st.out_missing), st.out_missing[LIVEDUMP_INTERRUPTED]);
	/* All of what was asked for is either there or missing. */
	EXPECT_EQ((__u64)LIVEDUMP_MAX_RANGES * IMAGE,
		  st.out_range_bytes + st.out_missing[LIVEDUMP_INTERRUPTED]);
	expect_usable(_metadata, self->fd, self->info.out_text_start);
}

TEST_F(kill, in_snapshot)
{
	struct livedump_status st;
	pid_t pid = fork();

	if (!pid) {
		ld_snapshot(self->fd, &self->snap);
		_exit(0);
	}
	wait_for_request(_metadata, self->fd, 1);
	usleep(300000);
	kill_now(_metadata, pid);
	test_status(self->fd, &st);
	EXPECT_LT(0, st.out_pages);
	EXPECT_EQ(ld_sum(st.out_missing), st.out_missing[LIVEDUMP_INTERRUPTED]);
	expect_usable(_metadata, self->fd, self->info.out_text_start);
}

/* At any time, while memory is being asked for too: never another reason than the signal. */
TEST_F(kill, at_any_time_in_record)
{
	struct livedump_range range = ld_phys(0, self->info.out_max_pfn * PAGE_SIZE);
	unsigned int i, interrupted = 0;
	struct livedump_status st;
	pid_t pid;
	int fd;

	for (i = 0; i < 40; i++) {
		fd = ld_create_limited(self->dev, 100 << 20);
		ASSERT_LE(0, fd);
		pid = fork();
		if (!pid) {
			ld_record(fd, LIVEDUMP_USER_MEMORY, &range, 1, NULL);
			_exit(0);
		}
		wait_for_request(_metadata, fd, 1);
		usleep(i * 137 % 2000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		test_status(fd, &st);
		EXPECT_EQ(0, st.out_missing[LIVEDUMP_NO_MEMORY]);
		interrupted += st.out_missing[LIVEDUMP_INTERRUPTED] > 0;
		close(fd);
	}
	EXPECT_LT(10, interrupted);
}

/* The arrays are copied before the request begins; the copy can be cut short as well. */
TEST_F(kill, at_any_time_in_a_large_snapshot)
{
	struct livedump_root *roots = mmap(NULL, LIVEDUMP_MAX_ROOTS * sizeof(*roots),
					   PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
					   -1, 0);
	struct livedump_snapshot arg = self->snap.arg;
	unsigned int i, k;
	pid_t pid;

	ASSERT_NE(MAP_FAILED, roots);
	for (i = 0; i < LIVEDUMP_MAX_ROOTS; i++)
		roots[i].address = self->info.out_text_start;
	arg.roots = (uintptr_t)roots;
	arg.types = (uintptr_t)self->snap.types;
	arg.nr_roots = LIVEDUMP_MAX_ROOTS;
	/* Refused after the roots have been copied. */
	arg.nr_edges = 0;
	for (i = 0; i < 150; i += is_slow() ? 5 : 1) {
		pid = fork();
		if (!pid) {
			for (k = 0; k < 1000; k++)
				ioctl(self->fd, LIVEDUMP_SNAPSHOT, &arg);
			_exit(0);
		}
		usleep(1000 + i * 211 % 12000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

/* One that waits for another's request can be killed, and does not disturb it. */
TEST_F(kill, while_waiting)
{
	struct livedump_range range = ld_virt(self->info.out_text_start, 8);
	struct livedump_status st;
	pid_t busy, waiting[4];
	int i;

	busy = fork();
	if (!busy) {
		ld_snapshot(self->fd, &self->snap);
		_exit(0);
	}
	wait_for_request(_metadata, self->fd, 1);
	for (i = 0; i < 4; i++) {
		waiting[i] = fork();
		if (waiting[i])
			continue;
		switch (i) {
		case 0:
			_exit(ld_record(self->fd, 0, &range, 1, NULL));
		case 1:
			_exit(ld_snapshot(self->fd, &self->snap));
		case 2:
			_exit(ld_stop(self->fd));
		default:
			mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, self->fd, 0);
			_exit(0);
		}
	}
	usleep(200000);
	for (i = 0; i < 4; i++)
		kill_now(_metadata, waiting[i]);
	test_status(self->fd, &st);
	EXPECT_EQ(1, st.out_requests);
	EXPECT_EQ(LIVEDUMP_RECORDING, st.out_state);
	kill_now(_metadata, busy);
	expect_usable(_metadata, self->fd, self->info.out_text_start);
}

/* Its last user is killed in the middle of a request: all of it goes. */
TEST_F(kill, and_nobody_is_left)
{
	struct livedump_info info;
	pid_t pid = fork();
	int fd;

	if (!pid) {
		fd = ld_create(self->dev, NULL);
		ld_snapshot(fd, &self->snap);
		_exit(0);
	}
	do {
		test_info(self->dev, &info);
	} while (info.out_used < (1 << 20));
	usleep(100000);
	kill_now(_metadata, pid);
	close(self->fd);
	test_info(self->dev, &info);
	EXPECT_EQ(0, info.out_used);
}

/* Status, list and a new session do not wait for a request that is under way. */
TEST_F(kill, nobody_waits_for_a_look)
{
	struct livedump_status st;
	struct livedump_info info;
	__u64 before;
	__u32 nr;
	pid_t pid;
	int fd, i;

	test_create(fd, self->dev, "other");
	pid = fork();
	if (!pid) {
		ld_snapshot(self->fd, &self->snap);
		_exit(0);
	}
	wait_for_request(_metadata, self->fd, 1);
	before = now_ns();
	for (i = 0; i < 20; i++) {
		test_status(self->fd, &st);
		test_info(self->dev, &info);
		test_list(self->dev, NULL, 0, &nr);
	}
	EXPECT_GT(SOON, now_ns() - before);
	EXPECT_EQ(1, nr);
	close(fd);
	test_destroy(self->dev, "other");
	kill_now(_metadata, pid);
}

/* A signal that does not kill does not disturb a request either. */
TEST_F(kill, not_by_other_signals)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		signal(SIGUSR1, SIG_IGN);
		self->snap.arg.max_time_ns = 700000000;
		_exit(ld_snapshot(self->fd, &self->snap) ? errno : 0);
	}
	wait_for_request(_metadata, self->fd, 1);
	kill(pid, SIGUSR1);
	kill(pid, SIGSTOP);
	kill(pid, SIGCONT);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
