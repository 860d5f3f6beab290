// SPDX-License-Identifier: GPL-2.0
/* The tasks of a name, from /proc/PID/task/TID/comm. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "resolver_suggest.h"
#include "resolver_tasks.h"

/* TASK_COMM_LEN without its NUL. */
#define COMM_LEN	15

struct tasks {
	const char *proc;
	char name[256];
	struct ld_suggest suggest;
	char close[LD_SUGGESTIONS + 1][COMM_LEN + 1];
	__u32 *ids;
	size_t nr;
	size_t room;
};

/* Only * and ? are special: brackets are common in the names of tasks. */
static bool matches(const char *pattern, const char *name)
{
	const char *star = NULL, *again = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			again = name;
		} else if (*pattern == '?' || *pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++again;
		} else {
			return false;
		}
	}
	return !pattern[strspn(pattern, "*")];
}

/* A thread's name may change or go at any time; one that cannot be read does not count. */
static bool read_comm(const char *path, char *comm, size_t size)
{
	FILE *f = fopen(path, "re");
	bool ok;

	if (!f)
		return false;
	ok = fgets(comm, size, f);
	fclose(f);
	if (ok)
		comm[strcspn(comm, "\n")] = '\0';
	return ok;
}

static int add(struct tasks *t, __u32 id)
{
	void *p = ld_array_room(t->ids, t->nr, &t->room, sizeof(*t->ids));

	if (!p)
		return -1;
	t->ids = p;
	t->ids[t->nr++] = id;
	return 0;
}

/* Suggestions are kept by reference: a copy that none of them is. */
static char *spare_copy(struct tasks *t)
{
	unsigned int i = 0, k = 0;

	while (k < t->suggest.nr) {
		if (t->suggest.best[k++].name != t->close[i])
			continue;
		i++;
		k = 0;
	}
	return t->close[i];
}

static void offer(struct tasks *t, const char *comm)
{
	if (!t->nr && strlen(comm) <= COMM_LEN)
		ld_suggest_try(&t->suggest, strcpy(spare_copy(t), comm));
}

static int try_thread(struct tasks *t, const char *pid, const char *tid)
{
	char path[4096], comm[64];

	snprintf(path, sizeof(path), "%s/%s/task/%s/comm", t->proc, pid, tid);
	if (!read_comm(path, comm, sizeof(comm)))
		return 0;
	if (matches(t->name, comm))
		return add(t, strtoul(tid, NULL, 10));
	offer(t, comm);
	return 0;
}

static int is_number(const struct dirent *d)
{
	return isdigit((unsigned char)d->d_name[0]) &&
	       strspn(d->d_name, "0123456789") == strlen(d->d_name);
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
	unsigned long m = strtoul((*a)->d_name, NULL, 10), n = strtoul((*b)->d_name, NULL, 10);

	return (m > n) - (m < n);
}

/* Calls for each number in a directory; -1 only without memory. */
static int each_number(const char *path, int (*fn)(struct tasks *t, const char *pid,
						   const char *number),
		       struct tasks *t, const char *pid)
{
	struct dirent **list;
	int i, n, rc = 0;

	n = scandir(path, &list, is_number, by_number);
	if (n < 0)
		return errno == ENOMEM ? -1 : 0;
	for (i = 0; i < n; i++) {
		if (!rc)
			rc = fn(t, pid, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	return rc;
}

static int try_process(struct tasks *t, const char *nothing, const char *pid)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s/task", t->proc, pid);
	return each_number(path, try_thread, t, pid);
}

int ld_resolver_tasks(const char *proc, struct ld_span name, __u32 **ret, size_t *nr,
		      struct ld_err *err)
{
	struct tasks t = { .proc = proc };
	char close[200];

	ld_span_copy(name, t.name, sizeof(t.name));
	t.suggest.want = t.name;
	if (each_number(proc, try_process, &t, NULL)) {
		free(t.ids);
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	}
	*ret = t.ids;
	*nr = t.nr;
	if (t.nr)
		return 0;
	return ld_fail(err, LD_EXIT_FAILED, "no task has this name%s%s",
		       name.len > COMM_LEN && !strchr(t.name, '*') ?
		       " (the kernel keeps 15 letters of it: end it with *)" : "",
		       ld_suggest_text(&t.suggest, close, sizeof(close)));
}
