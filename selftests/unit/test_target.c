// SPDX-License-Identifier: GPL-2.0
#include "target_test.h"

TEST(target_range)
{
	if (parses("0xffff888000001000:4096")) {
		CHECK_EQ(t.kind, LD_TARGET_RANGE);
		CHECK_EQ(t.address, 0xffff888000001000ULL);
		CHECK_EQ(t.length, 4096);
	}
	if (parses("0XFFFF888000001000:0x10"))
		CHECK_EQ(t.length, 16);
	if (parses("0x1000:4K"))
		CHECK_EQ(t.length, 4096);
	if (parses("0x1000:3k"))
		CHECK_EQ(t.length, 3072);
	if (parses(" 0x1000 : 2M "))
		CHECK_EQ(t.length, 2 << 20);
	if (parses("0x1000:1G"))
		CHECK_EQ(t.length, 1 << 30);
	if (parses("0x1000:1T"))
		CHECK_EQ(t.length, 1ULL << 40);
	if (parses("0x1000:0x2K"))
		CHECK_EQ(t.length, 2048);
	/* Up to the last byte there is. */
	if (parses("0xfffffffffffff000:4K"))
		CHECK_EQ(t.address, 0xfffffffffffff000ULL);
}

TEST(target_range_errors)
{
	static const struct bad bad[] = {
		{ "0x1000", "write '0xADDR:SIZE' for bytes or '(TYPE *)0xADDR'", 6 },
		{ "0x", "expected an address", 2 },
		{ "0xg:4", "expected an address", 2 },
		{ "0x1000:", "expected a size in bytes", 7 },
		{ "0x1000:K", "expected a size in bytes", 7 },
		{ "0x1000:0", "a size of 0 records nothing", 7 },
		{ "0x1000:0K", "a size of 0 records nothing", 7 },
		{ "0x1000:4KB", "unexpected 'B'", 9 },
		{ "0x1000:4X", "unexpected 'X'", 8 },
		{ "0x1000:-4", "expected a size in bytes", 7 },
		{ "0x1000:4 4", "unexpected '4'", 9 },
		{ "0x1000:18446744073709551616", "a size in bytes (suffixes K, M, G, T)", 7 },
		{ "0x1000:18446744073709551615K", "the size does not fit 64 bits", 7 },
		{ "0x10000000000000000:4", "an address does not fit 64 bits", 0 },
		{ "0xfffffffffffff000:4097", "the range wraps around", 0 },
		{ "0x1000.foo:4", "an address alone", 6 },
		{ NULL }
	};

	check_bad(bad);
}

TEST(target_pid)
{
	if (parses("pid:1234")) {
		CHECK_EQ(t.kind, LD_TARGET_PID);
		CHECK_EQ(t.pid, 1234);
	}
	if (parses("pid: 1"))
		CHECK_EQ(t.pid, 1);
	if (parses("pid")) {
		CHECK_EQ(t.kind, LD_TARGET_SYMBOL);
		CHECK(ld_span_is(t.symbol, "pid"));
	}
}

TEST(target_pid_errors)
{
	static const struct bad bad[] = {
		{ "pid:", "expected a process id", 4 },
		{ "pid:bash", "expected a process id", 4 },
		{ "pid:-1", "expected a process id", 4 },
		{ "pid:0", "the idle task of the first CPU is 'init_task'", 4 },
		{ "pid:2147483648", "not a process id", 4 },
		{ "pid:1.", "expected the name of a member", 6 },
		{ "pid:1 2", "unexpected '2'", 6 },
		{ NULL }
	};

	check_bad(bad);
}

TEST(target_symbol)
{
	if (parses("jiffies")) {
		CHECK_EQ(t.kind, LD_TARGET_SYMBOL);
		CHECK(ld_span_is(t.symbol, "jiffies"));
		CHECK_EQ(t.module.len, 0);
		CHECK(!t.has_cpu);
		CHECK_EQ(t.nr_steps, 0);
	}
	if (parses("xfs:xfs_stats")) {
		CHECK(ld_span_is(t.module, "xfs"));
		CHECK(ld_span_is(t.symbol, "xfs_stats"));
	}
	if (parses("snd-hda-intel: power_save"))
		CHECK(ld_span_is(t.module, "snd-hda-intel"));
	if (parses("8021q:vlan_net_id"))
		CHECK(ld_span_is(t.module, "8021q"));
	if (parses("runqueues@3")) {
		CHECK(t.has_cpu);
		CHECK_EQ(t.cpu, 3);
		CHECK_STR(t.cpu_at, "3");
	}
	if (parses("_x@0.y"))
		CHECK(t.has_cpu && !t.cpu && t.nr_steps == 1);
}

TEST(target_numbered_symbol)
{
	if (parses("count.0")) {
		CHECK(ld_span_is(t.symbol, "count.0"));
		CHECK_EQ(t.nr_steps, 0);
	}
	if (parses("__already_done.12.next")) {
		CHECK(ld_span_is(t.symbol, "__already_done.12"));
		CHECK_EQ(t.nr_steps, 1);
	}
	if (parses("a.1.2[3]")) {
		CHECK(ld_span_is(t.symbol, "a.1.2"));
		CHECK_EQ(t.nr_steps, 1);
	}
}

TEST(target_path)
{
	if (!parses("init_task.mm"))
		return;
	CHECK_EQ(t.nr_steps, 1);
	CHECK(t.steps[0].kind == LD_STEP_MEMBER && ld_span_is(t.steps[0].name, "mm"));
	CHECK_STR(t.steps[0].at, ".mm");
	if (!parses("m:a@1 . b [ 2 ] [0x10].c"))
		return;
	CHECK_EQ(t.nr_steps, 4);
	CHECK(ld_span_is(t.steps[0].name, "b"));
	CHECK(t.steps[1].kind == LD_STEP_INDEX && t.steps[1].nr == 2);
	CHECK(t.steps[2].kind == LD_STEP_INDEX && t.steps[2].nr == 16);
	CHECK(ld_span_is(t.steps[3].name, "c"));
}

TEST(target_symbol_errors)
{
	static const struct bad bad[] = {
		{ "", "an empty target: name a symbol", -1 },
		{ "   ", "an empty target: name a symbol", -1 },
		{ "-x", "expected a symbol, an address, 'pid:N' or a cast", 0 },
		{ "1234", "expected a symbol, an address", 0 },
		{ "ffff888000000000:64", "a size goes with an address: '0xADDR:SIZE'", 17 },
		{ "foo:64", "a size goes with an address", 4 },
		{ "mod:", "expected a symbol", 4 },
		{ "mod::x", "expected a symbol", 4 },
		{ "a:b:c", "unexpected ':'", 3 },
		{ "a :b", "no blank before ':'", 2 },
		{ "a b", "unexpected 'b'", 2 },
		{ "a,b", "unexpected ','", 1 },
		{ "a@", "expected a CPU number", 2 },
		{ "a@x", "expected a CPU number", 2 },
		{ "a@4294967295", "not a CPU number", 2 },
		{ "a.b@1", "'@CPU' goes right behind the name", 3 },
		{ "a.", "expected the name of a member", 2 },
		{ "a..b", "expected the name of a member", 2 },
		{ "a[", "expected an index", 2 },
		{ "a[]", "expected an index", 2 },
		{ "a[x]", "expected an index", 2 },
		{ "a[1", "expected ']' or ':'", 3 },
		{ "a[1}", "expected ']' or ':'", 3 },
		{ "&a", "expected a symbol", 0 },
		{ "a\001", "unexpected byte 0x01", -2 },
		{ "\xc3\xa4", "expected a symbol", 0 },
		{ "(struct \xc3\xa4)a", "expected a name behind 'struct'", 8 },
		{ "a[18446744073709551616]", "an index does not fit 64 bits", 2 },
		{ NULL }
	};
	struct bad one[2] = { { 0 } };
	int i;

	for (i = 0; bad[i].text; i++) {
		one[0] = bad[i];
		if (one[0].column != -2) {
			check_bad(one);
			continue;
		}
		/* What a terminal would act on is not printed. */
		CHECK(ld_target_parse(one[0].text, &t, &err));
		CHECK_ERR(&err, LD_EXIT_USAGE, one[0].message);
		CHECK(!strchr(err.msg, '\001'));
	}
}

TEST(target_long_texts)
{
	char text[4096], path[2000] = "a";
	int i;

	for (i = 0; i < LD_TARGET_STEPS; i++)
		strcat(path, ".b");
	parses(path);
	CHECK_EQ(t.nr_steps, LD_TARGET_STEPS);
	strcat(path, ".b");
	CHECK(ld_target_parse(path, &t, &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "more than 64 members and indices");
	memset(path, '(', 40);
	strcpy(path + 40, "a");
	CHECK(ld_target_parse(path, &t, &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "more than 32 parentheses");
	memset(path, '*', 40);
	CHECK(ld_target_parse(path, &t, &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "too many '*'");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	CHECK(parses(text));
	CHECK_EQ(t.symbol.len, sizeof(text) - 1);
	text[sizeof(text) - 2] = ',';
	CHECK(ld_target_parse(text, &t, &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "xxx...: unexpected ','");
}

TEST(target_cast)
{
	if (parses("(struct task_struct *)0xffff888000000000.mm")) {
		CHECK_EQ(t.kind, LD_TARGET_ADDRESS);
		CHECK_EQ(t.address, 0xffff888000000000ULL);
		CHECK_EQ(t.steps[0].kind, LD_STEP_CAST);
		CHECK_EQ(t.steps[0].reach, 2);
		CHECK_EQ(t.steps[0].cast.kind, LD_TEXPR_STRUCT);
		CHECK(ld_span_is(t.steps[0].cast.name, "task_struct"));
		CHECK_EQ(t.steps[0].cast.ptrs, 1);
		CHECK_EQ(t.nr_steps, 2);
	}
	if (parses("(struct foo[16])mod:sym[3]")) {
		CHECK_EQ(t.kind, LD_TARGET_SYMBOL);
		CHECK_EQ(t.steps[0].cast.nr_dims, 1);
		CHECK_EQ(t.steps[0].cast.dims[0], 16);
		CHECK(ld_span_is(t.module, "mod"));
	}
	if (parses("( const union u * const * [ 2 ] [0x3] ) s@1")) {
		CHECK_EQ(t.steps[0].cast.kind, LD_TEXPR_UNION);
		CHECK_EQ(t.steps[0].cast.ptrs, 2);
		CHECK_EQ(t.steps[0].cast.nr_dims, 2);
		CHECK_EQ(t.steps[0].cast.dims[1], 3);
	}
	if (parses("(struct foo)9pnet:sym")) {
		CHECK_EQ(t.kind, LD_TARGET_SYMBOL);
		CHECK(ld_span_is(t.module, "9pnet"));
	}
	if (parses("(enum e)s"))
		CHECK_EQ(t.steps[0].cast.kind, LD_TEXPR_ENUM);
	if (parses("(u64)s")) {
		CHECK_EQ(t.steps[0].cast.kind, LD_TEXPR_NAME);
		CHECK(ld_span_is(t.steps[0].cast.name, "u64"));
	}
}

TEST(target_cast_errors)
{
	static const struct bad bad[] = {
		{ "(", "expected a symbol, an address, 'pid:N' or a cast", 1 },
		{ "()a", "expected a type", 1 },
		{ "(*)a", "expected a type", 1 },
		{ "(struct)a", "expected a name behind 'struct'", 7 },
		{ "(union *)a", "expected a name behind 'union'", 7 },
		{ "(enum", "expected a name behind 'enum'", 5 },
		{ "(struct a", "expected ')' behind the type", 9 },
		{ "(struct a *", "expected ')' behind the type", 11 },
		{ "(struct a b)c", "unexpected 'b' behind a type", 10 },
		{ "(u64 u64)c", "unexpected 'u64' behind a type", 5 },
		{ "(struct a)(struct b)c", "one cast is enough", 10 },
		{ "(struct a)", "expected a symbol", 10 },
		{ "(struct a)1234", "an address begins with 0x", 10 },
		{ "(struct a *)0x", "expected an address", 14 },
		{ "(struct a *)0x10:4", "unexpected ':'", 16 },
		{ "(struct a[])b", "expected the number of elements", 10 },
		{ "(struct a[0])b", "an array has 1 to 4294967295 elements", 10 },
		{ "(struct a[4294967296])b", "an array has 1 to 4294967295 elements", 10 },
		{ "(struct a[1)b", "expected ']'", 11 },
		{ "(u8[1][1][1][1][1])b", "more than 4 array dimensions", 16 },
		{ "(struct a (*)[4])b", "pointers to arrays and to functions", 10 },
		{ "(void (*)(int))b", "pointers to arrays and to functions", 6 },
		{ "(u8*****************)b", "too many '*'", 19 },
		{ "(unsigned struct a)b", "'struct' in a base type", 10 },
		{ "(unsigned u64)b", "'u64' in a base type", 10 },
		{ "(unsigned signed int)b", "there is no type 'unsigned signed int'", 1 },
		{ "(long long long)b", "there is no type 'long long long'", 1 },
		{ "(unsigned void)b", "there is no type 'unsigned void'", 1 },
		{ "(short long)b", "there is no type 'short long'", 1 },
		{ "(int int)b", "there is no type 'int int'", 1 },
		{ "(char int)b", "there is no type 'char int'", 1 },
		{ NULL }
	};

	check_bad(bad);
}

TEST(target_base_types)
{
	static const struct {
		const char *text;
		enum ld_base_kind kind;
		char sign;
	} good[] = {
		{ "void", LD_BASE_VOID, 0 },
		{ "_Bool", LD_BASE_BOOL, 0 },
		{ "char", LD_BASE_CHAR, 0 },
		{ "signed char", LD_BASE_CHAR, 's' },
		{ "char unsigned", LD_BASE_CHAR, 'u' },
		{ "short", LD_BASE_SHORT, 's' },
		{ "short unsigned int", LD_BASE_SHORT, 'u' },
		{ "int", LD_BASE_INT, 's' },
		{ "signed", LD_BASE_INT, 's' },
		{ "unsigned", LD_BASE_INT, 'u' },
		{ "int unsigned", LD_BASE_INT, 'u' },
		{ "unsigned long", LD_BASE_LONG, 'u' },
		{ "long unsigned int", LD_BASE_LONG, 'u' },
		{ "long", LD_BASE_LONG, 's' },
		{ "long long int", LD_BASE_LLONG, 's' },
		{ "unsigned long long", LD_BASE_LLONG, 'u' },
		{ "long int unsigned long", LD_BASE_LLONG, 'u' },
		{ "__int128", LD_BASE_INT128, 's' },
		{ "__int128 unsigned", LD_BASE_INT128, 'u' },
		{ "float", LD_BASE_FLOAT, 0 },
		{ "double", LD_BASE_DOUBLE, 0 },
		{ NULL }
	};
	static const char * const bad[] = { "", "u64", "int x", "unsigned _Bool", "int*", NULL };
	struct ld_base base;
	int i;

	for (i = 0; good[i].text; i++) {
		test_check(ld_base_parse(good[i].text, &base), __FILE__, __LINE__, "%s",
			   good[i].text);
		test_check(base.kind == good[i].kind && base.sign == good[i].sign, __FILE__,
			   __LINE__, "%s: kind %d sign %d", good[i].text, base.kind, base.sign);
	}
	for (i = 0; bad[i]; i++)
		test_check(!ld_base_parse(bad[i], &base), __FILE__, __LINE__, "'%s'", bad[i]);
}
