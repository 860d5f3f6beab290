// SPDX-License-Identifier: GPL-2.0
/*
 * modules: crash reads the memory that holds a module's symbols in one go, and takes the module's
 * own unwind tables from there. Where that memory is, struct module says: in core_layout, or from
 * Linux 6.4 on in mem, an array of kinds of memory.
 */
#include <string.h>

#include "derive.h"

/* More modules than any host has: a list that has come apart may go on for ever. */
#define MAX_MODULES	4096
/* struct module.mem has seven; what was freed after the module's start is empty. */
#define MAX_PARTS	16
/* No module is larger than the room for all of them (x86: MODULES_LEN). */
#define MAX_SIZE	0x40000000

/* Where in struct module the parts are: pointer and size, again and again. */
struct layout {
	__u64 list;
	__u64 size;
	__u64 base;
	__u64 bytes;
	__u64 stride;
	unsigned int nr;
};

static int find_layout(const struct ld_derive *d, struct layout *l, struct ld_err *err)
{
	static const char module[] = "struct module", part[] = "struct module_memory";
	struct ld_err ignored;
	__u64 size, mem;

	if (ld_derive_size(d, module, &l->size, err) ||
	    ld_derive_offset(d, module, "list.next", &l->list, &size, err))
		return -1;
	if (!ld_derive_offset(d, module, "mem", &mem, &size, &ignored)) {
		if (ld_derive_size(d, part, &l->stride, err) ||
		    ld_derive_offset(d, part, "base", &l->base, &l->bytes, err) ||
		    ld_derive_offset(d, part, "size", &l->bytes, &l->stride, err) ||
		    ld_derive_size(d, part, &l->stride, err))
			return -1;
		l->nr = size / l->stride < MAX_PARTS ? size / l->stride : MAX_PARTS;
		l->base += mem;
		l->bytes += mem;
		return 0;
	}
	l->nr = 1;
	if (ld_derive_offset(d, module, "core_layout.base", &l->base, &size, err))
		return -1;
	return ld_derive_offset(d, module, "core_layout.size", &l->bytes, &size, err);
}

/* One module: its struct, then its parts. */
static int keep_module(const struct ld_derive *d, const struct layout *l, __u64 module,
		       struct ld_err *err)
{
	struct livedump_range ranges[MAX_PARTS + 1] = { ld_derive_range(module, l->size) };
	unsigned int i;
	size_t n = 1;
	__u64 base;
	__u32 size;
	int rc;

	for (i = 0; i < l->nr; i++) {
		rc = ld_peek_read(d->peek, module + l->base + i * l->stride, &base, sizeof(base),
				  err) ?:
		     ld_peek_read(d->peek, module + l->bytes + i * l->stride, &size, sizeof(size),
				  err);
		if (rc < 0)
			return -1;
		if (!rc && base && size && size < MAX_SIZE)
			ranges[n++] = ld_derive_range(base, size);
	}
	return ld_peek_keep(d->peek, ranges, n, err);
}

int ld_derive_modules(const struct ld_derive *d, struct ld_err *err)
{
	struct layout l = { 0 };
	unsigned int i;
	__u64 head, at;
	int rc;

	/* CONFIG_MODULES=n, but then there were no module of ours */
	if (!ld_derive_symbol(d, "modules", &head, NULL))
		return ld_fail(err, LD_EXIT_FAILED, "this kernel has no variable 'modules'");
	if (find_layout(d, &l, err))
		return -1;
	rc = ld_peek_read(d->peek, head, &at, sizeof(at), err);
	for (i = 0; !rc && at != head && i < MAX_MODULES; i++) {
		rc = keep_module(d, &l, at - l.list, err);
		if (!rc)
			rc = ld_peek_read(d->peek, at, &at, sizeof(at), err);
	}
	return rc < 0 ? -1 : 0;
}
