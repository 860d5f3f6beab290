// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses that matter: where the kernel's regions begin and end, what is inside of them, and
 * pages of our own whose bytes are known.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

#define MAX_TARGETS	1024

struct canary canary;

static struct target targets[MAX_TARGETS];
static unsigned int nr_targets;
static __u64 ram_size, page_offset;
static int pagemap = -1;

/* The page frame behind one of our own addresses; 0 where there is none. */
__u64 pfn_of(const void *address)
{
	__u64 entry;

	if (pagemap < 0)
		pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (pread(pagemap, &entry, 8, (uintptr_t)address / PAGE * 8) != 8 || !(entry >> 63))
		return 0;
	return entry & ((1ULL << 55) - 1);
}

void canary_load(void)
{
	int i;

	if (!canary.page)
		canary.page = mmap(NULL, CANARY_PAGES * PAGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* It shall stay where it is, also when we fork. */
	madvise(canary.page, CANARY_PAGES * PAGE, MADV_DONTFORK);
	for (i = 0; i < CANARY_PAGES; i++)
		memset(canary.page + i * PAGE, CANARY + i, PAGE);
	mlock(canary.page, CANARY_PAGES * PAGE);
	for (i = 0; i < CANARY_PAGES; i++)
		canary.pfn[i] = pfn_of(canary.page + i * PAGE);
}

bool canary_moved(void)
{
	int i;

	for (i = 0; i < CANARY_PAGES; i++) {
		if (pfn_of(canary.page + i * PAGE) != canary.pfn[i])
			return true;
	}
	return false;
}

static void add(__u64 address, bool physical)
{
	if (nr_targets < MAX_TARGETS)
		targets[nr_targets++] = (struct target){ address, physical };
}

static void add_symbols(void)
{
	static const char *const wanted[] = {
		"init_task", "jiffies", "_text", "_etext", "__start_rodata", "_sdata", "_edata",
		"__bss_start", "_end", "__init_begin", "__init_end", "init_mm", "swapper_pg_dir",
		"vmemmap_base", "vmalloc_base", "__per_cpu_offset", "__per_cpu_start",
		"__per_cpu_end", "runqueues", "cpu_info", "fixed_percpu_data", "init_pid_ns",
		"modules", "linux_banner", "log_buf", "empty_zero_page", "idt_table",
	};
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long long at;
	char line[512], word[256];
	unsigned int i;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx %*c %255s", &at, word) != 2)
			continue;
		for (i = 0; i < lengthof(wanted); i++) {
			if (!strcmp(word, wanted[i]))
				add(at, false);
		}
	}
	if (f)
		fclose(f);
}

/* Some of what is vmalloc'd: stacks, tables, modules, devices. */
static void add_vmalloc(void)
{
	FILE *f = fopen("/proc/vmallocinfo", "re");
	unsigned long long start, end;
	unsigned int n = 0, k = 0;
	char line[512];

	while (f && n < 120 && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "0x%llx-0x%llx", &start, &end) != 2 || k++ % 3)
			continue;
		add(start, false);
		add(end, false);
		n += 2;
	}
	if (f)
		fclose(f);
}

static void add_modules(void)
{
	FILE *f = fopen("/proc/modules", "re");
	unsigned long long size, start;
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s %llu %*s %*s %*s %llx", &size, &start) != 2)
			continue;
		add(start, false);
		add(start + size / 2, false);
		add(start + size, false);
	}
	if (f)
		fclose(f);
}

static void add_iomem(void)
{
	FILE *f = fopen("/proc/iomem", "re");
	unsigned long long start, end;
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %llx-%llx :", &start, &end) == 2) {
			add(start, true);
			add(end + 1, true);
		}
	}
	if (f)
		fclose(f);
}

static void add_canary(void)
{
	int i;

	for (i = 0; i < CANARY_PAGES; i++) {
		add(canary.pfn[i] * PAGE, true);
		add(page_offset + canary.pfn[i] * PAGE, false);
	}
}

/* What is mapped where on x86-64, with four levels of page tables and with five. */
static void add_regions(const struct livedump_info *info)
{
	static const __u64 fixed[] = {
		0, 1, 0x400000, 0x7fffffffffff, 0x800000000000, 0xff7fffffffffffff,
		0xff00000000000000, 0xff11000000000000, 0xff90000000000000, 0xffa0000000000000,
		0xffd1ffffffffffff, 0xffd4000000000000, 0xffdf000000000000, 0xffff800000000000,
		0xffff888000000000, 0xffffc88000000000, 0xffffc90000000000, 0xffffe90000000000,
		0xffffea0000000000, 0xffffec0000000000, 0xfffffc0000000000, 0xfffffe0000000000,
		0xffffff0000000000, 0xffffffef00000000, 0xffffffff80000000, 0xffffffffa0000000,
		0xffffffffff000000, 0xffffffffff5ff000, 0xffffffffff600000, 0xffffffffffe00000,
		0xfffffffffffff000, 0xffffffffffffffff,
	};
	unsigned int i;

	for (i = 0; i < lengthof(fixed); i++)
		add(fixed[i], false);
	add(info->out_kernel_start, false);
	add(info->out_page_offset, false);
	add(info->out_page_offset + info->out_max_pfn * PAGE, false);
	add(info->out_page_offset + info->out_pgd_paddr, false);
	add(info->out_text_start, false);
	add(info->out_text_end, false);
	add(info->out_text_paddr, true);
	add(info->out_text_paddr + (info->out_text_end - info->out_text_start), true);
	add(info->out_max_pfn * PAGE, true);
	add(0xfee00000, true);
	add(1ULL << 46, true);
	add(1ULL << 52, true);
	add(~0ULL, true);
	add((uintptr_t)&targets, false);
}

/* Find them all out; the module is loaded. */
void targets_load(void)
{
	struct livedump_info info = { .size = sizeof(info) };
	int dev = open_device();

	if (dev < 0 || ioctl(dev, LIVEDUMP_INFO, &info)) {
		perror("fuzz_ioctl: LIVEDUMP_INFO");
		exit(1);
	}
	close(dev);
	nr_targets = 0;
	page_offset = info.out_page_offset;
	ram_size = info.out_max_pfn * PAGE;
	add_canary();
	add_regions(&info);
	add_symbols();
	add_modules();
	add_iomem();
	add_vmalloc();
}

/*
 * @selector: its low byte says which kind of target, the next two which one, the rest is added,
 * sign and all.
 */
struct target target(__u64 selector)
{
	__s64 add = (__s64)selector >> 24;
	unsigned int which = selector >> 8 & 0xffff;
	struct target t;

	switch (selector % 8) {
	case 0: case 1: case 2:
		t = targets[which % nr_targets];
		break;
	case 3:		/* the canary, both ways */
		t = targets[which % (2 * CANARY_PAGES)];
		break;
	case 4:		/* any RAM, allocated or free */
	case 5:
		t.physical = selector & 1;
		t.address = which * 0x9e3779b1ULL * PAGE % ram_size;
		t.address += t.physical ? 0 : page_offset;
		break;
	case 6:		/* what a session shows us is livedump's own */
		t.physical = true;
		t.address = pfn_of(maps + which % (MAPS * MAP_PAGES) * PAGE) * PAGE;
		break;
	default:
		return (struct target){ selector * 0x9e3779b97f4a7c15, selector & 8 };
	}
	/* Most of the time a little, or nothing. */
	if (!(selector & 0x80))
		add = selector & 0x40 ? add % 8192 : 0;
	t.address += add;
	return t;
}
