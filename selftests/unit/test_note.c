// SPDX-License-Identifier: GPL-2.0
/* The LIVEDUMP note, the numbers in it, and what counts as incomplete. */
#include <stdint.h>

#include "note.h"
#include "reason.h"
#include "summary.h"
#include "writer.h"

static struct livedump_page pages[] = {
	{ .pfn = 1, .time_ns = 500, .request = 1, .flags = LIVEDUMP_PAGE_OBJECT },
	{ .pfn = 2, .time_ns = 300, .request = 1,
	  .flags = LIVEDUMP_PAGE_OBJECT | LIVEDUMP_PAGE_RANGE },
	{ .pfn = 3, .time_ns = 900, .request = 2, .flags = LIVEDUMP_PAGE_TABLE },
};

static struct livedump_hole holes[] = {
	{ .address = 0xffff888012345000, .length = 4096, .request = 2,
	  .reason = LIVEDUMP_USER, .flags = 0 },
	{ .address = 0x1000, .length = 8192, .request = 1, .reason = LIVEDUMP_NOT_RAM,
	  .flags = LIVEDUMP_HOLE_PHYS | LIVEDUMP_HOLE_ASKED },
};

static const char vmcoreinfo[] = "OSRELEASE=6.1.0\nBUILD-ID=abc123\nXBUILD-ID=no\nPAGESIZE=4096\n";

static struct ld_contents make_contents(void)
{
	struct ld_contents c = {
		.status = {
			.out_name = "trouble",
			.out_state = LIVEDUMP_STOPPED,
			.out_requests = 2,
			.out_created_ns = 100000000000,
			.out_pages = LD_ARRAY_SIZE(pages),
			.out_holes = LD_ARRAY_SIZE(holes),
			.out_objects = 17,
			.out_listed = 15,
			.out_unlisted = 2,
			.out_object_bytes = 1700,
			.out_range_bytes = 4096,
			.out_refreshed = 1,
			.out_busy_ns = 12345,
		},
		.pages = pages,
		.holes = holes,
	};

	c.status.out_missing[LIVEDUMP_USER] = 4096;
	c.status.out_missing[LIVEDUMP_NOT_RAM] = 8192;
	return c;
}

static struct json_object *make_note(const struct ld_contents *c)
{
	static char words[][16] = { "livedump", "stop", "-o", "bad \xff name" };
	char *argv[5] = { words[0], words[1], words[2], words[3], NULL };
	struct ld_session session = {
		.name = "trouble",
		.info = {
			.vmcoreinfo = (uintptr_t)vmcoreinfo,
			.out_vmcoreinfo_size = sizeof(vmcoreinfo) - 1,
			.out_page_size = 4096,
			.out_nr_cpus = 4,
			.out_cap = 1 << 20,
		},
		.boot_realtime_ns = 1709208000000000000,
	};
	static const char earlier[] =
		"[{\"command\":[\"livedump\",\"start\"],\"time\":\"then\",\"uid\":7},\n"
		"{\"command\":[\"other\"],\"time\":[],\"uid\":\"x\",\"sudo_user\":\"me\"},{}]";
	struct json_object *note, *commands = json_tokener_parse(earlier);
	struct ld_summary summary;
	char *text;

	ld_summary_make(c, 4096, &summary);
	text = need(ld_note_text(&(struct ld_note_input){
		.session = &session, .contents = c, .summary = &summary,
		.incomplete = ld_contents_incomplete(c), .commands = commands, .argc = 4,
		.argv = argv,
	}));
	json_object_put(commands);
	note = json_tokener_parse(text);
	free(text);
	return need(note);
}

/* A member, by a path of keys with dots. */
static const char *at(struct json_object *o, const char *path)
{
	char copy[128], *key, *rest = copy;

	snprintf(copy, sizeof(copy), "%s", path);
	while ((key = strsep(&rest, "."))) {
		if (!json_object_object_get_ex(o, key, &o))
			return "absent";
	}
	return json_object_get_string(o);
}

static void expect_at(struct json_object *note, const char *path, const char *text)
{
	const char *got = at(note, path);

	if (got && !strcmp(got, text))
		return;
	printf("# %s is %s, not %s\n", path, got ? got : "null", text);
	test_bad = 1;
}

static void contents(void)
{
	struct ld_contents c = make_contents();
	struct json_object *note = make_note(&c), *array, *written;

	expect_at(note, "version", "1");
	expect_at(note, "session.name", "trouble");
	expect_at(note, "session.state", "stopped");
	expect_at(note, "session.created", "2024-02-29T12:01:40Z");
	expect_at(note, "session.limit", "1048576");
	expect_at(note, "host.build_id", "abc123");
	expect_at(note, "host.cpus", "4");
	expect_at(note, "written.boot_realtime_ns", "1709208000000000000");
	expect_at(note, "complete", "false");
	expect_at(note, "requests", "2");
	expect_at(note, "objects.count", "17");
	expect_at(note, "ranges.bytes", "4096");
	expect_at(note, "pages.count", "3");
	expect_at(note, "pages.objects", "2");
	expect_at(note, "pages.ranges", "1");
	expect_at(note, "pages.tables", "1");
	expect_at(note, "pages.first_boottime_ns", "300");
	expect_at(note, "pages.last_boottime_ns", "900");
	EXPECT(json_object_object_get_ex(note, "holes", &array) &&
	       json_object_array_length(array) == 2);
	expect_at(json_object_array_get_idx(array, 0), "address", "0xffff888012345000");
	expect_at(json_object_array_get_idx(array, 0), "reason", "user");
	expect_at(json_object_array_get_idx(array, 0), "asked", "false");
	expect_at(json_object_array_get_idx(array, 1), "physical", "true");
	expect_at(json_object_array_get_idx(array, 1), "asked", "true");
	EXPECT_HAS(at(note, "written.commands"),
		   "[ [ \"livedump\", \"start\" ], [ \"other\" ], [ \"livedump\", \"stop\", ");
	EXPECT(json_object_object_get_ex(note, "written", &written) &&
	       json_object_object_get_ex(written, "given", &array) &&
	       json_object_array_length(array) == 3);
	EXPECT(!strcmp(json_object_to_json_string(json_object_array_get_idx(array, 0)),
		       "{ \"time\": \"then\", \"uid\": 7, \"sudo_user\": null }"));
	EXPECT(!strcmp(json_object_to_json_string(json_object_array_get_idx(array, 1)),
		       "{ \"time\": null, \"uid\": null, \"sudo_user\": \"me\" }"));
	expect_at(json_object_array_get_idx(array, 2), "time", at(note, "written.time"));
	/* what is not UTF-8 would make the whole note unreadable to others */
	EXPECT_HAS(at(note, "written.commands"), "bad ? name");
	json_object_put(note);
}

static void round_trip(void)
{
	struct ld_contents c = make_contents();
	struct json_object *note = make_note(&c);
	struct ld_summary made, read;

	ld_summary_make(&c, 4096, &made);
	EXPECT(made.holes[LIVEDUMP_USER] == 1 && made.holes[LIVEDUMP_NOT_RAM] == 1);
	ld_summary_from_json(note, &read);
	EXPECT(!memcmp(&made, &read, sizeof(made)));
	json_object_put(note);
}

static void hostile_json(void)
{
	static const char * const texts[] = {
		"{}", "{\"pages\":7}", "{\"pages\":[]}", "{\"pages\":null,\"missing\":{}}",
		"{\"missing\":[1,null,{},{\"reason\":1},{\"reason\":\"none\"},[]]}",
		"{\"requests\":\"many\",\"objects\":{\"count\":-1,\"bytes\":1e300}}",
		"{\"missing\":[{\"reason\":\"user\",\"bytes\":[]}]}",
	};
	struct ld_summary s, none = { 0 };
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(texts); i++) {
		struct json_object *o = need(json_tokener_parse(texts[i]));

		ld_summary_from_json(o, &s);
		EXPECT(!memcmp(&s, &none, sizeof(s)));
		json_object_put(o);
	}
}

static void incomplete(void)
{
	struct ld_contents c = make_contents();

	EXPECT(ld_contents_incomplete(&c));
	/* memory that was merely pointed to does not count */
	c.status.out_holes = 1;
	EXPECT(!ld_contents_incomplete(&c));
	c.status.out_missing[LIVEDUMP_BUDGET] = 1;
	EXPECT(ld_contents_incomplete(&c));
	c.status.out_missing[LIVEDUMP_BUDGET] = 0;
	c.status.out_holes_dropped = 1;
	EXPECT(ld_contents_incomplete(&c));
}

static void reasons(void)
{
	unsigned int i, j;

	for (i = 0; i <= LIVEDUMP_INTERRUPTED; i++) {
		EXPECT(strcmp(ld_reason(i)->name, "unknown"));
		EXPECT(ld_reason(i)->text);
		for (j = 0; j < i; j++)
			EXPECT(strcmp(ld_reason(i)->name, ld_reason(j)->name));
	}
	EXPECT(!strcmp(ld_reason(LIVEDUMP_NR_REASONS - 1)->name, "unknown"));
	EXPECT(!strcmp(ld_reason(4711)->name, "unknown"));
}

static void vmcoreinfo_lines(void)
{
	static const struct {
		const char *key;
		const char *value;
	} lines[] = {
		{ "OSRELEASE", "6.1.0" }, { "BUILD-ID", "abc123" }, { "PAGESIZE", "4096" },
		{ "SIZE", NULL }, { "BUILD", NULL }, { "OSRELEASE=6", NULL }, { "", NULL },
	};
	size_t i, cut;
	char *value;

	for (i = 0; i < LD_ARRAY_SIZE(lines); i++) {
		value = ld_vmcoreinfo_value(vmcoreinfo, sizeof(vmcoreinfo) - 1, lines[i].key);
		EXPECT(lines[i].value ? value && !strcmp(value, lines[i].value) : !value);
		free(value);
	}
	/* at any length, from memory that ends there */
	for (cut = 0; cut < sizeof(vmcoreinfo); cut++) {
		char *copy = need(malloc(cut + !cut));

		memcpy(copy, vmcoreinfo, cut);
		free(ld_vmcoreinfo_value(copy, cut, "PAGESIZE"));
		free(copy);
	}
}

int main(void)
{
	RUN(contents);
	RUN(round_trip);
	RUN(hostile_json);
	RUN(incomplete);
	RUN(reasons);
	RUN(vmcoreinfo_lines);
	return END();
}
