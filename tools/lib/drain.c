// SPDX-License-Identifier: GPL-2.0
/* From a session's mappings to a file. */
#include <elf.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compress.h"
#include "dev.h"
#include "drain.h"
#include "elf_head.h"
#include "interrupt.h"
#include "note.h"
#include "objects.h"
#include "progress.h"

/* Bytes of page data mapped at a time. */
#define WINDOW	(8UL << 20)

/* The one window that is mapped. */
struct window {
	int session;
	size_t page_size;
	void *at;
	size_t length;
};

static void unmap_window(struct window *w)
{
	if (w->at)
		munmap(w->at, w->length);
	w->at = NULL;
}

static const void *map_window(void *ctx, size_t first, size_t nr, struct ld_err *err)
{
	struct window *w = ctx;

	unmap_window(w);
	w->length = nr * w->page_size;
	if (ld_dev_map(w->session, LIVEDUMP_MMAP_DATA, (__u64)first * w->page_size, w->length,
		       &w->at, err))
		return NULL;
	return w->at;
}

/* Fills the model but for the notes. */
static int make_core(struct ld_drain *d, struct ld_err *err)
{
	const struct livedump_info *info = &d->session->info;

	d->core = (struct ld_vmcore){
		.nr_cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN),
		.layout = {
			.page_size = info->out_page_size,
			.page_offset = info->out_page_offset,
			.text_start = info->out_text_start,
			.text_end = info->out_text_end,
			.text_paddr = info->out_text_paddr,
			.kernel_start = info->out_kernel_start,
		},
		.pages = d->contents.pages,
		.nr_pages = d->contents.status.out_pages,
		.aliases = d->contents.aliases,
		.nr_aliases = d->contents.status.out_aliases,
	};
	if (d->summary.last_ns)
		d->core.time_ns = d->session->boot_realtime_ns + d->summary.last_ns;
	/* what fails leaves zeros */
	uname(&d->core.uts);
	d->core.machine = ld_elf_machine(d->core.uts.machine);
	if (d->core.machine == EM_NONE)
		return ld_fail(err, LD_EXIT_FAILED,
			       "no vmcore can be written for machine '%s'\n"
			       "Is this run under setarch?",
			       d->core.uts.machine);
	return 0;
}

/* Of a session without objects there is no list. */
static int add_objects(struct ld_drain *d, struct ld_err *err)
{
	const struct livedump_status *st = &d->contents.status;
	size_t size, packed;
	void *smaller;

	if (!st->out_listed && !st->out_unlisted)
		return 0;
	d->objects = ld_objects_encode(d->contents.objects, st->out_listed, st->out_unlisted,
				       &d->annotations, &size);
	if (!d->objects)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory for the list of objects");
	smaller = ld_pack(d->objects, size, &packed);
	if (smaller) {
		free(d->objects);
		d->objects = smaller;
		size = packed;
	}
	d->notes[d->core.nr_notes++] = (struct ld_elf_note){
		.name = LD_OBJECTS_NAME,
		.type = smaller ? LD_OBJECTS_PACKED : LD_OBJECTS_TYPE,
		.desc = d->objects,
		.size = size,
	};
	return 0;
}

/* Room for all notes, those of the CPUs in it. */
static int add_cpus(struct ld_drain *d, struct ld_err *err)
{
	const struct ld_contents *c = &d->contents;

	if (!ld_cpu_notes_make(c->cpus, c->status.out_cpus, &d->cpus))
		d->notes = calloc(3 + d->cpus.nr, sizeof(*d->notes));
	if (!d->notes)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory for the notes of the file");
	if (d->cpus.nr)
		memcpy(d->notes + 2, d->cpus.notes, d->cpus.nr * sizeof(*d->notes));
	d->core.nr_notes = 2 + d->cpus.nr;
	return 0;
}

static int make_notes(struct ld_drain *d, const struct ld_drain_opts *opts, struct ld_err *err)
{
	const struct livedump_info *info = &d->session->info;
	const struct ld_note_input input = {
		.session = d->session,
		.contents = &d->contents,
		.summary = &d->summary,
		.incomplete = d->incomplete,
		.commands = d->annotations.commands,
		.skipped = d->annotations.skipped,
		.argc = opts->argc,
		.argv = opts->argv,
	};

	d->note = ld_note_text(&input);
	if (!d->note)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	if (add_cpus(d, err))
		return -1;
	d->notes[0] = (struct ld_elf_note){
		.name = "VMCOREINFO",
		.desc = (const void *)(uintptr_t)info->vmcoreinfo,
		.size = info->out_vmcoreinfo_size,
	};
	d->notes[1] = (struct ld_elf_note){
		.name = LD_NOTE_NAME,
		.type = LD_NOTE_TYPE,
		.desc = d->note,
		.size = strlen(d->note),
	};
	d->core.notes = d->notes;
	return add_objects(d, err);
}

int ld_drain_begin(struct ld_drain *d, struct ld_session *session,
		   const struct ld_drain_opts *opts, struct ld_err *err)
{
	*d = (struct ld_drain){ .session = session, .format = opts->format };
	if (ld_contents_map(session->fd, &d->contents, err))
		return -1;
	ld_summary_make(&d->contents, session->info.out_page_size, &d->summary);
	if (ld_annotations_read(d->contents.notes, d->contents.status.out_notes, &d->annotations))
		return ld_fail(err, LD_EXIT_FAILED, "out of memory for the notes of the session");
	d->incomplete = opts->incomplete || d->annotations.incomplete ||
			ld_contents_incomplete(&d->contents);
	if (make_core(d, err) || make_notes(d, opts, err))
		return -1;
	if (opts->progress && isatty(STDERR_FILENO))
		d->core.progress = ld_progress;
	return 0;
}

int ld_drain_measure(struct ld_drain *d, struct ld_err *err)
{
	return ld_vmcore_measure(&d->core, &d->format, &d->size, err);
}

static int write_core(struct ld_drain *d, struct ld_outfile *out, struct ld_err *err)
{
	struct window window = {
		.session = d->session->fd,
		.page_size = d->core.layout.page_size,
	};
	struct ld_page_source source = {
		.window = WINDOW / window.page_size,
		.map = map_window,
		.ctx = &window,
	};
	int result = ld_vmcore_write(&d->core, &d->format, &source, out, &d->size, err);

	unmap_window(&window);
	return result;
}

int ld_drain_write(struct ld_drain *d, struct ld_outfile *out, struct ld_err *err)
{
	uint64_t begun = ld_now_ns();
	int result;

	ld_interrupt_catch();
	result = write_core(d, out, err);
	if (!result)
		result = ld_outfile_commit(out, err);
	ld_outfile_abort(out);
	ld_interrupt_release();
	d->write_ns = ld_now_ns() - begun;
	return result;
}

void ld_drain_end(struct ld_drain *d)
{
	free(d->note);
	free(d->objects);
	free(d->notes);
	ld_cpu_notes_free(&d->cpus);
	ld_annotations_free(&d->annotations);
	ld_contents_unmap(&d->contents);
	*d = (struct ld_drain){ 0 };
}
