// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "resolver_private.h"

/* Made of tools/lib/roots.txt. */
static const struct {
	const char *symbol;
	const char *type;
} table[] = {
#include "roots.inc"
	{ NULL, NULL }
};

const char *ld_resolver_known_type(const char *symbol, unsigned int nr)
{
	int i;

	for (i = 0; table[i].symbol; i++)
		if (!strcmp(table[i].symbol, symbol) && !nr--)
			return table[i].type;
	return NULL;
}
