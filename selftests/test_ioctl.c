// SPDX-License-Identifier: GPL-2.0
/*
 * What holds for every ioctl: sizes, tails, flags, bad pointers, outputs, and which file takes
 * which. One fixture, one variant for each ioctl.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "livedump_harness.h"
#include "livedump_utils.h"

#define NAME		"ioctl"
#define MAX_STRUCT	4096

/* Arrays that the structures point to. */
struct arrays {
	struct livedump_range range;
	struct livedump_root root;
	struct livedump_type type;
	struct livedump_list_entry entry;
	char text[16];
};

/* Bytes of a structure. */
struct region {
	size_t from;
	size_t to;
};

/**
 * struct bench - what the tests of one ioctl work with
 * @dev: the device
 * @fd: a session
 * @target: the one of them that takes the ioctl
 * @room: two pages, and one that is not there
 * @end: the latter
 * @arrays: for structures that need some
 * @address: something to record
 */
struct bench {
	int dev;
	int fd;
	int target;
	unsigned char *room;
	unsigned char *end;
	struct arrays *arrays;
	__u64 address;
};

/**
 * struct spec - an ioctl
 * @nr: its number
 * @on_session: a session's, not the device's
 * @fd_at: where it answers with a file descriptor, 0 if it does not
 * @size: of its structure
 * @first: of its first version, where it has grown
 * @flags: known ones
 * @out: where its outputs are
 */
struct spec {
	unsigned int nr;
	bool on_session;
	size_t fd_at;
	size_t size;
	size_t first;
	__u32 flags;
	struct region out[3];
};

FIXTURE(ioctl) {
	struct bench b;
};

FIXTURE_VARIANT(ioctl) {
	struct spec spec;
};

FIXTURE_VARIANT_ADD(ioctl, info) {
	.spec = {
		.nr = LIVEDUMP_INFO,
		.size = sizeof(struct livedump_info),
		.out = {
			{ offsetof(struct livedump_info, out_vmcoreinfo_size),
			  sizeof(struct livedump_info) },
		},
	},
};

FIXTURE_VARIANT_ADD(ioctl, create) {
	.spec = {
		.nr = LIVEDUMP_CREATE,
		.size = sizeof(struct livedump_create),
		.fd_at = offsetof(struct livedump_create, out_fd),
		.out = {
			{ offsetof(struct livedump_create, out_fd),
			  offsetof(struct livedump_create, __reserved) },
		},
	},
};

FIXTURE_VARIANT_ADD(ioctl, open) {
	.spec = {
		.nr = LIVEDUMP_OPEN,
		.size = sizeof(struct livedump_open),
		.fd_at = offsetof(struct livedump_open, out_fd),
		.out = {
			{ offsetof(struct livedump_open, out_fd),
			  offsetof(struct livedump_open, __reserved) },
		},
	},
};

FIXTURE_VARIANT_ADD(ioctl, destroy) {
	.spec = {
		.nr = LIVEDUMP_DESTROY,
		.size = sizeof(struct livedump_destroy),
	},
};

FIXTURE_VARIANT_ADD(ioctl, list) {
	.spec = {
		.nr = LIVEDUMP_LIST,
		.size = sizeof(struct livedump_list),
		.out = {
			{ offsetof(struct livedump_list, out_nr),
			  offsetof(struct livedump_list, __reserved) },
		},
	},
};

FIXTURE_VARIANT_ADD(ioctl, whatis) {
	.spec = {
		.nr = LIVEDUMP_WHATIS,
		.size = sizeof(struct livedump_whatis),
		.out = {
			{ offsetof(struct livedump_whatis, out_flags),
			  sizeof(struct livedump_whatis) },
		},
	},
};

FIXTURE_VARIANT_ADD(ioctl, status) {
	.spec = {
		.nr = LIVEDUMP_STATUS,
		.on_session = true,
		.size = sizeof(struct livedump_status),
		.first = offsetof(struct livedump_status, out_listed),
		.out = {
			{ offsetof(struct livedump_status, out_name),
			  sizeof(struct livedump_status) },
		},
	},
};

FIXTURE_VARIANT_ADD(ioctl, record) {
	.spec = {
		.nr = LIVEDUMP_RECORD,
		.on_session = true,
		.size = sizeof(struct livedump_record),
		.flags = LIVEDUMP_KEEP | LIVEDUMP_USER_MEMORY,
		.out = {
			{ offsetof(struct livedump_record, out_recorded),
			  sizeof(struct livedump_record) },
		},
	},
};

FIXTURE_VARIANT_ADD(ioctl, snapshot) {
	.spec = {
		.nr = LIVEDUMP_SNAPSHOT,
		.on_session = true,
		.size = sizeof(struct livedump_snapshot),
		.first = offsetof(struct livedump_snapshot, slab),
		.flags = LIVEDUMP_KEEP | LIVEDUMP_USER_MEMORY | LIVEDUMP_LIST_OBJECTS,
		.out = {
			{ offsetof(struct livedump_snapshot, out_bad_root),
			  offsetof(struct livedump_snapshot, max_objects) },
			{ offsetof(struct livedump_snapshot, out_objects),
			  offsetof(struct livedump_snapshot, slab) },
			{ offsetof(struct livedump_snapshot, out_nodes),
			  offsetof(struct livedump_snapshot, __reserved) },
		},
	},
};

FIXTURE_VARIANT_ADD(ioctl, stop) {
	.spec = {
		.nr = LIVEDUMP_STOP,
		.on_session = true,
		.size = sizeof(struct livedump_stop),
	},
};

FIXTURE_VARIANT_ADD(ioctl, annotate) {
	.spec = {
		.nr = LIVEDUMP_ANNOTATE,
		.on_session = true,
		.size = sizeof(struct livedump_annotate),
	},
};

FIXTURE_SETUP(ioctl)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;
	struct livedump_info info;

	b->dev = ld_device();
	ASSERT_LE(0, b->dev);
	ld_destroy_all(b->dev);
	test_info(b->dev, &info);
	b->address = info.out_text_start;
	test_create(b->fd, b->dev, NULL);
	b->target = spec->on_session ? b->fd : b->dev;

	b->room = mmap(NULL, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, b->room);
	b->end = b->room + 2 * PAGE_SIZE;
	ASSERT_EQ(0, mprotect(b->end, PAGE_SIZE, PROT_NONE));
	b->arrays = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, b->arrays);
}

FIXTURE_TEARDOWN(ioctl)
{
	struct bench *b = &self->b;

	ld_destroy_all(b->dev);
	close(b->fd);
	close(b->dev);
}

/* The names that OPEN and DESTROY want are there. */
static void prepare_name(struct bench *b, char *name)
{
	int fd = ld_create(b->dev, NAME);

	if (fd >= 0)
		close(fd);
	strcpy(name, NAME);
}

static void prepare_requests(struct bench *b, unsigned int nr, void *arg)
{
	struct arrays *arrays = b->arrays;
	struct livedump_snapshot *snap = arg;
	struct livedump_record *record = arg;

	if (nr == LIVEDUMP_RECORD) {
		arrays->range = ld_virt(b->address, 16);
		record->ranges = (uintptr_t)&arrays->range;
		record->nr = 1;
		record->range_size = sizeof(arrays->range);
		return;
	}
	memset(&arrays->root, 0, sizeof(arrays->root));
	arrays->root.address = b->address;
	arrays->type = (struct livedump_type){ .size = 16 };
	snap->roots = (uintptr_t)&arrays->root;
	snap->types = (uintptr_t)&arrays->type;
	snap->nr_roots = 1;
	snap->nr_types = 1;
	snap->root_size = sizeof(arrays->root);
	snap->type_size = sizeof(arrays->type);
	snap->edge_size = sizeof(struct livedump_edge);
}

/* A valid structure at @arg, its outputs all @junk. */
static void prepare(struct bench *b, const struct spec *spec, void *arg,
		    unsigned char junk)
{
	struct livedump_annotate *note = arg;
	struct livedump_list *list = arg;
	size_t i;

	memset(arg, 0, spec->size);
	*(__u32 *)arg = spec->size;
	switch (spec->nr) {
	case LIVEDUMP_OPEN:
		prepare_name(b, ((struct livedump_open *)arg)->name);
		break;
	case LIVEDUMP_DESTROY:
		prepare_name(b, ((struct livedump_destroy *)arg)->name);
		break;
	case LIVEDUMP_LIST:
		list->entries = (uintptr_t)&b->arrays->entry;
		list->entry_size = sizeof(b->arrays->entry);
		list->nr = 1;
		break;
	case LIVEDUMP_RECORD:
	case LIVEDUMP_SNAPSHOT:
		prepare_requests(b, spec->nr, arg);
		break;
	case LIVEDUMP_ANNOTATE:
		note->text = (uintptr_t)b->arrays->text;
		note->length = sizeof(b->arrays->text);
		break;
	}
	for (i = 0; i < ARRAY_SIZE(spec->out); i++)
		memset(arg + spec->out[i].from, junk, spec->out[i].to - spec->out[i].from);
}

/* Call it; a file descriptor that it makes is closed again. */
static int call(struct bench *b, const struct spec *spec, void *arg)
{
	int ret;

	errno = 0;
	ret = ioctl(b->target, spec->nr, arg);
	if (!ret && spec->fd_at)
		close(*(__s32 *)(arg + spec->fd_at));
	return ret;
}

static bool is_output(const struct spec *spec, size_t at)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(spec->out); i++) {
		if (at >= spec->out[i].from && at < spec->out[i].to)
			return true;
	}
	return false;
}

TEST_F(ioctl, outputs_are_written_and_inputs_are_not)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;
	unsigned char before[MAX_STRUCT], first[MAX_STRUCT], *second = b->room;
	unsigned int untouched = 0;
	size_t i;

	prepare(b, spec, b->room, 0xa5);
	ASSERT_EQ(0, call(b, spec, b->room));
	memcpy(first, b->room, spec->size);

	prepare(b, spec, second, 0x5a);
	memcpy(before, second, spec->size);
	ASSERT_EQ(0, call(b, spec, second));
	for (i = 0; i < spec->size; i++) {
		if (!is_output(spec, i)) {
			EXPECT_EQ(before[i], second[i]) TH_LOG("input byte %zu changed", i);
			continue;
		}
		/* Bytes of one number, all as they were, both times. */
		untouched = first[i] == 0xa5 && second[i] == 0x5a ? untouched + 1 : 0;
		EXPECT_GT(4, untouched) TH_LOG("output byte %zu was not written", i);
	}
}

TEST_F(ioctl, short_struct)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;
	__u32 size;

	for (size = 0; size < (spec->first ?: spec->size); size++) {
		prepare(b, spec, b->room, JUNK);
		*(__u32 *)b->room = size;
		ASSERT_EQ(-1, call(b, spec, b->room)) TH_LOG("size %u", size);
		ASSERT_EQ(EINVAL, errno) TH_LOG("size %u", size);
	}
}

/* A caller that was built before the structure grew: what he does not have is zero, and is his. */
TEST_F(ioctl, older_struct)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;
	size_t size, tail;

	for (size = spec->first ?: spec->size; size <= spec->size; size++) {
		prepare(b, spec, b->room, JUNK);
		*(__u32 *)b->room = size;
		tail = spec->size - size;
		memset(b->room + size, JUNK, tail);
		ASSERT_EQ(0, call(b, spec, b->room)) TH_LOG("size %zu", size);
		EXPECT_EQ(tail, ld_same(b->room + size, JUNK, tail)) TH_LOG("size %zu", size);
	}
}

TEST_F(ioctl, long_struct_with_zero_tail)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;
	const size_t sizes[] = { spec->size + 1, spec->size + 8, 1024, MAX_STRUCT };
	size_t i, tail;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memset(b->room, 0, 2 * PAGE_SIZE);
		prepare(b, spec, b->room, JUNK);
		*(__u32 *)b->room = sizes[i];
		memset(b->room + sizes[i], JUNK, 64);
		ASSERT_EQ(0, call(b, spec, b->room)) TH_LOG("size %zu", sizes[i]);
		tail = sizes[i] - spec->size;
		EXPECT_EQ(tail, ld_same(b->room + spec->size, 0, tail));
		EXPECT_EQ(64, ld_same(b->room + sizes[i], JUNK, 64));
	}
}

TEST_F(ioctl, long_struct_with_something_in_the_tail)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;
	const size_t size = spec->size + 40;
	size_t at;

	for (at = spec->size; at < size; at++) {
		memset(b->room, 0, 2 * PAGE_SIZE);
		prepare(b, spec, b->room, JUNK);
		*(__u32 *)b->room = size;
		b->room[at] = 1;
		ASSERT_EQ(-1, call(b, spec, b->room)) TH_LOG("byte %zu", at);
		ASSERT_EQ(E2BIG, errno) TH_LOG("byte %zu", at);
	}
	memset(b->room, 0, 2 * PAGE_SIZE);
	prepare(b, spec, b->room, JUNK);
	*(__u32 *)b->room = MAX_STRUCT;
	b->room[MAX_STRUCT - 1] = 0x80;
	EXPECT_ERRNO(E2BIG, call(b, spec, b->room));
}

/* Nobody has that much behind the pointer; it must not be looked for. */
TEST_F(ioctl, absurd_size)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;
	const __u32 sizes[] = { 2 * PAGE_SIZE + 1, 0x7fffffff, 0x80000000, 0xffffffff };
	size_t i;

	memset(b->room, 0, 2 * PAGE_SIZE);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		prepare(b, spec, b->room, JUNK);
		*(__u32 *)b->room = sizes[i];
		ASSERT_EQ(-1, call(b, spec, b->room));
		EXPECT_TRUE(errno == E2BIG || errno == EFAULT) TH_LOG("errno %d", errno);
	}
}

TEST_F(ioctl, unknown_flags)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;
	int bit;

	for (bit = 0; bit < 32; bit++) {
		if (spec->flags & (1U << bit))
			continue;
		prepare(b, spec, b->room, JUNK);
		((__u32 *)b->room)[1] = 1U << bit;
		ASSERT_EQ(-1, call(b, spec, b->room)) TH_LOG("bit %d", bit);
		ASSERT_EQ(EINVAL, errno) TH_LOG("bit %d", bit);
	}
	prepare(b, spec, b->room, JUNK);
	((__u32 *)b->room)[1] = spec->flags;
	EXPECT_EQ(0, call(b, spec, b->room));
}

TEST_F(ioctl, bad_pointer)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;
	const uintptr_t bad[] = {
		0, 8, (uintptr_t)b->end, (uintptr_t)b->end - 2, b->address,
		0x8000000000000000, ~0UL, ~0UL - 3, ~0UL - PAGE_SIZE,
	};
	size_t i;

	prepare(b, spec, b->room, JUNK);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		ASSERT_EQ(-1, ioctl(b->target, spec->nr, bad[i])) TH_LOG("%zu", i);
		ASSERT_EQ(EFAULT, errno) TH_LOG("%zu", i);
	}
}

/* All of it must be there, however much the beginning says that is enough. */
TEST_F(ioctl, cut_off_by_the_end_of_memory)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;
	unsigned char whole[MAX_STRUCT];
	size_t there;

	prepare(b, spec, whole, JUNK);
	for (there = 4; there < spec->size; there += 4) {
		memcpy(b->end - there, whole, there);
		ASSERT_EQ(-1, call(b, spec, b->end - there)) TH_LOG("%zu", there);
		ASSERT_EQ(EFAULT, errno) TH_LOG("%zu", there);
	}
	/* And no more than that is needed. */
	prepare(b, spec, b->end - spec->size, JUNK);
	EXPECT_EQ(0, call(b, spec, b->end - spec->size));
}

TEST_F(ioctl, unaligned_struct)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;

	prepare(b, spec, b->room + 1, JUNK);
	EXPECT_EQ(0, call(b, spec, b->room + 1));
}

TEST_F(ioctl, read_only_struct)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;

	prepare(b, spec, b->room, JUNK);
	ASSERT_EQ(0, mprotect(b->room, PAGE_SIZE, PROT_READ));
	if (!spec->out[0].to) {
		EXPECT_EQ(0, call(b, spec, b->room));
		return;
	}
	EXPECT_ERRNO(EFAULT, call(b, spec, b->room));
}

TEST_F(ioctl, wrong_file)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;
	int other = spec->on_session ? b->dev : b->fd;

	prepare(b, spec, b->room, JUNK);
	EXPECT_ERRNO(ENOTTY, ioctl(other, spec->nr, b->room));
}

TEST_F(ioctl, encoded_direction_and_size)
{
	const struct spec *spec = &variant->spec;
	struct bench *b = &self->b;

	prepare(b, spec, b->room, JUNK);
	EXPECT_ERRNO(ENOTTY, ioctl(b->target, spec->nr | (3U << 30), b->room));
	EXPECT_ERRNO(ENOTTY, ioctl(b->target, spec->nr | (8U << 16), b->room));
	EXPECT_ERRNO(ENOTTY, ioctl(b->target, spec->nr ^ 0x100, b->room));
}

TEST_HARNESS_MAIN
