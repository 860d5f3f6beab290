/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fail_nth: what is worked on, and what can be done with it.
 */
#ifndef SCENE_H
#define SCENE_H

#define NAME		"fail_nth"
#define OWN_PAGES	8
#define CHUNK_PAGES	64	/* of data are allocated at a time */
#define CHUNKS_PAGES	1024	/* are in the chunks that the first array of them holds */
#define INDEX_PAGES	768	/* are in the first index */
#define HOLES		150	/* do not fit into a chunk */
#define FAR_AWAY	((void *)0x100000000000)	/* from all that has page tables */

/**
 * struct scene - what is worked on; made anew for each failure, but for what comes before @fd
 * @dev: the device
 * @info: of the module
 * @own: OWN_PAGES of our own; page i is filled with i + 1
 * @pfn: their page frames
 * @init_task: its address
 * @fd: a session, or -1
 * @ranges: for LIVEDUMP_RECORD
 * @nr: of them
 * @record: its result
 * @snap: for LIVEDUMP_SNAPSHOT
 * @slab: for LIVEDUMP_WHATIS, and roots that are slab caches
 * @entries: for LIVEDUMP_LIST
 * @text: for vmcoreinfo
 * @region: where in the session a mapping begins
 */
struct scene {
	int dev;
	struct livedump_info info;
	unsigned char *own;
	__u64 pfn[OWN_PAGES];
	__u64 init_task;
	int fd;
	struct livedump_range ranges[HOLES];
	__u32 nr;
	struct livedump_record record;
	struct snap snap;
	struct livedump_slab slab;
	struct livedump_list_entry entries[4];
	char text[PAGE_SIZE];
	__u64 region;
};

/* ---- what can be done: 0, or something else and errno ---- */

static int do_info(struct scene *s)
{
	struct livedump_info info = {
		.size = sizeof(info),
		.vmcoreinfo = (uintptr_t)s->text,
		.vmcoreinfo_size = sizeof(s->text),
	};

	return ioctl(s->dev, LIVEDUMP_INFO, &info);
}

static int do_create_reserved(struct scene *s, const char *name, __u64 pages)
{
	struct livedump_create arg = { .reserve = pages * PAGE_SIZE };

	strcpy(arg.name, name);
	s->fd = ld_create_with(s->dev, &arg);
	return s->fd < 0;
}

static int do_create(struct scene *s)
{
	return do_create_reserved(s, "", 0);
}

static int do_create_named(struct scene *s)
{
	return do_create_reserved(s, NAME, 0);
}

static int do_create_reserving(struct scene *s)
{
	return do_create_reserved(s, NAME, 2 * CHUNK_PAGES);
}

static int do_open(struct scene *s)
{
	s->fd = ld_open(s->dev, NAME);
	return s->fd < 0;
}

static int do_destroy(struct scene *s)
{
	return ld_destroy(s->dev, NAME);
}

static int do_list(struct scene *s)
{
	__u32 nr;

	return ld_list(s->dev, s->entries, 4, &nr);
}

static int do_status(struct scene *s)
{
	struct livedump_status status;

	return ld_status(s->fd, &status);
}

static int do_stop(struct scene *s)
{
	return ld_stop(s->fd);
}

static int do_record(struct scene *s)
{
	return ld_record(s->fd, LIVEDUMP_USER_MEMORY, s->ranges, s->nr, &s->record);
}

static int do_snapshot(struct scene *s)
{
	return ld_snapshot(s->fd, &s->snap);
}

static int do_whatis(struct scene *s)
{
	struct livedump_whatis w = {};

	return ld_whatis(s->dev, s->init_task, &s->slab, &w);
}

static int do_annotate(struct scene *s)
{
	return ld_annotate(s->fd, s->own, 3 * PAGE_SIZE + 5);
}

static int do_mmap(struct scene *s)
{
	void *map = mmap(FAR_AWAY, PAGE_SIZE, PROT_READ, MAP_SHARED, s->fd, s->region);

	return map == MAP_FAILED ? -1 : munmap(map, PAGE_SIZE);
}

#endif
