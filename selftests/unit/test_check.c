// SPDX-License-Identifier: GPL-2.0
/* livedump info --check: a good file, and each rule broken once. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check.h"
#include "core_model.h"

static struct ld_err err;
static char *file;
static size_t file_size;
static struct ld_check result;
static bool broken_once[LD_NR_RULES];

static const struct ld_format elf = { .id = LD_FORMAT_ELF };
static const struct ld_format kdump = { .id = LD_FORMAT_KDUMP };

/* Makes @file the bytes of the model in this format. */
static void load(const struct ld_vmcore *core, const struct ld_format *format)
{
	write_model(in_test_dir("good"), core, format);
	free(file);
	file = need(get_file(in_test_dir("good"), &file_size));
}

/* How many rules @file breaks; problems of its structure count as one. */
static size_t check(void)
{
	struct ld_corefile core;
	size_t broken = SIZE_MAX;

	put_file(in_test_dir("file"), file, file_size);
	err.msg[0] = '\0';
	if (!ld_corefile_open(in_test_dir("file"), &core, &err) &&
	    !ld_check(&core, &result, &err)) {
		broken = result.broken + !!core.nr_problems;
		if (core.nr_problems)
			snprintf(err.msg, sizeof(err.msg), "%s", core.problems[0]);
	}
	ld_corefile_close(&core);
	return broken;
}

/* This one rule is broken, and told so. */
static void breaks(enum ld_rule rule, const char *told)
{
	size_t i;

	EXPECT(check() == 1);
	EXPECT(result.found[rule].count);
	broken_once[rule] = true;
	EXPECT_HAS(result.found[rule].first, told);
	for (i = 0; i < LD_NR_RULES; i++) {
		if (result.found[i].count && i != rule)
			printf("# also %s: %s\n", ld_rules[i].name, result.found[i].first);
	}
}

static Elf64_Phdr *phdr(size_t index)
{
	return (Elf64_Phdr *)(file + sizeof(Elf64_Ehdr)) + index;
}

static size_t nr_phdrs(void)
{
	return ((Elf64_Ehdr *)file)->e_phnum;
}

/* Replaces text by other text of the same length. */
static void replace(const char *old, const char *with)
{
	char *at = memmem(file, file_size, old, strlen(old));

	need(at);
	memcpy(at, with, strlen(with));
}

static void every_rule_has_a_text(void)
{
	size_t i, j;

	for (i = 0; i < LD_NR_RULES; i++) {
		EXPECT(ld_rules[i].name && ld_rules[i].meaning);
		for (j = 0; j < i; j++)
			EXPECT(strcmp(ld_rules[i].name, ld_rules[j].name));
	}
}

static void good_elf(void)
{
	struct ld_vmcore core = model_core();

	load(&core, &elf);
	EXPECT(check() == 0);
	/* nothing but the direct map */
	core.nr_aliases = 0;
	core.nr_pages = PUD_DIRECT + 1;
	load(&core, &elf);
	EXPECT(check() == 0);
}

static void elf_headers(void)
{
	struct ld_vmcore core = model_core();
	Elf64_Phdr other;

	load(&core, &elf);
	other = *phdr(0);
	*phdr(0) = *phdr(1);
	*phdr(1) = other;
	breaks(LD_RULE_NOTE_FIRST, "program header 0");
	load(&core, &elf);
	/* elsewhere: behind the page data */
	file = need(realloc(file, file_size + nr_phdrs() * sizeof(other)));
	memcpy(file + file_size, phdr(0), nr_phdrs() * sizeof(other));
	((Elf64_Ehdr *)file)->e_phoff = file_size;
	file_size += nr_phdrs() * sizeof(other);
	breaks(LD_RULE_PHDRS_AT_64, "program headers are at ");
	load(&core, &elf);
	phdr(0)->p_align = 4096;
	breaks(LD_RULE_NOTE_ALIGN, "4096");
	load(&core, &elf);
	((Elf64_Ehdr *)file)->e_phnum = 2;
	breaks(LD_RULE_TWO_LOADS, "only one");
	((Elf64_Ehdr *)file)->e_phnum = 1;
	breaks(LD_RULE_TWO_LOADS, "no PT_LOADs");
}

static void elf_segments(void)
{
	struct ld_vmcore core = model_core();
	size_t last;

	load(&core, &elf);
	last = nr_phdrs() - 1;
	phdr(2)->p_align = 4096;
	phdr(3)->p_align = 1;
	breaks(LD_RULE_LOAD_ALIGN, "program header 2: p_align is 4096");
	EXPECT(result.found[LD_RULE_LOAD_ALIGN].count == 2);
	load(&core, &elf);
	phdr(last)->p_memsz += PAGE;
	breaks(LD_RULE_FILESZ, "the file has ");
	load(&core, &elf);
	phdr(last)->p_filesz = phdr(last)->p_memsz -= 8;
	breaks(LD_RULE_WHOLE_PAGES, "8184 bytes at ");
	load(&core, &elf);
	phdr(2)->p_vaddr = 0;
	breaks(LD_RULE_VADDR, "program header 2: p_vaddr is 0");
	phdr(2)->p_vaddr = phdr(2)->p_paddr;
	breaks(LD_RULE_VADDR, "program header 2: p_vaddr is p_paddr");
}

/* The order of PT_LOADs: which is which is known from their addresses. */
static size_t find(uint64_t vaddr)
{
	size_t i;

	for (i = 1; i < nr_phdrs(); i++) {
		if (phdr(i)->p_vaddr == vaddr)
			return i;
	}
	need(NULL);
	return 0;
}

static void exchange(size_t a, size_t b)
{
	Elf64_Phdr other = *phdr(a);

	*phdr(a) = *phdr(b);
	*phdr(b) = other;
}

static void elf_order(void)
{
	struct ld_vmcore core = model_core();

	load(&core, &elf);
	exchange(find(IMAGE), find(MODULE));
	breaks(LD_RULE_TEXT_FIRST, "0xffffffffc0000000");
	load(&core, &elf);
	exchange(find(VMALLOC + 5 * PAGE), nr_phdrs() - 1);
	breaks(LD_RULE_DIRECT_LAST, "0xffffc90000005000");
}

static void elf_overlaps(void)
{
	struct ld_vmcore core = model_core();
	size_t alias;

	load(&core, &elf);
	alias = find(MODULE);
	phdr(alias)->p_offset += PAGE;
	breaks(LD_RULE_SAME_BYTES, "physical ");
	/* two copies in the file are fine as long as they are the same */
	load(&core, &elf);
	file = need(realloc(file, file_size + PAGE));
	memcpy(file + file_size, file + phdr(alias)->p_offset, PAGE);
	phdr(alias)->p_offset = file_size;
	file_size += PAGE;
	EXPECT(check() == 0);
	file[file_size - 1] ^= 1;
	breaks(LD_RULE_SAME_BYTES, "physical ");
	load(&core, &elf);
	phdr(alias)->p_vaddr = VMALLOC;
	breaks(LD_RULE_SAME_PAGE, "0xffffc90000000000");
}

static void vmcoreinfo(const struct ld_format *format)
{
	struct ld_vmcore core = model_core();

	load(&core, format);
	replace("OSRELEASE=", "OSRELEASX=");
	breaks(LD_RULE_VMCOREINFO_KEYS, "no OSRELEASE");
	load(&core, format);
	replace("PAGESIZE=", "PAGESIZX=");
	breaks(LD_RULE_VMCOREINFO_KEYS, "no PAGESIZE");
	load(&core, format);
	replace("SYMBOL(swapper_pg_dir)", "SYMBOL(swapper_pg_dix)");
	breaks(LD_RULE_VMCOREINFO_KEYS, "no SYMBOL(swapper_pg_dir)");
	load(&core, format);
	replace("KERNELOFFSET=0\n", "KERNELOFFSET=00");
	breaks(LD_RULE_VMCOREINFO_END, "does not end");
	load(&core, format);
	replace("KERNELOFFSET=0", "CRASHTIME=1700");
	breaks(LD_RULE_CRASHTIME, "CRASHTIME");
	/* where there was a crash it is right */
	replace("LIVEDUMP", "LIVEDUMX");
	EXPECT(check() == 0);
	load(&core, format);
	memcpy((char *)memmem(file, file_size, "LIVEDUMP", 8) - 4, "\1\0\0", 4);
	breaks(LD_RULE_PRSTATUS, "instead of 336");
}

static void vmcoreinfo_of_elf(void)
{
	struct ld_vmcore core = model_core();

	vmcoreinfo(&elf);
	load(&core, &elf);
	replace("VMCOREINFO", "VMCOREINFX");
	breaks(LD_RULE_VMCOREINFO, "no note");
}

static void garbled_notes(void)
{
	struct ld_vmcore core = model_core();

	load(&core, &elf);
	memset(memmem(file, file_size, "VMCOREINFO", 10) - 8, 0x7f, 4);
	EXPECT(check() != 0);
	EXPECT_HAS(err.msg, "garbled");
	load(&core, &kdump);
	memset(memmem(file, file_size, "VMCOREINFO", 10) - 8, 0x7f, 4);
	EXPECT(check() != 0);
	EXPECT_HAS(err.msg, "garbled");
}

/* Numbers of a kdump file; see kdumpfile.c for where they are. */
static uint32_t *header(size_t at)
{
	return (uint32_t *)(file + at);
}

static uint64_t *sub_header(size_t at)
{
	return (uint64_t *)(file + PAGE + at);
}

static size_t bitmap_at(void)
{
	return (1 + *header(432)) * (size_t)PAGE;
}

struct desc {
	uint64_t offset;
	uint32_t size;
	uint32_t flags;
	uint64_t page_flags;
};

static struct desc *desc(size_t index)
{
	return (struct desc *)(file + bitmap_at() + *header(436) * (size_t)PAGE) + index;
}

static void good_kdump(void)
{
	struct ld_vmcore core = model_core();
	struct ld_format format = kdump;
	int codec;

	for (codec = 0; codec < LD_NR_CODECS; codec++) {
		format.codec = codec;
		load(&core, &format);
		EXPECT(check() == 0);
		EXPECT(!memcmp(file, "KDUMP   ", 8));
	}
}

static void kdump_header(void)
{
	struct ld_vmcore core = model_core();

	load(&core, &kdump);
	file[12 + 2 * 65] = '\0';
	breaks(LD_RULE_UTSNAME, "no release");
	load(&core, &kdump);
	file[12 + 3 * 65] = '\0';
	breaks(LD_RULE_UTSNAME, "no version");
	load(&core, &kdump);
	file[12 + 4 * 65] = '\0';
	breaks(LD_RULE_UTSNAME, "no machine");
	load(&core, &kdump);
	*header(424) |= 0x40;
	breaks(LD_RULE_STATUS, "status is 0x40");
	*header(424) = 0x21;
	breaks(LD_RULE_STATUS, "status is 0x21");
	*header(424) = 8;
	breaks(LD_RULE_INCOMPLETE, "incomplete");
	load(&core, &kdump);
	*header(8) = 7;
	breaks(LD_RULE_STATUS, "version 7");
	load(&core, &kdump);
	*header(416) = 8192;
	breaks(LD_RULE_TIMESTAMP, "8192 microseconds");
	*header(416) = 0x100000;
	breaks(LD_RULE_TIMESTAMP, "1048576 microseconds");
	load(&core, &kdump);
	*header(460) = 0;
	breaks(LD_RULE_NR_CPUS, "nr_cpus is 0");
	load(&core, &kdump);
	++*header(440);
	breaks(LD_RULE_MAX_MAPNR, "max_mapnr is 16387 in the header and 16386 in the sub-header");
	load(&core, &kdump);
	*sub_header(32) += 1;
	breaks(LD_RULE_VMCOREINFO_AT, "vmcoreinfo at ");
	load(&core, &kdump);
	*sub_header(40) -= 1;
	breaks(LD_RULE_VMCOREINFO_AT, "vmcoreinfo at ");
}

static void kdump_bitmaps(void)
{
	struct ld_vmcore core = model_core();

	load(&core, &kdump);
	/* page frame 0x20 */
	file[bitmap_at() + 4] |= 1;
	breaks(LD_RULE_BITMAPS, "1 pages are RAM by the bitmap, but not in the file");
	load(&core, &kdump);
	file[bitmap_at() + 0x20] = 0;
	breaks(LD_RULE_BITMAPS, "8 pages are in the file, but not in the bitmap of RAM");
	load(&core, &kdump);
	/* a block for each bitmap is enough */
	EXPECT(*header(436) == 2);
	*sub_header(96) = *header(440) = 8 * PAGE + 1;
	breaks(LD_RULE_BITMAP_BLOCKS, "bitmap_blocks is 2, but for 32769 page frames it is 4");
}

static void kdump_pages(void)
{
	struct ld_vmcore core = model_core();
	struct ld_format format = kdump;
	int codec;

	load(&core, &kdump);
	desc(3)->flags = 0x40;
	desc(4)->flags = 0x3;
	breaks(LD_RULE_PAGE_FLAGS, "page frame 0x103 has flags 0x40");
	EXPECT(result.found[LD_RULE_PAGE_FLAGS].count == 2);
	load(&core, &kdump);
	desc(3)->size--;
	breaks(LD_RULE_PAGE_SIZE, "page frame 0x103 has 4095 bytes, not compressed");
	load(&core, &kdump);
	desc(3)->flags = 1;
	breaks(LD_RULE_PAGE_SIZE, "page frame 0x103 has 4096 bytes, compressed");
	for (codec = LD_CODEC_NONE + 1; codec < LD_NR_CODECS; codec++) {
		format.codec = codec;
		load(&core, &format);
		EXPECT(desc(3)->flags && desc(3)->size < PAGE);
		desc(3)->size -= 4;
		breaks(LD_RULE_PAGE_DATA, "page frame 0x103, ");
		load(&core, &format);
		memset(file + desc(3)->offset, 0xff, desc(3)->size);
		breaks(LD_RULE_PAGE_DATA, "does not decompress to a page");
	}
}

static void kdump_vmcoreinfo(void)
{
	vmcoreinfo(&kdump);
}

/* Neither format is believed: whatever is changed or cut, there is an answer. */
static void bent(const struct ld_format *format)
{
	struct ld_vmcore core = model_core();
	size_t i, j, size;
	char *good;

	load(&core, format);
	size = file_size;
	good = need(malloc(size));
	memcpy(good, file, size);
	for (i = 0; i < 1500; i++) {
		file_size = i % 4 ? size : test_random((unsigned int)size - 1) + 1;
		memcpy(file, good, size);
		for (j = test_random(6); j; j--)
			file[test_random(i % 2 ? 600 : (unsigned int)size)] =
				(char)test_random(256);
		if (check() == SIZE_MAX)
			EXPECT(*err.msg);
	}
	/* the last page of data is looked for, too */
	memcpy(file, good, size);
	file_size = size - 1;
	EXPECT(check() != 0);
	free(good);
}

static void bent_elf(void)
{
	bent(&elf);
}

static void bent_kdump(void)
{
	struct ld_format format = { .id = LD_FORMAT_KDUMP, .codec = LD_CODEC_ZSTD };

	bent(&kdump);
	bent(&format);
}

static void every_rule_was_broken(void)
{
	size_t i;

	for (i = 0; i < LD_NR_RULES; i++) {
		if (!broken_once[i])
			printf("# never: %s\n", ld_rules[i].name);
		EXPECT(broken_once[i]);
	}
}

int main(void)
{
	make_test_dir();
	make_model();
	RUN(every_rule_has_a_text);
	RUN(good_elf);
	RUN(elf_headers);
	RUN(elf_segments);
	RUN(elf_order);
	RUN(elf_overlaps);
	RUN(vmcoreinfo_of_elf);
	RUN(garbled_notes);
	RUN(good_kdump);
	RUN(kdump_header);
	RUN(kdump_bitmaps);
	RUN(kdump_pages);
	RUN(kdump_vmcoreinfo);
	RUN(every_rule_was_broken);
	RUN(bent_elf);
	RUN(bent_kdump);
	free(file);
	remove_test_dir();
	return END();
}
