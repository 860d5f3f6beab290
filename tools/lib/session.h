/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_SESSION_H
#define LD_SESSION_H

#include <stddef.h>
#include <stdint.h>
#include <linux/livedump.h>

#include "err.h"

/** LD_DEFAULT_SESSION: name of a session that was not given one. */
#define LD_DEFAULT_SESSION	"default"

/**
 * struct ld_session - an open session, with the device it came from
 * @dev: the device
 * @fd: the session
 * @name: its name, "" for an unnamed one
 * @info: the module and the kernel, vmcoreinfo included
 * @boot_realtime_ns: wall-clock time at which CLOCK_BOOTTIME was 0, as of now
 */
struct ld_session {
	int dev;
	int fd;
	char name[LIVEDUMP_NAME_LEN];
	struct livedump_info info;
	uint64_t boot_realtime_ns;
};

/**
 * ld_session_begin() - open the device and ask the kernel about itself; no session yet
 * @s: filled; ld_session_end() ends it whatever comes of this
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_session_begin(struct ld_session *s, struct ld_err *err);

/**
 * ld_session_open() - open the session of this name, or the only one there is
 * @s: begun
 * @name: or NULL
 * @err: filled on failure; lists the sessions where there is a choice
 *
 * Return: 0 or -1.
 */
int ld_session_open(struct ld_session *s, const char *name, struct ld_err *err);

/**
 * ld_session_create() - make a session
 * @s: begun
 * @name: or "" for one that ends with us
 * @with: limit, reserve and deadline_ms are taken from it
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_session_create(struct ld_session *s, const char *name, const struct livedump_create *with,
		      struct ld_err *err);

/** ld_session_end() - close what is open. @s: begun, or all zero but for negative descriptors */
void ld_session_end(struct ld_session *s);

/**
 * ld_session_choose() - which of these is meant when none is named
 * @entries: the named sessions
 * @nr: how many
 * @ret: LIVEDUMP_NAME_LEN bytes for the name
 * @err: filled where there is not exactly one
 *
 * Return: 0 or -1.
 */
int ld_session_choose(const struct livedump_list_entry *entries, size_t nr, char *ret,
		      struct ld_err *err);

/**
 * ld_session_limit() - what a session may use at most
 * @s: begun
 * @limit: of the session, as the module has it
 *
 * Return: bytes; never more than the module's cap, which is what a session without a limit has.
 */
uint64_t ld_session_limit(const struct ld_session *s, uint64_t limit);

/**
 * ld_session_path() - the file that a session goes to where none is given
 * @s: open
 * @status: of the session
 *
 * Return: ``livedump-NAME-TIME.vmcore`` with the time of its start, to be freed; NULL without
 * memory.
 */
char *ld_session_path(const struct ld_session *s, const struct livedump_status *status);

/**
 * struct ld_contents - a session's index, mapped
 * @status: numbers at the time of mapping
 * @pages: @status.out_pages of them
 * @aliases: @status.out_aliases
 * @holes: @status.out_holes
 * @objects: @status.out_listed
 * @notes: @status.out_notes bytes
 * @cpus: @status.out_cpus
 */
struct ld_contents {
	struct livedump_status status;
	const struct livedump_page *pages;
	const struct livedump_alias *aliases;
	const struct livedump_hole *holes;
	const struct livedump_object *objects;
	const char *notes;
	const struct livedump_cpu *cpus;
};

/**
 * ld_contents_map() - map the index of a session
 * @session: its descriptor
 * @ret: filled; ld_contents_unmap() ends it
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_contents_map(int session, struct ld_contents *ret, struct ld_err *err);

/** ld_contents_unmap() - unmap it and zero it. @c: mapped, or all zero */
void ld_contents_unmap(struct ld_contents *c);

/**
 * ld_contents_incomplete() - whether something that was asked for is missing
 * @c: mapped
 *
 * Return: 1 if so, or if a limit cut a request, or if the list of holes cannot tell; else 0.
 */
int ld_contents_incomplete(const struct ld_contents *c);

#endif
