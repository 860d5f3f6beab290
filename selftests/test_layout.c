// SPDX-License-Identifier: GPL-2.0
/*
 * The layout of the uapi: every member's place and size, no holes, every number. What is here
 * never changes; members are added at the end.
 */
/* No holes: the compiler says so where it has to fill one. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"
#include <linux/livedump.h>
#pragma GCC diagnostic pop

#include "livedump_harness.h"
#include "livedump_utils.h"

/* Where a member is, and where it has to be. */
struct place {
	size_t is;
	size_t shall;
};

#define AT(_struct, _member, _shall)	\
	{ .shall = (_shall), .is = offsetof(struct _struct, _member) }

#define ENDS(_struct, _shall)		\
	{ .shall = (_shall), .is = sizeof(struct _struct) }

static void check(struct __test_metadata *_metadata, const struct place *places, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		EXPECT_EQ(places[i].shall, places[i].is) {
			TH_LOG("member %zu has moved", i);
		}
	}
	EXPECT_EQ(0, places[nr - 1].is % 8);
}

#define CHECK_LAYOUT(...) do {						\
	static const struct place places[] = { __VA_ARGS__ };		\
									\
	check(_metadata, places, ARRAY_SIZE(places));			\
} while (0)

TEST(info)
{
	CHECK_LAYOUT(AT(livedump_info, size, 0),
		     AT(livedump_info, flags, 4),
		     AT(livedump_info, vmcoreinfo, 8),
		     AT(livedump_info, vmcoreinfo_size, 16),
		     AT(livedump_info, out_vmcoreinfo_size, 20),
		     AT(livedump_info, out_abi, 24),
		     AT(livedump_info, out_page_size, 28),
		     AT(livedump_info, out_pgtable_levels, 32),
		     AT(livedump_info, out_nr_cpus, 36),
		     AT(livedump_info, out_page_offset, 40),
		     AT(livedump_info, out_text_start, 48),
		     AT(livedump_info, out_text_end, 56),
		     AT(livedump_info, out_text_paddr, 64),
		     AT(livedump_info, out_kernel_start, 72),
		     AT(livedump_info, out_pgd_paddr, 80),
		     AT(livedump_info, out_max_pfn, 88),
		     AT(livedump_info, out_total_ram, 96),
		     AT(livedump_info, out_cap, 104),
		     AT(livedump_info, out_used, 112),
		     AT(livedump_info, out_boottime_ns, 120),
		     ENDS(livedump_info, 128));
}

TEST(sessions)
{
	CHECK_LAYOUT(AT(livedump_create, size, 0),
		     AT(livedump_create, flags, 4),
		     AT(livedump_create, name, 8),
		     AT(livedump_create, limit, 72),
		     AT(livedump_create, deadline_ms, 80),
		     AT(livedump_create, reserve, 88),
		     AT(livedump_create, out_fd, 96),
		     AT(livedump_create, __reserved, 100),
		     ENDS(livedump_create, 104));
	CHECK_LAYOUT(AT(livedump_open, size, 0),
		     AT(livedump_open, flags, 4),
		     AT(livedump_open, name, 8),
		     AT(livedump_open, out_fd, 72),
		     AT(livedump_open, __reserved, 76),
		     ENDS(livedump_open, 80));
	CHECK_LAYOUT(AT(livedump_destroy, size, 0),
		     AT(livedump_destroy, flags, 4),
		     AT(livedump_destroy, name, 8),
		     ENDS(livedump_destroy, 72));
	CHECK_LAYOUT(AT(livedump_list_entry, name, 0),
		     AT(livedump_list_entry, state, 64),
		     AT(livedump_list_entry, requests, 68),
		     AT(livedump_list_entry, pages, 72),
		     AT(livedump_list_entry, used, 80),
		     AT(livedump_list_entry, limit, 88),
		     AT(livedump_list_entry, created_ns, 96),
		     AT(livedump_list_entry, creator_pid, 104),
		     AT(livedump_list_entry, creator_uid, 108),
		     ENDS(livedump_list_entry, 112));
	CHECK_LAYOUT(AT(livedump_list, size, 0),
		     AT(livedump_list, flags, 4),
		     AT(livedump_list, entries, 8),
		     AT(livedump_list, entry_size, 16),
		     AT(livedump_list, nr, 20),
		     AT(livedump_list, out_nr, 24),
		     AT(livedump_list, __reserved, 28),
		     ENDS(livedump_list, 32));
	CHECK_LAYOUT(AT(livedump_status, size, 0),
		     AT(livedump_status, flags, 4),
		     AT(livedump_status, out_name, 8),
		     AT(livedump_status, out_state, 72),
		     AT(livedump_status, out_requests, 76),
		     AT(livedump_status, out_limit, 80),
		     AT(livedump_status, out_used, 88),
		     AT(livedump_status, out_created_ns, 96),
		     AT(livedump_status, out_deadline_ns, 104),
		     AT(livedump_status, out_creator_pid, 112),
		     AT(livedump_status, out_creator_uid, 116),
		     AT(livedump_status, out_pages, 120),
		     AT(livedump_status, out_aliases, 128),
		     AT(livedump_status, out_holes, 136),
		     AT(livedump_status, out_holes_dropped, 144),
		     AT(livedump_status, out_objects, 152),
		     AT(livedump_status, out_object_bytes, 160),
		     AT(livedump_status, out_range_bytes, 168),
		     AT(livedump_status, out_refreshed, 176),
		     AT(livedump_status, out_busy_ns, 184),
		     AT(livedump_status, out_missing, 192),
		     AT(livedump_status, out_listed, 320),
		     AT(livedump_status, out_unlisted, 328),
		     AT(livedump_status, out_notes, 336),
		     AT(livedump_status, out_cpus, 344),
		     ENDS(livedump_status, 352));
	CHECK_LAYOUT(AT(livedump_stop, size, 0),
		     AT(livedump_stop, flags, 4),
		     ENDS(livedump_stop, 8));
	CHECK_LAYOUT(AT(livedump_annotate, size, 0),
		     AT(livedump_annotate, flags, 4),
		     AT(livedump_annotate, text, 8),
		     AT(livedump_annotate, length, 16),
		     ENDS(livedump_annotate, 24));
}

TEST(record)
{
	CHECK_LAYOUT(AT(livedump_range, address, 0),
		     AT(livedump_range, length, 8),
		     AT(livedump_range, flags, 16),
		     AT(livedump_range, __reserved, 20),
		     AT(livedump_range, out_recorded, 24),
		     AT(livedump_range, out_missing, 32),
		     ENDS(livedump_range, 160));
	CHECK_LAYOUT(AT(livedump_record, size, 0),
		     AT(livedump_record, flags, 4),
		     AT(livedump_record, ranges, 8),
		     AT(livedump_record, nr, 16),
		     AT(livedump_record, range_size, 20),
		     AT(livedump_record, out_recorded, 24),
		     AT(livedump_record, out_missing, 32),
		     ENDS(livedump_record, 160));
}

TEST(snapshot)
{
	CHECK_LAYOUT(AT(livedump_type, size, 0),
		     AT(livedump_type, first_edge, 4),
		     AT(livedump_type, nr_edges, 8),
		     AT(livedump_type, __reserved, 12),
		     AT(livedump_type, flex_start, 16),
		     AT(livedump_type, flex_size, 20),
		     AT(livedump_type, flex_count, 24),
		     AT(livedump_type, flex_width, 28),
		     AT(livedump_type, flex_more, 30),
		     ENDS(livedump_type, 32));
	CHECK_LAYOUT(AT(livedump_edge, offset, 0),
		     AT(livedump_edge, kind, 4),
		     AT(livedump_edge, flags, 6),
		     AT(livedump_edge, type, 8),
		     AT(livedump_edge, count, 12),
		     AT(livedump_edge, stride, 16),
		     AT(livedump_edge, arg, 20),
		     ENDS(livedump_edge, 24));
	CHECK_LAYOUT(AT(livedump_root, symbol, 0),
		     AT(livedump_root, address, 128),
		     AT(livedump_root, type, 136),
		     AT(livedump_root, kind, 140),
		     AT(livedump_root, cpu, 144),
		     AT(livedump_root, flags, 148),
		     AT(livedump_root, out_address, 152),
		     AT(livedump_root, out_recorded, 160),
		     AT(livedump_root, out_missing, 168),
		     AT(livedump_root, path, 296),
		     AT(livedump_root, nr_path, 360),
		     AT(livedump_root, offset, 364),
		     AT(livedump_root, out_hops, 368),
		     AT(livedump_root, __reserved, 372),
		     AT(livedump_root, out_pointer, 376),
		     ENDS(livedump_root, 384));
	CHECK_LAYOUT(AT(livedump_snapshot, size, 0),
		     AT(livedump_snapshot, flags, 4),
		     AT(livedump_snapshot, roots, 8),
		     AT(livedump_snapshot, types, 16),
		     AT(livedump_snapshot, edges, 24),
		     AT(livedump_snapshot, nr_roots, 32),
		     AT(livedump_snapshot, nr_types, 36),
		     AT(livedump_snapshot, nr_edges, 40),
		     AT(livedump_snapshot, root_size, 44),
		     AT(livedump_snapshot, type_size, 48),
		     AT(livedump_snapshot, edge_size, 52),
		     AT(livedump_snapshot, depth, 56),
		     AT(livedump_snapshot, out_bad_root, 60),
		     AT(livedump_snapshot, max_objects, 64),
		     AT(livedump_snapshot, max_bytes, 72),
		     AT(livedump_snapshot, max_time_ns, 80),
		     AT(livedump_snapshot, out_objects, 88),
		     AT(livedump_snapshot, out_object_bytes, 96),
		     AT(livedump_snapshot, out_pages, 104),
		     AT(livedump_snapshot, out_pointers, 112),
		     AT(livedump_snapshot, out_null, 120),
		     AT(livedump_snapshot, out_foreign, 128),
		     AT(livedump_snapshot, out_seen, 136),
		     AT(livedump_snapshot, out_cut, 144),
		     AT(livedump_snapshot, out_time_ns, 152),
		     AT(livedump_snapshot, out_missing, 160),
		     AT(livedump_snapshot, slab, 288),
		     AT(livedump_snapshot, edge_results, 296),
		     AT(livedump_snapshot, edge_result_size, 304),
		     AT(livedump_snapshot, max_list, 308),
		     AT(livedump_snapshot, out_nodes, 312),
		     AT(livedump_snapshot, out_long, 320),
		     AT(livedump_snapshot, out_broken, 328),
		     AT(livedump_snapshot, out_request, 336),
		     AT(livedump_snapshot, __reserved, 340),
		     ENDS(livedump_snapshot, 344));
	CHECK_LAYOUT(AT(livedump_edge_result, out_followed, 0),
		     AT(livedump_edge_result, out_cut, 4),
		     AT(livedump_edge_result, out_long, 8),
		     AT(livedump_edge_result, out_broken, 12),
		     ENDS(livedump_edge_result, 16));
}

TEST(slab)
{
	CHECK_LAYOUT(AT(livedump_slab, size, 0),
		     AT(livedump_slab, flags, 4),
		     AT(livedump_slab, slab_cache, 8),
		     AT(livedump_slab, slab_freelist, 12),
		     AT(livedump_slab, slab_counters, 16),
		     AT(livedump_slab, objects_shift, 20),
		     AT(livedump_slab, objects_bits, 24),
		     AT(livedump_slab, frozen_shift, 28),
		     AT(livedump_slab, cache_name, 32),
		     AT(livedump_slab, cache_size, 36),
		     AT(livedump_slab, cache_object_size, 40),
		     AT(livedump_slab, cache_offset, 44),
		     AT(livedump_slab, cache_random, 48),
		     AT(livedump_slab, cache_red_left_pad, 52),
		     AT(livedump_slab, cache_cpu_slab, 56),
		     AT(livedump_slab, cache_sheaf_capacity, 60),
		     AT(livedump_slab, cpu_freelist, 64),
		     AT(livedump_slab, cpu_slab, 68),
		     ENDS(livedump_slab, 72));
}

TEST(whatis)
{
	CHECK_LAYOUT(AT(livedump_whatis, size, 0),
		     AT(livedump_whatis, flags, 4),
		     AT(livedump_whatis, address, 8),
		     AT(livedump_whatis, slab, 16),
		     AT(livedump_whatis, percpu_start, 24),
		     AT(livedump_whatis, percpu_end, 32),
		     AT(livedump_whatis, out_flags, 40),
		     AT(livedump_whatis, out_reason, 44),
		     AT(livedump_whatis, out_paddr, 48),
		     AT(livedump_whatis, out_start, 56),
		     AT(livedump_whatis, out_slab, 64),
		     AT(livedump_whatis, out_cache, 72),
		     AT(livedump_whatis, out_length, 80),
		     AT(livedump_whatis, out_stride, 84),
		     AT(livedump_whatis, out_index, 88),
		     AT(livedump_whatis, out_objects, 92),
		     AT(livedump_whatis, out_percpu, 96),
		     AT(livedump_whatis, out_task, 104),
		     AT(livedump_whatis, out_stack, 112),
		     AT(livedump_whatis, out_cpu, 120),
		     AT(livedump_whatis, out_pid, 124),
		     AT(livedump_whatis, out_comm, 128),
		     AT(livedump_whatis, out_cache_name, 144),
		     AT(livedump_whatis, out_symbol, 208),
		     ENDS(livedump_whatis, 464));
}

TEST(mappings)
{
	CHECK_LAYOUT(AT(livedump_page, pfn, 0),
		     AT(livedump_page, vaddr, 8),
		     AT(livedump_page, time_ns, 16),
		     AT(livedump_page, request, 24),
		     AT(livedump_page, mark, 28),
		     AT(livedump_page, flags, 30),
		     ENDS(livedump_page, 32));
	CHECK_LAYOUT(AT(livedump_alias, vaddr, 0),
		     AT(livedump_alias, page, 8),
		     AT(livedump_alias, request, 12),
		     ENDS(livedump_alias, 16));
	CHECK_LAYOUT(AT(livedump_hole, address, 0),
		     AT(livedump_hole, length, 8),
		     AT(livedump_hole, request, 16),
		     AT(livedump_hole, reason, 20),
		     AT(livedump_hole, flags, 22),
		     AT(livedump_hole, __reserved, 24),
		     ENDS(livedump_hole, 32));
	CHECK_LAYOUT(AT(livedump_object, address, 0),
		     AT(livedump_object, length, 8),
		     AT(livedump_object, request, 12),
		     AT(livedump_object, parent, 16),
		     AT(livedump_object, edge, 20),
		     AT(livedump_object, type, 24),
		     AT(livedump_object, slot, 28),
		     AT(livedump_object, depth, 32),
		     AT(livedump_object, flags, 34),
		     AT(livedump_object, __reserved, 36),
		     ENDS(livedump_object, 40));
	CHECK_LAYOUT(AT(livedump_cpu, cpu, 0),
		     AT(livedump_cpu, flags, 4),
		     AT(livedump_cpu, task, 8),
		     AT(livedump_cpu, stack, 16),
		     AT(livedump_cpu, time_ns, 24),
		     AT(livedump_cpu, wait_ns, 32),
		     AT(livedump_cpu, copy_ns, 36),
		     AT(livedump_cpu, request, 40),
		     AT(livedump_cpu, pid, 44),
		     AT(livedump_cpu, nr_regs, 48),
		     AT(livedump_cpu, __reserved, 52),
		     AT(livedump_cpu, regs, 64),
		     ENDS(livedump_cpu, 512));
	EXPECT_EQ(0x0ULL, LIVEDUMP_MMAP_PAGES);
	EXPECT_EQ(1ULL << 44, LIVEDUMP_MMAP_DATA);
	EXPECT_EQ(2ULL << 44, LIVEDUMP_MMAP_ALIASES);
	EXPECT_EQ(3ULL << 44, LIVEDUMP_MMAP_HOLES);
	EXPECT_EQ(4ULL << 44, LIVEDUMP_MMAP_OBJECTS);
	EXPECT_EQ(5ULL << 44, LIVEDUMP_MMAP_NOTES);
	EXPECT_EQ(6ULL << 44, LIVEDUMP_MMAP_CPUS);
}

TEST(numbers)
{
	EXPECT_EQ(0xdb00, LIVEDUMP_INFO);
	EXPECT_EQ(0xdb01, LIVEDUMP_CREATE);
	EXPECT_EQ(0xdb02, LIVEDUMP_OPEN);
	EXPECT_EQ(0xdb03, LIVEDUMP_DESTROY);
	EXPECT_EQ(0xdb04, LIVEDUMP_LIST);
	EXPECT_EQ(0xdb05, LIVEDUMP_WHATIS);
	EXPECT_EQ(0xdb10, LIVEDUMP_STATUS);
	EXPECT_EQ(0xdb11, LIVEDUMP_RECORD);
	EXPECT_EQ(0xdb12, LIVEDUMP_SNAPSHOT);
	EXPECT_EQ(0xdb13, LIVEDUMP_STOP);
	EXPECT_EQ(0xdb14, LIVEDUMP_ANNOTATE);

	EXPECT_EQ(0, LIVEDUMP_OK);
	EXPECT_EQ(1, LIVEDUMP_FAULTED);
	EXPECT_EQ(2, LIVEDUMP_UNMAPPED);
	EXPECT_EQ(3, LIVEDUMP_BAD_ADDRESS);
	EXPECT_EQ(4, LIVEDUMP_NOT_RAM);
	EXPECT_EQ(5, LIVEDUMP_OFFLINE);
	EXPECT_EQ(6, LIVEDUMP_POISONED);
	EXPECT_EQ(7, LIVEDUMP_USER);
	EXPECT_EQ(8, LIVEDUMP_SELF);
	EXPECT_EQ(9, LIVEDUMP_LIMIT);
	EXPECT_EQ(10, LIVEDUMP_BUDGET);
	EXPECT_EQ(11, LIVEDUMP_TIMEOUT);
	EXPECT_EQ(12, LIVEDUMP_LOCKDOWN);
	EXPECT_EQ(13, LIVEDUMP_NO_MEMORY);
	EXPECT_EQ(14, LIVEDUMP_INTERRUPTED);
	EXPECT_EQ(16, LIVEDUMP_NR_REASONS);

	EXPECT_EQ(0, LIVEDUMP_RECORDING);
	EXPECT_EQ(1, LIVEDUMP_STOPPED);
	EXPECT_EQ(1, LIVEDUMP_KEEP);
	EXPECT_EQ(2, LIVEDUMP_USER_MEMORY);
	EXPECT_EQ(4, LIVEDUMP_LIST_OBJECTS);
	EXPECT_EQ(1, LIVEDUMP_RANGE_PHYS);
	EXPECT_EQ(2, LIVEDUMP_RANGE_GUESS);
	EXPECT_EQ(1, LIVEDUMP_EDGE_POINTER);
	EXPECT_EQ(2, LIVEDUMP_EDGE_STRING);
	EXPECT_EQ(3, LIVEDUMP_EDGE_BYTES);
	EXPECT_EQ(4, LIVEDUMP_EDGE_OBJECT);
	EXPECT_EQ(5, LIVEDUMP_EDGE_PERCPU);
	EXPECT_EQ(6, LIVEDUMP_EDGE_LIST);
	EXPECT_EQ(7, LIVEDUMP_EDGE_HLIST);
	EXPECT_EQ(8, LIVEDUMP_EDGE_CHAIN);
	EXPECT_EQ(9, LIVEDUMP_EDGE_RBTREE);
	EXPECT_EQ(10, LIVEDUMP_EDGE_XARRAY);
	EXPECT_EQ(11, LIVEDUMP_EDGE_MAPLE);
	EXPECT_EQ(12, LIVEDUMP_EDGE_ARRAY);
	EXPECT_EQ(1, LIVEDUMP_EDGE_SCAN);
	EXPECT_EQ(2, LIVEDUMP_EDGE_FLEX);
	EXPECT_EQ(4, LIVEDUMP_EDGE_STEP);
	EXPECT_EQ(0, LIVEDUMP_ROOT_ADDRESS);
	EXPECT_EQ(1, LIVEDUMP_ROOT_PERCPU);
	EXPECT_EQ(2, LIVEDUMP_ROOT_TASK);
	EXPECT_EQ(3, LIVEDUMP_ROOT_SLAB);
	EXPECT_EQ(4, LIVEDUMP_ROOT_CPUS);
	EXPECT_EQ(1, LIVEDUMP_CPU_SILENT);
	EXPECT_EQ(2, LIVEDUMP_CPU_USER);
	EXPECT_EQ(4, LIVEDUMP_CPU_CALLER);
	EXPECT_EQ(56, LIVEDUMP_MAX_REGS);
	EXPECT_EQ(65536, LIVEDUMP_MAX_CPU_BYTES);
	EXPECT_EQ(1, LIVEDUMP_ROOT_PART);
	EXPECT_EQ(1, LIVEDUMP_PAGE_RANGE);
	EXPECT_EQ(2, LIVEDUMP_PAGE_OBJECT);
	EXPECT_EQ(4, LIVEDUMP_PAGE_TABLE);
	EXPECT_EQ(1, LIVEDUMP_HOLE_PHYS);
	EXPECT_EQ(2, LIVEDUMP_HOLE_ASKED);
	EXPECT_EQ(0xffffffff, LIVEDUMP_SLAB_NONE);
	EXPECT_EQ(0xffffffff, LIVEDUMP_NO_CPU);
	EXPECT_EQ(1, LIVEDUMP_WHATIS_PAGE);
	EXPECT_EQ(2, LIVEDUMP_WHATIS_SLAB);
	EXPECT_EQ(4, LIVEDUMP_WHATIS_OBJECT);
	EXPECT_EQ(8, LIVEDUMP_WHATIS_FREE);
	EXPECT_EQ(0x10, LIVEDUMP_WHATIS_ALLOCATED);
	EXPECT_EQ(0x20, LIVEDUMP_WHATIS_KFENCE);
	EXPECT_EQ(0x40, LIVEDUMP_WHATIS_PERCPU);
	EXPECT_EQ(0x80, LIVEDUMP_WHATIS_STACK);
	EXPECT_EQ(0x100, LIVEDUMP_WHATIS_TASK);
	EXPECT_EQ(0x200, LIVEDUMP_WHATIS_VMALLOC);
	EXPECT_EQ(0xffffffff, LIVEDUMP_NO_PARENT);
	EXPECT_EQ(1, LIVEDUMP_OBJECT_SLAB);
	EXPECT_EQ(2, LIVEDUMP_OBJECT_FREE);
	EXPECT_EQ(4, LIVEDUMP_OBJECT_MISSING);
}

TEST_HARNESS_MAIN
