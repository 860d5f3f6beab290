// SPDX-License-Identifier: GPL-2.0
/* What we need of json-c, in one line each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

/* Bytes of the UTF-8 character that begins here, 0 if none does. */
static size_t utf8_length(const unsigned char *s)
{
	size_t length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 :
			s[0] < 0xf5 ? 4 : 0;
	size_t i;

	for (i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	return length;
}

/* json-c copies bytes as they are; file names and arguments may be anything. */
struct json_object *ld_json_text(const char *value)
{
	const unsigned char *from = (const unsigned char *)value;
	char *copy = malloc(strlen(value) + 1), *to = copy;
	struct json_object *text;

	if (!copy)
		return NULL;
	while (*from) {
		size_t length = utf8_length(from);

		if (length) {
			memcpy(to, from, length);
			to += length;
			from += length;
		} else {
			*to++ = '?';
			from++;
		}
	}
	*to = '\0';
	text = json_object_new_string(copy);
	free(copy);
	return text;
}

void ld_json_string(struct json_object *object, const char *key, const char *value)
{
	json_object_object_add(object, key, value ? ld_json_text(value) : NULL);
}

void ld_json_number(struct json_object *object, const char *key, uint64_t value)
{
	json_object_object_add(object, key, json_object_new_uint64(value));
}

void ld_json_address(struct json_object *object, const char *key, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
	ld_json_string(object, key, text);
}

void ld_json_bool(struct json_object *object, const char *key, int value)
{
	json_object_object_add(object, key, json_object_new_boolean(value));
}

struct json_object *ld_json_child(struct json_object *object, const char *key)
{
	struct json_object *child = json_object_new_object();

	json_object_object_add(object, key, child);
	return child;
}

struct json_object *ld_json_array(struct json_object *object, const char *key)
{
	struct json_object *array = json_object_new_array();

	json_object_object_add(object, key, array);
	return array;
}

struct json_object *ld_json_element(struct json_object *array)
{
	struct json_object *element = json_object_new_object();

	json_object_array_add(array, element);
	return element;
}

const char *ld_json_pretty(struct json_object *object)
{
	return json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
					      JSON_C_TO_STRING_SPACED |
					      JSON_C_TO_STRING_NOSLASHESCAPE);
}

int ld_json_print_to(struct json_object *object, FILE *to)
{
	const char *text = ld_json_pretty(object);
	int bad = !text || fprintf(to, "%s\n", text) < 0 || fflush(to);

	json_object_put(object);
	return bad ? -1 : 0;
}

int ld_json_print(struct json_object *object)
{
	return ld_json_print_to(object, stdout);
}
