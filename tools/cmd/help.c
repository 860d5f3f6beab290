// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "livedump.h"

static int run(const struct ld_args *args, struct ld_err *err)
{
	const struct ld_command *cmd;

	if (!args->argc) {
		ld_help_overview(stdout);
		return LD_EXIT_OK;
	}
	cmd = ld_command_find(args->argv[0]);
	if (!cmd)
		return ld_fail(err, LD_EXIT_USAGE, "there is no command '%s': see livedump help",
			       args->argv[0]);
	ld_help_command(cmd, stdout);
	return LD_EXIT_OK;
}

const struct ld_command ld_cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "list the commands, or tell more about one",
	.min = 0,
	.max = 1,
	.run = run,
};
