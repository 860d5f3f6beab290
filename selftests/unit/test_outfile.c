// SPDX-License-Identifier: GPL-2.0
/* Output files: complete or not at all, whatever happens meanwhile. */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "interrupt.h"
#include "outfile.h"
#include "writer_dir.h"
#include "writer_wrap.h"

/* What the system is to do wrong; the linker puts __wrap_x() where x() is called. */
static struct {
	bool no_tmpfile;		/* as NFS */
	bool no_renameat2;		/* as well */
	bool blind;			/* lstat() sees nothing: the file comes a moment later */
	int fsync_error;
	size_t short_writes;		/* bytes that a write takes at most */
	int interrupts;			/* writes that end with EINTR */
	int write_error;
} faults;

int __wrap_open64(const char *path, int flags, ...)
{
	mode_t mode;
	va_list ap;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	if (faults.no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return __real_open64(path, flags, mode);
}

int __wrap_lstat64(const char *path, struct stat *st)
{
	if (faults.blind) {
		errno = ENOENT;
		return -1;
	}
	return __real_lstat64(path, st);
}

int __wrap_fsync(int fd)
{
	if (faults.fsync_error) {
		errno = faults.fsync_error;
		return -1;
	}
	return __real_fsync(fd);
}

int __wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to,
		     unsigned int flags)
{
	if (faults.no_renameat2) {
		errno = EINVAL;
		return -1;
	}
	return __real_renameat2(from_dir, from, to_dir, to, flags);
}

ssize_t __wrap_pwritev64(int fd, const struct iovec *iov, int nr, off_t offset)
{
	struct iovec part = iov[0];

	if (faults.interrupts && faults.interrupts--) {
		errno = EINTR;
		return -1;
	}
	if (faults.write_error) {
		errno = faults.write_error;
		return -1;
	}
	if (!faults.short_writes)
		return __real_pwritev64(fd, iov, nr, offset);
	if (part.iov_len > faults.short_writes)
		part.iov_len = faults.short_writes;
	return __real_pwritev64(fd, &part, 1, offset);
}

static struct ld_err err;

/* Writes "hello, world" in three pieces. */
static int write_hello(struct ld_outfile *out)
{
	struct iovec iov[] = {
		{ "hello", 5 }, { "", 0 }, { ", ", 2 }, { "world", 5 },
	};

	return ld_outfile_write(out, iov, 4, 0, &err);
}

static int make(const char *path, bool force)
{
	struct ld_outfile out;

	err.msg[0] = '\0';
	if (ld_outfile_begin(&out, path, force, &err))
		return -1;
	if (write_hello(&out)) {
		ld_outfile_abort(&out);
		return -1;
	}
	return ld_outfile_commit(&out, &err);
}

static bool has_text(const char *path, const char *text)
{
	size_t size;
	char *data = get_file(path, &size);
	bool same = data && size == strlen(text) && !memcmp(data, text, size);

	free(data);
	return same;
}

/* Each test begins and ends with an empty directory and a sound system. */
static void begin(void)
{
	remove_test_dir();
	if (mkdir(test_dir, 0700))
		need(NULL);
	memset(&faults, 0, sizeof(faults));
}

static void check_appears(mode_t mask)
{
	char *path = in_test_dir("file");
	struct ld_outfile out;
	struct stat st;

	umask(mask);
	EXPECT(!ld_outfile_begin(&out, path, false, &err));
	EXPECT(!write_hello(&out));
	EXPECT(access(path, F_OK));
	EXPECT(count_files(test_dir) == faults.no_tmpfile);
	EXPECT(!ld_outfile_commit(&out, &err));
	EXPECT(has_text(path, "hello, world"));
	EXPECT(!stat(path, &st) && (st.st_mode & 07777) == 0600 && st.st_nlink == 1);
	EXPECT(count_files(test_dir) == 1);
	/* harmless after commit */
	ld_outfile_abort(&out);
	EXPECT(has_text(path, "hello, world"));
	umask(022);
}

static void appears(void)
{
	begin();
	check_appears(0);
	begin();
	check_appears(0777);
}

static void appears_named(void)
{
	begin();
	faults.no_tmpfile = true;
	check_appears(0777);
	begin();
	faults.no_tmpfile = true;
	faults.no_renameat2 = true;
	check_appears(0);
}

static void check_no_overwrite(void)
{
	char *path = in_test_dir("file");
	struct ld_outfile out;

	put_file(path, "old", 3);
	EXPECT(make(path, false));
	EXPECT(err.code == LD_EXIT_FAILED);
	EXPECT_HAS(err.msg, "--force");
	EXPECT(has_text(path, "old") && count_files(test_dir) == 1);
	EXPECT(!make(path, true));
	EXPECT(has_text(path, "hello, world") && count_files(test_dir) == 1);

	/* it appears while we write */
	unlink(path);
	EXPECT(!ld_outfile_begin(&out, path, false, &err));
	put_file(path, "new", 3);
	EXPECT(!write_hello(&out));
	EXPECT(ld_outfile_commit(&out, &err));
	EXPECT(has_text(path, "new") && count_files(test_dir) == 1);
}

static void no_overwrite(void)
{
	begin();
	check_no_overwrite();
	begin();
	faults.no_tmpfile = true;
	check_no_overwrite();
	begin();
	faults.no_tmpfile = true;
	faults.no_renameat2 = true;
	check_no_overwrite();
}

/* The file comes after the last look: only the system call itself can refuse. */
static void no_overwrite_race(void)
{
	int i;

	for (i = 0; i < 3; i++) {
		begin();
		faults.no_tmpfile = i > 0;
		faults.no_renameat2 = i > 1;
		faults.blind = true;
		put_file(in_test_dir("file"), "old", 3);
		EXPECT(make(in_test_dir("file"), false));
		EXPECT_HAS(err.msg, "--force");
		EXPECT(has_text(in_test_dir("file"), "old") && count_files(test_dir) == 1);
	}
}

/* --force replaces the name, not what else has the contents. */
static void force_and_links(void)
{
	begin();
	put_file(in_test_dir("file"), "old", 3);
	EXPECT(!link(in_test_dir("file"), in_test_dir("other")));
	EXPECT(!make(in_test_dir("other"), true));
	EXPECT(has_text(in_test_dir("file"), "old"));
	EXPECT(has_text(in_test_dir("other"), "hello, world"));
}

static void bad_targets(void)
{
	begin();
	EXPECT(make("", false) && err.code == LD_EXIT_USAGE);
	EXPECT(make(test_dir, true) && err.code == LD_EXIT_FAILED);
	EXPECT_HAS(err.msg, "is a directory");
	EXPECT(make(in_test_dir("no/such/file"), false) && err.code == LD_EXIT_FAILED);
	EXPECT_HAS(err.msg, "directory does not exist");
	EXPECT(make(in_test_dir("file/"), false));
	EXPECT(make("/dev/null", true));
	EXPECT_HAS(err.msg, "not a regular file");
	EXPECT(!mkfifo(in_test_dir("fifo"), 0600) && make(in_test_dir("fifo"), true));
	put_file(in_test_dir("file"), "old", 3);
	EXPECT(make(in_test_dir("file/below"), false));
	EXPECT(!symlink("file", in_test_dir("link")) && make(in_test_dir("link"), true));
	EXPECT(!symlink("nothing", in_test_dir("dangling")));
	EXPECT(make(in_test_dir("dangling"), false));
	EXPECT(has_text(in_test_dir("file"), "old") && count_files(test_dir) == 4);
	EXPECT(make("/proc/file", false));
}

static void long_name(void)
{
	char name[NAME_MAX + 2];

	begin();
	memset(name, 'n', sizeof(name));
	name[NAME_MAX + 1] = '\0';
	EXPECT(make(in_test_dir(name), false));
	name[NAME_MAX] = '\0';
	faults.no_tmpfile = true;
	EXPECT(!make(in_test_dir(name), false));
	EXPECT(!make(in_test_dir(name), true));
	faults.no_tmpfile = false;
	EXPECT(!make(in_test_dir(name), true));
	EXPECT(count_files(test_dir) == 1);
}

static void relative_path(void)
{
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	begin();
	EXPECT(!chdir(test_dir) && !make("file", false) && !make("./-", false));
	EXPECT(has_text(in_test_dir("file"), "hello, world") && has_text("./-", "hello, world"));
	EXPECT(!fchdir(here));
	close(here);
}

static void short_writes(void)
{
	size_t size;

	for (size = 1; size < 14; size++) {
		begin();
		faults.short_writes = size;
		faults.interrupts = 3;
		EXPECT(!make(in_test_dir("file"), false));
		EXPECT(has_text(in_test_dir("file"), "hello, world"));
	}
}

/* More pieces, and more bytes, than go into one call. */
static void large_writes(void)
{
	const size_t size = 20 << 20, pieces = 3000;
	char *data = need(malloc(size)), *got;
	struct iovec *iov = need(calloc(pieces + 1, sizeof(*iov)));
	struct ld_outfile out;
	size_t i, length;

	begin();
	for (i = 0; i < size; i++)
		data[i] = (char)test_random(256);
	for (i = 0; i < pieces; i++)
		iov[i] = (struct iovec){ data + i * 1000, 1000 };
	iov[pieces] = (struct iovec){ data + pieces * 1000, size - pieces * 1000 };
	EXPECT(!ld_outfile_begin(&out, in_test_dir("file"), false, &err));
	EXPECT(!ld_outfile_write(&out, iov, pieces + 1, 0, &err));
	EXPECT(!ld_outfile_commit(&out, &err));
	got = need(get_file(in_test_dir("file"), &length));
	EXPECT(length == size && !memcmp(got, data, size));
	free(got);
	free(iov);
	free(data);
}

static void failing_disk(void)
{
	static const int errors[] = { EIO, ENOSPC, EDQUOT, EFBIG };
	size_t i, named;

	for (i = 0; i < 2 * LD_ARRAY_SIZE(errors); i++) {
		begin();
		named = i & 1;
		faults.no_tmpfile = named;
		faults.write_error = errors[i / 2];
		EXPECT(make(in_test_dir("file"), false) && err.code == LD_EXIT_FAILED);
		EXPECT(!count_files(test_dir));
		faults.write_error = 0;
		faults.fsync_error = errors[i / 2];
		EXPECT(make(in_test_dir("file"), false) && err.code == LD_EXIT_FAILED);
		EXPECT(!count_files(test_dir));
	}
}

static void file_size_limit(void)
{
	struct rlimit limit, small = { .rlim_cur = 5 };

	begin();
	getrlimit(RLIMIT_FSIZE, &limit);
	small.rlim_max = limit.rlim_max;
	ld_interrupt_catch();
	setrlimit(RLIMIT_FSIZE, &small);
	EXPECT(make(in_test_dir("file"), false));
	setrlimit(RLIMIT_FSIZE, &limit);
	ld_interrupt_release();
	EXPECT_HAS(err.msg, "ulimit -f");
	EXPECT(!count_files(test_dir));
}

/* A disk of 64 KiB: a mount of our own, which only root may make. */
static void full_disk(void)
{
	static char data[1 << 20];
	struct iovec iov = { data, sizeof(data) };
	struct ld_outfile out;

	begin();
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", test_dir, "tmpfs", 0, "size=64k")) {
		printf("# SKIP: no mount\n");
		return;
	}
	EXPECT(!ld_outfile_begin(&out, in_test_dir("file"), false, &err));
	EXPECT(ld_outfile_write(&out, &iov, 1, 0, &err));
	EXPECT_HAS(err.msg, "Make room");
	ld_outfile_abort(&out);
	EXPECT(!count_files(test_dir));
	/* and the room is there again */
	EXPECT(!make(in_test_dir("file"), false));
	umount2(test_dir, MNT_DETACH);
}

/* A child that writes until it is told to stop; its end as wait() has it. */
static int interrupted_child(bool named, int number)
{
	struct iovec iov;
	struct ld_outfile out;
	int ready[2], status;
	char byte = 0;
	pid_t pid;

	if (pipe(ready))
		need(NULL);
	pid = fork();
	if (!pid) {
		/* a shell's background jobs ignore some of them, and so would the tool */
		signal(number, SIG_DFL);
		close(ready[0]);
		faults.no_tmpfile = named;
		ld_interrupt_catch();
		if (ld_outfile_begin(&out, in_test_dir("file"), false, &err))
			_exit(99);
		do {
			iov = (struct iovec){ "x", 1 };
		} while (!ld_outfile_write(&out, &iov, 1, 0, &err) && write(ready[1], &byte, 1));
		ld_outfile_abort(&out);
		ld_interrupt_release();
		ld_interrupt_die();
		_exit(98);
	}
	close(ready[1]);
	EXPECT(read(ready[0], &byte, 1) == 1);
	EXPECT(!kill(pid, number));
	/* it blocks in write() to us otherwise, which the signal ends only without SA_RESTART */
	close(ready[0]);
	EXPECT(waitpid(pid, &status, 0) == pid);
	return status;
}

static void signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < 2 * LD_ARRAY_SIZE(numbers); i++) {
		int status;

		begin();
		status = interrupted_child(i & 1, numbers[i / 2]);
		EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == numbers[i / 2]);
		EXPECT(!count_files(test_dir));
	}
	begin();
	EXPECT(WIFSIGNALED(interrupted_child(false, SIGKILL)));
	EXPECT(!count_files(test_dir));
}

int main(void)
{
	make_test_dir();
	RUN(appears);
	RUN(appears_named);
	RUN(no_overwrite);
	RUN(no_overwrite_race);
	RUN(force_and_links);
	RUN(bad_targets);
	RUN(long_name);
	RUN(relative_path);
	RUN(short_writes);
	RUN(large_writes);
	RUN(failing_disk);
	RUN(file_size_limit);
	RUN(signals);
	RUN(full_disk);
	remove_test_dir();
	return END();
}
