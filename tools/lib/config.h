/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_CONFIG_H
#define LD_CONFIG_H

#include "err.h"

/** LD_CONFIG_PATH: the administrator's defaults: lines ``KEY = VALUE``, and # begins a comment. */
#define LD_CONFIG_PATH		"/etc/livedump/config"

/** LD_CONFIG_RESET: as a value, what is built in. */
#define LD_CONFIG_RESET		"default"

/** LD_CONFIG_LEN: room for a value. */
#define LD_CONFIG_LEN		16

/** LD_MAX_LEVEL: highest level of any codec. */
#define LD_MAX_LEVEL		19
/** LD_MAX_THREADS: threads that may be asked for. */
#define LD_MAX_THREADS		1024

/**
 * enum ld_config_key - what has a default; each is an option of the same name
 * @LD_CONFIG_FORMAT: of files
 * @LD_CONFIG_COMPRESSION: of their pages
 * @LD_CONFIG_LEVEL: of that; goes with @LD_CONFIG_COMPRESSION
 * @LD_CONFIG_THREADS: that compress
 * @LD_NR_CONFIG: how many
 */
enum ld_config_key {
	LD_CONFIG_FORMAT,
	LD_CONFIG_COMPRESSION,
	LD_CONFIG_LEVEL,
	LD_CONFIG_THREADS,
	LD_NR_CONFIG,
};

/**
 * struct ld_config - the defaults
 * @value: as text, by key; empty where nothing is configured
 */
struct ld_config {
	char value[LD_NR_CONFIG][LD_CONFIG_LEN];
};

/** ld_config_name() - what to type. @key: of it. Return: its name. */
const char *ld_config_name(enum ld_config_key key);

/** ld_config_find() - the reverse. @name: as typed; @err: filled on failure. Return: key or -1. */
int ld_config_find(const char *name, struct ld_err *err);

/** ld_config_builtin() - what is built in. @key: of it. Return: for a person. */
const char *ld_config_builtin(enum ld_config_key key);

/**
 * ld_config_check() - is it a value of that key?
 * @key: of it
 * @value: as typed
 * @err: filled if not
 *
 * Return: 0 or -1.
 */
int ld_config_check(enum ld_config_key key, const char *value, struct ld_err *err);

/**
 * ld_config_read() - read the defaults
 * @path: LD_CONFIG_PATH; without that file nothing is configured
 * @ret: result
 * @err: filled on failure, with file and line
 *
 * Return: 0 or -1.
 */
int ld_config_read(const char *path, struct ld_config *ret, struct ld_err *err);

/**
 * ld_config_write() - change a default; the file is replaced at once or not at all
 * @path: LD_CONFIG_PATH; made if it is not there, its directory, too
 * @key: to be changed; other lines stay as they are
 * @value: checked, or LD_CONFIG_RESET
 * @err: filled on failure
 *
 * Another compression has other levels: with it, a configured level goes.
 *
 * Return: 0 or -1.
 */
int ld_config_write(const char *path, enum ld_config_key key, const char *value,
		    struct ld_err *err);

#endif
