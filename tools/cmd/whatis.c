// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "livedump.h"
#include "reason.h"
#include "resolver_suggest.h"
#include "size.h"
#include "slab_layout.h"
#include "whatis.h"

/* Namesakes of one operand that are shown. */
#define NAMESAKES	16

/* What the operands are asked of, and what is printed of them. */
struct inquiry {
	struct ld_session session;
	struct ld_kallsyms *symbols;
	struct livedump_slab slab;
	struct ld_whatis_ctx ctx;
	struct json_object *array;	/* or NULL for text */
	bool incomplete;
};

/* Without BTF of slabs the rest can still be told. */
static void begin_slab(struct inquiry *q)
{
	struct ld_btfs *set = NULL;
	struct ld_err err;

	if (ld_btfs_open("/sys", NULL, &set, &err) || ld_slab_layout(set, &q->slab, &err)) {
		q->incomplete = true;
		fprintf(stderr, "livedump: slabs are not looked at: %s\n", err.msg);
	} else {
		q->ctx.slab = &q->slab;
	}
	ld_btfs_free(set);
}

static int begin(struct inquiry *q, struct ld_err *err)
{
	if (ld_session_begin(&q->session, err) || ld_kallsyms_read("/proc", &q->symbols, err))
		return -1;
	q->ctx = (struct ld_whatis_ctx){
		.dev = q->session.dev,
		.info = &q->session.info,
		.symbols = q->symbols,
		.proc = "/proc",
		.sys = "/sys",
	};
	begin_slab(q);
	return 0;
}

static void print_text(const struct ld_whatis *w)
{
	struct ld_line lines[LD_WHATIS_LINES];
	size_t nr = ld_whatis_text(w, lines), i;

	for (i = 0; i < nr; i++)
		printf("0x%llx: %s\n", w->out.address, lines[i].text);
}

static void add_slab(struct json_object *o, const struct livedump_whatis *w)
{
	const char *status = "unknown";
	struct json_object *slab;

	if (!(w->out_flags & LIVEDUMP_WHATIS_SLAB))
		return;
	slab = ld_json_child(o, "slab");
	ld_json_string(slab, "cache", w->out_cache_name);
	ld_json_address(slab, "cache_address", w->out_cache);
	ld_json_address(slab, "slab_address", w->out_slab);
	ld_json_bool(slab, "kfence", !!(w->out_flags & LIVEDUMP_WHATIS_KFENCE));
	if (!(w->out_flags & LIVEDUMP_WHATIS_OBJECT))
		return;
	if (w->out_flags & LIVEDUMP_WHATIS_FREE)
		status = "free";
	if (w->out_flags & LIVEDUMP_WHATIS_ALLOCATED)
		status = "allocated";
	ld_json_address(slab, "object", w->out_start);
	ld_json_number(slab, "size", w->out_length);
	ld_json_number(slab, "stride", w->out_stride);
	ld_json_number(slab, "index", w->out_index);
	ld_json_number(slab, "objects", w->out_objects);
	ld_json_string(slab, "status", status);
}

static void add_names(struct json_object *top, const struct ld_whatis *w)
{
	struct json_object *o;

	if (*w->module) {
		o = ld_json_child(top, "module");
		ld_json_string(o, "name", w->module);
		if (*w->section.text) {
			ld_json_string(o, "section", w->section.text);
			ld_json_number(o, "offset", w->out.address - w->section.start);
		}
	}
	if (w->area.end) {
		o = ld_json_child(top, "vmalloc");
		ld_json_address(o, "start", w->area.start);
		ld_json_address(o, "end", w->area.end);
		ld_json_string(o, "text", w->area.text);
	}
	if (w->out.out_flags & LIVEDUMP_WHATIS_PERCPU) {
		o = ld_json_child(top, "percpu");
		ld_json_number(o, "cpu", w->out.out_cpu);
		ld_json_address(o, "address", w->out.out_percpu);
		ld_json_string(o, "variable", w->variable.name);
		ld_json_number(o, "offset", w->variable_offset);
	}
}

static void add_task(struct json_object *top, const struct livedump_whatis *w)
{
	struct json_object *o;

	if (!(w->out_flags & (LIVEDUMP_WHATIS_TASK | LIVEDUMP_WHATIS_STACK)))
		return;
	o = ld_json_child(top, "task");
	ld_json_address(o, "address", w->out_task);
	ld_json_number(o, "pid", w->out_pid);
	ld_json_string(o, "comm", w->out_comm);
	if (w->out_flags & LIVEDUMP_WHATIS_STACK)
		ld_json_address(o, "stack", w->out_stack);
}

static void add_page(struct json_object *top, const struct ld_whatis *w)
{
	struct json_object *o, *flags;
	unsigned int i;

	if (!(w->out.out_flags & LIVEDUMP_WHATIS_PAGE))
		return;
	o = ld_json_child(top, "page");
	ld_json_address(o, "physical", w->out.out_paddr);
	if (w->resource.end)
		ld_json_string(o, "resource", w->resource.text);
	if (!w->has_page)
		return;
	ld_json_string(o, "state", ld_pageflags_state(w->page));
	flags = ld_json_array(o, "flags");
	for (i = 0; i < 64; i++)
		if ((w->page & 1ULL << i) && ld_pageflag_name(i))
			json_object_array_add(flags, ld_json_text(ld_pageflag_name(i)));
}

static void print_json(struct json_object *array, const char *operand, const struct ld_whatis *w)
{
	struct json_object *o = ld_json_element(array);

	ld_json_string(o, "operand", operand);
	ld_json_address(o, "address", w->out.address);
	ld_json_string(o, "symbol", *w->out.out_symbol ? w->out.out_symbol : NULL);
	ld_json_bool(o, "kernel_image", w->in_image);
	ld_json_bool(o, "direct_map", w->in_direct_map);
	ld_json_bool(o, "vmalloc_range", !!(w->out.out_flags & LIVEDUMP_WHATIS_VMALLOC));
	ld_json_string(o, "missing", w->out.out_reason ? ld_reason(w->out.out_reason)->name :
		       NULL);
	add_names(o, w);
	add_slab(o, &w->out);
	add_task(o, &w->out);
	add_page(o, w);
}

static int tell(struct inquiry *q, const char *operand, __u64 address, struct ld_err *err)
{
	struct ld_whatis w;

	if (ld_whatis(&q->ctx, address, &w, err))
		return -1;
	if (q->array)
		print_json(q->array, operand, &w);
	else
		print_text(&w);
	return 0;
}

static int no_symbol(const struct inquiry *q, const char *name, struct ld_err *err)
{
	struct ld_suggest suggest = { .want = name };
	struct ld_ksym sym;
	char close[300];
	size_t pos = 0;

	while (ld_kallsyms_next(q->symbols, NULL, &pos, &sym))
		ld_suggest_try(&suggest, sym.name);
	return ld_fail(err, LD_EXIT_FAILED,
		       "'%s': neither an address (0x and hex digits) nor a symbol in /proc/kallsyms%s",
		       name, ld_suggest_text(&suggest, close, sizeof(close)));
}

static int per_cpu_symbol(const struct ld_ksym *sym, struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_USAGE,
		       "'%s' is a per-CPU variable and has an address on each CPU\n"
		       "Ask for one of them; livedump snapshot --json %s tells the first.",
		       sym->name, sym->name);
}

static void more_symbols(struct inquiry *q, const char *name)
{
	q->incomplete = true;
	fprintf(stderr,
		"livedump: more than %d symbols are called '%s'\n"
		"Ask for the others by their addresses in /proc/kallsyms.\n", NAMESAKES, name);
}

/* SYMBOL or SYMBOL+OFFSET: all that have the name. */
static int tell_symbol(struct inquiry *q, const char *operand, struct ld_err *err)
{
	char name[512];
	const char *plus = strchr(operand, '+');
	size_t length = plus ? (size_t)(plus - operand) : strlen(operand), pos = 0;
	uint64_t offset = 0;
	struct ld_ksym sym;
	int nr = 0;

	if (length >= sizeof(name))
		return ld_fail(err, LD_EXIT_USAGE, "a symbol's name is never that long");
	memcpy(name, operand, length);
	name[length] = '\0';
	if (plus && ld_parse_number(plus + 1, &offset))
		return ld_fail(err, LD_EXIT_USAGE,
			       "'%s': what stands behind + is no number, such as 24 or 0x18",
			       operand);
	while (ld_kallsyms_next(q->symbols, name, &pos, &sym)) {
		if (nr++ == NAMESAKES) {
			more_symbols(q, name);
			break;
		}
		if (ld_kallsyms_percpu(q->symbols, &sym))
			return per_cpu_symbol(&sym, err);
		if (tell(q, operand, sym.address + offset, err))
			return -1;
	}
	return nr ? 0 : no_symbol(q, name, err);
}

static int run(const struct ld_args *args, struct ld_err *err)
{
	struct json_object *top = args->json ? json_object_new_object() : NULL;
	struct inquiry q = { .array = top ? ld_json_array(top, "addresses") : NULL };
	int result, i;
	uint64_t address;

	result = begin(&q, err);
	for (i = 0; !result && i < args->argc; i++) {
		if (ld_parse_address(args->argv[i], &address))
			result = tell_symbol(&q, args->argv[i], err);
		else
			result = tell(&q, args->argv[i], address, err);
	}
	if (!result && top && ld_json_print(top))
		result = ld_fail(err, LD_EXIT_FAILED, "cannot print the result");
	else if (result)
		json_object_put(top);
	ld_kallsyms_free(q.symbols);
	ld_session_end(&q.session);
	return result ?: q.incomplete ? LD_EXIT_INCOMPLETE : LD_EXIT_OK;
}

const struct ld_command ld_cmd_whatis = {
	.name = "whatis",
	.operands = "ADDRESS|SYMBOL[+OFFSET]...",
	.summary = "tell what kernel addresses are",
	.details = "Objects of slabs, free or not, tasks, stacks, pages. Nothing is recorded.",
	.options = LD_OPT_BIT(JSON),
	.min = 1,
	.max = -1,
	.run = run,
};
