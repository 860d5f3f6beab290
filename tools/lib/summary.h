/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_SUMMARY_H
#define LD_SUMMARY_H

#include <stdint.h>
#include <stdio.h>
#include <linux/livedump.h>

#include "json.h"
#include "session.h"

/**
 * struct ld_summary - a session in numbers
 * @requests: requests served
 * @busy_ns: time they took
 * @objects: objects walked
 * @object_bytes: their bytes
 * @listed: of the objects, those in the list of objects
 * @unlisted: those that it had no room for
 * @range_bytes: bytes recorded by ranges
 * @pages: pages recorded
 * @page_bytes: their bytes
 * @object_pages: of the pages, those with objects
 * @range_pages: those of ranges; a page may be of several kinds
 * @table_pages: page tables
 * @refreshed: pages that a later request read again
 * @first_ns: CLOCK_BOOTTIME of the oldest page
 * @last_ns: and of the newest
 * @missing: bytes missing, by reason
 * @holes: places where, by reason
 * @holes_dropped: places that are not listed
 */
struct ld_summary {
	uint64_t requests;
	uint64_t busy_ns;
	uint64_t objects;
	uint64_t object_bytes;
	uint64_t listed;
	uint64_t unlisted;
	uint64_t range_bytes;
	uint64_t pages;
	uint64_t page_bytes;
	uint64_t object_pages;
	uint64_t range_pages;
	uint64_t table_pages;
	uint64_t refreshed;
	uint64_t first_ns;
	uint64_t last_ns;
	__u64 missing[LIVEDUMP_NR_REASONS];
	__u64 holes[LIVEDUMP_NR_REASONS];
	uint64_t holes_dropped;
};

/**
 * ld_summary_make() - count
 * @c: a session's index
 * @page_size: bytes
 * @ret: numbers
 */
void ld_summary_make(const struct ld_contents *c, uint64_t page_size, struct ld_summary *ret);

/** ld_summary_to_json() - add all of it. @s: it; @object: to this. */
void ld_summary_to_json(const struct ld_summary *s, struct json_object *object);

/**
 * ld_summary_from_json() - the reverse; what is absent or of a wrong type is 0
 * @object: as ld_summary_to_json() made it, or anything
 * @ret: numbers
 */
void ld_summary_from_json(struct json_object *object, struct ld_summary *ret);

/** ld_summary_print() - for a person. @s: it; @to: there. */
void ld_summary_print(const struct ld_summary *s, FILE *to);

/**
 * ld_missing_print() - one line for each reason
 * @missing: bytes, by reason
 * @holes: places, by reason, or NULL
 * @to: there
 */
void ld_missing_print(const __u64 missing[LIVEDUMP_NR_REASONS],
		      const __u64 holes[LIVEDUMP_NR_REASONS], FILE *to);

/**
 * ld_missing_to_json() - add an array of the reasons that cost something
 * @missing: bytes, by reason
 * @holes: places, by reason, or NULL
 * @object: to this, as ``missing``
 */
void ld_missing_to_json(const __u64 missing[LIVEDUMP_NR_REASONS],
			const __u64 holes[LIVEDUMP_NR_REASONS], struct json_object *object);

#endif
