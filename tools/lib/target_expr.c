// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

/*
 * expr    = "*" expr | cast expr | primary path
 * cast    = "(" type ")"
 * primary = "(" expr ")" | 0xADDR | "pid:" N | "slab:" CACHE | "module:" NAME
 *	   | [MODULE ":"] NAME ["@" CPU]
 * path    = { "." NAME | "->" NAME | "[" N "]" | "[" [A] ":" [B | [ "1 <<" ] expr ] "]" }
 *
 * An address stands behind a cast, and only one cast stands before the same thing.
 */

struct parser {
	struct ld_lex *lex;
	struct ld_target *t;
	unsigned int nesting;
};

static int parse_expr(struct parser *p);

static bool is_number(char c)
{
	return isdigit((unsigned char)c);
}

static bool is_address(const char *p)
{
	return p[0] == '0' && (p[1] == 'x' || p[1] == 'X');
}

static struct ld_step *new_step(struct ld_lex *lex, struct ld_step *steps, unsigned int *nr,
				unsigned int room, enum ld_step_kind kind)
{
	struct ld_step *step;

	if (*nr == room) {
		ld_lex_fail(lex, lex->p, "more than %u members and indices", room);
		return NULL;
	}
	step = &steps[(*nr)++];
	memset(step, 0, sizeof(*step));
	step->kind = kind;
	step->at = lex->p;
	return step;
}

static struct ld_step *push(struct parser *p, enum ld_step_kind kind)
{
	return new_step(p->lex, p->t->steps, &p->t->nr_steps, LD_TARGET_STEPS, kind);
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
	return 0;
}

/* Names of caches have nearly anything in them: "kmalloc-64", "ip6-frags", ":A-0000192". */
static int lex_slab(struct parser *p)
{
	struct ld_lex *lex = p->lex;

	p->t->kind = LD_TARGET_SLAB;
	if (p->nesting || p->t->container.word.len)
		return ld_lex_fail(lex, p->t->at,
				   "'slab:CACHE' is many objects, not one: it stands by itself, behind a cast at most");
	ld_lex_peek(lex);
	p->t->symbol.s = lex->p;
	while (isgraph((unsigned char)*lex->p))
		lex->p++;
	p->t->symbol.len = lex->p - p->t->symbol.s;
	if (!p->t->symbol.len)
		return ld_lex_fail(lex, lex->p,
				   "expected the name of a slab cache, as in /sys/kernel/slab");
	/* no path either */
	return ld_lex_end(lex);
}

/* Modules are files with '-' in their names as often as '_'; "->" is none of it. */
static size_t name_len(const char *p)
{
	size_t len = 0;

	while (isalnum((unsigned char)p[len]) || p[len] == '_' ||
	       (p[len] == '-' && p[len + 1] != '>'))
		len++;
	return len;
}

static size_t module_len(const char *p)
{
	size_t len = name_len(p);

	return p[len] == ':' ? len : 0;
}

static int lex_module(struct ld_lex *lex, struct ld_target *t)
{
	t->kind = LD_TARGET_MODULE;
	ld_lex_peek(lex);
	t->module.s = lex->p;
	t->module.len = name_len(lex->p);
	lex->p += t->module.len;
	if (!t->module.len)
		return ld_lex_fail(lex, lex->p, "expected the name of a module");
	if (ld_lex_peek(lex) == ':')
		return ld_lex_fail(lex, t->at, "a symbol of a module is 'MODULE:SYMBOL'");
	return 0;
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

/* What begins like a call, and is no container that the parser knows and may stand here. */
static int bad_call(struct parser *p)
{
	struct ld_span name = p->t->symbol;

	if (p->nesting || p->t->container.word.len)
		return ld_lex_fail(p->lex, name.s,
				   "'%.*s(...)' is no single object: a container stands by itself",
				   (int)name.len, name.s);
	return ld_lex_fail(p->lex, name.s,
			   "there is no container '%.*s': see TARGETS in livedump(8)",
			   (int)name.len, name.s);
}

static int lex_symbol(struct parser *p)
{
	struct ld_lex *lex = p->lex;
	struct ld_target *t = p->t;
	size_t module = module_len(lex->p);
	char c;

	t->kind = LD_TARGET_SYMBOL;
	if (module) {
		t->module.s = lex->p;
		t->module.len = module;
		lex->p += module + 1;
		if (is_number(ld_lex_peek(lex)))
			return ld_lex_fail(lex, lex->p,
					   "expected a symbol; a size goes with an address: '0xADDR:SIZE'");
	}
	if (!ld_lex_ident(lex, &t->symbol))
		return ld_lex_fail(lex, lex->p, "expected a symbol%s", module ? "" :
				   ", an address, 'pid:N' or a cast");
	lex_numbering(lex, &t->symbol);
	c = ld_lex_peek(lex);
	if (c == '(')
		return bad_call(p);
	if (c == ':')
		return ld_lex_fail(lex, lex->p,
				   module ? "unexpected ':'" : "no blank before ':'");
	if (ld_lex_eat(lex, "@"))
		return lex_cpu(lex, t);
	return 0;
}

static int parse_address(struct parser *p, bool cast)
{
	struct ld_lex *lex = p->lex;

	p->t->kind = LD_TARGET_ADDRESS;
	if (!is_address(lex->p))
		return cast ? ld_lex_fail(lex, lex->p, "an address begins with 0x") :
			      ld_lex_fail(lex, lex->p,
					  "expected a symbol, an address, 'pid:N' or a cast");
	if (!cast)
		return ld_lex_fail(lex, lex->p,
				   "an address has no type: write '(TYPE *)0xADDR'");
	return ld_lex_number(lex, "an address", &p->t->address);
}

static int parse_parens(struct parser *p)
{
	struct ld_lex *lex = p->lex;

	if (p->nesting == LD_TARGET_NESTING)
		return ld_lex_fail(lex, lex->p, "more than %d parentheses", LD_TARGET_NESTING);
	ld_lex_eat(lex, "(");
	p->nesting++;
	if (parse_expr(p))
		return -1;
	p->nesting--;
	if (!ld_lex_eat(lex, ")"))
		return ld_lex_fail(lex, lex->p, "expected ')'");
	return 0;
}

static int parse_primary(struct parser *p, bool cast)
{
	static const struct {
		const char *prefix;
		enum ld_target_kind kind;
	} prefixes[] = {
		{ "pid:", LD_TARGET_PID },
		{ "slab:", LD_TARGET_SLAB },
		{ "module:", LD_TARGET_MODULE },
		{ "comm:", LD_TARGET_COMM },
	};
	struct ld_lex *lex = p->lex;
	unsigned int i;

	if (ld_lex_peek(lex) == '(')
		return parse_parens(p);
	p->t->at = lex->p;
	for (i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		if (!ld_lex_eat(lex, prefixes[i].prefix))
			continue;
		switch (prefixes[i].kind) {
		case LD_TARGET_PID:
			return lex_pid(lex, p->t);
		case LD_TARGET_SLAB:
			return lex_slab(p);
		case LD_TARGET_MODULE:
			return lex_module(lex, p->t);
		default:
			return ld_lex_fail(lex, p->t->at,
					   "'comm:NAME' is many tasks: it stands by itself");
		}
	}
	/* "9p:" is a module. */
	if (is_number(*lex->p) && (is_address(lex->p) || !module_len(lex->p)))
		return parse_address(p, cast);
	return lex_symbol(p);
}

static int lex_member(struct ld_lex *lex, struct ld_step *step)
{
	if (!ld_lex_ident(lex, &step->name))
		return ld_lex_fail(lex, lex->p, "expected the name of a member");
	return 0;
}

/* The end of a slice that only the kernel knows: what is read there when the target is resolved. */
static int lex_count(struct ld_lex *lex, struct ld_step *step)
{
	struct ld_lex inner = *lex;
	struct ld_target *t;
	int rc;

	step->count.s = lex->p;
	step->count.len = strcspn(lex->p, "[]");
	if (lex->p[step->count.len] != ']')
		return ld_lex_fail(lex, lex->p + step->count.len,
				   lex->p[step->count.len] ? "no index can stand here" :
							     "expected ']'");
	t = calloc(1, sizeof(*t));
	if (!t)
		return ld_fail(lex->err, LD_EXIT_FAILED, "out of memory");
	rc = ld_target_expr(&inner, t);
	free(t);
	if (rc)
		return -1;
	if (ld_lex_peek(&inner) != ']')
		return ld_lex_fail(lex, inner.p, "expected ']'");
	lex->p = inner.p;
	return 0;
}

static int lex_end(struct ld_lex *lex, struct ld_step *step)
{
	struct ld_lex ahead = *lex;
	const char *at;

	ld_lex_peek(lex);
	at = lex->p;
	step->shift = ld_lex_eat(&ahead, "1") && ld_lex_eat(&ahead, "<<");
	if (step->shift) {
		ld_lex_peek(&ahead);
		lex->p = ahead.p;
	}
	if (step->shift || !is_number(*at))
		return lex_count(lex, step);
	if (ld_lex_number(lex, "an index", &step->end))
		return -1;
	if (step->end > step->nr)
		return 0;
	return ld_lex_fail(lex, step->at,
			   "an empty slice: '[A:B]' is the elements from A up to, not including, B");
}

static int lex_index(struct ld_lex *lex, struct ld_step *step)
{
	if (ld_lex_peek(lex) != ':' && ld_lex_number(lex, "an index", &step->nr))
		return -1;
	if (ld_lex_eat(lex, ":")) {
		step->kind = LD_STEP_SLICE;
		step->has_end = ld_lex_peek(lex) != ']';
		if (step->has_end && lex_end(lex, step))
			return -1;
	}
	if (!ld_lex_eat(lex, "]"))
		return ld_lex_fail(lex, lex->p, "expected ']'%s",
				   step->kind == LD_STEP_INDEX ? " or ':'" : "");
	return 0;
}

int ld_target_steps(struct ld_lex *lex, const char *from, struct ld_step *steps, unsigned int *nr,
		    unsigned int room)
{
	const char *to = lex->p;
	struct ld_step *step;
	bool arrow;
	char c;

	for (;; to = lex->p) {
		c = ld_lex_peek(lex);
		arrow = c == '-' && lex->p[1] == '>';
		if (c != '.' && c != '[' && !arrow)
			return 0;
		step = new_step(lex, steps, nr, room, arrow ? LD_STEP_ARROW :
				c == '.' ? LD_STEP_MEMBER : LD_STEP_INDEX);
		if (!step)
			return -1;
		step->from = from;
		step->to = to;
		lex->p += arrow ? 2 : 1;
		if (c == '[' ? lex_index(lex, step) : lex_member(lex, step))
			return -1;
	}
}

static bool starts_operand(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '(' || c == '*';
}

/*
 * Whether the parenthesis at @p holds a type. "(struct" does; of a single name, whether something
 * follows to which it could be applied tells it apart from an object in parentheses.
 */
static bool is_cast(const char *p)
{
	static const char * const words[] = {
		"struct", "union", "enum", "const", "volatile", "unsigned", "signed", "char",
		"short", "int", "long", "void", "float", "double", "_Bool", "__int128", NULL
	};
	struct ld_lex lex = { .p = p + 1 };
	struct ld_span word;
	unsigned int depth = 0, i;

	if (ld_lex_ident(&lex, &word))
		for (i = 0; words[i]; i++)
			if (ld_span_is(word, words[i]))
				return true;
	do {
		depth += *p == '(';
		depth -= *p == ')';
		if (!*p++)
			return false;
	} while (depth);
	lex.p = p;
	return starts_operand(ld_lex_peek(&lex));
}

/* Behind a cast's "(", and before or behind the steps that it stands in front of. */
static int parse_cast(struct parser *p, const char *at)
{
	struct ld_lex *lex = p->lex;
	struct ld_texpr type;
	const char *type_at, *from;
	struct ld_step *step;
	unsigned int index;
	char c;

	ld_lex_eat(lex, "(");
	ld_lex_peek(lex);
	type_at = lex->p;
	if (ld_texpr_lex(lex, &type))
		return -1;
	if (!ld_lex_eat(lex, ")"))
		return ld_lex_fail(lex, lex->p, "expected ')' behind the type");
	c = ld_lex_peek(lex);
	from = lex->p;
	if (c == '(' && is_cast(lex->p))
		return ld_lex_fail(lex, lex->p, "one cast is enough");
	if (c == '*' ? parse_expr(p) : parse_primary(p, true))
		return -1;
	index = p->t->nr_steps;
	step = push(p, LD_STEP_CAST);
	if (!step)
		return -1;
	step->at = type_at;
	step->from = from;
	step->to = lex->p;
	step->cast = type;
	if (c != '*' && ld_target_steps(lex, at, p->t->steps, &p->t->nr_steps, LD_TARGET_STEPS))
		return -1;
	p->t->steps[index].reach = p->t->nr_steps;
	return 0;
}

static int parse_deref(struct parser *p)
{
	const char *at = p->lex->p, *from;
	struct ld_step *step;

	if (p->nesting == LD_TARGET_NESTING)
		return ld_lex_fail(p->lex, at, "too many '*'");
	ld_lex_eat(p->lex, "*");
	ld_lex_peek(p->lex);
	from = p->lex->p;
	p->nesting++;
	if (parse_expr(p))
		return -1;
	p->nesting--;
	step = push(p, LD_STEP_DEREF);
	if (!step)
		return -1;
	step->at = at;
	step->from = from;
	step->to = p->lex->p;
	return 0;
}

static int parse_expr(struct parser *p)
{
	char c = ld_lex_peek(p->lex);
	const char *at = p->lex->p;

	if (c == '*')
		return parse_deref(p);
	if (c == '(' && is_cast(at))
		return parse_cast(p, at);
	if (parse_primary(p, false))
		return -1;
	return ld_target_steps(p->lex, at, p->t->steps, &p->t->nr_steps, LD_TARGET_STEPS);
}

int ld_target_expr(struct ld_lex *lex, struct ld_target *t)
{
	struct parser p = { .lex = lex, .t = t };

	if (parse_expr(&p))
		return -1;
	if (ld_lex_peek(lex) == '@')
		return ld_lex_fail(lex, lex->p,
				   "'@CPU' goes right behind the name of a per-CPU symbol");
	return 0;
}
