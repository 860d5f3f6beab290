// SPDX-License-Identifier: GPL-2.0
/*
 * What runs on the CPUs: registers, stacks and tasks of one moment.
 */
#include <asm/prctl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/reg.h>
#include <sys/syscall.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define ONLINE		"/sys/devices/system/cpu/cpu%u/online"
#define MAGIC		0x05e12500000000ULL
#define NR_REGS		(GS + 1)	/* of an elf_gregset_t */
/* struct pt_regs at the top of a kernel stack: r15 to ss. */
#define PT_REGS		(21 * 8)
#define STAMPEDE	(is_slow() ? 4 : 10)	/* requests one after the other */
/* How often to ask until the moment is one where a CPU is where it nearly always is. */
#define TRIES		20

FIXTURE(regs) {
	int dev;
	int fd;
	struct livedump_info info;
	struct snap snap;
	struct livedump_root *root;
	struct view v;
	unsigned int nr;
};

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

FIXTURE_SETUP(regs)
{
	test_device(self->dev);
	test_info(self->dev, &self->info);
	test_create(self->fd, self->dev, NULL);
	self->root = snap_cpus(&self->snap);
	self->nr = sysconf(_SC_NPROCESSORS_ONLN);
	ASSERT_LE(2, self->nr);
	pin(0);
}

FIXTURE_TEARDOWN(regs)
{
	test_control("rest");
	view_unmap(&self->v);
	close(self->fd);
	close(self->dev);
}

static bool on_stack(const struct livedump_cpu *c)
{
	return c->regs[RSP] - c->stack < THREAD_SIZE;
}

/* What must hold for each record. */
static void check_cpus(struct __test_metadata *_metadata, const struct view *v, __u32 request)
{
	const struct livedump_page *page;
	const struct livedump_cpu *c;
	__u64 i, callers = 0;

	for (i = 0; i < v->status.out_cpus; i++) {
		c = &v->cpus[i];
		if (i)
			EXPECT_LT(c[-1].cpu, c->cpu);
		EXPECT_EQ(0, c->flags & LIVEDUMP_CPU_SILENT);
		callers += !!(c->flags & LIVEDUMP_CPU_CALLER);
		EXPECT_EQ(request, c->request);
		EXPECT_EQ(NR_REGS, c->nr_regs);
		EXPECT_EQ(sizeof(c->__reserved), ld_same(c->__reserved, 0, sizeof(c->__reserved)));
		EXPECT_EQ(sizeof(c->regs) - NR_REGS * 8,
			  ld_same(c->regs + NR_REGS, 0, sizeof(c->regs) - NR_REGS * 8));
		EXPECT_NE(0, c->wait_ns);
		EXPECT_NE(0, c->copy_ns);
		EXPECT_EQ(!!(c->flags & LIVEDUMP_CPU_USER), (c->regs[CS] & 3) == 3);
		EXPECT_EQ(0, c->regs[CS] >> 16);
		EXPECT_EQ(0, c->regs[SS] >> 16);
		EXPECT_TRUE(view_has(v, c->stack, THREAD_SIZE));
		EXPECT_TRUE(view_has(v, c->task, TASK_SIZE_GUESS));
		page = view_page(v, c->stack);
		ASSERT_NE(NULL, page);
		EXPECT_EQ(c->time_ns, page->time_ns);
		EXPECT_EQ(request, page->request);
		/* Wherever it was interrupted, what it was about to pop is there. */
		if (!(c->flags & LIVEDUMP_CPU_USER)) {
			EXPECT_TRUE(view_has(v, c->regs[RSP], 8));
			EXPECT_TRUE(view_has(v, c->regs[RIP] - 16, 32));
		}
	}
	EXPECT_EQ(1, callers);
}

static const struct livedump_cpu *cpu_of(const struct view *v, unsigned int cpu)
{
	__u64 i;

	for (i = 0; i < v->status.out_cpus; i++) {
		if (v->cpus[i].cpu == cpu)
			return &v->cpus[i];
	}
	return NULL;
}

/* All CPUs answer. That of a machine whose host is busy may not: then once more. */
static void snapshot_of_all(struct __test_metadata *_metadata, struct _test_data_regs *self)
{
	int tries = 5;

	do {
		test_snapshot(self->fd, &self->snap);
	} while (self->root->out_missing[LIVEDUMP_TIMEOUT] && --tries);
}

/* And nothing is missing. */
static void snapshot(struct __test_metadata *_metadata, struct _test_data_regs *self)
{
	snapshot_of_all(_metadata, self);
	EXPECT_EQ(0, ld_sum(self->root->out_missing));
	view_unmap(&self->v);
	ASSERT_EQ(0, view_map(&self->v, self->fd));
}

TEST_F(regs, each_cpu)
{
	__u64 before = now_ns(), pages;
	const struct livedump_cpu *c;
	int tries = TRIES;
	struct snap snap;

	/* Rarely we sleep already, as the CPU was kept from us, or a softirq was in between. */
	do {
		snapshot(_metadata, self);
		c = cpu_of(&self->v, 0);
	} while (c && (c->pid != getpid() || !on_stack(c)) && --tries);
	ASSERT_EQ(self->nr, self->v.status.out_cpus);
	check_cpus(_metadata, &self->v, self->snap.arg.out_request);
	pages = self->nr * (TASK_SIZE_GUESS + THREAD_SIZE);
	EXPECT_LE(pages, self->root->out_recorded);
	EXPECT_EQ(self->nr, self->snap.arg.out_objects);
	/* We have asked, on the CPU that we are bound to. */
	ASSERT_NE(NULL, c);
	EXPECT_EQ(LIVEDUMP_CPU_CALLER, c->flags);
	EXPECT_EQ(getpid(), c->pid);
	EXPECT_EQ(c->task, self->root->out_address);
	EXPECT_LE(before, c->time_ns);
	EXPECT_GE(now_ns(), c->time_ns);
	EXPECT_TRUE(on_stack(c));
	EXPECT_LE(self->info.out_kernel_start, c->regs[RIP]);
	snap_init(&snap);
	snap_type(&snap, TASK_SIZE_GUESS);
	snap_root(&snap, LIVEDUMP_ROOT_TASK, getpid(), 0, NULL);
	test_snapshot(self->fd, &snap);
	EXPECT_EQ(c->task, snap.roots[0].out_address);
}

/* The record of the spinning thread, taken while it is where it nearly always is. */
static const struct livedump_cpu *spinner(struct __test_metadata *_metadata,
					  struct _test_data_regs *self)
{
	__u64 inner = symbol("livedump_test_spin_inner");
	const struct livedump_cpu *c;
	int tries = TRIES;

	do {
		snapshot(_metadata, self);
		c = cpu_of(&self->v, address_of("spin.cpu"));
	} while (c && c->regs[RIP] - inner >= 0x80 && --tries);
	return tries ? c : NULL;
}

TEST_F(regs, kernel_mode)
{
	__u64 outer = symbol("livedump_test_spin_outer"), words[LIVEDUMP_TEST_SPIN_WORDS];
	const struct livedump_cpu *c;
	__u64 at, value, i;
	bool called = false;

	test_control("spin");
	c = spinner(_metadata, self);
	ASSERT_NE(NULL, c);
	check_cpus(_metadata, &self->v, self->snap.arg.out_request);
	EXPECT_EQ(0, c->flags);
	EXPECT_EQ(address_of("spin.pid"), c->pid);
	EXPECT_EQ(LIVEDUMP_TEST_SPIN_MAGIC + 12, c->regs[R12]);
	EXPECT_EQ(LIVEDUMP_TEST_SPIN_MAGIC + 13, c->regs[R13]);
	EXPECT_EQ(LIVEDUMP_TEST_SPIN_MAGIC + 14, c->regs[R14]);
	EXPECT_EQ(LIVEDUMP_TEST_SPIN_MAGIC + 15, c->regs[R15]);
	EXPECT_EQ(address_of("spin.words"), c->regs[RBX]);
	EXPECT_TRUE(on_stack(c));
	ASSERT_EQ(0, view_read(&self->v, c->regs[RBX], words, sizeof(words)));
	for (i = 0; i < LIVEDUMP_TEST_SPIN_WORDS; i++)
		EXPECT_EQ(LIVEDUMP_TEST_SPIN_MAGIC + 0x100 + i, words[i]);
	/* Between the stack pointer and the caller's words: where the inner function returns to. */
	for (at = c->regs[RSP]; at < c->regs[RBX]; at += 8) {
		ASSERT_EQ(0, view_read(&self->v, at, &value, 8));
		called |= value - outer < 0x200;
	}
	EXPECT_TRUE(called);
}

extern char user_spin_begin[], user_spin_end[];

static atomic_int user_stop, user_tid;
static atomic_ulong user_fs;

static __attribute__((noinline, noclone)) void user_spin(void)
{
	register __u64 r12 asm("r12") = MAGIC + 12;
	register __u64 r13 asm("r13") = MAGIC + 13;
	register __u64 r14 asm("r14") = MAGIC + 14;
	register __u64 r15 asm("r15") = MAGIC + 15;

	asm volatile("user_spin_begin:\n"
		     "	pause\n"
		     "	cmpl $0, (%0)\n"
		     "	je user_spin_begin\n"
		     "user_spin_end:"
		     : : "b" (&user_stop), "r" (r12), "r" (r13), "r" (r14), "r" (r15)
		     : "memory", "cc");
}

static void *user_thread(void *arg)
{
	unsigned long fs = 0;

	pin(*(unsigned int *)arg);
	syscall(SYS_arch_prctl, ARCH_GET_FS, &fs);
	user_fs = fs;
	user_tid = syscall(SYS_gettid);
	user_spin();
	return NULL;
}

/* What was interrupted in user mode has its user registers, here and at the top of its stack. */
TEST_F(regs, user_mode)
{
	unsigned int last = self->nr - 1;
	const struct livedump_cpu *c = NULL;
	__u64 top[PT_REGS / 8 + 2], *saved;
	pthread_t thread;
	int tries = TRIES;

	user_stop = 0;
	user_tid = 0;
	ASSERT_EQ(0, pthread_create(&thread, NULL, user_thread, &last));
	while (!user_tid)
		usleep(1000);
	do {
		usleep(10000);
		snapshot(_metadata, self);
		c = cpu_of(&self->v, last);
	} while (c && (c->pid != user_tid || !(c->flags & LIVEDUMP_CPU_USER)) && --tries);
	user_stop = 1;
	pthread_join(thread, NULL);
	ASSERT_NE(NULL, c);
	ASSERT_NE(0, tries);
	check_cpus(_metadata, &self->v, self->snap.arg.out_request);
	EXPECT_LE((uintptr_t)user_spin_begin, c->regs[RIP]);
	EXPECT_GE((uintptr_t)user_spin_end, c->regs[RIP]);
	EXPECT_EQ(MAGIC + 12, c->regs[R12]);
	EXPECT_EQ(MAGIC + 13, c->regs[R13]);
	EXPECT_EQ(MAGIC + 14, c->regs[R14]);
	EXPECT_EQ(MAGIC + 15, c->regs[R15]);
	EXPECT_EQ((uintptr_t)&user_stop, c->regs[RBX]);
	EXPECT_EQ(user_fs, c->regs[FS_BASE]);
	EXPECT_EQ(0x33, c->regs[CS]);
	EXPECT_EQ(0x2b, c->regs[SS]);
	ASSERT_EQ(0, view_read(&self->v, c->stack + THREAD_SIZE - sizeof(top), top, sizeof(top)));
	/* From 6.9 on two words are left free above (TOP_OF_KERNEL_STACK_PADDING). */
	saved = top[17] == c->regs[CS] ? top : top + 2;
	EXPECT_EQ(c->regs[RIP], saved[16]);
	EXPECT_EQ(c->regs[RSP], saved[19]);
	EXPECT_EQ(c->regs[R12], saved[3]);
}

/* Those who ask for the same page later in the request get what the interrupt has copied. */
TEST_F(regs, first_in_the_request)
{
	const struct livedump_cpu *c;
	struct livedump_root *task;
	int tries = TRIES;
	__u64 at;

	test_control("spin");
	/* In front of it in the array, and yet behind it. */
	snap_init(&self->snap);
	snap_type(&self->snap, TASK_SIZE_GUESS);
	task = snap_root(&self->snap, LIVEDUMP_ROOT_TASK, address_of("spin.pid"), 0, NULL);
	self->root = snap_root(&self->snap, LIVEDUMP_ROOT_CPUS, 0, 0, NULL);
	self->root->cpu = LIVEDUMP_ALL_CPUS;
	/* A thread of the kernel's may have its turn. */
	do {
		snapshot(_metadata, self);
		c = cpu_of(&self->v, address_of("spin.cpu"));
	} while (c && c->task != task->out_address && --tries);
	check_cpus(_metadata, &self->v, self->snap.arg.out_request);
	ASSERT_NE(NULL, c);
	EXPECT_EQ(c->task, task->out_address);
	for (at = 0; at < THREAD_SIZE; at += PAGE_SIZE)
		EXPECT_EQ(c->time_ns, view_page(&self->v, c->stack + at)->time_ns);
}

/* Registers and stack belong together, also where all else keeps its first copy. */
TEST_F(regs, again)
{
	__u32 first;
	int i;

	self->snap.arg.flags = LIVEDUMP_KEEP;
	snapshot(_metadata, self);
	first = self->snap.arg.out_request;
	for (i = 0; i < STAMPEDE; i++)
		snapshot(_metadata, self);
	EXPECT_LE(first + STAMPEDE, self->snap.arg.out_request);
	ASSERT_EQ(self->nr, self->v.status.out_cpus);
	check_cpus(_metadata, &self->v, self->snap.arg.out_request);
}

TEST_F(regs, twice_in_one_request)
{
	struct livedump_root *second = snap_root(&self->snap, LIVEDUMP_ROOT_CPUS, 0, 0, NULL);

	second->cpu = LIVEDUMP_ALL_CPUS;
	snapshot(_metadata, self);
	ASSERT_EQ(self->nr, self->v.status.out_cpus);
	EXPECT_NE(0, second->out_recorded);
}

/* Of each CPU's own memory, what is asked for. */
TEST_F(regs, percpu)
{
	__u64 offset = address_of("percpu.static"), at, without;
	struct livedump_test_percpu own;
	const struct livedump_cpu *c;
	unsigned int i;

	snapshot(_metadata, self);
	without = self->root->out_recorded;
	self->root->address = offset;
	self->root->offset = sizeof(own);
	snapshot(_metadata, self);
	check_cpus(_metadata, &self->v, self->snap.arg.out_request);
	EXPECT_LE(without - THREAD_SIZE + self->nr * sizeof(own), self->root->out_recorded);
	for (i = 0; i < self->nr; i++) {
		char name[32];

		snprintf(name, sizeof(name), "percpu.static.%u", i);
		at = address_of(name);
		ASSERT_EQ(0, view_read(&self->v, at, &own, sizeof(own)));
		EXPECT_EQ(LIVEDUMP_TEST_PERCPU_MAGIC + i, own.magic);
		c = cpu_of(&self->v, i);
		ASSERT_NE(NULL, c);
		EXPECT_EQ(c->time_ns, view_page(&self->v, at)->time_ns);
	}
}

/* Whatever the offset leads to, it is there or missing, and nobody is hurt. */
TEST_F(regs, percpu_anywhere)
{
	struct livedump_test_root root;
	__u64 addresses[] = {
		0, 1, 0xfff, PAGE_SIZE, 1ULL << 32, 1ULL << 47, 1ULL << 63, ~0ULL, ~0xfffULL,
		self->info.out_page_offset, self->info.out_kernel_start, 0,
	};
	struct livedump_root *r = self->root;
	__u64 lost;
	size_t i;

	test_root(&root);
	/* A device's registers, as seen from the first CPU. */
	addresses[ARRAY_SIZE(addresses) - 1] = (uintptr_t)root.mmio -
		(address_of("percpu.static.0") - address_of("percpu.static"));
	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		r->address = addresses[i];
		r->offset = i % 2 ? LIVEDUMP_MAX_CPU_BYTES : 1;
		snapshot_of_all(_metadata, self);
		lost = ld_sum(r->out_missing);
		EXPECT_LE(self->nr * (TASK_SIZE_GUESS + THREAD_SIZE + r->offset),
			  r->out_recorded + lost);
		EXPECT_EQ(lost, ld_sum(self->snap.arg.out_missing));
	}
	EXPECT_LE(1, r->out_missing[LIVEDUMP_NOT_RAM]);
}

static int set_online(unsigned int cpu, bool online)
{
	char name[64];

	snprintf(name, sizeof(name), ONLINE, cpu);
	return write_file(name, online ? "1" : "0");
}

TEST_F(regs, hotplug)
{
	unsigned int last = self->nr - 1;

	snapshot(_metadata, self);
	EXPECT_EQ(self->nr, self->v.status.out_cpus);
	if (set_online(last, false))
		SKIP(return, "CPU %u cannot be taken offline: %s", last, strerror(errno));
	snapshot(_metadata, self);
	EXPECT_EQ(self->nr - 1, self->v.status.out_cpus);
	EXPECT_EQ(NULL, cpu_of(&self->v, last));
	/* Nothing is left of it, though the page is shown to its end. */
	EXPECT_EQ(sizeof(*self->v.cpus), ld_same(&self->v.cpus[self->nr - 1], 0,
						 sizeof(*self->v.cpus)));
	ASSERT_EQ(0, set_online(last, true));
	snapshot(_metadata, self);
	EXPECT_EQ(self->nr, self->v.status.out_cpus);
	check_cpus(_metadata, &self->v, self->snap.arg.out_request);
}

static void *come_and_go(void *stop)
{
	unsigned int last = sysconf(_SC_NPROCESSORS_ONLN) - 1;

	while (!*(atomic_bool *)stop) {
		set_online(last, false);
		set_online(last, true);
	}
	return NULL;
}

/* CPUs that come and go all the time. */
TEST_F(regs, hotplug_meanwhile)
{
	atomic_bool stop = false;
	pthread_t thread;
	int i;

	ASSERT_EQ(0, pthread_create(&thread, NULL, come_and_go, &stop));
	for (i = 0; i < STAMPEDE; i++) {
		snapshot(_metadata, self);
		EXPECT_LE(self->nr - 1, self->v.status.out_cpus);
		EXPECT_GE(self->nr, self->v.status.out_cpus);
		check_cpus(_metadata, &self->v, self->snap.arg.out_request);
	}
	stop = true;
	pthread_join(thread, NULL);
}

static void *ask_too(void *dev)
{
	struct livedump_root *root;
	struct snap snap;
	long failed = 0;
	int i, fd;

	root = snap_cpus(&snap);
	fd = ld_create(*(int *)dev, NULL);
	for (i = 0; i < STAMPEDE; i++)
		failed += ld_snapshot(fd, &snap) || !root->out_recorded;
	close(fd);
	return (void *)failed;
}

/* Several that ask at once, for different sessions. */
TEST_F(regs, at_once)
{
	pthread_t threads[2];
	void *failed;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(threads); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, ask_too, &self->dev));
	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		pthread_join(threads[i], &failed);
		EXPECT_EQ(NULL, failed);
	}
}

TEST_F(regs, budget)
{
	int tries = TRIES;
	__u64 lost;

	self->snap.arg.max_bytes = 3 * PAGE_SIZE;
	/* A second request has the pages of the first. */
	do {
		close(self->fd);
		test_create(self->fd, self->dev, NULL);
		test_snapshot(self->fd, &self->snap);
	} while (self->root->out_missing[LIVEDUMP_TIMEOUT] && --tries);
	EXPECT_EQ(3, self->snap.arg.out_pages);
	lost = self->root->out_missing[LIVEDUMP_BUDGET];
	EXPECT_LE(self->nr * (TASK_SIZE_GUESS + THREAD_SIZE), self->root->out_recorded + lost);
	EXPECT_NE(0, lost);
	EXPECT_EQ(lost, ld_sum(self->root->out_missing));
	/* Registers take no page. */
	ASSERT_EQ(0, view_map(&self->v, self->fd));
	EXPECT_EQ(self->nr, self->v.status.out_cpus);
}

/* Without memory for all of it nobody is interrupted. */
TEST_F(regs, limit)
{
	struct livedump_status st;
	int fd;

	fd = ld_create_limited(self->dev, 2 * 16384 + 4 * PAGE_SIZE);
	ASSERT_LE(0, fd);
	test_err_snapshot(ENOSPC, fd, &self->snap);
	EXPECT_EQ(self->root->out_missing[LIVEDUMP_LIMIT], ld_sum(self->root->out_missing));
	EXPECT_EQ(NR_REGS * 8, self->root->out_missing[LIVEDUMP_LIMIT]);
	test_status(fd, &st);
	EXPECT_EQ(0, st.out_cpus);
	EXPECT_EQ(0, st.out_pages);
	close(fd);
}

/* What was charged for the moment is given back. */
TEST_F(regs, memory)
{
	struct livedump_status first, st;
	int i;

	snapshot(_metadata, self);
	test_status(self->fd, &first);
	EXPECT_EQ(ld_used(self->dev), first.out_used);
	for (i = 0; i < STAMPEDE; i++)
		snapshot(_metadata, self);
	test_status(self->fd, &st);
	EXPECT_EQ(ld_used(self->dev), st.out_used);
	EXPECT_GE(first.out_used + (4 << 20), st.out_used);
	close(self->fd);
	view_unmap(&self->v);
	test_create(self->fd, self->dev, NULL);
	EXPECT_GE(1 << 20, ld_used(self->dev));
}

TEST_F(regs, stopped)
{
	__u32 request;

	snapshot(_metadata, self);
	request = self->snap.arg.out_request;
	test_stop(self->fd);
	test_err_snapshot(ESHUTDOWN, self->fd, &self->snap);
	view_unmap(&self->v);
	ASSERT_EQ(0, view_map(&self->v, self->fd));
	EXPECT_EQ(self->nr, self->v.status.out_cpus);
	check_cpus(_metadata, &self->v, request);
}

TEST_HARNESS_MAIN
