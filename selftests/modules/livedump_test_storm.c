// SPDX-License-Identifier: GPL-2.0
/*
 * livedump_test: containers that two threads change as fast as they can: items are added, poisoned,
 * removed and freed, and their memory comes back as other items.
 */
#include <linux/kthread.h>
#include <linux/poison.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "livedump_test.h"

#define STORM_THREADS	2
#define STORM_ITEMS	512

static struct livedump_test_box storm;
static struct livedump_test_item *storm_items[STORM_ITEMS];
static struct task_struct *storm_threads[STORM_THREADS];
static DEFINE_SPINLOCK(storm_lock);

static void storm_rb_add(struct livedump_test_item *item)
{
	struct rb_node **link = &storm.rb.rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		parent = *link;
		link = rb_entry(parent, struct livedump_test_item, rb)->index < item->index ?
		       &parent->rb_right : &parent->rb_left;
	}
	rb_link_node(&item->rb, parent, link);
	rb_insert_color(&item->rb, &storm.rb);
}

static void storm_add(struct livedump_test_item *item, u32 i)
{
	item->magic = LIVEDUMP_TEST_ITEM_MAGIC + i;
	item->index = i;
	list_add_tail(&item->list, &storm.list);
	hlist_add_head(&item->bucket, &storm.buckets[i % LIVEDUMP_TEST_BUCKETS]);
	storm_rb_add(item);
	storm_items[i] = item;
}

static void storm_remove(struct livedump_test_item *item, u32 i)
{
	list_del(&item->list);
	hlist_del(&item->bucket);
	rb_erase(&item->rb, &storm.rb);
	memset(&item->rb, POISON_FREE, sizeof(item->rb));
	storm_items[i] = NULL;
}

/* For as long as the lock is held, the list leads nowhere, or round in a ring. */
static void storm_spoil(struct livedump_test_item *item)
{
	struct list_head *next = item->list.next;

	WRITE_ONCE(item->list.next, item->index & 1 ? LIST_POISON1 : &item->list);
	cpu_relax();
	WRITE_ONCE(item->list.next, next);
}

static void storm_step(void)
{
	u32 i = get_random_u32() % STORM_ITEMS;
	struct livedump_test_item *new = kzalloc(sizeof(*new), GFP_KERNEL);
	struct livedump_test_item *old;

	spin_lock(&storm_lock);
	old = storm_items[i];
	if (old) {
		storm_spoil(old);
		storm_remove(old, i);
	} else if (new) {
		storm_add(new, i);
		new = NULL;
	}
	spin_unlock(&storm_lock);
	if (i & 1)
		xa_store(&storm.xa, livedump_test_place(i * 3), &storm_items[i], GFP_KERNEL);
	else
		xa_erase(&storm.xa, livedump_test_place((i + 1) * 3));
#ifdef LIVEDUMP_TEST_MAPLE
	if (i & 2)
		mtree_store_range(&storm.mt, i, i + 5, &storm_items[i], GFP_KERNEL);
	else
		mtree_erase(&storm.mt, i);
#endif
	kfree(old);
	kfree(new);
}

static int storm_thread(void *unused)
{
	while (!kthread_should_stop()) {
		storm_step();
		cond_resched();
	}
	return 0;
}

static void storm_clear(void)
{
	u32 i;

	if (!storm.list.next)
		return;
	for (i = 0; i < STORM_ITEMS; i++) {
		kfree(storm_items[i]);
		storm_items[i] = NULL;
	}
	xa_destroy(&storm.xa);
#ifdef LIVEDUMP_TEST_MAPLE
	mtree_destroy(&storm.mt);
#endif
	memset(storm.buckets, 0, sizeof(storm.buckets));
	storm.rb = RB_ROOT;
}

static int storm_publish(void)
{
	int err = livedump_test_publish((unsigned long)&storm.list, "storm.list");

	if (!err)
		err = livedump_test_publish((unsigned long)storm.buckets, "storm.buckets");
	if (!err)
		err = livedump_test_publish((unsigned long)&storm.rb.rb_node, "storm.rb");
	if (!err)
		err = livedump_test_publish((unsigned long)&storm.xa.xa_head, "storm.xa");
#ifdef LIVEDUMP_TEST_MAPLE
	if (!err)
		err = livedump_test_publish((unsigned long)&storm.mt.ma_root, "storm.mt");
#endif
	return err;
}

/**
 * livedump_test_storm_start() - begin to change things
 *
 * Return: 0 or a negative errno; a storm that blows already goes on.
 */
int livedump_test_storm_start(void)
{
	struct task_struct *t;
	int i, err;

	if (storm_threads[0])
		return 0;
	INIT_LIST_HEAD(&storm.list);
	xa_init(&storm.xa);
#ifdef LIVEDUMP_TEST_MAPLE
	mt_init(&storm.mt);
#endif
	err = storm_publish();
	for (i = 0; i < STORM_THREADS && !err; i++) {
		t = kthread_run(storm_thread, NULL, "livedump_storm%d", i);
		if (IS_ERR(t))
			err = PTR_ERR(t);
		else
			storm_threads[i] = t;
	}
	if (err)
		livedump_test_storm_stop();
	return err;
}

/** livedump_test_storm_stop() - end the storm and free what it has left */
void livedump_test_storm_stop(void)
{
	int i;

	for (i = 0; i < STORM_THREADS; i++) {
		if (storm_threads[i])
			kthread_stop(storm_threads[i]);
		storm_threads[i] = NULL;
	}
	storm_clear();
}
