/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WRITER_H
#define WRITER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

/* One program is one plan of KTAP results: RUN() each test, then return END(). */

static int test_bad, tests_run, tests_failed;

/* Notes a failure and goes on, so that one run shows them all. */
#define EXPECT(cond) do {							\
	if (!(cond)) {								\
		printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond);		\
		test_bad = 1;							\
	}									\
} while (0)

/* The text @got has @part in it. */
#define EXPECT_HAS(got, part) do {						\
	const char *got_ = (got), *part_ = (part);				\
	if (!strstr(got_, part_)) {						\
		printf("# %s:%d: no '%s' in '%s'\n", __FILE__, __LINE__, part_, got_);	\
		test_bad = 1;							\
	}									\
} while (0)

#define RUN(test) do {								\
	test_bad = 0;								\
	test();									\
	tests_run++;								\
	tests_failed += test_bad;						\
	printf("%sok %d - %s\n", test_bad ? "not " : "", tests_run, #test);	\
	fflush(stdout);								\
} while (0)

#define END()	(printf("1..%d\n", tests_run), tests_failed ? 1 : 0)

/* What a test cannot do without. */
static inline void *need(void *pointer)
{
	if (!pointer) {
		printf("Bail out! out of memory\n");
		exit(1);
	}
	return pointer;
}

static inline unsigned int test_random(unsigned int below)
{
	static unsigned long long state = 0x9e3779b97f4a7c15ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned int)((state >> 32) % below);
}

#endif
