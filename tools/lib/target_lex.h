/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_TARGET_LEX_H
#define LD_TARGET_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "err.h"

/**
 * struct ld_span - a piece of a longer text
 * @s: first character; no NUL follows
 * @len: characters
 */
struct ld_span {
	const char *s;
	size_t len;
};

/**
 * struct ld_lex - where a parser stands in a text
 * @text: whole text, what error messages show
 * @p: next character
 * @err: filled by the functions that fail
 */
struct ld_lex {
	const char *text;
	const char *p;
	struct ld_err *err;
};

/**
 * ld_lex_fail() - report an error at a column
 * @lex: parser
 * @at: the character that is wrong, in lex->text
 * @fmt: printf format of what is wrong
 *
 * The message names the text, and a second and third line show it with a caret.
 *
 * Return: -1.
 */
int ld_lex_fail(struct ld_lex *lex, const char *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * ld_lex_peek() - look at the next character that is not blank
 * @lex: parser; blanks are skipped
 *
 * Return: the character, NUL at the end.
 */
char ld_lex_peek(struct ld_lex *lex);

/**
 * ld_lex_eat() - take punctuation if it is next
 * @lex: parser
 * @token: one or more characters
 *
 * Return: whether it was there, and was taken.
 */
bool ld_lex_eat(struct ld_lex *lex, const char *token);

/**
 * ld_lex_ident() - take a C identifier if it is next
 * @lex: parser
 * @ret: the identifier
 *
 * Return: whether there was one.
 */
bool ld_lex_ident(struct ld_lex *lex, struct ld_span *ret);

/**
 * ld_lex_number() - take a number, decimal or 0x…
 * @lex: parser
 * @what: what it is, for the error message
 * @ret: the number
 *
 * Return: 0, or -1 if there is none or it does not fit 64 bits.
 */
int ld_lex_number(struct ld_lex *lex, const char *what, __u64 *ret);

/**
 * ld_lex_end() - require the end of the text
 * @lex: parser
 *
 * Return: 0, or -1 if something follows.
 */
int ld_lex_end(struct ld_lex *lex);

/**
 * ld_span_is() - compare a span to a string
 * @span: the span
 * @s: NUL-terminated
 *
 * Return: whether they are equal.
 */
bool ld_span_is(struct ld_span span, const char *s);

/**
 * ld_span_copy() - make a string of a span
 * @span: the span; what is too long is cut off
 * @buf: where
 * @size: of @buf
 *
 * Return: @buf.
 */
char *ld_span_copy(struct ld_span span, char *buf, size_t size);

#endif
