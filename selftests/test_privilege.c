// SPDX-License-Identifier: GPL-2.0
/*
 * Who may open the device: CAP_SYS_RAWIO decides, not the user's number.
 */
#include <fcntl.h>
#include <ftw.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define NOBODY	65534
#define CAP(name)	(1ULL << CAP_##name)
#define RAWIO		CAP(SYS_RAWIO)

FIXTURE(privilege) {
	int dev;
};

FIXTURE_SETUP(privilege)
{
	test_device(self->dev);
}

FIXTURE_TEARDOWN(privilege)
{
	ld_destroy_all(self->dev);
	close(self->dev);
}

/* These capabilities and no others, for this process. */
static int set_caps(__u64 caps)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = caps, .permitted = caps },
		{ .effective = caps >> 32, .permitted = caps >> 32 },
	};

	return syscall(SYS_capset, &head, data);
}

/* All that there are. */
static __u64 all_caps(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};

	if (syscall(SYS_capget, &head, data))
		return 0;
	return data[0].permitted | (__u64)data[1].permitted << 32;
}

static pid_t last_child;	/* of open_as() */

/*
 * What open() says to a process with these capabilities and this user: an errno, or 0. A child does
 * it: privileges do not come back.
 */
static int open_as(uid_t uid, __u64 caps, int unshared)
{
	int status, fd;
	pid_t pid = fork();

	if (pid) {
		last_child = pid;
		if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
			return -1;
		return WEXITSTATUS(status);
	}
	if (unshared && unshare(unshared))
		_exit(255);
	if (uid) {
		if (prctl(PR_SET_KEEPCAPS, 1) || setresgid(uid, uid, uid) ||
		    setresuid(uid, uid, uid))
			_exit(254);
	}
	if (!unshared && set_caps(caps))
		_exit(253);
	fd = ld_device();
	_exit(fd < 0 ? errno : 0);
}

TEST_F(privilege, device_node)
{
	struct stat st;

	ASSERT_EQ(0, stat(DEVICE, &st));
	EXPECT_TRUE(S_ISCHR(st.st_mode));
	EXPECT_EQ(0600, st.st_mode & 07777);
	EXPECT_EQ(0, st.st_uid);
	EXPECT_EQ(0, st.st_gid);
}

TEST_F(privilege, ordinary_user)
{
	EXPECT_EQ(EACCES, open_as(NOBODY, 0, 0));
	/* Where the administrator has been generous with the file's mode, the capability stands. */
	ASSERT_EQ(0, chmod(DEVICE, 0666));
	EXPECT_EQ(EPERM, open_as(NOBODY, 0, 0));
	EXPECT_EQ(EPERM, open_as(NOBODY, all_caps() & ~RAWIO, 0));
	EXPECT_EQ(0, open_as(NOBODY, RAWIO, 0));
	ASSERT_EQ(0, chmod(DEVICE, 0600));
}

TEST_F(privilege, root_without_the_capability)
{
	EXPECT_EQ(EPERM, open_as(0, all_caps() & ~RAWIO, 0));
	EXPECT_EQ(EPERM, open_as(0, 0, 0));
	EXPECT_EQ(EPERM, open_as(0, CAP(SYS_ADMIN) | CAP(DAC_OVERRIDE), 0));
}

TEST_F(privilege, root_with_nothing_else)
{
	EXPECT_EQ(0, open_as(0, RAWIO, 0));
}

/* Root of a user namespace is nobody here, whatever it may do there. */
TEST_F(privilege, root_of_a_namespace)
{
	int err;

	ASSERT_EQ(0, chmod(DEVICE, 0666));
	err = open_as(0, 0, CLONE_NEWUSER);
	ASSERT_EQ(0, chmod(DEVICE, 0600));
	if (err == 255)
		SKIP(return, "no user namespaces");
	EXPECT_EQ(EPERM, err);
}

/* Who asked, and for what reason it was refused; a name that pretends to be more is escaped. */
TEST_F(privilege, refusal_is_logged)
{
	char pid[32];

	ASSERT_EQ(0, prctl(PR_SET_NAME, "a\nb \033c"));
	sleep(6);	/* until the limit of what is logged starts anew */
	ASSERT_EQ(0, chmod(DEVICE, 0666));
	EXPECT_EQ(EPERM, open_as(NOBODY, 0, 0));
	ASSERT_EQ(0, chmod(DEVICE, 0600));
	EXPECT_EQ(1, log_refusals("(a\\nb \\ec)", "uid 65534:", "no CAP_SYS_RAWIO"));
	snprintf(pid, sizeof(pid), "pid %d (", last_child);
	EXPECT_EQ(1, log_refusals(pid, "uid 65534:", "no CAP_SYS_RAWIO"));
}

/* Who asks again and again does not fill the log. */
TEST_F(privilege, refusals_do_not_fill_the_log)
{
	__u64 begin = now_ns(), periods;
	int i;

	ASSERT_EQ(0, prctl(PR_SET_NAME, "insistent"));
	for (i = 0; i < 50; i++)
		EXPECT_EQ(EPERM, open_as(0, 0, 0));
	/* DEFAULT_RATELIMIT_BURST each DEFAULT_RATELIMIT_INTERVAL; the first began before. */
	periods = (now_ns() - begin) / (5 * SECOND) + 2;
	if (periods > 4)
		SKIP(return, "it took too long to be too much");
	EXPECT_GE(10 * periods, log_refusals("(insistent)", "uid 0:", "no CAP_SYS_RAWIO"));
}

/* What nobody can read of the module in sysfs; digits that could be an address of the kernel's. */
static int look_into(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	static char text[65536];
	const char *at = text;
	ssize_t size;
	int fd;

	if (type != FTW_F)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return 0;
	size = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[size > 0 ? size : 0] = '\0';
	for (; *at; at += strspn(at, "0123456789abcdefABCDEF") ?: 1) {
		if (strspn(at, "0123456789abcdefABCDEF") == 16 && !strncasecmp(at, "ff", 2))
			return 1;
	}
	return 0;
}

static int look_as_nobody(const char *directory)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))
			_exit(2);
		_exit(nftw(directory, look_into, 16, FTW_PHYS));
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(privilege, no_address_for_an_ordinary_user)
{
	EXPECT_EQ(0, look_as_nobody("/sys/module/livedump"));
	EXPECT_EQ(0, look_as_nobody("/sys/class/misc/livedump/"));
	/* Would it be seen? */
	EXPECT_EQ(1, nftw("/sys/module/livedump", look_into, 16, FTW_PHYS));
	EXPECT_EQ(0, log_refusals("ffff", "", ""));
}

TEST_F(privilege, creator)
{
	struct livedump_list_entry entry;
	int status, fd;
	__u32 nr;
	pid_t pid;

	ASSERT_EQ(0, chmod(DEVICE, 0666));
	pid = fork();
	if (!pid) {
		if (prctl(PR_SET_KEEPCAPS, 1) || setresuid(NOBODY, NOBODY, NOBODY) ||
		    set_caps(RAWIO))
			_exit(1);
		fd = ld_device();
		_exit(fd >= 0 && ld_create(fd, "nobodys") >= 0 ? 0 : 2);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, chmod(DEVICE, 0600));
	EXPECT_EQ(0, status);
	test_list(self->dev, &entry, 1, &nr);
	ASSERT_EQ(1, nr);
	EXPECT_EQ(NOBODY, entry.creator_uid);
	EXPECT_EQ(pid, entry.creator_pid);
}

TEST_HARNESS_MAIN
