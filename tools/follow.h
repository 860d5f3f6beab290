/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_FOLLOW_H
#define LD_FOLLOW_H

#include <stdio.h>

#include "batch.h"
#include "json.h"
#include "livedump.h"
#include "request.h"

/**
 * struct ld_follow - what a walk follows, and what became of it
 * @edges: rules: those shipped, the administrator's, the command line's
 * @filter: types of the command line
 * @results: for each edge of the plan, what became of it; or NULL
 */
struct ld_follow {
	struct ld_edges edges;
	struct ld_filter filter;
	struct livedump_edge_result *results;
};

/**
 * ld_follow_prepare() - have a request compiled as the options of a batch say
 * @f: zero-initialised; must outlive the compilation
 * @batch: options, and rules of a profile
 * @req: gets the rules and types
 * @resolver: where types are looked up
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_follow_prepare(struct ld_follow *f, const struct ld_batch *batch, struct ld_request *req,
		      struct ld_resolver *resolver, struct ld_err *err);

/**
 * ld_follow_ask() - have the module say what becomes of each edge
 * @f: gets room for that
 * @req: compiled
 * @snap: gets the address
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_follow_ask(struct ld_follow *f, const struct ld_request *req,
		  struct livedump_snapshot *snap, struct ld_err *err);

/**
 * ld_follow_tell() - tell a person which edges were cut off or lead nowhere, worst first
 * @f: results
 * @req: names of the edges
 * @snap: what was asked for
 * @quiet: only those cut off: that others change while one looks is no trouble
 * @to: where; nothing is written if all is well
 */
void ld_follow_tell(const struct ld_follow *f, const struct ld_request *req,
		    const struct livedump_snapshot *snap, bool quiet, FILE *to);

/**
 * ld_follow_to_json() - the same for a program, all of them
 * @f: results
 * @req: names of the edges
 * @array: gets an object for each
 */
void ld_follow_to_json(const struct ld_follow *f, const struct ld_request *req,
		       struct json_object *array);

/** ld_follow_free() - free what it holds, and zero it. @f: or zero */
void ld_follow_free(struct ld_follow *f);

#endif
