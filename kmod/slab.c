// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: slabs (SLUB). The allocator's structures are private to it: the caller says where their
 * members are, and nothing that is found there is believed. Everything is read as it is now, others
 * change it meanwhile: a freelist that is not the same before and after is gone through again, and
 * after some times its objects are of unknown status.
 *
 * What KASAN's quarantine holds is allocated to SLUB, and so it is here. So are objects in sheaves
 * (Linux 6.18): of caches that have them, what is on no freelist is of unknown status.
 */
#include <linux/bitmap.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swab.h>
#include <linux/uaccess.h>

#include "walk.h"

/* struct slab has 15 bits for their number. */
#define LD_SLAB_MAX_OBJECTS	32767

/* Times that the freelists of a slab are gone through before they change too often. */
#define LD_SLAB_TRIES		4

/**
 * struct ld_slab - a slab, as read a moment ago
 * @ram: cache
 * @layout: checked
 * @page: address of struct slab
 * @base: first slot of an object
 * @cache: address of struct kmem_cache
 * @name: of the cache
 * @random: what pointers in free objects are mixed with
 * @cpu_slab: per-CPU pointer to struct kmem_cache_cpu, 0 where no CPU allocates from this slab
 * @stride: bytes of a slot
 * @size: bytes of an object
 * @pad: where in its slot an object begins
 * @offset: where in a free object the pointer to the next is
 * @objects: how many
 * @has_sheaves: some that are on no freelist are free all the same
 * @wanted: number of the object asked about
 * @is_free: it is on a freelist
 * @free: bit for each object that is, or NULL
 */
struct ld_slab {
	struct ld_ram *ram;
	const struct livedump_slab *layout;
	u64 page;
	u64 base;
	u64 cache;
	u64 name;
	u64 random;
	u64 cpu_slab;
	u32 stride;
	u32 size;
	u32 pad;
	u32 offset;
	u32 objects;
	bool has_sheaves;
	u32 wanted;
	bool is_free;
	unsigned long *free;
};

/* ---- the layout ---- */

static bool ld_is_offset(u32 offset, u32 end, u32 size)
{
	return offset % size == 0 && offset <= end - size;
}

static bool ld_is_optional(u32 offset, u32 end, u32 size)
{
	return offset == LIVEDUMP_SLAB_NONE || ld_is_offset(offset, end, size);
}

static bool ld_slab_check(const struct livedump_slab *l)
{
	bool has_cpus = l->cache_cpu_slab != LIVEDUMP_SLAB_NONE;

	if (l->flags || l->objects_shift > 31 || !l->objects_bits || l->objects_bits > 16 ||
	    l->objects_shift + l->objects_bits > 32 || l->frozen_shift > 31)
		return false;
	if (has_cpus && (!ld_is_offset(l->cpu_freelist, LIVEDUMP_MAX_CPU_CACHE, 8) ||
			 !ld_is_offset(l->cpu_slab, LIVEDUMP_MAX_CPU_CACHE, 8)))
		return false;
	if (!has_cpus && (l->cpu_freelist != LIVEDUMP_SLAB_NONE ||
			  l->cpu_slab != LIVEDUMP_SLAB_NONE))
		return false;
	return ld_is_offset(l->slab_cache, sizeof(struct page), 8) &&
	       ld_is_offset(l->slab_freelist, sizeof(struct page), 8) &&
	       ld_is_offset(l->slab_counters, sizeof(struct page), 4) &&
	       ld_is_offset(l->cache_name, LIVEDUMP_MAX_CACHE, 8) &&
	       ld_is_offset(l->cache_size, LIVEDUMP_MAX_CACHE, 4) &&
	       ld_is_offset(l->cache_object_size, LIVEDUMP_MAX_CACHE, 4) &&
	       ld_is_offset(l->cache_offset, LIVEDUMP_MAX_CACHE, 4) &&
	       ld_is_optional(l->cache_random, LIVEDUMP_MAX_CACHE, 8) &&
	       ld_is_optional(l->cache_red_left_pad, LIVEDUMP_MAX_CACHE, 4) &&
	       ld_is_optional(l->cache_cpu_slab, LIVEDUMP_MAX_CACHE, 8) &&
	       ld_is_optional(l->cache_sheaf_capacity, LIVEDUMP_MAX_CACHE, 4);
}

/**
 * ld_slab_layout() - copy and check what the caller says of slabs
 * @user: the caller's struct livedump_slab
 * @ret: the copy
 *
 * Return: 0, -EINVAL, -E2BIG, -EFAULT.
 */
int ld_slab_layout(u64 user, struct livedump_slab *ret)
{
	const void __user *from = u64_to_user_ptr(user);
	u32 size;
	int err;

	if (get_user(size, (const u32 __user *)from))
		return -EFAULT;
	if (size < offsetofend(struct livedump_slab, cpu_slab))
		return -EINVAL;
	if (size > LD_MAX_STRUCT)
		return -E2BIG;
	err = copy_struct_from_user(ret, sizeof(*ret), from, size);
	if (err)
		return err;
	return ld_slab_check(ret) ? 0 : -EINVAL;
}

/* ---- a slab ---- */

static bool ld_slab_u64(struct ld_slab *s, u64 base, u32 offset, u64 *ret)
{
	*ret = 0;
	return offset == LIVEDUMP_SLAB_NONE ||
	       !ld_read_virt(s->ram, base + offset, ret, sizeof(*ret));
}

static bool ld_slab_u32(struct ld_slab *s, u64 base, u32 offset, u32 *ret)
{
	*ret = 0;
	return offset == LIVEDUMP_SLAB_NONE ||
	       !ld_read_virt(s->ram, base + offset, ret, sizeof(*ret));
}

/* What struct slab says; struct pages of RAM are there, wherever they are mapped. */
static bool ld_slab_read_page(struct ld_slab *s, bool *is_frozen)
{
	const struct livedump_slab *l = s->layout;
	const void *page = (const void *)(unsigned long)s->page;
	u32 counters;

	if (ld_read_bytes(page + l->slab_cache, &s->cache, sizeof(s->cache)) ||
	    ld_read_bytes(page + l->slab_counters, &counters, sizeof(counters)))
		return false;
	s->objects = (counters >> l->objects_shift) & GENMASK(l->objects_bits - 1, 0);
	*is_frozen = counters & BIT(l->frozen_shift);
	return ld_is_object_address(s->cache);
}

static bool ld_slab_read_cache(struct ld_slab *s)
{
	const struct livedump_slab *l = s->layout;
	u32 sheaves;

	if (!ld_slab_u32(s, s->cache, l->cache_size, &s->stride) ||
	    !ld_slab_u32(s, s->cache, l->cache_object_size, &s->size) ||
	    !ld_slab_u32(s, s->cache, l->cache_offset, &s->offset) ||
	    !ld_slab_u32(s, s->cache, l->cache_red_left_pad, &s->pad) ||
	    !ld_slab_u32(s, s->cache, l->cache_sheaf_capacity, &sheaves) ||
	    !ld_slab_u64(s, s->cache, l->cache_random, &s->random) ||
	    !ld_slab_u64(s, s->cache, l->cache_cpu_slab, &s->cpu_slab) ||
	    !ld_slab_u64(s, s->cache, l->cache_name, &s->name))
		return false;
	s->has_sheaves = sheaves;
	return true;
}

static bool ld_slab_is_sound(const struct ld_slab *s)
{
	return s->objects && s->objects <= LD_SLAB_MAX_OBJECTS &&
	       s->stride <= LIVEDUMP_MAX_OBJECT_SIZE && s->size && s->pad <= s->stride &&
	       s->size <= s->stride - s->pad && s->stride - s->pad >= sizeof(u64) &&
	       s->offset <= s->stride - s->pad - sizeof(u64);
}

/* Read all but the freelists. LD_IN_SLAB: there are no objects that make sense. */
static enum ld_slab_kind ld_slab_open(struct ld_ram *ram, const struct livedump_slab *layout,
				      struct page *page, struct ld_slab *s)
{
	u64 base = (unsigned long)page_address(page);
	bool is_frozen;

	*s = (struct ld_slab){
		.ram = ram,
		.layout = layout,
		.page = (unsigned long)page,
		.base = base,
	};
	if (!ld_slab_read_page(s, &is_frozen) || !ld_slab_read_cache(s))
		return LD_NO_SLAB;
	if (!is_frozen)
		s->cpu_slab = 0;
	if (is_kfence_address((void *)(unsigned long)base) || !ld_slab_is_sound(s))
		return LD_IN_SLAB;
	return LD_IN_OBJECT;
}

/* Is it still the slab it was when it was opened? */
static bool ld_slab_lives(struct ld_slab *s)
{
	struct page *page = (struct page *)(unsigned long)s->page;
	u64 cache;

	return ld_slab_page(s->ram, page_to_pfn(page)) == page &&
	       !ld_read_bytes((void *)page + s->layout->slab_cache, &cache, sizeof(cache)) &&
	       cache == s->cache;
}

/* ---- freelists ---- */

/* Note an object that is free. False: @ptr is the address of none. */
static bool ld_slab_mark(struct ld_slab *s, u64 ptr)
{
	u64 offset = ptr - s->base - s->pad;
	u64 index = offset / s->stride;

	if (index >= s->objects || offset % s->stride)
		return false;
	if (index == s->wanted)
		s->is_free = true;
	if (s->free)
		__set_bit(index, s->free);
	return true;
}

/* As freelist_ptr() of mm/slub.c; with swab() since 5.7, 1ad53d9fa3f6. */
static bool ld_slab_next(struct ld_slab *s, u64 *ptr)
{
	u64 at = *ptr + s->offset;

	if (ld_read_virt(s->ram, at, ptr, sizeof(*ptr)))
		return false;
	if (s->layout->cache_random != LIVEDUMP_SLAB_NONE)
		*ptr ^= s->random ^ swab64(at);
	return true;
}

/* Go through the freelist whose first pointer is at @head. False: it changes meanwhile. */
static bool ld_slab_list(struct ld_slab *s, u64 head)
{
	u64 first, again, ptr;
	u32 n;

	if (ld_read_virt(s->ram, head, &first, sizeof(first)))
		return false;
	ptr = first;
	for (n = 0; ptr; n++) {
		if (n == s->objects || !ld_slab_mark(s, ptr) || !ld_slab_next(s, &ptr))
			return false;
	}
	return !ld_read_virt(s->ram, head, &again, sizeof(again)) && again == first;
}

/* The freelist of the CPU that allocates from the slab, if one does. */
static bool ld_slab_cpus(struct ld_slab *s)
{
	unsigned int cpu;
	u64 base, slab;

	for_each_possible_cpu(cpu) {
		base = s->cpu_slab + per_cpu_offset(cpu);
		if (!ld_slab_u64(s, base, s->layout->cpu_slab, &slab))
			return false;
		if (slab == s->page)
			return ld_slab_list(s, base + s->layout->cpu_freelist);
	}
	return true;
}

/* Find out which objects are free. False: not known of those that were not found. */
static bool ld_slab_freelists(struct ld_slab *s)
{
	int i;

	for (i = 0; i < LD_SLAB_TRIES; i++) {
		s->is_free = false;
		if (s->free)
			bitmap_zero(s->free, s->objects);
		if (ld_slab_list(s, s->page + s->layout->slab_freelist) &&
		    (!s->cpu_slab || ld_slab_cpus(s)))
			return true;
	}
	return false;
}

static void ld_slab_report(const struct ld_slab *s, u32 index, struct ld_slab_object *ret)
{
	ret->index = index;
	ret->start = s->base + (u64)index * s->stride + s->pad;
	ret->size = s->size;
	ret->stride = s->stride;
	ret->objects = s->objects;
}

/* Open the slab that @addr lies in; of LD_IN_OBJECT, @s->wanted is the object's number. */
static enum ld_slab_kind ld_slab_at(struct ld_ram *ram, const struct livedump_slab *layout,
				    u64 addr, struct ld_slab *s)
{
	enum ld_slab_kind kind;
	struct page *page;
	u64 pfn, index;

	page = ld_direct_pfn(addr, &pfn) ? ld_slab_page(ram, pfn) : NULL;
	kind = page ? ld_slab_open(ram, layout, page, s) : LD_NO_SLAB;
	if (kind != LD_IN_OBJECT)
		return kind;
	index = (addr - s->base) / s->stride;
	if (index >= s->objects)
		return LD_IN_SLAB;
	s->wanted = index;
	return LD_IN_OBJECT;
}

/**
 * ld_slab_find() - which object of a slab does an address lie in?
 * @ram: the request's cache, or one of the caller's
 * @layout: checked
 * @addr: any address
 * @ret: the object; zero as far as it is not known
 *
 * What lies between objects (red zones, padding, what the allocator notes) belongs to the object in
 * whose slot it is. Never sleeps. The caller has called ld_memory_get().
 *
 * Return: enum ld_slab_kind.
 */
enum ld_slab_kind ld_slab_find(struct ld_ram *ram, const struct livedump_slab *layout, u64 addr,
			       struct ld_slab_object *ret)
{
	enum ld_slab_kind kind;
	struct ld_slab s;
	bool is_known;

	memset(ret, 0, sizeof(*ret));
	kind = ld_slab_at(ram, layout, addr, &s);
	if (kind == LD_NO_SLAB)
		return kind;
	ret->slab = s.page;
	ret->cache = s.cache;
	ret->name = s.name;
	if (kind == LD_IN_SLAB)
		return kind;
	ld_slab_report(&s, s.wanted, ret);
	is_known = ld_slab_freelists(&s);
	if (!ld_slab_lives(&s)) {
		memset(ret, 0, sizeof(*ret));
		return LD_NO_SLAB;
	}
	if (is_known && s.is_free)
		ret->status = LD_SLAB_FREE;
	else if (is_known && !s.has_sheaves)
		ret->status = LD_SLAB_ALLOCATED;
	return LD_IN_OBJECT;
}

/**
 * ld_slab_rest() - bytes from an address to the end of the slab object that it lies in
 * @ram: as for ld_slab_find()
 * @layout: checked
 * @addr: any address
 *
 * Never sleeps. The caller has called ld_memory_get().
 *
 * Return: bytes, or U64_MAX where it lies in none.
 */
u64 ld_slab_rest(struct ld_ram *ram, const struct livedump_slab *layout, u64 addr)
{
	struct ld_slab s;
	u64 end;

	if (ld_slab_at(ram, layout, addr, &s) != LD_IN_OBJECT)
		return U64_MAX;
	end = s.base + (u64)s.wanted * s.stride + s.pad + s.size;
	return end > addr && ld_slab_lives(&s) ? end - addr : U64_MAX;
}

/**
 * ld_slab_name() - read the name of a slab cache
 * @ram: as for ld_slab_find()
 * @name: where it is
 * @to: gets as much of it as there is room for, with a NUL; empty where it cannot be read
 * @size: of @to
 */
void ld_slab_name(struct ld_ram *ram, u64 name, char *to, size_t size)
{
	size_t len = 0, n, got;

	to[size - 1] = '\0';
	while (len < size - 1) {
		/* It may end just before memory that cannot be read. */
		n = min_t(size_t, size - 1 - len, PAGE_SIZE - ((name + len) & ~PAGE_MASK));
		if (ld_read_virt(ram, name + len, to + len, n)) {
			to[0] = '\0';
			return;
		}
		got = strnlen(to + len, n);
		if (got < n)
			return;
		len += n;
	}
}

/* ---- the walk ---- */

/* Where the cache's members end, as far as we know of any. */
static u32 ld_slab_cache_size(const struct livedump_slab *l)
{
	const u32 offsets[] = {
		l->cache_name, l->cache_size, l->cache_object_size, l->cache_offset,
		l->cache_random, l->cache_red_left_pad, l->cache_cpu_slab,
		l->cache_sheaf_capacity,
	};
	u32 end = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		if (offsets[i] != LIVEDUMP_SLAB_NONE)
			end = max_t(u32, end, offsets[i] + sizeof(u64));
	}
	return end;
}

/* What readers need to tell what the object is: struct pages, the cache, its name. */
static void ld_slab_help(struct ld_walk *w, u64 addr, u64 slab, u64 cache, u64 name)
{
	char text[LIVEDUMP_CACHE_LEN];

	ld_walk_help(w, virt_to_page((void *)(unsigned long)addr), sizeof(struct page));
	ld_walk_help(w, (void *)(unsigned long)slab, sizeof(struct page));
	ld_walk_help(w, (void *)(unsigned long)cache, ld_slab_cache_size(w->slab));
	ld_slab_name(&w->rq->ram, name, text, sizeof(text));
	if (text[0])
		ld_walk_help(w, (void *)(unsigned long)name, strlen(text) + 1);
}

/**
 * ld_slab_object() - the slab object that a pointer leads into
 * @w: the walk
 * @addr: any address
 * @ret: the object
 *
 * Captures what readers need to tell what it is. May sleep.
 *
 * Return: whether there is one.
 */
bool ld_slab_object(struct ld_walk *w, u64 addr, struct ld_slab_object *ret)
{
	if (!w->slab || ld_slab_find(&w->rq->ram, w->slab, addr, ret) != LD_IN_OBJECT)
		return false;
	ld_slab_help(w, addr, ret->slab, ret->cache, ret->name);
	return true;
}

/* Each object of a slab that is not known to be free. */
static void ld_walk_slab_page(struct ld_walk *w, struct ld_slab *s, struct livedump_root *root)
{
	u64 start;
	u32 i;

	if (!ld_slab_freelists(s))
		bitmap_zero(s->free, s->objects);
	if (!ld_slab_lives(s))
		return;
	ld_slab_help(w, s->base, s->page, s->cache, s->name);
	for (i = 0; i < s->objects; i++) {
		ld_request_poll(w->rq);
		if (w->rq->over)
			return;
		start = s->base + (u64)i * s->stride + s->pad;
		if (test_bit(i, s->free)) {
			/* which readers go through, to know that it is free */
			ld_walk_help(w, (void *)(unsigned long)(start + s->offset), sizeof(u64));
			continue;
		}
		if (!root->out_address)
			root->out_address = start;
		ld_walk_root(w, start, root->type, root);
	}
}

/* Is the page frame the first of a slab of that cache? */
static bool ld_walk_slab_open(struct ld_walk *w, u64 pfn, const char *name, struct ld_slab *s)
{
	struct page *page = ld_slab_page(&w->rq->ram, pfn);
	char text[LIVEDUMP_SYM_LEN];

	if (!page || page_to_pfn(page) != pfn ||
	    ld_slab_open(&w->rq->ram, w->slab, page, s) != LD_IN_OBJECT)
		return false;
	ld_slab_name(&w->rq->ram, s->name, text, sizeof(text));
	return !strcmp(text, name);
}

/* The next page frame worth a look. */
static u64 ld_next_pfn(struct ld_ram *ram, u64 pfn)
{
	u64 next;

	pfn++;
	if (ld_read_allowed(ram, pfn, 0) != LIVEDUMP_NOT_RAM)
		return pfn;
	next = ld_next_ram(PFN_PHYS(pfn));
	return next ? max_t(u64, PFN_UP(next), pfn) : U64_MAX;
}

/**
 * ld_walk_slab() - capture the allocated objects of a slab cache and queue them
 * @w: the walk; it has a layout
 * @root: the root that asked for them; its results are added to
 *
 * Goes through all page frames. Objects of unknown status are taken as well; those in KFENCE's pool
 * are not found. Where there is no time to look at all page frames, one object is missing for all
 * that may be there. May sleep.
 */
void ld_walk_slab(struct ld_walk *w, struct livedump_root *root)
{
	u32 size = w->plan.types[root->type].size;
	u64 end = ld_max_pfn(), pfn;
	enum livedump_reason why;
	unsigned long *free;
	struct ld_slab s;

	free = bitmap_alloc(LD_SLAB_MAX_OBJECTS, LD_GFP);
	if (!free)
		ld_request_stop(w->rq, -ENOMEM);
	for (pfn = 0; free && pfn < end; pfn = ld_next_pfn(&w->rq->ram, pfn)) {
		ld_request_poll(w->rq);
		if (w->rq->over)
			break;
		if (!ld_walk_slab_open(w, pfn, root->symbol, &s))
			continue;
		s.free = free;
		ld_walk_slab_page(w, &s, root);
	}
	bitmap_free(free);
	if (free && !w->rq->over)
		return;
	why = w->rq->stop;
	root->out_missing[why] += size;
	ld_request_missing(w->rq, free ? (unsigned long)__va(PFN_PHYS(pfn)) : 0, size, why,
			   LIVEDUMP_HOLE_ASKED);
}
