/* SPDX-License-Identifier: GPL-2.0 */
/* What fail_nth works on. */
#ifndef LIVEDUMP_SCENE_H
#define LIVEDUMP_SCENE_H

#include "livedump_utils.h"

#define OWN_PAGES	8
#define HOLES		150	/* do not fit into a chunk */

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

#endif
