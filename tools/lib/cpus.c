// SPDX-License-Identifier: GPL-2.0
/*
 * What ran on the CPUs, for readers.
 *
 * The notes are as in QEMU's dumps of a guest, the only ones of a running kernel that readers know
 * well: crash takes note number i for CPU i if there is a note "QEMU" (without, for the i-th CPU
 * that is online, and in ELF files for the task that panicked only; crash: netdump.c, diskdump.c),
 * drgn (from 0.0.27 on) the one with pr_pid = CPU + 1. What else QEMU's has, no reader wants that
 * has vmcoreinfo: ours says that there is nothing in it.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "cpus.h"

/* struct elf_prstatus of 64-bit kernels, but for what is zero. */
#define PRSTATUS_PID	32
#define PRSTATUS_REGS	112
/* pr_fpvalid, and what aligns the structure */
#define PRSTATUS_TAIL	8

static size_t nr_regs(const struct livedump_cpu *cpus, size_t nr)
{
	size_t max = 0, i;

	for (i = 0; i < nr; i++)
		if (cpus[i].nr_regs > max)
			max = cpus[i].nr_regs;
	return max <= LIVEDUMP_MAX_REGS ? max : LIVEDUMP_MAX_REGS;
}

int ld_cpu_notes_make(const struct livedump_cpu *cpus, size_t nr, struct ld_cpu_notes *ret)
{
	/* struct QEMUCPUState of target/i386/arch_dump.c: version, size */
	static const uint32_t qemu[2] = { 0, sizeof(qemu) };
	size_t regs = nr_regs(cpus, nr);
	uint32_t all = nr ? cpus[nr - 1].cpu + 1 : 0, pid, i;
	const size_t size = PRSTATUS_REGS + regs * sizeof(*cpus->regs) + PRSTATUS_TAIL;
	char *desc;

	memset(ret, 0, sizeof(*ret));
	if (!regs)
		return 0;
	ret->notes = calloc(all + 1, sizeof(*ret->notes));
	desc = calloc(all, size);
	ret->desc = desc;
	if (!ret->notes || !desc) {
		ld_cpu_notes_free(ret);
		return -1;
	}
	for (i = 0; i < all; i++) {
		ret->notes[i] = (struct ld_elf_note){ "CORE", NT_PRSTATUS, desc + i * size, size };
		pid = i + 1;
		memcpy(desc + i * size + PRSTATUS_PID, &pid, sizeof(pid));
	}
	for (i = 0; i < nr; i++)
		memcpy(desc + cpus[i].cpu * size + PRSTATUS_REGS, cpus[i].regs,
		       regs * sizeof(*cpus->regs));
	ret->notes[all] = (struct ld_elf_note){ "QEMU", 0, qemu, sizeof(qemu) };
	ret->nr = all + 1;
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
