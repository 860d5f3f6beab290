// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: a task as a root: its task_struct, its kernel stack, and the way by which readers get
 * from its pid to it (drgn's find_task() and crash's pid tables: init_pid_ns, the nodes of its idr,
 * struct pid).
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/stddef.h>
#include <linux/xarray.h>

#include "walk.h"

/* The nodes from the root of init_pid_ns.idr down to @nr, read from the recorded copy. */
static void ld_capture_idr(struct ld_walk *w, u32 nr)
{
	const struct xarray *xa = &init_pid_ns.idr.idr_rt;
	const struct xa_node *node;
	const void *entry;
	u64 slot;
	u8 shift;
	int i;

	ld_walk_help(w, &init_pid_ns, sizeof(init_pid_ns));
	if (!ld_walk_read(w, (unsigned long)&xa->xa_head, &entry, sizeof(entry)))
		return;
	/* The tree changes as it is walked, but it never gets this high. */
	for (i = 0; i <= BITS_PER_LONG / XA_CHUNK_SHIFT && xa_is_node(entry); i++) {
		node = xa_to_node(entry);
		ld_walk_help(w, node, sizeof(*node));
		if (!ld_walk_read(w, (unsigned long)&node->shift, &shift, sizeof(shift)) ||
		    shift >= BITS_PER_LONG)
			return;
		slot = ((unsigned long)nr >> shift) & XA_CHUNK_MASK;
		if (!ld_walk_read(w, (unsigned long)&node->slots[slot], &entry, sizeof(entry)))
			return;
	}
}

/**
 * ld_walk_pid() - capture the way by which readers get from its pid to a task
 * @w: the walk
 * @task: referenced
 */
void ld_walk_pid(struct ld_walk *w, struct task_struct *task)
{
	struct pid *pid = get_task_pid(task, PIDTYPE_PID);

	if (!pid)
		return;
	ld_capture_idr(w, pid_nr(pid));
	ld_walk_help(w, pid, offsetof(struct pid, numbers) +
		     ((u64)pid->level + 1) * sizeof(pid->numbers[0]));
	put_pid(pid);
}

/**
 * ld_walk_task() - capture a task
 * @w: the walk
 * @task: referenced
 * @root: the root that asked for it; its results are added to
 */
void ld_walk_task(struct ld_walk *w, struct task_struct *task, struct livedump_root *root)
{
	struct ld_span stack = {
		.address = (unsigned long)READ_ONCE(task->stack),
		.length = THREAD_SIZE,
		.why = LIVEDUMP_PAGE_OBJECT,
		.hole_flags = LIVEDUMP_HOLE_ASKED,
	};

	root->out_address = (unsigned long)task;
	ld_walk_root(w, root->out_address, root->type, root);
	/* A task that has exited has no stack any more; its task_struct says so. */
	if (stack.address)
		ld_capture_span(w->rq, &stack, &root->out_recorded, root->out_missing);
	ld_walk_pid(w, task);
}
