// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compress.h"
#include "config.h"
#include "size.h"

/* Longer lines are no settings. */
#define LINE_LEN	256

static const struct {
	const char *name;
	const char *values;
	uint64_t max;
} keys[LD_NR_CONFIG] = {
	[LD_CONFIG_FORMAT] = { "format", "elf or kdump", 0 },
	[LD_CONFIG_COMPRESSION] = { "compression", "zlib, lzo, snappy, zstd or none", 0 },
	[LD_CONFIG_LEVEL] = { "compression-level", "a number from 1", LD_MAX_LEVEL },
	[LD_CONFIG_THREADS] = { "num-threads", "a number from 1", LD_MAX_THREADS },
};

const char *ld_config_name(enum ld_config_key key)
{
	return keys[key].name;
}

int ld_config_find(const char *name, struct ld_err *err)
{
	int i;

	for (i = 0; i < LD_NR_CONFIG; i++) {
		if (!strcmp(keys[i].name, name))
			return i;
	}
	return ld_fail(err, LD_EXIT_USAGE, "nothing is called '%s' that can be configured\n"
		       "What can be: %s, %s, %s, %s.", name, keys[0].name, keys[1].name,
		       keys[2].name, keys[3].name);
}

const char *ld_config_builtin(enum ld_config_key key)
{
	switch (key) {
	case LD_CONFIG_FORMAT:
		return ld_format_name(LD_FORMAT_ELF);
	case LD_CONFIG_COMPRESSION:
		return ld_codec_name(LD_DEFAULT_CODEC);
	case LD_CONFIG_LEVEL:
		return "that of the compression";
	default:
		return "as many as there are CPUs";
	}
}

int ld_config_check(enum ld_config_key key, const char *value, struct ld_err *err)
{
	uint64_t number = 0;
	int found;

	switch (key) {
	case LD_CONFIG_FORMAT:
		found = ld_format_find(value) >= 0;
		break;
	case LD_CONFIG_COMPRESSION:
		found = ld_codec_find(value) >= 0;
		break;
	default:
		found = !ld_parse_number(value, &number) && number && number <= keys[key].max;
	}
	if (!found && keys[key].max)
		return ld_fail(err, LD_EXIT_USAGE, "'%s' is no %s: it is %s to %llu", value,
			       keys[key].name, keys[key].values,
			       (unsigned long long)keys[key].max);
	if (!found)
		return ld_fail(err, LD_EXIT_USAGE, "'%s' is no %s: it is %s", value,
			       keys[key].name, keys[key].values);
	if (key == LD_CONFIG_COMPRESSION)
		return ld_codec_check(ld_codec_find(value), 0, err);
	return 0;
}

/* "KEY = VALUE # why" in place; the value, or NULL if that is not what it is. */
static char *split(char *line)
{
	char *value = strchr(line, '='), *end;

	if (!value)
		return NULL;
	end = value;
	*value++ = '\0';
	while (end > line && strchr(" \t", end[-1]))
		*--end = '\0';
	value += strspn(value, " \t");
	value[strcspn(value, "# \t\n")] = '\0';
	return value;
}

/* The key that a line is about, or -1. */
static int key_of(const char *line)
{
	char copy[LINE_LEN], *start = copy;
	struct ld_err err;

	snprintf(copy, sizeof(copy), "%s", line);
	start += strspn(start, " \t");
	return *start != '#' && split(start) ? ld_config_find(start, &err) : -1;
}

static int read_line(char *line, struct ld_config *ret, struct ld_err *err)
{
	char *value;
	int key;

	line += strspn(line, " \t");
	if (!line[strcspn(line, "\n")])
		return ld_fail(err, LD_EXIT_FAILED, "the line is too long, or does not end");
	if (*line == '#' || *line == '\n')
		return 0;
	value = split(line);
	if (!value)
		return ld_fail(err, LD_EXIT_FAILED, "this is no KEY = VALUE");
	key = ld_config_find(line, err);
	if (key < 0 || ld_config_check(key, value, err))
		return -1;
	snprintf(ret->value[key], LD_CONFIG_LEN, "%s", value);
	return 0;
}

int ld_config_read(const char *path, struct ld_config *ret, struct ld_err *err)
{
	FILE *file = fopen(path, "re");
	char line[LINE_LEN];
	struct ld_err why;
	int nr, result = 0;

	*ret = (struct ld_config){ 0 };
	if (!file && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (!file)
		return ld_fail(err, LD_EXIT_FAILED, "%s: %s", path, strerror(errno));
	for (nr = 1; !result && fgets(line, sizeof(line), file); nr++) {
		result = read_line(line, ret, &why);
		if (result)
			ld_fail(err, LD_EXIT_FAILED, "%s:%d: %.500s", path, nr, why.msg);
	}
	if (!result && ferror(file))
		result = ld_fail(err, LD_EXIT_FAILED, "%s: %s", path, strerror(errno));
	fclose(file);
	return result;
}

/* The old file's lines, but for those that are to go, and the new one. */
static int write_lines(FILE *from, FILE *to, enum ld_config_key key, const char *value)
{
	char line[LINE_LEN];
	int whole = 1;

	while (from && fgets(line, sizeof(line), from)) {
		/* a piece of a long line is none of ours */
		int about = whole ? key_of(line) : -1;

		whole = !!strchr(line, '\n');
		if (about != (int)key &&
		    !(about == LD_CONFIG_LEVEL && key == LD_CONFIG_COMPRESSION))
			fputs(line, to);
	}
	if (!whole)
		fputc('\n', to);
	if (strcmp(value, LD_CONFIG_RESET))
		fprintf(to, "%s = %s\n", keys[key].name, value);
	return (from && ferror(from)) || fflush(to) || ferror(to) ? -1 : 0;
}

static int replace(const char *path, const char *temp, int fd, enum ld_config_key key,
		   const char *value)
{
	FILE *from = fopen(path, "re"), *to = fdopen(fd, "w");
	int result = -1;

	if (to && (from || errno == ENOENT) && !write_lines(from, to, key, value) &&
	    !fchmod(fd, 0644) && !fsync(fd) && !rename(temp, path))
		result = 0;
	if (from)
		fclose(from);
	if (to)
		fclose(to);
	else
		close(fd);
	return result;
}

static int fail_path(const char *path, int error, struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED, "%s: %s%s", path, strerror(error),
		       error == EACCES || error == EPERM ? "\nOnly root may change it." : "");
}

static int make_directory(const char *path)
{
	char *dir = strdup(path), *slash = dir ? strrchr(dir, '/') : NULL;
	int result = 0;

	if (slash && slash != dir) {
		*slash = '\0';
		result = mkdir(dir, 0755);
	}
	free(dir);
	return result && errno != EEXIST ? -1 : 0;
}

int ld_config_write(const char *path, enum ld_config_key key, const char *value,
		    struct ld_err *err)
{
	char *temp;
	int fd, result = -1;

	if (make_directory(path))
		return fail_path(path, errno, err);
	if (asprintf(&temp, "%s.XXXXXX", path) < 0)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0) {
		fail_path(path, errno, err);
	} else if (replace(path, temp, fd, key, value)) {
		fail_path(path, errno, err);
		unlink(temp);
	} else {
		result = 0;
	}
	free(temp);
	return result;
}
