// SPDX-License-Identifier: GPL-2.0
/*
 * Running a program: on the main thread, and on two more where it wants them. Afterwards all that
 * it made is taken away, and nothing may be left.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuzz.h"

struct exec ex;
static struct worker workers[MAX_THREADS];
static pthread_barrier_t begin, end;
static int first_file, null_file;
static char found[256];
static int is_found;

/* Something is wrong; the first one counts. May be called by any thread. */
void exec_find(const char *format, ...)
{
	va_list args;

	if (__atomic_exchange_n(&is_found, 1, __ATOMIC_ACQ_REL))
		return;
	va_start(args, format);
	vsnprintf(found, sizeof(found), format, args);
	va_end(args);
}

/* What the last program has shown to be wrong, or NULL. */
const char *exec_found(void)
{
	return is_found ? found : NULL;
}

/* The file that a record names. */
int exec_fd(const struct rec *r, enum slot_kind *kind)
{
	const struct slot *slot = &ex.slots[r->fd % SLOTS];

	*kind = SLOT_NONE;
	if (r->fd & FD_SPECIAL)
		return r->fd & 1 ? null_file : -1;
	*kind = __atomic_load_n(&slot->kind, __ATOMIC_ACQUIRE);
	return __atomic_load_n(&slot->fd, __ATOMIC_ACQUIRE);
}

/* Put a file into a slot; the one that was there is closed. */
void exec_put(unsigned int slot, int fd, enum slot_kind kind)
{
	int old;

	__atomic_store_n(&ex.slots[slot].kind, fd < 0 ? SLOT_NONE : kind, __ATOMIC_RELEASE);
	old = __atomic_exchange_n(&ex.slots[slot].fd, fd, __ATOMIC_ACQ_REL);
	if (old >= 0)
		close(old);
}

static void run_call(struct worker *w, const struct prog *p, __u32 i)
{
	const struct rec *r = &p->rec[i];

	switch (op_of(r)) {
	case OP_MMAP:
		call_mmap(w, r);
		break;
	case OP_MEMORY:
		call_memory(w, r);
		break;
	case OP_CLOSE:
		call_close(r);
		break;
	case OP_FORK:
		call_fork(w, r);
		break;
	case OP_KILL:
		call_kill(r);
		break;
	case OP_PASS:
		call_pass(r);
		break;
	case OP_FILE:
		call_file(w, r);
		break;
	case OP_TOGGLE:
		call_toggle(r);
		break;
	case OP_DEVICE:
		call_device(r);
		break;
	case OP_SLEEP:
		usleep(r->v % 2000);
		break;
	default:
		call_ioctl(w, p, i);
		break;
	}
}

static void run_share(struct worker *w, const struct prog *p)
{
	__u32 i;

	for (i = 0; i < p->nr; i += 1 + changes_of(p, i)) {
		if (thread_of(&p->rec[i]) == w->id)
			run_call(w, p, i);
	}
}

static void worker_init(struct worker *w)
{
	char path[64];

	w->structs = memory_fenced(STRUCT_PAGES * PAGE);
	w->arrays = memory_fenced(ARRAY_PAGES * PAGE);
	snprintf(path, sizeof(path), "/proc/self/task/%ld/fail-nth", syscall(SYS_gettid));
	w->fail_nth = open(path, O_RDWR | O_CLOEXEC);
	cover_open(&w->cover);
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;

	worker_init(w);
	pthread_barrier_wait(&end);
	for (;;) {
		pthread_barrier_wait(&begin);
		run_share(w, ex.prog);
		pthread_barrier_wait(&end);
	}
	return NULL;
}

/* Returns whether coverage can be had. */
bool exec_init(void)
{
	int i;

	null_file = open("/dev/null", O_RDWR | O_CLOEXEC);
	pthread_barrier_init(&begin, NULL, MAX_THREADS);
	pthread_barrier_init(&end, NULL, MAX_THREADS);
	for (i = 0; i < MAX_THREADS; i++)
		workers[i].id = i;
	for (i = 1; i < MAX_THREADS; i++) {
		if (pthread_create(&workers[i].thread, NULL, worker_main, &workers[i]))
			abort();
	}
	worker_init(&workers[0]);
	pthread_barrier_wait(&end);
	return workers[0].cover.area;
}

static void clean_up(void)
{
	int i, dev;

	for (i = 0; i < SLOTS; i++) {
		if (ex.slots[i].kind == SLOT_SESSION)
			check_session(ex.slots[i].fd);
	}
	syscall(SYS_close_range, first_file, ~0U, 0);
	memory_reset();
	dev = open_device();
	if (dev >= 0) {
		check_gone(dev);
		close(dev);
	} else if (!ex.loose) {
		exec_find("open of the device: errno %d", errno);
	}
}

/* Files from now on are the program's. */
void exec_files(void)
{
	first_file = dup(null_file);
	close(first_file);
}

void exec_prog(const struct prog *p, bool loose)
{
	__u32 i;
	int k;

	ex.prog = p;
	ex.loose = loose;
	ex.single = true;
	for (i = 0; i < p->nr; i += 1 + changes_of(p, i))
		ex.single &= !thread_of(&p->rec[i]);
	for (k = 0; k < SLOTS; k++)
		ex.slots[k] = (struct slot){ -1, SLOT_NONE };
	exec_put(0, open_device(), SLOT_DEVICE);
	is_found = 0;

	for (k = 0; k < MAX_THREADS; k++)
		cover_reset(&workers[k].cover);
	if (ex.single) {
		run_share(&workers[0], p);
	} else {
		pthread_barrier_wait(&begin);
		run_share(&workers[0], p);
		pthread_barrier_wait(&end);
	}
	for (k = 0; k < (ex.single ? 1 : MAX_THREADS); k++)
		cover_collect(&workers[k].cover);
	clean_up();
}
