// SPDX-License-Identifier: GPL-2.0
/* Which edges a walk follows, from the command line, and what became of them, for its reader. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "follow.h"
#include "resolver.h"

/* Edges that are told one by one; --json has the rest. */
#define MAX_TOLD	10

/* Where types that are to be followed or not come from and go to. */
struct chooser {
	struct ld_follow *f;
	struct ld_resolver *resolver;
	const struct ld_profile_line *line;	/* NULL for the command line */
};

/* A profile is for many kernels: what this one lacks is left out. */
static int add_of_profile(struct chooser *c, struct ld_btfs *set, const char *option,
			  const char *item, struct ld_err *err)
{
	struct ld_err why;
	char rule[300];

	if (!strcmp(option, "--skip") && strchr(item, '.')) {
		snprintf(rule, sizeof(rule), "%s opaque", item);
		return ld_edges_line(&c->f->edges, c->line->file, c->line->line, rule, err);
	}
	ld_filter_add(&c->f->filter, set, option, item, &why);
	return 0;
}

/* To follow everything is not what was meant. */
static int check_only(struct chooser *c, const struct ld_args *args, struct ld_err *err)
{
	if (!c->line || !args->only.nr || c->f->filter.nr_only)
		return 0;
	return ld_fail(err, LD_EXIT_USAGE, "%s:%u: this kernel has none of the types of --only",
		       c->line->file, c->line->line);
}

static int add_item(struct chooser *c, const char *option, const char *item, struct ld_err *err)
{
	struct ld_btfs *set;

	if (!*item)
		return ld_fail(err, LD_EXIT_USAGE,
			       "%s takes types, such as 'struct inode,struct dentry'; one is empty",
			       option);
	if (!c->line && !strcmp(option, "--skip") && strchr(item, '.'))
		return ld_edges_skip(&c->f->edges, option, item, err);
	set = ld_resolver_btfs(c->resolver, err);
	if (!set)
		return -1;
	if (c->line)
		return add_of_profile(c, set, option, item, err);
	return ld_filter_add(&c->f->filter, set, option, item, err);
}

/* Items between commas, without blanks around them. */
static int add_items(struct chooser *c, const char *option, const struct ld_texts *texts,
		     struct ld_err *err)
{
	char *copy, *item, *rest, *end;
	unsigned int i;
	int rc = 0;

	for (i = 0; !rc && i < texts->nr; i++) {
		copy = strdup(texts->text[i]);
		if (!copy)
			return ld_fail(err, LD_EXIT_FAILED, "out of memory");
		rest = copy;
		while (!rc && (item = strsep(&rest, ","))) {
			item += strspn(item, " \t");
			for (end = item + strlen(item); end > item; *--end = '\0')
				if (end[-1] != ' ' && end[-1] != '\t')
					break;
			rc = add_item(c, option, item, err);
		}
		free(copy);
	}
	return rc;
}

/* Rules of a profile. */
static int add_rules(struct ld_follow *f, const struct ld_profile_line *line, struct ld_err *err)
{
	const struct ld_profile_option *o;
	size_t i;

	for (i = 0; i < line->nr_options; i++) {
		o = line->options[i];
		if (!strcmp(o->name, "edge") &&
		    ld_edges_line(&f->edges, o->file, o->line, o->value, err))
			return -1;
	}
	return 0;
}

int ld_follow_prepare(struct ld_follow *f, const struct ld_batch *batch, struct ld_request *req,
		      struct ld_resolver *resolver, struct ld_err *err)
{
	const struct ld_args *args = &batch->args;
	struct chooser c = { .f = f, .resolver = resolver };
	unsigned int i;

	if (batch->nr_lines)
		c.line = batch->lines[0];
	req->edges = &f->edges;
	req->filter = &f->filter;
	if (ld_edges_shipped(&f->edges, err) || ld_edges_dir(&f->edges, LD_EDGES_DIR, err))
		return -1;
	if (c.line && add_rules(f, c.line, err))
		return -1;
	for (i = 0; i < args->edges.nr; i++)
		if (ld_edges_file(&f->edges, args->edges.text[i], err))
			return -1;
	if (add_items(&c, "--only", &args->only, err) || check_only(&c, args, err))
		return -1;
	return add_items(&c, "--skip", &args->skip, err);
}

int ld_follow_ask(struct ld_follow *f, const struct ld_request *req,
		  struct livedump_snapshot *snap, struct ld_err *err)
{
	f->results = calloc(req->plan.nr_edges ?: 1, sizeof(*f->results));
	if (!f->results)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	snap->edge_results = (uintptr_t)f->results;
	snap->edge_result_size = sizeof(*f->results);
	return 0;
}

/* The edge's type and member; of a head that is a target by itself, the target. */
static const char *label(const struct ld_request *req, size_t edge, char *buf, size_t size)
{
	size_t type = ld_plan_edge_type(&req->plan, edge), i;
	char member[400];

	ld_plan_edge_name(&req->plan, edge, member, sizeof(member));
	for (i = 0; !*member && i < req->nr_roots; i++) {
		if (req->roots[i].type == type) {
			snprintf(buf, size, "%s", req->root_labels[i]);
			return buf;
		}
	}
	ld_plan_type_name(&req->plan, type, buf, size);
	if (*member)
		snprintf(buf + strlen(buf), size - strlen(buf), ".%s", member);
	return buf;
}

static __u64 badness(const struct livedump_edge_result *r, bool quiet)
{
	return (__u64)r->out_cut + r->out_long + (quiet ? 0 : r->out_broken);
}

static void tell_one(const char *name, const struct livedump_edge *e,
		     const struct livedump_edge_result *r, const struct livedump_snapshot *snap,
		     bool quiet, FILE *to)
{
	if (r->out_cut)
		fprintf(to, "livedump: %s: %u pointer%s not followed\n", name, r->out_cut,
			r->out_cut == 1 ? "" : "s");
	if (r->out_long == 1)
		fprintf(to, "livedump: %s: cut off at %u entries (--max-list)\n", name,
			snap->max_list);
	else if (r->out_long)
		fprintf(to, "livedump: %s: %u of them cut off at %u entries each (--max-list)\n",
			name, r->out_long, snap->max_list);
	if (r->out_broken && !quiet)
		fprintf(to, "livedump: %s: %u %s\n", name, r->out_broken,
			e->kind == LIVEDUMP_EDGE_LIST ? "did not come back to the head" :
							"did not end as it should");
}

void ld_follow_tell(const struct ld_follow *f, const struct ld_request *req,
		    const struct livedump_snapshot *snap, bool quiet, FILE *to)
{
	size_t i, told, worst, bad = 0;
	char name[500];
	bool *done;

	for (i = 0; f->results && i < req->plan.nr_edges; i++)
		bad += badness(&f->results[i], quiet) != 0;
	done = bad ? calloc(req->plan.nr_edges, sizeof(*done)) : NULL;
	if (!done)
		return;
	for (told = 0; told < bad && told < MAX_TOLD; told++) {
		worst = req->plan.nr_edges;
		for (i = 0; i < req->plan.nr_edges; i++)
			if (!done[i] && badness(&f->results[i], quiet) &&
			    (worst == req->plan.nr_edges ||
			     badness(&f->results[i], quiet) > badness(&f->results[worst], quiet)))
				worst = i;
		done[worst] = true;
		tell_one(label(req, worst, name, sizeof(name)), &req->plan.edges[worst],
			 &f->results[worst], snap, quiet, to);
	}
	if (told < bad)
		fprintf(to, "livedump: and so are %zu other members (--json lists all)\n",
			bad - told);
	free(done);
}

void ld_follow_to_json(const struct ld_follow *f, const struct ld_request *req,
		       struct json_object *array)
{
	struct json_object *o;
	const struct livedump_edge_result *r;
	char name[500];
	size_t i;

	for (i = 0; f->results && i < req->plan.nr_edges; i++) {
		r = &f->results[i];
		if (!badness(r, false))
			continue;
		o = ld_json_element(array);
		ld_json_string(o, "edge", label(req, i, name, sizeof(name)));
		ld_json_number(o, "followed", r->out_followed);
		ld_json_number(o, "cut", r->out_cut);
		ld_json_number(o, "long", r->out_long);
		ld_json_number(o, "broken", r->out_broken);
	}
}

void ld_follow_free(struct ld_follow *f)
{
	ld_edges_free(&f->edges);
	ld_filter_free(&f->filter);
	free(f->results);
	memset(f, 0, sizeof(*f));
}
