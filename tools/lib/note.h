/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_NOTE_H
#define LD_NOTE_H

#include <stdbool.h>

#include "session.h"
#include "summary.h"

/** LD_NOTE_NAME: n_name of our note. */
#define LD_NOTE_NAME	"LIVEDUMP"
/**
 * LD_NOTE_TYPE: n_type of our note. crash goes by the type alone, whoever the owner: 1 would be a
 * CPU's registers (dump_Elf64_Nhdr() in netdump.c, process_elf64_notes() in diskdump.c).
 */
#define LD_NOTE_TYPE	0x4c440001
/** LD_NOTE_VERSION: "version" of the JSON text in it; raised when a key changes its meaning. */
#define LD_NOTE_VERSION	1

/**
 * struct ld_note_input - what the note is made of
 * @session: the session
 * @contents: its index
 * @summary: its numbers
 * @incomplete: something that was asked for is missing
 * @commands: of the session until now, as in struct ld_annotations, or NULL
 * @skipped: what profiles asked for and the kernel lacks, as there, or NULL
 * @argc: arguments of this command
 * @argv: they, the program included
 */
struct ld_note_input {
	const struct ld_session *session;
	const struct ld_contents *contents;
	const struct ld_summary *summary;
	bool incomplete;
	struct json_object *commands;
	struct json_object *skipped;
	int argc;
	char **argv;
};

/**
 * ld_note_text() - write the LIVEDUMP note
 * @in: what it is made of
 *
 * Return: JSON text, to be freed; NULL without memory.
 */
char *ld_note_text(const struct ld_note_input *in);

/**
 * ld_note_session() - describe a session
 * @s: open
 * @st: its status
 * @to: to this object, as ``session``
 */
void ld_note_session(const struct ld_session *s, const struct livedump_status *st,
		     struct json_object *to);

/**
 * ld_vmcoreinfo_value() - look a line of vmcoreinfo up
 * @text: vmcoreinfo, not NUL-terminated
 * @size: its bytes
 * @key: what comes before the ``=``
 *
 * Return: what comes behind it, to be freed; NULL if there is no such line.
 */
char *ld_vmcoreinfo_value(const char *text, size_t size, const char *key);

#endif
