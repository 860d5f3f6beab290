// SPDX-License-Identifier: GPL-2.0
/* Paths through pointers, casts in the middle of them, containers, and the other new beginnings. */
#include "target_test.h"

/* The steps in the order in which they are gone: ".a >b [1] [2:4] * (type)reach". */
static const char *steps(void)
{
	static char text[1000];
	const struct ld_step *s;
	size_t len = 0;
	unsigned int i;

	text[0] = '\0';
	for (i = 0; i < t.nr_steps; i++) {
		s = &t.steps[i];
		len += sprintf(text + len, i ? " " : "");
		switch (s->kind) {
		case LD_STEP_MEMBER:
		case LD_STEP_ARROW:
			len += sprintf(text + len, "%c%.*s", s->kind == LD_STEP_ARROW ? '>' : '.',
				       (int)s->name.len, s->name.s);
			break;
		case LD_STEP_INDEX:
			len += sprintf(text + len, "[%llu]", s->nr);
			break;
		case LD_STEP_SLICE:
			len += sprintf(text + len, s->has_end ? "[%llu:%llu]" : "[%llu:]", s->nr,
				       s->end);
			break;
		case LD_STEP_DEREF:
			len += sprintf(text + len, "*");
			break;
		case LD_STEP_CAST:
			len += sprintf(text + len, "(%.*s)%u", (int)s->cast.name.len,
				       s->cast.name.s, s->reach);
			break;
		}
	}
	return text;
}

static void check_steps(const char *target, const char *expected)
{
	if (parses(target))
		test_check(!strcmp(steps(), expected), __FILE__, __LINE__, "%s: '%s', not '%s'",
			   target, steps(), expected);
}

/* What a step is done to. */
static void check_operand(unsigned int i, const char *expected)
{
	char text[200];

	snprintf(text, sizeof(text), "%.*s", (int)(t.steps[i].to - t.steps[i].from),
		 t.steps[i].from);
	CHECK_STR(text, expected);
}

TEST(target_arrows)
{
	check_steps("init_task.nsproxy->net_ns->dev_base_head", ".nsproxy >net_ns >dev_base_head");
	CHECK_STR(t.steps[1].at, "->net_ns->dev_base_head");
	check_operand(1, "init_task.nsproxy");
	check_operand(2, "init_task.nsproxy->net_ns");
	check_steps("a->b[3]->c", ">b [3] >c");
	check_operand(2, "a->b[3]");
	check_steps("m:a@1 -> b [ 0x10 ]", ">b [16]");
	check_operand(0, "m:a@1");
	check_steps("pid:1->mm", ">mm");
	check_operand(0, "pid:1");
	check_steps("pid:1.comm", ".comm");
	check_steps("pid:1->files->fdt", ">files >fdt");
	check_steps("(struct task_struct *)0xffff888000000000->mm", "(task_struct)2 >mm");
	check_operand(1, "(struct task_struct *)0xffff888000000000");
}

TEST(target_slices)
{
	check_steps("irq_desc[0:4]", "[0:4]");
	check_steps("a[1:2].b", "[1:2] .b");
	check_steps("a[:3]", "[0:3]");
	check_steps("a[2:]", "[2:]");
	check_steps("a[ : ]", "[0:]");
	check_steps("a[ 0x1 : 0x2 ]", "[1:2]");
}

TEST(target_stars)
{
	check_steps("*init_task.mm", ".mm *");
	check_operand(1, "init_task.mm");
	check_steps("**a", "* *");
	check_steps("(*a.b).c", ".b * .c");
	check_operand(2, "(*a.b)");
	check_steps("*a->b", ">b *");
	check_steps("(init_task)", "");
	check_steps("((a.b))[2]", ".b [2]");
	check_steps("( a ) . b", ".b");
}

TEST(target_inner_casts)
{
	check_steps("((struct foo *)init_task.stack)->bar.baz", "(foo)2 .stack >bar .baz");
	check_operand(2, "((struct foo *)init_task.stack)");
	check_steps("(struct foo)a.b", "(foo)2 .b");
	check_steps("((u64)a.b)", "(u64)2 .b");
	check_steps("(u64)*a.b", ".b * (u64)3");
	check_operand(2, "*a.b");
	check_steps("*(struct a *)b.c", "(a)2 .c *");
	check_operand(2, "(struct a *)b.c");
	check_steps("((struct a *)((struct b *)c->d)->e)->f", "(b)2 >d (a)4 >e >f");
	check_operand(3, "(struct a *)((struct b *)c->d)");
	check_steps("((struct a *)0x10)->b", "(a)1 >b");
	/* A name in parentheses is a type only if it is applied to something. */
	check_steps("(a).b", ".b");
	check_steps("(a)b", "(a)1");
	check_steps("(a)(b.c)", ".c (a)2");
	check_steps("(a[2])b[1]", "(a)2 [1]");
	check_steps("(a[2])[1]", "[2] [1]");
	check_steps("(a *)b", "(a)1");
	check_steps("(struct foo)pid:1", "(foo)1");
}

TEST(target_path_errors)
{
	static const struct bad bad[] = {
		{ "a->", "expected the name of a member", 3 },
		{ "a->[1]", "expected the name of a member", 3 },
		{ "a-b", "unexpected '-'", 1 },
		{ "a->b@1", "'@CPU' goes right behind the name", 4 },
		{ "a[2:2]", "an empty slice: '[A:B]' is the elements from A", 1 },
		{ "a[3:2]", "an empty slice", 1 },
		{ "a[0:0]", "an empty slice", 1 },
		{ "a[1:-]", "expected a symbol", 4 },
		{ "a[1:2", "expected ']'", 5 },
		{ "a[-1]", "expected an index", 2 },
		{ "*", "expected a symbol, an address, 'pid:N' or a cast", 1 },
		{ "*0x10", "an address has no type: write '(TYPE *)0xADDR'", 1 },
		{ "(0x10)", "an address has no type", 1 },
		{ "(a.b", "expected ')'", 4 },
		{ "(a.b]", "expected ')'", 4 },
		{ "((a)", "expected ')'", 4 },
		{ "a)", "unexpected ')'", 1 },
		{ "()", "expected a symbol", 1 },
		{ "(struct a *)(struct b *)c", "one cast is enough", 12 },
		{ "*pid:0", "there is no process 0", 5 },
		{ "*comm:a", "'comm:NAME' is many tasks: it stands by itself", 1 },
		{ NULL }
	};

	check_bad(bad);
}

static void check_name(const char *target, enum ld_target_kind kind, const char *name)
{
	if (!parses(target))
		return;
	CHECK_EQ(t.kind, kind);
	test_check(ld_span_is(t.symbol, name), __FILE__, __LINE__, "%s: '%.*s'", target,
		   (int)t.symbol.len, t.symbol.s);
}

TEST(target_comm)
{
	check_name("comm:bash", LD_TARGET_COMM, "bash");
	check_name("comm:kworker/0:1H-*", LD_TARGET_COMM, "kworker/0:1H-*");
	check_name("comm:Web Content", LD_TARGET_COMM, "Web Content");
	check_name("comm:a->b.c[1]@2", LD_TARGET_COMM, "a->b.c[1]@2");
	check_name("comm", LD_TARGET_SYMBOL, "comm");
}

TEST(target_cpus)
{
	check_name("cpus", LD_TARGET_CPUS, "");
	check_name(" cpus ", LD_TARGET_CPUS, "");
	/* Variables may be called so, too. */
	check_name("cpus.nr", LD_TARGET_SYMBOL, "cpus");
	check_name("vmlinux:cpus", LD_TARGET_SYMBOL, "cpus");
	check_name("(struct a)cpus", LD_TARGET_SYMBOL, "cpus");
	check_name("cpus_all", LD_TARGET_SYMBOL, "cpus_all");
}

TEST(target_slab)
{
	check_name("slab:dentry", LD_TARGET_SLAB, "dentry");
	check_name("slab:kmalloc-64", LD_TARGET_SLAB, "kmalloc-64");
	check_name("slab: :A-0000192", LD_TARGET_SLAB, ":A-0000192");
	check_name("(struct dentry)slab:dentry", LD_TARGET_SLAB, "dentry");
	CHECK_EQ(t.nr_steps, 1);
	CHECK(t.steps[0].kind == LD_STEP_CAST && ld_span_is(t.steps[0].cast.name, "dentry"));
	check_name("slab", LD_TARGET_SYMBOL, "slab");
}

TEST(target_module)
{
	check_name("module:livedump", LD_TARGET_MODULE, "");
	CHECK(ld_span_is(t.module, "livedump"));
	check_name("module:snd-hda->state", LD_TARGET_MODULE, "");
	CHECK(ld_span_is(t.module, "snd-hda"));
	CHECK_STR(steps(), ">state");
	check_name("module:9p.name", LD_TARGET_MODULE, "");
	CHECK(ld_span_is(t.module, "9p"));
	check_name("module", LD_TARGET_SYMBOL, "module");
}

TEST(target_beginning_errors)
{
	static const struct bad bad[] = {
		{ "comm:", "expected the name of a task, as in /proc/PID/comm", 5 },
		{ "slab:", "expected the name of a slab cache", 5 },
		{ "slab:a b", "unexpected 'b'", 7 },
		{ "slab:a [0]", "unexpected '['", 7 },
		{ "(struct a)slab:a ->b", "unexpected '-'", 17 },
		{ "*slab:a", "'slab:CACHE' is many objects, not one", 1 },
		{ "(slab:a)", "'slab:CACHE' is many objects", 1 },
		{ "list(slab:a, struct b, c)", "'slab:CACHE' is many objects", 5 },
		{ "list(comm:a, struct b, c)", "'comm:NAME' is many tasks", 5 },
		{ "module:", "expected the name of a module", 7 },
		{ "module:a:b", "a symbol of a module is 'MODULE:SYMBOL'", 0 },
		{ NULL }
	};

	check_bad(bad);
}

static void check_container(const char *target, const char *word, const char *head,
			    const char *type, const char *member)
{
	char text[200] = "";
	unsigned int i;

	if (!parses(target))
		return;
	for (i = 0; i < t.container.nr_members; i++)
		sprintf(text + strlen(text), "%s%.*s", i ? "." : "",
			(int)t.container.members[i].name.len, t.container.members[i].name.s);
	CHECK(ld_span_is(t.container.word, word));
	CHECK_STR(steps(), head);
	CHECK(ld_span_is(t.container.type.name, type));
	CHECK_STR(text, member);
}

TEST(target_containers)
{
	check_container("list(modules, struct module, list)", "list", "", "module", "list");
	check_container("hlist(a.b,struct c,d.e)", "hlist", ".b", "c", "d.e");
	check_container("llist( a , struct b , c )", "llist", "", "b", "c");
	check_container("plist(a, struct b, c)", "plist", "", "b", "c");
	check_container("rbtree(pid:1->mm->mm_rb, struct vm_area_struct, vm_rb)", "rbtree",
			">mm >mm_rb", "vm_area_struct", "vm_rb");
	check_container("xarray(a, struct b)", "xarray", "", "b", "");
	check_container("radix(a, struct b)", "radix", "", "b", "");
	check_container("idr(a, struct b, c)", "idr", "", "b", "c");
	check_container("hash(*a[0:4], struct b, c[1].d)", "hash", "[0:4] *", "b", "c..d");
	check_container("maple((struct maple_tree *)0xffff888000000000, u64)", "maple",
			"(maple_tree)1", "u64", "");
	CHECK_EQ(t.kind, LD_TARGET_ADDRESS);
	check_container("list(((struct a *)b.c)->d, struct e, f)", "list", "(a)2 .c >d", "e", "f");
	/* Symbols may be called so. */
	if (parses("list.next"))
		CHECK(!t.container.word.len && ld_span_is(t.symbol, "list"));
}

TEST(target_container_errors)
{
	static const struct bad bad[] = {
		{ "lst(a, struct b, c)", "there is no container 'lst': see TARGETS", 0 },
		{ "list(", "expected a symbol, an address", 5 },
		{ "list()", "expected a symbol, an address", 5 },
		{ "list(a", "expected ',' behind the head: list(HEAD, TYPE, MEMBER)", 6 },
		{ "list(a)", "expected ',' behind the head", 6 },
		{ "list(a,", "expected a type, such as 'struct page'", 7 },
		{ "list(a, struct b", "expected ',' behind the type", 16 },
		{ "list(a, struct b,)", "expected the member of 'b' that holds the link", 17 },
		{ "list(a, struct b, c", "expected ')'", 19 },
		{ "list(a, struct b, c, d)", "expected ')'", 19 },
		{ "list(a, struct b, c->d)", "lies in it, not behind a pointer", 19 },
		{ "list(a, struct b, c[1:2])", "an entry has one link", 19 },
		{ "list(a, struct b, c).d", "a container takes no path", 20 },
		{ "list(a, struct b, c)[1]", "a container takes no path", 20 },
		{ "list(a, struct b, c)x", "unexpected 'x'", 20 },
		{ "list(list(a, struct b, c), struct b, c)", "'list(...)' is no single object", 5 },
		{ "(list(a, struct b, c))", "a container stands by itself", 1 },
		{ "*list(a, struct b, c)", "a container stands by itself", 1 },
		{ "list(0x10:4, struct b, c)", "an address has no type", 5 },
		{ "list(a@x, struct b, c)", "expected a CPU number", 7 },
		{ NULL }
	};

	check_bad(bad);
}
