// SPDX-License-Identifier: GPL-2.0
/*
 * What must hold, whatever a program does: the errnos of the header's contract, sums that add up,
 * nothing written where it does not belong, known memory recorded as it is.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "fuzz.h"

#define MAX_PAGES	4096

/* ---- errnos ---- */

static const int for_all[] = { 0, EINVAL, E2BIG, EFAULT, ENOMEM };
static const int for_one[NR_IOCTLS][8] = {
	[OP_CREATE] = { EEXIST, ENOSPC },
	[OP_OPEN] = { ENOENT },
	[OP_DESTROY] = { ENOENT },
	[OP_RECORD] = { ESHUTDOWN, ETIME, ENOSPC },
	[OP_SNAPSHOT] = { ESHUTDOWN, ETIME, ENOSPC, ENXIO, ESRCH },
	[OP_ANNOTATE] = { ESHUTDOWN, ETIME, ENOSPC },
};

static bool is_one_of(int err, const int *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (list[i] == err)
			return true;
	}
	return false;
}

void check_errno(const struct call *c, enum slot_kind kind, int err)
{
	enum op op = op_of(c->r);
	enum slot_kind wanted = c->device ? SLOT_DEVICE : SLOT_SESSION;

	/* It may have been another file by the time it was used. */
	if ((err == EBADF || err == ENOTTY) && (!ex.single || kind != wanted))
		return;
	if (op == OP_UNKNOWN)
		return;
	if (!is_one_of(err, for_all, lengthof(for_all)) &&
	    !is_one_of(err, for_one[op], lengthof(for_one[op])))
		exec_find("%s: errno %d is not in the contract", op_names[op], err);
	if (err == EFAULT && c->whole && c->sane && !c->nr_changes && !c->w->failed)
		exec_find("%s: EFAULT, but no pointer is bad", op_names[op]);
}

/* ---- results ---- */

static __u64 sum(const __u64 *missing, const char *what)
{
	__u64 all = 0;
	int i;

	for (i = 0; i < LIVEDUMP_NR_REASONS; i++)
		all += missing[i];
	if (missing[LIVEDUMP_OK] || missing[LIVEDUMP_NR_REASONS - 1])
		exec_find("%s: bytes are missing for no reason", what);
	return all;
}

static bool is_junk(__u64 value)
{
	return value == 0xa5a5a5a5a5a5a5a5;
}

static void check_record(const struct call *c, const struct livedump_record *arg)
{
	const struct livedump_range *r = (void *)c->array[0];
	__u64 recorded = 0, missing = 0, lost;
	__u32 i;

	if (arg->ranges != (uintptr_t)r || arg->range_size != sizeof(*r) ||
	    arg->nr > ARRAY_SIZE_MAX / sizeof(*r))
		return;
	for (i = 0; i < arg->nr; i++) {
		lost = sum(r[i].out_missing, "record");
		recorded += r[i].out_recorded;
		missing += lost;
		if (r[i].out_recorded + lost != r[i].length)
			exec_find("record: range %u of 0x%llx: 0x%llx recorded, 0x%llx missing",
				  i, r[i].length, r[i].out_recorded, lost);
	}
	if (recorded != arg->out_recorded || missing != sum(arg->out_missing, "record"))
		exec_find("record: the sums are wrong");
}

/* Where it is known what slabs are, what of a root is in another page may not be its own. */
static bool is_exact(const struct livedump_snapshot *arg, const struct livedump_root *r,
		     __u32 size)
{
	return !arg->slab || (r->kind == LIVEDUMP_ROOT_ADDRESS && !r->symbol[0] &&
			      r->address % PAGE + size <= PAGE);
}

static void check_root(const struct livedump_snapshot *arg, const struct livedump_root *r,
		       __u32 size)
{
	__u64 all = r->out_recorded + sum(r->out_missing, "snapshot");
	bool exact = is_exact(arg, r, size);

	/* A path may end too soon, and what is only a part has no stack. */
	if (r->nr_path) {
		if (r->out_hops > r->nr_path)
			exec_find("snapshot: %u hops of %u", r->out_hops, r->nr_path);
		return;
	}
	switch (r->kind) {
	case LIVEDUMP_ROOT_ADDRESS:
		if (exact ? all != size : all > size)
			exec_find("snapshot: a root of %u bytes: %llu are accounted for", size,
				  all);
		break;
	case LIVEDUMP_ROOT_PERCPU:
		if (exact && (all % size || !all))
			exec_find("snapshot: a per-CPU root of %u bytes each: %llu", size,
				  all);
		break;
	case LIVEDUMP_ROOT_CPUS:
		/* or nobody was asked, or nobody has answered */
		if (exact && all < size && !sum(r->out_missing, "snapshot"))
			exec_find("snapshot: CPUs with tasks of %u bytes: %llu", size, all);
		break;
	case LIVEDUMP_ROOT_SLAB:
		if (exact && all % size)
			exec_find("snapshot: a slab root of %u bytes each: %llu", size, all);
		break;
	default:
		if (exact && all < size)
			exec_find("snapshot: a task of %u bytes: %llu", size,
				  all);
		break;
	}
}

/* Does each pointer lead to one place at most? */
static bool is_simple(const struct call *c, const struct livedump_snapshot *arg)
{
	const struct livedump_edge *e = (void *)c->array[2];
	__u32 i;

	if (arg->edges != (uintptr_t)e || arg->edge_size != sizeof(*e) ||
	    arg->nr_edges > ARRAY_SIZE_MAX / sizeof(*e))
		return false;
	for (i = 0; i < arg->nr_edges; i++) {
		if (e[i].kind >= LIVEDUMP_EDGE_PERCPU)
			return false;
	}
	return true;
}

static void check_snapshot(const struct call *c, const struct livedump_snapshot *arg)
{
	const struct livedump_root *r = (void *)c->array[0];
	const struct livedump_type *t = (void *)c->array[1];
	__u64 objects = arg->max_objects ?: LIVEDUMP_DEFAULT_OBJECTS;
	__u32 i;

	sum(arg->out_missing, "snapshot");
	if (arg->out_objects > objects)
		exec_find("snapshot: more objects than its budget allows");
	if (arg->max_bytes && arg->out_pages > arg->max_bytes / PAGE)
		exec_find("snapshot: more bytes than its budget allows");
	if (is_simple(c, arg) &&
	    arg->out_null + arg->out_foreign + arg->out_seen + arg->out_cut > arg->out_pointers)
		exec_find("snapshot: more pointers than there are");
	if (arg->roots != (uintptr_t)r || arg->types != (uintptr_t)t ||
	    arg->root_size != sizeof(*r) || arg->type_size != sizeof(*t) ||
	    arg->nr_roots > ARRAY_SIZE_MAX / sizeof(*r) ||
	    arg->nr_types > ARRAY_SIZE_MAX / sizeof(*t))
		return;
	for (i = 0; i < arg->nr_roots; i++) {
		if (r[i].type < arg->nr_types && !t[r[i].type].flex_size)
			check_root(arg, &r[i], t[r[i].type].size);
	}
}

static void check_status(const struct livedump_status *arg)
{
	sum(arg->out_missing, "status");
	if (arg->out_state > LIVEDUMP_STOPPED)
		exec_find("status: state %u", arg->out_state);
	if (arg->out_used > arg->out_limit)
		exec_find("status: more is used than the limit allows");
	if (ex.single && arg->out_pages * PAGE > arg->out_used)
		exec_find("status: less is used than the pages take");
}

static void check_list(const struct call *c, const struct livedump_list *arg)
{
	const struct livedump_list_entry *e;
	__u32 i, k, n = min(arg->nr, arg->out_nr);

	if (arg->entries != (uintptr_t)c->array[0] || arg->entry_size < sizeof(*e) ||
	    (__u64)arg->entry_size * n > ARRAY_SIZE_MAX)
		return;
	for (i = 0; i < n; i++) {
		e = (void *)(c->array[0] + (size_t)i * arg->entry_size);
		if (!e->name[0] || e->name[LIVEDUMP_NAME_LEN - 1])
			exec_find("list: entry %u has a bad name", i);
		if (e->state > LIVEDUMP_STOPPED || e->used > e->limit)
			exec_find("list: entry %u makes no sense", i);
		for (k = sizeof(*e); k < arg->entry_size; k++) {
			if (((unsigned char *)e)[k])
				exec_find("list: the end of entry %u is not zero", i);
		}
	}
}

#define OUTPUT(_struct, _from, _to)	\
	{ offsetof(struct _struct, _from), offsetof(struct _struct, _to) }
#define OUTPUT_TO_END(_struct, _from)	\
	{ offsetof(struct _struct, _from), sizeof(struct _struct) }

/* Outputs, as [from, to). */
static const struct { __u32 from, to; } outputs[NR_IOCTLS][3] = {
	[OP_INFO] = { OUTPUT_TO_END(livedump_info, out_vmcoreinfo_size) },
	[OP_CREATE] = { OUTPUT(livedump_create, out_fd, __reserved) },
	[OP_OPEN] = { OUTPUT(livedump_open, out_fd, __reserved) },
	[OP_LIST] = { OUTPUT(livedump_list, out_nr, __reserved) },
	[OP_STATUS] = { OUTPUT_TO_END(livedump_status, out_name) },
	[OP_RECORD] = { OUTPUT_TO_END(livedump_record, out_recorded) },
	[OP_SNAPSHOT] = { OUTPUT(livedump_snapshot, out_bad_root, max_objects),
			  OUTPUT(livedump_snapshot, out_objects, slab),
			  OUTPUT(livedump_snapshot, out_nodes, __reserved) },
	[OP_WHATIS] = { OUTPUT_TO_END(livedump_whatis, out_flags) },
};

static bool is_output(enum op op, __u32 at)
{
	__u32 i;

	for (i = 0; i < lengthof(outputs[op]); i++) {
		if (at >= outputs[op][i].from && at < outputs[op][i].to)
			return true;
	}
	return false;
}

/* Only outputs are written, only where the caller has room, and only with an answer. */
static void check_written(const struct call *c, int err)
{
	static const int answers[] = { 0, ENOSPC, ENOMEM, ENXIO, ESRCH };
	bool answered = is_one_of(err, answers, lengthof(answers));
	__u32 i, end = min(c->size, c->known);
	enum op op = op_of(c->r);

	for (i = 0; i < c->length; i++) {
		if (c->at[i] == c->image[i])
			continue;
		if (!answered || i >= end || !is_output(op, i)) {
			exec_find("%s: errno %d, and byte %u of %u is written", op_names[op],
				  err, i, c->size);
			break;
		}
	}
	for (i = 0; i < FILL_BEHIND; i++) {
		if (c->at[c->length + i] != FILL || *(c->at - 1 - i) != FILL)
			exec_find("%s: something beside the structure is written", op_names[op]);
	}
}

void check_result(const struct call *c, int err)
{
	const void *arg = c->at;

	/* An array may lie where the structure does. */
	if (!c->sane)
		return;
	check_written(c, err);
	if (c->size < c->known)
		return;
	switch (op_of(c->r)) {
	case OP_RECORD:
		if (!err || ((err == ENOSPC || err == ENOMEM) &&
			     !is_junk(((struct livedump_record *)arg)->out_recorded)))
			check_record(c, arg);
		break;
	case OP_SNAPSHOT:
		if (!err || ((err == ENOSPC || err == ENOMEM) &&
			     !is_junk(((struct livedump_snapshot *)arg)->out_objects)))
			check_snapshot(c, arg);
		break;
	case OP_STATUS:
		if (!err)
			check_status(arg);
		break;
	case OP_LIST:
		if (!err)
			check_list(c, arg);
		break;
	default:
		break;
	}
}

/* ---- what a session holds ---- */

static const void *map_region(int fd, __u64 region, __u64 bytes)
{
	void *at;

	if (!bytes)
		return NULL;
	at = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, region);
	if (at == MAP_FAILED) {
		exec_find("a session's region 0x%llx of 0x%llx bytes cannot be mapped: errno %d",
			  region, bytes, errno);
		return NULL;
	}
	return at;
}

static void unmap_region(const void *at, __u64 bytes)
{
	if (at)
		munmap((void *)at, bytes);
}

/* Pages of the canary hold what they hold. */
static void check_canary(const struct livedump_page *page, const unsigned char *data)
{
	int i, k;

	for (i = 0; i < CANARY_PAGES && canary.pfn[i] != page->pfn; i++)
		;
	for (k = 0; i < CANARY_PAGES && k < (int)PAGE; k++) {
		if (data[k] != CANARY + i && !canary_moved()) {
			exec_find("byte %d of known memory is recorded as 0x%02x", k, data[k]);
			return;
		}
	}
}

static void check_pages(const struct livedump_status *st, const struct livedump_page *pages,
			const unsigned char *data)
{
	static __u64 index[4 * MAX_PAGES];
	__u32 i, at;

	memset(index, 0, sizeof(index));
	for (i = 0; i < st->out_pages; i++) {
		for (at = pages[i].pfn * 0x9e3779b1; index[at % lengthof(index)]; at++) {
			if (index[at % lengthof(index)] == pages[i].pfn + 1)
				exec_find("a page is kept twice");
		}
		index[at % lengthof(index)] = pages[i].pfn + 1;
		if (!pages[i].request || pages[i].request > st->out_requests || pages[i].mark ||
		    !pages[i].flags || pages[i].flags > 7 || pages[i].vaddr % PAGE)
			exec_find("page %u makes no sense", i);
		check_canary(&pages[i], data + i * PAGE);
	}
}

static void check_others(const struct livedump_status *st, const struct livedump_alias *aliases,
			 const struct livedump_hole *holes)
{
	__u64 i;

	for (i = 0; aliases && i < st->out_aliases; i++) {
		if (aliases[i].vaddr % PAGE || aliases[i].page >= st->out_pages ||
		    !aliases[i].request || aliases[i].request > st->out_requests)
			exec_find("alias %llu makes no sense", i);
	}
	for (i = 0; holes && i < st->out_holes; i++) {
		if (!holes[i].length || !holes[i].reason ||
		    holes[i].reason >= LIVEDUMP_NR_REASONS - 1 || holes[i].flags > 3 ||
		    holes[i].__reserved || holes[i].request > st->out_requests)
			exec_find("hole %llu makes no sense", i);
	}
}

static void check_objects(const struct livedump_status *st, const struct livedump_object *o)
{
	__u64 i;

	for (i = 0; o && i < st->out_listed; i++) {
		if (!o[i].request || o[i].request > st->out_requests || o[i].__reserved ||
		    o[i].flags > 7 || o[i].depth > LIVEDUMP_MAX_DEPTH || !o[i].length)
			exec_find("object %llu makes no sense", i);
		if (o[i].parent == LIVEDUMP_NO_PARENT)
			continue;
		if (o[i].parent >= i || o[o[i].parent].request != o[i].request ||
		    o[o[i].parent].depth > o[i].depth)
			exec_find("object %llu cannot have parent %u", i, o[i].parent);
	}
}

static void check_cpus(const struct livedump_status *st, const struct livedump_cpu *c)
{
	__u64 i;

	for (i = 0; c && i < st->out_cpus; i++) {
		if ((i && c[i].cpu <= c[i - 1].cpu) || c[i].flags > 7 || !c[i].request ||
		    c[i].request > st->out_requests || c[i].nr_regs > LIVEDUMP_MAX_REGS)
			exec_find("CPU %llu makes no sense", i);
		if (!c[i].nr_regs != !!(c[i].flags & LIVEDUMP_CPU_SILENT) ||
		    !c[i].task != !c[i].nr_regs)
			exec_find("CPU %u has answered, and has not", c[i].cpu);
	}
}

/* Look into a session that nobody uses any more. */
void check_session(int fd)
{
	struct livedump_status st = { .size = sizeof(st) };
	const void *pages, *data, *aliases, *holes, *objects, *notes, *cpus;
	__u64 size[7];

	if (ioctl(fd, LIVEDUMP_STATUS, &st))
		return;
	check_status(&st);
	if (st.out_pages > MAX_PAGES)
		return;
	size[0] = st.out_pages * sizeof(struct livedump_page);
	size[1] = st.out_pages * PAGE;
	size[2] = st.out_aliases * sizeof(struct livedump_alias);
	size[3] = st.out_holes * sizeof(struct livedump_hole);
	size[4] = st.out_listed * sizeof(struct livedump_object);
	size[5] = st.out_notes;
	size[6] = st.out_cpus * sizeof(struct livedump_cpu);
	pages = map_region(fd, LIVEDUMP_MMAP_PAGES, size[0]);
	data = map_region(fd, LIVEDUMP_MMAP_DATA, size[1]);
	aliases = map_region(fd, LIVEDUMP_MMAP_ALIASES, size[2]);
	holes = map_region(fd, LIVEDUMP_MMAP_HOLES, size[3]);
	objects = map_region(fd, LIVEDUMP_MMAP_OBJECTS, size[4]);
	notes = map_region(fd, LIVEDUMP_MMAP_NOTES, size[5]);
	cpus = map_region(fd, LIVEDUMP_MMAP_CPUS, size[6]);
	if (pages && data)
		check_pages(&st, pages, data);
	check_others(&st, aliases, holes);
	check_objects(&st, objects);
	check_cpus(&st, cpus);
	unmap_region(pages, size[0]);
	unmap_region(data, size[1]);
	unmap_region(aliases, size[2]);
	unmap_region(holes, size[3]);
	unmap_region(objects, size[4]);
	unmap_region(notes, size[5]);
	unmap_region(cpus, size[6]);
}

/* All files are closed, all mappings are gone: without its names, nothing may be left. */
void check_gone(int dev)
{
	static __u64 used_before = ~0ULL;
	struct livedump_info info = { .size = sizeof(info) };
	struct livedump_list list = { .size = sizeof(list) };
	struct livedump_destroy destroy;
	unsigned int i;

	if (ioctl(dev, LIVEDUMP_LIST, &list))
		exec_find("list: errno %d", errno);
	for (i = 0; i < NR_NAMES && list.out_nr; i++) {
		memset(&destroy, 0, sizeof(destroy));
		destroy.size = sizeof(destroy);
		memcpy(destroy.name, names[i], strnlen(names[i], LIVEDUMP_NAME_LEN));
		ioctl(dev, LIVEDUMP_DESTROY, &destroy);
	}
	if (ioctl(dev, LIVEDUMP_INFO, &info))
		exec_find("info: errno %d", errno);
	if (used_before == ~0ULL)
		used_before = info.out_used;
	if (info.out_used != used_before)
		exec_find("%llu bytes are left", info.out_used - used_before);
	used_before = info.out_used;
}
