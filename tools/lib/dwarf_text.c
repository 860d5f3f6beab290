// SPDX-License-Identifier: GPL-2.0
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dwarf_text.h"

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
		} else if (!dwarf_attr(&range, DW_AT_upper_bound, &attr) ||
			   dwarf_formudata(&attr, &n)) {
			return false;
		} else {
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

char *ld_dwarf_type_text(Dwarf_Die *var)
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
