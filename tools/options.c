// SPDX-License-Identifier: GPL-2.0
/* The options, each described once, and the parser that the description makes. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <linux/livedump.h>

#include "config.h"
#include "livedump.h"
#include "resolver_suggest.h"
#include "size.h"

#define FIELD(name)	offsetof(struct ld_args, name)
#define STRING(x)	STRING_(x)
#define STRING_(x)	#x

const struct ld_option ld_options[LD_NR_OPTIONS] = {
	[LD_OPT_SESSION] = {
		"session", 's', LD_KIND_SESSION, "NAME", FIELD(session), 0,
		"the session; needed only where several are open"
	},
	[LD_OPT_OUTPUT] = {
		"output", 'o', LD_KIND_FILE, "FILE", FIELD(output), 0,
		"the file to write"
	},
	[LD_OPT_FORCE] = {
		"force", 'f', LD_KIND_FLAG, NULL, FIELD(force), 0,
		"replace the file if it exists"
	},
	[LD_OPT_DISCARD] = {
		"discard", 0, LD_KIND_FLAG, NULL, FIELD(discard), 0,
		"write no file: throw away what was recorded"
	},
	[LD_OPT_FORMAT] = {
		"format", 0, LD_KIND_FORMAT, "FORMAT", FIELD(format), 0,
		"of the file: elf, or kdump as makedumpfile makes it"
	},
	[LD_OPT_COMPRESSION] = {
		"compression", 0, LD_KIND_CODEC, "HOW", FIELD(compression), 0,
		"compress pages with zlib, lzo, snappy, zstd or none; the format is kdump then"
	},
	[LD_OPT_COMPRESSION_LEVEL] = {
		"compression-level", 0, LD_KIND_NUMBER, "N", FIELD(compression_level), LD_MAX_LEVEL,
		"how hard: 1 to 9 for zlib, 1 to 19 for zstd (default: 1)"
	},
	[LD_OPT_NUM_THREADS] = {
		"num-threads", 0, LD_KIND_NUMBER, "N", FIELD(num_threads), LD_MAX_THREADS,
		"threads that compress (default: as many as there are CPUs)"
	},
	[LD_OPT_ZLIB] = {
		"zlib", 'c', LD_KIND_ALIAS, NULL, FIELD(compression), 0,
		"compress with zlib"
	},
	[LD_OPT_LZO] = {
		"lzo", 'l', LD_KIND_ALIAS, NULL, FIELD(compression), 0,
		"compress with lzo"
	},
	[LD_OPT_SNAPPY] = {
		"snappy", 'p', LD_KIND_ALIAS, NULL, FIELD(compression), 0,
		"compress with snappy"
	},
	[LD_OPT_ZSTD] = {
		"zstd", 'z', LD_KIND_ALIAS, NULL, FIELD(compression), 0,
		"compress with zstd"
	},
	[LD_OPT_BUFFER] = {
		"buffer", 'b', LD_KIND_SIZE, "SIZE", FIELD(buffer), 0,
		"kernel memory that the session may use (default: what the module's cap leaves)"
	},
	[LD_OPT_RESERVE] = {
		"reserve", 0, LD_KIND_SIZE, "SIZE", FIELD(reserve), 0,
		"allocate room for so much memory at once, so that recording it need not"
	},
	[LD_OPT_DEADLINE] = {
		"deadline", 0, LD_KIND_SECONDS, "SECONDS", FIELD(deadline_ns), 0,
		"record nothing after this time from now"
	},
	[LD_OPT_DEPTH] = {
		"depth", 'd', LD_KIND_NUMBER, "N", FIELD(depth), LIVEDUMP_MAX_DEPTH,
		"follow pointers so many times: 0 records the targets alone (default: 1)"
	},
	[LD_OPT_KEEP] = {
		"keep", 'k', LD_KIND_FLAG, NULL, FIELD(keep), 0,
		"keep the first copy of pages that the session has already"
	},
	[LD_OPT_USER_MEMORY] = {
		"user-memory", 'u', LD_KIND_FLAG, NULL, FIELD(user_memory), 0,
		"record memory of processes and the page cache too"
	},
	[LD_OPT_MAX_OBJECTS] = {
		"max-objects", 0, LD_KIND_NUMBER, "N", FIELD(max_objects), LIVEDUMP_MAX_OBJECTS,
		"stop after so many objects (default: " STRING(LIVEDUMP_DEFAULT_OBJECTS) ")"
	},
	[LD_OPT_MAX_BYTES] = {
		"max-bytes", 0, LD_KIND_SIZE, "SIZE", FIELD(max_bytes), 0,
		"stop after so much memory (default: no limit but the session's)"
	},
	[LD_OPT_MAX_TIME] = {
		"max-time", 0, LD_KIND_SECONDS, "SECONDS", FIELD(max_time_ns), 0,
		"stop after this time (default: none)"
	},
	[LD_OPT_MAX_LIST] = {
		"max-list", 0, LD_KIND_NUMBER, "N", FIELD(max_list), UINT32_MAX,
		"stop after so many entries of a list, tree or other container (default: no limit)"
	},
	[LD_OPT_PROFILE] = {
		"profile", 'P', LD_KIND_PROFILES, "NAME[=ARG]", FIELD(profiles), 0,
		"record what this profile names, too: livedump list profiles; may be given several times"
	},
	[LD_OPT_SELF_CONTAINED] = {
		"self-contained", 0, LD_KIND_FLAG, NULL, FIELD(self_contained), 0,
		"record the kernel's own names and types, too (kallsyms, BTF)"
	},
	[LD_OPT_ONLY] = {
		"only", 0, LD_KIND_TEXTS, "TYPE,...", FIELD(only), 0,
		"follow pointers to these types only; may be given several times"
	},
	[LD_OPT_SKIP] = {
		"skip", 0, LD_KIND_TEXTS, "TYPE,...", FIELD(skip), 0,
		"do not follow pointers to these types, nor members 'struct TYPE.MEMBER'"
	},
	[LD_OPT_EDGES] = {
		"edges", 0, LD_KIND_FILES, "FILE", FIELD(edges), 0,
		"take from this file, too, where lists and other members lead: see EDGES in livedump(8)"
	},
	[LD_OPT_SCAN] = {
		"scan", 0, LD_KIND_FLAG, NULL, FIELD(scan), 0,
		"of targets 0xADDR:SIZE take each aligned word, and those of what it leads to, for a pointer"
	},
	[LD_OPT_VMLINUX] = {
		"vmlinux", 0, LD_KIND_FILE, "FILE", FIELD(vmlinux), 0,
		"take the types of variables from this vmlinux with debug information"
	},
	[LD_OPT_PHYSICAL] = {
		"physical", 'p', LD_KIND_FLAG, NULL, FIELD(physical), 0,
		"the address is a physical one"
	},
	[LD_OPT_OBJECTS] = {
		"objects", 0, LD_KIND_FLAG, NULL, FIELD(objects), 0,
		"show each object: how it was reached, its type, address and size"
	},
	[LD_OPT_DOT] = {
		"dot", 0, LD_KIND_FLAG, NULL, FIELD(dot), 0,
		"show the objects as a graph for graphviz"
	},
	[LD_OPT_CHECK] = {
		"check", 0, LD_KIND_FLAG, NULL, FIELD(check), 0,
		"hold the file against all that crash, drgn and makedumpfile are known to insist on"
	},
	[LD_OPT_PAGES_OF] = {
		"pages-of", 0, LD_KIND_FILE, "RECORDING", FIELD(pages_of), 0,
		"leave out all pages but those that this vmcore has, too"
	},
	[LD_OPT_JSON] = {
		"json", 'j', LD_KIND_FLAG, NULL, FIELD(json), 0,
		"print JSON"
	},
	[LD_OPT_QUIET] = {
		"quiet", 'q', LD_KIND_FLAG, NULL, FIELD(quiet), 0,
		"print only errors, and what is missing"
	},
	[LD_OPT_HELP] = {
		"help", 'h', LD_KIND_FLAG, NULL, FIELD(help), 0,
		"print this help"
	},
	[LD_OPT_VERSION] = {
		"version", 'V', LD_KIND_FLAG, NULL, FIELD(version), 0,
		"print the version"
	},
};

uint64_t ld_command_options(const struct ld_command *cmd)
{
	return cmd->options | LD_COMMON_OPTIONS;
}

bool ld_option_is_flag(const struct ld_option *o)
{
	return o->kind == LD_KIND_FLAG || o->kind == LD_KIND_ALIAS;
}

/* Letters are returned as they are, options without one as 256 + id. */
static void make_tables(uint64_t set, struct option *longs, char *shorts)
{
	unsigned int id;

	/* operands may come first; a missing argument is ours to tell */
	*shorts++ = ':';
	for (id = 0; id < LD_NR_OPTIONS; id++) {
		const struct ld_option *o = &ld_options[id];

		if (!(set & 1ULL << id))
			continue;
		*longs++ = (struct option){
			.name = o->name,
			.has_arg = ld_option_is_flag(o) ? no_argument : required_argument,
			.val = 256 + (int)id,
		};
		if (!o->letter)
			continue;
		*shorts++ = o->letter;
		if (!ld_option_is_flag(o))
			*shorts++ = ':';
	}
	*longs = (struct option){ 0 };
	*shorts = '\0';
}

/* Commands may use a letter for different options. */
static const struct ld_option *find_option(const struct ld_command *cmd, int val)
{
	const uint64_t set = ld_command_options(cmd);
	unsigned int id;

	if (val >= 256)
		return &ld_options[val - 256];
	for (id = 0; id < LD_NR_OPTIONS; id++) {
		if (set & 1ULL << id && ld_options[id].letter == val)
			return &ld_options[id];
	}
	return NULL;
}

static int set_number(const struct ld_option *o, const char *text, uint64_t *to,
		      struct ld_err *err)
{
	const char *what = "a number, such as 3";
	int bad;

	switch (o->kind) {
	case LD_KIND_SIZE:
		what = "a size, such as 65536, 64K or 1G";
		bad = ld_parse_size(text, to);
		break;
	case LD_KIND_SECONDS:
		what = "seconds, such as 10 or 0.5";
		bad = ld_parse_seconds(text, to);
		break;
	default:
		bad = ld_parse_number(text, to);
	}
	if (bad)
		return ld_fail(err, LD_EXIT_USAGE, "--%s takes %s; this is not one: '%s'", o->name,
			       what, text);
	if (o->max && *to > o->max)
		return ld_fail(err, LD_EXIT_USAGE, "--%s is at most %" PRIu64, o->name, o->max);
	return 0;
}

static int add_text(const struct ld_option *o, const char *text, struct ld_texts *to,
		    struct ld_err *err)
{
	if (!*text)
		return ld_fail(err, LD_EXIT_USAGE, "--%s: the %s is empty", o->name, o->arg);
	if (to->nr == LD_MAX_TEXTS)
		return ld_fail(err, LD_EXIT_USAGE, "--%s can be given %d times", o->name,
			       LD_MAX_TEXTS);
	to->text[to->nr++] = text;
	return 0;
}

static int set_option(const struct ld_option *o, const char *text, struct ld_args *args,
		      struct ld_err *err)
{
	char *to = (char *)args + o->offset;

	switch (o->kind) {
	case LD_KIND_FLAG:
		*(bool *)to = true;
		return 0;
	case LD_KIND_ALIAS:
		*(const char **)to = o->name;
		return 0;
	case LD_KIND_STRING:
	case LD_KIND_FORMAT:
	case LD_KIND_CODEC:
	case LD_KIND_FILE:
	case LD_KIND_SESSION:
		if (!*text)
			return ld_fail(err, LD_EXIT_USAGE, "--%s: the %s is empty", o->name,
				       o->arg);
		*(const char **)to = text;
		return 0;
	case LD_KIND_TEXTS:
	case LD_KIND_FILES:
	case LD_KIND_PROFILES:
		return add_text(o, text, (struct ld_texts *)to, err);
	default:
		return set_number(o, text, (uint64_t *)to, err);
	}
}

int ld_args_set(uint64_t set, const char *name, const char *value, struct ld_args *args,
		struct ld_err *err)
{
	struct ld_suggest suggest = { .want = name };
	const struct ld_option *o;
	unsigned int id;
	char close[200];

	for (id = 0; id < LD_NR_OPTIONS; id++) {
		o = &ld_options[id];
		if (!(set & 1ULL << id))
			continue;
		if (strcmp(o->name, name)) {
			ld_suggest_try(&suggest, o->name);
			continue;
		}
		if (o->kind == LD_KIND_FLAG && *value)
			return ld_fail(err, LD_EXIT_USAGE, "--%s takes no argument", name);
		return set_option(o, value, args, err);
	}
	return ld_fail(err, LD_EXIT_USAGE, "there is no option --%s here%s", name,
		       ld_suggest_text(&suggest, close, sizeof(close)));
}

/* getopt names a short option in optopt and points past a long one. */
static int bad_option(const struct ld_command *cmd, char **argv, bool no_argument_given,
		      struct ld_err *err)
{
	const struct ld_option *o = optopt ? find_option(cmd, optopt) : NULL;
	char letter[] = { '-', (char)optopt, '\0' };
	const char *typed = optopt && optopt < 256 ? letter : argv[optind - 1];

	if (no_argument_given && o)
		return ld_fail(err, LD_EXIT_USAGE, "%s needs an argument: %s", typed, o->arg);
	if (o && optopt >= 256)
		return ld_fail(err, LD_EXIT_USAGE, "--%s takes no argument", o->name);
	return ld_fail(err, LD_EXIT_USAGE, "%s has no option %s: see livedump %s --help",
		       cmd->name, typed, cmd->name);
}

static int check_operands(const struct ld_command *cmd, const struct ld_args *args,
			  struct ld_err *err)
{
	const char *space = *cmd->operands ? " " : "";

	if (args->help || args->version)
		return 0;
	if (args->argc < cmd->min && !args->profiles.nr)
		return ld_fail(err, LD_EXIT_USAGE, "%s: usage: livedump %s [OPTION...]%s%s",
			       args->argc ? "something is missing" : "nothing is given", cmd->name,
			       space, cmd->operands);
	if (cmd->max >= 0 && args->argc > cmd->max)
		return ld_fail(err, LD_EXIT_USAGE,
			       "'%s' is too much: usage: livedump %s [OPTION...]%s%s",
			       args->argv[cmd->max], cmd->name, space, cmd->operands);
	return 0;
}

int ld_args_parse(const struct ld_command *cmd, int argc, char **argv, struct ld_args *args,
		  struct ld_err *err)
{
	struct option longs[LD_NR_OPTIONS + 1];
	char shorts[2 * LD_NR_OPTIONS + 2];
	const struct ld_option *o;
	int val;

	*args = (struct ld_args){ .depth = 1 };
	make_tables(ld_command_options(cmd), longs, shorts);
	/* 0, not 1: start anew, whatever was parsed before */
	optind = 0;
	opterr = 0;
	while ((val = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		o = val == '?' || val == ':' ? NULL : find_option(cmd, val);
		if (!o)
			return bad_option(cmd, argv, val == ':', err);
		if (set_option(o, optarg, args, err))
			return -1;
	}
	args->argc = argc - optind;
	args->argv = argv + optind;
	return check_operands(cmd, args, err);
}
