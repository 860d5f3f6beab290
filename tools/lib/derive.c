// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "note.h"
#include "resolver_private.h"

/* The most that one array of the memory's map may measure. */
#define MAX_ARRAY	0x40000000

bool ld_derive_symbol(const struct ld_derive *d, const char *name, __u64 *ret, __u64 *room)
{
	const struct ld_target t = {
		.text = name,
		.module = { "vmlinux", strlen("vmlinux") },
		.symbol = { name, strlen(name) },
	};
	struct ld_symbol s;
	struct ld_err err;

	if (ld_resolver_symbol(d->resolver, &t, &s, &err))
		return false;
	*ret = s.sym.address;
	if (room)
		*room = ld_kallsyms_room(d->resolver->kallsyms, &s.sym);
	return true;
}

bool ld_derive_function(const struct ld_derive *d, __u64 address, __u64 *ret)
{
	struct ld_ksym sym;

	if (!ld_kallsyms_at(d->resolver->kallsyms, "", address, &sym))
		return false;
	*ret = sym.address;
	return true;
}

static int find_type(const struct ld_derive *d, const char *name, struct ld_ctype *ret,
		     struct ld_err *err)
{
	struct ld_btfs *set = ld_resolver_btfs(d->resolver, err);
	struct ld_texpr x;

	if (!set || ld_texpr_parse(name, &x, err))
		return -1;
	return ld_ctype_lookup(set, 0, &x, ret, err);
}

int ld_derive_size(const struct ld_derive *d, const char *type, __u64 *ret, struct ld_err *err)
{
	struct ld_ctype t;

	if (find_type(d, type, &t, err))
		return -1;
	if (ld_ctype_size(ld_resolver_btfs(d->resolver, err), &t, ret) && *ret)
		return 0;
	return ld_fail(err, LD_EXIT_FAILED, "'%s' has no size", type);
}

int ld_derive_offset(const struct ld_derive *d, const char *type, const char *member, __u64 *ret,
		     __u64 *size, struct ld_err *err)
{
	struct ld_btfs *set;
	struct ld_span name;
	struct ld_ctype t;

	if (find_type(d, type, &t, err))
		return -1;
	set = ld_resolver_btfs(d->resolver, err);
	*ret = 0;
	for (;; member += name.len + 1) {
		name = (struct ld_span){ member, strcspn(member, ".") };
		if (ld_ctype_member(set, &t, name, ret, err))
			return -1;
		if (!member[name.len])
			break;
	}
	if (ld_ctype_size(set, &t, size))
		return 0;
	return ld_fail(err, LD_EXIT_FAILED, "'%s' of '%s' has no size", member, type);
}

int ld_derive_number(const struct ld_derive *d, __u64 address, const char *type,
		     const char *member, __u64 *ret, struct ld_err *err)
{
	__u64 at, size;

	if (ld_derive_offset(d, type, member, &at, &size, err))
		return -1;
	*ret = 0;
	if (size > sizeof(*ret))
		return ld_fail(err, LD_EXIT_FAILED, "'%s' of '%s' is no number", member, type);
	return ld_peek_read(d->peek, address + at, ret, size, err);
}

static int keep(const struct ld_derive *d, __u64 address, __u64 length, struct ld_err *err)
{
	struct livedump_range range = ld_derive_range(address, length);

	if (!address || !length || length > MAX_ARRAY)
		return ld_fail(err, LD_EXIT_FAILED, "an array of %llu bytes at 0x%llx cannot be",
			       length, address);
	return ld_peek_keep(d->peek, &range, 1, err);
}

/* Those sections that an array of pointers leads to, a page's worth each. */
static int keep_sections(const struct ld_derive *d, const __u64 *roots, size_t nr, __u64 size,
			 struct ld_err *err)
{
	struct livedump_range *ranges = calloc(nr, sizeof(*ranges));
	size_t i, n = 0;
	int rc;

	if (!ranges)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	for (i = 0; i < nr; i++)
		if (roots[i])
			ranges[n++] = ld_derive_range(roots[i], size);
	rc = ld_peek_keep(d->peek, ranges, n, err);
	free(ranges);
	return rc;
}

static int keep_roots(const struct ld_derive *d, __u64 at, size_t nr, struct ld_err *err)
{
	const __u64 page = d->peek->session->info.out_page_size;
	__u64 size, *roots;
	int rc;

	/* SECTIONS_PER_ROOT (include/linux/mmzone.h) */
	if (ld_derive_size(d, "struct mem_section", &size, err))
		return -1;
	roots = calloc(nr, sizeof(*roots));
	if (!roots)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	rc = ld_peek_read(d->peek, at, roots, nr * sizeof(*roots), err);
	if (!rc)
		rc = keep_sections(d, roots, nr, page / size * size, err);
	free(roots);
	return rc < 0 ? -1 : 0;
}

/*
 * vmcoreinfo tells how many roots there are. With CONFIG_SPARSEMEM_EXTREME mem_section is a pointer
 * to an array of pointers to sections; else it is the sections, the first word of which has bits in
 * it that no pointer has (SECTION_MARKED_PRESENT), or is zero.
 */
static int derive_sections(const struct ld_derive *d, struct ld_err *err)
{
	const struct livedump_info *info = &d->peek->session->info;
	char *text = ld_vmcoreinfo_value((const char *)(uintptr_t)info->vmcoreinfo,
					 info->out_vmcoreinfo_size, "LENGTH(mem_section)");
	__u64 nr = text ? strtoull(text, NULL, 10) : 0, at, roots, size;
	int rc;

	free(text);
	/* CONFIG_FLATMEM */
	if (!ld_derive_symbol(d, "mem_section", &at, NULL))
		return 0;
	if (!nr || nr > MAX_ARRAY / sizeof(__u64))
		return ld_fail(err, LD_EXIT_FAILED,
			       "vmcoreinfo does not tell how long 'mem_section' is");
	rc = ld_peek_read(d->peek, at, &roots, sizeof(roots), err);
	if (rc)
		return rc < 0 ? -1 : 0;
	if (roots && !(roots & 7))
		return keep_roots(d, roots, nr, err);
	if (ld_derive_size(d, "struct mem_section", &size, err))
		return -1;
	return keep(d, at, nr * (info->out_page_size / size * size), err);
}

static int (* const words[LD_NR_WORDS])(const struct ld_derive *d, struct ld_err *err) = {
	[LD_WORD_SECTIONS] = derive_sections,
	[LD_WORD_MODULES] = ld_derive_modules,
	[LD_WORD_FREELISTS] = ld_derive_freelists,
	[LD_WORD_UNWIND] = ld_derive_unwind,
};

int ld_derive_word(const struct ld_derive *d, enum ld_word word, struct ld_err *err)
{
	char what[sizeof(err->msg)];

	if (!words[word](d, err))
		return 0;
	snprintf(what, sizeof(what), "%s", err->msg);
	return ld_fail(err, err->code, "%s %.900s", ld_word_text(word), what);
}
