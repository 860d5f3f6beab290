// SPDX-License-Identifier: GPL-2.0
/* Rules as text and as files. Whether they fit types: test_plan_rules.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "edges.h"
#include "test.h"
#include "textfile.h"

static struct ld_err err;
static struct ld_edges edges;

static bool is(struct ld_span span, const char *text)
{
	return test_check(ld_span_is(span, text), __FILE__, __LINE__, "'%.*s', expected '%s'",
			  (int)span.len, span.s, text);
}

TEST(edges_text)
{
	const struct ld_rule *r;

	if (!CHECK(!ld_edges_text(&edges, "FILE",
				  "# a comment\n"
				  "\n"
				  "struct a.b.c\tlist  struct d.e	# and another\n"
				  "  ! union a.b percpu\r\n"
				  "var hlist struct d.e\n"
				  "struct a opaque\n"
				  "struct a.f flex n.m + 3\n"
				  "struct a.p array 16\n"
				  "struct a.p array nr\n"
				  "struct a.x xarray struct d\n"
				  "struct a.x maple struct d.link\n"
				  "struct a.p pointer unsigned long *", &err)))
		return;
	if (!CHECK_EQ(edges.nr, 10))
		return;
	r = edges.rules;
	CHECK_STR(r->file, "FILE");
	CHECK_EQ(r->line, 3);
	CHECK_EQ(r->kind, LD_RULE_LIST);
	CHECK(r->owner.kind == LD_TEXPR_STRUCT && is(r->owner.name, "a") && is(r->member, "b.c"));
	CHECK(r->has_type && r->type.kind == LD_TEXPR_STRUCT && is(r->type.name, "d"));
	CHECK(is(r->link, "e") && !r->required);
	r++;
	CHECK_EQ(r->line, 4);
	CHECK(r->required && r->owner.kind == LD_TEXPR_UNION && !r->has_type);
	r++;
	CHECK(r->owner.kind == LD_TEXPR_NAME && is(r->owner.name, "var") && !r->member.len);
	r++;
	CHECK(r->kind == LD_RULE_OPAQUE && !r->member.len);
	r++;
	CHECK(is(r->link, "n.m") && !r->has_type);
	CHECK_EQ(r->number, 3);
	r++;
	CHECK(r->kind == LD_RULE_ARRAY && !r->link.len);
	CHECK_EQ(r->number, 16);
	r++;
	CHECK(is(r->link, "nr"));
	r++;
	CHECK(r->has_type && !r->link.len);
	r++;
	CHECK(r->has_type && is(r->link, "link"));
	r++;
	CHECK_EQ(r->line, 12);
	CHECK_EQ(r->type.ptrs, 1);
	ld_edges_free(&edges);
	CHECK(!edges.rules && !edges.nr);
}

TEST(edges_syntax_errors)
{
	static const struct {
		const char *line, *message;
	} bad[] = {
		{ "struct", "expected a name behind 'struct'" },
		{ "struct a.", "expected the name of a member" },
		{ "struct a.b", "expected what it is, such as 'list'" },
		{ "a.b list struct c.d", "a member needs its type: 'struct a.MEMBER'" },
		{ "struct a.b lits struct c.d",
		  "'lits' is no kind of edge; did you mean list or hlist?" },
		{ "struct a.b list", "expected a type" },
		{ "struct a.b list struct c", "expected '.' and the member that is the link" },
		{ "struct a.b list struct c.d e", "unexpected 'e'" },
		{ "struct a.b list enum c.d", "a pointer to an enum is followed as it is" },
		{ "struct a.b list int.d", "a link lies in a struct or union" },
		{ "struct a.b list struct c *.d", "a link lies in a struct or union" },
		{ "struct a.b xarray struct c[2].d", "a link lies in a struct or union" },
		{ "struct a list struct c.d", "expected 'struct TYPE.MEMBER' before 'list'" },
		{ "struct a.b pointer", "expected a type" },
		{ "struct a.b bytes", "expected a number" },
		{ "struct a.b bytes 0", "expected a number from 1 to 65536" },
		{ "struct a.b bytes 65537", "expected a number from 1 to 65536" },
		{ "struct a.b array", "expected the name of a member" },
		{ "struct a.b flex", "expected the name of a member" },
		{ "struct a.b flex n +", "expected a number" },
		{ "struct a.b flex n - 1", "unexpected '-'" },
		{ "struct a.b flex n + 65536", "expected a number from 1 to 65535" },
		{ "struct a.b string 3", "unexpected '3'" },
		{ "var flex n", "expected 'struct TYPE.MEMBER' before 'flex'" },
		{ "var array n", "expected 'struct TYPE.MEMBER' before 'array'" },
		{ "= 3", "expected 'struct TYPE.MEMBER' or the name of a variable" },
		{ NULL }
	};
	char text[200], want[300];
	int i;

	for (i = 0; bad[i].line; i++) {
		snprintf(text, sizeof(text), "# first\n%s\nstruct x opaque\n", bad[i].line);
		snprintf(want, sizeof(want), "FILE:2: %s: %s", bad[i].line, bad[i].message);
		CHECK(ld_edges_text(&edges, "FILE", text, &err));
		CHECK_ERR(&err, LD_EXIT_USAGE, want);
		ld_edges_free(&edges);
	}
}

TEST(edges_skip)
{
	CHECK(!ld_edges_skip(&edges, "--skip", "struct a.b", &err));
	CHECK(edges.nr == 1 && edges.rules->kind == LD_RULE_OPAQUE && edges.rules->required);
	CHECK(ld_edges_skip(&edges, "--skip", "struct a.b list", &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "struct a.b list: unexpected 'l'");
	CHECK(ld_edges_skip(&edges, "--skip", "a.b", &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "a member needs its type");
	ld_edges_free(&edges);
}

TEST(edges_shipped)
{
	CHECK(!ld_edges_shipped(&edges, &err));
	CHECK(edges.nr > 200);
	ld_edges_free(&edges);
}

TEST(edges_files)
{
	const char *dir = tree_new();
	char path[300];
	char *large;

	tree_text(dir, "edges.d/b.edges", "struct b opaque\n");
	tree_text(dir, "edges.d/a.edges", "struct a opaque");
	tree_text(dir, "edges.d/ignored.txt", "?");
	tree_text(dir, "edges.d/.hidden.edges", "?");
	tree_text(dir, "edges.d/.edges", "?");
	snprintf(path, sizeof(path), "%s/edges.d", dir);
	CHECK(!ld_edges_dir(&edges, path, &err));
	CHECK_EQ(edges.nr, 2);
	CHECK(is(edges.rules[0].owner.name, "a") && is(edges.rules[1].owner.name, "b"));
	CHECK(strstr(edges.rules[1].file, "/edges.d/b.edges"));
	ld_edges_free(&edges);

	tree_text(dir, "edges.d/c.edges", "\nwrong\n");
	CHECK(ld_edges_dir(&edges, path, &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "/edges.d/c.edges:2: wrong: expected what it is");
	ld_edges_free(&edges);

	/* no directory is no error, no file is one */
	snprintf(path, sizeof(path), "%s/nothing", dir);
	CHECK(!ld_edges_dir(&edges, path, &err));
	CHECK(ld_edges_file(&edges, path, &err));
	CHECK_ERR(&err, LD_EXIT_FAILED, "/nothing: cannot open it: No such file or directory");
	CHECK(ld_edges_file(&edges, dir, &err));
	CHECK_ERR(&err, LD_EXIT_FAILED, "cannot read it: Is a directory");

	tree_write(dir, "binary", "struct\0a", 8);
	snprintf(path, sizeof(path), "%s/binary", dir);
	CHECK(ld_edges_file(&edges, path, &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "not a file of edges: it is binary");

	large = malloc(LD_TEXT_MAX + 1);
	memset(large, '\n', LD_TEXT_MAX + 1);
	tree_write(dir, "large", large, LD_TEXT_MAX + 1);
	snprintf(path, sizeof(path), "%s/large", dir);
	CHECK(ld_edges_file(&edges, path, &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "not a file of edges: it is too large");
	free(large);
	ld_edges_free(&edges);
}
