/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_DEV_H
#define LD_DEV_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/livedump.h>

#include "err.h"

/** LD_DEV_PATH: the device. */
#define LD_DEV_PATH	"/dev/livedump"

/** LD_DEV_CUT: a request ended early; what it recorded until then is kept. */
#define LD_DEV_CUT	1
/** LD_DEV_GONE: a task is no more; nothing was recorded. */
#define LD_DEV_GONE	2

/**
 * struct ld_dev_clues - what tells why the device could not be opened
 * @error: errno of open()
 * @module: the module is loaded
 * @devnum: ``major:minor`` as sysfs has it, or ""
 * @rawio: we have CAP_SYS_RAWIO
 * @confidential: the kernel is locked down at confidentiality level
 */
struct ld_dev_clues {
	int error;
	bool module;
	char devnum[16];
	bool rawio;
	bool confidential;
};

/**
 * ld_dev_diagnose() - say why the device could not be opened, and what to do
 * @clues: what is known
 * @err: filled
 *
 * Return: -1.
 */
int ld_dev_diagnose(const struct ld_dev_clues *clues, struct ld_err *err);

/**
 * ld_dev_open() - open the device
 * @ret: its file descriptor
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_dev_open(int *ret, struct ld_err *err);

/**
 * ld_dev_info() - LIVEDUMP_INFO
 * @dev: the device
 * @info: filled; @info->vmcoreinfo points to the text, to be freed with ld_dev_info_free()
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_dev_info(int dev, struct livedump_info *info, struct ld_err *err);

/** ld_dev_info_free() - free the vmcoreinfo text. @info: filled by ld_dev_info() */
void ld_dev_info_free(struct livedump_info *info);

/**
 * ld_dev_create() - LIVEDUMP_CREATE
 * @dev: the device
 * @name: of the session, or "" for an unnamed one
 * @with: limit, reserve and deadline_ms are taken from it
 * @ret: the session's file descriptor
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_dev_create(int dev, const char *name, const struct livedump_create *with, int *ret,
		  struct ld_err *err);

/**
 * ld_dev_open_session() - LIVEDUMP_OPEN
 * @dev: the device
 * @name: of the session
 * @ret: its file descriptor
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_dev_open_session(int dev, const char *name, int *ret, struct ld_err *err);

/**
 * ld_dev_destroy() - LIVEDUMP_DESTROY
 * @dev: the device
 * @name: of the session
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_dev_destroy(int dev, const char *name, struct ld_err *err);

/**
 * ld_dev_list() - LIVEDUMP_LIST
 * @dev: the device
 * @ret: the named sessions, to be freed by the caller
 * @nr: how many
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_dev_list(int dev, struct livedump_list_entry **ret, size_t *nr, struct ld_err *err);

/**
 * ld_dev_whatis() - LIVEDUMP_WHATIS
 * @dev: the device
 * @whatis: all but its size filled in
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_dev_whatis(int dev, struct livedump_whatis *whatis, struct ld_err *err);

/**
 * ld_dev_status() - LIVEDUMP_STATUS
 * @session: a session
 * @ret: filled
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_dev_status(int session, struct livedump_status *ret, struct ld_err *err);

/**
 * ld_dev_record() - LIVEDUMP_RECORD
 * @session: a session
 * @record: all but its sizes filled in
 * @err: filled on failure, and with LD_DEV_CUT
 *
 * Return: 0, LD_DEV_CUT, or -1.
 */
int ld_dev_record(int session, struct livedump_record *record, struct ld_err *err);

/**
 * ld_dev_snapshot() - LIVEDUMP_SNAPSHOT
 * @session: a session
 * @snapshot: all but its sizes filled in
 * @labels: what the user called the roots, for messages
 * @err: filled on failure, and with LD_DEV_CUT and LD_DEV_GONE
 *
 * Return: 0, LD_DEV_CUT, LD_DEV_GONE (@snapshot->out_bad_root tells which), or -1.
 */
int ld_dev_snapshot(int session, struct livedump_snapshot *snapshot, char * const *labels,
		    struct ld_err *err);

/**
 * ld_dev_stop() - LIVEDUMP_STOP
 * @session: a session
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_dev_stop(int session, struct ld_err *err);

/**
 * ld_dev_annotate() - LIVEDUMP_ANNOTATE
 * @session: a session
 * @text: the note
 * @length: bytes, not 0
 * @err: filled on failure, and with LD_DEV_CUT
 *
 * Return: 0, LD_DEV_CUT where there is no room for it, or -1.
 */
int ld_dev_annotate(int session, const void *text, size_t length, struct ld_err *err);

/**
 * ld_dev_map() - map a part of a session, read-only
 * @session: a session
 * @region: LIVEDUMP_MMAP_*
 * @offset: bytes into the region, whole pages
 * @length: bytes; of 0 nothing is mapped
 * @ret: the mapping, or NULL for a length of 0
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_dev_map(int session, __u64 region, __u64 offset, size_t length, void **ret,
	       struct ld_err *err);

#endif
