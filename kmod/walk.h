/* SPDX-License-Identifier: GPL-2.0 */
/*
 * livedump: the walk, and those who know one kind of object each: containers, slabs, tasks, CPUs.
 */
#ifndef LIVEDUMP_WALK_H
#define LIVEDUMP_WALK_H

#include "livedump_private.h"

/* ---- walk.c ---- */

/* ld_object.kind */
enum ld_object_kind {
	LD_TYPED,	/* an object of a type of the plan */
	LD_STRING,
	LD_BYTES,
	LD_SCANNED,	/* bytes, each word of which may be a pointer */
	LD_NODE,	/* of a container: noted so that it is looked at once; see container.c */
};

/**
 * struct ld_from - how something was reached
 * @parent: index of the object it was reached from in the store's list, or LIVEDUMP_NO_PARENT;
 *	of a root that is queued, its own index in that list
 * @edge: index of the edge, of a root its own
 * @slot: which of the edge's pointers
 */
struct ld_from {
	u32 parent;
	u32 edge;
	u32 slot;
};

/**
 * struct ld_object - something to record
 * @addr: key of the table; several objects may begin at one address
 * @type: of LD_TYPED, index of its type; of a node, of its edge; else bytes
 * @kind: enum ld_object_kind
 * @is_root: captured when it was queued
 * @visited: it has been, or is being
 * @depth: pointer hops from a root
 * @flags: LIVEDUMP_OBJECT_*, as far as known
 * @from: the way that was found first, of those with the fewest hops
 * @late: the next of the walk's late objects
 */
struct ld_object {
	u64 addr;
	u32 type;
	u8 kind;
	u8 is_root : 1;
	u8 visited : 1;
	u8 depth;
	u8 flags;
	struct ld_from from;
	u32 late;
};

/**
 * struct ld_visit - an object that is being recorded
 * @o: the object
 * @length: bytes it measures, flexible array and all
 * @recorded: of them, recorded
 * @elements: of its flexible array
 * @listed: its index in the store's list, or LD_NONE
 */
struct ld_visit {
	const struct ld_object *o;
	u64 length;
	u64 recorded;
	u64 elements;
	u32 listed;
};

/* What became of something that was to be queued. */
enum ld_queued {
	LD_QUEUED,
	LD_SEEN,	/* it was queued before */
	LD_CUT,		/* no budget is left, or the request has stopped */
	LD_FOREIGN,	/* its address is not one of the kernel's */
};

/**
 * struct ld_walk - a walk over objects
 * @rq: the request it serves
 * @plan: checked
 * @depth: pointer hops
 * @objects: struct ld_object, queue and visited set in one
 * @acct: pays for @objects
 * @at: index of the object that is visited, or was before the late ones
 * @late: index of an object before it that has turned out to be as near, or LD_NONE
 * @max_objects: budget, of objects and of nodes
 * @nr_objects: objects queued
 * @nr_nodes: nodes queued
 * @roots: the caller's
 * @edges: what became of each edge of the plan, or NULL
 * @slab: checked, or NULL
 * @out: counters, in the caller's terms
 */
struct ld_walk {
	struct ld_request *rq;
	struct ld_plan plan;
	u32 depth;
	struct ld_table objects;
	struct ld_account acct;
	u32 at;
	u32 late;
	u32 max_objects;
	u32 nr_objects;
	u32 nr_nodes;
	struct livedump_root *roots;
	struct livedump_edge_result *edges;
	const struct livedump_slab *slab;
	struct livedump_snapshot *out;
};

/** ld_walk_object() - entry @i of the queue of @w. Return: the entry; it never moves. */
static inline struct ld_object *ld_walk_object(struct ld_walk *w, u32 i)
{
	return ld_vec_at(&w->objects.vec, i);
}

/* For ld_walk_count(). */
#define ld_edge_counter(member)	offsetof(struct livedump_edge_result, out_##member)

u64 ld_object_size(const struct ld_walk *w, const struct ld_object *o);
void ld_walk_visit(struct ld_walk *w, struct ld_object *o);
enum ld_queued ld_walk_reach(struct ld_walk *w, const struct ld_object *o);
void ld_walk_count(struct ld_walk *w, u32 edge, size_t member);
void ld_walk_cut(struct ld_walk *w, u32 edge);
void ld_walk_root(struct ld_walk *w, u64 address, u32 type, struct livedump_root *root);
void ld_walk_help(struct ld_walk *w, const void *address, u64 length);
void ld_walk_cpu_masks(struct ld_walk *w);
bool ld_walk_read(struct ld_walk *w, u64 addr, void *to, u64 length);
bool ld_walk_number(struct ld_walk *w, u64 addr, u32 width, u64 *ret);

/* ---- queue.c ---- */

int ld_walk_prepare(struct ld_walk *w, u32 objects);
void ld_walk_finish(struct ld_walk *w);
enum ld_queued ld_walk_queue(struct ld_walk *w, const struct ld_object *o);
void ld_walk_run(struct ld_walk *w);

/* ---- container.c ---- */

void ld_walk_container(struct ld_walk *w, const struct livedump_edge *e, u64 head, u64 first,
		       const struct ld_object *entry);

/* ---- slab.c ---- */

/* What ld_slab_find() found. */
enum ld_slab_kind {
	LD_NO_SLAB,
	LD_IN_SLAB,	/* in a slab, but in none of its objects, or KFENCE's: nobody can know */
	LD_IN_OBJECT,
};

/* Is an object of a slab free? */
enum ld_slab_status {
	LD_SLAB_UNKNOWN,
	LD_SLAB_FREE,
	LD_SLAB_ALLOCATED,
};

/**
 * struct ld_slab_object - an object of a slab
 * @start: its first byte
 * @size: bytes a caller of the allocator may use
 * @status: enum ld_slab_status
 * @stride: bytes from one object of the slab to the next
 * @index: its number in the slab
 * @objects: of the slab
 * @slab: address of struct slab
 * @cache: address of struct kmem_cache
 * @name: address of the cache's name
 */
struct ld_slab_object {
	u64 start;
	u32 size;
	enum ld_slab_status status;
	u32 stride;
	u32 index;
	u32 objects;
	u64 slab;
	u64 cache;
	u64 name;
};

int ld_slab_layout(u64 user, struct livedump_slab *ret);
enum ld_slab_kind ld_slab_find(struct ld_ram *ram, const struct livedump_slab *layout, u64 addr,
			       struct ld_slab_object *ret);
u64 ld_slab_rest(struct ld_ram *ram, const struct livedump_slab *layout, u64 addr);
void ld_slab_name(struct ld_ram *ram, u64 name, char *to, size_t size);
bool ld_slab_object(struct ld_walk *w, u64 addr, struct ld_slab_object *ret);
void ld_walk_slab(struct ld_walk *w, struct livedump_root *root);

/* ---- task.c ---- */

void ld_walk_pid(struct ld_walk *w, struct task_struct *task);
void ld_walk_task(struct ld_walk *w, struct task_struct *task, struct livedump_root *root);

/* ---- regs.c ---- */

void ld_walk_cpus(struct ld_walk *w, struct livedump_root *root);

#endif
