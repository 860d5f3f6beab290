/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_ELF_HEAD_H
#define LD_ELF_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "segments.h"

/**
 * struct ld_elf_note - a note of the file
 * @name: owner
 * @type: n_type
 * @desc: contents
 * @size: their bytes
 */
struct ld_elf_note {
	const char *name;
	uint32_t type;
	const void *desc;
	size_t size;
};

/**
 * struct ld_elf_head - all of an ELF vmcore that comes before the page data
 * @bytes: to be freed by the caller
 * @size: whole pages
 */
struct ld_elf_head {
	void *bytes;
	size_t size;
};

/**
 * ld_elf_machine() - e_machine of a kernel
 * @machine: as uname has it
 *
 * Return: EM_*, or EM_NONE.
 */
uint16_t ld_elf_machine(const char *machine);

/**
 * ld_elf_machine_name() - the reverse
 * @machine: e_machine
 *
 * Return: as uname has it, or "unknown".
 */
const char *ld_elf_machine_name(uint16_t machine);

/** ld_elf_notes_size() - of all of them. @notes: the notes; @nr: how many. Return: bytes. */
size_t ld_elf_notes_size(const struct ld_elf_note *notes, size_t nr);

/**
 * ld_elf_notes_check() - does each fit a file?
 * @notes: the notes
 * @nr: how many
 * @err: filled if not
 *
 * Return: 0 or -1.
 */
int ld_elf_notes_check(const struct ld_elf_note *notes, size_t nr, struct ld_err *err);

/** ld_elf_note_desc() - where one's contents are. @notes: all; @nr: its number. Return: offset. */
size_t ld_elf_note_desc(const struct ld_elf_note *notes, size_t nr);

/** ld_elf_notes_put() - write them. @to: zeroed; @notes: the notes; @nr: how many */
void ld_elf_notes_put(char *to, const struct ld_elf_note *notes, size_t nr);

/**
 * ld_elf_head_size() - how long the head will be
 * @nr_segments: PT_LOADs
 * @notes: the notes
 * @nr_notes: how many
 * @page_size: to which the head is rounded up
 *
 * Return: bytes.
 */
size_t ld_elf_head_size(size_t nr_segments, const struct ld_elf_note *notes, size_t nr_notes,
			size_t page_size);

/**
 * ld_elf_head_build() - make the ELF header, program headers and notes
 * @machine: e_machine
 * @page_size: the page data begins at a multiple of it
 * @segments: PT_LOADs; the page data follows the head
 * @notes: in the order of the file
 * @nr_notes: how many
 * @ret: the head
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_elf_head_build(uint16_t machine, size_t page_size, const struct ld_segments *segments,
		      const struct ld_elf_note *notes, size_t nr_notes, struct ld_elf_head *ret,
		      struct ld_err *err);

#endif
