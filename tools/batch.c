// SPDX-License-Identifier: GPL-2.0
/* What a command asks for, its own targets and those of profiles, sorted into requests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "annotate.h"
#include "batch.h"
#include "resolver.h"

/* Options that a line of a profile may have. */
#define LINE_OPTIONS	(LD_OPT_BIT(DEPTH) | LD_OPT_BIT(USER_MEMORY) | LD_OPT_BIT(MAX_OBJECTS) | \
			 LD_OPT_BIT(MAX_BYTES) | LD_OPT_BIT(MAX_TIME) | LD_OPT_BIT(MAX_LIST) | \
			 LD_OPT_BIT(ONLY) | LD_OPT_BIT(SKIP) | LD_OPT_BIT(SCAN))

static int out_of_memory(struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED, "out of memory");
}

static struct ld_batch *new_batch(struct ld_batches *b, const struct ld_args *args)
{
	void *list = reallocarray(b->list, b->nr + 1, sizeof(*b->list));

	if (!list)
		return NULL;
	b->list = list;
	b->list[b->nr] = (struct ld_batch){ .args = *args };
	return &b->list[b->nr++];
}

/* Options and rules of a line, as one text. */
static char *make_key(const struct ld_profile_line *line)
{
	char *key = NULL;
	size_t size, i;
	FILE *to = open_memstream(&key, &size);

	if (!to)
		return NULL;
	for (i = 0; i < line->nr_options; i++)
		fprintf(to, "%s\t%s\n", line->options[i]->name, line->options[i]->value);
	if (!fclose(to))
		return key;
	free(key);
	return NULL;
}

/*
 * What bounds a command bounds each of its requests, unless a line says otherwise; how far to go
 * from its own targets is no concern of a profile.
 */
static int line_options(const struct ld_profile_line *line, const struct ld_args *command,
			struct ld_args *ret, struct ld_err *err)
{
	const struct ld_profile_option *o;
	struct ld_err why;
	size_t i;

	*ret = *command;
	ret->depth = 1;
	ret->max_list = 0;
	ret->scan = false;
	ret->only.nr = 0;
	ret->skip.nr = 0;
	ret->argc = 0;
	for (i = 0; i < line->nr_options; i++) {
		o = line->options[i];
		if (!strcmp(o->name, "edge"))
			continue;
		if (ld_args_set(LINE_OPTIONS, o->name, o->value, ret, &why))
			return ld_fail(err, LD_EXIT_USAGE, "%s:%u:%u: %.900s", o->file, o->line,
				       o->column, why.msg);
	}
	return 0;
}

static int add_line(struct ld_batches *b, const struct ld_profile_line *line,
		    const struct ld_args *command, struct ld_err *err)
{
	struct ld_batch *batch = NULL;
	char *key = make_key(line);
	struct ld_args args;
	void *lines;
	size_t i;

	if (!key)
		return out_of_memory(err);
	for (i = 0; i < b->nr && !batch; i++)
		if (b->list[i].key && !strcmp(b->list[i].key, key))
			batch = &b->list[i];
	if (batch) {
		free(key);
	} else {
		if (line_options(line, command, &args, err)) {
			free(key);
			return -1;
		}
		batch = new_batch(b, &args);
		if (!batch) {
			free(key);
			return out_of_memory(err);
		}
		batch->key = key;
	}
	lines = reallocarray(batch->lines, batch->nr_lines + 1, sizeof(*batch->lines));
	if (!lines)
		return out_of_memory(err);
	batch->lines = lines;
	batch->lines[batch->nr_lines++] = line;
	return 0;
}

int ld_batches_make(struct ld_batches *b, const struct ld_args *args,
		    const struct livedump_info *info, struct ld_err *err)
{
	struct ld_profile_sources sources = { 0 };
	int rc = 0;
	size_t i;

	if (args->argc && !new_batch(b, args))
		return out_of_memory(err);
	if (args->profiles.nr)
		rc = ld_profile_sources(&sources, LD_PROFILES_DIR, err);
	for (i = 0; !rc && i < args->profiles.nr; i++)
		rc = ld_profiles_add(&b->profiles, &sources, args->profiles.text[i], err);
	if (!rc && args->self_contained)
		rc = ld_self_contained(&b->profiles, info, err);
	for (i = 0; !rc && i < b->profiles.nr; i++)
		rc = add_line(b, &b->profiles.lines[i], args, err);
	ld_profile_sources_free(&sources);
	return rc;
}

/* Note that a line is left out. */
static int skip(struct ld_batches *b, const struct ld_profile_line *line, const struct ld_err *why,
		struct ld_err *err)
{
	void *list = reallocarray(b->skipped, b->nr_skipped + 1, sizeof(*b->skipped));
	struct ld_skipped *s;

	if (!list)
		return out_of_memory(err);
	b->skipped = list;
	s = &b->skipped[b->nr_skipped];
	*s = (struct ld_skipped){
		.file = line->file,
		.line = line->line,
		.text = strdup(line->targets[0]),
		.reason = strndup(why->msg, strcspn(why->msg, "\n")),
	};
	b->nr_skipped++;
	return s->text && s->reason ? 0 : out_of_memory(err);
}

static bool is_in(const struct ld_request *req, const char *target)
{
	size_t i;

	for (i = 0; i < req->nr_roots; i++)
		if (!strcmp(req->root_labels[i], target))
			return true;
	for (i = 0; i < req->nr_ranges; i++)
		if (!strcmp(req->range_labels[i], target))
			return true;
	return false;
}

/* The first alternative that this kernel has. */
static int resolve_line(struct ld_batches *b, const struct ld_profile_line *line,
			struct ld_request *req, struct ld_resolver *resolver, struct ld_err *err)
{
	struct ld_err why = { .msg = "" }, last;
	size_t i;

	for (i = 0; i < line->nr_targets; i++) {
		if (is_in(req, line->targets[i]) ||
		    !ld_request_add(req, resolver, line->targets[i], i ? &last : &why))
			return 0;
	}
	if (line->required)
		return ld_fail(err, why.code, "%s:%u: required: %.900s", line->file, line->line,
			       why.msg);
	return skip(b, line, &why, err);
}

int ld_batch_resolve(struct ld_batches *b, const struct ld_batch *batch, struct ld_request *req,
		     struct ld_resolver *resolver, struct ld_err *err)
{
	size_t i;
	int k;

	for (k = 0; k < batch->args.argc; k++)
		if (ld_request_add(req, resolver, batch->args.argv[k], err))
			return -1;
	/* without types no line fits, and that is no matter of lines */
	if (batch->nr_lines && !ld_resolver_btfs(resolver, err))
		return -1;
	for (i = 0; i < batch->nr_lines; i++)
		if (resolve_line(b, batch->lines[i], req, resolver, err))
			return -1;
	return 0;
}

bool ld_batch_requires(const struct ld_batch *batch, const char *target)
{
	const struct ld_profile_line *line;
	size_t i, k;

	for (i = 0; i < batch->nr_lines; i++) {
		line = batch->lines[i];
		for (k = 0; line->required && k < line->nr_targets; k++)
			if (!strcmp(line->targets[k], target))
				return true;
	}
	return !batch->nr_lines;
}

void ld_batches_tell(const struct ld_batches *b, FILE *to)
{
	size_t i;

	for (i = 0; i < b->nr_skipped; i++)
		fprintf(to, "livedump: %s:%u: left out: %s\n", b->skipped[i].file,
			b->skipped[i].line, b->skipped[i].reason);
}

void ld_batches_to_json(const struct ld_batches *b, struct json_object *object)
{
	struct json_object *array = ld_json_array(object, "skipped"), *o;
	size_t i;

	for (i = 0; i < b->nr_skipped; i++) {
		o = ld_json_element(array);
		ld_json_string(o, "file", b->skipped[i].file);
		ld_json_number(o, "line", b->skipped[i].line);
		ld_json_string(o, "target", b->skipped[i].text);
		ld_json_string(o, "reason", b->skipped[i].reason);
	}
}

int ld_batches_annotate(const struct ld_batches *b, int session, struct ld_err *err)
{
	struct json_object *note;

	if (!b->nr_skipped)
		return 0;
	note = json_object_new_object();
	ld_batches_to_json(b, note);
	return ld_annotate_json(session, note, err) < 0 ? -1 : 0;
}

void ld_batches_free(struct ld_batches *b)
{
	size_t i;

	for (i = 0; i < b->nr; i++) {
		free(b->list[i].lines);
		free(b->list[i].key);
	}
	for (i = 0; i < b->nr_skipped; i++) {
		free(b->skipped[i].text);
		free(b->skipped[i].reason);
	}
	free(b->list);
	free(b->skipped);
	ld_profiles_free(&b->profiles);
	memset(b, 0, sizeof(*b));
}
