// SPDX-License-Identifier: GPL-2.0
/* Whole files: written, then read again by libelf and compared byte for byte. */
#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "writer_dir.h"
#include "writer_store.h"

static int write_core(struct store *s, const struct ld_vmcore *core, const char *path,
		      struct ld_vmcore_size *size, struct ld_err *err)
{
	const struct ld_format elf = { .id = LD_FORMAT_ELF };
	struct ld_page_source source = { .window = s->window, .map = map, .ctx = s };
	struct ld_outfile out;

	if (ld_outfile_begin(&out, path, true, err))
		return -1;
	if (ld_vmcore_write(core, &elf, &source, &out, size, err)) {
		ld_outfile_abort(&out);
		return -1;
	}
	return ld_outfile_commit(&out, err);
}

/* Index of the only record of @pfn. */
static size_t find(const struct store *s, uint64_t pfn)
{
	size_t i;

	for (i = 0; i < s->nr; i++) {
		if (s->pages[i].pfn == pfn)
			return i;
	}
	return s->nr;
}

static void check_load(const struct store *s, const char *file, size_t size, const GElf_Phdr *p)
{
	uint64_t at;

	EXPECT(p->p_align == 0 && p->p_filesz == p->p_memsz && p->p_vaddr);
	EXPECT(p->p_offset % s->page_size == 0 && p->p_filesz % s->page_size == 0);
	EXPECT(p->p_offset + p->p_filesz <= size);
	for (at = 0; at < p->p_filesz && p->p_offset + p->p_filesz <= size; at += s->page_size) {
		size_t i = find(s, (p->p_paddr + at) / s->page_size);

		EXPECT(i < s->nr);
		EXPECT(i < s->nr && !memcmp(file + p->p_offset + at, s->data + i * s->page_size,
					    s->page_size));
	}
}

static void check_ehdr(Elf *elf)
{
	GElf_Ehdr ehdr;

	EXPECT(elf && elf_kind(elf) == ELF_K_ELF && gelf_getclass(elf) == ELFCLASS64);
	if (!elf || !gelf_getehdr(elf, &ehdr)) {
		EXPECT(!"an ELF header");
		return;
	}
	EXPECT(ehdr.e_type == ET_CORE && ehdr.e_machine == EM_X86_64);
	EXPECT(ehdr.e_phoff == 64 && ehdr.e_phentsize == sizeof(Elf64_Phdr));
	EXPECT(ehdr.e_version == EV_CURRENT && ehdr.e_ident[EI_VERSION] == EV_CURRENT);
}

/* The @wanted note has this text, to the byte. */
static void check_note(Elf *elf, const char *wanted, const void *text, size_t length)
{
	size_t offset = 0, name, desc, found = 0;
	GElf_Phdr phdr;
	GElf_Nhdr nhdr;
	Elf_Data *data;

	EXPECT(gelf_getphdr(elf, 0, &phdr) && phdr.p_type == PT_NOTE && phdr.p_align <= 4);
	data = elf_getdata_rawchunk(elf, (int64_t)phdr.p_offset, phdr.p_filesz, ELF_T_NHDR);
	EXPECT(data);
	while (data && (offset = gelf_getnote(data, offset, &nhdr, &name, &desc))) {
		const char *base = data->d_buf;

		if (nhdr.n_namesz != strlen(wanted) + 1 || strcmp(base + name, wanted))
			continue;
		found++;
		EXPECT(nhdr.n_descsz == length && !memcmp(base + desc, text, length));
	}
	EXPECT(found == 1);
}

static void check_file(const struct store *s, const struct ld_vmcore *core, const char *path,
		       const struct ld_vmcore_size *size)
{
	size_t bytes = 0, nr = 0, loads = 0, i;
	char *file = need(get_file(path, &bytes));
	GElf_Phdr phdr;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_memory(file, bytes);
	check_ehdr(elf);
	EXPECT(!elf_getphdrnum(elf, &nr) && nr == size->segments + 1);
	EXPECT(bytes == size->bytes && size->pages == s->nr);
	EXPECT(nr != 2);
	for (i = 0; i < nr; i++) {
		if (!gelf_getphdr(elf, (int)i, &phdr)) {
			EXPECT(!"a program header");
			break;
		}
		EXPECT(phdr.p_type == (i ? PT_LOAD : PT_NOTE));
		if (i)
			check_load(s, file, bytes, &phdr);
		loads += i ? phdr.p_filesz / s->page_size : 0;
	}
	EXPECT(loads >= s->nr);
	for (i = 0; i < core->nr_notes; i++)
		check_note(elf, core->notes[i].name, core->notes[i].desc, core->notes[i].size);
	elf_end(elf);
	free(file);
}

/* What takes room on the disk, in pages. */
static size_t pages_on_disk(const char *path, size_t page_size)
{
	struct stat st;

	EXPECT(!stat(path, &st));
	return (size_t)st.st_blocks * 512 / page_size;
}

static void write_and_check(struct store *s, const struct livedump_alias *aliases, size_t nr)
{
	const struct ld_elf_note notes[] = {
		{ "VMCOREINFO", 0, vmcoreinfo, sizeof(vmcoreinfo) - 1 },
		{ "LIVEDUMP", 0x4c440001, "{\"version\":1}", 13 },
	};
	struct ld_vmcore core = make_core(s, notes, 2);
	const struct ld_format elf = { .id = LD_FORMAT_ELF };
	struct ld_vmcore_size size = { 0 }, measured = { 0 };
	char *path = in_test_dir("core");
	struct ld_err err = { .msg = "" };

	core.aliases = aliases;
	core.nr_aliases = nr;
	EXPECT(!ld_vmcore_measure(&core, &elf, &measured, &err));
	if (write_core(s, &core, path, &size, &err)) {
		printf("# %s\n", err.msg);
		test_bad = 1;
		return;
	}
	EXPECT(!memcmp(&size, &measured, sizeof(size)));
	check_file(s, &core, path, &size);
}

/* Page frames in random order, each once. */
static void shuffle_pfns(struct store *s, unsigned int gap)
{
	uint64_t pfn = 0;
	size_t i, j;

	for (i = 0; i < s->nr; i++) {
		pfn += 1 + (test_random(3) ? 0 : test_random(gap));
		j = test_random((unsigned int)i + 1);
		s->pages[i].pfn = s->pages[j].pfn;
		s->pages[j].pfn = pfn;
	}
	/* some of them are in the kernel image */
	for (i = 0; i < s->nr; i++) {
		pfn = s->pages[i].pfn;
		if (pfn >= 64 && pfn < 80)
			s->pages[i].vaddr = TEXT + (pfn - 64) * s->page_size;
	}
}

static void random_files(void)
{
	struct livedump_alias aliases[20];
	struct store s;
	int i, j;

	for (i = 0; i < 300 && !test_bad; i++) {
		make_store(&s, 4096, 1 + test_random(60));
		s.window = 1 + test_random(30);
		shuffle_pfns(&s, 40);
		for (j = 0; j < 20; j++)
			aliases[j] = (struct livedump_alias){
				.vaddr = 0xffffc90000000000ULL + test_random(64) * 4096,
				.page = test_random((unsigned int)s.nr),
			};
		write_and_check(&s, aliases, test_random(20));
		EXPECT(s.maps == (s.nr + s.window - 1) / s.window);
		free_store(&s);
	}
}

static void small_files(void)
{
	struct store s;
	size_t nr;

	for (nr = 0; nr < 4; nr++) {
		make_store(&s, 4096, nr);
		shuffle_pfns(&s, 3);
		write_and_check(&s, NULL, 0);
		free_store(&s);
	}
}

/* Pages of zeros, the last one among them, are there, and take no room. */
static void zero_pages(void)
{
	struct store s;
	size_t i;

	make_store(&s, 4096, 2000);
	for (i = 0; i < s.nr; i++)
		s.pages[i].pfn = i + 1;
	memset(s.data + 4096, 0, 900 * 4096);
	memset(s.data + 1000 * 4096, 0, 1000 * 4096);
	write_and_check(&s, NULL, 0);
	EXPECT(pages_on_disk(in_test_dir("core"), 4096) < 200);
	/* what is nearly zeros is none */
	memset(s.data, 0, s.nr * 4096);
	for (i = 0; i < s.nr; i++)
		s.data[i * 4096 + test_random(4096)] = 1;
	write_and_check(&s, NULL, 0);
	EXPECT(pages_on_disk(in_test_dir("core"), 4096) >= 2000);
	free_store(&s);
}

/* A page frame with several records: the file has the latest. */
static void repeated_frames(void)
{
	struct ld_vmcore_size size = { 0 };
	struct ld_vmcore core;
	struct ld_err err;
	struct store s;
	size_t bytes, i;
	char *file;

	make_store(&s, 4096, 12);
	for (i = 0; i < s.nr; i++)
		s.pages[i] = (struct livedump_page){ .pfn = i % 4, .time_ns = (i * 5) % 12 };
	core = make_core(&s, NULL, 0);
	EXPECT(!write_core(&s, &core, in_test_dir("core"), &size, &err));
	file = need(get_file(in_test_dir("core"), &bytes));
	EXPECT(size.pages == 4 && bytes == size.bytes && bytes == 5 * 4096);
	for (i = 0; i < s.nr && bytes == 5 * 4096; i++) {
		int latest = s.pages[i].time_ns >= 8;

		EXPECT(latest == !memcmp(file + (1 + i % 4) * 4096, s.data + i * 4096, 4096));
	}
	free(file);
	free_store(&s);
}

/* More pieces than one writev() takes, all neighbours in the file. */
static void many_pieces(void)
{
	struct store s;
	size_t i;

	make_store(&s, 512, 5000);
	s.window = 4000;
	for (i = 0; i < s.nr; i++)
		s.pages[i].pfn = 6000 - i;
	write_and_check(&s, NULL, 0);
	free_store(&s);
}

static void odd_notes(void)
{
	struct ld_elf_note notes[] = {
		{ "A", 0, "", 0 }, { "BCD", 7, "", 0 }, { "EFGH", 9, "", 0 },
	};
	struct ld_vmcore_size size;
	struct store s;
	struct ld_err err;
	size_t length;

	make_store(&s, 4096, 2);
	shuffle_pfns(&s, 2);
	for (length = 0; length < 9; length++) {
		struct ld_vmcore core = make_core(&s, notes, 3);

		notes[0] = (struct ld_elf_note){ "A", 0, "123456789", length };
		notes[1] = (struct ld_elf_note){ "BCD", 7, "abcdefghi", 9 - length };
		EXPECT(!write_core(&s, &core, in_test_dir("core"), &size, &err));
		check_file(&s, &core, in_test_dir("core"), &size);
	}
	free_store(&s);
}

static void map_fails(void)
{
	struct ld_vmcore_size size;
	struct ld_vmcore core;
	struct ld_err err = { .msg = "" };
	struct store s;

	make_store(&s, 4096, 20);
	shuffle_pfns(&s, 2);
	core = make_core(&s, NULL, 0);
	s.fail_at = 2;
	remove(in_test_dir("core"));
	EXPECT(write_core(&s, &core, in_test_dir("core"), &size, &err));
	EXPECT_HAS(err.msg, "not today");
	EXPECT(access(in_test_dir("core"), F_OK));
	free_store(&s);
}

/* 65534 program headers fit e_phnum, 65535 do not. */
static void phnum_limit(void)
{
	struct ld_segment *segs = need(calloc(65536, sizeof(*segs)));
	const struct ld_elf_note note = { "VMCOREINFO", 0, vmcoreinfo, sizeof(vmcoreinfo) - 1 };
	struct ld_elf_head head;
	struct ld_err err;
	GElf_Ehdr ehdr;
	GElf_Phdr phdr;
	size_t nr, got;
	Elf *elf;

	for (nr = 65532; nr <= 65536; nr++) {
		struct ld_segments s = { .segs = segs, .nr = nr };

		segs[nr - 1] = (struct ld_segment){ .paddr = nr * 4096, .length = 4096 };
		EXPECT(!ld_elf_head_build(EM_X86_64, 4096, &s, &note, 1, &head, &err));
		elf = elf_memory(head.bytes, head.size);
		check_ehdr(elf);
		EXPECT(gelf_getehdr(elf, &ehdr) && !elf_getphdrnum(elf, &got));
		EXPECT(got == nr + 1);
		EXPECT((ehdr.e_phnum == PN_XNUM) == (nr + 1 > 65534));
		EXPECT(ehdr.e_phnum == PN_XNUM || !ehdr.e_shoff);
		EXPECT(gelf_getphdr(elf, (int)nr, &phdr) && phdr.p_paddr == nr * 4096);
		check_note(elf, "VMCOREINFO", vmcoreinfo, sizeof(vmcoreinfo) - 1);
		elf_end(elf);
		free(head.bytes);
	}
	free(segs);
}

/* A real file with more segments than e_phnum holds. */
static void many_segments(void)
{
	struct ld_vmcore core;
	struct ld_vmcore_size size = { 0 };
	struct ld_err err;
	struct store s;
	size_t i, bytes;
	char *file;
	GElf_Phdr phdr;
	Elf *elf;

	make_store(&s, 64, 70000);
	s.window = 1000;
	for (i = 0; i < s.nr; i++)
		s.pages[i].pfn = 1000 + 2 * (s.nr - i);
	core = make_core(&s, NULL, 0);
	EXPECT(!write_core(&s, &core, in_test_dir("core"), &size, &err));
	EXPECT(size.segments == 70000);
	file = need(get_file(in_test_dir("core"), &bytes));
	elf = elf_memory(file, bytes);
	EXPECT(bytes == size.bytes);
	for (i = 0; i < s.nr && !test_bad; i++) {
		EXPECT(gelf_getphdr(elf, (int)i + 1, &phdr));
		EXPECT(phdr.p_paddr == 64 * (1002 + 2 * i));
		EXPECT(!memcmp(file + phdr.p_offset, s.data + 64 * (s.nr - 1 - i), 64));
	}
	elf_end(elf);
	free(file);
	free_store(&s);
}

static uint64_t last_done;

static void progress(uint64_t done, uint64_t total)
{
	EXPECT(done >= last_done && done <= total);
	last_done = done;
}

static void progress_grows(void)
{
	struct ld_vmcore_size size;
	struct ld_vmcore core;
	struct ld_err err;
	struct store s;

	make_store(&s, 4096, 50);
	shuffle_pfns(&s, 2);
	core = make_core(&s, NULL, 0);
	core.progress = progress;
	EXPECT(!write_core(&s, &core, in_test_dir("core"), &size, &err));
	EXPECT(last_done > 40 * 4096);
	free_store(&s);
}

static void machines(void)
{
	EXPECT(ld_elf_machine("x86_64") == 62);
	EXPECT(ld_elf_machine("aarch64") == EM_AARCH64);
	EXPECT(ld_elf_machine("i686") == EM_NONE);
	EXPECT(!strcmp(ld_elf_machine_name(62), "x86_64"));
	EXPECT(!strcmp(ld_elf_machine_name(9999), "unknown"));
}

int main(void)
{
	elf_version(EV_CURRENT);
	make_test_dir();
	RUN(small_files);
	RUN(zero_pages);
	RUN(random_files);
	RUN(repeated_frames);
	RUN(many_pieces);
	RUN(odd_notes);
	RUN(map_fails);
	RUN(phnum_limit);
	RUN(many_segments);
	RUN(progress_grows);
	RUN(machines);
	remove_test_dir();
	return END();
}
