// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "target_type.h"

enum word {
	W_VOID, W_BOOL, W_CHAR, W_SHORT, W_INT, W_LONG, W_INT128, W_FLOAT, W_DOUBLE,
	W_SIGNED, W_UNSIGNED,
	NR_WORDS,
};

static const struct {
	const char *text;
	enum word word;
} words[] = {
	{ "void", W_VOID },
	{ "_Bool", W_BOOL },
	{ "char", W_CHAR },
	{ "short", W_SHORT },
	{ "int", W_INT },
	{ "long", W_LONG },
	{ "__int128", W_INT128 },
	{ "float", W_FLOAT },
	{ "double", W_DOUBLE },
	{ "signed", W_SIGNED },
	{ "unsigned", W_UNSIGNED },
	{ NULL }
};

/* The words of a base type, counted: their order does not matter. */
struct bag {
	unsigned int n[NR_WORDS];
	unsigned int nr;
};

static bool bag_add(struct bag *bag, struct ld_span span)
{
	int i;

	for (i = 0; words[i].text; i++) {
		if (ld_span_is(span, words[i].text)) {
			bag->n[words[i].word]++;
			bag->nr++;
			return true;
		}
	}
	return false;
}

/* "int" may be left out beside another word; the rest may stand once, "long" twice. */
static bool bag_kind(const struct bag *bag, enum ld_base_kind *ret)
{
	static const struct {
		enum word word;
		unsigned int n;
		bool with_int;
		enum ld_base_kind kind;
	} kinds[] = {
		{ W_VOID, 1, false, LD_BASE_VOID },
		{ W_BOOL, 1, false, LD_BASE_BOOL },
		{ W_CHAR, 1, false, LD_BASE_CHAR },
		{ W_SHORT, 1, true, LD_BASE_SHORT },
		{ W_LONG, 1, true, LD_BASE_LONG },
		{ W_LONG, 2, true, LD_BASE_LLONG },
		{ W_INT128, 1, false, LD_BASE_INT128 },
		{ W_FLOAT, 1, false, LD_BASE_FLOAT },
		{ W_DOUBLE, 1, false, LD_BASE_DOUBLE },
		{ 0 }
	};
	unsigned int sign = bag->n[W_SIGNED] + bag->n[W_UNSIGNED];
	unsigned int ints = bag->n[W_INT];
	int i;

	if (!bag->nr || sign > 1 || ints > 1)
		return false;
	*ret = LD_BASE_INT;
	if (bag->nr == sign + ints)
		return true;
	for (i = 0; kinds[i].n; i++) {
		if (bag->n[kinds[i].word] != kinds[i].n)
			continue;
		*ret = kinds[i].kind;
		return bag->nr == sign + ints + kinds[i].n && (!ints || kinds[i].with_int);
	}
	return false;
}

static bool bag_base(const struct bag *bag, struct ld_base *ret)
{
	bool has_sign = bag->n[W_SIGNED] || bag->n[W_UNSIGNED];

	if (!bag_kind(bag, &ret->kind))
		return false;
	switch (ret->kind) {
	case LD_BASE_VOID:
	case LD_BASE_BOOL:
	case LD_BASE_FLOAT:
	case LD_BASE_DOUBLE:
		ret->sign = 0;
		return !has_sign;
	case LD_BASE_CHAR:
		ret->sign = bag->n[W_UNSIGNED] ? 'u' : bag->n[W_SIGNED] ? 's' : 0;
		return true;
	default:
		ret->sign = bag->n[W_UNSIGNED] ? 'u' : 's';
		return true;
	}
}

bool ld_base_parse(const char *text, struct ld_base *ret)
{
	struct ld_lex lex = { .text = text, .p = text };
	struct bag bag = { 0 };
	struct ld_span span;

	while (ld_lex_ident(&lex, &span))
		if (!bag_add(&bag, span))
			return false;
	return !ld_lex_peek(&lex) && bag_base(&bag, ret);
}

/* Qualifiers change neither size nor layout. */
static bool is_qualifier(struct ld_span span)
{
	return ld_span_is(span, "const") || ld_span_is(span, "volatile") ||
	       ld_span_is(span, "restrict") || ld_span_is(span, "_Atomic");
}

static bool next_word(struct ld_lex *lex, struct ld_span *ret)
{
	while (ld_lex_ident(lex, ret))
		if (!is_qualifier(*ret))
			return true;
	return false;
}

static int lex_tag(struct ld_lex *lex, enum ld_texpr_kind kind, const char *keyword,
		   struct ld_texpr *ret)
{
	ret->kind = kind;
	if (!next_word(lex, &ret->name))
		return ld_lex_fail(lex, lex->p, "expected a name behind '%s'", keyword);
	return 0;
}

static int lex_base(struct ld_lex *lex, struct ld_span first, struct ld_texpr *ret)
{
	struct bag bag = { 0 };
	struct ld_span word = first;
	const char *end;

	ret->kind = LD_TEXPR_BASE;
	do {
		end = word.s + word.len;
		if (!bag_add(&bag, word))
			return ld_lex_fail(lex, word.s, "'%.*s' in a base type", (int)word.len,
					   word.s);
	} while (next_word(lex, &word));
	ret->name.s = first.s;
	ret->name.len = end - first.s;
	if (!bag_base(&bag, &ret->base))
		return ld_lex_fail(lex, first.s, "there is no type '%.*s'", (int)ret->name.len,
				   first.s);
	return 0;
}

static int lex_name(struct ld_lex *lex, struct ld_texpr *ret)
{
	struct bag bag = { 0 };
	struct ld_span word;

	if (!next_word(lex, &word))
		return ld_lex_fail(lex, lex->p, "expected a type, such as 'struct page'");
	if (ld_span_is(word, "struct"))
		return lex_tag(lex, LD_TEXPR_STRUCT, "struct", ret);
	if (ld_span_is(word, "union"))
		return lex_tag(lex, LD_TEXPR_UNION, "union", ret);
	if (ld_span_is(word, "enum"))
		return lex_tag(lex, LD_TEXPR_ENUM, "enum", ret);
	if (bag_add(&bag, word))
		return lex_base(lex, word, ret);
	ret->kind = LD_TEXPR_NAME;
	ret->name = word;
	return 0;
}

static int lex_dim(struct ld_lex *lex, struct ld_texpr *ret)
{
	const char *at;
	__u64 n;

	ld_lex_peek(lex);
	at = lex->p;
	if (ld_lex_number(lex, "the number of elements", &n))
		return -1;
	if (!n || n > 0xffffffffU)
		return ld_lex_fail(lex, at, "an array has 1 to 4294967295 elements");
	if (ret->nr_dims == LD_TYPE_DIMS)
		return ld_lex_fail(lex, at, "more than %d array dimensions", LD_TYPE_DIMS);
	if (!ld_lex_eat(lex, "]"))
		return ld_lex_fail(lex, lex->p, "expected ']'");
	ret->dims[ret->nr_dims++] = n;
	return 0;
}

int ld_texpr_lex(struct ld_lex *lex, struct ld_texpr *ret)
{
	struct ld_span word;

	memset(ret, 0, sizeof(*ret));
	if (lex_name(lex, ret))
		return -1;
	for (;;) {
		if (ld_lex_eat(lex, "*")) {
			if (ret->ptrs++ == LD_TYPE_PTRS)
				return ld_lex_fail(lex, lex->p - 1, "too many '*'");
		} else if (ld_lex_ident(lex, &word)) {
			if (!is_qualifier(word))
				return ld_lex_fail(lex, word.s, "unexpected '%.*s' behind a type",
						   (int)word.len, word.s);
		} else {
			break;
		}
	}
	if (ld_lex_peek(lex) == '(')
		return ld_lex_fail(lex, lex->p,
				   "pointers to arrays and to functions are not supported here");
	while (ld_lex_eat(lex, "["))
		if (lex_dim(lex, ret))
			return -1;
	return 0;
}

int ld_texpr_parse(const char *text, struct ld_texpr *ret, struct ld_err *err)
{
	struct ld_lex lex = { .text = text, .p = text, .err = err };

	if (ld_texpr_lex(&lex, ret))
		return -1;
	return ld_lex_end(&lex);
}
