// SPDX-License-Identifier: GPL-2.0
/*
 * mmap() of a session: read-only, to the last entry and no further, and safe to hold on to.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/uio.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define END_OF(nr, entry)	(((nr) * sizeof(*(entry)) + PAGE_SIZE - 1) & PAGE_MASK)

FIXTURE(mapping) {
	int dev;
	int fd;
	__u64 plain;
	struct view v;
};

/* More than one chunk of everything: pages, aliases, holes. */
FIXTURE_SETUP(mapping)
{
	static struct livedump_range ranges[300];
	struct livedump_info info;
	size_t i;

	test_device(self->dev);
	test_info(self->dev, &info);
	test_create(self->fd, self->dev, "mapping");
	self->plain = address_of("plain");
	ranges[0] = ld_virt(self->plain, LIVEDUMP_TEST_PLAIN_PAGES * PAGE_SIZE);
	ranges[1] = ld_virt(info.out_text_start, 80 * PAGE_SIZE);
	/* Kernel stacks and modules have hundreds of pages with aliases. */
	ranges[2] = ld_virt((address_of("root") & ~0xfffffULL), 0x100000);
	for (i = 3; i < ARRAY_SIZE(ranges); i++)
		ranges[i] = ld_virt(8 * i, 4);
	test_record(self->fd, 0, ranges, ARRAY_SIZE(ranges), NULL);
	test_annotate(self->fd, ranges, sizeof(ranges));
	ASSERT_EQ(0, view_map(&self->v, self->fd));
	ASSERT_LT(130, self->v.status.out_pages);
	ASSERT_LT(64, self->v.status.out_aliases);
	ASSERT_LT(256, self->v.status.out_holes);
	ASSERT_LT(PAGE_SIZE, self->v.status.out_notes);
}

FIXTURE_TEARDOWN(mapping)
{
	ld_destroy_all(self->dev);
	close(self->fd);
	close(self->dev);
}

static void *map(int fd, __u64 offset, size_t size)
{
	return mmap(NULL, size, PROT_READ, MAP_SHARED, fd, offset);
}

TEST_F(mapping, contents)
{
	__u64 i;

	for (i = 0; i < LIVEDUMP_TEST_PLAIN_PAGES; i++) {
		const struct livedump_page *page = view_page(&self->v, self->plain +
							     i * PAGE_SIZE);

		ASSERT_NE(NULL, page);
		EXPECT_EQ(i, *(const __u64 *)view_data(&self->v, page));
	}
	for (i = 0; i < self->v.status.out_aliases; i++)
		EXPECT_GT(self->v.status.out_pages, self->v.aliases[i].page);
	for (i = 0; i < self->v.status.out_holes; i++)
		EXPECT_NE(0, self->v.holes[i].length);
}

/* What lies behind the last entry, on its page, is nothing of anybody's. */
TEST_F(mapping, rest_of_the_last_page)
{
	const struct livedump_status *st = &self->v.status;
	size_t rest;

	rest = END_OF(st->out_pages, self->v.pages) - st->out_pages * sizeof(*self->v.pages);
	EXPECT_EQ(rest, ld_same(self->v.pages + st->out_pages, 0, rest));
	rest = END_OF(st->out_aliases, self->v.aliases) -
	       st->out_aliases * sizeof(*self->v.aliases);
	EXPECT_EQ(rest, ld_same(self->v.aliases + st->out_aliases, 0, rest));
	rest = END_OF(st->out_holes, self->v.holes) - st->out_holes * sizeof(*self->v.holes);
	EXPECT_EQ(rest, ld_same(self->v.holes + st->out_holes, 0, rest));
	rest = END_OF(st->out_notes, self->v.notes) - st->out_notes;
	EXPECT_EQ(rest, ld_same(self->v.notes + st->out_notes, 0, rest));
}

/* Each page of a region, alone and with those behind it. */
static void check_windows(struct __test_metadata *_metadata, int fd, __u64 region,
			  const void *whole, size_t size)
{
	static const size_t lengths[] = { 1, 2, 3, 63, 64, 65, 129 };
	size_t at, i, len;
	void *p;

	for (at = 0; at < size; at += PAGE_SIZE) {
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			len = lengths[i] * PAGE_SIZE;
			/* All lengths at few places, few lengths at all places. */
			if (i && at % (16 * PAGE_SIZE))
				continue;
			p = map(fd, region + at, len);
			if (at + len > size) {
				EXPECT_EQ(MAP_FAILED, p);
				EXPECT_EQ(ENXIO, errno);
				continue;
			}
			ASSERT_NE(MAP_FAILED, p);
			EXPECT_EQ(0, memcmp(whole + at, p, len));
			munmap(p, len);
		}
	}
}

TEST_F(mapping, windows)
{
	const struct livedump_status *st = &self->v.status;

	check_windows(_metadata, self->fd, LIVEDUMP_MMAP_DATA, self->v.data,
		      st->out_pages * PAGE_SIZE);
	check_windows(_metadata, self->fd, LIVEDUMP_MMAP_PAGES, self->v.pages,
		      END_OF(st->out_pages, self->v.pages));
	check_windows(_metadata, self->fd, LIVEDUMP_MMAP_ALIASES, self->v.aliases,
		      END_OF(st->out_aliases, self->v.aliases));
	check_windows(_metadata, self->fd, LIVEDUMP_MMAP_HOLES, self->v.holes,
		      END_OF(st->out_holes, self->v.holes));
	check_windows(_metadata, self->fd, LIVEDUMP_MMAP_NOTES, self->v.notes,
		      END_OF(st->out_notes, self->v.notes));
}

TEST_F(mapping, beyond_the_end)
{
	const struct livedump_status *st = &self->v.status;
	const __u64 ends[] = {
		LIVEDUMP_MMAP_PAGES + END_OF(st->out_pages, self->v.pages),
		LIVEDUMP_MMAP_DATA + st->out_pages * PAGE_SIZE,
		LIVEDUMP_MMAP_ALIASES + END_OF(st->out_aliases, self->v.aliases),
		LIVEDUMP_MMAP_HOLES + END_OF(st->out_holes, self->v.holes),
		LIVEDUMP_MMAP_NOTES + END_OF(st->out_notes, self->v.notes),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		errno = 0;
		EXPECT_EQ(MAP_FAILED, map(self->fd, ends[i], PAGE_SIZE));
		EXPECT_EQ(ENXIO, errno);
		errno = 0;
		EXPECT_EQ(MAP_FAILED, map(self->fd, ends[i] - PAGE_SIZE, 2 * PAGE_SIZE));
		EXPECT_EQ(ENXIO, errno);
		errno = 0;
		EXPECT_EQ(MAP_FAILED, map(self->fd, ends[i] + (1ULL << 40), PAGE_SIZE));
		EXPECT_EQ(ENXIO, errno);
		EXPECT_NE(MAP_FAILED, map(self->fd, ends[i] - PAGE_SIZE, PAGE_SIZE));
	}
}

TEST_F(mapping, no_such_region)
{
	static const __u64 offsets[] = {
		6ULL << 44, 7ULL << 44, 0xffULL << 44, 1ULL << 62, (1ULL << 44) - PAGE_SIZE,
		(2ULL << 44) - PAGE_SIZE, 1ULL << 43, 1ULL << 32,
		/* Whose page numbers are small if they are cut to 32 bits. */
		LIVEDUMP_MMAP_DATA + (1ULL << 43),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		errno = 0;
		EXPECT_EQ(MAP_FAILED, map(self->fd, offsets[i], PAGE_SIZE)) {
			TH_LOG("offset %llx", offsets[i]);
		}
		EXPECT_EQ(ENXIO, errno);
	}
	EXPECT_EQ(MAP_FAILED, map(self->fd, -PAGE_SIZE, PAGE_SIZE));
	EXPECT_EQ(MAP_FAILED, map(self->fd, 1ULL << 63, PAGE_SIZE));
	EXPECT_EQ(MAP_FAILED, map(self->fd, 100, PAGE_SIZE));
}

TEST_F(mapping, across_regions)
{
	EXPECT_EQ(MAP_FAILED, map(self->fd, LIVEDUMP_MMAP_DATA - PAGE_SIZE, 2 * PAGE_SIZE));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(MAP_FAILED, map(self->fd, LIVEDUMP_MMAP_PAGES, 1ULL << 45));
}

TEST_F(mapping, empty_session)
{
	static const __u64 regions[] = {
		LIVEDUMP_MMAP_PAGES, LIVEDUMP_MMAP_DATA, LIVEDUMP_MMAP_ALIASES,
		LIVEDUMP_MMAP_HOLES, LIVEDUMP_MMAP_OBJECTS, LIVEDUMP_MMAP_NOTES,
	};
	size_t i;
	int fd;

	test_create(fd, self->dev, NULL);
	for (i = 0; i < ARRAY_SIZE(regions); i++) {
		errno = 0;
		EXPECT_EQ(MAP_FAILED, map(fd, regions[i], PAGE_SIZE));
		EXPECT_EQ(ENXIO, errno);
	}
	close(fd);
}

TEST_F(mapping, only_shared_and_only_to_read)
{
	static const struct {
		int prot;
		int flags;
	} bad[] = {
		{ PROT_READ | PROT_WRITE, MAP_SHARED },
		{ PROT_WRITE, MAP_SHARED },
		{ PROT_READ | PROT_EXEC, MAP_SHARED },
		{ PROT_EXEC, MAP_SHARED },
		{ PROT_READ, MAP_PRIVATE },
		{ PROT_READ | PROT_WRITE, MAP_PRIVATE },
		{ PROT_READ | PROT_EXEC, MAP_PRIVATE },
		{ PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		errno = 0;
		EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE_SIZE, bad[i].prot, bad[i].flags, self->fd,
					   LIVEDUMP_MMAP_DATA)) {
			TH_LOG("prot %d, flags %d", bad[i].prot, bad[i].flags);
		}
		EXPECT_TRUE(errno == EINVAL || errno == EACCES || errno == EPERM);
	}
}

TEST_F(mapping, stays_read_only)
{
	static const int prots[] = {
		PROT_WRITE, PROT_READ | PROT_WRITE, PROT_EXEC, PROT_READ | PROT_EXEC,
		PROT_READ | PROT_WRITE | PROT_EXEC,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(prots); i++) {
		errno = 0;
		EXPECT_EQ(-1, mprotect((void *)self->v.data, PAGE_SIZE, prots[i])) {
			TH_LOG("prot %d", prots[i]);
		}
		EXPECT_EQ(EACCES, errno);
	}
	EXPECT_EQ(0, mprotect((void *)self->v.data, PAGE_SIZE, PROT_NONE));
	EXPECT_EQ(0, mprotect((void *)self->v.data, PAGE_SIZE, PROT_READ));
}

/* Debuggers may write where programs may not; not here. */
TEST_F(mapping, not_written_by_force)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	unsigned char before = self->v.data[7];
	unsigned char other = ~before;

	ASSERT_LE(0, mem);
	EXPECT_EQ(-1, pwrite(mem, &other, 1, (uintptr_t)self->v.data + 7));
	EXPECT_EQ(before, self->v.data[7]);
	close(mem);
}

TEST_F_SIGNAL(mapping, write_is_a_fault, SIGSEGV)
{
	*(unsigned char *)self->v.data = 1;
}

/* Its pages are not brought back by faults: a reader that throws them away has to map again. */
TEST_F_SIGNAL(mapping, thrown_away, SIGBUS)
{
	ASSERT_EQ(0, madvise((void *)self->v.data, PAGE_SIZE, MADV_DONTNEED));
	ld_touch(self->v.data);
}

TEST_F(mapping, growth)
{
	size_t size = self->v.status.out_pages * PAGE_SIZE;
	unsigned char first[PAGE_SIZE];
	void *moved;

	memcpy(first, self->v.data, PAGE_SIZE);
	EXPECT_EQ(MAP_FAILED, mremap((void *)self->v.data, size, size + PAGE_SIZE, 0));
	EXPECT_EQ(MAP_FAILED, mremap((void *)self->v.data, size, size + PAGE_SIZE,
				     MREMAP_MAYMOVE));
	EXPECT_EQ(MAP_FAILED, mremap((void *)self->v.data, PAGE_SIZE, 2 * PAGE_SIZE,
				     MREMAP_MAYMOVE));
	/* Shrinking and moving are fine. */
	moved = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, moved);
	EXPECT_EQ(moved, mremap((void *)self->v.data, size, PAGE_SIZE,
				MREMAP_MAYMOVE | MREMAP_FIXED, moved));
	EXPECT_EQ(0, memcmp(first, moved, PAGE_SIZE));
}

TEST_F(mapping, outlives_its_session)
{
	size_t size = self->v.status.out_pages * PAGE_SIZE;
	unsigned char *copy = malloc(size);

	ASSERT_NE(NULL, copy);
	memcpy(copy, self->v.data, size);
	close(self->fd);
	test_destroy(self->dev, "mapping");
	EXPECT_LT(0, ld_used(self->dev));
	EXPECT_EQ(0, memcmp(copy, self->v.data, size));
	view_unmap(&self->v);
	EXPECT_EQ(0, ld_used(self->dev));
	free(copy);
}

TEST_F(mapping, inherited)
{
	size_t size = self->v.status.out_pages * PAGE_SIZE;
	unsigned char *copy = malloc(size);
	int gone[2], status;
	pid_t pid;
	char c;

	ASSERT_NE(NULL, copy);
	memcpy(copy, self->v.data, size);
	ASSERT_EQ(0, pipe(gone));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(self->fd);
		close(self->dev);
		close(gone[1]);
		/* Wait until the parent has let go. */
		if (read(gone[0], &c, 1))
			_exit(1);
		_exit(memcmp(copy, self->v.data, size) ? 2 : 0);
	}
	view_unmap(&self->v);
	close(self->fd);
	test_destroy(self->dev, "mapping");
	EXPECT_LT(0, ld_used(self->dev));
	close(gone[1]);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, ld_used(self->dev));
}

/* Pages on their way through a pipe stay what they were, even when the session is gone. */
TEST_F(mapping, spliced)
{
	const __u64 pages = 16;
	struct iovec iov = { (void *)self->v.data, pages * PAGE_SIZE };
	unsigned char *copy = malloc(2 * pages * PAGE_SIZE);
	unsigned char *arrived = copy + pages * PAGE_SIZE;
	size_t got = 0;
	int fds[2], fd;
	ssize_t n;

	ASSERT_NE(NULL, copy);
	memcpy(copy, self->v.data, pages * PAGE_SIZE);
	ASSERT_EQ(0, pipe(fds));
	ASSERT_EQ(pages * PAGE_SIZE, vmsplice(fds[1], &iov, 1, 0));
	view_unmap(&self->v);
	close(self->fd);
	test_destroy(self->dev, "mapping");
	EXPECT_EQ(0, ld_used(self->dev));
	/* Somebody else's pages now, were they not held. */
	test_create(fd, self->dev, NULL);
	while (got < pages * PAGE_SIZE) {
		n = read(fds[0], arrived + got, pages * PAGE_SIZE - got);
		ASSERT_LT(0, n);
		got += n;
	}
	EXPECT_EQ(0, memcmp(copy, arrived, pages * PAGE_SIZE));
	close(fd);
}

TEST_F(mapping, written_to_a_file)
{
	const size_t size = self->v.status.out_pages * PAGE_SIZE;
	int file = memfd_create("livedump", MFD_CLOEXEC);
	void *copy;

	ASSERT_LE(0, file);
	ASSERT_EQ(size, write(file, self->v.data, size));
	copy = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);
	ASSERT_NE(MAP_FAILED, copy);
	EXPECT_EQ(0, memcmp(copy, self->v.data, size));
	close(file);
}

TEST_F(mapping, shows_refreshed_pages)
{
	struct livedump_test_root before, after;
	struct livedump_range range = ld_virt(address_of("root"), sizeof(before));

	ASSERT_EQ(0, view_read(&self->v, range.address, &before, sizeof(before)));
	test_control("bump");
	test_record(self->fd, 0, &range, 1, NULL);
	ASSERT_EQ(0, view_read(&self->v, range.address, &after, sizeof(after)));
	EXPECT_EQ(before.counter + 1, after.counter);
}

TEST_F(mapping, stands_still_once_stopped)
{
	struct livedump_range range = ld_virt(address_of("root"), 8);
	const size_t size = self->v.status.out_pages * PAGE_SIZE;
	unsigned char *copy = malloc(size);

	ASSERT_NE(NULL, copy);
	memcpy(copy, self->v.data, size);
	test_stop(self->fd);
	test_control("bump");
	test_err_record(ESHUTDOWN, self->fd, 0, &range, 1, NULL);
	EXPECT_EQ(0, memcmp(copy, self->v.data, size));
	free(copy);
	/* It can still be mapped. */
	EXPECT_NE(MAP_FAILED, map(self->fd, LIVEDUMP_MMAP_DATA, PAGE_SIZE));
}

/* What the kernel says of the mapping: no writing, no executing, nothing for a core dump. */
TEST_F(mapping, flags)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	unsigned long start, end;
	bool found = false;
	char line[1024];

	ASSERT_NE(NULL, f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			found = start == (uintptr_t)self->v.data;
		if (found && !strncmp(line, "VmFlags:", 8))
			break;
	}
	fclose(f);
	ASSERT_TRUE(found);
	EXPECT_NE(NULL, strstr(line, " rd"));
	EXPECT_NE(NULL, strstr(line, " dd"));
	EXPECT_NE(NULL, strstr(line, " de"));
	EXPECT_EQ(NULL, strstr(line, " wr"));
	EXPECT_EQ(NULL, strstr(line, " mw"));
	EXPECT_EQ(NULL, strstr(line, " ex"));
	EXPECT_EQ(NULL, strstr(line, " me"));
}

TEST_HARNESS_MAIN
