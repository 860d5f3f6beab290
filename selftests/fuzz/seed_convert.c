// SPDX-License-Identifier: GPL-2.0
/* seed_convert DIR: good files of every format for the fuzzer to begin with. */
#include "core_model.h"

static void put(const char *dir, const char *name, const struct ld_format *format)
{
	struct ld_vmcore core = model_core();
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	write_model(path, &core, format);
}

int main(int argc, char **argv)
{
	struct ld_format format = { .id = LD_FORMAT_ELF };

	if (argc < 2)
		return 1;
	make_model();
	put(argv[1], "elf", &format);
	format.id = LD_FORMAT_KDUMP;
	for (format.codec = 0; format.codec < LD_NR_CODECS; format.codec++)
		put(argv[1], ld_codec_name(format.codec), &format);
	return 0;
}
