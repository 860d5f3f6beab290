// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corefile.h"
#include "elf_head.h"
#include "json.h"
#include "livedump.h"
#include "note.h"
#include "objects_print.h"
#include "reason.h"
#include "size.h"
#include "summary.h"

/* The file may be anybody's: nothing in it may speak to the terminal. */
static void print_safe(const char *text)
{
	for (; *text; text++)
		putchar(*text >= ' ' && *text <= '~' ? *text : '?');
}

/* The member @key of @object if it is of @type, else NULL; @object may be NULL. */
static struct json_object *get(struct json_object *object, const char *key, json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, key, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

static const char *get_text(struct json_object *object, const char *key)
{
	struct json_object *value = get(object, key, json_type_string);

	return value ? json_object_get_string(value) : NULL;
}

static uint64_t get_number(struct json_object *object, const char *key)
{
	struct json_object *value = get(object, key, json_type_int);

	return value ? json_object_get_uint64(value) : 0;
}

static void print_text(const char *label, const char *text)
{
	if (!text)
		return;
	printf("%-9s ", label);
	print_safe(text);
	putchar('\n');
}

/* Our note, or NULL; a note that cannot be parsed is a problem of the file. */
static struct json_object *parse_note(struct ld_corefile *c)
{
	struct json_tokener *tokener;
	struct json_object *note;

	if (!c->note)
		return NULL;
	tokener = json_tokener_new();
	if (!tokener)
		return NULL;
	note = json_tokener_parse_ex(tokener, c->note, (int)c->note_size);
	json_tokener_free(tokener);
	if (json_object_is_type(note, json_type_object))
		return note;
	json_object_put(note);
	ld_corefile_problem(c, "the LIVEDUMP note is garbled");
	return NULL;
}

/* What ld_objects_decode() makes of the list of objects; 2 where there is none. */
static int decode_objects(struct ld_corefile *c, struct ld_objects *ret)
{
	int result;

	*ret = (struct ld_objects){ 0 };
	if (!c->objects)
		return 2;
	result = ld_objects_decode(c->objects, c->objects_size, ret);
	if (!result)
		return 0;
	*ret = (struct ld_objects){ 0 };
	if (result < 0)
		ld_corefile_problem(c, "the list of objects is garbled");
	return result;
}

static char *vmcoreinfo(const struct ld_corefile *c, const char *key)
{
	return c->vmcoreinfo ? ld_vmcoreinfo_value(c->vmcoreinfo, c->vmcoreinfo_size, key) : NULL;
}

static void print_file(const struct ld_corefile *c, const char *path)
{
	char size[LD_SIZE_LEN];
	char *release = vmcoreinfo(c, "OSRELEASE");
	char *build_id = vmcoreinfo(c, "BUILD-ID");

	print_text("file:", path);
	printf("format:   ELF vmcore for %s\n", ld_elf_machine_name(c->machine));
	printf("size:     %s\n", ld_format_size(c->size, size));
	printf("segments: %zu\n", c->nr_segments);
	printf("bytes:    %" PRIu64 " of page data\n", c->bytes);
	print_text("kernel:", release);
	print_text("build id:", build_id);
	free(release);
	free(build_id);
}

static void print_commands(struct json_object *written)
{
	struct json_object *commands = get(written, "commands", json_type_array);
	size_t i, j;

	for (i = 0; commands && i < json_object_array_length(commands); i++) {
		struct json_object *argv = json_object_array_get_idx(commands, i);

		if (!json_object_is_type(argv, json_type_array))
			continue;
		printf("command: ");
		for (j = 0; j < json_object_array_length(argv); j++) {
			struct json_object *word = json_object_array_get_idx(argv, j);

			putchar(' ');
			print_safe(word ? json_object_get_string(word) : "?");
		}
		putchar('\n');
	}
}

static void print_hole(struct json_object *hole)
{
	struct json_object *asked = get(hole, "asked", json_type_boolean);
	struct json_object *physical = get(hole, "physical", json_type_boolean);
	const char *address = get_text(hole, "address");
	const char *reason = get_text(hole, "reason");
	char size[LD_SIZE_LEN];

	printf("  %s", physical && json_object_get_boolean(physical) ? "physical " : "");
	print_safe(address ? address : "?");
	printf(", %s: ", ld_format_size(get_number(hole, "length"), size));
	print_safe(reason ? reason : "?");
	printf(" (request %" PRIu64 "%s)\n", get_number(hole, "request"),
	       asked && json_object_get_boolean(asked) ? ", asked for" : "");
}

static void print_note(struct json_object *note)
{
	struct json_object *session = get(note, "session", json_type_object);
	struct json_object *host = get(note, "host", json_type_object);
	struct json_object *written = get(note, "written", json_type_object);
	struct json_object *holes = get(note, "holes", json_type_array);
	struct json_object *complete = get(note, "complete", json_type_boolean);
	struct ld_summary summary;
	const char *name;
	size_t i;

	print_text("version:", get_text(host, "version"));
	print_text("host:", get_text(host, "nodename"));
	name = get_text(session, "name");
	print_text("session:", name && *name ? name : "unnamed");
	print_text("started:", get_text(session, "created"));
	print_text("written:", get_text(written, "time"));
	print_text("by:", get_text(written, "tool"));
	printf("user:     %" PRIu64 "\n", get_number(written, "uid"));
	print_text("sudo:", get_text(written, "sudo_user"));
	print_commands(written);
	printf("complete: %s\n", complete && json_object_get_boolean(complete) ? "yes" : "no");
	ld_summary_from_json(note, &summary);
	ld_summary_print(&summary, stdout);
	if (!holes || !json_object_array_length(holes))
		return;
	puts("holes:");
	for (i = 0; i < json_object_array_length(holes); i++)
		print_hole(json_object_array_get_idx(holes, i));
}

/* There may be millions, so each is printed by itself: as the last member of @top. */
static void print_json_objects(struct json_object *top, const struct ld_objects *objects)
{
	const char *text = ld_json_pretty(top);
	const size_t length = text ? strlen(text) : 0;
	struct json_object *object;
	uint32_t i;

	if (length < 2)
		return;
	/* all but the brace at its end */
	fwrite(text, 1, length - 2, stdout);
	fputs(",\n  \"objects\":[", stdout);
	for (i = 0; i < objects->nr; i++) {
		object = ld_objects_json(objects, i);
		printf("%s\n    %s", i ? "," : "", json_object_to_json_string(object));
		json_object_put(object);
	}
	puts("\n  ]\n}");
}

/* @objects: to be shown too, or NULL */
static void print_json(const struct ld_corefile *c, const char *path, struct json_object *note,
		       const struct ld_objects *objects)
{
	struct json_object *top = json_object_new_object(), *problems;
	char *release = vmcoreinfo(c, "OSRELEASE");
	char *build_id = vmcoreinfo(c, "BUILD-ID");
	size_t i;

	ld_json_string(top, "path", path);
	ld_json_string(top, "format", "elf");
	ld_json_string(top, "machine", ld_elf_machine_name(c->machine));
	ld_json_number(top, "file_size", c->size);
	ld_json_number(top, "segments", c->nr_segments);
	ld_json_number(top, "bytes", c->bytes);
	ld_json_string(top, "release", release);
	ld_json_string(top, "build_id", build_id);
	problems = ld_json_array(top, "problems");
	for (i = 0; i < c->nr_problems && i < LD_MAX_PROBLEMS; i++)
		json_object_array_add(problems, ld_json_text(c->problems[i]));
	json_object_object_add(top, "note", json_object_get(note));
	if (objects) {
		ld_json_number(top, "unlisted_objects", objects->unlisted);
		print_json_objects(top, objects);
		json_object_put(top);
	} else {
		ld_json_print(top);
	}
	free(release);
	free(build_id);
}

static int print_objects(const struct ld_objects *objects, const struct ld_args *args,
			 struct ld_err *err)
{
	FILE *to = args->dot ? stderr : stdout;

	if (args->dot)
		ld_objects_dot(objects, stdout);
	else if (ld_objects_tree(objects, stdout))
		return ld_fail(err, LD_EXIT_FAILED, "out of memory for %u objects", objects->nr);
	fflush(stdout);
	if (!objects->nr && !objects->unlisted)
		fputs("no objects are listed in this file\n", to);
	if (objects->unlisted)
		fprintf(to, "%" PRIu64 " more objects are recorded but not listed\n",
			objects->unlisted);
	return LD_EXIT_OK;
}

static int tell_problems(const struct ld_corefile *c, const char *path, struct ld_err *err)
{
	size_t i;

	if (!c->nr_problems)
		return LD_EXIT_OK;
	fflush(stdout);
	for (i = 0; i < c->nr_problems && i < LD_MAX_PROBLEMS; i++)
		fprintf(stderr, "livedump: %s: %s\n", path, c->problems[i]);
	return ld_fail(err, LD_EXIT_FAILED,
		       "%s is damaged or cut off\nCopy it again from where it was made.",
		       path);
}

static void print_all(const struct ld_corefile *c, const char *path, struct json_object *note)
{
	print_file(c, path);
	if (note)
		print_note(note);
	else if (!c->note)
		puts("note:     none; this vmcore was not made by livedump");
}

static int show(struct ld_corefile *core, const struct ld_args *args, struct ld_err *err)
{
	const bool wants_objects = args->objects || args->dot;
	struct json_object *note = parse_note(core);
	const char *path = args->argv[0];
	struct ld_objects objects;
	const int decoded = decode_objects(core, &objects);
	int result = LD_EXIT_OK;

	if (wants_objects && decoded == 1)
		result = ld_fail(err, LD_EXIT_FAILED,
				 "%s: the list of objects is of a version that is not known\n"
				 "Use the livedump that made the file, or a newer one.", path);
	else if (args->json)
		print_json(core, path, note, args->objects ? &objects : NULL);
	else if (wants_objects)
		result = print_objects(&objects, args, err);
	else
		print_all(core, path, note);
	json_object_put(note);
	if (result < 0)
		return result;
	return tell_problems(core, path, err);
}

static int run(const struct ld_args *args, struct ld_err *err)
{
	const char *path = args->argv[0];
	struct ld_corefile core;
	struct ld_err why;
	int result;

	if (args->dot && args->json)
		return ld_fail(err, LD_EXIT_USAGE, "--dot is no JSON: leave one of them away");
	if (ld_corefile_open(path, &core, &why))
		result = ld_fail(err, why.code, "%s: %s", path, why.msg);
	else
		result = show(&core, args, err);
	ld_corefile_close(&core);
	return result;
}

const struct ld_command ld_cmd_info = {
	.name = "info",
	.operands = "FILE",
	.summary = "show what is in a vmcore and what is missing",
	.details = "Needs neither the module nor root. The exit status is 1 for a damaged file.",
	.options = LD_OPT_BIT(OBJECTS) | LD_OPT_BIT(DOT) | LD_OPT_BIT(JSON),
	.min = 1,
	.max = 1,
	.run = run,
};
