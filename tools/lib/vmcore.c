// SPDX-License-Identifier: GPL-2.0
/* Which page goes where is one thing, how a file says so another: see elf.c and kdump.c. */
#include "writers.h"

static int build(const struct ld_vmcore *core, struct ld_segments *segments, struct ld_err *err)
{
	return ld_segments_build(&core->layout, core->pages, core->nr_pages, core->aliases,
				 core->nr_aliases, segments, err);
}

static void measure(const struct ld_vmcore *core, const struct ld_format *format,
		    const struct ld_segments *segments, struct ld_vmcore_size *ret)
{
	if (format->id == LD_FORMAT_KDUMP)
		ld_kdump_measure(core, segments, ret);
	else
		ld_elf_measure(core, segments, ret);
}

int ld_vmcore_measure(const struct ld_vmcore *core, const struct ld_format *format,
		      struct ld_vmcore_size *ret, struct ld_err *err)
{
	struct ld_segments segments;

	if (build(core, &segments, err))
		return -1;
	measure(core, format, &segments, ret);
	ld_segments_free(&segments);
	return 0;
}

int ld_vmcore_write(const struct ld_vmcore *core, const struct ld_format *format,
		    const struct ld_page_source *source, struct ld_outfile *out,
		    struct ld_vmcore_size *ret, struct ld_err *err)
{
	struct ld_segments segments;
	const struct ld_write job = {
		.core = core,
		.format = format,
		.source = source,
		.segments = &segments,
		.out = out,
	};
	int result;

	if (build(core, &segments, err))
		return -1;
	measure(core, format, &segments, ret);
	if (format->id == LD_FORMAT_KDUMP)
		result = ld_kdump_write(&job, ret, err);
	else
		result = ld_elf_write(&job, err);
	ld_segments_free(&segments);
	return result;
}
