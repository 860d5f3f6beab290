// SPDX-License-Identifier: GPL-2.0
/*
 * Roots of a snapshot: names and addresses that belong together, and that do not; per-CPU objects.
 */
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

FIXTURE(roots) {
	int dev;
	int fd;
	struct livedump_info info;
	struct livedump_test_root root;
	struct snap snap;
};

FIXTURE_SETUP(roots)
{
	test_device(self->dev);
	test_info(self->dev, &self->info);
	test_create(self->fd, self->dev, NULL);
	test_root(&self->root);
	snap_init(&self->snap);
	snap_type(&self->snap, 8);
	snap_type(&self->snap, sizeof(struct livedump_test_percpu));
}

FIXTURE_TEARDOWN(roots)
{
	close(self->fd);
	close(self->dev);
}

#define addr(pointer)	((uintptr_t)(pointer))

/* What a snapshot of one named address says: 0 or an errno. */
static int verify(int fd, struct snap *s, const char *name, __u64 address)
{
	s->arg.nr_roots = 0;
	memset(s->roots, 0, sizeof(s->roots));
	snap_root(s, LIVEDUMP_ROOT_ADDRESS, address, 0, name);
	return ld_snapshot(fd, s) ? errno : 0;
}

TEST_F(roots, name_and_address)
{
	__u64 init_task = symbol("init_task"), text = symbol("sys_call_table");
	__u64 root = address_of("root");

	EXPECT_EQ(0, verify(self->fd, &self->snap, "init_task", init_task));
	EXPECT_EQ(init_task, self->snap.roots[0].out_address);
	EXPECT_EQ(8, self->snap.roots[0].out_recorded);
	EXPECT_EQ(0, verify(self->fd, &self->snap, "sys_call_table", text));
	EXPECT_EQ(0, verify(self->fd, &self->snap, "livedump_test_root", root));
	EXPECT_EQ(0, verify(self->fd, &self->snap, "livedump_test_function",
			    addr(self->root.function)));
	EXPECT_EQ(0, verify(self->fd, &self->snap, "livedump_test_rodata",
			    addr(self->root.rodata)));
}

TEST_F(roots, inside_the_symbol)
{
	__u64 init_task = symbol("init_task");

	EXPECT_EQ(0, verify(self->fd, &self->snap, "init_task", init_task + 8));
	EXPECT_EQ(0, verify(self->fd, &self->snap, "init_task", init_task + 1001));
	EXPECT_EQ(0, verify(self->fd, &self->snap, "livedump_test_root",
			    address_of("root") + sizeof(self->root) - 8));
}

TEST_F(roots, outside_the_symbol)
{
	__u64 init_task = symbol("init_task");

	EXPECT_EQ(ENXIO, verify(self->fd, &self->snap, "init_task", init_task - 1));
	EXPECT_EQ(ENXIO, verify(self->fd, &self->snap, "init_task", init_task + (1 << 20)));
	EXPECT_EQ(ENXIO, verify(self->fd, &self->snap, "init_task", symbol("jiffies_64")));
	EXPECT_EQ(ENXIO, verify(self->fd, &self->snap, "livedump_test_root",
				address_of("root") - 1));
	EXPECT_EQ(ENXIO, verify(self->fd, &self->snap, "livedump_test_root", 0));
	EXPECT_EQ(ENXIO, verify(self->fd, &self->snap, "livedump_test_root", 1ULL << 63));
	EXPECT_EQ(ENXIO, verify(self->fd, &self->snap, "livedump_test_root",
				addr(self->root.leaf)));
}

TEST_F(roots, other_names)
{
	static const char *const names[] = {
		"livedump_test_roo", "livedump_test_roots", "livedump_test_root ", "l",
		"Livedump_test_root", " livedump_test_root", "livedump_test_root[", "no_such_name",
		"livedump_test_root+0x0", "livedump_test_root+0x0/0x2a8", "livedump_test_data",
		"livedump_test", "[livedump_test]",
	};
	__u64 root = address_of("root");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_EQ(ENXIO, verify(self->fd, &self->snap, names[i], root)) {
			TH_LOG("%s", names[i]);
		}
		EXPECT_EQ(0, self->snap.arg.out_bad_root);
	}
}

/* An address where no symbol is has no name; least of all its own digits. */
TEST_F(roots, digits_are_no_name)
{
	const __u64 at[] = {
		addr(self->root.leaf), addr(self->root.vmalloced), 0x1000, 0, -8ULL,
	};
	char name[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		snprintf(name, sizeof(name), "0x%llx", at[i]);
		EXPECT_EQ(ENXIO, verify(self->fd, &self->snap, name, at[i])) {
			TH_LOG("%s", name);
		}
		EXPECT_EQ(ENXIO, verify(self->fd, &self->snap, "0x", at[i]));
		EXPECT_EQ(ENXIO, verify(self->fd, &self->snap, "0", at[i]));
	}
}

TEST_F(roots, no_name)
{
	EXPECT_EQ(0, verify(self->fd, &self->snap, NULL, addr(self->root.leaf)));
	EXPECT_EQ(8, self->snap.roots[0].out_recorded);
	EXPECT_EQ(0, verify(self->fd, &self->snap, "", 0));
}

TEST_F(roots, name_without_nul)
{
	char name[LIVEDUMP_SYM_LEN + 1] = {};

	memset(name, 'n', LIVEDUMP_SYM_LEN);
	EXPECT_EQ(EINVAL, verify(self->fd, &self->snap, name, symbol("init_task")));
	name[LIVEDUMP_SYM_LEN - 1] = '\0';
	EXPECT_EQ(ENXIO, verify(self->fd, &self->snap, name, symbol("init_task")));
}

/* Which one is bad is told, and nothing is recorded for the others. */
TEST_F(roots, bad_one_among_good_ones)
{
	__u64 root = address_of("root");
	struct livedump_status st;
	__u32 bad, i;

	for (bad = 0; bad < 4; bad++) {
		self->snap.arg.nr_roots = 0;
		for (i = 0; i < 4; i++)
			snap_root(&self->snap, LIVEDUMP_ROOT_ADDRESS, root, 0,
				  i < bad ? "livedump_test_root" : "wrong");
		test_err_snapshot(ENXIO, self->fd, &self->snap);
		EXPECT_EQ(bad, self->snap.arg.out_bad_root);
		EXPECT_EQ(0, self->snap.arg.out_objects);
		EXPECT_EQ(0, ld_sum(self->snap.arg.out_missing));
		memset(self->snap.roots, 0, sizeof(self->snap.roots));
	}
	test_status(self->fd, &st);
	EXPECT_EQ(0, st.out_pages);
	EXPECT_EQ(0, st.out_requests);
}

/*
 * Of names that share an address the kernel knows one: the first in /proc/kallsyms, which is in
 * order. All others are as good as wrong; so a tool has to give the first.
 */
TEST_F(roots, every_symbol)
{
	struct livedump_root *many = mmap(NULL, LIVEDUMP_MAX_ROOTS * sizeof(*many),
					  PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
					  -1, 0);
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long long at, last = 0, end = symbol("_end");
	unsigned int seen = 0, nr = 0;
	char line[1024], name[512];
	struct livedump_type type = { .size = 1 };

	ASSERT_NE(MAP_FAILED, many);
	ASSERT_NE(NULL, f);
	while (nr < LIVEDUMP_MAX_ROOTS && fgets(line, sizeof(line), f)) {
		if (strchr(line, '['))
			break;
		if (sscanf(line, "%llx %*c %511s", &at, name) != 2 || strlen(name) > 127 ||
		    at < self->info.out_text_start || at >= end || at == last)
			continue;
		last = at;
		if (seen++ % 7)
			continue;
		many[nr].address = at;
		strcpy(many[nr].symbol, name);
		nr++;
	}
	fclose(f);
	ASSERT_LT(5000, nr);
	self->snap.arg.nr_roots = nr;
	self->snap.arg.nr_types = 1;
	self->snap.arg.roots = (uintptr_t)many;
	self->snap.arg.types = (uintptr_t)&type;
	self->snap.arg.edges = 0;
	EXPECT_EQ(0, ioctl(self->fd, LIVEDUMP_SNAPSHOT, &self->snap.arg)) {
		TH_LOG("errno %d, %s", errno, self->snap.arg.out_bad_root < nr ?
		       many[self->snap.arg.out_bad_root].symbol : "no root");
	}
}

static unsigned int possible_cpus(void)
{
	return sysconf(_SC_NPROCESSORS_CONF);
}

/* Each CPU's copy is recorded with that CPU's contents. */
static void expect_percpu(struct __test_metadata *_metadata, int fd, const char *name,
			  unsigned int cpu, __u64 more)
{
	struct livedump_test_percpu p;
	struct view v;
	char where[40];

	snprintf(where, sizeof(where), "%s.%u", name, cpu);
	ASSERT_EQ(0, view_map(&v, fd));
	ASSERT_EQ(0, view_read(&v, address_of(where), &p, sizeof(p)));
	EXPECT_EQ(LIVEDUMP_TEST_PERCPU_MAGIC + cpu + more, p.magic);
	EXPECT_EQ(cpu, p.cpu);
	EXPECT_EQ(0, p.zero);
	EXPECT_EQ(address_of(where), addr(p.self));
	view_unmap(&v);
}

TEST_F(roots, percpu_on_all_cpus)
{
	static const char *const names[] = { "percpu.static", "percpu.dynamic" };
	const unsigned int nr = possible_cpus();
	struct livedump_root *r;
	unsigned int cpu;
	char first[40];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		self->snap.arg.nr_roots = 0;
		r = snap_root(&self->snap, LIVEDUMP_ROOT_PERCPU, address_of(names[i]), 1, NULL);
		r->cpu = LIVEDUMP_ALL_CPUS;
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(nr, self->snap.arg.out_objects);
		EXPECT_EQ(nr * sizeof(struct livedump_test_percpu), r->out_recorded);
		EXPECT_EQ(0, ld_sum(r->out_missing));
		snprintf(first, sizeof(first), "%s.0", names[i]);
		EXPECT_EQ(address_of(first), r->out_address);
		for (cpu = 0; cpu < nr; cpu++)
			expect_percpu(_metadata, self->fd, names[i], cpu, i ? 0x100000 : 0);
	}
}

TEST_F(roots, percpu_on_one_cpu)
{
	struct livedump_root *r;
	unsigned int cpu;
	char where[40];

	for (cpu = 0; cpu < possible_cpus(); cpu++) {
		self->snap.arg.nr_roots = 0;
		r = snap_root(&self->snap, LIVEDUMP_ROOT_PERCPU, address_of("percpu.static"), 1,
			      NULL);
		r->cpu = cpu;
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(1, self->snap.arg.out_objects);
		EXPECT_EQ(sizeof(struct livedump_test_percpu), r->out_recorded);
		snprintf(where, sizeof(where), "percpu.static.%u", cpu);
		EXPECT_EQ(address_of(where), r->out_address);
		expect_percpu(_metadata, self->fd, "percpu.static", cpu, 0);
	}
}

static int set_online(unsigned int cpu, int on)
{
	char name[64];
	int ret = -1;
	FILE *f;

	snprintf(name, sizeof(name), "/sys/devices/system/cpu/cpu%u/online", cpu);
	f = fopen(name, "we");
	if (f) {
		fprintf(f, "%d", on);
		ret = fclose(f);
	}
	return ret;
}

/* A CPU that is offline keeps its copy. */
TEST_F(roots, percpu_of_an_offline_cpu)
{
	struct livedump_root *r = snap_root(&self->snap, LIVEDUMP_ROOT_PERCPU,
					    address_of("percpu.static"), 1, NULL);
	const unsigned int last = possible_cpus() - 1;
	struct livedump_info info;

	if (!last || set_online(last, 0))
		SKIP(return, "no CPU can be taken offline");
	test_info(self->dev, &info);
	EXPECT_EQ(last, info.out_nr_cpus);
	r->cpu = LIVEDUMP_ALL_CPUS;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(last + 1, self->snap.arg.out_objects);
	expect_percpu(_metadata, self->fd, "percpu.static", last, 0);
	r->cpu = last;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(sizeof(struct livedump_test_percpu), r->out_recorded);
	EXPECT_EQ(0, set_online(last, 1));
}

/* The kernel's own, by what /proc/kallsyms says. */
TEST_F(roots, percpu_of_the_kernel)
{
	struct livedump_root *r = snap_root(&self->snap, LIVEDUMP_ROOT_PERCPU,
					    symbol("runqueues"), 0, "runqueues");

	r->cpu = LIVEDUMP_ALL_CPUS;
	test_snapshot(self->fd, &self->snap);
	EXPECT_EQ(8 * possible_cpus(), r->out_recorded);
	/* Its name cannot be verified, and is not. */
	strcpy(r->symbol, "no such name");
	test_snapshot(self->fd, &self->snap);
}

TEST_F(roots, percpu_on_no_cpu)
{
	const __u32 cpus[] = {
		possible_cpus(), possible_cpus() + 1, 8191, 8192, 65536, 1U << 31, 0xfffffffe,
	};
	struct livedump_root *r = snap_root(&self->snap, LIVEDUMP_ROOT_PERCPU,
					    address_of("percpu.static"), 1, NULL);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		r->cpu = cpus[i];
		test_err_snapshot(EINVAL, self->fd, &self->snap);
	}
}

/* Any number is taken for an offset; what is not there is missing. */
TEST_F(roots, percpu_nowhere)
{
	static const __u64 offsets[] = { 1ULL << 40, 1ULL << 63, ~0ULL, -(1ULL << 40) };
	const __u64 size = possible_cpus() * sizeof(struct livedump_test_percpu);
	struct livedump_root *r = snap_root(&self->snap, LIVEDUMP_ROOT_PERCPU, 0, 1, NULL);
	size_t i;

	r->cpu = LIVEDUMP_ALL_CPUS;
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		r->address = offsets[i];
		test_snapshot(self->fd, &self->snap);
		EXPECT_EQ(size, r->out_recorded + ld_sum(r->out_missing));
	}
}

TEST_HARNESS_MAIN
