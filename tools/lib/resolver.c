// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "resolver_container.h"
#include "resolver_path.h"
#include "resolver_private.h"
#include "resolver_slab.h"
#include "resolver_tasks.h"

int ld_resolver_new(const struct ld_resolver_opts *opts, struct ld_resolver **ret,
		    struct ld_err *err)
{
	struct ld_resolver *r = calloc(1, sizeof(*r));

	if (!r)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	r->opts = *opts;
	*ret = r;
	return 0;
}

void ld_resolver_free(struct ld_resolver *r)
{
	if (!r)
		return;
	ld_kallsyms_free(r->kallsyms);
	ld_btfs_free(r->btfs);
	ld_dwarf_close(r->dwarf);
	free(r->found);
	free(r);
}

static const char *build_id(struct ld_resolver *r)
{
	if (r->has_build_id)
		return r->build_id;
	if (r->opts.build_id)
		snprintf(r->build_id, sizeof(r->build_id), "%s", r->opts.build_id);
	else
		ld_build_id_running(r->opts.sys, r->build_id);
	r->has_build_id = true;
	return r->build_id;
}

int ld_resolver_vmlinux(struct ld_resolver *r, const char **ret, struct ld_err *err)
{
	*ret = NULL;
	if (!r->searched && r->opts.vmlinux && ld_vmlinux_check(r->opts.vmlinux, build_id(r), err))
		return -1;
	if (!r->searched && !r->opts.vmlinux)
		r->found = ld_vmlinux_find(build_id(r));
	r->searched = true;
	*ret = r->opts.vmlinux ?: r->found;
	return 0;
}

struct ld_btfs *ld_resolver_btfs(struct ld_resolver *r, struct ld_err *err)
{
	const char *vmlinux = NULL;
	char path[4096];

	if (r->btfs)
		return r->btfs;
	snprintf(path, sizeof(path), "%s/kernel/btf/vmlinux", r->opts.sys);
	if (access(path, F_OK) && ld_resolver_vmlinux(r, &vmlinux, err))
		return NULL;
	if (ld_btfs_open(r->opts.sys, vmlinux, &r->btfs, err))
		return NULL;
	return r->btfs;
}

/* Put the target in front of what went wrong with it. */
static int blame(const char *text, struct ld_err *err)
{
	char what[sizeof(err->msg)];

	snprintf(what, sizeof(what), "%s", err->msg);
	return ld_fail(err, err->code, "%.200s: %.800s", text, what);
}

static int check_size(const struct ld_btfs *set, const struct ld_ctype *type, struct ld_err *err)
{
	char name[200];
	__u64 size;

	ld_ctype_name(set, type, name, sizeof(name));
	if (!ld_ctype_size(set, type, &size) || !size)
		return ld_fail(err, LD_EXIT_FAILED,
			       "'%s' has no size; record N bytes untyped: 0xADDR:N", name);
	if (size > LIVEDUMP_MAX_OBJECT_SIZE)
		return ld_fail(err, LD_EXIT_FAILED,
			       "'%s' measures %llu bytes, more than an object may (%u); record it untyped: 0xADDR:N",
			       name, size, LIVEDUMP_MAX_OBJECT_SIZE);
	return 0;
}

static int resolve_range(const struct ld_target *t, struct ld_resolved *ret)
{
	ret->is_range = true;
	ret->range.address = t->address;
	ret->range.length = t->length;
	return 0;
}

static int task_type(struct ld_resolver *r, struct ld_ctype *ret, struct ld_err *err)
{
	struct ld_btfs *set = ld_resolver_btfs(r, err);
	struct ld_texpr x;

	if (!set || ld_texpr_parse("struct task_struct", &x, err))
		return -1;
	return ld_ctype_lookup(set, 0, &x, ret, err);
}

/* The last of it: where the path leads, and what is there. */
static int finish(const struct ld_place *p, struct ld_resolved *ret, struct ld_err *err)
{
	ret->plan.type = p->type;
	ret->btf = p->btf;
	memcpy(ret->hops, p->hops, sizeof(ret->hops));
	return ld_resolver_place(p, &ret->root, err);
}

static int resolve_pid(struct ld_resolver *r, const struct ld_target *t, struct ld_resolved *ret,
		       struct ld_err *err)
{
	struct ld_place p = { .typed = true, .by_pointer = true };

	ret->root.kind = LIVEDUMP_ROOT_TASK;
	ret->root.address = t->pid;
	if (task_type(r, &p.type, err) || ld_resolver_walk(r, t, &p, err))
		return -1;
	return finish(&p, ret, err);
}

static int resolve_comm(struct ld_resolver *r, const struct ld_target *t, struct ld_resolved *ret,
			struct ld_err *err)
{
	ret->root.kind = LIVEDUMP_ROOT_TASK;
	if (task_type(r, &ret->plan.type, err))
		return -1;
	return ld_resolver_tasks(r->opts.proc, t->symbol, &ret->tasks, &ret->nr_tasks, err);
}

/* A CPU's runqueue says which task runs there: what it said when the registers were taken. */
static void find_runqueues(struct ld_resolver *r, struct livedump_root *root)
{
	struct ld_target t = { .kind = LD_TARGET_SYMBOL, .symbol = { "runqueues", 9 } };
	struct ld_ctype type;
	struct ld_symbol s;
	struct ld_texpr x;
	struct ld_err err;
	__u64 size;

	if (ld_resolver_symbol(r, &t, &s, &err) || !s.percpu ||
	    ld_texpr_parse("struct rq", &x, &err) ||
	    ld_ctype_lookup(r->btfs, 0, &x, &type, &err) ||
	    !ld_ctype_size(r->btfs, &type, &size) || size > LIVEDUMP_MAX_CPU_BYTES)
		return;
	root->address = s.sym.address;
	root->offset = size;
}

static int resolve_cpus(struct ld_resolver *r, struct ld_resolved *ret, struct ld_err *err)
{
	ret->root.kind = LIVEDUMP_ROOT_CPUS;
	ret->root.cpu = LIVEDUMP_ALL_CPUS;
	if (task_type(r, &ret->plan.type, err))
		return -1;
	find_runqueues(r, &ret->root);
	return 0;
}

static int resolve_slab(struct ld_resolver *r, const struct ld_target *t, struct ld_resolved *ret,
			struct ld_err *err)
{
	struct ld_btfs *set = ld_resolver_btfs(r, err);

	if (!set)
		return -1;
	return ld_resolver_slab(set, &r->opts, t, &ret->root, &ret->plan.type, err);
}

static int resolve_address(struct ld_resolver *r, const struct ld_target *t,
			   struct ld_resolved *ret, struct ld_err *err)
{
	struct ld_place p = { .offset = { t->address } };

	ret->root.kind = LIVEDUMP_ROOT_ADDRESS;
	if (ld_resolver_walk(r, t, &p, err))
		return -1;
	return finish(&p, ret, err);
}

/* Whether "0-3,8" has @cpu in it; anything that cannot be read does. */
static bool in_cpu_list(const char *list, __u32 cpu)
{
	unsigned int first, last;
	int n;

	while (sscanf(list, "%u%n", &first, &n) == 1) {
		list += n;
		last = first;
		if (sscanf(list, "-%u%n", &last, &n) == 1)
			list += n;
		if (cpu >= first && cpu <= last)
			return true;
		if (*list++ != ',')
			return false;
	}
	return true;
}

static int check_cpu(struct ld_resolver *r, const struct ld_target *t, const struct ld_symbol *s,
		     struct ld_err *err)
{
	struct ld_lex lex = { .text = t->text, .err = err };
	char path[4096], list[4096] = "";
	FILE *f;

	if (!t->has_cpu)
		return 0;
	if (!s->percpu)
		return ld_lex_fail(&lex, t->cpu_at,
				   "'%s' is not a per-CPU symbol: it takes no '@CPU'", s->sym.name);
	snprintf(path, sizeof(path), "%s/devices/system/cpu/possible", r->opts.sys);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (!fgets(list, sizeof(list), f))
		list[0] = '\0';
	fclose(f);
	list[strcspn(list, "\n")] = '\0';
	if (in_cpu_list(list, t->cpu))
		return 0;
	return ld_lex_fail(&lex, t->cpu_at, "there is no CPU %u; possible: %s", t->cpu, list);
}

/* The name has to be the one that the kernel finds for the address. */
static int name_root(struct ld_resolver *r, const struct ld_symbol *s, struct livedump_root *root,
		     struct ld_err *err)
{
	struct ld_ksym sym = s->sym;

	if (!s->percpu && !ld_kallsyms_at(r->kallsyms, sym.module, root->address, &sym))
		return ld_fail(err, LD_EXIT_FAILED, "address 0x%llx lies below all symbols",
			       root->address);
	if (strlen(sym.name) < sizeof(root->symbol)) {
		strcpy(root->symbol, sym.name);
		return 0;
	}
	return ld_fail(err, LD_EXIT_FAILED,
		       "the name of the symbol is too long to be verified by the kernel module; write '(TYPE *)0x%llx'",
		       root->address);
}

static int walk_symbol(struct ld_resolver *r, const struct ld_target *t,
		       const struct ld_symbol *s, struct ld_place *p, struct ld_resolved *ret,
		       struct ld_err *err)
{
	p->btf = s->btf;
	p->symbol = s;
	p->offset[0] = s->sym.address;
	if (s->percpu) {
		ret->root.kind = LIVEDUMP_ROOT_PERCPU;
		ret->root.cpu = t->has_cpu ? t->cpu : LIVEDUMP_ALL_CPUS;
	}
	if (ld_resolver_walk(r, t, p, err) || finish(p, ret, err))
		return -1;
	return name_root(r, s, &ret->root, err);
}

static int resolve_symbol(struct ld_resolver *r, const struct ld_target *t,
			  struct ld_resolved *ret, struct ld_err *err)
{
	struct ld_place p = { 0 };
	struct ld_symbol s;

	if (ld_resolver_symbol(r, t, &s, err) || check_cpu(r, t, &s, err))
		return -1;
	return walk_symbol(r, t, &s, &p, ret, err);
}

/* Every module has its struct module as this variable. */
static int resolve_module(struct ld_resolver *r, const struct ld_target *t,
			  struct ld_resolved *ret, struct ld_err *err)
{
	struct ld_place p = { .typed = true, .by_pointer = true };
	struct ld_target named = *t;
	struct ld_btfs *set;
	struct ld_texpr x;
	struct ld_symbol s;

	named.symbol.s = "__this_module";
	named.symbol.len = strlen(named.symbol.s);
	if (ld_resolver_symbol(r, &named, &s, err))
		return -1;
	set = ld_resolver_btfs(r, err);
	if (!set || ld_texpr_parse("struct module", &x, err) ||
	    ld_ctype_lookup(set, s.btf, &x, &p.type, err))
		return -1;
	return walk_symbol(r, t, &s, &p, ret, err);
}

static int resolve(struct ld_resolver *r, const struct ld_target *t, struct ld_resolved *ret,
		   struct ld_err *err)
{
	switch (t->kind) {
	case LD_TARGET_RANGE:
		return resolve_range(t, ret);
	case LD_TARGET_BETWEEN:
		return ld_resolver_between(r, t, ret, err);
	case LD_TARGET_PID:
		return resolve_pid(r, t, ret, err);
	case LD_TARGET_COMM:
		return resolve_comm(r, t, ret, err);
	case LD_TARGET_CPUS:
		return resolve_cpus(r, ret, err);
	case LD_TARGET_SLAB:
		return resolve_slab(r, t, ret, err);
	case LD_TARGET_MODULE:
		return resolve_module(r, t, ret, err);
	case LD_TARGET_ADDRESS:
		return resolve_address(r, t, ret, err);
	default:
		return resolve_symbol(r, t, ret, err);
	}
}

static int resolve_object(struct ld_resolver *r, const struct ld_target *t,
			  struct ld_resolved *ret, struct ld_err *err)
{
	if (resolve(r, t, ret, err))
		return -1;
	if (ret->is_range)
		return 0;
	if (t->container.word.len &&
	    ld_resolver_container(r->btfs, t, ret->btf, &ret->plan, err))
		return -1;
	return check_size(r->btfs, &ret->plan.type, err);
}

int ld_resolver_resolve(struct ld_resolver *r, const char *text, struct ld_resolved *ret,
			struct ld_err *err)
{
	const size_t len = strlen(text);
	struct ld_target t;

	memset(ret, 0, sizeof(*ret));
	if (ld_target_parse(text, &t, err))
		return -1;
	if (!resolve_object(r, &t, ret, err))
		return 0;
	free(ret->tasks);
	ret->tasks = NULL;
	/* Errors with a caret name the target already. */
	if (strncmp(err->msg, text, len) || err->msg[len] != ':')
		blame(text, err);
	return -1;
}
