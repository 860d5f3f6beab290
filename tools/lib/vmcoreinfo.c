// SPDX-License-Identifier: GPL-2.0
/* Numbers in vmcoreinfo, as far as this tool needs them. */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "note.h"
#include "vmcoreinfo.h"

/* A distance between virtual and physical addresses, and what lies at it. */
struct distance {
	uint64_t distance;
	uint64_t bytes;
};

static int get(const struct ld_corefile *c, const char *kind, const char *name, int base,
	       uint64_t *ret)
{
	char key[64], *text, *end;
	int result = -1;

	if (!c->vmcoreinfo)
		return -1;
	snprintf(key, sizeof(key), "%s(%s)", kind, name);
	text = ld_vmcoreinfo_value(c->vmcoreinfo, c->vmcoreinfo_size, key);
	if (!text)
		return -1;
	errno = 0;
	*ret = strtoull(text, &end, base);
	if (end != text && !*end && !errno)
		result = 0;
	free(text);
	return result;
}

int ld_vmcoreinfo_number(const struct ld_corefile *c, const char *name, uint64_t *ret)
{
	return get(c, "NUMBER", name, 10, ret);
}

int ld_vmcoreinfo_symbol(const struct ld_corefile *c, const char *name, uint64_t *ret)
{
	return get(c, "SYMBOL", name, 16, ret);
}

int ld_text_map(const struct ld_corefile *c, struct ld_text_map *ret)
{
	if (c->machine != EM_X86_64)
		return -1;
	ret->start = 0xffffffff80000000ULL;
	/* 1 GiB with KASLR, else half of it and nothing in the other half */
	if (ld_vmcoreinfo_number(c, "KERNEL_IMAGE_SIZE", &ret->size))
		ret->size = 1ULL << 30;
	ret->has_phys = !ld_vmcoreinfo_number(c, "phys_base", &ret->phys);
	return 0;
}

static int compare_distances(const void *a, const void *b)
{
	const struct distance *x = a, *y = b;

	return x->distance < y->distance ? -1 : x->distance > y->distance;
}

uint64_t ld_direct_map(const struct ld_corefile *c)
{
	struct distance *d = calloc(c->nr_segments + 1, sizeof(*d));
	struct ld_text_map text = { .start = UINT64_MAX };
	size_t i, nr = 0, kept = 0, most = 0;
	uint64_t result;

	if (!d)
		return 0;
	ld_text_map(c, &text);
	for (i = 0; i < c->nr_segments; i++) {
		const struct ld_core_load *l = &c->loads[i];

		if (ld_core_load_is_mapped(l) && l->vaddr < text.start)
			d[nr++] = (struct distance){ l->vaddr - l->paddr, l->filesz };
	}
	qsort(d, nr, sizeof(*d), compare_distances);
	for (i = 0; i < nr; i++) {
		if (kept && d[kept - 1].distance == d[i].distance)
			d[kept - 1].bytes += d[i].bytes;
		else
			d[kept++] = d[i];
	}
	for (i = 0; i < kept; i++)
		most = d[i].bytes > d[most].bytes ? i : most;
	result = d[most].distance;
	free(d);
	return result;
}
