/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_CPUS_H
#define LD_CPUS_H

#include <stddef.h>
#include <stdint.h>
#include <linux/livedump.h>

#include "elf_head.h"
#include "json.h"

/**
 * struct ld_cpu_notes - what readers want to know of running CPUs
 * @notes: NT_PRSTATUS for each CPU, from 0 to the last one online, then QEMU
 * @nr: entries of @notes; 0 where no registers were recorded
 * @desc: what is in them
 */
struct ld_cpu_notes {
	struct ld_elf_note *notes;
	size_t nr;
	void *desc;
};

/**
 * ld_cpu_notes_make() - make the notes of the CPUs
 * @cpus: records, by ascending number
 * @nr: how many
 * @ret: for ld_cpu_notes_free()
 *
 * A CPU that was offline, or did not answer, has a note of zeroes: readers count them.
 *
 * Return: 0, or -1 without memory.
 */
int ld_cpu_notes_make(const struct livedump_cpu *cpus, size_t nr, struct ld_cpu_notes *ret);

/** ld_cpu_notes_free() - free and zero them. @notes: made, or all zero */
void ld_cpu_notes_free(struct ld_cpu_notes *notes);

/**
 * ld_cpus_to_json() - describe the CPUs, but for their registers
 * @cpus: records
 * @nr: how many
 * @to: to this object, as ``cpus``
 */
void ld_cpus_to_json(const struct livedump_cpu *cpus, size_t nr, struct json_object *to);

#endif
