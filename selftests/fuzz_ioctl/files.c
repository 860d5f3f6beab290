// SPDX-License-Identifier: GPL-2.0
/*
 * What can happen to a session's files besides ioctls: closed, duplicated, inherited, handed on,
 * and to the processes that have them.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

int open_device(void)
{
	return open("/dev/livedump", O_RDONLY | O_CLOEXEC);
}

/* @a: what to do; @b: slot for another one */
void call_close(const struct rec *r)
{
	unsigned int slot = 1 + r->fd % (SLOTS - 1);
	enum slot_kind kind;
	int fd = exec_fd(r, &kind), new;

	switch (r->a % 4) {
	case 0:
		exec_put(slot, -1, SLOT_NONE);
		break;
	case 1:
		new = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (new >= 0)
			exec_put(1 + r->b % (SLOTS - 1), new, kind);
		break;
	case 2:		/* through /proc: a session's file cannot be opened there */
		if (kind == SLOT_SESSION) {
			char path[32];

			snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
			new = open(path, O_RDWR | O_CLOEXEC);
			if (new >= 0 && ex.single)
				exec_find("a session's file was opened through /proc");
			if (new >= 0)
				close(new);
		}
		break;
	default:
		fcntl(fd, F_SETFL, r->v & (O_NONBLOCK | O_APPEND | O_ASYNC));
		break;
	}
}

/* What a child does with what it has inherited: @a says which of these. */
static void child(struct worker *w, const struct rec *r, int fd)
{
	struct livedump_status status = { .size = sizeof(status) };
	struct livedump_range range = {
		.address = canary.pfn[0] * PAGE,
		.length = CANARY_PAGES * PAGE,
		.flags = LIVEDUMP_RANGE_PHYS,
	};
	struct livedump_record record = {
		.size = sizeof(record),
		.flags = LIVEDUMP_USER_MEMORY,
		.ranges = (uintptr_t)&range,
		.nr = 1,
		.range_size = sizeof(range),
	};
	struct rec touch = { .a = 11, .b = 3, .v = r->v };

	if (r->a & 1)
		ioctl(fd, LIVEDUMP_STATUS, &status);
	if (r->a & 2)
		ioctl(fd, LIVEDUMP_RECORD, &record);
	if (r->a & 4)
		call_memory(w, &touch);
	if (r->a & 8)
		close(fd);
	_exit(0);
}

/* @a: what the child does; @b: whether it goes on alone */
void call_fork(struct worker *w, const struct rec *r)
{
	enum slot_kind kind;
	int fd = exec_fd(r, &kind);
	pid_t pid = fork();

	if (!pid)
		child(w, r, fd);
	if (r->b & 1)
		exec_put(1 + r->fd % (SLOTS - 1), -1, SLOT_NONE);
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

/* A request whose caller is killed meanwhile: @a: which; @v: how soon, in microseconds */
void call_kill(const struct rec *r)
{
	enum slot_kind kind;
	int fd = exec_fd(r, &kind);
	pid_t pid = fork();

	if (!pid) {
		struct livedump_range range = {
			.address = target(r->a & 3).address,
			.length = 64 << 20,
		};
		struct livedump_record record = {
			.size = sizeof(record),
			.ranges = (uintptr_t)&range,
			.nr = 1,
			.range_size = sizeof(range),
		};

		for (;;)
			ioctl(fd, LIVEDUMP_RECORD, &record);
	}
	if (pid > 0) {
		usleep(r->v % 20000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

/* Through a socket, where it may be all that is left for a while: @a: whether it is taken out */
void call_pass(const struct rec *r)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);
	enum slot_kind kind;
	int pair[2], fd = exec_fd(r, &kind);

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair))
		return;
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(int));
	if (sendmsg(pair[0], &msg, MSG_DONTWAIT) == 1) {
		exec_put(1 + r->fd % (SLOTS - 1), -1, SLOT_NONE);
		msg.msg_controllen = sizeof(control.space);
		if (r->a & 1 && recvmsg(pair[1], &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) == 1 &&
		    CMSG_FIRSTHDR(&msg)) {
			memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
			exec_put(1 + r->fd % (SLOTS - 1), fd, kind);
		}
	}
	close(pair[0]);
	close(pair[1]);
}

/* There is nothing to be read from these files, or written to them: @a: how it is tried */
void call_file(struct worker *w, const struct rec *r)
{
	enum slot_kind kind;
	int fd = exec_fd(r, &kind);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN | POLLOUT };
	ssize_t done = -1;

	switch (r->a % 6) {
	case 0:
		done = pread(fd, w->arrays, r->b, r->v);
		break;
	case 1:
		done = pwrite(fd, w->arrays, 1 + r->b, r->v);
		break;
	case 2:
		poll(&poll_fd, 1, 0);
		break;
	case 3:
		lseek(fd, r->v, SEEK_SET);
		break;
	case 4:
		done = ftruncate(fd, r->v & 0xffff) ? -1 : 1;
		break;
	default:
		done = read(fd, w->arrays, 1 + r->b);
		break;
	}
	if (done > 0 && ex.single && kind != SLOT_NONE)
		exec_find("read, write or truncate %u of a file went through", r->a % 6);
}

/* The device once more, into slot @c; without privilege, where @a says so */
void call_device(const struct rec *r)
{
	exec_put(1 + r->c % (SLOTS - 1), open_device(), SLOT_DEVICE);
}
