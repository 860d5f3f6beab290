// SPDX-License-Identifier: GPL-2.0
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

#include "flat.h"
#include "interrupt.h"

struct header {
	char signature[16];
	int64_t type;
	int64_t version;
};

struct piece {
	int64_t offset;
	int64_t size;
};

#define END_MARK	(-1)

/* All of it, whatever the pipe takes at a time; uses @iov up. */
static int write_all(int fd, struct iovec *iov, size_t nr)
{
	struct pollfd writable = { .fd = fd, .events = POLLOUT };
	ssize_t written;

	while (nr) {
		if (ld_interrupted()) {
			errno = EINTR;
			return -1;
		}
		written = writev(fd, iov, (int)nr);
		/* somebody else made it so; we can wait */
		if (written < 0 && errno == EAGAIN)
			poll(&writable, 1, -1);
		if (written < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
		for (; nr && written >= (ssize_t)iov->iov_len; iov++, nr--)
			written -= (ssize_t)iov->iov_len;
		if (nr && written > 0) {
			iov->iov_base = (char *)iov->iov_base + written;
			iov->iov_len -= (size_t)written;
		}
	}
	return 0;
}

static int write_mark(int fd, uint64_t offset, uint64_t size)
{
	struct piece piece = { (int64_t)htobe64(offset), (int64_t)htobe64(size) };
	struct iovec iov = { &piece, sizeof(piece) };

	return write_all(fd, &iov, 1);
}

int ld_flat_begin(int fd)
{
	union {
		struct header header;
		char bytes[LD_FLAT_HEADER];
	} head = { .bytes = "makedumpfile" };
	struct iovec iov = { &head, sizeof(head) };

	head.header.type = (int64_t)htobe64(1);
	head.header.version = (int64_t)htobe64(1);
	return write_all(fd, &iov, 1);
}

int ld_flat_write(int fd, const struct iovec *iov, size_t nr, uint64_t offset)
{
	struct iovec parts[IOV_MAX];
	uint64_t size = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		size += iov[i].iov_len;
	memcpy(parts, iov, nr * sizeof(*iov));
	if (write_mark(fd, offset, size))
		return -1;
	return write_all(fd, parts, nr);
}

int ld_flat_end(int fd)
{
	return write_mark(fd, (uint64_t)END_MARK, (uint64_t)END_MARK);
}
