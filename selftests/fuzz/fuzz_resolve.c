// SPDX-License-Identifier: GPL-2.0
/* Targets, looked up on the model kernel of the unit tests, and compiled. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "model.h"
#include "plan_valid.h"

static struct ld_resolver *resolver;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	resolver = model_resolver(model_tree());
	atexit(tree_remove_all);
	return 0;
}

/* Targets stand on lines of their own. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *target, *save = NULL;
	struct ld_request req = { 0 };
	struct ld_err err = { .msg = "" };
	const char *why = NULL;
	size_t i;

	for (target = strtok_r(text, "\n", &save); target; target = strtok_r(NULL, "\n", &save))
		if (ld_request_add(&req, resolver, target, &err) && !*err.msg)
			abort();
	if (!ld_request_compile(&req, resolver, size % 6, &err))
		why = plan_invalid(req.plan.types, req.plan.nr_types, req.plan.edges,
				   req.plan.nr_edges);
	else if (!*err.msg)
		abort();
	for (i = 0; i < req.nr_roots; i++)
		if (req.plan.types && req.roots[i].type >= req.plan.nr_types)
			abort();
	if (why)
		abort();
	ld_request_free(&req);
	free(text);
	return 0;
}
