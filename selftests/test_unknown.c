// SPDX-License-Identifier: GPL-2.0
/*
 * What these files do not take: other ioctls, other operations; and 32-bit callers, which they do.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

FIXTURE(unknown) {
	int dev;
	int fd;
};

FIXTURE_SETUP(unknown)
{
	self->dev = ld_device();
	ASSERT_LE(0, self->dev);
	test_create(self->fd, self->dev, NULL);
}

FIXTURE_TEARDOWN(unknown)
{
	close(self->fd);
	close(self->dev);
}

TEST_F(unknown, ioctl)
{
	__u32 arg[1024] = { sizeof(arg) };
	unsigned int nr;

	for (nr = LIVEDUMP_WHATIS + 1; nr < 0xdb00 + 256; nr++) {
		EXPECT_ERRNO(ENOTTY, ioctl(self->dev, nr, arg));
		if (nr < LIVEDUMP_STATUS || nr > LIVEDUMP_ANNOTATE)
			EXPECT_ERRNO(ENOTTY, ioctl(self->fd, nr, arg));
	}
	EXPECT_ERRNO(ENOTTY, ioctl(self->dev, 0, arg));
	EXPECT_ERRNO(ENOTTY, ioctl(self->fd, ~0U, arg));
}

TEST_F(unknown, file_operation)
{
	char buf[16];

	EXPECT_EQ(-1, read(self->dev, buf, sizeof(buf)));
	EXPECT_EQ(-1, write(self->dev, buf, sizeof(buf)));
	EXPECT_EQ(-1, read(self->fd, buf, sizeof(buf)));
	EXPECT_EQ(-1, write(self->fd, buf, sizeof(buf)));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, self->dev, 0));
}

/* What a 32-bit program does: ioctl() by interrupt, with pointers that fit. */
static int ioctl32(int fd, unsigned int nr, void *arg)
{
	long ret = 54;

	asm volatile("int $0x80" : "+a"(ret)
		     : "b"((long)fd), "c"((long)nr), "d"((long)arg)
		     : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

/* Does this kernel take 32-bit system calls at all? */
static bool has_ioctl32(int fd)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(ioctl32(fd, 0, NULL) == -ENOTTY ? 0 : 1);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

TEST_F(unknown, bitness)
{
	struct {
		struct livedump_info info;
		struct livedump_record record;
		struct livedump_range range;
	} *low;

	if (!has_ioctl32(self->dev))
		SKIP(return, "no 32-bit system calls");
	low = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	ASSERT_NE(MAP_FAILED, low);
	low->info.size = sizeof(low->info);
	ASSERT_EQ(0, ioctl32(self->dev, LIVEDUMP_INFO, &low->info));
	EXPECT_EQ(LIVEDUMP_ABI, low->info.out_abi);
	EXPECT_LT(1ULL << 63, low->info.out_text_start);

	low->range = ld_virt(low->info.out_text_start, 8);
	low->record.size = sizeof(low->record);
	low->record.ranges = (uintptr_t)&low->range;
	low->record.nr = 1;
	low->record.range_size = sizeof(low->range);
	ASSERT_EQ(0, ioctl32(self->fd, LIVEDUMP_RECORD, &low->record));
	EXPECT_EQ(8, low->range.out_recorded);
	EXPECT_EQ(-ENOTTY, ioctl32(self->dev, LIVEDUMP_STATUS, low));
}

TEST_HARNESS_MAIN
