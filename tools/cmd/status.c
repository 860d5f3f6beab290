// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "livedump.h"
#include "note.h"
#include "output.h"
#include "size.h"

static int print_json(const struct ld_drain *d, const char *path)
{
	struct json_object *top = json_object_new_object();

	ld_json_string(top, "path", path);
	ld_format_to_json(&d->format, top);
	ld_json_number(top, "segments", d->size.segments);
	ld_json_number(top, "bytes", d->size.bytes);
	ld_json_bool(top, "complete", !d->incomplete);
	ld_note_session(d->session, &d->contents.status, top);
	ld_summary_to_json(&d->summary, top);
	return ld_json_print(top);
}

static void print_text(const struct ld_drain *d, const char *path)
{
	const struct livedump_status *st = &d->contents.status;
	const uint64_t zero = d->session->boot_realtime_ns;
	char text[LD_SIZE_LEN], limit[LD_SIZE_LEN];

	printf("session:  %s, %s\n", d->session->name,
	       st->out_state == LIVEDUMP_STOPPED ? "stopped" : "recording");
	printf("started:  %s by process %u of user %u\n",
	       ld_format_utc(zero + st->out_created_ns, 0, text), st->out_creator_pid,
	       st->out_creator_uid);
	if (st->out_deadline_ns)
		printf("deadline: %s\n", ld_format_utc(zero + st->out_deadline_ns, 0, text));
	printf("memory:   %s of %s\n", ld_format_size(st->out_used, text),
	       ld_format_size(ld_session_limit(d->session, st->out_limit), limit));
	printf("path:     %s\n", path);
	printf("format:   %s\n", ld_format_text(&d->format));
	if (d->size.segments)
		printf("segments: %zu\n", d->size.segments);
	printf("bytes:    %s%" PRIu64 "\n", d->format.codec ? "at most " : "", d->size.bytes);
	ld_summary_print(&d->summary, stdout);
}

static int show(const struct ld_args *args, struct ld_session *session, struct ld_err *err)
{
	struct ld_drain_opts opts = { .argc = args->full_argc, .argv = args->full_argv };
	struct ld_drain drain;
	char *path = NULL;
	int result = -1;

	if (ld_output_format(args, &opts.format, err))
		return -1;
	if (!ld_drain_begin(&drain, session, &opts, err) && !ld_drain_measure(&drain, err)) {
		path = ld_session_path(session, &drain.contents.status);
		result = LD_EXIT_OK;
		if (!path)
			result = ld_fail(err, LD_EXIT_FAILED, "out of memory");
		else if (!args->json)
			print_text(&drain, path);
		else if (print_json(&drain, path))
			result = ld_fail(err, LD_EXIT_FAILED, "cannot print the status");
	}
	free(path);
	ld_drain_end(&drain);
	return result;
}

static int run(const struct ld_args *args, struct ld_err *err)
{
	struct ld_session session;
	int result = -1;

	if (!ld_session_begin(&session, err) && !ld_session_open(&session, args->session, err))
		result = show(args, &session, err);
	ld_session_end(&session);
	return result;
}

const struct ld_command ld_cmd_status = {
	.name = "status",
	.operands = "",
	.summary = "show what a session holds and the file it would make",
	.details = "The path is the one that livedump stop writes to without -o, the format the\n"
		   "one that is configured; what compression saves is not known before.",
	.options = LD_OPT_BIT(SESSION) | LD_OPT_BIT(JSON),
	.min = 0,
	.max = 0,
	.run = run,
};
