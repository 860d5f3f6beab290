/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_COREFILE_H
#define LD_COREFILE_H

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/** LD_MAX_PROBLEMS: problems that are told one by one. */
#define LD_MAX_PROBLEMS		8

/**
 * struct ld_corefile - what an ELF vmcore says of itself
 * @fd: the file, or -1
 * @elf: it
 * @size: its bytes
 * @machine: e_machine
 * @nr_segments: PT_LOADs
 * @bytes: of page data, each counted once however many PT_LOADs share it
 * @vmcoreinfo: the VMCOREINFO note, not NUL-terminated, or NULL
 * @vmcoreinfo_size: its bytes
 * @note: the LIVEDUMP note, not NUL-terminated, or NULL
 * @note_size: its bytes
 * @objects: the note that lists the objects, or NULL
 * @objects_size: its bytes
 * @problems: what is wrong with the file
 * @nr_problems: how much is; not all of it may be in @problems
 */
struct ld_corefile {
	int fd;
	Elf *elf;
	uint64_t size;
	uint16_t machine;
	size_t nr_segments;
	uint64_t bytes;
	const char *vmcoreinfo;
	size_t vmcoreinfo_size;
	const char *note;
	size_t note_size;
	const char *objects;
	size_t objects_size;
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

/** ld_corefile_close() - close it. @c: opened, whatever came of it */
void ld_corefile_close(struct ld_corefile *c);

#endif
