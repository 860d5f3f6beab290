// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: recording ranges of memory.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "livedump_private.h"

static const struct ld_array ld_ranges = {
	.max = LIVEDUMP_MAX_RANGES,
	.size = sizeof(struct livedump_range),
	.min_size = offsetofend(struct livedump_range, out_missing),
};

/* One piece of @span, which lies in a single page where it can be recorded. */
static u64 ld_capture_piece(struct ld_request *rq, const struct ld_span *span, u64 address,
			    u64 length, enum livedump_reason *reason)
{
	u64 in_page = PAGE_SIZE - (address & ~PAGE_MASK);
	u64 skip = address | ~PAGE_MASK;
	u32 page;

	/* What is recorded already still counts, but there is no end of what is not. */
	if (rq->over || (rq->stop && length > LIVEDUMP_MAX_OBJECT_SIZE)) {
		*reason = rq->stop;
		return length;
	}
	if (span->physical) {
		*reason = ld_capture_phys(rq, PHYS_PFN(address), span->why, &page);
		if (*reason == LIVEDUMP_NOT_RAM && skip != U64_MAX)
			skip = ld_next_ram(skip + 1) - 1;
	} else {
		*reason = ld_capture_virt(rq, address, span->why, &page, &skip);
	}
	if (!*reason)
		return min(length, in_page);
	return length - 1 > skip - address ? skip - address + 1 : length;
}

/**
 * ld_capture_span() - capture a stretch of memory
 * @rq: the request
 * @span: any stretch: empty, wrapping around, partly or wholly unreadable
 * @recorded: bytes captured are added to it
 * @missing: bytes missing are added to it, by reason; may be NULL
 *
 * May sleep.
 */
void ld_capture_span(struct ld_request *rq, const struct ld_span *span, u64 *recorded,
		     u64 *missing)
{
	u16 flags = span->hole_flags | (span->physical ? LIVEDUMP_HOLE_PHYS : 0);
	u64 address = span->address;
	u64 left = span->length;
	enum livedump_reason why;
	u64 piece;

	while (left) {
		if (address + left - 1 < address) {
			why = LIVEDUMP_BAD_ADDRESS;
			piece = left;
		} else {
			ld_request_poll(rq);
			piece = ld_capture_piece(rq, span, address, left, &why);
		}
		if (why) {
			ld_request_missing(rq, address, piece, why, flags);
			if (missing)
				missing[why] += piece;
		} else {
			*recorded += piece;
		}
		address += piece;
		left -= piece;
	}
}

static int ld_check_ranges(const struct livedump_range *ranges, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		if ((ranges[i].flags & ~(LIVEDUMP_RANGE_PHYS | LIVEDUMP_RANGE_GUESS)) ||
		    ranges[i].__reserved)
			return -EINVAL;
	}
	return 0;
}

static void ld_record_range(struct ld_request *rq, struct livedump_range *r)
{
	struct ld_span span = {
		.address = r->address,
		.length = r->length,
		.physical = r->flags & LIVEDUMP_RANGE_PHYS,
		.why = LIVEDUMP_PAGE_RANGE,
		.hole_flags = r->flags & LIVEDUMP_RANGE_GUESS ? 0 : LIVEDUMP_HOLE_ASKED,
	};

	r->out_recorded = 0;
	memset(r->out_missing, 0, sizeof(r->out_missing));
	ld_capture_span(rq, &span, &r->out_recorded, r->out_missing);
}

static int ld_record_ranges(struct ld_session *s, struct livedump_record *arg,
			    struct livedump_range *ranges)
{
	struct ld_request rq;
	int err;
	u32 i;

	lockdep_assert_held(&s->lock);
	err = ld_request_begin(&rq, s, arg->flags);
	if (err)
		return err;
	for (i = 0; i < arg->nr; i++) {
		ld_record_range(&rq, &ranges[i]);
		arg->out_recorded += ranges[i].out_recorded;
	}
	memcpy(arg->out_missing, rq.missing, sizeof(arg->out_missing));
	WRITE_ONCE(s->stats.range_bytes, s->stats.range_bytes + arg->out_recorded);
	return ld_request_end(&rq);
}

/**
 * ld_record() - LIVEDUMP_RECORD
 * @cmd: the ioctl
 *
 * Return: 0 or the errno of the contract in the uapi header.
 */
int ld_record(struct ld_cmd *cmd)
{
	struct livedump_record *arg = cmd->arg;
	void *ranges;
	int err, copied;

	arg->out_recorded = 0;
	memset(arg->out_missing, 0, sizeof(arg->out_missing));
	err = ld_check_lockdown();
	if (err)
		return err;
	err = ld_copy_array(&ranges, arg->ranges, arg->nr, arg->range_size, &ld_ranges);
	if (err)
		return err;
	err = ld_check_ranges(ranges, arg->nr);
	if (err)
		goto out;
	err = mutex_lock_killable(&cmd->session->lock);
	if (err)
		goto out;
	err = ld_record_ranges(cmd->session, arg, ranges);
	mutex_unlock(&cmd->session->lock);

	if (!ld_keeps_results(err))
		goto out;
	copied = ld_reply_array(arg->ranges, arg->nr, arg->range_size, ranges, &ld_ranges);
	if (!copied)
		copied = ld_cmd_reply(cmd);
	if (copied)
		err = copied;
out:
	kvfree(ranges);
	return err;
}
