// SPDX-License-Identifier: GPL-2.0
/* What users are told when the module says no, or is not there to say it. */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>

#include "dev.h"
#include "session.h"
#include "writer.h"
#include "writer_wrap.h"

/* Error number of the next ioctl, 0 to let it succeed. */
static int ioctl_error;
static uint32_t bad_root;

int __wrap_ioctl(int fd, unsigned long cmd, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	EXPECT(*(__u32 *)arg >= 8);
	if (cmd == LIVEDUMP_SNAPSHOT)
		((struct livedump_snapshot *)arg)->out_bad_root = bad_root;
	errno = ioctl_error;
	return ioctl_error ? -1 : 0;
}

static const struct livedump_create with;
static struct ld_err err;

static int call(unsigned long cmd)
{
	char first[8] = "first", second[8] = "second";
	char *labels[2] = { first, second };
	struct livedump_snapshot snapshot = { .nr_roots = 2 };
	struct livedump_record record = { .nr = 1 };
	struct livedump_list_entry *entries;
	struct livedump_status status;
	struct livedump_whatis whatis;
	struct livedump_info info;
	size_t nr;
	int fd;

	err.msg[0] = '\0';
	switch (cmd) {
	case LIVEDUMP_INFO:
		return ld_dev_info(-1, &info, &err);
	case LIVEDUMP_CREATE:
		return ld_dev_create(-1, "trouble", &with, &fd, &err);
	case LIVEDUMP_OPEN:
		return ld_dev_open_session(-1, "trouble", &fd, &err);
	case LIVEDUMP_DESTROY:
		return ld_dev_destroy(-1, "trouble", &err);
	case LIVEDUMP_LIST:
		return ld_dev_list(-1, &entries, &nr, &err);
	case LIVEDUMP_STATUS:
		return ld_dev_status(-1, &status, &err);
	case LIVEDUMP_RECORD:
		return ld_dev_record(-1, &record, &err);
	case LIVEDUMP_SNAPSHOT:
		return ld_dev_snapshot(-1, &snapshot, labels, &err);
	case LIVEDUMP_WHATIS:
		return ld_dev_whatis(-1, &whatis, &err);
	case LIVEDUMP_ANNOTATE:
		return ld_dev_annotate(-1, "note", 4, &err);
	default:
		return ld_dev_stop(-1, &err);
	}
}

static const unsigned long commands[] = {
	LIVEDUMP_INFO, LIVEDUMP_CREATE, LIVEDUMP_OPEN, LIVEDUMP_DESTROY, LIVEDUMP_LIST,
	LIVEDUMP_STATUS, LIVEDUMP_RECORD, LIVEDUMP_SNAPSHOT, LIVEDUMP_ANNOTATE,
	LIVEDUMP_WHATIS, LIVEDUMP_STOP,
};

/* Whatever comes back, there is a message, with nothing of printf left in it. */
static void every_error(void)
{
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(commands); i++) {
		for (ioctl_error = 1; ioctl_error < 134; ioctl_error++) {
			int result = call(commands[i]);
			int gone = commands[i] == LIVEDUMP_SNAPSHOT && ioctl_error == ESRCH;
			int cut = (commands[i] == LIVEDUMP_RECORD ||
				   commands[i] == LIVEDUMP_SNAPSHOT) &&
				  (ioctl_error == ENOSPC || ioctl_error == ENOMEM ||
				   ioctl_error == EINTR);

			cut |= commands[i] == LIVEDUMP_ANNOTATE &&
			       (ioctl_error == ENOSPC || ioctl_error == ENOMEM ||
				ioctl_error == E2BIG);

			EXPECT(result == (gone ? LD_DEV_GONE : cut ? LD_DEV_CUT : -1));
			EXPECT(err.code == (cut ? LD_EXIT_INCOMPLETE : LD_EXIT_FAILED));
			EXPECT(*err.msg && !strchr(err.msg, '%') && !strstr(err.msg, "(null)"));
		}
	}
}

static void told_what_to_do(void)
{
	static const struct {
		unsigned long cmd;
		int error;
		const char *hint;
	} cases[] = {
		{ LIVEDUMP_CREATE, EEXIST, "livedump stop -s trouble" },
		{ LIVEDUMP_CREATE, EINVAL, "63 letters" },
		{ LIVEDUMP_OPEN, ENOENT, "livedump start trouble" },
		{ LIVEDUMP_RECORD, ENOSPC, "--buffer" },
		{ LIVEDUMP_SNAPSHOT, ENOSPC, "--buffer" },
		{ LIVEDUMP_SNAPSHOT, ENOMEM, "free some memory" },
		{ LIVEDUMP_SNAPSHOT, ENXIO, "second: " },
		{ LIVEDUMP_SNAPSHOT, ESRCH, "second: " },
		{ LIVEDUMP_SNAPSHOT, ESHUTDOWN, "livedump stop -o FILE" },
		{ LIVEDUMP_RECORD, ETIME, "livedump stop -o FILE" },
		{ LIVEDUMP_STATUS, ENOTTY, "older than the tool" },
	};
	size_t i;

	bad_root = 1;
	for (i = 0; i < LD_ARRAY_SIZE(cases); i++) {
		ioctl_error = cases[i].error;
		EXPECT(call(cases[i].cmd));
		EXPECT_HAS(err.msg, cases[i].hint);
	}
	bad_root = UINT32_MAX;
	ioctl_error = ESRCH;
	EXPECT(call(LIVEDUMP_SNAPSHOT) == LD_DEV_GONE);
	EXPECT_HAS(err.msg, "a target: ");
}

static void long_names(void)
{
	char name[LIVEDUMP_NAME_LEN + 1];
	int fd;

	ioctl_error = 0;
	memset(name, 'n', sizeof(name));
	name[LIVEDUMP_NAME_LEN] = '\0';
	EXPECT(ld_dev_create(-1, name, &with, &fd, &err));
	EXPECT_HAS(err.msg, "63 letters");
	EXPECT(ld_dev_open_session(-1, name, &fd, &err));
	EXPECT(ld_dev_destroy(-1, name, &err));
	name[LIVEDUMP_NAME_LEN - 1] = '\0';
	EXPECT(!ld_dev_create(-1, name, &with, &fd, &err));
}

static void no_device(void)
{
	static const struct {
		struct ld_dev_clues clues;
		const char *hint;
	} cases[] = {
		{ { .error = ENOENT, .module = false }, "modprobe livedump" },
		{ { .error = ENXIO, .module = false }, "modprobe livedump" },
		{ { .error = ENODEV, .module = true }, "Remove it" },
		{ { .error = ENOENT, .module = true }, "dmesg" },
		{ { .error = ENOENT, .module = true, .devnum = "10:122" },
		  "mknod -m 600 /dev/livedump c 10 122" },
		{ { .error = EACCES, .module = true }, "as root" },
		{ { .error = EPERM, .module = true, .confidential = true }, "CAP_SYS_RAWIO" },
		{ { .error = EPERM, .module = true, .rawio = true, .confidential = true },
		  "lockdown=integrity" },
		{ { .error = EPERM, .module = true, .rawio = true }, "audit log" },
		{ { .error = EMFILE, .module = true }, "/dev/livedump" },
	};
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(cases); i++) {
		EXPECT(ld_dev_diagnose(&cases[i].clues, &err) == -1);
		EXPECT(err.code == LD_EXIT_FAILED);
		EXPECT_HAS(err.msg, cases[i].hint);
	}
}

static void choice_of_session(void)
{
	struct livedump_list_entry entries[40] = { { .name = "alpha" }, { .name = "beta" } };
	char name[LIVEDUMP_NAME_LEN];
	size_t i;

	EXPECT(ld_session_choose(entries, 0, name, &err));
	EXPECT_HAS(err.msg, "livedump start");
	EXPECT(!ld_session_choose(entries, 1, name, &err) && !strcmp(name, "alpha"));
	EXPECT(ld_session_choose(entries, 2, name, &err));
	EXPECT_HAS(err.msg, "-s");
	EXPECT_HAS(err.msg, "alpha");
	EXPECT_HAS(err.msg, "beta");
	for (i = 0; i < LD_ARRAY_SIZE(entries); i++)
		memset(entries[i].name, 'n', LIVEDUMP_NAME_LEN - 1);
	EXPECT(ld_session_choose(entries, LD_ARRAY_SIZE(entries), name, &err));
	EXPECT_HAS(err.msg, "...");
}

int main(void)
{
	RUN(every_error);
	RUN(told_what_to_do);
	RUN(long_names);
	RUN(no_device);
	RUN(choice_of_session);
	return END();
}
