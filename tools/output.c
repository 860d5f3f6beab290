// SPDX-License-Identifier: GPL-2.0
/* How files are written: the command line, the administrator's defaults, ours. */
#include <stdlib.h>
#include <string.h>

#include "compress.h"
#include "config.h"
#include "output.h"
#include "outfile.h"

/* Of ELF files nothing is compressed: asking for that is asking for the other format. */
static int choose_id(const struct ld_args *args, const struct ld_config *config,
		     struct ld_format *ret, struct ld_err *err)
{
	const char *name = args->format ? args->format : config->value[LD_CONFIG_FORMAT];
	const char *what = args->compression ? args->compression : "";

	if (args->format && ld_config_check(LD_CONFIG_FORMAT, args->format, err))
		return -1;
	ret->id = *name ? ld_format_find(name) : LD_FORMAT_ELF;
	if (!args->compression && !args->compression_level)
		return 0;
	if (args->format && ret->id == LD_FORMAT_ELF)
		return ld_fail(err, LD_EXIT_USAGE,
			       "an ELF file is not compressed\n"
			       "Leave --format elf away, or what asks for compression%s%s.",
			       *what ? " " : "", what);
	ret->id = LD_FORMAT_KDUMP;
	return 0;
}

/* A level goes with the codec that it was given with. */
static int choose_codec(const struct ld_args *args, const struct ld_config *config,
			struct ld_format *ret, struct ld_err *err)
{
	const char *name = config->value[LD_CONFIG_COMPRESSION];

	if (args->compression &&
	    ld_config_check(LD_CONFIG_COMPRESSION, args->compression, err))
		return -1;
	if (args->compression)
		name = args->compression;
	else if (!args->compression_level)
		ret->level = atoi(config->value[LD_CONFIG_LEVEL]);
	if (args->compression_level)
		ret->level = (int)args->compression_level;
	ret->codec = *name ? ld_codec_find(name) : LD_DEFAULT_CODEC;
	return ld_codec_check(ret->codec, ret->level, err);
}

int ld_output_format(const struct ld_args *args, struct ld_format *ret, struct ld_err *err)
{
	struct ld_config config;

	*ret = (struct ld_format){ 0 };
	if (ld_config_read(LD_CONFIG_PATH, &config, err) || choose_id(args, &config, ret, err))
		return -1;
	if (ret->id == LD_FORMAT_KDUMP && choose_codec(args, &config, ret, err))
		return -1;
	ret->threads = args->num_threads ? (unsigned int)args->num_threads :
					   (unsigned int)atoi(config.value[LD_CONFIG_THREADS]);
	return 0;
}

FILE *ld_output_stream(const char *path)
{
	return strcmp(path, LD_STDOUT) ? stdout : stderr;
}

void ld_format_to_json(const struct ld_format *f, struct json_object *object)
{
	ld_json_string(object, "format", ld_format_name(f->id));
	if (f->id == LD_FORMAT_KDUMP)
		ld_json_string(object, "compression", ld_codec_name(f->codec));
}
