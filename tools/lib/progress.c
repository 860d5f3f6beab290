// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "progress.h"
#include "size.h"

/* What takes less than this needs no progress. */
#define PATIENCE_NS	1000000000
/* Shown so often. */
#define EVERY_NS	100000000

/* To the end of the line */
#define CLEAR		"\033[K"

uint64_t ld_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void show(uint64_t done, uint64_t total, uint64_t took_ns)
{
	double left = (double)took_ns * (double)(total - done) / (double)done;
	char size[LD_SIZE_LEN], time[LD_SIZE_LEN];

	fprintf(stderr, "\r%3.0f %% of %s, %s left" CLEAR "\r",
		100.0 * (double)done / (double)total, ld_format_size(total, size),
		ld_format_time((uint64_t)left, time));
}

void ld_progress(uint64_t done, uint64_t total)
{
	static uint64_t begun, shown;
	uint64_t now = ld_now_ns();

	if (!done) {
		begun = now;
		shown = 0;
	} else if (done >= total) {
		if (shown)
			fputs("\r" CLEAR, stderr);
		shown = 0;
	} else if (now - begun >= PATIENCE_NS && now - shown >= EVERY_NS) {
		shown = now;
		show(done, total, now - begun);
	}
}
