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

static void check_target(const char *text, const struct ld_target *t)
{
	unsigned int i;

	check_span(text, t->module);
	check_span(text, t->symbol);
	require(t->nr_steps <= LD_TARGET_STEPS);
	for (i = 0; i < t->nr_steps; i++)
		check_span(text, t->steps[i].name);
	if (t->has_cast) {
		check_span(text, t->cast.name);
		require(t->cast.nr_dims <= LD_TYPE_DIMS && t->cast.ptrs <= LD_TYPE_PTRS);
	}
	require(t->kind != LD_TARGET_SYMBOL || t->symbol.len);
	require(t->kind != LD_TARGET_RANGE || t->length);
	require(t->kind != LD_TARGET_PID || t->pid);
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
