// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coreaddr.h"
#include "corehost.h"
#include "corepages.h"
#include "json.h"
#include "livedump.h"
#include "output.h"
#include "progress.h"
#include "size.h"

/* What is converted into what. */
struct conversion {
	struct ld_corepages from;
	struct ld_corepages like;	/* of --pages-of */
	struct ld_format format;
	struct ld_vmcore core;
	struct ld_elf_note *notes;
	char *names;
	struct ld_vmcore_size size;
	uint64_t missing;		/* pages of @like that @from does not have */
	uint64_t write_ns;
};

/* All of them; a name that lacks the NUL which the standard wants gets it. */
static int take_notes(struct conversion *conv, struct ld_err *err)
{
	const struct ld_corefile *c = &conv->from.core;
	size_t i, length = 1;
	char *name;

	for (i = 0; i < c->nr_notes; i++)
		length += c->notes[i].name_size + 1;
	conv->notes = calloc(c->nr_notes + 1, sizeof(*conv->notes));
	conv->names = calloc(length, 1);
	if (!conv->notes || !conv->names)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory for %zu notes", c->nr_notes);
	name = conv->names;
	for (i = 0; i < c->nr_notes; i++) {
		const struct ld_core_note *n = &c->notes[i];

		memcpy(name, n->name, n->name_size);
		conv->notes[i] = (struct ld_elf_note){
			.name = name,
			.type = n->type,
			.desc = n->desc,
			.size = n->size,
		};
		name += n->name_size + 1;
	}
	conv->core.notes = conv->notes;
	conv->core.nr_notes = c->nr_notes;
	return 0;
}

/* --pages-of: at the addresses of that file, too, or of this one where that has none. */
static int reduce(struct conversion *conv, const char *path, struct ld_layout *layout,
		  struct ld_err *err)
{
	struct ld_corepages *from = &conv->from, *like = &conv->like;

	if (ld_corepages_open(path, like, err))
		return -1;
	if (like->page_size != from->page_size || like->core.machine != from->core.machine)
		return ld_fail(err, LD_EXIT_FAILED,
			       "%s and %s are not of the same machine\n"
			       "Give a recording that was made where the dump was.", path,
			       from->path);
	if (conv->format.id == LD_FORMAT_ELF && ld_coreaddr_find(like, layout, err))
		return -1;
	return ld_corepages_reduce(from, like, &conv->missing, err);
}

static int prepare(struct conversion *conv, const struct ld_args *args, struct ld_err *err)
{
	struct ld_corepages *from = &conv->from;
	struct ld_layout layout;

	if (ld_corepages_open(args->argv[0], from, err))
		return -1;
	if (from->core.machine == EM_NONE || from->core.big_endian)
		return ld_fail(err, LD_EXIT_FAILED, "%s is of a machine that is not supported",
			       from->path);
	ld_corehost_fill(from, &conv->core);
	ld_coreaddr_layout(from, &layout);
	if (args->pages_of) {
		if (reduce(conv, args->pages_of, &layout, err))
			return -1;
	} else if (conv->format.id == LD_FORMAT_ELF && ld_coreaddr_find(from, &layout, err)) {
		return -1;
	}
	conv->core.layout = layout;
	conv->core.pages = from->pages;
	conv->core.nr_pages = from->nr_pages;
	conv->core.aliases = from->aliases;
	conv->core.nr_aliases = from->nr_aliases;
	if (!args->quiet && isatty(STDERR_FILENO))
		conv->core.progress = ld_progress;
	return take_notes(conv, err);
}

static void print_json(const struct conversion *conv, const char *path, FILE *to)
{
	struct json_object *top = json_object_new_object();

	ld_json_string(top, "path", path);
	ld_format_to_json(&conv->format, top);
	ld_json_number(top, "segments", conv->size.segments);
	ld_json_number(top, "pages", conv->size.pages);
	ld_json_number(top, "bytes", conv->size.bytes);
	ld_json_number(top, "write_ns", conv->write_ns);
	ld_json_number(top, "partial_bytes", conv->from.partial);
	ld_json_number(top, "missing_pages", conv->missing);
	ld_json_print_to(top, to);
}

static int report(const struct conversion *conv, const struct ld_args *args)
{
	FILE *to = ld_output_stream(args->output);
	char size[LD_SIZE_LEN], time[LD_SIZE_LEN];

	if (args->json)
		print_json(conv, args->output, to);
	else if (!args->quiet)
		fprintf(to, "file:     %s, %s, %zu pages, %s, written in %s\n", args->output,
			ld_format_size(conv->size.bytes, size), conv->size.pages,
			ld_format_text(&conv->format), ld_format_time(conv->write_ns, time));
	fflush(to);
	if (conv->missing)
		fprintf(stderr, "livedump: %" PRIu64 " pages of %s are not in %s\n", conv->missing,
			args->pages_of, conv->from.path);
	if (conv->from.partial)
		fprintf(stderr,
			"livedump: %" PRIu64 " bytes of %s are no whole pages, and left out\n",
			conv->from.partial, conv->from.path);
	return conv->missing || conv->from.partial ? LD_EXIT_INCOMPLETE : LD_EXIT_OK;
}

static int convert(struct conversion *conv, const struct ld_args *args, struct ld_err *err)
{
	const uint64_t begin = ld_now_ns();
	struct ld_page_source source = {
		.window = LD_COREPAGES_WINDOW,
		.map = ld_corepages_map,
		.ctx = &conv->from,
	};
	struct ld_outfile out;

	if (prepare(conv, args, err) ||
	    ld_outfile_begin(&out, args->output, args->force, err))
		return -1;
	if (ld_vmcore_write(&conv->core, &conv->format, &source, &out, &conv->size, err) ||
	    ld_outfile_commit(&out, err)) {
		ld_outfile_abort(&out);
		return -1;
	}
	conv->write_ns = ld_now_ns() - begin;
	return report(conv, args);
}

static int run(const struct ld_args *args, struct ld_err *err)
{
	struct conversion conv = { .write_ns = 0 };
	int result;

	if (!args->output)
		return ld_fail(err, LD_EXIT_USAGE, "no output file is given: use -o OTHER");
	if (ld_output_format(args, &conv.format, err))
		return -1;
	result = convert(&conv, args, err);
	ld_corepages_close(&conv.from);
	ld_corepages_close(&conv.like);
	free(conv.notes);
	free(conv.names);
	return result;
}

const struct ld_command ld_cmd_convert = {
	.name = "convert",
	.operands = "FILE",
	.summary = "write a vmcore anew, in another format or compressed otherwise",
	.details = "The file may be one of livedump or any ELF or kdump vmcore; notes are kept.\n"
		   "Needs neither the module nor root. Make a flattened file whole first, with\n"
		   "makedumpfile -R. With --pages-of, a dump of all memory becomes what the recording\n"
		   "would have been, had the machine stood still.",
	.options = LD_OUTPUT_OPTIONS | LD_OPT_BIT(PAGES_OF) | LD_OPT_BIT(JSON),
	.min = 1,
	.max = 1,
	.run = run,
};
