// SPDX-License-Identifier: GPL-2.0
/*
 * The module going and coming: between programs, where it must succeed, and by a thread of its own
 * during them, where it must be refused while anyone uses the module.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuzz.h"

static pthread_t thread;
static bool stop;
static int module = -1;		/* its file: a program closes all that is opened later */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* What is to be loaded; before exec_files(). */
bool reload_init(const char *ko)
{
	module = open(ko, O_RDONLY | O_CLOEXEC);
	if (module < 0)
		perror(ko);
	return module >= 0;
}

static bool load(void)
{
	if (!syscall(SYS_finit_module, module, "", 0) || errno == EEXIST)
		return true;
	perror("fuzz_ioctl: loading the module");
	return false;
}

static bool unload(void)
{
	return !syscall(SYS_delete_module, "livedump", O_NONBLOCK);
}

/* Nobody uses the module now: it goes, and comes back. Returns whether it did. */
bool reload_module(void)
{
	bool good;

	pthread_mutex_lock(&lock);
	good = unload();
	if (!good)
		perror("fuzz_ioctl: unloading the module, which nobody uses");
	good = load() && good;
	pthread_mutex_unlock(&lock);
	cover_module();
	return good;
}

/* Whenever it is possible, which should be only before a program has opened the device. */
static void *reload_main(void *arg)
{
	unsigned int state = 1;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		pthread_mutex_lock(&lock);
		if (unload())
			load();
		pthread_mutex_unlock(&lock);
		state = state * 1103515245 + 12345;
		usleep((state >> 16) % 5000);
	}
	return NULL;
}

void reload_start(void)
{
	stop = false;
	if (pthread_create(&thread, NULL, reload_main, NULL))
		abort();
}

void reload_stop(void)
{
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	load();
	cover_module();
}
