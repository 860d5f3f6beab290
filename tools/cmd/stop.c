// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "dev.h"
#include "livedump.h"
#include "output.h"

static int destroy(struct ld_session *session, const struct ld_args *args, struct ld_err *err)
{
	if (ld_dev_destroy(session->dev, session->name, err))
		return -1;
	if (args->discard && !args->quiet)
		printf("session %s is gone, and what it recorded with it\n", session->name);
	return 0;
}

static int stop(struct ld_session *session, const struct ld_format *format,
		const struct ld_args *args, struct ld_err *err)
{
	struct livedump_status status;
	struct ld_outfile out;
	char *path = NULL;
	int result;

	if (args->discard)
		return destroy(session, args, err) ? -1 : LD_EXIT_OK;
	if (!args->output) {
		if (ld_dev_status(session->fd, &status, err))
			return -1;
		path = ld_session_path(session, &status);
		if (!path)
			return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	}
	/* Before the session is stopped: with a bad file name it goes on recording. */
	result = ld_outfile_begin(&out, path ? path : args->output, args->force, err);
	if (!result)
		result = ld_finish(session, path ? path : args->output, &out, format, args, false,
				   err);
	/* the file is on disk now: the session may go */
	if (result >= 0 && destroy(session, args, err))
		result = -1;
	ld_outfile_abort(&out);
	free(path);
	return result;
}

static int run(const struct ld_args *args, struct ld_err *err)
{
	struct ld_session session;
	struct ld_format format;
	int result = -1;

	if (args->discard && args->output)
		return ld_fail(err, LD_EXIT_USAGE, "--discard writes no file: leave -o away");
	if (!args->discard && ld_output_format(args, &format, err))
		return -1;
	if (!ld_session_begin(&session, err) && !ld_session_open(&session, args->session, err))
		result = stop(&session, &format, args, err);
	ld_session_end(&session);
	return result;
}

const struct ld_command ld_cmd_stop = {
	.name = "stop",
	.operands = "",
	.summary = "stop a session and write what it recorded to a file",
	.details = "Without -o the file is livedump-NAME-TIME.vmcore in the current directory,\n"
		   "with the time of the session's start. Should writing fail, the session is\n"
		   "kept, stopped: give another file and stop it again.\n"
		   "With -o - the file goes to standard output, flattened: see FORMATS in livedump(8).",
	.options = LD_OPT_BIT(SESSION) | LD_OUTPUT_OPTIONS | LD_OPT_BIT(DISCARD) |
		   LD_OPT_BIT(JSON),
	.min = 0,
	.max = 0,
	.run = run,
};
