/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIVEDUMP_H
#define LIVEDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drain.h"
#include "err.h"
#include "session.h"

/** LD_OPT_BIT() - an option's bit in ld_command.options. @name: of it, without LD_OPT_ */
#define LD_OPT_BIT(name)	(1ULL << LD_OPT_##name)

/**
 * enum ld_option_id - every option of every command
 * @LD_OPT_BUFFER: and so on: see ld_options[]
 * @LD_NR_OPTIONS: how many
 */
enum ld_option_id {
	LD_OPT_SESSION,
	LD_OPT_OUTPUT,
	LD_OPT_FORCE,
	LD_OPT_DISCARD,
	LD_OPT_FORMAT,
	LD_OPT_COMPRESSION,
	LD_OPT_COMPRESSION_LEVEL,
	LD_OPT_NUM_THREADS,
	LD_OPT_ZLIB,
	LD_OPT_LZO,
	LD_OPT_SNAPPY,
	LD_OPT_ZSTD,
	LD_OPT_BUFFER,
	LD_OPT_RESERVE,
	LD_OPT_DEADLINE,
	LD_OPT_DEPTH,
	LD_OPT_KEEP,
	LD_OPT_USER_MEMORY,
	LD_OPT_MAX_OBJECTS,
	LD_OPT_MAX_BYTES,
	LD_OPT_MAX_TIME,
	LD_OPT_MAX_LIST,
	LD_OPT_PROFILE,
	LD_OPT_SELF_CONTAINED,
	LD_OPT_ONLY,
	LD_OPT_SKIP,
	LD_OPT_EDGES,
	LD_OPT_SCAN,
	LD_OPT_VMLINUX,
	LD_OPT_PHYSICAL,
	LD_OPT_OBJECTS,
	LD_OPT_DOT,
	LD_OPT_CHECK,
	LD_OPT_PAGES_OF,
	LD_OPT_JSON,
	LD_OPT_QUIET,
	LD_OPT_HELP,
	LD_OPT_VERSION,
	LD_NR_OPTIONS,
};

/** LD_COMMON_OPTIONS: options that every command has. */
#define LD_COMMON_OPTIONS	(LD_OPT_BIT(QUIET) | LD_OPT_BIT(HELP) | LD_OPT_BIT(VERSION))

/** LD_SNAPSHOT_OPTIONS: options of whatever takes a snapshot. */
#define LD_SNAPSHOT_OPTIONS	(LD_OPT_BIT(DEPTH) | LD_OPT_BIT(KEEP) | \
				 LD_OPT_BIT(USER_MEMORY) | LD_OPT_BIT(MAX_OBJECTS) | \
				 LD_OPT_BIT(MAX_BYTES) | LD_OPT_BIT(MAX_TIME) | \
				 LD_OPT_BIT(MAX_LIST) | LD_OPT_BIT(PROFILE) | LD_OPT_BIT(ONLY) | \
				 LD_OPT_BIT(SELF_CONTAINED) | \
				 LD_OPT_BIT(SKIP) | LD_OPT_BIT(EDGES) | \
				 LD_OPT_BIT(SCAN) | LD_OPT_BIT(VMLINUX))

/**
 * enum ld_option_kind - what an option's argument is
 * @LD_KIND_FLAG: none; a bool becomes true
 * @LD_KIND_STRING: text
 * @LD_KIND_FORMAT: a format of files, as text
 * @LD_KIND_CODEC: a compression, as text
 * @LD_KIND_ALIAS: none; the option's name becomes the text
 * @LD_KIND_FILE: a file name
 * @LD_KIND_SESSION: a session's name
 * @LD_KIND_TEXTS: text, as struct ld_texts: may be given several times
 * @LD_KIND_FILES: the same, and each is a file name
 * @LD_KIND_PROFILES: the same, and each is a profile
 * @LD_KIND_NUMBER: a number, as uint64_t
 * @LD_KIND_SIZE: bytes, as uint64_t
 * @LD_KIND_SECONDS: seconds, as uint64_t nanoseconds
 */
enum ld_option_kind {
	LD_KIND_FLAG,
	LD_KIND_STRING,
	LD_KIND_FORMAT,
	LD_KIND_CODEC,
	LD_KIND_ALIAS,
	LD_KIND_FILE,
	LD_KIND_SESSION,
	LD_KIND_TEXTS,
	LD_KIND_FILES,
	LD_KIND_PROFILES,
	LD_KIND_NUMBER,
	LD_KIND_SIZE,
	LD_KIND_SECONDS,
};

/**
 * struct ld_option - an option; all there is to know of it
 * @name: long name
 * @letter: short name, or 0
 * @kind: enum ld_option_kind
 * @arg: what its argument is called in help, or NULL
 * @offset: of its member in struct ld_args
 * @max: largest number it takes, or 0 for any
 * @help: what it does, one sentence
 */
struct ld_option {
	const char *name;
	char letter;
	enum ld_option_kind kind;
	const char *arg;
	size_t offset;
	uint64_t max;
	const char *help;
};

/** ld_options - the options, by enum ld_option_id. */
extern const struct ld_option ld_options[LD_NR_OPTIONS];

/** ld_option_is_flag() - does it take no argument? @o: option. Return: that. */
bool ld_option_is_flag(const struct ld_option *o);

/** LD_MAX_TEXTS: how often an option may be given. */
#define LD_MAX_TEXTS		64

/**
 * struct ld_texts - what an option was given, each time
 * @text: that
 * @nr: how often
 */
struct ld_texts {
	const char *text[LD_MAX_TEXTS];
	unsigned int nr;
};

/**
 * struct ld_args - a parsed command line
 * @session: of -s, or NULL; and so on, a member for each option
 * @argc: operands
 * @argv: they
 * @full_argc: the whole command line
 * @full_argv: it, as typed
 */
struct ld_args {
	const char *session;
	const char *output;
	const char *vmlinux;
	const char *pages_of;
	const char *format;
	const char *compression;
	uint64_t compression_level;
	uint64_t num_threads;
	uint64_t buffer;
	uint64_t reserve;
	uint64_t deadline_ns;
	uint64_t depth;
	uint64_t max_objects;
	uint64_t max_bytes;
	uint64_t max_time_ns;
	uint64_t max_list;
	struct ld_texts profiles;
	struct ld_texts only;
	struct ld_texts skip;
	struct ld_texts edges;
	bool self_contained;
	bool force;
	bool discard;
	bool keep;
	bool user_memory;
	bool scan;
	bool physical;
	bool objects;
	bool dot;
	bool check;
	bool json;
	bool quiet;
	bool help;
	bool version;
	int argc;
	char **argv;
	int full_argc;
	char **full_argv;
};

/**
 * struct ld_command - a command
 * @name: what to type
 * @operands: what to type behind it, for help
 * @summary: what it does, one line
 * @details: more of it, for --help and the man page
 * @options: LD_OPT_BIT()s of its own
 * @min: least operands
 * @max: most operands, -1 for any number
 * @run: does it; returns an enum ld_exit, or -1 with the error filled in
 */
struct ld_command {
	const char *name;
	const char *operands;
	const char *summary;
	const char *details;
	uint64_t options;
	int min;
	int max;
	int (*run)(const struct ld_args *args, struct ld_err *err);
};

/** ld_commands - the commands, in the order of help; a NULL ends them. */
extern const struct ld_command * const ld_commands[];

extern const struct ld_command ld_cmd_start;
extern const struct ld_command ld_cmd_snapshot;
extern const struct ld_command ld_cmd_record_memory;
extern const struct ld_command ld_cmd_status;
extern const struct ld_command ld_cmd_list;
extern const struct ld_command ld_cmd_stop;
extern const struct ld_command ld_cmd_capture;
extern const struct ld_command ld_cmd_info;
extern const struct ld_command ld_cmd_convert;
extern const struct ld_command ld_cmd_whatis;
extern const struct ld_command ld_cmd_config;
extern const struct ld_command ld_cmd_help;

/** ld_command_find() - look a command up. @name: its name. Return: it, or NULL. */
const struct ld_command *ld_command_find(const char *name);

/** ld_command_options() - a command's options. @cmd: it. Return: bits, common ones included. */
uint64_t ld_command_options(const struct ld_command *cmd);

/**
 * ld_args_parse() - parse what comes behind a command's name
 * @cmd: the command
 * @argc: arguments, the command's name included
 * @argv: they; reordered, operands last
 * @args: filled
 * @err: filled on failure
 *
 * Return: 0 or -1. With --help or --version operands are not checked.
 */
int ld_args_parse(const struct ld_command *cmd, int argc, char **argv, struct ld_args *args,
		  struct ld_err *err);

/**
 * ld_args_set() - set an option that is not from the command line
 * @set: LD_OPT_BIT()s of those that may be
 * @name: long name
 * @value: argument, "" for none
 * @args: gets it
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_args_set(uint64_t set, const char *name, const char *value, struct ld_args *args,
		struct ld_err *err);

/** ld_help_overview() - print all commands. @to: there */
void ld_help_overview(FILE *to);

/** ld_help_command() - print a command's help. @cmd: it; @to: there */
void ld_help_command(const struct ld_command *cmd, FILE *to);

/** ld_help_man() - print the man page, in roff. @to: there */
void ld_help_man(FILE *to);

/**
 * ld_complete() - print what could stand on a command line, one candidate a line
 * @word: index of the word to be completed
 * @argc: words, the program included
 * @argv: they
 *
 * A line ``:files`` stands for file names.
 */
void ld_complete(int word, int argc, char **argv);

/**
 * ld_snapshot_targets() - resolve targets and take a snapshot of them
 * @session: open
 * @args: options of LD_SNAPSHOT_OPTIONS, and the targets as operands
 * @report: print what was recorded, and keep the command line with the session
 * @err: filled on failure
 *
 * What is missing is told on standard error.
 *
 * Return: LD_EXIT_OK, LD_EXIT_INCOMPLETE, or -1.
 */
int ld_snapshot_targets(struct ld_session *session, const struct ld_args *args, bool report,
			struct ld_err *err);

/**
 * ld_read_number() - read a number out of the running kernel
 * @data: struct ld_session, begun
 * @root: where it is
 * @size: its bytes
 * @ret: it
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_read_number(void *data, const struct livedump_root *root, __u32 size, __u64 *ret,
		   struct ld_err *err);

/**
 * ld_finish() - stop a session, write it to a file and say what is in it
 * @session: open
 * @path: of the file
 * @out: begun; committed by this, or aborted
 * @format: of the file
 * @args: --json and --quiet count
 * @incomplete: a request is known, and was told, to have left something out
 * @err: filled on failure; the session is kept
 *
 * Return: LD_EXIT_OK or LD_EXIT_INCOMPLETE, or -1.
 */
int ld_finish(struct ld_session *session, const char *path, struct ld_outfile *out,
	      const struct ld_format *format, const struct ld_args *args, bool incomplete,
	      struct ld_err *err);

#endif
