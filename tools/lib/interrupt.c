// SPDX-License-Identifier: GPL-2.0
/* Ending on a signal without leaving a half file. */
#include <signal.h>
#include <stddef.h>

#include "array.h"
#include "interrupt.h"

static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGXFSZ, SIGPIPE };
static struct sigaction before[LD_ARRAY_SIZE(numbers)];
static int noted;

static void note(int number)
{
	__atomic_store_n(&noted, number, __ATOMIC_RELAXED);
}

/* A write that fails tells what happened just as well. */
static int is_error(int number)
{
	return number == SIGXFSZ || number == SIGPIPE;
}

void ld_interrupt_catch(void)
{
	struct sigaction catch = { .sa_handler = note };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(numbers); i++) {
		sigaction(numbers[i], NULL, &before[i]);
		/* nohup and background jobs: what was ignored stays ignored */
		if (before[i].sa_handler != SIG_IGN)
			sigaction(numbers[i], is_error(numbers[i]) ? &ignore : &catch, NULL);
	}
}

int ld_interrupted(void)
{
	return __atomic_load_n(&noted, __ATOMIC_RELAXED);
}

void ld_interrupt_release(void)
{
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(numbers); i++)
		sigaction(numbers[i], &before[i], NULL);
}

void ld_interrupt_die(void)
{
	int number = ld_interrupted();

	if (!number)
		return;
	signal(number, SIG_DFL);
	raise(number);
}
