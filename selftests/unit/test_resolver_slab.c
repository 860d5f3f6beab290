// SPDX-License-Identifier: GPL-2.0
/* Slab caches as targets. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "model.h"
#include "resolver.h"
#include "resolver_slab.h"

static struct ld_err err;
static struct ld_resolver *r;
static struct ld_resolved res;

static void cache(const char *dir, const char *name, int size, int aliases)
{
	char path[200], text[32];

	snprintf(path, sizeof(path), "kernel/slab/%s/object_size", name);
	snprintf(text, sizeof(text), "%d\n", size);
	tree_text(dir, path, text);
	snprintf(path, sizeof(path), "kernel/slab/%s/aliases", name);
	snprintf(text, sizeof(text), "%d\n", aliases);
	tree_text(dir, path, text);
}

static void alias(const char *dir, const char *name, const char *to)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/kernel/slab/%s", dir, name);
	must(symlink(to, path));
}

/* "rq_cache" is that of mm_struct, merged with it; the kernel calls both what came first. */
static void set_up(void)
{
	const char *dir = model_tree();

	cache(dir, "task_struct", 120, 0);
	cache(dir, "pid", 24, 0);
	cache(dir, "dentry", 200, 0);
	cache(dir, ":0000024", 24, 1);
	alias(dir, "mm_struct", ":0000024");
	alias(dir, "rq_cache", ":0000024");
	cache(dir, ":0000016", 16, 0);
	alias(dir, "inode_cache", ":0000016");
	cache(dir, "empty", 0, 0);
	tree_text(dir, "slabinfo", "slabinfo - version: 2.1\n# name\n"
		  "task_struct 1 2 128\nmm_struct          5 6 24\ninode_cache 7 8 16\n");
	r = model_resolver(dir);
}

static void check(const char *target, const char *symbol, const char *type)
{
	char text[200];

	if (!test_check(!ld_resolver_resolve(r, target, &res, &err), __FILE__, __LINE__, "%s",
			err.msg))
		return;
	CHECK_EQ(res.root.kind, LIVEDUMP_ROOT_SLAB);
	CHECK_EQ(res.root.address, 0);
	CHECK_STR(res.root.symbol, symbol);
	CHECK_STR(ld_ctype_name(ld_resolver_btfs(r, &err), &res.plan.type, text, sizeof(text)),
		  type);
}

TEST(slab_types)
{
	set_up();
	check("slab:task_struct", "task_struct", "struct task_struct");
	check("(struct task_struct)slab:task_struct", "task_struct", "struct task_struct");
	check("(struct rq)slab:task_struct", "task_struct", "struct rq");
	/* BTF has no such type: bytes. */
	check("slab:dentry", "dentry", "unsigned char[200]");
	check("slab:pid", "pid", "unsigned char[24]");
	/* Objects of several types: bytes, unless somebody knows better. */
	check("slab:mm_struct", "mm_struct", "unsigned char[24]");
	check("(struct mm_struct)slab:mm_struct", "mm_struct", "struct mm_struct");
	check("slab:rq_cache", "mm_struct", "unsigned char[24]");
	check("(struct rq)slab:rq_cache", "mm_struct", "struct rq");
	check("slab::0000024", "mm_struct", "unsigned char[24]");
	check("slab:inode_cache", "inode_cache", "unsigned char[16]");
	check("(struct rq)slab:empty", "empty", "struct rq");
	ld_resolver_free(r);
}

static void fails(const char *target, enum ld_exit code, const char *message)
{
	if (test_check(ld_resolver_resolve(r, target, &res, &err), __FILE__, __LINE__,
		       "'%s' is resolved", target))
		CHECK_ERR(&err, code, message);
}

TEST(slab_errors)
{
	char target[300];

	set_up();
	fails("slab:dentri", LD_EXIT_FAILED, "slab:dentri: there is no such slab cache in /");
	CHECK_ERR(&err, LD_EXIT_FAILED, "; did you mean dentry?");
	fails("slab:../btf", LD_EXIT_FAILED, "there is no such slab cache");
	fails("slab:..", LD_EXIT_FAILED, "there is no such slab cache");
	fails("slab:empty", LD_EXIT_FAILED,
	      "how large the objects of this cache are is not known; write '(struct TYPE)slab:empty'");
	fails("(struct task_struct)slab:pid", LD_EXIT_USAGE,
	      "'struct task_struct' measures 128 bytes, and the objects of this cache only 24");
	fails("(struct entry)slab:task_struct", LD_EXIT_USAGE,
	      "'struct entry' measures 528 bytes, and the objects of this cache only 120");
	fails("(struct nosuch)slab:pid", LD_EXIT_FAILED, "there is no type 'struct nosuch'");
	fails("(void)slab:pid", LD_EXIT_FAILED, "'void' has no size");
	memset(target, 'x', sizeof(target));
	memcpy(target, "slab:", 5);
	target[200] = '\0';
	fails(target, LD_EXIT_USAGE, "this is too long for the name of a slab cache");
	ld_resolver_free(r);
	r = model_resolver(model_tree());
	fails("slab:dentry", LD_EXIT_FAILED, "this kernel shows no slab caches: there is no /");
	ld_resolver_free(r);
}

TEST(slab_table)
{
	CHECK_STR(ld_resolver_slab_type("dentry"), "struct dentry");
	CHECK_STR(ld_resolver_slab_type("filp"), "struct file");
	CHECK(!ld_resolver_slab_type("kmalloc-64"));
	CHECK(!ld_resolver_slab_type("dentr"));
}
