/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_TARGET_TYPE_H
#define LD_TARGET_TYPE_H

#include <linux/types.h>

#include "target_lex.h"

/** LD_TYPE_DIMS: the most array dimensions a type expression may have. */
#define LD_TYPE_DIMS		4
/** LD_TYPE_PTRS: the most pointer stars a type expression may have. */
#define LD_TYPE_PTRS		16

/**
 * enum ld_base_kind - what a base type is
 * @LD_BASE_VOID: void
 * @LD_BASE_BOOL: _Bool
 * @LD_BASE_CHAR: char, signed or not
 * @LD_BASE_SHORT: short
 * @LD_BASE_INT: int
 * @LD_BASE_LONG: long
 * @LD_BASE_LLONG: long long
 * @LD_BASE_INT128: __int128
 * @LD_BASE_FLOAT: float
 * @LD_BASE_DOUBLE: double
 */
enum ld_base_kind {
	LD_BASE_VOID,
	LD_BASE_BOOL,
	LD_BASE_CHAR,
	LD_BASE_SHORT,
	LD_BASE_INT,
	LD_BASE_LONG,
	LD_BASE_LLONG,
	LD_BASE_INT128,
	LD_BASE_FLOAT,
	LD_BASE_DOUBLE,
};

/**
 * struct ld_base - a base type, however its words are ordered
 * @kind: which
 * @sign: 'u' unsigned, 's' signed, 0 plain char and what has no sign
 *
 * Compilers name ``unsigned long`` differently ("long unsigned int"): this is what names are
 * compared by.
 */
struct ld_base {
	enum ld_base_kind kind;
	char sign;
};

/**
 * ld_base_parse() - understand the name of a base type
 * @text: e.g. "long unsigned int"
 * @ret: the base type
 *
 * Return: whether it is one.
 */
bool ld_base_parse(const char *text, struct ld_base *ret);

/**
 * enum ld_texpr_kind - what a type expression begins with
 * @LD_TEXPR_STRUCT: ``struct NAME``
 * @LD_TEXPR_UNION: ``union NAME``
 * @LD_TEXPR_ENUM: ``enum NAME``
 * @LD_TEXPR_NAME: a typedef
 * @LD_TEXPR_BASE: words like ``unsigned long``
 */
enum ld_texpr_kind {
	LD_TEXPR_STRUCT,
	LD_TEXPR_UNION,
	LD_TEXPR_ENUM,
	LD_TEXPR_NAME,
	LD_TEXPR_BASE,
};

/**
 * struct ld_texpr - a type as written: an array of pointers to a named type
 * @kind: which namespace @name is in
 * @name: tag, typedef or base type, as written
 * @base: for %LD_TEXPR_BASE
 * @ptrs: pointer stars
 * @nr_dims: entries of @dims
 * @dims: array sizes, outermost first
 */
struct ld_texpr {
	enum ld_texpr_kind kind;
	struct ld_span name;
	struct ld_base base;
	unsigned int ptrs;
	unsigned int nr_dims;
	__u32 dims[LD_TYPE_DIMS];
};

/**
 * ld_texpr_lex() - parse a type inside a longer text
 * @lex: stands at the type; stands behind it afterwards
 * @ret: the type
 *
 * Return: 0, or -1 with the lexer's error filled.
 */
int ld_texpr_lex(struct ld_lex *lex, struct ld_texpr *ret);

/**
 * ld_texpr_parse() - parse a text that is a type and nothing else
 * @text: the type; must outlive @ret
 * @ret: the type
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_texpr_parse(const char *text, struct ld_texpr *ret, struct ld_err *err);

#endif
