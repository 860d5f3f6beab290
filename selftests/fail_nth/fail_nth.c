// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation failure: each thing one can do with livedump, while the 1st, 2nd, 3rd ...
 * allocation that the module asks for fails, until there is none left to fail; then the same with
 * all later ones failing too, and with copies from and to the caller failing.
 *
 * After each: the right errno, results that add up, the same done again works, nothing is left
 * behind. Needs a kernel with FAULT_INJECTION that looks at the stack (../config/); skips without.
 * run.sh builds and runs it.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "faults.h"
#include "livedump_utils.h"
#include "scene.h"

#define TIMEOUT		900
#define MAX_NTH		5000

/* ---- what has to be there before; nothing fails then ---- */

static int have_name(struct scene *s, __u64 arg)
{
	if (do_create_named(s))
		return -1;
	close(s->fd);
	s->fd = -1;
	return 0;
}

/* Looked up once, and not for every failure: /proc/kallsyms is long. */
static __u64 init_task, capture_virt;

__attribute__((constructor)) static void find_symbols(void)
{
	init_task = symbol("init_task");
	capture_virt = symbol("ld_capture_virt");
}

static void own_ranges(struct scene *s)
{
	for (s->nr = 0; s->nr < OWN_PAGES; s->nr++)
		s->ranges[s->nr] = ld_phys(s->pfn[s->nr] * PAGE_SIZE, PAGE_SIZE);
}

/* Direct map, kernel image, and what is vmalloc'd, so that its pages have aliases. */
static int have_virtual(struct scene *s, __u64 arg)
{
	s->ranges[0] = ld_virt(s->info.out_page_offset + s->pfn[0] * PAGE_SIZE + 100, 50);
	s->ranges[1] = ld_virt(s->info.out_text_start + 4000, 200);
	s->ranges[2] = ld_virt((capture_virt & PAGE_MASK) + 4000, 200);
	s->nr = 3;
	return do_create(s);
}

/* Room for @room pages, and all but a few taken: what comes next has to find more. */
static int have_own(struct scene *s, __u64 room)
{
	struct livedump_status st = {};
	__u64 at = s->info.out_text_paddr, most = room - OWN_PAGES / 2, pages;

	if (do_create_reserved(s, "", room))
		return -1;
	/* There are page tables, too: first too few, then as many as are missing. */
	for (pages = most - 32; (__s64)pages > 0; pages = most - st.out_pages) {
		s->ranges[0] = ld_phys(at, pages * PAGE_SIZE);
		s->nr = 1;
		if (do_record(s) || ld_status(s->fd, &st))
			return -1;
		at += pages * PAGE_SIZE;
	}
	own_ranges(s);
	return 0;
}

static int have_holes(struct scene *s, __u64 arg)
{
	for (s->nr = 0; s->nr < HOLES; s->nr++)
		s->ranges[s->nr] = ld_virt(s->nr * PAGE_SIZE * 2, 1);
	return do_create(s);
}

static int have_recorded(struct scene *s, __u64 arg)
{
	own_ranges(s);
	return do_create(s) || do_record(s);
}

static int have_regions(struct scene *s, __u64 region)
{
	s->region = region;
	if (have_virtual(s, 0))
		return -1;
	s->ranges[s->nr++] = ld_virt(0, 1);
	return do_record(s);
}

/* Every word of the first object is taken for a pointer to one of the second kind. */
static void plan(struct scene *s, __u32 depth)
{
	snap_init(&s->snap);
	snap_type(&s->snap, 512);
	snap_array(&s->snap, LIVEDUMP_EDGE_POINTER, 0, 1, 64, 8);
	snap_type(&s->snap, 64);
	snap_array(&s->snap, LIVEDUMP_EDGE_BYTES, 0, 100, 4, 8);
	snap_array(&s->snap, LIVEDUMP_EDGE_STRING, 32, 100, 4, 8);
	s->snap.arg.max_objects = 300;
	s->snap.arg.depth = depth;
}

static int have_root(struct scene *s, __u64 depth)
{
	plan(s, depth);
	snap_root(&s->snap, LIVEDUMP_ROOT_ADDRESS, s->init_task, 0, "init_task");
	return do_create_reserved(s, "", depth ? CHUNK_PAGES : 0);
}

static int have_listed(struct scene *s, __u64 depth)
{
	int ret = have_root(s, depth);

	s->snap.arg.flags = LIVEDUMP_LIST_OBJECTS;
	return ret;
}

/* A note and a list, to be shown. */
static int have_notes(struct scene *s, __u64 region)
{
	s->region = region;
	return have_listed(s, 0) || do_snapshot(s) || do_annotate(s);
}

static int have_percpu(struct scene *s, __u64 depth)
{
	plan(s, depth);
	snap_root(&s->snap, LIVEDUMP_ROOT_PERCPU, 0x1000, 0, NULL)->cpu = LIVEDUMP_ALL_CPUS;
	return do_create_reserved(s, "", CHUNK_PAGES);
}

static int have_task(struct scene *s, __u64 depth)
{
	plan(s, depth);
	snap_root(&s->snap, LIVEDUMP_ROOT_TASK, getpid(), 0, NULL);
	return do_create_reserved(s, "", CHUNK_PAGES);
}

static int have_cpus(struct scene *s, __u64 depth)
{
	struct livedump_root *r;

	plan(s, depth);
	r = snap_root(&s->snap, LIVEDUMP_ROOT_CPUS, 0x1000, 0, NULL);
	r->cpu = LIVEDUMP_ALL_CPUS;
	r->offset = 5000;
	return do_create_reserved(s, "", CHUNK_PAGES);
}

/* Whether these offsets are the kernel's does not matter: what is found takes no memory. */
static int have_slab(struct scene *s, __u64 arg)
{
	s->slab = (struct livedump_slab){
		.size = sizeof(s->slab),
		.objects_bits = 15,
		.cache_random = LIVEDUMP_SLAB_NONE,
		.cache_red_left_pad = LIVEDUMP_SLAB_NONE,
		.cache_cpu_slab = LIVEDUMP_SLAB_NONE,
		.cache_sheaf_capacity = LIVEDUMP_SLAB_NONE,
		.cpu_freelist = LIVEDUMP_SLAB_NONE,
		.cpu_slab = LIVEDUMP_SLAB_NONE,
	};
	return 0;
}

static int have_cache(struct scene *s, __u64 depth)
{
	have_slab(s, 0);
	plan(s, depth);
	s->snap.arg.slab = (uintptr_t)&s->slab;
	snap_root(&s->snap, LIVEDUMP_ROOT_SLAB, 0, 0, "task_struct");
	snap_root(&s->snap, LIVEDUMP_ROOT_ADDRESS, s->init_task, 0, "init_task");
	return do_create_reserved(s, "", CHUNK_PAGES);
}

/* ---- what came of it ---- */

/* Requests answer also when they fail for want of memory, unless they had not begun. */
static void check_record(struct __test_metadata *_metadata, struct scene *s, int err)
{
	__u64 recorded = 0, missing = 0;
	__u32 i;

	if (err && ld_same(&s->record.out_recorded, JUNK, 8) == 8)
		return;
	for (i = 0; i < s->nr; i++) {
		struct livedump_range *r = &s->ranges[i];

		EXPECT_EQ(r->length, r->out_recorded + ld_sum(r->out_missing));
		recorded += r->out_recorded;
		missing += ld_sum(r->out_missing);
	}
	EXPECT_EQ(recorded, s->record.out_recorded);
	EXPECT_EQ(missing, ld_sum(s->record.out_missing));
	if (!err)
		EXPECT_EQ(0, s->record.out_missing[LIVEDUMP_NO_MEMORY]);
}

static void check_snapshot(struct __test_metadata *_metadata, struct scene *s, int err)
{
	struct livedump_snapshot *arg = &s->snap.arg;
	struct livedump_root *root = &s->snap.roots[0];

	if (err && ld_same(&arg->out_objects, JUNK, 8) == 8)
		return;
	EXPECT_LE(arg->out_objects, arg->max_objects);
	EXPECT_LE(arg->out_null + arg->out_foreign + arg->out_seen + arg->out_cut,
		  arg->out_pointers);
	EXPECT_LE(512, root->out_recorded + ld_sum(root->out_missing));
	if (!err) {
		EXPECT_EQ(0, arg->out_missing[LIVEDUMP_NO_MEMORY]);
		EXPECT_LE(1, arg->out_objects);
	}
}

/* A cache of which nothing is found is complete; without memory to look for it, it is not. */
static void check_cache(struct __test_metadata *_metadata, struct scene *s, int err)
{
	struct livedump_root *root = &s->snap.roots[0];

	if (err && ld_same(&s->snap.arg.out_objects, JUNK, 8) == 8)
		return;
	EXPECT_EQ(0, root->out_recorded);
	if (!err)
		EXPECT_EQ(0, ld_sum(root->out_missing));
	EXPECT_EQ(ld_sum(root->out_missing), root->out_missing[LIVEDUMP_NO_MEMORY]);
}

/* All CPUs are asked, or none is. */
static void check_cpus(struct __test_metadata *_metadata, struct scene *s, int err)
{
	struct livedump_root *root = &s->snap.roots[0];
	struct livedump_status st;

	test_status(s->fd, &st);
	if (st.out_cpus)
		EXPECT_EQ(sysconf(_SC_NPROCESSORS_ONLN), st.out_cpus);
	if (err && ld_same(&s->snap.arg.out_objects, JUNK, 8) == 8)
		return;
	if (!st.out_cpus)
		EXPECT_LT(0, root->out_missing[LIVEDUMP_NO_MEMORY]);
	EXPECT_LT(0, root->out_recorded + ld_sum(root->out_missing));
	if (!err) {
		EXPECT_LT(0, st.out_cpus);
		EXPECT_EQ(0, root->out_missing[LIVEDUMP_NO_MEMORY]);
	}
}

/* What is walked is listed, or counted as not listed. */
static void check_listed(struct __test_metadata *_metadata, struct scene *s, int err)
{
	struct livedump_status st;

	check_snapshot(_metadata, s, err);
	test_status(s->fd, &st);
	EXPECT_LE(st.out_objects, st.out_listed + st.out_unlisted);
	if (!err)
		EXPECT_LE(1, st.out_listed + st.out_unlisted);
}

/* Notes are whole. */
static void check_note(struct __test_metadata *_metadata, struct scene *s, int err)
{
	struct view v;

	ASSERT_EQ(0, view_map(&v, s->fd));
	EXPECT_EQ(err ? 0 : 3 * PAGE_SIZE + 5, v.status.out_notes);
	if (!err)
		EXPECT_EQ(0, memcmp(s->own, v.notes, 3 * PAGE_SIZE + 5));
	view_unmap(&v);
}

/* Pages of ours that the session has are right, and there are at least @least of them. */
static void check_bytes(struct __test_metadata *_metadata, struct scene *s, __u32 least)
{
	struct view v;
	__u32 found = 0;
	__u64 i;
	int k;

	ASSERT_EQ(0, view_map(&v, s->fd));
	EXPECT_LE(v.status.out_pages * PAGE_SIZE, v.status.out_used);
	for (i = 0; i < v.status.out_pages; i++) {
		for (k = 0; k < OWN_PAGES && s->pfn[k] != v.pages[i].pfn; k++)
			;
		if (k == OWN_PAGES)
			continue;
		found++;
		EXPECT_EQ(PAGE_SIZE, ld_same(v.data + i * PAGE_SIZE, k + 1, PAGE_SIZE));
	}
	EXPECT_LE(least, found);
	view_unmap(&v);
}

/**
 * struct fail_case - what is done, and how to look at it
 * @have: makes what has to be there before; or NULL
 * @arg: for @have
 * @act: does it
 * @check: looks at the results, also of a request that failed; or NULL
 */
struct fail_case {
	int (*have)(struct scene *s, __u64 arg);
	__u64 arg;
	int (*act)(struct scene *s);
	void (*check)(struct __test_metadata *_metadata, struct scene *s, int err);
};

FIXTURE(fail) {
	struct scene *s;
};

FIXTURE_VARIANT(fail) {
	struct fail_case what;
};

FIXTURE_VARIANT_ADD(fail, info) { { NULL, 0, do_info, NULL } };
FIXTURE_VARIANT_ADD(fail, create) { { NULL, 0, do_create, NULL } };
FIXTURE_VARIANT_ADD(fail, create_named) { { NULL, 0, do_create_named, NULL } };
FIXTURE_VARIANT_ADD(fail, create_reserve) { { NULL, 0, do_create_reserving, NULL } };
FIXTURE_VARIANT_ADD(fail, open) { { have_name, 0, do_open, NULL } };
FIXTURE_VARIANT_ADD(fail, destroy) { { have_name, 0, do_destroy, NULL } };
FIXTURE_VARIANT_ADD(fail, list) { { have_name, 0, do_list, NULL } };
FIXTURE_VARIANT_ADD(fail, status) { { have_recorded, 0, do_status, NULL } };
FIXTURE_VARIANT_ADD(fail, stop) { { have_recorded, 0, do_stop, NULL } };
FIXTURE_VARIANT_ADD(fail, record_virtual) { { have_virtual, 0, do_record, check_record } };
FIXTURE_VARIANT_ADD(fail, record_chunk) { { have_own, CHUNK_PAGES, do_record, check_record } };
FIXTURE_VARIANT_ADD(fail, record_chunks) { { have_own, CHUNKS_PAGES, do_record, check_record } };
FIXTURE_VARIANT_ADD(fail, record_index) { { have_own, INDEX_PAGES, do_record, check_record } };
FIXTURE_VARIANT_ADD(fail, record_holes) { { have_holes, 0, do_record, check_record } };
FIXTURE_VARIANT_ADD(fail, record_again) { { have_recorded, 0, do_record, check_record } };
FIXTURE_VARIANT_ADD(fail, snapshot_root) { { have_root, 0, do_snapshot, check_snapshot } };
FIXTURE_VARIANT_ADD(fail, snapshot_deep) { { have_root, 3, do_snapshot, check_snapshot } };
FIXTURE_VARIANT_ADD(fail, snapshot_listed) { { have_listed, 3, do_snapshot, check_listed } };
FIXTURE_VARIANT_ADD(fail, annotate) { { have_recorded, 0, do_annotate, check_note } };
FIXTURE_VARIANT_ADD(fail, snapshot_percpu) { { have_percpu, 1, do_snapshot, check_snapshot } };
FIXTURE_VARIANT_ADD(fail, snapshot_task) { { have_task, 1, do_snapshot, check_snapshot } };
FIXTURE_VARIANT_ADD(fail, snapshot_cpus) { { have_cpus, 0, do_snapshot, check_cpus } };
FIXTURE_VARIANT_ADD(fail, snapshot_slab) { { have_cache, 1, do_snapshot, check_cache } };
FIXTURE_VARIANT_ADD(fail, whatis) { { have_slab, 0, do_whatis, NULL } };
FIXTURE_VARIANT_ADD(fail, mmap_pages) { { have_regions, LIVEDUMP_MMAP_PAGES, do_mmap, NULL } };
FIXTURE_VARIANT_ADD(fail, mmap_data) { { have_regions, LIVEDUMP_MMAP_DATA, do_mmap, NULL } };
FIXTURE_VARIANT_ADD(fail, mmap_aliases) { { have_regions, LIVEDUMP_MMAP_ALIASES, do_mmap, NULL } };
FIXTURE_VARIANT_ADD(fail, mmap_holes) { { have_regions, LIVEDUMP_MMAP_HOLES, do_mmap, NULL } };
FIXTURE_VARIANT_ADD(fail, mmap_objects) { { have_notes, LIVEDUMP_MMAP_OBJECTS, do_mmap, NULL } };
FIXTURE_VARIANT_ADD(fail, mmap_notes) { { have_notes, LIVEDUMP_MMAP_NOTES, do_mmap, NULL } };

static int open_files(void)
{
	int fd, nr = 0;

	for (fd = 0; fd < 256; fd++)
		nr += fcntl(fd, F_GETFD) >= 0;
	return nr;
}

/*
 * The kernel retries a page fault until there is memory for it: while all allocations fail, that
 * is for ever. So everything is touched, and stays.
 */
static __attribute__((noinline)) int touch_all(void)
{
	char stack[65536];

	memset(stack, 1, sizeof(stack));
	__asm__ volatile("" : : "r"(stack) : "memory");
	/* Nor does it move, where the kernel could. */
	write_file("/proc/sys/vm/compact_unevictable_allowed", "0");
	return mlockall(MCL_CURRENT);
}

FIXTURE_SETUP(fail)
{
	static struct scene scene;
	struct scene *s = &scene;
	int i;

	self->s = s;
	s->fd = -1;
	s->dev = ld_device();
	ASSERT_LE(0, s->dev);
	ld_destroy_all(s->dev);
	test_info(s->dev, &s->info);
	s->own = mmap(NULL, OWN_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, s->own);
	for (i = 0; i < OWN_PAGES; i++)
		memset(s->own + i * PAGE_SIZE, i + 1, PAGE_SIZE);
	s->init_task = init_task;
	ASSERT_EQ(0, touch_all());
	for (i = 0; i < OWN_PAGES; i++)
		s->pfn[i] = pfn_of(s->own + i * PAGE_SIZE);
}

FIXTURE_TEARDOWN(fail)
{
	ld_destroy_all(self->s->dev);
}

/* Take everything away again: then nothing may be left. */
static void clean(struct __test_metadata *_metadata, struct scene *s, int files)
{
	struct livedump_info info;
	__u32 nr;

	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	ld_destroy(s->dev, NAME);
	test_list(s->dev, s->entries, 4, &nr);
	EXPECT_EQ(0, nr);
	test_info(s->dev, &info);
	EXPECT_EQ(s->info.out_used, info.out_used);
	EXPECT_EQ(files, open_files());
}

/* Once more, with nothing failing: the session is as good as ever. */
static void use(struct __test_metadata *_metadata, struct scene *s, const struct fail_case *what)
{
	if (s->fd < 0)
		ASSERT_EQ(0, do_create(s));
	check_bytes(_metadata, s, 0);
	if (what->act == do_stop)
		return;
	own_ranges(s);
	ASSERT_EQ(0, do_record(s));
	check_record(_metadata, s, 0);
	check_bytes(_metadata, s, OWN_PAGES);
}

/* One failure, and all that must hold afterwards. Returns whether there was one. */
static bool fail_once(struct __test_metadata *_metadata, struct scene *s,
		      const struct fail_case *what, unsigned int nth, enum how how, int *err)
{
	int files = open_files();
	bool failed;

	if (what->have)
		ASSERT_EQ(0, what->have(s, what->arg));
	faults_arm(nth, how);
	*err = what->act(s) ? errno : 0;
	failed = faults_disarm();

	if (!failed)
		EXPECT_EQ(0, *err);
	if (*err)
		EXPECT_EQ(how == COPY ? EFAULT : ENOMEM, *err);
	if (what->check && *err != EFAULT)
		what->check(_metadata, s, *err);
	if (*err) {
		ASSERT_EQ(0, what->act(s));
		if (what->check)
			what->check(_metadata, s, 0);
	}
	use(_metadata, s, what);
	clean(_metadata, s, files);
	return failed;
}

/* Fail the first, then the second ... until nothing does. */
static void fail_all(struct __test_metadata *_metadata, struct scene *s,
		     const struct fail_case *what, enum how how)
{
	unsigned int nth = 0, errors = 0;
	bool failed;
	int err;

	if (!faults_init(how))
		SKIP(return, "this kernel cannot make allocations fail");
	do {
		failed = fail_once(_metadata, s, what, ++nth, how, &err);
		errors += !!err;
	} while (failed && _metadata->passed && nth < MAX_NTH);
	EXPECT_LT(nth, MAX_NTH);
	if (how != COPY)
		EXPECT_LT(1, nth);
	TH_LOG("%u failures, %u of them errors%s", nth - !failed, errors,
	       _metadata->passed ? "" : "; the last one is wrong");
}

/* Whether somebody is in a hurry. */
static bool is_quick(void)
{
	return *(getenv("LIVEDUMP_FAIL_ONE") ?: "");
}

TEST_F_TIMEOUT(fail, one, TIMEOUT)
{
	/* looks at every page frame of the machine, for each failure */
	if (is_quick() && variant->what.check == check_cache)
		SKIP(return, "takes minutes");
	if (is_quick() && variant->what.act == do_mmap && variant->what.arg != LIVEDUMP_MMAP_DATA)
		SKIP(return, "as the data's");
	fail_all(_metadata, self->s, &variant->what, ONE);
}

TEST_F_TIMEOUT(fail, rest, TIMEOUT)
{
	if (is_quick())
		SKIP(return, "one at a time only");
	fail_all(_metadata, self->s, &variant->what, REST);
}

TEST_F_TIMEOUT(fail, copy, TIMEOUT)
{
	if (is_quick())
		SKIP(return, "one at a time only");
	fail_all(_metadata, self->s, &variant->what, COPY);
}

FIXTURE(load) {
	int ko;
};

FIXTURE_SETUP(load)
{
	self->ko = open(getenv("LIVEDUMP_KO") ?: "", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->ko);
}

FIXTURE_TEARDOWN(load)
{
	syscall(SYS_finit_module, self->ko, "", 0);
	close(self->ko);
}

/* The module's own beginning, and all that the kernel does on its behalf there. */
TEST_F_TIMEOUT(load, one, TIMEOUT)
{
	unsigned int nth = 0, errors = 0;
	bool failed;
	int err;

	if (!faults_init(ONE))
		SKIP(return, "this kernel cannot make allocations fail");
	ASSERT_TRUE(faults_below("do_one_initcall"));
	ASSERT_EQ(0, touch_all());
	do {
		ASSERT_EQ(0, syscall(SYS_delete_module, "livedump", O_NONBLOCK));
		faults_arm(++nth, ONE);
		err = syscall(SYS_finit_module, self->ko, "", 0) ? errno : 0;
		failed = faults_disarm();
		errors += !!err;
		EXPECT_EQ(!err, !access(DEVICE, F_OK));
		if (err) {
			EXPECT_EQ(ENOMEM, err);
			ASSERT_EQ(0, syscall(SYS_finit_module, self->ko, "", 0));
		}
	} while (failed && _metadata->passed && nth < MAX_NTH);
	EXPECT_LT(10, nth);
	TH_LOG("%u failures, %u of them errors", nth - !failed, errors);
}

TEST_HARNESS_MAIN
