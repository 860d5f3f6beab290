// SPDX-License-Identifier: GPL-2.0
/*
 * livedump_test: a thread that sleeps in a known function, for stack traces:
 *
 *   kthread, livedump_test_outer, livedump_test_inner, schedule
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "livedump_test.h"

static struct task_struct *thread;

/* The barrier keeps the call from becoming a jump, which would leave no frame. */
noinline int livedump_test_inner(unsigned long depth)
{
	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	barrier();
	return depth + 1;
}

noinline int livedump_test_outer(void *depth)
{
	int ret = livedump_test_inner((unsigned long)depth);

	barrier();
	return ret;
}

/**
 * livedump_test_thread_init() - start the thread
 *
 * Return: 0 or a negative errno.
 */
int livedump_test_thread_init(void)
{
	struct task_struct *new = kthread_run(livedump_test_outer, NULL, "livedump_test");

	if (IS_ERR(new))
		return PTR_ERR(new);
	thread = new;
	get_task_struct(thread);
	livedump_test_root.task = thread;
	return livedump_test_publish(thread->pid, "thread.pid");
}

/**
 * livedump_test_thread_exit() - stop it, where it was started
 */
void livedump_test_thread_exit(void)
{
	if (!thread)
		return;
	kthread_stop(thread);
	put_task_struct(thread);
}
