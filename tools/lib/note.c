// SPDX-License-Identifier: GPL-2.0
/* The LIVEDUMP note: what a file says about its own making. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "cpus.h"
#include "json.h"
#include "note.h"
#include "reason.h"
#include "size.h"
#include "version.h"

char *ld_vmcoreinfo_value(const char *text, size_t size, const char *key)
{
	const size_t key_length = strlen(key);

	while (size) {
		const char *newline = memchr(text, '\n', size);
		size_t length = newline ? (size_t)(newline - text) : size;

		if (length > key_length && !memcmp(text, key, key_length) &&
		    text[key_length] == '=')
			return strndup(text + key_length + 1, length - key_length - 1);
		length += newline ? 1 : 0;
		text += length;
		size -= length;
	}
	return NULL;
}

static void add_time(struct json_object *to, const char *key, const struct ld_session *s,
		     uint64_t boottime_ns)
{
	char text[LD_SIZE_LEN];

	ld_json_string(to, key, ld_format_utc(s->boot_realtime_ns + boottime_ns, 0, text));
}

void ld_note_session(const struct ld_session *s, const struct livedump_status *st,
		     struct json_object *to)
{
	struct json_object *session = ld_json_child(to, "session");

	ld_json_string(session, "name", st->out_name);
	ld_json_string(session, "state",
		       st->out_state == LIVEDUMP_STOPPED ? "stopped" : "recording");
	add_time(session, "created", s, st->out_created_ns);
	ld_json_number(session, "created_boottime_ns", st->out_created_ns);
	ld_json_number(session, "deadline_boottime_ns", st->out_deadline_ns);
	ld_json_number(session, "creator_pid", st->out_creator_pid);
	ld_json_number(session, "creator_uid", st->out_creator_uid);
	ld_json_number(session, "limit", ld_session_limit(s, st->out_limit));
	ld_json_number(session, "used", st->out_used);
}

static void add_host(const struct ld_note_input *in, struct json_object *to)
{
	const struct livedump_info *info = &in->session->info;
	struct json_object *host = ld_json_child(to, "host");
	struct utsname uts;
	char *build_id;

	if (!uname(&uts)) {
		ld_json_string(host, "nodename", uts.nodename);
		ld_json_string(host, "release", uts.release);
		ld_json_string(host, "version", uts.version);
		ld_json_string(host, "machine", uts.machine);
	}
	build_id = ld_vmcoreinfo_value((const char *)(uintptr_t)info->vmcoreinfo,
				       info->out_vmcoreinfo_size, "BUILD-ID");
	ld_json_string(host, "build_id", build_id);
	free(build_id);
	ld_json_number(host, "page_size", info->out_page_size);
	ld_json_address(host, "page_offset", info->out_page_offset);
	ld_json_address(host, "text_start", info->out_text_start);
	ld_json_address(host, "text_end", info->out_text_end);
	ld_json_number(host, "cpus", info->out_nr_cpus);
	ld_json_number(host, "ram", info->out_total_ram);
}

/* A member of what an earlier command has left, or null where it is not of @type. */
static void copy_member(struct json_object *to, struct json_object *from, const char *key,
			json_type type)
{
	struct json_object *value;

	if (!json_object_object_get_ex(from, key, &value) || !json_object_is_type(value, type))
		value = NULL;
	json_object_object_add(to, key, json_object_get(value));
}

/* The commands of the session, and for each by whom and when it was given. */
static void add_commands(const struct ld_note_input *in, struct json_object *written)
{
	struct json_object *commands = ld_json_array(written, "commands"), *command;
	struct json_object *given = ld_json_array(written, "given"), *by, *words;
	size_t i, nr = in->commands ? json_object_array_length(in->commands) : 0;
	int k;

	for (i = 0; i < nr; i++) {
		command = json_object_array_get_idx(in->commands, i);
		if (!json_object_object_get_ex(command, "command", &words))
			continue;
		json_object_array_add(commands, json_object_get(words));
		by = ld_json_element(given);
		copy_member(by, command, "time", json_type_string);
		copy_member(by, command, "uid", json_type_int);
		copy_member(by, command, "sudo_user", json_type_string);
	}
	words = json_object_new_array();
	for (k = 0; k < in->argc; k++)
		json_object_array_add(words, ld_json_text(in->argv[k]));
	json_object_array_add(commands, words);
	by = ld_json_element(given);
	copy_member(by, written, "time", json_type_string);
	copy_member(by, written, "uid", json_type_int);
	copy_member(by, written, "sudo_user", json_type_string);
}

static void add_writer(const struct ld_note_input *in, struct json_object *to)
{
	struct json_object *written = ld_json_child(to, "written");
	struct timespec now;
	char text[LD_SIZE_LEN];
	uint64_t realtime;

	clock_gettime(CLOCK_REALTIME, &now);
	realtime = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	ld_json_string(written, "time", ld_format_utc(realtime, 0, text));
	/* Added to any boottime_ns of this note, it gives nanoseconds since 1970. */
	ld_json_number(written, "boot_realtime_ns", in->session->boot_realtime_ns);
	ld_json_string(written, "tool", "livedump " LD_VERSION);
	ld_json_number(written, "module_abi", in->session->info.out_abi);
	ld_json_number(written, "uid", getuid());
	ld_json_string(written, "sudo_user", getenv("SUDO_USER"));
	add_commands(in, written);
}

static void add_holes(const struct ld_contents *c, struct json_object *to)
{
	struct json_object *holes = ld_json_array(to, "holes");
	size_t i;

	for (i = 0; i < c->status.out_holes; i++) {
		const struct livedump_hole *h = &c->holes[i];
		struct json_object *hole = ld_json_element(holes);

		ld_json_address(hole, "address", h->address);
		ld_json_number(hole, "length", h->length);
		ld_json_string(hole, "reason", ld_reason(h->reason)->name);
		ld_json_number(hole, "request", h->request);
		ld_json_bool(hole, "physical", h->flags & LIVEDUMP_HOLE_PHYS);
		ld_json_bool(hole, "asked", h->flags & LIVEDUMP_HOLE_ASKED);
	}
}

char *ld_note_text(const struct ld_note_input *in)
{
	struct json_object *note = json_object_new_object();
	const char *text;
	char *copy;

	ld_json_number(note, "version", LD_NOTE_VERSION);
	ld_note_session(in->session, &in->contents->status, note);
	add_host(in, note);
	add_writer(in, note);
	ld_json_bool(note, "complete", !in->incomplete);
	ld_summary_to_json(in->summary, note);
	ld_cpus_to_json(in->contents->cpus, in->contents->status.out_cpus, note);
	add_holes(in->contents, note);
	json_object_object_add(note, "skipped", in->skipped ? json_object_get(in->skipped) :
						json_object_new_array());
	text = json_object_to_json_string_ext(note, JSON_C_TO_STRING_PLAIN |
					      JSON_C_TO_STRING_NOSLASHESCAPE);
	copy = text ? strdup(text) : NULL;
	json_object_put(note);
	return copy;
}
