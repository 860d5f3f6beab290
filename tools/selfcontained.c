// SPDX-License-Identifier: GPL-2.0
/* The kernel's own names and types, for readers that have no debug information. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"

/* kallsyms_token_index, the last table of some kernels, has 256 entries of 2 bytes. */
#define LAST_TABLE	512

/*
 * Its tables stand one behind the other, and vmcoreinfo says where (since Linux 6.0); they have no
 * symbols themselves.
 */
static bool find_tables(const struct livedump_info *info, uint64_t *from, uint64_t *to)
{
	static const char prefix[] = "SYMBOL(kallsyms_";
	const char *s = (const char *)(uintptr_t)info->vmcoreinfo;
	const char *end = s + info->out_vmcoreinfo_size, *newline, *equals;
	uint64_t address;
	char number[32];

	*from = UINT64_MAX;
	*to = 0;
	for (; s < end; s = newline ? newline + 1 : end) {
		newline = memchr(s, '\n', (size_t)(end - s));
		equals = memchr(s, '=', (size_t)((newline ?: end) - s));
		if (!equals || (size_t)(equals - s) < strlen(prefix) ||
		    strncmp(s, prefix, strlen(prefix)))
			continue;
		snprintf(number, sizeof(number), "%.*s", (int)((newline ?: end) - equals - 1),
			 equals + 1);
		address = strtoull(number, NULL, 16);
		*from = address < *from ? address : *from;
		*to = address > *to ? address : *to;
	}
	return *from < *to;
}

int ld_self_contained(struct ld_profiles *p, const struct livedump_info *info,
		      struct ld_err *err)
{
	char text[500], tables[60] = "kallsyms_names";
	struct ld_profile_source source = { "self-contained", "--self-contained", text };
	const struct ld_profile_sources sources = { &source, 1 };
	uint64_t from, to;

	if (find_tables(info, &from, &to))
		snprintf(tables, sizeof(tables), "0x%" PRIx64 ":%" PRIu64, from,
			 to - from + LAST_TABLE);
	snprintf(text, sizeof(text),
		 "%s\n"
		 "bytes(__start_BTF, __stop_BTF)\n"
		 "edge struct mod_kallsyms.strtab bytes 65536\n"
		 "edge struct mod_kallsyms.typetab bytes 16384\n"
		 "list(modules, struct module, list) --depth 2 --only struct mod_kallsyms, Elf64_Sym, char\n",
		 tables);
	return ld_profiles_add(p, &sources, source.name, err);
}
