/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What came of it: results add up and what was recorded is right, also after a failure. A header,
 * as one program can include the kselftest harness only once.
 */
#ifndef LIVEDUMP_CHECKS_H
#define LIVEDUMP_CHECKS_H

#include <sys/mman.h>

#include "kselftest_harness.h"
#include "livedump_utils.h"
#include "scene.h"

/* Requests answer also when they fail for want of memory, unless they had not begun. */
static void check_record(struct __test_metadata *_metadata, struct scene *s, int err)
{
	__u64 recorded = 0, missing = 0;
	__u32 i;

	if (err && ld_same(&s->record.out_recorded, JUNK, 8) == 8)
		return;
	for (i = 0; i < s->nr; i++) {
		struct livedump_range *r = &s->ranges[i];

		EXPECT_EQ(r->length, r->out_recorded + ld_sum(r->out_missing));
		recorded += r->out_recorded;
		missing += ld_sum(r->out_missing);
	}
	EXPECT_EQ(recorded, s->record.out_recorded);
	EXPECT_EQ(missing, ld_sum(s->record.out_missing));
	if (!err)
		EXPECT_EQ(0, s->record.out_missing[LIVEDUMP_NO_MEMORY]);
}

static void check_snapshot(struct __test_metadata *_metadata, struct scene *s, int err)
{
	struct livedump_snapshot *arg = &s->snap.arg;
	struct livedump_root *root = &s->snap.roots[0];

	if (err && ld_same(&arg->out_objects, JUNK, 8) == 8)
		return;
	EXPECT_LE(arg->out_objects, arg->max_objects);
	EXPECT_LE(arg->out_null + arg->out_foreign + arg->out_seen + arg->out_cut,
		  arg->out_pointers);
	EXPECT_LE(512, root->out_recorded + ld_sum(root->out_missing));
	if (!err) {
		EXPECT_EQ(0, arg->out_missing[LIVEDUMP_NO_MEMORY]);
		EXPECT_LE(1, arg->out_objects);
	}
}

/* A cache of which nothing is found is complete; without memory to look for it, it is not. */
static void check_cache(struct __test_metadata *_metadata, struct scene *s, int err)
{
	struct livedump_root *root = &s->snap.roots[0];

	if (err && ld_same(&s->snap.arg.out_objects, JUNK, 8) == 8)
		return;
	EXPECT_EQ(0, root->out_recorded);
	if (!err)
		EXPECT_EQ(0, ld_sum(root->out_missing));
	EXPECT_EQ(ld_sum(root->out_missing), root->out_missing[LIVEDUMP_NO_MEMORY]);
}

/* What is walked is listed, or counted as not listed. */
static void check_listed(struct __test_metadata *_metadata, struct scene *s, int err)
{
	struct livedump_status st;

	check_snapshot(_metadata, s, err);
	test_status(s->fd, &st);
	EXPECT_LE(st.out_objects, st.out_listed + st.out_unlisted);
	if (!err)
		EXPECT_LE(1, st.out_listed + st.out_unlisted);
}

/* Notes are whole. */
static void check_note(struct __test_metadata *_metadata, struct scene *s, int err)
{
	struct view v;

	ASSERT_EQ(0, view_map(&v, s->fd));
	EXPECT_EQ(err ? 0 : 3 * PAGE_SIZE + 5, v.status.out_notes);
	if (!err)
		EXPECT_EQ(0, memcmp(s->own, v.notes, 3 * PAGE_SIZE + 5));
	view_unmap(&v);
}

/* Pages of ours that the session has are right, and there are at least @least of them. */
static void check_bytes(struct __test_metadata *_metadata, struct scene *s, __u32 least)
{
	struct view v;
	__u32 found = 0;
	__u64 i;
	int k;

	ASSERT_EQ(0, view_map(&v, s->fd));
	EXPECT_LE(v.status.out_pages * PAGE_SIZE, v.status.out_used);
	for (i = 0; i < v.status.out_pages; i++) {
		for (k = 0; k < OWN_PAGES && s->pfn[k] != v.pages[i].pfn; k++)
			;
		if (k == OWN_PAGES)
			continue;
		found++;
		EXPECT_EQ(PAGE_SIZE, ld_same(v.data + i * PAGE_SIZE, k + 1, PAGE_SIZE));
	}
	EXPECT_LE(least, found);
	view_unmap(&v);
}

#endif
