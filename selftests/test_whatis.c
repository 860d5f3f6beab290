// SPDX-License-Identifier: GPL-2.0
/*
 * LIVEDUMP_WHATIS, but for slabs, which test_slab has: pages, symbols, tasks, stacks, per-CPU
 * variables, addresses that are nothing.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "livedump_harness.h"
#include "livedump_slab.h"
#include "livedump_utils.h"

FIXTURE(whatis) {
	int dev;
	struct livedump_info info;
	struct livedump_test_root root;
	struct livedump_whatis w;
};

FIXTURE_SETUP(whatis)
{
	self->dev = ld_device();
	ASSERT_LE(0, self->dev);
	test_info(self->dev, &self->info);
	test_root(&self->root);
	memset(&self->w, 0, sizeof(self->w));
}

FIXTURE_TEARDOWN(whatis)
{
	close(self->dev);
}

/* What the module says of @address; with a stretch of per-CPU offsets where @w has one. */
#define ask(_address)	test_whatis(self->dev, _address, NULL, &self->w)

TEST_F(whatis, reason_and_physical_address)
{
	__u64 own = (uintptr_t)mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED, -1, 0);
	const __u64 direct = self->info.out_page_offset;
	const struct {
		__u64 address;
		__u64 paddr;		/* ~0: it is not mapped */
		__u32 reason;
	} cases[] = {
		{ self->info.out_text_start + 5, self->info.out_text_paddr + 5, LIVEDUMP_OK },
		{ (uintptr_t)self->root.alias_direct,
		  (uintptr_t)self->root.alias_direct - direct, LIVEDUMP_OK },
		{ (uintptr_t)self->root.alias_vmap,
		  (uintptr_t)self->root.alias_direct - direct, LIVEDUMP_OK },
		{ direct + pfn_of((void *)own) * PAGE_SIZE + 7, pfn_of((void *)own) * PAGE_SIZE + 7,
		  LIVEDUMP_USER },
		{ address_of("poisoned"), address_of("poisoned.pfn") * PAGE_SIZE,
		  LIVEDUMP_POISONED },
		{ address_of("offline"), address_of("offline.pfn") * PAGE_SIZE, LIVEDUMP_OFFLINE },
		{ (uintptr_t)self->root.mmio, address_of("mmio.paddr"), LIVEDUMP_NOT_RAM },
		{ (uintptr_t)self->root.guard, NOWHERE, LIVEDUMP_UNMAPPED },
		{ own, NOWHERE, LIVEDUMP_BAD_ADDRESS },
		{ 0, NOWHERE, LIVEDUMP_BAD_ADDRESS },
		{ (uintptr_t)self->root.noncanonical, NOWHERE, LIVEDUMP_BAD_ADDRESS },
		{ ~0ULL, NOWHERE, LIVEDUMP_UNMAPPED },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		bool is_mapped = cases[i].paddr != NOWHERE;
		__u64 paddr = 0;

		if (is_mapped)
			paddr = cases[i].paddr;
		ask(cases[i].address);
		EXPECT_EQ(cases[i].reason, self->w.out_reason) TH_LOG("case %zu", i);
		EXPECT_EQ(is_mapped, self->w.out_flags & LIVEDUMP_WHATIS_PAGE)
			TH_LOG("case %zu", i);
		EXPECT_EQ(paddr, self->w.out_paddr) TH_LOG("case %zu", i);
	}
}

TEST_F(whatis, symbol)
{
	char text[64];

	ask(symbol("init_task") + 0x18);
	snprintf(text, sizeof(text), "init_task+0x18/0x");
	EXPECT_EQ(0, strncmp(text, self->w.out_symbol, strlen(text)))
		TH_LOG("%s", self->w.out_symbol);
	ask(symbol("livedump_test_function"));
	EXPECT_EQ(0, strncmp("livedump_test_function+0x0/0x", self->w.out_symbol, 29));
	EXPECT_NE(NULL, strstr(self->w.out_symbol, " [livedump_test"));
	ask((uintptr_t)self->root.vmalloced);
	EXPECT_STREQ("", self->w.out_symbol);
	ask(0);
	EXPECT_STREQ("", self->w.out_symbol);
}

TEST_F(whatis, vmalloc)
{
	ask((uintptr_t)self->root.vmalloced);
	EXPECT_TRUE(self->w.out_flags & LIVEDUMP_WHATIS_VMALLOC);
	ask((uintptr_t)self->root.guard);
	EXPECT_TRUE(self->w.out_flags & LIVEDUMP_WHATIS_VMALLOC);
	ask((uintptr_t)self->root.alias_direct);
	EXPECT_FALSE(self->w.out_flags & LIVEDUMP_WHATIS_VMALLOC);
	ask(0);
	EXPECT_FALSE(self->w.out_flags & LIVEDUMP_WHATIS_VMALLOC);
}

/* task_struct.stack, by BTF as the tool finds it, read by the kernel's own means. */
static __u64 stack_of(__u64 task)
{
	struct ld_ref type;
	struct ld_btfs *set;
	struct ld_err err;
	__u64 stack = 0;
	__u32 i;

	if (ld_btfs_open("/sys", NULL, &set, &err))
		return 0;
	if (ld_btf_find(set, 0, LD_KIND(BTF_KIND_STRUCT), "task_struct", &type)) {
		const struct btf_type *t = ld_btf_type(set, type);

		for (i = 0; i < btf_vlen(t); i++) {
			if (!strcmp(ld_btf_str(set, 0, btf_members(t)[i].name_off), "stack"))
				kcore_read(task + btf_member_bit_offset(t, i) / 8, &stack,
					   sizeof(stack));
		}
	}
	ld_btfs_free(set);
	return stack;
}

TEST_F(whatis, task)
{
	__u64 task = (uintptr_t)self->root.task, stack = stack_of(task);
	const __u64 at[] = { stack, stack + 1, stack + 8000, stack + 16383 };
	size_t i;

	ask(task);
	EXPECT_TRUE(self->w.out_flags & LIVEDUMP_WHATIS_TASK);
	EXPECT_EQ(task, self->w.out_task);
	EXPECT_EQ(stack, self->w.out_stack);
	EXPECT_EQ(address_of("thread.pid"), self->w.out_pid);
	EXPECT_STREQ("livedump_test", self->w.out_comm);
	ask(task + 1);
	EXPECT_FALSE(self->w.out_flags & (LIVEDUMP_WHATIS_TASK | LIVEDUMP_WHATIS_STACK));
	EXPECT_EQ(0, self->w.out_task);
	ASSERT_NE(0, stack);
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		ask(at[i]);
		EXPECT_TRUE(self->w.out_flags & LIVEDUMP_WHATIS_STACK) TH_LOG("%zu", i);
		EXPECT_EQ(task, self->w.out_task);
		EXPECT_EQ(stack, self->w.out_stack);
		EXPECT_EQ(address_of("thread.pid"), self->w.out_pid);
		EXPECT_STREQ("livedump_test", self->w.out_comm);
	}
	ask(stack - 1);
	EXPECT_NE(task, self->w.out_task);
}

TEST_F(whatis, first_task)
{
	ask(symbol("init_task"));
	EXPECT_TRUE(self->w.out_flags & LIVEDUMP_WHATIS_TASK);
	EXPECT_EQ(0, self->w.out_pid);
	EXPECT_STREQ("swapper/0", self->w.out_comm);
}

/* A name of all the bytes there are, and a thread that is not the first. */
static void *sleeper(void *tid)
{
	prctl(PR_SET_NAME, "fifteen-letters");
	__atomic_store_n((int *)tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	pause();
	return NULL;
}

TEST_F(whatis, thread)
{
	struct snap snap;
	pthread_t thread;
	int tid = 0, fd;

	ASSERT_EQ(0, pthread_create(&thread, NULL, sleeper, &tid));
	while (!__atomic_load_n(&tid, __ATOMIC_ACQUIRE))
		usleep(1000);
	test_create(fd, self->dev, NULL);
	snap_init(&snap);
	snap_root(&snap, LIVEDUMP_ROOT_TASK, tid, snap_type(&snap, 8), NULL);
	test_snapshot(fd, &snap);
	ask(snap.roots[0].out_address);
	EXPECT_TRUE(self->w.out_flags & LIVEDUMP_WHATIS_TASK);
	EXPECT_EQ(tid, self->w.out_pid);
	EXPECT_STREQ("fifteen-letters", self->w.out_comm);
	ask(self->w.out_stack + 100);
	EXPECT_TRUE(self->w.out_flags & LIVEDUMP_WHATIS_STACK);
	EXPECT_EQ(tid, self->w.out_pid);
	close(fd);
}

TEST_F(whatis, percpu)
{
	const __u64 variable = address_of("percpu.static");
	char name[32];
	int cpu;

	for (cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		snprintf(name, sizeof(name), "percpu.static.%d", cpu);
		self->w.percpu_start = variable;
		self->w.percpu_end = variable + 16;
		ask(address_of(name) + 15);
		EXPECT_TRUE(self->w.out_flags & LIVEDUMP_WHATIS_PERCPU);
		EXPECT_EQ(cpu, self->w.out_cpu);
		EXPECT_EQ(variable + 15, self->w.out_percpu);
		ask(address_of(name) + 16);
		EXPECT_FALSE(self->w.out_flags & LIVEDUMP_WHATIS_PERCPU);
		EXPECT_EQ(LIVEDUMP_NO_CPU, self->w.out_cpu);
		ask(address_of(name) - 1);
		EXPECT_FALSE(self->w.out_flags & LIVEDUMP_WHATIS_PERCPU);
	}
	self->w.percpu_start = 0;
	self->w.percpu_end = 0;
	ask(address_of("percpu.static.0"));
	EXPECT_FALSE(self->w.out_flags & LIVEDUMP_WHATIS_PERCPU);
	self->w.percpu_end = ~0ULL;
	ask(address_of("percpu.static.0"));
	EXPECT_TRUE(self->w.out_flags & LIVEDUMP_WHATIS_PERCPU);
	self->w.percpu_start = 1;
	self->w.percpu_end = 0;
	test_err_whatis(EINVAL, self->dev, 0, NULL, &self->w);
}

/* Any address at all, with the layout as well. */
TEST_F(whatis, garbage)
{
	__u64 x = 88172645463325252ULL, address;
	struct livedump_slab slab;
	int i, rounds = is_slow() ? 1000 : 20000;

	ASSERT_EQ(0, slab_layout(&slab));
	for (i = 0; i < rounds; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		address = x;
		if (i % 4)
			address = ~0ULL << (i % 53) | (x & ~(~0ULL << (i % 53)));
		test_whatis(self->dev, address, &slab, &self->w);
		if (address < self->info.out_kernel_start)
			ASSERT_EQ(LIVEDUMP_BAD_ADDRESS, self->w.out_reason);
	}
}

/* Tasks come and go while they are looked through. */
TEST_F(whatis, while_tasks_exit)
{
	int i, rounds = is_slow() ? 100 : 1500;
	pid_t pid = test_busy_tasks();

	for (i = 0; i < rounds; i++) {
		ask((uintptr_t)self->root.vmalloced);
		ASSERT_EQ(0, self->w.out_task);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

TEST_HARNESS_MAIN
