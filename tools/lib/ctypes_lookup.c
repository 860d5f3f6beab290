// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "ctypes.h"
#include "resolver_suggest.h"

#define ANY_ENUM	(LD_KIND(BTF_KIND_ENUM) | LD_KIND(BTF_KIND_ENUM64))
#define TAGGED		(LD_KIND(BTF_KIND_STRUCT) | LD_KIND(BTF_KIND_UNION) | ANY_ENUM)

/* One search; the name as a string, for comparing. */
struct lookup {
	struct ld_btfs *set;
	__u32 btf;
	__u32 kinds;
	char name[256];
};

/* Calls for each BTF in the order of the search; stops when @try says so. */
static bool each_btf(struct lookup *l, bool (*try)(struct lookup *l, __u32 btf, void *arg),
		     void *arg)
{
	__u32 i, nr = ld_btfs_nr(l->set);

	if (l->btf && try(l, l->btf, arg))
		return true;
	for (i = 0; i < nr; i++)
		if ((!i || i != l->btf) && try(l, i, arg))
			return true;
	return false;
}

static bool try_name(struct lookup *l, __u32 btf, void *arg)
{
	return ld_btf_find(l->set, btf, l->kinds, l->name, arg);
}

static bool find_name(struct lookup *l, __u32 kinds, struct ld_ref *ret)
{
	l->kinds = kinds;
	return each_btf(l, try_name, ret);
}

struct base_search {
	struct ld_base base;
	struct ld_ref *ret;
};

static bool try_base(struct lookup *l, __u32 btf, void *arg)
{
	struct base_search *s = arg;
	const struct btf_type *t;
	struct ld_base base;
	struct ld_ref ref;

	ref.btf = btf;
	for (ref.id = 1; ref.id < ld_btf_end(l->set, btf); ref.id++) {
		t = ld_btf_type(l->set, ref);
		if (!t || (btf_kind(t) != BTF_KIND_INT && btf_kind(t) != BTF_KIND_FLOAT))
			continue;
		if (!ld_base_parse(ld_btf_str(l->set, btf, t->name_off), &base) ||
		    base.kind != s->base.kind || base.sign != s->base.sign)
			continue;
		*s->ret = ref;
		return true;
	}
	return false;
}

static bool find_base(struct lookup *l, struct ld_base base, struct ld_ref *ret)
{
	struct base_search s = { .base = base, .ret = ret };

	if (base.kind == LD_BASE_VOID) {
		ret->btf = 0;
		ret->id = 0;
		return true;
	}
	return each_btf(l, try_base, &s);
}

static bool offer_names(struct lookup *l, __u32 btf, void *arg)
{
	const struct btf_type *t;
	struct ld_ref ref;

	ref.btf = btf;
	for (ref.id = 1; ref.id < ld_btf_end(l->set, btf); ref.id++) {
		t = ld_btf_type(l->set, ref);
		if (t && l->kinds & LD_KIND(btf_kind(t)))
			ld_suggest_try(arg, ld_btf_str(l->set, btf, t->name_off));
	}
	return false;
}

static const char *keyword(enum ld_texpr_kind kind)
{
	switch (kind) {
	case LD_TEXPR_STRUCT:
		return "struct ";
	case LD_TEXPR_UNION:
		return "union ";
	case LD_TEXPR_ENUM:
		return "enum ";
	default:
		return "";
	}
}

static __u32 kinds_of(enum ld_texpr_kind kind)
{
	switch (kind) {
	case LD_TEXPR_STRUCT:
		return LD_KIND(BTF_KIND_STRUCT);
	case LD_TEXPR_UNION:
		return LD_KIND(BTF_KIND_UNION);
	case LD_TEXPR_ENUM:
		return ANY_ENUM;
	default:
		/* Not every language spells its base types as C does. */
		return LD_KIND(BTF_KIND_TYPEDEF) | LD_KIND(BTF_KIND_INT);
	}
}

static int not_found(struct lookup *l, const struct ld_texpr *x, struct ld_err *err)
{
	struct ld_suggest suggest = { .want = l->name };
	const char *kw = keyword(x->kind), *right;
	const struct btf_type *t;
	char close[400];
	struct ld_ref ref;

	/* The commonest mistakes: the keyword is missing, or the wrong one. */
	if (find_name(l, TAGGED | LD_KIND(BTF_KIND_TYPEDEF), &ref)) {
		t = ld_btf_type(l->set, ref);
		right = btf_is_struct(t) ? "struct " : btf_is_union(t) ? "union " :
			btf_is_any_enum(t) ? "enum " : "";
		return ld_fail(err, LD_EXIT_FAILED, "there is no type '%s%s'; write '%s%s'", kw,
			       l->name, right, l->name);
	}
	if (find_name(l, LD_KIND(BTF_KIND_FWD), &ref))
		return ld_fail(err, LD_EXIT_FAILED,
			       "'%s%s' is only declared: neither vmlinux nor a loaded module with BTF says what is in it",
			       kw, l->name);
	l->kinds = kinds_of(x->kind);
	each_btf(l, offer_names, &suggest);
	ld_suggest_text(&suggest, close, sizeof(close));
	return ld_fail(err, LD_EXIT_FAILED,
		       "there is no type '%s%s' in the BTF of vmlinux%s%s or of any other loaded module%s",
		       kw, l->name, l->btf ? ", " : "",
		       l->btf ? ld_btfs_name(l->set, l->btf) : "", close);
}

int ld_ctype_lookup(struct ld_btfs *set, __u32 btf, const struct ld_texpr *x,
		    struct ld_ctype *ret, struct ld_err *err)
{
	struct lookup l = { .set = set, .btf = btf };
	struct ld_ref ref;
	bool found;

	ld_span_copy(x->name, l.name, sizeof(l.name));
	if (x->kind == LD_TEXPR_BASE)
		found = find_base(&l, x->base, &ref);
	else
		found = find_name(&l, kinds_of(x->kind), &ref) ||
			ld_btf_find_elsewhere(set, kinds_of(x->kind), l.name, &ref);
	if (!found)
		return not_found(&l, x, err);
	*ret = ld_ctype_plain(ref);
	ret->ptrs = x->ptrs;
	ret->nr_dims = x->nr_dims;
	memcpy(ret->dims, x->dims, sizeof(ret->dims));
	return 0;
}

void ld_ctype_complete(struct ld_btfs *set, struct ld_ctype *t)
{
	struct ld_ref ref = ld_btf_skip(set, t->ref, NULL);
	const struct btf_type *bt = ld_btf_type(set, ref);
	struct lookup l = { .set = set };
	__u32 kinds;

	if (t->ptrs || !bt || btf_kind(bt) != BTF_KIND_FWD)
		return;
	kinds = LD_KIND(btf_kflag(bt) ? BTF_KIND_UNION : BTF_KIND_STRUCT);
	snprintf(l.name, sizeof(l.name), "%s", ld_btf_str(set, ref.btf, bt->name_off));
	if (find_name(&l, kinds, &ref) || ld_btf_find_elsewhere(set, kinds, l.name, &ref))
		t->ref = ref;
}
