// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges, and plans with their roots: sound ones, for the changes behind them to break.
 */
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define MAX_OBJECTS	200

/* Numbers that follow from a record, so that a program means the same each time. */
static __u64 next(__u64 *state)
{
	*state = *state * 6364136223846793005 + 1442695040888963407;
	return *state >> 33 | *state << 31;
}

static __u64 range_length(unsigned int selector, __u64 address)
{
	static const __u64 lengths[] = {
		1, 8, 4096, 4097, 8192, 65536, 1 << 20, 16 << 20, (16 << 20) + 1, 1ULL << 32,
		1ULL << 47, 1ULL << 63, ~0ULL, 0,
	};

	if (selector % 16 < lengthof(lengths))
		return lengths[selector % 16];
	return selector % 16 == 14 ? -address : -address - 1;
}

void fill_record(struct call *c)
{
	struct livedump_range *ranges = (void *)c->array[0];
	struct livedump_record *arg = (void *)c->image;
	__u64 seed = c->r->v;
	struct target t;
	__u32 i;

	arg->flags = c->r->b & 0x80 ? c->r->b & 0x7f : c->r->b & 3;
	arg->ranges = array_pointer(c, 0, c->r->c >> 3);
	arg->nr = c->r->a % 8;
	arg->range_size = sizeof(*ranges);
	for (i = 0; i < arg->nr; i++) {
		t = target(i ? next(&seed) : seed);
		memset(&ranges[i], JUNK, sizeof(ranges[i]));
		ranges[i].address = t.address;
		ranges[i].length = range_length((c->r->a >> 4) + i * (c->r->c & 7), t.address);
		ranges[i].flags = (t.physical ? LIVEDUMP_RANGE_PHYS : 0) |
				  (i & 1 ? LIVEDUMP_RANGE_GUESS : 0);
		ranges[i].__reserved = 0;
	}
	if (c->r->a & 8) {
		arg->nr = c->r->v % (LIVEDUMP_MAX_RANGES + 2);
		c->sane = false;
	}
}

/**
 * struct plan - arrays under construction
 * @arg: says how long they are
 * @types: in memory of the worker's own
 * @edges: in memory of the worker's own
 */
struct plan {
	struct livedump_snapshot *arg;
	struct livedump_type *types;
	struct livedump_edge *edges;
};

static void add_type(struct plan *p, __u32 size)
{
	p->types[p->arg->nr_types++] = (struct livedump_type){
		.size = size,
		.first_edge = p->arg->nr_edges,
	};
}

static bool has_type(__u16 kind)
{
	return kind == LIVEDUMP_EDGE_POINTER || kind >= LIVEDUMP_EDGE_PERCPU;
}

static void add_edge(struct plan *p, __u16 kind, __u32 offset, __u32 to, __u32 count,
		     __u32 stride)
{
	p->edges[p->arg->nr_edges++] = (struct livedump_edge){
		.offset = offset,
		.kind = kind,
		.type = has_type(kind) ? to : 0,
		.arg = has_type(kind) ? 0 : to,
		.count = count,
		.stride = stride,
	};
	p->types[p->arg->nr_types - 1].nr_edges++;
}

/* A flexible array in the newest type, and perhaps an edge in that; a container's link; a flag. */
static void add_odds(struct plan *p, __u64 seed, __u32 types)
{
	struct livedump_type *t = &p->types[p->arg->nr_types - 1];
	struct livedump_edge *e = &p->edges[p->arg->nr_edges - 1];
	__u32 size = t->size;

	if (t->nr_edges && e->kind >= LIVEDUMP_EDGE_LIST && e->kind != LIVEDUMP_EDGE_CHAIN)
		e->arg = seed & 7 ? seed >> 3 & 0x1f8 : seed >> 3 & 0xffffff;
	if (t->nr_edges && e->kind == LIVEDUMP_EDGE_ARRAY) {
		e->arg = (seed >> 3) % (size - 7);
		e->stride = 1 << (seed >> 40 & 3);
		e->count = 1;
	}
	if (t->nr_edges && !(seed >> 50 & 3))
		e->flags = e->kind == LIVEDUMP_EDGE_OBJECT && seed >> 52 & 1 ?
			   LIVEDUMP_EDGE_SCAN : LIVEDUMP_EDGE_STEP;
	if (size < 16 || seed >> 53 & 3)
		return;
	t->flex_start = (seed >> 8) % (size + 1);
	t->flex_size = 8 + (seed >> 24 & 31);
	t->flex_count = (seed >> 16) % (size - 7);
	t->flex_width = 1 << (seed >> 32 & 3);
	t->flex_more = seed >> 36 & 1;
	add_edge(p, LIVEDUMP_EDGE_POINTER, t->flex_start, seed % types, 1, 0);
	p->edges[p->arg->nr_edges - 1].flags = LIVEDUMP_EDGE_FLEX;
}

/* Types and edges of all kinds, each within its bounds. */
static void random_plan(struct plan *p, __u64 seed, __u32 types, __u32 edges)
{
	__u32 i, k, kind, count, stride, size, span;

	for (i = 0; i < types; i++) {
		size = 1 + next(&seed) % (next(&seed) % 8 ? 512 : 20000);
		add_type(p, size);
		for (k = next(&seed) % (edges + 1); k && size >= 8; k--) {
			kind = 1 + next(&seed) % LIVEDUMP_EDGE_ARRAY;
			count = next(&seed) % 3 ? 1 : 1 + next(&seed) % (size / 8);
			stride = count > 1 ? 8 + next(&seed) % (size / count - 7) : 0;
			span = (count - 1) * stride + 8;
			if (span > size)
				continue;
			add_edge(p, kind, next(&seed) % (size - span + 1),
				 has_type(kind) ? next(&seed) % types :
				 1 + next(&seed) % 300, count, stride);
			if (kind == LIVEDUMP_EDGE_ARRAY)
				add_odds(p, next(&seed) | 3ULL << 53, types);
		}
		add_odds(p, next(&seed), types);
	}
}

static void make_plan(struct plan *p, const struct rec *r)
{
	switch (r->a % 9) {
	case 0:		/* every word is a pointer */
		add_type(p, 256);
		add_edge(p, LIVEDUMP_EDGE_POINTER, 0, 0, 32, 8);
		break;
	case 1:		/* none is */
		add_type(p, 64);
		break;
	case 2:		/* strings and bytes */
		add_type(p, 512);
		add_edge(p, LIVEDUMP_EDGE_STRING, 0, 200, 32, 8);
		add_edge(p, LIVEDUMP_EDGE_BYTES, 256, 5000, 32, 8);
		break;
	case 3:		/* pointers at all alignments, over page boundaries too */
		add_type(p, 8192);
		add_edge(p, LIVEDUMP_EDGE_POINTER, 1, 1, 900, 9);
		add_type(p, 1);
		break;
	case 4:		/* as large as can be */
		add_type(p, LIVEDUMP_MAX_OBJECT_SIZE);
		add_edge(p, LIVEDUMP_EDGE_STRING, LIVEDUMP_MAX_OBJECT_SIZE - 8,
			 LIVEDUMP_MAX_EDGE_BYTES, 1, 0);
		break;
	case 5:
		random_plan(p, r->v, 4, 4);
		break;
	case 6:
		random_plan(p, r->v, 64, 8);
		break;
	case 7:		/* whatever words are taken for */
		add_type(p, 256);
		add_edge(p, LIVEDUMP_EDGE_OBJECT, 0, 100, 32, 8);
		p->edges[p->arg->nr_edges - 1].flags = r->v >> 58 & LIVEDUMP_EDGE_SCAN;
		break;
	default:	/* the same object as several types */
		add_type(p, 128);
		add_edge(p, LIVEDUMP_EDGE_POINTER, 0, 0, 16, 8);
		add_edge(p, LIVEDUMP_EDGE_POINTER, 0, 1, 16, 8);
		add_edge(p, LIVEDUMP_EDGE_BYTES, 0, 128, 16, 8);
		add_type(p, 128);
		add_edge(p, LIVEDUMP_EDGE_POINTER, 0, 0, 16, 8);
		break;
	}
}

static const char *const caches[] = { "task_struct", "mm_struct", "kmalloc-64", "none" };

static void make_root(struct livedump_root *root, const struct rec *r, __u32 i, __u64 seed,
		      __u32 types)
{
	memset(root, 0, sizeof(*root));
	memset(&root->out_address, JUNK,
	       offsetof(struct livedump_root, path) - offsetof(struct livedump_root, out_address));
	root->nr_path = seed >> 44 & 7 ? 0 : 1 + (seed >> 47 & 3);
	root->type = (r->a >> 6) % types;
	root->kind = (r->b >> 4) + i;
	if (root->kind >= 8)
		root->kind %= 5;
	switch (root->kind) {
	case LIVEDUMP_ROOT_PERCPU:
		root->address = seed % 0x20000;
		root->cpu = seed & 1ULL << 40 ? LIVEDUMP_ALL_CPUS : seed >> 32 & 3;
		break;
	case LIVEDUMP_ROOT_TASK:
		if (root->nr_path || seed >> 50 & 1) {
			root->flags = LIVEDUMP_ROOT_PART;
			root->offset = seed >> 51 & 0xff8;
		}
		root->address = seed & 1 ? (__u32)getpid() : seed >> 1 & 0xff;
		break;
	case LIVEDUMP_ROOT_CPUS:
		root->nr_path = 0;
		root->cpu = LIVEDUMP_ALL_CPUS;
		root->offset = seed >> 51 & 1 ? seed >> 32 & 0xffff : 0;
		if (root->offset)
			root->address = seed >> 52 & 1 ? target(seed).address : seed % 0x40000;
		break;
	case LIVEDUMP_ROOT_SLAB:
		root->nr_path = 0;
		strcpy(root->symbol, caches[seed % lengthof(caches)]);
		break;
	default:
		root->address = target(seed).address;
		if (!(seed % 5))
			strcpy(root->symbol, "init_task");
		break;
	}
}

/* What slabs are: as on the kernel that is fuzzed, but for some members where @seed is not 0. */
void fill_slab(struct livedump_slab *slab, __u64 seed)
{
	static const struct livedump_slab right = {
		.size = sizeof(right),
		.slab_cache = 24,
		.slab_freelist = 32,
		.slab_counters = 40,
		.objects_shift = 16,
		.objects_bits = 15,
		.frozen_shift = 31,
		.cache_name = 96,
		.cache_size = 24,
		.cache_object_size = 28,
		.cache_offset = 40,
		.cache_random = LIVEDUMP_SLAB_NONE,
		.cache_red_left_pad = 88,
		.cache_cpu_slab = 0,
		.cache_sheaf_capacity = LIVEDUMP_SLAB_NONE,
		.cpu_freelist = 0,
		.cpu_slab = 16,
	};
	__u32 *members = (void *)slab;
	int n;

	*slab = right;
	for (n = seed % 4; n; n--)
		members[2 + next(&seed) % (sizeof(right) / 4 - 2)] = next(&seed) % 64 * 4;
}

void fill_snapshot(struct call *c)
{
	struct livedump_snapshot *arg = (void *)c->image;
	struct livedump_root *roots = (void *)c->array[0];
	struct plan p = { arg, (void *)c->array[1], (void *)c->array[2] };
	__u64 seed = c->r->v;
	__u32 i;

	arg->flags = c->r->n & 0x80 ? c->r->n >> 3 : c->r->n >> 3 & 7;
	arg->root_size = sizeof(*roots);
	arg->type_size = sizeof(*p.types);
	arg->edge_size = sizeof(*p.edges);
	arg->nr_roots = 1 + c->r->b % 4;
	arg->nr_types = 0;
	arg->nr_edges = 0;
	make_plan(&p, c->r);
	for (i = 0; i < arg->nr_roots; i++)
		make_root(&roots[i], c->r, i, i ? next(&seed) : seed, arg->nr_types);
	arg->roots = array_pointer(c, 0, c->r->c >> 6 == 3 ? 16 + c->r->v % 16 : 0);
	arg->types = array_pointer(c, 1, c->r->c >> 6 == 2 ? 16 + c->r->v % 16 : 0);
	arg->edges = array_pointer(c, 2, c->r->c >> 6 == 1 ? 16 + c->r->v % 16 : 0);

	/* There is room for so many results; the arrays have the rest of the memory. */
	arg->edge_results = arg->nr_edges <= PAGE / sizeof(struct livedump_edge_result) &&
			    seed & 0x10000 ? (uintptr_t)c->w->arrays + RESULTS_AT : 0;
	arg->edge_result_size = sizeof(struct livedump_edge_result);
	arg->max_list = seed & 0x40000 ? seed >> 20 & 0xff : 1000;
	arg->__reserved = 0;
	arg->slab = 0;
	if (c->r->v >> 56 & 1) {
		fill_slab((void *)roots + ARRAY_SIZE_MAX - sizeof(struct livedump_slab),
			  c->r->v >> 57 & 1 ? c->r->v : 0);
		arg->slab = (uintptr_t)roots + ARRAY_SIZE_MAX - sizeof(struct livedump_slab);
	}
	arg->depth = c->r->c % 8;
	arg->max_objects = c->r->c & 0x20 ? 3 : MAX_OBJECTS;
	arg->max_bytes = c->r->c & 0x10 ? c->r->v & 0xffff : 0;
	arg->max_time_ns = c->r->c & 8 ? c->r->v & 0xffffff : 2000000000;
}
