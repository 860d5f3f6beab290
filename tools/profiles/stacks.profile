# SPDX-License-Identifier: GPL-2.0
# The kernel stack of every task, with the registers of those that run; stacks of interrupts; tasks.
# First what runs: all else changes that.
cpus --depth 0
include tasks
# stacks of tasks are as large as those of interrupts
edge struct task_struct.stack pointer struct irq_stack
--depth 2 --only struct task_struct, struct irq_stack
init_task
idr(init_pid_ns.idr, struct pid)
runqueues

# stacks of interrupts and exceptions, which stack traces go through
--depth 0
irq_stack_backing_store | (struct irq_stack)irq_stack_backing_store
hardirq_stack_ptr | pcpu_hot | (void *)hardirq_stack_ptr
cpu_tss_rw | (struct tss_struct)cpu_tss_rw
cea_exception_stacks | (struct cea_exception_stacks *)cea_exception_stacks
exception_stacks | (struct exception_stacks)exception_stacks
