// SPDX-License-Identifier: GPL-2.0
/* Names of what is in a plan, made when they are asked for: most never are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

/* Members nest less deep than this in types that ld_plan_flatten() goes through. */
#define MAX_STEPS	64

void ld_plan_free(struct ld_plan *plan)
{
	free(plan->types);
	free(plan->edges);
	free(plan->ctypes);
	free(plan->edge_paths);
	free(plan->paths);
	memset(plan, 0, sizeof(*plan));
}

const char *ld_plan_type_name(const struct ld_plan *plan, size_t type, char *buf, size_t size)
{
	buf[0] = '\0';
	/* of a scan there need not be any BTF */
	if (type < plan->nr_types && plan->set)
		ld_ctype_name(plan->set, &plan->ctypes[type], buf, size);
	return buf;
}

size_t ld_plan_edge_type(const struct ld_plan *plan, size_t edge)
{
	size_t low = 0, high = plan->nr_types, middle;

	if (edge >= plan->nr_edges)
		return plan->nr_types;
	/* the last type that begins at or before it: those without edges come before the owner */
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (plan->types[middle].first_edge <= edge)
			low = middle;
		else
			high = middle;
	}
	return low;
}

const char *ld_plan_edge_name(const struct ld_plan *plan, size_t edge, char *buf, size_t size)
{
	__u32 steps[MAX_STEPS], at;
	size_t len = 0;
	int n = 0;

	buf[0] = '\0';
	if (edge >= plan->nr_edges)
		return buf;
	for (at = plan->edge_paths[edge]; at != LD_PLAN_NO_PATH && n < MAX_STEPS; n++) {
		steps[n] = at;
		at = plan->paths[at].parent;
	}
	while (n-- && len < size) {
		const struct ld_plan_path *p = &plan->paths[steps[n]];

		len += snprintf(buf + len, size - len, "%s%s",
				ld_btf_str(plan->set, p->btf, p->name_off), n ? "." : "");
	}
	return buf;
}
