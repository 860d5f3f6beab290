// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "request.h"
#include "resolver.h"

/*
 * An array with room for entry number @nr; on failure NULL, and @array is as it was. Arrays double
 * at powers of two, so no room is noted.
 */
static void *reserve(void *array, size_t nr, size_t size)
{
	if (nr & (nr - 1))
		return array;
	return realloc(array, (nr ? nr * 2 : 1) * size);
}

static int out_of_memory(struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED, "out of memory");
}

static int add_range(struct ld_request *req, const struct ld_resolved *res, char **label,
		     struct ld_err *err)
{
	size_t nr = req->nr_ranges;
	struct livedump_range *ranges;
	char **labels;

	if (nr == LIVEDUMP_MAX_RANGES)
		return ld_fail(err, LD_EXIT_FAILED, "%s: more than %d ranges in one request",
			       *label, LIVEDUMP_MAX_RANGES);
	ranges = reserve(req->ranges, nr, sizeof(*ranges));
	if (!ranges)
		return out_of_memory(err);
	req->ranges = ranges;
	labels = reserve(req->range_labels, nr, sizeof(*labels));
	if (!labels)
		return out_of_memory(err);
	req->range_labels = labels;
	ranges[nr] = res->range;
	labels[nr] = *label;
	*label = NULL;
	req->nr_ranges++;
	return 0;
}

static int add_root(struct ld_request *req, const struct ld_resolved *res, char **label,
		    struct ld_err *err)
{
	struct livedump_root *roots;
	struct ld_ctype *types;
	size_t nr = req->nr_roots;
	char **labels;

	if (nr == LIVEDUMP_MAX_ROOTS)
		return ld_fail(err, LD_EXIT_FAILED, "%s: more than %d objects in one request",
			       *label, LIVEDUMP_MAX_ROOTS);
	roots = reserve(req->roots, nr, sizeof(*roots));
	if (!roots)
		return out_of_memory(err);
	req->roots = roots;
	labels = reserve(req->root_labels, nr, sizeof(*labels));
	if (!labels)
		return out_of_memory(err);
	req->root_labels = labels;
	types = reserve(req->root_types, nr, sizeof(*types));
	if (!types)
		return out_of_memory(err);
	req->root_types = types;
	roots[nr] = res->root;
	labels[nr] = *label;
	*label = NULL;
	types[nr] = res->type;
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
		return out_of_memory(err);
	if (res.is_range)
		rc = add_range(req, &res, &label, err);
	else
		rc = add_root(req, &res, &label, err);
	/* unless the request has taken it */
	free(label);
	return rc;
}

int ld_request_compile(struct ld_request *req, struct ld_resolver *r, unsigned int depth,
		       struct ld_err *err)
{
	struct ld_btfs *set;
	__u32 *index;
	size_t i;
	int rc;

	if (depth > LIVEDUMP_MAX_DEPTH)
		return ld_fail(err, LD_EXIT_USAGE, "a depth of %u: at most %d is possible", depth,
			       LIVEDUMP_MAX_DEPTH);
	ld_plan_free(&req->plan);
	if (!req->nr_roots)
		return 0;
	set = ld_resolver_btfs(r, err);
	if (!set)
		return -1;
	index = calloc(req->nr_roots, sizeof(*index));
	if (!index)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	rc = ld_plan_compile(set, req->root_types, req->nr_roots, depth, index, &req->plan, err);
	for (i = 0; !rc && i < req->nr_roots; i++)
		req->roots[i].type = index[i];
	free(index);
	return rc;
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
	ld_plan_free(&req->plan);
	memset(req, 0, sizeof(*req));
}
