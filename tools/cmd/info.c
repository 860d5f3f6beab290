// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "compress.h"
#include "corefile.h"
#include "corehost.h"
#include "elf_head.h"
#include "format.h"
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

static void print_note_name(const struct ld_core_note *note)
{
	uint32_t i;

	for (i = 0; i < note->name_size && note->name[i]; i++)
		putchar(note->name[i] > ' ' && note->name[i] <= '~' ? note->name[i] : '?');
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
	struct json_object *note = ld_corehost_note(c);

	if (c->note && !note)
		ld_corefile_problem(c, "the LIVEDUMP note is garbled");
	return note;
}

enum {
	OBJECTS_GOOD,
	OBJECTS_GARBLED,
	OBJECTS_UNKNOWN,	/* a version */
	OBJECTS_NO_ZLIB,
	OBJECTS_NONE,
};

/* @plain: what @ret points into, to be freed, where the list is compressed */
static int decode_objects(struct ld_corefile *c, struct ld_objects *ret, void **plain)
{
	size_t size = c->objects_size;
	int result = 0;

	*plain = NULL;
	*ret = (struct ld_objects){ 0 };
	if (!c->objects)
		return OBJECTS_NONE;
	if (c->objects_packed)
		result = ld_unpack(c->objects, c->objects_size, plain, &size);
	if (result == LD_NO_CODEC)
		return OBJECTS_NO_ZLIB;
	if (!result)
		result = ld_objects_decode(*plain ?: c->objects, size, ret);
	if (!result)
		return OBJECTS_GOOD;
	*ret = (struct ld_objects){ 0 };
	if (result > 0)
		return OBJECTS_UNKNOWN;
	ld_corefile_problem(c, "the list of objects is garbled");
	return OBJECTS_GARBLED;
}

static char *vmcoreinfo(const struct ld_corefile *c, const char *key)
{
	return c->vmcoreinfo ? ld_vmcoreinfo_value(c->vmcoreinfo, c->vmcoreinfo_size, key) : NULL;
}

/* What a kdump file's pages are compressed with: most of those that are. */
static const char *codec_name(const struct ld_kdumpfile *k)
{
	static const enum ld_codec codecs[LD_KDUMP_NR_CODECS] = {
		LD_CODEC_ZLIB, LD_CODEC_LZO, LD_CODEC_SNAPPY, LD_CODEC_NONE, LD_CODEC_NONE,
		LD_CODEC_ZSTD,
	};
	uint64_t most = 0;
	size_t i, codec = 3;

	for (i = 0; i < LD_KDUMP_NR_CODECS; i++) {
		if (k->nr_codec[i] > most) {
			most = k->nr_codec[i];
			codec = i;
		}
	}
	return ld_codec_name(codecs[codec]);
}

static uint64_t nr_pages(const struct ld_corefile *c)
{
	return c->bytes / ld_corefile_page_size(c);
}

static void print_kdump(const struct ld_corefile *c, bool has_note)
{
	const struct ld_kdumpfile *k = &c->kdump;

	printf("stored:   %" PRIu64 " pages, %" PRIu64 " of them not compressed\n", k->nr_pages,
	       k->nr_raw);
	if (k->nr_excluded)
		printf("excluded: %" PRIu64 " pages\n", k->nr_excluded);
	if (has_note)
		return;
	print_text("host:", k->uts.nodename);
	print_text("version:", k->uts.version);
}

static void print_notes(const struct ld_corefile *c)
{
	char size[LD_SIZE_LEN];
	size_t i, j;

	fputs("notes:   ", stdout);
	for (i = 0; i < c->nr_notes; i++) {
		const struct ld_core_note *n = &c->notes[i];

		/* a note for each CPU, as others write them, in one */
		for (j = i; j + 1 < c->nr_notes && c->notes[j + 1].type == n->type &&
		     c->notes[j + 1].size == n->size &&
		     c->notes[j + 1].name_size == n->name_size &&
		     !memcmp(c->notes[j + 1].name, n->name, n->name_size); j++)
			;
		putchar(' ');
		print_note_name(n);
		printf(" (%s%s", j > i ? "each " : "", ld_format_size(n->size, size));
		if (j > i)
			printf(", %zu of them", j - i + 1);
		putchar(')');
		i = j;
	}
	puts(c->nr_notes ? "" : " none");
}

static void print_file(const struct ld_corefile *c, const char *path, bool has_note)
{
	char size[LD_SIZE_LEN];
	char *release = vmcoreinfo(c, "OSRELEASE");
	char *build_id = vmcoreinfo(c, "BUILD-ID");
	char *offset = vmcoreinfo(c, "KERNELOFFSET");

	print_text("file:", path);
	printf("format:   %s vmcore for %s", c->is_kdump ? "kdump" : "ELF",
	       ld_elf_machine_name(c->machine));
	if (c->is_kdump)
		printf(", compression %s", codec_name(&c->kdump));
	printf("\nsize:     %s\n", ld_format_size(c->size, size));
	if (c->is_kdump)
		print_kdump(c, has_note);
	else
		printf("segments: %zu\n", c->nr_segments);
	printf("bytes:    %" PRIu64 " of page data\n", c->bytes);
	print_notes(c);
	print_text("kernel:", release);
	print_text("build id:", build_id);
	if (offset)
		printf("offset:   0x%" PRIx64 "\n", (uint64_t)strtoull(offset, NULL, 16));
	free(offset);
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

static void add_notes(struct json_object *top, const struct ld_corefile *c)
{
	struct json_object *notes = ld_json_array(top, "notes"), *note;
	char name[64];
	size_t i;

	for (i = 0; i < c->nr_notes; i++) {
		note = ld_json_element(notes);
		snprintf(name, sizeof(name), "%.*s",
			 c->notes[i].name_size < sizeof(name) ? (int)c->notes[i].name_size :
			 (int)sizeof(name) - 1, c->notes[i].name);
		ld_json_string(note, "name", name);
		ld_json_number(note, "type", c->notes[i].type);
		ld_json_number(note, "size", c->notes[i].size);
	}
}

static void add_check(struct json_object *top, const struct ld_check *check)
{
	struct json_object *broken = ld_json_array(top, "check"), *one;
	size_t i;

	for (i = 0; i < LD_NR_RULES; i++) {
		if (!check->found[i].count)
			continue;
		one = ld_json_element(broken);
		ld_json_string(one, "rule", ld_rules[i].name);
		ld_json_number(one, "count", check->found[i].count);
		ld_json_string(one, "first", check->found[i].first);
		ld_json_string(one, "meaning", ld_rules[i].meaning);
	}
}

static void add_kdump(struct json_object *top, const struct ld_corefile *c)
{
	const struct ld_kdumpfile *k = &c->kdump;

	ld_json_string(top, "compression", c->is_kdump ? codec_name(k) : NULL);
	ld_json_number(top, "pages", nr_pages(c));
	ld_json_number(top, "compressed", k->nr_pages - k->nr_raw);
	ld_json_number(top, "excluded", k->nr_excluded);
}

/* @objects, @check: to be shown too, or NULL */
static void print_json(const struct ld_corefile *c, const char *path, struct json_object *note,
		       const struct ld_objects *objects, const struct ld_check *check)
{
	struct json_object *top = json_object_new_object(), *problems;
	char *release = vmcoreinfo(c, "OSRELEASE");
	char *build_id = vmcoreinfo(c, "BUILD-ID");
	char *offset = vmcoreinfo(c, "KERNELOFFSET");
	size_t i;

	ld_json_string(top, "path", path);
	ld_json_string(top, "format", ld_format_name(c->is_kdump ? LD_FORMAT_KDUMP :
						     LD_FORMAT_ELF));
	ld_json_string(top, "machine", ld_elf_machine_name(c->machine));
	ld_json_number(top, "file_size", c->size);
	ld_json_number(top, "segments", c->nr_segments);
	ld_json_number(top, "bytes", c->bytes);
	add_kdump(top, c);
	ld_json_string(top, "release", release);
	ld_json_string(top, "build_id", build_id);
	if (offset)
		ld_json_address(top, "kernel_offset", strtoull(offset, NULL, 16));
	else
		ld_json_string(top, "kernel_offset", NULL);
	add_notes(top, c);
	problems = ld_json_array(top, "problems");
	for (i = 0; i < c->nr_problems && i < LD_MAX_PROBLEMS; i++)
		json_object_array_add(problems, ld_json_text(c->problems[i]));
	if (check)
		add_check(top, check);
	json_object_object_add(top, "note", json_object_get(note));
	if (objects) {
		ld_json_number(top, "unlisted_objects", objects->unlisted);
		print_json_objects(top, objects);
		json_object_put(top);
	} else {
		ld_json_print(top);
	}
	free(release);
	free(offset);
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

static int tell_broken(const struct ld_check *check, const char *path, struct ld_err *err)
{
	size_t i;

	if (!check->broken)
		return LD_EXIT_OK;
	fflush(stdout);
	for (i = 0; i < LD_NR_RULES; i++) {
		if (!check->found[i].count)
			continue;
		fprintf(stderr, "livedump: %s: %s", path, check->found[i].first);
		if (check->found[i].count > 1)
			fprintf(stderr, " (and %" PRIu64 " more)", check->found[i].count - 1);
		fprintf(stderr, "\n  %s\n", ld_rules[i].meaning);
	}
	return ld_fail(err, LD_EXIT_FAILED,
		       "%s breaks %zu rule%s of its readers\n"
		       "Write it anew with livedump convert, or copy it again from where it was made.",
		       path, check->broken, check->broken == 1 ? "" : "s");
}

static void print_all(const struct ld_corefile *c, const char *path, struct json_object *note,
		      const struct ld_check *check)
{
	print_file(c, path, note);
	if (note)
		print_note(note);
	else if (!c->note)
		puts("note:     none; this vmcore was not made by livedump");
	if (check && !check->broken && !c->nr_problems)
		puts("check:    good");
}

static int show(struct ld_corefile *core, const struct ld_args *args,
		const struct ld_check *check, struct ld_err *err)
{
	const bool wants_objects = args->objects || args->dot;
	struct json_object *note = parse_note(core);
	const char *path = args->argv[0];
	struct ld_objects objects;
	void *plain;
	const int decoded = decode_objects(core, &objects, &plain);
	int result = LD_EXIT_OK;

	if (wants_objects && decoded == OBJECTS_UNKNOWN)
		result = ld_fail(err, LD_EXIT_FAILED,
				 "%s: the list of objects is of a version that is not known\n"
				 "Use the livedump that made the file, or a newer one.", path);
	else if (wants_objects && decoded == OBJECTS_NO_ZLIB)
		result = ld_fail(err, LD_EXIT_FAILED,
				 "%s: the list of objects is compressed\n"
				 "Install zlib1g-dev and build livedump anew: this one has no zlib.",
				 path);
	else if (args->json)
		print_json(core, path, note, args->objects ? &objects : NULL, check);
	else if (wants_objects)
		result = print_objects(&objects, args, err);
	else
		print_all(core, path, note, check);
	json_object_put(note);
	free(plain);
	if (result < 0)
		return result;
	result = check ? tell_broken(check, path, err) : LD_EXIT_OK;
	return core->nr_problems ? tell_problems(core, path, err) : result;
}

static int run(const struct ld_args *args, struct ld_err *err)
{
	const char *path = args->argv[0];
	struct ld_corefile core;
	struct ld_check check;
	struct ld_err why;
	int result;

	if (args->dot && args->json)
		return ld_fail(err, LD_EXIT_USAGE, "--dot is no JSON: leave one of them away");
	if (ld_corefile_open(path, &core, &why) ||
	    (args->check && ld_check(&core, &check, &why)))
		result = ld_fail(err, why.code, "%s: %s", path, why.msg);
	else
		result = show(&core, args, args->check ? &check : NULL, err);
	ld_corefile_close(&core);
	return result;
}

const struct ld_command ld_cmd_info = {
	.name = "info",
	.operands = "FILE",
	.summary = "show what is in a vmcore and what is missing",
	.details = "Needs neither the module nor root. The exit status is 1 for a damaged file,\n"
		   "and with --check for one that a reader would stumble over.",
	.options = LD_OPT_BIT(OBJECTS) | LD_OPT_BIT(DOT) | LD_OPT_BIT(CHECK) | LD_OPT_BIT(JSON),
	.min = 1,
	.max = 1,
	.run = run,
};
