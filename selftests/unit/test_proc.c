// SPDX-License-Identifier: GPL-2.0
/* What /proc and /sys say of addresses: files of our own, good and bad. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "proc.h"
#include "test.h"

static char dir[64];

static void put(const char *name, const void *data, size_t size)
{
	char path[256], *slash;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	for (slash = strchr(path + strlen(dir) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	f = fopen(path, "w");
	CHECK(f && fwrite(data, 1, size, f) == size && !fclose(f));
}

static void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

static void begin(void)
{
	strcpy(dir, "/tmp/livedump_proc.XXXXXX");
	CHECK(mkdtemp(dir));
}

static void end(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	CHECK(!system(command));
}

TEST(proc_vmallocinfo)
{
	struct ld_area area;

	begin();
	CHECK(!ld_proc_vmalloc(dir, 0xffffc90000000000, &area));
	put_text("vmallocinfo",
		 "0xffffc90000000000-0xffffc90000005000   20480 irq_init+0xf0/0x120 vmap\n"
		 "garbage\n\n-\n0x-0x\n"
		 "0xffffc90000008000-0xffffc9000000d000   20480 dup_task_struct+0x5b/0x1a0 pages=4 vmalloc N0=4\n"
		 "0xffffc9000000e000-0xffffc90000010000");
	CHECK(ld_proc_vmalloc(dir, 0xffffc90000004fff, &area));
	CHECK_STR(area.text, "irq_init+0xf0/0x120 vmap");
	CHECK(!ld_proc_vmalloc(dir, 0xffffc90000005000, &area));
	CHECK(ld_proc_vmalloc(dir, 0xffffc90000008000, &area));
	CHECK_EQ(area.start, 0xffffc90000008000);
	CHECK_EQ(area.end, 0xffffc9000000d000);
	CHECK_STR(area.text, "dup_task_struct+0x5b/0x1a0 pages=4 vmalloc N0=4");
	CHECK(ld_proc_vmalloc(dir, 0xffffc9000000ffff, &area));
	CHECK_STR(area.text, "");
	end();
}

TEST(proc_iomem)
{
	struct ld_area area;

	begin();
	CHECK(!ld_proc_iomem(dir, 0, &area));
	put_text("iomem", "00001000-0009fbff : System RAM\n"
		 "00100000-3ffdffff : System RAM\n"
		 "  01000000-01ffffff : Kernel code\n"
		 "  02000000-02ffffff :\n"
		 "c0000000-febfffff : PCI Bus 0000:00\n");
	CHECK(!ld_proc_iomem(dir, 0xfff, &area));
	CHECK(ld_proc_iomem(dir, 0x9fbff, &area));
	CHECK_EQ(area.end, 0x9fc00);
	CHECK(!ld_proc_iomem(dir, 0x9fc00, &area));
	CHECK(ld_proc_iomem(dir, 0x1000000, &area));
	CHECK_STR(area.text, "Kernel code");
	CHECK(ld_proc_iomem(dir, 0x2000000, &area));
	CHECK_STR(area.text, "System RAM");
	CHECK(ld_proc_iomem(dir, 0xc0000000, &area));
	CHECK_STR(area.text, "PCI Bus 0000:00");
	end();
}

TEST(proc_modules)
{
	struct ld_area area;

	begin();
	CHECK(!ld_proc_module(dir, 0xffffffffc0000000, &area));
	put_text("modules", "dummy 16384 0 - Live 0xffffffffc0000000 (E)\n"
		 "hidden 16384 1 other, Live 0x0000000000000000\n"
		 "cut 163\n");
	CHECK(ld_proc_module(dir, 0xffffffffc0003fff, &area));
	CHECK_STR(area.text, "dummy");
	CHECK(!ld_proc_module(dir, 0xffffffffc0004000, &area));
	CHECK(!ld_proc_module(dir, 0, &area));
	put_text("module/dummy/sections/.text", "0xffffffffc0000000\n");
	put_text("module/dummy/sections/.data", "0xffffffffc0002000\n");
	put_text("module/dummy/sections/.bss", "0xffffffffc0003000\n");
	put_text("module/dummy/sections/.hidden", "0x0000000000000000\n");
	put_text("module/dummy/sections/.empty", "");
	CHECK(ld_proc_section(dir, "dummy", 0xffffffffc0002fff, &area));
	CHECK_STR(area.text, ".data");
	CHECK_EQ(area.start, 0xffffffffc0002000);
	CHECK(!ld_proc_section(dir, "dummy", 0xffffffffbfffffff, &area));
	CHECK(!ld_proc_section(dir, "none", 0xffffffffc0002fff, &area));
	end();
}

TEST(proc_kpageflags)
{
	__u64 flags[3] = { 0, 1ULL << 7, 1ULL << 10 }, got;

	begin();
	CHECK(!ld_proc_pageflags(dir, 0, &got));
	put("kpageflags", flags, sizeof(flags));
	CHECK(ld_proc_pageflags(dir, 2, &got));
	CHECK_EQ(got, flags[2]);
	CHECK(!ld_proc_pageflags(dir, 3, &got));
	CHECK_STR(ld_pageflags_state(flags[1]), "slab");
	CHECK_STR(ld_pageflags_state(flags[2]), "free");
	CHECK_STR(ld_pageflags_state(1ULL << 12 | 1ULL << 5 | 1ULL << 11), "anonymous memory");
	CHECK_STR(ld_pageflags_state(1ULL << 5 | 1ULL << 3), "page cache");
	CHECK_STR(ld_pageflags_state(1ULL << 19 | 1ULL << 10), "damaged");
	CHECK_STR(ld_pageflag_name(10), "buddy");
	CHECK(!ld_pageflag_name(63) && !ld_pageflag_name(27));
	end();
}
