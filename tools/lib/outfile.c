// SPDX-License-Identifier: GPL-2.0
/* Writes beside the target, puts it in place when it is complete; or into a pipe, flattened. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "flat.h"
#include "interrupt.h"
#include "outfile.h"

/* Bytes for one system call: a signal waits no longer than this takes. */
#define MAX_WRITE	(8UL << 20)

static int fail_path(const char *path, int error, struct ld_err *err)
{
	const char *then;

	switch (error) {
	case ENOENT:
		then = "Its directory does not exist: make it, or give another file with -o.";
		break;
	case ENOTDIR:
		then = "A part of this path is not a directory: give another file with -o.";
		break;
	case EACCES:
	case EPERM:
	case EROFS:
		then = "Give a file with -o where you may write.";
		break;
	case ENOSPC:
	case EDQUOT:
		then = "Make room, or give a file on another disk with -o.";
		break;
	case EFBIG:
		then = "Raise the limit (ulimit -f), or give a file elsewhere with -o.";
		break;
	case ENAMETOOLONG:
		then = "Give a shorter name with -o.";
		break;
	case EIO:
		then = "The disk does not take it: give a file on another one with -o.";
		break;
	case EPIPE:
		then = "Whoever read the pipe has ended before it had all: look there.";
		break;
	case EEXIST:
		then = "Give another file with -o, or --force to replace it.";
		break;
	default:
		return ld_fail(err, LD_EXIT_FAILED, "%s: %s", path, strerror(error));
	}
	return ld_fail(err, LD_EXIT_FAILED, "%s: %s\n%s", path, strerror(error), then);
}

/* What is at the path already? Only a regular file may be replaced, and only by force. */
static int check_target(const char *path, bool force, struct ld_err *err)
{
	struct stat st;

	if (!*path)
		return ld_fail(err, LD_EXIT_USAGE, "the name of the output file is empty");
	if (lstat(path, &st))
		return errno == ENOENT ? 0 : fail_path(path, errno, err);
	if (S_ISDIR(st.st_mode))
		return ld_fail(err, LD_EXIT_FAILED, "%s is a directory\nGive a file in it with -o.",
			       path);
	if (!S_ISREG(st.st_mode))
		return ld_fail(err, LD_EXIT_FAILED,
			       "%s exists and is not a regular file\n"
			       "Give another file with -o; this one is not replaced.", path);
	return force ? 0 : fail_path(path, EEXIST, err);
}

/* ".NAME.XXXXXX" in the same directory, cut to what a name may measure. */
static char *temp_template(const struct ld_outfile *out)
{
	const char *slash = strrchr(out->path, '/');
	const char *base = slash ? slash + 1 : out->path;
	char *temp;

	if (asprintf(&temp, "%s/.%.*s.XXXXXX", out->dir, NAME_MAX - 8, base) < 0)
		return NULL;
	return temp;
}

static int interrupted(const struct ld_outfile *out, struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED, "%s: not written: %s", out->path,
		       strsignal(ld_interrupted()));
}

static int open_temp(struct ld_outfile *out)
{
	out->fd = open(out->dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	/* NFS and FAT have no nameless files (EOPNOTSUPP), very old kernels say EISDIR. */
	if (out->fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return out->fd < 0 ? -1 : 0;
	out->temp = temp_template(out);
	if (!out->temp)
		return -1;
	out->fd = mkostemp(out->temp, O_CLOEXEC);
	if (out->fd >= 0)
		return 0;
	free(out->temp);
	out->temp = NULL;
	return -1;
}

/* Nothing is beside it, and nothing can be taken back: it has to be told when it is complete. */
static int begin_stream(struct ld_outfile *out, struct ld_err *err)
{
	if (isatty(STDOUT_FILENO))
		return ld_fail(err, LD_EXIT_USAGE,
			       "a vmcore is nothing for a terminal\n"
			       "Give a file with -o (./- for one named -), or a pipe:\n"
			       "  livedump ... -o - | ssh HOST makedumpfile -R FILE");
	out->flat = true;
	out->path = strdup("standard output");
	if (!out->path)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	out->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	if (out->fd >= 0)
		return 0;
	fail_path(out->path, errno, err);
	ld_outfile_abort(out);
	return -1;
}

int ld_outfile_begin(struct ld_outfile *out, const char *path, bool force, struct ld_err *err)
{
	const char *slash = strrchr(path, '/');

	*out = (struct ld_outfile){ .fd = -1, .force = force };
	if (!strcmp(path, LD_STDOUT))
		return begin_stream(out, err);
	if (check_target(path, force, err))
		return -1;
	out->path = strdup(path);
	if (!slash)
		out->dir = strdup(".");
	else
		out->dir = slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
	if (!out->path || !out->dir) {
		ld_fail(err, LD_EXIT_FAILED, "out of memory");
	} else if (slash && !slash[1]) {
		ld_fail(err, LD_EXIT_FAILED, "%s: not a file's name\nGive a file with -o.", path);
	} else if (open_temp(out)) {
		fail_path(path, errno, err);
	} else {
		/* whatever the umask: a dump has secrets */
		fchmod(out->fd, 0600);
		return 0;
	}
	ld_outfile_abort(out);
	return -1;
}

/* Drops the first @bytes of the pieces. */
static void advance(struct iovec **iov, size_t *nr, size_t bytes)
{
	while (*nr && bytes >= (*iov)->iov_len) {
		bytes -= (*iov)->iov_len;
		(*iov)++;
		(*nr)--;
	}
	if (*nr) {
		(*iov)->iov_base = (char *)(*iov)->iov_base + bytes;
		(*iov)->iov_len -= bytes;
	}
}

/* How many pieces fit one call; a large one is cut, its full length goes to @whole. */
static size_t batch(struct iovec *iov, size_t nr, size_t *whole)
{
	size_t bytes = 0, n;

	for (n = 0; n < nr && n < IOV_MAX && bytes < MAX_WRITE; n++)
		bytes += iov[n].iov_len;
	*whole = n ? iov[n - 1].iov_len : 0;
	if (bytes > MAX_WRITE)
		iov[n - 1].iov_len -= bytes - MAX_WRITE;
	return n;
}

/* As pwritev(), but what goes to a stream is written whole. */
static ssize_t write_pieces(struct ld_outfile *out, struct iovec *iov, size_t nr, uint64_t offset)
{
	ssize_t bytes = 0;
	size_t i;

	if (!out->flat)
		return pwritev(out->fd, iov, (int)nr, (off_t)offset);
	if (!out->begun && ld_flat_begin(out->fd))
		return -1;
	out->begun = true;
	if (ld_flat_write(out->fd, iov, nr, offset))
		return -1;
	for (i = 0; i < nr; i++)
		bytes += (ssize_t)iov[i].iov_len;
	return bytes;
}

int ld_outfile_write(struct ld_outfile *out, struct iovec *iov, size_t nr, uint64_t offset,
		     struct ld_err *err)
{
	advance(&iov, &nr, 0);
	while (nr) {
		size_t whole, n = batch(iov, nr, &whole);
		ssize_t written;

		if (ld_interrupted())
			return interrupted(out, err);
		written = write_pieces(out, iov, n, offset);
		iov[n - 1].iov_len = whole;
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return fail_path(out->path, written < 0 ? errno : ENOSPC, err);
		offset += (uint64_t)written;
		advance(&iov, &nr, (size_t)written);
	}
	return 0;
}

/* Without CAP_DAC_READ_SEARCH a nameless file gets its name by way of /proc. */
static int link_fd(int fd, const char *to)
{
	char from[64];

	snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	if (!linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW))
		return 0;
	return errno == ENOENT ? linkat(fd, "", AT_FDCWD, to, AT_EMPTY_PATH) : -1;
}

/* Gives a nameless file a name that rename() can take away from. */
static int name_temp(struct ld_outfile *out)
{
	unsigned int tries;
	char *name;
	int fd;

	for (tries = 0; tries < 100; tries++) {
		name = temp_template(out);
		if (!name)
			return -1;
		/* mkostemp() finds a free name; link() does not replace, so free it again */
		fd = mkostemp(name, O_CLOEXEC);
		if (fd >= 0) {
			close(fd);
			unlink(name);
		}
		if (fd >= 0 && !link_fd(out->fd, name)) {
			out->temp = name;
			return 0;
		}
		free(name);
		if (fd < 0 || errno != EEXIST)
			return -1;
	}
	return -1;
}

static int put_in_place(struct ld_outfile *out)
{
	if (!out->temp && !out->force)
		return link_fd(out->fd, out->path);
	if (!out->temp && name_temp(out))
		return -1;
	if (out->force) {
		if (rename(out->temp, out->path))
			return -1;
	} else {
		if (renameat2(AT_FDCWD, out->temp, AT_FDCWD, out->path, RENAME_NOREPLACE) &&
		    (errno != EINVAL || link(out->temp, out->path)))
			return -1;
		/* after link(); after renameat2() there is nothing to unlink */
		unlink(out->temp);
	}
	free(out->temp);
	out->temp = NULL;
	return 0;
}

static void sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* Some file systems cannot; the file itself is on disk by now. */
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static int end_stream(struct ld_outfile *out, struct ld_err *err)
{
	if (ld_flat_end(out->fd))
		return ld_interrupted() ? interrupted(out, err) : fail_path(out->path, errno, err);
	/* of a pipe there is nothing to be brought to a disk */
	if (fsync(out->fd) && errno != EINVAL && errno != EROFS)
		return fail_path(out->path, errno, err);
	return 0;
}

int ld_outfile_commit(struct ld_outfile *out, struct ld_err *err)
{
	int result = -1;

	if (out->flat) {
		result = end_stream(out, err);
		ld_outfile_abort(out);
		return result;
	}
	if (fsync(out->fd))
		fail_path(out->path, errno, err);
	else if (ld_interrupted())
		interrupted(out, err);
	else if (check_target(out->path, out->force, err))
		;
	else if (put_in_place(out))
		fail_path(out->path, errno, err);
	else
		result = 0;
	if (!result)
		sync_dir(out->dir);
	ld_outfile_abort(out);
	return result;
}

void ld_outfile_abort(struct ld_outfile *out)
{
	/* all zero means never begun: descriptor 0 is not ours */
	if (out->fd >= 0 && out->path)
		close(out->fd);
	if (out->temp)
		unlink(out->temp);
	free(out->temp);
	free(out->path);
	free(out->dir);
	*out = (struct ld_outfile){ .fd = -1 };
}
