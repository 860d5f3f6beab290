// SPDX-License-Identifier: GPL-2.0
/* Any records, written kdump-compressed and read back: each page as it was, no other. */
#include <elf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../unit/kdump_file.h"
#include "vmcore.h"
#include "writer.h"

#define PAGE		4096
#define MAX_PAGES	64
#define MAX_PFN		(1U << 20)

static struct livedump_page pages[MAX_PAGES];
static char data[MAX_PAGES * PAGE];

static const void *map(void *ctx, size_t first, size_t nr, struct ld_err *err)
{
	return data + first * PAGE;
}

static uint64_t take(const uint8_t **from, size_t *left, size_t bytes)
{
	uint64_t value = 0;

	while (bytes-- && *left) {
		value = value << 8 | *(*from)++;
		(*left)--;
	}
	return value;
}

/* A page of what is left of the input, again and again; of zeros if nothing is. */
static void fill(char *page, const uint8_t *from, size_t left, size_t period)
{
	size_t i;

	for (i = 0; i < PAGE; i++)
		page[i] = left ? (char)from[i % (period % left + 1)] : 0;
}

static size_t latest(size_t nr, uint64_t pfn)
{
	size_t i, found = nr;

	for (i = 0; i < nr; i++) {
		if (pages[i].pfn == pfn &&
		    (found == nr || pages[i].time_ns >= pages[found].time_ns))
			found = i;
	}
	return found;
}

static void check(const char *file, uint64_t size, size_t nr)
{
	struct kd_desc d;
	struct kd_file f;
	char page[PAGE];
	size_t i;

	if (kd_open(&f, file, size))
		abort();
	for (i = 0; i < nr; i++) {
		const uint64_t pfn = pages[i].pfn;
		const size_t wanted = latest(nr, pfn);

		if (kd_page(&f, pfn, &d, page) || memcmp(page, data + wanted * PAGE, PAGE))
			abort();
		if (latest(nr, pfn + 1) == nr && kd_bit(&f, 1, pfn + 1))
			abort();
		if (kd_bit(&f, 0, pfn + 1) != kd_bit(&f, 1, pfn + 1))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t left)
{
	const struct ld_format format = {
		.id = LD_FORMAT_KDUMP,
		.codec = (enum ld_codec)(take(&input, &left, 1) % LD_NR_CODECS),
		.threads = 1,
	};
	struct ld_page_source source = { .window = take(&input, &left, 1) % 40 + 1, .map = map };
	struct ld_outfile out = { .fd = memfd_create("core", MFD_CLOEXEC) };
	struct ld_vmcore core = { .machine = EM_X86_64, .layout.page_size = PAGE, .pages = pages };
	struct ld_vmcore_size size;
	struct ld_err err;
	size_t i, period;
	void *file;

	core.nr_pages = take(&input, &left, 1) % MAX_PAGES;
	for (i = 0; i < core.nr_pages; i++) {
		pages[i] = (struct livedump_page){ 0 };
		pages[i].pfn = take(&input, &left, 3) % MAX_PFN;
		pages[i].time_ns = take(&input, &left, 1);
		period = take(&input, &left, 2);
		fill(data + i * PAGE, input, left, period);
	}
	if (out.fd < 0 || ld_vmcore_write(&core, &format, &source, &out, &size, &err))
		abort();
	file = mmap(NULL, size.bytes, PROT_READ, MAP_PRIVATE, out.fd, 0);
	if (file == MAP_FAILED || lseek(out.fd, 0, SEEK_END) > (off_t)size.bytes)
		abort();
	check(file, size.bytes, core.nr_pages);
	munmap(file, size.bytes);
	close(out.fd);
	return 0;
}
