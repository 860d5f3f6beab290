// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: what the running kernel says about itself. Its vmcoreinfo is handed out as it
 * stands; from it come the page table and the place of the kernel image.
 */
#include <linux/cpumask.h>
#include <linux/elf.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "livedump_private.h"

/* The image ends below the next multiple of this (x86: KERNEL_IMAGE_SIZE, then modules). */
#define LD_MAX_IMAGE		SZ_1G

struct ld_kernel ld_kernel;
static u32 ld_pgtable_levels;

/* No kernel's is longer than a page (include/linux/crash_core.h: VMCOREINFO_BYTES). */
#define LD_MAX_VMCOREINFO	PAGE_SIZE

struct ld_vmcoreinfo_note {
	struct elf64_note head;
	char name[12];		/* "VMCOREINFO", padded to 4 */
};

/* The note is where the kernel says, unless it is a Xen PV guest, which gives a machine address. */
static int ld_copy_note(void)
{
	phys_addr_t paddr = paddr_vmcoreinfo_note();
	const void *at = phys_to_virt(paddr);
	struct ld_vmcoreinfo_note note;
	struct ld_ram ram = {};

	if (ld_read_allowed(&ram, PHYS_PFN(paddr), LIVEDUMP_USER_MEMORY) ||
	    ld_read_bytes(at, &note, sizeof(note)))
		return -ENODEV;
	if (note.head.n_namesz != sizeof("VMCOREINFO") ||
	    memcmp(note.name, "VMCOREINFO", sizeof("VMCOREINFO")) || !note.head.n_descsz ||
	    note.head.n_descsz > LD_MAX_VMCOREINFO)
		return -ENODEV;
	ld_kernel.vmcoreinfo = kmalloc(note.head.n_descsz, GFP_KERNEL);
	if (!ld_kernel.vmcoreinfo)
		return -ENOMEM;
	ld_kernel.vmcoreinfo_size = note.head.n_descsz;
	if (ld_read_bytes(at + sizeof(note), ld_kernel.vmcoreinfo, note.head.n_descsz))
		return -ENODEV;
	return 0;
}

/* The value of a line "KEY=hex" of vmcoreinfo; @key includes the "=". */
static int ld_vmcoreinfo_hex(const char *key, u64 *ret)
{
	const char *end = ld_kernel.vmcoreinfo + ld_kernel.vmcoreinfo_size;
	const char *line = ld_kernel.vmcoreinfo;
	size_t len = strlen(key);
	const char *eol;
	char value[20];

	for (; line < end; line = eol + 1) {
		eol = memchr(line, '\n', end - line);
		if (!eol)
			break;
		if (eol - line <= len || memcmp(line, key, len))
			continue;
		if (eol - line - len >= sizeof(value))
			return -ENODEV;
		memcpy(value, line + len, eol - line - len);
		value[eol - line - len] = '\0';
		return kstrtou64(value, 16, ret);
	}
	return -ENODEV;
}

static void ld_find_text_end(void)
{
	struct ld_mapping m;
	struct ld_ram ram = {};
	u64 at;

	/* There may be gaps inside: memory that was freed after boot. */
	for (at = ld_kernel.text_start; at % LD_MAX_IMAGE || at == ld_kernel.text_start;
	     at += PMD_SIZE) {
		if (!ld_translate(&ram, at, &m) || m.extent.ptes)
			ld_kernel.text_end = at + PMD_SIZE;
	}
}

/* Do the tables we are about to walk say what the kernel says? @ret: how many levels there are. */
static int ld_check_tables(u32 *ret)
{
	struct ld_ram ram = {};
	struct ld_mapping m;
	void *probe = __vmalloc(PAGE_SIZE, GFP_KERNEL | __GFP_NOWARN);
	int err = 0;

	if (!probe)
		return -ENOMEM;
	if (ld_translate(&ram, (unsigned long)probe, &m) || m.pfn != vmalloc_to_pfn(probe))
		err = -ENODEV;
	*ret = m.nr_tables;
	vfree(probe);
	return err;
}

static int ld_kernel_find(void)
{
	u64 pgd, text;
	int err;

	err = ld_copy_note();
	if (err)
		return err;
	err = ld_vmcoreinfo_hex("SYMBOL(swapper_pg_dir)=", &pgd);
	if (err)
		return err;
	err = ld_vmcoreinfo_hex("SYMBOL(_stext)=", &text);
	if (err)
		return err;
	ld_kernel.pgd_pfn = PHYS_PFN(__pa_symbol(pgd));
	ld_kernel.pgd = __va(PFN_PHYS(ld_kernel.pgd_pfn));
	err = ld_check_tables(&ld_pgtable_levels);
	if (err)
		return err;
	ld_kernel.text_start = text & PMD_MASK;
	ld_kernel.text_paddr = __pa_symbol(ld_kernel.text_start);
	ld_find_text_end();
	return 0;
}

/**
 * ld_kernel_init() - find out about the running kernel
 *
 * Return: 0; -ENODEV where vmcoreinfo is missing or does not lead to the page tables; -ENOMEM.
 */
int ld_kernel_init(void)
{
	int err;

	ld_memory_get();
	err = ld_kernel_find();
	ld_memory_put();
	if (err)
		ld_kernel_exit();
	return err;
}

/**
 * ld_kernel_exit() - free what ld_kernel_init() made
 */
void ld_kernel_exit(void)
{
	kfree(ld_kernel.vmcoreinfo);
	ld_kernel.vmcoreinfo = NULL;
}

/**
 * ld_info() - LIVEDUMP_INFO
 * @cmd: the ioctl
 *
 * Return: 0 or the errno of the contract in the uapi header.
 */
int ld_info(struct ld_cmd *cmd)
{
	struct livedump_info *arg = cmd->arg;
	int err = ld_check_lockdown();

	if (err)
		return err;
	arg->out_vmcoreinfo_size = ld_kernel.vmcoreinfo_size;
	arg->out_abi = LIVEDUMP_ABI;
	arg->out_page_size = PAGE_SIZE;
	arg->out_pgtable_levels = ld_pgtable_levels;
	arg->out_nr_cpus = num_online_cpus();
	arg->out_page_offset = (unsigned long)__va(0);
	arg->out_text_start = ld_kernel.text_start;
	arg->out_text_end = ld_kernel.text_end;
	arg->out_text_paddr = ld_kernel.text_paddr;
	arg->out_kernel_start = ld_kernel_start();
	arg->out_pgd_paddr = PFN_PHYS(ld_kernel.pgd_pfn);
	arg->out_max_pfn = ld_max_pfn();
	arg->out_total_ram = (u64)totalram_pages() << PAGE_SHIFT;
	arg->out_cap = ld_mem_cap();
	arg->out_used = ld_mem_used();
	arg->out_boottime_ns = ktime_get_boottime_ns();

	if (arg->vmcoreinfo && arg->vmcoreinfo_size >= ld_kernel.vmcoreinfo_size &&
	    copy_to_user(u64_to_user_ptr(arg->vmcoreinfo), ld_kernel.vmcoreinfo,
			 ld_kernel.vmcoreinfo_size))
		return -EFAULT;
	return ld_cmd_reply(cmd);
}
