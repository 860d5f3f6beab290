// SPDX-License-Identifier: GPL-2.0
/* Containers: the edge that leads from a head to the entries. */
#include <stdio.h>
#include <string.h>

#include "model.h"
#include "resolver.h"

#define HEADS	"((struct heads *)0xffff888000000000)->"

static struct ld_err err;
static struct ld_resolver *r;
static struct ld_resolved res;

/* The edge in words: "kind size:offset*count/stride>TYPE=link". */
static const char *edge(void)
{
	static const char * const kinds[] = {
		[LIVEDUMP_EDGE_LIST] = "list", [LIVEDUMP_EDGE_HLIST] = "hlist",
		[LIVEDUMP_EDGE_RBTREE] = "rbtree", [LIVEDUMP_EDGE_XARRAY] = "xarray",
		[LIVEDUMP_EDGE_MAPLE] = "maple",
	};
	const struct livedump_edge *e = &res.plan.edge;
	struct ld_btfs *set = ld_resolver_btfs(r, &err);
	static char text[400];
	char type[200];
	__u64 size = 0;
	size_t len;

	CHECK(res.plan.is_head);
	CHECK_EQ(e->flags, LIVEDUMP_EDGE_STEP);
	ld_ctype_size(set, &res.plan.type, &size);
	len = snprintf(text, sizeof(text), "%s %llu:%u", kinds[e->kind], size, e->offset);
	if (e->count != 1)
		len += snprintf(text + len, sizeof(text) - len, "*%u/%u", e->count, e->stride);
	else
		CHECK_EQ(e->stride, 0);
	snprintf(text + len, sizeof(text) - len, ">%s=%u",
		 ld_ctype_name(set, &res.plan.entry, type, sizeof(type)), e->arg);
	return text;
}

static void check(const char *target, const char *expected)
{
	if (test_check(!ld_resolver_resolve(r, target, &res, &err), __FILE__, __LINE__, "%s",
		       err.msg))
		test_check(!strcmp(edge(), expected), __FILE__, __LINE__, "%s: '%s', expected '%s'",
			   target, edge(), expected);
}

TEST(container_heads)
{
	r = model_resolver(model_tree());
	check("list(" HEADS "list, struct entry, list)", "list 16:0>struct entry=8");
	CHECK_EQ(res.root.address, 0xffff888000000000ULL);
	check("hlist(" HEADS "h, struct entry, h)", "hlist 8:0>struct entry=24");
	CHECK_EQ(res.root.address, 0xffff888000000010ULL);
	check("hlist(" HEADS "bl, struct entry, bl)", "hlist 8:0>struct entry=40");
	check("hlist(" HEADS "nulls, struct entry, nulls)", "hlist 8:0>struct entry=56");
	check("llist(" HEADS "ll, struct entry, ll)", "hlist 8:0>struct entry=72");
	check("plist(" HEADS "p, struct entry, p)", "list 16:0>struct entry=104");
	check("rbtree(" HEADS "rb, struct entry, rb)", "rbtree 8:0>struct entry=120");
	check("rbtree(" HEADS "rbc, struct entry, rb)", "rbtree 16:0>struct entry=120");
	check("xarray(" HEADS "xa, struct entry)", "xarray 16:8>struct entry=0");
	check("xarray(" HEADS "xa, struct entry, list)", "xarray 16:8>struct entry=8");
	check("radix(" HEADS "xa, struct entry)", "xarray 16:8>struct entry=0");
	check("idr(" HEADS "idr, struct entry)", "xarray 24:8>struct entry=0");
	check("xarray(" HEADS "idr.idr_rt, u64)", "xarray 16:8>u64=0");
	check("maple(" HEADS "mt, struct entry)", "maple 16:8>struct entry=0");
	check("maple(" HEADS "mt, struct entry, sub[1].h)", "maple 16:8>struct entry=352");
	check("hash(" HEADS "table, struct entry, h)", "hlist 32:0*4/8>struct entry=24");
	check("hash(" HEADS "table[1:3], struct entry, h)", "hlist 16:0*2/8>struct entry=24");
	check("hash(" HEADS "table[1:2], struct entry, h)", "hlist 8:0>struct entry=24");
	check("hash(" HEADS "flex[0:1024], struct entry, h)",
	      "hlist 8192:0*1024/8>struct entry=24");
	check("hash(" HEADS "ptr[0:8], struct entry, list)", "list 128:0*8/16>struct entry=8");
	CHECK_EQ(res.root.nr_path, 1);
	check("hash((struct hlist_bl_head[16])untyped, struct entry, bl)",
	      "hlist 128:0*16/8>struct entry=40");
	check("hash(vmlinux:init_task.hash, struct entry, list)", "list 64:0*4/16>struct entry=8");
	ld_resolver_free(r);
}

TEST(container_places)
{
	r = model_resolver(model_tree());
	check("list(super_blocks, struct entry, list)", "list 16:0>struct entry=8");
	CHECK_STR(res.root.symbol, "super_blocks");
	check("list(pid:1->tasks, struct task_struct, tasks)", "list 16:0>struct task_struct=8");
	CHECK_EQ(res.root.kind, LIVEDUMP_ROOT_TASK);
	CHECK_EQ(res.root.flags, LIVEDUMP_ROOT_PART);
	CHECK_EQ(res.root.offset, 8);
	check("list(runqueues.curr->mm->mmlist, struct mm_struct, mmlist)",
	      "list 16:0>struct mm_struct=8");
	CHECK_EQ(res.root.kind, LIVEDUMP_ROOT_PERCPU);
	CHECK_EQ(res.root.nr_path, 2);
	check("list(*vmlinux:init_task.anon_b, struct task_struct, tasks)",
	      "list 16:0>struct task_struct=8");
	check("list((struct list_head)untyped, struct entry, sub[0].list)",
	      "list 16:0>struct entry=144");
	ld_resolver_free(r);
}

/* Said under the head, the type or the member. */
TEST(container_errors)
{
	static const struct {
		const char *target;
		const char *message;
	} bad[] = {
		{ "list(vmlinux:init_task, struct entry, list)",
		  "list(...) takes a head: struct list_head; this is 'struct task_struct'\n"
		  "  list(vmlinux:init_task, struct entry, list)\n       ^" },
		{ "hlist(super_blocks, struct entry, h)",
		  "hlist(...) takes a head: struct hlist_head, hlist_nulls_head, hlist_bl_head; this is 'struct list_head'; write list(...)",
		},
		{ "list(" HEADS "h, struct entry, list)", "; write hlist(...)" },
		{ "xarray(" HEADS "idr, struct entry)", "; write idr(...)" },
		{ "list(vmlinux:init_task.anon_b, struct entry, list)",
		  "this is 'struct list_head *'; write '*' in front of it" },
		{ "list(vmlinux:init_task.hash, struct entry, list)",
		  "this is an array of 'struct list_head'; choose an element with [N], or write hash(...)",
		},
		{ "hash(super_blocks, struct entry, list)",
		  "hash(...) takes an array of heads: list_head, hlist_head, hlist_nulls_head, hlist_bl_head; this is 'struct list_head'; write list(...)",
		},
		{ "hash(vmlinux:init_task.comm, struct entry, list)",
		  "this is an array of 'char'" },
		{ "hash(" HEADS "flex, struct entry, h)",
		  "how many heads the array has is not known: write HEAD[0:N]" },
		{ "list(super_blocks, struct entri, list)",
		  "there is no type 'struct entri' in the BTF of vmlinux or of any other loaded module; did you mean entry?\n"
		  "  list(super_blocks, struct entri, list)\n                     ^" },
		{ "list(super_blocks, struct entry *, list)",
		  "this is the type of the entries, not of pointers to them" },
		{ "xarray(" HEADS "xa, void)", "'void' cannot be an entry" },
		{ "list(super_blocks, struct entry)",
		  "list(...) needs the member of 'entry' that holds the link, a struct list_head" },
		{ "list(super_blocks, struct entry, lits)",
		  "struct entry has no member 'lits'; did you mean list?\n"
		  "  list(super_blocks, struct entry, lits)\n                                   ^",
		},
		{ "list(super_blocks, struct entry, h)",
		  "the link of an entry is a 'struct list_head'; this is 'struct hlist_node'" },
		{ "rbtree(" HEADS "rb, struct entry, sub)", "this is an array of 'struct heads'" },
		{ "plist(" HEADS "p, struct entry, p.node_list)",
		  "the link of an entry is a 'struct plist_node'" },
		{ "list(super_blocks, struct entry, sub[2].list)", "index 2 is out of range" },
		{ "list(nosuch, struct entry, list)", "there is no such symbol" },
		{ NULL }
	};
	int i;

	r = model_resolver(model_tree());
	for (i = 0; bad[i].target; i++) {
		if (!test_check(ld_resolver_resolve(r, bad[i].target, &res, &err), __FILE__,
				__LINE__, "'%s' is resolved", bad[i].target))
			continue;
		test_check(!!strstr(err.msg, bad[i].message), __FILE__, __LINE__,
			   "%s: '%s', expected '%s'", bad[i].target, err.msg, bad[i].message);
	}
	ld_resolver_free(r);
}

/* The entries are as near as roots: they have their pointers, and so has what they lead to. */
TEST(container_plan)
{
	struct ld_request req = { 0 };
	const struct livedump_type *types;
	const struct livedump_edge *e;

	r = model_resolver(model_tree());
	CHECK(!ld_request_add(&req, r, "list(super_blocks, struct task_struct, tasks)", &err));
	CHECK(!ld_request_add(&req, r, "pid:1", &err));
	CHECK(!ld_request_add(&req, r, "super_blocks", &err));
	if (!CHECK(!ld_request_compile(&req, r, 1, &err)))
		return;
	model_valid(&req);
	types = req.plan.types;
	e = &req.plan.edges[types[req.roots[0].type].first_edge];
	CHECK_EQ(types[req.roots[0].type].size, 16);
	CHECK_EQ(types[req.roots[0].type].nr_edges, 1);
	CHECK_EQ(e->kind, LIVEDUMP_EDGE_LIST);
	CHECK_EQ(e->type, req.roots[1].type);
	CHECK_EQ(e->arg, 8);
	CHECK(types[e->type].size == 128 && types[e->type].nr_edges > 3);
	/* The same head, as the list_head that it is, leads elsewhere. */
	CHECK(req.roots[2].type != req.roots[0].type);
	CHECK_EQ(types[req.roots[2].type].nr_edges, 2);
	CHECK(!ld_request_compile(&req, r, 0, &err));
	types = req.plan.types;
	CHECK_EQ(types[req.roots[0].type].nr_edges, 1);
	CHECK_EQ(types[req.roots[1].type].nr_edges, 0);
	ld_request_free(&req);
	ld_resolver_free(r);
}
