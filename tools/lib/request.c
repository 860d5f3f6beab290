// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "request.h"
#include "resolver.h"

/* Make room for entry number @nr; arrays double at powers of two, so no room is noted. */
static int reserve(void *array, size_t nr, size_t size)
{
	void **p = array, *new;

	if (nr & (nr - 1))
		return 0;
	new = realloc(*p, (nr ? nr * 2 : 1) * size);
	if (!new)
		return -1;
	*p = new;
	return 0;
}

static int add_range(struct ld_request *req, const struct ld_resolved *res, char *label,
		     struct ld_err *err)
{
	size_t nr = req->nr_ranges;

	if (nr == LIVEDUMP_MAX_RANGES)
		return ld_fail(err, LD_EXIT_FAILED, "%s: more than %d ranges in one request", label,
			       LIVEDUMP_MAX_RANGES);
	if (reserve(&req->ranges, nr, sizeof(*req->ranges)) ||
	    reserve(&req->range_labels, nr, sizeof(*req->range_labels)))
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	req->ranges[nr] = res->range;
	req->range_labels[nr] = label;
	req->nr_ranges++;
	return 0;
}

static int add_root(struct ld_request *req, const struct ld_resolved *res, char *label,
		    struct ld_err *err)
{
	struct ld_ctype *types;
	size_t nr = req->nr_roots;

	if (nr == LIVEDUMP_MAX_ROOTS)
		return ld_fail(err, LD_EXIT_FAILED, "%s: more than %d objects in one request",
			       label, LIVEDUMP_MAX_ROOTS);
	if (reserve(&req->roots, nr, sizeof(*req->roots)) ||
	    reserve(&req->root_labels, nr, sizeof(*req->root_labels)) ||
	    reserve(&req->root_types, nr, sizeof(*types)))
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	types = req->root_types;
	types[nr] = res->type;
	req->roots[nr] = res->root;
	req->root_labels[nr] = label;
	req->nr_roots++;
	return 0;
}

int ld_request_add(struct ld_request *req, struct ld_resolver *r, const char *target,
		   struct ld_err *err)
{
	struct ld_resolved res;
	char *label;
	int rc;

	if (ld_resolver_resolve(r, target, &res, err))
		return -1;
	label = strdup(target);
	if (!label)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	if (res.is_range)
		rc = add_range(req, &res, label, err);
	else
		rc = add_root(req, &res, label, err);
	if (rc)
		free(label);
	return rc;
}

static void free_plan(struct ld_request *req)
{
	free(req->types);
	free(req->edges);
	req->types = NULL;
	req->edges = NULL;
	req->nr_types = 0;
	req->nr_edges = 0;
}

int ld_request_compile(struct ld_request *req, struct ld_resolver *r, unsigned int depth,
		       struct ld_err *err)
{
	struct ld_btfs *set;
	struct ld_plan plan;
	__u32 *index;
	size_t i;
	int rc;

	if (depth > LIVEDUMP_MAX_DEPTH)
		return ld_fail(err, LD_EXIT_USAGE, "a depth of %u: at most %d is possible", depth,
			       LIVEDUMP_MAX_DEPTH);
	free_plan(req);
	if (!req->nr_roots)
		return 0;
	set = ld_resolver_btfs(r, err);
	if (!set)
		return -1;
	index = calloc(req->nr_roots, sizeof(*index));
	if (!index)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	rc = ld_plan_compile(set, req->root_types, req->nr_roots, depth, index, &plan, err);
	for (i = 0; !rc && i < req->nr_roots; i++)
		req->roots[i].type = index[i];
	free(index);
	if (rc)
		return -1;
	req->types = plan.types;
	req->nr_types = plan.nr_types;
	req->edges = plan.edges;
	req->nr_edges = plan.nr_edges;
	return 0;
}

void ld_request_free(struct ld_request *req)
{
	size_t i;

	for (i = 0; i < req->nr_roots; i++)
		free(req->root_labels[i]);
	for (i = 0; i < req->nr_ranges; i++)
		free(req->range_labels[i]);
	free(req->roots);
	free(req->root_labels);
	free(req->root_types);
	free(req->ranges);
	free(req->range_labels);
	free_plan(req);
	memset(req, 0, sizeof(*req));
}
