// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"
#include "resolver.h"
#include "slab_layout.h"
#include "word.h"

#define SMALLEST_PAGE	4096

/* What the module is not told of a root. */
struct ld_root_info {
	struct ld_plan_root plan;
	struct ld_hop hops[LIVEDUMP_MAX_PATH];
	bool may_end;
	__u64 scanned;		/* bytes, of a root without a type */
};

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

static int too_many(const char *label, int max, const char *what, struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED,
		       "%s: more than %d %s in one request\n"
		       "Divide them among several snapshots of one session.", label, max, what);
}

static int add_range(struct ld_request *req, const struct ld_resolved *res, char **label,
		     struct ld_err *err)
{
	size_t nr = req->nr_ranges;
	struct livedump_range *ranges;
	char **labels;

	if (nr == LIVEDUMP_MAX_RANGES)
		return too_many(*label, LIVEDUMP_MAX_RANGES, "ranges", err);
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
	struct ld_root_info *infos;
	size_t nr = req->nr_roots;
	char **labels;

	if (nr == LIVEDUMP_MAX_ROOTS)
		return too_many(*label, LIVEDUMP_MAX_ROOTS, "objects", err);
	roots = reserve(req->roots, nr, sizeof(*roots));
	if (!roots)
		return out_of_memory(err);
	req->roots = roots;
	labels = reserve(req->root_labels, nr, sizeof(*labels));
	if (!labels)
		return out_of_memory(err);
	req->root_labels = labels;
	infos = reserve(req->root_infos, nr, sizeof(*infos));
	if (!infos)
		return out_of_memory(err);
	req->root_infos = infos;
	roots[nr] = res->root;
	labels[nr] = *label;
	*label = NULL;
	infos[nr].plan = res->plan;
	memcpy(infos[nr].hops, res->hops, sizeof(res->hops));
	infos[nr].may_end = res->nr_tasks;
	infos[nr].scanned = res->is_range ? res->range.length : 0;
	req->nr_roots++;
	return 0;
}

/* A range as an object, for what is in it to be scanned. */
static int add_scan(struct ld_request *req, const struct ld_resolved *res, char **label,
		    struct ld_err *err)
{
	struct ld_resolved root = *res;

	if (!res->range.length || res->range.length > LIVEDUMP_MAX_OBJECT_SIZE)
		return ld_fail(err, LD_EXIT_USAGE,
			       "%s: 1 to %u bytes can be scanned for pointers at a time", *label,
			       LIVEDUMP_MAX_OBJECT_SIZE);
	root.root.kind = LIVEDUMP_ROOT_ADDRESS;
	root.root.address = res->range.address;
	return add_root(req, &root, label, err);
}

static int add_one(struct ld_request *req, const struct ld_resolved *res, char *label,
		   struct ld_err *err)
{
	int rc;

	if (!label)
		return out_of_memory(err);
	if (res->is_range && req->scan)
		rc = add_scan(req, res, &label, err);
	else if (res->is_range)
		rc = add_range(req, res, &label, err);
	else
		rc = add_root(req, res, &label, err);
	/* unless the request has taken it */
	free(label);
	return rc;
}

static int add_tasks(struct ld_request *req, struct ld_resolved *res, const char *target,
		     struct ld_err *err)
{
	size_t before = req->nr_roots, i;
	char *label;

	for (i = 0; i < res->nr_tasks; i++) {
		res->root.address = res->tasks[i];
		if (asprintf(&label, "%s (pid:%u)", target, res->tasks[i]) < 0)
			label = NULL;
		if (add_one(req, res, label, err))
			break;
	}
	if (i == res->nr_tasks)
		return 0;
	while (req->nr_roots > before)
		free(req->root_labels[--req->nr_roots]);
	return -1;
}

int ld_request_add(struct ld_request *req, struct ld_resolver *r, const char *target,
		   struct ld_err *err)
{
	enum ld_word word = ld_word_find(target);
	struct ld_resolved res;
	int rc;

	if (word != LD_WORD_NONE) {
		req->words |= 1U << word;
		return 0;
	}
	if (ld_resolver_resolve(r, target, &res, err))
		return -1;
	if (res.nr_tasks)
		rc = add_tasks(req, &res, target, err);
	else
		rc = add_one(req, &res, strdup(target), err);
	free(res.tasks);
	return rc;
}

const char *ld_request_pointer(const struct ld_request *req, size_t root, unsigned int hop,
			       char *buf, size_t size)
{
	const struct ld_hop *h = &req->root_infos[root].hops[hop];

	snprintf(buf, size, "%.*s", (int)h->len, req->root_labels[root] + h->from);
	return buf;
}

bool ld_request_drop(struct ld_request *req, size_t root)
{
	size_t after = req->nr_roots - root - 1;

	if (!req->root_infos[root].may_end)
		return false;
	free(req->root_labels[root]);
	memmove(req->roots + root, req->roots + root + 1, after * sizeof(*req->roots));
	memmove(req->root_labels + root, req->root_labels + root + 1,
		after * sizeof(*req->root_labels));
	memmove(req->root_infos + root, req->root_infos + root + 1,
		after * sizeof(*req->root_infos));
	req->nr_roots--;
	return true;
}

/* Rules may be about a variable, but not about what is found by way of one. */
static bool is_variable(const struct livedump_root *root)
{
	return root->symbol[0] && !root->nr_path &&
	       (root->kind == LIVEDUMP_ROOT_ADDRESS || root->kind == LIVEDUMP_ROOT_PERCPU);
}

/* The roots that have types. */
static int compile(struct ld_request *req, struct ld_btfs *set, const struct ld_plan_opts *opts,
		   struct ld_err *err)
{
	struct ld_plan_root *roots = calloc(req->nr_roots, sizeof(*roots));
	__u32 *index = calloc(req->nr_roots, sizeof(*index));
	size_t i, nr = 0;
	int rc = -1;

	for (i = 0; roots && i < req->nr_roots; i++) {
		if (req->root_infos[i].scanned)
			continue;
		roots[nr] = req->root_infos[i].plan;
		if (is_variable(&req->roots[i]))
			roots[nr].variable = req->roots[i].symbol;
		nr++;
	}
	if (roots && index)
		rc = ld_plan_compile(set, roots, nr, opts, index, &req->plan, err);
	else
		out_of_memory(err);
	for (i = 0, nr = 0; !rc && i < req->nr_roots; i++)
		if (!req->root_infos[i].scanned)
			req->roots[i].type = index[nr++];
	free(index);
	free(roots);
	return rc;
}

static bool has_types(const struct ld_request *req)
{
	size_t i;

	for (i = 0; i < req->nr_roots; i++)
		if (!req->root_infos[i].scanned)
			return true;
	return false;
}

/* For pointers of unknown type, and types of several pages: their end may not be allocated. */
static bool needs_slab(const struct ld_request *req, bool *must)
{
	bool needs = false;
	size_t i;

	*must = false;
	for (i = 0; i < req->plan.nr_edges; i++)
		needs |= req->plan.edges[i].kind == LIVEDUMP_EDGE_OBJECT;
	for (i = 0; i < req->plan.nr_types; i++)
		needs |= req->plan.types[i].size > SMALLEST_PAGE;
	for (i = 0; i < req->nr_roots; i++)
		*must |= req->roots[i].kind == LIVEDUMP_ROOT_SLAB;
	return needs || *must;
}

/* Without it pointers of unknown type lead to so many bytes, and to find a cache is impossible. */
static int find_slab(struct ld_request *req, struct ld_resolver *r, struct ld_err *err)
{
	struct ld_btfs *set;
	struct ld_err why;
	bool must;

	memset(&req->slab, 0, sizeof(req->slab));
	if (!needs_slab(req, &must))
		return 0;
	set = ld_resolver_btfs(r, &why);
	if (set && !ld_slab_layout(set, &req->slab, &why))
		return 0;
	memset(&req->slab, 0, sizeof(req->slab));
	if (must)
		*err = why;
	return must ? -1 : 0;
}

int ld_request_compile(struct ld_request *req, struct ld_resolver *r, unsigned int depth,
		       struct ld_err *err)
{
	struct ld_plan_opts opts = {
		.depth = depth,
		.edges = req->edges,
		.filter = req->filter,
	};
	struct ld_btfs *set;
	size_t i;

	if (depth > LIVEDUMP_MAX_DEPTH)
		return ld_fail(err, LD_EXIT_USAGE, "a depth of %u: at most %d is possible", depth,
			       LIVEDUMP_MAX_DEPTH);
	ld_plan_free(&req->plan);
	if (!req->nr_roots)
		return 0;
	if (has_types(req)) {
		set = ld_resolver_btfs(r, err);
		if (!set || compile(req, set, &opts, err))
			return -1;
	}
	for (i = 0; i < req->nr_roots; i++)
		if (req->root_infos[i].scanned &&
		    ld_request_scan(&req->plan, &req->roots[i], req->root_infos[i].scanned))
			return out_of_memory(err);
	return find_slab(req, r, err);
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
	free(req->root_infos);
	free(req->ranges);
	free(req->range_labels);
	ld_plan_free(&req->plan);
	memset(req, 0, sizeof(*req));
}
