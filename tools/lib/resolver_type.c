// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resolver_private.h"

/* Each source returns 1 if it knew the type, 0 if not, -1 on an error. */

static int from_text(struct ld_resolver *r, const char *text, struct ld_ctype *ret)
{
	struct ld_err ignored;
	struct ld_texpr x;

	if (ld_texpr_parse(text, &x, &ignored))
		return 0;
	return !ld_ctype_lookup(r->btfs, 0, &x, ret, &ignored);
}

static int from_btf(struct ld_resolver *r, const struct ld_symbol *s, struct ld_ctype *ret)
{
	struct ld_ref ref;

	if (*s->sym.module && !s->btf)
		return 0;
	if (!ld_btf_variable(r->btfs, s->btf, s->sym.name, s->offset, s->percpu, &ref))
		return 0;
	*ret = ld_ctype_plain(ref);
	return 1;
}

static int from_dwarf(struct ld_resolver *r, const struct ld_symbol *s, struct ld_ctype *ret,
		      struct ld_err *err)
{
	struct ld_ksym text = { 0 };
	const char *path;
	size_t pos = 0;
	char *type;
	int rc;

	if (ld_resolver_vmlinux(r, &path, err))
		return -1;
	if (!path)
		return 0;
	if (!r->dwarf_tried && ld_dwarf_open(path, &r->dwarf, err) && r->opts.vmlinux)
		return -1;
	r->dwarf_tried = true;
	if (!r->dwarf)
		return 0;
	ld_kallsyms_next(r->kallsyms, "_stext", &pos, &text);
	type = ld_dwarf_type_of(r->dwarf, s->sym.name, s->sym.address, text.address);
	rc = type ? from_text(r, type, ret) : 0;
	free(type);
	return rc;
}

static int from_table(struct ld_resolver *r, const struct ld_symbol *s, struct ld_ctype *ret)
{
	const char *text;
	unsigned int i;

	for (i = 0; (text = ld_resolver_known_type(s->sym.name, i)); i++)
		if (from_text(r, text, ret))
			return 1;
	return 0;
}

static int unknown(struct ld_resolver *r, const struct ld_symbol *s, struct ld_err *err)
{
	const char *module = s->sym.module, *colon = *module ? ":" : "";
	__u64 room = ld_kallsyms_room(r->kallsyms, &s->sym);
	char vmlinux[160] = "", bytes[160] = "";

	if (*module)
		snprintf(vmlinux, sizeof(vmlinux), "%s",
			 s->btf ? "" : " (module without BTF: types of vmlinux only)");
	else if (r->opts.vmlinux)
		snprintf(vmlinux, sizeof(vmlinux),
			 " (the vmlinux given has no name for it, either)");
	else
		snprintf(vmlinux, sizeof(vmlinux), ", or give a debug kernel with --vmlinux FILE");
	/* A per-CPU address is an offset: there is nothing at it. */
	if (!s->percpu && room > 65536)
		snprintf(bytes, sizeof(bytes), ", or record N bytes of it untyped: 0x%llx:N",
			 s->sym.address);
	else if (!s->percpu && room)
		snprintf(bytes, sizeof(bytes), ", or record its %llu bytes untyped: 0x%llx:%llu",
			 room, s->sym.address, room);
	return ld_fail(err, LD_EXIT_FAILED,
		       "the type of this symbol is not known; write '(struct TYPE)%s%s%s'%s%s",
		       module, colon, s->sym.name, vmlinux, bytes);
}

int ld_resolver_type(struct ld_resolver *r, const struct ld_symbol *s, struct ld_ctype *ret,
		     struct ld_err *err)
{
	bool image = !*s->sym.module;
	int rc;

	rc = from_btf(r, s, ret);
	if (!rc && image && r->opts.vmlinux)
		rc = from_dwarf(r, s, ret, err);
	if (!rc && image)
		rc = from_table(r, s, ret);
	if (!rc && image && !r->opts.vmlinux)
		rc = from_dwarf(r, s, ret, err);
	if (!rc)
		return unknown(r, s, err);
	return rc < 0 ? -1 : 0;
}
