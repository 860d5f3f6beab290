// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: what a walk is to visit, and has visited: breadth-first, hop by hop. Both are one
 * table. It grows while the walk runs; one that was prepared for the whole budget never does.
 */
#include <linux/kernel.h>

#include "walk.h"

/* log2 of objects in a chunk: 128 KiB. */
#define LD_OBJECTS_SHIFT	12

/* Objects to make room for at a time: one chunk. */
#define LD_OBJECTS_STEP		BIT(LD_OBJECTS_SHIFT)

/* Most nodes of trees: a sparse one has several for an entry, and some come before all entries. */
#define LD_NODES		8ULL
#define LD_MORE_NODES		1024

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
	w->at = 0;
	w->late = LD_NONE;
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

/*
 * By a step that is no hop an object turns out to be nearer than it was thought to be. It has not
 * been visited yet, for the nearer ones come first.
 */
static void ld_walk_nearer(struct ld_walk *w, u32 i, const struct ld_object *o)
{
	struct ld_object *old = ld_walk_object(w, i);

	old->depth = o->depth;
	old->from = o->from;
	if (i < w->at) {
		old->late = w->late;
		w->late = i;
	}
}

static bool ld_walk_seen(struct ld_walk *w, const struct ld_object *o)
{
	u32 pos = LD_NONE;
	struct ld_object *old;
	u32 i;

	while ((i = ld_table_find(&w->objects, o->addr, &pos)) != LD_NONE) {
		old = ld_walk_object(w, i);
		if (old->type != o->type || old->kind != o->kind)
			continue;
		if (o->depth < old->depth)
			ld_walk_nearer(w, i, o);
		return true;
	}
	return false;
}

/**
 * ld_walk_queue() - queue something to visit
 * @w: the walk
 * @o: what
 *
 * May sleep. Where something is queued for the first time, it is counted for the edge that led to
 * it.
 *
 * Return: LD_QUEUED, LD_SEEN where it was queued before, LD_CUT where a budget is used up or the
 * request has stopped.
 */
enum ld_queued ld_walk_queue(struct ld_walk *w, const struct ld_object *o)
{
	bool is_node = o->kind == LD_NODE;
	u32 *nr = is_node ? &w->nr_nodes : &w->nr_objects;
	u64 max = is_node ? w->max_objects * LD_NODES + LD_MORE_NODES : w->max_objects;
	struct ld_object *new;
	int err;

	if (ld_walk_seen(w, o))
		return LD_SEEN;
	/* Of roots, what is recorded already still counts. */
	if ((w->rq->stop && !o->is_root) || *nr >= max)
		return LD_CUT;
	if (!ld_table_fits(&w->objects, 1)) {
		err = ld_table_reserve(&w->objects, LD_OBJECTS_STEP);
		if (ld_request_stop(w->rq, err))
			return LD_CUT;
	}
	new = ld_table_add(&w->objects, o->addr);
	*new = *o;
	++*nr;
	return LD_QUEUED;
}

/*
 * Visit what is @level hops from a root, from object @first on. Return: the first that is farther,
 * or where there was no more time.
 */
static u32 ld_walk_level(struct ld_walk *w, u32 level, u32 first)
{
	u32 farther = LD_NONE;
	struct ld_object *o;

	for (w->at = first; w->at < w->objects.vec.nr; w->at++) {
		ld_request_poll(w->rq);
		o = ld_walk_object(w, w->at);
		if (o->visited || o->kind == LD_NODE)
			continue;
		if (w->rq->over)
			break;
		if (o->depth > level) {
			farther = min(farther, w->at);
			continue;
		}
		ld_walk_visit(w, o);
		while (w->late != LD_NONE && !w->rq->over) {
			o = ld_walk_object(w, w->late);
			w->late = o->late;
			ld_walk_visit(w, o);
		}
	}
	return min(farther, w->at);
}

/**
 * ld_walk_run() - walk from the roots that were queued
 * @w: the walk
 *
 * Ends when all is visited. What is left once a budget or limit is used up is counted as missing.
 */
void ld_walk_run(struct ld_walk *w)
{
	struct ld_object *o;
	u32 i = 0, level;

	for (level = 0; level <= w->depth && !w->rq->over; level++)
		i = ld_walk_level(w, level, i);
	for (; i < w->objects.vec.nr; i++) {
		o = ld_walk_object(w, i);
		if (o->visited || o->is_root || o->kind == LD_NODE)
			continue;
		ld_walk_cut(w, o->from.edge);
		ld_request_missing(w->rq, o->addr, ld_object_size(w, o), w->rq->stop,
				   o->depth ? 0 : LIVEDUMP_HOLE_ASKED);
	}
}
