// SPDX-License-Identifier: GPL-2.0
/* The parsers of targets and types: any text, accepted or refused with a message. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "target.h"

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void check_span(const char *text, struct ld_span span)
{
	if (span.len)
		require(span.s >= text && span.s + span.len <= text + strlen(text));
}

static void check_step(const char *text, const struct ld_step *step, unsigned int nr)
{
	check_span(text, step->name);
	require(step->from >= text && step->from <= step->to && step->at >= text);
	require(step->to <= text + strlen(text) && step->at <= text + strlen(text));
	check_span(text, step->count);
	if (step->kind == LD_STEP_SLICE && step->has_end)
		require(step->end > step->nr || step->count.len);
	if (step->kind != LD_STEP_CAST)
		return;
	check_span(text, step->cast.name);
	require(step->cast.nr_dims <= LD_TYPE_DIMS && step->cast.ptrs <= LD_TYPE_PTRS);
	require(step->reach <= nr);
}

static void check_container(const char *text, const struct ld_container *c)
{
	unsigned int i;

	check_span(text, c->word);
	check_span(text, c->type.name);
	require(c->nr_members <= LD_MEMBER_STEPS);
	for (i = 0; i < c->nr_members; i++) {
		check_span(text, c->members[i].name);
		require(c->members[i].kind == LD_STEP_MEMBER ||
			c->members[i].kind == LD_STEP_INDEX);
	}
}

static void check_target(const char *text, const struct ld_target *t)
{
	unsigned int i;

	check_span(text, t->module);
	check_span(text, t->symbol);
	require(t->nr_steps <= LD_TARGET_STEPS);
	for (i = 0; i < t->nr_steps; i++) {
		check_step(text, &t->steps[i], t->nr_steps);
		if (t->steps[i].kind == LD_STEP_CAST)
			require(t->steps[i].reach > i);
	}
	check_container(text, &t->container);
	require(t->kind != LD_TARGET_SYMBOL || t->symbol.len);
	require(t->kind != LD_TARGET_RANGE || (t->length && !t->nr_steps));
	check_span(text, t->end);
	require(t->kind != LD_TARGET_BETWEEN || (t->symbol.len && !t->nr_steps));
	require(t->kind != LD_TARGET_PID || t->pid);
	require(t->kind != LD_TARGET_MODULE || t->module.len);
	/* Of an address the first thing said is its type. */
	require(t->kind != LD_TARGET_ADDRESS ||
		(t->nr_steps && t->steps[0].kind == LD_STEP_CAST));
	require(t->kind != LD_TARGET_SLAB ||
		(t->symbol.len && !t->container.word.len && t->nr_steps <= 1 &&
		 (!t->nr_steps || t->steps[0].kind == LD_STEP_CAST)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct ld_err err = { .msg = "" };
	struct ld_target t;
	struct ld_texpr x;
	struct ld_base base;

	if (!text)
		return 0;
	if (!ld_target_parse(text, &t, &err))
		check_target(text, &t);
	else
		require(err.code == LD_EXIT_USAGE && *err.msg);
	if (!ld_texpr_parse(text, &x, &err))
		check_span(text, x.name);
	ld_base_parse(text, &base);
	free(text);
	return 0;
}
