# SPDX-License-Identifier: GPL-2.0
# Work queues, their pools, workers and pending work.
include base
--depth 3 --only struct workqueue_struct, struct pool_workqueue, struct worker_pool, struct worker, struct work_struct, struct workqueue_attrs, struct task_struct, struct wq_flusher
workqueues
cpu_worker_pools | (struct worker_pool[2])cpu_worker_pools
idr((struct idr)worker_pool_idr, struct worker_pool)
