// SPDX-License-Identifier: GPL-2.0
/* A number out of the running kernel: recorded in a session of its own, which ends at once. */
#include <stdint.h>
#include <unistd.h>

#include "dev.h"
#include "livedump.h"
#include "peek.h"

int ld_read_number(void *data, const struct livedump_root *root, __u32 size, __u64 *ret,
		   struct ld_err *err)
{
	static const char * const label[] = { "a number" };
	const struct ld_session *s = data;
	struct livedump_type type = { .size = size };
	struct livedump_root copy_of = *root;
	struct livedump_snapshot snap = {
		.roots = (uintptr_t)&copy_of, .nr_roots = 1,
		.types = (uintptr_t)&type, .nr_types = 1,
	};
	const struct livedump_create with = { 0 };
	struct ld_session own = *s;
	struct ld_peek peek = { .session = &own };
	int rc;

	copy_of.type = 0;
	if (ld_dev_create(s->dev, "", &with, &own.fd, err))
		return -1;
	rc = ld_dev_snapshot(own.fd, &snap, (char * const *)label, err);
	if (!rc && (copy_of.out_hops < copy_of.nr_path || copy_of.out_recorded < size))
		rc = ld_fail(err, LD_EXIT_FAILED, "it cannot be read");
	*ret = 0;
	if (!rc)
		rc = ld_peek_try(&peek, copy_of.out_address, ret, size, err);
	ld_peek_end(&peek);
	close(own.fd);
	return rc ? -1 : 0;
}
