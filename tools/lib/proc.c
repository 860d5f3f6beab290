// SPDX-License-Identifier: GPL-2.0
/* What /proc and /sys say of an address. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kernel-page-flags.h>

#include "array.h"
#include "proc.h"

/* Those that only the kernel's own header has: include/linux/kernel-page-flags.h. */
#define KPF_RESERVED	32

static const char * const names[] = {
	[KPF_LOCKED] = "locked",
	[KPF_ERROR] = "error",
	[KPF_REFERENCED] = "referenced",
	[KPF_UPTODATE] = "uptodate",
	[KPF_DIRTY] = "dirty",
	[KPF_LRU] = "lru",
	[KPF_ACTIVE] = "active",
	[KPF_SLAB] = "slab",
	[KPF_WRITEBACK] = "writeback",
	[KPF_RECLAIM] = "reclaim",
	[KPF_BUDDY] = "buddy",
	[KPF_MMAP] = "mmap",
	[KPF_ANON] = "anon",
	[KPF_SWAPCACHE] = "swapcache",
	[KPF_SWAPBACKED] = "swapbacked",
	[KPF_COMPOUND_HEAD] = "compound_head",
	[KPF_COMPOUND_TAIL] = "compound_tail",
	[KPF_HUGE] = "huge",
	[KPF_UNEVICTABLE] = "unevictable",
	[KPF_HWPOISON] = "hwpoison",
	[KPF_NOPAGE] = "nopage",
	[KPF_KSM] = "ksm",
	[KPF_THP] = "thp",
	[KPF_OFFLINE] = "offline",
	[KPF_ZERO_PAGE] = "zero_page",
	[KPF_IDLE] = "idle",
	[KPF_PGTABLE] = "pgtable",
	[KPF_RESERVED] = "reserved",
};

/* The first that fits. */
static const struct {
	__u64 flags;
	const char *text;
} states[] = {
	{ 1ULL << KPF_NOPAGE, "no page of memory" },
	{ 1ULL << KPF_HWPOISON, "damaged" },
	{ 1ULL << KPF_OFFLINE, "offline" },
	{ 1ULL << KPF_BUDDY, "free" },
	{ 1ULL << KPF_SLAB, "slab" },
	{ 1ULL << KPF_PGTABLE, "page table" },
	{ 1ULL << KPF_ZERO_PAGE, "zero page" },
	{ 1ULL << KPF_HUGE, "huge page" },
	{ 1ULL << KPF_ANON, "anonymous memory" },
	{ 1ULL << KPF_LRU | 1ULL << KPF_MMAP | 1ULL << KPF_SWAPBACKED, "page cache" },
	{ 1ULL << KPF_RESERVED, "reserved" },
};

const char *ld_pageflag_name(unsigned int bit)
{
	return bit < LD_ARRAY_SIZE(names) ? names[bit] : NULL;
}

const char *ld_pageflags_state(__u64 flags)
{
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(states); i++)
		if (flags & states[i].flags)
			return states[i].text;
	return "kernel memory, or free in a CPU's list";
}

bool ld_proc_pageflags(const char *proc, __u64 pfn, __u64 *ret)
{
	char path[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/kpageflags", proc);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = pread(fd, ret, sizeof(*ret), (off_t)(pfn * sizeof(*ret)));
	close(fd);
	return n == sizeof(*ret);
}

static void copy_text(char *to, const char *from)
{
	size_t length;

	from += strspn(from, " \t");
	length = strcspn(from, "\n");
	while (length && from[length - 1] == ' ')
		length--;
	if (length > LD_PROC_TEXT - 1)
		length = LD_PROC_TEXT - 1;
	memcpy(to, from, length);
	to[length] = '\0';
}

/* "START-END" in hex; @rest is what follows. */
static bool parse_range(const char *line, struct ld_area *area, char **rest)
{
	char *end;

	area->start = strtoull(line, &end, 16);
	if (end == line || *end != '-')
		return false;
	line = end + 1;
	area->end = strtoull(line, rest, 16);
	return *rest != line;
}

static FILE *open_in(const char *dir, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return fopen(path, "re");
}

bool ld_proc_vmalloc(const char *proc, __u64 address, struct ld_area *ret)
{
	FILE *f = open_in(proc, "vmallocinfo");
	char *line = NULL, *rest;
	bool found = false;
	size_t room = 0;

	while (f && !found && getline(&line, &room, f) > 0) {
		if (!parse_range(line, ret, &rest) || address < ret->start || address >= ret->end)
			continue;
		/* Its size is the first word. */
		rest += strspn(rest, " ");
		rest += strspn(rest, "0123456789");
		copy_text(ret->text, rest);
		found = true;
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

bool ld_proc_iomem(const char *proc, __u64 paddr, struct ld_area *ret)
{
	FILE *f = open_in(proc, "iomem");
	char *line = NULL, *rest;
	struct ld_area area;
	bool found = false;
	size_t room = 0;

	/* Inner ones come behind the outer, with their ends inclusive. */
	while (f && getline(&line, &room, f) > 0) {
		if (!parse_range(line, &area, &rest) || paddr < area.start || paddr > area.end)
			continue;
		if (strncmp(rest, " : ", 3))
			continue;
		*ret = area;
		ret->end++;
		copy_text(ret->text, rest + 3);
		found = true;
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

static bool read_address(const char *path, __u64 *ret)
{
	char text[32] = "";
	FILE *f = fopen(path, "re");
	char *end = text;

	if (f && fgets(text, sizeof(text), f))
		*ret = strtoull(text, &end, 16);
	if (f)
		fclose(f);
	return end != text;
}

bool ld_proc_module(const char *proc, __u64 address, struct ld_area *ret)
{
	FILE *f = open_in(proc, "modules");
	unsigned long long start, size;
	char name[LD_PROC_TEXT];
	char *line = NULL;
	bool found = false;
	size_t room = 0;

	/* NAME SIZE USES USERS STATE ADDRESS */
	while (f && !found && getline(&line, &room, f) > 0) {
		if (sscanf(line, "%255s %llu %*s %*s %*s %llx", name, &size, &start) != 3 ||
		    !start || address < start || address - start >= size)
			continue;
		ret->start = start;
		ret->end = start + size;
		copy_text(ret->text, name);
		found = true;
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

bool ld_proc_section(const char *sys, const char *module, __u64 address, struct ld_area *ret)
{
	bool found = false;
	char path[4096];
	struct dirent *d;
	__u64 start = 0;
	DIR *dir;

	memset(ret, 0, sizeof(*ret));
	snprintf(path, sizeof(path), "%s/module/%s/sections", sys, module);
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/module/%s/sections/%s", sys, module, d->d_name);
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, "..") ||
		    !read_address(path, &start) || !start)
			continue;
		/* The nearest at or below it. */
		if (start > address || start < ret->start)
			continue;
		ret->start = start;
		copy_text(ret->text, d->d_name);
		found = true;
	}
	if (dir)
		closedir(dir);
	return found;
}
