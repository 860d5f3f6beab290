// SPDX-License-Identifier: GPL-2.0
/* Paths through pointers, tasks by name, modules: what the module is asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "model.h"
#include "resolver.h"

static struct ld_err err;
static struct ld_resolver *r;
static struct ld_resolved res;

static bool resolves(const char *target)
{
	return test_check(!ld_resolver_resolve(r, target, &res, &err), __FILE__, __LINE__, "%s",
			  err.msg);
}

static bool fails(const char *target)
{
	return test_check(ld_resolver_resolve(r, target, &res, &err), __FILE__, __LINE__,
			  "'%s' is resolved", target);
}

/* Where the first pointer or the object lies, and the path, as "0xADDRESS+8 24 0 TYPE". */
static const char *way(void)
{
	static char text[600];
	char type[200];
	size_t len;
	__u32 i;

	if (res.root.kind == LIVEDUMP_ROOT_TASK)
		len = sprintf(text, "task %llu%s+%u", res.root.address,
			      res.root.flags & LIVEDUMP_ROOT_PART ? " part" : "", res.root.offset);
	else
		len = sprintf(text, "0x%llx", res.root.address);
	for (i = 0; i < res.root.nr_path; i++)
		len += sprintf(text + len, " %u", res.root.path[i]);
	ld_ctype_name(ld_resolver_btfs(r, &err), &res.plan.type, type, sizeof(type));
	snprintf(text + len, sizeof(text) - len, " %s", type);
	return text;
}

static void check(const char *target, const char *expected)
{
	if (resolves(target))
		test_check(!strcmp(way(), expected), __FILE__, __LINE__, "%s: '%s', expected '%s'",
			   target, way(), expected);
}

/* A pointer of the path, in the target's words. */
static void check_hop(const char *target, unsigned int i, const char *expected)
{
	char text[200];

	snprintf(text, sizeof(text), "%.*s", (int)res.hops[i].len, target + res.hops[i].from);
	CHECK_STR(text, expected);
}

TEST(path_arrows)
{
	static const char long_one[] = "vmlinux:init_task.anon_b -> next->prev->next";

	r = model_resolver(model_tree());
	check("vmlinux:init_task.mm->mmlist", "0xffffffff82000058 8 struct list_head");
	CHECK_STR(res.root.symbol, "init_task");
	check_hop("vmlinux:init_task.mm->mmlist", 0, "vmlinux:init_task.mm");
	check("kthreadd_task->mm->pgd", "0xffffffff82000170 24 0 u64");
	CHECK_STR(res.root.symbol, "kthreadd_task");
	check(long_one, "0xffffffff82000078 0 8 0 struct list_head *");
	check_hop(long_one, 0, "vmlinux:init_task.anon_b");
	check_hop(long_one, 2, "vmlinux:init_task.anon_b -> next->prev");
	check("runqueues@3.curr->mm->pgd", "0x48 24 0 u64");
	CHECK_EQ(res.root.kind, LIVEDUMP_ROOT_PERCPU);
	CHECK_EQ(res.root.cpu, 3);
	check("runqueues.curr->comm[2]", "0x48 34 char");
	check("mod:mod_pcpu.task->tasks.next", "0x110 8 struct list_head *");
	ld_resolver_free(r);
}

TEST(path_of_an_address)
{
	r = model_resolver(model_tree());
	check("(struct task_struct *)0xffff888000000000->mm",
	      "0xffff888000000018 struct mm_struct *");
	check("((struct task_struct *)0xffff888000000000)->mm->pgd", "0xffff888000000018 0 u64");
	check("(*(struct task_struct *)0xffff888000000000).mm",
	      "0xffff888000000018 struct mm_struct *");
	check("*(struct task_struct *)0xffff888000000000", "0xffff888000000000 struct task_struct");
	check("*(struct rq **)0xffff888000000000", "0xffff888000000000 struct rq *");
	check("**(struct rq **)0xffff888000000000", "0xffff888000000000 0 struct rq");
	check("((struct rq **)0xffff888000000000)->cpu", "0xffff888000000000 0 int");
	check("((struct rq *)0xffff888000000000)[3].curr",
	      "0xffff888000000038 struct task_struct *");
	check("((struct rq *)0xffff888000000000)[1:3]", "0xffff888000000010 struct rq[2]");
	check("((struct rq **)0xffff888000000000)[1:3]", "0xffff888000000008 struct rq *[2]");
	check("((union both *)((struct rq *)0xffff888000000000))->i", "0xffff888000000000 int");
	ld_resolver_free(r);
}

TEST(path_stars_and_indices)
{
	r = model_resolver(model_tree());
	check("*kthreadd_task", "0xffffffff82000170 0 struct task_struct");
	check("(*kthreadd_task).mm", "0xffffffff82000170 24 struct mm_struct *");
	check("*kthreadd_task->mm", "0xffffffff82000170 24 0 struct mm_struct");
	check("kthreadd_task[2]", "0xffffffff82000170 256 struct task_struct");
	check("kthreadd_task[2].mm", "0xffffffff82000170 280 struct mm_struct *");
	check("kthreadd_task[1:3]", "0xffffffff82000170 128 struct task_struct[2]");
	check("kthreadd_task->hash[1:3]", "0xffffffff82000170 80 struct list_head[2]");
	check("kthreadd_task->hash[1:]", "0xffffffff82000170 80 struct list_head[3]");
	check("kthreadd_task->hash[:]", "0xffffffff82000170 64 struct list_head[4]");
	check("kthreadd_task->flex[4:6]", "0xffffffff82000170 160 u64[2]");
	check("(vmlinux:init_task)", "0xffffffff82000040 struct task_struct");
	ld_resolver_free(r);
}

TEST(path_casts)
{
	r = model_resolver(model_tree());
	/* Of the whole, as in C; of a struct, of what is right behind it. */
	check("(struct mm_struct *)vmlinux:init_task.anon_p",
	      "0xffffffff82000070 struct mm_struct *");
	check("((struct mm_struct *)vmlinux:init_task.anon_p)->mmlist",
	      "0xffffffff82000070 8 struct list_head");
	check_hop("((struct mm_struct *)vmlinux:init_task.anon_p)->mmlist", 0,
		  "((struct mm_struct *)vmlinux:init_task.anon_p)");
	check("*(struct mm_struct *)kthreadd_task->anon_p",
	      "0xffffffff82000170 48 0 struct mm_struct");
	check("(u64)vmlinux:init_task.tasks.prev", "0xffffffff82000050 u64");
	check("((struct rq *)((struct rq *)vmlinux:init_task.anon_p)->curr)->cpu",
	      "0xffffffff82000070 8 0 int");
	check("(struct task_struct)untyped.mm", "0xffffffff82000118 struct mm_struct *");
	check("(struct task_struct)untyped.mm->pgd", "0xffffffff82000118 0 u64");
	check("(struct mm_struct)(kthreadd_task->tasks).mmlist",
	      "0xffffffff82000170 16 struct list_head");
	check("(struct rq *)untyped", "0xffffffff82000100 struct rq *");
	check("((struct rq *)untyped)->cpu", "0xffffffff82000100 0 int");
	check("(struct rq *[2])untyped[1]", "0xffffffff82000108 struct rq *");
	check("((struct mod_only *)mod:mod_first)->task->mm",
	      "0xffffffffc0001008 0 24 struct mm_struct *");
	ld_resolver_free(r);
}

TEST(path_to_what_a_module_defines)
{
	r = model_resolver(model_tree());
	check("((struct heads *)0xffff888000000000)->hidden->task",
	      "0xffff8880000000b8 0 struct task_struct *");
	ld_resolver_free(r);
}

TEST(path_of_a_task)
{
	r = model_resolver(model_tree());
	check("pid:1->mm", "task 1 part+24 struct mm_struct *");
	check("pid:1.mm->mmlist.next", "task 1 part+24 8 struct list_head *");
	check_hop("pid:1.mm->mmlist.next", 0, "pid:1.mm");
	check("pid:1.comm", "task 1 part+32 (array)");
	check("pid:1.__state", "task 1 part+0 unsigned int");
	check("*pid:1", "task 1+0 struct task_struct");
	check("(pid:1)->tasks", "task 1 part+8 struct list_head");
	check("((struct rq *)pid:1->anon_p)->cpu", "task 1 part+48 0 int");
	ld_resolver_free(r);
}

TEST(path_of_a_module)
{
	r = model_resolver(model_tree());
	check("module:snd-solo", "0xffffffffc0005000 struct module");
	CHECK_STR(res.root.symbol, "__this_module");
	check("module:snd_solo.name", "0xffffffffc0005000 (array)");
	check("module:snd-solo->list.next->prev", "0xffffffffc0005038 8 struct list_head *");
	CHECK(fails("module:nosuch"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "module:nosuch: there is no loaded module 'nosuch'");
	CHECK(fails("(struct rq)module:snd-solo"));
	CHECK_ERR(&err, LD_EXIT_USAGE, "'module:NAME' has its type already");
	ld_resolver_free(r);
}

#define NEXT_8	"->next->next->next->next->next->next->next->next"

/* Each says what to write instead, under the right letter. */
TEST(path_errors)
{
	static const struct {
		const char *target;
		const char *message;
	} bad[] = {
		{ "kthreadd_task.mm",
		  "'.mm' lies behind a pointer (struct task_struct *): write '->mm'\n"
		  "  kthreadd_task.mm\n               ^" },
		{ "kthreadd_task->mm.pgd",
		  "write '->pgd'\n  kthreadd_task->mm.pgd\n                   ^" },
		{ "vmlinux:init_task->mm",
		  "'->' is asked of 'struct task_struct', which is no pointer: write '.'\n"
		  "  vmlinux:init_task->mm\n                   ^" },
		{ "vmlinux:init_task.hash->next",
		  "'->' is asked of an array: choose an element" },
		{ "*vmlinux:init_task",
		  "'*' is asked of 'struct task_struct', which is no pointer" },
		{ "vmlinux:init_task[0]", "which is not an array" },
		{ "pid:1[0]", "which is not an array" },
		{ "pid:1->pgd", "has no member 'pgd'" },
		{ "(struct rq)pid:1",
		  "'pid:N' has its type already\n  (struct rq)pid:1\n   ^" },
		{ "(u64)pid:1", "'pid:N' has its type already" },
		{ "kthreadd_task->anon_p->x",
		  "'x' is asked of 'void': cast the pointer, as in ((struct TYPE *)POINTER)->x" },
		{ "kthreadd_task->anon_p[1]", "'void' has no size: cast the pointer first" },
		{ "*kthreadd_task->anon_p", "'void' has no size" },
		{ "kthreadd_task[0:]", "how many there are is not known: write [A:B]" },
		{ "kthreadd_task->flex[:]", "how many there are is not known" },
		{ "kthreadd_task->hash[2:5]", "out of range: the array has 4 elements" },
		{ "kthreadd_task->hash[4:]", "out of range: the array has 4 elements" },
		{ "kthreadd_task->hash[0:2].next", "'.next' is asked of an array" },
		{ "kthreadd_task[0x1000000000000000]", "the index is too large" },
		{ "kthreadd_task[0x3000000]", "it lies 0x180000000 bytes behind a pointer" },
		{ "((struct rq *)vmlinux:init_task.__state)->cpu",
		  "'unsigned int' has 4 bytes: too few for a pointer" },
		{ "((struct rq *)vmlinux:init_task.comm)->cpu",
		  "is no pointer: choose an element" },
		{ "((struct nosuch *)kthreadd_task)->x", "there is no type 'struct nosuch'" },
		{ "untyped->x",
		  "the type of this symbol is not known; write '(struct TYPE)untyped'" },
		{ "vmlinux:init_task.anon_b" NEXT_8 NEXT_8 "->next",
		  "more than 16 pointers in a path" },
		{ NULL }
	};
	int i;

	r = model_resolver(model_tree());
	for (i = 0; bad[i].target; i++)
		if (fails(bad[i].target))
			test_check(!!strstr(err.msg, bad[i].message), __FILE__, __LINE__,
				   "%s: '%s', expected '%s'", bad[i].target, err.msg,
				   bad[i].message);
	ld_resolver_free(r);
}

/* As many as there is room for. */
TEST(path_of_sixteen)
{
	r = model_resolver(model_tree());
	check("vmlinux:init_task.anon_b" NEXT_8 NEXT_8,
	      "0xffffffff82000078 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 struct list_head *");
	ld_resolver_free(r);
}

static void thread(const char *dir, int pid, int tid, const char *comm)
{
	char path[200], text[64];

	snprintf(path, sizeof(path), "%d/task/%d/comm", pid, tid);
	snprintf(text, sizeof(text), "%s\n", comm);
	tree_text(dir, path, text);
}

/* The ids, as "1 2 3". */
static const char *tasks_of(const char *target)
{
	static char text[200];
	size_t i, len = 0;

	text[0] = '\0';
	if (!resolves(target))
		return text;
	CHECK_EQ(res.root.kind, LIVEDUMP_ROOT_TASK);
	CHECK_EQ(res.root.flags, 0);
	for (i = 0; i < res.nr_tasks; i++)
		len += sprintf(text + len, "%s%u", i ? " " : "", res.tasks[i]);
	free(res.tasks);
	return text;
}

TEST(running_cpus)
{
	r = model_resolver(model_tree());
	CHECK(!ld_resolver_resolve(r, "cpus", &res, &err));
	CHECK_EQ(res.root.kind, LIVEDUMP_ROOT_CPUS);
	CHECK_EQ(res.root.cpu, LIVEDUMP_ALL_CPUS);
	CHECK_STR(res.root.symbol, "");
	/* With each its runqueue, of 16 bytes here. */
	CHECK_EQ(res.root.address, 0x40);
	CHECK_EQ(res.root.offset, 16);
	ld_resolver_free(r);
	r = model_resolver("/nonexistent");
	CHECK(fails("cpus"));
	ld_resolver_free(r);
}

TEST(tasks_by_name)
{
	const char *dir = model_tree();

	thread(dir, 1, 1, "init");
	thread(dir, 20, 20, "bash");
	thread(dir, 20, 21, "worker [1]");
	thread(dir, 100, 100, "bash");
	thread(dir, 3, 3, "kworker/0:1H-a.very.long.name");
	tree_text(dir, "self/task/7/comm", "bash\n");
	tree_text(dir, "30/task/30/stat", "");
	r = model_resolver(dir);
	CHECK_STR(tasks_of("comm:bash"), "20 100");
	CHECK_STR(tasks_of("comm:init"), "1");
	CHECK_STR(tasks_of("comm:kworker/*"), "3");
	CHECK_STR(tasks_of("comm:*"), "1 3 20 21 100");
	CHECK_STR(tasks_of("comm:?a*h"), "20 100");
	CHECK_STR(tasks_of("comm:worker [1]"), "21");
	CHECK_STR(tasks_of("comm:*[1]"), "21");
	CHECK_STR(tasks_of("comm:*i*t"), "1");
	CHECK(fails("comm:basch"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "comm:basch: no task has this name; did you mean bash?");
	CHECK(fails("comm:bash?"));
	CHECK(fails("comm:bas"));
	CHECK(fails("comm:sixteen_letters_"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "no task has this name (the kernel keeps 15 letters of it: end it with *)");
	ld_resolver_free(r);
	r = model_resolver("/nonexistent");
	CHECK(fails("comm:bash"));
	ld_resolver_free(r);
}

/* A nearer one puts one out of the list; what comes after it does not get its name. */
TEST(tasks_with_many_names_like_it)
{
	static const char * const names[] = {
		"abcd", "abcdxy", "xycdef", "abxyef", "axcdyf", "abcdefg", "something", "else"
	};
	const char *dir = model_tree();
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		thread(dir, 1, 1 + i, names[i]);
	r = model_resolver(dir);
	CHECK(fails("comm:abcdef"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "did you mean abcdefg, abcd, abcdxy, xycdef or abxyef?");
	ld_resolver_free(r);
}
