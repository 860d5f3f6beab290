// SPDX-License-Identifier: GPL-2.0
/*
 * The head of an ELF64 vmcore: ELF header, program headers, notes. What looks arbitrary here is
 * what readers insist on:
 *
 * - Program headers at offset 64: makedumpfile does not look at e_phoff.
 * - PT_NOTE is the first of them; crash skips the first without looking.
 * - p_align 0 in PT_LOADs: otherwise crash takes page-aligned data for a netdump's.
 * - p_filesz == p_memsz: drgn would read the difference as zeros.
 * - Above 65534 program headers, e_phnum is PN_XNUM and section header 0 has the number.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "elf_head.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OUR_DATA	ELFDATA2LSB
#else
#define OUR_DATA	ELFDATA2MSB
#endif

static const struct {
	const char *name;
	uint16_t machine;
} machines[] = {
	{ "x86_64", EM_X86_64 },
	{ "aarch64", EM_AARCH64 },
	{ "ppc64le", EM_PPC64 },
	{ "ppc64", EM_PPC64 },
	{ "s390x", EM_S390 },
	{ "riscv64", EM_RISCV },
};

uint16_t ld_elf_machine(const char *machine)
{
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(machines); i++) {
		if (!strcmp(machines[i].name, machine))
			return machines[i].machine;
	}
	return EM_NONE;
}

const char *ld_elf_machine_name(uint16_t machine)
{
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(machines); i++) {
		if (machines[i].machine == machine)
			return machines[i].name;
	}
	return "unknown";
}

static size_t align_up(size_t value, size_t to)
{
	return (value + to - 1) / to * to;
}

static size_t note_size(const struct ld_elf_note *note)
{
	return sizeof(Elf64_Nhdr) + align_up(strlen(note->name) + 1, 4) + align_up(note->size, 4);
}

size_t ld_elf_notes_size(const struct ld_elf_note *notes, size_t nr)
{
	size_t size = 0, i;

	for (i = 0; i < nr; i++)
		size += note_size(&notes[i]);
	return size;
}

int ld_elf_notes_check(const struct ld_elf_note *notes, size_t nr, struct ld_err *err)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (notes[i].size > INT32_MAX)
			return ld_fail(err, LD_EXIT_FAILED, "the %s note is too large for a file",
				       notes[i].name);
	}
	return 0;
}

size_t ld_elf_note_desc(const struct ld_elf_note *notes, size_t nr)
{
	return ld_elf_notes_size(notes, nr) + sizeof(Elf64_Nhdr) +
	       align_up(strlen(notes[nr].name) + 1, 4);
}

/* Program headers with PT_NOTE, and section header 0 where they are too many for e_phnum. */
static size_t tables_size(size_t nr_segments)
{
	size_t nr = nr_segments + 1;

	return nr * sizeof(Elf64_Phdr) + (nr >= PN_XNUM ? sizeof(Elf64_Shdr) : 0);
}

size_t ld_elf_head_size(size_t nr_segments, const struct ld_elf_note *notes, size_t nr_notes,
			size_t page_size)
{
	return align_up(sizeof(Elf64_Ehdr) + tables_size(nr_segments) +
			ld_elf_notes_size(notes, nr_notes), page_size);
}

static void put_ehdr(char *head, uint16_t machine, size_t nr_phdrs)
{
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)head;

	memcpy(ehdr->e_ident, ELFMAG, SELFMAG);
	ehdr->e_ident[EI_CLASS] = ELFCLASS64;
	ehdr->e_ident[EI_DATA] = OUR_DATA;
	ehdr->e_ident[EI_VERSION] = EV_CURRENT;
	ehdr->e_type = ET_CORE;
	ehdr->e_machine = machine;
	ehdr->e_version = EV_CURRENT;
	ehdr->e_phoff = sizeof(*ehdr);
	ehdr->e_ehsize = sizeof(*ehdr);
	ehdr->e_phentsize = sizeof(Elf64_Phdr);
	if (nr_phdrs < PN_XNUM) {
		ehdr->e_phnum = (uint16_t)nr_phdrs;
	} else {
		size_t shoff = sizeof(*ehdr) + nr_phdrs * sizeof(Elf64_Phdr);
		Elf64_Shdr *shdr = (Elf64_Shdr *)(head + shoff);

		ehdr->e_phnum = PN_XNUM;
		ehdr->e_shoff = shoff;
		ehdr->e_shentsize = sizeof(*shdr);
		/* not 0: libkdumpfile reads sh_info only if there are sections */
		ehdr->e_shnum = 1;
		shdr->sh_type = SHT_NULL;
		shdr->sh_info = (uint32_t)nr_phdrs;
	}
}

void ld_elf_notes_put(char *to, const struct ld_elf_note *notes, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		Elf64_Nhdr *nhdr = (Elf64_Nhdr *)to;
		char *name = (char *)(nhdr + 1);

		nhdr->n_namesz = (uint32_t)strlen(notes[i].name) + 1;
		nhdr->n_descsz = (uint32_t)notes[i].size;
		nhdr->n_type = notes[i].type;
		memcpy(name, notes[i].name, nhdr->n_namesz);
		memcpy(name + align_up(nhdr->n_namesz, 4), notes[i].desc, notes[i].size);
		to += note_size(&notes[i]);
	}
}

static void put_phdrs(char *head, const struct ld_segments *segments, size_t notes_at,
		      size_t notes_len, size_t data_at)
{
	Elf64_Phdr *phdr = (Elf64_Phdr *)(head + sizeof(Elf64_Ehdr));
	size_t i;

	phdr->p_type = PT_NOTE;
	phdr->p_offset = notes_at;
	phdr->p_filesz = notes_len;
	phdr->p_memsz = notes_len;
	phdr->p_align = 4;
	for (i = 0; i < segments->nr; i++) {
		const struct ld_segment *s = &segments->segs[i];

		phdr++;
		phdr->p_type = PT_LOAD;
		phdr->p_flags = PF_R | PF_W | PF_X;
		phdr->p_offset = data_at + s->data;
		phdr->p_vaddr = s->vaddr;
		phdr->p_paddr = s->paddr;
		phdr->p_filesz = s->length;
		phdr->p_memsz = s->length;
	}
}

int ld_elf_head_build(uint16_t machine, size_t page_size, const struct ld_segments *segments,
		      const struct ld_elf_note *notes, size_t nr_notes, struct ld_elf_head *ret,
		      struct ld_err *err)
{
	size_t notes_at = sizeof(Elf64_Ehdr) + tables_size(segments->nr);

	if (ld_elf_notes_check(notes, nr_notes, err))
		return -1;
	ret->size = ld_elf_head_size(segments->nr, notes, nr_notes, page_size);
	ret->bytes = calloc(1, ret->size);
	if (!ret->bytes)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory for %zu program headers",
			       segments->nr);
	put_ehdr(ret->bytes, machine, segments->nr + 1);
	put_phdrs(ret->bytes, segments, notes_at, ld_elf_notes_size(notes, nr_notes), ret->size);
	ld_elf_notes_put((char *)ret->bytes + notes_at, notes, nr_notes);
	return 0;
}
