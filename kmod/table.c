// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: arrays in chunks, and an index over them.
 *
 * Reserving may allocate and sleep. Adding never does: what was reserved can be filled with
 * interrupts off.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "livedump_private.h"

/**
 * ld_vec_init() - make an empty vector
 * @v: the vector
 * @acct: who pays for it
 * @entry_size: bytes of one entry
 * @shift: log2 of entries in a chunk; a chunk is a whole number of pages
 */
void ld_vec_init(struct ld_vec *v, struct ld_account *acct, u32 entry_size, u8 shift)
{
	memset(v, 0, sizeof(*v));
	v->acct = acct;
	v->entry_size = entry_size;
	v->shift = shift;
}

static size_t ld_chunk_size(const struct ld_vec *v)
{
	return (size_t)v->entry_size << v->shift;
}

/**
 * ld_vec_destroy() - free a vector's memory and empty it
 * @v: the vector
 */
void ld_vec_destroy(struct ld_vec *v)
{
	u32 i;

	for (i = 0; i < v->nr_chunks; i++)
		ld_free(v->acct, v->chunks[i], ld_chunk_size(v));
	if (v->chunks) {
		kvfree(v->chunks);
		ld_uncharge(v->acct, v->chunk_room * sizeof(*v->chunks));
	}
	ld_vec_init(v, v->acct, v->entry_size, v->shift);
}

static int ld_vec_grow_chunks(struct ld_vec *v)
{
	u32 room = v->chunk_room ? v->chunk_room * 2 : 16;
	void **chunks;
	int err;

	err = ld_charge(v->acct, room * sizeof(*chunks));
	if (err)
		return err;
	chunks = kvmalloc_array(room, sizeof(*chunks), LD_GFP);
	if (!chunks) {
		ld_uncharge(v->acct, room * sizeof(*chunks));
		return -ENOMEM;
	}
	if (v->chunks) {
		memcpy(chunks, v->chunks, v->nr_chunks * sizeof(*chunks));
		kvfree(v->chunks);
		ld_uncharge(v->acct, v->chunk_room * sizeof(*chunks));
	}
	v->chunks = chunks;
	v->chunk_room = room;
	return 0;
}

/**
 * ld_vec_grow() - make room where there is too little
 * @v: the vector
 * @more: entries beyond those in use
 *
 * May sleep. On failure the vector is as it was, or has room for fewer.
 *
 * Return: 0, -ENOSPC at a limit, -ENOMEM, -EINTR when the caller is being killed.
 */
int ld_vec_grow(struct ld_vec *v, u32 more)
{
	void *chunk;
	int err;

	if ((u64)v->nr + more > LD_NONE - 1 - (1U << v->shift))
		return -ENOSPC;
	while (ld_vec_room(v) < more) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		if (v->nr_chunks == v->chunk_room) {
			err = ld_vec_grow_chunks(v);
			if (err)
				return err;
		}
		err = ld_alloc(v->acct, ld_chunk_size(v), &chunk);
		if (err)
			return err;
		/* mmap() shows the page of the last entry whole; pages of data are always full. */
		if (v->entry_size < PAGE_SIZE)
			memset(chunk, 0, ld_chunk_size(v));
		v->chunks[v->nr_chunks++] = chunk;
	}
	return 0;
}

/**
 * ld_vec_page() - the page behind a place in a vector
 * @v: the vector
 * @pgoff: offset in pages from its first entry
 *
 * Return: the page, or NULL past the page that holds the last entry in use.
 */
struct page *ld_vec_page(struct ld_vec *v, u64 pgoff)
{
	u64 pages = DIV_ROUND_UP((u64)v->nr * v->entry_size, PAGE_SIZE);
	u32 per_chunk = ld_chunk_size(v) >> PAGE_SHIFT;

	if (pgoff >= pages)
		return NULL;
	return vmalloc_to_page(v->chunks[(u32)pgoff / per_chunk] +
			       ((size_t)((u32)pgoff % per_chunk) << PAGE_SHIFT));
}

/**
 * ld_table_init() - make an empty table
 * @t: the table
 * @acct: who pays for it
 * @entry_size: bytes of one entry, which begins with a u64 key
 * @shift: log2 of entries in a chunk
 */
void ld_table_init(struct ld_table *t, struct ld_account *acct, u32 entry_size, u8 shift)
{
	ld_vec_init(&t->vec, acct, entry_size, shift);
	t->slots = NULL;
	t->mask = 0;
}

static size_t ld_slots_size(u32 mask)
{
	return PAGE_ALIGN(((size_t)mask + 1) * sizeof(u32));
}

/**
 * ld_table_destroy() - free a table's memory and empty it
 * @t: the table
 */
void ld_table_destroy(struct ld_table *t)
{
	ld_free(t->vec.acct, t->slots, ld_slots_size(t->mask));
	ld_vec_destroy(&t->vec);
	t->slots = NULL;
	t->mask = 0;
}

/*
 * Keys come in rows, of any stride. A single multiplication leaves some strides in heaps, whichever
 * of its bits one takes.
 */
static u32 ld_slot(u32 mask, u64 key)
{
	u64 hash = key * GOLDEN_RATIO_64;

	return hash_64(hash ^ (hash >> 32), 32) & mask;
}

static void ld_table_insert(u32 *slots, u32 mask, u64 key, u32 i)
{
	u32 pos = ld_slot(mask, key);

	while (slots[pos])
		pos = (pos + 1) & mask;
	slots[pos] = i + 1;
}

static int ld_table_rehash(struct ld_table *t, u32 mask)
{
	void *slots;
	int err;
	u32 i;

	err = ld_alloc(t->vec.acct, ld_slots_size(mask), &slots);
	if (err)
		return err;
	memset(slots, 0, ld_slots_size(mask));
	for (i = 0; i < t->vec.nr; i++) {
		ld_table_insert(slots, mask, *(u64 *)ld_vec_at(&t->vec, i), i);
		if (!(i % SZ_64K))
			cond_resched();
	}
	ld_free(t->vec.acct, t->slots, ld_slots_size(t->mask));
	t->slots = slots;
	t->mask = mask;
	return 0;
}

/**
 * ld_table_grow() - make room where there is too little, in the index as well
 * @t: the table
 * @more: entries beyond those in use
 *
 * May sleep.
 *
 * Return: 0, -ENOSPC at a limit, -ENOMEM, -EINTR when the caller is being killed.
 */
int ld_table_grow(struct ld_table *t, u32 more)
{
	u64 want = (u64)t->vec.nr + more;
	u64 slots = t->slots ? (u64)t->mask + 1 : PAGE_SIZE / sizeof(u32);
	int err;

	err = ld_vec_reserve(&t->vec, more);
	if (err)
		return err;
	while (want > ld_index_room(slots))
		slots *= 2;
	if (slots > (u64)U32_MAX + 1)
		return -ENOSPC;
	if (t->slots && slots - 1 == t->mask)
		return 0;
	return ld_table_rehash(t, slots - 1);
}

/**
 * ld_table_find() - look a key up
 * @t: the table
 * @key: the key
 * @pos: where to begin: UINT_MAX for the first entry with this key; updated, so that the next
 *	call finds the next one. NULL where keys are unique
 *
 * Return: index of the entry, or LD_NONE.
 */
u32 ld_table_find(const struct ld_table *t, u64 key, u32 *pos)
{
	u32 at = pos && *pos != LD_NONE ? *pos + 1 : ld_slot(t->mask, key);
	u32 i;

	if (!t->slots)
		return LD_NONE;
	for (at &= t->mask; t->slots[at]; at = (at + 1) & t->mask) {
		i = t->slots[at] - 1;
		if (*(u64 *)ld_vec_at(&t->vec, i) == key) {
			if (pos)
				*pos = at;
			return i;
		}
	}
	return LD_NONE;
}

/**
 * ld_table_add() - append an entry
 * @t: the table, with room reserved
 * @key: its key
 *
 * Never sleeps or allocates.
 *
 * Return: the entry, only its key written.
 */
void *ld_table_add(struct ld_table *t, u64 key)
{
	u32 i = t->vec.nr;
	u64 *entry = ld_vec_at(&t->vec, i);

	*entry = key;
	ld_table_insert(t->slots, t->mask, key, i);
	WRITE_ONCE(t->vec.nr, i + 1);
	return entry;
}
