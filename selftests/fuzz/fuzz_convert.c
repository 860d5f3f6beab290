// SPDX-License-Identifier: GPL-2.0
/* What livedump convert reads, and info --check, of any file. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "coreaddr.h"
#include "corehost.h"
#include "corepages.h"
#include "writer.h"

/* All that convert does to a file before it writes another. */
static int take(const char *path, struct ld_corepages *pages, struct ld_err *err)
{
	struct ld_vmcore core = { .nr_pages = 0 };
	struct ld_layout layout;
	size_t i;

	if (ld_corepages_open(path, pages, err))
		return -1;
	ld_corehost_fill(pages, &core);
	if (!*core.uts.release || !*core.uts.version || !*core.uts.machine)
		abort();
	for (i = 0; i < pages->nr_pages; i++) {
		if (i && pages->pages[i].pfn <= pages->pages[i - 1].pfn)
			abort();
		if (!ld_corepages_map(pages, i, 1, err))
			return -1;
	}
	if (ld_coreaddr_find(pages, &layout, err))
		return -1;
	for (i = 0; i < pages->nr_aliases; i++) {
		if (pages->aliases[i].page >= pages->nr_pages)
			abort();
	}
	return 0;
}

/* A file has all the pages that it has itself. */
static void reduce(const char *path, struct ld_corepages *pages)
{
	const size_t nr = pages->nr_pages, aliases = pages->nr_aliases;
	struct ld_corepages like;
	struct ld_layout layout;
	uint64_t missing;
	struct ld_err err;

	if (ld_corepages_open(path, &like, &err) || ld_coreaddr_find(&like, &layout, &err) ||
	    ld_corepages_reduce(pages, &like, &missing, &err) || missing ||
	    pages->nr_pages != nr || pages->nr_aliases != aliases)
		abort();
	ld_corepages_close(&like);
}

static int check(const char *path, struct ld_err *err)
{
	struct ld_corefile core;
	struct ld_check found;
	int result = ld_corefile_open(path, &core, err);

	if (!result)
		result = ld_check(&core, &found, err);
	ld_corefile_close(&core);
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ld_corepages pages = { .path = NULL };
	struct ld_err err = { .msg = "" };
	int fd = memfd_create("core", MFD_CLOEXEC);
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (check(path, &err) && !*err.msg)
		abort();
	err.msg[0] = '\0';
	if (!take(path, &pages, &err))
		reduce(path, &pages);
	else if (!*err.msg)
		abort();
	ld_corepages_close(&pages);
	close(fd);
	return 0;
}
