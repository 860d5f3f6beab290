// SPDX-License-Identifier: GPL-2.0
/* Memory without a type, in a plan: an array of words that may be pointers. */
#include <stdlib.h>
#include <string.h>

#include "request.h"

/* @array with room for one more than @nr entries; on failure false, and it is as it was. */
static bool grow(void *array, size_t nr, size_t size)
{
	void *p = reallocarray(*(void **)array, nr + 1, size);

	if (p)
		*(void **)array = p;
	return p;
}

static bool make_room(struct ld_plan *plan)
{
	return grow(&plan->types, plan->nr_types, sizeof(*plan->types)) &&
	       grow(&plan->ctypes, plan->nr_types, sizeof(*plan->ctypes)) &&
	       grow(&plan->edges, plan->nr_edges, sizeof(*plan->edges)) &&
	       grow(&plan->edge_paths, plan->nr_edges, sizeof(*plan->edge_paths));
}

int ld_request_scan(struct ld_plan *plan, struct livedump_root *root, __u64 length)
{
	__u32 skip = -root->address & (LD_POINTER_SIZE - 1);
	__u32 words = length > skip ? (length - skip) / LD_POINTER_SIZE : 0;
	struct livedump_type *type;

	if (!make_room(plan))
		return -1;
	root->type = plan->nr_types;
	type = &plan->types[plan->nr_types];
	*type = (struct livedump_type){ .size = length, .first_edge = plan->nr_edges };
	/* void: there is no name for it */
	memset(&plan->ctypes[plan->nr_types++], 0, sizeof(*plan->ctypes));
	if (!words)
		return 0;
	type->nr_edges = 1;
	plan->edges[plan->nr_edges] = (struct livedump_edge){
		.offset = skip,
		.kind = LIVEDUMP_EDGE_OBJECT,
		.flags = LIVEDUMP_EDGE_SCAN,
		.count = words,
		.stride = words > 1 ? LD_POINTER_SIZE : 0,
		.arg = LD_PLAN_BYTES,
	};
	plan->edge_paths[plan->nr_edges++] = LD_PLAN_NO_PATH;
	return 0;
}
