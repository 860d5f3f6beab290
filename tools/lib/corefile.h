/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_COREFILE_H
#define LD_COREFILE_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "kdumpfile.h"

/** LD_MAX_PROBLEMS: problems that are told one by one. */
#define LD_MAX_PROBLEMS		8
/** LD_MAX_NOTES: they are read into memory; no vmcore has more bytes of them than this. */
#define LD_MAX_NOTES		0x40000000UL

/**
 * struct ld_core_load - a PT_LOAD
 * @index: of its program header
 * @offset: p_offset, and so on
 * @vaddr: p_vaddr
 * @paddr: p_paddr
 * @filesz: p_filesz, as far as the file has it
 * @memsz: p_memsz
 * @align: p_align
 */
struct ld_core_load {
	size_t index;
	uint64_t offset;
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t filesz;
	uint64_t memsz;
	uint64_t align;
};

/**
 * ld_core_load_is_mapped() - whether a PT_LOAD says where its memory is mapped
 * @l: it
 *
 * QEMU, for one, writes physical addresses into p_vaddr.
 *
 * Return: that.
 */
static inline bool ld_core_load_is_mapped(const struct ld_core_load *l)
{
	return l->vaddr && l->vaddr != l->paddr;
}

/**
 * struct ld_core_note - a note
 * @name: owner, not NUL-terminated
 * @name_size: n_namesz, which mostly counts a NUL
 * @type: n_type
 * @desc: contents
 * @size: their bytes
 * @offset: of @desc in the file
 */
struct ld_core_note {
	const char *name;
	uint32_t name_size;
	uint32_t type;
	const char *desc;
	uint32_t size;
	uint64_t offset;
};

/**
 * struct ld_corefile - what a vmcore says of itself
 * @fd: the file, or -1
 * @elf: it, if it is an ELF vmcore
 * @size: its bytes
 * @is_kdump: it is a kdump-compressed one, and @kdump is its header
 * @kdump: zero of an ELF vmcore
 * @machine: e_machine
 * @big_endian: of an ELF vmcore
 * @phoff: e_phoff
 * @note_index: program header of the first PT_NOTE; SIZE_MAX where there is none
 * @note_align: its p_align
 * @loads: PT_LOADs, in the order of the file
 * @nr_segments: how many
 * @bytes: of page data, each counted once however many PT_LOADs share it
 * @notes: in the order of the file
 * @nr_notes: how many
 * @note_bytes: memory that the notes of a kdump file are in
 * @vmcoreinfo: the VMCOREINFO note, not NUL-terminated, or NULL
 * @vmcoreinfo_size: its bytes
 * @note: the LIVEDUMP note, not NUL-terminated, or NULL
 * @note_size: its bytes
 * @objects: the note that lists the objects, or NULL
 * @objects_size: its bytes
 * @objects_packed: it is compressed
 * @problems: what is wrong with the file
 * @nr_problems: how much is; not all of it may be in @problems
 */
struct ld_corefile {
	int fd;
	Elf *elf;
	uint64_t size;
	bool is_kdump;
	struct ld_kdumpfile kdump;
	uint16_t machine;
	bool big_endian;
	uint64_t phoff;
	size_t note_index;
	uint64_t note_align;
	struct ld_core_load *loads;
	size_t nr_segments;
	uint64_t bytes;
	struct ld_core_note *notes;
	size_t nr_notes;
	void *note_bytes;
	const char *vmcoreinfo;
	size_t vmcoreinfo_size;
	const char *note;
	size_t note_size;
	const char *objects;
	size_t objects_size;
	bool objects_packed;
	char problems[LD_MAX_PROBLEMS][160];
	size_t nr_problems;
};

/**
 * ld_corefile_open() - open a file and look through it
 * @path: of the file
 * @ret: filled; ld_corefile_close() ends it
 * @err: filled if it is no vmcore at all
 *
 * Return: 0, also for a damaged file, which then has @ret->problems; or -1.
 */
int ld_corefile_open(const char *path, struct ld_corefile *ret, struct ld_err *err);

/**
 * ld_corefile_problem() - note something that is wrong with the file
 * @c: opened
 * @fmt: printf format
 */
void ld_corefile_problem(struct ld_corefile *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * ld_corefile_read() - read bytes of the file
 * @c: opened
 * @to: there
 * @size: all of them, or it has failed
 * @offset: from there
 *
 * Return: 0 or -1.
 */
int ld_corefile_read(const struct ld_corefile *c, void *to, size_t size, uint64_t offset);

/**
 * ld_corefile_page_size() - bytes of a page
 * @c: opened
 *
 * Return: what the file says; 4096 of an ELF vmcore that does not say anything that can be.
 */
uint64_t ld_corefile_page_size(const struct ld_corefile *c);

/**
 * ld_corenotes_add() - take the notes of a PT_NOTE, or of a kdump file
 * @c: opened; gets them
 * @bytes: the notes; kept as long as @c
 * @size: their bytes
 * @offset: where they are in the file
 * @align: of their parts: 4 or 8
 * @where: what to call them in a problem
 * @err: filled without memory
 *
 * Return: 0, also for garbled notes, which are a problem of @c; or -1.
 */
int ld_corenotes_add(struct ld_corefile *c, const char *bytes, size_t size, uint64_t offset,
		     size_t align, const char *where, struct ld_err *err);

/** ld_corefile_close() - close it. @c: opened, whatever came of it */
void ld_corefile_close(struct ld_corefile *c);

#endif
