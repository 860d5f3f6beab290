// SPDX-License-Identifier: GPL-2.0
/* The rules of readers, and those that hold for every format. */
#include <elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "check.h"
#include "note.h"

/* struct elf_prstatus of x86-64: arch/x86/include/asm/elf.h, include/linux/elfcore.h */
#define PRSTATUS_SIZE	336U

const struct ld_rule_text ld_rules[LD_NR_RULES] = {
	[LD_RULE_PHDRS_AT_64] = { "phdrs-at-64",
		"makedumpfile reads program headers at 64, whatever e_phoff says" },
	[LD_RULE_NOTE_FIRST] = { "note-first",
		"crash skips the first program header without looking" },
	[LD_RULE_TWO_LOADS] = { "two-loads",
		"crash takes any physical address from a lone PT_LOAD; without one none" },
	[LD_RULE_NOTE_ALIGN] = { "note-align",
		"crash, drgn and gdb find notes by parts of 4 bytes" },
	[LD_RULE_LOAD_ALIGN] = { "load-align",
		"crash takes the file for a netdump and does not move the kernel (KASLR)" },
	[LD_RULE_FILESZ] = { "filesz",
		"drgn reads what is missing as zeros" },
	[LD_RULE_WHOLE_PAGES] = { "whole-pages",
		"crash reads whole pages: bytes of something else" },
	[LD_RULE_VADDR] = { "vaddr",
		"drgn reads this memory at addresses that are not its own, such as NULL" },
	[LD_RULE_TEXT_FIRST] = { "text-first",
		"crash and makedumpfile take phys_base from it, if vmcoreinfo lacks that" },
	[LD_RULE_DIRECT_LAST] = { "direct-map-last",
		"makedumpfile takes the offset of the direct map from it" },
	[LD_RULE_SAME_BYTES] = { "same-bytes",
		"crash and drgn read different bytes from the same memory" },
	[LD_RULE_SAME_PAGE] = { "same-page",
		"drgn takes the last of them, gdb the first" },
	[LD_RULE_VMCOREINFO] = { "vmcoreinfo",
		"drgn, crash and makedumpfile know the kernel by this note" },
	[LD_RULE_VMCOREINFO_KEYS] = { "vmcoreinfo-keys",
		"drgn does not open the file" },
	[LD_RULE_VMCOREINFO_END] = { "vmcoreinfo-end",
		"drgn does not open the file, or overlooks the last line" },
	[LD_RULE_CRASHTIME] = { "crashtime",
		"drgn takes registers of tasks from crash_notes, which no crash has filled" },
	[LD_RULE_PRSTATUS] = { "prstatus",
		"crash takes it for a CPU's registers, and drgn does not open such a kdump file" },
	[LD_RULE_UTSNAME] = { "utsname",
		"drgn does not open the file" },
	[LD_RULE_TIMESTAMP] = { "timestamp",
		"libkdumpfile, and with it drgn, takes the file for one of a 32-bit machine" },
	[LD_RULE_NR_CPUS] = { "nr-cpus",
		"crash warns, and refuses the file on some machines" },
	[LD_RULE_STATUS] = { "status",
		"no reader can tell what it means" },
	[LD_RULE_INCOMPLETE] = { "incomplete",
		"crash warns: whatever wrote the file had not enough room" },
	[LD_RULE_BITMAP_BLOCKS] = { "bitmap-blocks",
		"each reader looks for the pages elsewhere" },
	[LD_RULE_MAX_MAPNR] = { "max-mapnr",
		"each reader finds another number of page frames" },
	[LD_RULE_BITMAPS] = { "bitmaps",
		"crash and libkdumpfile can read zeros where nothing was recorded" },
	[LD_RULE_PAGE_FLAGS] = { "page-flags",
		"no reader can read the page" },
	[LD_RULE_PAGE_SIZE] = { "page-size",
		"crash, drgn and makedumpfile take such bytes for damage, or for something else" },
	[LD_RULE_PAGE_DATA] = { "page-data",
		"no reader can read the page" },
	[LD_RULE_VMCOREINFO_AT] = { "vmcoreinfo-at",
		"crash and makedumpfile read vmcoreinfo there, drgn reads the note" },
};

void ld_check_broken(struct ld_check *check, enum ld_rule rule, const char *fmt, ...)
{
	typeof(check->found[0]) *found = &check->found[rule];
	va_list ap;

	if (found->count++)
		return;
	check->broken++;
	va_start(ap, fmt);
	vsnprintf(found->first, sizeof(found->first), fmt, ap);
	va_end(ap);
}

static void check_vmcoreinfo(const struct ld_corefile *c, struct ld_check *check)
{
	static const char * const keys[] = { "OSRELEASE", "PAGESIZE", "SYMBOL(swapper_pg_dir)" };
	char *value;
	size_t i;

	if (!c->vmcoreinfo || !c->vmcoreinfo_size) {
		ld_check_broken(check, LD_RULE_VMCOREINFO, "there is no note VMCOREINFO");
		return;
	}
	for (i = 0; i < LD_ARRAY_SIZE(keys); i++) {
		value = ld_vmcoreinfo_value(c->vmcoreinfo, c->vmcoreinfo_size, keys[i]);
		if (!value || !*value)
			ld_check_broken(check, LD_RULE_VMCOREINFO_KEYS, "VMCOREINFO has no %s",
					keys[i]);
		free(value);
	}
	if (c->vmcoreinfo[c->vmcoreinfo_size - 1] != '\n')
		ld_check_broken(check, LD_RULE_VMCOREINFO_END,
				"the last line of VMCOREINFO does not end");
	/* in a dump of a kernel that did crash it is right */
	value = ld_vmcoreinfo_value(c->vmcoreinfo, c->vmcoreinfo_size, "CRASHTIME");
	if (value && c->note)
		ld_check_broken(check, LD_RULE_CRASHTIME, "VMCOREINFO has CRASHTIME");
	free(value);
}

/* Readers go by the type alone, whoever owns the note. */
static void check_prstatus(const struct ld_corefile *c, struct ld_check *check)
{
	size_t i;

	for (i = 0; i < c->nr_notes && c->machine == EM_X86_64; i++) {
		const struct ld_core_note *n = &c->notes[i];

		if (n->type == NT_PRSTATUS && n->size != PRSTATUS_SIZE)
			ld_check_broken(check, LD_RULE_PRSTATUS,
					"note %zu is a NT_PRSTATUS of %u bytes instead of %u", i,
					n->size, PRSTATUS_SIZE);
	}
}

int ld_check(struct ld_corefile *c, struct ld_check *ret, struct ld_err *err)
{
	memset(ret, 0, sizeof(*ret));
	check_vmcoreinfo(c, ret);
	check_prstatus(c, ret);
	return c->is_kdump ? ld_check_kdump(c, ret, err) : ld_check_elf(c, ret, err);
}
