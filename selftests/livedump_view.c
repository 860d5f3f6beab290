// SPDX-License-Identifier: GPL-2.0
/*
 * What a session's mappings show, looked up without any index: slow and plain.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "livedump_utils.h"

#define PTE_PRESENT	0x001ULL
#define PTE_LARGE	0x080ULL
#define PTE_FRAME	0x000ffffffffff000ULL

static size_t region_size(__u64 nr, size_t entry)
{
	return (nr * entry + PAGE_SIZE - 1) & PAGE_MASK;
}

static const void *map_region(int fd, __u64 offset, __u64 nr, size_t entry)
{
	if (!nr)
		return NULL;
	return mmap(NULL, region_size(nr, entry), PROT_READ, MAP_SHARED, fd, offset);
}

static void unmap_region(const void *at, __u64 nr, size_t entry)
{
	if (nr && at != MAP_FAILED)
		munmap((void *)at, region_size(nr, entry));
}

/* Map what there is now. Returns 0, or -1 and errno. */
int view_map(struct view *v, int fd)
{
	struct livedump_info info;
	int dev = ld_device();

	memset(v, 0, sizeof(*v));
	if (!ld_info(dev, &info))
		v->page_offset = info.out_page_offset;
	close(dev);
	if (ld_status(fd, &v->status))
		return -1;
	v->pages = map_region(fd, LIVEDUMP_MMAP_PAGES, v->status.out_pages, sizeof(*v->pages));
	v->data = map_region(fd, LIVEDUMP_MMAP_DATA, v->status.out_pages, PAGE_SIZE);
	v->aliases = map_region(fd, LIVEDUMP_MMAP_ALIASES, v->status.out_aliases,
				sizeof(*v->aliases));
	v->holes = map_region(fd, LIVEDUMP_MMAP_HOLES, v->status.out_holes, sizeof(*v->holes));
	v->objects = map_region(fd, LIVEDUMP_MMAP_OBJECTS, v->status.out_listed,
				sizeof(*v->objects));
	v->notes = map_region(fd, LIVEDUMP_MMAP_NOTES, v->status.out_notes, 1);
	v->cpus = map_region(fd, LIVEDUMP_MMAP_CPUS, v->status.out_cpus, sizeof(*v->cpus));
	if (v->pages == MAP_FAILED || v->data == MAP_FAILED || v->aliases == MAP_FAILED ||
	    v->holes == MAP_FAILED || v->objects == MAP_FAILED || v->notes == MAP_FAILED ||
	    v->cpus == MAP_FAILED)
		return -1;
	return 0;
}

void view_unmap(struct view *v)
{
	unmap_region(v->pages, v->status.out_pages, sizeof(*v->pages));
	unmap_region(v->data, v->status.out_pages, PAGE_SIZE);
	unmap_region(v->aliases, v->status.out_aliases, sizeof(*v->aliases));
	unmap_region(v->holes, v->status.out_holes, sizeof(*v->holes));
	unmap_region(v->objects, v->status.out_listed, sizeof(*v->objects));
	unmap_region(v->notes, v->status.out_notes, 1);
	unmap_region(v->cpus, v->status.out_cpus, sizeof(*v->cpus));
	memset(v, 0, sizeof(*v));
}

const struct livedump_page *view_pfn(const struct view *v, __u64 pfn)
{
	__u64 i;

	for (i = 0; i < v->status.out_pages; i++) {
		if (v->pages[i].pfn == pfn)
			return &v->pages[i];
	}
	return NULL;
}

const struct livedump_alias *view_alias(const struct view *v, __u64 vaddr)
{
	__u64 i;

	for (i = 0; i < v->status.out_aliases; i++) {
		if (v->aliases[i].vaddr == (vaddr & PAGE_MASK))
			return &v->aliases[i];
	}
	return NULL;
}

/* The page that @vaddr is said to lie in: by its own address, an alias, or the direct map. */
const struct livedump_page *view_page(const struct view *v, __u64 vaddr)
{
	const struct livedump_alias *a = view_alias(v, vaddr);
	__u64 i;

	if (a)
		return a->page < v->status.out_pages ? &v->pages[a->page] : NULL;
	for (i = 0; i < v->status.out_pages; i++) {
		if (v->pages[i].vaddr && v->pages[i].vaddr == (vaddr & PAGE_MASK))
			return &v->pages[i];
	}
	return view_pfn(v, (vaddr - v->page_offset) / PAGE_SIZE);
}

const void *view_data(const struct view *v, const struct livedump_page *page)
{
	return page ? v->data + (page - v->pages) * PAGE_SIZE : NULL;
}

/* Is every page of [@vaddr, @vaddr + @size) there? */
bool view_has(const struct view *v, __u64 vaddr, size_t size)
{
	__u64 at;

	for (at = vaddr & PAGE_MASK; at < vaddr + size; at += PAGE_SIZE) {
		if (!view_page(v, at))
			return false;
	}
	return true;
}

/* Copy recorded bytes. Returns 0, or -1 where some are missing. */
int view_read(const struct view *v, __u64 vaddr, void *to, size_t size)
{
	const unsigned char *data;
	size_t n;

	while (size) {
		data = view_data(v, view_page(v, vaddr));
		if (!data)
			return -1;
		n = PAGE_SIZE - (vaddr & ~PAGE_MASK);
		if (n > size)
			n = size;
		memcpy(to, data + (vaddr & ~PAGE_MASK), n);
		to += n;
		vaddr += n;
		size -= n;
	}
	return 0;
}

/* Follow the recorded page tables, as a debugger would, to where they say @vaddr is. */
void view_walk(const struct view *v, const struct livedump_info *info, __u64 vaddr,
	       struct path *ret)
{
	unsigned int shift = 12 + 9 * info->out_pgtable_levels;
	__u64 table = info->out_pgd_paddr;
	const __u64 *entries;
	__u64 entry;

	memset(ret, 0, sizeof(*ret));
	ret->pfn = NOWHERE;
	while (shift > 12) {
		shift -= 9;
		ret->table[ret->tables] = view_pfn(v, table / PAGE_SIZE);
		entries = view_data(v, ret->table[ret->tables]);
		if (!entries)
			return;
		ret->tables++;
		entry = entries[(vaddr >> shift) & 511];
		if (!(entry & PTE_PRESENT))
			return;
		table = entry & PTE_FRAME;
		if (shift > 12 && shift <= 30 && (entry & PTE_LARGE))
			break;
	}
	ret->size = 1ULL << shift;
	ret->pfn = ((table & ~(ret->size - 1)) | (vaddr & (ret->size - 1))) / PAGE_SIZE;
}

/*
 * What livedump_page.vaddr shall be: the image's address where the page tables map it there, which
 * memory of the image that was freed after boot still may be; else that of the direct map if the
 * page was reached through it.
 */
__u64 view_vaddr(const struct view *v, const struct livedump_info *info, __u64 pfn, bool direct)
{
	__u64 offset = pfn * PAGE_SIZE - info->out_text_paddr;
	struct path path;

	if (offset < info->out_text_end - info->out_text_start) {
		view_walk(v, info, info->out_text_start + offset, &path);
		if (path.pfn == pfn)
			return info->out_text_start + offset;
	}
	return direct ? info->out_page_offset + pfn * PAGE_SIZE : 0;
}
