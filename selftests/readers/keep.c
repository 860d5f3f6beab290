// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into "livedump stop": the session stays when its file is written, so that one recording
 * can be written in every format. The command then fails, with a good file.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <linux/livedump.h>

int ioctl(int fd, unsigned long request, ...)
{
	int (*next)(int fd, unsigned long request, ...) = dlsym(RTLD_NEXT, "ioctl");
	void *arg;
	va_list ap;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request == LIVEDUMP_DESTROY) {
		errno = EBUSY;
		return -1;
	}
	return next(fd, request, arg);
}
