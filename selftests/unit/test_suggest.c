// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "resolver_suggest.h"
#include "test.h"

static const char *suggest(const char *want, const char * const *names)
{
	struct ld_suggest s = { .want = want };
	static char buf[400];

	for (; *names; names++)
		ld_suggest_try(&s, *names);
	return ld_suggest_text(&s, buf, sizeof(buf));
}

TEST(suggest_close_names)
{
	static const char * const names[] = {
		"init_task", "init_tasks", "int_task", "init_mm", "init_task_ready", "jiffies",
		"inti_task", "", NULL
	};
	static const char * const one[] = { "comm", NULL };

	CHECK_STR(suggest("init_taks", names),
		  "; did you mean init_task, init_tasks, int_task or inti_task?");
	CHECK_STR(suggest("jiffies_64", names), "; did you mean jiffies?");
	CHECK_STR(suggest("com", one), "; did you mean comm?");
	CHECK_STR(suggest("nothing_like_it", names), "");
	CHECK_STR(suggest("", names), "");
}

TEST(suggest_best_first)
{
	static const char * const names[] = {
		"abcdefgh123", "abcdefgh12", "abcdefgh1", "abcdefgh", "abcdefgh", "abcdefgx",
		"abcdefxy", "xbcdefxy", NULL
	};

	CHECK_STR(suggest("abcdefgh", names),
		  "; did you mean abcdefgh, abcdefgh1, abcdefgx, abcdefgh12 or abcdefxy?");
}

TEST(suggest_long_names)
{
	char want[300], name[300], buf[40];
	struct ld_suggest s = { .want = want };

	memset(want, 'x', sizeof(want));
	want[sizeof(want) - 1] = '\0';
	memcpy(name, want, sizeof(name));
	name[3] = 'y';
	ld_suggest_try(&s, name);
	CHECK_EQ(s.nr, 0);
	/* A name that contains the other is offered, and the text is cut where the room ends. */
	want[298] = '\0';
	name[3] = 'x';
	ld_suggest_try(&s, name);
	CHECK_EQ(s.nr, 1);
	CHECK_EQ(strlen(ld_suggest_text(&s, buf, sizeof(buf))), sizeof(buf) - 1);
}
