// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls, one function each.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

#include "livedump_utils.h"

/* A structure that is junk, but for its size and flags. */
static void junk(void *arg, __u32 size)
{
	memset(arg, JUNK, size);
	((__u32 *)arg)[0] = size;
	((__u32 *)arg)[1] = 0;
}

/* A name as long as the member has no NUL. */
static void put_name(char *to, const char *name)
{
	memcpy(to, name, strnlen(name, LIVEDUMP_NAME_LEN));
}

int ld_device(void)
{
	return open(DEVICE, O_RDONLY | O_CLOEXEC);
}

int ld_info(int dev, struct livedump_info *ret)
{
	junk(ret, sizeof(*ret));
	ret->vmcoreinfo = 0;
	ret->vmcoreinfo_size = 0;
	return ioctl(dev, LIVEDUMP_INFO, ret);
}

/* What all sessions use; for teardowns too, where the harness does not survive an ASSERT. */
__u64 ld_used(int dev)
{
	struct livedump_info info;

	return ld_info(dev, &info) ? NOWHERE : info.out_used;
}

int ld_create_with(int dev, struct livedump_create *arg)
{
	arg->size = sizeof(*arg);
	arg->out_fd = -1;
	return ioctl(dev, LIVEDUMP_CREATE, arg) ? -1 : arg->out_fd;
}

int ld_create(int dev, const char *name)
{
	struct livedump_create arg = {};

	put_name(arg.name, name ?: "");
	return ld_create_with(dev, &arg);
}

int ld_create_limited(int dev, __u64 limit)
{
	struct livedump_create arg = { .limit = limit };

	return ld_create_with(dev, &arg);
}

int ld_open(int dev, const char *name)
{
	struct livedump_open arg = { .size = sizeof(arg), .out_fd = -1 };

	put_name(arg.name, name);
	return ioctl(dev, LIVEDUMP_OPEN, &arg) ? -1 : arg.out_fd;
}

int ld_destroy(int dev, const char *name)
{
	struct livedump_destroy arg = { .size = sizeof(arg) };

	put_name(arg.name, name);
	return ioctl(dev, LIVEDUMP_DESTROY, &arg);
}

int ld_list(int dev, struct livedump_list_entry *entries, __u32 nr, __u32 *out_nr)
{
	struct livedump_list arg = {
		.size = sizeof(arg),
		.entries = (uintptr_t)entries,
		.entry_size = sizeof(*entries),
		.nr = nr,
		.out_nr = JUNK,
	};

	memset(entries, JUNK, nr * sizeof(*entries));
	if (ioctl(dev, LIVEDUMP_LIST, &arg))
		return -1;
	*out_nr = arg.out_nr;
	return 0;
}

int ld_status(int fd, struct livedump_status *ret)
{
	junk(ret, sizeof(*ret));
	return ioctl(fd, LIVEDUMP_STATUS, ret);
}

int ld_record(int fd, __u32 flags, struct livedump_range *ranges, __u32 nr,
	      struct livedump_record *ret)
{
	struct livedump_record arg;
	int done;
	__u32 i;

	junk(&arg, sizeof(arg));
	arg.flags = flags;
	arg.ranges = (uintptr_t)ranges;
	arg.nr = nr;
	arg.range_size = sizeof(*ranges);
	for (i = 0; i < nr; i++)
		memset(&ranges[i].out_recorded, JUNK, sizeof(*ranges) -
		       offsetof(struct livedump_range, out_recorded));
	done = ioctl(fd, LIVEDUMP_RECORD, &arg);
	if (ret)
		*ret = arg;
	return done;
}

int ld_stop(int fd)
{
	struct livedump_stop arg = { .size = sizeof(arg) };

	return ioctl(fd, LIVEDUMP_STOP, &arg);
}

int ld_annotate(int fd, const void *text, __u64 length)
{
	struct livedump_annotate arg = {
		.size = sizeof(arg),
		.text = (uintptr_t)text,
		.length = length,
	};

	return ioctl(fd, LIVEDUMP_ANNOTATE, &arg);
}

/* Take away what an earlier test left behind. */
void ld_destroy_all(int dev)
{
	struct livedump_list_entry entries[256];
	__u32 i, nr = 0;

	if (ld_list(dev, entries, 256, &nr))
		return;
	for (i = 0; i < nr && i < 256; i++)
		ld_destroy(dev, entries[i].name);
}

struct livedump_range ld_virt(__u64 address, __u64 length)
{
	return (struct livedump_range){ .address = address, .length = length };
}

struct livedump_range ld_phys(__u64 address, __u64 length)
{
	return (struct livedump_range){
		.address = address,
		.length = length,
		.flags = LIVEDUMP_RANGE_PHYS,
	};
}

/* All that is missing, whatever the reason. */
__u64 ld_sum(const __u64 *missing)
{
	__u64 sum = 0;
	int i;

	for (i = 0; i < LIVEDUMP_NR_REASONS; i++)
		sum += missing[i];
	return sum;
}

/* How many of the first @size bytes at @at are @byte, up to the first that is not. */
size_t ld_same(const void *at, unsigned char byte, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		if (((const unsigned char *)at)[i] != byte)
			break;
	}
	return i;
}

/* Read a byte, so that its page is there. */
unsigned char ld_touch(const void *at)
{
	return *(const unsigned char *)at;
}

/* @ret has the stretch of per-CPU offsets already. */
int ld_whatis(int dev, __u64 address, const struct livedump_slab *slab,
	      struct livedump_whatis *ret)
{
	__u64 start = ret->percpu_start, end = ret->percpu_end;

	memset(ret, JUNK, sizeof(*ret));
	ret->size = sizeof(*ret);
	ret->flags = 0;
	ret->address = address;
	ret->slab = (uintptr_t)slab;
	ret->percpu_start = start;
	ret->percpu_end = end;
	return ioctl(dev, LIVEDUMP_WHATIS, ret);
}
