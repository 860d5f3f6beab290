// SPDX-License-Identifier: GPL-2.0
/*
 * livedump_test: boxes: the same items in containers of every kind.
 */
#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "livedump_test.h"

struct livedump_test_box livedump_test_box;
struct livedump_test_box livedump_test_big_box;

static void item_fill(struct livedump_test_item *item, u32 index)
{
	item->magic = LIVEDUMP_TEST_ITEM_MAGIC + index;
	item->index = index;
}

/* Items come in order: the newest is the rightmost. */
static void rb_append(struct rb_root *root, struct rb_node *node)
{
	struct rb_node *parent = rb_last(root);

	rb_link_node(node, parent, parent ? &parent->rb_right : &root->rb_node);
	rb_insert_color(node, root);
}

static int box_trees(struct livedump_test_box *box, struct livedump_test_item *item)
{
	u32 i = item->index;
	int err;

	rb_append(&box->rb, &item->rb);
	err = xa_err(xa_store(&box->xa, livedump_test_place(i), item, GFP_KERNEL));
	if (err)
		return err;
	err = idr_alloc(&box->idr, item, i + 1, i + 2, GFP_KERNEL);
	if (err < 0)
		return err;
#ifdef LIVEDUMP_TEST_MAPLE
	return mtree_store_range(&box->mt, i * 16UL, i * 16UL + 7, item, GFP_KERNEL);
#else
	return 0;
#endif
}

static int box_add(struct livedump_test_box *box, u32 index)
{
	struct livedump_test_item *item = &box->items[index];

	item_fill(item, index);
	list_add_tail(&item->list, &box->list);
	hlist_add_head(&item->bucket, &box->buckets[index % LIVEDUMP_TEST_BUCKETS]);
	llist_add(&item->stack, &box->stack);
	if (index)
		item[-1].next = item;
	/* plist_add() is not exported; all have the same priority. */
	plist_node_init(&item->plist, 0);
	list_add_tail(&item->plist.node_list, &box->plist.node_list);
	return box_trees(box, item);
}

static int box_flex(struct livedump_test_box *box)
{
	u32 i;

	box->flex = kzalloc(sizeof(*box->flex) + LIVEDUMP_TEST_FLEX *
			    sizeof(box->flex->elements[0]), GFP_KERNEL);
	if (!box->flex)
		return -ENOMEM;
	box->flex->magic = LIVEDUMP_TEST_FLEX_MAGIC;
	box->flex->nr = LIVEDUMP_TEST_FLEX;
	for (i = 0; i < LIVEDUMP_TEST_FLEX; i++) {
		box->flex->elements[i].tag = i;
		box->flex->elements[i].item = &box->items[i];
	}
	return 0;
}

static int box_percpu(struct livedump_test_box *box)
{
	unsigned int cpu;

	box->percpu = alloc_percpu(struct livedump_test_item);
	if (!box->percpu)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		item_fill(per_cpu_ptr(box->percpu, cpu), cpu);
	return 0;
}

static void box_empty(struct livedump_test_box *box)
{
	INIT_LIST_HEAD(&box->list);
	plist_head_init(&box->plist);
	xa_init(&box->xa);
	idr_init(&box->idr);
#ifdef LIVEDUMP_TEST_MAPLE
	mt_init(&box->mt);
#endif
}

static int box_publish(struct livedump_test_box *box, const char *name)
{
	const struct {
		const char *what;
		const void *address;
	} all[] = {
		{ "items", box->items },
		{ "list", &box->list },
		{ "buckets", box->buckets },
		{ "stack", &box->stack },
		{ "chain", &box->chain },
		{ "rb", &box->rb.rb_node },
		{ "plist", &box->plist.node_list },
		{ "xa", &box->xa.xa_head },
		{ "idr", &box->idr.idr_rt.xa_head },
#ifdef LIVEDUMP_TEST_MAPLE
		{ "mt", &box->mt.ma_root },
#endif
		{ "flex", &box->flex },
		{ "percpu", &box->percpu },
		{ "percpu0", per_cpu_ptr(box->percpu, 0) },
		{ "percpu1", cpu_possible(1) ? per_cpu_ptr(box->percpu, 1) : NULL },
	};
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		err = livedump_test_publish((unsigned long)all[i].address, "%s.%s", name,
					    all[i].what);
		if (err)
			return err;
	}
	return 0;
}

static int box_fill(struct livedump_test_box *box, u32 nr, const char *name)
{
	int err = 0;
	u32 i;

	if (box->items)
		return 0;
	box_empty(box);
	box->items = vzalloc(array_size(nr, sizeof(*box->items)));
	if (!box->items)
		return -ENOMEM;
	box->nr = nr;
	for (i = 0; i < nr && !err; i++) {
		err = box_add(box, i);
		cond_resched();
	}
	if (err)
		return err;
	box->chain = box->items;
	err = xa_err(xa_store(&box->xa, 1UL << 40, xa_mk_value(42), GFP_KERNEL));
	if (!err)
		err = box_flex(box);
	if (!err)
		err = box_percpu(box);
	return err ?: box_publish(box, name);
}

static void box_free(struct livedump_test_box *box)
{
	if (!box->items)
		return;
	free_percpu(box->percpu);
	kfree(box->flex);
#ifdef LIVEDUMP_TEST_MAPLE
	mtree_destroy(&box->mt);
#endif
	idr_destroy(&box->idr);
	xa_destroy(&box->xa);
	vfree(box->items);
	memset(box, 0, sizeof(*box));
}

/**
 * livedump_test_box_init() - fill the box
 *
 * Return: 0 or a negative errno.
 */
int livedump_test_box_init(void)
{
	return box_fill(&livedump_test_box, LIVEDUMP_TEST_BOX, "box");
}

/**
 * livedump_test_box_more() - fill the big box, if it is not full
 *
 * Return: 0 or a negative errno.
 */
int livedump_test_box_more(void)
{
	int err = box_fill(&livedump_test_big_box, LIVEDUMP_TEST_BIG_BOX, "big");

	if (err)
		box_free(&livedump_test_big_box);
	return err;
}

/** livedump_test_box_less() - empty the big box */
void livedump_test_box_less(void)
{
	box_free(&livedump_test_big_box);
}

/** livedump_test_box_exit() - free the boxes */
void livedump_test_box_exit(void)
{
	livedump_test_box_less();
	box_free(&livedump_test_box);
}
