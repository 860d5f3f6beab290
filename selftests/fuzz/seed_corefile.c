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
	const struct ld_elf_note notes[] = {
		{ "VMCOREINFO", 0, vmcoreinfo, sizeof(vmcoreinfo) - 1 },
		{ "LIVEDUMP", 1, note, sizeof(note) - 1 },
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

	if (!to || ld_elf_head_build(EM_X86_64, 64, &segments, notes, 2, &head, &err) ||
	    fwrite(head.bytes, 1, head.size, to) != head.size ||
	    fwrite(data, 1, sizeof(data), to) != sizeof(data) || fclose(to))
		return 1;
	free(head.bytes);
	return 0;
}
