// SPDX-License-Identifier: GPL-2.0
/* Reading the notes of a session. Any program may have written them. */
#include <stdlib.h>
#include <string.h>

#include "annotations.h"
#include "array.h"
#include "size.h"

/* Bits of an index: none in a plan has more. */
#define INDEX_BITS	30

/* A name on its way: the text is our own. */
struct name {
	uint64_t key;
	char *text;
};

struct reader {
	struct name *names;
	size_t nr;
	size_t room;
	int failed;
};

static const struct {
	const char *name;
	enum ld_name_kind kind;
} kinds[] = {
	{ "roots", LD_NAME_ROOT },
	{ "types", LD_NAME_TYPE },
	{ "edges", LD_NAME_EDGE },
	{ "targets", LD_NAME_TARGET },
};

static uint64_t make_key(uint32_t request, enum ld_name_kind kind, uint32_t index)
{
	return (uint64_t)request << 32 | (uint64_t)kind << INDEX_BITS | index;
}

static void add_name(struct reader *r, uint64_t key, const char *text)
{
	void *p = ld_array_room(r->names, r->nr, &r->room, sizeof(*r->names));

	if (!p) {
		r->failed = 1;
		return;
	}
	r->names = p;
	r->names[r->nr] = (struct name){ key, strdup(text) };
	if (r->names[r->nr].text)
		r->nr++;
	else
		r->failed = 1;
}

static void read_names(struct reader *r, struct json_object *names, uint32_t request,
		       enum ld_name_kind kind)
{
	uint64_t index;

	json_object_object_foreach(names, key, value) {
		if (ld_parse_number(key, &index) || index >> INDEX_BITS ||
		    !json_object_is_type(value, json_type_string))
			continue;
		add_name(r, make_key(request, kind, (uint32_t)index),
			 json_object_get_string(value));
	}
}

static void read_skipped(struct json_object *list, struct json_object *to)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		json_object_array_add(to, json_object_get(json_object_array_get_idx(list, i)));
}

static void read_note(struct reader *r, struct json_object *note, struct ld_annotations *ret)
{
	struct json_object *member;
	int64_t request;
	size_t i;

	if (!json_object_is_type(note, json_type_object))
		return;
	if (json_object_object_get_ex(note, "command", &member) &&
	    json_object_is_type(member, json_type_array))
		json_object_array_add(ret->commands, json_object_get(note));
	if (json_object_object_get_ex(note, "incomplete", &member) &&
	    json_object_is_type(member, json_type_boolean))
		ret->incomplete |= json_object_get_boolean(member);
	if (json_object_object_get_ex(note, "skipped", &member) &&
	    json_object_is_type(member, json_type_array))
		read_skipped(member, ret->skipped);
	if (!json_object_object_get_ex(note, "request", &member) ||
	    !json_object_is_type(member, json_type_int))
		return;
	request = json_object_get_int64(member);
	if (request < 0 || request > UINT32_MAX)
		return;
	for (i = 0; i < LD_ARRAY_SIZE(kinds); i++) {
		if (json_object_object_get_ex(note, kinds[i].name, &member) &&
		    json_object_is_type(member, json_type_object))
			read_names(r, member, (uint32_t)request, kinds[i].kind);
	}
}

static void read_lines(struct reader *r, const char *text, size_t size,
		       struct ld_annotations *ret)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *note;

	if (!tokener) {
		r->failed = 1;
		return;
	}
	while (size) {
		const char *newline = memchr(text, '\n', size);
		size_t length = newline ? (size_t)(newline - text) : size;

		/* it takes an int */
		if (length <= INT32_MAX) {
			json_tokener_reset(tokener);
			note = json_tokener_parse_ex(tokener, text, (int)length);
			read_note(r, note, ret);
			json_object_put(note);
		}
		length += newline ? 1 : 0;
		text += length;
		size -= length;
	}
	json_tokener_free(tokener);
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static int compare_key(const void *a, const void *b)
{
	const struct ld_name_key *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

/* Each text once, in the order of the alphabet, behind the two that there always are. */
static int intern(struct reader *r, struct ld_annotations *ret)
{
	size_t size = sizeof("\0+"), i, length;
	uint32_t at = LD_NAME_NONE;

	for (i = 0; i < r->nr; i++)
		size += strlen(r->names[i].text) + 1;
	ret->names = calloc(1, size);
	ret->keys = calloc(r->nr + 1, sizeof(*ret->keys));
	if (!ret->names || !ret->keys || size > UINT32_MAX)
		return -1;
	memcpy(ret->names, "\0+", sizeof("\0+"));
	ret->names_size = sizeof("\0+");
	if (r->nr)
		qsort(r->names, r->nr, sizeof(*r->names), compare_text);
	for (i = 0; i < r->nr; i++) {
		if (!i || strcmp(r->names[i].text, r->names[i - 1].text)) {
			length = strlen(r->names[i].text) + 1;
			at = (uint32_t)ret->names_size;
			memcpy(ret->names + at, r->names[i].text, length);
			ret->names_size += length;
		}
		ret->keys[i] = (struct ld_name_key){ r->names[i].key, at };
	}
	ret->nr_keys = r->nr;
	if (r->nr)
		qsort(ret->keys, ret->nr_keys, sizeof(*ret->keys), compare_key);
	return 0;
}

int ld_annotations_read(const char *text, size_t size, struct ld_annotations *ret)
{
	struct reader r = { 0 };
	int result = -1;

	*ret = (struct ld_annotations){
		.commands = json_object_new_array(),
		.skipped = json_object_new_array(),
	};
	if (ret->commands && ret->skipped)
		read_lines(&r, text, size, ret);
	if (ret->commands && ret->skipped && !r.failed)
		result = intern(&r, ret);
	while (r.nr)
		free(r.names[--r.nr].text);
	free(r.names);
	return result;
}

void ld_annotations_free(struct ld_annotations *a)
{
	json_object_put(a->commands);
	json_object_put(a->skipped);
	free(a->keys);
	free(a->names);
	*a = (struct ld_annotations){ 0 };
}

uint32_t ld_annotations_name(const struct ld_annotations *a, uint32_t request,
			     enum ld_name_kind kind, uint32_t index)
{
	struct ld_name_key wanted = { .key = make_key(request, kind, index) }, *found;

	if (index >> INDEX_BITS || !a->nr_keys)
		return LD_NAME_NONE;
	found = bsearch(&wanted, a->keys, a->nr_keys, sizeof(wanted), compare_key);
	return found ? found->at : LD_NAME_NONE;
}
