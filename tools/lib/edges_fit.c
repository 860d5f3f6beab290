// SPDX-License-Identifier: GPL-2.0
/* Whether a member can be what a rule says of it. */
#include <stdio.h>
#include <string.h>
#include <linux/livedump.h>

#include "edges_bind.h"
#include "heads.h"

static int misfit(const struct ld_btfs *set, const struct ld_ctype *t, const char *want,
		  struct ld_err *err)
{
	char name[200];

	return ld_fail(err, LD_EXIT_USAGE, "it is '%s', not %s",
		       ld_ctype_name(set, t, name, sizeof(name)), want);
}

/* Arrays are as good as what they are made of: how many there are, and how far apart. */
static bool elements(const struct ld_btfs *set, struct ld_ctype *t, __u64 *nr, __u64 *stride)
{
	__u64 n;

	*nr = 1;
	while (ld_ctype_element(set, t, &n))
		if (__builtin_mul_overflow(*nr, n, nr))
			return false;
	return *nr && ld_ctype_size(set, t, stride) && *stride &&
	       !__builtin_mul_overflow(*nr, *stride, &n);
}

/* How what a rule speaks of is walked. */
static const __u16 edge_kinds[] = {
	[LD_RULE_LIST] = LIVEDUMP_EDGE_LIST,
	[LD_RULE_HLIST] = LIVEDUMP_EDGE_HLIST,
	[LD_RULE_CHAIN] = LIVEDUMP_EDGE_CHAIN,
	[LD_RULE_RING] = LIVEDUMP_EDGE_LIST,
	[LD_RULE_RBTREE] = LIVEDUMP_EDGE_RBTREE,
	[LD_RULE_XARRAY] = LIVEDUMP_EDGE_XARRAY,
	[LD_RULE_MAPLE] = LIVEDUMP_EDGE_MAPLE,
	[LD_RULE_PERCPU] = LIVEDUMP_EDGE_PERCPU,
	[LD_RULE_POINTER] = LIVEDUMP_EDGE_POINTER,
	[LD_RULE_ARRAY] = LIVEDUMP_EDGE_POINTER,
	[LD_RULE_STRING] = LIVEDUMP_EDGE_STRING,
	[LD_RULE_BYTES] = LIVEDUMP_EDGE_BYTES,
};

__u16 ld_edges_kind(enum ld_rule_kind kind)
{
	return edge_kinds[kind];
}

/* Of a plist the entries' links are no list_head, so it has no rule. */
static bool fits(const struct ld_head *head, enum ld_rule_kind kind)
{
	return head->edge == edge_kinds[kind] && !head->of_link;
}

static int no_head(const struct ld_btfs *set, const struct ld_ctype *t, enum ld_rule_kind kind,
		   struct ld_err *err)
{
	const struct ld_head *head;
	char heads[200] = "";
	size_t len = 0;

	for (head = ld_heads; head->word && len < sizeof(heads); head++)
		if (fits(head, kind))
			len += snprintf(heads + len, sizeof(heads) - len, "%s%s",
					len ? ", " : "a struct ", head->type);
	return misfit(set, t, heads, err);
}

static int fit_head(const struct ld_btfs *set, const struct ld_ctype *t, struct ld_bound *b,
		    struct ld_err *err)
{
	struct ld_ctype inner = *t;
	const struct ld_head *head;
	struct ld_span path;

	for (head = ld_heads; head->word; head++) {
		if (!fits(head, b->rule->kind) || !ld_ctype_is_struct(set, t, head->type))
			continue;
		path = (struct ld_span){ head->pointer, strlen(head->pointer) };
		b->head = 0;
		b->link_type = head->link;
		return ld_ctype_path(set, &inner, path, &b->head, err);
	}
	return no_head(set, t, b->rule->kind, err);
}

/* The length of an array, in the struct that has the array. */
static int fit_length(const struct ld_btfs *set, struct ld_bound *b, struct ld_err *err)
{
	struct ld_ctype t = ld_ctype_plain(b->owner);
	const struct btf_type *bt;

	b->link = 0;
	if (ld_ctype_path(set, &t, b->rule->link, &b->link, err))
		return 1;
	bt = ld_btf_type(set, ld_btf_skip(set, t.ref, NULL));
	if (!bt || t.ptrs || (!btf_is_int(bt) && !btf_is_any_enum(bt)) || bt->size > 8 ||
	    bt->size & (bt->size - 1))
		return misfit(set, &t, "the length of an array", err);
	b->width = bt->size;
	return 0;
}

/* Some kernels define what others only declare. */
static bool is_declared(const struct ld_btfs *set, const struct ld_ctype *t)
{
	const struct btf_type *bt = ld_btf_type(set, ld_btf_skip(set, t->ref, NULL));

	return bt && btf_is_fwd(bt);
}

/* The type of a pointer says where it leads, unless the rule does. */
static int fit_pointer(const struct ld_btfs *set, const struct ld_ctype *t, struct ld_bound *b,
		       struct ld_err *err)
{
	struct ld_ctype inner = *t;
	__u64 size;

	if (!ld_ctype_deref(set, &inner, NULL))
		return misfit(set, t, "a pointer", err);
	if (b->rule->has_type)
		return 0;
	if (b->rule->kind == LD_RULE_STRING || b->rule->kind == LD_RULE_BYTES) {
		b->type = inner;
		return 0;
	}
	if (!ld_ctype_size(set, &inner, &size) || !size) {
		ld_fail(err, LD_EXIT_USAGE,
			"what it points to has no size: give its type behind the kind");
		return is_declared(set, &inner) ? 1 : -1;
	}
	b->type = inner;
	if (b->rule->kind == LD_RULE_ARRAY && b->rule->link.len)
		return fit_length(set, b, err);
	if (b->rule->kind == LD_RULE_ARRAY) {
		if (inner.nr_dims == LD_TYPE_DIMS)
			return misfit(set, t, "a pointer to what an array can be made of", err);
		memmove(inner.dims + 1, inner.dims, inner.nr_dims * sizeof(inner.dims[0]));
		inner.dims[0] = b->rule->number;
		inner.nr_dims++;
		b->type = inner;
	}
	return 0;
}

static int fit_flexible(const struct ld_btfs *set, const struct ld_ctype *t, struct ld_bound *b,
			struct ld_err *err)
{
	struct ld_ctype inner = *t;
	__u64 nr, size;

	if (!ld_ctype_element(set, &inner, &nr) || !ld_ctype_size(set, &inner, &size) || !size)
		return misfit(set, t, "a flexible array", err);
	b->type = inner;
	return fit_length(set, b, err);
}

int ld_edges_fit(const struct ld_btfs *set, const struct ld_ctype *type, struct ld_bound *b,
		 struct ld_err *err)
{
	struct ld_ctype t = *type;

	b->nr = 1;
	b->nr_links = 1;
	b->link_stride = 0;
	switch (b->rule->kind) {
	case LD_RULE_OPAQUE:
	case LD_RULE_PLAIN:
		return 0;
	case LD_RULE_FLEX:
		return fit_flexible(set, &t, b, err);
	default:
		break;
	}
	if (!elements(set, &t, &b->nr, &b->stride))
		return misfit(set, type, "of a known size", err);
	switch (b->rule->kind) {
	case LD_RULE_CHAIN:
	case LD_RULE_RING:
	case LD_RULE_PERCPU:
	case LD_RULE_POINTER:
	case LD_RULE_ARRAY:
	case LD_RULE_STRING:
	case LD_RULE_BYTES:
		return fit_pointer(set, &t, b, err);
	default:
		return fit_head(set, &t, b, err);
	}
}

int ld_edges_fit_link(const struct ld_btfs *set, struct ld_bound *b, struct ld_err *err)
{
	struct ld_ctype t = b->type, inner;

	b->link = 0;
	if (ld_ctype_path(set, &t, b->rule->link, &b->link, err))
		return 1;
	if (!elements(set, &t, &b->nr_links, &b->link_stride))
		return ld_fail(err, LD_EXIT_USAGE, "the link has no size");
	/* Head number i has link number i, or all have the same. A variable's are counted later. */
	if (b->nr_links > 1 && b->nr && b->nr_links != b->nr)
		return ld_fail(err, LD_EXIT_USAGE, "%llu heads, but %llu links in each entry",
			       b->nr, b->nr_links);
	inner = t;
	if ((b->rule->kind == LD_RULE_CHAIN || b->rule->kind == LD_RULE_RING) &&
	    !ld_ctype_deref(set, &inner, NULL))
		return ld_fail(err, LD_EXIT_USAGE, "the link is not a pointer");
	/* What it leads back to is a link: only there does an entry begin with it, too. */
	if (b->rule->kind == LD_RULE_RING && b->link)
		return ld_fail(err, LD_EXIT_USAGE,
			       "the link of a ring is the first member of its entries");
	if (b->link_type && !ld_ctype_is_struct(set, &t, b->link_type))
		return ld_fail(err, LD_EXIT_USAGE, "the link is not a struct %s", b->link_type);
	return 0;
}
