// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "model.h"
#include "plan_valid.h"

struct model_ids m;

const char model_kallsyms[] =
	"0000000000000000 A fixed_percpu_data\n"
	"0000000000000000 A __per_cpu_start\n"
	"0000000000000040 A runqueues\n"
	"0000000000000080 A process_counts\n"
	"00000000000000c0 A untyped_pcpu\n"
	"00000000000000d0 d dup_pcpu\n"
	"00000000000000d8 d dup_pcpu\n"
	"0000000000000100 A __per_cpu_end\n"
	"0000000000000200 a linker_constant\n"
	"ffffffff81000000 T srso_alias_untrain_ret\n"
	"ffffffff81000000 T _stext\n"
	"ffffffff81000000 T _text\n"
	"ffffffff81000100 T schedule\n"
	"ffffffff81000200 t both_kinds\n"
	"ffffffff82000000 D jiffies\n"
	"ffffffff82000000 D jiffies_64\n"
	"ffffffff82000040 D init_task\n"
	"ffffffff820000c0 d both_kinds\n"
	"ffffffff820000c8 d dup\n"
	"ffffffff820000d0 d dup\n"
	"ffffffff820000d8 D shared\n"
	"ffffffff820000e0 D first_alias\n"
	"ffffffff820000e0 D second_alias\n"
	"ffffffff82000100 d untyped\n"
	"ffffffff82000140 b count.0\n"
	"ffffffff82000150 B promoted.llvm.1234567890\n"
	"ffffffff82000160 D super_blocks\n"
	"ffffffff82000170 D kthreadd_task\n"
	"ffffffff82000180 D outer\n"
	"ffffffff82000190 D label_inside\n"
	"ffffffff820001c0 D console_list\n"
	"ffffffff82000200 B _end\n"
	"ffffffffc0000000 t $x\t[mod]\n"
	"ffffffffc0000000 t mod_init\t[mod]\n"
	"ffffffffc0001000 d shared\t[mod]\n"
	"ffffffffc0001008 d mod_first\t[mod]\n"
	"ffffffffc0001008 d mod_second\t[mod]\n"
	"ffffffffc0001020 d mod_dup\t[mod]\n"
	"ffffffffc0001028 d mod_dup\t[mod]\n"
	"ffffffffc0001080 d init_task\t[mod2]\n"
	"ffffffffc0001030 D mod_last\t[mod]\n"
	"0000000000000110 a mod_pcpu\t[mod]\n"
	"0000000000000118 a mod_pcpu_untyped\t[mod]\n"
	"0000000000000000 U printk\t[mod]\n"
	"ffffffffc0002000 d shared\t[no_btf]\n"
	"ffffffffc0003000 d plain\t[no_btf]\n"
	"ffffffffc0004000 t bpf_prog_1\t[bpf]\n";

static void add_base_types(struct btf *btf)
{
	m.c_char = must(btf__add_int(btf, "char", 1, BTF_INT_SIGNED));
	m.uchar = must(btf__add_int(btf, "unsigned char", 1, 0));
	m.schar = must(btf__add_int(btf, "signed char", 1, BTF_INT_SIGNED));
	m.c_int = must(btf__add_int(btf, "int", 4, BTF_INT_SIGNED));
	m.uint = must(btf__add_int(btf, "unsigned int", 4, 0));
	m.ulong = must(btf__add_int(btf, "long unsigned int", 8, 0));
	m.ullong = must(btf__add_int(btf, "long long unsigned int", 8, 0));
	m.c_bool = must(btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL));
	m.u8 = must(btf__add_typedef(btf, "u8", m.uchar));
	m.u64 = must(btf__add_typedef(btf, "u64", m.ullong));
}

/*
 * struct list_head { struct list_head *next, *prev; };
 * struct mm_struct { u64 pgd; struct list_head mmlist; };
 */
static void add_small_structs(struct btf *btf)
{
	int ptr = must(btf__add_ptr(btf, btf__type_cnt(btf) + 1));

	m.list_head = must(btf__add_struct(btf, "list_head", 16));
	must(btf__add_field(btf, "next", ptr, 0, 0));
	must(btf__add_field(btf, "prev", ptr, 64, 0));
	m.mm = must(btf__add_struct(btf, "mm_struct", 24));
	must(btf__add_field(btf, "pgd", m.u64, 0, 0));
	must(btf__add_field(btf, "mmlist", m.list_head, 64, 0));
}

/*
 * struct task_struct {
 *	unsigned int __state;
 *	unsigned int flag : 1;
 *	struct list_head tasks;			   8
 *	struct mm_struct *mm;			  24
 *	char comm[16];				  32
 *	union {
 *		struct { int anon_a, anon_c; struct list_head *anon_b; };
 *		void *anon_p;			  48
 *	};
 *	struct list_head hash[4];		  64
 *	u64 flex[];				 128
 * };
 */
static void add_task(struct btf *btf)
{
	int mm = must(btf__add_ptr(btf, m.mm)), list = must(btf__add_ptr(btf, m.list_head));
	int comm = must(btf__add_array(btf, m.c_int, m.c_char, 16));
	int hash = must(btf__add_array(btf, m.c_int, m.list_head, 4));
	int flex = must(btf__add_array(btf, m.c_int, m.u64, 0));
	int nothing = must(btf__add_ptr(btf, 0)), anon_struct, anon_union;

	anon_struct = must(btf__add_struct(btf, NULL, 16));
	must(btf__add_field(btf, "anon_a", m.c_int, 0, 0));
	must(btf__add_field(btf, "anon_c", m.c_int, 32, 0));
	must(btf__add_field(btf, "anon_b", list, 64, 0));
	anon_union = must(btf__add_union(btf, NULL, 16));
	must(btf__add_field(btf, NULL, anon_struct, 0, 0));
	must(btf__add_field(btf, "anon_p", nothing, 0, 0));
	m.task = must(btf__add_struct(btf, "task_struct", 128));
	must(btf__add_field(btf, "__state", m.uint, 0, 0));
	must(btf__add_field(btf, "flag", m.uint, 32, 1));
	must(btf__add_field(btf, "tasks", m.list_head, 64, 0));
	must(btf__add_field(btf, "mm", mm, 192, 0));
	must(btf__add_field(btf, "comm", comm, 256, 0));
	must(btf__add_field(btf, NULL, anon_union, 384, 0));
	must(btf__add_field(btf, "hash", hash, 512, 0));
	must(btf__add_field(btf, "flex", flex, 1024, 0));
}

struct btf *model_btf(void)
{
	struct btf *btf = btf__new_empty();
	int task, runqueues, counts;

	must(btf ? 0 : -1);
	add_base_types(btf);
	add_small_structs(btf);
	add_task(btf);
	task = must(btf__add_ptr(btf, m.task));
	m.rq = must(btf__add_struct(btf, "rq", 16));
	must(btf__add_field(btf, "cpu", m.c_int, 0, 0));
	must(btf__add_field(btf, "curr", task, 64, 0));
	m.both = must(btf__add_union(btf, "both", 8));
	must(btf__add_field(btf, "i", m.c_int, 0, 0));
	must(btf__add_field(btf, "curr", task, 0, 0));
	m.state = must(btf__add_enum(btf, "system_states", 4));
	must(btf__add_enum_value(btf, "SYSTEM_BOOTING", 0));
	m.fwd = must(btf__add_fwd(btf, "hidden", BTF_FWD_STRUCT));
	m.func = must(btf__add_func_proto(btf, m.c_int));
	runqueues = must(btf__add_var(btf, "runqueues", BTF_VAR_GLOBAL_ALLOCATED, m.rq));
	counts = must(btf__add_var(btf, "process_counts", BTF_VAR_STATIC, m.ulong));
	must(btf__add_datasec(btf, ".data..percpu", 0x100));
	must(btf__add_datasec_var_info(btf, runqueues, 0x40, 16));
	must(btf__add_datasec_var_info(btf, counts, 0x80, 8));
	return btf;
}

struct btf *model_module_btf(struct btf *base)
{
	struct btf *btf = btf__new_empty_split(base);
	int task, only, var;

	must(btf ? 0 : -1);
	task = must(btf__add_ptr(btf, m.task));
	only = must(btf__add_struct(btf, "mod_only", 16));
	must(btf__add_field(btf, "task", task, 0, 0));
	must(btf__add_field(btf, "n", m.c_int, 64, 0));
	must(btf__add_struct(btf, "hidden", 8));
	must(btf__add_field(btf, "task", task, 0, 0));
	var = must(btf__add_var(btf, "mod_pcpu", BTF_VAR_STATIC, only));
	must(btf__add_datasec(btf, ".data..percpu", 16));
	must(btf__add_datasec_var_info(btf, var, 0, 16));
	return btf;
}

const char *model_tree(void)
{
	const char *dir = tree_new();
	struct btf *btf = model_btf(), *mod = model_module_btf(btf);

	tree_btf(dir, "vmlinux", btf);
	tree_btf(dir, "mod", mod);
	btf__free(mod);
	btf__free(btf);
	tree_text(dir, "kallsyms", model_kallsyms);
	tree_text(dir, "devices/system/cpu/possible", "0-3,8\n");
	return dir;
}

struct ld_resolver *model_resolver(const char *dir)
{
	struct ld_resolver_opts opts = { .proc = dir, .sys = dir };
	struct ld_resolver *r;
	struct ld_err err;

	must(ld_resolver_new(&opts, &r, &err));
	return r;
}

void model_valid(const struct ld_request *req)
{
	const char *why;
	size_t i;

	why = plan_invalid(req->plan.types, req->plan.nr_types, req->plan.edges, req->plan.nr_edges);
	test_check(!why, __FILE__, __LINE__, "%s", why);
	for (i = 0; i < req->nr_roots; i++)
		CHECK(req->roots[i].type < req->plan.nr_types);
}
