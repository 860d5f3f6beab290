// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings: those of sessions, and the caller's own memory that comes and goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuzz.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

unsigned char *toggled, *read_only, *zeroes, *maps;
static bool maps_used, toggled_used;
static int own_memory = -1;

static unsigned char *reserve(size_t size)
{
	void *at = mmap(NULL, size + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED) {
		perror("fuzz_ioctl: mmap");
		exit(1);
	}
	return (unsigned char *)at + PAGE;
}

/* Memory with something unmapped before and behind it. */
unsigned char *memory_fenced(size_t size)
{
	unsigned char *at = reserve(size);

	if (mprotect(at, size, PROT_READ | PROT_WRITE)) {
		perror("fuzz_ioctl: mprotect");
		exit(1);
	}
	return at;
}

void memory_init(void)
{
	toggled = memory_fenced(TOGGLED_PAGES * PAGE);
	zeroes = memory_fenced(ZEROES_SIZE);
	madvise(zeroes, ZEROES_SIZE, MADV_DONTFORK);
	maps = reserve(MAPS * MAP_PAGES * PAGE);
	read_only = memory_fenced(PAGE);
	memset(read_only, 0, PAGE);
	mprotect(read_only, PAGE, PROT_READ);
	own_memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
}

/* As it was before the program. */
void memory_reset(void)
{
	if (maps_used)
		mmap(maps, MAPS * MAP_PAGES * PAGE, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (toggled_used)
		mmap(toggled, TOGGLED_PAGES * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	maps_used = false;
	toggled_used = false;
}

/* Copy to memory that may not be there. */
void memory_put(void *to, const void *from, size_t size)
{
	struct iovec local = { (void *)from, size }, remote = { to, size };

	process_vm_writev(getpid(), &local, 1, &remote, 1, 0);
}

static size_t memory_get(void *to, const void *from, size_t size)
{
	struct iovec local = { to, size }, remote = { (void *)from, size };
	ssize_t got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);

	return got < 0 ? 0 : got;
}

static unsigned char *map_at(unsigned int nr)
{
	return maps + nr % MAPS * MAP_PAGES * PAGE;
}

/*
 * @a: region; @b: pages; @shape: protection and kind of mapping; @c: first page; @v: where, and
 * the offset for an odd region.
 */
void call_mmap(struct worker *w, const struct rec *r)
{
	static const int contract[] = { 0, EPERM, EINVAL, ENXIO, ENOMEM, EINTR };
	__u64 offset = (__u64)(r->a % 8) * LIVEDUMP_MMAP_DATA + r->c * PAGE;
	int prot = PROT_READ, flags = MAP_FIXED;
	size_t size = (r->b % MAP_PAGES + 1) * PAGE;
	enum slot_kind kind;
	int fd = exec_fd(r, &kind), err;
	unsigned int i;
	void *at;

	if (r->a % 8 >= 6)
		offset = r->a % 8 == 6 ? r->v & ~0xfff : offset;
	if (r->shape & 1)
		prot = r->shape >> 1 & 7;
	flags |= r->shape & 0x10 ? MAP_PRIVATE : MAP_SHARED;
	flags |= r->shape & 0x20 ? MAP_POPULATE : 0;
	flags |= r->shape & 0x40 ? MAP_LOCKED : 0;
	flags |= r->shape & 0x80 ? MAP_NORESERVE : 0;

	maps_used = true;
	at = mmap(map_at(r->v), size, prot, flags, fd, offset);
	err = at == MAP_FAILED ? errno : 0;
	if (kind != SLOT_SESSION || !ex.single || flags & MAP_LOCKED || prot & PROT_WRITE)
		return;
	for (i = 0; i < lengthof(contract) && contract[i] != err; i++)
		;
	if (i == lengthof(contract) && !(err == EOVERFLOW && r->a % 8 == 5))
		exec_find("mmap: errno %d", err);
	if (!err && (flags & MAP_PRIVATE || prot & (PROT_WRITE | PROT_EXEC)))
		exec_find("mmap: not refused: prot %d flags 0x%x", prot, flags);
	if (!err && memory_get(w->arrays, at, PAGE) != PAGE && prot & PROT_READ)
		exec_find("mmap: what is mapped cannot be read");
}

/* Nobody may write to what a session shows. */
static void try_to_write(void *at)
{
	static const unsigned char byte = 0xff;
	struct iovec local = { (void *)&byte, 1 }, remote = { at, 1 };

	if (process_vm_writev(getpid(), &local, 1, &remote, 1, 0) == 1)
		exec_find("a session's mapping was written to");
	if (own_memory >= 0 && pwrite(own_memory, &byte, 1, (uintptr_t)at) == 1)
		exec_find("a session's mapping was written to, by /proc/self/mem");
}

/* @a: what to do; @b: pages; @c: first page; @v: which mapping, and where to */
void call_memory(struct worker *w, const struct rec *r)
{
	static const int advice[] = {
		MADV_DONTNEED, MADV_WILLNEED, MADV_REMOVE, MADV_DONTFORK, MADV_DOFORK,
		MADV_MERGEABLE, MADV_HUGEPAGE, MADV_COLD, MADV_PAGEOUT, MADV_DODUMP,
		MADV_WIPEONFORK,
	};
	unsigned char *map = map_at(r->v), *at = map + r->c % MAP_PAGES * PAGE;
	size_t size = (r->b % (MAP_PAGES - r->c % MAP_PAGES) + 1) * PAGE;
	unsigned char byte;

	maps_used = true;
	switch (r->a % 12) {
	case 0:
		mmap(at, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		break;
	case 1:
		mprotect(at, size, PROT_NONE);
		break;
	case 2:
		mprotect(at, size, PROT_READ);
		break;
	case 3:
		mprotect(at, size, PROT_READ | PROT_EXEC);
		break;
	case 4:		/* larger, or smaller */
		mremap(map, size, (r->v >> 8) % MAP_PAGES * PAGE + PAGE, 0);
		break;
	case 5:
		mremap(at, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, map_at(r->v >> 8));
		break;
	case 6:
		madvise(at, size, advice[(r->v >> 16) % lengthof(advice)]);
		break;
	case 7:
		mlock(at, size);
		break;
	case 8:
		munlock(at, size);
		break;
	case 9:
		msync(at, size, MS_SYNC);
		break;
	case 10:
		if (ex.single && memory_get(&byte, at, 1) == 1)
			try_to_write(at);
		break;
	default:
		memory_get(w->arrays, at, min(size, ARRAY_PAGES * PAGE));
		break;
	}
}

/* Memory that ioctls of other threads may be using: @a: what to do; @b: how often */
void call_toggle(const struct rec *r)
{
	int i;

	toggled_used = true;
	for (i = 0; i < 1 + r->b % 16; i++) {
		switch ((r->a + i) % 4) {
		case 0:
			mprotect(toggled + PAGE, PAGE, PROT_NONE);
			break;
		case 1:
			mprotect(toggled + PAGE, PAGE, PROT_READ);
			break;
		case 2:
			mprotect(toggled, TOGGLED_PAGES * PAGE, PROT_READ | PROT_WRITE);
			break;
		default:
			mmap(toggled + PAGE, PAGE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
			break;
		}
	}
}
