/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WRITER_DIR_H
#define WRITER_DIR_H

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "writer.h"

static char test_dir[256];

static inline void make_test_dir(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(test_dir, sizeof(test_dir), "%s/livedump-unit-XXXXXX", base ? base : "/tmp");
	need(mkdtemp(test_dir));
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static inline void remove_test_dir(void)
{
	nftw(test_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A path in the test's directory; good until the fourth call after this one. */
static inline char *in_test_dir(const char *name)
{
	static char paths[4][512];
	static int next;

	next = (next + 1) % 4;
	snprintf(paths[next], sizeof(paths[next]), "%s/%s", test_dir, name);
	return paths[next];
}

static inline void put_file(const char *path, const void *data, size_t size)
{
	FILE *file = need(fopen(path, "we"));

	if (fwrite(data, 1, size, file) != size || fclose(file))
		need(NULL);
}

/* The file's contents, to be freed, or NULL. */
static inline char *get_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "re");
	struct stat st;
	char *data;

	if (!file)
		return NULL;
	if (fstat(fileno(file), &st))
		need(NULL);
	data = need(malloc((size_t)st.st_size + 1));
	*size = fread(data, 1, (size_t)st.st_size, file);
	data[*size] = '\0';
	fclose(file);
	return data;
}

/* Files in a directory, hidden ones too. */
static inline int count_files(const char *path)
{
	DIR *dir = need(opendir(path));
	struct dirent *entry;
	int nr = 0;

	while ((entry = readdir(dir)))
		nr += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	closedir(dir);
	return nr;
}

#endif
