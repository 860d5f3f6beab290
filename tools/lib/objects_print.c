// SPDX-License-Identifier: GPL-2.0
/* The objects of a file as a tree, a graph, JSON. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "objects_print.h"

#define NONE		LIVEDUMP_NO_PARENT

/* Where the columns of addresses begin, if what is before it leaves room. */
#define COLUMN		64
/* Deeper ones say how deep they are. */
#define MAX_INDENT	24

#define MAX_TEXT	256
/* Ours are shorter; those of a file may be as long as it is, and are not read to their end. */
#define MAX_NAME	1024

static const struct {
	uint16_t flag;
	const char *name;
} marks[] = {
	{ LIVEDUMP_OBJECT_SLAB, "slab" },
	{ LIVEDUMP_OBJECT_FREE, "free" },
	{ LIVEDUMP_OBJECT_MISSING, "missing" },
};

/* @text as far as it fits, with question marks for what is no plain text. */
static void copy_safe(char to[MAX_TEXT], const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length && i < MAX_TEXT - 1; i++)
		to[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	to[i] = '\0';
}

/* How an object was reached, with its slot in its place. */
static void format_step(const struct ld_object *o, char to[MAX_TEXT + 32])
{
	const size_t length = strnlen(o->step, MAX_NAME);
	char text[MAX_TEXT];

	copy_safe(text, o->step, length);
	if (!length)
		snprintf(to, MAX_TEXT + 32, "?");
	else if (o->parent != NONE && !strcmp(text, "+"))
		snprintf(to, MAX_TEXT + 32, "+0x%" PRIx64, (uint64_t)o->slot * 8);
	else if (o->parent != NONE && length > 1 && !strcmp(o->step + length - 2, "[]"))
		snprintf(to, MAX_TEXT + 32, "%.*s[%" PRIu32 "]", (int)strlen(text) - 2, text,
			 o->slot);
	else if (o->parent != NONE && o->step[length - 1] == '@')
		snprintf(to, MAX_TEXT + 32, "%s%" PRIu32, text, o->slot);
	else
		snprintf(to, MAX_TEXT + 32, "%s", text);
}

static void format_type(const struct ld_object *o, char to[MAX_TEXT])
{
	copy_safe(to, *o->type ? o->type : "?", *o->type ? strnlen(o->type, MAX_NAME) : 1);
}

static void print_object(const struct ld_object *o, uint32_t level, FILE *to)
{
	char step[MAX_TEXT + 32], type[MAX_TEXT];
	int column, indent = (int)(level < MAX_INDENT ? level : MAX_INDENT) * 2;
	size_t i;

	format_step(o, step);
	format_type(o, type);
	column = fprintf(to, "%*s", indent, "");
	if (level > MAX_INDENT)
		column += fprintf(to, "(%" PRIu32 ") ", level);
	column += fprintf(to, o->parent == NONE ? "%s: %s" : "%s -> %s", step, type);
	fprintf(to, "%*s 0x%016" PRIx64 " %7" PRIu32, column < COLUMN ? COLUMN - column : 1, "",
		o->address, o->length);
	for (i = 0; i < LD_ARRAY_SIZE(marks); i++) {
		if (o->flags & marks[i].flag)
			fprintf(to, " %s", marks[i].name);
	}
	fputc('\n', to);
}

/*
 * For each object the first that was reached from it, and the next from where it was reached
 * itself; a further one stands above the roots.
 */
struct links {
	uint32_t *first;
	uint32_t *next;
};

static int link_objects(const struct ld_objects *o, struct links *l)
{
	struct ld_object object;
	uint32_t i, parent;

	l->first = malloc(((size_t)o->nr + 1) * sizeof(*l->first));
	l->next = malloc(((size_t)o->nr + 1) * sizeof(*l->next));
	if (!l->first || !l->next)
		return -1;
	memset(l->first, 0xff, ((size_t)o->nr + 1) * sizeof(*l->first));
	/* from the last one on, so that they come in the order of the list */
	for (i = o->nr; i--;) {
		ld_objects_get(o, i, &object);
		parent = object.parent == NONE ? o->nr : object.parent;
		l->next[i] = l->first[parent];
		l->first[parent] = i;
	}
	return 0;
}

int ld_objects_tree(const struct ld_objects *o, FILE *to)
{
	struct links l = { NULL, NULL };
	struct ld_object object;
	uint32_t i, level = 0;

	if (link_objects(o, &l)) {
		free(l.first);
		free(l.next);
		return -1;
	}
	i = l.first[o->nr];
	while (i != NONE) {
		ld_objects_get(o, i, &object);
		print_object(&object, level, to);
		if (l.first[i] != NONE) {
			i = l.first[i];
			level++;
			continue;
		}
		/* up to where there is a next one; parents have smaller numbers, so this ends */
		while (i != NONE && l.next[i] == NONE) {
			ld_objects_get(o, i, &object);
			i = object.parent;
			level--;
		}
		if (i != NONE)
			i = l.next[i];
	}
	free(l.first);
	free(l.next);
	return 0;
}

/* Within the quotes of graphviz a backslash may mean much. */
static void print_quoted(const char *text, FILE *to)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
}

static const char *colour_of(const struct ld_object *o)
{
	if (o->flags & LIVEDUMP_OBJECT_MISSING)
		return ", color=\"red\"";
	return o->flags & LIVEDUMP_OBJECT_FREE ? ", color=\"gray\"" : "";
}

void ld_objects_dot(const struct ld_objects *o, FILE *to)
{
	char step[MAX_TEXT + 32], type[MAX_TEXT];
	struct ld_object object;
	uint32_t i;

	fputs("digraph livedump {\n\trankdir=LR;\n\tnode [shape=box];\n", to);
	for (i = 0; i < o->nr; i++) {
		ld_objects_get(o, i, &object);
		format_step(&object, step);
		format_type(&object, type);
		fprintf(to, "\tn%" PRIu32 " [label=\"", i);
		if (object.parent == NONE) {
			print_quoted(step, to);
			fputs("\\n", to);
		}
		print_quoted(type, to);
		fprintf(to, "\\n0x%" PRIx64 ", %" PRIu32 "\"%s];\n", object.address, object.length,
			colour_of(&object));
		if (object.parent == NONE)
			continue;
		fprintf(to, "\tn%" PRIu32 " -> n%" PRIu32 " [label=\"", object.parent, i);
		print_quoted(step, to);
		fputs("\"];\n", to);
	}
	fputs("}\n", to);
}

struct json_object *ld_objects_json(const struct ld_objects *o, uint32_t i)
{
	struct json_object *to = json_object_new_object(), *flags;
	char step[MAX_TEXT + 32], type[MAX_TEXT];
	struct ld_object object;
	size_t k;

	ld_objects_get(o, i, &object);
	format_step(&object, step);
	format_type(&object, type);
	ld_json_number(to, "index", i);
	if (object.parent == NONE)
		ld_json_string(to, "parent", NULL);
	else
		ld_json_number(to, "parent", object.parent);
	ld_json_string(to, "step", step);
	ld_json_string(to, "type", type);
	ld_json_address(to, "address", object.address);
	ld_json_number(to, "size", object.length);
	ld_json_number(to, "depth", object.depth);
	ld_json_number(to, "request", object.request);
	flags = ld_json_array(to, "flags");
	for (k = 0; k < LD_ARRAY_SIZE(marks); k++) {
		if (object.flags & marks[k].flag)
			json_object_array_add(flags, ld_json_text(marks[k].name));
	}
	return to;
}
