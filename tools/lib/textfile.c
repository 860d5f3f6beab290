// SPDX-License-Identifier: GPL-2.0
/* Texts that an administrator writes, and directories of them. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "textfile.h"

static int read_stream(FILE *from, const char *path, const char *what, char **ret,
		       struct ld_err *err)
{
	char *text = malloc(LD_TEXT_MAX + 1), *less;
	size_t len;

	if (!text)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	len = fread(text, 1, LD_TEXT_MAX + 1, from);
	if (ferror(from)) {
		free(text);
		return ld_fail(err, LD_EXIT_FAILED, "%s: cannot read it: %s", path,
			       strerror(errno));
	}
	if (len > LD_TEXT_MAX || memchr(text, '\0', len)) {
		free(text);
		return ld_fail(err, LD_EXIT_USAGE, "%s: not a file of %s: %s", path, what,
			       len > LD_TEXT_MAX ? "it is too large" : "it is binary");
	}
	text[len] = '\0';
	less = realloc(text, len + 1);
	*ret = less ?: text;
	return 0;
}

int ld_text_file(const char *path, const char *what, char **ret, struct ld_err *err)
{
	FILE *from = fopen(path, "re");
	int rc;

	if (!from)
		return ld_fail(err, LD_EXIT_FAILED, "%s: cannot open it: %s", path,
			       strerror(errno));
	rc = read_stream(from, path, what, ret, err);
	fclose(from);
	return rc;
}

static bool ends_in(const char *name, const char *ending)
{
	size_t len = strlen(name), tail = strlen(ending);

	return name[0] != '.' && len > tail && !strcmp(name + len - tail, ending);
}

int ld_text_dir(const char *path, const char *ending,
		int (*each)(void *data, const char *path, struct ld_err *err), void *data,
		struct ld_err *err)
{
	struct dirent **list;
	int i, n, rc = 0;
	char *file;

	n = scandir(path, &list, NULL, alphasort);
	if (n < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (n < 0)
		return ld_fail(err, LD_EXIT_FAILED, "%s: cannot read it: %s", path,
			       strerror(errno));
	for (i = 0; i < n; i++) {
		if (!rc && ends_in(list[i]->d_name, ending)) {
			if (asprintf(&file, "%s/%s", path, list[i]->d_name) < 0) {
				rc = ld_fail(err, LD_EXIT_FAILED, "out of memory");
			} else {
				rc = each(data, file, err);
				free(file);
			}
		}
		free(list[i]);
	}
	free(list);
	return rc;
}
