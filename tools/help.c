// SPDX-License-Identifier: GPL-2.0
/* Help and completion, made from the tables of commands and options. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "dev.h"
#include "livedump.h"
#include "profile.h"

void ld_help_overview(FILE *to)
{
	size_t i;

	fputs("usage: livedump COMMAND [OPTION...] [ARGUMENT...]\n\n", to);
	fputs("Takes vmcores of named kernel objects from a running system.\n\n", to);
	for (i = 0; ld_commands[i]; i++)
		fprintf(to, "  %-14s %s\n", ld_commands[i]->name, ld_commands[i]->summary);
	fputs("\nlivedump COMMAND --help tells more; so does livedump(8).\n", to);
}

static void print_option(const struct ld_option *o, FILE *to)
{
	char letter[8] = "    ", text[64];

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	snprintf(text, sizeof(text), "--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
	fprintf(to, "  %s%-20s %s\n", letter, text, o->help);
}

void ld_help_command(const struct ld_command *cmd, FILE *to)
{
	uint64_t set = ld_command_options(cmd);
	unsigned int id;

	fprintf(to, "usage: livedump %s [OPTION...]%s%s\n\n%c%s.\n", cmd->name,
		*cmd->operands ? " " : "", cmd->operands, toupper((unsigned char)*cmd->summary),
		cmd->summary + 1);
	if (cmd->details)
		fprintf(to, "%s\n", cmd->details);
	fputc('\n', to);
	for (id = 0; id < LD_NR_OPTIONS; id++) {
		if (set & 1ULL << id)
			print_option(&ld_options[id], to);
	}
}

static void complete_commands(void)
{
	size_t i;

	for (i = 0; ld_commands[i]; i++)
		puts(ld_commands[i]->name);
}

/* Silent without the module or the right to use it. */
static void complete_sessions(void)
{
	struct livedump_list_entry *entries;
	struct ld_session session;
	struct ld_err err;
	size_t nr, i;

	if (!ld_session_begin(&session, &err) &&
	    !ld_dev_list(session.dev, &entries, &nr, &err)) {
		for (i = 0; i < nr; i++)
			puts(entries[i].name);
		free(entries);
	}
	ld_session_end(&session);
}

static void complete_formats(void)
{
	int id;

	for (id = 0; id < LD_NR_FORMATS; id++)
		puts(ld_format_name(id));
}

static void complete_codecs(void)
{
	int codec;

	for (codec = 0; codec < LD_NR_CODECS; codec++)
		puts(ld_codec_name(codec));
}

/* A key, then a value of it. */
static void complete_config(int word, char **argv)
{
	int key;

	for (key = 0; word == 2 && key < LD_NR_CONFIG; key++)
		puts(ld_config_name(key));
	if (word == 3 && !strcmp(argv[2], ld_config_name(LD_CONFIG_FORMAT)))
		complete_formats();
	if (word == 3 && !strcmp(argv[2], ld_config_name(LD_CONFIG_COMPRESSION)))
		complete_codecs();
	if (word == 3)
		puts(LD_CONFIG_RESET);
}

/* Silent where a directory cannot be read. */
static void complete_profiles(void)
{
	struct ld_profile_sources all = { 0 };
	struct ld_err err;
	size_t i;

	ld_profile_sources(&all, LD_PROFILES_DIR, &err);
	for (i = 0; i < all.nr; i++)
		puts(all.list[i].name);
	ld_profile_sources_free(&all);
}

/* The option that @word is, if it awaits an argument. */
static const struct ld_option *awaiting(uint64_t set, const char *word)
{
	unsigned int id;

	for (id = 0; id < LD_NR_OPTIONS; id++) {
		const struct ld_option *o = &ld_options[id];

		if (!(set & 1ULL << id) || ld_option_is_flag(o))
			continue;
		if ((word[0] == '-' && word[1] && word[1] == o->letter && !word[2]) ||
		    (!strncmp(word, "--", 2) && !strcmp(word + 2, o->name)))
			return o;
	}
	return NULL;
}

static void complete_options(uint64_t set)
{
	unsigned int id;

	for (id = 0; id < LD_NR_OPTIONS; id++) {
		if (set & 1ULL << id)
			printf("--%s\n", ld_options[id].name);
	}
}

void ld_complete(int word, int argc, char **argv)
{
	const struct ld_command *cmd = word > 1 && argc > 1 ? ld_command_find(argv[1]) : NULL;
	const struct ld_option *o;

	if (word == 1)
		complete_commands();
	if (!cmd || word < 2 || word > argc)
		return;
	o = awaiting(ld_command_options(cmd), argv[word - 1]);
	if (o && (o->kind == LD_KIND_FILE || o->kind == LD_KIND_FILES))
		puts(":files");
	else if (o && o->kind == LD_KIND_SESSION)
		complete_sessions();
	else if (o && o->kind == LD_KIND_FORMAT)
		complete_formats();
	else if (o && o->kind == LD_KIND_CODEC)
		complete_codecs();
	else if (o && o->kind == LD_KIND_PROFILES)
		complete_profiles();
	else if (o)
		;
	else if (word < argc && argv[word][0] == '-')
		complete_options(ld_command_options(cmd));
	else if (cmd == &ld_cmd_info)
		puts(":files");
	else if (cmd == &ld_cmd_help)
		complete_commands();
	else if (cmd == &ld_cmd_config)
		complete_config(word, argv);
	else if (cmd == &ld_cmd_list)
		puts("sessions\nprofiles");
}
