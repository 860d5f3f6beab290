// SPDX-License-Identifier: GPL-2.0
/* Where rules are from: compiled in, and files. */
#include <stdlib.h>

#include "edges.h"
#include "textfile.h"

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

int ld_edges_file(struct ld_edges *edges, const char *path, struct ld_err *err)
{
	char *text;
	int rc;

	if (ld_text_file(path, "edges", &text, err))
		return -1;
	rc = ld_edges_text(edges, path, text, err);
	free(text);
	return rc;
}

static int add_file(void *edges, const char *path, struct ld_err *err)
{
	return ld_edges_file(edges, path, err);
}

int ld_edges_dir(struct ld_edges *edges, const char *path, struct ld_err *err)
{
	return ld_text_dir(path, ".edges", add_file, edges, err);
}
