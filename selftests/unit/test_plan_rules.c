// SPDX-License-Identifier: GPL-2.0
/* Plans of types that rules say something of. */
#include "plan_test.h"

static struct ld_edges edges;

/* compile(), with rules */
static bool compile_with(const char *rules, int id, unsigned int depth)
{
	bool ok;

	must(ld_edges_text(&edges, "FILE", rules, &err));
	opts.edges = &edges;
	ok = compile(id, depth);
	opts.edges = NULL;
	ld_edges_free(&edges);
	return ok;
}

/* What the edges of a type are with rules, in a model of its own */
static void check_task(const char *rules, const char *want, const char *names)
{
	btf = model_btf();
	if (!test_check(compile_with(rules, m.task, 1), __FILE__, __LINE__, "%s: %s", rules,
			err.msg))
		return;
	test_check(test_str(edges_of(0), want), __FILE__, __LINE__,
		   "%s: edges \"%s\", expected \"%s\"", rules, edges_of(0), want);
	if (names)
		CHECK_STR(names_of(0), names);
	done();
}

#define LINKS	"struct list_head opaque\n"

TEST(rules_opaque)
{
	/* of the type, of a member, of an anonymous member's */
	check_task(LINKS, "24:p>1 48:o=256 56:p>2", "mm anon_p anon_b");
	check_task(LINKS "struct task_struct.mm opaque", "48:o=256 56:p>1", "anon_p anon_b");
	check_task(LINKS "struct task_struct.mm opaque\nstruct task_struct.anon_b opaque",
		   "48:o=256", "anon_p");
	check_task("struct task_struct opaque", "", "");
	/* the last one counts */
	check_task(LINKS "struct list_head plain\nstruct task_struct.hash opaque",
		   "8:p>1 16:p>1 24:p>2 48:o=256 56:p>1", NULL);
	check_task(LINKS "struct task_struct.tasks plain", "8:p>1 16:p>1 24:p>2 48:o=256 56:p>1",
		   "tasks.next tasks.prev mm anon_p anon_b");
	check_task(LINKS "struct list_head.next opaque", "24:p>1 48:o=256 56:p>2", NULL);
}

TEST(rules_members_of_members)
{
	check_task("struct list_head.prev opaque", "8:p>1 24:p>2 48:o=256 56:p>1 64:p>1*4/16",
		   "tasks.next mm anon_p anon_b hash.next");
	/* who is further out knows better */
	check_task("struct list_head.prev opaque\nstruct task_struct.tasks.prev string\n"
		   "struct task_struct.hash opaque", "8:p>1 16:s=256 24:p>2 48:o=256 56:p>1",
		   "tasks.next tasks.prev mm anon_p anon_b");
}

#define HASH	" hash"

TEST(rules_lists)
{
	check_task(LINKS "struct task_struct.tasks list struct mm_struct.mmlist",
		   "8:L>1=8 24:p>1 48:o=256 56:p>2", "tasks mm anon_p anon_b");
	/* a list for each head, all with one link */
	check_task(LINKS "struct task_struct.hash list struct mm_struct.mmlist",
		   "24:p>1 48:o=256 56:p>2 64:L>1*4/16=8", NULL);
	/* or a link for each head */
	check_task(LINKS "struct task_struct.hash list struct task_struct.hash",
		   "24:p>1 48:o=256 56:p>2 64:L>0=64 80:L>0=80 96:L>0=96 112:L>0=112",
		   "mm anon_p anon_b" HASH HASH HASH HASH);
	check_task(LINKS "struct task_struct.mm chain struct rq.curr",
		   "24:C>1=8 48:o=256 56:p>2", NULL);
	check_task(LINKS "struct task_struct.mm ring struct list_head.next",
		   "24:L>1 48:o=256 56:p>1", NULL);
}

/* struct NAME { struct list_head *POINTER; }, with the pointer at an offset */
static int head(const char *name, const char *pointer, __u32 offset)
{
	int id, type = pointer_to(m.list_head);

	id = must(btf__add_struct(btf, name, offset + 8));
	must(btf__add_field(btf, pointer, type, offset * 8, 0));
	return id;
}

static void check_head(const char *name, const char *pointer, const char *link, const char *rule,
		       const char *want)
{
	int id, node;

	btf = model_btf();
	id = head(name, pointer, 8);
	node = must(btf__add_struct(btf, link, 16));
	must(btf__add_struct(btf, "leaf", 64));
	must(btf__add_field(btf, "link", node, 40 * 8, 0));
	if (!test_check(compile_with(rule, holder("h", id, 16, 32), 1), __FILE__, __LINE__,
			"%s: %s", rule, err.msg))
		return;
	test_check(test_str(edges_of(0), want), __FILE__, __LINE__, "%s: \"%s\"", rule,
		   edges_of(0));
	CHECK_EQ(plan.types[1].size, 64);
	CHECK_STR(names_of(0), "member");
	done();
}

TEST(rules_heads)
{
	check_head("hlist_head", "first", "hlist_node", "struct h.member hlist struct leaf.link",
		   "24:H>1=40");
	check_head("hlist_nulls_head", "first", "hlist_nulls_node",
		   "struct h.member hlist struct leaf.link", "24:H>1=40");
	check_head("hlist_bl_head", "first", "hlist_bl_node",
		   "struct h.member hlist struct leaf.link", "24:H>1=40");
	check_head("llist_head", "first", "llist_node", "struct h.member hlist struct leaf.link",
		   "24:H>1=40");
	check_head("rb_root", "rb_node", "rb_node", "struct h.member rbtree struct leaf.link",
		   "24:R>1=40");
	check_head("xarray", "xa_head", "n", "struct h.member xarray struct leaf", "24:X>1");
	check_head("xarray", "xa_head", "n", "struct h.member xarray struct leaf.link",
		   "24:X>1=40");
	check_head("maple_tree", "ma_root", "n", "struct h.member maple struct leaf", "24:M>1");
}

TEST(rules_head_in_head)
{
	int root;

	btf = model_btf();
	root = head("rb_root", "rb_node", 0);
	root = must(btf__add_struct(btf, "rb_root_cached", 16)) + 0 * root;
	must(btf__add_field(btf, "rb_root", root - 1, 0, 0));
	must(btf__add_struct(btf, "rb_node", 24));
	must(btf__add_struct(btf, "leaf", 64));
	must(btf__add_field(btf, "link", root + 1, 8 * 8, 0));
	if (!CHECK(compile_with("struct h.member rbtree struct leaf.link",
				holder("h", root, 8, 24), 1)))
		return;
	CHECK_STR(edges_of(0), "8:R>1=8");
	done();
}

TEST(rules_pointers)
{
	check_task(LINKS "struct task_struct.mm percpu", "24:P>1 48:o=256 56:p>2", NULL);
	check_task(LINKS "struct task_struct.anon_p percpu struct rq", "24:p>1 48:P>3 56:p>2",
		   NULL);
	check_task(LINKS "struct task_struct.anon_p pointer struct rq *[2]",
		   "24:p>1 48:p>3 56:p>2", NULL);
	check_task(LINKS "struct task_struct.anon_p percpu unsigned int", "24:p>1 48:P>3 56:p>2",
		   NULL);
	check_task(LINKS "struct task_struct.mm string", "24:s=256 48:o=256 56:p>1", NULL);
	check_task(LINKS "struct task_struct.mm bytes 17", "24:b=17 48:o=256 56:p>1", NULL);
	check_task(LINKS "struct task_struct.mm array 3", "24:p>1 48:o=256 56:p>2", NULL);
	/* a number next to the pointer */
	check_task(LINKS "struct task_struct.mm array __state", "24:A>1/4 48:o=256 56:p>2",
		   NULL);
}

/* struct s { unsigned char n; struct mm_struct *p; } */
static int counted(void)
{
	int s = must(btf__add_struct(btf, "s", 16));

	must(btf__add_field(btf, "n", m.uchar, 0, 0));
	must(btf__add_field(btf, "p", s + 1, 64, 0));
	CHECK_EQ(pointer_to(m.mm), s + 1);
	return s;
}

/* Where the number is, in each of several */
TEST(rules_array_in_arrays)
{
	btf = model_btf();
	if (!CHECK(compile_with("struct s.p array n",
				holder("h", array_of(counted(), 3), 8, 64), 1)))
		return;
	CHECK_STR(edges_of(0), "16:A>1/1=8 32:A>1/1=24 48:A>1/1=40");
	CHECK_STR(names_of(0), "member.p member.p member.p");
	done();
}

TEST(rules_array_size)
{
	btf = model_btf();
	if (!CHECK(compile_with("struct h.member array 3", holder("h", pointer_to(m.mm), 0, 8), 1)))
		return;
	CHECK_EQ(plan.types[1].size, 3 * 24);
	done();
}

/* struct f { u64 n; struct mm_struct *e[]; } and friends */
static int flexible(int element, __u32 nr, __u32 size)
{
	int id, array = array_of(element, nr);

	id = must(btf__add_struct(btf, "f", size));
	must(btf__add_field(btf, "n", m.uint, 32, 0));
	must(btf__add_field(btf, "e", array, 64, 0));
	return id;
}

TEST(rules_flexible)
{
	const struct livedump_type *t = plan.types;

	btf = model_btf();
	if (!CHECK(compile_with("struct f.e flex n + 2", flexible(pointer_to(m.mm), 0, 8), 1)))
		return;
	t = plan.types;
	CHECK_EQ(t->size, 8);
	CHECK_EQ(t->flex_start, 8);
	CHECK_EQ(t->flex_size, 8);
	CHECK_EQ(t->flex_count, 4);
	CHECK_EQ(t->flex_width, 4);
	CHECK_EQ(t->flex_more, 2);
	CHECK_STR(edges_of(0), "8:p[]>1");
	CHECK_STR(names_of(0), "e");
	done();
	/* "e[1]", as it was done in the past; an array in the element is written out */
	btf = model_btf();
	if (!CHECK(compile_with("struct f.e flex n",
				flexible(STRUCT(24, { array_of(pointer_to(m.mm), 2), 0 },
						{ m.uint, 16 }), 1, 32), 1)))
		return;
	CHECK_EQ(plan.types->size, 32);
	CHECK_EQ(plan.types->flex_size, 24);
	CHECK_EQ(plan.types->flex_more, 0);
	CHECK_STR(edges_of(0), "8:p[]>1 16:p[]>1");
	CHECK_STR(names_of(0), "e.m0 e.m0");
	done();
	/* numbers alone make the object longer, and so do pointers that are not followed */
	btf = model_btf();
	if (!CHECK(compile_with("struct f.e flex n", flexible(m.uint, 0, 8), 1)))
		return;
	CHECK_EQ(plan.types->flex_size, 4);
	CHECK_STR(edges_of(0), "");
	done();
	btf = model_btf();
	if (!CHECK(compile_with("struct f.e flex n", flexible(pointer_to(m.mm), 0, 8), 0)))
		return;
	CHECK_EQ(plan.types->flex_size, 8);
	CHECK_STR(edges_of(0), "");
	done();
}

/* An element of "e[1]" lies in the object; of the next ones nobody says where their number is. */
TEST(rules_array_in_flexible)
{
	btf = model_btf();
	if (!CHECK(compile_with("struct f.e flex n\nstruct s.p array n",
				flexible(counted(), 1, 24), 1)))
		return;
	CHECK_EQ(plan.types->flex_size, 16);
	CHECK_STR(edges_of(0), "");
	done();
}

/* What follows an embedded struct is something else. */
TEST(rules_flexible_embedded)
{
	btf = model_btf();
	if (!CHECK(compile_with("struct f.e flex n",
				holder("h", flexible(pointer_to(m.mm), 1, 16), 0, 32), 1)))
		return;
	CHECK_EQ(plan.types->flex_size, 0);
	CHECK_STR(edges_of(0), "8:p>1");
	done();
}

static void check_variable(const char *rules, const char *name, const char *want)
{
	struct ld_plan_root root = { .variable = name };
	struct ld_ctype other;

	btf = model_btf();
	root.type = ld_ctype_plain((struct ld_ref){ 0, m.list_head });
	other = root.type;
	must(ld_edges_text(&edges, "FILE", rules, &err));
	set = ld_btfs_wrap(btf);
	opts.depth = 2;
	opts.edges = &edges;
	if (CHECK(!ld_plan_compile(set, &root, 1, &opts, roots, &plan, &err))) {
		test_check(test_str(edges_of(0), want), __FILE__, __LINE__, "%s: \"%s\"", rules,
			   edges_of(0));
		CHECK(plan.types[0].size == 16 && other.ref.id == plan.ctypes[0].ref.id);
	}
	opts.edges = NULL;
	ld_edges_free(&edges);
	done();
}

TEST(rules_variables)
{
	const char *rule = LINKS "modules list struct mm_struct.mmlist";

	check_variable(rule, "modules", "0:L>1=8");
	check_variable(rule, "others", "");
	/* a namesake of another type */
	check_variable("modules hlist struct mm_struct.mmlist", "modules", "0:p>0 8:p>0");
	check_variable("modules list struct none.at_all", "modules", "0:p>0 8:p>0");
}

/* Of a variable, how many heads there are is known when it is a target. */
TEST(rules_variable_of_heads)
{
	struct ld_plan_root root = { .variable = "heads" };

	btf = model_btf();
	root.type = ld_ctype_plain((struct ld_ref){ 0, array_of(m.list_head, 4) });
	must(ld_edges_text(&edges, "FILE", LINKS "heads list struct task_struct.hash", &err));
	set = ld_btfs_wrap(btf);
	opts.depth = 1;
	opts.edges = &edges;
	if (CHECK(!ld_plan_compile(set, &root, 1, &opts, roots, &plan, &err)))
		CHECK_STR(edges_of(0), "0:L>1=64 16:L>1=80 32:L>1=96 48:L>1=112");
	opts.edges = NULL;
	ld_edges_free(&edges);
	done();
}

/* Kernels differ. */
TEST(rules_left_out)
{
	const char *all = "24:p>1 48:o=256 56:p>2";

	check_task(LINKS "struct none.at_all list struct mm_struct.mmlist", all, NULL);
	check_task(LINKS "struct task_struct.none list struct mm_struct.mmlist", all, NULL);
	check_task(LINKS "struct task_struct.tasks list struct none.at_all", all, NULL);
	check_task(LINKS "struct task_struct.tasks list struct mm_struct.none", all, NULL);
	check_task(LINKS "struct task_struct.mm array none", all, NULL);
	check_task(LINKS "union task_struct.mm opaque", all, NULL);
	/* one of two fits, in either order */
	check_task(LINKS "struct task_struct.mm list struct mm_struct.mmlist\n"
		   "struct task_struct.mm percpu", "24:P>1 48:o=256 56:p>2", NULL);
	check_task(LINKS "struct task_struct.mm percpu\n"
		   "struct task_struct.mm list struct mm_struct.mmlist",
		   "24:P>1 48:o=256 56:p>2", NULL);
}

static void check_misfit(const char *rule, const char *message)
{
	char want[400];

	btf = model_btf();
	snprintf(want, sizeof(want), "FILE:1: %s", message);
	CHECK(!compile_with(rule, m.task, 1));
	CHECK_ERR(&err, LD_EXIT_USAGE, want);
}

TEST(rules_misfits)
{
	check_misfit("struct task_struct.mm list struct mm_struct.mmlist",
		     "struct task_struct.mm: it is 'struct mm_struct *', not a struct list_head");
	check_misfit("struct task_struct.tasks hlist struct mm_struct.mmlist",
		     "struct task_struct.tasks: it is 'struct list_head', not a struct hlist_head, ");
	check_misfit("struct task_struct.tasks list struct mm_struct.pgd",
		     "struct task_struct.tasks: the link is not a struct list_head");
	check_misfit("struct task_struct.tasks list struct task_struct.hash",
		     "struct task_struct.tasks: 1 heads, but 4 links in each entry");
	check_misfit("struct task_struct.mm chain struct mm_struct.mmlist",
		     "struct task_struct.mm: the link is not a pointer");
	check_misfit("struct task_struct.mm ring struct rq.curr",
		     "struct task_struct.mm: the link of a ring is the first member of its entries");
	check_misfit("struct task_struct.tasks chain struct rq.curr",
		     "struct task_struct.tasks: it is 'struct list_head', not a pointer");
	check_misfit("struct task_struct.anon_p percpu",
		     "struct task_struct.anon_p: what it points to has no size: give its type");
	check_misfit("struct task_struct.mm flex __state",
		     "struct task_struct.mm: it is 'struct mm_struct *', not a flexible array");
	check_misfit("struct task_struct.mm array tasks",
		     "struct task_struct.mm: it is 'struct list_head', not the length of an array");
	check_misfit("struct task_struct.__state string",
		     "struct task_struct.__state: it is 'unsigned int', not a pointer");
	check_misfit("! struct task_struct.taskz opaque",
		     "struct task_struct.taskz: struct task_struct has no member 'taskz'; did you mean tasks");
	check_misfit("! struct task_strukt.mm opaque",
		     "struct task_strukt.mm: there is no type 'struct task_strukt'");
	check_misfit("! struct task_struct.tasks list struct none.at_all",
		     "struct task_struct.tasks: this kernel has no such type or link");
}

static bool filter(struct ld_filter *f, const char *option, const char *type)
{
	return !ld_filter_add(f, set, option, type, &err);
}

/* Edges of the model's task, by what passes */
static void check_filter_rules(const char *rules, const char *only, const char *skip,
			       const char *want)
{
	struct ld_filter f = { 0 };
	struct ld_plan_root root = { .variable = NULL };

	btf = model_btf();
	set = ld_btfs_wrap(btf);
	root.type = ld_ctype_plain((struct ld_ref){ 0, m.task });
	CHECK(!only || filter(&f, "--only", only));
	CHECK(!skip || filter(&f, "--skip", skip));
	opts.depth = 2;
	opts.filter = &f;
	must(ld_edges_text(&edges, "FILE", rules, &err));
	opts.edges = &edges;
	if (CHECK(!ld_plan_compile(set, &root, 1, &opts, roots, &plan, &err)))
		test_check(test_str(edges_of(0), want), __FILE__, __LINE__,
			   "only %s, skip %s: \"%s\"", only, skip, edges_of(0));
	opts.filter = NULL;
	opts.edges = NULL;
	ld_edges_free(&edges);
	ld_filter_free(&f);
	done();
}

static void check_filter(const char *only, const char *skip, const char *want)
{
	check_filter_rules("", only, skip, want);
}

TEST(filter_types)
{
	check_filter("struct mm_struct", NULL, "24:p>1");
	check_filter("struct mm_struct *", NULL, "24:p>1");
	check_filter(NULL, "struct list_head", "24:p>1 48:o=256");
	check_filter("struct mm_struct", "struct mm_struct", "");
	check_filter("void", NULL, "48:o=256");
	check_filter("char", NULL, "");
	check_filter(NULL, "void", "8:p>1 16:p>1 24:p>2 56:p>1 64:p>1*4/16 72:p>1*4/16");
}

TEST(filter_rules)
{
	const char *text = "struct task_struct.mm string\nstruct task_struct.anon_p bytes 8";

	check_filter_rules(text, "struct list_head", NULL,
			   "8:p>1 16:p>1 56:p>1 64:p>1*4/16 72:p>1*4/16");
	check_filter_rules(LINKS "struct task_struct.mm string", "struct mm_struct", NULL,
			   "24:s=256");
	check_filter_rules(LINKS "struct task_struct.anon_p bytes 8", NULL, "void",
			   "24:p>1 56:p>2");
}

TEST(filter_errors)
{
	struct ld_filter f = { 0 };

	btf = model_btf();
	set = ld_btfs_wrap(btf);
	btf = NULL;
	CHECK(!filter(&f, "--only", "struct mm_strukt"));
	CHECK_ERR(&err, LD_EXIT_USAGE, "--only: there is no type 'struct mm_strukt'");
	CHECK_ERR(&err, LD_EXIT_USAGE, "did you mean mm_struct");
	CHECK(!filter(&f, "--skip", "mm_struct"));
	CHECK_ERR(&err, LD_EXIT_USAGE,
		  "--skip: there is no type 'mm_struct'; write 'struct mm_struct'");
	CHECK(!filter(&f, "--skip", "struct"));
	CHECK_ERR(&err, LD_EXIT_USAGE, "--skip: struct: expected a name");
	ld_filter_free(&f);
	ld_btfs_free(set);
	set = NULL;
}
