// SPDX-License-Identifier: GPL-2.0
/*
 * What runs on the CPUs: what may be asked, and by whom.
 */
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

FIXTURE(regs_args) {
	int dev;
	int fd;
	struct snap snap;
	struct livedump_root *root;
};

FIXTURE_SETUP(regs_args)
{
	test_device(self->dev);
	test_create(self->fd, self->dev, NULL);
	self->root = snap_cpus(&self->snap);
}

FIXTURE_TEARDOWN(regs_args)
{
	close(self->fd);
	close(self->dev);
}

#define BAD(_member, _value) do {					\
	self->root = snap_cpus(&self->snap);				\
	self->root->_member = (_value);					\
	test_err_snapshot(EINVAL, self->fd, &self->snap);		\
} while (0)

TEST_F(regs_args, arguments)
{
	struct livedump_status st;

	BAD(cpu, 0);
	BAD(cpu, 1);
	BAD(symbol[0], 'x');
	BAD(flags, LIVEDUMP_ROOT_PART);
	BAD(flags, 2);
	BAD(nr_path, 1);
	BAD(path[0], 1);
	BAD(__reserved, 1);
	BAD(type, 1);
	BAD(address, 4096);
	BAD(offset, LIVEDUMP_MAX_CPU_BYTES + 1);
	BAD(offset, ~0U);
	BAD(kind, LIVEDUMP_ROOT_CPUS + 1);
	test_status(self->fd, &st);
	EXPECT_EQ(0, st.out_requests);
	EXPECT_EQ(0, st.out_cpus);
	/* offset is for others still what it was */
	self->root = snap_cpus(&self->snap);
	self->root->kind = LIVEDUMP_ROOT_PERCPU;
	self->root->offset = 8;
	test_err_snapshot(EINVAL, self->fd, &self->snap);
}

/* Callers who know less of the structures. */
TEST_F(regs_args, older_callers)
{
	struct livedump_status st;

	self->snap.arg.root_size = offsetof(struct livedump_root, path);
	test_snapshot(self->fd, &self->snap);
	memset(&st, JUNK, sizeof(st));
	st.size = offsetof(struct livedump_status, out_cpus);
	st.flags = 0;
	ASSERT_EQ(0, ioctl(self->fd, LIVEDUMP_STATUS, &st));
	EXPECT_EQ(8, ld_same(&st.out_cpus, JUNK, 8));
	test_status(self->fd, &st);
	EXPECT_EQ(sysconf(_SC_NPROCESSORS_ONLN), st.out_cpus);
}

TEST_HARNESS_MAIN
