/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_BATCH_H
#define LD_BATCH_H

#include "json.h"
#include "livedump.h"
#include "profile.h"
#include "request.h"

/**
 * struct ld_batch - targets with the same options: they make one request
 * @args: the options; of the command's own targets, the command line
 * @lines: of profiles; NULL for the command's own targets
 * @nr_lines: entries of @lines
 * @key: options and rules as text, that of @lines
 */
struct ld_batch {
	struct ld_args args;
	const struct ld_profile_line **lines;
	size_t nr_lines;
	char *key;
};

/**
 * struct ld_skipped - what a profile asks for and this kernel lacks
 * @file: of the profile
 * @line: from 1
 * @text: the target
 * @reason: one line
 */
struct ld_skipped {
	const char *file;
	unsigned int line;
	char *text;
	char *reason;
};

/**
 * struct ld_batches - all that one command asks for
 * @profiles: lines of the profiles
 * @list: batches; the command's own targets first
 * @nr: entries of @list
 * @skipped: what was left out
 * @nr_skipped: entries of @skipped
 */
struct ld_batches {
	struct ld_profiles profiles;
	struct ld_batch *list;
	size_t nr;
	struct ld_skipped *skipped;
	size_t nr_skipped;
};

/**
 * ld_self_contained() - add what makes a file that needs no debug information for its names
 * @p: gets lines
 * @info: of the kernel, with vmcoreinfo
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_self_contained(struct ld_profiles *p, const struct livedump_info *info,
		      struct ld_err *err);

/**
 * ld_batches_make() - read the profiles of a command line and sort what it asks for
 * @b: zero-initialised
 * @args: command line; must outlive @b
 * @info: of the kernel
 * @err: filled on failure
 *
 * Return: 0 or -1; ld_batches_free() ends it in either case.
 */
int ld_batches_make(struct ld_batches *b, const struct ld_args *args,
		    const struct livedump_info *info, struct ld_err *err);

/**
 * ld_batch_resolve() - resolve the targets of a batch
 * @b: gets what this kernel lacks
 * @batch: of it
 * @req: gets the targets
 * @resolver: where they are looked up
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_batch_resolve(struct ld_batches *b, const struct ld_batch *batch, struct ld_request *req,
		     struct ld_resolver *resolver, struct ld_err *err);

/**
 * ld_batch_requires() - whether it matters that there is nothing where a target should be
 * @batch: of it
 * @target: as written
 *
 * Return: false of a line of a profile that is not required.
 */
bool ld_batch_requires(const struct ld_batch *batch, const char *target);

/** ld_batches_tell() - tell a person what is left out. @b: resolved; @to: there */
void ld_batches_tell(const struct ld_batches *b, FILE *to);

/**
 * ld_batches_to_json() - add what is left out
 * @b: resolved
 * @object: gets an array ``skipped``
 */
void ld_batches_to_json(const struct ld_batches *b, struct json_object *object);

/**
 * ld_batches_annotate() - keep with a session what is left out
 * @b: resolved
 * @session: its descriptor
 * @err: filled on failure
 *
 * Where there is no room, that is no failure.
 *
 * Return: 0 or -1.
 */
int ld_batches_annotate(const struct ld_batches *b, int session, struct ld_err *err);

/** ld_batches_free() - free what it holds, and zero it. @b: or zero */
void ld_batches_free(struct ld_batches *b);

#endif
