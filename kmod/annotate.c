// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: LIVEDUMP_ANNOTATE: notes that the callers keep with a session.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "livedump_private.h"

/* Copy the caller's text, chunk by chunk: with what comes next nobody is to wait for his memory. */
static int ld_annotate_copy(struct ld_vec *text, const struct livedump_annotate *arg)
{
	const char __user *from = u64_to_user_ptr(arg->text);
	u32 length = arg->length;
	u32 n;
	int err;

	while (text->nr < length) {
		n = min_t(u32, length - text->nr, PAGE_SIZE);
		err = ld_vec_reserve(text, n);
		if (err)
			return err;
		if (copy_from_user(ld_vec_at(text, text->nr), from + text->nr, n))
			return -EFAULT;
		text->nr += n;
	}
	return 0;
}

/**
 * ld_annotate() - LIVEDUMP_ANNOTATE
 * @cmd: the ioctl
 *
 * Shows nothing of the kernel's memory: whether that is locked down does not matter.
 *
 * Return: 0 or the errno of the contract in the uapi header.
 */
int ld_annotate(struct ld_cmd *cmd)
{
	const struct livedump_annotate *arg = cmd->arg;
	struct ld_session *s = cmd->session;
	struct ld_account acct = { .limit = s->store.acct.limit };
	struct ld_vec text;
	int err;

	if (!arg->length)
		return -EINVAL;
	if (arg->length > LIVEDUMP_MAX_NOTE)
		return -E2BIG;
	ld_vec_init(&text, &acct, 1, PAGE_SHIFT);
	err = ld_annotate_copy(&text, arg);
	if (!err)
		err = mutex_lock_killable(&s->lock);
	if (!err) {
		err = ld_session_recording(s, ktime_get_boottime_ns());
		if (!err)
			err = ld_store_note(&s->store, &text);
		mutex_unlock(&s->lock);
	}
	ld_vec_destroy(&text);
	return err;
}
