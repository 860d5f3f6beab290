// SPDX-License-Identifier: GPL-2.0
/* A build without any codec: it says what is missing, for each, and needs none of them. */
#include "compress.h"
#include "writer.h"

static void each_is_missed(void)
{
	static const char * const packages[LD_NR_CODECS] = {
		[LD_CODEC_ZLIB] = "zlib1g-dev", [LD_CODEC_LZO] = "liblzo2-dev",
		[LD_CODEC_SNAPPY] = "libsnappy-dev", [LD_CODEC_ZSTD] = "libzstd-dev",
	};
	struct ld_err err;
	int codec;

	for (codec = LD_CODEC_ZLIB; codec < LD_NR_CODECS; codec++) {
		EXPECT(ld_codec_check(codec, 0, &err) && err.code == LD_EXIT_FAILED);
		EXPECT_HAS(err.msg, ld_codec_name(codec));
		EXPECT_HAS(err.msg, packages[codec]);
	}
}

static void none_is_there(void)
{
	const enum ld_codec codec = LD_DEFAULT_CODEC;
	struct ld_err err;

	EXPECT(codec == LD_CODEC_NONE && !ld_codec_check(codec, 0, &err));
}

static void nothing_is_packed(void)
{
	static const char zeros[1000];
	size_t size;
	void *to;

	EXPECT(!ld_pack(zeros, sizeof(zeros), &size));
	EXPECT(ld_unpack(zeros, sizeof(zeros), &to, &size) == LD_NO_CODEC);
}

int main(void)
{
	RUN(each_is_missed);
	RUN(nothing_is_packed);
	RUN(none_is_there);
	return END();
}
