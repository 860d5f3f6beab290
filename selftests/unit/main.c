// SPDX-License-Identifier: GPL-2.0
/*
 * The unit tests, all in one program: "unit [NAME...]" runs those whose names contain NAME.
 */
#include <stdio.h>
#include <string.h>

#include "test.h"

static bool is_wanted(const struct test *t, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (strstr(t->name, argv[i]))
			return true;
	return argc == 1;
}

int main(int argc, char **argv)
{
	unsigned int nr = 0, nr_failed = 0;
	struct test *t;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (t = tests; t; t = t->next) {
		if (!is_wanted(t, argc, argv))
			continue;
		memset(&test_state, 0, sizeof(test_state));
		t->fn();
		tree_remove_all();
		printf("%sok %u - %s%s%s\n", test_state.failed ? "not " : "", ++nr, t->name,
		       test_state.skipped ? " # SKIP " : "", test_state.skipped ?: "");
		nr_failed += test_state.failed;
	}
	printf("1..%u\n", nr);
	return nr_failed ? 1 : 0;
}
