// SPDX-License-Identifier: GPL-2.0
/* seed_corefile FILE: a small good vmcore for the fuzzer to begin with. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

#include "elf_head.h"

int main(int argc, char **argv)
{
	static const char vmcoreinfo[] = "OSRELEASE=6.1.0\nBUILD-ID=0123\n";
	static const char note[] =
		"{\"version\":1,\"session\":{\"name\":\"s\"},\"host\":{\"nodename\":\"h\"},\n"
		"\"written\":{\"commands\":[[\"livedump\"]]},\"pages\":{\"count\":2},\n"
		"\"missing\":[{\"reason\":\"user\",\"bytes\":1}],\n"
		"\"holes\":[{\"address\":\"0x1\",\"length\":1,\"asked\":true}]}";
	/* as objects.h has it: a root, and two objects that it leads to */
	static const struct {
		uint32_t version, entry, numbers[6];
		struct {
			uint64_t address;
			uint32_t length, request, parent, step, type, slot, depth_flags, zero;
		} entries[3];
		char names[16];
	} objects = {
		1, 40, { 3, 0, 1, 0, 16, 0 },
		{ { 1, 2, 1, -1U, 3, 5, 0, 0, 0 }, { 2, 2, 1, 0, 7, 5, 4, 1, 0 },
		  { 3, 2, 1, 1, 1, 5, 4, 0x70002, 0 } },
		"\0+\0r\0t\0.a[]\0",
	};
	const struct ld_elf_note notes[] = {
		{ "VMCOREINFO", 0, vmcoreinfo, sizeof(vmcoreinfo) - 1 },
		{ "LIVEDUMP", 0x4c440001, note, sizeof(note) - 1 },
		{ "LIVEDUMP_OBJECTS", 0x4c440002, &objects, sizeof(objects) },
	};
	struct ld_segment segs[] = {
		{ .paddr = 0, .vaddr = 64, .length = 64, .data = 0 },
		{ .paddr = 64, .vaddr = 256, .length = 64, .data = 64 },
	};
	struct ld_segments segments = { .segs = segs, .nr = 2 };
	struct ld_elf_head head;
	struct ld_err err;
	char data[128] = "";
	FILE *to = argc > 1 ? fopen(argv[1], "we") : NULL;

	if (!to || ld_elf_head_build(EM_X86_64, 64, &segments, notes, 3, &head, &err) ||
	    fwrite(head.bytes, 1, head.size, to) != head.size ||
	    fwrite(data, 1, sizeof(data), to) != sizeof(data) || fclose(to))
		return 1;
	free(head.bytes);
	return 0;
}
