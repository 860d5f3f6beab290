// SPDX-License-Identifier: GPL-2.0
/*
 * What a plan costs: BTF loaded from a file that was read before, types found, and what lies three
 * pointers from a task_struct compiled, as "livedump snapshot --depth 3" does it. Prints "plan" and
 * nanoseconds.
 *
 *   bench_plan VMLINUX
 */
#include <stdio.h>

#include "ctypes.h"
#include "edges.h"
#include "plan.h"
#include "progress.h"

static int compile(const char *vmlinux, struct ld_err *err)
{
	struct ld_plan_root root = { .is_head = false };
	struct ld_plan_opts opts = { .depth = 3 };
	struct ld_edges edges;
	struct ld_btfs *set;
	struct ld_plan plan;
	struct ld_texpr x;
	__u32 index;

	if (ld_edges_shipped(&edges, err) || ld_btfs_open("/nowhere", vmlinux, &set, err) ||
	    ld_texpr_parse("struct task_struct", &x, err) ||
	    ld_ctype_lookup(set, 0, &x, &root.type, err))
		return -1;
	opts.edges = &edges;
	if (ld_plan_compile(set, &root, 1, &opts, &index, &plan, err))
		return -1;
	ld_plan_free(&plan);
	ld_btfs_free(set);
	ld_edges_free(&edges);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long long begin, ns, best = ~0ULL;
	struct ld_err err;
	int i;

	if (argc != 2)
		return 2;
	for (i = 0; i < 7; i++) {
		begin = ld_now_ns();
		if (compile(argv[1], &err)) {
			fprintf(stderr, "bench_plan: %s\n", err.msg);
			return 1;
		}
		ns = ld_now_ns() - begin;
		if (ns < best)
			best = ns;
	}
	printf("plan %llu\n", best);
	return 0;
}
