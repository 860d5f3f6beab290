// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev.h"
#include "json.h"
#include "livedump.h"
#include "profile.h"
#include "size.h"

static const char *state_name(uint32_t state)
{
	return state == LIVEDUMP_STOPPED ? "stopped" : "recording";
}

static int print_json(const struct ld_session *s, const struct livedump_list_entry *entries,
		      size_t nr)
{
	struct json_object *top = json_object_new_object();
	struct json_object *array = ld_json_array(top, "sessions");
	char text[LD_SIZE_LEN];
	size_t i;

	for (i = 0; i < nr; i++) {
		const struct livedump_list_entry *e = &entries[i];
		struct json_object *o = ld_json_element(array);

		ld_json_string(o, "name", e->name);
		ld_json_string(o, "state", state_name(e->state));
		ld_json_number(o, "requests", e->requests);
		ld_json_number(o, "pages", e->pages);
		ld_json_number(o, "used", e->used);
		ld_json_number(o, "limit", ld_session_limit(s, e->limit));
		ld_json_string(o, "created",
			       ld_format_utc(s->boot_realtime_ns + e->created_ns, 0, text));
		ld_json_number(o, "creator_pid", e->creator_pid);
		ld_json_number(o, "creator_uid", e->creator_uid);
	}
	return ld_json_print(top);
}

static void print_table(const struct ld_session *s, const struct livedump_list_entry *entries,
			size_t nr)
{
	char created[LD_SIZE_LEN], used[LD_SIZE_LEN];
	size_t i;

	if (!nr) {
		puts("no session is open");
		return;
	}
	printf("%-20s %-9s %8s %10s %12s  %-20s %7s %6s\n", "NAME", "STATE", "REQUESTS", "PAGES",
	       "MEMORY", "STARTED", "PID", "UID");
	for (i = 0; i < nr; i++) {
		const struct livedump_list_entry *e = &entries[i];

		printf("%-20s %-9s %8u %10llu %12s  %-20s %7u %6u\n", e->name,
		       state_name(e->state), e->requests, e->pages, ld_format_size(e->used, used),
		       ld_format_utc(s->boot_realtime_ns + e->created_ns, 0, created),
		       e->creator_pid, e->creator_uid);
	}
}

static int profiles_json(const struct ld_profile_sources *all)
{
	struct json_object *top = json_object_new_object(), *o;
	struct json_object *array = ld_json_array(top, "profiles");
	char text[200];
	size_t i;

	for (i = 0; i < all->nr; i++) {
		const struct ld_profile_source *p = &all->list[i];
		const char *summary = "";
		size_t length = ld_profile_summary(p->text, &summary);

		snprintf(text, sizeof(text), "%.*s", (int)length, summary);
		o = ld_json_element(array);
		ld_json_string(o, "name", p->name);
		ld_json_string(o, "summary", text);
		ld_json_bool(o, "argument", ld_profile_takes_argument(p->text));
		ld_json_string(o, "file", p->file);
	}
	return ld_json_print(top);
}

static void profiles_table(const struct ld_profile_sources *all)
{
	char name[100];
	size_t i;

	for (i = 0; i < all->nr; i++) {
		const struct ld_profile_source *p = &all->list[i];
		const char *summary = "";
		size_t length = ld_profile_summary(p->text, &summary);

		snprintf(name, sizeof(name), "%s%s", p->name,
			 ld_profile_takes_argument(p->text) ? "[=ARG]" : "");
		printf("%-14s %.*s\n", name, (int)length, summary);
	}
}

static int list_profiles(const struct ld_args *args, struct ld_err *err)
{
	struct ld_profile_sources all = { 0 };
	int result = -1;

	if (!ld_profile_sources(&all, LD_PROFILES_DIR, err)) {
		result = LD_EXIT_OK;
		if (!args->json)
			profiles_table(&all);
		else if (profiles_json(&all))
			result = ld_fail(err, LD_EXIT_FAILED, "cannot print the list");
	}
	ld_profile_sources_free(&all);
	return result;
}

static int run(const struct ld_args *args, struct ld_err *err)
{
	struct livedump_list_entry *entries = NULL;
	struct ld_session session;
	int result = -1;
	size_t nr;

	if (args->argc && !strcmp(args->argv[0], "profiles"))
		return list_profiles(args, err);
	if (args->argc && strcmp(args->argv[0], "sessions"))
		return ld_fail(err, LD_EXIT_USAGE,
			       "'%s' cannot be listed: sessions and profiles can", args->argv[0]);
	if (!ld_session_begin(&session, err) && !ld_dev_list(session.dev, &entries, &nr, err)) {
		result = LD_EXIT_OK;
		if (!args->json)
			print_table(&session, entries, nr);
		else if (print_json(&session, entries, nr))
			result = ld_fail(err, LD_EXIT_FAILED, "cannot print the list");
	}
	free(entries);
	ld_session_end(&session);
	return result;
}

const struct ld_command ld_cmd_list = {
	.name = "list",
	.operands = "[sessions|profiles]",
	.summary = "list the open sessions, or the profiles there are",
	.options = LD_OPT_BIT(JSON),
	.min = 0,
	.max = 1,
	.run = run,
};
