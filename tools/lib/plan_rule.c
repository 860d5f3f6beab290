// SPDX-License-Identifier: GPL-2.0
/* Edges that a rule gives, where the type of a member does not say where it leads. */
#include "plan_flatten.h"

/* A pointer to as many objects as a number next to it says. */
static int add_counted(struct ld_flatten *f, const struct ld_bound *b, __u64 base)
{
	struct livedump_edge e = {
		.kind = LIVEDUMP_EDGE_ARRAY,
		.count = 1,
		.stride = b->width,
	};
	__u64 length = base - b->offset + b->link;

	/* An element of a flexible array cannot say where its own number is. */
	if (b->nr != 1 || f->flexible || length + b->width > f->out.size || base >= f->out.size)
		return 0;
	e.arg = length;
	return ld_flatten_edge(f, base, &e, &b->type);
}

/* Each head has a link of its own. */
static int add_pairs(struct ld_flatten *f, const struct ld_bound *b, __u64 offset,
		     struct livedump_edge e)
{
	__u64 i;

	for (i = 0; i < b->nr; i++) {
		if (ld_flatten_edge(f, offset + i * b->stride, &e, &b->type))
			return -1;
		e.arg += b->link_stride;
	}
	return 0;
}

/* Members of malformed BTF may lie outside of what they are members of. */
static bool is_sound(const struct ld_flatten *f, const struct ld_bound *b)
{
	__u64 last = b->nr_links * b->link_stride, size;

	if (!b->rule->link.len)
		return true;
	if (b->rule->kind == LD_RULE_CHAIN && (!ld_ctype_size(f->types->set, &b->type, &size) ||
					       b->link + LD_POINTER_SIZE > size))
		return false;
	return b->link < LIVEDUMP_MAX_OBJECT_SIZE && last < LIVEDUMP_MAX_OBJECT_SIZE - b->link;
}

static int add_edges(struct ld_flatten *f, const struct ld_bound *b, __u64 base)
{
	const size_t nr = f->types->nr_edges;
	struct livedump_edge e = {
		.kind = ld_edges_kind(b->rule->kind),
		.count = 1,
	};
	bool bytes = e.kind == LIVEDUMP_EDGE_STRING || e.kind == LIVEDUMP_EDGE_BYTES;
	__u64 n = b->nr;

	if (!is_sound(f, b) || base >= f->size ||
	    (bytes && !ld_filter_passes(f->types->filter, f->types->set, &b->type)))
		return 0;
	if (bytes)
		e.arg = e.kind == LIVEDUMP_EDGE_STRING ? LD_PLAN_STRING : b->rule->number;
	else if (b->rule->link.len)
		e.arg = b->link;
	if (b->nr_links > 1)
		return add_pairs(f, b, base + b->head, e);
	if (ld_flatten_edge(f, base + b->head, &e, bytes ? NULL : &b->type))
		return -1;
	/* No more of them than the object has room for. */
	if (n > (f->size - base) / b->stride)
		n = (f->size - base) / b->stride;
	if (n < 2 || f->types->nr_edges == nr)
		return 0;
	return ld_flatten_repeat(f, nr, n, b->stride);
}

/* An edge in an element of a flexible array stands for one pointer: write arrays out. */
static int mark_flexible(struct ld_flatten *f, size_t index)
{
	struct ld_plan_edge *from = &f->types->edges[index];
	struct livedump_edge e = from->edge;
	__u32 count = e.count;
	const __u32 path = f->path;

	e.flags |= LIVEDUMP_EDGE_FLEX;
	e.count = 1;
	e.stride = 0;
	f->path = from->path;
	while (--count) {
		if (ld_flatten_edge(f, from->edge.offset + (__u64)count * from->edge.stride, &e,
				    NULL))
			return -1;
		from = &f->types->edges[index];
	}
	e.offset = from->edge.offset;
	from->edge = e;
	f->path = path;
	return 0;
}

static bool is_self(const struct ld_flatten *f, struct ld_ref ref)
{
	return !f->self.ptrs && !f->self.nr_dims && f->self.ref.btf == ref.btf &&
	       f->self.ref.id == ref.id;
}

/* Only the end of an object can go on behind it: embedded in another, it is what it is. */
static int add_flexible(struct ld_flatten *f, const struct ld_bound *b, const struct ld_ctype *t,
			__u64 base)
{
	const size_t begin = f->types->nr_edges;
	const __u64 size = f->size;
	size_t i, end;

	if (!f->out.flex_size || !is_self(f, b->owner) || base != f->out.flex_start)
		return ld_flatten_type(f, t, base);
	f->size = base + f->out.flex_size;
	f->flexible = true;
	if (ld_flatten_type(f, &b->type, base))
		return -1;
	f->flexible = false;
	end = f->types->nr_edges;
	for (i = begin; i < end; i++)
		if (mark_flexible(f, i))
			return -1;
	f->size = size;
	return 0;
}

void ld_plan_flexible(const struct ld_plan_types *types, struct ld_plan_type *type)
{
	const struct ld_bound *b;
	__u64 element;
	size_t i, nr;

	if (type->type.ptrs || type->type.nr_dims)
		return;
	b = ld_bindings_of(&types->bindings, type->type.ref, &nr);
	for (i = 0; i < nr; i++, b++) {
		if (b->rule->kind != LD_RULE_FLEX || b->offset > type->out.size ||
		    b->link + b->width > type->out.size ||
		    !ld_ctype_size(types->set, &b->type, &element) ||
		    element > LIVEDUMP_MAX_OBJECT_SIZE)
			continue;
		type->out.flex_start = b->offset;
		type->out.flex_size = element;
		type->out.flex_count = b->link;
		type->out.flex_width = b->width;
		type->out.flex_more = b->rule->number;
	}
}

int ld_flatten_rule(struct ld_flatten *f, const struct ld_bound *b, const struct ld_ctype *t,
		    __u64 base)
{
	int rc;

	switch (b->rule->kind) {
	case LD_RULE_OPAQUE:
		return 0;
	case LD_RULE_PLAIN:
		f->plain = true;
		rc = ld_flatten_type(f, t, base);
		f->plain = false;
		return rc;
	case LD_RULE_FLEX:
		return add_flexible(f, b, t, base);
	case LD_RULE_ARRAY:
		return b->rule->link.len ? add_counted(f, b, base) : add_edges(f, b, base);
	default:
		return add_edges(f, b, base);
	}
}
