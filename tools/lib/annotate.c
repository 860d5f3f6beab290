// SPDX-License-Identifier: GPL-2.0
/* Notes kept with a session: the command lines. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "annotate.h"
#include "dev.h"
#include "size.h"

int ld_annotate_json(int session, struct json_object *note, struct ld_err *err)
{
	const char *text = json_object_to_json_string_ext(note, JSON_C_TO_STRING_PLAIN |
							  JSON_C_TO_STRING_NOSLASHESCAPE);
	size_t length = text ? strlen(text) : 0;
	char *line = malloc(length + 1);
	int result;

	if (!text || !line) {
		result = ld_fail(err, LD_EXIT_FAILED, "out of memory");
	} else {
		memcpy(line, text, length);
		line[length] = '\n';
		result = ld_dev_annotate(session, line, length + 1, err);
	}
	free(line);
	json_object_put(note);
	return result;
}

int ld_annotate_command(int session, int argc, char **argv, struct ld_err *err)
{
	struct json_object *note = json_object_new_object();
	struct json_object *words = ld_json_array(note, "command");
	char text[LD_SIZE_LEN];
	struct timespec now;
	int i;

	for (i = 0; i < argc; i++)
		json_object_array_add(words, ld_json_text(argv[i]));
	clock_gettime(CLOCK_REALTIME, &now);
	ld_json_string(note, "time", ld_format_utc((uint64_t)now.tv_sec * 1000000000, 0, text));
	ld_json_number(note, "uid", getuid());
	ld_json_string(note, "sudo_user", getenv("SUDO_USER"));
	return ld_annotate_json(session, note, err) < 0 ? -1 : 0;
}

int ld_annotate_incomplete(int session, struct ld_err *err)
{
	struct json_object *note = json_object_new_object();

	ld_json_bool(note, "incomplete", 1);
	return ld_annotate_json(session, note, err);
}
