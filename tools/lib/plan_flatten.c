// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "plan_flatten.h"

/* Kernel types nest about ten deep, and a plan of all of a kernel looks at 35,000 members. */
#define MAX_NESTING	64
#define MAX_STEPS	(4UL << 20)

static int step(struct ld_flatten *f)
{
	if (f->types->steps++ < MAX_STEPS)
		return 0;
	errno = E2BIG;
	return -1;
}

static struct ld_plan_edge *new_edge(struct ld_plan_types *types)
{
	void *p;

	if (types->nr_edges == LIVEDUMP_MAX_EDGES) {
		errno = E2BIG;
		return NULL;
	}
	p = ld_array_room(types->edges, types->nr_edges, &types->edges_room,
			  sizeof(*types->edges));
	if (!p)
		return NULL;
	types->edges = p;
	return &types->edges[types->nr_edges++];
}

/* Offsets are checked here, once: an object of malformed BTF may end before its members do. */
int ld_flatten_edge(struct ld_flatten *f, __u64 offset, const struct livedump_edge *edge,
		    const struct ld_ctype *to)
{
	struct livedump_edge e = *edge;
	struct ld_plan_edge *new;
	__u64 size;
	int type;

	if (f->size < LD_POINTER_SIZE || offset > f->size - LD_POINTER_SIZE)
		return 0;
	if (to) {
		if (!ld_ctype_size(f->types->set, to, &size) || !size ||
		    !ld_filter_passes(f->types->filter, f->types->set, to))
			return 0;
		type = ld_plan_type(f->types, to, f->level + 1);
		if (type < 0)
			return -1;
		e.type = type;
	}
	new = new_edge(f->types);
	if (!new)
		return -1;
	e.offset = offset;
	new->edge = e;
	new->path = f->path;
	return 0;
}

static int pointer_to_type(struct ld_flatten *f, __u64 offset, __u16 kind,
			   const struct ld_ctype *t)
{
	struct livedump_edge e = {
		.kind = kind,
		.count = 1,
	};

	return ld_flatten_edge(f, offset, &e, t);
}

/* To text, or to memory of unknown type: nothing to follow for each CPU. */
static int pointer_to_bytes(struct ld_flatten *f, __u64 offset, __u16 pointer, __u16 kind,
			    const struct ld_ctype *t)
{
	struct livedump_edge e = {
		.kind = kind,
		.count = 1,
		.arg = kind == LIVEDUMP_EDGE_STRING ? LD_PLAN_STRING : LD_PLAN_BYTES,
	};

	if (pointer != LIVEDUMP_EDGE_POINTER ||
	    !ld_filter_passes(f->types->filter, f->types->set, t))
		return 0;
	return ld_flatten_edge(f, offset, &e, NULL);
}

static bool find_definition(struct ld_btfs *set, struct ld_ref *ref, const struct btf_type *fwd)
{
	const char *name = ld_btf_str(set, ref->btf, fwd->name_off);
	__u32 kind = LD_KIND(btf_kflag(fwd) ? BTF_KIND_UNION : BTF_KIND_STRUCT);
	__u32 i, from = ref->btf;

	for (i = 0; i < ld_btfs_nr(set); i++)
		if (i != from && ld_btf_find(set, i, kind, name, ref))
			return true;
	return false;
}

/* A type that is only declared here may be defined in another BTF of the request. */
static int pointer_to_declared(struct ld_flatten *f, __u64 offset, __u16 kind,
			       const struct ld_ctype *declared)
{
	struct ld_ref ref = declared->ref;
	__u32 *known = &f->types->map[ref.btf][ref.id];
	struct ld_ctype t;

	/* The search reads all names of a BTF, and one declaration has many users. */
	if (!*known &&
	    !find_definition(f->types->set, &ref, ld_btf_type(f->types->set, declared->ref)))
		*known = LD_PLAN_NOWHERE;
	if (*known == LD_PLAN_NOWHERE)
		return pointer_to_bytes(f, offset, kind, LIVEDUMP_EDGE_OBJECT, declared);
	t = *known ? f->types->all[*known - 1].type : ld_ctype_plain(ref);
	if (pointer_to_type(f, offset, kind, &t))
		return -1;
	if (!*known)
		*known = f->types->map[ref.btf][ref.id];
	return 0;
}

/* Only "char" is text: u8 is how the kernel says bytes. */
static bool is_text(const struct ld_btfs *set, struct ld_ref ref, const struct btf_type *bt)
{
	return !strcmp(ld_btf_str(set, ref.btf, bt->name_off), "char");
}

/* What the pointer at @offset leads to, by the type it points to. */
static int flatten_pointer(struct ld_flatten *f, __u64 offset, __u16 kind, struct ld_ctype t)
{
	struct ld_btfs *set = f->types->set;
	const struct btf_type *bt;

	if (t.ptrs || t.nr_dims)
		return pointer_to_type(f, offset, kind, &t);
	t.ref = ld_btf_skip(set, t.ref, NULL);
	bt = ld_btf_type(set, t.ref);
	if (!bt)
		return 0;
	switch (btf_kind(bt)) {
	case BTF_KIND_UNKN:
		return pointer_to_bytes(f, offset, kind, LIVEDUMP_EDGE_OBJECT, &t);
	case BTF_KIND_FWD:
		return pointer_to_declared(f, offset, kind, &t);
	case BTF_KIND_INT:
		if (bt->size != 1 || btf_int_encoding(bt) & BTF_INT_BOOL ||
		    kind != LIVEDUMP_EDGE_POINTER)
			break;
		return pointer_to_bytes(f, offset, kind, is_text(set, t.ref, bt) ?
					LIVEDUMP_EDGE_STRING : LIVEDUMP_EDGE_BYTES, &t);
	}
	return pointer_to_type(f, offset, kind, &t);
}

int ld_flatten_repeat(struct ld_flatten *f, size_t index, __u64 n, __u64 size)
{
	struct ld_plan_edge from = f->types->edges[index], *new;
	struct livedump_edge *e = &from.edge;
	__u64 step_by = size, copies = n, i;

	if (e->kind == LIVEDUMP_EDGE_ARRAY) {
		/* Each has a length of its own. */
		copies = n;
	} else if (e->count > 1 && e->stride * (__u64)e->count == size) {
		f->types->edges[index].edge.count = e->count * n;
		return 0;
	}
	if (e->kind != LIVEDUMP_EDGE_ARRAY && (e->count == 1 || e->count < n)) {
		/* Write the inner array out: each of its pointers gets the outer one's count. */
		step_by = e->stride;
		copies = e->count;
		e->count = n;
		e->stride = size;
	}
	for (i = 0; i < copies; i++) {
		if (step(f))
			return -1;
		new = i ? new_edge(f->types) : &f->types->edges[index];
		if (!new)
			return -1;
		*new = from;
		new->edge.offset += i * step_by;
		if (e->kind == LIVEDUMP_EDGE_ARRAY)
			new->edge.arg += i * step_by;
	}
	return 0;
}

static int flatten_array(struct ld_flatten *f, const struct ld_ctype *element, __u64 n, __u64 base)
{
	size_t begin = f->types->nr_edges, end, i;
	__u64 size;

	if (!n || !ld_ctype_size(f->types->set, element, &size) || size < LD_POINTER_SIZE)
		return 0;
	/* No more of them than the object has room for. */
	if (base >= f->size)
		return 0;
	if (n > (f->size - base) / size)
		n = (f->size - base) / size;
	if (!n || ld_flatten_type(f, element, base))
		return n ? -1 : 0;
	end = f->types->nr_edges;
	for (i = begin; n > 1 && i < end; i++)
		if (ld_flatten_repeat(f, i, n, size))
			return -1;
	return 0;
}

/* What is said of a member, from outside in: the longest path knows best. */
static const struct ld_bound *find_rule(const struct ld_flatten *f, struct ld_ref member,
					__u64 offset)
{
	const struct ld_bound *found = NULL;
	const struct ld_cover *c;
	size_t i;

	for (c = f->covers; c; c = c->outer)
		for (i = 0; i < c->nr; i++)
			if (c->base + c->rules[i].offset == offset &&
			    c->rules[i].member.id == member.id &&
			    c->rules[i].member.btf == member.btf)
				found = &c->rules[i];
	return found;
}

/* One step further, into a member; only what has edges behind it stays in the list. */
static int enter_member(struct ld_flatten *f, __u32 btf, __u32 name_off)
{
	struct ld_plan_types *types = f->types;
	void *p = ld_array_room(types->paths, types->nr_paths, &types->paths_room,
				sizeof(*types->paths));

	if (!p)
		return -1;
	types->paths = p;
	types->paths[types->nr_paths] = (struct ld_plan_path){ f->path, btf, name_off };
	f->path = types->nr_paths++;
	return 0;
}

static int flatten_member(struct ld_flatten *f, const struct ld_ctype *t, __u32 name_off,
			  __u64 base)
{
	const size_t paths = f->types->nr_paths, edges = f->types->nr_edges;
	const struct ld_bound *rule = find_rule(f, t->ref, base);
	const __u32 path = f->path;
	int rc;

	if (*ld_btf_str(f->types->set, t->ref.btf, name_off) &&
	    enter_member(f, t->ref.btf, name_off))
		return -1;
	rc = rule ? ld_flatten_rule(f, rule, t, base) : ld_flatten_type(f, t, base);
	f->path = path;
	if (f->types->nr_edges == edges)
		f->types->nr_paths = paths;
	return rc;
}

static int flatten_members(struct ld_flatten *f, struct ld_ref ref, const struct btf_type *t,
			   __u64 base)
{
	const struct btf_member *m = btf_members(t);
	struct ld_ctype inner;
	__u32 i, bits;

	inner = ld_ctype_plain(ref);
	for (i = 0; i < btf_vlen(t); i++) {
		if (step(f))
			return -1;
		bits = btf_member_bit_offset(t, i);
		if (btf_member_bitfield_size(t, i) || bits % 8)
			continue;
		inner.ref.id = m[i].type;
		if (flatten_member(f, &inner, m[i].name_off, base + bits / 8))
			return -1;
	}
	return 0;
}

static int flatten_composite(struct ld_flatten *f, struct ld_ref ref, __u64 base)
{
	struct ld_cover cover = { .base = base, .outer = f->covers };
	const struct ld_cover *outer = f->covers;
	const bool plain = f->plain;
	size_t i;
	int rc;

	cover.rules = ld_bindings_of(&f->types->bindings, ref, &cover.nr);
	for (i = 0; i < cover.nr && !plain; i++)
		if (cover.rules[i].member.id == LD_BTF_NONE &&
		    cover.rules[i].rule->kind == LD_RULE_OPAQUE)
			return 0;
	if (cover.nr)
		f->covers = &cover;
	f->plain = false;
	rc = flatten_members(f, ref, ld_btf_type(f->types->set, ref), base);
	f->covers = outer;
	f->plain = plain;
	return rc;
}

int ld_flatten_type(struct ld_flatten *f, const struct ld_ctype *t, __u64 base)
{
	struct ld_ctype inner = *t;
	const struct btf_type *bt;
	__u32 tags = 0;
	int rc = 0;
	__u64 n;

	if (f->nesting == MAX_NESTING)
		return 0;
	f->nesting++;
	if (ld_ctype_element(f->types->set, &inner, &n)) {
		rc = flatten_array(f, &inner, n, base);
	} else if (ld_ctype_deref(f->types->set, &inner, &tags)) {
		if (!(tags & LD_TAG_USER))
			rc = flatten_pointer(f, base, tags & LD_TAG_PERCPU ?
					     LIVEDUMP_EDGE_PERCPU : LIVEDUMP_EDGE_POINTER, inner);
	} else {
		inner.ref = ld_btf_skip(f->types->set, t->ref, NULL);
		bt = ld_btf_type(f->types->set, inner.ref);
		if (bt && btf_is_composite(bt))
			rc = flatten_composite(f, inner.ref, base);
	}
	f->nesting--;
	return rc;
}

/* An array of malformed BTF may reach past its object. */
static bool is_valid(const struct livedump_edge *e, const struct livedump_type *t)
{
	__u64 span = (__u64)(e->count - 1) * e->stride + LD_POINTER_SIZE;
	__u64 start = 0, end = t->size;

	if (e->flags & LIVEDUMP_EDGE_FLEX) {
		start = t->flex_start;
		end = start + t->flex_size;
	}
	return e->offset >= start && e->offset + span <= end;
}

int ld_plan_flatten(struct ld_plan_types *types, size_t index)
{
	/* The list of types may move while it grows. */
	const struct ld_plan_type self = types->all[index];
	struct ld_flatten f = {
		.types = types,
		.self = self.type,
		.out = self.out,
		.size = self.out.size,
		.level = self.level,
		.path = LD_PLAN_NO_PATH,
	};
	size_t i, n = 0;

	if (self.variable ? ld_flatten_rule(&f, self.variable, &self.type, 0) :
			    ld_flatten_type(&f, &self.type, 0))
		return -1;
	types->all[index].out = f.out;
	for (i = 0; i < types->nr_edges; i++)
		if (is_valid(&types->edges[i].edge, &f.out))
			types->edges[n++] = types->edges[i];
	types->nr_edges = n;
	return 0;
}
