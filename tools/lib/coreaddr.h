/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_COREADDR_H
#define LD_COREADDR_H

#include "corepages.h"
#include "err.h"
#include "segments.h"

/**
 * DOC: At which addresses the pages of a file are
 *
 * A kdump file does not say, and neither does an ELF vmcore whose p_vaddr are all 0. The kernel's
 * page tables do, as far as they are in the file: they are walked from swapper_pg_dir down, and
 * each page that they map is given that address. Tables may be missing, and in a damaged file they
 * may lead anywhere, also back: each is looked at once on each level.
 *
 * The direct map is where most pages lie at one distance, a multiple of 1 GiB, from their physical
 * address: KASLR moves it by such (arch/x86/mm/kaslr.c).
 */

/**
 * ld_coreaddr_find() - find out where the pages are mapped, and how the kernel is laid out
 * @p: opened; gets addresses, where its file does not have them
 * @layout: filled
 * @err: filled if they cannot be found
 *
 * Return: 0 or -1.
 */
int ld_coreaddr_find(struct ld_corepages *p, struct ld_layout *layout, struct ld_err *err);

/**
 * ld_coreaddr_layout() - the part of a layout that needs no page tables
 * @p: opened
 * @layout: filled; page_offset is 0 if it is not in a note of ours
 */
void ld_coreaddr_layout(const struct ld_corepages *p, struct ld_layout *layout);

#endif
