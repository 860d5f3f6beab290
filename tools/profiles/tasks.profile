# SPDX-License-Identifier: GPL-2.0
# Every task, by its pid and in the tree of processes, with its memory map, credentials and signals.
include base
--depth 3 --only struct task_struct, struct pid, struct signal_struct, struct sighand_struct, struct mm_struct, struct cred, struct kthread, struct nsproxy, struct pid_namespace
init_pid_ns
idr(init_pid_ns.idr, struct pid)
list(init_task.tasks, struct task_struct, tasks)
runqueues --depth 1 --only struct task_struct
avenrun --depth 0
# letters of states
(char *[9])task_state_array --depth 1 --only char
(unsigned long)total_forks --depth 0
