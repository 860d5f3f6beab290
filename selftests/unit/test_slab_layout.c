// SPDX-License-Identifier: GPL-2.0
/* Where real kernels keep what their slabs are, and made-up ones that keep it elsewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "array.h"
#include "model.h"
#include "slab_layout.h"

#define NONE	LIVEDUMP_SLAB_NONE

static struct ld_err err;

/* As pahole -C kmem_cache,slab,page,kmem_cache_cpu shows Debian's kernels. */
static const struct {
	const char *path;
	struct livedump_slab slab;
} known[] = {
	{ "/5.10.", { 72, 0, 24, 32, 40, 16, 15, 31, 96, 24, 28, 40, 184, 88, 0, NONE, 0, 16 } },
	{ "/6.1.0-", { 72, 0, 24, 32, 40, 16, 15, 31, 96, 24, 28, 40, 184, 88, 0, NONE, 0, 16 } },
	{ "-debug-", { 72, 0, 24, 32, 40, 16, 15, 31, 96, 24, 28, 40, NONE, 88, 0, NONE, 0, 16 } },
	{ "/6.12.", { 72, 0, 8, 32, 40, 16, 15, 31, 96, 24, 28, 40, 184, 88, 0, NONE, 0, 16 } },
	{ "/7.2.",
	  { 72, 0, 8, 32, 40, 16, 15, 31, 88, 24, 28, 40, 176, 80, NONE, 44, NONE, NONE } },
};

static bool check_real(const char *path)
{
	struct livedump_slab slab;
	struct ld_btfs *set;
	bool found = false;
	struct btf *btf;
	size_t i;

	libbpf_set_print(NULL);
	btf = btf__parse_elf(path, NULL);
	if (!btf)
		return false;
	set = ld_btfs_wrap(btf);
	CHECK(set && !ld_slab_layout(set, &slab, &err));
	for (i = 0; set && i < LD_ARRAY_SIZE(known); i++) {
		if (!strstr(path, known[i].path))
			continue;
		found = true;
		test_check(!memcmp(&slab, &known[i].slab, sizeof(slab)), __FILE__, __LINE__,
			   "%s: other offsets", path);
	}
	ld_btfs_free(set);
	return found;
}

TEST(slab_layout_of_real_kernels)
{
	char *list = strdup(getenv("LIVEDUMP_VMLINUX") ?: ""), *path, *save = NULL;
	int n = 0;

	for (path = strtok_r(list, " ", &save); path; path = strtok_r(NULL, " ", &save))
		n += check_real(path);
	free(list);
	if (!n)
		test_skip("no vmlinux of a kernel whose offsets are known");
}
