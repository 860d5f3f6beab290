// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "annotate.h"
#include "batch.h"
#include "derive.h"
#include "dev.h"
#include "follow.h"
#include "livedump.h"
#include "note.h"
#include "reason.h"
#include "request.h"
#include "size.h"
#include "summary.h"

/* Targets with the same options: one request for the objects, one for bare ranges. */
struct taken {
	const struct ld_batch *batch;
	struct ld_request req;
	struct ld_follow follow;
	struct livedump_snapshot snap;
	struct livedump_record rec;
	bool keep;
	bool incomplete;
};

/* A snapshot: all that one command asks for. */
struct taking {
	struct ld_resolver *resolver;
	char *build_id;
	struct ld_batches batches;
	struct taken *taken;
	size_t nr;
	struct ld_peek peeks[LD_NR_WORDS];
	bool incomplete;
};

static int resolve_batch(struct taking *all, struct taken *t, struct ld_err *err)
{
	const struct ld_args *args = &t->batch->args;
	/* what was typed is looked at even where there is nothing to follow */
	const bool typed = !t->batch->nr_lines &&
			   (args->only.nr || args->skip.nr || args->edges.nr);

	t->req.scan = args->scan;
	if (ld_batch_resolve(&all->batches, t->batch, &t->req, all->resolver, err))
		return -1;
	if ((typed || t->req.nr_roots) &&
	    ld_follow_prepare(&t->follow, t->batch, &t->req, all->resolver, err))
		return -1;
	return ld_request_compile(&t->req, all->resolver, (unsigned int)args->depth, err);
}

/* A profile of which nothing is left is not what was meant. */
static int check_any(const struct taking *all, struct ld_err *err)
{
	size_t i;

	for (i = 0; i < all->nr; i++)
		if (all->taken[i].req.nr_roots || all->taken[i].req.nr_ranges ||
		    all->taken[i].req.words)
			return 0;
	if (!all->batches.nr_skipped)
		return ld_fail(err, LD_EXIT_USAGE, "the profile names nothing to record");
	return ld_fail(err, LD_EXIT_FAILED, "nothing is left to record: %s:%u: %.700s",
		       all->batches.skipped[0].file, all->batches.skipped[0].line,
		       all->batches.skipped[0].reason);
}

static int resolve(struct taking *all, struct ld_session *session,
		   const struct ld_args *args, struct ld_err *err)
{
	const struct livedump_info *info = &session->info;
	struct ld_resolver_opts opts = {
		.vmlinux = args->vmlinux,
		.proc = "/proc",
		.sys = "/sys",
		.read = ld_read_number,
		.data = session,
	};
	size_t i;

	all->build_id = ld_vmcoreinfo_value((const char *)(uintptr_t)info->vmcoreinfo,
					    info->out_vmcoreinfo_size, "BUILD-ID");
	opts.build_id = all->build_id;
	if (ld_batches_make(&all->batches, args, info, err) ||
	    ld_resolver_new(&opts, &all->resolver, err))
		return -1;
	all->taken = calloc(all->batches.nr ?: 1, sizeof(*all->taken));
	if (!all->taken)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	all->nr = all->batches.nr;
	for (i = 0; i < all->nr; i++) {
		all->taken[i].batch = &all->batches.list[i];
		if (resolve_batch(all, &all->taken[i], err))
			return -1;
	}
	return check_any(all, err);
}

static void tell_missing(const char *label, const __u64 missing[LIVEDUMP_NR_REASONS],
			 struct taken *t)
{
	if (!ld_missing_total(missing))
		return;
	t->incomplete = true;
	fprintf(stderr, "livedump: missing of %s:\n", label);
	ld_missing_print(missing, NULL, stderr);
}

/* Why a path ended before its object; NULL if it did not. */
static const char *why_short(const struct livedump_root *root)
{
	if (root->out_hops >= root->nr_path)
		return NULL;
	if (root->out_pointer)
		return "foreign";
	return ld_missing_total(root->out_missing) ? "unreadable" : "null";
}

/* A pointer on the way to a target that led nowhere. */
static void tell_short(const struct ld_request *req, size_t i, struct taken *t)
{
	const struct livedump_root *root = &req->roots[i];
	const char *why = why_short(root), *where = "";
	char pointer[1024];

	if (!why || (*why == 'n' && !ld_batch_requires(t->batch, req->root_labels[i])))
		return;
	t->incomplete = true;
	if (root->kind == LIVEDUMP_ROOT_PERCPU && root->cpu == LIVEDUMP_ALL_CPUS)
		where = ", on one CPU at least";
	ld_request_pointer(req, i, root->out_hops, pointer, sizeof(pointer));
	fprintf(stderr, "livedump: %s: '%s' ", req->root_labels[i], pointer);
	if (*why == 'n')
		fprintf(stderr, "is NULL%s: nothing to record behind it\n", where);
	else if (*why == 'f')
		fprintf(stderr, "is no address of the kernel's: 0x%llx%s\n", root->out_pointer,
			where);
	else
		fprintf(stderr, "could not be read%s: nothing is recorded behind it\n", where);
}

/* A cache may be there and have no objects; or its slabs are such as nobody knows. */
static void tell_empty(const struct ld_request *req, size_t i, struct taken *t)
{
	const struct livedump_root *root = &req->roots[i];

	if (root->kind != LIVEDUMP_ROOT_SLAB || root->out_address ||
	    ld_missing_total(root->out_missing) ||
	    !ld_batch_requires(t->batch, req->root_labels[i]))
		return;
	t->incomplete = true;
	fprintf(stderr, "livedump: %s: no allocated object of this cache was found\n",
		req->root_labels[i]);
}

static void add_short(const struct ld_request *req, size_t i, struct json_object *target)
{
	const struct livedump_root *root = &req->roots[i];
	const char *why = why_short(root);
	struct json_object *o;
	char pointer[1024];

	if (!why)
		return;
	o = ld_json_child(target, "ended_at");
	ld_request_pointer(req, i, root->out_hops, pointer, sizeof(pointer));
	ld_json_string(o, "pointer", pointer);
	ld_json_string(o, "reason", why);
	ld_json_address(o, "value", root->out_pointer);
}

/* What limits took from the walk, where it was not from a target itself. */
static void tell_cut(const struct livedump_snapshot *snap, struct taken *t)
{
	__u64 cut[LIVEDUMP_NR_REASONS] = { 0 };
	unsigned int i;

	for (i = 1; i < LIVEDUMP_NR_REASONS; i++) {
		if (ld_reason(i)->cut)
			cut[i] = snap->out_missing[i];
	}
	tell_missing("what the targets lead to", cut, t);
	if (snap->out_cut || snap->out_long)
		t->incomplete = true;
	if (snap->out_cut)
		fprintf(stderr,
			"livedump: %llu pointers were not followed, because a limit was reached\n",
			snap->out_cut);
	ld_follow_tell(&t->follow, &t->req, snap, t->batch->args.quiet, stderr);
}

static void tell_end(int result, struct taken *t, const struct ld_err *err)
{
	if (result != LD_DEV_CUT)
		return;
	t->incomplete = true;
	fprintf(stderr, "livedump: %s\n", err->msg);
}

/* Without names the list of objects is still good: that is no reason to fail. */
static void keep_names(const struct taken *t, int session)
{
	struct ld_err err;

	if (ld_annotate_names(session, t->snap.out_request, &t->req, &err))
		fprintf(stderr, "livedump: the objects' names are not kept: %s\n", err.msg);
}

/* What a limit took the session counts itself; of a path that ended too soon it does not know. */
static void keep_incomplete(const struct taken *t, int session)
{
	struct ld_err err;

	if (t->incomplete && !ld_missing_cut(t->snap.out_missing) &&
	    !ld_missing_cut(t->rec.out_missing) && ld_annotate_incomplete(session, &err))
		fprintf(stderr, "livedump: that something is missing is not kept: %s\n", err.msg);
}

/* Tasks found by their name may end at any time; is there something left to record? */
static bool drop_ended(struct taken *t)
{
	return t->snap.out_bad_root < t->req.nr_roots &&
	       ld_request_drop(&t->req, t->snap.out_bad_root) && t->req.nr_roots;
}

static int take_objects(struct taken *t, int session, struct ld_err *err)
{
	const struct ld_args *args = &t->batch->args;
	const uint32_t flags = LIVEDUMP_LIST_OBJECTS | (t->keep ? LIVEDUMP_KEEP : 0) |
			       (args->user_memory ? LIVEDUMP_USER_MEMORY : 0);
	int result;
	size_t i;

	if (!t->req.nr_roots)
		return 0;
	t->snap = (struct livedump_snapshot){
		.flags = flags,
		.roots = (uintptr_t)t->req.roots,
		.types = (uintptr_t)t->req.plan.types,
		.edges = (uintptr_t)t->req.plan.edges,
		.nr_types = (uint32_t)t->req.plan.nr_types,
		.nr_edges = (uint32_t)t->req.plan.nr_edges,
		.depth = (uint32_t)args->depth,
		.max_objects = args->max_objects,
		.max_bytes = args->max_bytes,
		.max_time_ns = args->max_time_ns,
		.slab = t->req.slab.size ? (uintptr_t)&t->req.slab : 0,
		.max_list = (uint32_t)args->max_list,
	};
	if (ld_follow_ask(&t->follow, &t->req, &t->snap, err))
		return -1;
	do {
		t->snap.nr_roots = (uint32_t)t->req.nr_roots;
		result = ld_dev_snapshot(session, &t->snap, t->req.root_labels, err);
	} while (result == LD_DEV_GONE && drop_ended(t));
	if (result < 0 || result == LD_DEV_GONE)
		return -1;
	for (i = 0; i < t->req.nr_roots; i++) {
		tell_short(&t->req, i, t);
		tell_empty(&t->req, i, t);
		tell_missing(t->req.root_labels[i], t->req.roots[i].out_missing, t);
	}
	tell_cut(&t->snap, t);
	tell_end(result, t, err);
	keep_names(t, session);
	return 0;
}

static int take_ranges(struct taken *t, int session, struct ld_err *err)
{
	const struct ld_args *args = &t->batch->args;
	int result;
	size_t i;

	if (!t->req.nr_ranges)
		return 0;
	t->rec = (struct livedump_record){
		.flags = (t->keep ? LIVEDUMP_KEEP : 0) |
			 (args->user_memory ? LIVEDUMP_USER_MEMORY : 0),
		.ranges = (uintptr_t)t->req.ranges,
		.nr = (uint32_t)t->req.nr_ranges,
	};
	result = ld_dev_record(session, &t->rec, err);
	if (result < 0)
		return -1;
	for (i = 0; i < t->req.nr_ranges; i++)
		tell_missing(t->req.range_labels[i], t->req.ranges[i].out_missing, t);
	tell_end(result, t, err);
	return 0;
}

/* Of several requests, each sees the pages of those before: the command has one copy of each. */
static int take_all(struct taking *all, const struct ld_session *session,
		    const struct ld_args *args, bool report, struct ld_err *err)
{
	struct livedump_status status;
	size_t i;

	if (ld_dev_status(session->fd, &status, err))
		return -1;
	for (i = 0; i < all->nr; i++) {
		all->taken[i].keep = args->keep || (i && !status.out_requests);
		if (take_objects(&all->taken[i], session->fd, err) ||
		    take_ranges(&all->taken[i], session->fd, err))
			return -1;
		if (report)
			keep_incomplete(&all->taken[i], session->fd);
	}
	return 0;
}

static __u32 all_words(const struct taking *all)
{
	__u32 words = 0;
	size_t i;

	for (i = 0; i < all->nr; i++)
		words |= all->taken[i].req.words;
	return words;
}

/* What is worked out from all that is recorded by now. */
static void take_words(struct taking *all, const struct ld_session *session,
		       const struct ld_args *args)
{
	struct ld_derive d = { .resolver = all->resolver };
	struct taken told = { 0 };
	struct ld_peek *p;
	struct ld_err why;
	unsigned int i;

	for (i = 1; i < LD_NR_WORDS; i++) {
		if (!(all_words(all) & 1U << i))
			continue;
		p = &all->peeks[i];
		p->session = session;
		p->flags = args->user_memory ? LIVEDUMP_USER_MEMORY : 0;
		d.peek = p;
		if (ld_derive_word(&d, i, &why)) {
			told.incomplete = true;
			fprintf(stderr, "livedump: %s\n", why.msg);
		}
		ld_peek_end(p);
		tell_missing(ld_word_text(i), p->missing, &told);
		told.incomplete |= p->cut;
	}
	all->incomplete = told.incomplete;
}

static void add_words(const struct taking *all, struct json_object *array)
{
	struct json_object *o;
	unsigned int i;

	for (i = 1; i < LD_NR_WORDS; i++) {
		if (!(all_words(all) & 1U << i))
			continue;
		o = ld_json_element(array);
		ld_json_string(o, "target", ld_word_text(i));
		ld_json_number(o, "recorded", all->peeks[i].recorded);
		ld_missing_to_json(all->peeks[i].missing, NULL, o);
	}
}

static void add_targets(const struct taken *t, struct json_object *array)
{
	struct json_object *o;
	size_t i;

	for (i = 0; i < t->req.nr_roots; i++) {
		o = ld_json_element(array);
		ld_json_string(o, "target", t->req.root_labels[i]);
		ld_json_address(o, "address", t->req.roots[i].out_address);
		ld_json_number(o, "recorded", t->req.roots[i].out_recorded);
		ld_missing_to_json(t->req.roots[i].out_missing, NULL, o);
		add_short(&t->req, i, o);
	}
	for (i = 0; i < t->req.nr_ranges; i++) {
		o = ld_json_element(array);
		ld_json_string(o, "target", t->req.range_labels[i]);
		ld_json_address(o, "address", t->req.ranges[i].address);
		ld_json_number(o, "recorded", t->req.ranges[i].out_recorded);
		ld_missing_to_json(t->req.ranges[i].out_missing, NULL, o);
	}
}

/* What all requests did, as if it were one. */
static struct taken sum_up(const struct taking *all)
{
	struct taken sum = { 0 };
	unsigned int r;
	size_t i;

	for (i = 0; i < all->nr; i++) {
		const struct taken *t = &all->taken[i];

		sum.req.nr_roots += t->req.nr_roots;
		sum.req.nr_ranges += t->req.nr_ranges;
		sum.snap.out_objects += t->snap.out_objects;
		sum.snap.out_object_bytes += t->snap.out_object_bytes;
		sum.snap.out_pages += t->snap.out_pages;
		sum.snap.out_pointers += t->snap.out_pointers;
		sum.snap.out_null += t->snap.out_null;
		sum.snap.out_foreign += t->snap.out_foreign;
		sum.snap.out_seen += t->snap.out_seen;
		sum.snap.out_cut += t->snap.out_cut;
		sum.snap.out_time_ns += t->snap.out_time_ns;
		sum.rec.out_recorded += t->rec.out_recorded;
		for (r = 0; r < LIVEDUMP_NR_REASONS; r++)
			sum.snap.out_missing[r] += t->snap.out_missing[r] + t->rec.out_missing[r];
		sum.incomplete |= t->incomplete;
	}
	for (i = 0; i < LD_NR_WORDS; i++) {
		sum.rec.out_recorded += all->peeks[i].recorded;
		for (r = 0; r < LIVEDUMP_NR_REASONS; r++)
			sum.snap.out_missing[r] += all->peeks[i].missing[r];
	}
	sum.incomplete |= all->incomplete;
	return sum;
}

static int print_json(const struct taking *all, const struct ld_session *session)
{
	struct json_object *top = json_object_new_object(), *o;
	const struct taken sum = sum_up(all);
	size_t i;

	ld_json_string(top, "session", session->name);
	ld_json_bool(top, "complete", !sum.incomplete);
	o = ld_json_child(top, "objects");
	ld_json_number(o, "count", sum.snap.out_objects);
	ld_json_number(o, "bytes", sum.snap.out_object_bytes);
	ld_json_number(o, "pages", sum.snap.out_pages);
	o = ld_json_child(top, "pointers");
	ld_json_number(o, "count", sum.snap.out_pointers);
	ld_json_number(o, "null", sum.snap.out_null);
	ld_json_number(o, "foreign", sum.snap.out_foreign);
	ld_json_number(o, "seen", sum.snap.out_seen);
	ld_json_number(o, "cut", sum.snap.out_cut);
	o = ld_json_child(top, "ranges");
	ld_json_number(o, "bytes", sum.rec.out_recorded);
	ld_json_number(top, "time_ns", sum.snap.out_time_ns);
	ld_missing_to_json(sum.snap.out_missing, NULL, top);
	o = ld_json_array(top, "targets");
	for (i = 0; i < all->nr; i++)
		add_targets(&all->taken[i], o);
	add_words(all, o);
	o = ld_json_array(top, "edges");
	for (i = 0; i < all->nr; i++)
		ld_follow_to_json(&all->taken[i].follow, &all->taken[i].req, o);
	ld_batches_to_json(&all->batches, top);
	return ld_json_print(top);
}

static void print_text(const struct taking *all, const struct ld_session *session)
{
	char size[LD_SIZE_LEN], time[LD_SIZE_LEN];
	const struct taken sum = sum_up(all);
	uint64_t missing;

	printf("session %s: ", session->name);
	if (sum.req.nr_roots)
		printf("%llu objects, %s, on %llu pages in %s", sum.snap.out_objects,
		       ld_format_size(sum.snap.out_object_bytes, size), sum.snap.out_pages,
		       ld_format_time(sum.snap.out_time_ns, time));
	if (sum.req.nr_ranges || all_words(all))
		printf("%s%s of ranges", sum.req.nr_roots ? "; " : "",
		       ld_format_size(sum.rec.out_recorded, size));
	missing = ld_missing_total(sum.snap.out_missing);
	if (missing)
		printf("; %s missing (livedump status tells why)", ld_format_size(missing, size));
	putchar('\n');
}

static int report_on(const struct taking *all, const struct ld_session *session,
		     const struct ld_args *args, bool report, struct ld_err *err)
{
	if (!args->quiet)
		ld_batches_tell(&all->batches, stderr);
	if (report && args->json && print_json(all, session))
		return ld_fail(err, LD_EXIT_FAILED, "cannot print the result");
	if (report && !args->json && !args->quiet)
		print_text(all, session);
	return sum_up(all).incomplete ? LD_EXIT_INCOMPLETE : LD_EXIT_OK;
}

static void free_all(struct taking *all)
{
	size_t i;

	for (i = 0; i < all->nr; i++) {
		ld_request_free(&all->taken[i].req);
		ld_follow_free(&all->taken[i].follow);
	}
	free(all->taken);
	ld_batches_free(&all->batches);
	ld_resolver_free(all->resolver);
	free(all->build_id);
}

int ld_snapshot_targets(struct ld_session *session, const struct ld_args *args, bool report,
			struct ld_err *err)
{
	struct taking all = { 0 };
	int result = -1;

	if (!resolve(&all, session, args, err) &&
	    (!report ||
	     !ld_annotate_command(session->fd, args->full_argc, args->full_argv, err)) &&
	    !ld_batches_annotate(&all.batches, session->fd, err) &&
	    !take_all(&all, session, args, report, err)) {
		take_words(&all, session, args);
		result = report_on(&all, session, args, report, err);
	}
	free_all(&all);
	return result;
}

static int run(const struct ld_args *args, struct ld_err *err)
{
	struct ld_session session;
	int result = -1;

	if (!ld_session_begin(&session, err) && !ld_session_open(&session, args->session, err))
		result = ld_snapshot_targets(&session, args, true, err);
	ld_session_end(&session);
	return result;
}

const struct ld_command ld_cmd_snapshot = {
	.name = "snapshot",
	.operands = "[TARGET...]",
	.summary = "record objects and what they point to",
	.details = "See TARGETS in livedump(8) for what a target may be, PROFILES for whole lists\n"
		   "of them. At least one of either is needed.",
	.options = LD_OPT_BIT(SESSION) | LD_SNAPSHOT_OPTIONS | LD_OPT_BIT(JSON),
	.min = 1,
	.max = -1,
	.run = run,
};
