// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: from a virtual address to a page frame, through the kernel's own page tables. Every
 * entry is copied before it is looked at: the tables change under us.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>

#include "livedump_private.h"

/**
 * ld_kernel_start() - the lowest address of the kernel's half
 *
 * Return: the address. Everything from there up is canonical.
 */
u64 ld_kernel_start(void)
{
#ifdef CONFIG_X86_64
	return ~(u64)__VIRTUAL_MASK;
#else
	return PAGE_OFFSET;
#endif
}

static u64 ld_table_pfn(const void *table)
{
	return ((unsigned long)table - (unsigned long)__va(0)) >> PAGE_SHIFT;
}

static void ld_set_extent(struct ld_mapping *m, u64 vaddr, u64 size, u64 pfn, pte_t *ptes)
{
	m->extent.start = vaddr & ~(size - 1);
	m->extent.end = vaddr | (size - 1);
	m->extent.pfn = pfn;
	m->extent.ptes = ptes;
}

static enum livedump_reason ld_unmapped(struct ld_mapping *m, u64 vaddr, u64 size)
{
	ld_set_extent(m, vaddr, size, 0, NULL);
	return LIVEDUMP_UNMAPPED;
}

static enum livedump_reason ld_leaf(struct ld_mapping *m, u64 vaddr, u64 size, u64 pfn)
{
	/* The entry's frame number may point into the leaf on some machines: align it. */
	pfn &= ~((size >> PAGE_SHIFT) - 1);
	ld_set_extent(m, vaddr, size, pfn, NULL);
	m->pfn = pfn + ((vaddr & (size - 1)) >> PAGE_SHIFT);
	return LIVEDUMP_OK;
}

/*
 * Copy the entry at @entryp. A folded level's entry is the copy of the level above (@above), no
 * table of its own.
 */
static enum livedump_reason ld_entry(struct ld_ram *ram, struct ld_mapping *m, const void *entryp,
				     const void *above, void *to, size_t size)
{
	enum livedump_reason why;
	u64 pfn;

	if (entryp != above) {
		pfn = ld_table_pfn(entryp);
		/* A damaged entry can point anywhere, at a device's registers too. */
		why = ld_read_allowed(ram, pfn, LIVEDUMP_USER_MEMORY);
		if (why)
			return why;
		m->tables[m->nr_tables++] = pfn;
	}
	return ld_read_bytes(entryp, to, size);
}

static enum livedump_reason ld_translate_pte(const struct ld_extent *x, u64 vaddr, u64 *pfn)
{
	enum livedump_reason why;
	pte_t pte;

	why = ld_read_bytes(x->ptes + pte_index(vaddr), &pte, sizeof(pte));
	if (why)
		return why;
	if (pte_none(pte) || !pte_present(pte))
		return LIVEDUMP_UNMAPPED;
	*pfn = pte_pfn(pte);
	return LIVEDUMP_OK;
}

static enum livedump_reason ld_translate_pmd(struct ld_ram *ram, u64 vaddr, pud_t *pud,
					     struct ld_mapping *m)
{
	enum livedump_reason why;
	pmd_t pmd;
	pte_t pte;

	why = ld_entry(ram, m, pmd_offset(pud, vaddr), pud, &pmd, sizeof(pmd));
	if (why)
		return why;
	if (pmd_none(pmd) || !pmd_present(pmd))
		return ld_unmapped(m, vaddr, PMD_SIZE);
	if (pmd_leaf(pmd))
		return ld_leaf(m, vaddr, PMD_SIZE, pmd_pfn(pmd));
	if (pmd_bad(pmd))
		return ld_unmapped(m, vaddr, PMD_SIZE);

	why = ld_entry(ram, m, pte_offset_kernel(&pmd, vaddr & PMD_MASK), NULL, &pte, sizeof(pte));
	if (why)
		return why;
	ld_set_extent(m, vaddr, PMD_SIZE, 0, pte_offset_kernel(&pmd, vaddr & PMD_MASK));
	return ld_translate_pte(&m->extent, vaddr, &m->pfn);
}

static enum livedump_reason ld_translate_pud(struct ld_ram *ram, u64 vaddr, p4d_t *p4d,
					     struct ld_mapping *m)
{
	enum livedump_reason why;
	pud_t pud;

	why = ld_entry(ram, m, pud_offset(p4d, vaddr), p4d, &pud, sizeof(pud));
	if (why)
		return why;
	if (pud_none(pud) || !pud_present(pud))
		return ld_unmapped(m, vaddr, PUD_SIZE);
	if (pud_leaf(pud))
		return ld_leaf(m, vaddr, PUD_SIZE, pud_pfn(pud));
	if (pud_bad(pud))
		return ld_unmapped(m, vaddr, PUD_SIZE);
	return ld_translate_pmd(ram, vaddr, &pud, m);
}

/**
 * ld_translate() - find the page frame behind a virtual address
 * @ram: the request's cache
 * @vaddr: any address; those below the kernel's half are refused
 * @ret: filled as far as the walk came: the extent of an unmapped stretch, the tables passed.
 *	The extent is empty (end below start) where nothing is known
 *
 * Never sleeps.
 *
 * Return: LIVEDUMP_OK, or why there is none.
 */
enum livedump_reason ld_translate(struct ld_ram *ram, u64 vaddr, struct ld_mapping *ret)
{
	enum livedump_reason why;
	pgd_t pgd;
	p4d_t p4d;

	ret->nr_tables = 0;
	ret->extent.start = 1;
	ret->extent.end = 0;
	if (!ld_is_kernel_address(vaddr))
		return LIVEDUMP_BAD_ADDRESS;

	why = ld_entry(ram, ret, pgd_offset_pgd(ld_kernel.pgd, vaddr), NULL, &pgd, sizeof(pgd));
	if (why)
		return why;
	if (pgd_none(pgd) || !pgd_present(pgd) || pgd_bad(pgd))
		return ld_unmapped(ret, vaddr, PGDIR_SIZE);

	why = ld_entry(ram, ret, p4d_offset(&pgd, vaddr), &pgd, &p4d, sizeof(p4d));
	if (why)
		return why;
	if (p4d_none(p4d) || !p4d_present(p4d) || p4d_bad(p4d))
		return ld_unmapped(ret, vaddr, P4D_SIZE);
	return ld_translate_pud(ram, vaddr, &p4d, ret);
}

/**
 * ld_extent_lookup() - find the page frame of an address inside a known extent
 * @extent: from ld_translate(), which returned LIVEDUMP_OK or had a page table for it
 * @vaddr: inside it
 * @pfn: the page frame
 *
 * Return: LIVEDUMP_OK, or why there is none.
 */
enum livedump_reason ld_extent_lookup(const struct ld_extent *extent, u64 vaddr, u64 *pfn)
{
	if (extent->ptes)
		return ld_translate_pte(extent, vaddr, pfn);
	*pfn = extent->pfn + ((vaddr - extent->start) >> PAGE_SHIFT);
	return LIVEDUMP_OK;
}

/**
 * ld_direct_pfn() - the page frame of an address in the direct map
 * @vaddr: any address
 * @pfn: the page frame; it need not be RAM
 *
 * Return: whether it is one.
 */
bool ld_direct_pfn(u64 vaddr, u64 *pfn)
{
	u64 start = (unsigned long)__va(0);

	if (vaddr < start || vaddr >= (unsigned long)high_memory)
		return false;
	*pfn = (vaddr - start) >> PAGE_SHIFT;
	return true;
}

/**
 * ld_read_virt() - read from a virtual address, and record nothing
 * @ram: the request's cache, or one of the caller's
 * @vaddr: any address
 * @to: our own; undefined after a failure
 * @size: bytes
 *
 * Never sleeps. The caller has called ld_memory_get().
 *
 * Return: LIVEDUMP_OK, or why a byte cannot be read.
 */
enum livedump_reason ld_read_virt(struct ld_ram *ram, u64 vaddr, void *to, size_t size)
{
	enum livedump_reason why = LIVEDUMP_OK;
	struct ld_mapping m;
	size_t n;

	if (vaddr + size < vaddr)
		return LIVEDUMP_BAD_ADDRESS;
	for (; size && !why; size -= n, to += n, vaddr += n) {
		n = min_t(size_t, size, PAGE_SIZE - (vaddr & ~PAGE_MASK));
		if (!ld_direct_pfn(vaddr, &m.pfn))
			why = ld_translate(ram, vaddr, &m);
		if (!why)
			why = ld_read_allowed(ram, m.pfn, 0);
		if (!why)
			why = ld_read_bytes(__va(PFN_PHYS(m.pfn)) + (vaddr & ~PAGE_MASK), to, n);
	}
	return why;
}
