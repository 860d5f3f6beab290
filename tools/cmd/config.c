// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compress.h"
#include "config.h"
#include "json.h"
#include "livedump.h"

/* Levels are those of the compression that is configured. */
static int check_level(const struct ld_config *config, int level, struct ld_err *err)
{
	const char *codec = config->value[LD_CONFIG_COMPRESSION];

	return ld_codec_check(*codec ? ld_codec_find(codec) : LD_DEFAULT_CODEC, level, err);
}

static int set(enum ld_config_key key, const char *value, const struct ld_config *config,
	       struct ld_err *err)
{
	if (strcmp(value, LD_CONFIG_RESET)) {
		if (ld_config_check(key, value, err))
			return -1;
		if (key == LD_CONFIG_LEVEL && check_level(config, atoi(value), err))
			return -1;
	}
	return ld_config_write(LD_CONFIG_PATH, key, value, err);
}

static int print_json(const struct ld_config *config, struct ld_err *err)
{
	struct json_object *top = json_object_new_object();
	int key;

	for (key = 0; key < LD_NR_CONFIG; key++) {
		const char *value = config->value[key];

		ld_json_string(top, ld_config_name(key), *value ? value : NULL);
	}
	return ld_json_print(top) ? ld_fail(err, LD_EXIT_FAILED, "cannot print the defaults") : 0;
}

static void print_all(const struct ld_config *config)
{
	int key;

	for (key = 0; key < LD_NR_CONFIG; key++) {
		if (*config->value[key])
			printf("%s = %s\n", ld_config_name(key), config->value[key]);
		else
			printf("# %s = %s (built in)\n", ld_config_name(key),
			       ld_config_builtin(key));
	}
}

static int run(const struct ld_args *args, struct ld_err *err)
{
	struct ld_config config;
	int key = 0;

	if (args->argc) {
		key = ld_config_find(args->argv[0], err);
		if (key < 0)
			return -1;
	}
	if (args->json && args->argc)
		return ld_fail(err, LD_EXIT_USAGE, "--json prints all of them: give no KEY");
	if (ld_config_read(LD_CONFIG_PATH, &config, err))
		return -1;
	if (args->json)
		return print_json(&config, err);
	if (args->argc > 1)
		return set(key, args->argv[1], &config, err);
	if (!args->argc)
		print_all(&config);
	else
		puts(*config.value[key] ? config.value[key] : LD_CONFIG_RESET);
	return LD_EXIT_OK;
}

const struct ld_command ld_cmd_config = {
	.name = "config",
	.operands = "[KEY [VALUE]]",
	.summary = "show or change how files are written by default",
	.details = "Each KEY is an option of stop and capture without its dashes: format,\n"
		   "compression, compression-level, num-threads. The VALUE default brings back\n"
		   "what is built in.\n"
		   "The defaults are kept in /etc/livedump/config, a text file.",
	.options = LD_OPT_BIT(JSON),
	.min = 0,
	.max = 2,
	.run = run,
};
