/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_UNIT_TARGET_TEST_H
#define LD_UNIT_TARGET_TEST_H

/* Targets, parsed. */

#include <stdio.h>
#include <string.h>

#include "target.h"
#include "test.h"

static struct ld_target t;
static struct ld_err err;

static inline bool parses(const char *text)
{
	err.msg[0] = '\0';
	return test_check(!ld_target_parse(text, &t, &err), __FILE__, __LINE__, "%s: %s", text,
			  err.msg);
}

/* A text that does not parse: what the message says, and the column its caret stands under. */
struct bad {
	const char *text;
	const char *message;
	int column;
};

static inline void check_bad(const struct bad *b)
{
	const char *caret;

	for (; b->text; b++) {
		if (!test_check(ld_target_parse(b->text, &t, &err), __FILE__, __LINE__,
				"'%s' parses", b->text))
			continue;
		CHECK_ERR(&err, LD_EXIT_USAGE, b->message);
		CHECK(b->column < 0 || !strncmp(err.msg, b->text, strlen(b->text)));
		caret = strrchr(err.msg, '\n');
		if (b->column < 0)
			CHECK(!caret);
		else if (CHECK(caret))
			test_check((int)strcspn(caret + 3, "^") == b->column, __FILE__, __LINE__,
				   "caret in column %d, expected %d:\n%s",
				   (int)strcspn(caret + 3, "^"), b->column, err.msg);
	}
}

#endif
