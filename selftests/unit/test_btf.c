// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "btf.h"
#include "model.h"

static struct ld_err err;

static struct ld_ref ref_of(int id)
{
	struct ld_ref ref = { .id = id };

	return ref;
}

TEST(btf_open)
{
	const char *dir = model_tree();
	struct ld_btfs *set;
	struct ld_ref ref;

	if (!CHECK(!ld_btfs_open(dir, NULL, &set, &err)))
		return;
	CHECK_EQ(ld_btfs_nr(set), 1);
	CHECK_STR(ld_btfs_name(set, 0), "vmlinux");
	CHECK_EQ(ld_btfs_module(set, ""), 0);
	CHECK(ld_btf_find(set, 0, LD_KIND(BTF_KIND_STRUCT), "task_struct", &ref));
	CHECK_EQ(ref.id, m.task);
	CHECK(!ld_btf_find(set, 0, LD_KIND(BTF_KIND_UNION), "task_struct", &ref));
	CHECK(!ld_btf_find(set, 0, ~0U, "", &ref));
	ld_btfs_free(set);
	ld_btfs_free(NULL);
}

TEST(btf_missing)
{
	const char *dir = tree_new();
	struct ld_btfs *set;

	CHECK(ld_btfs_open(dir, NULL, &set, &err));
	CHECK_ERR(&err, LD_EXIT_FAILED, "types are needed, and this kernel describes none");
	CHECK_ERR(&err, LD_EXIT_FAILED, "CONFIG_DEBUG_INFO_BTF");
	CHECK_ERR(&err, LD_EXIT_FAILED, "with --vmlinux FILE");
	CHECK(ld_btfs_open(dir, "/dev/null", &set, &err));
	CHECK_ERR(&err, LD_EXIT_FAILED, "/dev/null: no usable BTF in it");
}

TEST(btf_garbage)
{
	const char *dir = tree_new();
	struct ld_btfs *set;

	tree_text(dir, "kernel/btf/vmlinux", "this is no BTF");
	CHECK(ld_btfs_open(dir, NULL, &set, &err));
	CHECK_ERR(&err, LD_EXIT_FAILED, "/kernel/btf/vmlinux: no usable BTF in it");
	tree_text(dir, "kernel/btf/vmlinux", "");
	CHECK(ld_btfs_open(dir, NULL, &set, &err));
	CHECK_ERR(&err, LD_EXIT_FAILED, "no usable BTF in it");
}

TEST(btf_modules)
{
	const char *dir = model_tree();
	struct ld_btfs *set;
	struct ld_ref ref;

	tree_text(dir, "kernel/btf/broken", "this is no BTF");
	if (!CHECK(!ld_btfs_open(dir, NULL, &set, &err)))
		return;
	CHECK_EQ(ld_btfs_module(set, "no_btf"), -1);
	CHECK_EQ(ld_btfs_module(set, "broken"), -1);
	CHECK_EQ(ld_btfs_module(set, "broken"), -1);
	CHECK_EQ(ld_btfs_nr(set), 3);
	CHECK_EQ(ld_btfs_module(set, "mod"), 3);
	CHECK_EQ(ld_btfs_module(set, "mod"), 3);
	CHECK_EQ(ld_btfs_nr(set), 4);
	CHECK_STR(ld_btfs_name(set, 3), "mod");
	CHECK(ld_btf_find(set, 3, LD_KIND(BTF_KIND_STRUCT), "mod_only", &ref));
	CHECK_EQ(ref.btf, 3);
	/* A module's BTF has the kernel's types below, but they are not its own. */
	CHECK(!ld_btf_find(set, 3, LD_KIND(BTF_KIND_STRUCT), "task_struct", &ref));
	CHECK(!ld_btf_find(set, 1, LD_KIND(BTF_KIND_STRUCT), "mod_only", &ref));
	ref.btf = 3;
	ref.id = m.task;
	CHECK_EQ(ld_btf_canonical(set, ref).btf, 0);
	CHECK_STR(ld_btf_str(set, 3, ld_btf_type(set, ref)->name_off), "task_struct");
	ld_btfs_free(set);
}

TEST(btf_find_elsewhere)
{
	const char *dir = model_tree();
	struct ld_btfs *set;
	struct ld_ref ref;

	tree_text(dir, "kernel/btf/a_broken_one", "this is no BTF");
	if (!CHECK(!ld_btfs_open(dir, NULL, &set, &err)))
		return;
	CHECK(!ld_btf_find_elsewhere(set, LD_KIND(BTF_KIND_STRUCT), "nosuch", &ref));
	CHECK_EQ(ld_btfs_nr(set), 1);
	CHECK(ld_btf_find_elsewhere(set, LD_KIND(BTF_KIND_STRUCT), "mod_only", &ref));
	CHECK_EQ(ld_btfs_nr(set), 2);
	CHECK_EQ(ref.btf, 1);
	CHECK_EQ(ld_btfs_module(set, "mod"), 1);
	ld_btfs_free(set);
}

TEST(btf_variables)
{
	const char *dir = model_tree();
	struct ld_btfs *set;
	struct ld_ref ref;

	if (!CHECK(!ld_btfs_open(dir, NULL, &set, &err)))
		return;
	CHECK(ld_btf_variable(set, 0, "runqueues", 0x40, true, &ref));
	CHECK_EQ(ref.id, m.rq);
	CHECK(ld_btf_variable(set, 0, "process_counts", ~0ULL, true, &ref));
	CHECK_EQ(ref.id, m.ulong);
	CHECK(!ld_btf_variable(set, 0, "runqueues", 0x40, false, &ref));
	CHECK(!ld_btf_variable(set, 0, "init_task", 0, true, &ref));
	CHECK_EQ(ld_btfs_module(set, "mod"), 1);
	CHECK(ld_btf_variable(set, 1, "mod_pcpu", ~0ULL, true, &ref));
	CHECK_EQ(ref.btf, 1);
	CHECK(!ld_btf_variable(set, 1, "runqueues", ~0ULL, true, &ref));
	ld_btfs_free(set);
}

/* Two static variables of one name differ by where they lie. */
TEST(btf_variable_namesakes)
{
	struct btf *btf = model_btf();
	int a = must(btf__add_var(btf, "dup", BTF_VAR_STATIC, m.rq));
	int b = must(btf__add_var(btf, "dup", BTF_VAR_STATIC, m.mm));
	int plain = must(btf__add_var(btf, "dup", BTF_VAR_STATIC, m.task));
	struct ld_btfs *set;
	struct ld_ref ref;

	must(btf__add_datasec(btf, ".data..percpu", 64));
	must(btf__add_datasec_var_info(btf, a, 0x10, 16));
	must(btf__add_datasec_var_info(btf, b, 0x20, 24));
	must(btf__add_datasec(btf, ".data", 64));
	must(btf__add_datasec_var_info(btf, plain, 0x20, 24));
	set = ld_btfs_wrap(btf);
	CHECK(ld_btf_variable(set, 0, "dup", 0x20, true, &ref) && ref.id == (__u32)m.mm);
	CHECK(ld_btf_variable(set, 0, "dup", 0x10, true, &ref) && ref.id == (__u32)m.rq);
	CHECK(ld_btf_variable(set, 0, "dup", ~0ULL, true, &ref) && ref.id == (__u32)m.rq);
	/* Kernels of tomorrow describe the others, too. */
	CHECK(ld_btf_variable(set, 0, "dup", ~0ULL, false, &ref) && ref.id == (__u32)m.task);
	ld_btfs_free(set);
}

TEST(btf_skip)
{
	struct btf *btf = model_btf();
	int def = must(btf__add_typedef(btf, "t", m.task));
	int con = must(btf__add_const(btf, def));
	int vol = must(btf__add_volatile(btf, con));
	int res = must(btf__add_restrict(btf, vol));
	int user = must(btf__add_type_tag(btf, "user", res));
	int percpu = must(btf__add_type_tag(btf, "percpu", user));
	int rcu = must(btf__add_type_tag(btf, "rcu", res));
	struct ld_btfs *set = ld_btfs_wrap(btf);
	__u32 tags = 0;

	CHECK_EQ(ld_btf_skip(set, ref_of(percpu), &tags).id, m.task);
	CHECK_EQ(tags, LD_TAG_USER | LD_TAG_PERCPU);
	tags = 0;
	CHECK_EQ(ld_btf_skip(set, ref_of(rcu), &tags).id, m.task);
	CHECK_EQ(tags, 0);
	CHECK_EQ(ld_btf_skip(set, ref_of(user), NULL).id, m.task);
	CHECK_EQ(ld_btf_skip(set, ref_of(0), NULL).id, 0);
	CHECK_EQ(ld_btf_skip(set, ref_of(99999), NULL).id, LD_BTF_NONE);
	ld_btfs_free(set);
}

TEST(btf_loops)
{
	struct btf *btf = model_btf();
	int next = btf__type_cnt(btf), a, b;
	struct ld_btfs *set;
	__u64 size;

	a = must(btf__add_typedef(btf, "a", next + 1));
	must(btf__add_const(btf, a));
	b = must(btf__add_array(btf, m.c_int, next + 2, 1));
	set = ld_btfs_wrap(btf);
	CHECK_EQ(ld_btf_skip(set, ref_of(a), NULL).id, LD_BTF_NONE);
	CHECK(!ld_btf_size(set, ref_of(a), &size));
	CHECK_EQ(b, next + 2);
	CHECK(!ld_btf_size(set, ref_of(b), &size));
	ld_btfs_free(set);
}

TEST(btf_sizes)
{
	struct btf *btf = model_btf();
	int ptr = must(btf__add_ptr(btf, m.fwd));
	int inner = must(btf__add_array(btf, m.c_int, m.mm, 3));
	int outer = must(btf__add_array(btf, m.c_int, inner, 5));
	int huge1 = must(btf__add_array(btf, m.c_int, m.mm, 0xffffffffU));
	int huge2 = must(btf__add_array(btf, m.c_int, huge1, 0xffffffffU));
	int dbl = must(btf__add_float(btf, "double", 8));
	int e64 = must(btf__add_enum64(btf, "big", 8, false));
	struct ld_btfs *set = ld_btfs_wrap(btf);
	__u64 size = 0;

	CHECK(ld_btf_size(set, ref_of(ptr), &size) && size == 8);
	CHECK(ld_btf_size(set, ref_of(m.mm), &size) && size == 24);
	CHECK(ld_btf_size(set, ref_of(m.u64), &size) && size == 8);
	CHECK(ld_btf_size(set, ref_of(m.state), &size) && size == 4);
	CHECK(ld_btf_size(set, ref_of(dbl), &size) && size == 8);
	CHECK(ld_btf_size(set, ref_of(e64), &size) && size == 8);
	CHECK(ld_btf_size(set, ref_of(outer), &size) && size == 24 * 15);
	CHECK(ld_btf_size(set, ref_of(huge1), &size) && size == 24 * 0xffffffffULL);
	CHECK(!ld_btf_size(set, ref_of(huge2), &size));
	CHECK(!ld_btf_size(set, ref_of(0), &size));
	CHECK(!ld_btf_size(set, ref_of(m.fwd), &size));
	CHECK(!ld_btf_size(set, ref_of(m.func), &size));
	CHECK(!ld_btf_size(set, ref_of(99999), &size));
	ld_btfs_free(set);
}
