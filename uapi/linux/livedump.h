/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * livedump: record named kernel objects of a live system.
 */
#ifndef _UAPI_LINUX_LIVEDUMP_H
#define _UAPI_LINUX_LIVEDUMP_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: Overview
 *
 * ``/dev/livedump`` hands out *sessions*. A session owns a store of recorded pages. Requests
 * (%LIVEDUMP_RECORD, %LIVEDUMP_SNAPSHOT) add to the store or refresh it; %LIVEDUMP_STOP seals it;
 * mmap() of the session's file descriptor shows it, read-only. A named session outlives the
 * process that made it, an unnamed one ends with its last file descriptor. To open the device takes
 * CAP_SYS_RAWIO; an open file is the right to use it, and may be inherited or passed on. Whether
 * the kernel is locked down is looked at in each call, and during long ones.
 *
 * DOC: Structures
 *
 * Every ioctl takes a pointer to one structure that begins with @size (what the caller's
 * structure measures, in bytes) and @flags. A larger @size than the module knows is accepted if
 * all that it does not know is zero; a smaller one if it reaches the end of the first version.
 * Members named ``out_*`` are written by the module and ignored on entry; ``__reserved`` must be
 * zero. Arrays carry the size of one entry and grow by the same rule. Outputs are written on
 * success, and for the requests also with the errors marked (+) below: what was recorded until
 * then is kept and counted. Zero them before the call all the same: where the kernel has no memory
 * for the call itself, or the caller is killed while another request runs, nothing is written.
 *
 * DOC: Errors
 *
 * ==================  ===========================================================================
 * ``EPERM``           the caller lacks CAP_SYS_RAWIO, or the kernel is locked down
 *                     (confidentiality); the kernel's log says who was refused, rate-limited
 * ``ENOTTY``          no such ioctl on this file
 * ``EINVAL``          a size below the first version, unknown flags, a reserved member not zero,
 *                     a plan that does not hold together, a malformed name
 * ``E2BIG``           a size above the known one with something in the tail, or an array or plan
 *                     over its limit
 * ``EFAULT``          a pointer into the caller's memory is bad
 * ``ENOENT``          no such session
 * ``EEXIST``          the session's name is taken
 * ``ENXIO``           a root's name and address do not belong together
 * ``ESRCH``           a root names a task that does not exist
 * ``ESHUTDOWN``       the session is stopped
 * ``ETIME``           the session's deadline has passed; it is stopped now
 * ``ENOSPC`` (+)      the session's limit or the module's cap was reached
 * ``ENOMEM`` (+)      the kernel had no memory to give
 * ``EINTR`` (+)       the caller is being killed
 * ``EMFILE``          the caller has too many files open; ``ENFILE``: the system has
 * ==================  ===========================================================================
 *
 * Memory that cannot be read is not an error: it is counted by reason, see enum livedump_reason.
 */

/** LIVEDUMP_ABI: raised when something is added; nothing is ever taken away. */
#define LIVEDUMP_ABI			3

/** LIVEDUMP_TYPE: ioctl type byte. */
#define LIVEDUMP_TYPE			0xDB

/** LIVEDUMP_NAME_LEN: room for a session's name, with its NUL. */
#define LIVEDUMP_NAME_LEN		64

/** LIVEDUMP_SYM_LEN: room for a root's symbol name, with its NUL. */
#define LIVEDUMP_SYM_LEN		128

/* Upper limits of one request. */
#define LIVEDUMP_MAX_RANGES		16384
#define LIVEDUMP_MAX_ROOTS		16384
#define LIVEDUMP_MAX_TYPES		65536
#define LIVEDUMP_MAX_EDGES		1048576
#define LIVEDUMP_MAX_DEPTH		64
#define LIVEDUMP_MAX_PATH		16
#define LIVEDUMP_MAX_NOTE		16777216
#define LIVEDUMP_MAX_OBJECTS		16777216
#define LIVEDUMP_DEFAULT_OBJECTS	131072
/** LIVEDUMP_MAX_CPU_BYTES: what %LIVEDUMP_ROOT_CPUS may copy of each CPU's per-CPU memory. */
#define LIVEDUMP_MAX_CPU_BYTES		65536
/** LIVEDUMP_MAX_OBJECT_SIZE: bytes one type may measure. */
#define LIVEDUMP_MAX_OBJECT_SIZE	(16U << 20)

/**
 * enum livedump_reason - why a byte is missing
 * @LIVEDUMP_OK: it is not
 * @LIVEDUMP_FAULTED: mapped, but the read faulted
 * @LIVEDUMP_UNMAPPED: the kernel's page tables map nothing there
 * @LIVEDUMP_BAD_ADDRESS: not an address of the kernel's: user half, non-canonical, wraps around
 * @LIVEDUMP_NOT_RAM: device memory, firmware, or past the end of memory
 * @LIVEDUMP_OFFLINE: memory that is offline, or lent to the hypervisor by a balloon
 * @LIVEDUMP_POISONED: the hardware reported the page as damaged
 * @LIVEDUMP_USER: anonymous memory or page cache, and %LIVEDUMP_USER_MEMORY was not given
 * @LIVEDUMP_SELF: livedump's own buffers
 * @LIVEDUMP_LIMIT: the session's limit or the module's cap was reached
 * @LIVEDUMP_BUDGET: the request's own budget (objects, bytes) was used up
 * @LIVEDUMP_TIMEOUT: the request's time budget was used up
 * @LIVEDUMP_LOCKDOWN: the kernel was locked down during the request
 * @LIVEDUMP_NO_MEMORY: the kernel had no memory to give
 * @LIVEDUMP_INTERRUPTED: the caller was killed
 * @LIVEDUMP_NR_REASONS: slots in every array indexed by reason, some of them spare
 */
enum livedump_reason {
	LIVEDUMP_OK		= 0,
	LIVEDUMP_FAULTED	= 1,
	LIVEDUMP_UNMAPPED	= 2,
	LIVEDUMP_BAD_ADDRESS	= 3,
	LIVEDUMP_NOT_RAM	= 4,
	LIVEDUMP_OFFLINE	= 5,
	LIVEDUMP_POISONED	= 6,
	LIVEDUMP_USER		= 7,
	LIVEDUMP_SELF		= 8,
	LIVEDUMP_LIMIT		= 9,
	LIVEDUMP_BUDGET		= 10,
	LIVEDUMP_TIMEOUT	= 11,
	LIVEDUMP_LOCKDOWN	= 12,
	LIVEDUMP_NO_MEMORY	= 13,
	LIVEDUMP_INTERRUPTED	= 14,
	LIVEDUMP_NR_REASONS	= 16,
};

/* ---- ioctls of /dev/livedump ---- */

/**
 * struct livedump_info - what this module and this kernel are (LIVEDUMP_INFO)
 * @size: sizeof(struct livedump_info)
 * @flags: must be zero
 * @vmcoreinfo: where to put the kernel's vmcoreinfo text, or 0
 * @vmcoreinfo_size: room there, in bytes; if it is less than @out_vmcoreinfo_size nothing is
 *	copied
 * @out_vmcoreinfo_size: length of the text in bytes, no NUL
 * @out_abi: %LIVEDUMP_ABI of the module
 * @out_page_size: bytes in a page
 * @out_pgtable_levels: levels of the kernel's page table, folded ones not counted
 * @out_nr_cpus: CPUs online now
 * @out_page_offset: where the direct map begins: virtual address of physical address 0
 * @out_text_start: kernel image, first virtual address
 * @out_text_end: kernel image, one past the last virtual address
 * @out_text_paddr: physical address of @out_text_start
 * @out_kernel_start: lowest address of the kernel's half of the address space
 * @out_pgd_paddr: physical address of swapper_pg_dir
 * @out_max_pfn: one past the last page frame of RAM
 * @out_total_ram: usable RAM in bytes
 * @out_cap: bytes all sessions together may use
 * @out_used: bytes they use
 * @out_boottime_ns: CLOCK_BOOTTIME now
 */
struct livedump_info {
	__u32 size;
	__u32 flags;
	__u64 vmcoreinfo;
	__u32 vmcoreinfo_size;
	__u32 out_vmcoreinfo_size;
	__u32 out_abi;
	__u32 out_page_size;
	__u32 out_pgtable_levels;
	__u32 out_nr_cpus;
	__u64 out_page_offset;
	__u64 out_text_start;
	__u64 out_text_end;
	__u64 out_text_paddr;
	__u64 out_kernel_start;
	__u64 out_pgd_paddr;
	__u64 out_max_pfn;
	__u64 out_total_ram;
	__u64 out_cap;
	__u64 out_used;
	__u64 out_boottime_ns;
};

#define LIVEDUMP_INFO			_IO(LIVEDUMP_TYPE, 0x00)

/**
 * struct livedump_create - make a session (LIVEDUMP_CREATE)
 * @size: sizeof(struct livedump_create)
 * @flags: must be zero
 * @name: NUL-terminated; empty makes an unnamed session. Letters, digits, ``.``, ``_``, ``-``;
 *	not beginning with ``.`` or ``-``; the rest of the array is zero
 * @limit: bytes of kernel memory the session may use, its bookkeeping included; 0 means what
 *	the module's cap leaves
 * @deadline_ms: milliseconds from now after which nothing more is recorded, 0 for none
 * @reserve: bytes of pages to allocate room for at once, so that recording them does not allocate
 * @out_fd: the session's file descriptor, close-on-exec
 * @__reserved: must be zero
 */
struct livedump_create {
	__u32 size;
	__u32 flags;
	char name[LIVEDUMP_NAME_LEN];
	__u64 limit;
	__u64 deadline_ms;
	__u64 reserve;
	__s32 out_fd;
	__u32 __reserved;
};

#define LIVEDUMP_CREATE			_IO(LIVEDUMP_TYPE, 0x01)

/**
 * struct livedump_open - open a named session again (LIVEDUMP_OPEN)
 * @size: sizeof(struct livedump_open)
 * @flags: must be zero
 * @name: as given to LIVEDUMP_CREATE
 * @out_fd: a file descriptor of the session, close-on-exec
 * @__reserved: must be zero
 */
struct livedump_open {
	__u32 size;
	__u32 flags;
	char name[LIVEDUMP_NAME_LEN];
	__s32 out_fd;
	__u32 __reserved;
};

#define LIVEDUMP_OPEN			_IO(LIVEDUMP_TYPE, 0x02)

/**
 * struct livedump_destroy - take a session's name away (LIVEDUMP_DESTROY)
 * @size: sizeof(struct livedump_destroy)
 * @flags: must be zero
 * @name: as given to LIVEDUMP_CREATE
 *
 * The session's memory goes with its last file descriptor and mapping.
 */
struct livedump_destroy {
	__u32 size;
	__u32 flags;
	char name[LIVEDUMP_NAME_LEN];
};

#define LIVEDUMP_DESTROY		_IO(LIVEDUMP_TYPE, 0x03)

/**
 * struct livedump_list_entry - one named session
 * @name: its name
 * @state: enum livedump_state
 * @requests: requests it has served
 * @pages: pages recorded
 * @used: bytes of kernel memory
 * @limit: its limit in bytes
 * @created_ns: CLOCK_BOOTTIME of its making
 * @creator_pid: process that made it (initial pid namespace)
 * @creator_uid: and its user (initial user namespace)
 */
struct livedump_list_entry {
	char name[LIVEDUMP_NAME_LEN];
	__u32 state;
	__u32 requests;
	__u64 pages;
	__u64 used;
	__u64 limit;
	__u64 created_ns;
	__u32 creator_pid;
	__u32 creator_uid;
};

/**
 * struct livedump_list - list the named sessions, oldest first (LIVEDUMP_LIST)
 * @size: sizeof(struct livedump_list)
 * @flags: must be zero
 * @entries: where to put them (struct livedump_list_entry), or 0
 * @entry_size: sizeof(struct livedump_list_entry) of the caller; each entry is cut or
 *	zero-filled to this
 * @nr: room there, in entries
 * @out_nr: how many sessions there are; may be more than @nr
 * @__reserved: must be zero
 */
struct livedump_list {
	__u32 size;
	__u32 flags;
	__u64 entries;
	__u32 entry_size;
	__u32 nr;
	__u32 out_nr;
	__u32 __reserved;
};

#define LIVEDUMP_LIST			_IO(LIVEDUMP_TYPE, 0x04)

/** LIVEDUMP_SLAB_NONE: offset of a member that this kernel's structures do not have. */
#define LIVEDUMP_SLAB_NONE		0xffffffffU
/* Room for struct kmem_cache (16592 bytes in Debian's Linux 7.2) and struct kmem_cache_cpu. */
#define LIVEDUMP_MAX_CACHE		65536
#define LIVEDUMP_MAX_CPU_CACHE		4096

/**
 * struct livedump_slab - where a kernel keeps what its slabs are
 * @size: sizeof(struct livedump_slab)
 * @flags: must be zero
 * @slab_cache: the pointer to the slab's struct kmem_cache
 * @slab_freelist: the pointer to its first free object
 * @slab_counters: the 32-bit word with the number of objects in it
 * @objects_shift: its lowest bit in the word
 * @objects_bits: how many bits it has, 1 to 16
 * @frozen_shift: the bit of the word that is set while a CPU allocates from the slab
 * @cache_name: pointer
 * @cache_size: bytes from one object to the next, 32 bits
 * @cache_object_size: bytes of an object itself, 32 bits
 * @cache_offset: where in a free object the pointer to the next is, 32 bits
 * @cache_random: what that pointer is mixed with, 64 bits
 *	(NONE without CONFIG_SLAB_FREELIST_HARDENED)
 * @cache_red_left_pad: bytes before the object, 32 bits (NONE without CONFIG_SLUB_DEBUG)
 * @cache_cpu_slab: per-CPU pointer to struct kmem_cache_cpu (NONE where there is no such structure)
 * @cache_sheaf_capacity: whether the cache has sheaves, 32 bits (NONE before Linux 6.18): arrays of
 *	free objects that no freelist shows
 * @cpu_freelist: pointer to the first free object (NONE with @cache_cpu_slab)
 * @cpu_slab: pointer to the slab of that (NONE with @cache_cpu_slab)
 *
 * Offsets are in bytes, and aligned to what they lead to. Those named ``slab_`` lie in struct slab
 * (up to Linux 5.16 in struct page) and within struct page; those named ``cache_`` in struct
 * kmem_cache, below %LIVEDUMP_MAX_CACHE; those named ``cpu_`` in struct kmem_cache_cpu, below
 * %LIVEDUMP_MAX_CPU_CACHE. Others are %EINVAL. What they lead to is read as something that may be
 * anything: offsets that are wrong give wrong answers, and do no harm.
 */
struct livedump_slab {
	__u32 size;
	__u32 flags;
	__u32 slab_cache;
	__u32 slab_freelist;
	__u32 slab_counters;
	__u32 objects_shift;
	__u32 objects_bits;
	__u32 frozen_shift;
	__u32 cache_name;
	__u32 cache_size;
	__u32 cache_object_size;
	__u32 cache_offset;
	__u32 cache_random;
	__u32 cache_red_left_pad;
	__u32 cache_cpu_slab;
	__u32 cache_sheaf_capacity;
	__u32 cpu_freelist;
	__u32 cpu_slab;
};

/** LIVEDUMP_CACHE_LEN: room for a slab cache's name, with its NUL. */
#define LIVEDUMP_CACHE_LEN		64
/** LIVEDUMP_WHERE_LEN: room for a symbol, offset, size and module, with a NUL. */
#define LIVEDUMP_WHERE_LEN		256
/** LIVEDUMP_COMM_LEN: room for a task's name, with its NUL. */
#define LIVEDUMP_COMM_LEN		16
/** LIVEDUMP_NO_CPU: @out_cpu where the address is of no CPU's. */
#define LIVEDUMP_NO_CPU			0xffffffffU

/* What is known of an address; livedump_whatis.out_flags, any of them. */
#define LIVEDUMP_WHATIS_PAGE		0x01U	/* out_paddr: it is mapped */
#define LIVEDUMP_WHATIS_SLAB		0x02U	/* out_cache: it lies in a slab */
#define LIVEDUMP_WHATIS_OBJECT		0x04U	/* out_start: in an object, or its slot */
#define LIVEDUMP_WHATIS_FREE		0x08U	/* which is free */
#define LIVEDUMP_WHATIS_ALLOCATED	0x10U	/* or allocated; neither bit: not known */
#define LIVEDUMP_WHATIS_KFENCE		0x20U	/* in KFENCE's pool */
#define LIVEDUMP_WHATIS_PERCPU		0x40U	/* out_percpu: a CPU's copy of something */
#define LIVEDUMP_WHATIS_STACK		0x80U	/* in the stack of out_task */
#define LIVEDUMP_WHATIS_TASK		0x100U	/* out_task: it is the start of that task_struct */
#define LIVEDUMP_WHATIS_VMALLOC		0x200U	/* where vmalloc() and the like map memory */

/**
 * struct livedump_whatis - what an address is (LIVEDUMP_WHATIS)
 * @size: sizeof(struct livedump_whatis)
 * @flags: must be zero
 * @address: any virtual address
 * @slab: struct livedump_slab, or 0: then nothing is said of slabs
 * @percpu_start: a stretch of per-CPU offsets, as /proc/kallsyms has them: is the address some
 *	CPU's copy of what lies there?
 * @percpu_end: one past its end; not below @percpu_start
 * @out_flags: LIVEDUMP_WHATIS_*
 * @out_reason: enum livedump_reason: why the byte cannot be recorded, %LIVEDUMP_OK if it can;
 *	%LIVEDUMP_USER if that takes %LIVEDUMP_USER_MEMORY
 * @out_paddr: physical address
 * @out_start: the object's first byte
 * @out_slab: its struct slab
 * @out_cache: its struct kmem_cache
 * @out_length: the object's bytes
 * @out_stride: bytes from one object to the next
 * @out_index: number of the object in its slab
 * @out_objects: objects in the slab
 * @out_percpu: the per-CPU offset
 * @out_task: struct task_struct
 * @out_stack: the stack's first byte
 * @out_cpu: whose copy, or %LIVEDUMP_NO_CPU
 * @out_pid: of @out_task, in the caller's namespace; 0 if it has none there
 * @out_comm: its name
 * @out_cache_name: name of the slab cache, cut if need be; empty if it cannot be read
 * @out_symbol: ``symbol+0xoffset/0xsize [module]``, cut if need be; empty where the kernel has no
 *	symbol
 *
 * Nothing is recorded. What is said of slabs and tasks was so a moment ago; of a kernel whose
 * free objects may wait in sheaves, or of a freelist that changes all the time, the status is not
 * known. Of objects in KFENCE's pool only the cache is known.
 */
struct livedump_whatis {
	__u32 size;
	__u32 flags;
	__u64 address;
	__u64 slab;
	__u64 percpu_start;
	__u64 percpu_end;
	__u32 out_flags;
	__u32 out_reason;
	__u64 out_paddr;
	__u64 out_start;
	__u64 out_slab;
	__u64 out_cache;
	__u32 out_length;
	__u32 out_stride;
	__u32 out_index;
	__u32 out_objects;
	__u64 out_percpu;
	__u64 out_task;
	__u64 out_stack;
	__u32 out_cpu;
	__u32 out_pid;
	char out_comm[LIVEDUMP_COMM_LEN];
	char out_cache_name[LIVEDUMP_CACHE_LEN];
	char out_symbol[LIVEDUMP_WHERE_LEN];
};

#define LIVEDUMP_WHATIS			_IO(LIVEDUMP_TYPE, 0x05)

/* ---- ioctls of a session ---- */

/**
 * enum livedump_state - what a session is doing
 * @LIVEDUMP_RECORDING: it takes requests
 * @LIVEDUMP_STOPPED: it is sealed
 */
enum livedump_state {
	LIVEDUMP_RECORDING	= 0,
	LIVEDUMP_STOPPED	= 1,
};

/**
 * struct livedump_status - what a session holds (LIVEDUMP_STATUS)
 * @size: sizeof(struct livedump_status)
 * @flags: must be zero
 * @out_name: its name, empty for an unnamed one
 * @out_state: enum livedump_state
 * @out_requests: requests served, failed ones too
 * @out_limit: limit in bytes
 * @out_used: bytes of kernel memory, bookkeeping included
 * @out_created_ns: CLOCK_BOOTTIME of its making
 * @out_deadline_ns: CLOCK_BOOTTIME of its deadline, 0 for none
 * @out_creator_pid: process that made it
 * @out_creator_uid: and its user
 * @out_pages: entries of struct livedump_page, and pages of data
 * @out_aliases: entries of struct livedump_alias
 * @out_holes: entries of struct livedump_hole
 * @out_holes_dropped: holes not listed because the list was full; they are counted in
 *	@out_missing
 * @out_objects: objects walked
 * @out_object_bytes: their bytes
 * @out_range_bytes: bytes recorded by ranges
 * @out_refreshed: pages that a later request read again
 * @out_busy_ns: time spent in requests
 * @out_missing: bytes missing, by reason
 * @out_listed: entries of struct livedump_object
 * @out_unlisted: objects not listed because there was no room; they are recorded all the same
 * @out_notes: bytes of notes (LIVEDUMP_ANNOTATE)
 * @out_cpus: entries of struct livedump_cpu
 *
 * May be called while a request runs: the numbers are then a moment's.
 */
struct livedump_status {
	__u32 size;
	__u32 flags;
	char out_name[LIVEDUMP_NAME_LEN];
	__u32 out_state;
	__u32 out_requests;
	__u64 out_limit;
	__u64 out_used;
	__u64 out_created_ns;
	__u64 out_deadline_ns;
	__u32 out_creator_pid;
	__u32 out_creator_uid;
	__u64 out_pages;
	__u64 out_aliases;
	__u64 out_holes;
	__u64 out_holes_dropped;
	__u64 out_objects;
	__u64 out_object_bytes;
	__u64 out_range_bytes;
	__u64 out_refreshed;
	__u64 out_busy_ns;
	__u64 out_missing[LIVEDUMP_NR_REASONS];
	__u64 out_listed;
	__u64 out_unlisted;
	__u64 out_notes;
	__u64 out_cpus;
};

#define LIVEDUMP_STATUS			_IO(LIVEDUMP_TYPE, 0x10)

/** LIVEDUMP_KEEP: request flag: pages already in the store keep their first copy. */
#define LIVEDUMP_KEEP			0x1U
/** LIVEDUMP_USER_MEMORY: request flag: record anonymous memory and page cache as well. */
#define LIVEDUMP_USER_MEMORY		0x2U
/** LIVEDUMP_LIST_OBJECTS: request flag: list each object, see struct livedump_object. */
#define LIVEDUMP_LIST_OBJECTS		0x4U

/** LIVEDUMP_RANGE_PHYS: range flag: the address is a physical one. */
#define LIVEDUMP_RANGE_PHYS		0x1U
/**
 * LIVEDUMP_RANGE_GUESS: range flag: a pointer may have led here that is no longer one. What of the
 * range cannot be recorded is a hole that nobody asked about (no %LIVEDUMP_HOLE_ASKED).
 */
#define LIVEDUMP_RANGE_GUESS		0x2U

/**
 * struct livedump_range - memory to record
 * @address: first byte, virtual unless %LIVEDUMP_RANGE_PHYS
 * @length: bytes; 0 records nothing and is no error
 * @flags: %LIVEDUMP_RANGE_PHYS, %LIVEDUMP_RANGE_GUESS
 * @__reserved: must be zero
 * @out_recorded: bytes of the range that the store holds now
 * @out_missing: bytes of it that are missing, by reason. A range that wraps around is
 *	%LIVEDUMP_BAD_ADDRESS as a whole
 */
struct livedump_range {
	__u64 address;
	__u64 length;
	__u32 flags;
	__u32 __reserved;
	__u64 out_recorded;
	__u64 out_missing[LIVEDUMP_NR_REASONS];
};

/**
 * struct livedump_record - record ranges (LIVEDUMP_RECORD)
 * @size: sizeof(struct livedump_record)
 * @flags: %LIVEDUMP_KEEP, %LIVEDUMP_USER_MEMORY
 * @ranges: array of struct livedump_range; its results are written back
 * @nr: entries, at most %LIVEDUMP_MAX_RANGES
 * @range_size: sizeof(struct livedump_range)
 * @out_recorded: sum over the ranges
 * @out_missing: sum over the ranges
 *
 * The pages of a range are recorded whole. With a virtual address, the page-table pages that
 * map it are recorded too; they are not counted here.
 */
struct livedump_record {
	__u32 size;
	__u32 flags;
	__u64 ranges;
	__u32 nr;
	__u32 range_size;
	__u64 out_recorded;
	__u64 out_missing[LIVEDUMP_NR_REASONS];
};

#define LIVEDUMP_RECORD			_IO(LIVEDUMP_TYPE, 0x11)

/**
 * struct livedump_type - a type of the plan
 * @size: bytes of one object, 1 to %LIVEDUMP_MAX_OBJECT_SIZE
 * @first_edge: index of its first edge: the sum of @nr_edges of all types before it
 * @nr_edges: edges it has; they lie wholly within @size
 * @__reserved: must be zero
 * @flex_start: where its flexible array begins, in bytes from the start of the object
 * @flex_size: bytes of one element; 0 for a type without a flexible array, and then the other
 *	members named flex are 0 as well
 * @flex_count: where the object says how many elements there are: an unsigned number within @size
 * @flex_width: its bytes: 1, 2, 4 or 8
 * @flex_more: elements that it does not count
 *
 * An object with a flexible array measures @size or up to the end of its last element, whichever
 * is more. A number that would make it larger than %LIVEDUMP_MAX_OBJECT_SIZE is not believed: the
 * object then measures @size.
 */
struct livedump_type {
	__u32 size;
	__u32 first_edge;
	__u32 nr_edges;
	__u32 __reserved;
	__u32 flex_start;
	__u32 flex_size;
	__u32 flex_count;
	__u16 flex_width;
	__u16 flex_more;
};

/**
 * enum livedump_edge_kind - where an edge leads
 * @LIVEDUMP_EDGE_POINTER: to an object of type @type
 * @LIVEDUMP_EDGE_STRING: to a NUL-terminated string, of which at most @arg bytes are recorded
 * @LIVEDUMP_EDGE_BYTES: to memory of unknown type, of which @arg bytes are recorded
 * @LIVEDUMP_EDGE_OBJECT: the same, but where it lies in a slab the object of the slab is recorded,
 *	whole; needs @slab of struct livedump_snapshot
 * @LIVEDUMP_EDGE_PERCPU: a per-CPU pointer, to an object of type @type for each possible CPU
 * @LIVEDUMP_EDGE_LIST: from the ``next`` of the head of a ring of struct list_head
 * @LIVEDUMP_EDGE_HLIST: from the ``first`` of a chain of links whose first member leads to the next
 *	one: hlist_head, hlist_nulls_head, hlist_bl_head, llist_head, a bucket of a rhashtable
 * @LIVEDUMP_EDGE_CHAIN: to an object of type @type in which the pointer at @arg leads to the next
 * @LIVEDUMP_EDGE_RBTREE: from the ``rb_node`` of a struct rb_root
 * @LIVEDUMP_EDGE_XARRAY: from the ``xa_head`` of a struct xarray (radix trees and IDRs are xarrays)
 * @LIVEDUMP_EDGE_MAPLE: from the ``ma_root`` of a struct maple_tree; leads nowhere on a kernel that
 *	has none
 *
 * @LIVEDUMP_EDGE_ARRAY: to the first of a row of objects of type @type, whose number the pointing
 *	object has at @arg, in @stride bytes (1, 2, 4 or 8, unsigned); @count is 1
 *
 * The kinds from LIST on are containers. Each of their entries is an object of type @type; @arg
 * is where the link (the slot's pointer, of xarray and maple tree) lies in it, but for ARRAY. The
 * nodes of a container are recorded with it. To step from entry to entry is not a pointer hop: all
 * are as far from the root as the first.
 */
enum livedump_edge_kind {
	LIVEDUMP_EDGE_POINTER	= 1,
	LIVEDUMP_EDGE_STRING	= 2,
	LIVEDUMP_EDGE_BYTES	= 3,
	LIVEDUMP_EDGE_OBJECT	= 4,
	LIVEDUMP_EDGE_PERCPU	= 5,
	LIVEDUMP_EDGE_LIST	= 6,
	LIVEDUMP_EDGE_HLIST	= 7,
	LIVEDUMP_EDGE_CHAIN	= 8,
	LIVEDUMP_EDGE_RBTREE	= 9,
	LIVEDUMP_EDGE_XARRAY	= 10,
	LIVEDUMP_EDGE_MAPLE	= 11,
	LIVEDUMP_EDGE_ARRAY	= 12,
};

/**
 * LIVEDUMP_EDGE_SCAN: edge flag of %LIVEDUMP_EDGE_OBJECT: each aligned word of what it leads to is
 * such an edge in turn.
 */
#define LIVEDUMP_EDGE_SCAN		0x1U
/**
 * LIVEDUMP_EDGE_FLEX: edge flag: the edge lies in the first element of the type's flexible array,
 * and there is one in each other element; @count is 1.
 */
#define LIVEDUMP_EDGE_FLEX		0x2U
/**
 * LIVEDUMP_EDGE_STEP: edge flag: to follow it is not a pointer hop. Followed in objects that are
 * as far from a root as the walk goes, too.
 */
#define LIVEDUMP_EDGE_STEP		0x4U

/** LIVEDUMP_MAX_EDGE_BYTES: the most that a string or unknown edge may record. */
#define LIVEDUMP_MAX_EDGE_BYTES		65536

/**
 * struct livedump_edge - a pointer, or an array of them, inside a type
 * @offset: of the first pointer, in bytes from the start of the object; any alignment
 * @kind: enum livedump_edge_kind
 * @flags: LIVEDUMP_EDGE_SCAN, LIVEDUMP_EDGE_FLEX, LIVEDUMP_EDGE_STEP
 * @type: index of the type pointed to, 0 where @arg says how many bytes
 * @count: pointers, 1 for a plain one
 * @stride: bytes from one to the next, at least 8 where @count is above 1, else 0; of an ARRAY, see
 *	there
 * @arg: of a STRING, BYTES or OBJECT: bytes, 1 to %LIVEDUMP_MAX_EDGE_BYTES; of a container: where
 *	the link lies in an entry, in bytes, below %LIVEDUMP_MAX_OBJECT_SIZE (a CHAIN's lies within
 *	the type; an ARRAY's number within the pointing one); else 0
 */
struct livedump_edge {
	__u32 offset;
	__u16 kind;
	__u16 flags;
	__u32 type;
	__u32 count;
	__u32 stride;
	__u32 arg;
};

/**
 * struct livedump_edge_result - what became of an edge, in all objects together
 * @out_followed: objects reached through it first
 * @out_cut: pointers not followed, or to objects not wholly recorded, because a budget or limit was
 *	used up
 * @out_long: containers cut off at @max_list entries
 * @out_broken: containers that did not end as they should: in memory that cannot be read, in
 *	something that is no address, in a ring that does not come back to its head; numbers of
 *	elements that cannot be
 *
 * Numbers stop at 0xffffffff.
 */
struct livedump_edge_result {
	__u32 out_followed;
	__u32 out_cut;
	__u32 out_long;
	__u32 out_broken;
};

/**
 * enum livedump_root_kind - what a root's address means
 * @LIVEDUMP_ROOT_ADDRESS: a virtual address; verified against @symbol where one is given
 * @LIVEDUMP_ROOT_PERCPU: a per-CPU offset, as in /proc/kallsyms; on @cpu, or on every possible
 *	CPU with %LIVEDUMP_ALL_CPUS; and what leads readers to them. @symbol is not verified:
 *	such addresses have no name
 * @LIVEDUMP_ROOT_TASK: a pid in the caller's namespace: its task_struct as @type, its
 *	kernel stack whole, and what leads readers from its pid to it
 * @LIVEDUMP_ROOT_SLAB: all allocated objects, as @type, of the slab caches whose name is @symbol;
 *	@address is 0. Needs @slab of struct livedump_snapshot
 * @LIVEDUMP_ROOT_CPUS: what runs on each online CPU: its registers (struct livedump_cpu), as
 *	%LIVEDUMP_ROOT_TASK the task, as @type, and the kernel's code at the instruction pointer.
 *	@cpu is %LIVEDUMP_ALL_CPUS
 *
 * %LIVEDUMP_ROOT_CPUS interrupts all CPUs at one moment. The interrupt copies the registers of what
 * it came upon, the stack they point into, the stack of the task, its task_struct, and @offset
 * bytes, at most %LIVEDUMP_MAX_CPU_BYTES, of per-CPU memory that are at the per-CPU offset
 * @address: the CPU's runqueue, say. So these agree with each other. They are this request's copies
 * of their pages, taken before all other roots, and with %LIVEDUMP_KEEP too. A CPU that has its
 * interrupts off answers when it turns them on; one that does not within a second is missing as
 * %LIVEDUMP_TIMEOUT, and so are the bytes of its registers.
 */
enum livedump_root_kind {
	LIVEDUMP_ROOT_ADDRESS	= 0,
	LIVEDUMP_ROOT_PERCPU	= 1,
	LIVEDUMP_ROOT_TASK	= 2,
	LIVEDUMP_ROOT_SLAB	= 3,
	LIVEDUMP_ROOT_CPUS	= 4,
};

/**
 * LIVEDUMP_ROOT_PART: root flag: of the task, only what lies at @offset and behind @path is meant,
 * not its stack.
 */
#define LIVEDUMP_ROOT_PART		0x1U

/** LIVEDUMP_ALL_CPUS: @cpu of a per-CPU root: all possible CPUs. */
#define LIVEDUMP_ALL_CPUS		0xffffffffU

/**
 * struct livedump_root - where a walk begins
 * @symbol: name of the symbol that @address lies in, as /proc/kallsyms has it, without the
 *	module; empty where there is none
 * @address: see enum livedump_root_kind
 * @type: index into the plan's types
 * @kind: enum livedump_root_kind
 * @cpu: for %LIVEDUMP_ROOT_PERCPU and %LIVEDUMP_ROOT_CPUS, else 0
 * @flags: LIVEDUMP_ROOT_PART, of %LIVEDUMP_ROOT_TASK
 * @out_address: where the object was found (the first one, of a per-CPU or slab root; the caller's
 *	task, of a CPUs root); of a path that ended too soon, where the last pointer was read
 * @out_recorded: bytes of the root itself that the store holds now, stack included
 * @out_missing: bytes of the root itself that are missing, by reason; not those that are not
 *	allocated for it (see @slab of struct livedump_snapshot)
 * @path: how to get to the object: for each entry the pointer that was come to is read, and the
 *	entry added to it. The pages it was read from are recorded
 * @nr_path: entries in use, the rest are zero
 * @offset: of the first pointer, or the object, in a task, with LIVEDUMP_ROOT_PART; of
 *	%LIVEDUMP_ROOT_CPUS, see there; else 0
 * @out_hops: pointers of @path that could be followed, of the last one of a per-CPU root that
 *	could not, or @nr_path
 * @__reserved: must be zero
 * @out_pointer: the last pointer of the path that was read: where @out_hops is below @nr_path it
 *	is not an address of the kernel's (NULL, say), or was not even read and is 0 here, and then
 *	@out_missing says why
 */
struct livedump_root {
	char symbol[LIVEDUMP_SYM_LEN];
	__u64 address;
	__u32 type;
	__u32 kind;
	__u32 cpu;
	__u32 flags;
	__u64 out_address;
	__u64 out_recorded;
	__u64 out_missing[LIVEDUMP_NR_REASONS];
	__u32 path[LIVEDUMP_MAX_PATH];
	__u32 nr_path;
	__u32 offset;
	__u32 out_hops;
	__u32 __reserved;
	__u64 out_pointer;
};

/**
 * struct livedump_snapshot - record objects and what they point to (LIVEDUMP_SNAPSHOT)
 * @size: sizeof(struct livedump_snapshot)
 * @flags: %LIVEDUMP_KEEP, %LIVEDUMP_USER_MEMORY, %LIVEDUMP_LIST_OBJECTS
 * @roots: array of struct livedump_root; results are written back
 * @types: array of struct livedump_type
 * @edges: array of struct livedump_edge
 * @nr_roots: 1 to %LIVEDUMP_MAX_ROOTS
 * @nr_types: 1 to %LIVEDUMP_MAX_TYPES
 * @nr_edges: 0 to %LIVEDUMP_MAX_EDGES
 * @root_size: sizeof(struct livedump_root)
 * @type_size: sizeof(struct livedump_type)
 * @edge_size: sizeof(struct livedump_edge)
 * @depth: pointer hops: 0 records the roots alone, 1 what they point to, and so on; at most
 *	%LIVEDUMP_MAX_DEPTH
 * @out_bad_root: index of the root that ENXIO or ESRCH is about; 0xffffffff if none
 * @max_objects: stop after so many; 0 means %LIVEDUMP_DEFAULT_OBJECTS, at most
 *	%LIVEDUMP_MAX_OBJECTS
 * @max_bytes: stop after so many bytes of new pages; 0 for no such budget
 * @max_time_ns: stop after this time; 0 for no such budget
 * @out_objects: objects recorded, the roots included
 * @out_object_bytes: their bytes
 * @out_pages: pages this request added or refreshed
 * @out_pointers: pointers looked at
 * @out_null: of them, NULL
 * @out_foreign: of them, not kernel addresses (user space, error values, list poison): not
 *	followed, and not missing
 * @out_seen: of them, to an object already walked
 * @out_cut: of them, and of links within containers, not followed, or to objects not wholly
 *	recorded, because a budget or limit was used up; the size of what they point to, at most, is
 *	missing, once for each pointer
 * @out_time_ns: how long the walk took
 * @out_missing: bytes missing, by reason
 * @slab: struct livedump_slab, or 0: where a kernel keeps what its slabs are. With it, what of an
 *	object lies in another page than its first byte, and behind the end of the slab object that
 *	it is in, is recorded where it can be, and else is a hole that nobody asked about: the type
 *	ends in an array of which less is allocated
 * @edge_results: where to put what became of each edge (struct livedump_edge_result), or 0
 * @edge_result_size: sizeof(struct livedump_edge_result), or 0
 * @max_list: stop after so many entries of one container; 0 for no such budget
 * @out_nodes: nodes of containers looked at
 * @out_long: containers cut off at @max_list entries
 * @out_broken: as in struct livedump_edge_result, of all edges together
 * @out_request: number of this request
 * @__reserved: must be zero
 *
 * Breadth-first; every (address, type) is walked once, so cycles are fine. The edges are read
 * from the recorded copy: the file shows the pointers that were followed. A container is stepped
 * through at once, when the edge that leads to it is met; a container that others change
 * meanwhile may show some entries only, but the walk ends.
 */
struct livedump_snapshot {
	__u32 size;
	__u32 flags;
	__u64 roots;
	__u64 types;
	__u64 edges;
	__u32 nr_roots;
	__u32 nr_types;
	__u32 nr_edges;
	__u32 root_size;
	__u32 type_size;
	__u32 edge_size;
	__u32 depth;
	__u32 out_bad_root;
	__u64 max_objects;
	__u64 max_bytes;
	__u64 max_time_ns;
	__u64 out_objects;
	__u64 out_object_bytes;
	__u64 out_pages;
	__u64 out_pointers;
	__u64 out_null;
	__u64 out_foreign;
	__u64 out_seen;
	__u64 out_cut;
	__u64 out_time_ns;
	__u64 out_missing[LIVEDUMP_NR_REASONS];
	__u64 slab;
	__u64 edge_results;
	__u32 edge_result_size;
	__u32 max_list;
	__u64 out_nodes;
	__u64 out_long;
	__u64 out_broken;
	__u32 out_request;
	__u32 __reserved;
};

#define LIVEDUMP_SNAPSHOT		_IO(LIVEDUMP_TYPE, 0x12)

/**
 * struct livedump_stop - seal a session (LIVEDUMP_STOP)
 * @size: sizeof(struct livedump_stop)
 * @flags: must be zero
 *
 * Waits for a running request. Stopping a stopped session is no error.
 */
struct livedump_stop {
	__u32 size;
	__u32 flags;
};

#define LIVEDUMP_STOP			_IO(LIVEDUMP_TYPE, 0x13)

/**
 * struct livedump_annotate - keep a note with a session (LIVEDUMP_ANNOTATE)
 * @size: sizeof(struct livedump_annotate)
 * @flags: must be zero
 * @text: the note; what it says is between the tools that write and read it
 * @length: bytes, 1 to %LIVEDUMP_MAX_NOTE
 *
 * Notes follow one another at %LIVEDUMP_MMAP_NOTES as they were given. They count towards the
 * session's limit, and are taken while it records (%ESHUTDOWN, %ETIME), and wholly or not at all
 * (%ENOSPC, %ENOMEM, %EINTR).
 */
struct livedump_annotate {
	__u32 size;
	__u32 flags;
	__u64 text;
	__u64 length;
};

#define LIVEDUMP_ANNOTATE		_IO(LIVEDUMP_TYPE, 0x14)

/* ---- mmap of a session ---- */

/**
 * DOC: mmap
 *
 * Each region begins at a fixed offset and holds an array, entry after entry; LIVEDUMP_STATUS
 * says how many. Only MAP_SHARED and PROT_READ are possible, and only up to the end of the page
 * that holds the last entry (%ENXIO beyond). While the session records, entries may change under
 * the reader; they stand still once it is stopped.
 */
#define LIVEDUMP_MMAP_PAGES		0x0000000000000000ULL	/* struct livedump_page */
#define LIVEDUMP_MMAP_DATA		0x0000100000000000ULL	/* page i of livedump_page i */
#define LIVEDUMP_MMAP_ALIASES		0x0000200000000000ULL	/* struct livedump_alias */
#define LIVEDUMP_MMAP_HOLES		0x0000300000000000ULL	/* struct livedump_hole */
#define LIVEDUMP_MMAP_OBJECTS		0x0000400000000000ULL	/* struct livedump_object */
#define LIVEDUMP_MMAP_NOTES		0x0000500000000000ULL	/* bytes */
#define LIVEDUMP_MMAP_CPUS		0x0000600000000000ULL	/* struct livedump_cpu */

/* Why a page was recorded; livedump_page.flags, any of them. */
#define LIVEDUMP_PAGE_RANGE		0x1U	/* a range asked for it */
#define LIVEDUMP_PAGE_OBJECT		0x2U	/* an object lies in it */
#define LIVEDUMP_PAGE_TABLE		0x4U	/* it maps another recorded page */

/**
 * struct livedump_page - one recorded page
 * @pfn: its page frame
 * @vaddr: its kernel-image address, if it is mapped there, else the direct-map address if it was
 *	reached through that, else 0; its other virtual addresses are in struct livedump_alias
 * @time_ns: CLOCK_BOOTTIME of the copy
 * @request: number of the request that copied it, from 1
 * @mark: generation, 0 for now
 * @flags: LIVEDUMP_PAGE_*
 */
struct livedump_page {
	__u64 pfn;
	__u64 vaddr;
	__u64 time_ns;
	__u32 request;
	__u16 mark;
	__u16 flags;
};

/**
 * struct livedump_alias - a vmalloc, module or other address of a recorded page
 * @vaddr: page-aligned; no two entries have the same
 * @page: index of the struct livedump_page that it mapped when last looked at
 * @request: number of the request that found it
 */
struct livedump_alias {
	__u64 vaddr;
	__u32 page;
	__u32 request;
};

/** LIVEDUMP_HOLE_PHYS: hole flag: the address is a physical one. */
#define LIVEDUMP_HOLE_PHYS		0x1U
/** LIVEDUMP_HOLE_ASKED: hole flag: a range or a root, not merely something pointed to. */
#define LIVEDUMP_HOLE_ASKED		0x2U

/**
 * struct livedump_hole - bytes that were to be recorded and are missing
 * @address: first byte
 * @length: bytes
 * @request: number of the request
 * @reason: enum livedump_reason
 * @flags: LIVEDUMP_HOLE_*
 * @__reserved: zero
 */
struct livedump_hole {
	__u64 address;
	__u64 length;
	__u32 request;
	__u16 reason;
	__u16 flags;
	__u64 __reserved;
};

/** LIVEDUMP_NO_PARENT: @parent of an object that is a root. */
#define LIVEDUMP_NO_PARENT		0xffffffffU

/* What is known of an object; livedump_object.flags, any of them. */
#define LIVEDUMP_OBJECT_SLAB		0x1U	/* it is an object of a slab */
#define LIVEDUMP_OBJECT_FREE		0x2U	/* which is free */
#define LIVEDUMP_OBJECT_MISSING		0x4U	/* some of its bytes are missing */

/**
 * struct livedump_object - one object of a walk (%LIVEDUMP_LIST_OBJECTS)
 * @address: first byte
 * @length: bytes, missing ones too
 * @request: number of the request
 * @parent: index of the struct livedump_object it was reached from, or %LIVEDUMP_NO_PARENT
 * @edge: index of the edge it was reached through first, in the plan of the request; of a root, the
 *	index of the root
 * @type: index of its type in the plan, or 0xffffffff for none: a string, bytes
 * @slot: which of the edge's pointers
 * @depth: pointer hops from a root
 * @flags: LIVEDUMP_OBJECT_*
 * @__reserved: zero
 */
struct livedump_object {
	__u64 address;
	__u32 length;
	__u32 request;
	__u32 parent;
	__u32 edge;
	__u32 type;
	__u32 slot;
	__u16 depth;
	__u16 flags;
	__u32 __reserved;
};

/* What is known of a CPU; livedump_cpu.flags, any of them. */
#define LIVEDUMP_CPU_SILENT		0x1U	/* it did not answer: nothing else is known of it */
#define LIVEDUMP_CPU_USER		0x2U	/* the registers are of user mode */
#define LIVEDUMP_CPU_CALLER		0x4U	/* it ran the request itself */

/** LIVEDUMP_MAX_REGS: room for the registers of a CPU: 48 on ppc64, the architecture with most. */
#define LIVEDUMP_MAX_REGS		56

/**
 * struct livedump_cpu - what ran on a CPU (%LIVEDUMP_ROOT_CPUS)
 * @cpu: its number
 * @flags: LIVEDUMP_CPU_*
 * @task: struct task_struct of what ran
 * @stack: first byte of the task's kernel stack
 * @time_ns: CLOCK_BOOTTIME of the registers
 * @wait_ns: from when all CPUs were asked until then; 0xffffffff for that and more
 * @copy_ns: how long the CPU was kept, to copy registers and stacks
 * @request: number of the request
 * @pid: of @task, in the initial namespace; 0 for an idle task
 * @nr_regs: registers in @regs
 * @__reserved: zero
 * @regs: as in the architecture's elf_gregset_t, the rest is zero
 *
 * One for each CPU that was online, by ascending number. The entries are those of the newest
 * request that asked for them, others are gone.
 */
struct livedump_cpu {
	__u32 cpu;
	__u32 flags;
	__u64 task;
	__u64 stack;
	__u64 time_ns;
	__u32 wait_ns;
	__u32 copy_ns;
	__u32 request;
	__u32 pid;
	__u32 nr_regs;
	__u32 __reserved[3];
	__u64 regs[LIVEDUMP_MAX_REGS];
};

#endif /* _UAPI_LINUX_LIVEDUMP_H */
