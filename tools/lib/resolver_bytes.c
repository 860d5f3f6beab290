// SPDX-License-Identifier: GPL-2.0
/* Memory that is named by its ends, and numbers that only the kernel knows. */
#include <stdlib.h>
#include <string.h>

#include "resolver_private.h"

static int find_end(struct ld_resolver *r, const struct ld_target *t, struct ld_symbol *ret,
		    struct ld_err *err)
{
	struct ld_target end = *t;

	end.symbol = t->end;
	return ld_resolver_symbol(r, &end, ret, err);
}

static int char_type(struct ld_resolver *r, struct ld_ctype *ret, struct ld_err *err)
{
	struct ld_btfs *set = ld_resolver_btfs(r, err);
	struct ld_texpr x;

	if (!set || ld_texpr_parse("char", &x, err))
		return -1;
	return ld_ctype_lookup(set, 0, &x, ret, err);
}

/* Up to where the bytes go that begin at @from. */
static int find_length(struct ld_resolver *r, const struct ld_target *t,
		       const struct ld_symbol *from, __u64 *ret, struct ld_err *err)
{
	struct ld_symbol to;

	if (!t->end.len) {
		*ret = ld_kallsyms_room(r->kallsyms, &from->sym);
		if (*ret)
			return 0;
		return ld_fail(err, LD_EXIT_FAILED, "no symbol follows '%s'", from->sym.name);
	}
	if (find_end(r, t, &to, err))
		return -1;
	*ret = to.sym.address - from->sym.address;
	/* what ends per-CPU variables is none of them */
	if ((!to.percpu || from->percpu) && to.sym.address > from->sym.address)
		return 0;
	return ld_fail(err, LD_EXIT_USAGE, "'%s' does not lie behind '%s'", to.sym.name,
		       from->sym.name);
}

int ld_resolver_between(struct ld_resolver *r, const struct ld_target *t, struct ld_resolved *ret,
			struct ld_err *err)
{
	struct ld_symbol from;
	__u64 length;

	if (ld_resolver_symbol(r, t, &from, err) || find_length(r, t, &from, &length, err))
		return -1;
	if (!from.percpu) {
		ret->is_range = true;
		ret->range.address = from.sym.address;
		ret->range.length = length;
		return 0;
	}
	if (length > LIVEDUMP_MAX_OBJECT_SIZE)
		return ld_fail(err, LD_EXIT_FAILED, "%llu bytes are more than a target may have",
			       length);
	ret->root.kind = LIVEDUMP_ROOT_PERCPU;
	ret->root.cpu = LIVEDUMP_ALL_CPUS;
	ret->root.address = from.sym.address;
	strncpy(ret->root.symbol, from.sym.name, sizeof(ret->root.symbol) - 1);
	if (char_type(r, &ret->plan.type, err))
		return -1;
	ret->plan.type.dims[ret->plan.type.nr_dims++] = length;
	return 0;
}

int ld_resolver_number(struct ld_resolver *r, const char *text, __u64 *ret, struct ld_err *err)
{
	struct ld_resolved res;
	__u64 size;
	int rc;

	if (!r->opts.read)
		return ld_fail(err, LD_EXIT_FAILED, "there is no kernel to ask for it");
	if (ld_resolver_resolve(r, text, &res, err))
		return -1;
	if (res.is_range || res.nr_tasks || !ld_ctype_size(r->btfs, &res.plan.type, &size) ||
	    (size != 1 && size != 2 && size != 4 && size != 8) ||
	    (res.root.kind == LIVEDUMP_ROOT_PERCPU && res.root.cpu == LIVEDUMP_ALL_CPUS))
		rc = ld_fail(err, LD_EXIT_USAGE, "%.200s: this is not one number", text);
	else
		rc = r->opts.read(r->opts.data, &res.root, size, ret, err);
	free(res.tasks);
	return rc;
}
