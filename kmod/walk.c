// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: the walk, over a checked plan; only this file and container.c know about types.
 * Pointers are read from the recorded copy, so that the file shows what was followed.
 */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/percpu.h>

#include "walk.h"

/**
 * ld_object_size() - bytes of an object, as far as they are known before it is recorded
 * @w: the walk
 * @o: the object
 *
 * Return: bytes.
 */
u64 ld_object_size(const struct ld_walk *w, const struct ld_object *o)
{
	return o->kind == LD_TYPED ? w->plan.types[o->type].size : o->type;
}

static void ld_walk_edges(struct ld_walk *w, const struct ld_visit *v, u16 step);

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

/**
 * ld_walk_number() - read an unsigned number from the recorded copy
 * @w: the walk
 * @addr: where
 * @width: its bytes, up to 8
 * @ret: the number
 *
 * Return: whether it is there.
 */
bool ld_walk_number(struct ld_walk *w, u64 addr, u32 width, u64 *ret)
{
	__le64 raw = 0;

	if (!ld_walk_read(w, addr, &raw, width))
		return false;
	*ret = le64_to_cpu(raw);
	return true;
}

/* How many elements an object has, as the recorded copy says. False: that makes no sense. */
static bool ld_walk_elements(struct ld_walk *w, u64 addr, const struct livedump_type *t, u64 *ret)
{
	u64 nr;

	*ret = 0;
	/* What cannot be read is missing already. */
	if (!t->flex_size || !ld_walk_number(w, addr + t->flex_count, t->flex_width, &nr))
		return true;
	if (nr > LIVEDUMP_MAX_OBJECT_SIZE)
		return false;
	nr += t->flex_more;
	if (t->flex_start + nr * t->flex_size > LIVEDUMP_MAX_OBJECT_SIZE)
		return false;
	*ret = nr;
	return true;
}

/*
 * Of the @size bytes of an object, those that are allocated for it. Some types end in an array of
 * which less is (struct kmem_cache). What lies in the page they begin in is recorded anyway.
 */
static u64 ld_walk_own(struct ld_walk *w, const struct ld_object *o, u64 size)
{
	if (!w->slab || o->kind != LD_TYPED || size <= PAGE_SIZE - (o->addr & ~PAGE_MASK))
		return size;
	return min(size, ld_slab_rest(&w->rq->ram, w->slab, o->addr));
}

/*
 * Capture an object; how long it is turns out on the way. @missing is added to, by reason, and may
 * be NULL. What is not allocated for it is captured where it can be; it is not asked for.
 */
static void ld_walk_capture(struct ld_walk *w, struct ld_visit *v, u64 *missing)
{
	const struct livedump_type *t;
	struct ld_span span = {
		.address = v->o->addr,
		.length = ld_object_size(w, v->o),
		.why = LIVEDUMP_PAGE_OBJECT,
		.hole_flags = v->o->depth ? 0 : LIVEDUMP_HOLE_ASKED,
	};
	struct ld_span beyond = { .why = LIVEDUMP_PAGE_OBJECT };
	u64 end;

	if (v->o->kind == LD_STRING)
		span.length = ld_walk_string(w, v->o->addr, span.length);
	v->length = span.length;
	span.length = ld_walk_own(w, v->o, span.length);
	ld_capture_span(w->rq, &span, &v->recorded, missing);
	beyond.address = span.address + span.length;
	beyond.length = v->length - span.length;
	ld_capture_span(w->rq, &beyond, &v->recorded, NULL);
	if (v->o->kind != LD_TYPED)
		return;
	t = &w->plan.types[v->o->type];
	if (!ld_walk_elements(w, v->o->addr, t, &v->elements))
		w->out->out_broken++;
	end = t->flex_start + v->elements * t->flex_size;
	if (end <= v->length)
		return;
	span.address = v->o->addr + v->length;
	span.length = end - v->length;
	ld_capture_span(w->rq, &span, &v->recorded, missing);
	v->length = end;
}

static void ld_walk_list(struct ld_walk *w, struct ld_visit *v)
{
	const struct ld_object *o = v->o;
	struct livedump_object entry = {
		.address = o->addr,
		.length = v->length,
		.request = w->rq->number,
		.parent = o->from.parent,
		.edge = o->from.edge,
		.type = o->kind == LD_TYPED ? o->type : U32_MAX,
		.slot = o->from.slot,
		.depth = o->depth,
		.flags = o->flags,
	};

	v->listed = LD_NONE;
	if (!(w->rq->flags & LIVEDUMP_LIST_OBJECTS))
		return;
	if (v->recorded < v->length)
		entry.flags |= LIVEDUMP_OBJECT_MISSING;
	v->listed = ld_store_object(w->rq->store, &entry);
}

/**
 * ld_walk_count() - count something for an edge
 * @w: the walk
 * @edge: its index
 * @member: which of the members of struct livedump_edge_result
 */
void ld_walk_count(struct ld_walk *w, u32 edge, size_t member)
{
	u32 *counter;

	if (!w->edges)
		return;
	counter = (void *)&w->edges[edge] + member;
	if (*counter != U32_MAX)
		++*counter;
}

/**
 * ld_walk_cut() - count what no budget is left for
 * @w: the walk
 * @edge: that leads there
 */
void ld_walk_cut(struct ld_walk *w, u32 edge)
{
	w->out->out_cut++;
	ld_walk_count(w, edge, ld_edge_counter(cut));
}

static void ld_walk_record(struct ld_walk *w, struct ld_visit *v, u64 *missing)
{
	ld_walk_capture(w, v, missing);
	if (w->rq->stop && v->recorded < v->length && !v->o->is_root)
		ld_walk_cut(w, v->o->from.edge);
	ld_walk_list(w, v);
	if (v->recorded)
		w->out->out_objects++;
	w->out->out_object_bytes += v->recorded;
}

/**
 * ld_walk_root() - capture a root, queue it, and step to what is as near as itself
 * @w: the walk
 * @address: where it is
 * @type: index of its type
 * @root: its results are added to
 */
void ld_walk_root(struct ld_walk *w, u64 address, u32 type, struct livedump_root *root)
{
	struct ld_object o = {
		.addr = address,
		.type = type,
		.is_root = true,
		.from = { .parent = LIVEDUMP_NO_PARENT, .edge = root - w->roots },
	};
	u64 size = w->plan.types[type].size;
	struct ld_visit v = { .o = &o };
	enum livedump_reason why;
	struct ld_object *queued;

	switch (ld_walk_queue(w, &o)) {
	case LD_CUT:
		why = w->rq->stop ?: LIVEDUMP_BUDGET;
		ld_request_missing(w->rq, address, size, why, LIVEDUMP_HOLE_ASKED);
		root->out_missing[why] += size;
		return;
	case LD_SEEN:
		ld_walk_capture(w, &v, root->out_missing);
		break;
	default:
		queued = ld_walk_object(w, w->objects.vec.nr - 1);
		v.o = queued;
		ld_walk_record(w, &v, root->out_missing);
		queued->from.parent = v.listed;
		ld_walk_edges(w, &v, LIVEDUMP_EDGE_STEP);
		break;
	}
	root->out_recorded += v.recorded;
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
 * ld_walk_cpu_masks() - capture the way by which readers get from a CPU's number to what is its own
 * @w: the walk
 */
void ld_walk_cpu_masks(struct ld_walk *w)
{
#ifdef CONFIG_SMP
	ld_walk_help(w, __per_cpu_offset, nr_cpu_ids * sizeof(__per_cpu_offset[0]));
#endif
	ld_walk_help(w, cpu_possible_mask, cpumask_size());
	ld_walk_help(w, cpu_online_mask, cpumask_size());
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

/**
 * ld_walk_reach() - go on to an object that a pointer leads to
 * @w: the walk
 * @o: the object; its @addr is any value
 *
 * Return: LD_CUT where it is not followed for want of budget, LD_FOREIGN where it is no address of
 * the kernel's, else LD_QUEUED or LD_SEEN.
 */
enum ld_queued ld_walk_reach(struct ld_walk *w, const struct ld_object *o)
{
	enum ld_queued ret;

	if (!ld_is_object_address(o->addr)) {
		w->out->out_foreign++;
		return LD_FOREIGN;
	}
	ret = ld_walk_queue(w, o);
	switch (ret) {
	case LD_QUEUED:
		ld_walk_count(w, o->from.edge, ld_edge_counter(followed));
		break;
	case LD_SEEN:
		w->out->out_seen++;
		break;
	default:
		/* Not even queued: nobody will know how long a string would have been. */
		ld_walk_cut(w, o->from.edge);
		ld_request_missing(w->rq, o->addr, ld_object_size(w, o),
				   w->rq->stop ?: LIVEDUMP_BUDGET, 0);
		break;
	}
	return ret;
}

/* A pointer to memory of unknown type: the object of a slab it lies in, or some bytes. */
static void ld_walk_untyped(struct ld_walk *w, const struct livedump_edge *e, struct ld_object *o)
{
	struct ld_slab_object slab;

	o->kind = e->flags & LIVEDUMP_EDGE_SCAN ? LD_SCANNED : LD_BYTES;
	o->type = e->arg;
	if (ld_is_object_address(o->addr) && ld_slab_object(w, o->addr, &slab)) {
		o->addr = slab.start;
		o->type = slab.size;
		o->flags = LIVEDUMP_OBJECT_SLAB;
		if (slab.status == LD_SLAB_FREE)
			o->flags |= LIVEDUMP_OBJECT_FREE;
	}
	ld_walk_reach(w, o);
}

static void ld_walk_each_cpu(struct ld_walk *w, struct ld_object *o)
{
	u64 offset = o->addr;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		o->addr = offset + per_cpu_offset(cpu);
		o->from.slot = cpu;
		ld_walk_reach(w, o);
	}
}

/* @value was read at @at, through edge @e, as which @o was come to. */
static void ld_walk_follow(struct ld_walk *w, const struct livedump_edge *e, u64 at, u64 value,
			   struct ld_object *o)
{
	w->out->out_pointers++;
	if (!value) {
		w->out->out_null++;
		return;
	}
	o->addr = value;
	o->type = e->type;
	switch (e->kind) {
	case LIVEDUMP_EDGE_POINTER:
		ld_walk_reach(w, o);
		break;
	case LIVEDUMP_EDGE_STRING:
	case LIVEDUMP_EDGE_BYTES:
		o->kind = e->kind == LIVEDUMP_EDGE_STRING ? LD_STRING : LD_BYTES;
		o->type = e->arg;
		ld_walk_reach(w, o);
		break;
	case LIVEDUMP_EDGE_OBJECT:
		ld_walk_untyped(w, e, o);
		break;
	case LIVEDUMP_EDGE_PERCPU:
		ld_walk_each_cpu(w, o);
		break;
	default:
		ld_walk_container(w, e, at, value, o);
		break;
	}
}

/* The pointers of one edge of a visited object. */
static void ld_walk_edge(struct ld_walk *w, const struct ld_visit *v, u32 edge)
{
	const struct livedump_edge *e = &w->plan.edges[edge];
	bool is_flex = e->flags & LIVEDUMP_EDGE_FLEX;
	u64 stride = is_flex ? w->plan.types[v->o->type].flex_size : e->stride;
	u64 nr = is_flex ? v->elements : e->count;
	u64 addr, value, k;

	for (k = 0; k < nr; k++) {
		struct ld_object next = {
			.depth = v->o->depth + !(e->flags & LIVEDUMP_EDGE_STEP),
			.from = { .parent = v->listed, .edge = edge, .slot = k },
		};

		addr = v->o->addr + e->offset + k * stride;
		ld_request_poll(w->rq);
		if (w->rq->over)
			return;
		if (ld_walk_read(w, addr, &value, sizeof(value)))
			ld_walk_follow(w, e, addr, value, &next);
	}
}

/* Those edges of an object whose flags, of LIVEDUMP_EDGE_STEP, are @step. */
static void ld_walk_edges(struct ld_walk *w, const struct ld_visit *v, u16 step)
{
	const struct livedump_type *t = &w->plan.types[v->o->type];
	u32 i;

	for (i = t->first_edge; i < t->first_edge + t->nr_edges && !w->rq->over; i++) {
		if ((w->plan.edges[i].flags & LIVEDUMP_EDGE_STEP) == step)
			ld_walk_edge(w, v, i);
	}
}

/* Every aligned word of an object is a pointer of the edge that led to it. */
static void ld_walk_scan(struct ld_walk *w, const struct ld_visit *v)
{
	const struct livedump_edge *e = &w->plan.edges[v->o->from.edge];
	u64 end = v->o->addr + v->length;
	u64 addr, value;

	for (addr = ALIGN(v->o->addr, sizeof(value)); addr + sizeof(value) <= end;
	     addr += sizeof(value)) {
		struct ld_object next = {
			.depth = v->o->depth + 1,
			.from = { .parent = v->listed, .edge = v->o->from.edge,
				  .slot = (addr - v->o->addr) / sizeof(value) },
		};

		ld_request_poll(w->rq);
		if (w->rq->over)
			return;
		if (ld_walk_read(w, addr, &value, sizeof(value)))
			ld_walk_follow(w, e, addr, value, &next);
	}
}

/**
 * ld_walk_visit() - record an object, and queue what it leads to
 * @w: the walk
 * @o: the object, as queued
 *
 * May sleep.
 */
void ld_walk_visit(struct ld_walk *w, struct ld_object *o)
{
	struct ld_visit v = { .o = o };

	o->visited = true;
	if (o->is_root) {
		/* Captured when it was queued; what is as near as itself was gone to then. */
		v.listed = o->from.parent;
		ld_walk_elements(w, o->addr, &w->plan.types[o->type], &v.elements);
	} else {
		ld_walk_record(w, &v, NULL);
		if (o->kind == LD_TYPED)
			ld_walk_edges(w, &v, LIVEDUMP_EDGE_STEP);
	}
	if (o->depth >= w->depth)
		return;
	if (o->kind == LD_TYPED)
		ld_walk_edges(w, &v, 0);
	else if (o->kind == LD_SCANNED)
		ld_walk_scan(w, &v);
}
