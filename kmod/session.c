// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: sessions. An open file holds a reference, and so does a name.
 */
#include <linux/anon_inodes.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/uidgid.h>

#include "livedump_private.h"

/* ld_sessions_lock protects the list of names. Taken before nothing, held for moments. */
static DEFINE_MUTEX(ld_sessions_lock);
static LIST_HEAD(ld_sessions);

static void ld_session_release(struct kref *ref)
{
	struct ld_session *s = container_of(ref, struct ld_session, ref);

	ld_store_destroy(&s->store);
	mutex_destroy(&s->lock);
	kfree(s);
}

static int ld_session_file_release(struct inode *inode, struct file *file)
{
	struct ld_session *s = file->private_data;

	kref_put(&s->ref, ld_session_release);
	return 0;
}

const struct file_operations ld_session_fops = {
	.owner		= THIS_MODULE,
	.release	= ld_session_file_release,
	.unlocked_ioctl	= ld_session_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.mmap		= ld_session_mmap,
};

/* A name is [A-Za-z0-9_][A-Za-z0-9._-]*, or empty where @may_be_empty, and zero behind that. */
static int ld_check_name(const char *name, bool may_be_empty)
{
	size_t len = strnlen(name, LIVEDUMP_NAME_LEN);
	size_t i;

	if (len == LIVEDUMP_NAME_LEN || memchr_inv(name + len, 0, LIVEDUMP_NAME_LEN - len))
		return -EINVAL;
	if (!len)
		return may_be_empty ? 0 : -EINVAL;
	if (name[0] == '.' || name[0] == '-')
		return -EINVAL;
	for (i = 0; i < len; i++) {
		if (!isascii(name[i]) || (!isalnum(name[i]) && !strchr("._-", name[i])))
			return -EINVAL;
	}
	return 0;
}

static struct ld_session *ld_session_find(const char *name)
{
	struct ld_session *s;

	lockdep_assert_held(&ld_sessions_lock);
	list_for_each_entry(s, &ld_sessions, link) {
		if (!strcmp(s->name, name))
			return s;
	}
	return NULL;
}

static struct ld_session *ld_session_new(const struct livedump_create *arg)
{
	struct ld_session *s = kzalloc(sizeof(*s), LD_GFP);
	/* More pages than a store can number are refused there, for want of room. */
	u32 pages = min_t(u64, arg->reserve >> PAGE_SHIFT, U32_MAX);
	int err;

	if (!s)
		return ERR_PTR(-ENOMEM);
	kref_init(&s->ref);
	INIT_LIST_HEAD(&s->link);
	mutex_init(&s->lock);
	memcpy(s->name, arg->name, sizeof(s->name));
	s->created_ns = ktime_get_boottime_ns();
	if (arg->deadline_ms)
		s->deadline_ns = s->created_ns + arg->deadline_ms * NSEC_PER_MSEC;
	s->creator_pid = task_tgid_nr(current);
	s->creator_uid = from_kuid_munged(&init_user_ns, current_uid());
	err = ld_store_init(&s->store, arg->limit ?: U64_MAX);
	if (!err)
		err = ld_store_reserve(&s->store, pages, 0);
	if (err) {
		kref_put(&s->ref, ld_session_release);
		return ERR_PTR(err);
	}
	return s;
}

/* Reply with a new file of @s, whose reference the file takes over, also on failure. */
static int ld_session_reply_fd(struct ld_cmd *cmd, struct ld_session *s, s32 *out_fd)
{
	struct file *file;
	int fd, err;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		kref_put(&s->ref, ld_session_release);
		return fd;
	}
	file = anon_inode_getfile("[livedump]", &ld_session_fops, s, O_RDONLY);
	if (IS_ERR(file)) {
		kref_put(&s->ref, ld_session_release);
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	*out_fd = fd;
	err = ld_cmd_reply(cmd);
	if (err) {
		fput(file);
		put_unused_fd(fd);
		return err;
	}
	fd_install(fd, file);
	return 0;
}

/* Give a new session its name, which takes a reference of its own. */
static int ld_session_publish(struct ld_session *s)
{
	int err = 0;

	mutex_lock(&ld_sessions_lock);
	if (ld_session_find(s->name)) {
		err = -EEXIST;
	} else {
		kref_get(&s->ref);
		list_add_tail(&s->link, &ld_sessions);
	}
	mutex_unlock(&ld_sessions_lock);
	return err;
}

/* Take a name away; true where @s still had it. */
static bool ld_session_unpublish(struct ld_session *s)
{
	bool had;

	mutex_lock(&ld_sessions_lock);
	had = !list_empty(&s->link);
	list_del_init(&s->link);
	mutex_unlock(&ld_sessions_lock);
	return had;
}

/**
 * ld_session_create() - LIVEDUMP_CREATE
 * @cmd: the ioctl
 *
 * Return: 0 or the errno of the contract in the uapi header.
 */
int ld_session_create(struct ld_cmd *cmd)
{
	struct livedump_create *arg = cmd->arg;
	struct ld_session *s;
	int err;

	err = ld_check_lockdown();
	if (err)
		return err;
	if (arg->__reserved || arg->deadline_ms > U64_MAX / 2 / NSEC_PER_MSEC)
		return -EINVAL;
	err = ld_check_name(arg->name, true);
	if (err)
		return err;
	s = ld_session_new(arg);
	if (IS_ERR(s))
		return PTR_ERR(s);
	if (!s->name[0])
		return ld_session_reply_fd(cmd, s, &arg->out_fd);

	err = ld_session_publish(s);
	if (err) {
		kref_put(&s->ref, ld_session_release);
		return err;
	}
	/* Once it has a name others may use it: a reference of our own until it is settled. */
	kref_get(&s->ref);
	err = ld_session_reply_fd(cmd, s, &arg->out_fd);
	if (err && ld_session_unpublish(s))
		kref_put(&s->ref, ld_session_release);
	kref_put(&s->ref, ld_session_release);
	return err;
}

/**
 * ld_session_open() - LIVEDUMP_OPEN
 * @cmd: the ioctl
 *
 * Return: 0 or the errno of the contract in the uapi header.
 */
int ld_session_open(struct ld_cmd *cmd)
{
	struct livedump_open *arg = cmd->arg;
	struct ld_session *s;
	int err;

	err = ld_check_lockdown();
	if (err)
		return err;
	if (arg->__reserved)
		return -EINVAL;
	err = ld_check_name(arg->name, false);
	if (err)
		return err;
	mutex_lock(&ld_sessions_lock);
	s = ld_session_find(arg->name);
	if (s)
		kref_get(&s->ref);
	mutex_unlock(&ld_sessions_lock);
	return s ? ld_session_reply_fd(cmd, s, &arg->out_fd) : -ENOENT;
}

/**
 * ld_session_destroy() - LIVEDUMP_DESTROY
 * @cmd: the ioctl
 *
 * Return: 0 or the errno of the contract in the uapi header.
 */
int ld_session_destroy(struct ld_cmd *cmd)
{
	struct livedump_destroy *arg = cmd->arg;
	struct ld_session *s;
	int err;

	err = ld_check_name(arg->name, false);
	if (err)
		return err;
	mutex_lock(&ld_sessions_lock);
	s = ld_session_find(arg->name);
	if (s)
		list_del_init(&s->link);
	mutex_unlock(&ld_sessions_lock);
	if (!s)
		return -ENOENT;
	kref_put(&s->ref, ld_session_release);
	return 0;
}

static void ld_session_describe(struct ld_session *s, struct livedump_list_entry *e)
{
	memcpy(e->name, s->name, sizeof(e->name));
	e->state = READ_ONCE(s->state);
	e->requests = READ_ONCE(s->requests);
	e->pages = READ_ONCE(s->store.pages.vec.nr);
	e->used = READ_ONCE(s->store.acct.used);
	e->limit = s->store.acct.limit;
	e->created_ns = s->created_ns;
	e->creator_pid = s->creator_pid;
	e->creator_uid = s->creator_uid;
}

/* Describe the first @nr named sessions; @entries has room for them. Return: how many there are. */
static u32 ld_session_describe_all(struct livedump_list_entry *entries, u32 nr)
{
	struct ld_session *s;
	u32 i = 0;

	mutex_lock(&ld_sessions_lock);
	list_for_each_entry(s, &ld_sessions, link) {
		if (i < nr)
			ld_session_describe(s, &entries[i]);
		i++;
	}
	mutex_unlock(&ld_sessions_lock);
	return i;
}

/* Each entry is cut or zero-filled to what the caller said it measures. */
static int ld_session_reply_list(const struct livedump_list *arg,
				 const struct livedump_list_entry *entries, u32 nr)
{
	size_t size = min_t(size_t, arg->entry_size, sizeof(*entries));
	char __user *to = u64_to_user_ptr(arg->entries);
	u32 i;

	for (i = 0; i < nr; i++, to += arg->entry_size) {
		if (copy_to_user(to, &entries[i], size) ||
		    clear_user(to + size, arg->entry_size - size))
			return -EFAULT;
	}
	return 0;
}

/**
 * ld_session_list() - LIVEDUMP_LIST
 * @cmd: the ioctl
 *
 * Return: 0 or the errno of the contract in the uapi header.
 */
int ld_session_list(struct ld_cmd *cmd)
{
	struct livedump_list *arg = cmd->arg;
	struct livedump_list_entry *entries = NULL;
	u32 room;
	int err;

	if (arg->__reserved)
		return -EINVAL;
	if (arg->entries && arg->nr && arg->entry_size < sizeof(entries->name))
		return -EINVAL;
	if (arg->entry_size > LD_MAX_STRUCT)
		return -E2BIG;
	room = arg->entries ? min(arg->nr, ld_session_describe_all(NULL, 0)) : 0;
	if (room) {
		entries = kvcalloc(room, sizeof(*entries), LD_GFP);
		if (!entries)
			return -ENOMEM;
	}
	arg->out_nr = ld_session_describe_all(entries, room);
	room = min(room, arg->out_nr);
	err = ld_session_reply_list(arg, entries, room);
	kvfree(entries);
	return err ?: ld_cmd_reply(cmd);
}

/**
 * ld_session_status() - LIVEDUMP_STATUS
 * @cmd: the ioctl
 *
 * Takes no lock: a request may be running for a long time.
 *
 * Return: 0 or the errno of the contract in the uapi header.
 */
int ld_session_status(struct ld_cmd *cmd)
{
	struct livedump_status *arg = cmd->arg;
	struct ld_session *s = cmd->session;
	const struct ld_stats *stats = &s->stats;
	int i;

	memcpy(arg->out_name, s->name, sizeof(arg->out_name));
	arg->out_state = READ_ONCE(s->state);
	arg->out_requests = READ_ONCE(s->requests);
	arg->out_limit = s->store.acct.limit;
	arg->out_used = READ_ONCE(s->store.acct.used);
	arg->out_created_ns = s->created_ns;
	arg->out_deadline_ns = s->deadline_ns;
	arg->out_creator_pid = s->creator_pid;
	arg->out_creator_uid = s->creator_uid;
	arg->out_pages = READ_ONCE(s->store.pages.vec.nr);
	arg->out_aliases = READ_ONCE(s->store.aliases.vec.nr);
	arg->out_holes = READ_ONCE(s->store.holes.nr);
	arg->out_holes_dropped = READ_ONCE(s->store.holes_dropped);
	arg->out_objects = READ_ONCE(stats->objects);
	arg->out_object_bytes = READ_ONCE(stats->object_bytes);
	arg->out_range_bytes = READ_ONCE(stats->range_bytes);
	arg->out_refreshed = READ_ONCE(stats->refreshed);
	arg->out_busy_ns = READ_ONCE(stats->busy_ns);
	for (i = 0; i < LIVEDUMP_NR_REASONS; i++)
		arg->out_missing[i] = READ_ONCE(stats->missing[i]);
	arg->out_listed = READ_ONCE(s->store.listed.nr);
	arg->out_unlisted = READ_ONCE(s->store.unlisted);
	arg->out_notes = READ_ONCE(s->store.notes.nr);
	arg->out_cpus = READ_ONCE(s->store.cpus.nr);
	return ld_cmd_reply(cmd);
}

/**
 * ld_session_recording() - does a session still take something in?
 * @s: the session, whose lock the caller holds
 * @now: CLOCK_BOOTTIME
 *
 * Return: 0, -ESHUTDOWN, or -ETIME where its deadline has passed: it is stopped then.
 */
int ld_session_recording(struct ld_session *s, u64 now)
{
	lockdep_assert_held(&s->lock);
	if (s->state != LIVEDUMP_RECORDING)
		return -ESHUTDOWN;
	if (!s->deadline_ns || now < s->deadline_ns)
		return 0;
	WRITE_ONCE(s->state, LIVEDUMP_STOPPED);
	return -ETIME;
}

/**
 * ld_session_stop() - LIVEDUMP_STOP
 * @cmd: the ioctl
 *
 * Return: 0, or -EINTR when the caller is killed while another request runs.
 */
int ld_session_stop(struct ld_cmd *cmd)
{
	struct ld_session *s = cmd->session;
	int err = mutex_lock_killable(&s->lock);

	if (err)
		return err;
	WRITE_ONCE(s->state, LIVEDUMP_STOPPED);
	mutex_unlock(&s->lock);
	return 0;
}

/**
 * ld_sessions_exit() - free the sessions that have a name but no open file
 *
 * Called when the module goes: nobody holds a file any more.
 */
void ld_sessions_exit(void)
{
	struct ld_session *s, *next;

	list_for_each_entry_safe(s, next, &ld_sessions, link) {
		list_del_init(&s->link);
		kref_put(&s->ref, ld_session_release);
	}
}
