// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "resolver_path.h"

/* One walk along a path. */
struct walk {
	struct ld_resolver *r;
	struct ld_btfs *set;
	const struct ld_target *t;
	struct ld_place *p;
	const char *behind;	/* a cast of the result of the steps: no part of their names */
	struct ld_err *err;
};

static int fail_at(struct walk *w, const struct ld_step *step, const char *msg, enum ld_exit code)
{
	struct ld_lex lex = { .text = w->t->text, .err = w->err };

	ld_lex_fail(&lex, step->at, "%s", msg);
	w->err->code = code;
	return -1;
}

static __u64 *offset(struct ld_place *p)
{
	return &p->offset[p->nr_path];
}

static bool is_array(struct walk *w, const struct ld_ctype *type)
{
	struct ld_ctype element = *type;
	__u64 nr;

	return ld_ctype_element(w->set, &element, &nr);
}

static bool is_pointer(struct walk *w, const struct ld_ctype *type)
{
	struct ld_ctype to = *type;

	return ld_ctype_deref(w->set, &to, NULL);
}

static const char *type_name(struct walk *w, char *buf, size_t size)
{
	return ld_ctype_name(w->set, &w->p->type, buf, size);
}

/* The type of a symbol is looked for when a step needs it: a cast does not. */
static int need_type(struct walk *w)
{
	if (w->p->typed)
		return 0;
	if (ld_resolver_type(w->r, w->p->symbol, &w->p->type, w->err))
		return -1;
	w->p->typed = true;
	return 0;
}

/* Go where the pointer leads that was come to; it is one. */
static int hop(struct walk *w, const struct ld_step *step)
{
	const char *from = step->from < w->behind ? w->behind : step->from;
	struct ld_place *p = w->p;
	char msg[100];
	__u32 tags = 0;

	ld_ctype_deref(w->set, &p->type, &tags);
	if (tags)
		return fail_at(w, step, tags & LD_TAG_PERCPU ?
			       "this pointer is a per-CPU one: it leads to no address of its own" :
			       "this pointer leads to user space", LD_EXIT_USAGE);
	if (p->nr_path == LIVEDUMP_MAX_PATH) {
		snprintf(msg, sizeof(msg), "more than %d pointers in a path", LIVEDUMP_MAX_PATH);
		return fail_at(w, step, msg, LD_EXIT_USAGE);
	}
	p->hops[p->nr_path].from = from - w->t->text;
	p->hops[p->nr_path].len = step->to - from;
	p->offset[++p->nr_path] = 0;
	p->by_pointer = false;
	ld_ctype_complete(w->set, &p->type);
	return 0;
}

static int member(struct walk *w, const struct ld_step *step)
{
	struct ld_err why;

	w->p->by_pointer = false;
	w->p->is_part = true;
	if (ld_ctype_member(w->set, &w->p->type, step->name, offset(w->p), &why))
		return fail_at(w, step, why.msg, why.code);
	return 0;
}

static int arrow(struct walk *w, const struct ld_step *step)
{
	char msg[700], type[200];

	if (is_pointer(w, &w->p->type)) {
		if (hop(w, step))
			return -1;
	} else if (!w->p->by_pointer) {
		if (is_array(w, &w->p->type))
			return fail_at(w, step,
				       "'->' is asked of an array: choose an element with [N] first",
				       LD_EXIT_USAGE);
		snprintf(msg, sizeof(msg), "'->' is asked of '%s', which is no pointer: write '.'",
			 type_name(w, type, sizeof(type)));
		return fail_at(w, step, msg, LD_EXIT_USAGE);
	}
	return member(w, step);
}

static int deref(struct walk *w, const struct ld_step *step)
{
	char msg[300], type[200];

	if (w->p->by_pointer) {
		w->p->by_pointer = false;
		return 0;
	}
	if (is_pointer(w, &w->p->type))
		return hop(w, step);
	snprintf(msg, sizeof(msg), "'*' is asked of '%s', which is no pointer",
		 type_name(w, type, sizeof(type)));
	return fail_at(w, step, msg, LD_EXIT_USAGE);
}

/* Elements behind a pointer, whose number nobody knows. */
static int pointed_to(struct walk *w, const struct ld_step *step)
{
	struct ld_place *p = w->p;
	char msg[300], type[200];
	__u64 size, skip;

	if (is_pointer(w, &p->type) && !p->by_pointer && hop(w, step))
		return -1;
	p->by_pointer = false;
	if (!ld_ctype_size(w->set, &p->type, &size) || !size) {
		snprintf(msg, sizeof(msg), "'%s' has no size: cast the pointer first",
			 type_name(w, type, sizeof(type)));
		return fail_at(w, step, msg, LD_EXIT_USAGE);
	}
	if (__builtin_mul_overflow(size, step->nr, &skip) ||
	    __builtin_add_overflow(*offset(p), skip, offset(p)))
		return fail_at(w, step, "the index is too large", LD_EXIT_USAGE);
	return 0;
}

static bool has_elements_behind(struct walk *w)
{
	if (is_array(w, &w->p->type))
		return false;
	return is_pointer(w, &w->p->type) ||
	       (w->p->by_pointer && w->t->kind == LD_TARGET_ADDRESS);
}

static int element(struct walk *w, const struct ld_step *step)
{
	struct ld_err why;

	w->p->is_part = true;
	if (has_elements_behind(w))
		return pointed_to(w, step);
	if (ld_ctype_index(w->set, &w->p->type, step->nr, offset(w->p), &why))
		return fail_at(w, step, why.msg, why.code);
	w->p->by_pointer = false;
	return 0;
}

/* The array of elements @step->nr up to, not including, @end, of which the first was come to. */
static int make_slice(struct walk *w, const struct ld_step *step, __u64 end)
{
	struct ld_ctype *type = &w->p->type;
	__u64 nr = end - step->nr;

	if (nr > 0xffffffffU)
		return fail_at(w, step, "the slice is too long", LD_EXIT_USAGE);
	if (type->nr_dims == LD_TYPE_DIMS)
		return fail_at(w, step, "too many array dimensions", LD_EXIT_USAGE);
	memmove(type->dims + 1, type->dims, type->nr_dims * sizeof(type->dims[0]));
	type->nr_dims++;
	type->dims[0] = nr;
	return 0;
}

/* How many elements there are, asked of the kernel. */
static int ask_count(struct walk *w, const struct ld_step *step, __u64 *ret)
{
	char text[400], msg[700];
	struct ld_err why;
	__u64 value;

	ld_span_copy(step->count, text, sizeof(text));
	if (ld_resolver_number(w->r, text, &value, &why)) {
		snprintf(msg, sizeof(msg), "%.600s", why.msg);
		msg[strcspn(msg, "\n")] = '\0';
		return fail_at(w, step, msg, why.code);
	}
	if (step->shift && value > 40)
		return fail_at(w, step, "the number that the kernel has there is no size",
			       LD_EXIT_FAILED);
	*ret = step->shift ? 1ULL << value : value;
	if (*ret > step->nr)
		return 0;
	return fail_at(w, step, "by the number that the kernel has there, there is no element",
		       LD_EXIT_FAILED);
}

static int choose_several(struct walk *w, const struct ld_step *step)
{
	struct ld_ctype inner = w->p->type;
	__u64 nr = 0, end = step->end;
	char msg[200];

	if (!ld_ctype_element(w->set, &inner, &nr))
		nr = 0;
	if (!step->has_end && !nr)
		return fail_at(w, step, "how many there are is not known: write [A:B]",
			       LD_EXIT_USAGE);
	if (!step->has_end)
		end = nr;
	if (step->count.len && ask_count(w, step, &end))
		return -1;
	if (nr && (end > nr || step->nr >= end)) {
		snprintf(msg, sizeof(msg), "the slice is out of range: the array has %llu elements",
			 nr);
		return fail_at(w, step, msg, LD_EXIT_USAGE);
	}
	return element(w, step) || make_slice(w, step, end) ? -1 : 0;
}

/* ``(T *)ADDR`` is the T there; ``(T[n])ADDR`` is taken the same way, arrays being pointers. */
static int cast_address(struct walk *w, const struct ld_step *step)
{
	struct ld_place *p = w->p;

	p->typed = true;
	p->by_pointer = !is_array(w, &p->type);
	if (!p->by_pointer || ld_ctype_deref(w->set, &p->type, NULL)) {
		ld_ctype_complete(w->set, &p->type);
		return 0;
	}
	return ld_fail(w->err, LD_EXIT_USAGE,
		       "an address takes a pointer type: write '(%.*s *)0x...'",
		       (int)(step->cast.name.s + step->cast.name.len - step->at), step->at);
}

/* A pointer is read from eight bytes. */
static int check_cast(struct walk *w, const struct ld_step *step, const struct ld_ctype *to)
{
	char msg[400], type[200];
	__u64 size;

	if (!w->p->typed || !is_pointer(w, to) || w->p->by_pointer)
		return 0;
	if (is_array(w, &w->p->type))
		return fail_at(w, step, "an array is no pointer: choose an element with [N] first",
			       LD_EXIT_USAGE);
	if (!ld_ctype_size(w->set, &w->p->type, &size) || size >= LD_POINTER_SIZE)
		return 0;
	snprintf(msg, sizeof(msg), "'%s' has %llu bytes: too few for a pointer",
		 type_name(w, type, sizeof(type)), size);
	return fail_at(w, step, msg, LD_EXIT_USAGE);
}

static int cast(struct walk *w, const struct ld_step *step, const struct ld_ctype *to)
{
	struct ld_place *p = w->p;

	if (!p->typed && w->t->kind == LD_TARGET_ADDRESS) {
		p->type = *to;
		return cast_address(w, step);
	}
	if (!p->is_part && (w->t->kind == LD_TARGET_PID || w->t->kind == LD_TARGET_MODULE))
		return fail_at(w, step, w->t->kind == LD_TARGET_PID ?
			       "'pid:N' has its type already" :
			       "'module:NAME' has its type already", LD_EXIT_USAGE);
	if (check_cast(w, step, to))
		return -1;
	p->type = *to;
	p->typed = true;
	/* of a pointer that is no object to another one */
	if (p->by_pointer && !ld_ctype_deref(w->set, &p->type, NULL))
		p->by_pointer = false;
	ld_ctype_complete(w->set, &p->type);
	return 0;
}

static int walk_steps(struct walk *w, unsigned int from, unsigned int to);

/* C has no cast to a structure: that one says what the thing right behind it is. */
static bool is_tight(struct walk *w, const struct ld_ctype *type)
{
	const struct btf_type *bt;

	if (is_array(w, type))
		return true;
	if (type->ptrs)
		return false;
	bt = ld_btf_type(w->set, ld_btf_skip(w->set, type->ref, NULL));
	return bt && btf_is_composite(bt);
}

static int walk_cast(struct walk *w, unsigned int i)
{
	const struct ld_step *step = &w->t->steps[i];
	bool loose = w->p->typed || w->t->kind != LD_TARGET_ADDRESS;
	const char *behind = w->behind;
	struct ld_ctype to;
	int rc;

	if (ld_ctype_lookup(w->set, w->p->btf, &step->cast, &to, w->err))
		return -1;
	if (!loose || is_tight(w, &to))
		return cast(w, step, &to) || walk_steps(w, i + 1, step->reach) ? -1 : 0;
	w->behind = step->from;
	rc = walk_steps(w, i + 1, step->reach);
	w->behind = behind;
	return rc ?: cast(w, step, &to);
}

static int walk_step(struct walk *w, const struct ld_step *step)
{
	if (need_type(w))
		return -1;
	switch (step->kind) {
	case LD_STEP_MEMBER:
		return member(w, step);
	case LD_STEP_ARROW:
		return arrow(w, step);
	case LD_STEP_INDEX:
		return element(w, step);
	case LD_STEP_SLICE:
		return choose_several(w, step);
	default:
		return deref(w, step);
	}
}

static int walk_steps(struct walk *w, unsigned int from, unsigned int to)
{
	const struct ld_step *step;
	unsigned int i;

	for (i = from; i < to; ) {
		step = &w->t->steps[i];
		if (step->kind == LD_STEP_CAST ? walk_cast(w, i) : walk_step(w, step))
			return -1;
		i = step->kind == LD_STEP_CAST ? step->reach : i + 1;
	}
	return 0;
}

int ld_resolver_walk(struct ld_resolver *r, const struct ld_target *t, struct ld_place *p,
		     struct ld_err *err)
{
	struct walk w = {
		.r = r, .set = ld_resolver_btfs(r, err), .t = t, .p = p, .behind = t->text,
		.err = err,
	};

	if (!w.set || walk_steps(&w, 0, t->nr_steps))
		return -1;
	return need_type(&w);
}

int ld_resolver_place(const struct ld_place *p, struct livedump_root *root, struct ld_err *err)
{
	unsigned int i;

	for (i = 0; i <= p->nr_path; i++) {
		if (i && p->offset[i] > UINT_MAX)
			return ld_fail(err, LD_EXIT_USAGE,
				       "it lies 0x%llx bytes behind a pointer: more than 4 GiB",
				       p->offset[i]);
		if (i)
			root->path[i - 1] = p->offset[i];
	}
	root->nr_path = p->nr_path;
	if (root->kind != LIVEDUMP_ROOT_TASK) {
		root->address = p->offset[0];
		return 0;
	}
	if (p->offset[0] > UINT_MAX)
		return ld_fail(err, LD_EXIT_USAGE, "it lies more than 4 GiB behind the task");
	root->offset = p->offset[0];
	root->flags = p->is_part ? LIVEDUMP_ROOT_PART : 0;
	return 0;
}
