// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls: a structure that is right, bent by the record and the changes behind it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fuzz.h"

/* Where in memory of the worker's own a structure is. */
#define LEAD	128

unsigned long nr_calls[NR_IOCTLS], nr_good[NR_IOCTLS];

const char *const names[NR_NAMES] = {
	"", "a", "b", "c-._0", ".bad", "bad name",
	"sixty-three-letters-are-the-most-that-a-session's-name-can-have",
	"0123456789012345678901234567890123456789012345678901234567890123",
};

static void put_name(char *to, unsigned int selector)
{
	memset(to, 0, LIVEDUMP_NAME_LEN);
	memcpy(to, names[selector % NR_NAMES],
	       strnlen(names[selector % NR_NAMES], LIVEDUMP_NAME_LEN));
	if (selector == 255)
		to[LIVEDUMP_NAME_LEN - 1] = 1;
}

/* An array of the caller's: its own, or somewhere worse. */
__u64 array_pointer(struct call *c, unsigned int nr, unsigned int selector)
{
	c->sane &= selector % 32 < 16 || selector % 32 > 25;
	switch (selector % 32) {
	case 16:
		return 0;
	case 17:
		return (uintptr_t)c->w->arrays - PAGE;
	case 18:
		return (uintptr_t)read_only;
	case 19:
		return canary.pfn[0] * PAGE + 0xffff888000000000;
	case 20:	/* over the end */
		return (uintptr_t)c->w->arrays + ARRAY_PAGES * PAGE - 100;
	case 21:
		return (uintptr_t)toggled + PAGE / 2;
	case 22:
		return (uintptr_t)zeroes;
	case 23:	/* the structure itself */
		return (uintptr_t)c->at;
	case 24:	/* what a session shows: read-only */
		return (uintptr_t)maps;
	case 25:
		return ~0ULL - 100;
	default:
		return (uintptr_t)c->array[nr];
	}
}

static void fill_info(struct call *c)
{
	struct livedump_info *arg = (void *)c->image;

	arg->vmcoreinfo = c->r->a & 1 ? array_pointer(c, 0, c->r->c) : 0;
	arg->vmcoreinfo_size = c->r->b & 1 ? 4096 : c->r->v;
}

static const __u64 sizes[] = { 0, 1, 4096, 65536, 1 << 20, 3 << 20, 8 << 20, 1ULL << 40 };

static void fill_create(struct call *c)
{
	struct livedump_create *arg = (void *)c->image;

	put_name(arg->name, c->r->a);
	/* Mostly such that no program takes long. */
	arg->limit = c->r->b & 0x40 ? sizes[c->r->b % 8] : 2 << 20;
	arg->deadline_ms = c->r->b & 0x80 ? c->r->v & 0xff : 10000;
	arg->reserve = c->r->c & 0x80 ? sizes[c->r->c >> 4 & 7] : 0;
	arg->__reserved = 0;
}

static void fill_open(struct call *c)
{
	struct livedump_open *arg = (void *)c->image;

	put_name(arg->name, c->r->a);
	arg->__reserved = 0;
}

static void fill_destroy(struct call *c)
{
	struct livedump_destroy *arg = (void *)c->image;

	put_name(arg->name, c->r->a);
}

static void fill_list(struct call *c)
{
	static const __u32 entry[] = { 0, 8, -8, 63, 64, 4096, 1, 128 };
	struct livedump_list *arg = (void *)c->image;

	arg->entries = array_pointer(c, 0, c->r->c);
	arg->entry_size = sizeof(struct livedump_list_entry);
	if (c->r->b & 0x80)
		arg->entry_size = c->r->b & 0x40 ? entry[c->r->b % 8] :
				  arg->entry_size + entry[c->r->b % 3];
	arg->nr = c->r->a % 5;
	if (c->r->a & 0x80) {
		arg->nr = c->r->v;
		c->sane = false;
	}
	arg->__reserved = 0;
}

static void fill_annotate(struct call *c)
{
	static const __u32 lengths[] = { 1, 16, 4096, 4097, 8192, 12345, ARRAY_SIZE_MAX, 0 };
	struct livedump_annotate *arg = (void *)c->image;

	arg->text = array_pointer(c, 0, c->r->c);
	arg->length = lengths[c->r->a % 8];
	if (c->r->a & 0x80) {
		arg->length = c->r->v;
		c->sane = false;
	}
}

static void fill_whatis(struct call *c)
{
	struct livedump_whatis *arg = (void *)c->image;

	arg->address = target(c->r->v).address;
	arg->slab = 0;
	arg->percpu_start = 0;
	arg->percpu_end = c->r->b << 12;
	if (!(c->r->a & 1))
		return;
	fill_slab((void *)c->array[0], c->r->a & 2 ? c->r->v ^ c->r->c : 0);
	arg->slab = array_pointer(c, 0, c->r->c);
}

static void fill_nothing(struct call *c)
{
}

/**
 * struct ioctl_desc - one ioctl
 * @nr: its number
 * @size: of its structure
 * @device: it belongs to the device, not to a session
 * @entry: size of an entry of array i
 * @fill: fills the structure
 */
static const struct ioctl_desc {
	unsigned long nr;
	__u32 size;
	bool device;
	__u32 entry[3];
	void (*fill)(struct call *c);
} ioctls[NR_IOCTLS] = {
	[OP_INFO] = { LIVEDUMP_INFO, sizeof(struct livedump_info), true, {}, fill_info },
	[OP_CREATE] = { LIVEDUMP_CREATE, sizeof(struct livedump_create), true, {}, fill_create },
	[OP_OPEN] = { LIVEDUMP_OPEN, sizeof(struct livedump_open), true, {}, fill_open },
	[OP_DESTROY] = { LIVEDUMP_DESTROY, sizeof(struct livedump_destroy), true, {},
			 fill_destroy },
	[OP_LIST] = { LIVEDUMP_LIST, sizeof(struct livedump_list), true, {}, fill_list },
	[OP_STATUS] = { LIVEDUMP_STATUS, sizeof(struct livedump_status), false, {},
			fill_nothing },
	[OP_RECORD] = { LIVEDUMP_RECORD, sizeof(struct livedump_record), false,
			{ sizeof(struct livedump_range) }, fill_record },
	[OP_SNAPSHOT] = { LIVEDUMP_SNAPSHOT, sizeof(struct livedump_snapshot), false,
			  { sizeof(struct livedump_root), sizeof(struct livedump_type),
			    sizeof(struct livedump_edge) }, fill_snapshot },
	[OP_STOP] = { LIVEDUMP_STOP, sizeof(struct livedump_stop), false, {}, fill_nothing },
	[OP_ANNOTATE] = { LIVEDUMP_ANNOTATE, sizeof(struct livedump_annotate), false, {},
			  fill_annotate },
	[OP_WHATIS] = { LIVEDUMP_WHATIS, sizeof(struct livedump_whatis), true,
			{ sizeof(struct livedump_slab) }, fill_whatis },
	[OP_UNKNOWN] = { 0, 64, false, {}, fill_nothing },
};

static __u64 changed_value(const struct call *c, const struct rec *change, __u64 old)
{
	switch (change->shape >> 2 & 7) {
	case VALUE_TARGET:
		return target(change->v).address;
	case VALUE_ADD:
		return old + change->v;
	case VALUE_OWN:
		return (uintptr_t)c->w->arrays + change->v % (ARRAY_PAGES * PAGE);
	case VALUE_NEGATIVE:
		return -change->v;
	default:
		return change->v;
	}
}

static void make_change(struct call *c, const struct ioctl_desc *d, const struct rec *change)
{
	__u32 width = 1 << (change->shape & 3);
	__u32 offset = change->a | change->b << 8;
	unsigned char *base = c->image;
	__u32 room = sizeof(c->image);
	__u64 value = 0;

	if (change->who % 4) {
		base = c->array[change->who % 4 - 1];
		room = ARRAY_SIZE_MAX;
		if (d->entry[change->who % 4 - 1])
			offset += change->fd * d->entry[change->who % 4 - 1];
	}
	offset %= room - 8;
	memcpy(&value, base + offset, width);
	value = changed_value(c, change, value);
	memcpy(base + offset, &value, width);
}

static __u32 size_of(const struct rec *r, __u32 known)
{
	switch (r->shape % 16) {
	case 8:
		return known - 1 - r->v % 8;
	case 9:
		return r->v % 8;
	case 10: case 11:	/* with a tail: of zeroes, or not */
		return known + 8;
	case 12:
		return PAGE;
	case 13:
		return PAGE + 1;
	case 14:
		return r->v;
	default:
		return known;
	}
}

/* Where the structure goes. */
static void place(struct call *c)
{
	unsigned char *own = c->w->structs;

	c->whole = false;
	switch (c->r->shape >> 4) {
	case 10:
		c->at = NULL;
		break;
	case 11:
		c->at = own - PAGE;
		break;
	case 12:
		c->at = read_only + 64;
		break;
	case 13:
		c->at = (unsigned char *)(0xffff888000000000 + canary.pfn[0] * PAGE);
		break;
	case 14:	/* the end of it is not mapped */
		c->at = own + STRUCT_PAGES * PAGE - min(c->size, 2 * PAGE) / 2;
		break;
	case 15:
		c->at = toggled + PAGE - 64;
		break;
	default:
		c->at = own + LEAD + (c->r->shape >> 4) % 2 * 3;
		c->whole = true;
		break;
	}
}

static bool fail_nth(struct worker *w, unsigned int nth)
{
	char text[8];
	int len = snprintf(text, sizeof(text), "%u", nth);

	return w->fail_nth >= 0 && pwrite(w->fail_nth, text, len, 0) == len;
}

static bool has_failed(struct worker *w)
{
	char text[16] = "1";

	return pread(w->fail_nth, text, sizeof(text) - 1, 0) > 0 && text[0] == '0';
}

static int execute(struct call *c, int fd, unsigned long nr)
{
	bool fails = c->r->who & WHO_FAIL && fail_nth(c->w, 1 + (c->r->who >> 2) % 32);
	int err;

	err = ioctl(fd, nr, c->at) < 0 ? errno : 0;
	__atomic_add_fetch(&nr_calls[op_of(c->r)], 1, __ATOMIC_RELAXED);
	if (!err)
		__atomic_add_fetch(&nr_good[op_of(c->r)], 1, __ATOMIC_RELAXED);
	c->w->failed = false;
	if (fails) {
		c->w->failed = has_failed(c->w);
		fail_nth(c->w, 0);
	}
	return err;
}

static void keep_file(const struct call *c)
{
	unsigned int slot = 1 + c->r->c % (SLOTS - 1);

	if (op_of(c->r) == OP_CREATE)
		exec_put(slot, ((struct livedump_create *)c->at)->out_fd, SLOT_SESSION);
	if (op_of(c->r) == OP_OPEN)
		exec_put(slot, ((struct livedump_open *)c->at)->out_fd, SLOT_SESSION);
}

static unsigned long unknown_nr(const struct rec *r)
{
	switch (r->a % 4) {
	case 0:
		return r->v & 0xffffffff;
	case 1:
		return _IO(LIVEDUMP_TYPE, r->b);
	case 2:
		return _IOWR(LIVEDUMP_TYPE, r->b % 24, struct livedump_status);
	default:
		return _IO(r->b, r->c % 24);
	}
}

/* Put the structure where it goes, as far as there is room. */
static void put_image(const struct call *c)
{
	unsigned char *end = c->w->structs + STRUCT_PAGES * PAGE;

	if (c->whole) {
		memset(c->at - FILL_BEHIND, FILL, c->length + 2 * FILL_BEHIND);
		memcpy(c->at, c->image, c->length);
	} else if (c->at >= c->w->structs && c->at < end) {
		memcpy(c->at, c->image, min(c->length, (size_t)(end - c->at)));
	} else {
		memory_put(c->at, c->image, c->length);
	}
}

static void make_image(struct call *c, const struct ioctl_desc *d)
{
	unsigned int k;

	memset(c->image, 0, sizeof(c->image));
	memset(c->image + 8, JUNK, d->size - 8);
	((__u32 *)c->image)[0] = c->size;
	d->fill(c);
	if (c->r->shape % 16 == 11)
		c->image[d->size + c->r->v % 8] = 1;
	for (k = 0; k < c->nr_changes; k++)
		make_change(c, d, &c->changes[k]);
}

/* Do the ioctl of record @i and look at what came of it. */
void call_ioctl(struct worker *w, const struct prog *p, __u32 i)
{
	const struct ioctl_desc *d = &ioctls[op_of(&p->rec[i])];
	struct call *c = &w->call;
	enum slot_kind kind;
	int fd, err, k;

	c->w = w;
	c->r = &p->rec[i];
	c->changes = c->r + 1;
	c->nr_changes = changes_of(p, i);
	c->known = d->size;
	c->device = d->device;
	c->size = size_of(c->r, d->size);
	c->length = min(c->size > d->size ? c->size : d->size, PAGE + 64);
	c->sane = true;
	for (k = 0; k < 3; k++)
		c->array[k] = w->arrays + k * ARRAY_SIZE_MAX;
	place(c);
	make_image(c, d);
	put_image(c);

	fd = exec_fd(c->r, &kind);
	if (d->device && !(c->r->fd & (FD_SPECIAL | 0x40))) {
		fd = ex.slots[0].fd;
		kind = ex.slots[0].kind;
	}
	err = execute(c, fd, op_of(c->r) == OP_UNKNOWN ? unknown_nr(c->r) : d->nr);
	check_errno(c, kind, err);
	if (op_of(c->r) != OP_UNKNOWN && c->whole)
		check_result(c, err);
	if (!err && c->whole)
		keep_file(c);
}
