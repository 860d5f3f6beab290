// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "heads.h"
#include "target.h"

/*
 * target    = 0xADDR ":" SIZE | "comm:" NAME | "cpus" | between | container | expr
 * between   = "bytes(" NAME [ "," NAME ] ")"
 * container = WORD "(" expr "," type [ "," MEMBER path ] ")"
 *
 * What an expr is, is in target_expr.c.
 */

static int lex_size(struct ld_lex *lex, __u64 *ret)
{
	const char *at;
	int shift = 0;

	ld_lex_peek(lex);
	at = lex->p;
	if (ld_lex_number(lex, "a size in bytes (suffixes K, M, G, T)", ret))
		return -1;
	switch (toupper((unsigned char)*lex->p)) {
	case 'K':
		shift = 10;
		break;
	case 'M':
		shift = 20;
		break;
	case 'G':
		shift = 30;
		break;
	case 'T':
		shift = 40;
		break;
	}
	if (shift)
		lex->p++;
	if (!*ret)
		return ld_lex_fail(lex, at, "a size of 0 records nothing");
	if (shift && *ret >> (64 - shift))
		return ld_lex_fail(lex, at, "the size does not fit 64 bits");
	*ret <<= shift;
	return 0;
}

static int lex_range(struct ld_lex *lex, struct ld_target *t)
{
	const char *at = lex->p;

	t->kind = LD_TARGET_RANGE;
	if (ld_lex_number(lex, "an address", &t->address))
		return -1;
	if (!ld_lex_eat(lex, ":"))
		return ld_lex_fail(lex, lex->p,
				   "an address alone: write '0xADDR:SIZE' for bytes or '(TYPE *)0xADDR' for an object");
	if (lex_size(lex, &t->length))
		return -1;
	if (t->length - 1 > ULLONG_MAX - t->address)
		return ld_lex_fail(lex, at, "the range wraps around");
	return 0;
}

/* Anything may be in a task's name, blanks too. */
static int lex_comm(struct ld_lex *lex, struct ld_target *t)
{
	t->kind = LD_TARGET_COMM;
	t->symbol.s = lex->p;
	t->symbol.len = strlen(lex->p);
	lex->p += t->symbol.len;
	if (!t->symbol.len)
		return ld_lex_fail(lex, lex->p,
				   "expected the name of a task, as in /proc/PID/comm; * and ? stand for anything");
	return 0;
}

/* "cpus", if nothing else follows: a variable of that name may have members. */
static bool lex_cpus(struct ld_lex *lex, struct ld_target *t)
{
	struct ld_lex ahead = *lex;
	struct ld_span word;

	if (!ld_lex_ident(&ahead, &word) || !ld_span_is(word, "cpus") || ld_lex_peek(&ahead))
		return false;
	t->kind = LD_TARGET_CPUS;
	*lex = ahead;
	return true;
}

/* All that lies between two symbols, or up to the next one, behind "bytes(" */
static int lex_between(struct ld_lex *lex, struct ld_target *t)
{
	t->kind = LD_TARGET_BETWEEN;
	if (!ld_lex_ident(lex, &t->symbol))
		return ld_lex_fail(lex, lex->p, "expected the symbol at which the bytes begin");
	if (ld_lex_eat(lex, ",") && !ld_lex_ident(lex, &t->end))
		return ld_lex_fail(lex, lex->p, "expected the symbol at which the bytes end");
	if (!ld_lex_eat(lex, ")"))
		return ld_lex_fail(lex, lex->p, t->end.len ? "expected ')'" :
				   "expected ',' or ')': bytes(FIRST, END), or bytes(SYMBOL)");
	return 0;
}

/* "list(", if one begins here. */
static bool lex_container(struct ld_lex *lex, struct ld_span *ret)
{
	struct ld_lex ahead = *lex;
	struct ld_span word;

	if (!ld_lex_ident(&ahead, &word) || !ld_lex_eat(&ahead, "(") || !ld_head_word(word))
		return false;
	*lex = ahead;
	*ret = word;
	return true;
}

static int lex_comma(struct ld_lex *lex, const struct ld_container *c, const char *before)
{
	if (ld_lex_eat(lex, ","))
		return 0;
	return ld_lex_fail(lex, lex->p, "expected ',' behind the %s: %.*s(HEAD, TYPE, MEMBER)",
			   before, (int)c->word.len, c->word.s);
}

static int lex_entry(struct ld_lex *lex, struct ld_container *c)
{
	struct ld_step *first = &c->members[0];

	ld_lex_peek(lex);
	c->type_at = lex->p;
	if (ld_texpr_lex(lex, &c->type))
		return -1;
	if (ld_lex_peek(lex) == ')')
		return 0;
	if (lex_comma(lex, c, "type"))
		return -1;
	ld_lex_peek(lex);
	first->at = lex->p;
	first->from = lex->p;
	if (!ld_lex_ident(lex, &first->name))
		return ld_lex_fail(lex, lex->p, "expected the member of '%.*s' that holds the link",
				   (int)c->type.name.len, c->type.name.s);
	c->nr_members = 1;
	return ld_target_steps(lex, first->from, c->members, &c->nr_members, LD_MEMBER_STEPS);
}

/* The link lies in the entry itself, in one place. */
static int check_members(struct ld_lex *lex, const struct ld_container *c)
{
	unsigned int i;

	for (i = 0; i < c->nr_members; i++) {
		if (c->members[i].kind == LD_STEP_ARROW)
			return ld_lex_fail(lex, c->members[i].at,
					   "the link of an entry lies in it, not behind a pointer");
		if (c->members[i].kind == LD_STEP_SLICE)
			return ld_lex_fail(lex, c->members[i].at,
					   "an entry has one link, not several");
	}
	return 0;
}

static int parse_container(struct ld_lex *lex, struct ld_target *t)
{
	struct ld_container *c = &t->container;

	if (ld_target_expr(lex, t) || lex_comma(lex, c, "head") || lex_entry(lex, c) ||
	    check_members(lex, c))
		return -1;
	if (!ld_lex_eat(lex, ")"))
		return ld_lex_fail(lex, lex->p, "expected ')'");
	if (ld_lex_peek(lex) == '.' || *lex->p == '[' || *lex->p == '-')
		return ld_lex_fail(lex, lex->p,
				   "a container takes no path: its entries are recorded whole");
	return 0;
}

int ld_target_parse(const char *text, struct ld_target *ret, struct ld_err *err)
{
	struct ld_lex lex = { .text = text, .p = text, .err = err };
	int rc;

	memset(ret, 0, sizeof(*ret));
	ret->text = text;
	if (!ld_lex_peek(&lex))
		return ld_fail(err, LD_EXIT_USAGE,
			       "an empty target: name a symbol, 'pid:N', '(TYPE *)0xADDR' or '0xADDR:SIZE'");
	ret->at = lex.p;
	if (ld_lex_eat(&lex, "comm:"))
		rc = lex_comm(&lex, ret);
	else if (lex.p[0] == '0' && (lex.p[1] == 'x' || lex.p[1] == 'X'))
		rc = lex_range(&lex, ret);
	else if (lex_cpus(&lex, ret))
		rc = 0;
	else if (ld_lex_eat(&lex, "bytes("))
		rc = lex_between(&lex, ret);
	else if (lex_container(&lex, &ret->container.word))
		rc = parse_container(&lex, ret);
	else
		rc = ld_target_expr(&lex, ret);
	return rc ? -1 : ld_lex_end(&lex);
}
