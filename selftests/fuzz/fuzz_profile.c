// SPDX-License-Identifier: GPL-2.0
/* A profile as anybody may write it, with or without an argument: lines of targets, or an error. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "profile.h"
#include "target.h"
#include "word.h"

static void check(const struct ld_profiles *p)
{
	struct ld_target target;
	struct ld_err err;
	size_t i, k;

	for (i = 0; i < p->nr; i++) {
		if (!p->lines[i].nr_targets || !p->lines[i].line)
			abort();
		for (k = 0; k < p->lines[i].nr_targets; k++)
			if (ld_word_find(p->lines[i].targets[k]) == LD_WORD_NONE &&
			    ld_target_parse(p->lines[i].targets[k], &target, &err))
				abort();
		for (k = 0; k < p->lines[i].nr_options; k++)
			if (!*p->lines[i].options[k]->name || !p->lines[i].options[k]->column)
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct ld_profile_source list[] = {
		{ "a", "a.profile", text },
		{ "b", "b.profile", "include a=$ARG-\ninit_task --depth 2\n" },
	};
	const struct ld_profile_sources sources = { list, 2 };
	struct ld_profiles p = { 0 };
	struct ld_err err = { .msg = "" };
	const char *summary = "";

	if (ld_profile_summary(text, &summary) > strlen(summary))
		abort();
	if (!ld_profiles_add(&p, &sources, size & 1 ? "a=x-1 | y" : "a", &err))
		check(&p);
	else if (!*err.msg)
		abort();
	ld_profiles_free(&p);
	free(text);
	return 0;
}
