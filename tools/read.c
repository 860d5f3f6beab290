// SPDX-License-Identifier: GPL-2.0
/* A number out of the running kernel: recorded in a session of its own, which ends at once. */
#include <stdint.h>
#include <unistd.h>
#include <sys/mman.h>

#include "dev.h"
#include "livedump.h"

/* Where @address is in the recorded data, and how much of it there is from there on. */
static uint64_t find(const struct ld_contents *c, uint64_t address, uint64_t page_size)
{
	const uint64_t page = address & -page_size;
	uint64_t i;

	for (i = 0; i < c->status.out_aliases; i++)
		if (c->aliases[i].vaddr == page)
			return c->aliases[i].page * page_size + address - page;
	for (i = 0; i < c->status.out_pages; i++)
		if (c->pages[i].vaddr == page)
			return i * page_size + address - page;
	return UINT64_MAX;
}

/* It is aligned, as integers are. */
static uint64_t number(const void *at, uint32_t size)
{
	switch (size) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		return *(const uint16_t *)at;
	case 4:
		return *(const uint32_t *)at;
	default:
		return *(const uint64_t *)at;
	}
}

static int copy(int session, uint64_t address, uint32_t size, uint64_t page_size, __u64 *ret,
		struct ld_err *err)
{
	struct ld_contents c = { 0 };
	size_t length;
	uint64_t at;
	void *data;
	int rc = -1;

	if (ld_contents_map(session, &c, err))
		return -1;
	length = c.status.out_pages * page_size;
	at = find(&c, address, page_size);
	if (at == UINT64_MAX || at % size || at + size > length) {
		ld_fail(err, LD_EXIT_FAILED, "it cannot be read");
	} else if (!ld_dev_map(session, LIVEDUMP_MMAP_DATA, 0, length, &data, err)) {
		*ret = number((char *)data + at, size);
		munmap(data, length);
		rc = 0;
	}
	ld_contents_unmap(&c);
	return rc;
}

int ld_read_number(void *data, const struct livedump_root *root, __u32 size, __u64 *ret,
		   struct ld_err *err)
{
	static const char * const label[] = { "a number" };
	const struct ld_session *s = data;
	struct livedump_type type = { .size = size };
	struct livedump_root copy_of = *root;
	struct livedump_snapshot snap = {
		.roots = (uintptr_t)&copy_of, .nr_roots = 1,
		.types = (uintptr_t)&type, .nr_types = 1,
	};
	const struct livedump_create with = { 0 };
	int session, rc;

	copy_of.type = 0;
	if (ld_dev_create(s->dev, "", &with, &session, err))
		return -1;
	rc = ld_dev_snapshot(session, &snap, (char * const *)label, err);
	if (!rc && (copy_of.out_hops < copy_of.nr_path || copy_of.out_recorded < size))
		rc = ld_fail(err, LD_EXIT_FAILED, "it cannot be read");
	if (!rc)
		rc = copy(session, copy_of.out_address, size, s->info.out_page_size, ret, err);
	close(session);
	return rc ? -1 : 0;
}
