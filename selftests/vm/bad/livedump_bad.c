// SPDX-License-Identifier: GPL-2.0
/*
 * A module with every bug the debug kernels are there to find: insmod livedump_bad.ko bug=NAME.
 * selftests/vm/selftest_debug.sh shows that each is found. Nothing here brings the kernel down.
 */
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

static char *bug = "none";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "which one");

static DEFINE_SPINLOCK(first);
static DEFINE_SPINLOCK(second);
static int __rcu *protected;
static unsigned long counter;
static void *forgotten_on_exit;

static void nothing(void)
{
}

/* The compiler must not see through any of these. */
static void use_after_free(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	/* Not written to: KASAN keeps a list there. */
	if (p)
		READ_ONCE(*p);
}

static void past_the_end(void)
{
	char *p = vmalloc(100);

	OPTIMIZER_HIDE_VAR(p);
	if (p)
		WRITE_ONCE(p[100], 1);
	vfree(p);
}

static void stack_past_the_end(void)
{
	char bytes[16] = {};
	char *p = bytes;
	size_t n = sizeof(bytes) + 2;

	OPTIMIZER_HIDE_VAR(p);
	OPTIMIZER_HIDE_VAR(n);
	READ_ONCE(p[n]);
}

static void shift(void)
{
	unsigned int by = 40;
	int value = 1;

	OPTIMIZER_HIDE_VAR(by);
	value <<= by;
	OPTIMIZER_HIDE_VAR(value);
}

static void array_index(void)
{
	static int array[4];
	unsigned int index = ARRAY_SIZE(array) + 1;	/* &array[4] is still allowed */

	OPTIMIZER_HIDE_VAR(index);
	READ_ONCE(array[index]);
}

static void lock_order(void)
{
	spin_lock(&first);
	spin_lock(&second);
	spin_unlock(&second);
	spin_unlock(&first);

	spin_lock(&second);
	spin_lock(&first);
	spin_unlock(&first);
	spin_unlock(&second);
}

static void sleep_in_atomic(void)
{
	spin_lock(&first);
	might_sleep();
	spin_unlock(&first);
}

static void rcu_without_lock(void)
{
	if (rcu_dereference(protected))
		barrier();
}

static void never(struct timer_list *timer)
{
}

static void free_active_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, never, 0);
	mod_timer(timer, jiffies + 1000 * HZ);
	kfree(timer);
}

static void list_del_twice(void)
{
	LIST_HEAD(head);
	struct list_head entry;

	list_add(&entry, &head);
	list_del(&entry);
	list_del(&entry);
}

static void smp_id(void)
{
	unsigned int id = smp_processor_id();

	OPTIMIZER_HIDE_VAR(id);
}

static void warn(void)
{
	WARN(1, "on purpose\n");
}

static void leak(void)
{
	void *p = kmalloc(200, GFP_KERNEL);

	if (p)
		memset(p, 0x5a, 200);
	OPTIMIZER_HIDE_VAR(p);
}

static void leak_on_exit(void)
{
	forgotten_on_exit = kmalloc(200, GFP_KERNEL);
}

static void stay(void)
{
	__module_get(THIS_MODULE);
}

static int racer(void *unused)
{
	while (!kthread_should_stop()) {
		counter++;
		cond_resched();
	}
	return 0;
}

static void race(void)
{
	struct task_struct *task = kthread_run(racer, NULL, "racer");
	unsigned long end = jiffies + 10 * HZ;

	if (IS_ERR(task))
		return;
	while (time_before(jiffies, end)) {
		counter++;
		cond_resched();
	}
	kthread_stop(task);
}

static const struct {
	const char *name;
	void (*function)(void);
} bugs[] = {
	{ "none", nothing },
	{ "use-after-free", use_after_free },
	{ "past-the-end", past_the_end },
	{ "stack-past-the-end", stack_past_the_end },
	{ "shift", shift },
	{ "array-index", array_index },
	{ "lock-order", lock_order },
	{ "sleep-in-atomic", sleep_in_atomic },
	{ "rcu-without-lock", rcu_without_lock },
	{ "free-active-timer", free_active_timer },
	{ "list-del-twice", list_del_twice },
	{ "smp-id", smp_id },
	{ "warn", warn },
	{ "leak", leak },
	{ "leak-on-exit", leak_on_exit },
	{ "stay", stay },
	{ "race", race },
};

static int __init bad_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (!strcmp(bugs[i].name, bug)) {
			bugs[i].function();
			return 0;
		}
	}
	return -EINVAL;
}

static void __exit bad_exit(void)
{
}

module_init(bad_init);
module_exit(bad_exit);
MODULE_DESCRIPTION("livedump: bugs for the debug kernels to find");
MODULE_LICENSE("GPL");
