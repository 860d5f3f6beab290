// SPDX-License-Identifier: GPL-2.0
/*
 * LIVEDUMP_LIST, and what it has in common with LIVEDUMP_STATUS.
 */
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define NR	3
#define MORE	40

FIXTURE(list) {
	int dev;
	int fd[NR];
	unsigned char room[PAGE_SIZE];
	struct livedump_list arg;
};

FIXTURE_SETUP(list)
{
	const char *const names[NR] = { "zebra", "ape", "lion" };
	struct livedump_create create = {};
	struct livedump_info info;
	struct livedump_range range;
	int i;

	test_device(self->dev);
	for (i = 0; i < NR; i++) {
		memset(create.name, 0, sizeof(create.name));
		strcpy(create.name, names[i]);
		create.limit = (i + 1) << 20;
		self->fd[i] = ld_create_with(self->dev, &create);
		ASSERT_LE(0, self->fd[i]);
	}
	test_info(self->dev, &info);
	range = ld_virt(info.out_text_start, 3 * PAGE_SIZE);
	test_record(self->fd[1], 0, &range, 1, NULL);
	test_record(self->fd[1], 0, &range, 1, NULL);
	test_stop(self->fd[2]);

	memset(self->room, JUNK, sizeof(self->room));
	self->arg = (struct livedump_list){
		.size = sizeof(self->arg),
		.entries = (uintptr_t)self->room,
		.entry_size = sizeof(struct livedump_list_entry),
		.nr = NR,
		.out_nr = JUNK,
	};
}

FIXTURE_TEARDOWN(list)
{
	int i;

	ld_destroy_all(self->dev);
	for (i = 0; i < NR; i++)
		close(self->fd[i]);
	close(self->dev);
}

/* Where the room begins to be as it was, from @from on: @from, or somewhere behind it. */
static size_t untouched(const unsigned char *room, size_t from)
{
	while (from < PAGE_SIZE && ld_same(room + from, JUNK, PAGE_SIZE - from) < PAGE_SIZE - from)
		from++;
	return from;
}

TEST_F(list, entries_agree_with_status)
{
	struct livedump_list_entry entries[NR];
	struct livedump_status st;
	__u32 nr, i;

	test_list(self->dev, entries, NR, &nr);
	ASSERT_EQ(NR, nr);
	for (i = 0; i < NR; i++) {
		test_status(self->fd[i], &st);
		EXPECT_EQ(0, memcmp(st.out_name, entries[i].name, sizeof(st.out_name)));
		EXPECT_EQ(st.out_state, entries[i].state);
		EXPECT_EQ(st.out_requests, entries[i].requests);
		EXPECT_EQ(st.out_pages, entries[i].pages);
		EXPECT_EQ(st.out_used, entries[i].used);
		EXPECT_EQ(st.out_limit, entries[i].limit);
		EXPECT_EQ(st.out_created_ns, entries[i].created_ns);
		EXPECT_EQ(getpid(), entries[i].creator_pid);
		EXPECT_EQ(getuid(), entries[i].creator_uid);
	}
	EXPECT_EQ(LIVEDUMP_STOPPED, entries[2].state);
	EXPECT_EQ(2, entries[1].requests);
	EXPECT_LE(3, entries[1].pages);
	EXPECT_EQ(0, entries[0].pages);
	EXPECT_EQ(2 << 20, entries[1].limit);
}

TEST_F(list, oldest_first)
{
	struct livedump_list_entry entries[NR];
	__u32 nr;

	test_list(self->dev, entries, NR, &nr);
	EXPECT_STREQ("zebra", entries[0].name);
	EXPECT_STREQ("ape", entries[1].name);
	EXPECT_STREQ("lion", entries[2].name);
	EXPECT_LT(entries[0].created_ns, entries[1].created_ns);
	EXPECT_LT(entries[1].created_ns, entries[2].created_ns);
}

TEST_F(list, less_room_than_sessions)
{
	const size_t size = sizeof(struct livedump_list_entry);
	__u32 nr;

	for (nr = 0; nr <= NR; nr++) {
		memset(self->room, JUNK, sizeof(self->room));
		self->arg.nr = nr;
		self->arg.out_nr = JUNK;
		ASSERT_EQ(0, ioctl(self->dev, LIVEDUMP_LIST, &self->arg));
		EXPECT_EQ(NR, self->arg.out_nr);
		EXPECT_EQ(nr * size, untouched(self->room, nr * size));
	}
	EXPECT_STREQ("zebra", (char *)self->room);
}

TEST_F(list, more_room_than_sessions)
{
	const size_t end = NR * sizeof(struct livedump_list_entry);

	self->arg.nr = 20;
	ASSERT_EQ(0, ioctl(self->dev, LIVEDUMP_LIST, &self->arg));
	EXPECT_EQ(NR, self->arg.out_nr);
	EXPECT_EQ(end, untouched(self->room, end));
	/* Room that is only claimed is not touched, and costs nothing. */
	self->arg.nr = 0xffffffff;
	ASSERT_EQ(0, ioctl(self->dev, LIVEDUMP_LIST, &self->arg));
	EXPECT_EQ(NR, self->arg.out_nr);
}

TEST_F(list, larger_entries_are_zero_filled)
{
	const size_t known = sizeof(struct livedump_list_entry);
	const size_t size = known + MORE;
	size_t i;

	self->arg.entry_size = size;
	ASSERT_EQ(0, ioctl(self->dev, LIVEDUMP_LIST, &self->arg));
	EXPECT_STREQ("zebra", (char *)self->room);
	EXPECT_STREQ("ape", (char *)self->room + size);
	EXPECT_STREQ("lion", (char *)self->room + 2 * size);
	for (i = 0; i < NR; i++) {
		EXPECT_EQ(MORE, ld_same(self->room + i * size + known, 0, MORE))
			TH_LOG("entry %zu", i);
	}
	EXPECT_EQ(NR * size, untouched(self->room, NR * size));
}

TEST_F(list, smaller_entries_are_cut)
{
	const size_t size = offsetof(struct livedump_list_entry, pages);
	const struct livedump_list_entry *e;
	size_t i;

	self->arg.entry_size = size;
	ASSERT_EQ(0, ioctl(self->dev, LIVEDUMP_LIST, &self->arg));
	EXPECT_EQ(NR, self->arg.out_nr);
	for (i = 0; i < NR; i++) {
		e = (const struct livedump_list_entry *)(self->room + i * size);
		EXPECT_EQ(i == 1 ? 2 : 0, e->requests);
	}
	EXPECT_STREQ("lion", (char *)self->room + 2 * size);
	EXPECT_EQ(NR * size, untouched(self->room, NR * size));
}

/* "where to put them, or 0" */
TEST_F(list, only_count)
{
	self->arg.entries = 0;
	ASSERT_EQ(0, ioctl(self->dev, LIVEDUMP_LIST, &self->arg));
	EXPECT_EQ(NR, self->arg.out_nr);
	self->arg.nr = 0;
	self->arg.entry_size = 0;
	self->arg.out_nr = JUNK;
	ASSERT_EQ(0, ioctl(self->dev, LIVEDUMP_LIST, &self->arg));
	EXPECT_EQ(NR, self->arg.out_nr);
}

TEST_F(list, bad_pointer)
{
	unsigned char *room = mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const size_t size = sizeof(struct livedump_list_entry);

	ASSERT_NE(MAP_FAILED, room);
	ASSERT_EQ(0, mprotect(room + PAGE_SIZE, PAGE_SIZE, PROT_NONE));
	self->arg.entries = 8;
	EXPECT_ERRNO(EFAULT, ioctl(self->dev, LIVEDUMP_LIST, &self->arg));
	self->arg.entries = 0xffffffff81000000;
	EXPECT_ERRNO(EFAULT, ioctl(self->dev, LIVEDUMP_LIST, &self->arg));
	/* The last entry has no room. */
	self->arg.entries = (uintptr_t)room + PAGE_SIZE - NR * size + 1;
	EXPECT_ERRNO(EFAULT, ioctl(self->dev, LIVEDUMP_LIST, &self->arg));
	self->arg.entries--;
	EXPECT_EQ(0, ioctl(self->dev, LIVEDUMP_LIST, &self->arg));
}

TEST_F(list, unnamed_are_not_listed)
{
	__u32 nr;
	int fd;

	test_create(fd, self->dev, NULL);
	test_list(self->dev, NULL, 0, &nr);
	EXPECT_EQ(NR, nr);
	close(fd);
}

TEST_HARNESS_MAIN
