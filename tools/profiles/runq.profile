# SPDX-License-Identifier: GPL-2.0
# Run queues: what runs and what waits for a CPU.
include base
--depth 2 --only struct task_struct, struct task_group, struct cfs_rq, struct rt_rq, struct sched_entity, struct root_domain, struct sched_class, struct sched_domain
runqueues
root_task_group
def_root_domain
