/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_PROFILE_H
#define LD_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

/*
 * A profile is a text, NAME.profile: targets, one a line, as on the command line but without the
 * shell's quotes.
 *
 *	# Mounts: what is mounted where. (The first line of comment is what "list profiles" tells.)
 *	include base			the lines of another profile
 *	include slab=mount		of one that takes an argument
 *	--depth 2			options alone: for the lines below, until there are others
 *	init_task.nsproxy
 *	required super_blocks		an error where this kernel lacks it
 *	super_blocks --depth 1		options behind a target: for that line
 *	list(ns.list, struct mount, mnt_list) | rbtree(ns.mounts, struct mount, mnt_node)
 *					the first that this kernel has
 *	edge struct task_struct.stack pointer union thread_union
 *					a rule, as in *.edges, for the lines below
 *	slab:$ARG			the argument; without one the line is left out
 *
 * A line without an alternative that this kernel has is left out, and the file's note says so. An
 * option's argument goes on up to the next " --" or the end, and needs no quotes. A '#' at the
 * start of a line or behind a blank begins a comment. Options are those of snapshot, by their long
 * names:
 * --depth (1 where nothing is said), --max-list, --max-objects, --max-bytes, --max-time, --only,
 * --skip, --scan, --user-memory. Of --only and --skip what this kernel lacks is left out.
 * Lines of the same options and rules make one request.
 */

/** LD_PROFILES_DIR: where an administrator puts profiles of his own. */
#define LD_PROFILES_DIR		"/etc/livedump/profiles.d"
/** LD_PROFILE_NESTING: how deep profiles may include each other. */
#define LD_PROFILE_NESTING	16

/**
 * struct ld_profile_source - a profile there is
 * @name: what to call it
 * @file: where it is from; of a shipped one, the name of the file alone
 * @text: all of it
 */
struct ld_profile_source {
	char *name;
	char *file;
	char *text;
};

/**
 * struct ld_profile_sources - all profiles there are, by name
 * @list: them
 * @nr: entries of @list
 */
struct ld_profile_sources {
	struct ld_profile_source *list;
	size_t nr;
};

/**
 * ld_profile_sources() - find the profiles: those shipped, and an administrator's, which come first
 * @s: zero-initialised
 * @dir: his directory; there need not be one, and NULL is none
 * @err: filled on failure
 *
 * Return: 0 or -1; ld_profile_sources_free() ends it in either case.
 */
int ld_profile_sources(struct ld_profile_sources *s, const char *dir, struct ld_err *err);

/** ld_profile_sources_free() - free what it holds, and zero it. @s: sources */
void ld_profile_sources_free(struct ld_profile_sources *s);

/**
 * ld_profile_summary() - the first line of comment that is not about the licence
 * @text: of a profile
 * @ret: it, in @text
 *
 * Return: its length, 0 if there is none.
 */
size_t ld_profile_summary(const char *text, const char **ret);

/**
 * ld_profile_takes_argument() - whether a profile makes use of an argument
 * @text: of a profile
 *
 * Return: whether it has a line with $ARG.
 */
bool ld_profile_takes_argument(const char *text);

/**
 * struct ld_profile_option - an option, or a rule, of a line
 * @name: without the dashes; ``edge`` of a rule
 * @value: what stands behind it, "" for nothing
 * @file: where it is from
 * @line: from 1
 * @column: of @name, from 1
 */
struct ld_profile_option {
	char *name;
	char *value;
	const char *file;
	unsigned int line;
	unsigned int column;
};

/**
 * struct ld_profile_line - a line that names something to record
 * @file: where it is from
 * @line: from 1
 * @required: whether a kernel that lacks it is an error
 * @targets: alternatives
 * @nr_targets: entries of @targets, at least 1
 * @options: what holds for it
 * @nr_options: entries of @options
 */
struct ld_profile_line {
	const char *file;
	unsigned int line;
	bool required;
	char **targets;
	size_t nr_targets;
	const struct ld_profile_option **options;
	size_t nr_options;
};

/**
 * struct ld_profiles - what profiles ask for
 * @lines: all of their lines, in order
 * @nr: entries of @lines
 * @done: names and arguments of those that are in it
 * @nr_done: entries of @done
 * @owned: what else is to be freed
 * @nr_owned: entries of @owned
 */
struct ld_profiles {
	struct ld_profile_line *lines;
	size_t nr;
	char **done;
	size_t nr_done;
	void **owned;
	size_t nr_owned;
};

/**
 * ld_profiles_add() - add a profile's lines
 * @p: zero-initialised before the first
 * @sources: all there are
 * @what: ``NAME`` or ``NAME=ARG``; one that is in it already adds nothing
 * @err: filled on failure: what is wrong in which file, line and column, or what profiles there are
 *
 * Return: 0 or -1.
 */
int ld_profiles_add(struct ld_profiles *p, const struct ld_profile_sources *sources,
		    const char *what, struct ld_err *err);

/** ld_profiles_free() - free what it holds, and zero it. @p: profiles */
void ld_profiles_free(struct ld_profiles *p);

#endif
