// SPDX-License-Identifier: GPL-2.0
/*
 * LIVEDUMP_RECORD: the array of ranges.
 */
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define MORE	24

FIXTURE(record_args) {
	int dev;
	int fd;
	__u64 address;
	unsigned char *room;	/* two pages, and one that is not there */
	unsigned char *end;
	struct livedump_record arg;
};

FIXTURE_SETUP(record_args)
{
	struct livedump_info info;

	test_device(self->dev);
	test_info(self->dev, &info);
	self->address = info.out_text_start;
	test_create(self->fd, self->dev, NULL);
	self->room = mmap(NULL, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->room);
	self->end = self->room + 2 * PAGE_SIZE;
	ASSERT_EQ(0, mprotect(self->end, PAGE_SIZE, PROT_NONE));
	self->arg.size = sizeof(self->arg);
	self->arg.ranges = (uintptr_t)self->room;
	self->arg.range_size = sizeof(struct livedump_range);
}

FIXTURE_TEARDOWN(record_args)
{
	close(self->fd);
	close(self->dev);
}

/* Three ranges at @to, @size bytes each. */
static void fill(unsigned char *to, size_t size, __u64 address)
{
	struct livedump_range range;
	size_t i;

	for (i = 0; i < 3; i++) {
		range = ld_virt(address + i, 10 + i);
		memset(to + i * size, 0, size);
		memcpy(to + i * size, &range, sizeof(range));
	}
}

TEST_F(record_args, unknown_flags)
{
	struct livedump_range range;
	struct livedump_status st;
	int bit;

	for (bit = 0; bit < 32; bit++) {
		if ((1U << bit) & (LIVEDUMP_RANGE_PHYS | LIVEDUMP_RANGE_GUESS))
			continue;
		range = ld_virt(self->address, 8);
		range.flags = 1U << bit;
		test_err_record(EINVAL, self->fd, 0, &range, 1, NULL);
	}
	/* Nothing has been recorded for any of them. */
	test_status(self->fd, &st);
	EXPECT_EQ(0, st.out_pages);
}

TEST_F(record_args, reserved)
{
	struct livedump_range ranges[2] = { ld_virt(self->address, 8), ld_virt(self->address, 8) };
	struct livedump_status st;

	ranges[1].__reserved = 1;
	test_err_record(EINVAL, self->fd, 0, ranges, 2, NULL);
	ranges[1].__reserved = 1U << 31;
	test_err_record(EINVAL, self->fd, 0, ranges, 2, NULL);
	/* The first one was good; still, nothing is done. */
	test_status(self->fd, &st);
	EXPECT_EQ(0, st.out_pages);
}

TEST_F(record_args, short_entries)
{
	__u32 size;

	fill(self->room, sizeof(struct livedump_range), self->address);
	self->arg.nr = 1;
	for (size = 0; size < sizeof(struct livedump_range); size++) {
		self->arg.range_size = size;
		EXPECT_ERRNO(EINVAL, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
	}
}

TEST_F(record_args, long_entries)
{
	const size_t known = sizeof(struct livedump_range);
	const size_t size = known + MORE;
	struct livedump_range *r;
	size_t i;

	fill(self->room, size, self->address);
	self->arg.nr = 3;
	self->arg.range_size = size;
	ASSERT_EQ(0, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
	for (i = 0; i < 3; i++) {
		r = (struct livedump_range *)(self->room + i * size);
		EXPECT_EQ(self->address + i, r->address);
		EXPECT_EQ(10 + i, r->out_recorded);
		EXPECT_EQ(0, ld_sum(r->out_missing));
		EXPECT_EQ(MORE, ld_same(self->room + i * size + known, 0, MORE));
	}
	EXPECT_EQ(33, self->arg.out_recorded);
}

TEST_F(record_args, long_entries_with_something_in_the_tail)
{
	const size_t known = sizeof(struct livedump_range);
	const size_t size = known + MORE;
	size_t i, k;

	self->arg.nr = 3;
	self->arg.range_size = size;
	for (i = 0; i < 3; i++) {
		for (k = 0; k < MORE; k++) {
			fill(self->room, size, self->address);
			self->room[i * size + known + k] = 1;
			EXPECT_ERRNO(E2BIG, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
		}
	}
}

TEST_F(record_args, entries_of_a_page)
{
	fill(self->room, sizeof(struct livedump_range), self->address);
	memset(self->room + sizeof(struct livedump_range), 0,
	       2 * PAGE_SIZE - sizeof(struct livedump_range));
	self->arg.nr = 2;
	self->arg.range_size = PAGE_SIZE;
	ASSERT_EQ(0, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
	EXPECT_EQ(10, self->arg.out_recorded);
	self->arg.range_size = 0xffffffff;
	ASSERT_EQ(-1, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
	EXPECT_TRUE(errno == E2BIG || errno == EFAULT);
}

TEST_F(record_args, outputs_are_ignored_on_entry)
{
	struct livedump_range *r = (struct livedump_range *)self->room;

	fill(self->room, sizeof(*r), self->address);
	memset(&r->out_recorded, 0xff, sizeof(*r) - offsetof(struct livedump_range, out_recorded));
	self->arg.nr = 1;
	ASSERT_EQ(0, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
	EXPECT_EQ(10, r->out_recorded);
	EXPECT_EQ(0, ld_sum(r->out_missing));
	EXPECT_EQ(0, r->out_missing[LIVEDUMP_NR_REASONS - 1]);
}

TEST_F(record_args, too_many)
{
	struct livedump_range *many = mmap(NULL, (LIVEDUMP_MAX_RANGES + 1) * sizeof(*many),
					   PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
					   -1, 0);
	struct livedump_record all;
	__u32 i;

	ASSERT_NE(MAP_FAILED, many);
	for (i = 0; i <= LIVEDUMP_MAX_RANGES; i++)
		many[i] = ld_virt(self->address + i, 1);
	test_record(self->fd, 0, many, LIVEDUMP_MAX_RANGES, &all);
	EXPECT_EQ(LIVEDUMP_MAX_RANGES, all.out_recorded);
	EXPECT_EQ(1, many[LIVEDUMP_MAX_RANGES - 1].out_recorded);
	test_err_record(E2BIG, self->fd, 0, many, LIVEDUMP_MAX_RANGES + 1, NULL);
	self->arg.nr = 0xffffffff;
	EXPECT_ERRNO(E2BIG, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
	self->arg.nr = 1U << 31;
	EXPECT_ERRNO(E2BIG, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
}

TEST_F(record_args, bad_pointer)
{
	const size_t size = sizeof(struct livedump_range);
	const __u64 bad[] = {
		0, 16, self->address, (uintptr_t)self->end, 1ULL << 63, ~0ULL - size,
		(uintptr_t)self->end - 3 * size + 1,
	};
	size_t i;

	self->arg.nr = 3;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		self->arg.ranges = bad[i];
		ASSERT_EQ(-1, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg)) {
			TH_LOG("pointer %zu", i);
		}
		EXPECT_EQ(EFAULT, errno);
	}
	/* Up to the last byte of memory, and no further. */
	self->arg.ranges = (uintptr_t)self->end - 3 * size;
	fill(self->end - 3 * size, size, self->address);
	EXPECT_EQ(0, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
}

TEST_F(record_args, bad_pointer_to_long_entries)
{
	const size_t size = sizeof(struct livedump_range) + MORE;

	self->arg.nr = 3;
	self->arg.range_size = size;
	self->arg.ranges = (uintptr_t)self->end - 2 * size;
	fill(self->room, size, self->address);
	memcpy(self->end - 2 * size, self->room, 2 * size);
	EXPECT_ERRNO(EFAULT, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
	/* The tail of the last one is missing. */
	self->arg.ranges = (uintptr_t)self->end - 3 * size + 1;
	memcpy(self->end - 3 * size + 1, self->room, 3 * size - 1);
	EXPECT_ERRNO(EFAULT, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
	self->arg.ranges = ~0ULL - size;
	EXPECT_ERRNO(EFAULT, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
}

/* The results have nowhere to go. */
TEST_F(record_args, read_only_ranges)
{
	struct livedump_status st;

	fill(self->room, sizeof(struct livedump_range), self->address);
	self->arg.nr = 3;
	ASSERT_EQ(0, mprotect(self->room, PAGE_SIZE, PROT_READ));
	EXPECT_ERRNO(EFAULT, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
	/* The session is as good as before. */
	ASSERT_EQ(0, mprotect(self->room, PAGE_SIZE, PROT_READ | PROT_WRITE));
	EXPECT_EQ(0, ioctl(self->fd, LIVEDUMP_RECORD, &self->arg));
	test_status(self->fd, &st);
	EXPECT_EQ(2, st.out_requests);
}

TEST_HARNESS_MAIN
