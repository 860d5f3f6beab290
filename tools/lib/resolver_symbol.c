// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "resolver_private.h"
#include "resolver_suggest.h"

/* Namesakes listed in an error. */
#define LISTED		8

/* What is looked for, as strings, and the symbols that fit. */
struct lookup {
	const struct ld_kallsyms *k;
	char name[512];
	char module[128];	/* "" for any, "vmlinux" for the kernel image */
	struct ld_ksym found[LISTED];
	unsigned int nr;
};

static void module_name(char *to, size_t size, struct ld_span span)
{
	for (ld_span_copy(span, to, size); *to; to++)
		if (*to == '-')
			*to = '_';
}

static bool is_function(const struct ld_ksym *sym)
{
	return strchr("tTwWiI", sym->type);
}

static bool fits(const struct lookup *l, const struct ld_ksym *sym)
{
	/* Absolute symbols of the image are linker constants; a module's are per-CPU ones. */
	if (!*sym->module && sym->type == 'a')
		return false;
	if (!*l->module)
		return true;
	if (!strcmp(l->module, "vmlinux"))
		return !*sym->module;
	return !strcmp(l->module, sym->module);
}

static void collect(struct lookup *l, bool functions)
{
	struct ld_ksym sym;
	unsigned int i, n;
	size_t pos = 0;

	while (ld_kallsyms_next(l->k, l->name, &pos, &sym)) {
		if (!fits(l, &sym) || is_function(&sym) != functions)
			continue;
		n = l->nr < LISTED ? l->nr : LISTED;
		for (i = 0; i < n; i++)
			if (l->found[i].address == sym.address &&
			    !strcmp(l->found[i].module, sym.module))
				break;
		if (i < n)
			continue;
		if (n < LISTED)
			l->found[n] = sym;
		l->nr++;
	}
}

/* How to write namesake number @i so that it is the only one. */
static int list_one(const struct lookup *l, unsigned int i, unsigned int n, const char *cast,
		    char *buf, size_t size)
{
	const struct ld_ksym *sym = &l->found[i];
	unsigned int j, same = 0;

	for (j = 0; j < n; j++)
		same += !strcmp(sym->module, l->found[j].module);
	if (same == 1)
		return snprintf(buf, size, "\n  %s:%s", *sym->module ? sym->module : "vmlinux",
				l->name);
	if (ld_kallsyms_percpu(l->k, sym))
		return snprintf(buf, size, "\n  (per-CPU variable at 0x%llx: there is no way yet)",
				sym->address);
	return snprintf(buf, size, "\n  (%s *)0x%llx%s%s", cast, sym->address,
			*sym->module ? "  in module " : "", sym->module);
}

static int ambiguous(const struct lookup *l, const char *cast, struct ld_err *err)
{
	unsigned int n = l->nr < LISTED ? l->nr : LISTED, i;
	char text[900];
	size_t len;

	len = snprintf(text, sizeof(text), "%u symbols have this name; write one of", l->nr);
	for (i = 0; i < n && len < sizeof(text); i++)
		len += list_one(l, i, n, cast, text + len, sizeof(text) - len);
	return ld_fail(err, LD_EXIT_FAILED, "%s%s", text, l->nr > n ? "\n  ..." : "");
}

static int not_found(struct lookup *l, struct ld_err *err)
{
	struct ld_suggest suggest = { .want = l->name };
	bool any = !*l->module || !strcmp(l->module, "vmlinux");
	char close[400];
	struct ld_ksym sym;
	size_t pos = 0;

	if (!any && !ld_kallsyms_has_module(l->k, l->module))
		return ld_fail(err, LD_EXIT_FAILED, "there is no loaded module '%s'",
			       l->module);
	while (ld_kallsyms_next(l->k, NULL, &pos, &sym))
		if (fits(l, &sym))
			ld_suggest_try(&suggest, sym.name);
	ld_suggest_text(&suggest, close, sizeof(close));
	if (!any)
		return ld_fail(err, LD_EXIT_FAILED, "module '%s' has no such symbol%s", l->module,
			       close);
	if (!ld_kallsyms_has_data(l->k))
		return ld_fail(err, LD_EXIT_FAILED,
			       "there is no such symbol: this kernel lists functions only, no variables (it was built without CONFIG_KALLSYMS_ALL); write '(TYPE *)0xADDR'");
	return ld_fail(err, LD_EXIT_FAILED, "there is no such symbol%s", close);
}

static int find(struct lookup *l, const struct ld_target *t, struct ld_err *err)
{
	char cast[200] = "TYPE";

	/* A variable is what is meant where a function has the same name. */
	collect(l, false);
	if (!l->nr)
		collect(l, true);
	if (l->nr == 1)
		return 0;
	if (!l->nr)
		return not_found(l, err);
	if (t->nr_steps && t->steps[0].kind == LD_STEP_CAST)
		snprintf(cast, sizeof(cast), "%.*s",
			 (int)(t->steps[0].cast.name.s + t->steps[0].cast.name.len -
			       t->steps[0].at), t->steps[0].at);
	return ambiguous(l, cast, err);
}

static int read_kallsyms(struct ld_resolver *r, struct ld_err *err)
{
	return r->kallsyms ? 0 : ld_kallsyms_read(r->opts.proc, &r->kallsyms, err);
}

static void place(struct ld_resolver *r, struct ld_symbol *s)
{
	__u64 start, end;
	int btf;

	s->percpu = ld_kallsyms_percpu(r->kallsyms, &s->sym);
	ld_kallsyms_percpu_area(r->kallsyms, &start, &end);
	s->offset = s->percpu && !*s->sym.module ? s->sym.address - start : ~0ULL;
	btf = ld_btfs_module(r->btfs, s->sym.module);
	s->btf = btf > 0 ? btf : 0;
}

int ld_resolver_symbol(struct ld_resolver *r, const struct ld_target *t, struct ld_symbol *ret,
		       struct ld_err *err)
{
	struct lookup l = { 0 };
	size_t pos = 0;

	if (read_kallsyms(r, err) || !ld_resolver_btfs(r, err))
		return -1;
	l.k = r->kallsyms;
	ld_span_copy(t->symbol, l.name, sizeof(l.name));
	module_name(l.module, sizeof(l.module), t->module);
	/* The linker makes one an alias of the other, and only this one has a type. */
	if (!strcmp(l.name, "jiffies") && !*l.module &&
	    ld_kallsyms_next(l.k, "jiffies_64", &pos, &ret->sym))
		strcpy(l.name, "jiffies_64");
	if (find(&l, t, err))
		return -1;
	ret->sym = l.found[0];
	place(r, ret);
	return 0;
}
