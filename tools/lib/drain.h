/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_DRAIN_H
#define LD_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "annotations.h"
#include "cpus.h"
#include "outfile.h"
#include "session.h"
#include "summary.h"
#include "vmcore.h"

/**
 * struct ld_drain_opts - how to write
 * @argc: arguments of this command, for the note
 * @argv: they
 * @progress: show progress if standard error is a terminal
 * @incomplete: a request of ours is known to have ended early
 * @format: of the file
 */
struct ld_drain_opts {
	int argc;
	char **argv;
	bool progress;
	bool incomplete;
	struct ld_format format;
};

/**
 * struct ld_drain - a session on its way into a file
 * @session: open
 * @contents: its index, mapped
 * @summary: its numbers
 * @incomplete: something that was asked for is missing
 * @format: of the file to be
 * @core: what is to be in it
 * @notes: of the file
 * @annotations: notes of the session
 * @note: text of ours
 * @objects: the list of objects, or NULL
 * @cpus: notes of the CPUs
 * @size: of the file, once measured or written
 * @write_ns: time it took to write the file
 */
struct ld_drain {
	struct ld_session *session;
	struct ld_contents contents;
	struct ld_summary summary;
	bool incomplete;
	struct ld_format format;
	struct ld_vmcore core;
	struct ld_elf_note *notes;
	struct ld_annotations annotations;
	char *note;
	void *objects;
	struct ld_cpu_notes cpus;
	struct ld_vmcore_size size;
	uint64_t write_ns;
};

/**
 * ld_drain_begin() - map and count a session
 * @d: filled; ld_drain_end() ends it whatever comes of this
 * @session: open; stopped, if a file is to be written
 * @opts: how
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_drain_begin(struct ld_drain *d, struct ld_session *session,
		   const struct ld_drain_opts *opts, struct ld_err *err);

/**
 * ld_drain_measure() - how large the file would be, in @d->size
 * @d: begun
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_drain_measure(struct ld_drain *d, struct ld_err *err);

/**
 * ld_drain_write() - write the session to a file
 * @d: begun
 * @out: begun; committed by this, or aborted
 * @err: filled on failure; the session is then as it was
 *
 * Return: 0 or -1.
 */
int ld_drain_write(struct ld_drain *d, struct ld_outfile *out, struct ld_err *err);

/** ld_drain_end() - unmap and free. @d: begun, or all zero */
void ld_drain_end(struct ld_drain *d);

#endif
