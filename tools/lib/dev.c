// SPDX-License-Identifier: GPL-2.0
/* The only file that speaks to the module; what its error numbers mean is in one table. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "array.h"
#include "dev.h"

#define CAP_SYS_RAWIO_BIT	17

#define RAISE_CAP	"load the module with a larger max_bytes"
#define SESSION_FULL \
	"the session is full; what was recorded until then is kept\n" \
	"For the rest start one with a larger --buffer. If that does not help, all sessions\n" \
	"together have reached the module's cap: end others, or " RAISE_CAP "."
#define NO_MEMORY \
	"the kernel had no memory to give; what was recorded until then is kept\n" \
	"For the rest free some memory, then give the same command again."
#define OLD_MODULE \
	"the loaded module does not know this request\n" \
	"It is older than the tool: install both from one version."

static const struct {
	unsigned long cmd;		/* 0: any */
	int error;
	int result;
	const char *text;		/* %s: the session, or the target */
} messages[] = {
	{ LIVEDUMP_CREATE, EEXIST, -1,
	  "there is a session %1$s already\n"
	  "Record into it (-s %1$s), end it (livedump stop -s %1$s),\n"
	  "or start one of another name (livedump start NAME)." },
	{ LIVEDUMP_CREATE, EINVAL, -1,
	  "'%s' cannot be a session's name\n"
	  "Use up to 63 letters, digits, '.', '_' and '-', the first not '.' or '-'." },
	{ LIVEDUMP_CREATE, ENOSPC, -1,
	  "there is no room for the session\n"
	  "Give a larger --buffer or a smaller --reserve. If that does not help, the other\n"
	  "sessions hold all the memory that the module may use: end one (livedump list), or\n"
	  RAISE_CAP "." },
	{ LIVEDUMP_OPEN, ENOENT, -1,
	  "there is no session %1$s\n"
	  "livedump list shows those there are; livedump start %1$s makes it." },
	{ LIVEDUMP_OPEN, EINVAL, -1,
	  "'%s' cannot be a session's name\n"
	  "livedump list shows those there are." },
	{ LIVEDUMP_DESTROY, ENOENT, -1, "there is no session %s any more" },
	{ LIVEDUMP_SNAPSHOT, ENXIO, -1,
	  "%s: the symbol does not lie where /proc/kallsyms said it does\n"
	  "Was a module reloaded meanwhile? Try again." },
	{ LIVEDUMP_SNAPSHOT, ESRCH, LD_DEV_GONE, "%s: there is no such task (any more)" },
	{ LIVEDUMP_SNAPSHOT, EINVAL, -1,
	  "the module refuses the request\n"
	  "Either there is no such CPU, or tool and module are of different versions." },
	{ LIVEDUMP_SNAPSHOT, E2BIG, -1,
	  "these are too many types for one request\n"
	  "Give fewer targets, or a smaller --depth." },
	{ LIVEDUMP_SNAPSHOT, ENOSPC, LD_DEV_CUT, SESSION_FULL },
	{ LIVEDUMP_RECORD, ENOSPC, LD_DEV_CUT, SESSION_FULL },
	{ LIVEDUMP_SNAPSHOT, ENOMEM, LD_DEV_CUT, NO_MEMORY },
	{ LIVEDUMP_RECORD, ENOMEM, LD_DEV_CUT, NO_MEMORY },
	{ LIVEDUMP_SNAPSHOT, EINTR, LD_DEV_CUT, "interrupted; what was recorded is kept" },
	{ LIVEDUMP_RECORD, EINTR, LD_DEV_CUT, "interrupted; what was recorded is kept" },
	{ LIVEDUMP_ANNOTATE, ENOSPC, LD_DEV_CUT, "the session is full" },
	{ LIVEDUMP_ANNOTATE, ENOMEM, LD_DEV_CUT, "the kernel had no memory to give" },
	{ LIVEDUMP_ANNOTATE, E2BIG, LD_DEV_CUT, "it is too long" },
	{ 0, ESHUTDOWN, -1,
	  "the session is stopped and takes no more\n"
	  "Write it out (livedump stop -o FILE), then start another." },
	{ 0, ETIME, -1,
	  "the session's deadline has passed, and it is stopped now\n"
	  "Write it out (livedump stop -o FILE), then start another." },
	{ 0, EPERM, -1,
	  "the kernel refuses\n"
	  "It was locked down (confidentiality), or CAP_SYS_RAWIO was taken away." },
	{ 0, ENOTTY, -1, OLD_MODULE },
	{ 0, E2BIG, -1, OLD_MODULE },
	{ 0, ENOMEM, -1,
	  "the kernel has no memory to give\n"
	  "Free some, then try again." },
	{ 0, ENOSPC, -1,
	  "the module's cap on memory is reached\n"
	  "End a session (livedump list), or " RAISE_CAP "." },
	{ 0, EMFILE, -1,
	  "too many files are open\n"
	  "Raise the limit (ulimit -n)." },
};

static const char *request_name(unsigned long cmd)
{
	switch (cmd) {
	case LIVEDUMP_INFO:
		return "asking for kernel information";
	case LIVEDUMP_CREATE:
		return "starting a session";
	case LIVEDUMP_OPEN:
		return "opening the session";
	case LIVEDUMP_DESTROY:
		return "ending the session";
	case LIVEDUMP_LIST:
		return "listing the sessions";
	case LIVEDUMP_STATUS:
		return "asking for the session's status";
	case LIVEDUMP_RECORD:
		return "recording memory";
	case LIVEDUMP_SNAPSHOT:
		return "recording objects";
	case LIVEDUMP_WHATIS:
		return "asking what an address is";
	case LIVEDUMP_ANNOTATE:
		return "keeping a note with the session";
	default:
		return "stopping the session";
	}
}

/* Fills @err for errno; @about is put where the message has %s. */
static int explain(unsigned long cmd, const char *about, struct ld_err *err)
{
	const int error = errno;
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(messages); i++) {
		if ((messages[i].cmd && messages[i].cmd != cmd) || messages[i].error != error)
			continue;
		ld_fail(err, messages[i].result == LD_DEV_CUT ? LD_EXIT_INCOMPLETE : LD_EXIT_FAILED,
			messages[i].text, about);
		return messages[i].result;
	}
	return ld_fail(err, LD_EXIT_FAILED, "%s: %s", request_name(cmd), strerror(error));
}

static bool read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (fd >= 0)
		close(fd);
	buf[got > 0 ? got : 0] = '\0';
	return got > 0;
}

static bool have_rawio(void)
{
	unsigned long long effective = 0;
	char buf[4096], *line;

	if (!read_text("/proc/self/status", buf, sizeof(buf)))
		return false;
	line = strstr(buf, "CapEff:");
	return line && sscanf(line, "CapEff: %llx", &effective) == 1 &&
	       effective >> CAP_SYS_RAWIO_BIT & 1;
}

static void collect_clues(struct ld_dev_clues *clues)
{
	char buf[128];

	clues->error = errno;
	clues->module = !access("/sys/module/livedump", F_OK);
	read_text("/sys/class/misc/livedump/dev", clues->devnum, sizeof(clues->devnum));
	clues->devnum[strcspn(clues->devnum, "\n")] = '\0';
	clues->rawio = have_rawio();
	clues->confidential = read_text("/sys/kernel/security/lockdown", buf, sizeof(buf)) &&
			      strstr(buf, "[confidentiality]");
}

static int no_node(const struct ld_dev_clues *clues, struct ld_err *err)
{
	const char *colon = strchr(clues->devnum, ':');

	if (!clues->module)
		return ld_fail(err, LD_EXIT_FAILED,
			       "the livedump module is not loaded\n"
			       "Load it: modprobe livedump, or insmod livedump.ko where it was built.");
	if (!colon)
		return ld_fail(err, LD_EXIT_FAILED,
			       "the livedump module is loaded but has no device\n"
			       "Load it anew (rmmod livedump; modprobe livedump) and see dmesg.");
	return ld_fail(err, LD_EXIT_FAILED,
		       "the livedump module is loaded but " LD_DEV_PATH " is missing\n"
		       "Are devtmpfs or udev at work here? By hand:\n"
		       "mknod -m 600 " LD_DEV_PATH " c %.*s %s",
		       (int)(colon - clues->devnum), clues->devnum, colon + 1);
}

static int not_permitted(const struct ld_dev_clues *clues, struct ld_err *err)
{
	if (!clues->rawio)
		return ld_fail(err, LD_EXIT_FAILED,
			       "this needs CAP_SYS_RAWIO, which root in a container usually lacks\n"
			       "Run it as root on the host.");
	if (clues->confidential)
		return ld_fail(err, LD_EXIT_FAILED,
			       "the kernel is locked down (confidentiality)\n"
			       "No program may read its memory until it is booted with\n"
			       "lockdown=integrity or without lockdown.");
	return ld_fail(err, LD_EXIT_FAILED,
		       "the kernel refuses access to its memory\n"
		       "A security module forbids it: see the audit log.");
}

int ld_dev_diagnose(const struct ld_dev_clues *clues, struct ld_err *err)
{
	switch (clues->error) {
	case ENOENT:
		return no_node(clues, err);
	case ENXIO:
	case ENODEV:
		if (!clues->module)
			return no_node(clues, err);
		return ld_fail(err, LD_EXIT_FAILED,
			       LD_DEV_PATH " is left over from an earlier load of the module\n"
			       "Remove it, then load the module anew.");
	case EACCES:
		return ld_fail(err, LD_EXIT_FAILED,
			       "no permission for " LD_DEV_PATH "\n"
			       "Run this as root (sudo).");
	case EPERM:
		return not_permitted(clues, err);
	default:
		return ld_fail(err, LD_EXIT_FAILED, LD_DEV_PATH ": %s", strerror(clues->error));
	}
}

int ld_dev_open(int *ret, struct ld_err *err)
{
	struct ld_dev_clues clues = { 0 };

	*ret = open(LD_DEV_PATH, O_RDWR | O_CLOEXEC);
	if (*ret >= 0)
		return 0;
	collect_clues(&clues);
	return ld_dev_diagnose(&clues, err);
}

int ld_dev_info(int dev, struct livedump_info *info, struct ld_err *err)
{
	void *text;

	*info = (struct livedump_info){ .size = sizeof(*info) };
	if (ioctl(dev, LIVEDUMP_INFO, info))
		return explain(LIVEDUMP_INFO, "", err);
	text = malloc(info->out_vmcoreinfo_size + 1);
	if (!text)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	info->vmcoreinfo = (uintptr_t)text;
	info->vmcoreinfo_size = info->out_vmcoreinfo_size;
	if (ioctl(dev, LIVEDUMP_INFO, info)) {
		free(text);
		return explain(LIVEDUMP_INFO, "", err);
	}
	return 0;
}

void ld_dev_info_free(struct livedump_info *info)
{
	free((void *)(uintptr_t)info->vmcoreinfo);
	info->vmcoreinfo = 0;
}

/* False for a name that does not fit: the module shall see it and say what it thinks. */
static bool put_name(char *to, const char *name)
{
	size_t length = strlen(name);

	if (length >= LIVEDUMP_NAME_LEN)
		return false;
	memcpy(to, name, length);
	return true;
}

int ld_dev_create(int dev, const char *name, const struct livedump_create *with, int *ret,
		  struct ld_err *err)
{
	struct livedump_create create = {
		.size = sizeof(create),
		.limit = with->limit,
		.reserve = with->reserve,
		.deadline_ms = with->deadline_ms,
	};

	errno = EINVAL;
	if (!put_name(create.name, name) || ioctl(dev, LIVEDUMP_CREATE, &create))
		return explain(LIVEDUMP_CREATE, name, err);
	*ret = create.out_fd;
	return 0;
}

int ld_dev_open_session(int dev, const char *name, int *ret, struct ld_err *err)
{
	struct livedump_open req = { .size = sizeof(req) };

	errno = EINVAL;
	if (!put_name(req.name, name) || ioctl(dev, LIVEDUMP_OPEN, &req))
		return explain(LIVEDUMP_OPEN, name, err);
	*ret = req.out_fd;
	return 0;
}

int ld_dev_destroy(int dev, const char *name, struct ld_err *err)
{
	struct livedump_destroy req = { .size = sizeof(req) };

	errno = EINVAL;
	if (!put_name(req.name, name) || ioctl(dev, LIVEDUMP_DESTROY, &req))
		return explain(LIVEDUMP_DESTROY, name, err);
	return 0;
}

int ld_dev_list(int dev, struct livedump_list_entry **ret, size_t *nr, struct ld_err *err)
{
	struct livedump_list list = { .size = sizeof(list), .entry_size = sizeof(**ret) };
	struct livedump_list_entry *entries = NULL;

	/* Once more if sessions were added between asking how many and asking for them. */
	do {
		list.nr = list.out_nr + 8;
		free(entries);
		entries = calloc(list.nr, sizeof(*entries));
		if (!entries)
			return ld_fail(err, LD_EXIT_FAILED, "out of memory");
		list.entries = (uintptr_t)entries;
		if (ioctl(dev, LIVEDUMP_LIST, &list)) {
			free(entries);
			return explain(LIVEDUMP_LIST, "", err);
		}
	} while (list.out_nr > list.nr);
	*ret = entries;
	*nr = list.out_nr;
	return 0;
}

int ld_dev_whatis(int dev, struct livedump_whatis *whatis, struct ld_err *err)
{
	whatis->size = sizeof(*whatis);
	return ioctl(dev, LIVEDUMP_WHATIS, whatis) ? explain(LIVEDUMP_WHATIS, "", err) : 0;
}

int ld_dev_status(int session, struct livedump_status *ret, struct ld_err *err)
{
	*ret = (struct livedump_status){ .size = sizeof(*ret) };
	if (ioctl(session, LIVEDUMP_STATUS, ret))
		return explain(LIVEDUMP_STATUS, "", err);
	return 0;
}

int ld_dev_record(int session, struct livedump_record *record, struct ld_err *err)
{
	record->size = sizeof(*record);
	record->range_size = sizeof(struct livedump_range);
	return ioctl(session, LIVEDUMP_RECORD, record) ? explain(LIVEDUMP_RECORD, "", err) : 0;
}

int ld_dev_snapshot(int session, struct livedump_snapshot *snapshot, char * const *labels,
		    struct ld_err *err)
{
	const char *about = "a target";

	snapshot->size = sizeof(*snapshot);
	snapshot->root_size = sizeof(struct livedump_root);
	snapshot->type_size = sizeof(struct livedump_type);
	snapshot->edge_size = sizeof(struct livedump_edge);
	snapshot->out_bad_root = UINT32_MAX;
	if (!ioctl(session, LIVEDUMP_SNAPSHOT, snapshot))
		return 0;
	if (snapshot->out_bad_root < snapshot->nr_roots)
		about = labels[snapshot->out_bad_root];
	return explain(LIVEDUMP_SNAPSHOT, about, err);
}

int ld_dev_stop(int session, struct ld_err *err)
{
	struct livedump_stop stop = { .size = sizeof(stop) };

	return ioctl(session, LIVEDUMP_STOP, &stop) ? explain(LIVEDUMP_STOP, "", err) : 0;
}

int ld_dev_annotate(int session, const void *text, size_t length, struct ld_err *err)
{
	struct livedump_annotate note = {
		.size = sizeof(note),
		.text = (uintptr_t)text,
		.length = length,
	};

	return ioctl(session, LIVEDUMP_ANNOTATE, &note) ? explain(LIVEDUMP_ANNOTATE, "", err) : 0;
}

int ld_dev_map(int session, __u64 region, __u64 offset, size_t length, void **ret,
	       struct ld_err *err)
{
	*ret = NULL;
	if (!length)
		return 0;
	*ret = mmap(NULL, length, PROT_READ, MAP_SHARED, session, (off_t)(region + offset));
	if (*ret != MAP_FAILED)
		return 0;
	*ret = NULL;
	return ld_fail(err, LD_EXIT_FAILED, "mapping the session's memory: %s", strerror(errno));
}
