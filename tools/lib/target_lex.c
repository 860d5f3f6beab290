// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "target_lex.h"

/* How much of the text an error shows; targets that matter are shorter. */
#define SHOWN	240

static void show(char *to, const char *text)
{
	size_t i;

	for (i = 0; text[i] && i < SHOWN; i++)
		to[i] = iscntrl((unsigned char)text[i]) ? '?' : text[i];
	to[i] = '\0';
}

/* Columns before @at: UTF-8 continuation bytes take none. */
static int column(const char *text, const char *at)
{
	int col = 0;

	for (; text < at; text++)
		col += ((unsigned char)*text & 0xc0) != 0x80;
	return col;
}

int ld_lex_fail(struct ld_lex *lex, const char *at, const char *fmt, ...)
{
	char what[400], shown[SHOWN + 1];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	show(shown, lex->text);
	if (at - lex->text > SHOWN)
		ld_fail(lex->err, LD_EXIT_USAGE, "%s...: %s", shown, what);
	else
		ld_fail(lex->err, LD_EXIT_USAGE, "%s: %s\n  %s\n  %*s^", shown, what, shown,
			column(lex->text, at), "");
	lex->err->column = column(lex->text, at) + 1;
	return -1;
}

char ld_lex_peek(struct ld_lex *lex)
{
	while (*lex->p == ' ' || *lex->p == '\t')
		lex->p++;
	return *lex->p;
}

bool ld_lex_eat(struct ld_lex *lex, const char *token)
{
	size_t len = strlen(token);

	ld_lex_peek(lex);
	if (strncmp(lex->p, token, len))
		return false;
	lex->p += len;
	return true;
}

bool ld_lex_ident(struct ld_lex *lex, struct ld_span *ret)
{
	unsigned char c = ld_lex_peek(lex);
	const char *p = lex->p;

	if (!isalpha(c) && c != '_')
		return false;
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	ret->s = lex->p;
	ret->len = p - lex->p;
	lex->p = p;
	return true;
}

static int digit(char c, unsigned int base)
{
	int d;

	if (c >= '0' && c <= '9')
		d = c - '0';
	else if (c >= 'a' && c <= 'f')
		d = c - 'a' + 10;
	else if (c >= 'A' && c <= 'F')
		d = c - 'A' + 10;
	else
		return -1;
	return d < (int)base ? d : -1;
}

int ld_lex_number(struct ld_lex *lex, const char *what, __u64 *ret)
{
	unsigned int base = 10;
	const char *p, *start;
	__u64 n = 0;

	ld_lex_peek(lex);
	p = lex->p;
	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		base = 16;
		p += 2;
	}
	for (start = p; digit(*p, base) >= 0; p++)
		if (__builtin_mul_overflow(n, (__u64)base, &n) ||
		    __builtin_add_overflow(n, (__u64)digit(*p, base), &n))
			return ld_lex_fail(lex, lex->p, "%s does not fit 64 bits", what);
	if (p == start)
		return ld_lex_fail(lex, p, "expected %s", what);
	lex->p = p;
	*ret = n;
	return 0;
}

int ld_lex_end(struct ld_lex *lex)
{
	char c = ld_lex_peek(lex);

	if (!c)
		return 0;
	if (!isprint((unsigned char)c))
		return ld_lex_fail(lex, lex->p, "unexpected byte 0x%02x", (unsigned char)c);
	return ld_lex_fail(lex, lex->p, "unexpected '%c'", c);
}

bool ld_span_is(struct ld_span span, const char *s)
{
	return strlen(s) == span.len && (!span.len || !memcmp(span.s, s, span.len));
}

char *ld_span_copy(struct ld_span span, char *buf, size_t size)
{
	snprintf(buf, size, "%.*s", (int)span.len, span.s);
	return buf;
}
