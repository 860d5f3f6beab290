// SPDX-License-Identifier: GPL-2.0
/* The one place that gives enum livedump_reason its names. */
#include "reason.h"

#define REASON(name_, text_, ...)	{ .name = (name_), .text = (text_), __VA_ARGS__ }

static const struct ld_reason reasons[LIVEDUMP_NR_REASONS] = {
	[LIVEDUMP_OK] = REASON("ok", "not missing"),
	[LIVEDUMP_FAULTED] = REASON("faulted", "the read faulted"),
	[LIVEDUMP_UNMAPPED] = REASON("unmapped", "not mapped"),
	[LIVEDUMP_BAD_ADDRESS] = REASON("bad-address", "not a kernel address"),
	[LIVEDUMP_NOT_RAM] = REASON("not-ram", "not RAM"),
	[LIVEDUMP_OFFLINE] = REASON("offline", "memory is offline"),
	[LIVEDUMP_POISONED] = REASON("poisoned", "damaged memory (hardware error)"),
	[LIVEDUMP_USER] = REASON("user", "user memory", .remedy = "--user-memory"),
	[LIVEDUMP_SELF] = REASON("self", "livedump's own buffers"),
	[LIVEDUMP_LIMIT] = REASON("limit", "the session is full",
				  .remedy = "a larger --buffer", .cut = true),
	[LIVEDUMP_BUDGET] = REASON("budget", "object or byte budget used up",
				   .remedy = "larger --max-objects, --max-bytes", .cut = true),
	[LIVEDUMP_TIMEOUT] = REASON("timeout", "time budget used up",
				    .remedy = "a larger --max-time", .cut = true),
	[LIVEDUMP_LOCKDOWN] = REASON("lockdown", "the kernel was locked down", .cut = true),
	[LIVEDUMP_NO_MEMORY] = REASON("no-memory", "no kernel memory for it",
				      .remedy = "free memory, then the same again", .cut = true),
	[LIVEDUMP_INTERRUPTED] = REASON("interrupted", "interrupted",
					.remedy = "the same again", .cut = true),
};

static const struct ld_reason unknown = REASON("unknown", "unknown to this version of the tool");

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
