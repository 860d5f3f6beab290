// SPDX-License-Identifier: GPL-2.0
/*
 * What ran on the CPUs, for readers.
 *
 * crash takes note number i for the i-th CPU online, drgn (from 0.0.27 on) the one with pr_pid =
 * CPU + 1. "SNAP", whose name has no NUL, makes crash take the dump for one of a running system:
 * its task is the one crash begins with, and the only one whose registers crash takes from a note
 * of an ELF file. Then crash asks the note, not vmcoreinfo, by how much the kernel was relocated
 * (crash: netdump.c, vmcoreinfo_read_string()).
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "cpus.h"

#ifndef NT_TASKSTRUCT
#define NT_TASKSTRUCT	4
#endif

/* struct elf_prstatus of 64-bit kernels, but for what is zero. */
#define PRSTATUS_PID	32
#define PRSTATUS_REGS	112
/* pr_fpvalid, and what aligns the structure */
#define PRSTATUS_TAIL	8
#define PRSTATUS_MAX	(PRSTATUS_REGS + LIVEDUMP_MAX_REGS * 8 + PRSTATUS_TAIL)

static size_t nr_regs(const struct livedump_cpu *cpus, size_t nr)
{
	size_t max = 0, i;

	for (i = 0; i < nr; i++)
		if (cpus[i].nr_regs > max)
			max = cpus[i].nr_regs;
	return max <= LIVEDUMP_MAX_REGS ? max : LIVEDUMP_MAX_REGS;
}

static void make_prstatus(const struct livedump_cpu *cpu, size_t regs, char *to)
{
	uint32_t pid = cpu->cpu + 1;

	memcpy(to + PRSTATUS_PID, &pid, sizeof(pid));
	memcpy(to + PRSTATUS_REGS, cpu->regs, regs * sizeof(*cpu->regs));
}

/* The task that the CPU that asked ran, or any. */
static uint64_t first_task(const struct livedump_cpu *cpus, size_t nr)
{
	uint64_t task = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		if (cpus[i].task && (!task || (cpus[i].flags & LIVEDUMP_CPU_CALLER)))
			task = cpus[i].task;
	return task;
}

int ld_cpu_notes_make(const struct livedump_cpu *cpus, size_t nr, uint64_t relocated,
		      struct ld_cpu_notes *ret)
{
	const uint64_t snap[3] = { first_task(cpus, nr), -relocated, 0 };
	size_t regs = nr_regs(cpus, nr), i;
	char *desc;

	memset(ret, 0, sizeof(*ret));
	if (!regs)
		return 0;
	ret->notes = calloc(nr + 1, sizeof(*ret->notes));
	desc = calloc(nr + 1, PRSTATUS_MAX);
	ret->desc = desc;
	if (!ret->notes || !desc) {
		ld_cpu_notes_free(ret);
		return -1;
	}
	for (i = 0; i < nr; i++, desc += PRSTATUS_MAX) {
		make_prstatus(&cpus[i], regs, desc);
		ret->notes[i] = (struct ld_elf_note){
			.name = "CORE",
			.type = NT_PRSTATUS,
			.desc = desc,
			.size = PRSTATUS_REGS + regs * sizeof(*cpus->regs) + PRSTATUS_TAIL,
		};
	}
	memcpy(desc, snap, sizeof(snap));
	ret->notes[nr] = (struct ld_elf_note){
		.name = "SNAP",
		.type = NT_TASKSTRUCT,
		.desc = desc,
		.size = sizeof(snap),
		.is_bare = true,
	};
	ret->nr = nr + 1;
	return 0;
}

void ld_cpu_notes_free(struct ld_cpu_notes *notes)
{
	free(notes->notes);
	free(notes->desc);
	memset(notes, 0, sizeof(*notes));
}

void ld_cpus_to_json(const struct livedump_cpu *cpus, size_t nr, struct json_object *to)
{
	struct json_object *array = ld_json_array(to, "cpus"), *o;
	const char *mode;
	size_t i;

	for (i = 0; i < nr; i++) {
		mode = cpus[i].flags & LIVEDUMP_CPU_SILENT ? NULL :
		       cpus[i].flags & LIVEDUMP_CPU_USER ? "user" : "kernel";
		o = ld_json_element(array);
		ld_json_number(o, "cpu", cpus[i].cpu);
		ld_json_string(o, "mode", mode);
		ld_json_address(o, "task", cpus[i].task);
		ld_json_number(o, "pid", cpus[i].pid);
		ld_json_bool(o, "caller", cpus[i].flags & LIVEDUMP_CPU_CALLER);
		ld_json_number(o, "request", cpus[i].request);
		ld_json_number(o, "boottime_ns", cpus[i].time_ns);
		ld_json_number(o, "wait_ns", cpus[i].wait_ns);
		ld_json_number(o, "copy_ns", cpus[i].copy_ns);
	}
}
