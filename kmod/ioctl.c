// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: ioctl dispatch. The tables say what each structure measures and which flags it may
 * carry; handlers see a checked copy and never the caller's memory, but for the arrays.
 */
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uidgid.h>

#include "livedump_private.h"

/**
 * struct ld_ioctl - one ioctl
 * @nr: its number
 * @size: of its structure now
 * @min_size: of the structure's first version
 * @flags: it may carry
 * @execute: does it; replies itself with ld_cmd_reply()
 */
struct ld_ioctl {
	unsigned int nr;
	u32 size;
	u32 min_size;
	u32 flags;
	int (*execute)(struct ld_cmd *cmd);
};

#define LD_REQUEST_FLAGS	(LIVEDUMP_KEEP | LIVEDUMP_USER_MEMORY)

static const struct ld_ioctl ld_control_ioctls[] = {
	{
		.nr = LIVEDUMP_INFO,
		.size = sizeof(struct livedump_info),
		.min_size = offsetofend(struct livedump_info, out_boottime_ns),
		.execute = ld_info,
	},
	{
		.nr = LIVEDUMP_CREATE,
		.size = sizeof(struct livedump_create),
		.min_size = offsetofend(struct livedump_create, __reserved),
		.execute = ld_session_create,
	},
	{
		.nr = LIVEDUMP_OPEN,
		.size = sizeof(struct livedump_open),
		.min_size = offsetofend(struct livedump_open, __reserved),
		.execute = ld_session_open,
	},
	{
		.nr = LIVEDUMP_DESTROY,
		.size = sizeof(struct livedump_destroy),
		.min_size = offsetofend(struct livedump_destroy, name),
		.execute = ld_session_destroy,
	},
	{
		.nr = LIVEDUMP_LIST,
		.size = sizeof(struct livedump_list),
		.min_size = offsetofend(struct livedump_list, __reserved),
		.execute = ld_session_list,
	},
	{
		.nr = LIVEDUMP_WHATIS,
		.size = sizeof(struct livedump_whatis),
		.min_size = offsetofend(struct livedump_whatis, out_symbol),
		.execute = ld_whatis,
	},
};

static const struct ld_ioctl ld_session_ioctls[] = {
	{
		.nr = LIVEDUMP_STATUS,
		.size = sizeof(struct livedump_status),
		.min_size = offsetofend(struct livedump_status, out_missing),
		.execute = ld_session_status,
	},
	{
		.nr = LIVEDUMP_RECORD,
		.size = sizeof(struct livedump_record),
		.min_size = offsetofend(struct livedump_record, out_missing),
		.flags = LD_REQUEST_FLAGS,
		.execute = ld_record,
	},
	{
		.nr = LIVEDUMP_SNAPSHOT,
		.size = sizeof(struct livedump_snapshot),
		.min_size = offsetofend(struct livedump_snapshot, out_missing),
		.flags = LD_REQUEST_FLAGS | LIVEDUMP_LIST_OBJECTS,
		.execute = ld_snapshot,
	},
	{
		.nr = LIVEDUMP_STOP,
		.size = sizeof(struct livedump_stop),
		.min_size = offsetofend(struct livedump_stop, flags),
		.execute = ld_session_stop,
	},
	{
		.nr = LIVEDUMP_ANNOTATE,
		.size = sizeof(struct livedump_annotate),
		.min_size = offsetofend(struct livedump_annotate, length),
		.execute = ld_annotate,
	},
};

/**
 * ld_locked_down() - may kernel memory be read now?
 *
 * Return: 0, or -EPERM where the kernel is locked down.
 */
int ld_locked_down(void)
{
	return security_locked_down(LOCKDOWN_KCORE);
}

/**
 * ld_refuse() - say in the kernel's log who was refused, rate-limited
 * @why: the rest of a sentence
 *
 * The name is the caller's to choose: what is not plain text in it is escaped.
 *
 * Return: -EPERM.
 */
int ld_refuse(const char *why)
{
	pr_notice_ratelimited("refused pid %d (%*pE), uid %u: %s\n", task_tgid_nr(current),
			      (int)strnlen(current->comm, TASK_COMM_LEN), current->comm,
			      from_kuid_munged(&init_user_ns, current_uid()), why);
	return -EPERM;
}

/**
 * ld_check_lockdown() - may the caller read kernel memory now?
 *
 * Return: 0, or -EPERM where the kernel is locked down, which its log then says.
 */
int ld_check_lockdown(void)
{
	return ld_locked_down() ? ld_refuse("the kernel is locked down") : 0;
}

/**
 * ld_keeps_results() - does a request that ended so still answer?
 * @err: how it ended
 *
 * Return: true for success and for the errors marked (+) in the uapi header.
 */
bool ld_keeps_results(int err)
{
	return !err || err == -ENOSPC || err == -ENOMEM || err == -EINTR;
}

/**
 * ld_cmd_reply() - copy the module's structure back to the caller
 * @cmd: the ioctl
 *
 * Return: 0 or -EFAULT.
 */
int ld_cmd_reply(const struct ld_cmd *cmd)
{
	if (copy_to_user(cmd->user, cmd->arg, min(cmd->user_size, cmd->size)))
		return -EFAULT;
	return 0;
}

/**
 * ld_copy_array() - copy an array of the caller's
 * @ret: the copy, for kvfree(); NULL for an empty array
 * @user: where it is
 * @nr: entries
 * @entry_size: bytes of one entry, as the caller has them; what he does not have is zero
 * @array: what may be there
 *
 * Return: 0, -EINVAL, -E2BIG, -EFAULT, -ENOMEM.
 */
int ld_copy_array(void **ret, u64 user, u32 nr, u32 entry_size, const struct ld_array *array)
{
	const char __user *from = u64_to_user_ptr(user);
	const size_t size = array->size;
	char *to;
	int err = 0;
	u32 i;

	*ret = NULL;
	if (nr > array->max)
		return -E2BIG;
	if (!nr)
		return 0;
	if (entry_size < array->min_size)
		return -EINVAL;
	if (entry_size > LD_MAX_STRUCT)
		return -E2BIG;
	to = kvmalloc_array(nr, size, LD_GFP);
	if (!to)
		return -ENOMEM;
	if (entry_size == size) {
		if (copy_from_user(to, from, nr * size))
			err = -EFAULT;
	} else {
		for (i = 0; i < nr && !err; i++)
			err = copy_struct_from_user(to + i * size, size,
						    from + (size_t)i * entry_size, entry_size);
	}
	if (err) {
		kvfree(to);
		return err;
	}
	*ret = to;
	return 0;
}

/**
 * ld_reply_array() - copy an array back to the caller
 * @user: where it goes
 * @nr: entries
 * @entry_size: bytes of one entry, as the caller has them
 * @from: the entries
 * @array: what they are
 *
 * What the caller's entries have beyond is left alone: it was zero on entry, or is the caller's
 * to zero.
 *
 * Return: 0 or -EFAULT.
 */
int ld_reply_array(u64 user, u32 nr, u32 entry_size, const void *from,
		   const struct ld_array *array)
{
	char __user *to = u64_to_user_ptr(user);
	u32 i;

	for (i = 0; i < nr; i++) {
		if (copy_to_user(to + (size_t)i * entry_size, from + (size_t)i * array->size,
				 min(entry_size, array->size)))
			return -EFAULT;
	}
	return 0;
}

static const struct ld_ioctl *ld_find_ioctl(const struct ld_ioctl *table, size_t len,
					    unsigned int nr)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (table[i].nr == nr)
			return &table[i];
	}
	return NULL;
}

static int ld_execute(const struct ld_ioctl *io, struct ld_cmd *cmd)
{
	u32 *flags;
	int err;

	if (get_user(cmd->user_size, (u32 __user *)cmd->user))
		return -EFAULT;
	if (cmd->user_size < io->min_size)
		return -EINVAL;
	if (cmd->user_size > LD_MAX_STRUCT)
		return -E2BIG;
	cmd->size = io->size;
	cmd->arg = kzalloc(io->size, LD_GFP);
	if (!cmd->arg)
		return -ENOMEM;
	err = copy_struct_from_user(cmd->arg, io->size, cmd->user, cmd->user_size);
	flags = cmd->arg + sizeof(u32);
	if (!err && (*flags & ~io->flags))
		err = -EINVAL;
	if (!err)
		err = io->execute(cmd);
	kfree(cmd->arg);
	return err;
}

/**
 * ld_control_ioctl() - ioctl() of /dev/livedump
 * @file: the device
 * @nr: ioctl number
 * @arg: user pointer
 *
 * Return: 0 or the errno of the contract in the uapi header.
 */
long ld_control_ioctl(struct file *file, unsigned int nr, unsigned long arg)
{
	const struct ld_ioctl *io = ld_find_ioctl(ld_control_ioctls,
						  ARRAY_SIZE(ld_control_ioctls), nr);
	struct ld_cmd cmd = { .file = file, .user = (void __user *)arg };

	return io ? ld_execute(io, &cmd) : -ENOTTY;
}

/**
 * ld_session_ioctl() - ioctl() of a session
 * @file: the session's file
 * @nr: ioctl number
 * @arg: user pointer
 *
 * Return: 0 or the errno of the contract in the uapi header.
 */
long ld_session_ioctl(struct file *file, unsigned int nr, unsigned long arg)
{
	const struct ld_ioctl *io = ld_find_ioctl(ld_session_ioctls,
						  ARRAY_SIZE(ld_session_ioctls), nr);
	struct ld_cmd cmd = {
		.file = file,
		.session = file->private_data,
		.user = (void __user *)arg,
	};

	return io ? ld_execute(io, &cmd) : -ENOTTY;
}
