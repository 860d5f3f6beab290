// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "format.h"

static const char * const formats[LD_NR_FORMATS] = {
	[LD_FORMAT_ELF] = "elf",
	[LD_FORMAT_KDUMP] = "kdump",
};

static const char * const codecs[LD_NR_CODECS] = {
	[LD_CODEC_NONE] = "none",
	[LD_CODEC_ZLIB] = "zlib",
	[LD_CODEC_LZO] = "lzo",
	[LD_CODEC_SNAPPY] = "snappy",
	[LD_CODEC_ZSTD] = "zstd",
};

static int find(const char * const *names, int nr, const char *name)
{
	int i;

	for (i = 0; i < nr; i++) {
		if (!strcmp(names[i], name))
			return i;
	}
	return -1;
}

const char *ld_format_name(enum ld_format_id id)
{
	return formats[id];
}

int ld_format_find(const char *name)
{
	return find(formats, LD_NR_FORMATS, name);
}

const char *ld_codec_name(enum ld_codec codec)
{
	return codecs[codec];
}

int ld_codec_find(const char *name)
{
	return find(codecs, LD_NR_CODECS, name);
}

const char *ld_format_text(const struct ld_format *f)
{
	static const char * const texts[LD_NR_CODECS] = {
		[LD_CODEC_NONE] = "kdump, not compressed",
		[LD_CODEC_ZLIB] = "kdump, zlib",
		[LD_CODEC_LZO] = "kdump, lzo",
		[LD_CODEC_SNAPPY] = "kdump, snappy",
		[LD_CODEC_ZSTD] = "kdump, zstd",
	};

	return f->id == LD_FORMAT_ELF ? "ELF" : texts[f->codec];
}
