/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A fuzzer of livedump's ioctls. An input is a program: records of 16 bytes, each a call or a
 * change to the structures of the call before it. Any bytes are a program. Up to three threads
 * each run the calls that name them.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/livedump.h>

#define PAGE		4096UL
#define JUNK		0xa5
#define MAX_RECS	48
#define MAX_THREADS	3
#define SLOTS		16
#define NR_NAMES	8

#define min(a, b)	((a) < (b) ? (a) : (b))
#define lengthof(x)	(sizeof(x) / sizeof((x)[0]))

/* ---- programs ---- */

/* The first are ioctls, in the order of their table in ioctls.c. */
enum op {
	OP_INFO, OP_CREATE, OP_OPEN, OP_DESTROY, OP_LIST, OP_STATUS, OP_RECORD, OP_SNAPSHOT,
	OP_STOP, OP_ANNOTATE, OP_WHATIS, OP_UNKNOWN,
	OP_MMAP, OP_MEMORY, OP_CLOSE, OP_FORK, OP_KILL, OP_PASS, OP_FILE, OP_TOGGLE, OP_DEVICE,
	OP_SLEEP,
	NR_OPS
};

#define NR_IOCTLS	(OP_UNKNOWN + 1)

/**
 * struct rec - a call, or a change
 * @op: enum op, modulo NR_OPS. Of a change: ignored
 * @who: thread, modulo 4; 3 is 0. With WHO_FAIL its (bits 2 to 6, plus one)th allocation fails.
 *	Of a change: what is changed, 0 the ioctl's structure, 1 to 3 its arrays
 * @fd: slot of the file, or FD_*. Of a change: index of the array's entry
 * @shape: bits 0 to 3 size of the structure, 4 to 7 where it lies. Of a change: bits 0 and 1 log2
 *	of the bytes changed, 2 to 4 enum value_kind
 * @a: as the call likes. Of a change: offset, low byte
 * @b: as the call likes. Of a change: offset, high byte
 * @c: as the call likes
 * @n: bits 0 to 2: how many changes follow
 * @v: as the call likes. Of a change: the value
 */
struct rec {
	__u8 op, who, fd, shape, a, b, c, n;
	__u64 v;
};

#define WHO_FAIL	0x80
#define FD_SPECIAL	0x80

enum value_kind { VALUE_RAW, VALUE_TARGET, VALUE_ADD, VALUE_OWN, VALUE_NEGATIVE };

struct prog {
	__u32 nr;
	__u32 number;		/* in OUT/last */
	struct rec rec[MAX_RECS];
};

static inline enum op op_of(const struct rec *r)
{
	return r->op % NR_OPS;
}

static inline int thread_of(const struct rec *r)
{
	return r->who % 4 % MAX_THREADS;
}

static inline unsigned int changes_of(const struct prog *p, __u32 i)
{
	return min(p->rec[i].n % 8U, p->nr - i - 1);
}

/* ---- prog.c: programs as text ---- */

extern const char *const op_names[NR_OPS];
bool prog_load(struct prog *p, const char *path);
bool prog_save(const struct prog *p, const char *path, const char *comment);
__u64 prog_hash(const struct prog *p);

/* ---- mutate.c ---- */

__u64 rnd(void);
void rnd_seed(__u64 seed);
__u32 below(__u32 n);
void prog_random(struct prog *p);
void prog_mutate(struct prog *p, const struct prog *other);
bool prog_remove(struct prog *p, __u32 at);

/* ---- cover.c ---- */

struct cover {
	int fd;
	__u64 *area;
};

bool cover_open(struct cover *c);
void cover_reset(struct cover *c);
void cover_collect(const struct cover *c);
unsigned int cover_new(bool keep);
void cover_module(void);
unsigned int cover_edges(void);
unsigned int cover_pcs(void);
bool cover_save(const char *path);

/* ---- targets.c: addresses that matter ---- */

struct target {
	__u64 address;
	bool physical;
};

void targets_load(void);
struct target target(__u64 selector);
__u64 pfn_of(const void *address);

#define CANARY_PAGES	4

extern struct canary {
	unsigned char *page;	/* page i is filled with CANARY + i */
	__u64 pfn[CANARY_PAGES];
} canary;

#define CANARY		0xc1

void canary_load(void);
bool canary_moved(void);

/* ---- exec.c ---- */

struct worker;

/**
 * struct call - an ioctl
 * @w: who calls
 * @r: the record
 * @changes: what follows it
 * @nr_changes: how many
 * @image: the structure as the caller fills it in
 * @array: its arrays
 * @at: where the structure is
 * @size: of it, as said
 * @known: what the module knows of it
 * @length: what of @image is there
 * @device: it belongs to the device, not to a session
 * @whole: all of @at is memory of the worker's own
 * @sane: so are its arrays
 */
struct call {
	struct worker *w;
	const struct rec *r;
	const struct rec *changes;
	unsigned int nr_changes;
	unsigned char image[PAGE + 512];
	unsigned char *array[3];
	unsigned char *at;
	__u32 size;
	__u32 known;
	__u32 length;
	bool device;
	bool whole;
	bool sane;
};

/**
 * struct worker - a thread that runs its share of a program
 * @id: 0 is the main one
 * @cover: its own
 * @fail_nth: its /proc/self/task/TID/fail-nth, or -1
 * @structs: STRUCT_PAGES for ioctl structures, unmapped before and behind
 * @arrays: ARRAY_PAGES for their arrays, unmapped before and behind
 * @failed: an allocation has failed in the call that is checked
 * @call: the ioctl under way
 */
struct worker {
	int id;
	pthread_t thread;
	struct cover cover;
	int fail_nth;
	unsigned char *structs;
	unsigned char *arrays;
	bool failed;
	struct call call;
};

#define STRUCT_PAGES	3
#define ARRAY_PAGES	16
#define ARRAY_SIZE_MAX	(5 * PAGE)	/* of each of three arrays */
#define RESULTS_AT	(15 * PAGE)	/* what a snapshot says of its edges */

enum slot_kind { SLOT_NONE, SLOT_DEVICE, SLOT_SESSION };

struct slot {
	int fd;
	enum slot_kind kind;
};

/**
 * struct exec - the program under way
 * @prog: it
 * @single: there is one thread: nothing changes behind its back
 * @loose: the module may go away
 * @slots: files
 */
struct exec {
	const struct prog *prog;
	bool single;
	bool loose;
	struct slot slots[SLOTS];
};

extern struct exec ex;

bool exec_init(void);
void exec_files(void);
void exec_prog(const struct prog *p, bool loose);
int exec_fd(const struct rec *r, enum slot_kind *kind);
void exec_put(unsigned int slot, int fd, enum slot_kind kind);
void exec_find(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *exec_found(void);
int open_device(void);

/* ---- reload.c ---- */

bool reload_init(const char *ko);
bool reload_module(void);
void reload_start(void);
void reload_stop(void);

/* ---- ioctls.c, plans.c, memory.c, files.c: the calls ---- */

extern const char *const names[NR_NAMES];
extern unsigned long nr_calls[NR_IOCTLS], nr_good[NR_IOCTLS];

/* What sits around a structure in memory of the worker's own, so many bytes on either side. */
#define FILL		0x5a
#define FILL_BEHIND	64

void call_ioctl(struct worker *w, const struct prog *p, __u32 i);
__u64 array_pointer(struct call *c, unsigned int nr, unsigned int selector);
void fill_record(struct call *c);
void fill_snapshot(struct call *c);
void fill_slab(struct livedump_slab *slab, __u64 seed);
void call_mmap(struct worker *w, const struct rec *r);
void call_memory(struct worker *w, const struct rec *r);
void call_toggle(const struct rec *r);
void call_close(const struct rec *r);
void call_fork(struct worker *w, const struct rec *r);
void call_kill(const struct rec *r);
void call_pass(const struct rec *r);
void call_file(struct worker *w, const struct rec *r);
void call_device(const struct rec *r);

void memory_init(void);
void memory_reset(void);
unsigned char *memory_fenced(size_t size);
void memory_put(void *to, const void *from, size_t size);
extern unsigned char *toggled;		/* TOGGLED_PAGES that come and go */
extern unsigned char *read_only;	/* a page */
extern unsigned char *zeroes;		/* ZEROES_SIZE for arrays that are large */
extern unsigned char *maps;		/* MAPS stretches of MAP_PAGES for mappings of sessions */
#define TOGGLED_PAGES	2
#define ZEROES_SIZE	(3UL << 20)
#define MAPS		8
#define MAP_PAGES	64

/* ---- check.c: what must hold ---- */

void check_errno(const struct call *c, enum slot_kind kind, int err);
void check_result(const struct call *c, int err);
void check_session(int fd);
void check_gone(int dev);

#endif
