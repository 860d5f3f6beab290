// SPDX-License-Identifier: GPL-2.0
/* What an address is: the module's answer and that of /proc and /sys, put together. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "dev.h"
#include "reason.h"
#include "whatis.h"

/* Per-CPU variables of a module: how far behind the beginning of the last one its end may be. */
#define LAST_VARIABLE	4096

/* The per-CPU variable at or below where it is, unless a nearer one is known. */
static bool set_variable(const struct ld_whatis_ctx *ctx, const char *module,
			 const struct livedump_whatis *out, struct ld_whatis *w)
{
	struct ld_ksym sym;

	if (!ld_kallsyms_at(ctx->symbols, module, out->out_percpu, &sym) ||
	    sym.address < out->percpu_start)
		return false;
	if (w->variable.name && out->out_percpu - sym.address >= w->variable_offset)
		return false;
	w->variable = sym;
	w->variable_offset = out->out_percpu - sym.address;
	return true;
}

static int ask(const struct ld_whatis_ctx *ctx, __u64 start, __u64 end, struct livedump_whatis *ret,
	       struct ld_err *err)
{
	const __u64 address = ret->address;

	*ret = (struct livedump_whatis){
		.address = address,
		.slab = (uintptr_t)ctx->slab,
		.percpu_start = start,
		.percpu_end = end,
	};
	return ld_dev_whatis(ctx->dev, ret, err);
}

/* From @pos on, the per-CPU variables of the next module that has some. */
static bool next_module(const struct ld_kallsyms *k, size_t *pos, __u64 *start, __u64 *end,
			const char **module)
{
	struct ld_ksym sym;
	size_t before = *pos;

	*module = NULL;
	*start = 0;
	*end = 0;
	while (ld_kallsyms_next(k, NULL, pos, &sym)) {
		if (*module && strcmp(*module, sym.module)) {
			*pos = before;
			break;
		}
		before = *pos;
		if (!*sym.module || !ld_kallsyms_percpu(k, &sym))
			continue;
		if (!*module)
			*start = sym.address;
		*module = sym.module;
		if (sym.address < *start)
			*start = sym.address;
		if (sym.address > *end)
			*end = sym.address;
	}
	*end += LAST_VARIABLE;
	return *module;
}

static int percpu(const struct ld_whatis_ctx *ctx, struct ld_whatis *w, struct ld_err *err)
{
	struct livedump_whatis again = { .address = w->out.address };
	const char *module;
	__u64 start, end;
	size_t pos = 0;

	if (w->out.out_flags & LIVEDUMP_WHATIS_PERCPU) {
		set_variable(ctx, "", &w->out, w);
		return 0;
	}
	while (next_module(ctx->symbols, &pos, &start, &end, &module)) {
		if (ask(ctx, start, end, &again, err))
			return -1;
		if ((again.out_flags & LIVEDUMP_WHATIS_PERCPU) &&
		    set_variable(ctx, module, &again, w))
			w->out = again;
	}
	return 0;
}

/* The kernel says it with the symbol; where there is no symbol, /proc/modules does. */
static void find_module(const struct ld_whatis_ctx *ctx, struct ld_whatis *w)
{
	const char *name = strstr(w->out.out_symbol, " [");
	struct ld_area module;

	/* Newer kernels append the module's build id. */
	if (name)
		snprintf(w->module, sizeof(w->module), "%.*s", (int)strcspn(name + 2, "] "),
			 name + 2);
	else if (ld_proc_module(ctx->proc, w->out.address, &module))
		snprintf(w->module, sizeof(w->module), "%s", module.text);
	if (*w->module && !ld_proc_section(ctx->sys, w->module, w->out.address, &w->section))
		w->section.text[0] = '\0';
}

static void look_around(const struct ld_whatis_ctx *ctx, struct ld_whatis *w)
{
	const struct livedump_info *info = ctx->info;
	const __u64 address = w->out.address;

	w->in_image = address >= info->out_text_start && address < info->out_text_end;
	w->in_direct_map = address >= info->out_page_offset &&
			   address - info->out_page_offset <
			   info->out_max_pfn * info->out_page_size;
	if (address < info->out_kernel_start || !ld_proc_vmalloc(ctx->proc, address, &w->area))
		w->area.end = 0;
	find_module(ctx, w);
	if (!(w->out.out_flags & LIVEDUMP_WHATIS_PAGE))
		return;
	ld_proc_iomem(ctx->proc, w->out.out_paddr, &w->resource);
	w->has_page = ld_proc_pageflags(ctx->proc, w->out.out_paddr / info->out_page_size,
					&w->page);
}

int ld_whatis(const struct ld_whatis_ctx *ctx, __u64 address, struct ld_whatis *ret,
	      struct ld_err *err)
{
	__u64 start, end;

	memset(ret, 0, sizeof(*ret));
	ret->out.address = address;
	ld_kallsyms_percpu_area(ctx->symbols, &start, &end);
	if (end < start)
		start = end;
	if (ask(ctx, start, end, &ret->out, err))
		return -1;
	look_around(ctx, ret);
	/* What has another name is not some module's variable. */
	if (ret->in_image || *ret->module || (ret->out.out_flags & LIVEDUMP_WHATIS_SLAB))
		return 0;
	return percpu(ctx, ret, err);
}

/* ---- in words ---- */

struct text {
	struct ld_line *lines;
	size_t nr;
};

static void __attribute__((format(printf, 2, 3))) say(struct text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(t->lines[t->nr++].text, sizeof(t->lines->text), fmt, args);
	va_end(args);
}

static void say_symbol(const struct ld_whatis *w, struct text *t)
{
	const struct livedump_whatis *o = &w->out;
	const char *module = w->variable.name ? w->variable.module : "";

	if (*o->out_symbol)
		say(t, "symbol %s", o->out_symbol);
	if (o->out_flags & LIVEDUMP_WHATIS_PERCPU)
		say(t, "per-CPU variable %s+0x%llx%s%s%s of CPU %u",
		    w->variable.name ?: "(unknown)", w->variable_offset, *module ? " [" : "",
		    module, *module ? "]" : "", o->out_cpu);
	if (w->in_image)
		say(t, "kernel image");
	if (*w->module && *w->section.text)
		say(t, "module %s, section %s+0x%llx", w->module, w->section.text,
		    o->address - w->section.start);
	else if (*w->module)
		say(t, "module %s", w->module);
}

static void say_slab(const struct ld_whatis *w, struct text *t)
{
	const struct livedump_whatis *o = &w->out;
	const char *status = "free or allocated, which is not known";
	long long offset = (long long)(o->address - o->out_start);

	if (!(o->out_flags & LIVEDUMP_WHATIS_SLAB))
		return;
	if (!(o->out_flags & LIVEDUMP_WHATIS_OBJECT)) {
		say(t, "slab of cache %s (struct kmem_cache at 0x%llx)%s", o->out_cache_name,
		    o->out_cache, o->out_flags & LIVEDUMP_WHATIS_KFENCE ?
		    ", in KFENCE's pool: which object is not known" : ", in none of its objects");
		return;
	}
	if (o->out_flags & LIVEDUMP_WHATIS_FREE)
		status = "free";
	if (o->out_flags & LIVEDUMP_WHATIS_ALLOCATED)
		status = "allocated";
	say(t, "slab object of cache %s: 0x%llx, %u bytes, %s", o->out_cache_name, o->out_start,
	    o->out_length, status);
	if (offset < 0)
		say(t, "%lld bytes before the object, in its slot", -offset);
	else if (offset >= o->out_length)
		say(t, "%lld bytes behind the object, in its slot", offset - o->out_length);
	else
		say(t, "byte %lld of the object, which is number %u of %u in its slab", offset,
		    o->out_index, o->out_objects);
}

static void say_task(const struct ld_whatis *w, struct text *t)
{
	const struct livedump_whatis *o = &w->out;

	if (o->out_flags & LIVEDUMP_WHATIS_TASK)
		say(t, "task_struct of pid %u (%s)", o->out_pid, o->out_comm);
	if (o->out_flags & LIVEDUMP_WHATIS_STACK)
		say(t, "kernel stack of pid %u (%s), task_struct 0x%llx: byte %llu of it",
		    o->out_pid, o->out_comm, o->out_task, o->address - o->out_stack);
}

static void say_page(const struct ld_whatis *w, struct text *t)
{
	const struct livedump_whatis *o = &w->out;
	char flags[300] = "";
	size_t used = 0;
	unsigned int i;

	if (o->out_reason)
		say(t, "not to be recorded: %s", ld_reason(o->out_reason)->text);
	if (!(o->out_flags & LIVEDUMP_WHATIS_PAGE))
		return;
	say(t, "physical 0x%llx%s%s", o->out_paddr, w->resource.end ? ", in " : "",
	    w->resource.end ? w->resource.text : "");
	if (!w->has_page)
		return;
	for (i = 0; i < 64 && used < sizeof(flags); i++)
		if ((w->page & 1ULL << i) && ld_pageflag_name(i))
			used += snprintf(flags + used, sizeof(flags) - used, "%s%s",
					 used ? "," : "", ld_pageflag_name(i));
	say(t, "page: %s%s%s%s", ld_pageflags_state(w->page), *flags ? " (" : "", flags,
	    *flags ? ")" : "");
}

size_t ld_whatis_text(const struct ld_whatis *w, struct ld_line *lines)
{
	struct text t = { .lines = lines };

	say_symbol(w, &t);
	say_slab(w, &t);
	say_task(w, &t);
	if (w->area.end)
		say(&t, "vmalloc area 0x%llx-0x%llx: %s", w->area.start, w->area.end,
		    w->area.text);
	else if (w->out.out_flags & LIVEDUMP_WHATIS_VMALLOC)
		say(&t, "where vmalloc areas are (%s)",
		    "/proc/vmallocinfo does not show which: see the sysctl kernel.kptr_restrict");
	if (w->in_direct_map)
		say(&t, "direct map");
	say_page(w, &t);
	if (!t.nr)
		say(&t, "nothing is known of it");
	return t.nr;
}
