// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: the walk. Breadth-first over a checked plan; only this file knows about types.
 *
 * The queue and the visited set are one table. It grows while the walk runs; one that was prepared
 * for the whole budget never does. Pointers are read from the recorded copy, so that the file shows
 * what was followed.
 */
#include <linux/errno.h>
#include <linux/err.h>
#include <linux/mm.h>

#include "livedump_private.h"

/* log2 of objects in a chunk: 64 KiB. */
#define LD_OBJECTS_SHIFT	12

/* Objects to make room for at a time: one chunk. */
#define LD_OBJECTS_STEP		BIT(LD_OBJECTS_SHIFT)

/* ld_object.kind of an object with a type; the others are edge kinds. */
#define LD_TYPED		0

/**
 * struct ld_object - something to record
 * @addr: key of the table; several objects may begin at one address
 * @type: index of its type, or its size where the kind has no type
 * @kind: LD_TYPED, LIVEDUMP_EDGE_STRING, LIVEDUMP_EDGE_BYTES
 * @depth: pointer hops from a root
 */
struct ld_object {
	u64 addr;
	u32 type;
	u16 kind;
	u16 depth;
};

/**
 * ld_walk_prepare() - make room for objects beforehand
 * @w: the walk
 * @objects: how many it may find without allocating
 *
 * May sleep.
 *
 * Return: 0, -ENOSPC at the module's cap, -ENOMEM, -EINTR when the caller is being killed.
 */
int ld_walk_prepare(struct ld_walk *w, u32 objects)
{
	w->acct.used = 0;
	w->acct.limit = U64_MAX;
	ld_table_init(&w->objects, &w->acct, sizeof(struct ld_object), LD_OBJECTS_SHIFT);
	return ld_table_reserve(&w->objects, objects);
}

/**
 * ld_walk_finish() - free what ld_walk_prepare() made
 * @w: the walk
 */
void ld_walk_finish(struct ld_walk *w)
{
	ld_table_destroy(&w->objects);
}

static struct ld_object *ld_walk_object(struct ld_walk *w, u32 i)
{
	return ld_vec_at(&w->objects.vec, i);
}

static bool ld_walk_seen(struct ld_walk *w, const struct ld_object *o)
{
	u32 pos = LD_NONE;
	struct ld_object *old;
	u32 i;

	while ((i = ld_table_find(&w->objects, o->addr, &pos)) != LD_NONE) {
		old = ld_walk_object(w, i);
		if (old->type == o->type && old->kind == o->kind)
			return true;
	}
	return false;
}

/* Queue an object that has not been seen. False: a budget is used up, or the request stopped. */
static bool ld_walk_queue(struct ld_walk *w, const struct ld_object *o)
{
	struct ld_object *new;
	int err;

	if (w->objects.vec.nr >= w->max_objects)
		return false;
	if (!ld_table_fits(&w->objects, 1)) {
		err = ld_table_reserve(&w->objects, LD_OBJECTS_STEP);
		if (ld_request_stop(w->rq, err))
			return false;
	}
	new = ld_table_add(&w->objects, o->addr);
	*new = *o;
	return true;
}

static u64 ld_object_size(const struct ld_walk *w, const struct ld_object *o)
{
	return o->kind == LD_TYPED ? w->plan.types[o->type].size : o->type;
}

/*
 * The bytes of @addr up to the end of its page, from the recorded copy, or NULL. Captures the
 * page where this request has not yet.
 */
static const void *ld_walk_bytes(struct ld_walk *w, u64 addr)
{
	u32 page;

	if (ld_capture_virt(w->rq, addr, LIVEDUMP_PAGE_OBJECT, &page, NULL))
		return NULL;
	return ld_store_data(w->rq->store, page) + (addr & ~PAGE_MASK);
}

/* Length of the string at @addr with its NUL, at most @max: captures only the pages it fills. */
static u64 ld_walk_string(struct ld_walk *w, u64 addr, u64 max)
{
	const char *s;
	u64 len = 0;
	u64 room, n;

	while (len < max) {
		room = min_t(u64, max - len, PAGE_SIZE - ((addr + len) & ~PAGE_MASK));
		s = ld_walk_bytes(w, addr + len);
		if (!s)
			return len + room;
		n = strnlen(s, room);
		len += n;
		if (n < room)
			return len + 1;
	}
	return max;
}

static u64 ld_walk_capture(struct ld_walk *w, const struct ld_object *o, u16 hole_flags,
			   u64 *missing)
{
	struct ld_span span = {
		.address = o->addr,
		.length = ld_object_size(w, o),
		.why = LIVEDUMP_PAGE_OBJECT,
		.hole_flags = hole_flags,
	};
	u64 recorded = 0;

	if (o->kind == LIVEDUMP_EDGE_STRING)
		span.length = ld_walk_string(w, o->addr, span.length);
	ld_capture_span(w->rq, &span, &recorded, missing);
	return recorded;
}

static void ld_walk_count(struct ld_walk *w, u64 recorded)
{
	if (recorded)
		w->out->out_objects++;
	w->out->out_object_bytes += recorded;
}

/**
 * ld_walk_root() - capture a root and queue it
 * @w: the walk
 * @address: where it is
 * @type: index of its type
 * @root: its results are added to
 */
void ld_walk_root(struct ld_walk *w, u64 address, u32 type, struct livedump_root *root)
{
	struct ld_object o = { .addr = address, .type = type, .kind = LD_TYPED };
	u64 size = w->plan.types[type].size;
	bool seen = ld_walk_seen(w, &o);
	enum livedump_reason why;
	u64 recorded;

	if (!seen && !ld_walk_queue(w, &o)) {
		why = w->rq->stop ?: LIVEDUMP_BUDGET;
		ld_request_missing(w->rq, address, size, why, LIVEDUMP_HOLE_ASKED);
		root->out_missing[why] += size;
		return;
	}
	recorded = ld_walk_capture(w, &o, LIVEDUMP_HOLE_ASKED, root->out_missing);
	root->out_recorded += recorded;
	if (!seen)
		ld_walk_count(w, recorded);
}

/**
 * ld_walk_help() - capture what readers need to find a root, though nobody asked for it
 * @w: the walk
 * @address: an object of the kernel's
 * @length: bytes
 */
void ld_walk_help(struct ld_walk *w, const void *address, u64 length)
{
	struct ld_span span = {
		.address = (unsigned long)address,
		.length = length,
		.why = LIVEDUMP_PAGE_OBJECT,
	};
	u64 recorded = 0;

	ld_capture_span(w->rq, &span, &recorded, NULL);
}

/**
 * ld_walk_read() - read memory from the recorded copy
 * @w: the walk
 * @addr: where; captured first where this request has not yet
 * @to: our own
 * @length: bytes
 *
 * Return: whether all of it is there.
 */
bool ld_walk_read(struct ld_walk *w, u64 addr, void *to, u64 length)
{
	const void *bytes;
	u64 n;

	while (length) {
		bytes = ld_walk_bytes(w, addr);
		if (!bytes)
			return false;
		/* A packed structure may have it across two pages. */
		n = min_t(u64, length, PAGE_SIZE - (addr & ~PAGE_MASK));
		memcpy(to, bytes, n);
		to += n;
		addr += n;
		length -= n;
	}
	return true;
}

/* An object that is not even queued: nobody will know how long a string would have been. */
static void ld_walk_cut(struct ld_walk *w, const struct ld_object *o)
{
	w->out->out_cut++;
	ld_request_missing(w->rq, o->addr, ld_object_size(w, o), w->rq->stop ?: LIVEDUMP_BUDGET, 0);
}

static void ld_walk_follow(struct ld_walk *w, const struct livedump_edge *e, u64 value, u32 depth)
{
	struct ld_object o = { .addr = value, .depth = depth };

	w->out->out_pointers++;
	if (!value) {
		w->out->out_null++;
		return;
	}
	if (!ld_is_kernel_address(value) || IS_ERR_VALUE((unsigned long)value)) {
		w->out->out_foreign++;
		return;
	}
	if (e->kind == LIVEDUMP_EDGE_POINTER) {
		o.type = e->type;
	} else {
		o.kind = e->kind;
		o.type = e->arg;
	}
	if (ld_walk_seen(w, &o))
		w->out->out_seen++;
	else if (w->rq->stop || !ld_walk_queue(w, &o))
		ld_walk_cut(w, &o);
}

static void ld_walk_edges(struct ld_walk *w, const struct ld_object *o)
{
	const struct livedump_type *t = &w->plan.types[o->type];
	const struct livedump_edge *e;
	u64 addr, value;
	u32 i, k;

	for (i = 0; i < t->nr_edges; i++) {
		e = &w->plan.edges[t->first_edge + i];
		for (k = 0; k < e->count; k++) {
			addr = o->addr + e->offset + (u64)k * e->stride;
			ld_request_poll(w->rq);
			if (w->rq->over)
				return;
			if (ld_walk_read(w, addr, &value, sizeof(value)))
				ld_walk_follow(w, e, value, o->depth + 1);
		}
	}
}

/**
 * ld_walk_run() - walk from the roots that were queued
 * @w: the walk
 *
 * Ends when the queue is empty. What is left of it once a budget or limit is used up is counted
 * as missing.
 */
void ld_walk_run(struct ld_walk *w)
{
	u32 nr_roots = w->objects.vec.nr;
	struct ld_object *o;
	u32 i;

	for (i = 0; i < w->objects.vec.nr; i++) {
		o = ld_walk_object(w, i);
		ld_request_poll(w->rq);
		if (w->rq->over) {
			if (i >= nr_roots)
				ld_request_missing(w->rq, o->addr, ld_object_size(w, o),
						   w->rq->stop, 0);
			continue;
		}
		if (i >= nr_roots)
			ld_walk_count(w, ld_walk_capture(w, o, 0, NULL));
		if (o->kind == LD_TYPED && o->depth < w->depth)
			ld_walk_edges(w, o);
	}
}
