/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WRITER_WRAP_H
#define WRITER_WRAP_H

#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

/* With --wrap=x the linker calls __wrap_x() for x(), and x() for __real_x(). */

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __real_lstat64(const char *path, struct stat *st);
int __wrap_lstat64(const char *path, struct stat *st);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat2(int from_dir, const char *from, int to_dir, const char *to,
		     unsigned int flags);
int __wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to,
		     unsigned int flags);
ssize_t __real_pwritev64(int fd, const struct iovec *iov, int nr, off_t offset);
ssize_t __wrap_pwritev64(int fd, const struct iovec *iov, int nr, off_t offset);
int __wrap_ioctl(int fd, unsigned long cmd, ...);
void *__real_mmap64(void *at, size_t length, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *at, size_t length, int prot, int flags, int fd, off_t offset);

#endif
