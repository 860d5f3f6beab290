// SPDX-License-Identifier: GPL-2.0
#include "dev.h"
#include "livedump.h"
#include "output.h"

static int capture(struct ld_session *session, const struct ld_format *format,
		   const struct ld_args *args, struct ld_err *err)
{
	const struct livedump_create with = { .limit = args->buffer };
	struct ld_outfile out;
	int taken, result = -1;

	if (ld_outfile_begin(&out, args->output, args->force, err))
		return -1;
	if (!ld_session_create(session, "", &with, err)) {
		taken = ld_snapshot_targets(session, args, false, err);
		if (taken >= 0)
			result = ld_finish(session, args->output, &out, format, args,
					   taken == LD_EXIT_INCOMPLETE, err);
	}
	ld_outfile_abort(&out);
	return result;
}

static int run(const struct ld_args *args, struct ld_err *err)
{
	struct ld_session session;
	struct ld_format format;
	int result = -1;

	if (!args->output)
		return ld_fail(err, LD_EXIT_USAGE, "capture needs a file to write: -o FILE");
	if (ld_output_format(args, &format, err))
		return -1;
	if (!ld_session_begin(&session, err))
		result = capture(&session, &format, args, err);
	ld_session_end(&session);
	return result;
}

const struct ld_command ld_cmd_capture = {
	.name = "capture",
	.operands = "-o FILE [TARGET...]",
	.summary = "start, snapshot and stop in one go",
	.details = "The session has no name and ends with this program, however that comes about.\n"
		   "With -o - the file goes to standard output, flattened: see FORMATS in livedump(8).",
	.options = LD_OUTPUT_OPTIONS | LD_OPT_BIT(BUFFER) |
		   LD_SNAPSHOT_OPTIONS | LD_OPT_BIT(JSON),
	.min = 1,
	.max = -1,
	.run = run,
};
