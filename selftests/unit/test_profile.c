// SPDX-License-Identifier: GPL-2.0
/* Profiles as text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"
#include "test.h"

static struct ld_err err;
static struct ld_profiles p;
static struct ld_profile_source list[4];
static const struct ld_profile_sources sources = { list, 4 };

/* Profiles a, b, c and "a-b"; texts that are not given are empty. */
static void have(const char *a, const char *b, const char *c)
{
	static char names[4][4] = { "a", "b", "c", "a-b" };
	static char files[4][16] = { "a.profile", "b.profile", "c.profile", "a-b.profile" };
	const char * const texts[] = { a ?: "", b ?: "", c ?: "", "" };
	int i;

	for (i = 0; i < 4; i++)
		list[i] = (struct ld_profile_source){ names[i], files[i], (char *)texts[i] };
	ld_profiles_free(&p);
	err.msg[0] = '\0';
}

static bool adds(const char *what)
{
	return test_check(!ld_profiles_add(&p, &sources, what, &err), __FILE__, __LINE__, "%s: %s",
			  what, err.msg);
}

static void check_line(size_t i, const char *first, size_t nr_targets, const char *options)
{
	const struct ld_profile_line *line = &p.lines[i];
	char text[400] = "";
	size_t k, len = 0;

	if (!CHECK(i < p.nr))
		return;
	CHECK_STR(line->targets[0], first);
	CHECK_EQ(line->nr_targets, nr_targets);
	for (k = 0; k < line->nr_options; k++)
		len += snprintf(text + len, sizeof(text) - len, "%s%s=%s", k ? "; " : "",
				line->options[k]->name, line->options[k]->value);
	CHECK_STR(text, options);
}

TEST(profile_lines)
{
	have("# what it is\n\n  init_task \t# comment\njiffies\r\ncomm:a#b\n"
	     "list(init_task.tasks, struct task_struct, tasks)", NULL, NULL);
	if (adds("a") && CHECK_EQ(p.nr, 4)) {
		check_line(0, "init_task", 1, "");
		check_line(1, "jiffies", 1, "");
		check_line(2, "comm:a#b", 1, "");
		check_line(3, "list(init_task.tasks, struct task_struct, tasks)", 1, "");
		CHECK_EQ(p.lines[3].line, 6);
		CHECK_STR(p.lines[3].file, "a.profile");
		CHECK(!p.lines[3].required);
	}
	/* once is enough */
	adds("a");
	CHECK_EQ(p.nr, 4);
	ld_profiles_free(&p);
}

TEST(profile_options)
{
	have("x --depth 2 --only struct a, struct b --scan\n"
	     "--depth 3 --max-list=5\n"
	     "x\n"
	     "x --depth 0\n"
	     "edge struct a.b opaque	# a rule\n"
	     "--max-bytes 1M\n"
	     "required x | y.z  |  w --depth 1\n", NULL, NULL);
	if (adds("a") && CHECK_EQ(p.nr, 4)) {
		check_line(0, "x", 1, "depth=2; only=struct a, struct b; scan=");
		check_line(1, "x", 1, "depth=3; max-list=5");
		check_line(2, "x", 1, "max-list=5; depth=0");
		check_line(3, "x", 3, "max-bytes=1M; depth=1; edge=struct a.b opaque");
		CHECK(p.lines[3].required);
		CHECK_STR(p.lines[3].targets[1], "y.z");
		CHECK_STR(p.lines[3].targets[2], "w");
		CHECK_EQ(p.lines[0].options[1]->column, 15);
		CHECK_EQ(p.lines[1].options[0]->line, 2);
	}
	ld_profiles_free(&p);
}

TEST(profile_include)
{
	have("include b\nx --depth 1\n", "--depth 9\ny\ninclude c\ny2", "include a\nz");
	if (adds("a") && CHECK_EQ(p.nr, 4)) {
		check_line(0, "y", 1, "depth=9");
		check_line(1, "z", 1, "");
		check_line(2, "y2", 1, "depth=9");
		/* options of a file are its own */
		check_line(3, "x", 1, "depth=1");
		CHECK_STR(p.lines[1].file, "c.profile");
	}
	have("include b\n", "include nope\n", NULL);
	CHECK(ld_profiles_add(&p, &sources, "a", &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "b.profile:1:9: there is no profile 'nope'");
	have("include a=$ARGx\n", NULL, NULL);
	CHECK(ld_profiles_add(&p, &sources, "a=y", &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "a.profile:1:9: more than 16 profiles include each other");
	ld_profiles_free(&p);
}

TEST(profile_argument)
{
	have("x\nslab:$ARG\nslab:$ARG-$ARG --depth 2\ninclude b=$ARG", "required slab:b$ARG",
	     NULL);
	if (adds("a"))
		CHECK_EQ(p.nr, 1);
	if (adds("a=$ARG") && CHECK_EQ(p.nr, 5)) {
		check_line(2, "slab:$ARG", 1, "");
		check_line(3, "slab:$ARG-$ARG", 1, "depth=2");
		check_line(4, "slab:b$ARG", 1, "");
	}
	if (adds("a=1"))
		check_line(7, "slab:1-1", 1, "depth=2");
	have("x\n# $ARG\n", NULL, NULL);
	CHECK(ld_profiles_add(&p, &sources, "a=1", &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "the profile 'a' takes no argument");
	have("x.$ARG\n", NULL, NULL);
	CHECK(ld_profiles_add(&p, &sources, "a=", &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "the argument of profile 'a' is empty");
	ld_profiles_free(&p);
}

TEST(profile_unknown)
{
	have(NULL, NULL, NULL);
	CHECK(ld_profiles_add(&p, &sources, "d", &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "there is no profile 'd'");
	CHECK_ERR(&err, LD_EXIT_USAGE, "\nthere are: a, b, c, a-b");
	ld_profiles_free(&p);
}

TEST(profile_bad)
{
	static const struct {
		const char *text;
		const char *message;
	} bad[] = {
		{ "x\n  list(a, struct b --depth 2", "a.profile:2:19: list(a, struct b: expected" },
		{ "x |", "a.profile:1:4: expected a target" },
		{ "| x", "a.profile:1:1: expected a target" },
		{ "x | | y", "a.profile:1:5: expected a target" },
		{ "x y", "a.profile:1:3: x y: unexpected 'y'" },
		{ "\nrequired", "a.profile:2:9: expected a target behind 'required'" },
		{ "required --depth 2", "a.profile:1:10: expected a target behind" },
		{ "include", "a.profile:1:8: expected the name of a profile" },
		{ "x --de_pth 2", "a.profile:1:7: unexpected letter in the name of an option" },
		{ "edge", "a.profile:1:5: " },
		{ "edge struct b lust c", "a.profile:1:15: struct b lust c: 'lust' is no" },
		{ "\303\244", "a.profile:1:1: " },
		{ "comm:\303\244 |x | (y", "a.profile:1:15: " },
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		have(bad[i].text, NULL, NULL);
		test_check(ld_profiles_add(&p, &sources, "a", &err), __FILE__, __LINE__,
			   "'%s' parses", bad[i].text);
		CHECK_ERR(&err, LD_EXIT_USAGE, bad[i].message);
	}
	ld_profiles_free(&p);
}

TEST(profile_summary)
{
	const char *text;

	CHECK_EQ(ld_profile_summary("# SPDX-x\n#\n#  What it is.\n# more\n", &text), 11);
	CHECK(!strncmp(text, "What it is.", 11));
	CHECK_EQ(ld_profile_summary("init_task # no\n", &text), 0);
	CHECK(ld_profile_takes_argument("x\nslab:$ARG"));
	CHECK(!ld_profile_takes_argument("x # $ARG\n# $ARG"));
}

TEST(profile_sources)
{
	struct ld_profile_sources s = { 0 };
	const char *dir = tree_new();
	char path[512];
	size_t i, n;

	CHECK(!ld_profile_sources(&s, "/nonexistent", &err));
	n = s.nr;
	CHECK(n >= 17);
	for (i = 1; i < n; i++)
		CHECK(strcmp(s.list[i - 1].name, s.list[i].name) < 0);
	ld_profile_sources_free(&s);

	/* one of his own, and one instead of what was shipped */
	tree_text(dir, "d/my.profile", "x\n");
	tree_text(dir, "d/tasks.profile", "y\n");
	tree_text(dir, "d/other.txt", "z\n");
	snprintf(path, sizeof(path), "%s/d", dir);
	CHECK(!ld_profile_sources(&s, path, &err));
	CHECK_EQ(s.nr, n + 1);
	for (i = 0; i < s.nr; i++)
		if (!strcmp(s.list[i].name, "tasks") || !strcmp(s.list[i].name, "my"))
			CHECK_EQ(strlen(s.list[i].text), 2);
	ld_profile_sources_free(&s);

	tree_write(dir, "d/bad.profile", "\0", 1);
	CHECK(ld_profile_sources(&s, path, &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "/d/bad.profile: not a file of targets: it is binary");
	ld_profile_sources_free(&s);
	tree_remove_all();
}
