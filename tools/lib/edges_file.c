// SPDX-License-Identifier: GPL-2.0
/* Where rules are from: compiled in, and files. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edges.h"

/* Made of tools/lib/edges, one file after the other. */
static const struct {
	const char *file;
	const char *text;
} shipped[] = {
#include "edges.inc"
	{ NULL, NULL }
};

int ld_edges_shipped(struct ld_edges *edges, struct ld_err *err)
{
	int i;

	for (i = 0; shipped[i].file; i++)
		if (ld_edges_text(edges, shipped[i].file, shipped[i].text, err))
			return -1;
	return 0;
}

static int add_stream(struct ld_edges *edges, const char *path, FILE *from, struct ld_err *err)
{
	char *text = malloc(LD_EDGES_FILE_MAX + 1);
	size_t len;
	int rc;

	if (!text)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	len = fread(text, 1, LD_EDGES_FILE_MAX + 1, from);
	if (ferror(from)) {
		rc = ld_fail(err, LD_EXIT_FAILED, "%s: cannot read it: %s", path, strerror(errno));
	} else if (len > LD_EDGES_FILE_MAX || memchr(text, '\0', len)) {
		rc = ld_fail(err, LD_EXIT_USAGE, "%s: not a file of edges: %s", path,
			     len > LD_EDGES_FILE_MAX ? "it is too large" : "it is binary");
	} else {
		text[len] = '\0';
		rc = ld_edges_text(edges, path, text, err);
	}
	free(text);
	return rc;
}

int ld_edges_file(struct ld_edges *edges, const char *path, struct ld_err *err)
{
	FILE *from = fopen(path, "re");
	int rc;

	if (!from)
		return ld_fail(err, LD_EXIT_FAILED, "%s: cannot open it: %s", path,
			       strerror(errno));
	rc = add_stream(edges, path, from, err);
	fclose(from);
	return rc;
}

static int is_edges(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 6 && !strcmp(entry->d_name + len - 6, ".edges");
}

int ld_edges_dir(struct ld_edges *edges, const char *path, struct ld_err *err)
{
	struct dirent **list;
	int i, n, rc = 0;
	char *file;

	n = scandir(path, &list, is_edges, alphasort);
	if (n < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (n < 0)
		return ld_fail(err, LD_EXIT_FAILED, "%s: cannot read it: %s", path,
			       strerror(errno));
	for (i = 0; i < n; i++) {
		if (rc) {
			file = NULL;
		} else if (asprintf(&file, "%s/%s", path, list[i]->d_name) < 0) {
			file = NULL;
			rc = ld_fail(err, LD_EXIT_FAILED, "out of memory");
		} else {
			rc = ld_edges_file(edges, file, err);
		}
		free(file);
		free(list[i]);
	}
	free(list);
	return rc;
}
