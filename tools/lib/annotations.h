/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_ANNOTATIONS_H
#define LD_ANNOTATIONS_H

#include <stddef.h>
#include <stdint.h>

#include "json.h"

/**
 * enum ld_name_kind - what a name is of; indices are those of a request's plan
 * @LD_NAME_ROOT: a root
 * @LD_NAME_TYPE: a type
 * @LD_NAME_EDGE: an edge
 * @LD_NAME_TARGET: what an edge leads to that leads to no type
 */
enum ld_name_kind {
	LD_NAME_ROOT,
	LD_NAME_TYPE,
	LD_NAME_EDGE,
	LD_NAME_TARGET,
};

/** LD_NAME_NONE: where in the names there is an empty one. */
#define LD_NAME_NONE	0U
/** LD_NAME_WORD: where there is "+", for a word of something without a type. */
#define LD_NAME_WORD	1U

/**
 * struct ld_annotations - the notes of a session, read
 * @commands: array of objects as annotate.h shows them
 * @incomplete: something that a command asked for is missing
 * @skipped: array of what profiles asked for and the kernel lacks, as there
 * @keys: request, kind and index of names, sorted, each with where in @names it is
 * @nr_keys: entries of @keys
 * @names: NUL-terminated, one behind the other, each once
 * @names_size: bytes of @names
 */
struct ld_annotations {
	struct json_object *commands;
	int incomplete;
	struct json_object *skipped;
	struct ld_name_key {
		uint64_t key;
		uint32_t at;
	} *keys;
	size_t nr_keys;
	char *names;
	size_t names_size;
};

/**
 * ld_annotations_read() - read the notes of a session
 * @text: as annotate.h shows them; lines that make no sense are ignored
 * @size: its bytes
 * @ret: filled; ld_annotations_free() ends it whatever comes of this
 *
 * Return: 0, or -1 without memory.
 */
int ld_annotations_read(const char *text, size_t size, struct ld_annotations *ret);

/** ld_annotations_free() - free what it holds and zero it. @a: read, or zero */
void ld_annotations_free(struct ld_annotations *a);

/**
 * ld_annotations_name() - look a name up
 * @a: read
 * @request: number of the request
 * @kind: what it is of
 * @index: in the plan of the request
 *
 * Return: where in @a->names it is; %LD_NAME_NONE if there is none.
 */
uint32_t ld_annotations_name(const struct ld_annotations *a, uint32_t request,
			     enum ld_name_kind kind, uint32_t index);

#endif
