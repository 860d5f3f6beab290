# SPDX-License-Identifier: GPL-2.0
# Every task, by its pid and in the tree of processes.
include base
--depth 1
list(init_task.tasks, struct task_struct, tasks)
