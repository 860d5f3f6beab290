// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: a session's records and data in the reader's address space, read-only. Pages are put
 * there when the mapping is made; each is referenced, so a mapping outlives its session safely.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/mm.h>

#include "livedump_private.h"

/* Pages handed to vm_insert_pages() at a time. */
#define LD_MMAP_BATCH		64

/* The vector that begins at @offset bytes, which is left as the offset into it. */
static struct ld_vec *ld_mmap_region(struct ld_store *st, u64 *offset)
{
	u64 region = *offset & ~(LIVEDUMP_MMAP_DATA - 1);

	*offset -= region;
	switch (region) {
	case LIVEDUMP_MMAP_PAGES:
		return &st->pages.vec;
	case LIVEDUMP_MMAP_DATA:
		return &st->data;
	case LIVEDUMP_MMAP_ALIASES:
		return &st->aliases.vec;
	case LIVEDUMP_MMAP_HOLES:
		return &st->holes;
	case LIVEDUMP_MMAP_OBJECTS:
		return &st->listed;
	case LIVEDUMP_MMAP_NOTES:
		return &st->notes;
	case LIVEDUMP_MMAP_CPUS:
		return &st->cpus;
	default:
		return NULL;
	}
}

static int ld_mmap_insert(struct vm_area_struct *vma, struct ld_vec *v, u64 pgoff)
{
	struct page *pages[LD_MMAP_BATCH];
	unsigned long addr = vma->vm_start;
	unsigned long left, i;
	int err;

	while (addr < vma->vm_end) {
		for (i = 0; i < LD_MMAP_BATCH && addr + i * PAGE_SIZE < vma->vm_end; i++) {
			pages[i] = ld_vec_page(v, pgoff + i);
			if (!pages[i])
				return -ENXIO;
		}
		left = i;
		err = vm_insert_pages(vma, addr, pages, &left);
		/* What it says where there is no memory for a page table (mm/memory.c). */
		if (err == -EFAULT)
			return -ENOMEM;
		if (err)
			return err;
		addr += i * PAGE_SIZE;
		pgoff += i;
	}
	return 0;
}

/**
 * ld_session_mmap() - map a stretch of one region
 * @file: a session's file
 * @vma: MAP_SHARED, read-only
 *
 * Return: 0; -EPERM under lockdown, -EINVAL for another kind of mapping, -ENXIO for an offset
 * outside the regions or past the end of one, -ENOMEM, -EINTR.
 */
int ld_session_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct ld_session *s = file->private_data;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	struct ld_vec *v;
	int err;

	err = ld_check_lockdown();
	if (err)
		return err;
	/* The file is not writable, so mm/ has taken VM_SHARED and VM_MAYWRITE away itself. */
	if (!(vma->vm_flags & VM_MAYSHARE) || (vma->vm_flags & (VM_WRITE | VM_EXEC)))
		return -EINVAL;
	vm_flags_clear(vma, VM_MAYEXEC);
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);

	err = mutex_lock_killable(&s->lock);
	if (err)
		return err;
	v = ld_mmap_region(&s->store, &offset);
	err = v ? ld_mmap_insert(vma, v, offset >> PAGE_SHIFT) : -ENXIO;
	mutex_unlock(&s->lock);
	return err;
}
