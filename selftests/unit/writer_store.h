/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WRITER_STORE_H
#define WRITER_STORE_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmcore.h"
#include "writer.h"

#define DIRECT		0xffff888000000000ULL
#define TEXT		0xffffffff81000000ULL

/* A store of the test's own. */
struct store {
	size_t page_size;
	struct livedump_page *pages;
	size_t nr;
	char *data;
	size_t window;
	size_t maps;			/* calls of map() */
	size_t fail_at;			/* the call that fails, from 1 */
};

static const char vmcoreinfo[] = "OSRELEASE=6.1.0\nPAGESIZE=4096\nKERNELOFFSET=1f000000\n";

static inline const void *map(void *ctx, size_t first, size_t nr, struct ld_err *err)
{
	struct store *s = ctx;

	EXPECT(nr && nr <= s->window && first + nr <= s->nr);
	if (++s->maps == s->fail_at) {
		ld_fail(err, LD_EXIT_FAILED, "not today");
		return NULL;
	}
	return s->data + first * s->page_size;
}

static inline void make_store(struct store *s, size_t page_size, size_t nr)
{
	size_t i;

	*s = (struct store){ .page_size = page_size, .nr = nr, .window = 7 };
	s->pages = need(calloc(nr + 1, sizeof(*s->pages)));
	s->data = need(malloc(nr * page_size + 1));
	for (i = 0; i < nr * page_size; i++)
		s->data[i] = (char)test_random(256);
}

static inline void free_store(struct store *s)
{
	free(s->pages);
	free(s->data);
}

static inline struct ld_vmcore make_core(const struct store *s, const struct ld_elf_note *notes,
					 size_t nr_notes)
{
	return (struct ld_vmcore){
		.machine = EM_X86_64,
		.uts = { "Linux", "host", "6.1.0-test", "#1 SMP", "x86_64" },
		.time_ns = 1700000000123456789,
		.nr_cpus = 3,
		.layout = {
			.page_size = s->page_size,
			.page_offset = DIRECT,
			.text_start = TEXT,
			.text_end = TEXT + 16 * s->page_size,
			.text_paddr = 64 * s->page_size,
			.kernel_start = 0xffff800000000000ULL,
		},
		.pages = s->pages,
		.nr_pages = s->nr,
		.notes = notes,
		.nr_notes = nr_notes,
	};
}

#endif
