/* SPDX-License-Identifier: GPL-2.0 */
/*
 * livedump: the walk plan. No kernel header beyond types: the unit tests and the fuzzer build
 * this in userspace.
 */
#ifndef LIVEDUMP_PLAN_H
#define LIVEDUMP_PLAN_H

#include <linux/types.h>
#include <linux/livedump.h>

/**
 * struct ld_plan - types and edges, as the caller sent them
 * @types: &struct livedump_type
 * @edges: &struct livedump_edge
 * @nr_types: entries
 * @nr_edges: entries
 */
struct ld_plan {
	const struct livedump_type *types;
	const struct livedump_edge *edges;
	__u32 nr_types;
	__u32 nr_edges;
};

int ld_plan_check(const struct ld_plan *plan);

#endif
