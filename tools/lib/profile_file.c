// SPDX-License-Identifier: GPL-2.0
/* Where profiles are from: compiled in, and an administrator's files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"
#include "textfile.h"

#define ENDING	".profile"

/* Made of tools/profiles, one file after the other. */
static const struct {
	const char *file;
	const char *text;
} shipped[] = {
#include "profiles.inc"
	{ NULL, NULL }
};

/* Takes @text, also on failure. */
static int add(struct ld_profile_sources *s, const char *path, char *text, struct ld_err *err)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct ld_profile_source new = {
		.name = strndup(name, strlen(name) - strlen(ENDING)),
		.file = strdup(path),
		.text = text,
	};
	void *list = reallocarray(s->list, s->nr + 1, sizeof(*s->list));
	size_t i;

	if (list)
		s->list = list;
	if (!list || !new.name || !new.file || !new.text) {
		free(new.name);
		free(new.file);
		free(new.text);
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	}
	for (i = 0; i < s->nr && strcmp(s->list[i].name, new.name) < 0; i++)
		;
	if (i < s->nr && !strcmp(s->list[i].name, new.name)) {
		free(s->list[i].name);
		free(s->list[i].file);
		free(s->list[i].text);
	} else {
		memmove(s->list + i + 1, s->list + i, (s->nr - i) * sizeof(*s->list));
		s->nr++;
	}
	s->list[i] = new;
	return 0;
}

static int add_file(void *data, const char *path, struct ld_err *err)
{
	struct ld_profile_sources *s = data;
	char *text;

	if (ld_text_file(path, "targets", &text, err))
		return -1;
	return add(s, path, text, err);
}

int ld_profile_sources(struct ld_profile_sources *s, const char *dir, struct ld_err *err)
{
	int i;

	for (i = 0; shipped[i].file; i++)
		if (add(s, shipped[i].file, strdup(shipped[i].text), err))
			return -1;
	return dir ? ld_text_dir(dir, ENDING, add_file, s, err) : 0;
}

void ld_profile_sources_free(struct ld_profile_sources *s)
{
	size_t i;

	for (i = 0; i < s->nr; i++) {
		free(s->list[i].name);
		free(s->list[i].file);
		free(s->list[i].text);
	}
	free(s->list);
	memset(s, 0, sizeof(*s));
}
