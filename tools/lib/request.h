/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_REQUEST_H
#define LD_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/livedump.h>

#include "err.h"
#include "plan.h"

/**
 * struct ld_resolver_opts - where names and types come from
 * @vmlinux: debug vmlinux given by the user, or NULL to look for one by build id when needed
 * @proc: "/proc", or a test's stand-in
 * @sys: "/sys", or a test's stand-in
 * @build_id: hex build id of the running kernel, or NULL if it is not known
 * @read: reads a number, of @size bytes (1, 2, 4 or 8), that the kernel has at @root; NULL where
 *	there is no kernel to ask
 * @data: for @read
 */
struct ld_resolver_opts {
	const char *vmlinux;
	const char *proc;
	const char *sys;
	const char *build_id;
	int (*read)(void *data, const struct livedump_root *root, __u32 size, __u64 *ret,
		    struct ld_err *err);
	void *data;
};

struct ld_resolver;

/**
 * ld_resolver_new() - make a resolver; nothing is read before it is needed
 * @opts: strings are not copied and must outlive the resolver
 * @ret: the resolver
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_resolver_new(const struct ld_resolver_opts *opts, struct ld_resolver **ret,
		    struct ld_err *err);

/** ld_resolver_free() - free it; NULL is fine. @r: the resolver */
void ld_resolver_free(struct ld_resolver *r);

struct ld_root_info;

/**
 * struct ld_request - targets in the module's own terms
 * @roots: roots of typed targets, with out_ members zero; root.type indexes the types of @plan once
 *	compiled
 * @root_labels: the target's text, one for each root; with the task's number where a target
 *	means several
 * @ranges: targets without a type (``0xADDR:SIZE``)
 * @range_labels: the target's text, one for each range
 * @words: bits, by enum ld_word: targets that are worked out when all others are recorded
 * @edges: set by the caller before ld_request_compile(): what types do not say, or NULL
 * @filter: set by the caller before ld_request_compile(): which pointers are followed, or NULL
 * @scan: set by the caller before targets are added: targets without a type are roots, each
 *	aligned word of which may be a pointer
 * @plan: after ld_request_compile(); its names last as long as the resolver
 * @slab: after ld_request_compile(); its size is 0 where nothing is to be told of slabs, or this
 *	kernel's BTF does not tell it
 * @root_infos: opaque to callers: what else is known of each root
 */
struct ld_request {
	struct livedump_root *roots;
	char **root_labels;
	size_t nr_roots;
	struct livedump_range *ranges;
	char **range_labels;
	size_t nr_ranges;
	__u32 words;
	const struct ld_edges *edges;
	const struct ld_filter *filter;
	bool scan;
	struct ld_plan plan;
	struct livedump_slab slab;
	struct ld_root_info *root_infos;
};

/**
 * ld_request_add() - parse one target, resolve it, append it
 * @req: zero-initialised by the caller before the first
 * @r: resolver
 * @target: text as the user wrote it
 * @err: filled on failure; names the target and what to type instead
 *
 * A target may mean several objects: each becomes a root.
 *
 * Return: 0, or -1 with @req as it was.
 */
int ld_request_add(struct ld_request *req, struct ld_resolver *r, const char *target,
		   struct ld_err *err);

/**
 * ld_request_compile() - make the plan for all roots
 * @req: with all its targets added
 * @r: resolver
 * @depth: pointer hops the walk will make: types beyond it get no edges
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_request_compile(struct ld_request *req, struct ld_resolver *r, unsigned int depth,
		       struct ld_err *err);

/**
 * ld_request_scan() - add the types of roots that are scanned to a plan
 * @plan: compiled, or zero
 * @root: gets the index of its type; its address is known
 * @length: bytes it measures
 *
 * Return: 0, or -1 without memory.
 */
int ld_request_scan(struct ld_plan *plan, struct livedump_root *root, __u64 length);

/**
 * ld_request_pointer() - a pointer on the path of a root, as the target names it
 * @req: the request
 * @root: index of the root
 * @hop: which pointer, below its nr_path
 * @buf: where
 * @size: of @buf
 *
 * Return: @buf, e.g. "init_task.mm" of "init_task.mm->pgd".
 */
const char *ld_request_pointer(const struct ld_request *req, size_t root, unsigned int hop,
			       char *buf, size_t size);

/**
 * ld_request_drop() - leave out a task that has ended since it was found by its name
 * @req: compiled or not
 * @root: index of the root
 *
 * Return: whether it was found that way and is out now; a task named by its number stays.
 */
bool ld_request_drop(struct ld_request *req, size_t root);

/** ld_request_free() - free what the request holds and zero it. @req: the request */
void ld_request_free(struct ld_request *req);

#endif
