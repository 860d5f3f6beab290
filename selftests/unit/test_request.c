// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edges.h"
#include "model.h"

static struct ld_err err;
static struct ld_request req;
static struct ld_resolver *r;

static bool add(const char *target)
{
	return test_check(!ld_request_add(&req, r, target, &err), __FILE__, __LINE__, "%s",
			  err.msg);
}

static void done(void)
{
	ld_request_free(&req);
	CHECK(!req.roots && !req.ranges && !req.plan.types && !req.root_infos);
	ld_resolver_free(r);
}

TEST(request_mixed_targets)
{
	r = model_resolver(model_tree());
	CHECK(add("vmlinux:init_task") && add("0xffff888000000000:64") && add("pid:7"));
	CHECK(add("runqueues@2.curr") && add("0xffff888000001000:1K"));
	CHECK(add("(struct rq *)0xffff888000002000") && add("jiffies"));
	CHECK_EQ(req.nr_roots, 5);
	CHECK_EQ(req.nr_ranges, 2);
	CHECK_STR(req.root_labels[0], "vmlinux:init_task");
	CHECK_STR(req.root_labels[1], "pid:7");
	CHECK_STR(req.root_labels[2], "runqueues@2.curr");
	CHECK_STR(req.root_labels[4], "jiffies");
	CHECK_STR(req.range_labels[1], "0xffff888000001000:1K");
	CHECK_EQ(req.ranges[1].length, 1024);
	CHECK_EQ(req.plan.nr_types, 0);
	if (CHECK(!ld_request_compile(&req, r, 2, &err))) {
		model_valid(&req);
		CHECK_EQ(req.plan.types[req.roots[0].type].size, 128);
		CHECK_EQ(req.roots[1].type, req.roots[0].type);
		CHECK_EQ(req.plan.types[req.roots[2].type].size, 8);
		CHECK_EQ(req.plan.types[req.roots[2].type].nr_edges, 1);
		CHECK_EQ(req.plan.types[req.roots[3].type].size, 16);
		CHECK_EQ(req.plan.types[req.roots[4].type].size, 8);
		CHECK_EQ(req.plan.types[req.roots[4].type].nr_edges, 0);
	}
	done();
}

/* Ranges become objects whose aligned words are pointers. */
TEST(request_scan)
{
	const struct livedump_edge *e;

	r = model_resolver(model_tree());
	req.scan = true;
	CHECK(add("0xffff888000000003:64") && add("0xffff888000001000:7") && add("jiffies"));
	CHECK(add("0xffff888000002000:15"));
	CHECK_EQ(req.nr_roots, 4);
	CHECK_EQ(req.nr_ranges, 0);
	if (CHECK(!ld_request_compile(&req, r, 2, &err))) {
		model_valid(&req);
		CHECK_EQ(req.plan.nr_types, 4);
		CHECK_EQ(req.plan.types[req.roots[0].type].size, 64);
		CHECK_EQ(req.plan.types[req.roots[1].type].size, 7);
		CHECK_EQ(req.plan.types[req.roots[1].type].nr_edges, 0);
		CHECK_EQ(req.plan.types[req.roots[2].type].size, 8);
		e = &req.plan.edges[req.plan.types[req.roots[0].type].first_edge];
		CHECK_EQ(e->offset, 5);
		CHECK_EQ(e->count, 7);
		CHECK_EQ(e->stride, 8);
		CHECK_EQ(e->kind, LIVEDUMP_EDGE_OBJECT);
		CHECK_EQ(e->flags, LIVEDUMP_EDGE_SCAN);
		e = &req.plan.edges[req.plan.types[req.roots[3].type].first_edge];
		CHECK_EQ(e->count, 1);
		CHECK_EQ(e->stride, 0);
		/* the model's kernel has no slabs */
		CHECK_EQ(req.slab.size, 0);
	}
	CHECK(ld_request_add(&req, r, "0xffff888000000000:0", &err));
	CHECK(ld_request_add(&req, r, "0xffff888000000000:17M", &err));
	CHECK(!!strstr(err.msg, "16777216"));
	CHECK_EQ(req.nr_roots, 4);
	done();
}

/* A target that fails leaves everything as it was. */
TEST(request_failed_target)
{
	struct ld_request before;

	r = model_resolver(model_tree());
	CHECK(add("vmlinux:init_task") && add("0xffff888000000000:64"));
	before = req;
	CHECK(ld_request_add(&req, r, "nonsense", &err));
	CHECK_ERR(&err, LD_EXIT_FAILED, "nonsense: there is no such symbol");
	CHECK(ld_request_add(&req, r, "a..b", &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "expected the name of a member");
	CHECK(!memcmp(&before, &req, sizeof(req)));
	CHECK(!ld_request_compile(&req, r, 1, &err));
	done();
}

TEST(request_compile_again)
{
	size_t types;

	r = model_resolver(model_tree());
	CHECK(add("vmlinux:init_task"));
	CHECK(!ld_request_compile(&req, r, 3, &err));
	types = req.plan.nr_types;
	CHECK(types > 1);
	CHECK(!ld_request_compile(&req, r, 0, &err));
	CHECK_EQ(req.plan.nr_types, 1);
	CHECK_EQ(req.plan.nr_edges, 0);
	CHECK(add("runqueues"));
	CHECK(!ld_request_compile(&req, r, 3, &err));
	CHECK_EQ(req.plan.nr_types, types + 1);
	model_valid(&req);
	done();
}

/* Ranges alone need no plan, and no BTF to make one. */
TEST(request_without_roots)
{
	r = model_resolver("/nonexistent");
	CHECK(add("0xffff888000000000:64"));
	CHECK(!ld_request_compile(&req, r, 5, &err));
	CHECK_EQ(req.plan.nr_types, 0);
	CHECK_EQ(req.plan.nr_edges, 0);
	done();
}

TEST(request_depth)
{
	r = model_resolver(model_tree());
	CHECK(add("vmlinux:init_task"));
	CHECK(!ld_request_compile(&req, r, LIVEDUMP_MAX_DEPTH, &err));
	model_valid(&req);
	CHECK(ld_request_compile(&req, r, LIVEDUMP_MAX_DEPTH + 1, &err));
	CHECK_ERR(&err, LD_EXIT_USAGE, "a depth of 65: at most 64 is possible");
	done();
}

TEST(request_limits)
{
	char target[64];
	size_t i;

	r = model_resolver(model_tree());
	for (i = 0; i < LIVEDUMP_MAX_RANGES; i++) {
		sprintf(target, "0x%zx:8", 0x1000 + i * 8);
		if (!add(target))
			break;
	}
	CHECK(ld_request_add(&req, r, "0x10:8", &err));
	CHECK_ERR(&err, LD_EXIT_FAILED, "0x10:8: more than 16384 ranges in one request");
	for (i = 0; i < LIVEDUMP_MAX_ROOTS; i++) {
		sprintf(target, "(struct rq *)0xffff888000%06zx", i * 16);
		if (!add(target))
			break;
	}
	CHECK(ld_request_add(&req, r, "pid:1", &err));
	CHECK_ERR(&err, LD_EXIT_FAILED, "pid:1: more than 16384 objects in one request");
	CHECK_EQ(req.nr_ranges, LIVEDUMP_MAX_RANGES);
	CHECK_EQ(req.nr_roots, LIVEDUMP_MAX_ROOTS);
	CHECK(!ld_request_compile(&req, r, 1, &err));
	CHECK_EQ(req.roots[16383].type, req.roots[0].type);
	done();
}

static void threads(const char *dir, int first, int nr)
{
	char path[64];
	int i;

	for (i = first; i < first + nr; i++) {
		sprintf(path, "%d/task/%d/comm", i, i);
		tree_text(dir, path, "many\n");
	}
}

/* A name is as many roots as there are tasks; those that end are left out, others are not. */
TEST(request_tasks_by_name)
{
	const char *dir = model_tree();
	struct ld_request before;

	threads(dir, 5, 3);
	r = model_resolver(dir);
	CHECK(add("jiffies") && add("comm:many") && add("pid:1"));
	CHECK_EQ(req.nr_roots, 5);
	CHECK_STR(req.root_labels[1], "comm:many (pid:5)");
	CHECK_STR(req.root_labels[3], "comm:many (pid:7)");
	CHECK_STR(req.root_labels[4], "pid:1");
	CHECK_EQ(req.roots[3].address, 7);
	CHECK_EQ(req.roots[3].kind, LIVEDUMP_ROOT_TASK);
	before = req;
	CHECK(ld_request_add(&req, r, "comm:few", &err));
	CHECK_ERR(&err, LD_EXIT_FAILED, "comm:few: no task has this name");
	CHECK(!memcmp(&before, &req, sizeof(req)));
	CHECK(!ld_request_compile(&req, r, 1, &err));
	CHECK_EQ(req.roots[1].type, req.roots[4].type);
	CHECK(!ld_request_drop(&req, 0) && !ld_request_drop(&req, 4));
	CHECK(ld_request_drop(&req, 2));
	CHECK_EQ(req.nr_roots, 4);
	CHECK_STR(req.root_labels[1], "comm:many (pid:5)");
	CHECK_STR(req.root_labels[2], "comm:many (pid:7)");
	CHECK_EQ(req.roots[2].address, 7);
	CHECK_STR(req.root_labels[3], "pid:1");
	CHECK(!ld_request_drop(&req, 3) && ld_request_drop(&req, 2) && ld_request_drop(&req, 1));
	CHECK_EQ(req.nr_roots, 2);
	model_valid(&req);
	done();
}

/* All of them or none. */
TEST(request_too_many_tasks)
{
	const char *dir = model_tree();
	char target[64];
	size_t i;

	threads(dir, 5, 3);
	r = model_resolver(dir);
	for (i = 0; i < LIVEDUMP_MAX_ROOTS - 2; i++) {
		sprintf(target, "(struct rq *)0xffff888000%06zx", i * 16);
		if (!add(target))
			break;
	}
	CHECK(ld_request_add(&req, r, "comm:many", &err));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "comm:many (pid:7): more than 16384 objects in one request\n"
		  "Divide them among several snapshots of one session.");
	CHECK_EQ(req.nr_roots, LIVEDUMP_MAX_ROOTS - 2);
	CHECK(add("pid:1") && add("pid:2"));
	CHECK(!ld_request_compile(&req, r, 0, &err));
	done();
}

/* Whatever a member is skipped of, a module that no target names may define it. */
TEST(request_skip_in_a_module)
{
	struct ld_edges edges = { 0 };

	r = model_resolver(model_tree());
	req.edges = &edges;
	CHECK(add("vmlinux:init_task"));
	CHECK(!ld_edges_skip(&edges, "--skip", "struct mod_only.task", &err));
	if (!CHECK(!ld_request_compile(&req, r, 1, &err)))
		printf("# %s\n", err.msg);
	CHECK(!ld_edges_skip(&edges, "--skip", "struct mod_only.taks", &err));
	CHECK(ld_request_compile(&req, r, 1, &err));
	CHECK_ERR(&err, LD_EXIT_USAGE,
		  "--skip struct mod_only.taks: struct mod_only has no member 'taks'; did you mean task?");
	ld_edges_free(&edges);
	done();
}

TEST(request_pointers)
{
	char text[64];

	r = model_resolver(model_tree());
	CHECK(add("jiffies") && add("((struct mm_struct *)kthreadd_task->anon_p)->pgd"));
	CHECK_EQ(req.roots[1].nr_path, 2);
	CHECK_STR(ld_request_pointer(&req, 1, 0, text, sizeof(text)), "kthreadd_task");
	CHECK_STR(ld_request_pointer(&req, 1, 1, text, sizeof(text)),
		  "((struct mm_struct *)kthreadd_task->anon_p)");
	CHECK_STR(ld_request_pointer(&req, 1, 1, text, 10), "((struct ");
	done();
}
