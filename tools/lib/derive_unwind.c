// SPDX-License-Identifier: GPL-2.0
/*
 * unwind: ORC, by which kernels for x86-64 are unwound: two tables of some megabytes, sorted by
 * address, and a third that says where in them each 256 bytes of code are. crash reads them from
 * the dump, by the return addresses that it finds in a stack. Which words of a stack those are only
 * an unwinder knows; so all that could be are looked up. Modules have tables of their own, in the
 * memory that the module lies in.
 */
#include <stdlib.h>
#include <string.h>

#include "derive.h"

/* LOOKUP_BLOCK_SIZE (arch/x86/include/asm/orc_lookup.h), the same since Linux 4.14 */
#define BLOCK_SIZE	256
/* The largest page size of the machines that have ORC. */
#define PAGE		4096

/* Of elf_gregset_t, struct user_regs_struct (arch/x86/include/asm/user_64.h): ip, sp */
#define REG_IP		16
#define REG_SP		19
/* Code that crash disassembles around where a CPU was. */
#define AROUND		128
/* Of a function, before a return address: most are shorter. */
#define FUNCTION	65536
/* IRQ_STACK_SIZE (arch/x86/include/asm/page_64_types.h), without KASAN; THREAD_SIZE is as long */
#define STACK_PAGES	4

struct orc {
	const struct ld_derive *d;
	__u64 text;
	__u64 text_end;
	__u64 lookup;
	__u64 lookup_end;
	__u64 ips;
	__u64 ips_end;
	__u64 entries;
	__u64 entry_size;
	size_t nr_blocks;
	bool *blocks;			/* which of them may be unwound through */
};

/* Whether the kernel has ORC, and where. */
static bool find_tables(const struct ld_derive *d, struct orc *o)
{
	const struct {
		const char *name;
		__u64 *at;
	} symbols[] = {
		{ "_stext", &o->text },
		{ "_etext", &o->text_end },
		{ "orc_lookup", &o->lookup },
		{ "orc_lookup_end", &o->lookup_end },
		{ "__start_orc_unwind_ip", &o->ips },
		{ "__stop_orc_unwind_ip", &o->ips_end },
		{ "__start_orc_unwind", &o->entries },
	};
	size_t i;

	o->d = d;
	for (i = 0; i < sizeof(symbols) / sizeof(*symbols); i++)
		if (!ld_derive_symbol(d, symbols[i].name, symbols[i].at, NULL))
			return false;
	/* the last one of the lookup table says where the last block ends */
	o->nr_blocks = (o->lookup_end - o->lookup) / sizeof(__u32);
	return o->lookup_end > o->lookup && o->ips_end > o->ips && o->text_end > o->text;
}

static void want(struct orc *o, __u64 ip)
{
	__u64 block = (ip - o->text) / BLOCK_SIZE;

	if (ip >= o->text && ip < o->text_end && block + 1 < o->nr_blocks)
		o->blocks[block] = true;
}

static void scan_words(struct orc *o, const __u64 *words, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		want(o, words[i]);
		/* a call that does not return may be the last of its function */
		want(o, words[i] - 1);
	}
}

/*
 * Stacks are mapped like vmalloc()'s memory (CONFIG_VMAP_STACK), and lie below the kernel image,
 * which the first task's is part of.
 */
static int scan_stacks(struct orc *o, struct ld_err *err)
{
	struct ld_peek *p = o->d->peek;
	__u64 words[PAGE / sizeof(__u64)], first = 0, size = 0, vaddr;
	size_t i;

	if (!ld_derive_symbol(o->d, "init_stack", &first, &size))
		ld_derive_symbol(o->d, "init_thread_union", &first, &size);
	if (p->session->info.out_page_size != PAGE)
		return 0;
	if (ld_peek_index(o->d->peek, err))
		return -1;
	for (i = 0; i < p->nr_index; i++) {
		vaddr = p->index[i].vaddr;
		if (vaddr - first >= size && (vaddr >= p->session->info.out_text_start ||
					      vaddr == p->session->info.out_page_offset +
					      p->contents.pages[p->index[i].page].pfn * PAGE))
			continue;
		if (ld_peek_page(p, p->index[i].page, 0, words, PAGE, err))
			return -1;
		scan_words(o, words, PAGE / sizeof(__u64));
	}
	return 0;
}

/* From the start of its function to where a CPU was called from. */
static bool code_before(const struct orc *o, __u64 ip, struct livedump_range *ret)
{
	__u64 start;

	if (ip < o->text || ip >= o->text_end || !ld_derive_function(o->d, ip, &start) ||
	    ip - start > FUNCTION)
		return false;
	*ret = ld_derive_range(start, ip - start + 1);
	return true;
}

/*
 * A CPU that was on the stack of interrupts: the code of its callers. ORC does not say where the
 * frame of the one that changed stacks ends; so crash disassembles it, from its start.
 */
static int keep_callers(const struct orc *o, const struct livedump_cpu *cpu, struct ld_err *err)
{
	struct livedump_range ranges[PAGE / sizeof(__u64)];
	__u64 words[PAGE / sizeof(__u64)], at = cpu->regs[REG_SP];
	size_t nr, i, n;
	int page, rc;

	if (at < o->d->peek->session->info.out_page_offset || at % sizeof(__u64) ||
	    at - cpu->stack < STACK_PAGES * PAGE)
		return 0;
	for (page = 0; page < STACK_PAGES; page++, at += nr * sizeof(__u64)) {
		nr = (PAGE - at % PAGE) / sizeof(__u64);
		rc = ld_peek_try(o->d->peek, at, words, nr * sizeof(__u64), err);
		if (rc)
			return rc < 0 ? -1 : 0;
		for (i = 0, n = 0; i < nr; i++)
			n += code_before(o, words[i], &ranges[n]);
		if (n && ld_peek_keep(o->d->peek, ranges, n, err))
			return -1;
	}
	return 0;
}

/* Where the CPUs were when their registers were taken: that, and the code there. */
static int keep_code(struct orc *o, struct ld_err *err)
{
	struct ld_peek *p = o->d->peek;
	struct livedump_range *ranges;
	struct livedump_cpu *cpus;
	size_t i, nr, n = 0;
	__u64 ip;
	int rc;

	if (ld_peek_index(p, err))
		return -1;
	/* what is kept replaces the index */
	nr = p->contents.status.out_cpus;
	cpus = calloc(nr + 1, sizeof(*cpus));
	ranges = calloc(nr + 1, sizeof(*ranges));
	if (!cpus || !ranges) {
		free(cpus);
		free(ranges);
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	}
	memcpy(cpus, p->contents.cpus, nr * sizeof(*cpus));
	for (i = 0; i < nr; i++) {
		ip = cpus[i].regs[REG_IP];
		want(o, ip);
		if (ip >= o->text + AROUND && ip < o->text_end - AROUND)
			ranges[n++] = ld_derive_range(ip - AROUND, 2 * AROUND);
	}
	rc = n ? ld_peek_keep(p, ranges, n, err) : 0;
	for (i = 0; !rc && i < nr; i++)
		rc = keep_callers(o, &cpus[i], err);
	free(cpus);
	free(ranges);
	return rc;
}

/* The part of a table for the entries from @first to @last. */
static struct livedump_range part(__u64 table, __u64 size, __u64 first, __u64 last)
{
	return ld_derive_range(table + first * size, (last - first + 1) * size);
}

static size_t count_blocks(const struct orc *o)
{
	size_t i, n = 0;

	for (i = 0; i < o->nr_blocks; i++)
		n += o->blocks[i];
	return n;
}

/* Where in the tables each block is: its own number, and the next one's. */
static int keep_lookup(const struct orc *o, struct livedump_range *ranges, struct ld_err *err)
{
	size_t i, n = 0;

	for (i = 0; i < o->nr_blocks; i++)
		if (o->blocks[i])
			ranges[n++] = part(o->lookup, sizeof(__u32), i, i + 1);
	return ld_peek_keep(o->d->peek, ranges, n, err);
}

static int keep_entries(const struct orc *o, struct livedump_range *ranges, struct ld_err *err)
{
	const __u64 nr_ips = (o->ips_end - o->ips) / sizeof(__u32);
	__u32 at[2];
	size_t i, n = 0;
	int rc;

	for (i = 0; i < o->nr_blocks; i++) {
		if (!o->blocks[i])
			continue;
		rc = ld_peek_read(o->d->peek, o->lookup + i * sizeof(__u32), at, sizeof(at), err);
		if (rc < 0)
			return -1;
		if (rc || at[0] > at[1] || at[1] >= nr_ips)
			continue;
		ranges[n++] = part(o->ips, sizeof(__u32), at[0], at[1]);
		ranges[n++] = part(o->entries, o->entry_size, at[0], at[1]);
	}
	return ld_peek_keep(o->d->peek, ranges, n, err);
}

static int keep_blocks(const struct orc *o, struct ld_err *err)
{
	struct livedump_range *ranges = calloc(2 * count_blocks(o) + 1, sizeof(*ranges));
	int rc;

	if (!ranges)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	rc = keep_lookup(o, ranges, err) || keep_entries(o, ranges, err) ? -1 : 0;
	free(ranges);
	return rc;
}

int ld_derive_unwind(const struct ld_derive *d, struct ld_err *err)
{
	struct orc o = { 0 };
	int rc;

	/* Kernels of other machines, or with CONFIG_UNWINDER_FRAME_POINTER, need none of this. */
	if (!find_tables(d, &o))
		return 0;
	if (ld_derive_size(d, "struct orc_entry", &o.entry_size, err))
		return -1;
	o.blocks = calloc(o.nr_blocks, sizeof(*o.blocks));
	if (!o.blocks)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	rc = scan_stacks(&o, err) || keep_code(&o, err) || keep_blocks(&o, err) ? -1 : 0;
	free(o.blocks);
	return rc;
}
