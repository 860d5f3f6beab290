// SPDX-License-Identifier: GPL-2.0
#include "writers.h"

int ld_kdump_write(const struct ld_write *job, struct ld_vmcore_size *ret, struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED, "kdump-compressed files are yet to come");
}

void ld_kdump_measure(const struct ld_vmcore *core, const struct ld_segments *segments,
		      struct ld_vmcore_size *ret)
{
	*ret = (struct ld_vmcore_size){ .pages = segments->nr_slots };
}
