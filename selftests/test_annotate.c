// SPDX-License-Identifier: GPL-2.0
/*
 * LIVEDUMP_ANNOTATE: notes are kept as they were given, one after the other, wholly or not at all.
 */
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define ROOM	(8 * PAGE_SIZE)

FIXTURE(annotate) {
	int dev;
	int fd;
	char *text;	/* ROOM bytes, and then nothing */
};

/* Byte @i of what is written: no two pages are the same. */
static char byte(size_t i)
{
	return livedump_test_byte(i);
}

FIXTURE_SETUP(annotate)
{
	size_t i;

	test_device(self->dev);
	test_create(self->fd, self->dev, NULL);
	self->text = mmap(NULL, ROOM + PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->text);
	for (i = 0; i < ROOM; i++)
		self->text[i] = byte(i);
	ASSERT_EQ(0, mprotect(self->text + ROOM, PAGE_SIZE, PROT_NONE));
}

FIXTURE_TEARDOWN(annotate)
{
	close(self->fd);
	EXPECT_EQ(0, ld_used(self->dev));
	close(self->dev);
}

static __u64 notes_of(struct __test_metadata *_metadata, int fd)
{
	struct livedump_status st;

	test_status(fd, &st);
	return st.out_notes;
}

/* The session has the bytes @text, and what they lie on has nothing else. */
static void check_notes(struct __test_metadata *_metadata, int fd, const void *text, size_t size)
{
	size_t rest = (size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE - size;
	struct view v;

	ASSERT_EQ(0, view_map(&v, fd));
	ASSERT_EQ(size, v.status.out_notes);
	EXPECT_EQ(0, memcmp(text, v.notes, size));
	EXPECT_EQ(rest, ld_same(v.notes + size, 0, rest));
	view_unmap(&v);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, fd,
				   LIVEDUMP_MMAP_NOTES + size + rest));
	EXPECT_EQ(ENXIO, errno);
}

TEST_F(annotate, none)
{
	EXPECT_EQ(0, notes_of(_metadata, self->fd));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, self->fd,
				   LIVEDUMP_MMAP_NOTES));
	EXPECT_EQ(ENXIO, errno);
}

/* Notes of all lengths around a page, each where the last one ended. */
TEST_F(annotate, one_after_the_other)
{
	static const size_t lengths[] = {
		1, 1, 7, 4086, 1, 4096, 4095, 4097, 8192, 3, 8191, 100,
	};
	char *all = malloc(16 * ROOM);
	size_t i, at = 0;

	ASSERT_NE(NULL, all);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		test_annotate(self->fd, self->text + i, lengths[i]);
		memcpy(all + at, self->text + i, lengths[i]);
		at += lengths[i];
		check_notes(_metadata, self->fd, all, at);
	}
	free(all);
}

TEST_F(annotate, is_no_request)
{
	struct livedump_status st;

	test_annotate(self->fd, self->text, 10);
	test_status(self->fd, &st);
	EXPECT_EQ(0, st.out_requests);
	EXPECT_EQ(0, st.out_pages);
	EXPECT_EQ(0, st.out_busy_ns);
}

TEST_F(annotate, largest)
{
	char *text = mmap(NULL, LIVEDUMP_MAX_NOTE + 1, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	size_t i;

	ASSERT_NE(MAP_FAILED, text);
	/* no two pages are the same */
	memset(text, byte(1), LIVEDUMP_MAX_NOTE);
	for (i = 0; i < LIVEDUMP_MAX_NOTE; i += PAGE_SIZE)
		memcpy(text + i, &i, sizeof(i));
	test_err_annotate(E2BIG, self->fd, text, LIVEDUMP_MAX_NOTE + 1);
	test_err_annotate(E2BIG, self->fd, text, 1ULL << 32);
	test_err_annotate(E2BIG, self->fd, text, 0x100000001ULL);
	test_err_annotate(E2BIG, self->fd, text, ~0ULL);
	EXPECT_EQ(0, notes_of(_metadata, self->fd));
	test_annotate(self->fd, text, LIVEDUMP_MAX_NOTE);
	check_notes(_metadata, self->fd, text, LIVEDUMP_MAX_NOTE);
}

TEST_F(annotate, empty)
{
	test_err_annotate(EINVAL, self->fd, self->text, 0);
	test_err_annotate(EINVAL, self->fd, NULL, 0);
	EXPECT_EQ(0, notes_of(_metadata, self->fd));
}

/* At its beginning, half way, or in its last byte. */
TEST_F(annotate, bad_pointer)
{
	char *const end = self->text + ROOM;
	const struct {
		const void *text;
		size_t length;
	} bad[] = {
		{ NULL, 1 }, { (void *)8, 100 }, { end, 1 }, { end - 1, 2 }, { end - 100, 101 },
		{ end - ROOM, ROOM + 1 }, { end - 3 * PAGE_SIZE - 5, 4 * PAGE_SIZE },
		{ (void *)0xffffffff81000000, 16 }, { (void *)(1UL << 63), 16 },
		{ (void *)-1UL, 1 }, { (void *)-8UL, 16 }, { end, LIVEDUMP_MAX_NOTE },
	};
	__u64 used;
	size_t i;

	test_annotate(self->fd, self->text, 5);
	used = ld_used(self->dev);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		test_err_annotate(EFAULT, self->fd, bad[i].text, bad[i].length);
		check_notes(_metadata, self->fd, self->text, 5);
		EXPECT_EQ(used, ld_used(self->dev));
	}
	test_annotate(self->fd, end - 5, 5);
	EXPECT_EQ(10, notes_of(_metadata, self->fd));
}

TEST_F(annotate, stopped)
{
	test_annotate(self->fd, self->text, 100);
	test_stop(self->fd);
	test_err_annotate(ESHUTDOWN, self->fd, self->text, 100);
	check_notes(_metadata, self->fd, self->text, 100);
}

TEST_F(annotate, after_the_deadline)
{
	struct livedump_create arg = { .deadline_ms = 300 };
	struct livedump_status st;
	int fd = -1, tries = 5, ret;

	do {
		close(fd);
		fd = ld_create_with(self->dev, &arg);
		ASSERT_LE(0, fd);
		ret = ld_annotate(fd, self->text, 3);
	} while (ret && errno == ETIME && --tries);
	ASSERT_EQ(0, ret);
	usleep(400000);
	test_err_annotate(ETIME, fd, self->text, 3);
	test_status(fd, &st);
	EXPECT_EQ(LIVEDUMP_STOPPED, st.out_state);
	EXPECT_EQ(3, st.out_notes);
	test_err_annotate(ESHUTDOWN, fd, self->text, 3);
	close(fd);
}

/* Any limit is kept, and what does not fit leaves what is there alone. */
TEST_F(annotate, limit)
{
	__u64 limit, notes, last = 0;
	struct livedump_status st;
	int fd, i;

	for (limit = PAGE_SIZE; limit < 24 * PAGE_SIZE; limit += is_slow() ? 5000 : 1000) {
		fd = ld_create_limited(self->dev, limit);
		if (fd < 0) {
			/* not even for a session */
			EXPECT_EQ(ENOSPC, errno);
			EXPECT_EQ(0, last);
			continue;
		}
		for (i = 0; i < 100 && !ld_annotate(fd, self->text, 1500); i++)
			;
		EXPECT_EQ(ENOSPC, errno);
		test_err_annotate(ENOSPC, fd, self->text, ROOM);
		test_status(fd, &st);
		notes = st.out_notes;
		EXPECT_EQ(1500 * i, notes);
		EXPECT_GE(limit, st.out_used);
		EXPECT_LE(last, notes);
		last = notes;
		close(fd);
	}
	EXPECT_LT(10 * PAGE_SIZE, last);
}

/* A session that is full of pages has no room; a note that fits is taken all the same. */
TEST_F(annotate, full_session)
{
	struct livedump_range range;
	struct livedump_info info;
	struct livedump_status st;
	int fd = ld_create_limited(self->dev, 1 << 20);

	ASSERT_LE(0, fd);
	test_info(self->dev, &info);
	range = ld_virt(info.out_text_start, 4 << 20);
	test_err_record(ENOSPC, fd, 0, &range, 1, NULL);
	test_status(fd, &st);
	while (!ld_annotate(fd, self->text, PAGE_SIZE))
		;
	EXPECT_EQ(ENOSPC, errno);
	test_status(fd, &st);
	EXPECT_GE(1 << 20, st.out_used);
	EXPECT_EQ(0, st.out_notes % PAGE_SIZE);
	EXPECT_EQ(LIVEDUMP_RECORDING, st.out_state);
	close(fd);
}

TEST_F(annotate, cap)
{
	struct livedump_create arg = {};
	char *big = mmap(NULL, LIVEDUMP_MAX_NOTE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0);
	struct livedump_info info;
	int hog;

	test_info(self->dev, &info);
	arg.reserve = info.out_cap - (6 << 20);
	hog = ld_create_with(self->dev, &arg);
	ASSERT_LE(0, hog);
	test_err_annotate(ENOSPC, self->fd, big, LIVEDUMP_MAX_NOTE);
	test_annotate(self->fd, self->text, 100);
	check_notes(_metadata, self->fd, self->text, 100);
	close(hog);
}

/* Many at once: each note is in one piece. */
TEST_F(annotate, many_writers)
{
	enum { WRITERS = 4, NOTES = 50, LENGTH = 5000 };
	char note[LENGTH];
	int i, k, status;
	struct view v;

	for (i = 0; i < WRITERS; i++) {
		if (fork())
			continue;
		memset(note, 'a' + i, sizeof(note));
		for (k = 0; k < NOTES; k++) {
			if (ld_annotate(self->fd, note, sizeof(note)))
				_exit(1);
		}
		_exit(0);
	}
	for (i = 0; i < WRITERS; i++) {
		ASSERT_LT(0, wait(&status));
		EXPECT_EQ(0, status);
	}
	ASSERT_EQ(0, view_map(&v, self->fd));
	ASSERT_EQ(WRITERS * NOTES * LENGTH, v.status.out_notes);
	for (i = 0; i < WRITERS * NOTES; i++)
		EXPECT_EQ(LENGTH, ld_same(v.notes + i * LENGTH, v.notes[i * LENGTH], LENGTH));
	view_unmap(&v);
}

/* Nobody waits for a note while another request runs, but for its turn; who is killed then goes. */
TEST_F(annotate, killed_while_it_waits)
{
	static struct snap endless;
	struct livedump_info info;
	struct livedump_status st;
	pid_t busy, waits;
	int status;

	test_info(self->dev, &info);
	snap_endless(&endless, info.out_text_start);
	busy = fork();
	if (!busy)
		_exit(!!ld_snapshot(self->fd, &endless));
	do {
		test_status(self->fd, &st);
	} while (!st.out_requests);
	waits = fork();
	if (!waits)
		_exit(!!ld_annotate(self->fd, self->text, 100));
	usleep(200000);
	EXPECT_EQ(0, waitpid(waits, &status, WNOHANG));
	kill(waits, SIGKILL);
	ASSERT_EQ(waits, waitpid(waits, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(0, waitpid(busy, &status, WNOHANG));
	kill(busy, SIGKILL);
	ASSERT_EQ(busy, waitpid(busy, &status, 0));
	EXPECT_EQ(0, notes_of(_metadata, self->fd));
	test_annotate(self->fd, self->text, 100);
	check_notes(_metadata, self->fd, self->text, 100);
}

TEST_HARNESS_MAIN
