// SPDX-License-Identifier: GPL-2.0
/*
 * livedump_test: a thread that runs in a known function on a known CPU, with known registers:
 *
 *   kthread, livedump_test_spin_outer, livedump_test_spin_inner
 *
 * And a tasklet that keeps a CPU in an interrupt that came upon whatever ran there.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/timex.h>
#include <asm/tsc.h>

#include "livedump_test.h"

/* Rounds without a look at anything else: some milliseconds, so it is nearly always in there. */
#define SPIN_ROUNDS	(1 << 18)

/* Less than what RCU calls a stall, and the watchdog a lockup. */
#define SECONDS		10

static struct task_struct *spinner;
static DECLARE_COMPLETION(spins);
static bool alone;

/* Known by what it has in r12 to r15 and in @words, which rbx points to. */
noinline void livedump_test_spin_inner(u64 *words)
{
	register u64 r12 asm("r12") = LIVEDUMP_TEST_SPIN_MAGIC + 12;
	register u64 r13 asm("r13") = LIVEDUMP_TEST_SPIN_MAGIC + 13;
	register u64 r14 asm("r14") = LIVEDUMP_TEST_SPIN_MAGIC + 14;
	register u64 r15 asm("r15") = LIVEDUMP_TEST_SPIN_MAGIC + 15;
	u64 rounds = SPIN_ROUNDS;

	asm volatile("1:	pause\n"
		     "	dec %0\n"
		     "	jnz 1b"
		     : "+c" (rounds)
		     : "b" (words), "r" (r12), "r" (r13), "r" (r14), "r" (r15)
		     : "memory", "cc");
}

/* Begin or end to be alone; @end: when that ends, 0 if it has not begun. Returns the new one. */
static noinline u64 turn(u64 end)
{
	/* By a clock that needs no interrupt. */
	if (!end && READ_ONCE(alone)) {
		local_irq_disable();
		complete(&spins);
		return get_cycles() + (u64)SECONDS * 1000 * tsc_khz;
	}
	if (end && get_cycles() > end) {
		WRITE_ONCE(alone, false);
		local_irq_enable();
		return 0;
	}
	return end;
}

noinline int livedump_test_spin_outer(void *unused)
{
	u64 words[LIVEDUMP_TEST_SPIN_WORDS];
	u64 end = 0;
	int i;

	for (i = 0; i < LIVEDUMP_TEST_SPIN_WORDS; i++)
		words[i] = LIVEDUMP_TEST_SPIN_MAGIC + 0x100 + i;
	livedump_test_publish((unsigned long)words, "spin.words");
	complete(&spins);
	while (!kthread_should_stop()) {
		end = turn(end);
		/* The only call: wherever it is seen in there, it returns to one place. */
		livedump_test_spin_inner(words);
		if (!end)
			cond_resched();
	}
	if (end)
		local_irq_enable();
	return 0;
}

/**
 * livedump_test_spin_start() - start the thread, on the last CPU online
 *
 * Return: 0 or a negative errno.
 */
int livedump_test_spin_start(void)
{
	unsigned int cpu = cpumask_last(cpu_online_mask);
	struct task_struct *new;
	int err;

	if (spinner)
		return -EBUSY;
	new = kthread_create(livedump_test_spin_outer, NULL, "livedump_spin");
	if (IS_ERR(new))
		return PTR_ERR(new);
	kthread_bind(new, cpu);
	spinner = new;
	get_task_struct(spinner);
	reinit_completion(&spins);
	wake_up_process(spinner);
	wait_for_completion(&spins);
	err = livedump_test_publish(cpu, "spin.cpu");
	return err ?: livedump_test_publish(spinner->pid, "spin.pid");
}

/**
 * livedump_test_spin_alone() - let nothing interrupt it for some seconds
 *
 * Return: 0 or a negative errno.
 */
int livedump_test_spin_alone(void)
{
	if (!spinner)
		return -ESRCH;
	if (READ_ONCE(alone))
		return -EBUSY;
	reinit_completion(&spins);
	WRITE_ONCE(alone, true);
	wait_for_completion(&spins);
	return 0;
}

/**
 * livedump_test_spin_stop() - stop it, where it was started
 */
void livedump_test_spin_stop(void)
{
	if (!spinner)
		return;
	WRITE_ONCE(alone, false);
	kthread_stop(spinner);
	put_task_struct(spinner);
	spinner = NULL;
}

static bool softirq_ends, softirq_has_ended;

/* The last CPU online is in here. */
noinline void livedump_test_softirq(struct tasklet_struct *unused)
{
	unsigned long deadline = jiffies + SECONDS * HZ;

	complete(&spins);
	while (!READ_ONCE(softirq_ends) && time_before(jiffies, deadline))
		cpu_relax();
	WRITE_ONCE(softirq_has_ended, true);
}

static DECLARE_TASKLET(softirq, livedump_test_softirq);

static void softirq_raise(void *unused)
{
	tasklet_schedule(&softirq);
}

/**
 * livedump_test_softirq_start() - keep the last CPU online in a softirq
 *
 * Return: 0 or a negative errno.
 */
int livedump_test_softirq_start(void)
{
	int err;

	softirq_ends = false;
	softirq_has_ended = false;
	reinit_completion(&spins);
	err = smp_call_function_single(cpumask_last(cpu_online_mask), softirq_raise, NULL, 1);
	if (!err)
		wait_for_completion(&spins);
	return err;
}

/**
 * livedump_test_softirq_stop() - end it, if it has begun
 *
 * Return: 0, -ETIME where it had ended by itself, as it does after some seconds.
 */
int livedump_test_softirq_stop(void)
{
	bool late = READ_ONCE(softirq_has_ended);

	WRITE_ONCE(softirq_ends, true);
	tasklet_kill(&softirq);
	return late ? -ETIME : 0;
}
