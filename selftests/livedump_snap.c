// SPDX-License-Identifier: GPL-2.0
/*
 * Snapshots: types, edges and roots put together.
 */
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

#include "livedump_utils.h"

void snap_init(struct snap *s)
{
	memset(s, 0, sizeof(*s));
	s->arg.size = sizeof(s->arg);
	s->arg.root_size = sizeof(s->roots[0]);
	s->arg.type_size = sizeof(s->types[0]);
	s->arg.edge_size = sizeof(s->edges[0]);
}

/* A type without edges yet. Returns its index. */
__u32 snap_type(struct snap *s, size_t size)
{
	struct livedump_type *t = &s->types[s->arg.nr_types];

	t->size = size;
	t->first_edge = s->arg.nr_edges;
	return s->arg.nr_types++;
}

void snap_array(struct snap *s, __u16 kind, size_t offset, __u32 to, __u32 count, __u32 stride)
{
	struct livedump_edge *e = &s->edges[s->arg.nr_edges++];

	e->offset = offset;
	e->kind = kind;
	e->count = count;
	e->stride = stride;
	if (kind == LIVEDUMP_EDGE_POINTER)
		e->type = to;
	else
		e->arg = to;
	s->types[s->arg.nr_types - 1].nr_edges++;
}

struct livedump_root *snap_root(struct snap *s, __u32 kind, __u64 address, __u32 type,
				const char *symbol)
{
	struct livedump_root *r = &s->roots[s->arg.nr_roots++];

	r->kind = kind;
	r->address = address;
	r->type = type;
	if (symbol)
		memcpy(r->symbol, symbol, strnlen(symbol, sizeof(r->symbol)));
	return r;
}

/* A plan that takes minutes: each of a million pointers at @address, again and again. */
void snap_endless(struct snap *s, __u64 address)
{
	snap_init(s);
	snap_root(s, LIVEDUMP_ROOT_ADDRESS, address, snap_type(s, 8 << 20), NULL);
	while (s->arg.nr_edges < SNAP_EDGES)
		snap_array(s, LIVEDUMP_EDGE_BYTES, 0, s->arg.nr_edges + 1, 1 << 20, 8);
	s->arg.depth = 1;
}

/* What runs on all CPUs. */
struct livedump_root *snap_cpus(struct snap *s)
{
	struct livedump_root *root;

	snap_init(s);
	snap_type(s, TASK_SIZE_GUESS);
	root = snap_root(s, LIVEDUMP_ROOT_CPUS, 0, 0, NULL);
	root->cpu = LIVEDUMP_ALL_CPUS;
	return root;
}

#define FILL(_at, _first, _last)		\
	memset(&(_at)->_first, JUNK, (char *)(&(_at)->_last + 1) - (char *)&(_at)->_first)

int ld_snapshot(int fd, struct snap *s)
{
	__u32 i;

	s->arg.roots = (uintptr_t)s->roots;
	s->arg.types = (uintptr_t)s->types;
	s->arg.edges = (uintptr_t)s->edges;
	s->arg.out_bad_root = JUNK;
	FILL(&s->arg, out_objects, out_missing);
	FILL(&s->arg, out_nodes, out_request);
	for (i = 0; i < s->arg.nr_roots && i < SNAP_ROOTS; i++) {
		FILL(&s->roots[i], out_address, out_missing);
		FILL(&s->roots[i], out_hops, out_hops);
		FILL(&s->roots[i], out_pointer, out_pointer);
	}
	return ioctl(fd, LIVEDUMP_SNAPSHOT, &s->arg);
}
