// SPDX-License-Identifier: GPL-2.0
/* kdump-compressed files, read again by a reader of the test's own. */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "compress.h"
#include "interrupt.h"
#include "kdump_file.h"
#include "pool.h"
#include "writer_dir.h"
#include "writer_store.h"

static const char note[] = "{\"version\":1}";

static const struct ld_elf_note notes[] = {
	{ "LIVEDUMP", 7, note, sizeof(note) - 1 },
	{ "VMCOREINFO", 0, vmcoreinfo, sizeof(vmcoreinfo) - 1 },
};

#define NR_NOTES	2

static const uint32_t flags[LD_NR_CODECS] = {
	[LD_CODEC_ZLIB] = 1, [LD_CODEC_LZO] = 2, [LD_CODEC_SNAPPY] = 4, [LD_CODEC_ZSTD] = 32,
};

/* The call of pwritev() that finds the disk full, from 1. */
static unsigned int full_at, writes;

ssize_t __real_pwritev64(int fd, const struct iovec *iov, int nr, off64_t offset);
ssize_t __wrap_pwritev64(int fd, const struct iovec *iov, int nr, off64_t offset);
ssize_t __wrap_pwritev64(int fd, const struct iovec *iov, int nr, off64_t offset)
{
	if (++writes == full_at) {
		errno = ENOSPC;
		return -1;
	}
	return __real_pwritev64(fd, iov, nr, offset);
}

static struct ld_format format_of(enum ld_codec codec, unsigned int threads)
{
	return (struct ld_format){ .id = LD_FORMAT_KDUMP, .codec = codec, .threads = threads };
}

static int write_kdump(struct store *s, const struct ld_vmcore *core,
		       const struct ld_format *format, const char *path,
		       struct ld_vmcore_size *size, struct ld_err *err)
{
	struct ld_page_source source = { .window = s->window, .map = map, .ctx = s };
	struct ld_outfile out;

	if (ld_outfile_begin(&out, path, true, err))
		return -1;
	if (ld_vmcore_write(core, format, &source, &out, size, err)) {
		ld_outfile_abort(&out);
		return -1;
	}
	return ld_outfile_commit(&out, err);
}

static bool all_zero(const char *data, size_t size)
{
	return !*data && !memcmp(data, data + 1, size - 1);
}

/* A third each: zeros, what can be compressed, what cannot. */
static void vary(struct store *s)
{
	size_t i, j;

	for (i = 0; i < s->nr; i++) {
		char *page = s->data + i * s->page_size;

		switch (test_random(3)) {
		case 0:
			memset(page, 0, s->page_size);
			break;
		case 1:
			for (j = 0; j < s->page_size; j++)
				page[j] = (char)(j / 64 + i);
		}
	}
}

/* In random order, some of them twice: then the record with the later time counts. */
static void number(struct store *s, unsigned int gap)
{
	size_t i, j;

	for (i = 0; i < s->nr; i++) {
		struct livedump_page *p = &s->pages[i];

		p->pfn = i && !test_random(20) ? s->pages[test_random((unsigned int)i)].pfn :
						 (i + 1) * gap;
		p->time_ns = test_random(1000000000);
		for (j = 0; j < i; j++) {
			if (s->pages[j].time_ns == p->time_ns)
				p->time_ns++;
		}
		j = test_random((unsigned int)i + 1);
		if (j < i) {
			struct livedump_page swap = *p;

			*p = s->pages[j];
			s->pages[j] = swap;
		}
	}
}

/* The record that counts for this page frame, or s->nr. */
static size_t latest(const struct store *s, uint64_t pfn)
{
	size_t i, found = s->nr;

	for (i = 0; i < s->nr; i++) {
		if (s->pages[i].pfn == pfn &&
		    (found == s->nr || s->pages[i].time_ns > s->pages[found].time_ns))
			found = i;
	}
	return found;
}

static void check_header(const struct kd_file *f, const struct store *s, uint32_t status)
{
	const char *info = f->data + kd_u64(f->sub + KD_SUB_INFO);
	const char *area = f->data + kd_u64(f->sub + KD_SUB_NOTES);

	EXPECT(f->block == s->page_size && kd_u32(f->data + KD_STATUS) == status);
	EXPECT(!strcmp(f->data + KD_UTS + 2 * 65, "6.1.0-test"));
	EXPECT(!strcmp(f->data + KD_UTS + 3 * 65, "#1 SMP"));
	EXPECT(!strcmp(f->data + KD_UTS + 4 * 65, "x86_64"));
	EXPECT(kd_u64(f->data + KD_SECONDS) == 1700000000);
	EXPECT(kd_u64(f->data + KD_SECONDS + 8) == 0);
	EXPECT(kd_u32(f->data + KD_NR_CPUS) == 3);
	EXPECT(kd_u32(f->data + KD_MAX_MAPNR) ==
	       (f->max_mapnr > UINT32_MAX ? UINT32_MAX : f->max_mapnr));
	/* phys_base: what the layout of make_core() comes to */
	EXPECT(kd_u64(f->sub) == 64 * s->page_size - (TEXT - 0xffffffff80000000ULL));
	EXPECT(kd_u64(f->sub + KD_SUB_INFO + 8) == sizeof(vmcoreinfo) - 1);
	EXPECT(!memcmp(info, vmcoreinfo, sizeof(vmcoreinfo) - 1));
	/* both notes, one after the other: 12 bytes, name and contents, each to 4 bytes */
	EXPECT(kd_u64(f->sub + KD_SUB_NOTES + 8) ==
	       12 + 12 + ((sizeof(note) + 2) & ~3UL) + 12 + 12 + ((sizeof(vmcoreinfo) + 2) & ~3UL));
	EXPECT(kd_u32(area) == 9 && kd_u32(area + 4) == sizeof(note) - 1 && kd_u32(area + 8) == 7);
	EXPECT(!strcmp(area + 12, "LIVEDUMP") && !memcmp(area + 24, note, sizeof(note) - 1));
	EXPECT(area + 24 + ((sizeof(note) + 2) & ~3UL) + 24 == info);
	EXPECT(area + kd_u64(f->sub + KD_SUB_NOTES + 8) <= (const char *)f->bitmap[0]);
}

static void check_pages(const struct kd_file *f, const struct store *s, uint32_t flag)
{
	uint64_t zero = 0, last = 0, pfn;
	char *page = need(malloc(s->page_size));
	struct kd_desc d = { 0 };
	size_t i;

	for (pfn = 0; pfn < 8 * f->bitmap_size && pfn < 100000; pfn++) {
		EXPECT(kd_bit(f, 0, pfn) == kd_bit(f, 1, pfn));
		EXPECT(kd_bit(f, 1, pfn) == (latest(s, pfn) < s->nr));
	}
	for (i = 0; i < s->nr; i++) {
		const char *data = s->data + i * s->page_size;

		if (s->pages[i].pfn > last)
			last = s->pages[i].pfn;
		if (latest(s, s->pages[i].pfn) != i)
			continue;
		EXPECT(!kd_page(f, s->pages[i].pfn, &d, page));
		EXPECT(!memcmp(page, data, s->page_size));
		EXPECT(d.page_flags == 0);
		EXPECT(d.flags ? d.flags == flag && d.size < s->page_size :
				 d.size == s->page_size);
		if (!all_zero(data, s->page_size))
			continue;
		EXPECT(!zero || d.offset == zero);
		zero = d.offset;
	}
	EXPECT(f->max_mapnr == (s->nr ? last + 1 : 1));
	free(page);
}

static void check_file(const struct store *s, const char *path, enum ld_codec codec,
		       const struct ld_vmcore_size *size)
{
	struct kd_file f;
	size_t bytes = 0;
	char *data = need(get_file(path, &bytes));

	if (kd_open(&f, data, bytes)) {
		EXPECT(!"a kdump-compressed file");
	} else {
		EXPECT(bytes == size->bytes && !size->segments);
		check_header(&f, s, flags[codec]);
		check_pages(&f, s, flags[codec]);
	}
	free(data);
}

static void write_and_check(struct store *s, enum ld_codec codec, unsigned int threads)
{
	const struct ld_format format = format_of(codec, threads);
	struct ld_vmcore core = make_core(s, notes, NR_NOTES);
	struct ld_vmcore_size size = { 0 }, most = { 0 };
	struct ld_err err = { .msg = "" };

	EXPECT(!ld_vmcore_measure(&core, &format, &most, &err));
	if (write_kdump(s, &core, &format, in_test_dir("core"), &size, &err)) {
		printf("# %s\n", err.msg);
		test_bad = 1;
		return;
	}
	EXPECT(size.pages == most.pages && size.bytes <= most.bytes);
	check_file(s, in_test_dir("core"), codec, &size);
}

static void every_codec(void)
{
	static const size_t page_sizes[] = { 4096, 4096, 512, 65536 };
	int codec, i;

	for (codec = 0; codec < LD_NR_CODECS; codec++) {
		for (i = 0; i < 8 && !test_bad; i++) {
			struct store s;

			make_store(&s, page_sizes[i % 4], test_random(60));
			s.window = 1 + test_random(70);
			vary(&s);
			number(&s, 1 + test_random(900));
			write_and_check(&s, codec, 1 + (unsigned int)i);
			free_store(&s);
		}
	}
}

/* Enough for several windows and threads; more of them make the same file. */
static void threads_agree(void)
{
	const unsigned int threads[] = { 1, 2, 3, 8, 0 };
	struct ld_vmcore_size size;
	size_t bytes[2], i;
	struct ld_err err;
	char *first = NULL;
	struct store s;
	int codec;

	make_store(&s, 4096, 3000);
	s.window = 1100;
	vary(&s);
	for (i = 0; i < s.nr; i++)
		s.pages[i].pfn = 2 * (s.nr - i);
	for (codec = 0; codec < LD_NR_CODECS; codec++) {
		for (i = 0; i < LD_ARRAY_SIZE(threads); i++) {
			const struct ld_format format = format_of(codec, threads[i]);
			struct ld_vmcore core = make_core(&s, notes, NR_NOTES);
			char *file;

			EXPECT(!write_kdump(&s, &core, &format, in_test_dir("core"), &size, &err));
			file = need(get_file(in_test_dir("core"), &bytes[!!i]));
			if (!i) {
				first = file;
				check_file(&s, in_test_dir("core"), codec, &size);
				continue;
			}
			EXPECT(bytes[0] == bytes[1] && !memcmp(first, file, bytes[0]));
			free(file);
		}
		free(first);
	}
	free_store(&s);
}

static size_t size_at_level(struct store *s, enum ld_codec codec, int level)
{
	struct ld_format format = format_of(codec, 1);
	struct ld_vmcore core = make_core(s, notes, NR_NOTES);
	struct ld_vmcore_size size = { 0 };
	struct ld_err err;

	format.level = level;
	EXPECT(!write_kdump(s, &core, &format, in_test_dir("core"), &size, &err));
	check_file(s, in_test_dir("core"), codec, &size);
	return size.bytes;
}

static void levels(void)
{
	struct store s;
	size_t i;

	make_store(&s, 4096, 20);
	for (i = 0; i < s.nr * s.page_size; i++)
		s.data[i] = "livedump"[test_random(8)];
	number(&s, 1);
	EXPECT(size_at_level(&s, LD_CODEC_ZLIB, 0) == size_at_level(&s, LD_CODEC_ZLIB, 1));
	EXPECT(size_at_level(&s, LD_CODEC_ZLIB, 9) < size_at_level(&s, LD_CODEC_ZLIB, 1));
	EXPECT(size_at_level(&s, LD_CODEC_ZSTD, 19) < size_at_level(&s, LD_CODEC_ZSTD, 0));
	free_store(&s);
}

static void levels_that_are_none(void)
{
	struct ld_err err;

	EXPECT(ld_codec_check(LD_CODEC_ZLIB, 10, &err));
	EXPECT_HAS(err.msg, "1 to 9");
	EXPECT(ld_codec_check(LD_CODEC_ZSTD, -1, &err));
	EXPECT_HAS(err.msg, "1 to 19");
	EXPECT(ld_codec_check(LD_CODEC_LZO, 1, &err));
	EXPECT_HAS(err.msg, "lzo has no levels");
	EXPECT(ld_codec_check(LD_CODEC_NONE, 1, &err) && err.code == LD_EXIT_USAGE);
	EXPECT(!ld_codec_check(LD_CODEC_NONE, 0, &err) && !ld_codec_check(LD_CODEC_LZO, 0, &err));
}

/* A page at the end of 1 TiB: 32 MiB for each bitmap, and nothing of it on the disk. */
static void sparse(void)
{
	const struct ld_format format = format_of(LD_CODEC_ZLIB, 1);
	const char *path = in_test_dir("core");
	struct ld_vmcore_size size;
	struct kd_desc d;
	struct ld_vmcore core;
	struct ld_err err;
	struct kd_file f;
	struct store s;
	struct stat st;
	char page[4096];
	void *data;
	int fd;

	make_store(&s, 4096, 2);
	s.pages[0].pfn = (1ULL << 28) - 1;
	s.pages[1].pfn = 5;
	core = make_core(&s, notes, NR_NOTES);
	EXPECT(!write_kdump(&s, &core, &format, path, &size, &err));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	EXPECT(fd >= 0 && !fstat(fd, &st));
	EXPECT(st.st_size > 64 << 20 && st.st_blocks * 512 < 256 << 10);
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	EXPECT(data != MAP_FAILED && !kd_open(&f, data, (uint64_t)st.st_size));
	EXPECT(f.max_mapnr == 1ULL << 28);
	EXPECT(!kd_page(&f, 5, &d, page) && !memcmp(page, s.data + 4096, 4096));
	EXPECT(!kd_page(&f, (1ULL << 28) - 1, &d, page) && !memcmp(page, s.data, 4096));
	EXPECT(kd_page(&f, 6, &d, page) && kd_bit(&f, 0, (1ULL << 28) - 1));
	munmap(data, (size_t)st.st_size);
	close(fd);
	free_store(&s);
}

/* What has no place in the header. */
static void too_far(void)
{
	const struct ld_format format = format_of(LD_CODEC_NONE, 1);
	struct ld_vmcore_size size;
	struct ld_vmcore core;
	struct ld_err err;
	struct store s;

	make_store(&s, 4096, 1);
	s.pages[0].pfn = 1ULL << 51;
	core = make_core(&s, notes, NR_NOTES);
	EXPECT(write_kdump(&s, &core, &format, in_test_dir("far"), &size, &err));
	EXPECT_HAS(err.msg, "--format elf");
	EXPECT(access(in_test_dir("far"), F_OK));
	free_store(&s);
}

/* At every write in turn, and at every mapping. */
static void full_half_way(void)
{
	const struct ld_format format = format_of(LD_CODEC_ZLIB, 3);
	struct ld_vmcore_size size;
	struct ld_vmcore core;
	unsigned int i, needed;
	struct ld_err err;
	struct store s;

	make_store(&s, 4096, 1024);
	s.window = 512;
	for (i = 0; i < s.nr; i++)
		s.pages[i].pfn = i;
	core = make_core(&s, notes, NR_NOTES);
	writes = 0;
	EXPECT(!write_kdump(&s, &core, &format, in_test_dir("good"), &size, &err));
	needed = writes;
	EXPECT(needed > 20);
	for (full_at = 1; full_at <= needed; full_at++) {
		writes = 0;
		EXPECT(write_kdump(&s, &core, &format, in_test_dir("full"), &size, &err));
		EXPECT_HAS(err.msg, "No space left");
		EXPECT(access(in_test_dir("full"), F_OK));
	}
	full_at = 0;
	s.maps = 0;
	s.fail_at = 2;
	EXPECT(write_kdump(&s, &core, &format, in_test_dir("full"), &size, &err));
	EXPECT_HAS(err.msg, "not today");
	free_store(&s);
}

#define JOBS	60

struct jobs {
	unsigned int threads;
	int done[JOBS];		/* atomic: by any thread */
	int bad_thread;
};

static void slow_job(void *ctx, unsigned int thread, size_t job)
{
	struct jobs *jobs = ctx;

	/* the first ones take longest */
	usleep(job % 20 < 3 ? 5000 : 100);
	__atomic_add_fetch(&jobs->done[job], 1, __ATOMIC_RELEASE);
	if (thread >= jobs->threads)
		__atomic_store_n(&jobs->bad_thread, 1, __ATOMIC_RELAXED);
}

/* What is waited for is done then, and once; again and again with the same threads. */
static void jobs_are_waited_for(void)
{
	struct jobs jobs = { .threads = 1 };
	size_t i, round;

	for (; jobs.threads <= 5; jobs.threads += 2) {
		struct ld_pool *pool = need(ld_pool_new(jobs.threads, slow_job, &jobs));

		for (round = 0; round < 3; round++) {
			memset(jobs.done, 0, sizeof(jobs.done));
			ld_pool_start(pool, JOBS);
			for (i = 0; i < JOBS; i++) {
				ld_pool_wait(pool, i);
				EXPECT(__atomic_load_n(&jobs.done[i], __ATOMIC_ACQUIRE) == 1);
			}
		}
		/* ended with jobs left */
		memset(jobs.done, 0, sizeof(jobs.done));
		ld_pool_start(pool, JOBS);
		ld_pool_wait(pool, 0);
		ld_pool_free(pool);
	}
	EXPECT(!jobs.bad_thread);
}

int main(void)
{
	make_test_dir();
	RUN(jobs_are_waited_for);
	RUN(every_codec);
	RUN(threads_agree);
	RUN(levels);
	RUN(levels_that_are_none);
	RUN(sparse);
	RUN(too_far);
	RUN(full_half_way);
	remove_test_dir();
	return END();
}
