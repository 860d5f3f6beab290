// SPDX-License-Identifier: GPL-2.0
/* Files read back: good ones, cut ones, bent ones, other people's. */
#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

#include "corefile.h"
#include "livedump.h"
#include "vmcore.h"
#include "writer_dir.h"

#define PAGE	4096
#define NR	6

static char data[NR * PAGE];

static const char vmcoreinfo[] = "OSRELEASE=6.1.0-test\nBUILD-ID=0123abcd\n";
static const char note[] =
	"{\"version\":1,\"session\":{\"name\":\"trouble\"},\"complete\":false,\n"
	"\"host\":{\"nodename\":\"host\\u001b[2J\"},\n"
	"\"written\":{\"uid\":0,\"commands\":[[\"livedump\",\"stop\"],7,[null]]},\n"
	"\"pages\":{\"count\":6},\n"
	"\"missing\":[{\"reason\":\"user\",\"bytes\":4096,\"holes\":1}],\n"
	"\"holes\":[{\"address\":\"0x1000\",\"length\":4096,\"reason\":\"user\",\"request\":1,\n"
	"\"asked\":true,\"physical\":false},3,null,{}]}\n";

static const void *map(void *ctx, size_t first, size_t nr, struct ld_err *err)
{
	return data + first * PAGE;
}

static void write_core(const char *path, const struct ld_elf_note *notes, size_t nr_notes)
{
	struct livedump_page pages[NR];
	struct ld_vmcore core = {
		.machine = EM_X86_64,
		.layout = { .page_size = PAGE, .page_offset = 0xffff888000000000ULL },
		.pages = pages,
		.nr_pages = NR,
		.notes = notes,
		.nr_notes = nr_notes,
	};
	const struct ld_format elf = { .id = LD_FORMAT_ELF };
	struct ld_page_source source = { .window = NR, .map = map };
	struct ld_vmcore_size size;
	struct ld_outfile out;
	struct ld_err err;
	uint64_t i;

	for (i = 0; i < NR; i++)
		pages[i] = (struct livedump_page){ .pfn = i * i };
	if (ld_outfile_begin(&out, path, true, &err) ||
	    ld_vmcore_write(&core, &elf, &source, &out, &size, &err) ||
	    ld_outfile_commit(&out, &err))
		need(NULL);
}

static void write_good(const char *path)
{
	const struct ld_elf_note notes[] = {
		{ "VMCOREINFO", 0, vmcoreinfo, sizeof(vmcoreinfo) - 1 },
		{ "LIVEDUMP", 0x4c440001, note, sizeof(note) - 1 },
	};

	write_core(path, notes, 2);
}

/* A list of two objects, as Documentation/vmcore.rst has it: a root, and what it points to. */
static const struct {
	uint32_t version, entry;
	uint64_t nr, unlisted, names_size;
	struct {
		uint64_t address;
		uint32_t length, request, parent, step, type, slot;
		uint16_t depth, flags;
		uint32_t zero;
	} entries[2];
	char names[32];
} objects = {
	.version = 1,
	.entry = 40,
	.nr = 2,
	.unlisted = 3,
	.names_size = 32,
	.entries = {
		{ 0xffffffff82000000, 9792, 1, 0xffffffff, 1, 11, 0, 0, 0, 0 },
		{ 0xffff888000001000, 8, 1, 0, 22, 11, 5, 1, 4, 0 },
	},
	.names = "\0init_task\0struct foo\0.x[]",
};

static struct ld_err err;
static char *output;
static size_t output_size;

/* Runs livedump info, its output to @output. */
static int info_with(const char *path, const struct ld_args *with)
{
	char *operand = (char *)path;
	struct ld_args args = *with;
	int result, saved = dup(STDOUT_FILENO), saved_err = dup(STDERR_FILENO);

	fflush(stdout);
	if (!freopen(in_test_dir("out"), "we", stdout) ||
	    dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
		need(NULL);
	err.msg[0] = '\0';
	args.argc = 1;
	args.argv = &operand;
	result = ld_cmd_info.run(&args, &err);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	dup2(saved_err, STDERR_FILENO);
	close(saved);
	close(saved_err);
	free(output);
	output = need(get_file(in_test_dir("out"), &output_size));
	return result;
}

static int info(const char *path, bool json)
{
	return info_with(path, &(struct ld_args){ .json = json });
}

static void good_file(void)
{
	struct json_object *top, *member;

	write_good(in_test_dir("core"));
	EXPECT(info(in_test_dir("core"), false) == LD_EXIT_OK);
	EXPECT_HAS(output, "6.1.0-test");
	EXPECT_HAS(output, "0123abcd");
	EXPECT_HAS(output, "x86_64");
	EXPECT_HAS(output, "trouble");
	EXPECT_HAS(output, "livedump stop");
	EXPECT_HAS(output, "0x1000, 4 KiB: user (request 1, asked for)");
	EXPECT_HAS(output, "24576 of page data");
	/* no escape sequence gets through */
	EXPECT(!strchr(output, '\033'));
	EXPECT(info(in_test_dir("core"), true) == LD_EXIT_OK);
	top = need(json_tokener_parse(output));
	EXPECT(json_object_object_get_ex(top, "bytes", &member) &&
	       json_object_get_int(member) == NR * PAGE);
	EXPECT(json_object_object_get_ex(top, "note", &member) &&
	       json_object_is_type(member, json_type_object));
	json_object_put(top);
}

static void cut_file(void)
{
	size_t size, length, step;
	char *file;

	write_good(in_test_dir("core"));
	file = need(get_file(in_test_dir("core"), &size));
	for (length = 0; length < size; length += step) {
		put_file(in_test_dir("short"), file, length);
		EXPECT(info(in_test_dir("short"), length & 1) == -1);
		EXPECT(err.code == LD_EXIT_FAILED);
		EXPECT_HAS(err.msg, length < sizeof(Elf64_Ehdr) ? "short" : "cut off");
		/* with the notes there is something to show even so */
		if (length >= PAGE && !(length & 1))
			EXPECT_HAS(output, "trouble");
		step = length < 2048 ? 1 : 509;
		if (length + step > size && length < size - 1)
			step = size - 1 - length;
	}
	free(file);
}

static void bent_file(void)
{
	size_t size, i, j;
	char *file, *bent;

	write_good(in_test_dir("core"));
	file = need(get_file(in_test_dir("core"), &size));
	bent = need(malloc(size));
	for (i = 0; i < 3000; i++) {
		memcpy(bent, file, size);
		for (j = test_random(6) + 1; j; j--)
			bent[test_random(i % 2 ? 600 : 2048)] = (char)test_random(256);
		put_file(in_test_dir("short"), bent, size);
		/* any answer will do, but one it must be */
		if (info(in_test_dir("short"), i % 3) < 0)
			EXPECT(*err.msg);
	}
	free(bent);
	free(file);
}

static void foreign_files(void)
{
	const struct ld_elf_note notes[] = {
		{ "VMCOREINFO", 0, vmcoreinfo, sizeof(vmcoreinfo) - 1 },
		{ "CORE", 1, "status", 6 },
	};

	write_core(in_test_dir("core"), notes, 2);
	EXPECT(info(in_test_dir("core"), false) == LD_EXIT_OK);
	EXPECT_HAS(output, "not made by livedump");
	EXPECT_HAS(output, "6.1.0-test");
	EXPECT(info(in_test_dir("core"), true) == LD_EXIT_OK);
	write_core(in_test_dir("core"), &notes[1], 1);
	EXPECT(info(in_test_dir("core"), false) == -1);
	EXPECT_HAS(err.msg, "not a vmcore");
	EXPECT(info("/proc/self/exe", false) == -1);
	EXPECT_HAS(err.msg, "not a core file");
	put_file(in_test_dir("core"), "KDUMP   and more", 16);
	EXPECT(info(in_test_dir("core"), false) == -1);
	EXPECT_HAS(err.msg, "kdump");
	put_file(in_test_dir("core"), "#!/bin/sh", 9);
	EXPECT(info(in_test_dir("core"), false) == -1);
	EXPECT_HAS(err.msg, "neither an ELF nor a kdump file");
	put_file(in_test_dir("core"), "", 0);
	EXPECT(info(in_test_dir("core"), false) == -1);
	EXPECT_HAS(err.msg, "empty");
	EXPECT(info(test_dir, false) == -1);
	EXPECT_HAS(err.msg, "not a regular file");
	EXPECT(!mkfifo(in_test_dir("fifo"), 0600) && info(in_test_dir("fifo"), false) == -1);
}

static void garbled_notes(void)
{
	static const char * const texts[] = {
		"", "{", "7", "[]", "null", "{\"version\":1}}", "\xff",
	};
	struct ld_elf_note notes[] = {
		{ "VMCOREINFO", 0, vmcoreinfo, sizeof(vmcoreinfo) - 1 },
		{ "LIVEDUMP", 0x4c440001, NULL, 0 },
	};
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(texts); i++) {
		notes[1].desc = texts[i];
		notes[1].size = strlen(texts[i]);
		write_core(in_test_dir("core"), notes, 2);
		/* what follows a complete object is no concern of ours */
		EXPECT(info(in_test_dir("core"), false) == (i == 5 ? LD_EXIT_OK : -1));
		EXPECT_HAS(output, "6.1.0-test");
	}
}

static void write_objects(const char *path, size_t at, unsigned int value)
{
	char list[sizeof(objects)];
	const struct ld_elf_note notes[] = {
		{ "VMCOREINFO", 0, vmcoreinfo, sizeof(vmcoreinfo) - 1 },
		{ "LIVEDUMP", 0x4c440001, note, sizeof(note) - 1 },
		{ "LIVEDUMP_OBJECTS", 0x4c440002, list, sizeof(list) },
	};

	memcpy(list, &objects, sizeof(list));
	memcpy(list + at, &value, sizeof(value));
	write_core(path, notes, 3);
}

static void list_of_objects(void)
{
	const struct ld_args tree = { .objects = true }, dot = { .dot = true },
		json = { .objects = true, .json = true }, both = { .dot = true, .json = true };
	struct json_object *top, *list;

	write_objects(in_test_dir("core"), 0, 1);
	EXPECT(info_with(in_test_dir("core"), &tree) == LD_EXIT_OK);
	EXPECT_HAS(output, "init_task: struct foo ");
	EXPECT_HAS(output, " 0xffffffff82000000    9792\n  .x[5] -> struct foo ");
	EXPECT_HAS(output, " 0xffff888000001000       8 missing\n");
	EXPECT_HAS(output, "3 more objects are recorded but not listed");
	EXPECT(info_with(in_test_dir("core"), &dot) == LD_EXIT_OK);
	EXPECT_HAS(output, "n0 -> n1 [label=\".x[5]\"];\n}\n");
	EXPECT(info_with(in_test_dir("core"), &json) == LD_EXIT_OK);
	top = need(json_tokener_parse(output));
	EXPECT(json_object_object_get_ex(top, "objects", &list) &&
	       json_object_array_length(list) == 2);
	EXPECT(json_object_object_get_ex(top, "unlisted_objects", &list) &&
	       json_object_get_int(list) == 3);
	EXPECT(json_object_object_get_ex(top, "note", &list));
	json_object_put(top);
	EXPECT(info_with(in_test_dir("core"), &both) == -1 && err.code == LD_EXIT_USAGE);
	/* who does not ask does not get it */
	EXPECT(info(in_test_dir("core"), true) == LD_EXIT_OK);
	top = need(json_tokener_parse(output));
	EXPECT(!json_object_object_get_ex(top, "objects", &list));
	json_object_put(top);

	write_good(in_test_dir("core"));
	EXPECT(info_with(in_test_dir("core"), &tree) == LD_EXIT_OK);
	EXPECT_HAS(output, "no objects are listed in this file");
	EXPECT(info_with(in_test_dir("core"), &dot) == LD_EXIT_OK);
	EXPECT_HAS(output, "no objects are listed in this file");
	EXPECT(info_with(in_test_dir("core"), &json) == LD_EXIT_OK);
	top = need(json_tokener_parse(output));
	EXPECT(json_object_object_get_ex(top, "objects", &list) &&
	       !json_object_array_length(list));
	json_object_put(top);
}

static void bad_list_of_objects(void)
{
	const struct ld_args tree = { .objects = true }, none = { 0 };
	size_t at;

	for (at = 0; at + 4 <= offsetof(typeof(objects), names); at += 4) {
		write_objects(in_test_dir("core"), at, 0xfffffff0);
		/* there are numbers that no other has to agree with */
		if (info_with(in_test_dir("core"), &tree) != LD_EXIT_OK)
			EXPECT_HAS(err.msg, at ? "damaged" : "a version that is not known");
		else
			EXPECT_HAS(output, "struct foo");
		EXPECT(!!info_with(in_test_dir("core"), &none) ==
		       (at && !!info_with(in_test_dir("core"), &tree)));
	}
	write_objects(in_test_dir("core"), offsetof(typeof(objects), entries[1].parent), 1);
	EXPECT(info_with(in_test_dir("core"), &none) == -1);
	EXPECT_HAS(output, "the list of objects is garbled");
}

/* Pages that several segments share count once. */
static void shared_pages(void)
{
	struct ld_segment segs[] = {
		{ .paddr = 0, .vaddr = 1, .length = 4 * PAGE, .data = 0 },
		{ .paddr = 0, .vaddr = 2, .length = 2 * PAGE, .data = PAGE },
		{ .paddr = 0, .vaddr = 3, .length = 2 * PAGE, .data = 3 * PAGE },
	};
	struct ld_segments s = { .segs = segs, .nr = 3 };
	const struct ld_elf_note n = { "VMCOREINFO", 0, vmcoreinfo, sizeof(vmcoreinfo) - 1 };
	struct ld_elf_head head;
	struct ld_corefile core;
	char *file;

	EXPECT(!ld_elf_head_build(EM_X86_64, PAGE, &s, &n, 1, &head, &err));
	file = need(calloc(1, head.size + 5 * PAGE));
	memcpy(file, head.bytes, head.size);
	put_file(in_test_dir("core"), file, head.size + 5 * PAGE);
	EXPECT(!ld_corefile_open(in_test_dir("core"), &core, &err));
	EXPECT(core.bytes == 5 * PAGE && core.nr_segments == 3 && !core.nr_problems);
	ld_corefile_close(&core);
	free(file);
	free(head.bytes);
}

int main(void)
{
	size_t i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (char)test_random(256);
	make_test_dir();
	RUN(good_file);
	RUN(cut_file);
	RUN(bent_file);
	RUN(foreign_files);
	RUN(garbled_notes);
	RUN(list_of_objects);
	RUN(bad_list_of_objects);
	RUN(shared_pages);
	free(output);
	remove_test_dir();
	return END();
}
