// SPDX-License-Identifier: GPL-2.0
/* livedump: vmcores of named kernel objects, taken from a running system. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interrupt.h"
#include "livedump.h"
#include "resolver_suggest.h"
#include "version.h"

const struct ld_command * const ld_commands[] = {
	&ld_cmd_start,
	&ld_cmd_snapshot,
	&ld_cmd_record_memory,
	&ld_cmd_status,
	&ld_cmd_list,
	&ld_cmd_stop,
	&ld_cmd_capture,
	&ld_cmd_info,
	&ld_cmd_convert,
	&ld_cmd_whatis,
	&ld_cmd_config,
	&ld_cmd_help,
	NULL,
};

const struct ld_command *ld_command_find(const char *name)
{
	size_t i;

	for (i = 0; ld_commands[i]; i++) {
		if (!strcmp(ld_commands[i]->name, name))
			return ld_commands[i];
	}
	return NULL;
}

static int fail(const struct ld_err *err)
{
	fprintf(stderr, "livedump: %s\n", err->msg);
	ld_interrupt_die();
	return err->code;
}

/* A full disk or a closed pipe behind standard output must not pass for success. */
static int flush(int result)
{
	if (!fflush(stdout) && !ferror(stdout))
		return result;
	fprintf(stderr, "livedump: standard output: %s\n", strerror(errno));
	return LD_EXIT_FAILED;
}

static int run_command(const struct ld_command *cmd, int argc, char **argv)
{
	struct ld_err err = { .code = LD_EXIT_FAILED };
	char **typed = malloc(((size_t)argc + 1) * sizeof(*typed));
	struct ld_args args;
	int result;

	if (!typed)
		return LD_EXIT_FAILED;
	/* getopt_long() reorders argv; the note wants it as it was typed */
	memcpy(typed, argv, ((size_t)argc + 1) * sizeof(*typed));
	result = ld_args_parse(cmd, argc - 1, argv + 1, &args, &err);
	args.full_argc = argc;
	args.full_argv = typed;
	if (!result && args.help)
		ld_help_command(cmd, stdout);
	else if (!result && args.version)
		puts("livedump " LD_VERSION);
	else if (!result)
		result = cmd->run(&args, &err);
	free(typed);
	return result < 0 ? fail(&err) : flush(result);
}

static void no_command(const char *name)
{
	struct ld_suggest suggest = { .want = name };
	char close[256];
	size_t i;

	for (i = 0; ld_commands[i]; i++)
		ld_suggest_try(&suggest, ld_commands[i]->name);
	fprintf(stderr, "livedump: there is no command '%s'%s\nlivedump help lists them.\n", name,
		ld_suggest_text(&suggest, close, sizeof(close)));
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	const struct ld_command *cmd = ld_command_find(name);

	if (cmd)
		return run_command(cmd, argc, argv);
	if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
		ld_help_overview(stdout);
		return flush(LD_EXIT_OK);
	}
	if (!strcmp(name, "--version") || !strcmp(name, "-V")) {
		puts("livedump " LD_VERSION);
		return flush(LD_EXIT_OK);
	}
	if (!strcmp(name, "__man")) {
		ld_help_man(stdout);
		return flush(LD_EXIT_OK);
	}
	if (!strcmp(name, "__complete") && argc > 3) {
		ld_complete(atoi(argv[2]), argc - 3, argv + 3);
		return flush(LD_EXIT_OK);
	}
	if (!*name)
		ld_help_overview(stderr);
	else
		no_command(name);
	return LD_EXIT_USAGE;
}
