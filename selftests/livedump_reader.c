// SPDX-License-Identifier: GPL-2.0
/*
 * A thread that reads the same memory all the time, while a test does something to it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "livedump_utils.h"

static void complain(struct reader *r, const char *what, int error)
{
	r->what = what;
	r->complaint = error;
}

static void read_ranges(struct reader *r, int fd)
{
	struct livedump_record all;
	__u32 nr = r->nr, i;

	if (!nr)
		return;
	if (ld_record(fd, LIVEDUMP_USER_MEMORY, r->ranges, nr, &all) && errno != ENOSPC)
		complain(r, "record", errno);
	for (i = 0; i < nr; i++) {
		if (r->ranges[i].out_recorded + ld_sum(r->ranges[i].out_missing) !=
		    r->ranges[i].length)
			complain(r, "sum of a range", 0);
	}
	r->recorded += all.out_recorded;
}

static void read_objects(struct reader *r, int fd)
{
	pid_t pid = r->pid;

	if (!r->snap.arg.nr_roots)
		return;
	if (pid)
		r->snap.roots[0].address = pid;
	if (ld_snapshot(fd, &r->snap) && errno != ESRCH && errno != ENOSPC)
		complain(r, "snapshot", errno);
}

/* Everything once, in a session of its own. */
void reader_once(struct reader *r)
{
	int fd = ld_create_limited(r->dev, 64 << 20);

	if (fd < 0)
		complain(r, "create", errno);
	read_ranges(r, fd);
	read_objects(r, fd);
	close(fd);
	r->requests++;
}

static void *reader_main(void *arg)
{
	struct reader *r = arg;

	while (!r->stop)
		reader_once(r);
	return NULL;
}

int reader_init(struct reader *r)
{
	memset(r, 0, sizeof(*r));
	r->dev = ld_device();
	r->ranges = calloc(READER_RANGES, sizeof(*r->ranges));
	snap_init(&r->snap);
	if (r->dev < 0 || !r->ranges)
		return -1;
	ld_destroy_all(r->dev);
	return 0;
}

void reader_exit(struct reader *r)
{
	free(r->ranges);
	close(r->dev);
}

int reader_start(struct reader *r)
{
	r->stop = false;
	r->started = r->requests;
	return pthread_create(&r->thread, NULL, reader_main, r);
}

/* Not before it has read since its start, however late the host let it begin. */
void reader_stop(struct reader *r)
{
	while (r->requests < r->started + 2 && !r->what)
		usleep(1000);
	r->stop = true;
	pthread_join(r->thread, NULL);
}
