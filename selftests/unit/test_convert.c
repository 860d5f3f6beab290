// SPDX-License-Identifier: GPL-2.0
/* livedump convert: from each format to each, and what cannot be. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "corepages.h"
#include "core_model.h"
#include "livedump.h"

static struct ld_err err;

static const struct ld_format elf = { .id = LD_FORMAT_ELF };
static const struct ld_format kdump = { .id = LD_FORMAT_KDUMP, .codec = LD_CODEC_ZLIB };

/* Runs livedump convert; what it says is not shown. */
static int convert(const char *from, const char *to, const struct ld_args *with)
{
	char *operand = in_test_dir(from), *output = in_test_dir(to);
	int result, saved = dup(STDERR_FILENO);
	struct ld_args args = *with;

	if (!freopen(in_test_dir("said"), "we", stderr))
		need(NULL);
	err.msg[0] = '\0';
	args.argc = 1;
	args.argv = &operand;
	args.output = output;
	args.force = true;
	args.quiet = true;
	result = ld_cmd_convert.run(&args, &err);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	return result;
}

static int to_elf(const char *from, const char *to)
{
	return convert(from, to, &(struct ld_args){ .format = "elf" });
}

static int to_kdump(const char *from, const char *to, const char *codec)
{
	return convert(from, to, &(struct ld_args){ .format = "kdump", .compression = codec });
}

static bool same_file(const char *a, const char *b)
{
	size_t size = 0, other = 0;
	char *left = get_file(in_test_dir(a), &size), *right = get_file(in_test_dir(b), &other);
	bool same = left && right && size == other && !memcmp(left, right, size);

	free(left);
	free(right);
	return same;
}

/* The file as the model wrote it, and back from whatever it was: the same to the last byte. */
static void there_and_back(void)
{
	static const char * const codecs[] = { "none", "zlib", "lzo", "snappy", "zstd" };
	struct ld_vmcore core = model_core();
	struct ld_format format = kdump;
	size_t i;

	write_model(in_test_dir("elf"), &core, &elf);
	EXPECT(to_elf("elf", "again") == LD_EXIT_OK);
	EXPECT(same_file("elf", "again"));
	for (i = 0; i < LD_ARRAY_SIZE(codecs); i++) {
		format.codec = i;
		write_model(in_test_dir("kdump"), &core, &format);
		EXPECT(to_kdump("elf", "other", codecs[i]) == LD_EXIT_OK);
		EXPECT(to_kdump("other", "third", codecs[i]) == LD_EXIT_OK);
		EXPECT(same_file("other", "third"));
		EXPECT(to_elf("kdump", "again") == LD_EXIT_OK);
		EXPECT(same_file("elf", "again"));
		EXPECT(to_elf("third", "again") == LD_EXIT_OK);
		EXPECT(same_file("elf", "again"));
	}
}

static void addresses_from_tables(void)
{
	struct ld_vmcore core = model_core();
	Elf64_Phdr *phdr;
	size_t size, i;
	char *file;

	/* an ELF vmcore that does not say where its pages are mapped */
	write_model(in_test_dir("elf"), &core, &elf);
	file = need(get_file(in_test_dir("elf"), &size));
	phdr = (Elf64_Phdr *)(file + sizeof(Elf64_Ehdr));
	for (i = 1; i < ((Elf64_Ehdr *)file)->e_phnum; i++)
		phdr[i].p_vaddr = i % 2 ? 0 : phdr[i].p_paddr;
	put_file(in_test_dir("bare"), file, size);
	free(file);
	EXPECT(to_elf("bare", "again") == LD_EXIT_OK);
	EXPECT(same_file("elf", "again"));
	EXPECT(to_kdump("bare", "kdump", "zlib") == LD_EXIT_OK);
	EXPECT(to_elf("kdump", "again") == LD_EXIT_OK);
	EXPECT(same_file("elf", "again"));
}

/* Without page tables of the direct map only our own note can tell where it is. */
static void direct_map_from_note(void)
{
	static const char text[] =
		"{\"host\":{\"page_offset\":\"0xffff9c0040000000\",\n"
		"\"text_start\":\"0xffffffff81000000\",\"text_end\":\"0xffffffff81002000\"}}";
	struct ld_vmcore core = model_core();
	const struct ld_elf_note notes[] = {
		model_notes[0],
		{ .name = LD_NOTE_NAME, .type = LD_NOTE_TYPE, .desc = text,
		  .size = sizeof(text) - 1 },
	};
	uint64_t *entry = &model_data[SWAPPER][DIRECT >> 39 & 511], saved = *entry;

	*entry = 0;
	write_model(in_test_dir("kdump"), &core, &kdump);
	EXPECT(to_elf("kdump", "again") == -1);
	EXPECT_HAS(err.msg, "direct map");
	EXPECT_HAS(err.msg, "--format kdump");
	core.notes = notes;
	core.nr_notes = 2;
	/* in the large page that maps the image, and behind the image */
	model_pages[SWAPPER + 1] = (struct livedump_page){ .pfn = 0x4002 };
	core.nr_pages++;
	write_model(in_test_dir("kdump"), &core, &kdump);
	write_model(in_test_dir("elf"), &core, &elf);
	EXPECT(to_elf("kdump", "again") == LD_EXIT_OK);
	EXPECT(same_file("elf", "again"));
	*entry = saved;
}

/* Tables that lead back, or map everything everywhere. */
static void damaged_tables(void)
{
	struct ld_vmcore core = model_core();
	uint64_t saved[3][PAGE / 8];
	size_t i;

	memcpy(saved[0], model_data[PUD_VMALLOC], PAGE);
	memcpy(saved[1], model_data[PMD_VMALLOC], PAGE);
	memcpy(saved[2], model_data[PTE_VMALLOC], PAGE);
	for (i = 0; i < PAGE / 8; i++)
		model_data[PUD_VMALLOC][i] = model_paddr(SWAPPER - i % 3) | 0x63;
	write_model(in_test_dir("kdump"), &core, &kdump);
	EXPECT(to_elf("kdump", "again") == LD_EXIT_OK);
	for (i = 0; i < PAGE / 8; i++) {
		model_data[PUD_VMALLOC][i] = 0xe3;
		model_data[PMD_VMALLOC][i] = 0x40e3;
	}
	write_model(in_test_dir("kdump"), &core, &kdump);
	EXPECT(to_elf("kdump", "again") == LD_EXIT_OK || strstr(err.msg, "damaged"));
	memcpy(model_data[PUD_VMALLOC], saved[0], PAGE);
	memcpy(model_data[PMD_VMALLOC], saved[1], PAGE);
	memcpy(model_data[PTE_VMALLOC], saved[2], PAGE);
}

static void pages_of(void)
{
	struct ld_vmcore core = model_core();
	struct ld_args args = { .format = "elf" };
	char *path;

	write_model(in_test_dir("full"), &core, &elf);
	/* a recording of fewer pages, with addresses of its own */
	core.nr_pages = DATA_2;
	core.nr_aliases = 2;
	write_model(in_test_dir("part"), &core, &elf);
	path = strdup(in_test_dir("part"));
	args.pages_of = path;
	EXPECT(convert("full", "again", &args) == LD_EXIT_OK);
	EXPECT(same_file("part", "again"));
	/* from a kdump file, and of one */
	EXPECT(to_kdump("full", "kdump", "zstd") == LD_EXIT_OK);
	EXPECT(convert("kdump", "again", &args) == LD_EXIT_OK);
	EXPECT(same_file("part", "again"));
	/* pages that are not there */
	args.pages_of = in_test_dir("kdump");
	EXPECT(convert("part", "again", &args) == LD_EXIT_INCOMPLETE);
	free(path);
}

/* PT_LOADs that begin or end within a page. */
static void partial_pages(void)
{
	struct ld_vmcore core = model_core();
	struct ld_corepages pages;
	Elf64_Phdr *phdr;
	size_t size;
	char *file;

	write_model(in_test_dir("elf"), &core, &elf);
	file = need(get_file(in_test_dir("elf"), &size));
	phdr = (Elf64_Phdr *)(file + sizeof(Elf64_Ehdr));
	/* the first of the direct map: page tables */
	phdr += ((Elf64_Ehdr *)file)->e_phnum - 3;
	EXPECT(phdr->p_vaddr == DIRECT + 0x100 * PAGE);
	phdr->p_vaddr += 16;
	phdr->p_paddr += 16;
	phdr->p_offset += 16;
	phdr->p_filesz -= 24;
	phdr->p_memsz -= 24;
	put_file(in_test_dir("part"), file, size);
	free(file);
	EXPECT(!ld_corepages_open(in_test_dir("part"), &pages, &err));
	EXPECT(pages.nr_pages == NR_MODEL - 2 && pages.pages[0].pfn == 0x101);
	EXPECT(pages.partial == 2 * PAGE - 24);
	EXPECT(ld_corepages_find(&pages, 0x100) == SIZE_MAX);
	EXPECT(ld_corepages_find(&pages, 0x106) == 5);
	EXPECT(ld_corepages_find(&pages, 0x107) == SIZE_MAX);
	ld_corepages_close(&pages);
	EXPECT(to_elf("part", "again") == LD_EXIT_INCOMPLETE);
}

/* Files that are no good, for which there is a sentence. */
static void bad_files(void)
{
	struct ld_vmcore core = model_core();
	size_t size, i, j;
	char *good, *bent;

	EXPECT(to_elf("nosuch", "again") == -1);
	EXPECT_HAS(err.msg, "nosuch: No such file");
	write_model(in_test_dir("kdump"), &core, &kdump);
	good = need(get_file(in_test_dir("kdump"), &size));
	put_file(in_test_dir("short"), good, size - 1);
	EXPECT(to_elf("short", "again") == -1);
	EXPECT_HAS(err.msg, "damaged or cut off");
	memcpy(good, "makedumpfile", 12);
	put_file(in_test_dir("flat"), good, size);
	EXPECT(to_elf("flat", "again") == -1);
	EXPECT_HAS(err.msg, "makedumpfile -R");
	memcpy(good, "KDUMP   \6\0\0", 12);
	bent = need(malloc(size));
	for (i = 0; i < 1000; i++) {
		memcpy(bent, good, size);
		for (j = test_random(6) + 1; j; j--)
			bent[test_random(i % 2 ? 600 : (unsigned int)size)] =
				(char)test_random(256);
		put_file(in_test_dir("bent"), bent, size);
		if (to_elf("bent", "again") < 0)
			EXPECT(*err.msg);
	}
	free(bent);
	free(good);
}

int main(void)
{
	make_test_dir();
	make_model();
	RUN(there_and_back);
	RUN(addresses_from_tables);
	RUN(direct_map_from_note);
	RUN(damaged_tables);
	RUN(pages_of);
	RUN(partial_pages);
	RUN(bad_files);
	remove_test_dir();
	return END();
}
