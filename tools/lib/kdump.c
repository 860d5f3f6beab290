// SPDX-License-Identifier: GPL-2.0
/*
 * From records to a kdump-compressed file. Pages are found by their descriptors, so they lie in the
 * file in the order of the store: each window is mapped once, its pages are compressed batch by
 * batch by several threads, and the batches are written in order while later ones are compressed.
 * Descriptors come last. Nothing seeks backwards but for them.
 */
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compress.h"
#include "kdump_head.h"
#include "pool.h"
#include "writers.h"

/* Bytes of pages that are mapped at a time, at most. */
#define WINDOW		(8UL << 20)
/* Bytes of pages that a thread takes at a time: long enough that taking it costs nothing. */
#define BATCH		(128UL << 10)
/* Bytes of pages for which another thread is worth its beginning and end */
#define PER_THREAD	(1UL << 20)

struct writer {
	const struct ld_write *job;
	struct ld_kdump_layout layout;
	uint64_t *pfns;			/* by slot */
	struct ld_kdump_desc *descs;	/* by slot; of a page of zeros, size is 0 at first */
	struct ld_pool *pool;
	unsigned int threads;
	struct ld_compressor **compressors;	/* by thread; NULL if nothing is compressed */
	uint32_t flag;
	size_t page_size;
	size_t window;			/* records */
	size_t batch;			/* records */
	size_t room;			/* bytes of each batch in @packed */
	char *packed;			/* what became of a window */
	struct iovec *iov;		/* of a batch */
	/* the window at hand */
	const char *data;
	size_t first;
	size_t nr;
	/* the file */
	uint64_t at;			/* where the next page goes */
	uint64_t zero_at;		/* the page of zeros, if there is one yet */
};

/* Where a batch's compressed pages are; there are none if nothing is compressed. */
static char *packed_in(const struct writer *w, size_t batch)
{
	return w->flag ? w->packed + batch * w->room : NULL;
}

/* Runs in any thread. */
static void pack(void *ctx, unsigned int thread, size_t batch)
{
	struct writer *w = ctx;
	size_t i = batch * w->batch, end = i + w->batch < w->nr ? i + w->batch : w->nr;
	char *to = packed_in(w, batch);

	for (; i < end; i++) {
		const uint32_t slot = w->job->segments->slots[w->first + i];
		const char *page = w->data + i * w->page_size;
		struct ld_kdump_desc *d;
		size_t size = 0;

		if (slot == LD_NO_SLOT)
			continue;
		d = &w->descs[slot];
		if (ld_is_zero(page, w->page_size)) {
			d->size = 0;
			continue;
		}
		if (w->compressors) {
			size = ld_compress(w->compressors[thread], page, to);
			to += size;
		}
		d->size = (uint32_t)(size ? size : w->page_size);
		d->flags = size ? w->flag : 0;
	}
}

/* Finds a page its place; false if its bytes are in the file already. */
static bool place(struct writer *w, struct ld_kdump_desc *d)
{
	const bool zero = !d->size;

	if (zero)
		d->size = (uint32_t)w->page_size;
	if (zero && w->zero_at) {
		d->offset = w->zero_at;
		return false;
	}
	if (zero)
		w->zero_at = w->at;
	d->offset = w->at;
	w->at += d->size;
	return true;
}

static int write_batch(struct writer *w, size_t batch, struct ld_err *err)
{
	size_t i = batch * w->batch, end = i + w->batch < w->nr ? i + w->batch : w->nr;
	char *packed = packed_in(w, batch);
	const uint64_t begin = w->at;
	size_t pieces = 0;

	for (; i < end; i++) {
		const uint32_t slot = w->job->segments->slots[w->first + i];
		struct iovec *last = pieces ? &w->iov[pieces - 1] : NULL;
		struct ld_kdump_desc *d;
		char *from;

		if (slot == LD_NO_SLOT)
			continue;
		d = &w->descs[slot];
		from = d->flags ? packed : (char *)w->data + i * w->page_size;
		if (d->flags)
			packed += d->size;
		if (!place(w, d))
			continue;
		if (last && (char *)last->iov_base + last->iov_len == from)
			last->iov_len += d->size;
		else
			w->iov[pieces++] = (struct iovec){ from, d->size };
	}
	return ld_outfile_write(w->job->out, w->iov, pieces, begin, err);
}

static int write_window(struct writer *w, struct ld_err *err)
{
	const size_t batches = (w->nr + w->batch - 1) / w->batch;
	size_t i;

	w->data = w->job->source->map(w->job->source->ctx, w->first, w->nr, err);
	if (!w->data)
		return -1;
	ld_pool_start(w->pool, batches);
	for (i = 0; i < batches; i++) {
		ld_pool_wait(w->pool, i);
		if (write_batch(w, i, err))
			return -1;
	}
	return 0;
}

static int write_pages(struct writer *w, struct ld_err *err)
{
	const struct ld_vmcore *core = w->job->core;
	const uint64_t total = core->nr_pages * w->page_size;

	w->at = w->layout.data_at;
	for (w->first = 0; w->first < core->nr_pages; w->first += w->nr) {
		w->nr = core->nr_pages - w->first;
		if (w->nr > w->window)
			w->nr = w->window;
		if (core->progress)
			core->progress(w->first * w->page_size, total);
		if (write_window(w, err))
			return -1;
	}
	if (core->progress)
		core->progress(total, total);
	return 0;
}

static int write_at(struct writer *w, uint64_t at, void *data, size_t size, struct ld_err *err)
{
	struct iovec iov = { data, size };

	return ld_outfile_write(w->job->out, &iov, 1, at, err);
}

/* Only the blocks with bits; the others are holes of the file. */
static int write_bitmap(struct writer *w, uint64_t at, unsigned char *block, struct ld_err *err)
{
	const uint64_t bits = 8 * w->page_size;
	const size_t nr = w->job->segments->nr_slots;
	size_t i = 0;

	/* The last one is there even if there is not a page. */
	do {
		const uint64_t which = i < nr ? w->pfns[i] / bits : 0;

		memset(block, 0, w->page_size);
		for (; i < nr && w->pfns[i] / bits == which; i++)
			block[w->pfns[i] % bits / 8] |= (unsigned char)(1U << w->pfns[i] % 8);
		if (write_at(w, at + which * w->page_size, block, w->page_size, err))
			return -1;
	} while (i < nr);
	return 0;
}

static int write_bitmaps(struct writer *w, struct ld_err *err)
{
	unsigned char *block = malloc(w->page_size);
	int result;

	if (!block)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	result = write_bitmap(w, w->layout.bitmap_at, block, err);
	if (!result)
		result = write_bitmap(w, w->layout.bitmap_at + w->layout.bitmap_size, block, err);
	free(block);
	return result;
}

static int write_all(struct writer *w, struct ld_err *err)
{
	const size_t nr = w->job->segments->nr_slots;
	void *head = ld_kdump_head(w->job->core, w->flag, &w->layout, err);
	int result;

	if (!head)
		return -1;
	result = write_at(w, 0, head, w->layout.bitmap_at, err);
	free(head);
	if (result || write_bitmaps(w, err) || write_pages(w, err))
		return -1;
	return write_at(w, w->layout.desc_at, w->descs, nr * sizeof(*w->descs), err);
}

/* CPUs that this process may use, which a container or taskset can make fewer than are online. */
static unsigned int count_cpus(void)
{
	cpu_set_t cpus;
	long online;

	if (!sched_getaffinity(0, sizeof(cpus), &cpus))
		return (unsigned int)CPU_COUNT(&cpus);
	online = sysconf(_SC_NPROCESSORS_ONLN);
	return online > 0 ? (unsigned int)online : 1;
}

static unsigned int count_threads(const struct writer *w)
{
	const struct ld_format *format = w->job->format;
	const unsigned int wanted = format->threads ? format->threads : count_cpus();
	const uint64_t worth = w->job->core->nr_pages * w->page_size / PER_THREAD;

	if (!w->flag || worth <= 1)
		return 1;
	return worth < wanted ? (unsigned int)worth : wanted;
}

static int begin_threads(struct writer *w)
{
	const struct ld_format *format = w->job->format;
	unsigned int i;

	w->threads = count_threads(w);
	if (w->flag) {
		w->compressors = calloc(w->threads, sizeof(struct ld_compressor *));
		if (!w->compressors)
			return -1;
		for (i = 0; i < w->threads; i++) {
			w->compressors[i] = ld_compressor_new(format->codec, format->level,
							      w->page_size);
			if (!w->compressors[i])
				return -1;
		}
	}
	w->pool = ld_pool_new(w->threads, pack, w);
	return w->pool ? 0 : -1;
}

static int begin(struct writer *w)
{
	const struct ld_vmcore *core = w->job->core;
	const struct ld_segments *segments = w->job->segments;
	const size_t nr = segments->nr_slots;
	size_t i, batches;

	w->window = WINDOW / w->page_size;
	if (w->window > w->job->source->window)
		w->window = w->job->source->window;
	w->batch = BATCH / w->page_size;
	batches = (w->window + w->batch - 1) / w->batch;
	w->pfns = malloc((nr + 1) * sizeof(*w->pfns));
	w->descs = calloc(nr + 1, sizeof(*w->descs));
	w->iov = malloc(w->batch * sizeof(*w->iov));
	if (w->flag) {
		/* a page that does not become smaller is written there too, but stays out */
		w->room = w->batch * w->page_size + ld_compressed_max(w->page_size);
		w->packed = malloc(batches * w->room);
	}
	if (!w->pfns || !w->descs || !w->iov || (w->flag && !w->packed))
		return -1;
	for (i = 0; i < core->nr_pages; i++) {
		if (segments->slots[i] != LD_NO_SLOT)
			w->pfns[segments->slots[i]] = core->pages[i].pfn;
	}
	ld_kdump_layout(core, nr ? w->pfns[nr - 1] + 1 : 0, nr, &w->layout);
	return begin_threads(w);
}

static void end(struct writer *w)
{
	unsigned int i;

	/* first: threads may be at work still, where writing failed */
	ld_pool_free(w->pool);
	for (i = 0; w->compressors && i < w->threads; i++)
		ld_compressor_free(w->compressors[i]);
	free(w->compressors);
	free(w->packed);
	free(w->iov);
	free(w->descs);
	free(w->pfns);
}

int ld_kdump_write(const struct ld_write *job, struct ld_vmcore_size *ret, struct ld_err *err)
{
	struct writer w = {
		.job = job,
		.flag = ld_codec_flag(job->format->codec),
		.page_size = job->core->layout.page_size,
	};
	int result;

	if (ld_elf_notes_check(job->core->notes, job->core->nr_notes, err) ||
	    ld_codec_check(job->format->codec, job->format->level, err))
		return -1;
	if (begin(&w))
		result = ld_fail(err, LD_EXIT_FAILED, "out of memory for %zu pages",
				 job->core->nr_pages);
	else
		result = write_all(&w, err);
	ret->bytes = w.at;
	end(&w);
	return result;
}

static uint64_t last_pfn(const struct ld_vmcore *core, const struct ld_segments *segments)
{
	size_t i;

	for (i = 0; segments->nr_slots && i < core->nr_pages; i++) {
		if (segments->slots[i] == segments->nr_slots - 1)
			return core->pages[i].pfn;
	}
	return 0;
}

void ld_kdump_measure(const struct ld_vmcore *core, const struct ld_segments *segments,
		      struct ld_vmcore_size *ret)
{
	struct ld_kdump_layout layout;

	ld_kdump_layout(core, last_pfn(core, segments) + 1, segments->nr_slots, &layout);
	*ret = (struct ld_vmcore_size){
		.pages = segments->nr_slots,
		.bytes = layout.data_at + segments->nr_slots * core->layout.page_size,
	};
}
