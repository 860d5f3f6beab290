// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "heads.h"
#include "resolver_container.h"

struct search {
	struct ld_btfs *set;
	const struct ld_target *t;
	struct ld_err *err;
};

static int fail_at(struct search *s, const char *at, enum ld_exit code, const char *msg)
{
	struct ld_lex lex = { .text = s->t->text, .err = s->err };

	ld_lex_fail(&lex, at, "%s", msg);
	s->err->code = code;
	return -1;
}

/* The container whose head is of this type; its word is @word, or any. */
static const struct ld_head *find(struct search *s, const struct ld_ctype *type,
				  const struct ld_span *word)
{
	const struct ld_head *h;

	for (h = ld_heads; h->word; h++)
		if ((!word || ld_head_fits(h, *word)) && ld_ctype_is_struct(s->set, type, h->type))
			return h;
	return NULL;
}

static void describe(struct search *s, const struct ld_ctype *type, char *buf, size_t size)
{
	struct ld_ctype element = *type;
	char name[200];
	__u64 nr;

	if (!ld_ctype_element(s->set, &element, &nr)) {
		ld_ctype_name(s->set, type, name, sizeof(name));
		snprintf(buf, size, "'%s'", name);
		return;
	}
	ld_ctype_name(s->set, &element, name, sizeof(name));
	snprintf(buf, size, "an array of '%s'", name);
}

/* What would have been right, if that can be told. */
static void instead(struct search *s, const struct ld_ctype *type, char *buf, size_t size)
{
	const struct ld_head *c = find(s, type, NULL);
	struct ld_ctype inner = *type;
	__u64 nr;

	buf[0] = '\0';
	if (c) {
		snprintf(buf, size, "; write %s(...)", c->word);
	} else if (ld_ctype_deref(s->set, &inner, NULL)) {
		if (find(s, &inner, &s->t->container.word))
			snprintf(buf, size, "; write '*' in front of it");
	} else if (ld_ctype_element(s->set, &inner, &nr)) {
		c = find(s, &inner, NULL);
		if (c)
			snprintf(buf, size, "; choose an element with [N]%s",
				 c->in_hash ? ", or write hash(...)" : "");
	}
}

static int wrong_head(struct search *s, const struct ld_ctype *type)
{
	const struct ld_span *word = &s->t->container.word;
	char what[250], heads[120] = "", next[100], msg[600];
	const struct ld_head *c;
	size_t len = 0;

	describe(s, type, what, sizeof(what));
	instead(s, type, next, sizeof(next));
	for (c = ld_heads; c->word && len < sizeof(heads); c++)
		if (ld_head_fits(c, *word))
			len += snprintf(heads + len, sizeof(heads) - len, "%s%s", len ? ", " : "",
					c->type);
	snprintf(msg, sizeof(msg), "%.*s(...) takes %s%s; this is %s%s", (int)word->len, word->s,
		 ld_span_is(*word, "hash") ? "an array of heads: " : "a head: struct ", heads,
		 what, next);
	return fail_at(s, s->t->at, LD_EXIT_USAGE, msg);
}

/* The path @text of a struct that the kernel calls its own; caught if it has changed. */
static int step_into(struct search *s, struct ld_ctype *type, const char *text, __u64 *offset)
{
	struct ld_span path = { text, strlen(text) };

	return ld_ctype_path(s->set, type, path, offset, s->err);
}

static int find_head(struct search *s, const struct ld_ctype *type, const struct ld_head **ret,
		     struct livedump_edge *edge)
{
	bool hash = ld_span_is(s->t->container.word, "hash");
	struct ld_ctype head = *type;
	__u64 nr = 1, size, offset = 0;

	if (!hash || ld_ctype_element(s->set, &head, &nr))
		*ret = find(s, &head, &s->t->container.word);
	if (!*ret) {
		wrong_head(s, type);
		return -1;
	}
	if (!nr)
		return fail_at(s, s->t->at, LD_EXIT_USAGE,
			       "how many heads the array has is not known: write HEAD[0:N]");
	if (nr > 1) {
		ld_ctype_size(s->set, &head, &size);
		edge->stride = size;
	}
	if (nr > LIVEDUMP_MAX_OBJECT_SIZE)
		return fail_at(s, s->t->at, LD_EXIT_USAGE,
			       "the array has more heads than one object may: write HEAD[0:N]");
	edge->count = nr;
	edge->kind = (*ret)->edge;
	edge->flags = LIVEDUMP_EDGE_STEP;
	if (step_into(s, &head, (*ret)->pointer, &offset))
		return -1;
	edge->offset = offset;
	return 0;
}

static int walk_members(struct search *s, struct ld_ctype *type, __u64 *offset)
{
	const struct ld_container *c = &s->t->container;
	const struct ld_step *step;
	struct ld_err why;
	unsigned int i;
	int rc;

	for (i = 0; i < c->nr_members; i++) {
		step = &c->members[i];
		rc = step->kind == LD_STEP_INDEX ?
			ld_ctype_index(s->set, type, step->nr, offset, &why) :
			ld_ctype_member(s->set, type, step->name, offset, &why);
		if (rc)
			return fail_at(s, step->at, why.code, why.msg);
	}
	return 0;
}

static int find_link(struct search *s, const struct ld_head *c, struct ld_ctype type,
		     struct livedump_edge *edge)
{
	const struct ld_container *written = &s->t->container;
	char what[250], msg[400];
	__u64 offset = 0;

	if (!written->nr_members && c->link) {
		snprintf(msg, sizeof(msg),
			 "%s(...) needs the member of '%.*s' that holds the link, a struct %s: %s(HEAD, TYPE, MEMBER)",
			 c->word, (int)written->type.name.len, written->type.name.s, c->link,
			 c->word);
		return fail_at(s, written->type_at, LD_EXIT_USAGE, msg);
	}
	if (walk_members(s, &type, &offset))
		return -1;
	if (c->link && !ld_ctype_is_struct(s->set, &type, c->link)) {
		describe(s, &type, what, sizeof(what));
		snprintf(msg, sizeof(msg), "the link of an entry is a 'struct %s'; this is %s",
			 c->link, what);
		return fail_at(s, written->members[0].at, LD_EXIT_USAGE, msg);
	}
	if (c->of_link && step_into(s, &type, c->of_link, &offset))
		return -1;
	if (offset >= LIVEDUMP_MAX_OBJECT_SIZE)
		return fail_at(s, written->members[0].at, LD_EXIT_USAGE,
			       "the link lies too far behind the start of the entry");
	edge->arg = offset;
	return 0;
}

static int find_entry(struct search *s, __u32 btf, struct ld_ctype *ret)
{
	const struct ld_container *c = &s->t->container;
	char name[200], msg[300];
	struct ld_err why;
	__u64 size;

	if (ld_ctype_lookup(s->set, btf, &c->type, ret, &why))
		return fail_at(s, c->type_at, why.code, why.msg);
	ld_ctype_name(s->set, ret, name, sizeof(name));
	if (ret->ptrs)
		return fail_at(s, c->type_at, LD_EXIT_USAGE,
			       "this is the type of the entries, not of pointers to them: write it without '*'");
	if (ld_ctype_size(s->set, ret, &size) && size && size <= LIVEDUMP_MAX_OBJECT_SIZE)
		return 0;
	snprintf(msg, sizeof(msg), "'%s' cannot be an entry: it has no size, or too large a one",
		 name);
	return fail_at(s, c->type_at, LD_EXIT_USAGE, msg);
}

int ld_resolver_container(struct ld_btfs *set, const struct ld_target *t, __u32 btf,
			  struct ld_plan_root *ret, struct ld_err *err)
{
	struct search s = { .set = set, .t = t, .err = err };
	const struct ld_head *c = NULL;

	ret->is_head = true;
	if (find_head(&s, &ret->type, &c, &ret->edge) || find_entry(&s, btf, &ret->entry) ||
	    find_link(&s, c, ret->entry, &ret->edge))
		return -1;
	return 0;
}
