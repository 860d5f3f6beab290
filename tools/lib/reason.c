// SPDX-License-Identifier: GPL-2.0
/* The one place that gives enum livedump_reason its names. */
#include "reason.h"

static const struct ld_reason reasons[LIVEDUMP_NR_REASONS] = {
	[LIVEDUMP_OK] = { "ok", "not missing" },
	[LIVEDUMP_FAULTED] = { "faulted", "the read faulted" },
	[LIVEDUMP_UNMAPPED] = { "unmapped", "not mapped" },
	[LIVEDUMP_BAD_ADDRESS] = { "bad-address", "not a kernel address" },
	[LIVEDUMP_NOT_RAM] = { "not-ram", "not RAM" },
	[LIVEDUMP_OFFLINE] = { "offline", "memory is offline" },
	[LIVEDUMP_POISONED] = { "poisoned", "damaged memory (hardware error)" },
	[LIVEDUMP_USER] = { "user", "user memory", "--user-memory" },
	[LIVEDUMP_SELF] = { "self", "livedump's own buffers" },
	[LIVEDUMP_LIMIT] = { "limit", "the session is full", "a larger --buffer", true },
	[LIVEDUMP_BUDGET] = {
		"budget", "object or byte budget used up", "larger --max-objects, --max-bytes", true
	},
	[LIVEDUMP_TIMEOUT] = { "timeout", "time budget used up", "a larger --max-time", true },
	[LIVEDUMP_LOCKDOWN] = { "lockdown", "the kernel was locked down", .cut = true },
	[LIVEDUMP_NO_MEMORY] = {
		"no-memory", "no kernel memory for it", "free memory, then the same again", true
	},
	[LIVEDUMP_INTERRUPTED] = { "interrupted", "interrupted", "the same again", true },
};

static const struct ld_reason unknown = {
	.name = "unknown", .text = "unknown to this version of the tool"
};

const struct ld_reason *ld_reason(unsigned int reason)
{
	return reason < LIVEDUMP_NR_REASONS && reasons[reason].name ? &reasons[reason] : &unknown;
}

__u64 ld_missing_total(const __u64 missing[LIVEDUMP_NR_REASONS])
{
	__u64 total = 0;
	unsigned int i;

	for (i = 1; i < LIVEDUMP_NR_REASONS; i++)
		total += missing[i];
	return total;
}

bool ld_missing_cut(const __u64 missing[LIVEDUMP_NR_REASONS])
{
	unsigned int i;

	for (i = 1; i < LIVEDUMP_NR_REASONS; i++) {
		if (missing[i] && ld_reason(i)->cut)
			return true;
	}
	return false;
}
