// SPDX-License-Identifier: GPL-2.0
/* kmod/plan.c on plans of any bytes, in arrays of exactly their length, against the oracle. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kplan_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ld_plan plan = { 0 };
	void *types, *edges;
	size_t bytes;

	if (!size)
		return 0;
	/* The first byte says how many types; what is left after them is edges. */
	plan.nr_types = data[0] % 16;
	bytes = plan.nr_types * sizeof(*plan.types);
	if (size - 1 < bytes)
		return 0;
	plan.nr_edges = (size - 1 - bytes) / sizeof(*plan.edges);
	types = malloc(bytes);
	edges = malloc(plan.nr_edges * sizeof(*plan.edges));
	memcpy(types, data + 1, bytes);
	memcpy(edges, data + 1 + bytes, plan.nr_edges * sizeof(*plan.edges));
	plan.types = types;
	plan.edges = edges;
	if (!ld_plan_check(&plan) != oracle_plan(&plan))
		abort();
	free(types);
	free(edges);
	return 0;
}
