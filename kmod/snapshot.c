// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: LIVEDUMP_SNAPSHOT: from the caller's arrays to a walk.
 */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "walk.h"

/**
 * struct ld_snap - a snapshot under way
 * @arg: the caller's structure
 * @roots: copy of the caller's roots
 * @types: copy of the caller's types
 * @edges: copy of the caller's edges
 * @results: one for each edge, NULL where nobody asks
 * @tasks: one for each root, NULL for roots that are none; referenced
 * @slab: copy of what the caller says of slabs, if anything
 */
struct ld_snap {
	struct livedump_snapshot *arg;
	struct livedump_root *roots;
	void *types;
	void *edges;
	struct livedump_edge_result *results;
	struct task_struct **tasks;
	struct livedump_slab slab;
};

static const struct ld_array ld_roots = {
	.max = LIVEDUMP_MAX_ROOTS,
	.size = sizeof(struct livedump_root),
	.min_size = offsetofend(struct livedump_root, out_missing),
};

static const struct ld_array ld_types = {
	.max = LIVEDUMP_MAX_TYPES,
	.size = sizeof(struct livedump_type),
	.min_size = offsetofend(struct livedump_type, __reserved),
};

static const struct ld_array ld_results = {
	.max = LIVEDUMP_MAX_EDGES,
	.size = sizeof(struct livedump_edge_result),
	.min_size = offsetofend(struct livedump_edge_result, out_broken),
};

static const struct ld_array ld_edges = {
	.max = LIVEDUMP_MAX_EDGES,
	.size = sizeof(struct livedump_edge),
	.min_size = offsetofend(struct livedump_edge, arg),
};

static int ld_check_root(const struct livedump_snapshot *arg, const struct livedump_root *r)
{
	bool is_part = r->flags & LIVEDUMP_ROOT_PART;

	if ((r->flags & ~LIVEDUMP_ROOT_PART) || r->type >= arg->nr_types || r->__reserved)
		return -EINVAL;
	if (r->nr_path > LIVEDUMP_MAX_PATH ||
	    memchr_inv(r->path + r->nr_path, 0, sizeof(r->path) - r->nr_path * sizeof(r->path[0])))
		return -EINVAL;
	if (is_part ? r->kind != LIVEDUMP_ROOT_TASK : r->offset && r->kind != LIVEDUMP_ROOT_CPUS)
		return -EINVAL;
	if (strnlen(r->symbol, sizeof(r->symbol)) == sizeof(r->symbol))
		return -EINVAL;
	switch (r->kind) {
	case LIVEDUMP_ROOT_ADDRESS:
		return r->cpu ? -EINVAL : 0;
	case LIVEDUMP_ROOT_PERCPU:
		if (r->cpu == LIVEDUMP_ALL_CPUS)
			return 0;
		return r->cpu < nr_cpu_ids && cpu_possible(r->cpu) ? 0 : -EINVAL;
	case LIVEDUMP_ROOT_TASK:
		if (r->nr_path && !is_part)
			return -EINVAL;
		return r->cpu || r->symbol[0] || r->address > INT_MAX ? -EINVAL : 0;
	case LIVEDUMP_ROOT_SLAB:
		return r->cpu || r->address || r->nr_path || !r->symbol[0] || !arg->slab ?
		       -EINVAL : 0;
	case LIVEDUMP_ROOT_CPUS:
		if (r->cpu != LIVEDUMP_ALL_CPUS || r->symbol[0] || r->nr_path)
			return -EINVAL;
		return r->offset > LIVEDUMP_MAX_CPU_BYTES || (r->address && !r->offset) ?
		       -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

/* Does the kernel, too, say that this symbol is at this address? @buf: KSYM_SYMBOL_LEN. */
static int ld_verify_symbol(const struct livedump_root *r, char *buf)
{
	size_t len = strlen(r->symbol);

	if (!len || r->kind != LIVEDUMP_ROOT_ADDRESS)
		return 0;
	sprint_symbol_no_offset(buf, r->address);
	/* "symbol", "symbol [module]", or "0x..." for an address without a name. */
	if (buf[0] == '0' || strncmp(buf, r->symbol, len) || (buf[len] && buf[len] != ' '))
		return -ENXIO;
	return 0;
}

static int ld_find_task(struct livedump_root *r, struct task_struct **ret)
{
	struct pid *pid;

	if (r->kind != LIVEDUMP_ROOT_TASK)
		return 0;
	pid = find_get_pid(r->address);
	*ret = get_pid_task(pid, PIDTYPE_PID);
	put_pid(pid);
	return *ret ? 0 : -ESRCH;
}

static int ld_resolve_roots(struct ld_snap *snap)
{
	char *buf = kmalloc(KSYM_SYMBOL_LEN, LD_GFP);
	struct livedump_root *r;
	int err = 0;
	u32 i;

	if (!buf)
		return -ENOMEM;
	for (i = 0; i < snap->arg->nr_roots && !err; i++) {
		r = &snap->roots[i];
		r->out_address = 0;
		r->out_recorded = 0;
		r->out_hops = r->nr_path;
		r->out_pointer = 0;
		memset(r->out_missing, 0, sizeof(r->out_missing));
		err = ld_check_root(snap->arg, r);
		if (!err)
			err = ld_verify_symbol(r, buf);
		if (!err)
			err = ld_find_task(r, &snap->tasks[i]);
		if (err == -ENXIO || err == -ESRCH)
			snap->arg->out_bad_root = i;
	}
	kfree(buf);
	return err;
}

/* From where a root begins to where its path leads. False: it ends too soon; the root says so. */
static bool ld_walk_path(struct ld_walk *w, struct livedump_root *r, u64 *address)
{
	u32 i;

	for (i = 0; i < r->nr_path; i++) {
		struct ld_span span = {
			.address = *address,
			.length = sizeof(u64),
			.why = LIVEDUMP_PAGE_OBJECT,
			.hole_flags = LIVEDUMP_HOLE_ASKED,
		};
		u64 recorded = 0, value = 0;

		ld_capture_span(w->rq, &span, &recorded, r->out_missing);
		if (recorded == span.length)
			ld_walk_read(w, span.address, &value, sizeof(value));
		r->out_pointer = value;
		if (!ld_is_object_address(value)) {
			r->out_hops = i;
			return false;
		}
		*address = value + r->path[i];
	}
	return true;
}

/* What a root means, from @address on. */
static void ld_walk_from(struct ld_walk *w, u64 address, struct livedump_root *r)
{
	bool is_there = ld_walk_path(w, r, &address);

	if (!r->out_address)
		r->out_address = address;
	if (is_there)
		ld_walk_root(w, address, r->type, r);
}

static void ld_walk_percpu(struct ld_walk *w, struct livedump_root *r)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (r->cpu != LIVEDUMP_ALL_CPUS && r->cpu != cpu)
			continue;
		ld_walk_from(w, r->address + per_cpu_offset(cpu), r);
	}
	ld_walk_cpu_masks(w);
}

static void ld_walk_all(struct ld_walk *w, struct ld_snap *snap)
{
	struct livedump_root *r;
	u32 i;

	/* First, for no page is copied twice. */
	for (i = 0; i < snap->arg->nr_roots; i++) {
		if (snap->roots[i].kind == LIVEDUMP_ROOT_CPUS)
			ld_walk_cpus(w, &snap->roots[i]);
	}
	for (i = 0; i < snap->arg->nr_roots; i++) {
		r = &snap->roots[i];
		switch (r->kind) {
		case LIVEDUMP_ROOT_CPUS:
			break;
		case LIVEDUMP_ROOT_PERCPU:
			ld_walk_percpu(w, r);
			break;
		case LIVEDUMP_ROOT_TASK:
			if (r->flags & LIVEDUMP_ROOT_PART)
				ld_walk_from(w, (unsigned long)snap->tasks[i] + r->offset, r);
			else
				ld_walk_task(w, snap->tasks[i], r);
			break;
		case LIVEDUMP_ROOT_SLAB:
			ld_walk_slab(w, r);
			break;
		default:
			ld_walk_from(w, r->address, r);
			break;
		}
	}
	ld_walk_run(w);
}

static int ld_walk_session(struct ld_session *s, struct ld_snap *snap)
{
	struct livedump_snapshot *arg = snap->arg;
	struct ld_request rq;
	struct ld_walk w = {
		.rq = &rq,
		.plan = { snap->types, snap->edges, arg->nr_types, arg->nr_edges },
		.depth = arg->depth,
		.max_objects = arg->max_objects ?: LIVEDUMP_DEFAULT_OBJECTS,
		.roots = snap->roots,
		.edges = snap->results,
		.slab = arg->slab ? &snap->slab : NULL,
		.out = arg,
	};
	int err;

	lockdep_assert_held(&s->lock);
	err = ld_request_begin(&rq, s, arg->flags);
	if (err)
		return err;
	if (arg->max_bytes)
		rq.max_bytes = arg->max_bytes;
	if (arg->max_time_ns && arg->max_time_ns < rq.deadline_ns - rq.start_ns)
		rq.deadline_ns = rq.start_ns + arg->max_time_ns;

	/* Without room for objects, too, each root is to say that it is missing. */
	if (ld_request_stop(&rq, ld_walk_prepare(&w, 1)))
		w.max_objects = 0;
	ld_walk_all(&w, snap);
	ld_walk_finish(&w);

	arg->out_request = rq.number;
	arg->out_pages = rq.pages;
	arg->out_time_ns = ktime_get_boottime_ns() - rq.start_ns;
	memcpy(arg->out_missing, rq.missing, sizeof(arg->out_missing));
	WRITE_ONCE(s->stats.objects, s->stats.objects + arg->out_objects);
	WRITE_ONCE(s->stats.object_bytes, s->stats.object_bytes + arg->out_object_bytes);
	return ld_request_end(&rq);
}

static void ld_snap_free(struct ld_snap *snap)
{
	u32 i;

	for (i = 0; snap->tasks && i < snap->arg->nr_roots; i++) {
		if (snap->tasks[i])
			put_task_struct(snap->tasks[i]);
	}
	kvfree(snap->tasks);
	kvfree(snap->results);
	kvfree(snap->edges);
	kvfree(snap->types);
	kvfree(snap->roots);
}

static int ld_snap_copy(struct ld_snap *snap)
{
	struct livedump_snapshot *arg = snap->arg;
	struct ld_plan plan;
	void *roots;
	int err;

	if (!arg->nr_roots || !arg->nr_types || arg->__reserved)
		return -EINVAL;
	if (arg->edge_results ? arg->edge_result_size < ld_results.min_size : arg->edge_result_size)
		return -EINVAL;
	err = ld_copy_array(&roots, arg->roots, arg->nr_roots, arg->root_size, &ld_roots);
	if (err)
		return err;
	snap->roots = roots;
	err = ld_copy_array(&snap->types, arg->types, arg->nr_types, arg->type_size,
			    &ld_types);
	if (err)
		return err;
	err = ld_copy_array(&snap->edges, arg->edges, arg->nr_edges, arg->edge_size,
			    &ld_edges);
	if (err)
		return err;
	plan = (struct ld_plan){ snap->types, snap->edges, arg->nr_types, arg->nr_edges };
	err = ld_plan_check(&plan);
	if (err)
		return err;
	if (arg->slab)
		err = ld_slab_layout(arg->slab, &snap->slab);
	if (err)
		return err;
	if (arg->edge_results && arg->nr_edges) {
		snap->results = kvcalloc(arg->nr_edges, sizeof(*snap->results), LD_GFP);
		if (!snap->results)
			return -ENOMEM;
	}
	snap->tasks = kvcalloc(arg->nr_roots, sizeof(*snap->tasks), LD_GFP);
	return snap->tasks ? 0 : -ENOMEM;
}

static void ld_zero(u64 *first, const u64 *last)
{
	while (first <= last)
		*first++ = 0;
}

static void ld_snap_zero(struct livedump_snapshot *arg)
{
	arg->out_bad_root = U32_MAX;
	ld_zero(&arg->out_objects, &arg->out_missing[LIVEDUMP_NR_REASONS - 1]);
	ld_zero(&arg->out_nodes, &arg->out_broken);
	arg->out_request = 0;
}

static int ld_snap_run(struct ld_cmd *cmd, struct ld_snap *snap)
{
	struct livedump_snapshot *arg = snap->arg;
	int err, copied;

	err = mutex_lock_killable(&cmd->session->lock);
	if (err)
		return err;
	err = ld_walk_session(cmd->session, snap);
	mutex_unlock(&cmd->session->lock);

	if (!ld_keeps_results(err))
		return err;
	copied = ld_reply_array(arg->roots, arg->nr_roots, arg->root_size, snap->roots,
				&ld_roots);
	if (!copied && snap->results)
		copied = ld_reply_array(arg->edge_results, arg->nr_edges, arg->edge_result_size,
					snap->results, &ld_results);
	if (!copied)
		copied = ld_cmd_reply(cmd);
	return copied ?: err;
}

/**
 * ld_snapshot() - LIVEDUMP_SNAPSHOT
 * @cmd: the ioctl
 *
 * Return: 0 or the errno of the contract in the uapi header.
 */
int ld_snapshot(struct ld_cmd *cmd)
{
	struct ld_snap snap = { .arg = cmd->arg };
	int err;

	ld_snap_zero(snap.arg);
	if (snap.arg->depth > LIVEDUMP_MAX_DEPTH || snap.arg->max_objects > LIVEDUMP_MAX_OBJECTS)
		return -EINVAL;
	err = ld_check_lockdown();
	if (err)
		return err;
	err = ld_snap_copy(&snap);
	if (!err)
		err = ld_resolve_roots(&snap);
	/* Which root was bad is worth telling even though nothing is done. */
	if (err == -ENXIO || err == -ESRCH)
		err = ld_cmd_reply(cmd) ?: err;
	if (!err)
		err = ld_snap_run(cmd, &snap);
	ld_snap_free(&snap);
	return err;
}
