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

/* A type is taken apart from the outside: array dimensions, then stars, then the name. */
struct text {
	char dims[128];
	unsigned int ptrs;
	const char *keyword;
	const char *name;
};

static bool next_type(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Attribute attr;

	/* The definition of a variable may leave the type to its declaration. */
	return dwarf_attr_integrate(die, DW_AT_type, &attr) && dwarf_formref_die(&attr, ret);
}

static bool add_dims(Dwarf_Die *array, struct text *t)
{
	size_t len = strlen(t->dims);
	Dwarf_Attribute attr;
	Dwarf_Word n;
	Dwarf_Die range;

	if (dwarf_child(array, &range))
		return false;
	do {
		if (dwarf_tag(&range) != DW_TAG_subrange_type)
			continue;
		if (dwarf_attr(&range, DW_AT_count, &attr)) {
			if (dwarf_formudata(&attr, &n))
				return false;
		} else {
			if (!dwarf_attr(&range, DW_AT_upper_bound, &attr) ||
			    dwarf_formudata(&attr, &n))
				return false;
			n++;
		}
		len += snprintf(t->dims + len, sizeof(t->dims) - len, "[%llu]",
				(unsigned long long)n);
		if (len >= sizeof(t->dims))
			return false;
	} while (!dwarf_siblingof(&range, &range));
	return true;
}

/* One name, or false to go on with the type below. */
static bool named(Dwarf_Die *die, struct text *t)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_structure_type:
		t->keyword = "struct ";
		break;
	case DW_TAG_union_type:
		t->keyword = "union ";
		break;
	case DW_TAG_enumeration_type:
		t->keyword = "enum ";
		break;
	case DW_TAG_typedef:
	case DW_TAG_base_type:
		t->keyword = "";
		break;
	default:
		return false;
	}
	t->name = dwarf_diename(die);
	return true;
}

/* The last pointer leads to what cannot be written: stop at it. */
static void give_up(struct text *t, const char *what)
{
	t->ptrs--;
	t->keyword = "";
	t->name = what;
}

static bool take_apart(Dwarf_Die *die, struct text *t)
{
	int i;

	/* A bound, since DWARF is a file like any other and may turn in circles. */
	for (i = 0; i < 32; i++) {
		if (named(die, t))
			break;
		switch (dwarf_tag(die)) {
		case DW_TAG_const_type:
		case DW_TAG_volatile_type:
		case DW_TAG_restrict_type:
		case DW_TAG_atomic_type:
			break;
		case DW_TAG_pointer_type:
			t->ptrs++;
			break;
		case DW_TAG_array_type:
			if (t->ptrs) {
				give_up(t, "void *");
				return true;
			}
			if (!add_dims(die, t))
				return false;
			break;
		case DW_TAG_subroutine_type:
			if (!t->ptrs)
				return false;
			give_up(t, "unsigned long");
			return true;
		default:
			return false;
		}
		if (!next_type(die, die)) {
			t->name = t->ptrs ? "void" : NULL;
			break;
		}
	}
	if (!t->name && t->ptrs)
		give_up(t, "void *");
	return t->name;
}

/*
 * What ld_texpr_parse() reads. A pointer to something that has no such text becomes "unsigned
 * long" (functions: nothing to follow) or "void *".
 */
static char *type_text(Dwarf_Die *var)
{
	struct text t = { .keyword = "" };
	char stars[] = "****************";
	Dwarf_Die die;
	char *ret;

	if (!next_type(var, &die) || !take_apart(&die, &t) || t.ptrs >= sizeof(stars))
		return NULL;
	stars[t.ptrs] = '\0';
	if (asprintf(&ret, "%s%s%s%s%s", t.keyword, t.name, t.ptrs ? " " : "", stars, t.dims) < 0)
		return NULL;
	return ret;
}

char *ld_dwarf_type_of(struct ld_dwarf *d, const char *symbol, __u64 address, __u64 text)
{
	struct wanted w = { .name = symbol, .name_len = strcspn(symbol, ".") };
	Dwarf_Die die;

	if (!link_address(d, symbol, address, text, &w.address))
		return NULL;
	if (!search_by_location(d, &w, &die) && !search_units(d, &w, 0, SIZE_MAX, 0, &die))
		return NULL;
	return type_text(&die);
}
