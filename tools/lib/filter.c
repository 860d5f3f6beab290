// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "filter.h"

/* What is left of a type without its pointers and arrays. */
static struct ld_ref pointed_at(const struct ld_btfs *set, const struct ld_ctype *type)
{
	struct ld_ctype t = *type;
	int i;
	__u64 n;

	/* malformed BTF may point in circles */
	for (i = 0; i < 64; i++)
		if (!ld_ctype_element(set, &t, &n) && !ld_ctype_deref(set, &t, NULL))
			break;
	return ld_btf_skip(set, t.ref, NULL);
}

int ld_filter_add(struct ld_filter *filter, struct ld_btfs *set, const char *option,
		  const char *type, struct ld_err *err)
{
	bool only = !strcmp(option, "--only");
	struct ld_ref **list = only ? &filter->only : &filter->skip, *new;
	size_t *nr = only ? &filter->nr_only : &filter->nr_skip;
	struct ld_texpr x;
	struct ld_ctype t;
	struct ld_err why;

	if (ld_texpr_parse(type, &x, &why) || ld_ctype_lookup(set, 0, &x, &t, &why))
		return ld_fail(err, LD_EXIT_USAGE, "%s: %.900s", option, why.msg);
	new = realloc(*list, (*nr + 1) * sizeof(*new));
	if (!new)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	*list = new;
	new[(*nr)++] = pointed_at(set, &t);
	return 0;
}

/* Namesakes are one type: what one file declares another defines. */
static bool is_same(const struct ld_btfs *set, struct ld_ref a, struct ld_ref b)
{
	const struct btf_type *ta, *tb;
	const char *name;

	if (a.btf == b.btf && a.id == b.id)
		return true;
	ta = ld_btf_type(set, a);
	tb = ld_btf_type(set, b);
	if (!ta || !tb || !a.id || !b.id)
		return false;
	name = ld_btf_str(set, a.btf, ta->name_off);
	if (!*name || strcmp(name, ld_btf_str(set, b.btf, tb->name_off)))
		return false;
	return btf_kind(ta) == btf_kind(tb) || btf_is_fwd(ta) || btf_is_fwd(tb);
}

static bool contains(const struct ld_btfs *set, const struct ld_ref *list, size_t nr,
		     struct ld_ref ref)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (is_same(set, list[i], ref))
			return true;
	return false;
}

bool ld_filter_passes(const struct ld_filter *filter, const struct ld_btfs *set,
		      const struct ld_ctype *type)
{
	struct ld_ref ref;

	if (!filter || (!filter->nr_only && !filter->nr_skip))
		return true;
	ref = pointed_at(set, type);
	if (filter->nr_only && !contains(set, filter->only, filter->nr_only, ref))
		return false;
	return !contains(set, filter->skip, filter->nr_skip, ref);
}

void ld_filter_free(struct ld_filter *filter)
{
	free(filter->only);
	free(filter->skip);
	memset(filter, 0, sizeof(*filter));
}
