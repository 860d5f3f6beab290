// SPDX-License-Identifier: GPL-2.0
/* Whether a member can be what a rule says of it. */
#include <string.h>

#include "array.h"
#include "edges_bind.h"

/* What heads look like, where the first pointer is in them, and what their links are. */
static const struct {
	enum ld_rule_kind kind;
	const char *type;
	const char *pointer;
	const char *link;
} heads[] = {
	{ LD_RULE_LIST, "list_head", "next", "list_head" },
	{ LD_RULE_HLIST, "hlist_head", "first", "hlist_node" },
	{ LD_RULE_HLIST, "hlist_nulls_head", "first", "hlist_nulls_node" },
	{ LD_RULE_HLIST, "hlist_bl_head", "first", "hlist_bl_node" },
	{ LD_RULE_HLIST, "llist_head", "first", "llist_node" },
	{ LD_RULE_RBTREE, "rb_root", "rb_node", "rb_node" },
	{ LD_RULE_RBTREE, "rb_root_cached", "rb_root.rb_node", "rb_node" },
	{ LD_RULE_RBTREE, "rb_root_linked", "rb_root.rb_node", "rb_node" },
	{ LD_RULE_XARRAY, "xarray", "xa_head", NULL },
	{ LD_RULE_XARRAY, "idr", "idr_rt.xa_head", NULL },
	{ LD_RULE_MAPLE, "maple_tree", "ma_root", NULL },
};

static const char * const wanted[] = {
	[LD_RULE_LIST] = "a struct list_head",
	[LD_RULE_HLIST] = "a struct hlist_head, hlist_nulls_head, hlist_bl_head or llist_head",
	[LD_RULE_RBTREE] = "a struct rb_root, rb_root_cached or rb_root_linked",
	[LD_RULE_XARRAY] = "a struct xarray or idr",
	[LD_RULE_MAPLE] = "a struct maple_tree",
};

static int misfit(const struct ld_btfs *set, const struct ld_ctype *t, const char *want,
		  struct ld_err *err)
{
	char name[200];

	return ld_fail(err, LD_EXIT_USAGE, "it is '%s', not %s",
		       ld_ctype_name(set, t, name, sizeof(name)), want);
}

int ld_edges_member(const struct ld_btfs *set, struct ld_ctype *t, struct ld_span path,
		    __u64 *offset, struct ld_err *err)
{
	struct ld_lex lex = { .text = path.s, .p = path.s };
	struct ld_span word;

	while (lex.p < path.s + path.len && ld_lex_ident(&lex, &word)) {
		if (ld_ctype_member(set, t, word, offset, err))
			return -1;
		ld_lex_eat(&lex, ".");
	}
	return 0;
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

static bool is_struct(const struct ld_btfs *set, const struct ld_ctype *t, const char *name)
{
	struct ld_ref ref = ld_btf_skip(set, t->ref, NULL);
	const struct btf_type *bt = ld_btf_type(set, ref);

	return !t->ptrs && !t->nr_dims && bt && btf_kind(bt) == BTF_KIND_STRUCT &&
	       !strcmp(ld_btf_str(set, ref.btf, bt->name_off), name);
}

static int fit_head(const struct ld_btfs *set, const struct ld_ctype *t, struct ld_bound *b,
		    struct ld_err *err)
{
	struct ld_ctype inner = *t;
	struct ld_span path;
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(heads); i++) {
		if (heads[i].kind != b->rule->kind || !is_struct(set, t, heads[i].type))
			continue;
		path = (struct ld_span){ heads[i].pointer, strlen(heads[i].pointer) };
		b->head = 0;
		b->link_type = heads[i].link;
		return ld_edges_member(set, &inner, path, &b->head, err);
	}
	return misfit(set, t, wanted[b->rule->kind], err);
}

/* The length of an array, in the struct that has the array. */
static int fit_length(const struct ld_btfs *set, struct ld_bound *b, struct ld_err *err)
{
	struct ld_ctype t = ld_ctype_plain(b->owner);
	const struct btf_type *bt;

	b->link = 0;
	if (ld_edges_member(set, &t, b->rule->link, &b->link, err))
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
	if (ld_edges_member(set, &t, b->rule->link, &b->link, err))
		return 1;
	if (!elements(set, &t, &b->nr_links, &b->link_stride))
		return ld_fail(err, LD_EXIT_USAGE, "the link has no size");
	/* Head number i has link number i, or all have the same. Of variables @nr is not known yet. */
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
	if (b->link_type && !is_struct(set, &t, b->link_type))
		return ld_fail(err, LD_EXIT_USAGE, "the link is not a struct %s", b->link_type);
	return 0;
}
