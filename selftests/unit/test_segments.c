// SPDX-License-Identifier: GPL-2.0
/* Records to PT_LOADs, against an oracle that looks at every page by itself. */
#include <stdbool.h>
#include <stdint.h>

#include "segments.h"
#include "writer.h"

#define PAGE		4096ULL
#define DIRECT		0xffff888000000000ULL
#define TEXT		0xffffffff81000000ULL
#define TEXT_PAGES	8ULL
#define TEXT_PFN	4096ULL
#define VMALLOC		0xffffc90000000000ULL
#define MODULES		0xffffffffc0000000ULL
#define MAX_RECORDS	48

static const struct ld_layout layout = {
	.page_size = PAGE,
	.page_offset = DIRECT,
	.text_start = TEXT,
	.text_end = TEXT + TEXT_PAGES * PAGE,
	.text_paddr = TEXT_PFN * PAGE,
	.kernel_start = 0xffff800000000000ULL,
};

/* One page of one segment, or one that should be there. */
struct view {
	uint64_t vaddr;
	uint64_t pfn;
};

struct input {
	struct livedump_page pages[MAX_RECORDS];
	size_t nr_pages;
	struct livedump_alias aliases[MAX_RECORDS];
	size_t nr_aliases;
};

static struct ld_segments build(const struct input *in)
{
	struct ld_segments s;
	struct ld_err err;

	if (ld_segments_build(&layout, in->pages, in->nr_pages, in->aliases, in->nr_aliases, &s,
			      &err)) {
		printf("# %s\n", err.msg);
		test_bad = 1;
	}
	return s;
}

static bool recorded(const struct input *in, uint64_t pfn)
{
	size_t i;

	for (i = 0; i < in->nr_pages; i++) {
		if (in->pages[i].pfn == pfn)
			return true;
	}
	return false;
}

/* The record of @pfn that counts: the latest, of equals the last. */
static size_t latest(const struct input *in, uint64_t pfn)
{
	size_t i, best = in->nr_pages;

	for (i = 0; i < in->nr_pages; i++) {
		if (in->pages[i].pfn == pfn &&
		    (best == in->nr_pages || in->pages[i].time_ns >= in->pages[best].time_ns))
			best = i;
	}
	return best;
}

/* May @pfn be seen at @vaddr, besides in the direct map? */
static bool may_be_at(const struct input *in, uint64_t vaddr, uint64_t pfn)
{
	uint64_t image = (vaddr - TEXT) / PAGE + TEXT_PFN;

	if (vaddr % PAGE || vaddr < layout.kernel_start)
		return false;
	if (vaddr >= DIRECT && recorded(in, (vaddr - DIRECT) / PAGE))
		return false;
	return vaddr < TEXT || vaddr >= layout.text_end || image == pfn || !recorded(in, image);
}

/* Do no two pages claim @vaddr? */
static bool uncontested(const struct view *all, size_t nr, uint64_t vaddr)
{
	uint64_t pfn = UINT64_MAX;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (all[i].vaddr != vaddr)
			continue;
		if (pfn != UINT64_MAX && pfn != all[i].pfn)
			return false;
		pfn = all[i].pfn;
	}
	return true;
}

static void add_view(struct view *views, size_t *nr, uint64_t vaddr, uint64_t pfn)
{
	size_t i;

	for (i = 0; i < *nr; i++) {
		if (views[i].vaddr == vaddr && views[i].pfn == pfn)
			return;
	}
	views[(*nr)++] = (struct view){ vaddr, pfn };
}

/* What the file should show: each virtual page once. */
static size_t expected(const struct input *in, struct view *ret)
{
	struct view all[2 * MAX_RECORDS];
	size_t nr = 0, nr_all = 0, i;

	for (i = 0; i < in->nr_pages; i++) {
		if (may_be_at(in, in->pages[i].vaddr, in->pages[i].pfn))
			add_view(all, &nr_all, in->pages[i].vaddr, in->pages[i].pfn);
	}
	for (i = 0; i < in->nr_aliases; i++) {
		const struct livedump_alias *a = &in->aliases[i];

		if (a->page < in->nr_pages && may_be_at(in, a->vaddr, in->pages[a->page].pfn))
			add_view(all, &nr_all, a->vaddr, in->pages[a->page].pfn);
	}
	for (i = 0; i < in->nr_pages; i++)
		add_view(ret, &nr, DIRECT + in->pages[i].pfn * PAGE, in->pages[i].pfn);
	for (i = 0; i < nr_all; i++) {
		if (uncontested(all, nr_all, all[i].vaddr))
			add_view(ret, &nr, all[i].vaddr, all[i].pfn);
	}
	return nr;
}

/* 0 kernel image, 1 others, 2 direct map */
static int group_of(const struct ld_segment *s)
{
	if (s->vaddr == s->paddr + DIRECT)
		return 2;
	return s->vaddr >= TEXT && s->vaddr < layout.text_end ? 0 : 1;
}

static void check_order(const struct ld_segments *s)
{
	size_t i;

	for (i = 1; i < s->nr; i++) {
		const struct ld_segment *a = &s->segs[i - 1], *b = &s->segs[i];

		EXPECT(group_of(a) <= group_of(b));
		if (group_of(a) != group_of(b))
			continue;
		EXPECT(a->paddr <= b->paddr);
		/* neighbours are merged, but for the one segment that is split into two */
		EXPECT(s->nr == 2 || a->paddr + a->length != b->paddr ||
		       a->vaddr + a->length != b->vaddr);
	}
}

static void check_data(const struct input *in, const struct ld_segments *s, uint64_t pfn,
		       uint64_t data)
{
	size_t best = latest(in, pfn);

	EXPECT(best < in->nr_pages);
	EXPECT(best < in->nr_pages && s->slots[best] == data / PAGE);
}

static void check_slots(const struct input *in, const struct ld_segments *s)
{
	bool used[MAX_RECORDS] = { false };
	size_t i;

	EXPECT(s->nr_records == in->nr_pages);
	for (i = 0; i < in->nr_pages; i++) {
		bool counts = latest(in, in->pages[i].pfn) == i;

		EXPECT(counts == (s->slots[i] != LD_NO_SLOT));
		if (!counts)
			continue;
		EXPECT(s->slots[i] < s->nr_slots && !used[s->slots[i]]);
		used[s->slots[i]] = true;
	}
	for (i = 0; i < s->nr_slots; i++)
		EXPECT(used[i]);
}

static void check(const struct input *in)
{
	struct view want[4 * MAX_RECORDS], got[4 * MAX_RECORDS];
	size_t nr_want = expected(in, want), nr_got = 0, pages = 0, i, j;
	struct ld_segments s = build(in);
	uint64_t at;

	for (i = 0; i < s.nr; i++) {
		EXPECT(s.segs[i].length && !(s.segs[i].length % PAGE) && s.segs[i].vaddr);
		for (at = 0; at < s.segs[i].length; at += PAGE, pages++) {
			uint64_t pfn = (s.segs[i].paddr + at) / PAGE;

			add_view(got, &nr_got, s.segs[i].vaddr + at, pfn);
			check_data(in, &s, pfn, s.segs[i].data + at);
		}
	}
	EXPECT(nr_got == nr_want);
	for (i = 0; i < nr_want; i++) {
		for (j = 0; j < nr_got; j++) {
			if (want[i].vaddr == got[j].vaddr && want[i].pfn == got[j].pfn)
				break;
		}
		EXPECT(j < nr_got);
	}
	/* no page twice, but for a file of a single page */
	EXPECT(pages == nr_got || (nr_got == 1 && pages == 2));
	EXPECT(s.nr != 1 && (s.nr || !in->nr_pages));
	check_order(&s);
	check_slots(in, &s);
	ld_segments_free(&s);
}

static uint64_t random_vaddr(uint64_t pfn)
{
	if (pfn >= TEXT_PFN && pfn < TEXT_PFN + TEXT_PAGES && test_random(3))
		return TEXT + (pfn - TEXT_PFN) * PAGE;
	switch (test_random(12)) {
	case 0:
		return 0;
	case 1:
		return DIRECT + test_random(8) * PAGE;
	case 2:
		return TEXT + test_random(TEXT_PAGES + 2) * PAGE;
	case 3:
		return 0x400000 + test_random(4) * PAGE;
	case 4:
		return VMALLOC + 17;
	case 5:
	case 6:
		return MODULES + test_random(8) * PAGE;
	case 7:
	case 8:
		return VMALLOC + pfn % 64 * PAGE;
	default:
		return VMALLOC + test_random(16) * PAGE;
	}
}

/* With @repeat some page frames have several records, which this module does not make. */
static void random_input(struct input *in, unsigned int frames, bool repeat)
{
	size_t nr = test_random(MAX_RECORDS), i;

	in->nr_pages = 0;
	for (i = 0; i < nr; i++) {
		uint64_t pfn = test_random(frames) + (test_random(2) ? TEXT_PFN - 2 : 0);

		if (!repeat && recorded(in, pfn))
			continue;
		in->pages[in->nr_pages++] = (struct livedump_page){
			.pfn = pfn,
			.vaddr = random_vaddr(pfn),
			.time_ns = test_random(8),
		};
	}
	in->nr_aliases = test_random(MAX_RECORDS);
	for (i = 0; i < in->nr_aliases; i++) {
		in->aliases[i].vaddr = random_vaddr(test_random(32));
		in->aliases[i].page = test_random((unsigned int)in->nr_pages + 2);
	}
}

static void random_pages(void)
{
	struct input in;
	int i;

	for (i = 0; i < 3000 && !test_bad; i++) {
		random_input(&in, 24, false);
		check(&in);
	}
}

static void random_repeats(void)
{
	struct input in;
	int i;

	for (i = 0; i < 3000 && !test_bad; i++) {
		random_input(&in, 12, true);
		check(&in);
	}
}

static void no_pages(void)
{
	struct input in = { .nr_pages = 0 };
	struct ld_segments s = build(&in);

	EXPECT(!s.nr && !s.nr_slots);
	ld_segments_free(&s);
}

static void one_page(void)
{
	struct input in = { .pages = { { .pfn = 7 } }, .nr_pages = 1 };
	struct ld_segments s = build(&in);

	EXPECT(s.nr == 2 && !memcmp(&s.segs[0], &s.segs[1], sizeof(s.segs[0])));
	EXPECT(s.nr == 2 && s.segs[0].vaddr == DIRECT + 7 * PAGE && s.segs[0].length == PAGE);
	ld_segments_free(&s);
}

static void one_run(void)
{
	struct input in = { .pages = { { .pfn = 8 }, { .pfn = 9 }, { .pfn = 7 } }, .nr_pages = 3 };
	struct ld_segments s = build(&in);

	EXPECT(s.nr == 2);
	EXPECT(s.nr == 2 && s.segs[0].length == PAGE && s.segs[1].length == 2 * PAGE);
	EXPECT(s.slots[0] == 1 && s.slots[1] == 2 && s.slots[2] == 0);
	ld_segments_free(&s);
}

/* A vmalloc area of physically contiguous pages is one segment, also across the image's edge. */
static void merged_alias(void)
{
	struct input in = { .nr_pages = 4, .nr_aliases = 4 };
	struct ld_segments s;
	uint32_t i;

	for (i = 0; i < 4; i++) {
		in.pages[3 - i].pfn = TEXT_PFN - 2 + i;
		if (i >= 2)
			in.pages[3 - i].vaddr = TEXT + (i - 2) * PAGE;
		in.aliases[i].vaddr = VMALLOC + i * PAGE;
		in.aliases[i].page = 3 - i;
	}
	s = build(&in);
	EXPECT(s.nr == 3);
	EXPECT(s.nr == 3 && s.segs[0].vaddr == TEXT && s.segs[0].length == 2 * PAGE);
	EXPECT(s.nr == 3 && s.segs[1].vaddr == VMALLOC && s.segs[1].length == 4 * PAGE);
	EXPECT(s.nr == 3 && s.segs[2].length == 4 * PAGE);
	ld_segments_free(&s);
}

/* Init code's memory is in the image, but no longer mapped with it. */
static void freed_image(void)
{
	struct input in = { .nr_pages = 3 };
	struct ld_segments s;

	in.pages[0] = (struct livedump_page){ .pfn = TEXT_PFN, .vaddr = TEXT };
	in.pages[1] = (struct livedump_page){ .pfn = TEXT_PFN + 1 };
	in.pages[2].pfn = TEXT_PFN + 2;
	in.pages[2].vaddr = DIRECT + (TEXT_PFN + 2) * PAGE;
	s = build(&in);
	EXPECT(s.nr == 2);
	EXPECT(s.nr == 2 && s.segs[0].vaddr == TEXT && s.segs[0].length == PAGE);
	EXPECT(s.nr == 2 && s.segs[1].length == 3 * PAGE);
	ld_segments_free(&s);
}

static void bad_frames(void)
{
	struct input in = { .pages = { { .pfn = UINT64_MAX }, { .pfn = UINT64_MAX / PAGE } },
			    .nr_pages = 2 };
	struct ld_segments s = build(&in);

	EXPECT(!s.nr && s.slots[0] == LD_NO_SLOT && s.slots[1] == LD_NO_SLOT);
	ld_segments_free(&s);
}

int main(void)
{
	RUN(no_pages);
	RUN(one_page);
	RUN(one_run);
	RUN(merged_alias);
	RUN(freed_image);
	RUN(bad_frames);
	RUN(random_pages);
	RUN(random_repeats);
	return END();
}
