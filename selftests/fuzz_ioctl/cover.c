// SPDX-License-Identifier: GPL-2.0
/*
 * What of the module a program reaches, from KCOV: places, and edges between them with how often
 * they were gone (1, 2, 3, 4-7, 8-15, 16-31, 32-127, more). Addresses count from the module's
 * beginning, so that they outlive its being loaded anew.
 */
#include <fcntl.h>
#include <linux/kcov.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

#define KCOV_DEVICE	"/sys/kernel/debug/kcov"
#define KCOV_WORDS	(32UL << 10)
#define EDGES		(1U << 16)
#define MAX_PC		(1U << 20)

static __u64 module_base;
static __u8 seen[EDGES];		/* bit b: that edge was gone a number of times in class b */
static __u8 pc_seen[MAX_PC / 8];
static __u8 hits[EDGES];		/* by the program that is looked at */
static __u32 touched[EDGES];
static unsigned int nr_touched, nr_edges, nr_pcs;

/* How far the kernel has been moved from where it was linked: KCOV takes that off. */
static __u64 kernel_offset(void)
{
	struct livedump_info info = { .size = sizeof(info) };
	char text[PAGE + 1] = "";
	const char *found;
	int dev = open_device();

	info.vmcoreinfo = (uintptr_t)text;
	info.vmcoreinfo_size = PAGE;
	if (dev < 0 || ioctl(dev, LIVEDUMP_INFO, &info))
		return 0;
	close(dev);
	found = strstr(text, "KERNELOFFSET=");
	return found ? strtoull(found + strlen("KERNELOFFSET="), NULL, 16) : 0;
}

/* Where the module's text is now. */
void cover_module(void)
{
	static __u64 offset = ~0ULL;
	unsigned long long base;
	FILE *f;

	if (offset == ~0ULL)
		offset = kernel_offset();
	f = fopen("/sys/module/livedump/sections/.text", "re");
	if (f && fscanf(f, "%llx", &base) == 1)
		module_base = base - offset;
	if (f)
		fclose(f);
}

/* To be called by the thread that is covered. Returns whether the kernel can do it. */
bool cover_open(struct cover *c)
{
	void *area;

	c->area = NULL;
	c->fd = open(KCOV_DEVICE, O_RDWR | O_CLOEXEC);
	if (c->fd < 0 || ioctl(c->fd, KCOV_INIT_TRACE, KCOV_WORDS))
		return false;
	area = mmap(NULL, KCOV_WORDS * 8, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);
	if (area == MAP_FAILED || ioctl(c->fd, KCOV_ENABLE, KCOV_TRACE_PC))
		return false;
	madvise(area, KCOV_WORDS * 8, MADV_DONTFORK);
	c->area = area;
	return true;
}

void cover_reset(struct cover *c)
{
	if (c->area)
		__atomic_store_n(&c->area[0], 0, __ATOMIC_RELAXED);
}

static void count_edge(__u32 edge)
{
	if (!hits[edge])
		touched[nr_touched++] = edge;
	if (hits[edge] < 255)
		hits[edge]++;
}

/* Add what a thread has reached since cover_reset() to the program's. */
void cover_collect(const struct cover *c)
{
	__u64 i, n, pc, last = 0;

	if (!c->area)
		return;
	n = min(__atomic_load_n(&c->area[0], __ATOMIC_RELAXED), KCOV_WORDS - 1);
	for (i = 1; i <= n; i++) {
		pc = c->area[i] - module_base;
		if (pc >= MAX_PC)
			continue;
		if (!(pc_seen[pc / 8] & 1 << pc % 8)) {
			pc_seen[pc / 8] |= 1 << pc % 8;
			nr_pcs++;
		}
		count_edge((pc * 0x9e37 ^ last * 0x79b9) >> 1 & (EDGES - 1));
		last = pc;
	}
}

static __u8 class_of(__u8 n)
{
	if (n < 4)
		return 1 << (n - 1);
	return n < 8 ? 8 : n < 16 ? 16 : n < 32 ? 32 : n < 128 ? 64 : 128;
}

/* How much of the program's is new; forgets the program, and keeps what is new if @keep. */
unsigned int cover_new(bool keep)
{
	unsigned int i, new = 0;
	__u8 class;

	for (i = 0; i < nr_touched; i++) {
		class = class_of(hits[touched[i]]);
		hits[touched[i]] = 0;
		if (seen[touched[i]] & class)
			continue;
		new++;
		if (!keep)
			continue;
		nr_edges += !seen[touched[i]];
		seen[touched[i]] |= class;
	}
	nr_touched = 0;
	return new;
}

unsigned int cover_edges(void)
{
	return nr_edges;
}

unsigned int cover_pcs(void)
{
	return nr_pcs;
}

/* The places reached, as offsets into the module's text. */
bool cover_save(const char *path)
{
	FILE *f = fopen(path, "we");
	__u32 pc;

	for (pc = 0; f && pc < MAX_PC; pc++) {
		if (pc_seen[pc / 8] & 1 << pc % 8)
			fprintf(f, "0x%x\n", pc);
	}
	return f && !fclose(f);
}
