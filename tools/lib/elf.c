// SPDX-License-Identifier: GPL-2.0
/*
 * From records to an ELF file. Records come in the order of recording, the file wants them by page
 * frame. Page data is taken window by window in the order of the store, so that each is mapped
 * once; inside a window, whatever becomes neighbours in the file is written with one call straight
 * from the mapping. Pages of zeros are left to be holes of the file, which read as zeros.
 */
#include <stdlib.h>
#include <sys/uio.h>

#include "writers.h"

/* A record of the window at hand and where it goes. */
struct placed {
	uint32_t slot;
	uint32_t record;
};

struct writer {
	const struct ld_page_source *source;
	const struct ld_segments *segments;
	struct ld_outfile *out;
	size_t page_size;
	uint64_t data_at;
	struct placed *placed;		/* one window */
	struct iovec *iov;		/* the same */
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return x->slot < y->slot ? -1 : x->slot > y->slot;
}

static size_t place(struct writer *w, size_t first, size_t nr)
{
	size_t i, placed = 0;
	int sorted = 1;

	for (i = first; i < first + nr; i++) {
		uint32_t slot = w->segments->slots[i];

		if (slot == LD_NO_SLOT)
			continue;
		if (placed && slot < w->placed[placed - 1].slot)
			sorted = 0;
		w->placed[placed++] = (struct placed){ slot, (uint32_t)(i - first) };
	}
	if (!sorted)
		qsort(w->placed, placed, sizeof(*w->placed), compare_placed);
	return placed;
}

/* The file is new: what is not written is zeros. The last page makes it as long as it is to be. */
static size_t without_zeros(struct writer *w, size_t placed, const char *data)
{
	size_t i, kept = 0;

	for (i = 0; i < placed; i++) {
		const struct placed p = w->placed[i];

		if (p.slot == w->segments->nr_slots - 1 ||
		    !ld_is_zero(data + p.record * w->page_size, w->page_size))
			w->placed[kept++] = p;
	}
	return kept;
}

static int write_window(struct writer *w, size_t first, size_t nr, struct ld_err *err)
{
	size_t placed = place(w, first, nr), begin, end;
	const char *data;

	if (!placed)
		return 0;
	data = w->source->map(w->source->ctx, first, nr, err);
	if (!data)
		return -1;
	/* what rearranges a stream need not know holes */
	if (!w->out->flat)
		placed = without_zeros(w, placed, data);
	for (begin = 0; begin < placed; begin = end) {
		size_t pieces = 0;

		for (end = begin; end < placed; end++) {
			const struct placed *p = &w->placed[end];
			char *page = (char *)data + p->record * w->page_size;
			struct iovec *last = pieces ? &w->iov[pieces - 1] : NULL;

			if (end > begin && p->slot != p[-1].slot + 1)
				break;
			if (last && (char *)last->iov_base + last->iov_len == page)
				last->iov_len += w->page_size;
			else
				w->iov[pieces++] = (struct iovec){ page, w->page_size };
		}
		if (ld_outfile_write(w->out, w->iov, pieces,
				     w->data_at + (uint64_t)w->placed[begin].slot * w->page_size,
				     err))
			return -1;
	}
	return 0;
}

static int write_pages(struct writer *w, const struct ld_vmcore *core, struct ld_err *err)
{
	size_t first, nr;

	for (first = 0; first < core->nr_pages; first += nr) {
		nr = core->nr_pages - first;
		if (nr > w->source->window)
			nr = w->source->window;
		if (core->progress)
			core->progress(first * w->page_size, core->nr_pages * w->page_size);
		if (write_window(w, first, nr, err))
			return -1;
	}
	if (core->progress)
		core->progress(first * w->page_size, first * w->page_size);
	return 0;
}

int ld_elf_write(const struct ld_write *job, struct ld_err *err)
{
	const struct ld_vmcore *core = job->core;
	struct writer w = {
		.source = job->source,
		.segments = job->segments,
		.out = job->out,
		.page_size = core->layout.page_size,
		.placed = malloc(job->source->window * sizeof(*w.placed)),
		.iov = malloc(job->source->window * sizeof(*w.iov)),
	};
	struct ld_elf_head head = { 0 };
	struct iovec iov;
	int result = -1;

	if (!w.placed || !w.iov) {
		ld_fail(err, LD_EXIT_FAILED, "out of memory");
	} else if (!ld_elf_head_build(core->machine, w.page_size, job->segments, core->notes,
				      core->nr_notes, &head, err)) {
		iov = (struct iovec){ head.bytes, head.size };
		w.data_at = head.size;
		result = ld_outfile_write(job->out, &iov, 1, 0, err) ||
			 write_pages(&w, core, err) ? -1 : 0;
	}
	free(head.bytes);
	free(w.placed);
	free(w.iov);
	return result;
}

void ld_elf_measure(const struct ld_vmcore *core, const struct ld_segments *segments,
		    struct ld_vmcore_size *ret)
{
	const size_t page_size = core->layout.page_size;

	ret->segments = segments->nr;
	ret->pages = segments->nr_slots;
	ret->bytes = (uint64_t)segments->nr_slots * page_size +
		     ld_elf_head_size(segments->nr, core->notes, core->nr_notes, page_size);
}
