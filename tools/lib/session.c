// SPDX-License-Identifier: GPL-2.0
/* Finding the session that a command is about, and mapping its index. */
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "dev.h"
#include "reason.h"
#include "session.h"
#include "size.h"

int ld_session_begin(struct ld_session *s, struct ld_err *err)
{
	struct timespec now;

	*s = (struct ld_session){ .dev = -1, .fd = -1 };
	if (ld_dev_open(&s->dev, err) || ld_dev_info(s->dev, &s->info, err))
		return -1;
	clock_gettime(CLOCK_REALTIME, &now);
	s->boot_realtime_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec -
			      s->info.out_boottime_ns;
	return 0;
}

int ld_session_choose(const struct livedump_list_entry *entries, size_t nr, char *ret,
		      struct ld_err *err)
{
	char names[512] = "";
	size_t i, used = 0;

	if (nr == 1) {
		snprintf(ret, LIVEDUMP_NAME_LEN, "%s", entries[0].name);
		return 0;
	}
	if (!nr)
		return ld_fail(err, LD_EXIT_FAILED,
			       "no session is open\n"
			       "Start one (livedump start), or do all at once (livedump capture).");
	for (i = 0; i < nr && used < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "\n  %s",
					 entries[i].name);
	return ld_fail(err, LD_EXIT_FAILED,
		       "%zu sessions are open\nChoose one with -s:%s%s", nr, names,
		       used < sizeof(names) ? "" : " ...");
}

int ld_session_open(struct ld_session *s, const char *name, struct ld_err *err)
{
	struct livedump_list_entry *entries;
	int result;
	size_t nr;

	if (!name) {
		if (ld_dev_list(s->dev, &entries, &nr, err))
			return -1;
		result = ld_session_choose(entries, nr, s->name, err);
		free(entries);
		if (result)
			return -1;
		name = s->name;
	}
	if (ld_dev_open_session(s->dev, name, &s->fd, err))
		return -1;
	if (name != s->name)
		snprintf(s->name, sizeof(s->name), "%s", name);
	return 0;
}

int ld_session_create(struct ld_session *s, const char *name, const struct livedump_create *with,
		      struct ld_err *err)
{
	if (ld_dev_create(s->dev, name, with, &s->fd, err))
		return -1;
	snprintf(s->name, sizeof(s->name), "%s", name);
	return 0;
}

void ld_session_end(struct ld_session *s)
{
	if (s->fd >= 0)
		close(s->fd);
	if (s->dev >= 0)
		close(s->dev);
	ld_dev_info_free(&s->info);
	s->fd = -1;
	s->dev = -1;
}

uint64_t ld_session_limit(const struct ld_session *s, uint64_t limit)
{
	return limit && limit < s->info.out_cap ? limit : s->info.out_cap;
}

char *ld_session_path(const struct ld_session *s, const struct livedump_status *status)
{
	char when[LD_SIZE_LEN], *path;

	ld_format_utc(s->boot_realtime_ns + status->out_created_ns, 1, when);
	return asprintf(&path, "livedump-%s-%s.vmcore", s->name, when) < 0 ? NULL : path;
}

/* The tables of a session: where each is, of how many entries of what size, and its pointer. */
struct table {
	__u64 region;
	size_t length;
	const void **at;
};

#define NR_TABLES	6

static void list_tables(struct ld_contents *c, struct table tables[NR_TABLES])
{
	const struct livedump_status *st = &c->status;
	const struct table all[NR_TABLES] = {
		{ LIVEDUMP_MMAP_PAGES, st->out_pages * sizeof(*c->pages),
		  (const void **)&c->pages },
		{ LIVEDUMP_MMAP_ALIASES, st->out_aliases * sizeof(*c->aliases),
		  (const void **)&c->aliases },
		{ LIVEDUMP_MMAP_HOLES, st->out_holes * sizeof(*c->holes),
		  (const void **)&c->holes },
		{ LIVEDUMP_MMAP_OBJECTS, st->out_listed * sizeof(*c->objects),
		  (const void **)&c->objects },
		{ LIVEDUMP_MMAP_NOTES, st->out_notes, (const void **)&c->notes },
		{ LIVEDUMP_MMAP_CPUS, st->out_cpus * sizeof(*c->cpus), (const void **)&c->cpus },
	};

	memcpy(tables, all, sizeof(all));
}

int ld_contents_map(int session, struct ld_contents *ret, struct ld_err *err)
{
	struct table tables[NR_TABLES];
	size_t i;
	void *at;

	memset(ret, 0, sizeof(*ret));
	if (ld_dev_status(session, &ret->status, err))
		return -1;
	list_tables(ret, tables);
	for (i = 0; i < NR_TABLES; i++) {
		if (ld_dev_map(session, tables[i].region, 0, tables[i].length, &at, err)) {
			ld_contents_unmap(ret);
			return -1;
		}
		*tables[i].at = at;
	}
	return 0;
}

void ld_contents_unmap(struct ld_contents *c)
{
	struct table tables[NR_TABLES];
	size_t i;

	list_tables(c, tables);
	for (i = 0; i < NR_TABLES; i++) {
		if (*tables[i].at)
			munmap((void *)*tables[i].at, tables[i].length);
	}
	memset(c, 0, sizeof(*c));
}

int ld_contents_incomplete(const struct ld_contents *c)
{
	size_t i;

	for (i = 0; i < c->status.out_holes; i++) {
		if (c->holes[i].flags & LIVEDUMP_HOLE_ASKED)
			return 1;
	}
	/* What fell off the list may have been asked for. */
	return c->status.out_holes_dropped || ld_missing_cut(c->status.out_missing);
}
