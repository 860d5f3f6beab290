// SPDX-License-Identifier: GPL-2.0
/* /proc/kallsyms, of whatever makes it. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "kallsyms.h"
#include "test.h"

static const char *dir;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	dir = tree_new();
	atexit(tree_remove_all);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ld_ksym sym, at;
	struct ld_kallsyms *k;
	size_t pos = 0, again;
	struct ld_err err;

	tree_write(dir, "kallsyms", data, size);
	if (ld_kallsyms_read(dir, &k, &err)) {
		if (!*err.msg)
			abort();
		return 0;
	}
	while (ld_kallsyms_next(k, NULL, &pos, &sym)) {
		again = 0;
		/* Every symbol is found by its name, and something is found at its address. */
		if (!*sym.name || !ld_kallsyms_next(k, sym.name, &again, &at) || again > pos)
			abort();
		if (!ld_kallsyms_at(k, sym.module, sym.address, &at) ||
		    at.address != sym.address || strcmp(at.module, sym.module))
			abort();
		ld_kallsyms_room(k, &sym);
		ld_kallsyms_percpu(k, &sym);
	}
	ld_kallsyms_free(k);
	return 0;
}
