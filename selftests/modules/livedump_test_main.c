// SPDX-License-Identifier: GPL-2.0
/*
 * livedump_test: objects with known contents, for the tests of livedump. This file: the module, its
 * root object, and two files in debugfs:
 *
 *   livedump_test/addresses  lines of "name value", value in hex: where things are
 *   livedump_test/control    takes "bump" (root.counter grows by one) and "map" (map a page by the
 *                            page table that maps map.first already; published as map.last),
 *                            "box" and "unbox" (fill and empty livedump_test_big_box), "storm"
 *                            and "calm" (begin and cease to change things all the time), "spin"
 *                            and "rest" (a thread that runs all the time, or does not), "alone"
 *                            (nothing interrupts that thread for some seconds),
 *                            "softirq" and "no-softirq" (the last CPU is in one, or not; an error
 *                            where that was over before),
 *                            "turn" (the order of two free objects)
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "livedump_test.h"

#define MAX_ADDRESSES	256
#define MAX_PAGES	256

struct livedump_test_address {
	char name[32];
	u64 value;
};

struct livedump_test_block {
	void *pages;
	unsigned int order;
};

struct livedump_test_root livedump_test_root;

static struct livedump_test_address addresses[MAX_ADDRESSES];
static unsigned int nr_addresses;
static struct livedump_test_block blocks[MAX_PAGES];
static unsigned int nr_blocks;
static struct dentry *directory;

/* Protects @addresses, and what "control" changes. */
static DEFINE_MUTEX(lock);

/**
 * livedump_test_publish() - tell tests where something is
 * @value: an address, or any number
 * @fmt: its name
 *
 * A name that is there already gets the new value.
 *
 * Return: 0 or -ENOSPC.
 */
int livedump_test_publish(u64 value, const char *fmt, ...)
{
	struct livedump_test_address new = { .value = value };
	unsigned int i;
	va_list args;

	va_start(args, fmt);
	vsnprintf(new.name, sizeof(new.name), fmt, args);
	va_end(args);

	for (i = 0; i < nr_addresses; i++) {
		if (!strcmp(addresses[i].name, new.name))
			break;
	}
	if (i == MAX_ADDRESSES)
		return -ENOSPC;
	addresses[i] = new;
	nr_addresses = max(nr_addresses, i + 1);
	return 0;
}

/**
 * livedump_test_pages() - pages of known contents, freed with the module
 * @order: log2 of how many, next to each other
 *
 * Return: their address in the direct map, filled with LIVEDUMP_TEST_FILL, or NULL.
 */
void *livedump_test_pages(unsigned int order)
{
	void *pages;

	if (nr_blocks == MAX_PAGES)
		return NULL;
	pages = (void *)__get_free_pages(GFP_KERNEL, order);
	if (!pages)
		return NULL;
	memset(pages, LIVEDUMP_TEST_FILL, PAGE_SIZE << order);
	blocks[nr_blocks++] = (struct livedump_test_block){ pages, order };
	return pages;
}

static void livedump_test_free_pages(void)
{
	while (nr_blocks) {
		nr_blocks--;
		free_pages((unsigned long)blocks[nr_blocks].pages, blocks[nr_blocks].order);
	}
}

static int livedump_test_addresses_show(struct seq_file *s, void *unused)
{
	unsigned int i;

	mutex_lock(&lock);
	for (i = 0; i < nr_addresses; i++)
		seq_printf(s, "%s %llx\n", addresses[i].name, addresses[i].value);
	mutex_unlock(&lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(livedump_test_addresses);

static int livedump_test_command(const char *word)
{
	if (sysfs_streq(word, "bump")) {
		livedump_test_root.counter++;
		return 0;
	}
	if (sysfs_streq(word, "map"))
		return livedump_test_map_more();
	if (sysfs_streq(word, "box"))
		return livedump_test_box_more();
	if (sysfs_streq(word, "unbox")) {
		livedump_test_box_less();
		return 0;
	}
	if (sysfs_streq(word, "spin"))
		return livedump_test_spin_start();
	if (sysfs_streq(word, "rest")) {
		livedump_test_spin_stop();
		return 0;
	}
	if (sysfs_streq(word, "alone"))
		return livedump_test_spin_alone();
	if (sysfs_streq(word, "turn"))
		return livedump_test_turn();
	if (sysfs_streq(word, "softirq"))
		return livedump_test_softirq_start();
	if (sysfs_streq(word, "no-softirq"))
		return livedump_test_softirq_stop();
	if (sysfs_streq(word, "storm"))
		return livedump_test_storm_start();
	if (sysfs_streq(word, "calm")) {
		livedump_test_storm_stop();
		return 0;
	}
	return -EINVAL;
}

static ssize_t livedump_test_control_write(struct file *file, const char __user *from, size_t len,
					   loff_t *pos)
{
	char word[16] = {};
	int err;

	if (len >= sizeof(word))
		return -EINVAL;
	if (copy_from_user(word, from, len))
		return -EFAULT;
	mutex_lock(&lock);
	err = livedump_test_command(word);
	mutex_unlock(&lock);
	return err ?: len;
}

static const struct file_operations livedump_test_control_fops = {
	.owner	= THIS_MODULE,
	.write	= livedump_test_control_write,
};

static void livedump_test_cleanup(void)
{
	livedump_test_softirq_stop();
	livedump_test_spin_stop();
	livedump_test_storm_stop();
	livedump_test_box_exit();
	livedump_test_thread_exit();
	livedump_test_slab_exit();
	livedump_test_odd_exit();
	livedump_test_memory_exit();
	livedump_test_free_pages();
}

static int __init livedump_test_init(void)
{
	int err;

	err = livedump_test_publish((unsigned long)&livedump_test_root, "root");
	if (!err)
		err = livedump_test_graph_init();
	if (!err)
		err = livedump_test_memory_init();
	if (!err)
		err = livedump_test_odd_init();
	if (!err)
		err = livedump_test_slab_init();
	if (!err)
		err = livedump_test_thread_init();
	if (!err)
		err = livedump_test_box_init();
	if (err) {
		livedump_test_cleanup();
		return err;
	}
	directory = debugfs_create_dir("livedump_test", NULL);
	debugfs_create_file("addresses", 0400, directory, NULL, &livedump_test_addresses_fops);
	debugfs_create_file("control", 0200, directory, NULL, &livedump_test_control_fops);
	return 0;
}

static void __exit livedump_test_exit(void)
{
	debugfs_remove_recursive(directory);
	livedump_test_cleanup();
}

module_init(livedump_test_init);
module_exit(livedump_test_exit);

MODULE_DESCRIPTION("Objects with known contents, for the tests of livedump");
MODULE_LICENSE("GPL");
