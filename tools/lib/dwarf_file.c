// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/utsname.h>
#include <elfutils/libdwelf.h>
#include <gelf.h>
#include <libelf.h>

#include "dwarf_file.h"

static void to_hex(const unsigned char *id, size_t len, char *buf)
{
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < len && 2 * i + 2 < LD_BUILD_ID_MAX; i++)
		sprintf(buf + 2 * i, "%02x", id[i]);
}

/* The notes section of the kernel, without any ELF around it. */
void ld_build_id_running(const char *sys, char *buf)
{
	unsigned char notes[4096];
	char path[4096];
	ssize_t len, at, name, desc;
	Elf64_Nhdr n;
	int fd;

	buf[0] = '\0';
	snprintf(path, sizeof(path), "%s/kernel/notes", sys);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	len = read(fd, notes, sizeof(notes));
	close(fd);
	for (at = 0; at + (ssize_t)sizeof(n) <= len; at = desc + ((n.n_descsz + 3) & ~3U)) {
		memcpy(&n, notes + at, sizeof(n));
		if (n.n_namesz > sizeof(notes) || n.n_descsz > sizeof(notes))
			return;
		name = at + sizeof(n);
		desc = name + ((n.n_namesz + 3) & ~3U);
		if (desc + (ssize_t)n.n_descsz > len)
			return;
		if (n.n_type == NT_GNU_BUILD_ID && n.n_namesz == 4 &&
		    !memcmp(notes + name, "GNU", 4)) {
			to_hex(notes + desc, n.n_descsz, buf);
			return;
		}
	}
}

static int read_build_id(int fd, char *buf)
{
	const void *id;
	ssize_t len;
	int rc = -1;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF) {
		rc = 0;
		len = dwelf_elf_gnu_build_id(elf, &id);
		if (len > 0)
			to_hex(id, len, buf);
	}
	elf_end(elf);
	return rc;
}

int ld_build_id_file(const char *path, char *buf, struct ld_err *err)
{
	int fd, rc;

	buf[0] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ld_fail(err, LD_EXIT_FAILED, "%s: %s", path, strerror(errno));
	rc = read_build_id(fd, buf);
	close(fd);
	return rc ? ld_fail(err, LD_EXIT_FAILED, "%s: not an ELF file", path) : 0;
}

int ld_vmlinux_check(const char *path, const char *build_id, struct ld_err *err)
{
	char id[LD_BUILD_ID_MAX];

	if (ld_build_id_file(path, id, err))
		return -1;
	if (!*build_id || !strcmp(id, build_id))
		return 0;
	return ld_fail(err, LD_EXIT_FAILED,
		       "%s is of another kernel: its build id is %s, that of the running kernel is %s",
		       path, *id ? id : "missing", build_id);
}

static char *try_path(const char *build_id, const char *format, const char *a, const char *b)
{
	char id[LD_BUILD_ID_MAX], path[4096];
	struct ld_err ignored;

	snprintf(path, sizeof(path), format, a, b);
	if (access(path, R_OK) || ld_build_id_file(path, id, &ignored) || strcmp(id, build_id))
		return NULL;
	return strdup(path);
}

char *ld_vmlinux_find(const char *build_id)
{
	static const char * const formats[] = {
		"/usr/lib/debug/boot/vmlinux-%s",
		"/usr/lib/debug/lib/modules/%s/vmlinux",
		"/boot/vmlinux-%s",
		"/lib/modules/%s/vmlinux",
		"/lib/modules/%s/build/vmlinux",
		NULL
	};
	char first[3] = { 0 }, *path;
	struct utsname uts;
	int i;

	if (strlen(build_id) < 3 || uname(&uts))
		return NULL;
	memcpy(first, build_id, 2);
	path = try_path(build_id, "/usr/lib/debug/.build-id/%s/%s.debug", first, build_id + 2);
	for (i = 0; !path && formats[i]; i++)
		path = try_path(build_id, formats[i], uts.release, "");
	return path;
}
