// SPDX-License-Identifier: GPL-2.0
/* The list of objects: from the module's entries and the tool's notes to a file, and out of it. */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>

#include "annotate.h"
#include "annotations.h"
#include "dev.h"
#include "objects.h"
#include "objects_print.h"
#include "writer.h"
#include "writer_wrap.h"

#define NO_TYPE		0xffffffffU
#define NONE		LIVEDUMP_NO_PARENT

/* A session with objects of two requests. */
static const struct livedump_object objects[] = {
	{ .address = 0xffffffff82000000, .length = 100, .request = 3, .parent = NONE, .type = 0 },
	{ .address = 0xffff888000001000, .length = 32, .request = 3, .parent = 0, .edge = 0,
	  .type = 1, .depth = 1 },
	{ .address = 0xffff888000002000, .length = 5, .request = 3, .parent = 0, .edge = 1,
	  .type = NO_TYPE, .slot = 2, .depth = 1 },
	{ .address = 0xffff888000003000, .length = 64, .request = 3, .parent = 1, .edge = 4,
	  .type = NO_TYPE, .depth = 2, .flags = LIVEDUMP_OBJECT_SLAB | LIVEDUMP_OBJECT_FREE },
	{ .address = 0xffff888000004000, .length = 64, .request = 3, .parent = 3, .edge = 4,
	  .type = NO_TYPE, .slot = 3, .depth = 3 },
	{ .address = 0xffff888000005000, .length = 32, .request = 3, .parent = 0, .edge = 2,
	  .type = 1, .slot = 7, .depth = 1, .flags = LIVEDUMP_OBJECT_MISSING },
	{ .address = 0xffffe8ffffc00000, .length = 8, .request = 3, .parent = 0, .edge = 3,
	  .type = 2, .slot = 1, .depth = 1 },
	{ .address = 0xffffffff82000000, .length = 8, .request = 4, .parent = NONE, .edge = 1,
	  .type = 2 },
};

static struct livedump_type types[3];
static struct livedump_edge edges[] = {
	{ .kind = LIVEDUMP_EDGE_POINTER, .type = 1, .count = 1 },
	{ .kind = LIVEDUMP_EDGE_STRING, .count = 4, .stride = 8, .arg = 64 },
	{ .kind = LIVEDUMP_EDGE_LIST, .type = 1, .count = 1 },
	{ .kind = LIVEDUMP_EDGE_PERCPU, .type = 2, .count = 1 },
	{ .kind = LIVEDUMP_EDGE_OBJECT, .count = 1, .arg = 64, .flags = LIVEDUMP_EDGE_SCAN },
	{ .kind = LIVEDUMP_EDGE_BYTES, .count = 1, .arg = 64 },
};

/* What the stand-in for the module holds. */
static char notes[1 << 20];
static size_t notes_size;
static int annotate_error;

int __wrap_ioctl(int fd, unsigned long cmd, ...)
{
	const struct livedump_annotate *note;
	va_list ap;
	void *arg;

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (cmd == LIVEDUMP_STATUS) {
		((struct livedump_status *)arg)->out_listed = LD_ARRAY_SIZE(objects);
		return 0;
	}
	note = arg;
	errno = annotate_error;
	if (annotate_error)
		return -1;
	EXPECT(cmd == LIVEDUMP_ANNOTATE && note->size == sizeof(*note) && note->length);
	EXPECT(notes_size + note->length <= sizeof(notes));
	memcpy(notes + notes_size, (const void *)(uintptr_t)note->text, note->length);
	notes_size += note->length;
	return 0;
}

void *__wrap_mmap64(void *at, size_t length, int prot, int flags, int fd, off_t offset)
{
	void *map = __real_mmap64(NULL, length, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	EXPECT((__u64)offset == LIVEDUMP_MMAP_OBJECTS && length == sizeof(objects));
	memcpy(map, objects, sizeof(objects));
	return map;
}

static struct ld_err err;

static void annotate(void)
{
	char first[] = "init_task", second[] = "foo[3]";
	char *labels[2] = { first, second };
	struct ld_request req = {
		.root_labels = labels,
		.nr_roots = 2,
		.plan = {
			.types = types, .nr_types = LD_ARRAY_SIZE(types),
			.edges = edges, .nr_edges = LD_ARRAY_SIZE(edges),
		},
	};
	static char words[][8] = { "tool", "snap\xff" };
	char *argv[3] = { words[0], words[1], NULL };

	notes_size = 0;
	EXPECT(!ld_annotate_command(-1, 2, argv, &err));
	EXPECT(!ld_annotate_names(-1, 3, &req, &err));
	EXPECT(!ld_annotate_names(-1, 4, &req, &err));
	EXPECT(notes_size && notes[notes_size - 1] == '\n');
}

static const char *name(const struct ld_annotations *a, uint32_t request, enum ld_name_kind kind,
			uint32_t index)
{
	return a->names + ld_annotations_name(a, request, kind, index);
}

static void names(void)
{
	struct json_object *command;
	struct ld_annotations a;

	annotate();
	EXPECT(!ld_annotations_read(notes, notes_size, &a));
	EXPECT(json_object_array_length(a.commands) == 1);
	command = json_object_array_get_idx(a.commands, 0);
	EXPECT_HAS(json_object_to_json_string(command), "[ \"tool\", \"snap?\" ]");
	EXPECT(!strcmp(name(&a, 3, LD_NAME_ROOT, 0), "init_task"));
	EXPECT(!strcmp(name(&a, 3, LD_NAME_TYPE, 1), "struct type_1"));
	EXPECT(!strcmp(name(&a, 3, LD_NAME_EDGE, 0), ".edge_0"));
	EXPECT(!strcmp(name(&a, 3, LD_NAME_EDGE, 1), ".edge_1[]"));
	EXPECT(!strcmp(name(&a, 3, LD_NAME_EDGE, 2), ".edge_2[]"));
	EXPECT(!strcmp(name(&a, 3, LD_NAME_EDGE, 3), ".edge_3@"));
	EXPECT(!strcmp(name(&a, 3, LD_NAME_TARGET, 1), "string"));
	EXPECT(!strcmp(name(&a, 3, LD_NAME_TARGET, 4), "bytes"));
	EXPECT(!strcmp(name(&a, 4, LD_NAME_ROOT, 1), "foo[3]"));
	/* what does not occur has no name, and no room is taken for it */
	EXPECT(!*name(&a, 3, LD_NAME_ROOT, 1));
	EXPECT(!*name(&a, 3, LD_NAME_EDGE, 5));
	EXPECT(!*name(&a, 3, LD_NAME_TARGET, 0));
	EXPECT(!*name(&a, 4, LD_NAME_TYPE, 0));
	EXPECT(!*name(&a, 5, LD_NAME_ROOT, 0));
	EXPECT(!*name(&a, 3, LD_NAME_EDGE, NO_TYPE));
	ld_annotations_free(&a);
}

/* That something is missing is known to who writes the file, too. */
static void incomplete(void)
{
	struct ld_annotations a;

	annotate();
	EXPECT(!ld_annotations_read(notes, notes_size, &a) && !a.incomplete);
	ld_annotations_free(&a);
	EXPECT(!ld_annotate_incomplete(-1, &err));
	EXPECT(!ld_annotations_read(notes, notes_size, &a) && a.incomplete);
	ld_annotations_free(&a);
}

static void no_room(void)
{
	static const struct {
		int error;
		int command;
		int names;
	} cases[] = {
		{ ENOSPC, 0, LD_DEV_CUT }, { ENOMEM, 0, LD_DEV_CUT }, { ESHUTDOWN, -1, -1 },
	};
	char word[] = "livedump", label[] = "x", *argv[] = { word }, *labels[] = { label, label };
	struct ld_request req = { .nr_roots = 2, .root_labels = labels };
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(cases); i++) {
		annotate_error = cases[i].error;
		EXPECT(ld_annotate_command(-1, 1, argv, &err) == cases[i].command);
		EXPECT(ld_annotate_names(-1, 3, &req, &err) == cases[i].names);
		EXPECT(*err.msg);
	}
	annotate_error = 0;
}

/* Each text is there once, however often it was said. */
static void many_requests(void)
{
	struct ld_annotations a;
	char *text = need(malloc(1000 * 100));
	size_t size = 0;
	unsigned int i;

	for (i = 0; i < 1000; i++)
		size += (size_t)sprintf(text + size,
					"{\"request\":%u,\"types\":{\"%u\":\"int\"}}\n",
					i, i * 3);
	EXPECT(!ld_annotations_read(text, size, &a));
	EXPECT(a.nr_keys == 1000 && a.names_size == sizeof("\0+") + sizeof("int"));
	for (i = 0; i < 1000; i++)
		EXPECT(!strcmp(name(&a, i, LD_NAME_TYPE, i * 3), "int"));
	ld_annotations_free(&a);
	free(text);
}

static void hostile_notes(void)
{
	static const char text[] =
		"\n\n{\n[]\nnull\n7\n\"x\"\n{}\n\xff\xfe\n{\"command\":7}\n{\"incomplete\":1}\n{\"request\":\"1\"}\n"
		"{\"request\":-1,\"types\":{\"0\":\"a\"}}\n"
		"{\"request\":5000000000,\"types\":{\"0\":\"b\"}}\n"
		"{\"request\":1,\"types\":7,\"edges\":[1],\"roots\":null}\n"
		"{\"request\":1,\"types\":{\"\":\"c\",\"-1\":\"d\",\"x\":\"e\",\"1073741824\":\"f\"}}\n"
		"{\"request\":1,\"types\":{\"1\":7,\"2\":null,\"3\":{}}}\n"
		"{\"request\":1,\"types\":{\"4\":\"good\"}} and more\n"
		"{\"command\":[]}\n{\"request\":1,\"edges\":{\"4\":\"no newline\"}}";
	struct ld_annotations a;
	size_t cut;

	EXPECT(!ld_annotations_read(text, sizeof(text) - 1, &a));
	EXPECT(a.nr_keys == 2 && json_object_array_length(a.commands) == 1 && !a.incomplete);
	EXPECT(!strcmp(name(&a, 1, LD_NAME_TYPE, 4), "good"));
	EXPECT(!strcmp(name(&a, 1, LD_NAME_EDGE, 4), "no newline"));
	ld_annotations_free(&a);
	/* from memory that ends there */
	for (cut = 0; cut < sizeof(text); cut++) {
		char *copy = need(malloc(cut + !cut));

		memcpy(copy, text, cut);
		EXPECT(!ld_annotations_read(copy, cut, &a));
		ld_annotations_free(&a);
		free(copy);
	}
	EXPECT(!ld_annotations_read(NULL, 0, &a) && !a.nr_keys);
	ld_annotations_free(&a);
}

static void *encode(size_t *size)
{
	struct ld_annotations a;
	void *note;

	annotate();
	EXPECT(!ld_annotations_read(notes, notes_size, &a));
	note = need(ld_objects_encode(objects, LD_ARRAY_SIZE(objects), 5, &a, size));
	ld_annotations_free(&a);
	return note;
}

static void round_trip(void)
{
	static const char * const steps[] = {
		"init_task", ".edge_0", ".edge_1[]", ".edge_4", "+", ".edge_2[]", ".edge_3@",
		"foo[3]",
	};
	static const char * const kinds[] = {
		"struct type_0", "struct type_1", "string", "bytes", "bytes", "struct type_1",
		"struct type_2", "struct type_2",
	};
	struct ld_objects o;
	struct ld_object got;
	uint32_t i;
	size_t size;
	void *note = encode(&size);

	EXPECT(!ld_objects_decode(note, size, &o));
	EXPECT(o.nr == LD_ARRAY_SIZE(objects) && o.unlisted == 5);
	for (i = 0; i < o.nr; i++) {
		ld_objects_get(&o, i, &got);
		EXPECT(got.address == objects[i].address && got.length == objects[i].length &&
		       got.request == objects[i].request && got.parent == objects[i].parent &&
		       got.slot == objects[i].slot && got.depth == objects[i].depth &&
		       got.flags == objects[i].flags);
		EXPECT(!strcmp(got.step, steps[i]));
		EXPECT(!strcmp(got.type, kinds[i]));
	}
	free(note);
}

/* Bytes as Documentation/vmcore.rst has them. */
static void layout(void)
{
	static const unsigned char head[] = {
		1, 0, 0, 0, 40, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0,
	};
	static const unsigned char third[] = {
		0, 0x20, 0, 0, 0x80, 0x88, 0xff, 0xff, 5, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
	};
	size_t size;
	unsigned char *note = encode(&size);

	EXPECT(!memcmp(note, head, sizeof(head)));
	EXPECT(!memcmp(note + 32 + 2 * 40, third, sizeof(third)));
	EXPECT(note[32 + 2 * 40 + 28] == 2 && note[32 + 2 * 40 + 32] == 1);
	EXPECT(size > 32 + 8 * 40 && !note[32 + 8 * 40] && !note[size - 1]);
	free(note);
}

static char *printed(const struct ld_objects *o, int dot)
{
	char *text = NULL;
	size_t size;
	FILE *to = need(open_memstream(&text, &size));

	if (dot)
		ld_objects_dot(o, to);
	else
		EXPECT(!ld_objects_tree(o, to));
	fclose(to);
	return need(text);
}

static void tree(void)
{
	static const char * const lines[] = {
		"init_task: struct type_0 0xffffffff82000000 100\n",
		"  .edge_0 -> struct type_1 0xffff888000001000 32\n",
		"    .edge_4 -> bytes 0xffff888000003000 64 slab free\n",
		"      +0x18 -> bytes 0xffff888000004000 64\n",
		"  .edge_1[2] -> string 0xffff888000002000 5\n",
		"  .edge_2[7] -> struct type_1 0xffff888000005000 32 missing\n",
		"  .edge_3@1 -> struct type_2 0xffffe8ffffc00000 8\n",
		"foo[3]: struct type_2 0xffffffff82000000 8\n",
	};
	struct ld_objects o;
	size_t size, i, indent;
	void *note = encode(&size);
	char *text, *at, *to;

	EXPECT(!ld_objects_decode(note, size, &o));
	text = printed(&o, 0);
	/* blanks that only fill a column become one */
	for (i = 0, at = text; i < LD_ARRAY_SIZE(lines); i++) {
		char line[256];

		indent = strspn(at, " ");
		to = line + sprintf(line, "%*s", (int)indent, "");
		for (at += indent; *at && *at != '\n'; at++) {
			if (*at != ' ' || at[1] != ' ')
				*to++ = *at;
		}
		*to++ = '\n';
		*to = '\0';
		at += *at == '\n';
		if (strcmp(line, lines[i])) {
			printf("# '%s' is not '%s'\n", line, lines[i]);
			test_bad = 1;
		}
	}
	EXPECT(!*at);
	free(text);
	free(note);
}

static void json(void)
{
	struct json_object *object;
	const char *text;
	struct ld_objects o;
	size_t size;
	void *note = encode(&size);

	EXPECT(!ld_objects_decode(note, size, &o));
	object = ld_objects_json(&o, 3);
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
	EXPECT_HAS(text, "{\"index\":3,\"parent\":1,\"step\":\".edge_4\",\"type\":\"bytes\",");
	EXPECT_HAS(text, "\"address\":\"0xffff888000003000\",\"size\":64,\"depth\":2,");
	EXPECT_HAS(text, ",\"request\":3,\"flags\":[\"slab\",\"free\"]}");
	json_object_put(object);
	object = ld_objects_json(&o, 0);
	EXPECT_HAS(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN),
		   "\"parent\":null,\"step\":\"init_task\"");
	json_object_put(object);
	free(note);
}

/* A note of @nr objects, each reached from @parent(i), all with one name. */
static void *make_note(uint32_t nr, uint32_t (*parent)(uint32_t i), const char *text, size_t *size)
{
	struct livedump_object *all = need(calloc(nr, sizeof(*all)));
	struct ld_annotations a = { 0 };
	char *names = need(calloc(1, strlen(text) + 4));
	unsigned char *note;
	uint32_t i, at = 3;

	for (i = 0; i < nr; i++)
		all[i].parent = parent(i);
	memcpy(names, "\0+", 3);
	strcpy(names + 3, text);
	a.names = names;
	a.names_size = strlen(text) + 4;
	note = need(ld_objects_encode(all, nr, 0, &a, size));
	for (i = 0; i < nr; i++) {
		memcpy(note + 32 + i * 40 + 20, &at, 4);
		memcpy(note + 32 + i * 40 + 24, &at, 4);
	}
	free(names);
	free(all);
	return note;
}

static uint32_t before(uint32_t i)
{
	return i ? i - 1 : NONE;
}

static uint32_t none(uint32_t i)
{
	return NONE;
}

/* As deep as there are objects: neither the stack nor the width of the screen ends it. */
static void deep(void)
{
	struct ld_objects o;
	size_t size;
	void *note = make_note(200000, before, "x", &size);
	char *text;

	EXPECT(!ld_objects_decode(note, size, &o));
	text = printed(&o, 0);
	EXPECT_HAS(text, "(199999) x -> x");
	EXPECT(strlen(text) < 200000 * 160);
	free(text);
	free(note);
}

/* Of a file's names only plain text comes out, and in a graph nothing ends a label. */
static void hostile_names(void)
{
	struct ld_objects o;
	size_t size, i, quotes = 0;
	void *note = make_note(2, before, "\033[2J\"\\];\n\x80<b>\\n[]", &size);
	char *text;

	EXPECT(!ld_objects_decode(note, size, &o));
	text = printed(&o, 0);
	EXPECT(!strchr(text, '\033') && !strchr(text, '\x80'));
	free(text);
	text = printed(&o, 1);
	EXPECT(!strchr(text, '\033') && !strchr(text, '\x80'));
	EXPECT_HAS(text, "?[2J\\\"\\\\];?");
	EXPECT_HAS(text, "?<b>\\\\n");
	for (i = 0; text[i]; i++) {
		if (text[i] == '\\')
			i++;
		else
			quotes += text[i] == '"';
	}
	EXPECT(quotes == 2 + 2 + 2);
	free(text);
	free(note);

	/* longer than any line */
	text = need(calloc(1, 100000));
	memset(text, 'n', 99999);
	note = make_note(3, none, text, &size);
	free(text);
	EXPECT(!ld_objects_decode(note, size, &o));
	text = printed(&o, 0);
	EXPECT(strlen(text) < 3 * 1000);
	free(text);
	free(note);
}

/* A name may be most of the file, and that of each object: it is not read to its end each time. */
static void long_name(void)
{
	char *name = need(calloc(1, 200000)), *text;
	struct ld_objects o;
	unsigned char *copy;
	size_t size;
	void *note;

	memset(name, 'n', 199999);
	note = make_note(3, none, name, &size);
	free(name);
	copy = __real_mmap64(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			     0);
	EXPECT(copy != MAP_FAILED);
	memcpy(copy, note, size);
	free(note);
	EXPECT(!ld_objects_decode(copy, size, &o));
	EXPECT(!mprotect(copy + 65536, 65536, PROT_NONE));
	text = printed(&o, 0);
	EXPECT(strlen(text) < 3 * 1000);
	free(text);
	munmap(copy, size);
}

static void bad_notes(void)
{
	static const struct {
		size_t at;
		uint32_t value;
		int result;
	} bad[] = {
		{ 0, 2, 1 }, { 0, 0, 1 }, { 4, 39, -1 }, { 4, 41, -1 }, { 4, 0, -1 },
		{ 4, 0xffffffff, -1 }, { 8, 9, -1 }, { 8, 7, -1 }, { 8, 0xffffffff, -1 },
		{ 12, 1, -1 }, { 12, 0xffffffff, -1 }, { 24, 0, -1 }, { 24, 1, -1 },
		{ 28, 1, -1 }, { 28, 0xffffffff, -1 },
		/* parents: the object itself, a later one, none there is */
		{ 32 + 16, 0, -1 }, { 32 + 40 + 16, 1, -1 }, { 32 + 40 + 16, 7, -1 },
		{ 32 + 40 + 16, 0xfffffffe, -1 }, { 32 + 7 * 40 + 16, 8, -1 },
		/* names beyond the end */
		{ 32 + 20, 0xffffffff, -1 }, { 32 + 24, 0xffffffff, -1 }, { 32 + 24, 4096, -1 },
	};
	struct ld_objects o;
	size_t size, i;
	unsigned char *note = encode(&size), *copy = need(malloc(size));

	for (i = 0; i < LD_ARRAY_SIZE(bad); i++) {
		memcpy(copy, note, size);
		memcpy(copy + bad[i].at, &bad[i].value, 4);
		if (ld_objects_decode(copy, size, &o) != bad[i].result) {
			printf("# bad note %zu\n", i);
			test_bad = 1;
		}
	}
	free(copy);
	note[size - 1] = 'x';
	EXPECT(ld_objects_decode(note, size, &o) == -1);
	/* from memory that ends there */
	for (i = 0; i < size; i++) {
		copy = need(malloc(i + !i));
		memcpy(copy, note, i);
		EXPECT(ld_objects_decode(copy, i, &o) == -1);
		free(copy);
	}
	free(note);
}

/* Objects of a later version are longer. */
static void longer_entries(void)
{
	struct ld_objects o;
	struct ld_object got;
	size_t size, i;
	unsigned char *note = encode(&size), *longer = need(calloc(1, size + 8 * 8));

	memcpy(longer, note, 32);
	longer[4] = 48;
	for (i = 0; i < 8; i++)
		memcpy(longer + 32 + i * 48, note + 32 + i * 40, 40);
	memcpy(longer + 32 + 8 * 48, note + 32 + 8 * 40, size - 32 - 8 * 40);
	EXPECT(!ld_objects_decode(longer, size + 8 * 8, &o));
	ld_objects_get(&o, 7, &got);
	EXPECT(!strcmp(got.step, "foo[3]") && got.parent == NONE);
	free(longer);
	free(note);
}

int main(void)
{
	RUN(names);
	RUN(incomplete);
	RUN(no_room);
	RUN(many_requests);
	RUN(hostile_notes);
	RUN(round_trip);
	RUN(layout);
	RUN(tree);
	RUN(json);
	RUN(deep);
	RUN(hostile_names);
	RUN(long_name);
	RUN(bad_notes);
	RUN(longer_entries);
	return END();
}
