// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "model.h"

static struct ld_err err;

static struct ld_kallsyms *load(const char *text)
{
	const char *dir = tree_new();
	struct ld_kallsyms *k = NULL;

	tree_text(dir, "kallsyms", text);
	if (ld_kallsyms_read(dir, &k, &err))
		return NULL;
	return k;
}

static size_t count(const struct ld_kallsyms *k, const char *name)
{
	struct ld_ksym sym;
	size_t pos = 0, n = 0;

	while (ld_kallsyms_next(k, name, &pos, &sym))
		n++;
	return n;
}

static const char *name_at(const struct ld_kallsyms *k, const char *module, __u64 address)
{
	struct ld_ksym sym;

	return ld_kallsyms_at(k, module, address, &sym) ? sym.name : "(none)";
}

TEST(kallsyms_lookup)
{
	struct ld_kallsyms *k = load(model_kallsyms);
	struct ld_ksym sym;
	size_t pos = 0;

	if (!CHECK(k) || !CHECK(ld_kallsyms_next(k, "init_task", &pos, &sym)))
		return;
	CHECK_STR(sym.name, "init_task");
	CHECK_STR(sym.module, "");
	CHECK_EQ(sym.address, 0xffffffff82000040ULL);
	CHECK_EQ(sym.type, 'D');
	CHECK(ld_kallsyms_next(k, "init_task", &pos, &sym));
	CHECK_STR(sym.module, "mod2");
	CHECK(!ld_kallsyms_next(k, "init_task", &pos, &sym));
	CHECK_EQ(count(k, "init_tas"), 0);
	CHECK_EQ(count(k, "init_taskx"), 0);
	CHECK_EQ(count(k, "dup"), 2);
	CHECK_EQ(count(k, "shared"), 3);
	CHECK_EQ(count(k, "count.0"), 1);
	CHECK_EQ(count(k, ""), 0);
	/* Undefined and mapping symbols are nobody's. */
	CHECK_EQ(count(k, "printk"), 0);
	CHECK_EQ(count(k, "$x"), 0);
	CHECK_EQ(count(k, NULL), 46);
	CHECK(ld_kallsyms_has_data(k));
	CHECK(ld_kallsyms_has_module(k, "mod"));
	CHECK(!ld_kallsyms_has_module(k, "mo"));
	ld_kallsyms_free(k);
	ld_kallsyms_free(NULL);
}

TEST(kallsyms_llvm_suffix)
{
	struct ld_kallsyms *k = load(model_kallsyms);

	if (!CHECK(k))
		return;
	CHECK_EQ(count(k, "promoted"), 1);
	CHECK_STR(name_at(k, "", 0xffffffff82000150ULL), "promoted");
	ld_kallsyms_free(k);
}

/* What the kernel's sprint_symbol() prints: the nearest symbol below, the first of aliases. */
TEST(kallsyms_canonical_name)
{
	struct ld_kallsyms *k = load(model_kallsyms);

	if (!CHECK(k))
		return;
	CHECK_STR(name_at(k, "", 0xffffffff82000000ULL), "jiffies");
	CHECK_STR(name_at(k, "", 0xffffffff82000007ULL), "jiffies");
	CHECK_STR(name_at(k, "", 0xffffffff8200003fULL), "jiffies");
	CHECK_STR(name_at(k, "", 0xffffffff82000040ULL), "init_task");
	CHECK_STR(name_at(k, "", 0xffffffff820000e4ULL), "first_alias");
	CHECK_STR(name_at(k, "", 0xffffffff81000000ULL), "srso_alias_untrain_ret");
	CHECK_STR(name_at(k, "", 0xffffffffffffffffULL), "_end");
	CHECK_STR(name_at(k, "mod", 0xffffffffc0001008ULL), "mod_first");
	CHECK_STR(name_at(k, "mod", 0xffffffffc000100fULL), "mod_first");
	/* Another module in between is not the one meant. */
	CHECK_STR(name_at(k, "mod", 0xffffffffc0001090ULL), "mod_last");
	CHECK_STR(name_at(k, "no_btf", 0xffffffffc0001090ULL), "(none)");
	CHECK_STR(name_at(k, "nosuch", 0xffffffffc0001090ULL), "(none)");
	ld_kallsyms_free(k);
}

static __u64 room(const struct ld_kallsyms *k, const char *name)
{
	struct ld_ksym sym;
	size_t pos = 0;

	return ld_kallsyms_next(k, name, &pos, &sym) ? ld_kallsyms_room(k, &sym) : 12345;
}

TEST(kallsyms_room)
{
	struct ld_kallsyms *k = load(model_kallsyms);

	if (!CHECK(k))
		return;
	CHECK_EQ(room(k, "jiffies"), 64);
	CHECK_EQ(room(k, "jiffies_64"), 64);
	CHECK_EQ(room(k, "untyped"), 64);
	CHECK_EQ(room(k, "_end"), 0);
	CHECK_EQ(room(k, "mod_dup"), 8);
	CHECK_EQ(room(k, "mod_last"), 0);
	CHECK_EQ(room(k, "plain"), 0);
	ld_kallsyms_free(k);
}

static bool percpu(const struct ld_kallsyms *k, const char *name)
{
	struct ld_ksym sym;
	size_t pos = 0;

	return CHECK(ld_kallsyms_next(k, name, &pos, &sym)) && ld_kallsyms_percpu(k, &sym);
}

TEST(kallsyms_percpu)
{
	struct ld_kallsyms *k = load(model_kallsyms);

	if (!CHECK(k))
		return;
	CHECK(percpu(k, "runqueues"));
	CHECK(percpu(k, "fixed_percpu_data"));
	CHECK(!percpu(k, "__per_cpu_end"));
	CHECK(!percpu(k, "init_task"));
	CHECK(percpu(k, "mod_pcpu"));
	CHECK(!percpu(k, "mod_first"));
	ld_kallsyms_free(k);
}

/* From 6.15 on x86 does as the others: the section lies in the image. */
TEST(kallsyms_percpu_in_image)
{
	struct ld_kallsyms *k = load("ffffffff82000000 D init_task\n"
				     "ffffffff83000000 D __per_cpu_start\n"
				     "ffffffff83000040 D runqueues\n"
				     "ffffffff83000100 D __per_cpu_end\n"
				     "ffffffff83000100 d behind\n"
				     "ffffffff83000200 A mod_pcpu\t[mod]\n");

	if (!CHECK(k))
		return;
	CHECK(percpu(k, "runqueues"));
	CHECK(!percpu(k, "init_task"));
	CHECK(!percpu(k, "behind"));
	CHECK(percpu(k, "mod_pcpu"));
	ld_kallsyms_free(k);
}

TEST(kallsyms_without_percpu)
{
	struct ld_kallsyms *k = load("ffffffff82000000 D init_task\n");

	if (CHECK(k))
		CHECK(!percpu(k, "init_task"));
	ld_kallsyms_free(k);
}

TEST(kallsyms_hidden)
{
	CHECK(!load("0000000000000000 T _stext\n0000000000000000 D init_task\n"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "/kallsyms hides the addresses: run as root");
	CHECK_ERR(&err, LD_EXIT_FAILED, "kernel.kptr_restrict");
}

TEST(kallsyms_empty)
{
	CHECK(!load(""));
	CHECK_ERR(&err, LD_EXIT_FAILED, "/kallsyms: no symbols in it");
	CHECK(!load("\n\n\n"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "no symbols in it");
}

TEST(kallsyms_missing)
{
	struct ld_kallsyms *k;

	CHECK(ld_kallsyms_read("/nonexistent", &k, &err));
	CHECK_ERR(&err, LD_EXIT_FAILED, "/nonexistent/kallsyms: No such file or directory");
}

TEST(kallsyms_functions_only)
{
	char text[4096] = "";
	struct ld_kallsyms *k;
	int i;

	for (i = 0; i < 40; i++)
		sprintf(text + strlen(text), "ffffffff810000%02x T f%d\n", i, i);
	strcat(text, "ffffffff82000000 D one\n");
	k = load(text);
	if (CHECK(k))
		CHECK(!ld_kallsyms_has_data(k));
	ld_kallsyms_free(k);
}

/* Lines that are none are passed over; the rest is read. */
TEST(kallsyms_malformed)
{
	static const char text[] =
		"garbage\n"
		"\n"
		"\x20\n"
		"zzzzzzzzzzzzzzzz T bad_digits\n"
		"ffffffff810000001 T too_long\n"
		"ffffffff81000000\n"
		"ffffffff81000000\x20\n"
		"ffffffff81000000 T\n"
		"ffffffff81000000 T\x20\n"
		"ffffffff81000000 TT two_types\n"
		"ffffffff81000000T no_blank\n"
		"FFFFFFFF81000000 T upper_case\n"
		"ffffffff81000000 T bracket]\n"
		"ffffffff81000000 T \t[nameless]\n"
		"ffffffff81000000 T odd\tmodule]\n"
		"ffffffff81000000 T odd\t[]\n"
		"ffffffff81000000 T odd\t]\n"
		"81000000 T short\n"
		"ffffffff81000010 T .llvm.1\n"
		"ffffffff81000020 T last";
	struct ld_kallsyms *k = load(text);

	if (!CHECK(k))
		return;
	CHECK_EQ(count(k, "short"), 1);
	CHECK_EQ(count(k, "last"), 1);
	CHECK_EQ(count(k, NULL), 2);
	ld_kallsyms_free(k);
}

/* A NUL ends no name: what is behind it counts, too. */
TEST(kallsyms_nul)
{
	static const char text[] = "ffffffff81000000 T a\0b\nffffffff81000010 T c\n";
	const char *dir = tree_new();
	struct ld_kallsyms *k;

	tree_write(dir, "kallsyms", text, sizeof(text) - 1);
	if (!CHECK(!ld_kallsyms_read(dir, &k, &err)))
		return;
	CHECK_EQ(count(k, "a"), 0);
	CHECK_EQ(count(k, "a?b"), 1);
	CHECK_EQ(count(k, "c"), 1);
	ld_kallsyms_free(k);
}

/* More than the first allocations hold. */
TEST(kallsyms_large)
{
	size_t n = 600000, len = 0, i;
	char *text = malloc(n * 48), name[32];
	struct ld_kallsyms *k;
	struct ld_ksym sym;

	if (!CHECK(text))
		return;
	for (i = 0; i < n; i++)
		len += sprintf(text + len, "%016zx d symbol_number_%zu\n", 0x1000 + i * 8, i);
	k = load(text);
	free(text);
	if (!CHECK(k))
		return;
	CHECK_EQ(count(k, NULL), n);
	for (i = 0; i < n; i += 99999) {
		size_t pos = 0;

		sprintf(name, "symbol_number_%zu", i);
		CHECK(ld_kallsyms_next(k, name, &pos, &sym) && sym.address == 0x1000 + i * 8);
		CHECK_STR(name_at(k, "", 0x1000 + i * 8 + 7), name);
	}
	ld_kallsyms_free(k);
}
