// SPDX-License-Identifier: GPL-2.0
#include <dwarf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <elfutils/libdw.h>
#include <gelf.h>

#include "dwarf_text.h"
#include "dwarf_var.h"

struct ld_dwarf {
	int fd;
	Dwarf *dw;
	Elf *elf;
};

/* What is looked for: a variable at an address of the vmlinux, before relocation. */
struct wanted {
	const char *name;
	size_t name_len;	/* without the number of a static local */
	__u64 address;
};

int ld_dwarf_open(const char *path, struct ld_dwarf **ret, struct ld_err *err)
{
	struct ld_dwarf *d = calloc(1, sizeof(*d));

	if (!d)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	d->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (d->fd < 0) {
		ld_fail(err, LD_EXIT_FAILED, "%s: %s", path, strerror(errno));
		free(d);
		return -1;
	}
	d->dw = dwarf_begin(d->fd, DWARF_C_READ);
	if (!d->dw) {
		ld_fail(err, LD_EXIT_FAILED, "%s: no debugging information in it (%s)", path,
			dwarf_errmsg(-1));
		ld_dwarf_close(d);
		return -1;
	}
	d->elf = dwarf_getelf(d->dw);
	*ret = d;
	return 0;
}

void ld_dwarf_close(struct ld_dwarf *d)
{
	if (!d)
		return;
	dwarf_end(d->dw);
	close(d->fd);
	free(d);
}

static Elf_Scn *find_section(Elf *elf, const char *name, Elf64_Word type, GElf_Shdr *shdr)
{
	Elf_Scn *scn = NULL;
	const char *s;
	size_t strndx;

	if (elf_getshdrstrndx(elf, &strndx))
		return NULL;
	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, shdr))
			continue;
		s = elf_strptr(elf, strndx, shdr->sh_name);
		if (name ? s && !strcmp(s, name) : shdr->sh_type == type)
			return scn;
	}
	return NULL;
}

/*
 * Calls for each symbol of a name; stops when @fn returns true. vmlinux has a hundred thousand
 * symbols: cheap beside reading its DWARF.
 */
static bool each_symbol(Elf *elf, const char *name, bool (*fn)(__u64 value, void *arg), void *arg)
{
	GElf_Shdr shdr;
	Elf_Scn *scn = find_section(elf, NULL, SHT_SYMTAB, &shdr);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;
	const char *s;
	GElf_Sym sym;
	int i;

	for (i = 0; data && gelf_getsym(data, i, &sym); i++) {
		s = elf_strptr(elf, shdr.sh_link, sym.st_name);
		if (s && sym.st_shndx != SHN_UNDEF && !strcmp(s, name) && fn(sym.st_value, arg))
			return true;
	}
	return false;
}

static bool take_first(__u64 value, void *arg)
{
	*(__u64 *)arg = value;
	return true;
}

/* Namesakes are told apart by where the running kernel has them. */
struct candidates {
	__u64 address;
	__u64 shift;
	__u64 value;
	unsigned int nr;
	bool exact;
};

static bool choose(__u64 value, void *arg)
{
	struct candidates *c = arg;

	c->exact = value == c->address || value + c->shift == c->address;
	c->value = value;
	c->nr++;
	return c->exact;
}

static bool link_address(struct ld_dwarf *d, const char *symbol, __u64 address, __u64 text,
			 __u64 *ret)
{
	struct candidates c = { .address = address };
	__u64 linked;

	if (text && each_symbol(d->elf, "_stext", take_first, &linked))
		c.shift = text - linked;
	each_symbol(d->elf, symbol, choose, &c);
	if (!c.exact && c.nr != 1)
		return false;
	*ret = c.value;
	return true;
}

static bool is_at(Dwarf_Die *die, __u64 address)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	Dwarf_Addr got;
	size_t n;

	if (!dwarf_attr(die, DW_AT_location, &attr) || dwarf_getlocation(&attr, &ops, &n) || !n)
		return false;
	if (ops[0].atom == DW_OP_addr)
		return ops[0].number == address;
	if (ops[0].atom != DW_OP_addrx && ops[0].atom != DW_OP_GNU_addr_index)
		return false;
	/* clang keeps addresses in a table of their own. */
	if (dwarf_getlocation_attr(&attr, &ops[0], &attr) || dwarf_formaddr(&attr, &got))
		return false;
	return got == address;
}

static bool is_named(Dwarf_Die *die, const struct wanted *w)
{
	const char *name = dwarf_diename(die);

	return name && strlen(name) == w->name_len && !memcmp(name, w->name, w->name_len);
}

/*
 * Search the children of @die, and with @deep what is inside functions, for the variable. The
 * name is compared first: locations are dear.
 */
static bool search(Dwarf_Die *die, const struct wanted *w, int deep, Dwarf_Die *ret)
{
	Dwarf_Die child;

	if (dwarf_child(die, &child))
		return false;
	do {
		switch (dwarf_tag(&child)) {
		case DW_TAG_variable:
			if (is_named(&child, w) && is_at(&child, w->address)) {
				*ret = child;
				return true;
			}
			break;
		case DW_TAG_subprogram:
		case DW_TAG_lexical_block:
		case DW_TAG_namespace:
			if (deep && search(&child, w, deep - 1, ret))
				return true;
			break;
		}
	} while (!dwarf_siblingof(&child, &child));
	return false;
}

/* Every compilation unit that overlaps [begin, end) of .debug_info. */
static bool search_units(struct ld_dwarf *d, const struct wanted *w, size_t begin, size_t end,
			 int deep, Dwarf_Die *ret)
{
	Dwarf_Off off = 0, next;
	size_t header;
	Dwarf_Die die;

	for (; !dwarf_nextcu(d->dw, off, &next, &header, NULL, NULL, NULL); off = next) {
		if (next <= begin)
			continue;
		if (off >= end)
			break;
		if (dwarf_offdie(d->dw, off + header, &die) && search(&die, w, deep, ret))
			return true;
	}
	return false;
}

/*
 * Going through all units of a kernel takes seconds. The location of the variable is most often
 * DW_OP_addr and the plain address: look for these nine bytes, and only into the units that
 * have them.
 */
static bool search_by_location(struct ld_dwarf *d, const struct wanted *w, Dwarf_Die *ret)
{
	unsigned char needle[1 + sizeof(w->address)] = { DW_OP_addr };
	const char *p, *begin, *end;
	GElf_Shdr shdr;
	Elf_Scn *scn = find_section(d->elf, ".debug_info", 0, &shdr);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;

	if (!data || !data->d_buf)
		return false;
	memcpy(needle + 1, &w->address, sizeof(w->address));
	begin = data->d_buf;
	end = begin + data->d_size;
	for (p = begin; p < end; p++) {
		p = memmem(p, end - p, needle, sizeof(needle));
		if (!p)
			break;
		if (search_units(d, w, p - begin, p - begin + 1, 8, ret))
			return true;
	}
	return false;
}

char *ld_dwarf_type_of(struct ld_dwarf *d, const char *symbol, __u64 address, __u64 text)
{
	struct wanted w = { .name = symbol, .name_len = strcspn(symbol, ".") };
	Dwarf_Die die;

	if (!link_address(d, symbol, address, text, &w.address))
		return NULL;
	if (!search_by_location(d, &w, &die) && !search_units(d, &w, 0, SIZE_MAX, 0, &die))
		return NULL;
	return ld_dwarf_type_text(&die);
}
