// SPDX-License-Identifier: GPL-2.0
/* Rules as anybody may write them, on the unit tests' model kernel: a sound plan, or an error. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "model.h"
#include "plan_valid.h"

static struct ld_btfs *set;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	set = ld_btfs_wrap(model_btf());
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ld_plan_root root = { .variable = "modules" };
	struct ld_edges edges = { 0 };
	struct ld_plan_opts opts = { .depth = 3, .edges = &edges };
	char *text = strndup((const char *)data, size);
	struct ld_err err = { .msg = "" };
	struct ld_plan plan = { 0 };
	__u32 index;

	root.type = ld_ctype_plain((struct ld_ref){ 0, size & 1 ? m.task : m.list_head });
	if (ld_edges_text(&edges, "rules", text, &err) ||
	    ld_plan_compile(set, &root, 1, &opts, &index, &plan, &err)) {
		if (!*err.msg)
			abort();
	} else if (plan_invalid(plan.types, plan.nr_types, plan.edges, plan.nr_edges)) {
		abort();
	}
	ld_plan_free(&plan);
	ld_edges_free(&edges);
	free(text);
	return 0;
}
