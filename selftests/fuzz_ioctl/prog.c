// SPDX-License-Identifier: GPL-2.0
/*
 * Programs as text: a record a line, "name who fd shape a b c n v", hexadecimal; "#" begins a
 * comment.
 */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

const char *const op_names[NR_OPS] = {
	[OP_INFO] = "info", [OP_CREATE] = "create", [OP_OPEN] = "open", [OP_DESTROY] = "destroy",
	[OP_LIST] = "list", [OP_STATUS] = "status", [OP_RECORD] = "record",
	[OP_SNAPSHOT] = "snapshot", [OP_STOP] = "stop", [OP_ANNOTATE] = "annotate",
	[OP_WHATIS] = "whatis", [OP_UNKNOWN] = "unknown",
	[OP_MMAP] = "mmap", [OP_MEMORY] = "memory", [OP_CLOSE] = "close", [OP_FORK] = "fork",
	[OP_KILL] = "kill", [OP_PASS] = "pass", [OP_FILE] = "file", [OP_TOGGLE] = "toggle",
	[OP_DEVICE] = "device", [OP_SLEEP] = "sleep",
};

static bool parse_line(struct rec *r, const char *line)
{
	unsigned int who, fd, shape, a, b, c, n, op;
	unsigned long long v;
	char name[16];

	if (sscanf(line, "%15s %x %x %x %x %x %x %x %llx", name, &who, &fd, &shape, &a, &b, &c, &n,
		   &v) != 9)
		return false;
	for (op = 0; op < NR_OPS && strcmp(name, op_names[op]); op++)
		;
	if (op == NR_OPS && strcmp(name, "change"))
		return false;
	*r = (struct rec){ op % NR_OPS, who, fd, shape, a, b, c, n, v };
	return true;
}

bool prog_load(struct prog *p, const char *path)
{
	FILE *f = fopen(path, "re");
	char line[256];
	bool good = true;

	memset(p, 0, sizeof(*p));
	while (f && good && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "#\n")] = '\0';
		if (line[strspn(line, " \t")] == '\0')
			continue;
		good = p->nr < MAX_RECS && parse_line(&p->rec[p->nr], line);
		p->nr += good;
	}
	if (!f || !good)
		fprintf(stderr, "fuzz_ioctl: %s: %s\n", path, f ? "not a program" : "cannot open");
	if (f)
		fclose(f);
	return f && good;
}

bool prog_save(const struct prog *p, const char *path, const char *comment)
{
	FILE *f = fopen(path, "we");
	unsigned int changes = 0;
	const struct rec *r;
	__u32 i;

	if (!f)
		return false;
	if (comment)
		fprintf(f, "# %s\n", comment);
	for (i = 0; i < p->nr; i++) {
		r = &p->rec[i];
		fprintf(f, "%-8s %02x %02x %02x %02x %02x %02x %02x %016llx\n",
			changes ? "change" : op_names[op_of(r)], r->who, r->fd, r->shape, r->a,
			r->b, r->c, r->n, r->v);
		changes = changes ? changes - 1 : changes_of(p, i);
	}
	return !fclose(f);
}

__u64 prog_hash(const struct prog *p)
{
	const unsigned char *bytes = (const unsigned char *)p->rec;
	__u64 hash = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < p->nr * sizeof(p->rec[0]); i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash;
}
