// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "ctypes.h"
#include "resolver_suggest.h"

/* Anonymous structs and unions are not nested deeper than this by anybody. */
#define MAX_NESTING	32

struct ld_ctype ld_ctype_plain(struct ld_ref ref)
{
	struct ld_ctype t = { .ref = ref };

	return t;
}

bool ld_ctype_size(const struct ld_btfs *set, const struct ld_ctype *t, __u64 *ret)
{
	__u64 size = LD_POINTER_SIZE;
	unsigned int i;

	if (!t->ptrs && !ld_btf_size(set, t->ref, &size))
		return false;
	for (i = 0; i < t->nr_dims; i++)
		if (__builtin_mul_overflow(size, (__u64)t->dims[i], &size))
			return false;
	*ret = size;
	return true;
}

bool ld_ctype_deref(const struct ld_btfs *set, struct ld_ctype *t, __u32 *tags)
{
	const struct btf_type *bt;
	struct ld_ref ref;

	if (t->nr_dims)
		return false;
	if (t->ptrs) {
		t->ptrs--;
		return true;
	}
	ref = ld_btf_skip(set, t->ref, NULL);
	bt = ld_btf_type(set, ref);
	if (!bt || btf_kind(bt) != BTF_KIND_PTR)
		return false;
	ref.id = bt->type;
	if (tags)
		ld_btf_skip(set, ref, tags);
	t->ref = ref;
	return true;
}

bool ld_ctype_element(const struct ld_btfs *set, struct ld_ctype *t, __u64 *nr)
{
	const struct btf_type *bt;
	struct ld_ref ref;

	if (t->nr_dims) {
		*nr = t->dims[0];
		memmove(t->dims, t->dims + 1, --t->nr_dims * sizeof(t->dims[0]));
		return true;
	}
	if (t->ptrs)
		return false;
	ref = ld_btf_skip(set, t->ref, NULL);
	bt = ld_btf_type(set, ref);
	if (!bt || btf_kind(bt) != BTF_KIND_ARRAY)
		return false;
	*nr = btf_array(bt)->nelems;
	ref.id = btf_array(bt)->type;
	t->ref = ref;
	return true;
}

static const char *kind_keyword(const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
		return "struct ";
	case BTF_KIND_UNION:
		return "union ";
	case BTF_KIND_FWD:
		return btf_kflag(t) ? "union " : "struct ";
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return "enum ";
	default:
		return "";
	}
}

/* Arrays, pointers and qualifiers of BTF have no names: go on to what they belong to. */
static const struct btf_type *named_type(const struct ld_btfs *set, struct ld_ctype *t,
					 unsigned int *ptrs)
{
	const struct btf_type *bt;
	int i;

	for (i = 0; i < MAX_NESTING; i++) {
		bt = ld_btf_type(set, t->ref);
		if (!bt || !t->ref.id)
			return bt;
		if (btf_is_mod(bt) && !btf_is_typedef(bt))
			t->ref.id = bt->type;
		else if (btf_is_ptr(bt) && ld_ctype_deref(set, t, NULL))
			++*ptrs;
		else
			return bt;
	}
	return NULL;
}

const char *ld_ctype_name(const struct ld_btfs *set, const struct ld_ctype *t, char *buf,
			  size_t size)
{
	struct ld_ctype inner = ld_ctype_plain(t->ref);
	unsigned int ptrs = t->ptrs, i;
	const struct btf_type *bt = named_type(set, &inner, &ptrs);
	const char *name = "(anonymous)";
	size_t len;

	if (!bt || !inner.ref.id)
		name = "void";
	else if (btf_is_array(bt))
		name = "(array)";
	else if (*ld_btf_str(set, inner.ref.btf, bt->name_off))
		name = ld_btf_str(set, inner.ref.btf, bt->name_off);
	len = snprintf(buf, size, "%s%s%s", bt ? kind_keyword(bt) : "", name, ptrs ? " " : "");
	for (i = 0; i < ptrs && len < size; i++)
		len += snprintf(buf + len, size - len, "*");
	for (i = 0; i < t->nr_dims && len < size; i++)
		len += snprintf(buf + len, size - len, "[%u]", t->dims[i]);
	return buf;
}

/* How the members of one struct were searched. */
struct search {
	const struct ld_btfs *set;
	const char *name;
	struct ld_suggest suggest;
	unsigned int steps;
	struct ld_ref type;
	__u64 bits;
	bool bitfield;
};

static bool is_composite(const struct btf_type *t)
{
	return t && (btf_kind(t) == BTF_KIND_STRUCT || btf_kind(t) == BTF_KIND_UNION);
}

static bool find_member(struct search *s, struct ld_ref ref, __u64 bits, unsigned int nesting)
{
	const struct btf_type *t = ld_btf_type(s->set, ref);
	struct ld_ref inner;
	const char *name;
	__u64 at;
	__u32 i;

	/* Malformed BTF can nest a union in itself: bound the depth and the work. */
	if (!is_composite(t) || nesting > MAX_NESTING)
		return false;
	for (i = 0; i < btf_vlen(t) && s->steps < 1000000; i++, s->steps++) {
		name = ld_btf_str(s->set, ref.btf, btf_members(t)[i].name_off);
		at = bits + btf_member_bit_offset(t, i);
		inner.btf = ref.btf;
		inner.id = btf_members(t)[i].type;
		if (!*name && find_member(s, ld_btf_skip(s->set, inner, NULL), at, nesting + 1))
			return true;
		ld_suggest_try(&s->suggest, name);
		if (strcmp(name, s->name))
			continue;
		s->type = inner;
		s->bits = at;
		s->bitfield = btf_member_bitfield_size(t, i) || at % 8;
		return true;
	}
	return false;
}

static int not_a_struct(const struct ld_btfs *set, const struct ld_ctype *t, const char *name,
			struct ld_err *err)
{
	struct ld_ctype inner = *t;
	char text[200];
	__u64 nr;

	ld_ctype_name(set, t, text, sizeof(text));
	if (ld_ctype_element(set, &inner, &nr))
		return ld_fail(err, LD_EXIT_USAGE,
			       "'.%s' is asked of an array: choose an element with [N] first",
			       name);
	if (ld_ctype_deref(set, &inner, NULL))
		return ld_fail(err, LD_EXIT_USAGE,
			       "'.%s' lies behind a pointer (%s): write '->%s'", name, text, name);
	inner.ref = ld_btf_skip(set, t->ref, NULL);
	if (!inner.ref.id)
		return ld_fail(err, LD_EXIT_USAGE,
			       "'%s' is asked of 'void': cast the pointer, as in ((struct TYPE *)POINTER)->%s",
			       name, name);
	if (ld_btf_type(set, inner.ref) && btf_kind(ld_btf_type(set, inner.ref)) == BTF_KIND_FWD)
		return ld_fail(err, LD_EXIT_FAILED,
			       "the members of %s are not known: it is only declared", text);
	return ld_fail(err, LD_EXIT_USAGE, "'.%s' is asked of '%s', which has no members", name,
		       text);
}

int ld_ctype_member(const struct ld_btfs *set, struct ld_ctype *t, struct ld_span name,
		    __u64 *offset, struct ld_err *err)
{
	char wanted[256], text[200], close[300];
	struct search s = { .set = set, .name = wanted };
	struct ld_ref ref = ld_btf_skip(set, t->ref, NULL);

	ld_span_copy(name, wanted, sizeof(wanted));
	if (t->ptrs || t->nr_dims || !is_composite(ld_btf_type(set, ref)))
		return not_a_struct(set, t, wanted, err);
	s.suggest.want = wanted;
	if (!find_member(&s, ref, 0, 0))
		return ld_fail(err, LD_EXIT_FAILED, "%s has no member '%s'%s",
			       ld_ctype_name(set, t, text, sizeof(text)), wanted,
			       ld_suggest_text(&s.suggest, close, sizeof(close)));
	if (s.bitfield)
		return ld_fail(err, LD_EXIT_USAGE,
			       "'%s' is a bit field: name the object it lies in", wanted);
	*t = ld_ctype_plain(s.type);
	*offset += s.bits / 8;
	return 0;
}

int ld_ctype_path(const struct ld_btfs *set, struct ld_ctype *t, struct ld_span path,
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

bool ld_ctype_is_struct(const struct ld_btfs *set, const struct ld_ctype *t, const char *name)
{
	struct ld_ref ref = ld_btf_skip(set, t->ref, NULL);
	const struct btf_type *bt = ld_btf_type(set, ref);

	return !t->ptrs && !t->nr_dims && bt && btf_kind(bt) == BTF_KIND_STRUCT &&
	       !strcmp(ld_btf_str(set, ref.btf, bt->name_off), name);
}

int ld_ctype_index(const struct ld_btfs *set, struct ld_ctype *t, __u64 nr, __u64 *offset,
		   struct ld_err *err)
{
	struct ld_ctype inner = *t;
	__u64 nelems, size, skip;
	char text[200];

	if (!ld_ctype_element(set, &inner, &nelems)) {
		ld_ctype_name(set, t, text, sizeof(text));
		return ld_fail(err, LD_EXIT_USAGE,
			       "'[%llu]' is asked of '%s', which is not an array", nr, text);
	}
	/* The size of a flexible array is the object's secret. */
	if (nelems && nr >= nelems)
		return ld_fail(err, LD_EXIT_USAGE,
			       "index %llu is out of range: the array has %llu elements", nr,
			       nelems);
	if (!ld_ctype_size(set, &inner, &size) || __builtin_mul_overflow(size, nr, &skip) ||
	    __builtin_add_overflow(*offset, skip, offset))
		return ld_fail(err, LD_EXIT_FAILED,
			       "index %llu: the size of the elements makes no sense", nr);
	*t = inner;
	return 0;
}
