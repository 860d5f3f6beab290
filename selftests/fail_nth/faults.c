// SPDX-License-Identifier: GPL-2.0
/*
 * Failing allocations, and failing copies from and to the caller, by the kernel's fault injection
 * (Documentation/fault-injection/ of the kernel): those of this process that have the module's
 * code, or that of a function, on the stack.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"
#include "livedump_utils.h"

#define FAULTS		"/sys/kernel/debug/"

static int fail_nth, make_it_fail;
static unsigned long start, end;

__attribute__((format(printf, 3, 4)))
static bool set(const char *fault, const char *name, const char *format, ...)
{
	char path[128], text[64];
	va_list args;
	int fd, len;
	bool done;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(path, sizeof(path), FAULTS "%s/%s", fault, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	done = fd >= 0 && write(fd, text, len) == len;
	close(fd);
	return done;
}

/* A fault counts where the module is on the stack or, turned off, never. */
static bool set_fault(const char *fault, bool on, bool rest)
{
	return set(fault, "require-start", "%lu", on ? start : 0) &&
	       set(fault, "require-end", "%lu", on ? end : 1) &&
	       set(fault, "stacktrace-depth", "%d", on ? 32 : 0) &&
	       set(fault, "verbose", "0") &&
	       set(fault, "interval", "1") &&
	       set(fault, "times", "-1") &&
	       set(fault, "task-filter", "Y") &&
	       set(fault, "probability", "%d", on && rest ? 100 : 0);
}

static bool find_module(void)
{
	FILE *f = fopen("/proc/modules", "re");
	unsigned long size;
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "livedump %lu %*s %*s %*s %lx", &size, &start) == 2)
			end = start + size;
	}
	if (f)
		fclose(f);
	return end;
}

bool faults_init(enum how how)
{
	bool copy = how == COPY;

	fail_nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	make_it_fail = open("/proc/self/make-it-fail", O_WRONLY | O_CLOEXEC);
	return find_module() && fail_nth >= 0 && make_it_fail >= 0 &&
	       set_fault("failslab", !copy, how == REST) &&
	       set_fault("fail_page_alloc", !copy, how == REST) &&
	       set_fault("fail_usercopy", copy, false) &&
	       set("failslab", "ignore-gfp-wait", "N") &&
	       set("fail_page_alloc", "ignore-gfp-wait", "N") &&
	       set("fail_page_alloc", "ignore-gfp-highmem", "N") &&
	       set("fail_page_alloc", "min-order", "0");
}

/* The kernel counts @nth down; once it is 0, what has been asked to fail always does. */
void faults_arm(unsigned int nth, enum how how)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(make_it_fail, how == REST ? "1" : "0", 1, 0) != 1 ||
	    pwrite(fail_nth, text, len, 0) != len)
		abort();
}

/* Returns whether something has failed. */
bool faults_disarm(void)
{
	char text[16] = "";

	if (pwrite(make_it_fail, "0", 1, 0) != 1 || pread(fail_nth, text, 15, 0) < 1 ||
	    pwrite(fail_nth, "0", 1, 0) != 1)
		abort();
	return !atoi(text);
}

/* Where a function of the kernel's ends: where the next one begins. */
static __u64 end_of(__u64 function)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long long at, next = function + PAGE_SIZE;
	char line[1024];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx", &at) == 1 && at > function && at < next)
			next = at;
	}
	if (f)
		fclose(f);
	return next;
}

/* Allocations count where this function of the kernel's is on the stack, instead of the module. */
bool faults_below(const char *function)
{
	start = symbol(function);
	end = end_of(start);
	return start && set_fault("failslab", true, false) &&
	       set_fault("fail_page_alloc", true, false);
}
