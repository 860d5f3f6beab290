// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "annotate.h"
#include "livedump.h"

static int run(const struct ld_args *args, struct ld_err *err)
{
	const char *name = args->argc ? args->argv[0] : LD_DEFAULT_SESSION;
	/* a deadline of 0 would mean none: round up */
	const struct livedump_create with = {
		.limit = args->buffer,
		.reserve = args->reserve,
		.deadline_ms = args->deadline_ns / 1000000 + !!(args->deadline_ns % 1000000),
	};
	struct ld_session session;
	int result = -1;

	/* "" would make a session that ends with us */
	if (!*name)
		return ld_fail(err, LD_EXIT_USAGE, "the session's name is empty");
	if (!ld_session_begin(&session, err) &&
	    !ld_session_create(&session, name, &with, err) &&
	    !ld_annotate_command(session.fd, args->full_argc, args->full_argv, err)) {
		result = LD_EXIT_OK;
		if (!args->quiet)
			printf("session %s is open: livedump snapshot, record-memory, then stop\n",
			       name);
	}
	ld_session_end(&session);
	return result;
}

const struct ld_command ld_cmd_start = {
	.name = "start",
	.operands = "[NAME]",
	.summary = "start a session, which records until it is stopped",
	.details = "It lasts until livedump stop, also when this program has ended. Without a\n"
		   "NAME it is called \"" LD_DEFAULT_SESSION "\". Several may be open at once.",
	.options = LD_OPT_BIT(BUFFER) | LD_OPT_BIT(RESERVE) | LD_OPT_BIT(DEADLINE),
	.min = 0,
	.max = 1,
	.run = run,
};
