// SPDX-License-Identifier: GPL-2.0
/*
 * struct livedump_slab from BTF. The names are those of mm/slab.h, mm/slub.c and, up to 5.16,
 * include/linux/mm_types.h and include/linux/slub_def.h.
 */
#include <stddef.h>
#include <string.h>

#include "slab_layout.h"

/* Deepest nesting of anonymous members that is believed; kernels have five. */
#define MAX_NESTING	16
#define MAX_STEPS	100000

/* A member: where it begins, and what it measures, in bits. */
struct member {
	const struct ld_btfs *set;
	const char *name;
	unsigned int steps;
	__u64 at;
	__u64 bits;
};

static bool measure(struct member *m, struct ld_ref ref, const struct btf_type *t, __u32 i)
{
	struct ld_ref type = { ref.btf, btf_members(t)[i].type };
	__u64 size;

	m->bits = btf_member_bitfield_size(t, i);
	if (m->bits)
		return true;
	if (!ld_btf_size(m->set, type, &size) || size > 8)
		return false;
	m->bits = size * 8;
	return true;
}

static bool find(struct member *m, struct ld_ref ref, __u64 at, unsigned int nesting)
{
	const struct btf_type *t = ld_btf_type(m->set, ref);
	struct ld_ref inner = { .btf = ref.btf };
	const char *name;
	__u32 i;

	if (!t || !btf_is_composite(t) || nesting > MAX_NESTING)
		return false;
	for (i = 0; i < btf_vlen(t) && m->steps++ < MAX_STEPS; i++) {
		name = ld_btf_str(m->set, ref.btf, btf_members(t)[i].name_off);
		m->at = at + btf_member_bit_offset(t, i);
		if (!strcmp(name, m->name))
			return measure(m, ref, t, i);
		inner.id = btf_members(t)[i].type;
		if (!*name && find(m, ld_btf_skip(m->set, inner, NULL), m->at, nesting + 1))
			return true;
	}
	return false;
}

static bool find_struct(const struct ld_btfs *set, const char *name, struct ld_ref *ret)
{
	return ld_btf_find(set, 0, LD_KIND(BTF_KIND_STRUCT), name, ret);
}

/* The offset of a member of so many bytes, LIVEDUMP_SLAB_NONE if there is none. */
static __u32 offset_of(const struct ld_btfs *set, struct ld_ref type, const char *name,
		       unsigned int size)
{
	struct member m = { .set = set, .name = name };

	if (!find(&m, type, 0, 0) || m.bits != size * 8 || m.at % m.bits || m.at / 8 > 1 << 20)
		return LIVEDUMP_SLAB_NONE;
	return (__u32)(m.at / 8);
}

/* The bit field @name, by the 32-bit word it lies in and its lowest bit there. */
static bool bits_of(const struct ld_btfs *set, struct ld_ref type, const char *name, __u32 *word,
		    __u32 *shift, __u32 *bits)
{
	struct member m = { .set = set, .name = name };
	__u32 first;

	if (!find(&m, type, 0, 0) || !m.bits || m.at / 8 > 1 << 20)
		return false;
	first = m.at % 32;
	if (first + m.bits > 32)
		return false;
	*word = (__u32)(m.at / 32 * 4);
	*bits = (__u32)m.bits;
	/* BTF counts from where the word begins in memory. */
	*shift = first;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	*shift = 32 - first - *bits;
#endif
	return true;
}

static int unknown(struct ld_err *err, const char *what)
{
	return ld_fail(err, LD_EXIT_FAILED,
		       "this kernel's slabs cannot be read: its BTF has no %s as SLUB of Linux 5.10 and later has it",
		       what);
}

static int find_slab(const struct ld_btfs *set, struct livedump_slab *l, struct ld_err *err)
{
	__u32 word, bits;
	struct ld_ref t;

	if (!find_struct(set, "slab", &t) && !find_struct(set, "page", &t))
		return unknown(err, "struct slab");
	l->slab_cache = offset_of(set, t, "slab_cache", 8);
	l->slab_freelist = offset_of(set, t, "freelist", 8);
	if (l->slab_cache == LIVEDUMP_SLAB_NONE || l->slab_freelist == LIVEDUMP_SLAB_NONE ||
	    !bits_of(set, t, "objects", &l->slab_counters, &l->objects_shift, &l->objects_bits) ||
	    !bits_of(set, t, "frozen", &word, &l->frozen_shift, &bits) ||
	    word != l->slab_counters)
		return unknown(err, "members of struct slab");
	return 0;
}

static int find_cache(const struct ld_btfs *set, struct livedump_slab *l, struct ld_err *err)
{
	struct ld_ref t;

	if (!find_struct(set, "kmem_cache", &t))
		return unknown(err, "struct kmem_cache");
	l->cache_name = offset_of(set, t, "name", 8);
	l->cache_size = offset_of(set, t, "size", 4);
	l->cache_object_size = offset_of(set, t, "object_size", 4);
	l->cache_offset = offset_of(set, t, "offset", 4);
	l->cache_random = offset_of(set, t, "random", 8);
	l->cache_red_left_pad = offset_of(set, t, "red_left_pad", 4);
	l->cache_cpu_slab = offset_of(set, t, "cpu_slab", 8);
	l->cache_sheaf_capacity = offset_of(set, t, "sheaf_capacity", 4);
	if (l->cache_name == LIVEDUMP_SLAB_NONE || l->cache_size == LIVEDUMP_SLAB_NONE ||
	    l->cache_object_size == LIVEDUMP_SLAB_NONE || l->cache_offset == LIVEDUMP_SLAB_NONE)
		return unknown(err, "members of struct kmem_cache");
	/* Without it, what waits in sheaves would pass for allocated. */
	if (offset_of(set, t, "cpu_sheaves", 8) != LIVEDUMP_SLAB_NONE &&
	    l->cache_sheaf_capacity == LIVEDUMP_SLAB_NONE)
		return unknown(err, "kmem_cache.sheaf_capacity");
	return 0;
}

static int find_cpu(const struct ld_btfs *set, struct livedump_slab *l, struct ld_err *err)
{
	struct ld_ref t;

	l->cpu_freelist = LIVEDUMP_SLAB_NONE;
	l->cpu_slab = LIVEDUMP_SLAB_NONE;
	if (l->cache_cpu_slab == LIVEDUMP_SLAB_NONE)
		return 0;
	if (!find_struct(set, "kmem_cache_cpu", &t))
		return unknown(err, "struct kmem_cache_cpu");
	l->cpu_freelist = offset_of(set, t, "freelist", 8);
	l->cpu_slab = offset_of(set, t, "slab", 8);
	if (l->cpu_slab == LIVEDUMP_SLAB_NONE)
		l->cpu_slab = offset_of(set, t, "page", 8);
	if (l->cpu_freelist == LIVEDUMP_SLAB_NONE || l->cpu_slab == LIVEDUMP_SLAB_NONE)
		return unknown(err, "members of struct kmem_cache_cpu");
	return 0;
}

int ld_slab_layout(const struct ld_btfs *set, struct livedump_slab *ret, struct ld_err *err)
{
	*ret = (struct livedump_slab){ .size = sizeof(*ret) };
	if (find_slab(set, ret, err) || find_cache(set, ret, err) || find_cpu(set, ret, err))
		return -1;
	return 0;
}
