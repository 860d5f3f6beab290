// SPDX-License-Identifier: GPL-2.0
/* Notes kept with a session: what the objects of a request are called. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "annotate.h"
#include "dev.h"

/* Names in one note: some hundred kilobytes. */
#define BATCH		4096

#define MAX_NAME	512

/* What occurs in a list of objects, by index. */
struct used {
	const struct ld_request *req;
	unsigned char *types;
	unsigned char *edges;
	unsigned char *roots;
};

/* A note under way; @left: names that still go into it. */
struct batch {
	int session;
	__u32 request;
	struct json_object *note;
	unsigned int left;
	int result;
	struct ld_err *err;
};

static void flush(struct batch *b)
{
	if (b->note && !b->result)
		b->result = ld_annotate_json(b->session, b->note, b->err);
	else
		json_object_put(b->note);
	b->note = NULL;
}

static void add_name(struct batch *b, const char *kind, size_t index, const char *name)
{
	struct json_object *names;
	char key[32];

	if (!b->note) {
		b->note = json_object_new_object();
		ld_json_number(b->note, "request", b->request);
		b->left = BATCH;
	}
	if (!json_object_object_get_ex(b->note, kind, &names))
		names = ld_json_child(b->note, kind);
	snprintf(key, sizeof(key), "%zu", index);
	ld_json_string(names, key, name);
	if (!--b->left)
		flush(b);
}

/* What a pointer of an edge leads to, where that has no type; else NULL. */
static const char *target_of(const struct livedump_edge *e)
{
	switch (e->kind) {
	case LIVEDUMP_EDGE_STRING:
		return "string";
	case LIVEDUMP_EDGE_BYTES:
	case LIVEDUMP_EDGE_OBJECT:
		return "bytes";
	default:
		return NULL;
	}
}

static const char *suffix_of(const struct livedump_edge *e)
{
	if (e->kind == LIVEDUMP_EDGE_PERCPU)
		return "@";
	return e->count > 1 || (e->flags & LIVEDUMP_EDGE_FLEX) || e->kind >= LIVEDUMP_EDGE_LIST ?
	       "[]" : "";
}

static void add_edge(struct batch *b, const struct ld_plan *plan, size_t index)
{
	const struct livedump_edge *e = &plan->edges[index];
	char name[MAX_NAME], text[MAX_NAME + 8];

	ld_plan_edge_name(plan, index, name, sizeof(name));
	snprintf(text, sizeof(text), "%s%s%s", *name ? "." : "*", name, suffix_of(e));
	add_name(b, "edges", index, text);
	if (target_of(e))
		add_name(b, "targets", index, target_of(e));
}

static void mark(struct used *used, const struct livedump_object *o)
{
	if (o->type < used->req->plan.nr_types)
		used->types[o->type] = 1;
	if (o->parent == LIVEDUMP_NO_PARENT) {
		if (o->edge < used->req->nr_roots)
			used->roots[o->edge] = 1;
	} else if (o->edge < used->req->plan.nr_edges) {
		used->edges[o->edge] = 1;
	}
}

static int mark_all(struct used *used, int session, __u32 request, struct ld_err *err)
{
	const struct livedump_object *objects;
	struct livedump_status status;
	void *map;
	size_t i;

	if (ld_dev_status(session, &status, err) ||
	    ld_dev_map(session, LIVEDUMP_MMAP_OBJECTS, 0, status.out_listed * sizeof(*objects),
		       &map, err))
		return -1;
	objects = map;
	for (i = 0; i < status.out_listed; i++) {
		if (objects[i].request == request)
			mark(used, &objects[i]);
	}
	if (map)
		munmap(map, status.out_listed * sizeof(*objects));
	return 0;
}

static void add_all(const struct used *used, struct batch *b)
{
	const struct ld_request *req = used->req;
	char name[MAX_NAME];
	size_t i;

	for (i = 0; i < req->nr_roots; i++) {
		if (used->roots[i])
			add_name(b, "roots", i, req->root_labels[i]);
	}
	for (i = 0; i < req->plan.nr_types; i++) {
		if (used->types[i])
			add_name(b, "types", i,
				 ld_plan_type_name(&req->plan, i, name, sizeof(name)));
	}
	for (i = 0; i < req->plan.nr_edges; i++) {
		if (used->edges[i])
			add_edge(b, &req->plan, i);
	}
	flush(b);
}

int ld_annotate_names(int session, __u32 request, const struct ld_request *req,
		      struct ld_err *err)
{
	struct batch batch = { .session = session, .request = request, .err = err };
	struct used used = {
		.req = req,
		.types = calloc(req->plan.nr_types + 1, 1),
		.edges = calloc(req->plan.nr_edges + 1, 1),
		.roots = calloc(req->nr_roots + 1, 1),
	};

	if (!used.types || !used.edges || !used.roots) {
		batch.result = ld_fail(err, LD_EXIT_FAILED, "out of memory");
	} else {
		batch.result = mark_all(&used, session, request, err);
		if (!batch.result)
			add_all(&used, &batch);
	}
	free(used.types);
	free(used.edges);
	free(used.roots);
	return batch.result;
}
