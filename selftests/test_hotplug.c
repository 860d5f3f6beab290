// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs that come and go while the system is being recorded. A program of its own, because a CPU
 * that is an emulated one does not always come back, and then nothing in the guest does.
 */
#include <stdint.h>
#include <unistd.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define MIB		(1ULL << 20)

FIXTURE(hotplug) {
	struct reader r;
};

FIXTURE_SETUP(hotplug)
{
	ASSERT_EQ(0, reader_init(&self->r));
}

FIXTURE_TEARDOWN(hotplug)
{
	ld_destroy_all(self->r.dev);
	EXPECT_EQ(0, ld_used(self->r.dev));
	reader_exit(&self->r);
}

/* CPUs go and come while their copies of a variable are walked. */
TEST_F(hotplug, cpus)
{
	const char *online = "/sys/devices/system/cpu/cpu1/online";
	struct reader *r = &self->r;
	unsigned int rounds = 0;
	__u64 end;

	if (access(online, W_OK))
		SKIP(return, "the second CPU cannot be taken away");
	r->ranges[0] = ld_phys(0, 8 * MIB);
	r->nr = 1;
	snap_type(&r->snap, sizeof(struct livedump_test_percpu));
	snap_edge(&r->snap, LIVEDUMP_EDGE_POINTER, offsetof(struct livedump_test_percpu, self), 0);
	snap_root(&r->snap, LIVEDUMP_ROOT_PERCPU, address_of("percpu.static"), 0, NULL)->cpu =
		LIVEDUMP_ALL_CPUS;
	r->snap.arg.depth = 2;
	ASSERT_EQ(0, reader_start(r));
	end = deadline(is_slow() ? 5 : 3);
	while (now_ns() < end || !rounds) {
		ASSERT_EQ(0, write_file(online, "0"));
		ASSERT_EQ(0, write_file(online, "1"));
		rounds++;
	}
	reader_stop(r);
	expect_reader_content(r);
	EXPECT_LT(0, rounds);
	/* A CPU that is offline keeps its copy: each has one, and points to itself. */
	EXPECT_LE(2, r->snap.arg.out_objects);
}

TEST_HARNESS_MAIN
