// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "resolver_container.h"

/* What the words mean: a head, where its first pointer lies, what links the entries. */
static const struct container {
	const char *word;
	bool in_hash;		/* whether hash() takes arrays of them */
	const char *head;	/* struct */
	const char *first[2];	/* members */
	enum livedump_edge_kind kind;
	const char *link;	/* struct in the entries; NULL: they need have none */
	const char *of_link;	/* member of the link that the head leads to */
} containers[] = {
	{ "list", true, "list_head", { "next" }, LIVEDUMP_EDGE_LIST, "list_head", NULL },
	{ "hlist", true, "hlist_head", { "first" }, LIVEDUMP_EDGE_HLIST, "hlist_node", NULL },
	{ "hlist", true, "hlist_nulls_head", { "first" }, LIVEDUMP_EDGE_HLIST,
	  "hlist_nulls_node", NULL },
	{ "hlist", true, "hlist_bl_head", { "first" }, LIVEDUMP_EDGE_HLIST, "hlist_bl_node", NULL },
	{ "llist", false, "llist_head", { "first" }, LIVEDUMP_EDGE_HLIST, "llist_node", NULL },
	{ "plist", false, "plist_head", { "node_list", "next" }, LIVEDUMP_EDGE_LIST, "plist_node",
	  "node_list" },
	{ "rbtree", false, "rb_root", { "rb_node" }, LIVEDUMP_EDGE_RBTREE, "rb_node", NULL },
	{ "rbtree", false, "rb_root_cached", { "rb_root", "rb_node" }, LIVEDUMP_EDGE_RBTREE,
	  "rb_node", NULL },
	{ "xarray", false, "xarray", { "xa_head" }, LIVEDUMP_EDGE_XARRAY, NULL, NULL },
	/* the same thing since Linux 4.20 */
	{ "radix", false, "xarray", { "xa_head" }, LIVEDUMP_EDGE_XARRAY, NULL, NULL },
	{ "idr", false, "idr", { "idr_rt", "xa_head" }, LIVEDUMP_EDGE_XARRAY, NULL, NULL },
	{ "maple", false, "maple_tree", { "ma_root" }, LIVEDUMP_EDGE_MAPLE, NULL, NULL },
	{ 0 }
};

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

static bool is_struct(const struct ld_btfs *set, const struct ld_ctype *t, const char *name)
{
	struct ld_ref ref = ld_btf_skip(set, t->ref, NULL);
	const struct btf_type *bt = ld_btf_type(set, ref);

	return bt && !t->ptrs && !t->nr_dims && btf_kind(bt) == BTF_KIND_STRUCT &&
	       !strcmp(ld_btf_str(set, ref.btf, bt->name_off), name);
}

/* The container whose head is of this type; its word is @word, or any. */
static const struct container *find(struct search *s, const struct ld_ctype *type,
				    const struct ld_span *word)
{
	bool hash = word && ld_span_is(*word, "hash");
	const struct container *c;

	for (c = containers; c->word; c++) {
		if (hash ? !c->in_hash : word && !ld_span_is(*word, c->word))
			continue;
		if (is_struct(s->set, type, c->head))
			return c;
	}
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
	const struct container *c = find(s, type, NULL);
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
	const struct container *c;
	size_t len = 0;

	describe(s, type, what, sizeof(what));
	instead(s, type, next, sizeof(next));
	for (c = containers; c->word && len < sizeof(heads); c++)
		if (ld_span_is(*word, "hash") ? c->in_hash : ld_span_is(*word, c->word))
			len += snprintf(heads + len, sizeof(heads) - len, "%s%s", len ? ", " : "",
					c->head);
	snprintf(msg, sizeof(msg), "%.*s(...) takes %s%s; this is %s%s", (int)word->len, word->s,
		 ld_span_is(*word, "hash") ? "an array of heads: " : "a head: struct ", heads,
		 what, next);
	return fail_at(s, s->t->at, LD_EXIT_USAGE, msg);
}

/* The member called @name of a struct that the kernel calls its own; caught if it has changed. */
static int step_into(struct search *s, struct ld_ctype *type, const char *name, __u64 *offset)
{
	struct ld_span span = { name, strlen(name) };

	return ld_ctype_member(s->set, type, span, offset, s->err);
}

static int place_first(struct search *s, const struct container *c, struct ld_ctype head,
		       struct livedump_edge *edge)
{
	__u64 offset = 0;
	unsigned int i;

	for (i = 0; i < 2 && c->first[i]; i++)
		if (step_into(s, &head, c->first[i], &offset))
			return -1;
	edge->offset = offset;
	return 0;
}

static int find_head(struct search *s, const struct ld_ctype *type, const struct container **ret,
		     struct livedump_edge *edge)
{
	bool hash = ld_span_is(s->t->container.word, "hash");
	struct ld_ctype head = *type;
	__u64 nr = 1, size;

	if (hash && !ld_ctype_element(s->set, &head, &nr))
		return wrong_head(s, type);
	*ret = find(s, &head, &s->t->container.word);
	if (!*ret)
		return wrong_head(s, type);
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
	edge->kind = (*ret)->kind;
	edge->flags = LIVEDUMP_EDGE_STEP;
	return place_first(s, *ret, head, edge);
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

static int find_link(struct search *s, const struct container *c, struct ld_ctype type,
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
	if (c->link && !is_struct(s->set, &type, c->link)) {
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
	const struct container *c = NULL;

	ret->is_head = true;
	if (find_head(&s, &ret->type, &c, &ret->edge) || find_entry(&s, btf, &ret->entry) ||
	    find_link(&s, c, ret->entry, &ret->edge))
		return -1;
	return 0;
}
