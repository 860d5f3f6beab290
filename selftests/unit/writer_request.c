// SPDX-License-Identifier: GPL-2.0
/* Targets are tested elsewhere: here none can be resolved. */
#include "request.h"

int ld_resolver_new(const struct ld_resolver_opts *opts, struct ld_resolver **ret,
		    struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED, "no targets in this test");
}

void ld_resolver_free(struct ld_resolver *r)
{
}

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

void ld_request_free(struct ld_request *req)
{
}
