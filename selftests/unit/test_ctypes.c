// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "ctypes.h"
#include "model.h"

static struct ld_err err;
static struct ld_ctype type;
static struct ld_btfs *set;

static void set_up(void)
{
	const char *dir = model_tree();

	if (ld_btfs_open(dir, NULL, &set, &err))
		must(-1);
}

static bool finds(const char *text)
{
	struct ld_texpr x;

	err.msg[0] = '\0';
	memset(&type, 0, sizeof(type));
	return !ld_texpr_parse(text, &x, &err) && !ld_ctype_lookup(set, 0, &x, &type, &err);
}

/* The type, the way it is written, is found, has this size and this name. */
static void check_type(const char *text, __u64 size, const char *name)
{
	char buf[200];
	__u64 got = 0;

	if (!test_check(finds(text), __FILE__, __LINE__, "%s: %s", text, err.msg))
		return;
	test_check(ld_ctype_size(set, &type, &got) == !!size && got == size, __FILE__, __LINE__,
		   "%s: size %llu, expected %llu", text, got, size);
	CHECK_STR(ld_ctype_name(set, &type, buf, sizeof(buf)), name);
}

TEST(ctypes_lookup)
{
	set_up();
	check_type("struct task_struct", 128, "struct task_struct");
	check_type("const struct mm_struct", 24, "struct mm_struct");
	check_type("union both", 8, "union both");
	check_type("enum system_states", 4, "enum system_states");
	check_type("u64", 8, "u64");
	check_type("unsigned long", 8, "long unsigned int");
	check_type("unsigned long long", 8, "long long unsigned int");
	check_type("char", 1, "char");
	check_type("unsigned char", 1, "unsigned char");
	check_type("signed char", 1, "signed char");
	check_type("_Bool", 1, "_Bool");
	check_type("unsigned", 4, "unsigned int");
	check_type("void", 0, "void");
	check_type("void *", 8, "void *");
	check_type("struct task_struct *", 8, "struct task_struct *");
	check_type("struct task_struct **[3]", 24, "struct task_struct **[3]");
	check_type("struct list_head[2][8]", 256, "struct list_head[2][8]");
	ld_btfs_free(set);
}

TEST(ctypes_lookup_in_modules)
{
	struct ld_texpr x;

	set_up();
	/* Nobody named the module: the type is found all the same. */
	check_type("struct mod_only", 16, "struct mod_only");
	CHECK_EQ(type.ref.btf, 1);
	must(ld_texpr_parse("struct task_struct", &x, &err));
	CHECK(!ld_ctype_lookup(set, 1, &x, &type, &err));
	CHECK_EQ(type.ref.btf, 0);
	must(ld_texpr_parse("int", &x, &err));
	CHECK(!ld_ctype_lookup(set, 1, &x, &type, &err));
	ld_btfs_free(set);
}

TEST(ctypes_lookup_errors)
{
	struct ld_texpr x;

	set_up();
	CHECK(!finds("struct task_sruct"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "there is no type 'struct task_sruct' in the BTF of vmlinux or of any other loaded module; did you mean task_struct?");
	CHECK(!finds("struct nothing_like_it"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "any other loaded module");
	CHECK(!strstr(err.msg, "did you mean"));
	CHECK(!finds("task_struct"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "there is no type 'task_struct'; write 'struct task_struct'");
	CHECK(!finds("struct both"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "there is no type 'struct both'; write 'union both'");
	CHECK(!finds("struct system_states"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "write 'enum system_states'");
	CHECK(!finds("struct u64"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "write 'u64'");
	CHECK(!finds("__int128"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "there is no type '__int128'");
	CHECK(!finds("u46"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "did you mean u64?");
	CHECK_EQ(ld_btfs_module(set, "mod"), 1);
	must(ld_texpr_parse("struct nothing", &x, &err));
	CHECK(ld_ctype_lookup(set, 1, &x, &type, &err));
	CHECK_ERR(&err, LD_EXIT_FAILED, "in the BTF of vmlinux, mod or of any other loaded module");
	ld_btfs_free(set);
}

TEST(ctypes_declared_only)
{
	struct btf *btf = model_btf();

	set = ld_btfs_wrap(btf);
	CHECK(!finds("struct hidden"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "'struct hidden' is only declared");
	ld_btfs_free(set);
}

static __u64 offset;

static bool member(const char *name)
{
	struct ld_span span = { name, strlen(name) };

	err.msg[0] = '\0';
	return !ld_ctype_member(set, &type, span, &offset, &err);
}

static bool index_of(__u64 nr)
{
	err.msg[0] = '\0';
	return !ld_ctype_index(set, &type, nr, &offset, &err);
}

TEST(ctypes_members)
{
	__u64 size;

	set_up();
	offset = 1000;
	CHECK(finds("struct task_struct") && member("mm"));
	CHECK_EQ(offset, 1024);
	CHECK(ld_ctype_size(set, &type, &size) && size == 8);
	offset = 0;
	CHECK(finds("struct task_struct") && member("tasks") && member("prev"));
	CHECK_EQ(offset, 16);
	offset = 0;
	CHECK(finds("struct task_struct") && member("anon_a"));
	CHECK_EQ(offset, 48);
	offset = 0;
	CHECK(finds("struct task_struct") && member("anon_c"));
	CHECK_EQ(offset, 52);
	offset = 0;
	CHECK(finds("struct task_struct") && member("anon_b"));
	CHECK_EQ(offset, 56);
	offset = 0;
	CHECK(finds("struct task_struct") && member("anon_p"));
	CHECK_EQ(offset, 48);
	offset = 0;
	CHECK(finds("struct task_struct") && member("hash") && index_of(3) && member("prev"));
	CHECK_EQ(offset, 64 + 3 * 16 + 8);
	ld_btfs_free(set);
}

TEST(ctypes_member_errors)
{
	set_up();
	CHECK(finds("struct task_struct") && !member("com"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "struct task_struct has no member 'com'; did you mean comm?");
	CHECK(!member("anon_aa"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "did you mean anon_a,");
	CHECK(!member("flag"));
	CHECK_ERR(&err, LD_EXIT_USAGE, "'flag' is a bit field");
	CHECK(!member("xyz"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "has no member 'xyz'");
	CHECK(!strstr(err.msg, "did you mean"));
	CHECK(member("mm") && !member("pgd"));
	CHECK_ERR(&err, LD_EXIT_USAGE,
		  "'.pgd' lies behind a pointer (struct mm_struct *): write '->pgd'");
	CHECK(finds("struct mm_struct *") && !member("pgd"));
	CHECK_ERR(&err, LD_EXIT_USAGE, "lies behind a pointer (struct mm_struct *)");
	CHECK(finds("struct task_struct") && member("hash") && !member("next"));
	CHECK_ERR(&err, LD_EXIT_USAGE,
		  "'.next' is asked of an array: choose an element with [N] first");
	CHECK(finds("struct mm_struct[3]") && !member("pgd"));
	CHECK_ERR(&err, LD_EXIT_USAGE, "'.pgd' is asked of an array");
	CHECK(finds("int") && !member("x"));
	CHECK_ERR(&err, LD_EXIT_USAGE, "'.x' is asked of 'int', which has no members");
	type = ld_ctype_plain((struct ld_ref){ 0, m.fwd });
	CHECK(!member("x"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "the members of struct hidden are not known: it is only declared");
	ld_btfs_free(set);
}

TEST(ctypes_indices)
{
	__u64 size;

	set_up();
	offset = 0;
	CHECK(finds("struct mm_struct[2][3]") && index_of(1));
	CHECK_EQ(offset, 72);
	CHECK(ld_ctype_size(set, &type, &size) && size == 72);
	CHECK(index_of(2));
	CHECK_EQ(offset, 120);
	CHECK(member("mmlist"));
	CHECK_EQ(offset, 128);
	offset = 0;
	/* Nobody knows how far a flexible array reaches. */
	CHECK(finds("struct task_struct") && member("flex") && index_of(100));
	CHECK_EQ(offset, 128 + 800);
	offset = 0;
	CHECK(finds("struct task_struct *[4]") && index_of(3));
	CHECK_EQ(offset, 24);
	ld_btfs_free(set);
}

TEST(ctypes_index_errors)
{
	set_up();
	CHECK(finds("struct mm_struct[2]") && !index_of(2));
	CHECK_ERR(&err, LD_EXIT_USAGE, "index 2 is out of range: the array has 2 elements");
	CHECK(finds("struct task_struct") && member("comm") && !index_of(16));
	CHECK_ERR(&err, LD_EXIT_USAGE, "index 16 is out of range: the array has 16 elements");
	CHECK(finds("struct task_struct") && !index_of(0));
	CHECK_ERR(&err, LD_EXIT_USAGE,
		  "'[0]' is asked of 'struct task_struct', which is not an array");
	CHECK(finds("struct mm_struct *") && !index_of(0));
	CHECK_ERR(&err, LD_EXIT_USAGE,
		  "'[0]' is asked of 'struct mm_struct *', which is not an array");
	CHECK(finds("struct task_struct") && member("flex") && !index_of(~0ULL));
	CHECK_ERR(&err, LD_EXIT_FAILED, "the size of the elements makes no sense");
	ld_btfs_free(set);
}

TEST(ctypes_deref)
{
	struct btf *btf = model_btf();
	int ptr = must(btf__add_ptr(btf, m.task));
	int user = must(btf__add_ptr(btf, must(btf__add_type_tag(btf, "user", m.task))));
	int def = must(btf__add_typedef(btf, "task_ptr", ptr));
	__u32 tags = 0;

	set = ld_btfs_wrap(btf);
	type = ld_ctype_plain((struct ld_ref){ 0, def });
	CHECK(ld_ctype_deref(set, &type, &tags));
	CHECK_EQ(type.ref.id, m.task);
	CHECK_EQ(tags, 0);
	CHECK(!ld_ctype_deref(set, &type, &tags));
	type = ld_ctype_plain((struct ld_ref){ 0, user });
	CHECK(ld_ctype_deref(set, &type, &tags));
	CHECK_EQ(tags, LD_TAG_USER);
	CHECK(finds("struct task_struct *[2]") && !ld_ctype_deref(set, &type, NULL));
	ld_btfs_free(set);
}

TEST(ctypes_names)
{
	struct btf *btf = model_btf();
	int con = must(btf__add_const(btf, m.task)), ptr = must(btf__add_ptr(btf, con));
	int ptr2 = must(btf__add_ptr(btf, ptr)), arr = must(btf__add_array(btf, m.c_int, ptr, 2));
	int anon = must(btf__add_struct(btf, NULL, 4)), fn = must(btf__add_ptr(btf, m.func));
	int loop = btf__type_cnt(btf);
	const struct {
		int id;
		const char *name;
	} names[] = {
		{ con, "struct task_struct" }, { ptr, "struct task_struct *" },
		{ ptr2, "struct task_struct **" }, { arr, "(array)" },
		{ anon, "struct (anonymous)" }, { fn, "(anonymous) *" }, { m.fwd, "struct hidden" },
		{ loop, "void" }, { 99999, "void" }, { 0, NULL }
	};
	char buf[100];
	int i;

	must(btf__add_const(btf, loop));
	set = ld_btfs_wrap(btf);
	for (i = 0; names[i].name; i++) {
		type = ld_ctype_plain((struct ld_ref){ 0, names[i].id });
		CHECK_STR(ld_ctype_name(set, &type, buf, sizeof(buf)), names[i].name);
	}
	type = ld_ctype_plain((struct ld_ref){ 0, ptr2 });
	type.ptrs = 2;
	type.nr_dims = 1;
	type.dims[0] = 3;
	CHECK_STR(ld_ctype_name(set, &type, buf, 12), "struct task");
	CHECK_STR(ld_ctype_name(set, &type, buf, sizeof(buf)), "struct task_struct ****[3]");
	ld_btfs_free(set);
}

/* A union that is its own anonymous member: the search ends. */
TEST(ctypes_endless_nesting)
{
	struct btf *btf = model_btf();
	int u = btf__type_cnt(btf), i;

	must(btf__add_union(btf, "endless", 8));
	for (i = 0; i < 8; i++)
		must(btf__add_field(btf, NULL, u, 0, 0));
	set = ld_btfs_wrap(btf);
	CHECK(finds("union endless") && !member("x"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "union endless has no member 'x'");
	ld_btfs_free(set);
}
