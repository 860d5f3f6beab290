// SPDX-License-Identifier: GPL-2.0
/* How a session ends: stopped, written to a file, and the user told what is in it. */
#include <inttypes.h>
#include <stdio.h>

#include "dev.h"
#include "json.h"
#include "livedump.h"
#include "output.h"
#include "reason.h"
#include "size.h"

/* More than this and nobody reads them; the file has them all. */
#define MAX_LISTED	8

static void print_asked(const struct ld_contents *c)
{
	char size[LD_SIZE_LEN];
	size_t i, found = 0;

	for (i = 0; i < c->status.out_holes; i++) {
		const struct livedump_hole *h = &c->holes[i];

		if (!(h->flags & LIVEDUMP_HOLE_ASKED) || found++ >= MAX_LISTED)
			continue;
		if (found == 1)
			fputs("livedump: asked for and missing:\n", stderr);
		fprintf(stderr, "  %s 0x%llx, %s: %s\n",
			h->flags & LIVEDUMP_HOLE_PHYS ? "physical" : "address", h->address,
			ld_format_size(h->length, size), ld_reason(h->reason)->text);
	}
	if (found > MAX_LISTED)
		fprintf(stderr, "  and %zu more: livedump info lists them\n", found - MAX_LISTED);
}

static void print_json(const struct ld_drain *d, const char *path, FILE *to)
{
	struct json_object *top = json_object_new_object();

	ld_json_string(top, "path", path);
	ld_format_to_json(&d->format, top);
	ld_json_number(top, "segments", d->size.segments);
	ld_json_number(top, "bytes", d->size.bytes);
	ld_json_number(top, "write_ns", d->write_ns);
	ld_json_bool(top, "complete", !d->incomplete);
	ld_summary_to_json(&d->summary, top);
	/* trouble with standard output is told at the end */
	ld_json_print_to(top, to);
}

static void print_file(const struct ld_drain *d, const char *path, FILE *to)
{
	char size[LD_SIZE_LEN], time[LD_SIZE_LEN];

	fprintf(to, "file:     %s, %s, ", path, ld_format_size(d->size.bytes, size));
	if (d->size.segments)
		fprintf(to, "%zu segments", d->size.segments);
	else
		fprintf(to, "%s", ld_format_text(&d->format));
	fprintf(to, ", written in %s\n", ld_format_time(d->write_ns, time));
}

/* @told: the user knows already what is missing. */
static int report(const struct ld_drain *d, const char *path, const struct ld_args *args, bool told)
{
	FILE *to = ld_output_stream(path);

	if (args->json) {
		print_json(d, path, to);
	} else if (!args->quiet) {
		ld_summary_print(&d->summary, to);
		print_file(d, path, to);
	}
	if (!d->incomplete)
		return LD_EXIT_OK;
	fflush(stdout);
	if (!told)
		print_asked(&d->contents);
	fputs("livedump: the file is good but not complete; livedump info tells what is missing\n",
	      stderr);
	return LD_EXIT_INCOMPLETE;
}

int ld_finish(struct ld_session *session, const char *path, struct ld_outfile *out,
	      const struct ld_format *format, const struct ld_args *args, bool incomplete,
	      struct ld_err *err)
{
	const struct ld_drain_opts opts = {
		.argc = args->full_argc,
		.argv = args->full_argv,
		.progress = !args->quiet,
		.incomplete = incomplete,
		.format = *format,
	};
	struct ld_drain drain = { 0 };
	int result = -1;

	if (!ld_dev_stop(session->fd, err) && !ld_drain_begin(&drain, session, &opts, err) &&
	    !ld_drain_write(&drain, out, err))
		result = report(&drain, path, args, incomplete);
	ld_drain_end(&drain);
	return result;
}
