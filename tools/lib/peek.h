/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_PEEK_H
#define LD_PEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/livedump.h>

#include "err.h"
#include "session.h"

/**
 * struct ld_peek_entry - where a page of the session can be found
 * @vaddr: one of its virtual addresses, page-aligned
 * @page: its number
 */
struct ld_peek_entry {
	__u64 vaddr;
	__u32 page;
};

/* Pages mapped at a time, and how many times so many: words that are looked at lie close. */
#define LD_PEEK_PAGES	64
#define LD_PEEK_WINDOWS	16

/**
 * struct ld_peek_window - some pages of the session, mapped
 * @at: where; NULL if none are
 * @first: number of the first
 * @nr: how many
 */
struct ld_peek_window {
	void *at;
	__u32 first;
	__u32 nr;
};

/**
 * struct ld_peek - memory read by way of a session: what is read is recorded
 * @session: open, and recording
 * @flags: of the requests: %LIVEDUMP_USER_MEMORY or 0; %LIVEDUMP_KEEP is added: who looks at what
 *	is recorded sees what the file will show
 * @contents: the session's index, as of the last look
 * @index: by address; NULL where it has to be made again
 * @nr_index: entries
 * @windows: pages that were read stay mapped
 * @recorded: bytes of all ranges asked for
 * @missing: bytes of them that are missing, by reason
 * @cut: a limit was reached: nothing more is recorded
 */
struct ld_peek {
	const struct ld_session *session;
	__u32 flags;
	struct ld_contents contents;
	struct ld_peek_entry *index;
	size_t nr_index;
	struct ld_peek_window windows[LD_PEEK_WINDOWS];
	__u64 recorded;
	__u64 missing[LIVEDUMP_NR_REASONS];
	bool cut;
};

/**
 * ld_peek_keep() - record ranges
 * @p: its session set
 * @ranges: virtual addresses; results are written back
 * @nr: entries, any number
 * @err: filled on failure
 *
 * What is missing is counted, and no failure.
 *
 * Return: 0 or -1.
 */
int ld_peek_keep(struct ld_peek *p, struct livedump_range *ranges, size_t nr, struct ld_err *err);

/**
 * ld_peek_renew() - record ranges anew, all in one request, what is recorded of them included
 * @p: its session set
 * @ranges: virtual addresses; results are written back
 * @nr: entries, at most %LIVEDUMP_MAX_RANGES
 * @err: filled on failure
 *
 * Nothing is counted.
 *
 * Return: 0 or -1.
 */
int ld_peek_renew(struct ld_peek *p, struct livedump_range *ranges, __u32 nr, struct ld_err *err);

/**
 * ld_peek_read() - read memory, recording it if it is not recorded yet
 * @p: its session set
 * @address: virtual
 * @buf: where to
 * @length: bytes
 * @err: filled on failure, and where memory is missing
 *
 * Return: 0; 1 where some of it is missing; -1.
 */
int ld_peek_read(struct ld_peek *p, __u64 address, void *buf, size_t length, struct ld_err *err);

/**
 * ld_peek_try() - read memory that is recorded
 * @p: its session set
 * @address: virtual
 * @buf: where to
 * @length: bytes
 * @err: filled on failure, and where memory is missing
 *
 * Return: 0; 1 where some of it is not recorded; -1.
 */
int ld_peek_try(struct ld_peek *p, __u64 address, void *buf, size_t length, struct ld_err *err);

/**
 * ld_peek_index() - the recorded pages by their addresses, in @p->index
 * @p: its session set
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_peek_index(struct ld_peek *p, struct ld_err *err);

/**
 * ld_peek_page() - a recorded page
 * @p: with an index
 * @page: its number
 * @offset: first byte wanted
 * @buf: where to
 * @length: bytes; not beyond the end of the page
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_peek_page(struct ld_peek *p, __u32 page, size_t offset, void *buf, size_t length,
		 struct ld_err *err);

/** ld_peek_end() - free what it holds; the session and the numbers stay. @p: or all zero */
void ld_peek_end(struct ld_peek *p);

#endif
