// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: containers: from a head to all entries. What a node looks like is in the kernel's own
 * headers; every node is read from the recorded copy. Others change a container while it is walked,
 * so it may lead anywhere: a tree's nodes are noted in the walk's table and looked at once, a
 * chain's are watched for a ring.
 */
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/rbtree.h>
#include <linux/xarray.h>
#ifdef LD_HAVE_MAPLE_TREE
#include <linux/maple_tree.h>
#endif

#include "walk.h"

/* The end of a hlist_nulls, and the lock bit of the head of a hlist_bl or rhashtable. */
#define LD_HLIST_MARK		1UL

/**
 * struct ld_container - a container that is being stepped through
 * @w: the walk
 * @e: the edge that led to it
 * @entry: what all entries have in common
 * @nr: entries so far
 * @full: nothing more is to be followed
 */
struct ld_container {
	struct ld_walk *w;
	const struct livedump_edge *e;
	struct ld_object entry;
	u32 nr;
	bool full;
};

static void ld_broken(struct ld_container *c)
{
	c->w->out->out_broken++;
	ld_walk_count(c->w, c->entry.from.edge, ld_edge_counter(broken));
}

static void ld_cut(struct ld_container *c)
{
	c->full = true;
	ld_walk_cut(c->w, c->entry.from.edge);
}

/* Whether there is time to go on. */
static bool ld_goes_on(struct ld_container *c)
{
	ld_request_poll(c->w->rq);
	if (c->w->rq->over && !c->full)
		ld_cut(c);
	return !c->full;
}

/* Read a node or link. */
static bool ld_link(struct ld_container *c, u64 addr, void *to, u64 length)
{
	if (ld_walk_read(c->w, addr, to, length))
		return true;
	if (c->w->rq->stop)
		ld_cut(c);
	else
		ld_broken(c);
	return false;
}

/* An entry, by the address of its link. */
static void ld_entry(struct ld_container *c, u64 link)
{
	u32 max = c->w->out->max_list;
	struct ld_object o = c->entry;

	if (max && c->nr >= max) {
		c->w->out->out_long++;
		ld_walk_count(c->w, o.from.edge, ld_edge_counter(long));
		c->full = true;
		return;
	}
	o.addr = link;
	if (c->e->kind != LIVEDUMP_EDGE_CHAIN && c->e->kind != LIVEDUMP_EDGE_ARRAY)
		o.addr -= c->e->arg;
	o.from.slot = c->nr++;
	if (ld_walk_reach(c->w, &o) == LD_CUT)
		c->full = true;
}

/* Lists of all kinds, from link to link. @head: where a ring ends, 0 for a chain. */
static void ld_walk_links(struct ld_container *c, u64 head, u64 link)
{
	u64 next = c->e->kind == LIVEDUMP_EDGE_CHAIN ? c->e->arg : 0;
	u64 mark = c->e->kind == LIVEDUMP_EDGE_HLIST ? LD_HLIST_MARK : 0;
	u64 behind = 0;
	u32 steps = 0;
	u32 power = 1;

	while (link && link != head && !(link & mark)) {
		if (!ld_goes_on(c))
			return;
		/* Brent's: whoever goes round comes back to where he was some power of two ago. */
		if (link == behind || !ld_is_object_address(link)) {
			ld_broken(c);
			return;
		}
		if (++steps == power) {
			behind = link;
			power *= 2;
			steps = 0;
		}
		c->w->out->out_nodes++;
		ld_entry(c, link);
		if (c->full || !ld_link(c, link + next, &link, sizeof(link)))
			return;
	}
	/* A ring has no other end. */
	if (head && link != head)
		ld_broken(c);
}

/* Note a node of a tree, to be looked at later. @key: its address, or what tells as much. */
static enum ld_queued ld_node(struct ld_container *c, u64 key)
{
	struct ld_object o = c->entry;
	enum ld_queued ret;

	if (!ld_is_object_address(key)) {
		ld_broken(c);
		return LD_FOREIGN;
	}
	o.addr = key;
	o.kind = LD_NODE;
	o.type = o.from.edge;
	ret = ld_walk_queue(c->w, &o);
	if (ret == LD_QUEUED)
		c->w->out->out_nodes++;
	else if (ret == LD_CUT)
		ld_cut(c);
	return ret;
}

/* A node below another one: nobody but its parent leads to it. */
static void ld_child(struct ld_container *c, u64 key)
{
	if (key && !c->full && ld_node(c, key) == LD_SEEN)
		ld_broken(c);
}

static void ld_rb_node(struct ld_container *c, u64 key)
{
	struct rb_node node;

	if (!ld_link(c, key, &node, sizeof(node)))
		return;
	ld_child(c, (unsigned long)node.rb_left);
	ld_child(c, (unsigned long)node.rb_right);
	ld_entry(c, key);
}

/* A slot of an xarray or maple tree: a pointer, a number, or a mark of theirs. */
static void ld_slot(struct ld_container *c, const void *value)
{
	if (value && !c->full && !xa_is_value(value) && !xa_is_internal(value))
		ld_entry(c, (unsigned long)value);
}

static void ld_xa_node(struct ld_container *c, u64 key)
{
	struct xa_node node;
	unsigned int i;

	ld_walk_help(c->w, (void *)(unsigned long)key, sizeof(node));
	if (!ld_link(c, key, &node, sizeof(node)))
		return;
	for (i = 0; i < XA_CHUNK_SIZE && !c->full; i++) {
		const void *slot = (__force const void *)node.slots[i];

		if (node.shift && xa_is_node(slot))
			ld_child(c, (unsigned long)xa_to_node(slot));
		else
			ld_slot(c, slot);
	}
}

#ifdef LD_HAVE_MAPLE_TREE
/* What a link to a node says besides its address (lib/maple_tree.c: mte_node_type()) */
#define LD_MAPLE_INFO		255UL
#define LD_MAPLE_TYPE(key)	(((key) >> 3) & 15)

/* Slots in use, as ma_data_end() finds them; one too many in a full node, where no address is. */
static unsigned int ld_maple_slots(const struct maple_node *node, unsigned int type)
{
	if (type == maple_arange_64)
		return min(node->ma64.meta.end + 1, MAPLE_ARANGE64_SLOTS);
	if (node->mr64.pivot[MAPLE_RANGE64_SLOTS - 2])
		return MAPLE_RANGE64_SLOTS;
	return min(node->mr64.meta.end + 1, MAPLE_RANGE64_SLOTS);
}

static void ld_maple_node(struct ld_container *c, u64 key)
{
	u64 addr = key & ~LD_MAPLE_INFO;
	unsigned int type = LD_MAPLE_TYPE(key);
	struct maple_node node;
	unsigned int i, nr;

	ld_walk_help(c->w, (void *)(unsigned long)addr, sizeof(node));
	if (type != maple_leaf_64 && type != maple_range_64 && type != maple_arange_64) {
		ld_broken(c);
		return;
	}
	if (!ld_link(c, addr, &node, sizeof(node)))
		return;
	nr = ld_maple_slots(&node, type);
	for (i = 0; i < nr && !c->full; i++) {
		const void *slot = (__force const void *)(type == maple_arange_64 ?
							  node.ma64.slot[i] : node.mr64.slot[i]);

		if (type == maple_leaf_64)
			ld_slot(c, slot);
		else if (ld_is_object_address((unsigned long)slot))
			ld_child(c, (unsigned long)slot);
	}
}
#else
static void ld_maple_node(struct ld_container *c, u64 key)
{
}
#endif

/* The root of an xarray or maple tree: a node, or the only entry. */
static void ld_walk_tree(struct ld_container *c, u64 first)
{
	enum ld_queued queued;
	u32 i = c->w->objects.vec.nr;

	queued = ld_node(c, first);
	if (queued == LD_SEEN)
		c->w->out->out_seen++;
	if (queued != LD_QUEUED)
		return;
	/* Entries and nodes are queued behind one another; the entries wait for the walk. */
	for (; i < c->w->objects.vec.nr && ld_goes_on(c); i++) {
		const struct ld_object *o = ld_walk_object(c->w, i);

		if (o->kind != LD_NODE)
			continue;
		if (c->e->kind == LIVEDUMP_EDGE_RBTREE)
			ld_rb_node(c, o->addr);
		else if (c->e->kind == LIVEDUMP_EDGE_XARRAY)
			ld_xa_node(c, o->addr);
		else
			ld_maple_node(c, o->addr);
	}
}

/* A row of objects; how many, says the object in which the pointer to the first was, at @at. */
static void ld_walk_row(struct ld_container *c, u64 at, u64 first)
{
	u64 size = c->w->plan.types[c->e->type].size;
	u64 i, nr;

	/* What cannot be read is missing already. */
	if (!ld_walk_number(c->w, at - c->e->offset + c->e->arg, c->e->stride, &nr))
		return;
	if (nr > LIVEDUMP_MAX_OBJECTS || !ld_is_object_address(first)) {
		ld_broken(c);
		return;
	}
	for (i = 0; i < nr && ld_goes_on(c); i++)
		ld_entry(c, first + i * size);
}

/**
 * ld_walk_container() - go on to all entries of a container
 * @w: the walk
 * @e: the edge
 * @head: where its first pointer is
 * @first: and its value, not 0
 * @entry: what all entries have in common: type, depth, and how they were reached
 *
 * May sleep. Entries are queued, nodes recorded.
 */
void ld_walk_container(struct ld_walk *w, const struct livedump_edge *e, u64 head, u64 first,
		       const struct ld_object *entry)
{
	struct ld_container c = { .w = w, .e = e, .entry = *entry };

	switch (e->kind) {
	case LIVEDUMP_EDGE_LIST:
		ld_walk_links(&c, head, first);
		break;
	case LIVEDUMP_EDGE_HLIST:
		/* The mark in a head is a lock, or the end of an empty hlist_nulls. */
		first &= ~LD_HLIST_MARK;
		if (ld_is_object_address(first))
			ld_walk_links(&c, 0, first);
		else if (first)
			w->out->out_foreign++;
		break;
	case LIVEDUMP_EDGE_CHAIN:
		ld_walk_links(&c, 0, first);
		break;
	case LIVEDUMP_EDGE_ARRAY:
		ld_walk_row(&c, head, first);
		break;
	case LIVEDUMP_EDGE_RBTREE:
		ld_walk_tree(&c, first);
		break;
	default:
		/* xarray and maple tree: the mark of a node is the same */
		if (xa_is_node((void *)(unsigned long)first))
			ld_walk_tree(&c, (unsigned long)xa_to_node((void *)(unsigned long)first));
		else
			ld_slot(&c, (void *)(unsigned long)first);
		break;
	}
}
