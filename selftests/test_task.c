// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks as roots of a snapshot.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define COMM		"ld-xyzzy-plugh"
/* Code of livedump_test_inner(), up to its call; KASAN adds to it. */
#define INNER_SIZE	(has_kasan() ? 0x200 : 0x40)

FIXTURE(task) {
	int dev;
	int fd;
	struct livedump_info info;
	struct snap snap;
};

FIXTURE_SETUP(task)
{
	test_device(self->dev);
	test_info(self->dev, &self->info);
	test_create(self->fd, self->dev, NULL);
	snap_init(&self->snap);
	snap_type(&self->snap, TASK_SIZE_GUESS);
}

FIXTURE_TEARDOWN(task)
{
	close(self->fd);
	close(self->dev);
}

#define addr(pointer)	((uintptr_t)(pointer))

static struct livedump_root *task_root(struct snap *s, __u64 pid)
{
	return snap_root(s, LIVEDUMP_ROOT_TASK, pid, 0, NULL);
}

static bool contains(const void *where, size_t size, const void *what, size_t len)
{
	return memmem(where, size, what, len);
}

TEST_F(task, own)
{
	struct livedump_root *r = task_root(&self->snap, getpid());
	unsigned char task[TASK_SIZE_GUESS];
	struct view v;

	ASSERT_EQ(0, prctl(PR_SET_NAME, COMM));
	test_snapshot(self->fd, &self->snap);
	EXPECT_LE(self->info.out_page_offset, r->out_address);
	EXPECT_EQ(TASK_SIZE_GUESS + THREAD_SIZE, r->out_recorded);
	EXPECT_EQ(0, ld_sum(r->out_missing));
	EXPECT_EQ(1, self->snap.arg.out_objects);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(0, view_read(&v, r->out_address, task, sizeof(task)));
	EXPECT_TRUE(contains(task, sizeof(task), COMM, sizeof(COMM)));
}

/* The words of the recorded kernel stacks: does one lie in the given code? */
static bool stack_points_into(const struct view *v, __u64 code, __u64 size)
{
	const __u64 *words;
	__u64 i;
	size_t k;

	for (i = 0; i < v->status.out_aliases; i++) {
		words = view_data(v, &v->pages[v->aliases[i].page]);
		for (k = 0; k < PAGE_SIZE / 8; k++) {
			if (words[k] >= code && words[k] < code + size)
				return true;
		}
	}
	return false;
}

TEST_F(task, kernel_thread)
{
	struct livedump_root *r = task_root(&self->snap, address_of("thread.pid"));
	struct livedump_test_root root;
	struct view v;

	test_root(&root);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(addr(root.task), r->out_address);
	EXPECT_EQ(TASK_SIZE_GUESS + THREAD_SIZE, r->out_recorded);
	ASSERT_EQ(0, view_map(&v, self->fd));
	/* It sleeps in the inner function, called from the outer one. */
	EXPECT_TRUE(stack_points_into(&v, symbol("livedump_test_inner"), INNER_SIZE));
	EXPECT_TRUE(stack_points_into(&v, symbol("livedump_test_outer"), 0x10));
	EXPECT_FALSE(stack_points_into(&v, symbol("livedump_test_function"), 0x8));
}

static void *wait_at_barrier(void *barrier)
{
	prctl(PR_SET_NAME, COMM);
	pthread_barrier_wait(barrier);
	pthread_barrier_wait(barrier);
	return NULL;
}

/* Threads have numbers of their own. */
TEST_F(task, thread)
{
	struct livedump_root *main_root, *root;
	unsigned char task[TASK_SIZE_GUESS];
	pthread_barrier_t barrier;
	pthread_t thread;
	struct view v;
	char name[64];
	pid_t tid = 0;
	FILE *f;

	pthread_barrier_init(&barrier, NULL, 2);
	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_at_barrier, &barrier));
	pthread_barrier_wait(&barrier);
	snprintf(name, sizeof(name), "ls /proc/%d/task", getpid());
	f = popen(name, "re");
	ASSERT_NE(NULL, f);
	while (fscanf(f, "%d", &tid) == 1 && tid == getpid())
		;
	pclose(f);
	ASSERT_NE(0, tid);
	main_root = task_root(&self->snap, getpid());
	root = task_root(&self->snap, tid);
	test_snapshot(self->fd, &self->snap);
	EXPECT_NE(main_root->out_address, root->out_address);
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(0, view_read(&v, root->out_address, task, sizeof(task)));
	EXPECT_TRUE(contains(task, sizeof(task), COMM, sizeof(COMM)));
	ASSERT_EQ(0, view_read(&v, main_root->out_address, task, sizeof(task)));
	EXPECT_FALSE(contains(task, sizeof(task), COMM, sizeof(COMM)));
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
}

TEST_F(task, exited)
{
	struct livedump_status st;
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	task_root(&self->snap, getpid());
	task_root(&self->snap, pid);
	test_err_snapshot(ESRCH, self->fd, &self->snap);
	EXPECT_EQ(1, self->snap.arg.out_bad_root);
	EXPECT_EQ(0, self->snap.arg.out_objects);
	test_status(self->fd, &st);
	EXPECT_EQ(0, st.out_pages);
}

TEST_F(task, no_such_number)
{
	static const __u64 pids[] = { 0, 4194303, 4194304, 0x7fffffff };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pids); i++) {
		self->snap.arg.nr_roots = 0;
		task_root(&self->snap, pids[i]);
		test_err_snapshot(ESRCH, self->fd, &self->snap);
		EXPECT_EQ(0, self->snap.arg.out_bad_root);
	}
}

/* A number no task can have must not be cut to one that a task has. */
TEST_F(task, absurd_number)
{
	const __u64 pids[] = {
		0x80000000, 0xffffffff, (1ULL << 32) + getpid(), (1ULL << 63) + getpid(), ~0ULL,
		(1ULL << 32) + 1,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pids); i++) {
		self->snap.arg.nr_roots = 0;
		task_root(&self->snap, pids[i]);
		ASSERT_EQ(-1, ld_snapshot(self->fd, &self->snap));
		EXPECT_TRUE(errno == EINVAL || errno == ESRCH);
	}
}

/* Dead, but still there: its stack is gone, or going. */
TEST_F(task, zombie)
{
	struct livedump_root *r;
	siginfo_t info;
	int tries = 50;
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	r = task_root(&self->snap, pid);
	/* The stack goes when its CPU has turned to another task. */
	do {
		usleep(100000);
		test_snapshot(self->fd, &self->snap);
	} while (r->out_recorded != TASK_SIZE_GUESS && --tries);
	EXPECT_EQ(TASK_SIZE_GUESS, r->out_recorded);
	EXPECT_EQ(0, ld_sum(r->out_missing));
	waitpid(pid, NULL, 0);
}

TEST_F(task, same_task_twice)
{
	struct livedump_root *one = task_root(&self->snap, getpid());
	struct livedump_root *two = task_root(&self->snap, getpid());

	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(1, self->snap.arg.out_objects);
	EXPECT_EQ(one->out_address, two->out_address);
	EXPECT_EQ(one->out_recorded, two->out_recorded);
}

/* The number is the caller's, whatever the rest of the system calls the task. */
TEST_F(task, pid_namespace)
{
	__u64 *address = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			      -1, 0);
	struct livedump_root *r;
	pid_t pid;
	int status;

	ASSERT_NE(MAP_FAILED, address);
	if (unshare(CLONE_NEWPID))
		SKIP(return, "unshare: %s", strerror(errno));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		r = task_root(&self->snap, 1);
		if (getpid() != 1 || ld_snapshot(self->fd, &self->snap))
			_exit(1);
		address[0] = r->out_address;
		/* Nobody else is to be seen from here. */
		r->address = 2;
		if (!ld_snapshot(self->fd, &self->snap) || errno != ESRCH)
			_exit(2);
		address[1] = 1;
		pause();
	}
	while (!address[1] && !waitpid(pid, &status, WNOHANG))
		usleep(1000);
	ASSERT_EQ(1, address[1]);
	r = task_root(&self->snap, pid);
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(address[0], r->out_address);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

TEST_F(task, many)
{
	struct livedump_root *r;
	pid_t pid[SNAP_ROOTS];
	int i, k;

	for (i = 0; i < SNAP_ROOTS; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			pause();
			_exit(0);
		}
		task_root(&self->snap, pid[i]);
	}
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(SNAP_ROOTS, self->snap.arg.out_objects);
	for (i = 0; i < SNAP_ROOTS; i++) {
		r = &self->snap.roots[i];
		EXPECT_EQ(TASK_SIZE_GUESS + THREAD_SIZE, r->out_recorded);
		for (k = 0; k < i; k++)
			EXPECT_NE(self->snap.roots[k].out_address, r->out_address);
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
}

TEST_HARNESS_MAIN
