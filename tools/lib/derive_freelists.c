// SPDX-License-Identifier: GPL-2.0
/*
 * freelists: what counts the objects of slab caches: the slab that each CPU allocates from, with
 * the list of its free objects, which leads through these; slabs that wait for a CPU; slabs of each
 * node that have free objects. From Linux 6.18 on there may be none of the first two.
 */
#include <byteswap.h>
#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "resolver_private.h"
#include "slab_layout.h"

/* More than any host has of each; lists that change meanwhile may go on for ever. */
#define MAX_CACHES	65536
#define MAX_CPUS	8192
#define MAX_NODES	1024
#define MAX_SLABS	65536
#define MAX_OBJECTS	32768
/* So often a list that goes in a circle is recorded anew. */
#define MAX_TRIES	5
/* No slab is larger, in bytes (mm/slub.c: slub_max_order, or what one object takes). */
#define MAX_SLAB	0x400000

/* Where a list has come to: at @at lies the pointer to the next entry. */
struct cursor {
	__u64 at;
	__u64 head;		/* where it began */
	__u64 offset;		/* from an entry to its pointer */
	__u64 random;		/* what pointers between free objects are mixed with */
	__u64 end;		/* head of a ring */
	__u64 behind;		/* where it was, some power of two of entries ago */
	unsigned int steps;	/* since then */
	unsigned int power;
	unsigned int left;
	unsigned int tries;
	bool goes_round;
	bool is_free;		/* free objects, not slabs */
	bool is_head;		/* @at is where the list begins */
	bool is_asked;		/* @at was to be recorded */
};

struct layout {
	struct livedump_slab slab;
	__u64 list;
	__u64 node;
	__u64 partial;		/* of struct kmem_cache_cpu, ~0 if there is none */
	__u64 node_partial;
	__u64 next;		/* of a slab, behind @partial */
	__u64 slab_list;	/* of a slab, behind @node_partial */
	__u64 slab_size;
};

struct walk {
	const struct ld_derive *d;
	struct layout l;
	__u64 *cpus;
	__u64 nr_cpus;
	__u64 nr_nodes;
	struct cursor *cursors;
	size_t nr;
	struct ld_err *err;
};

static int find_layout(struct walk *w)
{
	const char *slab = "struct slab";
	struct ld_btfs *set = ld_resolver_btfs(w->d->resolver, w->err);
	struct layout *l = &w->l;
	struct ld_err ignored;
	__u64 size;

	if (!set || ld_slab_layout(set, &l->slab, w->err))
		return -1;
	/* up to Linux 5.16 */
	if (ld_derive_size(w->d, slab, &l->slab_size, &ignored))
		slab = "struct page";
	l->partial = ~0ULL;
	if (l->slab.cache_cpu_slab != LIVEDUMP_SLAB_NONE &&
	    (ld_derive_offset(w->d, "struct kmem_cache_cpu", "partial", &l->partial, &size,
			      &ignored) ||
	     ld_derive_offset(w->d, slab, "next", &l->next, &size, &ignored)))
		l->partial = ~0ULL;
	return ld_derive_size(w->d, slab, &l->slab_size, w->err) ||
	       ld_derive_offset(w->d, slab, "slab_list.next", &l->slab_list, &size, w->err) ||
	       ld_derive_offset(w->d, "struct kmem_cache", "list.next", &l->list, &size, w->err) ||
	       ld_derive_offset(w->d, "struct kmem_cache", "node", &l->node, &size, w->err) ||
	       ld_derive_offset(w->d, "struct kmem_cache_node", "partial.next", &l->node_partial,
				&size, w->err) ? -1 : 0;
}

static __u64 number_of(const struct walk *w, const char *symbol, __u64 otherwise)
{
	struct ld_err ignored;
	__u32 nr;
	__u64 at;

	if (!ld_derive_symbol(w->d, symbol, &at, NULL) ||
	    ld_peek_read(w->d->peek, at, &nr, sizeof(nr), &ignored))
		return otherwise;
	return nr;
}

static int find_cpus(struct walk *w)
{
	__u64 at;

	w->nr_cpus = number_of(w, "nr_cpu_ids", 1);
	w->nr_nodes = number_of(w, "nr_node_ids", 1);
	if (w->nr_cpus > MAX_CPUS || w->nr_nodes > MAX_NODES)
		return ld_fail(w->err, LD_EXIT_FAILED, "there cannot be %llu CPUs and %llu nodes",
			       w->nr_cpus, w->nr_nodes);
	w->cpus = calloc(w->nr_cpus + 1, sizeof(*w->cpus));
	if (!w->cpus)
		return ld_fail(w->err, LD_EXIT_FAILED, "out of memory");
	/* without CONFIG_SMP per-CPU pointers are plain ones */
	if (!ld_derive_symbol(w->d, "__per_cpu_offset", &at, NULL))
		return 0;
	return ld_peek_read(w->d->peek, at, w->cpus, w->nr_cpus * sizeof(*w->cpus), w->err) < 0 ?
	       -1 : 0;
}

static int add(struct walk *w, const struct cursor *c)
{
	/* twice the room, at powers of two */
	if (!(w->nr & (w->nr - 1))) {
		void *p = reallocarray(w->cursors, w->nr ? 2 * w->nr : 1, sizeof(*c));

		if (!p)
			return ld_fail(w->err, LD_EXIT_FAILED, "out of memory");
		w->cursors = p;
	}
	w->cursors[w->nr] = *c;
	w->cursors[w->nr++].head = c->at;
	return 0;
}

/* What a CPU has of a cache: lists begin in its struct kmem_cache_cpu. */
static int add_cpu(struct walk *w, __u64 cpu, __u64 random, __u32 offset)
{
	const struct layout *l = &w->l;
	const struct cursor lists[] = {
		{
			.at = cpu + l->slab.cpu_freelist, .offset = offset, .random = random,
			.left = MAX_OBJECTS, .is_free = true, .is_head = true,
		},
		/* no list, but one slab */
		{ .at = cpu + l->slab.cpu_slab, .left = 1, .is_head = true },
		{
			.at = cpu + l->partial, .offset = l->next, .left = MAX_SLABS,
			.is_head = true,
		},
	};

	return add(w, &lists[0]) || add(w, &lists[1]) ||
	       (l->partial != ~0ULL && add(w, &lists[2])) ? -1 : 0;
}

/* 1 where something cannot be read */
static int add_cache(struct walk *w, __u64 cache)
{
	const struct layout *l = &w->l;
	struct ld_peek *p = w->d->peek;
	__u64 cpu_slab, node, random = 0, i;
	__u32 offset;
	int rc = 0;

	if (l->slab.cache_cpu_slab != LIVEDUMP_SLAB_NONE) {
		rc = ld_peek_read(p, cache + l->slab.cache_cpu_slab, &cpu_slab, 8, w->err) ?:
		     ld_peek_read(p, cache + l->slab.cache_offset, &offset, 4, w->err);
		if (!rc && l->slab.cache_random != LIVEDUMP_SLAB_NONE)
			rc = ld_peek_read(p, cache + l->slab.cache_random, &random, 8, w->err);
		for (i = 0; i < w->nr_cpus && !rc; i++)
			rc = add_cpu(w, cpu_slab + w->cpus[i], random, offset);
	}
	for (i = 0; i < w->nr_nodes && !rc; i++) {
		rc = ld_peek_read(p, cache + l->node + i * sizeof(node), &node, 8, w->err);
		if (!rc && node)
			rc = add(w, &(struct cursor){
				.at = node + l->node_partial, .offset = l->slab_list,
				.end = node + l->node_partial, .left = MAX_SLABS,
				.is_head = true,
			});
	}
	return rc;
}

static int add_caches(struct walk *w)
{
	__u64 head, at;
	unsigned int i;
	int rc;

	if (!ld_derive_symbol(w->d, "slab_caches", &head, NULL))
		return ld_fail(w->err, LD_EXIT_FAILED, "this kernel has no variable 'slab_caches'");
	rc = ld_peek_read(w->d->peek, head, &at, sizeof(at), w->err);
	for (i = 0; !rc && at != head && i < MAX_CACHES; i++) {
		rc = add_cache(w, at - w->l.list);
		if (!rc)
			rc = ld_peek_read(w->d->peek, at, &at, sizeof(at), w->err);
	}
	return rc < 0 ? -1 : 0;
}

/*
 * A list that has changed since its head was recorded may lead anywhere. crash does not know that
 * either: as long as it could go on, what it would read is recorded.
 */
static bool is_stale(const struct walk *w, const struct cursor *c, __u64 value)
{
	if (value < w->d->peek->session->info.out_kernel_start)
		return true;
	/* objects of one slab lie together */
	if (c->is_free)
		return !c->is_head && value - c->at + MAX_SLAB > 2 * MAX_SLAB;
	/* they lie in an array, which begins at a round address */
	return (c->end ? value - c->offset : value) & ((w->l.slab_size & -w->l.slab_size) - 1);
}

/* Brent's: whoever goes round comes back to where he was. */
static bool goes_round(struct cursor *c)
{
	c->goes_round = c->at == c->behind;
	if (c->goes_round)
		return true;
	if (c->steps++ == c->power) {
		c->behind = c->at;
		c->power = 2 * c->power + 1;
		c->steps = 0;
	}
	return false;
}

/* To the next entry, if there is one. */
static bool step(struct walk *w, struct cursor *c, __u64 value)
{
	/* the first of free objects is told plainly; see freelist_ptr() of mm/slub.c */
	if (c->is_free && c->random && !c->is_head)
		value ^= c->random ^ bswap_64(c->at);
	if (!value || value == c->end || !c->left || is_stale(w, c, value))
		return false;
	c->left--;
	c->is_head = false;
	/* a ring leads to links, not to the start of what they lie in */
	c->at = c->end ? value : value + c->offset;
	return !goes_round(c);
}

/* What is to be recorded of where a cursor is. */
static struct livedump_range here(const struct walk *w, const struct cursor *c)
{
	struct livedump_range range;

	if (c->is_head)
		return ld_derive_range(c->at, sizeof(__u64));
	/* crash looks whether there is an object, then at the pointer in it */
	if (c->is_free)
		range = ld_derive_range(c->at - c->offset, c->offset + sizeof(__u64));
	else
		range = ld_derive_range(c->at - c->offset, w->l.slab_size);
	/* Somebody may have what was free by now. */
	range.flags = LIVEDUMP_RANGE_GUESS;
	return range;
}

/* What is at a cursor. Return: 0; 1 where it, or what crash looks at before, is not recorded; -1 */
static int look(const struct walk *w, const struct cursor *c, __u64 *value)
{
	/* an object may begin on another page */
	if (c->is_free && !c->is_head) {
		int rc = ld_peek_try(w->d->peek, c->at - c->offset, value, sizeof(*value), w->err);

		if (rc)
			return rc;
	}
	return ld_peek_try(w->d->peek, c->at, value, sizeof(*value), w->err);
}

/* As far as memory is recorded. Return: 1 where it is not, 0 at the end of the list, or -1. */
static int advance(struct walk *w, struct cursor *c)
{
	__u64 value;
	int rc;

	do {
		rc = look(w, c, &value);
		if (rc < 0 || (rc && !c->is_asked))
			return rc;
		c->is_asked = false;
	} while (!rc && step(w, c, value));
	return 0;
}

/* What a circle leads through: as much as one request takes. */
static int circle(struct walk *w, const struct cursor *c, struct livedump_range *ranges, __u32 *nr)
{
	struct cursor at = *c;
	__u64 value;
	int rc;

	/* until it comes back to where it is now */
	at.behind = at.at;
	at.power = ~0U;
	at.left = LIVEDUMP_MAX_RANGES - 1;
	*nr = 0;
	do {
		ranges[(*nr)++] = here(w, &at);
		rc = look(w, &at, &value);
	} while (!rc && step(w, &at, value));
	return rc < 0 ? -1 : 0;
}

/*
 * Pages of a list that were recorded at different times may make it a circle, which crash follows
 * for ever: they are recorded anew, all at a time, and the list is followed from its head.
 */
static int straighten(struct walk *w, struct cursor *c)
{
	struct livedump_range *ranges = calloc(LIVEDUMP_MAX_RANGES, sizeof(*ranges));
	__u32 nr;
	int rc;

	if (!ranges)
		return ld_fail(w->err, LD_EXIT_FAILED, "out of memory");
	rc = circle(w, c, ranges, &nr) || ld_peek_renew(w->d->peek, ranges, nr, w->err) ? -1 : 0;
	free(ranges);
	c->at = c->head;
	c->is_head = true;
	c->behind = 0;
	c->steps = 0;
	c->power = 0;
	c->goes_round = false;
	return rc;
}

/* The same, in a list that ends. */
static int advance_straight(struct walk *w, struct cursor *c)
{
	int rc;

	for (;;) {
		rc = advance(w, c);
		if (rc || !c->goes_round || c->tries++ == MAX_TRIES || w->d->peek->cut)
			return rc;
		if (straighten(w, c))
			return -1;
	}
}

/* All lists a step further: those that have ended go. */
static int advance_all(struct walk *w, struct livedump_range *ranges)
{
	size_t i, n = 0;
	int rc;

	for (i = 0; i < w->nr; i++) {
		rc = advance_straight(w, &w->cursors[i]);
		if (rc < 0)
			return -1;
		if (!rc)
			continue;
		w->cursors[i].is_asked = true;
		ranges[n] = here(w, &w->cursors[i]);
		w->cursors[n++] = w->cursors[i];
	}
	w->nr = n;
	return n ? ld_peek_keep(w->d->peek, ranges, n, w->err) : 0;
}

static int walk_all(struct walk *w)
{
	struct livedump_range *ranges = calloc(w->nr + 1, sizeof(*ranges));
	int rc = 0;

	if (!ranges)
		return ld_fail(w->err, LD_EXIT_FAILED, "out of memory");
	while (w->nr && !rc && !w->d->peek->cut)
		rc = advance_all(w, ranges);
	free(ranges);
	return rc;
}

int ld_derive_freelists(const struct ld_derive *d, struct ld_err *err)
{
	struct walk w = { .d = d, .err = err };
	int rc;

	rc = find_layout(&w) || find_cpus(&w) || add_caches(&w) || walk_all(&w) ? -1 : 0;
	free(w.cursors);
	free(w.cpus);
	return rc;
}
