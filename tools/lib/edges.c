// SPDX-License-Identifier: GPL-2.0
/* Rules as text: tools/lib/edges, described in Documentation/edges.rst. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "edges.h"
#include "resolver_suggest.h"

/* What follows the kind. */
enum arguments {
	NONE,
	LINK,			/* TYPE.MEMBER */
	TYPE,			/* TYPE */
	TYPE_LINK,		/* TYPE or TYPE.MEMBER */
	MAY_TYPE,		/* nothing or TYPE */
	NUMBER,			/* N */
	NUMBER_OR_MEMBER,
	COUNT,			/* MEMBER or MEMBER + N */
};

static const struct {
	const char *name;
	enum arguments arguments;
} kinds[] = {
	[LD_RULE_LIST] = { "list", LINK },
	[LD_RULE_HLIST] = { "hlist", LINK },
	[LD_RULE_CHAIN] = { "chain", LINK },
	[LD_RULE_RING] = { "ring", LINK },
	[LD_RULE_RBTREE] = { "rbtree", LINK },
	[LD_RULE_XARRAY] = { "xarray", TYPE_LINK },
	[LD_RULE_MAPLE] = { "maple", TYPE_LINK },
	[LD_RULE_PERCPU] = { "percpu", MAY_TYPE },
	[LD_RULE_POINTER] = { "pointer", TYPE },
	[LD_RULE_ARRAY] = { "array", NUMBER_OR_MEMBER },
	[LD_RULE_STRING] = { "string", NONE },
	[LD_RULE_BYTES] = { "bytes", NUMBER },
	[LD_RULE_FLEX] = { "flex", COUNT },
	[LD_RULE_OPAQUE] = { "opaque", NONE },
	[LD_RULE_PLAIN] = { "plain", NONE },
};

static int out_of_memory(struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED, "out of memory");
}

/* a.b.c, with @ret from the first to the last letter */
static int lex_path(struct ld_lex *lex, struct ld_span *ret)
{
	struct ld_span word;

	ret->s = NULL;
	do {
		if (!ld_lex_ident(lex, &word))
			return ld_lex_fail(lex, lex->p, "expected the name of a member");
		if (!ret->s)
			ret->s = word.s;
		ret->len = word.s + word.len - ret->s;
	} while (ld_lex_eat(lex, "."));
	return 0;
}

static int lex_owner(struct ld_lex *lex, struct ld_rule *r)
{
	struct ld_span word;

	if (!ld_lex_ident(lex, &word))
		return ld_lex_fail(lex, lex->p,
				   "expected 'struct TYPE.MEMBER' or the name of a variable");
	r->owner.kind = LD_TEXPR_NAME;
	r->owner.name = word;
	if (ld_span_is(word, "struct"))
		r->owner.kind = LD_TEXPR_STRUCT;
	else if (ld_span_is(word, "union"))
		r->owner.kind = LD_TEXPR_UNION;
	if (r->owner.kind != LD_TEXPR_NAME && !ld_lex_ident(lex, &r->owner.name))
		return ld_lex_fail(lex, lex->p, "expected a name behind '%.*s'", (int)word.len,
				   word.s);
	if (!ld_lex_eat(lex, "."))
		return 0;
	if (r->owner.kind == LD_TEXPR_NAME)
		return ld_lex_fail(lex, word.s,
				   "a member needs its type: 'struct %.*s.MEMBER'", (int)word.len,
				   word.s);
	return lex_path(lex, &r->member);
}

static int lex_kind(struct ld_lex *lex, struct ld_rule *r)
{
	struct ld_suggest suggest = { 0 };
	char name[64], close[200];
	struct ld_span word;
	size_t i;

	if (!ld_lex_ident(lex, &word))
		return ld_lex_fail(lex, lex->p, "expected what it is, such as 'list'");
	ld_span_copy(word, name, sizeof(name));
	suggest.want = name;
	for (i = 0; i < LD_ARRAY_SIZE(kinds); i++) {
		if (ld_span_is(word, kinds[i].name)) {
			r->kind = i;
			return 0;
		}
		ld_suggest_try(&suggest, kinds[i].name);
	}
	return ld_lex_fail(lex, word.s, "'%s' is no kind of edge%s", name,
			   ld_suggest_text(&suggest, close, sizeof(close)));
}

static int lex_type(struct ld_lex *lex, struct ld_rule *r)
{
	const char *at;

	ld_lex_peek(lex);
	at = lex->p;
	r->has_type = true;
	if (ld_texpr_lex(lex, &r->type))
		return -1;
	if (r->type.kind == LD_TEXPR_ENUM)
		return ld_lex_fail(lex, at, "a pointer to an enum is followed as it is");
	return 0;
}

static int lex_link(struct ld_lex *lex, struct ld_rule *r)
{
	if (!ld_lex_eat(lex, "."))
		return ld_lex_fail(lex, lex->p, "expected '.' and the member that is the link");
	if (r->type.kind == LD_TEXPR_BASE || r->type.ptrs || r->type.nr_dims)
		return ld_lex_fail(lex, lex->p - 1, "a link lies in a struct or union");
	return lex_path(lex, &r->link);
}

/* LIVEDUMP_MAX_EDGE_BYTES, and no array of pointers is longer; what flex_more can hold. */
#define MAX_NUMBER	65536
#define MAX_MORE	65535

static int lex_number(struct ld_lex *lex, struct ld_rule *r, unsigned int max)
{
	const char *at;

	ld_lex_peek(lex);
	at = lex->p;
	if (ld_lex_number(lex, "a number", &r->number))
		return -1;
	if (!r->number || r->number > max)
		return ld_lex_fail(lex, at, "expected a number from 1 to %u", max);
	return 0;
}

static int lex_arguments(struct ld_lex *lex, struct ld_rule *r)
{
	switch (kinds[r->kind].arguments) {
	case NONE:
		return 0;
	case LINK:
		return lex_type(lex, r) || lex_link(lex, r) ? -1 : 0;
	case TYPE_LINK:
		if (lex_type(lex, r))
			return -1;
		return ld_lex_peek(lex) ? lex_link(lex, r) : 0;
	case MAY_TYPE:
		if (!ld_lex_peek(lex))
			return 0;
		return lex_type(lex, r);
	case TYPE:
		return lex_type(lex, r);
	case NUMBER:
		return lex_number(lex, r, MAX_NUMBER);
	case NUMBER_OR_MEMBER:
		return isdigit((unsigned char)ld_lex_peek(lex)) ? lex_number(lex, r, MAX_NUMBER) :
								  lex_path(lex, &r->link);
	case COUNT:
		if (lex_path(lex, &r->link))
			return -1;
		return ld_lex_eat(lex, "+") ? lex_number(lex, r, MAX_MORE) : 0;
	}
	return 0;
}

/* Whether the rule cannot be about a variable, or about all of a type. */
static bool needs_member(const struct ld_rule *r)
{
	if (r->owner.kind == LD_TEXPR_NAME)
		return r->link.len && !r->has_type;
	return !r->member.len && r->kind != LD_RULE_OPAQUE && r->kind != LD_RULE_PLAIN;
}

static int parse(struct ld_rule *r, struct ld_err *err)
{
	struct ld_lex lex = { .text = r->text, .p = r->text, .err = err };

	r->required = ld_lex_eat(&lex, "!");
	if (lex_owner(&lex, r) || lex_kind(&lex, r) || lex_arguments(&lex, r))
		return -1;
	if (needs_member(r))
		return ld_lex_fail(&lex, r->owner.name.s,
				   "expected 'struct TYPE.MEMBER' before '%s'",
				   kinds[r->kind].name);
	return ld_lex_end(&lex);
}

static struct ld_rule *new_rule(struct ld_edges *edges, char *text)
{
	struct ld_rule *r = ld_array_room(edges->rules, edges->nr, &edges->room, sizeof(*r));

	if (!r)
		return NULL;
	edges->rules = r;
	r = &edges->rules[edges->nr];
	memset(r, 0, sizeof(*r));
	r->text = text;
	edges->nr++;
	return r;
}

/* The rule owns @text now, also on failure. */
static int add_line(struct ld_edges *edges, const char *file, unsigned int line, char *text,
		    struct ld_err *err)
{
	struct ld_rule *r = text ? new_rule(edges, text) : NULL;
	struct ld_err why;

	if (!r) {
		free(text);
		return out_of_memory(err);
	}
	r->file = file;
	r->line = line;
	if (!parse(r, &why))
		return 0;
	return ld_fail(err, LD_EXIT_USAGE, "%s:%u: %.900s", file, line, why.msg);
}

/* Rules point at their file's name. */
static const char *keep_name(struct ld_edges *edges, const char *file)
{
	char **files = realloc(edges->files, (edges->nr_files + 1) * sizeof(*files));

	if (!files)
		return NULL;
	edges->files = files;
	files[edges->nr_files] = strdup(file);
	return files[edges->nr_files] ? files[edges->nr_files++] : NULL;
}

int ld_edges_text(struct ld_edges *edges, const char *file, const char *text, struct ld_err *err)
{
	const char *name = keep_name(edges, file), *end;
	unsigned int line;

	if (!name)
		return out_of_memory(err);
	for (line = 1; *text; line++) {
		end = text + strcspn(text, "\n");
		/* comments and blanks are not part of the rule */
		text += strspn(text, " \t\r");
		if (text < end && *text != '#' &&
		    add_line(edges, name, line, strndup(text, strcspn(text, "#\r\n")), err))
			return -1;
		text = *end ? end + 1 : end;
	}
	return 0;
}

int ld_edges_line(struct ld_edges *edges, const char *file, unsigned int line, const char *text,
		  struct ld_err *err)
{
	const char *name = keep_name(edges, file);

	if (!name)
		return out_of_memory(err);
	return add_line(edges, name, line, strdup(text), err);
}

int ld_edges_check(const char *text, struct ld_err *err)
{
	struct ld_rule rule = { .text = (char *)text };

	return parse(&rule, err);
}

int ld_edges_skip(struct ld_edges *edges, const char *option, const char *member,
		  struct ld_err *err)
{
	const char *name = keep_name(edges, option);
	struct ld_lex lex = { .err = err };
	struct ld_rule *r;
	char *text;

	text = strdup(member);
	r = name && text ? new_rule(edges, text) : NULL;
	if (!r) {
		free(text);
		return out_of_memory(err);
	}
	lex.text = text;
	lex.p = text;
	r->file = name;
	r->kind = LD_RULE_OPAQUE;
	r->required = true;
	return lex_owner(&lex, r) || ld_lex_end(&lex) ? -1 : 0;
}

void ld_edges_free(struct ld_edges *edges)
{
	size_t i;

	for (i = 0; i < edges->nr; i++)
		free(edges->rules[i].text);
	for (i = 0; i < edges->nr_files; i++)
		free(edges->files[i]);
	free(edges->rules);
	free(edges->files);
	memset(edges, 0, sizeof(*edges));
}
