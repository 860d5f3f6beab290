/* SPDX-License-Identifier: GPL-2.0 */
/*
 * livedump_test: the types of the test module's objects and what is in them. The module and the
 * test programs both include this, so that a test knows every byte it expects.
 *
 * Objects marked "page" have pages to themselves, whose other bytes are LIVEDUMP_TEST_FILL: a test
 * can tell from the recorded pages which objects a walk has reached.
 */
#ifndef LIVEDUMP_TEST_TYPES_H
#define LIVEDUMP_TEST_TYPES_H

#include <linux/types.h>

#ifdef __KERNEL__
#include <linux/idr.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/plist.h>
#include <linux/rbtree.h>
#include <linux/xarray.h>
#ifdef LIVEDUMP_TEST_MAPLE	/* see Kbuild */
#include <linux/maple_tree.h>
#endif
#endif

#ifndef __user
#define __user
#endif
#ifndef __percpu
#define __percpu
#endif
#ifndef __packed
#define __packed __attribute__((__packed__))
#endif

#define LIVEDUMP_TEST_FILL		0xd5

#define LIVEDUMP_TEST_LEAVES		8
#define LIVEDUMP_TEST_SLOTS		4
#define LIVEDUMP_TEST_FAN		300
#define LIVEDUMP_TEST_CHAIN		80	/* more than LIVEDUMP_MAX_DEPTH */
#define LIVEDUMP_TEST_RING		5
#define LIVEDUMP_TEST_BIG_PAGES		5
#define LIVEDUMP_TEST_PLAIN_PAGES	64
#define LIVEDUMP_TEST_COMPOUND_ORDER	3
#define LIVEDUMP_TEST_BOX		1000	/* items of the box */
#define LIVEDUMP_TEST_BIG_BOX		100000	/* and of the big one */
#define LIVEDUMP_TEST_BUCKETS		16	/* of their hash tables */
#define LIVEDUMP_TEST_FLEX		10	/* elements of their flexible arrays */

/* ---- numbers ---- */

#define LIVEDUMP_TEST_ROOT_MAGIC	0x1d7e57000000c0deULL
#define LIVEDUMP_TEST_LEAF_MAGIC	0x1eaf1eaf00000000ULL
#define LIVEDUMP_TEST_ITEM_MAGIC	0x17e3000000000000ULL
#define LIVEDUMP_TEST_FLEX_MAGIC	0xf1e8000000000000ULL
#define LIVEDUMP_TEST_PERCPU_MAGIC	0x9e2c900000000000ULL
#define LIVEDUMP_TEST_SPIN_MAGIC	0x5917000000000000ULL
#define LIVEDUMP_TEST_SPIN_WORDS	8
#define LIVEDUMP_TEST_U8		0xa1
#define LIVEDUMP_TEST_U16		0xb2b3
#define LIVEDUMP_TEST_U32		0xc4c5c6c7U
#define LIVEDUMP_TEST_S64		(-1234567890123456789LL)
#define LIVEDUMP_TEST_LOW		21
#define LIVEDUMP_TEST_MIDDLE		(-700)
#define LIVEDUMP_TEST_HIGH		0xfee1
#define LIVEDUMP_TEST_COMM		"test-comm"
#define LIVEDUMP_TEST_DATA		0xda7ada7ada7ada7aULL

/* Leaf numbers: livedump_test_leaf.index. Leaf i says LIVEDUMP_TEST_LEAF_MAGIC + i. */
enum livedump_test_leaf_index {
	LIVEDUMP_TEST_LEAF_PLAIN	= 1,	/* root.leaf */
	LIVEDUMP_TEST_LEAF_EITHER	= 2,	/* root.either */
	LIVEDUMP_TEST_LEAF_PACKED	= 3,	/* root.packed->target */
	LIVEDUMP_TEST_LEAF_STRADDLING	= 4,	/* root.straddling */
	LIVEDUMP_TEST_LEAF_VMALLOC	= 5,	/* root.vmalloced */
	LIVEDUMP_TEST_LEAF_ALIAS	= 6,	/* root.alias_direct, root.alias_vmap */
	LIVEDUMP_TEST_LEAF_TAGGED	= 7,	/* root.tagged, minus its tag */
	LIVEDUMP_TEST_LEAF_FREED	= 8,	/* root.freed, once */
	LIVEDUMP_TEST_LEAF_ARRAY	= 16,	/* + i: root.leaves[i], where it is not NULL */
	LIVEDUMP_TEST_LEAF_SLOT		= 32,	/* + i: root.slots[i].leaf */
	LIVEDUMP_TEST_LEAF_FAN		= 1000,	/* + i: root.fan->leaves[i] */
};

enum livedump_test_colour {
	LIVEDUMP_TEST_RED	= 3,
	LIVEDUMP_TEST_GREEN	= 5,
	LIVEDUMP_TEST_BLUE	= 7,
};

/* Every third pointer of root.leaves is NULL. */
#define LIVEDUMP_TEST_LEAF_IS_NULL(i)	((i) % 3 == 2)

/* ---- strings ---- */

#define LIVEDUMP_TEST_TEXT		"short text"
#define LIVEDUMP_TEST_LONG		400	/* bytes of root.long_text before its NUL */
#define LIVEDUMP_TEST_CROSSING		100	/* of root.crossing_text */
#define LIVEDUMP_TEST_CROSSING_FIRST	40	/* of them on its first page */
#define LIVEDUMP_TEST_OPEN		64	/* of root.open_text */
#define LIVEDUMP_TEST_BLOB		600	/* bytes of root.blob */
#define LIVEDUMP_TEST_RODATA		"livedump_test: a constant string"

/* Byte @i of a generated text: never NUL. */
static inline unsigned char livedump_test_char(__u32 i)
{
	return 'A' + i % 26;
}

/* Byte @i of a generated object: no period that is a power of two. */
static inline unsigned char livedump_test_byte(__u32 i)
{
	return (i * 7 + i / 251) & 0xff;
}

/* Value of node @i of the chain. */
static inline __u64 livedump_test_chain_value(__u32 i)
{
	return 0xc4a1000000000000ULL + i * 0x10001ULL;
}

/* Value of node @i of the ring. */
static inline __u64 livedump_test_ring_value(__u32 i)
{
	return 0x2146000000000000ULL + i * 0x30003ULL;
}

/* ---- types ---- */

/**
 * struct livedump_test_leaf - an object without pointers; page
 * @magic: LIVEDUMP_TEST_LEAF_MAGIC + @index
 * @index: enum livedump_test_leaf_index
 * @zero: zero
 * @name: "leaf-@index"
 */
struct livedump_test_leaf {
	__u64 magic;
	__u32 index;
	__u32 zero;
	char name[16];
};

/**
 * struct livedump_test_node - of the chain or the ring; page
 * @value: livedump_test_chain_value() or livedump_test_ring_value()
 * @next: the chain ends with NULL, the ring with its first node
 */
struct livedump_test_node {
	__u64 value;
	struct livedump_test_node *next;
};

/**
 * struct livedump_test_slot - one of an array of embedded structures
 * @tag: 100 + its index
 * @leaf: LIVEDUMP_TEST_LEAF_SLOT + its index
 * @text: "slot-<its index>"
 */
struct livedump_test_slot {
	__u32 tag;
	struct livedump_test_leaf *leaf;
	const char *text;
};

/**
 * union livedump_test_either - pointers that share their place
 * @leaf: LIVEDUMP_TEST_LEAF_EITHER
 * @any: the same
 * @bits: the same
 */
union livedump_test_either {
	struct livedump_test_leaf *leaf;
	void *any;
	__u64 bits;
};

/**
 * struct livedump_test_fan - many pointers at once
 * @nr: LIVEDUMP_TEST_FAN
 * @leaves: LIVEDUMP_TEST_LEAF_FAN + i, side by side in memory
 */
struct livedump_test_fan {
	__u32 nr;
	struct livedump_test_leaf *leaves[LIVEDUMP_TEST_FAN];
};

/**
 * struct livedump_test_big - several pages, vmalloc'd
 * @bytes: livedump_test_byte() of the offset
 */
struct livedump_test_big {
	__u8 bytes[LIVEDUMP_TEST_BIG_PAGES * 4096 - 100];
};

/**
 * struct livedump_test_packed - a pointer across two pages, vmalloc'd
 * @pad: 'p'
 * @target: LIVEDUMP_TEST_LEAF_PACKED; its first 3 bytes end a page
 * @end: 'e'
 */
struct livedump_test_packed {
	char pad[5];
	struct livedump_test_leaf *target;
	char end[3];
} __packed;

/**
 * struct livedump_test_percpu - one for each CPU
 * @magic: LIVEDUMP_TEST_PERCPU_MAGIC + @cpu, + 0x100000 for the dynamic one
 * @cpu: whose
 * @zero: zero
 * @self: its own address on this CPU
 */
struct livedump_test_percpu {
	__u64 magic;
	__u32 cpu;
	__u32 zero;
	struct livedump_test_percpu *self;
};

struct task_struct;

/**
 * struct livedump_test_root - where the graph begins: the global livedump_test_root
 *
 * Scalars:
 * @magic: LIVEDUMP_TEST_ROOT_MAGIC
 * @u8: LIVEDUMP_TEST_U8
 * @u16: LIVEDUMP_TEST_U16
 * @u32: LIVEDUMP_TEST_U32
 * @s64: LIVEDUMP_TEST_S64
 * @low: LIVEDUMP_TEST_LOW
 * @middle: LIVEDUMP_TEST_MIDDLE
 * @high: LIVEDUMP_TEST_HIGH
 * @colour: LIVEDUMP_TEST_GREEN
 * @comm: LIVEDUMP_TEST_COMM
 * @counter: how often "bump" was written to livedump_test/control
 *
 * Pointers to types:
 * @leaf: a leaf
 * @null: NULL
 * @leaves: leaves, some NULL
 * @slots: structures that hold pointers
 * @either: a leaf, three times
 * @chain: first of LIVEDUMP_TEST_CHAIN nodes
 * @ring: first of LIVEDUMP_TEST_RING nodes
 * @fan: wide
 * @big: several pages
 * @straddling: a leaf across two pages that are not neighbours in physical memory
 * @vmalloced: a leaf
 * @alias_direct: a leaf, through the direct map
 * @alias_vmap: the same leaf, through another mapping
 * @packed: page
 * @self: this structure
 * @task: the module's sleeping thread
 *
 * Strings:
 * @text: LIVEDUMP_TEST_TEXT; page
 * @empty_text: ""; page
 * @long_text: LIVEDUMP_TEST_LONG bytes; page
 * @crossing_text: LIVEDUMP_TEST_CROSSING bytes; page
 * @open_text: LIVEDUMP_TEST_OPEN bytes without NUL, then nothing is mapped
 * @rodata: LIVEDUMP_TEST_RODATA, a constant of the module
 *
 * Memory without a type:
 * @blob: LIVEDUMP_TEST_BLOB bytes of livedump_test_byte(); page
 * @data: livedump_test_data, in the module's data
 *
 * Not to be followed:
 * @function: livedump_test_function()
 * @user: an address of user space
 * @error: ERR_PTR(-ENOENT)
 * @poison: LIST_POISON1
 * @noncanonical: between the halves of the address space
 *
 * Not what they seem:
 * @guard: unmapped page behind a vmalloc'd object
 * @mmio: device memory, ioremap'd
 * @freed: a leaf in a slab object that has been freed
 * @tagged: a leaf, plus 1
 * @percpu: per-CPU pointer to &struct livedump_test_percpu
 */
struct livedump_test_root {
	__u64 magic;
	__u8 u8;
	__u16 u16;
	__u32 u32;
	__s64 s64;
	__u32 low:5;
	__s32 middle:11;
	__u32 high:16;
	enum livedump_test_colour colour;
	char comm[16];
	__u64 counter;

	struct livedump_test_leaf *leaf;
	struct livedump_test_leaf *null;
	struct livedump_test_leaf *leaves[LIVEDUMP_TEST_LEAVES];
	struct livedump_test_slot slots[LIVEDUMP_TEST_SLOTS];
	union livedump_test_either either;
	struct livedump_test_node *chain;
	struct livedump_test_node *ring;
	struct livedump_test_fan *fan;
	struct livedump_test_big *big;
	struct livedump_test_leaf *straddling;
	struct livedump_test_leaf *vmalloced;
	struct livedump_test_leaf *alias_direct;
	struct livedump_test_leaf *alias_vmap;
	struct livedump_test_packed *packed;
	struct livedump_test_root *self;
	struct task_struct *task;

	const char *text;
	const char *empty_text;
	const char *long_text;
	const char *crossing_text;
	const char *open_text;
	const char *rodata;

	void *blob;
	void *data;

	int (*function)(int x);
	void __user *user;
	void *error;
	void *poison;
	void *noncanonical;

	void *guard;
	void *mmio;
	struct livedump_test_leaf *freed;
	struct livedump_test_leaf *tagged;
	struct livedump_test_percpu __percpu *percpu;
};

/* ---- containers ---- */

/* Programs need to know how large links are, not what is in them. */
#ifdef __KERNEL__
#define LIVEDUMP_TEST_LINK(_type, _name, _words)	struct _type _name
#else
#define LIVEDUMP_TEST_LINK(_type, _name, _words)	__u64 _name[_words]
#endif

/**
 * struct livedump_test_item - in every container of a box
 * @magic: LIVEDUMP_TEST_ITEM_MAGIC + @index
 * @index: which
 * @zero: zero
 * @list: in the box's list
 * @bucket: in its hash table, bucket @index % LIVEDUMP_TEST_BUCKETS
 * @stack: in its llist
 * @rb: in its tree, by @index
 * @plist: in its plist
 * @next: next item of its chain
 */
struct livedump_test_item {
	__u64 magic;
	__u32 index;
	__u32 zero;

	LIVEDUMP_TEST_LINK(list_head, list, 2);
	LIVEDUMP_TEST_LINK(hlist_node, bucket, 2);
	LIVEDUMP_TEST_LINK(llist_node, stack, 1);
	LIVEDUMP_TEST_LINK(rb_node, rb, 3);
	LIVEDUMP_TEST_LINK(plist_node, plist, 5);
	struct livedump_test_item *next;
};

/**
 * struct livedump_test_flex - an object with a flexible array
 * @magic: LIVEDUMP_TEST_FLEX_MAGIC
 * @nr: LIVEDUMP_TEST_FLEX
 * @zero: zero
 * @elements: of which each leads to the item of its number
 */
struct livedump_test_flex {
	__u64 magic;
	__u16 nr;
	__u16 zero[3];
	struct livedump_test_element {
		__u64 tag;
		struct livedump_test_item *item;
	} elements[];
};

#ifdef __KERNEL__
/**
 * struct livedump_test_box - the same items in containers of every kind
 * @items: all of them, side by side, vmalloc'd
 * @nr: how many
 * @list: by @index
 * @buckets: hash table
 * @stack: llist
 * @chain: by @index, linked by @next
 * @rb: by @index
 * @plist: by @index
 * @xa: item i at livedump_test_place(i), and a number beyond them all
 * @idr: item i as i + 1
 * @mt: item i at 16 * i to 16 * i + 7
 * @flex: with the first items
 * @percpu: item @index is the CPU's number
 */
struct livedump_test_box {
	struct livedump_test_item *items;
	u32 nr;
	struct list_head list;
	struct hlist_head buckets[LIVEDUMP_TEST_BUCKETS];
	struct llist_head stack;
	struct livedump_test_item *chain;
	struct rb_root rb;
	struct plist_head plist;
	struct xarray xa;
	struct idr idr;
#ifdef LIVEDUMP_TEST_MAPLE
	struct maple_tree mt;
#endif
	struct livedump_test_flex *flex;
	struct livedump_test_item __percpu *percpu;
};
#endif

/* Where item @i is in the xarray: dense at first, then in a node of its own each. */
static inline __u64 livedump_test_place(__u32 i)
{
	return i < LIVEDUMP_TEST_BOX / 2 ? i : i * 1001ULL;
}

/* ---- slabs ---- */

#define LIVEDUMP_TEST_SLABS		2
#define LIVEDUMP_TEST_SLAB_OBJECTS	96

/*
 * Objects of a cache of our own, which nobody else has; published as "slab.0" and so on. Some of
 * those that are free were freed by the CPU that had allocated them, some by another.
 */
struct livedump_test_slab {
	char name[32];
	__u32 size;			/* of an object */
	__u32 kept;			/* how many */
	__u64 objects[LIVEDUMP_TEST_SLAB_OBJECTS];
	__u8 is_kept[LIVEDUMP_TEST_SLAB_OBJECTS];	/* the others are free */
};

#endif
