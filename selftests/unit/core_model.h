/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CORE_MODEL_H
#define CORE_MODEL_H

#include <elf.h>

#include "note.h"
#include "vmcore.h"
#include "writer_dir.h"

/*
 * A kernel of x86-64 with four levels of page tables, moved by KASLR, of which a few pages were
 * recorded: page tables, two pages of its image, some of vmalloc and one of a module. The tables
 * map each of them at the addresses that it is recorded by.
 */
#define PAGE		4096
#define DIRECT		0xffff9c0040000000ULL
#define KERNEL_MAP	0xffffffff80000000ULL
#define PHYS_BASE	0x3000000ULL
#define IMAGE		(KERNEL_MAP + 0x1000000)
#define VMALLOC		0xffffc90000000000ULL
#define MODULE		0xffffffffc0000000ULL

enum model_page {
	PUD_IMAGE,
	PUD_DIRECT,
	PUD_VMALLOC,
	PMD_IMAGE,
	PMD_VMALLOC,
	PMD_MODULE,
	PTE_VMALLOC,
	PTE_MODULE,
	DATA_0,
	DATA_1,
	DATA_2,
	TEXT,
	SWAPPER,
	NR_MODEL,	/* and room for one more */
};

static const char model_vmcoreinfo[] =
	"OSRELEASE=6.1.0-test\nBUILD-ID=0123abcd\nPAGESIZE=4096\n"
	"SYMBOL(swapper_pg_dir)=ffffffff81001000\nNUMBER(phys_base)=50331648\n"
	"NUMBER(KERNEL_IMAGE_SIZE)=1073741824\nNUMBER(pgtable_l5_enabled)=0\nKERNELOFFSET=0\n";
static const char model_note[] =
	"{\"version\":1,\"host\":{\"nodename\":\"host\",\"release\":\"6.1.0-test\",\n"
	"\"version\":\"#1 SMP\",\"machine\":\"x86_64\",\"cpus\":3}}";

static uint64_t model_data[NR_MODEL + 1][PAGE / 8];
static struct livedump_page model_pages[NR_MODEL + 1];
static const struct livedump_alias model_aliases[] = {
	{ .vaddr = VMALLOC, .page = DATA_0 },
	{ .vaddr = VMALLOC + PAGE, .page = DATA_1 },
	{ .vaddr = VMALLOC + 5 * PAGE, .page = DATA_0 },
	{ .vaddr = MODULE, .page = DATA_2 },
};

/* struct elf_prstatus, of which libkdumpfile checks the size */
static const char model_prstatus[336];
static const struct ld_elf_note model_notes[] = {
	{ .name = "VMCOREINFO", .type = 0, .desc = model_vmcoreinfo,
	  .size = sizeof(model_vmcoreinfo) - 1 },
	{ .name = LD_NOTE_NAME, .type = LD_NOTE_TYPE, .desc = model_note,
	  .size = sizeof(model_note) - 1 },
	{ .name = "CORE", .type = NT_PRSTATUS, .desc = model_prstatus,
	  .size = sizeof(model_prstatus) },
};

static inline uint64_t model_paddr(enum model_page page)
{
	return model_pages[page].pfn * PAGE;
}

static inline void model_entry(enum model_page table, uint64_t vaddr, int level, uint64_t to)
{
	model_data[table][vaddr >> (12 + 9 * (level - 1)) & 511] = to | 0x63;
}

static inline void make_model(void)
{
	size_t i, j;

	for (i = 0; i < NR_MODEL; i++)
		model_pages[i].pfn = 0x100 + i + (i >= DATA_0 ? 0x80 : 0);
	model_pages[TEXT] = (struct livedump_page){ .pfn = 0x4000, .vaddr = IMAGE };
	model_pages[SWAPPER] = (struct livedump_page){ .pfn = 0x4001, .vaddr = IMAGE + PAGE };
	for (i = DATA_0; i <= TEXT; i++) {
		for (j = 0; j < PAGE / 8; j++)
			model_data[i][j] = j % 16 ? i : test_random(~0U);
	}
	model_entry(SWAPPER, IMAGE, 4, model_paddr(PUD_IMAGE));
	model_entry(SWAPPER, DIRECT, 4, model_paddr(PUD_DIRECT));
	model_entry(SWAPPER, VMALLOC, 4, model_paddr(PUD_VMALLOC));
	model_entry(PUD_IMAGE, IMAGE, 3, model_paddr(PMD_IMAGE));
	model_entry(PUD_IMAGE, MODULE, 3, model_paddr(PMD_MODULE));
	model_entry(PUD_DIRECT, DIRECT, 3, 0x80);
	model_entry(PUD_VMALLOC, VMALLOC, 3, model_paddr(PMD_VMALLOC));
	/* the bit of PAT, which is no address */
	model_entry(PMD_IMAGE, IMAGE, 2, 0x4000000 | 0x1080);
	model_entry(PMD_VMALLOC, VMALLOC, 2, model_paddr(PTE_VMALLOC));
	model_entry(PMD_MODULE, MODULE, 2, model_paddr(PTE_MODULE));
	for (i = 0; i < 3; i++)
		model_entry(PTE_VMALLOC, model_aliases[i].vaddr, 1,
			    model_paddr(model_aliases[i].page));
	model_entry(PTE_MODULE, MODULE, 1, model_paddr(DATA_2));
	/* not present, and present without being in the file */
	model_data[PTE_MODULE][3] = model_paddr(DATA_1);
	model_entry(PTE_MODULE, MODULE + 4 * PAGE, 1, 0x7000000);
}

static inline const void *map_model(void *ctx, size_t first, size_t nr, struct ld_err *err)
{
	return model_data[first];
}

static inline struct ld_vmcore model_core(void)
{
	return (struct ld_vmcore){
		.machine = EM_X86_64,
		.uts = { .sysname = "Linux", .nodename = "host", .release = "6.1.0-test",
			 .version = "#1 SMP", .machine = "x86_64" },
		.time_ns = 1700000000000000000ULL,
		.nr_cpus = 3,
		.layout = {
			.page_size = PAGE,
			.page_offset = DIRECT,
			.text_start = IMAGE,
			.text_end = IMAGE + 2 * PAGE,
			.text_paddr = IMAGE - KERNEL_MAP + PHYS_BASE,
			.kernel_start = 0xffff800000000000ULL,
		},
		.pages = model_pages,
		.nr_pages = NR_MODEL,
		.aliases = model_aliases,
		.nr_aliases = 4,
		.notes = model_notes,
		.nr_notes = 3,
	};
}

/* Writes the model, in this format. */
static inline void write_model(const char *path, const struct ld_vmcore *core,
			       const struct ld_format *format)
{
	const struct ld_page_source source = { .window = NR_MODEL + 1, .map = map_model };
	struct ld_vmcore_size size;
	struct ld_outfile out;
	struct ld_err err;

	if (ld_outfile_begin(&out, path, true, &err) ||
	    ld_vmcore_write(core, format, &source, &out, &size, &err) ||
	    ld_outfile_commit(&out, &err)) {
		printf("# %s\n", err.msg);
		need(NULL);
	}
}

#endif
