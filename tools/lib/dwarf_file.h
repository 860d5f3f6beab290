/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_DWARF_FILE_H
#define LD_DWARF_FILE_H

#include <stddef.h>

#include "err.h"

/** LD_BUILD_ID_MAX: room for a build id in hex, with its NUL. */
#define LD_BUILD_ID_MAX		129

/**
 * ld_build_id_running() - the build id of the running kernel
 * @sys: "/sys", or a test's stand-in: its kernel/notes is read
 * @buf: the id in hex, %LD_BUILD_ID_MAX bytes; "" if it cannot be told
 */
void ld_build_id_running(const char *sys, char *buf);

/**
 * ld_build_id_file() - the build id of an ELF file
 * @path: the file
 * @buf: the id in hex, %LD_BUILD_ID_MAX bytes; "" if it has none
 * @err: filled if the file cannot be read as ELF
 *
 * Return: 0 or -1.
 */
int ld_build_id_file(const char *path, char *buf, struct ld_err *err);

/**
 * ld_vmlinux_check() - is this the vmlinux of the running kernel?
 * @path: given by the user
 * @build_id: of the running kernel, "" if it is not known: then any file will do
 * @err: filled if it is not; says both ids
 *
 * Return: 0 or -1.
 */
int ld_vmlinux_check(const char *path, const char *build_id, struct ld_err *err);

/**
 * ld_vmlinux_find() - look for the debug vmlinux where distributions put it
 * @build_id: of the running kernel; without one nothing is found
 *
 * Return: path to free, or NULL. Files with another build id are passed over.
 */
char *ld_vmlinux_find(const char *build_id);

#endif
