// SPDX-License-Identifier: GPL-2.0
/* livedump info on any file. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "livedump.h"
#include "writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64], *argv[] = { path };
	struct ld_args args = { .argc = 1, .argv = argv };
	struct ld_err err = { .msg = "" };
	int fd = memfd_create("core", MFD_CLOEXEC);
	int result;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	args.json = size & 1;
	args.objects = size & 2;
	args.dot = size & 4 && !args.json;
	args.check = size & 8;
	result = ld_cmd_info.run(&args, &err);
	if (result != LD_EXIT_OK && (result != -1 || !*err.msg))
		abort();
	close(fd);
	return 0;
}
