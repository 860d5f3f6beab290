// SPDX-License-Identifier: GPL-2.0
/* Reads vmcores back, ours and others'. The file may be damaged or made to harm. */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "corefile.h"
#include "note.h"
#include "size.h"

void ld_corefile_problem(struct ld_corefile *c, const char *fmt, ...)
{
	va_list ap;

	if (c->nr_problems < LD_MAX_PROBLEMS) {
		va_start(ap, fmt);
		vsnprintf(c->problems[c->nr_problems], sizeof(c->problems[0]), fmt, ap);
		va_end(ap);
	}
	c->nr_problems++;
}

static int compare_offsets(const void *a, const void *b)
{
	const struct ld_core_load *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Bytes of the file that the PT_LOADs cover together; sorts them by their place in the file. */
static uint64_t count_bytes(struct ld_core_load *loads, size_t nr)
{
	uint64_t end = 0, bytes = 0;
	size_t i;

	if (nr)
		qsort(loads, nr, sizeof(*loads), compare_offsets);
	for (i = 0; i < nr; i++) {
		uint64_t from = loads[i].offset, to = from + loads[i].filesz;

		if (to <= end)
			continue;
		bytes += to - (from > end ? from : end);
		end = to;
	}
	return bytes;
}

static int inside(const struct ld_corefile *c, const GElf_Phdr *phdr)
{
	return phdr->p_offset <= c->size && phdr->p_filesz <= c->size - phdr->p_offset;
}

static void read_load(struct ld_corefile *c, size_t index, const GElf_Phdr *phdr)
{
	struct ld_core_load *load = &c->loads[c->nr_segments++];

	*load = (struct ld_core_load){ index, phdr->p_offset, phdr->p_vaddr, phdr->p_paddr,
				       phdr->p_filesz, phdr->p_memsz, phdr->p_align };
	if (inside(c, phdr))
		return;
	ld_corefile_problem(c, "program header %zu needs %" PRIu64 " bytes at %" PRIu64
		", but the file ends at %" PRIu64, index, (uint64_t)phdr->p_filesz,
		(uint64_t)phdr->p_offset, c->size);
	load->filesz = phdr->p_offset < c->size ? c->size - phdr->p_offset : 0;
}

static int read_notes(struct ld_corefile *c, size_t index, const GElf_Phdr *phdr,
		      struct ld_err *err)
{
	Elf_Data *data;
	char where[48];

	if (c->note_index == SIZE_MAX) {
		c->note_index = index;
		c->note_align = phdr->p_align;
	}
	if (!inside(c, phdr) || phdr->p_filesz > LD_MAX_NOTES) {
		ld_corefile_problem(c, "the notes of program header %zu are cut off", index);
		return 0;
	}
	if (!phdr->p_filesz)
		return 0;
	data = elf_getdata_rawchunk(c->elf, (int64_t)phdr->p_offset, phdr->p_filesz, ELF_T_BYTE);
	if (!data) {
		ld_corefile_problem(c, "the notes of program header %zu: %s", index,
				    elf_errmsg(-1));
		return 0;
	}
	snprintf(where, sizeof(where), "of program header %zu", index);
	return ld_corenotes_add(c, data->d_buf, data->d_size, phdr->p_offset,
				phdr->p_align == 8 ? 8 : 4, where, err);
}

static int read_phdrs(struct ld_corefile *c, size_t nr, struct ld_err *err)
{
	GElf_Phdr phdr;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!gelf_getphdr(c->elf, (int)i, &phdr)) {
			ld_corefile_problem(c, "program header %zu of %zu: %s", i, nr,
					    elf_errmsg(-1));
			return 0;
		}
		if (phdr.p_type == PT_LOAD)
			read_load(c, i, &phdr);
		else if (phdr.p_type == PT_NOTE && read_notes(c, i, &phdr, err))
			return -1;
	}
	return 0;
}

static int read_tables(struct ld_corefile *c, size_t nr, struct ld_err *err)
{
	struct ld_core_load *copy;

	c->loads = calloc(nr + 1, sizeof(*c->loads));
	if (!c->loads)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory for %zu program headers", nr);
	if (read_phdrs(c, nr, err))
		return -1;
	copy = malloc((c->nr_segments + 1) * sizeof(*copy));
	if (!copy)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory for %zu program headers", nr);
	memcpy(copy, c->loads, c->nr_segments * sizeof(*copy));
	c->bytes = count_bytes(copy, c->nr_segments);
	free(copy);
	return 0;
}

static int read_elf(struct ld_corefile *c, struct ld_err *err)
{
	GElf_Ehdr ehdr;
	size_t nr;

	elf_version(EV_CURRENT);
	c->elf = elf_begin(c->fd, ELF_C_READ, NULL);
	if (!c->elf || elf_kind(c->elf) != ELF_K_ELF || !gelf_getehdr(c->elf, &ehdr))
		return ld_fail(err, LD_EXIT_FAILED,
			       "this is neither an ELF nor a kdump file, thus no vmcore");
	if (ehdr.e_type != ET_CORE)
		return ld_fail(err, LD_EXIT_FAILED, "this ELF file is not a core file");
	c->machine = ehdr.e_machine;
	c->big_endian = ehdr.e_ident[EI_DATA] == ELFDATA2MSB;
	c->phoff = ehdr.e_phoff;
	if (elf_getphdrnum(c->elf, &nr)) {
		ld_corefile_problem(c, "program headers: %s", elf_errmsg(-1));
		nr = 0;
	}
	/* libelf cuts what the file has no room for */
	if (ehdr.e_phnum != PN_XNUM && nr < ehdr.e_phnum)
		ld_corefile_problem(c, "of %u program headers the file has only %zu",
				    ehdr.e_phnum, nr);
	if (read_tables(c, nr, err))
		return -1;
	/* A damaged file may have lost its notes; a good one without them is something else. */
	if (!c->vmcoreinfo && !c->note && !c->nr_problems)
		return ld_fail(err, LD_EXIT_FAILED,
			       "this core file is not a vmcore: it has no VMCOREINFO note");
	return 0;
}

int ld_corefile_read(const struct ld_corefile *c, void *to, size_t size, uint64_t offset)
{
	char *at = to;
	ssize_t got;

	if (offset > c->size || size > c->size - offset)
		return -1;
	for (; size; size -= (size_t)got, at += got, offset += (uint64_t)got) {
		got = pread(c->fd, at, size, (off_t)offset);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got <= 0)
			return -1;
	}
	return 0;
}

uint64_t ld_corefile_page_size(const struct ld_corefile *c)
{
	uint64_t size = 0;
	char *text;

	if (c->is_kdump)
		return c->kdump.block_size;
	text = c->vmcoreinfo ? ld_vmcoreinfo_value(c->vmcoreinfo, c->vmcoreinfo_size, "PAGESIZE") :
			       NULL;
	if (text && (ld_parse_number(text, &size) || size < 4096 || size > 65536 ||
		     size & (size - 1)))
		size = 0;
	free(text);
	return size ? size : 4096;
}

int ld_corefile_open(const char *path, struct ld_corefile *ret, struct ld_err *err)
{
	char magic[8] = "";
	struct stat st;

	*ret = (struct ld_corefile){
		.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK),
		.note_index = SIZE_MAX,
	};
	if (ret->fd < 0 || fstat(ret->fd, &st))
		return ld_fail(err, LD_EXIT_FAILED, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return ld_fail(err, LD_EXIT_FAILED, "this is not a regular file");
	if (!st.st_size)
		return ld_fail(err, LD_EXIT_FAILED, "the file is empty");
	ret->size = (uint64_t)st.st_size;
	if (pread(ret->fd, magic, sizeof(magic), 0) < 0)
		return ld_fail(err, LD_EXIT_FAILED, "%s", strerror(errno));
	switch (ld_kdumpfile_probe(magic, err)) {
	case 0:
		return read_elf(ret, err);
	case 1:
		return ld_kdumpfile_read(ret, err);
	default:
		return -1;
	}
}

void ld_corefile_close(struct ld_corefile *c)
{
	elf_end(c->elf);
	if (c->fd >= 0)
		close(c->fd);
	free(c->loads);
	free(c->notes);
	free(c->note_bytes);
	c->elf = NULL;
	c->fd = -1;
	c->loads = NULL;
	c->notes = NULL;
	c->note_bytes = NULL;
}
