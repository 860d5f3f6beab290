// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading: refused while somebody has something open, clean when not, and what the
 * module's parameter does. LIVEDUMP_KO names the module's file; it is loaded again at the end.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

static int unload(void)
{
	return syscall(SYS_delete_module, "livedump", O_NONBLOCK);
}

static int load(const char *parameters)
{
	int fd = open(getenv("LIVEDUMP_KO"), O_RDONLY | O_CLOEXEC);
	int ret = syscall(SYS_finit_module, fd, parameters, 0);

	close(fd);
	return ret;
}

FIXTURE(module) {
	struct livedump_range range;
};

FIXTURE_SETUP(module)
{
	struct livedump_info info;
	int dev = ld_device();

	ASSERT_NE(NULL, getenv("LIVEDUMP_KO"));
	ASSERT_LE(0, dev);
	ld_destroy_all(dev);
	test_info(dev, &info);
	self->range = ld_virt(info.out_text_start, 1 << 20);
	close(dev);
}

FIXTURE_TEARDOWN(module)
{
	/* As it was: loaded, without parameters. */
	unload();
	load("");
}

/* In a child all is closed, whatever becomes of it. */
TEST_F(module, not_while_the_device_is_open)
{
	int dev = ld_device();

	ASSERT_LE(0, dev);
	EXPECT_ERRNO(EWOULDBLOCK, unload());
	close(dev);
	EXPECT_EQ(0, unload());
	EXPECT_EQ(0, load(""));
}

TEST_F(module, not_while_a_session_is_open)
{
	int dev = ld_device(), fd;

	test_create(fd, dev, NULL);
	close(dev);
	EXPECT_ERRNO(EWOULDBLOCK, unload());
	test_record(fd, 0, &self->range, 1, NULL);
	close(fd);
	EXPECT_EQ(0, unload());
	EXPECT_EQ(0, load(""));
}

TEST_F(module, not_while_a_mapping_is_there)
{
	int dev = ld_device(), fd;
	unsigned char first;
	void *at;

	test_create(fd, dev, "mapped");
	test_record(fd, 0, &self->range, 1, NULL);
	at = mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, fd, LIVEDUMP_MMAP_DATA);
	ASSERT_NE(MAP_FAILED, at);
	first = ld_touch(at);
	test_destroy(dev, "mapped");
	close(fd);
	close(dev);
	EXPECT_ERRNO(EWOULDBLOCK, unload());
	EXPECT_EQ(first, ld_touch(at));
	munmap(at, PAGE_SIZE);
	EXPECT_EQ(0, unload());
	EXPECT_EQ(0, load(""));
}

/*
 * How much memory was asked for by code of which the kernel knows nothing but its address, or that
 * it knows to be the module's. When the module is gone, what it has left behind is of the former
 * kind.
 */
static unsigned int count_memory(bool modules_own)
{
	FILE *f = fopen("/proc/vmallocinfo", "re");
	char line[512], caller[256];
	unsigned int n = 0;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s %*s %255s", caller) != 1)
			continue;
		/* The module itself is load_module()'s. */
		n += modules_own ? !!strstr(line, "[livedump]") : !strncmp(caller, "0x", 2);
	}
	if (f)
		fclose(f);
	return n;
}

TEST_F(module, named_sessions_go_with_it)
{
	const unsigned int nobodys = count_memory(false);
	struct livedump_info info;
	int dev = ld_device(), fd, i;
	char name[16];
	__u32 nr;

	EXPECT_EQ(0, count_memory(true));
	for (i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "left-%d", i);
		test_create(fd, dev, name);
		test_record(fd, 0, &self->range, 1, NULL);
		close(fd);
	}
	EXPECT_LT(5 * 4, count_memory(true));
	close(dev);
	ASSERT_EQ(0, unload());
	EXPECT_EQ(nobodys, count_memory(false));
	EXPECT_EQ(-1, access(DEVICE, F_OK));

	ASSERT_EQ(0, load(""));
	dev = ld_device();
	ASSERT_LE(0, dev);
	test_list(dev, NULL, 0, &nr);
	EXPECT_EQ(0, nr);
	test_info(dev, &info);
	EXPECT_EQ(0, info.out_used);
	close(dev);
}

TEST_F(module, again_and_again)
{
	struct livedump_info first, info;
	int dev = ld_device(), fd, i;

	test_info(dev, &first);
	close(dev);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, unload());
		ASSERT_EQ(0, load(""));
		dev = ld_device();
		ASSERT_LE(0, dev);
		test_info(dev, &info);
		EXPECT_EQ(first.out_pgd_paddr, info.out_pgd_paddr);
		EXPECT_EQ(first.out_text_end, info.out_text_end);
		test_create(fd, dev, "again");
		test_record(fd, 0, &self->range, 1, NULL);
		close(fd);
		close(dev);
	}
}

TEST_F(module, parameter)
{
	struct livedump_info info;
	struct stat st;
	int dev;

	ASSERT_EQ(0, stat(MAX_BYTES, &st));
	EXPECT_EQ(0400, st.st_mode & 07777);
	ASSERT_EQ(0, unload());
	ASSERT_EQ(0, load(""));
	EXPECT_EQ(0, max_bytes());
	ASSERT_EQ(0, unload());
	ASSERT_EQ(0, load("max_bytes=12345678"));
	EXPECT_EQ(12345678, max_bytes());
	dev = ld_device();
	ASSERT_LE(0, dev);
	test_info(dev, &info);
	EXPECT_EQ(12345678, info.out_cap);
	close(dev);
}

/* Any cap is kept, however small. */
TEST_F(module, small_caps)
{
	static const char *const parameters[] = {
		"max_bytes=1", "max_bytes=4096", "max_bytes=300000", "max_bytes=1000000",
	};
	struct livedump_info info;
	int dev, fd, err;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parameters); i++) {
		ASSERT_EQ(0, unload());
		ASSERT_EQ(0, load(parameters[i])) {
			TH_LOG("%s: errno %d", parameters[i], errno);
		}
		dev = ld_device();
		ASSERT_LE(0, dev);
		test_info(dev, &info);
		EXPECT_EQ(0, info.out_used);
		fd = ld_create(dev, NULL);
		if (fd >= 0) {
			err = ld_record(fd, 0, &self->range, 1, NULL) ? errno : 0;
			EXPECT_EQ(ENOSPC, err);
			EXPECT_EQ(1 << 20, self->range.out_recorded +
				  self->range.out_missing[LIVEDUMP_LIMIT]);
			test_info(dev, &info);
			EXPECT_GE(info.out_cap, info.out_used);
			close(fd);
		} else {
			EXPECT_EQ(ENOSPC, errno);
		}
		close(dev);
	}
}

TEST_F(module, bad_parameter)
{
	ASSERT_EQ(0, unload());
	EXPECT_ERRNO(EINVAL, load("max_bytes=many"));
	EXPECT_ERRNO(EINVAL, load("max_bytes=-1"));
	EXPECT_EQ(0, load(""));
	EXPECT_ERRNO(EEXIST, load(""));
}

TEST_HARNESS_MAIN
