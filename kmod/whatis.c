// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: LIVEDUMP_WHATIS: what an address is, as far as only the kernel can know. Sections,
 * vmalloc areas and page flags are in /proc and /sys for the caller to read.
 */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "walk.h"

static int ld_whatis_symbol(struct livedump_whatis *arg)
{
	char *buf = kmalloc(KSYM_SYMBOL_LEN, LD_GFP);

	if (!buf)
		return -ENOMEM;
	sprint_symbol(buf, arg->address);
	/* "0x..." for an address without a name. */
	if (buf[0] != '0')
		strscpy(arg->out_symbol, buf, sizeof(arg->out_symbol));
	kfree(buf);
	return 0;
}

static void ld_whatis_page(struct ld_ram *ram, struct livedump_whatis *arg)
{
	struct ld_mapping m;

	if (is_vmalloc_addr((void *)(unsigned long)arg->address))
		arg->out_flags |= LIVEDUMP_WHATIS_VMALLOC;
	if (is_kfence_address((void *)(unsigned long)arg->address))
		arg->out_flags |= LIVEDUMP_WHATIS_KFENCE;
	arg->out_reason = ld_translate(ram, arg->address, &m);
	if (arg->out_reason)
		return;
	arg->out_flags |= LIVEDUMP_WHATIS_PAGE;
	arg->out_paddr = PFN_PHYS(m.pfn) + (arg->address & ~PAGE_MASK);
	arg->out_reason = ld_read_allowed(ram, m.pfn, 0);
}

static void ld_whatis_slab(struct ld_ram *ram, const struct livedump_slab *layout,
			   struct livedump_whatis *arg)
{
	enum ld_slab_kind kind;
	struct ld_slab_object o;

	kind = ld_slab_find(ram, layout, arg->address, &o);
	if (kind == LD_NO_SLAB)
		return;
	arg->out_flags |= LIVEDUMP_WHATIS_SLAB;
	arg->out_slab = o.slab;
	arg->out_cache = o.cache;
	ld_slab_name(ram, o.name, arg->out_cache_name, sizeof(arg->out_cache_name));
	if (kind != LD_IN_OBJECT)
		return;
	arg->out_flags |= LIVEDUMP_WHATIS_OBJECT;
	arg->out_start = o.start;
	arg->out_length = o.size;
	arg->out_stride = o.stride;
	arg->out_index = o.index;
	arg->out_objects = o.objects;
	if (o.status == LD_SLAB_FREE)
		arg->out_flags |= LIVEDUMP_WHATIS_FREE;
	else if (o.status == LD_SLAB_ALLOCATED)
		arg->out_flags |= LIVEDUMP_WHATIS_ALLOCATED;
}

static void ld_whatis_percpu(struct livedump_whatis *arg)
{
	unsigned int cpu;
	u64 offset;

	for_each_possible_cpu(cpu) {
		offset = arg->address - per_cpu_offset(cpu);
		if (offset < arg->percpu_start || offset >= arg->percpu_end)
			continue;
		arg->out_flags |= LIVEDUMP_WHATIS_PERCPU;
		arg->out_percpu = offset;
		arg->out_cpu = cpu;
		return;
	}
}

/* Addresses are compared only; of a task that exits meanwhile they still say what was so. */
static bool ld_whatis_try(struct task_struct *task, struct livedump_whatis *arg)
{
	u64 stack = (unsigned long)READ_ONCE(task->stack);

	if (arg->address == (unsigned long)task)
		arg->out_flags |= LIVEDUMP_WHATIS_TASK;
	else if (stack && arg->address - stack < THREAD_SIZE)
		arg->out_flags |= LIVEDUMP_WHATIS_STACK;
	else
		return false;
	arg->out_task = (unsigned long)task;
	arg->out_stack = stack;
	arg->out_pid = task_pid_vnr(task);
	memcpy(arg->out_comm, task->comm, sizeof(arg->out_comm) - 1);
	return true;
}

static void ld_whatis_task(struct livedump_whatis *arg)
{
	struct task_struct *process, *task;

	BUILD_BUG_ON(TASK_COMM_LEN != LIVEDUMP_COMM_LEN);
	rcu_read_lock();
	/* The list has all but the first, and the idle tasks of other CPUs. */
	if (ld_whatis_try(&init_task, arg))
		goto out;
	for_each_process(process) {
		/* With lockdep for_each_thread() wants tasklist_lock, which no module has. */
		list_for_each_entry_rcu(task, &process->signal->thread_head, thread_node) {
			if (ld_whatis_try(task, arg))
				goto out;
		}
	}
out:
	rcu_read_unlock();
}

/**
 * ld_whatis() - LIVEDUMP_WHATIS
 * @cmd: the ioctl
 *
 * Return: 0 or the errno of the contract in the uapi header.
 */
int ld_whatis(struct ld_cmd *cmd)
{
	struct livedump_whatis *arg = cmd->arg;
	struct livedump_slab layout;
	struct ld_ram ram = {};
	int err;

	memset((void *)arg + offsetof(struct livedump_whatis, out_flags), 0,
	       sizeof(*arg) - offsetof(struct livedump_whatis, out_flags));
	arg->out_cpu = LIVEDUMP_NO_CPU;
	if (arg->percpu_end < arg->percpu_start)
		return -EINVAL;
	err = ld_check_lockdown();
	if (!err && arg->slab)
		err = ld_slab_layout(arg->slab, &layout);
	if (!err)
		err = ld_whatis_symbol(arg);
	if (err)
		return err;
	ld_memory_get();
	ld_whatis_page(&ram, arg);
	if (arg->slab)
		ld_whatis_slab(&ram, &layout, arg);
	ld_memory_put();
	ld_whatis_percpu(arg);
	ld_whatis_task(arg);
	return ld_cmd_reply(cmd);
}
