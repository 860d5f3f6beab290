/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_OUTPUT_H
#define LD_OUTPUT_H

#include <stdio.h>

#include "json.h"
#include "livedump.h"

/** LD_OUTPUT_OPTIONS: options of whatever writes a vmcore. */
#define LD_OUTPUT_OPTIONS	(LD_OPT_BIT(OUTPUT) | LD_OPT_BIT(FORCE) | LD_OPT_BIT(FORMAT) | \
				 LD_OPT_BIT(COMPRESSION) | LD_OPT_BIT(COMPRESSION_LEVEL) | \
				 LD_OPT_BIT(NUM_THREADS) | LD_OPT_BIT(ZLIB) | LD_OPT_BIT(LZO) | \
				 LD_OPT_BIT(SNAPPY) | LD_OPT_BIT(ZSTD))

/**
 * ld_output_format() - how a file is to be written
 * @args: of the command line; before what is configured, before what is built in
 * @ret: result; what it asks for was built
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_output_format(const struct ld_args *args, struct ld_format *ret, struct ld_err *err);

/** ld_format_to_json() - add ``format``, ``compression``. @f: format; @object: to this */
void ld_format_to_json(const struct ld_format *f, struct json_object *object);

/** ld_output_stream() - where to report. @path: of the vmcore. Return: where that does not go. */
FILE *ld_output_stream(const char *path);

#endif
