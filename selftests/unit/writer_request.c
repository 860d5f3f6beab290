// SPDX-License-Identifier: GPL-2.0
/* Targets are tested elsewhere: here none can be resolved. */
#include <stdio.h>

#include "request.h"

int ld_request_add(struct ld_request *req, struct ld_resolver *r, const char *target,
		   struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED, "no targets in this test");
}

int ld_request_compile(struct ld_request *req, struct ld_resolver *r, unsigned int depth,
		       struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED, "no targets in this test");
}

const char *ld_request_pointer(const struct ld_request *req, size_t root, unsigned int hop,
			       char *buf, size_t size)
{
	snprintf(buf, size, "pointer %u of %zu", hop, root);
	return buf;
}

bool ld_request_drop(struct ld_request *req, size_t root)
{
	return false;
}

void ld_request_free(struct ld_request *req)
{
}

void ld_plan_free(struct ld_plan *plan)
{
}

const char *ld_plan_type_name(const struct ld_plan *plan, size_t type, char *buf, size_t size)
{
	snprintf(buf, size, "struct type_%zu", type);
	return buf;
}

size_t ld_plan_edge_type(const struct ld_plan *plan, size_t edge)
{
	return 0;
}

const char *ld_plan_edge_name(const struct ld_plan *plan, size_t edge, char *buf, size_t size)
{
	snprintf(buf, size, "edge_%zu", edge);
	return buf;
}
