// SPDX-License-Identifier: GPL-2.0
/* Reads ELF vmcores back, ours and others'. The file may be damaged or made to harm. */
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
#include "objects.h"

/* libelf reads notes into memory: no vmcore has more than this. */
#define MAX_NOTES	0x40000000UL

/* A stretch of the file. */
struct extent {
	uint64_t offset;
	uint64_t length;
};

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

static int compare_extents(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Bytes that the extents cover together. */
static uint64_t count_bytes(struct extent *extents, size_t nr)
{
	uint64_t end = 0, bytes = 0;
	size_t i;

	if (nr)
		qsort(extents, nr, sizeof(*extents), compare_extents);
	for (i = 0; i < nr; i++) {
		uint64_t from = extents[i].offset, to = from + extents[i].length;

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

static void read_load(struct ld_corefile *c, size_t index, const GElf_Phdr *phdr,
		      struct extent *extents)
{
	struct extent *e = &extents[c->nr_segments++];

	if (inside(c, phdr)) {
		*e = (struct extent){ phdr->p_offset, phdr->p_filesz };
		return;
	}
	ld_corefile_problem(c, "program header %zu needs %" PRIu64 " bytes at %" PRIu64
		", but the file ends at %" PRIu64, index, (uint64_t)phdr->p_filesz,
		(uint64_t)phdr->p_offset, c->size);
	*e = (struct extent){ .offset = phdr->p_offset };
	if (phdr->p_offset < c->size)
		e->length = c->size - phdr->p_offset;
}

static int note_is(const char *name, size_t size, const char *wanted)
{
	/* n_namesz counts the NUL, says the standard; not every writer heard it */
	return (size == strlen(wanted) || (size == strlen(wanted) + 1 && !name[size - 1])) &&
	       !memcmp(name, wanted, strlen(wanted));
}

static void read_notes(struct ld_corefile *c, size_t index, const GElf_Phdr *phdr)
{
	size_t offset = 0, next, name, desc;
	Elf_Data *data;
	GElf_Nhdr note;

	if (!inside(c, phdr) || phdr->p_filesz > MAX_NOTES) {
		ld_corefile_problem(c, "the notes of program header %zu are cut off", index);
		return;
	}
	if (!phdr->p_filesz)
		return;
	data = elf_getdata_rawchunk(c->elf, (int64_t)phdr->p_offset, phdr->p_filesz,
				    phdr->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
	if (!data) {
		ld_corefile_problem(c, "the notes of program header %zu: %s", index,
				    elf_errmsg(-1));
		return;
	}
	for (; offset < data->d_size; offset = next) {
		const char *base = data->d_buf;

		next = gelf_getnote(data, offset, &note, &name, &desc);
		if (!next) {
			ld_corefile_problem(c, "the notes of program header %zu are garbled",
					    index);
			return;
		}
		if (note_is(base + name, note.n_namesz, "VMCOREINFO") && !note.n_type) {
			c->vmcoreinfo = base + desc;
			c->vmcoreinfo_size = note.n_descsz;
		} else if (note_is(base + name, note.n_namesz, LD_NOTE_NAME) &&
			   note.n_type == LD_NOTE_TYPE) {
			c->note = base + desc;
			c->note_size = note.n_descsz;
		} else if (note_is(base + name, note.n_namesz, LD_OBJECTS_NAME) &&
			   note.n_type == LD_OBJECTS_TYPE) {
			c->objects = base + desc;
			c->objects_size = note.n_descsz;
		}
	}
}

static void read_phdrs(struct ld_corefile *c, size_t nr, struct extent *extents)
{
	GElf_Phdr phdr;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!gelf_getphdr(c->elf, (int)i, &phdr)) {
			ld_corefile_problem(c, "program header %zu of %zu: %s", i, nr,
					    elf_errmsg(-1));
			return;
		}
		if (phdr.p_type == PT_LOAD)
			read_load(c, i, &phdr, extents);
		else if (phdr.p_type == PT_NOTE)
			read_notes(c, i, &phdr);
	}
}

static int read_elf(struct ld_corefile *c, struct ld_err *err)
{
	struct extent *extents;
	GElf_Ehdr ehdr;
	size_t nr;

	if (!c->elf || elf_kind(c->elf) != ELF_K_ELF || !gelf_getehdr(c->elf, &ehdr))
		return ld_fail(err, LD_EXIT_FAILED, "this is not an ELF file, thus no ELF vmcore");
	if (ehdr.e_type != ET_CORE)
		return ld_fail(err, LD_EXIT_FAILED, "this ELF file is not a core file");
	c->machine = ehdr.e_machine;
	if (elf_getphdrnum(c->elf, &nr)) {
		ld_corefile_problem(c, "program headers: %s", elf_errmsg(-1));
		nr = 0;
	}
	/* libelf cuts what the file has no room for */
	if (ehdr.e_phnum != PN_XNUM && nr < ehdr.e_phnum)
		ld_corefile_problem(c, "of %u program headers the file has only %zu",
				    ehdr.e_phnum, nr);
	extents = calloc(nr + 1, sizeof(*extents));
	if (!extents)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory for %zu program headers", nr);
	read_phdrs(c, nr, extents);
	c->bytes = count_bytes(extents, c->nr_segments);
	free(extents);
	/* A damaged file may have lost its notes; a good one without them is something else. */
	if (!c->vmcoreinfo && !c->note && !c->nr_problems)
		return ld_fail(err, LD_EXIT_FAILED,
			       "this core file is not a vmcore: it has no VMCOREINFO note");
	return 0;
}

static int check_kdump(const char *magic, struct ld_err *err)
{
	if (memcmp(magic, "KDUMP   ", 8) && memcmp(magic, "DISKDUMP", 8) &&
	    memcmp(magic, "makedump", 8))
		return 0;
	return ld_fail(err, LD_EXIT_FAILED,
		       "this is a kdump file, which is not supported yet\n"
		       "Open it with crash or drgn.");
}

int ld_corefile_open(const char *path, struct ld_corefile *ret, struct ld_err *err)
{
	char magic[8] = "";
	struct stat st;

	*ret = (struct ld_corefile){ .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) };
	if (ret->fd < 0 || fstat(ret->fd, &st))
		return ld_fail(err, LD_EXIT_FAILED, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return ld_fail(err, LD_EXIT_FAILED, "this is not a regular file");
	if (!st.st_size)
		return ld_fail(err, LD_EXIT_FAILED, "the file is empty");
	ret->size = (uint64_t)st.st_size;
	if (pread(ret->fd, magic, sizeof(magic), 0) < 0)
		return ld_fail(err, LD_EXIT_FAILED, "%s", strerror(errno));
	if (check_kdump(magic, err))
		return -1;
	elf_version(EV_CURRENT);
	ret->elf = elf_begin(ret->fd, ELF_C_READ, NULL);
	return read_elf(ret, err);
}

void ld_corefile_close(struct ld_corefile *c)
{
	elf_end(c->elf);
	if (c->fd >= 0)
		close(c->fd);
	c->elf = NULL;
	c->fd = -1;
}
