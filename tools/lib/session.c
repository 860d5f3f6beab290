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

int ld_contents_map(int session, struct ld_contents *ret, struct ld_err *err)
{
	struct livedump_status *st = &ret->status;
	void *pages, *aliases, *holes;

	memset(ret, 0, sizeof(*ret));
	if (ld_dev_status(session, st, err) ||
	    ld_dev_map(session, LIVEDUMP_MMAP_PAGES, 0, st->out_pages * sizeof(*ret->pages),
		       &pages, err))
		return -1;
	ret->pages = pages;
	if (ld_dev_map(session, LIVEDUMP_MMAP_ALIASES, 0,
		       st->out_aliases * sizeof(*ret->aliases), &aliases, err))
		goto unmap;
	ret->aliases = aliases;
	if (ld_dev_map(session, LIVEDUMP_MMAP_HOLES, 0, st->out_holes * sizeof(*ret->holes),
		       &holes, err))
		goto unmap;
	ret->holes = holes;
	return 0;

unmap:
	ld_contents_unmap(ret);
	return -1;
}

static void unmap(const void *at, size_t length)
{
	if (at)
		munmap((void *)at, length);
}

void ld_contents_unmap(struct ld_contents *c)
{
	unmap(c->pages, c->status.out_pages * sizeof(*c->pages));
	unmap(c->aliases, c->status.out_aliases * sizeof(*c->aliases));
	unmap(c->holes, c->status.out_holes * sizeof(*c->holes));
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
