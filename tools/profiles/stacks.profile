# SPDX-License-Identifier: GPL-2.0
# The kernel stack of every task, those of interrupts, and the tasks.
include tasks
# how large a stack is: the last of these that the kernel has; those of tasks and of interrupts are alike
edge struct task_struct.stack bytes 16384
edge struct task_struct.stack pointer union thread_union
edge struct task_struct.stack pointer struct irq_stack
edge union thread_union.task opaque
--depth 2 --only struct task_struct, union thread_union, struct irq_stack, void
init_task
idr(init_pid_ns.idr, struct pid)
runqueues

# stacks of interrupts and exceptions, which stack traces go through
--depth 0
irq_stack_backing_store
hardirq_stack_ptr | pcpu_hot
cpu_tss_rw
cea_exception_stacks
exception_stacks
