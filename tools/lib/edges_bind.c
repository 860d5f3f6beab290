// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "edges_bind.h"

#define BUCKETS		1024	/* a power of two, some times the names in use */

/* A name that rules use, and the types that have it. */
struct name {
	const struct ld_texpr *x;
	struct name *next;
	struct ld_ref *refs;
	size_t nr;
};

struct binder {
	struct ld_btfs *set;
	const struct ld_edges *edges;
	struct ld_bindings *ret;
	struct name *names;
	size_t nr_names;
	size_t room;
	struct name *buckets[BUCKETS];
	struct ld_err *err;
};

static int out_of_memory(struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED, "out of memory");
}

static unsigned int hash(const char *s, size_t len)
{
	unsigned int h = 2166136261U;

	while (len--)
		h = (h ^ (unsigned char)*s++) * 16777619U;
	return (h ^ h >> 15) % BUCKETS;
}

static bool same_span(struct ld_span a, struct ld_span b)
{
	return a.len == b.len && !memcmp(a.s, b.s, a.len);
}

static struct name *find_name(struct binder *b, const struct ld_texpr *x)
{
	struct name *n = b->buckets[hash(x->name.s, x->name.len)];

	for (; n; n = n->next)
		if (n->x->kind == x->kind && same_span(n->x->name, x->name))
			return n;
	return NULL;
}

static void want_name(struct binder *b, const struct ld_texpr *x)
{
	struct name **bucket = &b->buckets[hash(x->name.s, x->name.len)], *n;

	if (x->kind == LD_TEXPR_BASE || find_name(b, x))
		return;
	n = &b->names[b->nr_names++];
	n->x = x;
	n->next = *bucket;
	*bucket = n;
}

static int collect_names(struct binder *b, const struct ld_edges *edges)
{
	const struct ld_rule *r;

	b->names = calloc(2 * edges->nr, sizeof(*b->names));
	if (!b->names)
		return out_of_memory(b->err);
	for (r = edges->rules; r < edges->rules + edges->nr; r++) {
		if (r->owner.kind != LD_TEXPR_NAME)
			want_name(b, &r->owner);
		if (r->has_type)
			want_name(b, &r->type);
	}
	return 0;
}

static bool is_wanted(const struct ld_texpr *x, const struct btf_type *t, const char *name)
{
	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
		return x->kind == LD_TEXPR_STRUCT && ld_span_is(x->name, name);
	case BTF_KIND_UNION:
		return x->kind == LD_TEXPR_UNION && ld_span_is(x->name, name);
	case BTF_KIND_TYPEDEF:
		return x->kind == LD_TEXPR_NAME && ld_span_is(x->name, name);
	default:
		return false;
	}
}

static int add_type(struct binder *b, struct ld_ref ref, const struct btf_type *t)
{
	const char *text = ld_btf_str(b->set, ref.btf, t->name_off);
	struct name *n = b->buckets[hash(text, strlen(text))];
	struct ld_ref *refs;

	for (; n; n = n->next) {
		if (!is_wanted(n->x, t, text))
			continue;
		refs = realloc(n->refs, (n->nr + 1) * sizeof(*refs));
		if (!refs)
			return out_of_memory(b->err);
		n->refs = refs;
		refs[n->nr++] = ref;
	}
	return 0;
}

/* All types that rules name, in one go: there are a hundred thousand, and some hundred names. */
static int find_types(struct binder *b)
{
	const __u32 kinds = LD_KIND(BTF_KIND_STRUCT) | LD_KIND(BTF_KIND_UNION) |
			    LD_KIND(BTF_KIND_TYPEDEF);
	const struct btf_type *t;
	struct ld_ref ref;

	for (ref.btf = 0; ref.btf < ld_btfs_nr(b->set); ref.btf++) {
		ref.id = ref.btf ? ld_btf_end(b->set, 0) : 1;
		for (; ref.id < ld_btf_end(b->set, ref.btf); ref.id++) {
			t = ld_btf_type(b->set, ref);
			if (t && kinds & LD_KIND(btf_kind(t)) && t->name_off &&
			    add_type(b, ref, t))
				return -1;
		}
	}
	return 0;
}

static int fail(const struct ld_rule *r, struct ld_err *err, const char *why)
{
	const char *of = r->owner.kind == LD_TEXPR_STRUCT ? "struct " :
			 r->owner.kind == LD_TEXPR_UNION ? "union " : "";

	if (!r->line)
		return ld_fail(err, LD_EXIT_USAGE, "%s %s: %.800s", r->file, r->text, why);
	return ld_fail(err, LD_EXIT_USAGE, "%s:%u: %s%.*s%s%.*s: %.800s", r->file, r->line, of,
		       (int)r->owner.name.len, r->owner.name.s, r->member.len ? "." : "",
		       (int)r->member.len, r->member.s, why);
}

/* The type that a rule leads to, and the link in it: 1 if this kernel has none such. */
static int bind_type(struct binder *b, struct ld_bound *bound, struct ld_err *why)
{
	const struct ld_rule *r = bound->rule;
	int rc = 1, best = 1;
	struct name *n;
	size_t i;
	__u64 size;

	if (!r->has_type)
		return 0;
	if (r->type.kind == LD_TEXPR_BASE)
		return ld_ctype_lookup(b->set, 0, &r->type, &bound->type, why) ? 1 : 0;
	n = find_name(b, &r->type);
	for (i = 0; n && i < n->nr && rc; i++) {
		bound->type = ld_ctype_plain(n->refs[i]);
		bound->type.ptrs = r->type.ptrs;
		bound->type.nr_dims = r->type.nr_dims;
		memcpy(bound->type.dims, r->type.dims, sizeof(r->type.dims));
		if (!ld_ctype_size(b->set, &bound->type, &size) || !size)
			continue;
		rc = r->link.len ? ld_edges_fit_link(b->set, bound, why) : 0;
		if (rc < best)
			best = rc;
	}
	return rc ? best : 0;
}

static int append(struct binder *b, const struct ld_bound *bound)
{
	struct ld_bindings *ret = b->ret;
	void *p = ld_array_room(ret->all, ret->nr, &b->room, sizeof(*ret->all));

	if (!p)
		return out_of_memory(b->err);
	ret->all = p;
	ret->all[ret->nr++] = *bound;
	return 0;
}

/* 1 if this type has no such member, -1 if it has and it is no such thing */
static int bind_owner(struct binder *b, const struct ld_rule *r, struct ld_ref owner,
		      struct ld_bound *bound, struct ld_err *why)
{
	struct ld_ctype t = ld_ctype_plain(owner);

	*bound = (struct ld_bound){
		.rule = r,
		.owner = owner,
		.member.id = LD_BTF_NONE,
	};
	if (!r->member.len)
		return 0;
	if (ld_ctype_path(b->set, &t, r->member, &bound->offset, why))
		return 1;
	bound->member = t.ref;
	return ld_edges_fit(b->set, &t, bound, why) ?: bind_type(b, bound, why);
}

/* What a rule that must hold lacks: the type, or else what bind_owner() said. */
static int not_there(struct binder *b, const struct ld_rule *r, const struct name *n,
		     const struct ld_err *why)
{
	struct ld_err say = *why;
	struct ld_ctype t;

	if (!n || !n->nr)
		ld_ctype_lookup(b->set, 0, &r->owner, &t, &say);
	return fail(r, b->err, say.msg[0] ? say.msg : "this kernel has no such type or link");
}

/* Whether another rule that holds says something else of the same member. */
static bool is_said_otherwise(const struct binder *b, const struct ld_rule *r)
{
	const struct ld_rule *other;
	size_t i;

	for (i = 0; i < b->edges->nr; i++) {
		other = &b->edges->rules[i];
		if (b->ret->held[i] && other->owner.kind == r->owner.kind &&
		    same_span(other->owner.name, r->owner.name) &&
		    same_span(other->member, r->member))
			return true;
	}
	return false;
}

/* A rule that holds for none of the types of its name: is that an error? */
static int bind_none(struct binder *b, const struct ld_rule *r)
{
	const struct name *n = find_name(b, &r->owner);
	struct ld_err why = { 0 };
	struct ld_bound bound;
	size_t i;

	for (i = 0; n && i < n->nr; i++)
		if (bind_owner(b, r, n->refs[i], &bound, &why) < 0 && !is_said_otherwise(b, r))
			return fail(r, b->err, why.msg);
	return r->required ? not_there(b, r, n, &why) : 0;
}

/* Several types may have one name, and only one need be meant. */
static int bind_rule(struct binder *b, const struct ld_rule *r)
{
	const struct name *n = find_name(b, &r->owner);
	struct ld_bound bound;
	struct ld_err ignored;
	size_t i;

	for (i = 0; n && i < n->nr; i++) {
		if (bind_owner(b, r, n->refs[i], &bound, &ignored))
			continue;
		b->ret->held[r - b->edges->rules] = true;
		if (append(b, &bound))
			return -1;
	}
	return 0;
}

/* Variables are looked at when they are asked for. */
static int bind_variable(struct binder *b, const struct ld_rule *r)
{
	struct ld_bound bound = {
		.rule = r,
		.owner.id = LD_BTF_NONE,
		.member.id = LD_BTF_NONE,
	};
	struct ld_err why = { 0 };
	int rc = bind_type(b, &bound, &why);

	b->ret->held[r - b->edges->rules] = !rc;
	if (!rc)
		return append(b, &bound);
	return rc < 0 || r->required ? fail(r, b->err, why.msg) : 0;
}

static int compare_refs(struct ld_ref a, struct ld_ref b)
{
	if (a.btf != b.btf)
		return a.btf < b.btf ? -1 : 1;
	return a.id < b.id ? -1 : a.id > b.id;
}

static int compare_members(const struct ld_bound *a, const struct ld_bound *b)
{
	int order = compare_refs(a->owner, b->owner);

	if (order)
		return order;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return compare_refs(a->member, b->member);
}

static int compare(const void *pa, const void *pb)
{
	const struct ld_bound *a = pa, *b = pb;

	return compare_members(a, b) ?: a->rule < b->rule ? -1 : a->rule > b->rule;
}

/* Of the rules for one member, the last holds; a variable's are found by name. */
static void sort(struct ld_bindings *ret)
{
	size_t i, n = 0;

	if (ret->nr)
		qsort(ret->all, ret->nr, sizeof(*ret->all), compare);
	for (i = 0; i < ret->nr; i++) {
		if (n && ret->all[i].owner.id != LD_BTF_NONE &&
		    !compare_members(&ret->all[n - 1], &ret->all[i]))
			n--;
		ret->all[n++] = ret->all[i];
	}
	ret->nr = n;
}

void ld_edges_load(const struct ld_edges *edges, struct ld_btfs *set)
{
	struct ld_err ignored;
	struct ld_ctype t;
	size_t i;

	for (i = 0; edges && i < edges->nr; i++)
		if (edges->rules[i].required && edges->rules[i].owner.kind != LD_TEXPR_NAME)
			ld_ctype_lookup(set, 0, &edges->rules[i].owner, &t, &ignored);
}

int ld_edges_bind(const struct ld_edges *edges, struct ld_btfs *set, struct ld_bindings *ret,
		  struct ld_err *err)
{
	struct binder b = { .set = set, .edges = edges, .ret = ret, .err = err };
	const struct ld_rule *r;
	size_t i;
	int rc;

	memset(ret, 0, sizeof(*ret));
	if (!edges || !edges->nr)
		return 0;
	ret->held = calloc(edges->nr, sizeof(*ret->held));
	if (!ret->held)
		return out_of_memory(err);
	rc = collect_names(&b, edges) || find_types(&b) ? -1 : 0;
	for (r = edges->rules; !rc && r < edges->rules + edges->nr; r++)
		rc = r->owner.kind == LD_TEXPR_NAME ? bind_variable(&b, r) : bind_rule(&b, r);
	for (i = 0; !rc && i < edges->nr; i++)
		if (!ret->held[i] && edges->rules[i].owner.kind != LD_TEXPR_NAME)
			rc = bind_none(&b, &edges->rules[i]);
	for (i = 0; i < b.nr_names; i++)
		free(b.names[i].refs);
	free(b.names);
	sort(ret);
	return rc;
}

void ld_bindings_free(struct ld_bindings *bindings)
{
	free(bindings->all);
	free(bindings->held);
	memset(bindings, 0, sizeof(*bindings));
}

const struct ld_bound *ld_bindings_of(const struct ld_bindings *bindings, struct ld_ref owner,
				      size_t *nr)
{
	size_t low = 0, high = bindings->nr, middle, end;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare_refs(bindings->all[middle].owner, owner) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < bindings->nr; end++)
		if (compare_refs(bindings->all[end].owner, owner))
			break;
	*nr = end - low;
	return *nr ? &bindings->all[low] : NULL;
}

bool ld_bindings_variable(const struct ld_bindings *bindings, const struct ld_btfs *set,
			  const char *name, const struct ld_ctype *type, struct ld_bound *ret)
{
	const struct ld_ref none = { 0, LD_BTF_NONE };
	const struct ld_bound *found = NULL, *b;
	struct ld_err why;
	size_t i, nr;

	b = ld_bindings_of(bindings, none, &nr);
	for (i = 0; i < nr; i++)
		if (ld_span_is(b[i].rule->owner.name, name))
			found = &b[i];
	if (!found)
		return false;
	*ret = *found;
	return !ld_edges_fit(set, type, ret, &why) &&
	       (!ret->rule->link.len || !ld_edges_fit_link(set, ret, &why));
}
