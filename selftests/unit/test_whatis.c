// SPDX-License-Identifier: GPL-2.0
/* What is known of an address, in words. */
#include <linux/livedump.h>

#include "whatis.h"
#include "writer.h"

static struct ld_line *lines;

static size_t words(const struct ld_whatis *w)
{
	free(lines);
	lines = need(calloc(LD_WHATIS_LINES, sizeof(*lines)));
	return ld_whatis_text(w, lines);
}

static void unknown(void)
{
	struct ld_whatis w = { .out.out_cpu = LIVEDUMP_NO_CPU };

	EXPECT(words(&w) == 1);
	EXPECT(!strcmp(lines[0].text, "nothing is known of it"));
}

/* All of it at once, which no address is. */
static void everything(void)
{
	struct ld_whatis w = {
		.out = {
			.address = 0xffff888000001008,
			.out_flags = ~0U & ~LIVEDUMP_WHATIS_ALLOCATED,
			.out_reason = LIVEDUMP_POISONED,
			.out_paddr = 0x1008,
			.out_start = 0xffff888000001000,
			.out_length = 64,
			.out_stack = 0xffff888000001000,
			.out_pid = 7,
			.out_comm = "comm",
			.out_cache_name = "cache",
			.out_symbol = "symbol+0x8/0x10 [mod]",
		},
		.in_image = true,
		.in_direct_map = true,
		.variable = { .name = "variable", .module = "mod" },
		.area = { 1, 2, "area" },
		.module = "mod",
		.section = { .start = 0xffff888000001000, .text = ".data" },
		.resource = { 1, 2, "System RAM" },
		.has_page = true,
		.page = ~0ULL,
	};
	size_t nr = words(&w);

	EXPECT(nr == LD_WHATIS_LINES);
	EXPECT_HAS(lines[0].text, "symbol symbol+0x8/0x10 [mod]");
	EXPECT_HAS(lines[1].text, "per-CPU variable variable+0x0 [mod] of CPU 0");
	EXPECT_HAS(lines[3].text, "module mod, section .data+0x8");
	EXPECT_HAS(lines[4].text, "slab object of cache cache: 0xffff888000001000, 64 bytes, free");
	EXPECT_HAS(lines[5].text, "byte 8 of the object");
	EXPECT_HAS(lines[nr - 2].text, "physical 0x1008, in System RAM");
	EXPECT_HAS(lines[nr - 1].text, "page: ");
}

int main(void)
{
	RUN(unknown);
	RUN(everything);
	free(lines);
	return END();
}
