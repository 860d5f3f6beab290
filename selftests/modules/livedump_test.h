/* SPDX-License-Identifier: GPL-2.0 */
/*
 * livedump_test: shared by the files of the module.
 *
 * To add an object: declare its type in livedump_test_types.h, build it in the file it belongs to,
 * and publish its address. What livedump_test_pages() gives out is freed with the module.
 */
#ifndef LIVEDUMP_TEST_H
#define LIVEDUMP_TEST_H

#include <linux/interrupt.h>
#include <linux/types.h>

#include "livedump_test_types.h"

/* Global, so that they have names in kallsyms: data, a constant, functions. */
extern struct livedump_test_root livedump_test_root;
extern u64 livedump_test_data[4];
extern const char livedump_test_rodata[];
int livedump_test_function(int x);
int livedump_test_outer(void *depth);
int livedump_test_inner(unsigned long depth);

int livedump_test_publish(u64 value, const char *fmt, ...) __printf(2, 3);

void *livedump_test_pages(unsigned int order);
void livedump_test_leaf_fill(struct livedump_test_leaf *leaf, u32 index);
struct livedump_test_leaf *livedump_test_leaf_new(u32 index);
int livedump_test_graph_init(void);

int livedump_test_memory_init(void);
void livedump_test_memory_exit(void);
int livedump_test_map_more(void);

int livedump_test_odd_init(void);
void livedump_test_odd_exit(void);

/* Global for their names, too. */
extern struct livedump_test_box livedump_test_box;
extern struct livedump_test_box livedump_test_big_box;
int livedump_test_box_init(void);
int livedump_test_box_more(void);
void livedump_test_box_less(void);
void livedump_test_box_exit(void);

int livedump_test_storm_start(void);
void livedump_test_storm_stop(void);

int livedump_test_slab_init(void);
void livedump_test_slab_exit(void);
int livedump_test_turn(void);

int livedump_test_spin_outer(void *unused);
void livedump_test_spin_inner(u64 *words);
int livedump_test_spin_start(void);
int livedump_test_spin_alone(void);
void livedump_test_spin_stop(void);
void livedump_test_softirq(struct tasklet_struct *unused);
int livedump_test_softirq_start(void);
int livedump_test_softirq_stop(void);

int livedump_test_thread_init(void);
void livedump_test_thread_exit(void);

#endif
