/* SPDX-License-Identifier: GPL-2.0 */
/*
 * livedump: the one internal header of the module.
 *
 * Data flow: walk.c and record.c say what, capture.c puts one page together from translate.c
 * (where it is), read.c (its bytes) and store.c (kept). Only read.c touches foreign memory.
 */
#ifndef LIVEDUMP_PRIVATE_H
#define LIVEDUMP_PRIVATE_H

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pgtable.h>
#include <linux/types.h>
#include <linux/livedump.h>

#include "plan.h"

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

struct file;
struct task_struct;
struct vm_area_struct;

/* ---- mem.c: memory of our own, counted and marked ---- */

/*
 * For all that a caller has allocated: charged to his memory cgroup, and rather refused than found
 * by the OOM killer. A recording is never worth a process.
 */
#define LD_GFP		(GFP_KERNEL_ACCOUNT | __GFP_NORETRY | __GFP_NOWARN)
#define LD_GFP_MAPPED	(LD_GFP_MAPPABLE | __GFP_NORETRY | __GFP_NOWARN)

/**
 * struct ld_account - who pays for a buffer
 * @used: bytes charged
 * @limit: most bytes, U64_MAX for no limit of its own; the module's cap holds as well
 *
 * @used is written under the owner's lock and may be read without.
 */
struct ld_account {
	u64 used;
	u64 limit;
};

int ld_charge(struct ld_account *acct, u64 bytes);
void ld_uncharge(struct ld_account *acct, u64 bytes);
int ld_alloc(struct ld_account *acct, size_t size, void **ret);
void ld_free(struct ld_account *acct, void *buf, size_t size);
bool ld_page_is_ours(struct page *page);
u64 ld_mem_cap(void);
u64 ld_mem_used(void);
void ld_mem_set_cap(u64 bytes);

/* ---- table.c: arrays in chunks, and an index over them ---- */

/**
 * struct ld_vec - an array that grows in chunks and never moves
 * @acct: who pays
 * @chunks: the chunks, vmalloc'd
 * @chunk_room: length of @chunks
 * @nr_chunks: chunks there are
 * @nr: entries in use
 * @entry_size: bytes of one entry, dividing the chunk's size
 * @shift: log2 of entries in a chunk
 */
struct ld_vec {
	struct ld_account *acct;
	void **chunks;
	u32 chunk_room;
	u32 nr_chunks;
	u32 nr;
	u32 entry_size;
	u8 shift;
};

void ld_vec_init(struct ld_vec *v, struct ld_account *acct, u32 entry_size, u8 shift);
void ld_vec_destroy(struct ld_vec *v);
int ld_vec_grow(struct ld_vec *v, u32 more);
struct page *ld_vec_page(struct ld_vec *v, u64 pgoff);

/** ld_vec_room() - entries that fit without allocating. @v: the vector. Return: how many. */
static inline u32 ld_vec_room(const struct ld_vec *v)
{
	return (v->nr_chunks << v->shift) - v->nr;
}

/**
 * ld_vec_reserve() - make room
 * @v: the vector
 * @more: entries beyond those in use
 *
 * Return: as ld_vec_grow(), which is called where there is too little.
 */
static inline int ld_vec_reserve(struct ld_vec *v, u32 more)
{
	return likely(ld_vec_room(v) >= more) ? 0 : ld_vec_grow(v, more);
}

/** ld_vec_at() - entry @i of @v, which must lie below the reserved end. Return: the entry. */
static inline void *ld_vec_at(const struct ld_vec *v, u32 i)
{
	return v->chunks[i >> v->shift] + (size_t)(i & ((1U << v->shift) - 1)) * v->entry_size;
}

/**
 * struct ld_table - a vector whose entries begin with a u64 key, and a hash index over it
 * @vec: the entries
 * @slots: open addressing, index into @vec plus one, 0 for free; vmalloc'd
 * @mask: number of slots minus one; 0 where there are none
 */
struct ld_table {
	struct ld_vec vec;
	u32 *slots;
	u32 mask;
};

/* What ld_table_find() returns when there is none. */
#define LD_NONE		U32_MAX

void ld_table_init(struct ld_table *t, struct ld_account *acct, u32 entry_size, u8 shift);
void ld_table_destroy(struct ld_table *t);
int ld_table_grow(struct ld_table *t, u32 more);
u32 ld_table_find(const struct ld_table *t, u64 key, u32 *pos);
void *ld_table_add(struct ld_table *t, u64 key);

/**
 * ld_index_room() - entries an index takes: three quarters full is where linear probing begins to
 * hurt. @slots: how many it has. Return: how many entries.
 */
static inline u64 ld_index_room(u64 slots)
{
	return slots / 4 * 3;
}

/** ld_table_fits() - can @more entries be added to @t without allocating? Return: whether. */
static inline bool ld_table_fits(const struct ld_table *t, u32 more)
{
	return t->slots && ld_vec_room(&t->vec) >= more &&
	       (u64)t->vec.nr + more <= ld_index_room((u64)t->mask + 1);
}

/**
 * ld_table_reserve() - make room
 * @t: the table
 * @more: entries beyond those in use
 *
 * Return: as ld_table_grow(), which is called where there is too little.
 */
static inline int ld_table_reserve(struct ld_table *t, u32 more)
{
	return likely(ld_table_fits(t, more)) ? 0 : ld_table_grow(t, more);
}

/* ---- store.c: recorded bytes ---- */

/**
 * struct ld_store - what a session has recorded
 * @acct: memory used, and its limit
 * @pages: struct livedump_page by pfn
 * @data: page i belongs to entry i of @pages
 * @aliases: struct livedump_alias by vaddr
 * @holes: struct livedump_hole
 * @holes_dropped: holes that found no room in @holes
 * @listed: struct livedump_object
 * @unlisted: objects that found no room in @listed
 * @unlisted_request: the last request that had some
 * @notes: bytes
 * @cpus: struct livedump_cpu
 * @bounce: a page to read into before an older copy is overwritten
 *
 * Protected by the session's lock.
 */
struct ld_store {
	struct ld_account acct;
	struct ld_table pages;
	struct ld_vec data;
	struct ld_table aliases;
	struct ld_vec holes;
	u64 holes_dropped;
	struct ld_vec listed;
	u64 unlisted;
	u32 unlisted_request;
	struct ld_vec notes;
	struct ld_vec cpus;
	void *bounce;
};

int ld_store_init(struct ld_store *st, u64 limit);
void ld_store_destroy(struct ld_store *st);
int ld_store_reserve(struct ld_store *st, u32 pages, u32 aliases);
u32 ld_store_find(const struct ld_store *st, u64 pfn);
u32 ld_store_commit(struct ld_store *st, u64 pfn);
int ld_store_alias(struct ld_store *st, u64 vaddr, u32 page, u32 request);
void ld_store_hole(struct ld_store *st, const struct livedump_hole *hole);
u32 ld_store_object(struct ld_store *st, const struct livedump_object *o);
int ld_store_note(struct ld_store *st, const struct ld_vec *text);

/** ld_store_page() - entry of page @i of @st. Return: the entry. */
static inline struct livedump_page *ld_store_page(const struct ld_store *st, u32 i)
{
	return ld_vec_at(&st->pages.vec, i);
}

/** ld_store_data() - recorded bytes of page @i of @st. Return: a page of our own memory. */
static inline void *ld_store_data(const struct ld_store *st, u32 i)
{
	return ld_vec_at(&st->data, i);
}

/* ---- session.c ---- */

/**
 * struct ld_stats - what a session has done
 *
 * Written under the session's lock, read without: every member is a u64, a reader may see one
 * ahead of the other. Members as in struct livedump_status.
 */
struct ld_stats {
	u64 objects;
	u64 object_bytes;
	u64 range_bytes;
	u64 refreshed;
	u64 busy_ns;
	u64 missing[LIVEDUMP_NR_REASONS];
};

/**
 * struct ld_session - one session
 * @ref: one for the name, one for each open file
 * @link: in ld_sessions, under ld_sessions_lock; empty for an unnamed one
 * @name: constant
 * @created_ns: CLOCK_BOOTTIME, constant
 * @deadline_ns: CLOCK_BOOTTIME or 0, constant
 * @creator_pid: constant
 * @creator_uid: constant
 * @lock: protects all that follows. Never held across an access to user memory: mmap() takes it
 *	with mmap_lock held
 * @state: enum livedump_state
 * @requests: number of the newest request
 * @store: recorded pages
 * @stats: counters
 */
struct ld_session {
	struct kref ref;
	struct list_head link;
	char name[LIVEDUMP_NAME_LEN];
	u64 created_ns;
	u64 deadline_ns;
	u32 creator_pid;
	u32 creator_uid;

	struct mutex lock;	/* protects the rest */
	u32 state;
	u32 requests;
	struct ld_store store;
	struct ld_stats stats;
};

extern const struct file_operations ld_session_fops;

struct ld_cmd;
int ld_session_create(struct ld_cmd *cmd);
int ld_session_open(struct ld_cmd *cmd);
int ld_session_destroy(struct ld_cmd *cmd);
int ld_session_list(struct ld_cmd *cmd);
int ld_session_status(struct ld_cmd *cmd);
int ld_session_stop(struct ld_cmd *cmd);
int ld_session_recording(struct ld_session *s, u64 now);
void ld_sessions_exit(void);

/* ---- annotate.c ---- */

int ld_annotate(struct ld_cmd *cmd);

/* ---- mmap.c ---- */

int ld_session_mmap(struct file *file, struct vm_area_struct *vma);

/* ---- ioctl.c ---- */

/* No structure or array entry will ever be larger: bounds the look at an unknown tail. */
#define LD_MAX_STRUCT	PAGE_SIZE

/**
 * struct ld_cmd - one ioctl under way
 * @file: the file it was called on
 * @session: the session of that file, NULL for the device's own
 * @user: the caller's structure
 * @user_size: what the caller said it measures
 * @size: what the module knows of it
 * @arg: the module's copy
 */
struct ld_cmd {
	struct file *file;
	struct ld_session *session;
	void __user *user;
	u32 user_size;
	u32 size;
	void *arg;
};

int ld_cmd_reply(const struct ld_cmd *cmd);

/**
 * struct ld_array - what an array of the caller's may be
 * @max: most entries allowed
 * @size: bytes of one entry, as the module has it
 * @min_size: of the entry's first version
 */
struct ld_array {
	u32 max;
	u32 size;
	u32 min_size;
};

int ld_copy_array(void **ret, u64 user, u32 nr, u32 entry_size, const struct ld_array *array);
int ld_reply_array(u64 user, u32 nr, u32 entry_size, const void *from,
		   const struct ld_array *array);
int ld_locked_down(void);
int ld_refuse(const char *why);
int ld_check_lockdown(void);
bool ld_keeps_results(int err);
long ld_control_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
long ld_session_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

/* ---- vmcoreinfo.c ---- */

/**
 * struct ld_kernel - facts about the running kernel, found when the module is loaded
 * @vmcoreinfo: copy of the kernel's vmcoreinfo text
 * @vmcoreinfo_size: its length in bytes
 * @pgd: swapper_pg_dir, through the direct map
 * @pgd_pfn: its page frame
 * @text_start: kernel image, page-aligned
 * @text_end: one past its end
 * @text_paddr: physical address of @text_start
 */
struct ld_kernel {
	char *vmcoreinfo;
	u32 vmcoreinfo_size;
	pgd_t *pgd;
	u64 pgd_pfn;
	u64 text_start;
	u64 text_end;
	u64 text_paddr;
};

extern struct ld_kernel ld_kernel;
int ld_kernel_init(void);
void ld_kernel_exit(void);
int ld_info(struct ld_cmd *cmd);

/* ---- capture.c: the state of one request ---- */

/**
 * struct ld_ram - what is known about the last block of physical memory looked at
 * @block: its number, in units of LD_RAM_BLOCK_SHIFT
 * @kind: all RAM, no RAM, or mixed
 */
struct ld_ram {
	u64 block;
	int kind;
};

/**
 * struct ld_extent - a stretch of virtual memory that was looked at
 * @start: first address
 * @end: last address, inclusive
 * @pfn: page frame of @start, for a huge mapping
 * @ptes: its page table, for a stretch of small pages, else NULL
 */
struct ld_extent {
	u64 start;
	u64 end;
	u64 pfn;
	pte_t *ptes;
};

/* A walk goes back and forth between a few stretches: stacks, slabs, the kernel image. */
#define LD_NR_EXTENTS		16
#define LD_EXTENT_SLOT(vaddr)	(((vaddr) >> PMD_SHIFT) % LD_NR_EXTENTS)

/**
 * struct ld_request - one request under way
 * @session: whose
 * @store: and its store
 * @flags: LIVEDUMP_KEEP, LIVEDUMP_USER_MEMORY
 * @number: of the request, from 1
 * @stop: why nothing more is to be captured, LIVEDUMP_OK while there is no reason
 * @over: nor is there time to look at what is recorded already
 * @start_ns: CLOCK_BOOTTIME
 * @deadline_ns: CLOCK_BOOTTIME, U64_MAX for none
 * @max_bytes: of pages this request adds or refreshes, U64_MAX for no budget
 * @pages: pages it added or refreshed
 * @refreshed: of them, refreshed
 * @missing: bytes, by reason
 * @polls: counts towards the next look at the clock
 * @ram: cache
 * @extents: cache, by LD_EXTENT_SLOT(); their page tables are in the store
 *
 * Lives while the session's lock is held.
 */
struct ld_request {
	struct ld_session *session;
	struct ld_store *store;
	u32 flags;
	u32 number;
	enum livedump_reason stop;
	bool over;
	u64 start_ns;
	u64 deadline_ns;
	u64 max_bytes;
	u64 pages;
	u64 refreshed;
	u64 missing[LIVEDUMP_NR_REASONS];
	u32 polls;
	struct ld_ram ram;
	struct ld_extent extents[LD_NR_EXTENTS];
};

int ld_request_begin(struct ld_request *rq, struct ld_session *s, u32 flags);
int ld_request_end(struct ld_request *rq);
void ld_request_poll(struct ld_request *rq);
void ld_request_get_cpus(struct ld_request *rq);
enum livedump_reason ld_request_stop(struct ld_request *rq, int err);

void ld_request_missing(struct ld_request *rq, u64 address, u64 length,
			enum livedump_reason reason, u16 hole_flags);

/**
 * struct ld_copy - a page that was copied before it is captured
 * @bytes: the page
 * @time_ns: CLOCK_BOOTTIME of the copy
 * @pfn: its page frame then, or U64_MAX where that cannot have changed
 */
struct ld_copy {
	const void *bytes;
	u64 time_ns;
	u64 pfn;
};

enum livedump_reason ld_capture_phys(struct ld_request *rq, u64 pfn, u16 why, u32 *page);
enum livedump_reason ld_capture_virt(struct ld_request *rq, u64 vaddr, u16 why, u32 *page,
				     u64 *skip);
enum livedump_reason ld_capture_copy(struct ld_request *rq, u64 vaddr, const struct ld_copy *copy,
				     u16 why, u32 *page, u64 *skip);

/* ---- translate.c ---- */

/* Most page tables between the root and a page. */
#define LD_MAX_TABLES	5

/**
 * struct ld_mapping - how a virtual address is mapped
 * @pfn: the page frame
 * @extent: the stretch around it for which the same holds
 * @nr_tables: page tables on the way
 * @tables: their page frames, from the root down
 */
struct ld_mapping {
	u64 pfn;
	struct ld_extent extent;
	u32 nr_tables;
	u64 tables[LD_MAX_TABLES];
};

enum livedump_reason ld_translate(struct ld_ram *ram, u64 vaddr, struct ld_mapping *ret);
enum livedump_reason ld_extent_lookup(const struct ld_extent *extent, u64 vaddr, u64 *pfn);
bool ld_direct_pfn(u64 vaddr, u64 *pfn);
enum livedump_reason ld_read_virt(struct ld_ram *ram, u64 vaddr, void *to, size_t size);
u64 ld_kernel_start(void);

/** ld_is_kernel_address() - may @addr be one of the kernel's? Return: whether it may. */
static inline bool ld_is_kernel_address(u64 addr)
{
	return addr >= ld_kernel_start();
}

/** ld_is_object_address() - may an object be at @addr? Return: whether, and it is no error code. */
static inline bool ld_is_object_address(u64 addr)
{
	return ld_is_kernel_address(addr) && !IS_ERR_VALUE((unsigned long)addr);
}

/* ---- read.c ---- */

int ld_memory_init(void);
void ld_memory_exit(void);
void ld_memory_get(void);
void ld_memory_put(void);
bool ld_memory_yield(void);
enum livedump_reason ld_read_allowed(struct ld_ram *ram, u64 pfn, u32 flags);
struct page *ld_slab_page(struct ld_ram *ram, u64 pfn);
enum livedump_reason ld_read_page(u64 pfn, void *to);
enum livedump_reason ld_read_bytes(const void *from, void *to, size_t size);

u64 ld_next_ram(u64 paddr);
u64 ld_max_pfn(void);

/* ---- record.c, snapshot.c ---- */

/**
 * struct ld_span - a stretch of memory to capture
 * @address: first byte
 * @length: bytes
 * @physical: @address is a physical one
 * @why: LIVEDUMP_PAGE_*
 * @hole_flags: LIVEDUMP_HOLE_* for what is missing of it
 */
struct ld_span {
	u64 address;
	u64 length;
	bool physical;
	u16 why;
	u16 hole_flags;
};

void ld_capture_span(struct ld_request *rq, const struct ld_span *span, u64 *recorded,
		     u64 *missing);
int ld_record(struct ld_cmd *cmd);
int ld_snapshot(struct ld_cmd *cmd);

/* ---- whatis.c ---- */

int ld_whatis(struct ld_cmd *cmd);

#endif
