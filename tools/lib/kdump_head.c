// SPDX-License-Identifier: GPL-2.0
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "kdump_head.h"
#include "note.h"

/* What kernel-text addresses of x86-64 count from: arch/x86/include/asm/page_64_types.h */
#define START_KERNEL_MAP	0xffffffff80000000ULL

/* struct disk_dump_header of a 64-bit machine, without the array behind it that nobody fills */
struct header {
	char signature[8];
	int32_t header_version;
	struct utsname uts;
	int64_t seconds;
	int64_t microseconds;
	uint32_t status;
	int32_t block_size;
	int32_t sub_hdr_size;
	uint32_t bitmap_blocks;
	uint32_t max_mapnr;
	uint32_t total_ram_blocks;
	uint32_t device_blocks;
	uint32_t written_blocks;
	uint32_t current_cpu;
	int32_t nr_cpus;
};

/* struct kdump_sub_header */
struct sub_header {
	uint64_t phys_base;
	int32_t dump_level;
	int32_t split;
	uint64_t start_pfn;
	uint64_t end_pfn;
	uint64_t offset_vmcoreinfo;
	uint64_t size_vmcoreinfo;
	uint64_t offset_note;
	uint64_t size_note;
	uint64_t offset_eraseinfo;
	uint64_t size_eraseinfo;
	uint64_t start_pfn_64;
	uint64_t end_pfn_64;
	uint64_t max_mapnr_64;
};

_Static_assert(sizeof(struct utsname) == 6 * 65, "struct new_utsname");
_Static_assert(offsetof(struct header, seconds) == 408, "struct disk_dump_header");
_Static_assert(sizeof(struct header) == 464, "struct disk_dump_header");
_Static_assert(sizeof(struct sub_header) == 104, "struct kdump_sub_header");
_Static_assert(sizeof(struct ld_kdump_desc) == 24, "struct page_desc");

static uint64_t blocks(uint64_t bytes, uint64_t block)
{
	return (bytes + block - 1) / block;
}

void ld_kdump_layout(const struct ld_vmcore *core, uint64_t max_mapnr, size_t nr_pages,
		     struct ld_kdump_layout *ret)
{
	const uint64_t block = core->layout.page_size;
	const uint64_t sub = sizeof(struct sub_header) +
			     ld_elf_notes_size(core->notes, core->nr_notes);

	/* a bitmap of nothing is more than readers expect */
	ret->max_mapnr = max_mapnr ? max_mapnr : 1;
	ret->bitmap_at = (1 + blocks(sub, block)) * block;
	ret->bitmap_size = blocks(blocks(ret->max_mapnr, 8), block) * block;
	ret->desc_at = ret->bitmap_at + 2 * ret->bitmap_size;
	ret->data_at = ret->desc_at +
		       blocks(nr_pages * sizeof(struct ld_kdump_desc), block) * block;
}

static const struct ld_elf_note *find_vmcoreinfo(const struct ld_vmcore *core)
{
	size_t i;

	for (i = 0; i < core->nr_notes; i++) {
		if (!strcmp(core->notes[i].name, "VMCOREINFO"))
			return &core->notes[i];
	}
	return NULL;
}

/* As the kernel of each machine has it: makedumpfile's get_phys_base_x86_64() and ..._arm64() */
static uint64_t phys_base(const struct ld_vmcore *core)
{
	const struct ld_elf_note *info = find_vmcoreinfo(core);
	uint64_t base = 0;
	char *value;

	if (core->machine == EM_X86_64 && core->layout.text_start)
		return core->layout.text_paddr - (core->layout.text_start - START_KERNEL_MAP);
	if (core->machine == EM_AARCH64 && info) {
		value = ld_vmcoreinfo_value(info->desc, info->size, "NUMBER(PHYS_OFFSET)");
		base = value ? strtoull(value, NULL, 0) : 0;
		free(value);
	}
	return base;
}

static void put_header(const struct ld_vmcore *core, uint32_t status,
		       const struct ld_kdump_layout *layout, struct header *h)
{
	const uint64_t block = core->layout.page_size;

	memcpy(h->signature, "KDUMP   ", sizeof(h->signature));
	h->header_version = 6;
	h->uts = core->uts;
	h->seconds = (int64_t)(core->time_ns / 1000000000);
	/* 0: where a 32-bit header has its block size; with 4096 libkdumpfile took it for that */
	h->microseconds = 0;
	h->status = status;
	h->block_size = (int32_t)block;
	h->sub_hdr_size = (int32_t)(layout->bitmap_at / block - 1);
	h->bitmap_blocks = (uint32_t)(2 * layout->bitmap_size / block);
	h->max_mapnr = layout->max_mapnr > UINT32_MAX ? UINT32_MAX : (uint32_t)layout->max_mapnr;
	/* crash warns of 0 */
	h->nr_cpus = core->nr_cpus ? (int32_t)core->nr_cpus : 1;
}

static void put_sub_header(const struct ld_vmcore *core, const struct ld_kdump_layout *layout,
			   struct sub_header *sub)
{
	const struct ld_elf_note *info = find_vmcoreinfo(core);

	sub->phys_base = phys_base(core);
	sub->offset_note = core->layout.page_size + sizeof(*sub);
	sub->size_note = ld_elf_notes_size(core->notes, core->nr_notes);
	if (info) {
		/* crash and makedumpfile read the text here, libkdumpfile the note */
		sub->offset_vmcoreinfo = sub->offset_note +
			ld_elf_note_desc(core->notes, (size_t)(info - core->notes));
		sub->size_vmcoreinfo = info->size;
	}
	sub->max_mapnr_64 = layout->max_mapnr;
}

void *ld_kdump_head(const struct ld_vmcore *core, uint32_t status,
		    const struct ld_kdump_layout *layout, struct ld_err *err)
{
	const uint64_t block = core->layout.page_size;
	char *head;

	/* they are an int and an unsigned int in the header, the latter read as int, too */
	if (layout->bitmap_at / block > INT32_MAX ||
	    2 * layout->bitmap_size / block > INT32_MAX) {
		ld_fail(err, LD_EXIT_FAILED,
			"a kdump-compressed file cannot have page frame %#llx\n"
			"Write it with --format elf.", (unsigned long long)layout->max_mapnr - 1);
		return NULL;
	}
	head = calloc(1, layout->bitmap_at);
	if (!head) {
		ld_fail(err, LD_EXIT_FAILED, "out of memory for the head of the file");
		return NULL;
	}
	put_header(core, status, layout, (struct header *)head);
	put_sub_header(core, layout, (struct sub_header *)(head + block));
	ld_elf_notes_put(head + block + sizeof(struct sub_header), core->notes, core->nr_notes);
	return head;
}
