// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: how they are made, opened again, stopped and ended.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define MANY	100

FIXTURE(session) {
	int dev;
	__u64 address;
};

FIXTURE_SETUP(session)
{
	struct livedump_info info;

	test_device(self->dev);
	test_info(self->dev, &info);
	self->address = info.out_text_start;
}

FIXTURE_TEARDOWN(session)
{
	ld_destroy_all(self->dev);
	close(self->dev);
}

/* One page into a session; what the ioctl returns. */
static int record_some(__u64 address, int fd)
{
	struct livedump_range range = ld_virt(address, 16);

	return ld_record(fd, 0, &range, 1, NULL);
}

TEST_F(session, unnamed_ends_with_its_file)
{
	struct livedump_status st;
	__u32 nr;
	int fd;

	test_create(fd, self->dev, NULL);
	ASSERT_EQ(0, record_some(self->address, fd));
	test_status(fd, &st);
	EXPECT_STREQ("", st.out_name);
	test_list(self->dev, NULL, 0, &nr);
	EXPECT_EQ(0, nr);
	EXPECT_LT(0, ld_used(self->dev));
	close(fd);
	EXPECT_EQ(0, ld_used(self->dev));
}

TEST_F(session, named_outlives_its_file)
{
	struct livedump_status st, again;
	int fd;

	test_create(fd, self->dev, "stays");
	ASSERT_EQ(0, record_some(self->address, fd));
	test_status(fd, &st);
	EXPECT_STREQ("stays", st.out_name);
	close(fd);
	EXPECT_EQ(st.out_used, ld_used(self->dev));

	test_open(fd, self->dev, "stays");
	test_status(fd, &again);
	EXPECT_EQ(0, memcmp(&st, &again, sizeof(st)));
	EXPECT_EQ(0, record_some(self->address, fd));
	close(fd);
}

TEST_F(session, named_outlives_its_maker)
{
	struct livedump_status st;
	pid_t pid = fork();
	int fd, status;

	if (!pid)
		_exit(ld_create(self->dev, "orphan") >= 0 ? 0 : 1);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	test_open(fd, self->dev, "orphan");
	test_status(fd, &st);
	EXPECT_EQ(pid, st.out_creator_pid);
	close(fd);
}

TEST_F(session, open_twice)
{
	struct livedump_status one, two;
	int a, b;

	test_create(a, self->dev, "twice");
	test_open(b, self->dev, "twice");
	EXPECT_NE(a, b);
	ASSERT_EQ(0, record_some(self->address, a));
	test_status(a, &one);
	test_status(b, &two);
	EXPECT_EQ(1, two.out_requests);
	EXPECT_EQ(0, memcmp(&one, &two, sizeof(one)));
	close(a);
	EXPECT_EQ(0, record_some(self->address, b));
	close(b);
}

TEST_F(session, destroy)
{
	int fd;

	test_create(fd, self->dev, "gone");
	close(fd);
	EXPECT_LT(0, ld_used(self->dev));
	test_destroy(self->dev, "gone");
	EXPECT_EQ(0, ld_used(self->dev));
	test_err_open(ENOENT, self->dev, "gone");
	test_err_destroy(ENOENT, self->dev, "gone");
}

TEST_F(session, destroy_while_open)
{
	struct livedump_status st;
	int fd, other;
	__u32 nr;

	test_create(fd, self->dev, "open");
	test_destroy(self->dev, "open");
	test_list(self->dev, NULL, 0, &nr);
	EXPECT_EQ(0, nr);
	test_err_open(ENOENT, self->dev, "open");
	/* It works on, and its name is free. */
	EXPECT_EQ(0, record_some(self->address, fd));
	test_status(fd, &st);
	EXPECT_EQ(1, st.out_requests);
	test_create(other, self->dev, "open");
	test_status(other, &st);
	EXPECT_EQ(0, st.out_requests);
	close(other);
	test_destroy(self->dev, "open");
	EXPECT_LT(0, ld_used(self->dev));
	close(fd);
	EXPECT_EQ(0, ld_used(self->dev));
}

TEST_F(session, name_taken)
{
	__u64 before;
	int fd;

	test_create(fd, self->dev, "taken");
	before = ld_used(self->dev);
	test_err_create(EEXIST, self->dev, "taken");
	EXPECT_EQ(before, ld_used(self->dev));
	EXPECT_EQ(0, record_some(self->address, fd));
	close(fd);
	test_err_create(EEXIST, self->dev, "taken");
	/* Names are as long as they are. */
	test_create(fd, self->dev, "take");
	close(fd);
	test_create(fd, self->dev, "takenn");
	close(fd);
	test_create(fd, self->dev, "Taken");
	close(fd);
}

TEST_F(session, no_such_session)
{
	test_err_open(ENOENT, self->dev, "nobody");
	test_err_destroy(ENOENT, self->dev, "nobody");
}

static bool may_be_in_name(unsigned int c, bool first)
{
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_')
		return true;
	return !first && (c == '.' || c == '-');
}

TEST_F(session, characters_of_names)
{
	unsigned int c, first;
	char name[3] = {};
	int fd;

	for (c = 1; c < 256; c++) {
		for (first = 0; first < 2; first++) {
			name[0] = first ? c : 'x';
			name[1] = first ? 'x' : c;
			if (!may_be_in_name(c, first)) {
				test_err_create(EINVAL, self->dev, name);
				test_err_open(EINVAL, self->dev, name);
				test_err_destroy(EINVAL, self->dev, name);
				continue;
			}
			ASSERT_LE(0, fd = ld_create(self->dev, name)) TH_LOG("character %u", c);
			close(fd);
			test_destroy(self->dev, name);
		}
	}
}

TEST_F(session, length_of_names)
{
	char name[LIVEDUMP_NAME_LEN + 1] = {};
	struct livedump_status st;
	int fd;

	memset(name, 'n', LIVEDUMP_NAME_LEN);
	test_err_create(EINVAL, self->dev, name);
	test_err_open(EINVAL, self->dev, name);
	test_err_destroy(EINVAL, self->dev, name);
	name[LIVEDUMP_NAME_LEN - 1] = '\0';
	test_create(fd, self->dev, name);
	test_status(fd, &st);
	EXPECT_STREQ(name, st.out_name);
	close(fd);
	test_open(fd, self->dev, name);
	close(fd);
	test_err_open(EINVAL, self->dev, "");
	test_err_destroy(EINVAL, self->dev, "");
}

TEST_F(session, junk_behind_the_name)
{
	struct livedump_create create = { .name = "a\0b" };
	struct livedump_open open = { .size = sizeof(open), .name = "a" };
	struct livedump_destroy destroy = { .size = sizeof(destroy), .name = "a" };
	int fd;

	EXPECT_ERRNO(EINVAL, ld_create_with(self->dev, &create));
	memset(create.name, 0, sizeof(create.name));
	create.name[LIVEDUMP_NAME_LEN - 1] = 'z';
	EXPECT_ERRNO(EINVAL, ld_create_with(self->dev, &create));
	test_create(fd, self->dev, "a");
	close(fd);
	open.name[LIVEDUMP_NAME_LEN - 1] = 'z';
	EXPECT_ERRNO(EINVAL, ioctl(self->dev, LIVEDUMP_OPEN, &open));
	destroy.name[2] = 'z';
	EXPECT_ERRNO(EINVAL, ioctl(self->dev, LIVEDUMP_DESTROY, &destroy));
}

TEST_F(session, reserved_members)
{
	struct livedump_create create = { .__reserved = 1 };
	struct livedump_open open = { .size = sizeof(open), .name = "a", .__reserved = 1U << 31 };
	struct livedump_list list = { .size = sizeof(list), .__reserved = 0x100 };
	int fd;

	EXPECT_ERRNO(EINVAL, ld_create_with(self->dev, &create));
	test_create(fd, self->dev, "a");
	close(fd);
	EXPECT_ERRNO(EINVAL, ioctl(self->dev, LIVEDUMP_OPEN, &open));
	EXPECT_ERRNO(EINVAL, ioctl(self->dev, LIVEDUMP_LIST, &list));
}

TEST_F(session, file_descriptor)
{
	int fd, again;

	test_create(fd, self->dev, "fd");
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(O_RDONLY, fcntl(fd, F_GETFL) & O_ACCMODE);
	test_open(again, self->dev, "fd");
	EXPECT_EQ(FD_CLOEXEC, fcntl(again, F_GETFD));
	close(fd);
	close(again);
}

/* Without room for a file descriptor there is no session either. */
TEST_F(session, no_file_descriptor_left)
{
	struct rlimit limit = { 3, 3 };
	__u32 nr;
	int fd;

	test_create(fd, self->dev, "first");
	close(fd);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	test_err_create(EMFILE, self->dev, "second");
	test_err_create(EMFILE, self->dev, NULL);
	test_err_open(EMFILE, self->dev, "first");
	test_list(self->dev, NULL, 0, &nr);
	EXPECT_EQ(1, nr);
	test_destroy(self->dev, "first");
	EXPECT_EQ(0, ld_used(self->dev));
}

/* An answer that cannot be given makes no session. */
TEST_F(session, answer_to_a_bad_pointer)
{
	struct livedump_create *arg = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
					   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int next, fd;
	__u32 nr;

	ASSERT_NE(MAP_FAILED, arg);
	arg->size = sizeof(*arg);
	strcpy(arg->name, "lost");
	ASSERT_EQ(0, mprotect(arg, PAGE_SIZE, PROT_READ));
	next = dup(self->dev);
	close(next);
	EXPECT_ERRNO(EFAULT, ioctl(self->dev, LIVEDUMP_CREATE, arg));
	test_list(self->dev, NULL, 0, &nr);
	EXPECT_EQ(0, nr);
	EXPECT_EQ(0, ld_used(self->dev));
	/* Nor a file descriptor. */
	fd = dup(self->dev);
	EXPECT_EQ(next, fd);
	close(fd);
}

TEST_F(session, status_of_a_new_one)
{
	struct livedump_create arg = { .name = "new", .limit = 1 << 20, .deadline_ms = 100000 };
	__u64 before = now_ns();
	struct livedump_status st;
	int fd = ld_create_with(self->dev, &arg);

	ASSERT_LE(0, fd);
	test_status(fd, &st);
	EXPECT_STREQ("new", st.out_name);
	EXPECT_EQ(LIVEDUMP_RECORDING, st.out_state);
	EXPECT_EQ(0, st.out_requests);
	EXPECT_EQ(1 << 20, st.out_limit);
	EXPECT_LT(0, st.out_used);
	EXPECT_GT(32768, st.out_used);
	EXPECT_LE(before, st.out_created_ns);
	EXPECT_GE(now_ns(), st.out_created_ns);
	EXPECT_EQ(st.out_created_ns + 100000 * 1000000ULL, st.out_deadline_ns);
	EXPECT_EQ(getpid(), st.out_creator_pid);
	EXPECT_EQ(getuid(), st.out_creator_uid);
	EXPECT_EQ(0, st.out_pages | st.out_aliases | st.out_holes | st.out_holes_dropped |
		     st.out_objects | st.out_object_bytes | st.out_range_bytes |
		     st.out_refreshed | st.out_busy_ns);
	EXPECT_EQ(0, ld_sum(st.out_missing));
	close(fd);
}

TEST_F(session, stop)
{
	struct livedump_status st;
	struct snap snap;
	int fd;

	test_create(fd, self->dev, "stop");
	ASSERT_EQ(0, record_some(self->address, fd));
	test_stop(fd);
	test_status(fd, &st);
	EXPECT_EQ(LIVEDUMP_STOPPED, st.out_state);
	EXPECT_EQ(1, st.out_requests);
	EXPECT_ERRNO(ESHUTDOWN, record_some(self->address, fd));
	snap_init(&snap);
	snap_root(&snap, LIVEDUMP_ROOT_ADDRESS, self->address,
		  snap_type(&snap, 16), NULL);
	test_err_snapshot(ESHUTDOWN, fd, &snap);
	test_stop(fd);
	close(fd);
	/* For whoever opens it, too. */
	test_open(fd, self->dev, "stop");
	EXPECT_ERRNO(ESHUTDOWN, record_some(self->address, fd));
	close(fd);
}

TEST_F(session, deadline)
{
	struct livedump_create arg = { .deadline_ms = 20 };
	struct livedump_status st;
	struct snap snap;
	int fd = ld_create_with(self->dev, &arg);

	ASSERT_LE(0, fd);
	usleep(30000);
	EXPECT_ERRNO(ETIME, record_some(self->address, fd));
	test_status(fd, &st);
	EXPECT_EQ(LIVEDUMP_STOPPED, st.out_state);
	EXPECT_EQ(0, st.out_pages);
	EXPECT_ERRNO(ESHUTDOWN, record_some(self->address, fd));
	close(fd);

	fd = ld_create_with(self->dev, &arg);
	ASSERT_LE(0, fd);
	usleep(30000);
	snap_init(&snap);
	snap_root(&snap, LIVEDUMP_ROOT_ADDRESS, self->address,
		  snap_type(&snap, 16), NULL);
	test_err_snapshot(ETIME, fd, &snap);
	test_err_snapshot(ESHUTDOWN, fd, &snap);
	close(fd);
}

/* A deadline of centuries is one, or is refused; it does not wrap around. */
TEST_F(session, absurd_deadline)
{
	const __u64 ms[] = {
		~0ULL, 1ULL << 63, ~0ULL / 1000000, ~0ULL / 1000000 - 1, ~0ULL / 1000000 + 1,
	};
	struct livedump_create arg = {};
	struct livedump_status st;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(ms); i++) {
		arg.deadline_ms = ms[i];
		fd = ld_create_with(self->dev, &arg);
		if (fd < 0) {
			EXPECT_EQ(EINVAL, errno);
			continue;
		}
		EXPECT_EQ(0, record_some(self->address, fd)) TH_LOG("%llu ms", ms[i]);
		test_status(fd, &st);
		EXPECT_LT(now_ns(), st.out_deadline_ns);
		close(fd);
	}
}

TEST_F(session, hundred)
{
	struct livedump_list_entry entries[MANY + 1];
	struct livedump_status st;
	int fd[MANY];
	char name[32];
	__u32 nr, i;

	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "session-%u", i);
		test_create(fd[i], self->dev, name);
	}
	ASSERT_EQ(0, record_some(self->address, fd[7]));
	test_list(self->dev, entries, MANY + 1, &nr);
	ASSERT_EQ(MANY, nr);
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "session-%u", i);
		EXPECT_STREQ(name, entries[i].name);
		test_status(fd[i], &st);
		EXPECT_EQ(i == 7, st.out_requests);
		EXPECT_EQ(st.out_used, entries[i].used);
		if (i % 2)
			test_destroy(self->dev, name);
		close(fd[i]);
	}
	test_list(self->dev, entries, MANY + 1, &nr);
	EXPECT_EQ(MANY / 2, nr);
	EXPECT_STREQ("session-98", entries[MANY / 2 - 1].name);
	ld_destroy_all(self->dev);
	EXPECT_EQ(0, ld_used(self->dev));
}

TEST_HARNESS_MAIN
