// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "target.h"

/*
 * target  = range | "pid:" N | [cast] (address | symbol) path
 * range   = 0xADDR ":" SIZE
 * cast    = "(" type ")"
 * symbol  = [MODULE ":"] NAME ["@" CPU]
 * path    = { "." NAME | "[" N "]" }
 */

static bool is_number(char c)
{
	return isdigit((unsigned char)c);
}

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

static bool is_address(const char *p)
{
	return p[0] == '0' && (p[1] == 'x' || p[1] == 'X');
}

static int lex_address(struct ld_lex *lex, __u64 *ret)
{
	if (!is_address(lex->p))
		return ld_lex_fail(lex, lex->p, "an address begins with 0x");
	return ld_lex_number(lex, "an address", ret);
}

static int lex_range(struct ld_lex *lex, struct ld_target *t)
{
	const char *at = lex->p;

	t->kind = LD_TARGET_RANGE;
	if (lex_address(lex, &t->address))
		return -1;
	if (!ld_lex_eat(lex, ":"))
		return ld_lex_fail(lex, lex->p,
				   "an address alone: write '0xADDR:SIZE' for bytes or '(TYPE *)0xADDR' for an object");
	if (lex_size(lex, &t->length))
		return -1;
	if (t->length - 1 > ULLONG_MAX - t->address)
		return ld_lex_fail(lex, at, "the range wraps around");
	return ld_lex_end(lex);
}

static int lex_pid(struct ld_lex *lex, struct ld_target *t)
{
	const char *at;
	__u64 n;

	t->kind = LD_TARGET_PID;
	ld_lex_peek(lex);
	at = lex->p;
	if (ld_lex_number(lex, "a process id", &n))
		return -1;
	if (!n)
		return ld_lex_fail(lex, at,
				   "there is no process 0: the idle task of the first CPU is 'init_task'");
	if (n > INT_MAX)
		return ld_lex_fail(lex, at, "not a process id");
	t->pid = n;
	if (*lex->p == '.' || *lex->p == '[')
		return ld_lex_fail(lex, lex->p,
				   "'pid:N' takes no member path: it records the whole task");
	return ld_lex_end(lex);
}

/* Modules are files with '-' in their names as often as '_'. */
static size_t module_len(const char *p)
{
	size_t len = 0;

	while (isalnum((unsigned char)p[len]) || p[len] == '_' || p[len] == '-')
		len++;
	return p[len] == ':' ? len : 0;
}

static bool lex_module(struct ld_lex *lex, struct ld_span *ret)
{
	ld_lex_peek(lex);
	ret->len = module_len(lex->p);
	if (!ret->len)
		return false;
	ret->s = lex->p;
	lex->p += ret->len + 1;
	return true;
}

static int lex_cpu(struct ld_lex *lex, struct ld_target *t)
{
	__u64 n;

	t->has_cpu = true;
	ld_lex_peek(lex);
	t->cpu_at = lex->p;
	if (ld_lex_number(lex, "a CPU number", &n))
		return -1;
	if (n > INT_MAX)
		return ld_lex_fail(lex, t->cpu_at, "not a CPU number");
	t->cpu = n;
	return 0;
}

/* Compilers number static locals: "count.0", "__already_done.12". */
static void lex_numbering(struct ld_lex *lex, struct ld_span *name)
{
	const char *p = lex->p;

	while (p[0] == '.' && is_number(p[1]))
		for (p++; isalnum((unsigned char)*p) || *p == '_'; p++)
			;
	name->len += p - lex->p;
	lex->p = p;
}

static int lex_symbol(struct ld_lex *lex, struct ld_target *t)
{
	bool module = lex_module(lex, &t->module);
	char c = ld_lex_peek(lex);

	t->kind = LD_TARGET_SYMBOL;
	if (module && is_number(c))
		return ld_lex_fail(lex, lex->p,
				   "expected a symbol; a size goes with an address: '0xADDR:SIZE'");
	if (!ld_lex_ident(lex, &t->symbol))
		return ld_lex_fail(lex, lex->p, "expected a symbol%s", module ? "" :
				   ", an address, 'pid:N' or a cast");
	lex_numbering(lex, &t->symbol);
	c = ld_lex_peek(lex);
	if (c == '(')
		return ld_lex_fail(lex, t->symbol.s,
				   "container walks such as list(...) are not supported yet");
	if (c == ':')
		return ld_lex_fail(lex, lex->p,
				   module ? "unexpected ':'" : "no blank before ':'");
	if (ld_lex_eat(lex, "@"))
		return lex_cpu(lex, t);
	return 0;
}

static int lex_step(struct ld_lex *lex, struct ld_step *step)
{
	step->at = lex->p;
	if (ld_lex_eat(lex, ".")) {
		if (!ld_lex_ident(lex, &step->name))
			return ld_lex_fail(lex, lex->p, "expected the name of a member");
		return 0;
	}
	ld_lex_eat(lex, "[");
	step->is_index = true;
	if (ld_lex_number(lex, "an index", &step->nr))
		return -1;
	if (!ld_lex_eat(lex, "]"))
		return ld_lex_fail(lex, lex->p, "expected ']'");
	return 0;
}

static int lex_path(struct ld_lex *lex, struct ld_target *t)
{
	char c;

	while ((c = ld_lex_peek(lex)) == '.' || c == '[') {
		if (t->nr_steps == LD_TARGET_STEPS)
			return ld_lex_fail(lex, lex->p, "more than %d members and indices",
					   LD_TARGET_STEPS);
		if (lex_step(lex, &t->steps[t->nr_steps++]))
			return -1;
	}
	if (lex->p[0] == '-' && lex->p[1] == '>')
		return ld_lex_fail(lex, lex->p,
				   "following pointers in a path ('->') is not supported yet: name the pointer, and --depth follows it");
	if (c == '@')
		return ld_lex_fail(lex, lex->p,
				   "'@CPU' goes right behind the name of a per-CPU symbol");
	return ld_lex_end(lex);
}

static int lex_cast(struct ld_lex *lex, struct ld_target *t)
{
	t->has_cast = true;
	ld_lex_peek(lex);
	t->cast_at = lex->p;
	if (ld_texpr_lex(lex, &t->cast))
		return -1;
	if (!ld_lex_eat(lex, ")"))
		return ld_lex_fail(lex, lex->p, "expected ')' behind the type");
	if (ld_lex_peek(lex) == '(')
		return ld_lex_fail(lex, lex->p, "one cast is enough");
	if (!strncmp(lex->p, "pid:", 4))
		return ld_lex_fail(lex, t->cast_at, "'pid:N' has its type already");
	return 0;
}

int ld_target_parse(const char *text, struct ld_target *ret, struct ld_err *err)
{
	struct ld_lex lex = { .text = text, .p = text, .err = err };

	memset(ret, 0, sizeof(*ret));
	ret->text = text;
	if (!ld_lex_peek(&lex))
		return ld_fail(err, LD_EXIT_USAGE,
			       "an empty target: name a symbol, 'pid:N', '(TYPE *)0xADDR' or '0xADDR:SIZE'");
	if (!strncmp(lex.p, "pid:", 4)) {
		lex.p += 4;
		return lex_pid(&lex, ret);
	}
	if (is_address(lex.p))
		return lex_range(&lex, ret);
	if (ld_lex_eat(&lex, "(") && lex_cast(&lex, ret))
		return -1;
	/* "9p:" is a module. */
	if (ret->has_cast && is_number(ld_lex_peek(&lex)) &&
	    (is_address(lex.p) || !module_len(lex.p))) {
		ret->kind = LD_TARGET_ADDRESS;
		if (lex_address(&lex, &ret->address))
			return -1;
	} else if (lex_symbol(&lex, ret)) {
		return -1;
	}
	return lex_path(&lex, ret);
}
