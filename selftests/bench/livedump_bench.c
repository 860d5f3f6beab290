// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: the yardstick. Holds 64 MiB of direct-mapped memory, and times a bare loop of
 * copy_from_kernel_nofault() over it: into one page, again and again, and into a vmalloc'd buffer
 * that takes it all, as a recording has to. And lists of 10, 1,000, 100,000 and 1,000,000 objects.
 *
 * /sys/kernel/debug/livedump_bench reads as: the lines "nofault NANOSECONDS" and
 * "nofault_buffer NANOSECONDS", timed by that read, then "block ADDRESS LENGTH" for each block, and
 * "list ADDRESS ENTRIES" for each list of struct klist_node.
 */
#include <linux/debugfs.h>
#include <linux/gfp.h>
#include <linux/klist.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define YARD_SIZE	SZ_2M
#define YARD_ORDER	(21 - PAGE_SHIFT)
#define NR_BLOCKS	32

static void *blocks[NR_BLOCKS];
static void *bounce;
static void *buffer;
static struct dentry *file;

static const unsigned int lengths[] = { 10, 1000, 100000, 1000000 };
static struct list_head lists[ARRAY_SIZE(lengths)];
static struct klist_node *nodes[ARRAY_SIZE(lengths)];

static u64 time_nofault(void *to, size_t step)
{
	u64 begin = ktime_get_ns();
	size_t off;
	int i;

	for (i = 0; i < NR_BLOCKS; i++) {
		for (off = 0; off < YARD_SIZE; off += PAGE_SIZE) {
			if (copy_from_kernel_nofault(to, blocks[i] + off, PAGE_SIZE))
				return 0;
			to += step;
		}
		cond_resched();
	}
	return ktime_get_ns() - begin;
}

static int bench_show(struct seq_file *m, void *v)
{
	int i;

	seq_printf(m, "nofault %llu\n", time_nofault(bounce, 0));
	seq_printf(m, "nofault_buffer %llu\n", time_nofault(buffer, PAGE_SIZE));
	for (i = 0; i < NR_BLOCKS; i++)
		seq_printf(m, "block 0x%lx %d\n", (unsigned long)blocks[i], YARD_SIZE);
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		seq_printf(m, "list 0x%lx %u\n", (unsigned long)&lists[i], lengths[i]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(bench);

static void bench_free(void)
{
	int i;

	for (i = 0; i < NR_BLOCKS; i++)
		free_pages((unsigned long)blocks[i], YARD_ORDER);
	for (i = 0; i < ARRAY_SIZE(nodes); i++)
		vfree(nodes[i]);
	free_page((unsigned long)bounce);
	vfree(buffer);
}

static int bench_lists(void)
{
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		INIT_LIST_HEAD(&lists[i]);
		nodes[i] = vzalloc(array_size(lengths[i], sizeof(*nodes[i])));
		if (!nodes[i])
			return -ENOMEM;
		for (k = 0; k < lengths[i]; k++)
			list_add_tail(&nodes[i][k].n_node, &lists[i]);
	}
	return 0;
}

static int __init bench_init(void)
{
	int i;

	bounce = (void *)__get_free_page(GFP_KERNEL);
	buffer = vmalloc(NR_BLOCKS * YARD_SIZE);
	for (i = 0; i < NR_BLOCKS; i++) {
		blocks[i] = (void *)__get_free_pages(GFP_KERNEL, YARD_ORDER);
		if (!bounce || !buffer || !blocks[i]) {
			bench_free();
			return -ENOMEM;
		}
		memset(blocks[i], i + 1, YARD_SIZE);
	}
	if (bench_lists()) {
		bench_free();
		return -ENOMEM;
	}
	file = debugfs_create_file("livedump_bench", 0400, NULL, NULL, &bench_fops);
	return 0;
}

static void __exit bench_exit(void)
{
	debugfs_remove(file);
	bench_free();
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("Yardstick for livedump");
MODULE_LICENSE("GPL");
