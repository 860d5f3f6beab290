// SPDX-License-Identifier: GPL-2.0
/* Numbers that only the kernel knows, and memory between two symbols. */
#include <stdio.h>
#include <string.h>

#include "model.h"
#include "resolver.h"
#include "target_test.h"

static struct ld_resolver *r;
static struct ld_resolved res;
static __u64 answer;
static struct livedump_root asked;
static __u32 asked_size;

static int read_number(void *data, const struct livedump_root *root, __u32 size, __u64 *ret,
		       struct ld_err *e)
{
	CHECK(data == &answer);
	asked = *root;
	asked_size = size;
	if (answer == ~0ULL)
		return ld_fail(e, LD_EXIT_FAILED, "it cannot be read");
	*ret = answer;
	return 0;
}

static void set_up(void)
{
	const char *dir = model_tree();
	struct ld_resolver_opts opts = {
		.proc = dir, .sys = dir, .read = read_number, .data = &answer,
	};

	must(ld_resolver_new(&opts, &r, &err));
}

static void tear_down(void)
{
	ld_resolver_free(r);
	tree_remove_all();
}

static bool resolves(const char *target)
{
	return test_check(!ld_resolver_resolve(r, target, &res, &err), __FILE__, __LINE__, "%s",
			  err.msg);
}

static void fails(const char *target, enum ld_exit code, const char *message)
{
	test_check(ld_resolver_resolve(r, target, &res, &err), __FILE__, __LINE__,
		   "'%s' is resolved", target);
	CHECK_ERR(&err, code, message);
}

TEST(count_parse)
{
	static const struct bad bad[] = {
		{ "a[0:b", "expected ']'", 5 },
		{ "a[0:b[1]]", "no index can stand here", 5 },
		{ "a[0:1 << ]", "expected a symbol", 9 },
		{ "a[0:b c]", "expected ']'", 6 },
		{ "a[0:2 << b]", "expected ']'", 6 },
		{ NULL, NULL, 0 }
	};

	if (parses("a->b[2:1 << c->d]")) {
		CHECK_EQ(t.nr_steps, 2);
		CHECK_EQ(t.steps[1].nr, 2);
		CHECK(t.steps[1].shift && t.steps[1].has_end);
		CHECK(ld_span_is(t.steps[1].count, "c->d"));
	}
	if (parses("a[:(int)b].c")) {
		CHECK(!t.steps[0].shift && ld_span_is(t.steps[0].count, "(int)b"));
		CHECK_EQ(t.nr_steps, 2);
	}
	if (parses("a[0:12]"))
		CHECK(t.steps[0].end == 12 && !t.steps[0].count.len);
	check_bad(bad);
}

TEST(count_resolve)
{
	set_up();
	answer = 3;
	if (resolves("(unsigned long[8])untyped[1:jiffies]")) {
		CHECK_EQ(res.plan.type.dims[0], 2);
		CHECK_EQ(asked.address, 0xffffffff82000000ULL);
		CHECK_EQ(asked_size, 8);
	}
	if (resolves("(unsigned long[8])untyped[0:1 << jiffies]"))
		CHECK_EQ(res.plan.type.dims[0], 8);
	answer = 9;
	fails("(unsigned long[8])untyped[0:jiffies]", LD_EXIT_USAGE, "out of range");
	answer = 1;
	fails("(unsigned long[8])untyped[1:jiffies]", LD_EXIT_FAILED, "there is no element");
	answer = 64;
	fails("(unsigned long[8])untyped[0:1 << jiffies]", LD_EXIT_FAILED, "is no size");
	answer = ~0ULL;
	fails("(unsigned long[8])untyped[0:jiffies]", LD_EXIT_FAILED, "it cannot be read");
	fails("(unsigned long[8])untyped[0:vmlinux:init_task]", LD_EXIT_USAGE, "not one number");
	fails("(unsigned long[8])untyped[0:(int)untyped_pcpu]", LD_EXIT_USAGE, "not one number");
	fails("(unsigned long[8])untyped[0:nothing]", LD_EXIT_FAILED, "no such symbol");
	tear_down();
}

TEST(bytes_between)
{
	static const struct bad bad[] = {
		{ "bytes(", "expected the symbol at which the bytes begin", 6 },
		{ "bytes(a", "expected ',' or ')'", 7 },
		{ "bytes(a, )", "expected the symbol at which the bytes end", 9 },
		{ "bytes(a, b", "expected ')'", 10 },
		{ "bytes(a, b).c", "unexpected '.'", 11 },
		{ NULL, NULL, 0 }
	};

	check_bad(bad);
	set_up();
	if (resolves("bytes(jiffies, untyped)")) {
		CHECK(res.is_range);
		CHECK_EQ(res.range.address, 0xffffffff82000000ULL);
		CHECK_EQ(res.range.length, 0x100);
	}
	if (resolves("bytes(jiffies)"))
		CHECK(res.is_range && res.range.length && res.range.length <= 0x100);
	/* what ends per-CPU variables is none */
	if (resolves("bytes(runqueues, __per_cpu_end)")) {
		CHECK_EQ(res.root.kind, LIVEDUMP_ROOT_PERCPU);
		CHECK_EQ(res.root.cpu, LIVEDUMP_ALL_CPUS);
		CHECK_EQ(res.root.address, 0x40);
		CHECK_STR(res.root.symbol, "runqueues");
		CHECK_EQ(res.plan.type.dims[0], 0xc0);
	}
	fails("bytes(untyped, jiffies)", LD_EXIT_USAGE,
	      "'jiffies_64' does not lie behind 'untyped'");
	fails("bytes(untyped, untyped)", LD_EXIT_USAGE, "does not lie behind");
	fails("bytes(jiffies, runqueues)", LD_EXIT_USAGE, "does not lie behind");
	fails("bytes(jiffies, nothing)", LD_EXIT_FAILED, "no such symbol");
	tear_down();
}
