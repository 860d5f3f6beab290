// SPDX-License-Identifier: GPL-2.0
/* A session in numbers: counted, as JSON and back, and for a person. */
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "reason.h"
#include "size.h"
#include "summary.h"

void ld_summary_make(const struct ld_contents *c, uint64_t page_size, struct ld_summary *ret)
{
	const struct livedump_status *st = &c->status;
	size_t i;

	*ret = (struct ld_summary){
		.requests = st->out_requests,
		.busy_ns = st->out_busy_ns,
		.objects = st->out_objects,
		.object_bytes = st->out_object_bytes,
		.listed = st->out_listed,
		.unlisted = st->out_unlisted,
		.range_bytes = st->out_range_bytes,
		.pages = st->out_pages,
		.page_bytes = st->out_pages * page_size,
		.refreshed = st->out_refreshed,
		.holes_dropped = st->out_holes_dropped,
	};
	memcpy(ret->missing, st->out_missing, sizeof(ret->missing));
	for (i = 0; i < st->out_pages; i++) {
		const struct livedump_page *p = &c->pages[i];

		ret->object_pages += !!(p->flags & LIVEDUMP_PAGE_OBJECT);
		ret->range_pages += !!(p->flags & LIVEDUMP_PAGE_RANGE);
		ret->table_pages += !!(p->flags & LIVEDUMP_PAGE_TABLE);
		if (!i || p->time_ns < ret->first_ns)
			ret->first_ns = p->time_ns;
		if (p->time_ns > ret->last_ns)
			ret->last_ns = p->time_ns;
	}
	for (i = 0; i < st->out_holes; i++) {
		if (c->holes[i].reason < LIVEDUMP_NR_REASONS)
			ret->holes[c->holes[i].reason]++;
	}
}

void ld_missing_to_json(const __u64 missing[LIVEDUMP_NR_REASONS],
			const __u64 holes[LIVEDUMP_NR_REASONS], struct json_object *object)
{
	struct json_object *array = ld_json_array(object, "missing");
	unsigned int i;

	for (i = 1; i < LIVEDUMP_NR_REASONS; i++) {
		struct json_object *entry;

		if (!missing[i] && !(holes && holes[i]))
			continue;
		entry = ld_json_element(array);
		ld_json_string(entry, "reason", ld_reason(i)->name);
		ld_json_number(entry, "bytes", missing[i]);
		if (holes)
			ld_json_number(entry, "holes", holes[i]);
	}
}

/* Where each number is in the JSON: ld_summary_to_json() and _from_json() share this. */
static const struct {
	const char *group;		/* NULL: at the top */
	const char *key;
	size_t offset;
} fields[] = {
	{ NULL, "requests", offsetof(struct ld_summary, requests) },
	{ NULL, "busy_ns", offsetof(struct ld_summary, busy_ns) },
	{ "objects", "count", offsetof(struct ld_summary, objects) },
	{ "objects", "bytes", offsetof(struct ld_summary, object_bytes) },
	{ "objects", "listed", offsetof(struct ld_summary, listed) },
	{ "objects", "unlisted", offsetof(struct ld_summary, unlisted) },
	{ "ranges", "bytes", offsetof(struct ld_summary, range_bytes) },
	{ "pages", "count", offsetof(struct ld_summary, pages) },
	{ "pages", "bytes", offsetof(struct ld_summary, page_bytes) },
	{ "pages", "objects", offsetof(struct ld_summary, object_pages) },
	{ "pages", "ranges", offsetof(struct ld_summary, range_pages) },
	{ "pages", "tables", offsetof(struct ld_summary, table_pages) },
	{ "pages", "refreshed", offsetof(struct ld_summary, refreshed) },
	{ "pages", "first_boottime_ns", offsetof(struct ld_summary, first_ns) },
	{ "pages", "last_boottime_ns", offsetof(struct ld_summary, last_ns) },
	{ NULL, "holes_dropped", offsetof(struct ld_summary, holes_dropped) },
};

void ld_summary_to_json(const struct ld_summary *s, struct json_object *object)
{
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(fields); i++) {
		const uint64_t *value = (const uint64_t *)((const char *)s + fields[i].offset);
		struct json_object *to = object;

		if (fields[i].group && !json_object_object_get_ex(object, fields[i].group, &to))
			to = ld_json_child(object, fields[i].group);
		ld_json_number(to, fields[i].key, *value);
	}
	ld_missing_to_json(s->missing, s->holes, object);
}

static uint64_t get_number(struct json_object *object, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_int))
		return 0;
	return json_object_get_uint64(value);
}

static void get_missing(struct json_object *array, struct ld_summary *ret)
{
	size_t i, nr = json_object_array_length(array);
	unsigned int reason;

	for (i = 0; i < nr; i++) {
		struct json_object *entry = json_object_array_get_idx(array, i), *name;

		if (!json_object_object_get_ex(entry, "reason", &name) ||
		    !json_object_is_type(name, json_type_string))
			continue;
		for (reason = 1; reason < LIVEDUMP_NR_REASONS; reason++) {
			if (strcmp(ld_reason(reason)->name, json_object_get_string(name)))
				continue;
			ret->missing[reason] = get_number(entry, "bytes");
			ret->holes[reason] = get_number(entry, "holes");
			break;
		}
	}
}

void ld_summary_from_json(struct json_object *object, struct ld_summary *ret)
{
	struct json_object *from;
	size_t i;

	memset(ret, 0, sizeof(*ret));
	for (i = 0; i < LD_ARRAY_SIZE(fields); i++) {
		from = object;
		if (fields[i].group && !json_object_object_get_ex(object, fields[i].group, &from))
			continue;
		*(uint64_t *)((char *)ret + fields[i].offset) = get_number(from, fields[i].key);
	}
	if (json_object_object_get_ex(object, "missing", &from) &&
	    json_object_is_type(from, json_type_array))
		get_missing(from, ret);
}

void ld_missing_print(const __u64 missing[LIVEDUMP_NR_REASONS],
		      const __u64 holes[LIVEDUMP_NR_REASONS], FILE *to)
{
	unsigned int i;

	for (i = 1; i < LIVEDUMP_NR_REASONS; i++) {
		const struct ld_reason *reason = ld_reason(i);
		char size[LD_SIZE_LEN];

		if (!missing[i] && !(holes && holes[i]))
			continue;
		fprintf(to, "  %12s  %s", ld_format_size(missing[i], size), reason->text);
		if (holes && holes[i])
			fprintf(to, ", %llu place%s", holes[i], holes[i] == 1 ? "" : "s");
		if (reason->remedy)
			fprintf(to, " (to get it: %s)", reason->remedy);
		fputc('\n', to);
	}
}

void ld_summary_print(const struct ld_summary *s, FILE *to)
{
	const uint64_t missing = ld_missing_total(s->missing);
	char size[LD_SIZE_LEN];

	fprintf(to, "objects:  %" PRIu64 ", %s\n", s->objects,
		ld_format_size(s->object_bytes, size));
	if (s->unlisted)
		fprintf(to, "          %" PRIu64 " of them are not in the list of objects\n",
			s->unlisted);
	fprintf(to, "ranges:   %s\n", ld_format_size(s->range_bytes, size));
	fprintf(to, "pages:    %" PRIu64 ", %s (%" PRIu64 " with objects, %" PRIu64
		" of ranges, %" PRIu64 " page tables)\n", s->pages,
		ld_format_size(s->page_bytes, size), s->object_pages, s->range_pages,
		s->table_pages);
	fprintf(to, "time:     %s in %" PRIu64 " request%s\n", ld_format_time(s->busy_ns, size),
		s->requests, s->requests == 1 ? "" : "s");
	fprintf(to, "missing:  %s\n", missing ? ld_format_size(missing, size) : "nothing");
	ld_missing_print(s->missing, s->holes, to);
	if (s->holes_dropped)
		fprintf(to, "  %" PRIu64 " more places are counted above but not listed\n",
			s->holes_dropped);
}
