// SPDX-License-Identifier: GPL-2.0
/*
 * write_core FORMAT CODEC LEVEL THREADS IN OUT: write all pages of QEMU's memory dump as livedump
 * writes a file, for tests and measurements of the writers alone. LEVEL and THREADS may be 0 for
 * the default.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "note.h"
#include "vmcore.h"

#define PAGE		4096
#define DIRECT_MAP	0xffff888000000000ULL
#define KERNEL_MAP	0xffffffff80000000ULL

struct input {
	const char *data;
	size_t size;
	struct livedump_page *pages;
	const char **at;		/* of each page */
	size_t nr;
	struct ld_elf_note info;
	char *window;
};

static void die(const char *what)
{
	fprintf(stderr, "write_core: %s\n", what);
	exit(1);
}

static void open_input(struct input *in, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		die("no such file");
	in->size = (size_t)st.st_size;
	in->data = mmap(NULL, in->size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (in->data == MAP_FAILED || in->size < sizeof(Elf64_Ehdr) ||
	    memcmp(in->data, ELFMAG, SELFMAG))
		die("not an ELF file");
	in->pages = calloc(in->size / PAGE, sizeof(*in->pages));
	in->at = calloc(in->size / PAGE, sizeof(*in->at));
	in->window = malloc(8 << 20);
	if (!in->pages || !in->at || !in->window)
		die("out of memory");
}

/* Segments may be several for a page: those after the first are left to ld_segments_build(). */
static void add_pages(struct input *in, const Elf64_Phdr *phdr)
{
	uint64_t done;

	for (done = 0; done + PAGE <= phdr->p_filesz && in->nr < in->size / PAGE; done += PAGE) {
		in->at[in->nr] = in->data + phdr->p_offset + done;
		in->pages[in->nr++].pfn = (phdr->p_paddr + done) / PAGE;
	}
}

static void add_notes(struct input *in, const Elf64_Phdr *phdr)
{
	const char *at = in->data + phdr->p_offset, *end = at + phdr->p_filesz;

	while (at + sizeof(Elf64_Nhdr) <= end) {
		const Elf64_Nhdr *note = (const Elf64_Nhdr *)at;
		const char *name = at + sizeof(*note), *desc = name + ((note->n_namesz + 3) & ~3U);

		if (note->n_namesz == sizeof("VMCOREINFO") && !strcmp(name, "VMCOREINFO"))
			in->info = (struct ld_elf_note){
				.name = "VMCOREINFO", .desc = desc, .size = note->n_descsz
			};
		at = desc + ((note->n_descsz + 3) & ~3U);
	}
}

static const void *map(void *ctx, size_t first, size_t nr, struct ld_err *err)
{
	struct input *in = ctx;
	size_t i;

	/* as a rule they lie one after the other */
	for (i = 1; i < nr && in->at[first + i] == in->at[first] + i * PAGE; i++)
		;
	if (i == nr)
		return in->at[first];
	for (i = 0; i < nr; i++)
		memcpy(in->window + i * PAGE, in->at[first + i], PAGE);
	return in->window;
}

static void fill_core(struct input *in, struct ld_vmcore *core)
{
	char *release = ld_vmcoreinfo_value(in->info.desc, in->info.size, "OSRELEASE");
	char *base = ld_vmcoreinfo_value(in->info.desc, in->info.size, "NUMBER(phys_base)");

	if (!release || !base)
		die("no vmcoreinfo");
	*core = (struct ld_vmcore){
		.machine = EM_X86_64,
		.uts = { "Linux", "host", "", "#1 SMP", "x86_64" },
		.nr_cpus = 2,
		.layout = {
			.page_size = PAGE,
			.page_offset = DIRECT_MAP,
			.text_start = KERNEL_MAP,
			.text_end = KERNEL_MAP,
			.text_paddr = strtoull(base, NULL, 10),
			.kernel_start = 0xffff800000000000ULL,
		},
		.pages = in->pages,
		.nr_pages = in->nr,
		.notes = &in->info,
		.nr_notes = 1,
	};
	snprintf(core->uts.release, sizeof(core->uts.release), "%s", release);
	free(release);
	free(base);
}

int main(int argc, char **argv)
{
	struct input in = { 0 };
	struct ld_page_source source = { .window = 2048, .map = map, .ctx = &in };
	struct ld_vmcore_size size;
	struct ld_format format;
	const Elf64_Ehdr *ehdr;
	struct ld_outfile out;
	struct ld_vmcore core;
	struct ld_err err;
	unsigned int i;

	if (argc != 7 || ld_format_find(argv[1]) < 0 || ld_codec_find(argv[2]) < 0)
		die("FORMAT CODEC LEVEL THREADS IN OUT");
	format = (struct ld_format){
		.id = (enum ld_format_id)ld_format_find(argv[1]),
		.codec = (enum ld_codec)ld_codec_find(argv[2]),
		.level = atoi(argv[3]),
		.threads = (unsigned int)atoi(argv[4]),
	};
	open_input(&in, argv[5]);
	ehdr = (const Elf64_Ehdr *)in.data;
	for (i = 0; i < ehdr->e_phnum; i++) {
		const Elf64_Phdr *phdr = (const Elf64_Phdr *)(in.data + ehdr->e_phoff) + i;

		if (phdr->p_type == PT_LOAD)
			add_pages(&in, phdr);
		else if (phdr->p_type == PT_NOTE)
			add_notes(&in, phdr);
	}
	fill_core(&in, &core);
	if (ld_outfile_begin(&out, argv[6], true, &err))
		die(err.msg);
	if (ld_vmcore_write(&core, &format, &source, &out, &size, &err) ||
	    ld_outfile_commit(&out, &err))
		die(err.msg);
	printf("%llu\n", (unsigned long long)size.bytes);
	return 0;
}
