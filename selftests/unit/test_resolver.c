// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model.h"
#include "resolver.h"

static struct ld_err err;
static struct ld_resolver *r;
static struct ld_resolved res;

static const char *set_up(void)
{
	const char *dir = model_tree();

	r = model_resolver(dir);
	return dir;
}

static bool fails(const char *target)
{
	return test_check(ld_resolver_resolve(r, target, &res, &err), __FILE__, __LINE__,
			  "'%s' is resolved", target);
}

/* What a target becomes. */
static void check_root(const char *target, __u32 kind, __u64 address, const char *symbol,
		       __u64 size)
{
	__u64 got = 0;

	if (!test_check(!ld_resolver_resolve(r, target, &res, &err), __FILE__, __LINE__, "%s",
			err.msg))
		return;
	CHECK(!res.is_range);
	test_check(res.root.kind == kind && res.root.address == address, __FILE__, __LINE__,
		   "%s: kind %u at 0x%llx, expected %u at 0x%llx", target, res.root.kind,
		   res.root.address, kind, address);
	CHECK_STR(res.root.symbol, symbol);
	CHECK(ld_ctype_size(ld_resolver_btfs(r, &err), &res.plan.type, &got));
	test_check(got == size, __FILE__, __LINE__, "%s: size %llu, expected %llu", target, got,
		   size);
	CHECK_EQ(res.root.flags, 0);
	CHECK_EQ(res.root.out_address, 0);
}

#define ADDRESS(target, address, symbol, size)	\
	check_root(target, LIVEDUMP_ROOT_ADDRESS, address, symbol, size)
#define PERCPU(target, address, symbol, size)	\
	check_root(target, LIVEDUMP_ROOT_PERCPU, address, symbol, size)

TEST(resolver_range)
{
	r = model_resolver("/nonexistent");
	CHECK(!ld_resolver_resolve(r, "0xffff888000001000:4K", &res, &err));
	CHECK(res.is_range);
	CHECK_EQ(res.range.address, 0xffff888000001000ULL);
	CHECK_EQ(res.range.length, 4096);
	CHECK_EQ(res.range.flags, 0);
	ld_resolver_free(r);
	ld_resolver_free(NULL);
}

/* A pid needs types, and no symbols: /proc/kallsyms is not even there. */
TEST(resolver_pid)
{
	const char *dir = model_tree();
	char path[200];

	snprintf(path, sizeof(path), "%s/kallsyms", dir);
	CHECK(!unlink(path));
	r = model_resolver(dir);
	check_root("pid:1234", LIVEDUMP_ROOT_TASK, 1234, "", 128);
	CHECK_EQ(res.root.cpu, 0);
	ld_resolver_free(r);
}

TEST(resolver_address)
{
	const char *dir = model_tree();
	char path[200];

	snprintf(path, sizeof(path), "%s/kallsyms", dir);
	CHECK(!unlink(path));
	r = model_resolver(dir);
	ADDRESS("(struct task_struct *)0xffff888000000000", 0xffff888000000000, "", 128);
	ADDRESS("(struct task_struct *)0xffff888000000000.mm", 0xffff888000000018, "", 8);
	ADDRESS("(struct task_struct *)0xffff888000000000.anon_b", 0xffff888000000038, "", 8);
	ADDRESS("(struct task_struct *)0xffff888000000000.hash[2].prev", 0xffff888000000068, "", 8);
	ADDRESS("(struct task_struct **)0xffff888000000000", 0xffff888000000000, "", 8);
	ADDRESS("(struct mm_struct[3])0xffff888000000000", 0xffff888000000000, "", 72);
	ADDRESS("(struct mm_struct *[3])0xffff888000000000[1]", 0xffff888000000008, "", 8);
	ADDRESS("(struct mm_struct[3])0xffff888000000000[1].mmlist", 0xffff888000000020, "", 16);
	ADDRESS("(unsigned long *)0xffff888000000000", 0xffff888000000000, "", 8);
	ADDRESS("(void **)0xffff888000000000", 0xffff888000000000, "", 8);
	ADDRESS("(struct mod_only *)0xffff888000000000.n", 0xffff888000000008, "", 4);
	ld_resolver_free(r);
}

TEST(resolver_address_errors)
{
	set_up();
	CHECK(fails("(struct task_struct)0xffff888000000000"));
	CHECK_ERR(&err, LD_EXIT_USAGE,
		  "an address takes a pointer type: write '(struct task_struct *)0x...'");
	CHECK(fails("(void *)0xffff888000000000"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "'void' has no size; record N bytes untyped: 0xADDR:N");
	CHECK(fails("(struct task_struct *)0xffff888000000000.flex"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "has no size");
	CHECK(fails("(struct task_struct[1000000])0xffff888000000000"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "'struct task_struct[1000000]' measures 128000000 bytes, more than an object may (16777216); record it untyped: 0xADDR:N");
	CHECK(fails("(struct task *)0xffff888000000000"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "(struct task *)0xffff888000000000: there is no type 'struct task'");
	CHECK(fails("(struct task_struct *)0xffff888000000000.m"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "(struct task_struct *)0xffff888000000000.m: struct task_struct has no member 'm'; did you mean mm?\n"
		  "  (struct task_struct *)0xffff888000000000.m\n"
		  "                                          ^");
	CHECK(fails("(struct task_struct *)0xffff888000000000.comm[77].x"));
	CHECK_ERR(&err, LD_EXIT_USAGE, "index 77 is out of range");
	ld_resolver_free(r);
}

TEST(resolver_symbol)
{
	set_up();
	ADDRESS("vmlinux:init_task", 0xffffffff82000040, "init_task", 128);
	ADDRESS("vmlinux:init_task.tasks", 0xffffffff82000048, "init_task", 16);
	ADDRESS("super_blocks", 0xffffffff82000160, "super_blocks", 16);
	ADDRESS("kthreadd_task", 0xffffffff82000170, "kthreadd_task", 8);
	ADDRESS("(struct rq)untyped", 0xffffffff82000100, "untyped", 16);
	ADDRESS("(struct rq)untyped.curr", 0xffffffff82000108, "untyped", 8);
	ADDRESS("(struct rq *)untyped", 0xffffffff82000100, "untyped", 8);
	ADDRESS("(struct rq[3])untyped[2]", 0xffffffff82000120, "untyped", 16);
	ADDRESS("(int)count.0", 0xffffffff82000140, "count.0", 4);
	ADDRESS("(int)promoted", 0xffffffff82000150, "promoted", 4);
	/* A function is found where no variable has the name. */
	ADDRESS("(unsigned char[16])schedule", 0xffffffff81000100, "schedule", 16);
	ADDRESS("(int)both_kinds", 0xffffffff820000c0, "both_kinds", 4);
	ld_resolver_free(r);
}

/* The kernel finds the name for the address itself, and has to come to the same one. */
TEST(resolver_canonical_symbol)
{
	set_up();
	ADDRESS("jiffies", 0xffffffff82000000, "jiffies", 8);
	ADDRESS("jiffies_64", 0xffffffff82000000, "jiffies", 8);
	ADDRESS("(int)second_alias", 0xffffffff820000e0, "first_alias", 4);
	ADDRESS("(unsigned char)_text", 0xffffffff81000000, "srso_alias_untrain_ret", 1);
	/* A member may lie behind another symbol's address. */
	ADDRESS("(struct task_struct)outer", 0xffffffff82000180, "outer", 128);
	ADDRESS("(struct task_struct)outer.mm", 0xffffffff82000198, "label_inside", 8);
	ADDRESS("(int)mod:mod_second", 0xffffffffc0001008, "mod_first", 4);
	ADDRESS("(struct mm_struct)mod:mod_last.mmlist", 0xffffffffc0001038, "mod_last", 16);
	ld_resolver_free(r);
}

TEST(resolver_module_symbol)
{
	set_up();
	ADDRESS("(struct mod_only)mod:mod_first", 0xffffffffc0001008, "mod_first", 16);
	ADDRESS("(struct task_struct)mod:mod_first", 0xffffffffc0001008, "mod_first", 128);
	ADDRESS("(int)no-btf:plain", 0xffffffffc0003000, "plain", 4);
	ADDRESS("(int)plain", 0xffffffffc0003000, "plain", 4);
	ADDRESS("(int)no_btf:shared", 0xffffffffc0002000, "shared", 4);
	ADDRESS("(int)vmlinux:shared", 0xffffffff820000d8, "shared", 4);
	ld_resolver_free(r);
}

TEST(resolver_symbol_errors)
{
	set_up();
	CHECK(fails("init_taks"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "init_taks: there is no such symbol; did you mean init_task?");
	CHECK(fails("there"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "there: there is no such symbol");
	CHECK(fails("nothing_like_it_anywhere"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "there is no such symbol");
	CHECK(!strstr(err.msg, "did you mean"));
	CHECK(fails("nomod:x"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "nomod:x: there is no loaded module 'nomod'");
	CHECK(fails("mod:mod_frist"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "mod:mod_frist: module 'mod' has no such symbol; did you mean mod_first,");
	CHECK(fails("vmlinux:mod_first"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "there is no such symbol");
	/* Not the module's to give away, and no variable. */
	CHECK(fails("mod:printk"));
	CHECK(fails("linker_constant"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "there is no such symbol");
	CHECK(fails("a..b"));
	CHECK_ERR(&err, LD_EXIT_USAGE, "expected the name of a member");
	ld_resolver_free(r);
}

TEST(resolver_ambiguous)
{
	set_up();
	CHECK(fails("(int)shared"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "(int)shared: 3 symbols have this name; write one of\n"
		  "  vmlinux:shared\n  mod:shared\n  no_btf:shared");
	CHECK(fails("init_task"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "2 symbols have this name; write one of\n"
		  "  vmlinux:init_task\n  mod2:init_task");
	CHECK(fails("dup"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "dup: 2 symbols have this name; write one of\n"
		  "  (TYPE *)0xffffffff820000c8\n  (TYPE *)0xffffffff820000d0");
	CHECK(fails("(struct rq)dup"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "\n  (struct rq *)0xffffffff820000c8\n");
	CHECK(fails("mod:mod_dup"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "  (TYPE *)0xffffffffc0001020  in module mod\n");
	CHECK(fails("dup_pcpu"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "  (per-CPU variable at 0xd0: there is no way yet)\n");
	ld_resolver_free(r);
}

TEST(resolver_many_namesakes)
{
	const char *dir = model_tree();
	char text[4096] = "";
	int i;

	for (i = 0; i < 30; i++)
		sprintf(text + strlen(text), "ffffffff820000%02x d __warned\n", i);
	tree_text(dir, "kallsyms", text);
	r = model_resolver(dir);
	CHECK(fails("__warned"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "30 symbols have this name");
	CHECK_ERR(&err, LD_EXIT_FAILED, "  (TYPE *)0xffffffff82000007\n  ...");
	CHECK(!strstr(err.msg, "82000008"));
	ld_resolver_free(r);
}

TEST(resolver_percpu)
{
	set_up();
	PERCPU("runqueues", 0x40, "runqueues", 16);
	CHECK_EQ(res.root.cpu, LIVEDUMP_ALL_CPUS);
	PERCPU("runqueues@3", 0x40, "runqueues", 16);
	CHECK_EQ(res.root.cpu, 3);
	PERCPU("runqueues@8.curr", 0x48, "runqueues", 8);
	CHECK_EQ(res.root.cpu, 8);
	PERCPU("process_counts", 0x80, "process_counts", 8);
	PERCPU("(struct rq)untyped_pcpu", 0xc0, "untyped_pcpu", 16);
	PERCPU("mod:mod_pcpu", 0x110, "mod_pcpu", 16);
	PERCPU("mod:mod_pcpu@0.n", 0x118, "mod_pcpu", 4);
	PERCPU("(u64)mod_pcpu_untyped", 0x118, "mod_pcpu_untyped", 8);
	ld_resolver_free(r);
}

TEST(resolver_percpu_errors)
{
	const char *dir = set_up();
	char path[200];

	CHECK(fails("super_blocks@0"));
	CHECK_ERR(&err, LD_EXIT_USAGE,
		  "'super_blocks' is not a per-CPU symbol: it takes no '@CPU'\n"
		  "  super_blocks@0\n               ^");
	CHECK(fails("runqueues@4"));
	CHECK_ERR(&err, LD_EXIT_USAGE,
		  "there is no CPU 4; possible: 0-3,8\n  runqueues@4\n            ^");
	CHECK(fails("untyped_pcpu"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "untyped_pcpu: the type of this symbol is not known; write '(struct TYPE)untyped_pcpu', or give a debug kernel with --vmlinux FILE");
	/* An offset is no address: nothing can be recorded there. */
	CHECK(!strstr(err.msg, "untyped:"));
	ld_resolver_free(r);
	/* Where the list cannot be read, the module has to decide. */
	snprintf(path, sizeof(path), "%s/devices/system/cpu/possible", dir);
	CHECK(!unlink(path));
	r = model_resolver(dir);
	PERCPU("runqueues@4", 0x40, "runqueues", 16);
	tree_text(dir, "devices/system/cpu/possible", "");
	PERCPU("runqueues@4", 0x40, "runqueues", 16);
	tree_text(dir, "devices/system/cpu/possible", "0");
	PERCPU("runqueues@0", 0x40, "runqueues", 16);
	CHECK(fails("runqueues@1"));
	ld_resolver_free(r);
}

TEST(resolver_long_symbol)
{
	const char *dir = model_tree();
	char name[300], text[400], target[400];

	memset(name, 'x', sizeof(name));
	name[LIVEDUMP_SYM_LEN] = '\0';
	sprintf(text, "ffffffff82000000 d %s\n", name);
	tree_text(dir, "kallsyms", text);
	r = model_resolver(dir);
	sprintf(target, "(int)%s", name);
	CHECK(fails(target));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "the name of the symbol is too long to be verified by the kernel module; write '(TYPE *)0xffffffff82000000'");
	ld_resolver_free(r);
	name[LIVEDUMP_SYM_LEN - 1] = '\0';
	sprintf(text, "ffffffff82000000 d %s\n", name);
	tree_text(dir, "kallsyms", text);
	r = model_resolver(dir);
	sprintf(target, "(int)%s", name);
	ADDRESS(target, 0xffffffff82000000, name, 4);
	ld_resolver_free(r);
}

TEST(resolver_without_symbols)
{
	const char *dir = model_tree();
	char path[200];

	tree_text(dir, "kallsyms", "0000000000000000 T _stext\n0000000000000000 D init_task\n");
	r = model_resolver(dir);
	CHECK(fails("init_task"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "init_task: ");
	CHECK_ERR(&err, LD_EXIT_FAILED, "hides the addresses: run as root");
	/* Asking again says the same. */
	CHECK(fails("init_task"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "hides the addresses: run as root");
	snprintf(path, sizeof(path), "%s/kallsyms", dir);
	CHECK(!unlink(path));
	CHECK(fails("init_task"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "kallsyms: No such file or directory");
	ld_resolver_free(r);
}

TEST(resolver_functions_only)
{
	const char *dir = model_tree();
	char text[2000] = "";
	int i;

	for (i = 0; i < 40; i++)
		sprintf(text + strlen(text), "ffffffff810000%02x T f%d\n", i, i);
	tree_text(dir, "kallsyms", text);
	r = model_resolver(dir);
	CHECK(fails("init_task"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "this kernel lists functions only, no variables (it was built without CONFIG_KALLSYMS_ALL); write '(TYPE *)0xADDR'");
	ld_resolver_free(r);
}

TEST(resolver_without_btf)
{
	const char *dir = tree_new();

	tree_text(dir, "kallsyms", model_kallsyms);
	r = model_resolver(dir);
	CHECK(fails("pid:1"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "pid:1: types are needed, and this kernel describes none");
	CHECK(fails("(struct task_struct *)0xffff888000000000"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "types are needed");
	CHECK(fails("jiffies"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "types are needed");
	CHECK(!ld_resolver_resolve(r, "0xffff888000000000:64", &res, &err));
	ld_resolver_free(r);
}
