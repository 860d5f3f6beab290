// SPDX-License-Identifier: GPL-2.0
/*
 * A system in distress while it is being recorded: memory cgroups that are full, an OOM killer at
 * work, callers that are stopped; and sessions that change hands.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define MIB		(1ULL << 20)
#define CGROUP		"/sys/fs/cgroup/livedump_storm"
#define FIRST		"/tmp/livedump_storm"	/* a directory, for a mount */

FIXTURE(storm) {
	struct reader r;
	struct livedump_info info;
};

FIXTURE_SETUP(storm)
{
	ASSERT_EQ(0, reader_init(&self->r));
	test_info(self->r.dev, &self->info);
}

FIXTURE_TEARDOWN(storm)
{
	ld_destroy_all(self->r.dev);
	EXPECT_EQ(0, ld_used(self->r.dev));
	reader_exit(&self->r);
	rmdir(CGROUP);
}

static __u64 read_number(const char *name, const char *key)
{
	unsigned long long value = NOWHERE;
	char word[64];
	FILE *f = fopen(name, "re");

	if (f && !key && fscanf(f, "%llu", &value) != 1)
		value = NOWHERE;
	while (f && key && fscanf(f, "%63s %llu", word, &value) == 2 && strcmp(word, key))
		value = NOWHERE;
	if (f)
		fclose(f);
	return value;
}

/* A child in a memory cgroup of its own: 0, or why not. */
static int enter_cgroup(const char *limit)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	if (mkdir(CGROUP, 0755) && errno != EEXIST)
		return -1;
	return write_file(CGROUP "/memory.max", limit) ?: write_file(CGROUP "/cgroup.procs", pid);
}

/*
 * What a session keeps is its caller's memory, and a limit is a limit: the request says what is
 * missing for want of it, and nobody is killed.
 */
TEST_F(storm, memory_cgroup)
{
	struct livedump_range range = ld_phys(0, self->info.out_max_pfn * PAGE_SIZE);
	struct livedump_status st;
	int status, fd;
	pid_t pid;

	if (access("/sys/fs/cgroup/cgroup.controllers", R_OK))
		SKIP(return, "no memory cgroups");
	test_create(fd, self->r.dev, "charged");
	pid = fork();
	if (!pid) {
		if (enter_cgroup("48M"))
			_exit(100);
		if (!ld_record(fd, LIVEDUMP_USER_MEMORY, &range, 1, NULL))
			_exit(101);
		_exit(errno == ENOMEM && range.out_missing[LIVEDUMP_NO_MEMORY] &&
		      range.out_recorded + ld_sum(range.out_missing) == range.length ? 0 : errno);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, read_number(CGROUP "/memory.events", "oom_kill"));
	test_status(fd, &st);
	EXPECT_LT(30 * MIB, st.out_used);
	EXPECT_GT(48 * MIB, st.out_used);
	/* The child is dead; what is still charged to its cgroup is the store. */
	EXPECT_LE(st.out_used - MIB, read_number(CGROUP "/memory.current", NULL));
	/* The session is still good for one who has memory. */
	range.length = 16 * MIB;
	test_record(fd, LIVEDUMP_USER_MEMORY, &range, 1, NULL);
	EXPECT_EQ(0, range.out_missing[LIVEDUMP_NO_MEMORY]);
	close(fd);
	test_destroy(self->r.dev, "charged");
}

/* Takes all memory there is, and is killed for it. */
static void hog(void)
{
	char *at;

	write_file("/proc/self/oom_score_adj", "1000");
	for (;;) {
		at = mmap(NULL, 16 * MIB, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (at != MAP_FAILED)
			memset(at, 1, 16 * MIB);
	}
}

/* Recording while there is no memory to be had: it gives up, and does not have others killed. */
TEST_F(storm, out_of_memory)
{
	struct livedump_range range = ld_phys(0, self->info.out_max_pfn * PAGE_SIZE);
	unsigned int hogs = 0, requests = 0, refused = 0;
	const __u64 end = deadline(is_slow() ? 5 : 3);
	int status, fd;
	pid_t pid;

	ASSERT_EQ(0, write_file("/proc/self/oom_score_adj", "-1000"));
	while (now_ns() < end || !requests) {
		/* To make a session is to open a file, which may well have somebody killed. */
		test_create(fd, self->r.dev, NULL);
		pid = fork();
		if (!pid)
			hog();
		while (!waitpid(pid, &status, WNOHANG)) {
			if (ld_record(fd, 0, &range, 1, NULL)) {
				EXPECT_TRUE(errno == ENOMEM || errno == ENOSPC);
				refused += errno == ENOMEM;
			}
			requests++;
			/* Not even memory for the call itself: nothing is written. */
			if (ld_same(&range.out_recorded, JUNK, 8) == 8)
				continue;
			EXPECT_EQ(range.length, range.out_recorded + ld_sum(range.out_missing));
		}
		EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		close(fd);
		hogs++;
	}
	TH_LOG("%u hogs, %u requests, %u without memory", hogs, requests, refused);
	/* Nothing has been lost on the way. */
	EXPECT_EQ(0, ld_used(self->r.dev));
	test_create(fd, self->r.dev, NULL);
	range.length = 16 * MIB;
	test_record(fd, 0, &range, 1, NULL);
	EXPECT_EQ(0, range.out_missing[LIVEDUMP_NO_MEMORY]);
	close(fd);
}

/* Who is stopped in the middle of a request finishes it first, and holds nobody up. */
TEST_F(storm, stopped_caller)
{
	struct livedump_range range = ld_virt(self->info.out_text_start, PAGE_SIZE);
	struct livedump_status st;
	int status, fd;
	pid_t pid;

	test_create(fd, self->r.dev, NULL);
	snap_endless(&self->r.snap, self->info.out_text_start);
	self->r.snap.arg.max_time_ns = 2000000000;
	pid = fork();
	if (!pid)
		_exit(ld_snapshot(fd, &self->r.snap) ? errno : 0);
	do {
		test_status(fd, &st);
	} while (!st.out_requests);
	ASSERT_EQ(0, kill(pid, SIGSTOP));
	/* It stays stopped, all of this while. */
	test_record(fd, 0, &range, 1, NULL);
	EXPECT_EQ(PAGE_SIZE, range.out_recorded);
	ASSERT_EQ(pid, waitpid(pid, &status, WUNTRACED));
	EXPECT_TRUE(WIFSTOPPED(status));
	ASSERT_EQ(0, kill(pid, SIGCONT));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	test_status(fd, &st);
	EXPECT_EQ(2, st.out_requests);
	EXPECT_EQ(0, st.out_missing[LIVEDUMP_INTERRUPTED]);
	close(fd);
}

static int send_fd(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return sendmsg(socket, &msg, 0) == 1 ? 0 : -1;
}

static int receive_fd(int socket)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int fd = -1;

	if (recvmsg(socket, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* An open session can be handed on: it lives until the last who has it closes it. */
TEST_F(storm, handed_on)
{
	struct livedump_range range = ld_virt(self->info.out_text_start, PAGE_SIZE);
	struct livedump_status st;
	int pair[2], status, fd;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pid = fork();
	if (!pid) {
		fd = ld_create(self->r.dev, NULL);
		_exit(fd < 0 || ld_record(fd, 0, &range, 1, NULL) || send_fd(pair[1], fd));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	/* Its maker is dead, and it is in nobody's table of files but under way. */
	EXPECT_LT(0, ld_used(self->r.dev));
	fd = receive_fd(pair[0]);
	ASSERT_LE(0, fd);
	test_status(fd, &st);
	EXPECT_EQ(pid, st.out_creator_pid);
	EXPECT_EQ(1, st.out_requests);
	test_record(fd, 0, &range, 1, NULL);
	close(fd);
	EXPECT_EQ(0, ld_used(self->r.dev));

	/* Nobody receives this one. */
	test_create(fd, self->r.dev, NULL);
	ASSERT_EQ(0, send_fd(pair[1], fd));
	close(fd);
	EXPECT_LT(0, ld_used(self->r.dev));
	close(pair[0]);
	close(pair[1]);
	EXPECT_EQ(0, ld_used(self->r.dev));
}

/* A child has it, one that runs another program has not. */
TEST_F(storm, fork_and_exec)
{
	struct livedump_range range = ld_virt(self->info.out_text_start, PAGE_SIZE);
	struct livedump_status st;
	char path[32];
	int status, fd;
	pid_t pid;

	test_create(fd, self->r.dev, NULL);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	pid = fork();
	if (!pid)
		_exit(ld_record(fd, 0, &range, 1, NULL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	test_status(fd, &st);
	EXPECT_EQ(1, st.out_requests);
	pid = fork();
	if (!pid) {
		execlp("test", "test", "-e", path, NULL);
		_exit(9);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(1, WEXITSTATUS(status));
	/* No open() of what /proc shows makes a file of it either. */
	EXPECT_EQ(-1, open(path, O_RDONLY | O_CLOEXEC));
	close(fd);
}

/* Two views of /dev in two mount namespaces: one device, the same sessions. */
TEST_F(storm, two_mounts_of_dev)
{
	struct livedump_info info;
	int status, fd;
	__u32 nr;
	pid_t pid;

	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWNS) || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    (mkdir(FIRST, 0700) && errno != EEXIST) ||
		    mount("devtmpfs", FIRST, "devtmpfs", 0, NULL))
			_exit(1);
		fd = open(FIRST "/livedump", O_RDONLY | O_CLOEXEC);
		if (fd < 0 || ld_create(fd, "here") < 0 || ld_info(fd, &info))
			_exit(2);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	test_list(self->r.dev, NULL, 0, &nr);
	EXPECT_EQ(1, nr);
	test_open(fd, self->r.dev, "here");
	close(fd);
	test_destroy(self->r.dev, "here");
	rmdir(FIRST);
}

/* A node that somebody makes for himself is no way around. */
TEST_F(storm, own_device_node)
{
	struct stat st;
	int status;
	pid_t pid;

	ASSERT_EQ(0, stat(DEVICE, &st));
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWNS) || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    (mkdir(FIRST, 0700) && errno != EEXIST) ||
		    mount("tmpfs", FIRST, "tmpfs", MS_NODEV, NULL) ||
		    mknod(FIRST "/node", S_IFCHR | 0666, st.st_rdev))
			_exit(1);
		if (open(FIRST "/node", O_RDONLY | O_CLOEXEC) >= 0 || errno != EACCES)
			_exit(2);
		if (mount(NULL, FIRST, NULL, MS_REMOUNT, NULL) || chmod(FIRST, 0755) ||
		    setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(3);
		_exit(open(FIRST "/node", O_RDONLY | O_CLOEXEC) < 0 && errno == EPERM ? 0 : 4);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	rmdir(FIRST);
}

TEST_HARNESS_MAIN
