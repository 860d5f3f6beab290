// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	"ffffffff820001c0 D def_root_domain\n"
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
	"ffffffffc0004000 t bpf_prog_1\t[bpf]\n"
	"ffffffffc0005000 d __this_module\t[snd_solo]\n";

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

/* A struct of pointers to nothing in particular. */
static int words(struct btf *btf, const char *name, const char *first, const char *second)
{
	int nothing = must(btf__add_ptr(btf, 0));
	int id = must(btf__add_struct(btf, name, second ? 16 : 8));

	must(btf__add_field(btf, first, nothing, 0, 0));
	if (second)
		must(btf__add_field(btf, second, nothing, 64, 0));
	return id;
}

/*
 * Heads and links of all containers, and
 *
 * struct heads {
 *	struct list_head list;			   0
 *	struct hlist_head h;			  16
 *	struct hlist_bl_head bl;		  24
 *	struct hlist_nulls_head nulls;		  32
 *	struct llist_head ll;			  40
 *	struct plist_head p;			  48
 *	struct rb_root rb;			  64
 *	struct rb_root_cached rbc;		  72
 *	struct xarray xa;			  88
 *	struct idr idr;				 104
 *	struct maple_tree mt;			 128
 *	struct hlist_head table[4];		 144
 *	struct list_head *ptr;			 176
 *	struct hidden *hidden;			 184
 *	struct hlist_head flex[];		 192
 * };
 * struct entry {
 *	u64 value;				   0
 *	struct list_head list;			   8
 *	struct hlist_node h;			  24
 *	struct hlist_bl_node bl;		  40
 *	struct hlist_nulls_node nulls;		  56
 *	struct llist_node ll;			  72
 *	struct plist_node p;			  80
 *	struct rb_node rb;			 120
 *	struct heads sub[2];			 144
 * };
 */
struct field {
	const char *name;
	int type;
	__u32 offset;
};

static int composite(struct btf *btf, const char *name, __u32 size, const struct field *fields)
{
	int id = must(btf__add_struct(btf, name, size));

	for (; fields->name; fields++)
		must(btf__add_field(btf, fields->name, fields->type, fields->offset * 8, 0));
	return id;
}

#define COMPOSITE(name, size, ...)	\
	composite(btf, name, size, (const struct field[]){ __VA_ARGS__, { NULL } })

static int add_heads(struct btf *btf)
{
	int h = words(btf, "hlist_head", "first", NULL);
	int bl = words(btf, "hlist_bl_head", "first", NULL);
	int nulls = words(btf, "hlist_nulls_head", "first", NULL);
	int ll = words(btf, "llist_head", "first", NULL);
	int rb = words(btf, "rb_root", "rb_node", NULL);
	int nothing = must(btf__add_ptr(btf, 0)), hidden = must(btf__add_ptr(btf, m.fwd));
	int table = must(btf__add_array(btf, m.c_int, h, 4));
	int flex = must(btf__add_array(btf, m.c_int, h, 0));
	int list = must(btf__add_ptr(btf, m.list_head));
	int p = COMPOSITE("plist_head", 16, { "node_list", m.list_head, 0 });
	int rbc = COMPOSITE("rb_root_cached", 16, { "rb_root", rb, 0 },
			    { "rb_leftmost", nothing, 8 });
	int xa = COMPOSITE("xarray", 16, { "xa_flags", m.c_int, 4 }, { "xa_head", nothing, 8 });
	int idr = COMPOSITE("idr", 24, { "idr_rt", xa, 0 });
	int mt = COMPOSITE("maple_tree", 16, { "ma_root", nothing, 8 });

	return COMPOSITE("heads", 192, { "list", m.list_head, 0 }, { "h", h, 16 }, { "bl", bl, 24 },
			 { "nulls", nulls, 32 }, { "ll", ll, 40 }, { "p", p, 48 }, { "rb", rb, 64 },
			 { "rbc", rbc, 72 }, { "xa", xa, 88 }, { "idr", idr, 104 },
			 { "mt", mt, 128 }, { "table", table, 144 }, { "ptr", list, 176 },
			 { "hidden", hidden, 184 }, { "flex", flex, 192 });
}

static void add_containers(struct btf *btf)
{
	int heads = add_heads(btf);
	int h = words(btf, "hlist_node", "next", "pprev");
	int bl = words(btf, "hlist_bl_node", "next", "pprev");
	int nulls = words(btf, "hlist_nulls_node", "next", "pprev");
	int ll = words(btf, "llist_node", "next", NULL);
	int nothing = must(btf__add_ptr(btf, 0));
	int sub = must(btf__add_array(btf, m.c_int, heads, 2));
	int p = COMPOSITE("plist_node", 40, { "prio", m.c_int, 0 }, { "prio_list", m.list_head, 8 },
			  { "node_list", m.list_head, 24 });
	int rb = COMPOSITE("rb_node", 24, { "rb_right", nothing, 8 });

	COMPOSITE("entry", 528, { "value", m.u64, 0 }, { "list", m.list_head, 8 }, { "h", h, 24 },
		  { "bl", bl, 40 }, { "nulls", nulls, 56 }, { "ll", ll, 72 }, { "p", p, 80 },
		  { "rb", rb, 120 }, { "sub", sub, 144 });
}

/* struct module { char name[56]; struct list_head list; } */
static void add_module(struct btf *btf)
{
	int name = must(btf__add_array(btf, m.c_int, m.c_char, 56));

	must(btf__add_struct(btf, "module", 72));
	must(btf__add_field(btf, "name", name, 0, 0));
	must(btf__add_field(btf, "list", m.list_head, 448, 0));
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
	add_containers(btf);
	add_module(btf);
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
	const struct ld_plan *plan = &req->plan;
	const char *why;
	size_t i;

	why = plan_invalid(plan->types, plan->nr_types, plan->edges, plan->nr_edges);
	test_check(!why, __FILE__, __LINE__, "%s", why);
	for (i = 0; i < req->nr_roots; i++)
		CHECK(req->roots[i].type < req->plan.nr_types);
}
