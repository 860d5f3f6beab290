/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_FORMAT_H
#define LD_FORMAT_H

/**
 * enum ld_format_id - formats of files
 * @LD_FORMAT_ELF: ELF core
 * @LD_FORMAT_KDUMP: kdump-compressed, as makedumpfile makes it
 * @LD_NR_FORMATS: how many
 */
enum ld_format_id {
	LD_FORMAT_ELF,
	LD_FORMAT_KDUMP,
	LD_NR_FORMATS,
};

/**
 * enum ld_codec - how the pages of a kdump-compressed file are compressed
 * @LD_CODEC_NONE: not at all
 * @LD_CODEC_ZLIB: zlib
 * @LD_CODEC_LZO: lzo1x
 * @LD_CODEC_SNAPPY: snappy
 * @LD_CODEC_ZSTD: zstd
 * @LD_NR_CODECS: how many
 */
enum ld_codec {
	LD_CODEC_NONE,
	LD_CODEC_ZLIB,
	LD_CODEC_LZO,
	LD_CODEC_SNAPPY,
	LD_CODEC_ZSTD,
	LD_NR_CODECS,
};

/**
 * struct ld_format - how a file is to be written; all zero is ELF
 * @id: format
 * @codec: how pages are compressed, where the format has that
 * @level: how hard, in the codec's own numbers; 0 for its default
 * @threads: that compress, 0 for one on each online CPU
 */
struct ld_format {
	enum ld_format_id id;
	enum ld_codec codec;
	int level;
	unsigned int threads;
};

/** ld_format_name() - what to type. @id: format. Return: its name. */
const char *ld_format_name(enum ld_format_id id);

/** ld_format_find() - the reverse. @name: as typed. Return: enum ld_format_id, or -1. */
int ld_format_find(const char *name);

/** ld_format_text() - for a person: ``ELF``, ``kdump, zlib``. @f: format. Return: that. */
const char *ld_format_text(const struct ld_format *f);

/** ld_codec_name() - what to type. @codec: it. Return: its name. */
const char *ld_codec_name(enum ld_codec codec);

/** ld_codec_find() - the reverse. @name: as typed. Return: enum ld_codec, or -1. */
int ld_codec_find(const char *name);

#endif
