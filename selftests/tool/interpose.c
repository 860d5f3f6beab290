// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into the tool: makes one of its calls fail, be late, or end in a signal.
 *
 * INTERPOSE=CALL:N:WHAT, where CALL is ioctl, pwritev, fsync, rename or link; N counts from 1; WHAT
 * is errno=NUMBER, signal=NUMBER (before the call), or sleep=MILLISECONDS (before this call and
 * all that follow).
 */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

/* Whether the call is to fail, with errno set. */
static int meddle(const char *call)
{
	const char *wish = getenv("INTERPOSE");
	char name[16], what[16];
	static int count;
	int at, number;

	if (!wish || sscanf(wish, "%15[^:]:%d:%15[^=]=%d", name, &at, what, &number) != 4 ||
	    strcmp(name, call))
		return 0;
	count++;
	if (!strcmp(what, "sleep") && count >= at)
		usleep(number * 1000);
	if (count != at)
		return 0;
	if (!strcmp(what, "signal"))
		raise(number);
	errno = number;
	return !strcmp(what, "errno");
}

int ioctl(int fd, unsigned long request, ...)
{
	int (*next)(int fd, unsigned long request, ...) = dlsym(RTLD_NEXT, "ioctl");
	void *arg;
	va_list ap;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	return meddle("ioctl") ? -1 : next(fd, request, arg);
}

ssize_t pwritev64(int fd, const struct iovec *iov, int nr, off64_t offset)
{
	ssize_t (*next)(int fd, const struct iovec *iov, int nr, off64_t offset) =
		dlsym(RTLD_NEXT, "pwritev64");

	return meddle("pwritev") ? -1 : next(fd, iov, nr, offset);
}

int fsync(int fd)
{
	int (*next)(int fd) = dlsym(RTLD_NEXT, "fsync");

	return meddle("fsync") ? -1 : next(fd);
}

int rename(const char *from, const char *to)
{
	int (*next)(const char *from, const char *to) = dlsym(RTLD_NEXT, "rename");

	return meddle("rename") ? -1 : next(from, to);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned int flags)
{
	int (*next)(int from_dir, const char *from, int to_dir, const char *to,
		    unsigned int flags) = dlsym(RTLD_NEXT, "renameat2");

	return meddle("rename") ? -1 : next(from_dir, from, to_dir, to, flags);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	int (*next)(int from_dir, const char *from, int to_dir, const char *to, int flags) =
		dlsym(RTLD_NEXT, "linkat");

	return meddle("link") ? -1 : next(from_dir, from, to_dir, to, flags);
}
