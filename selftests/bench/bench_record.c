// SPDX-License-Identifier: GPL-2.0
/*
 * Record the yardstick's 64 MiB, several times, each into a session of its own, and print the best
 * time of each: "nofault NS", "nofault_buffer NS", "record NS" (into a fresh session),
 * "record_reserved NS" (into one made with room), then "store BYTES", "payload BYTES".
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/livedump.h>

#define YARDSTICK	"/sys/kernel/debug/livedump_bench"
#define REPEATS		7
#define MAX_BLOCKS	64

static struct livedump_range blocks[MAX_BLOCKS];
static unsigned int nr_blocks;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void keep_best(uint64_t *best, uint64_t ns)
{
	if (!*best || ns < *best)
		*best = ns;
}

static void time_nofault(uint64_t *nofault, uint64_t *nofault_buffer)
{
	unsigned long long ns = 0, address, length;
	FILE *f = fopen(YARDSTICK, "r");
	char line[128];

	if (!f)
		die(YARDSTICK);
	nr_blocks = 0;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "nofault %llu", &ns) == 1)
			keep_best(nofault, ns);
		if (sscanf(line, "nofault_buffer %llu", &ns) == 1)
			keep_best(nofault_buffer, ns);
		if (nr_blocks < MAX_BLOCKS &&
		    sscanf(line, "block 0x%llx %llu", &address, &length) == 2) {
			memset(&blocks[nr_blocks], 0, sizeof(blocks[0]));
			blocks[nr_blocks].address = address;
			blocks[nr_blocks].length = length;
			nr_blocks++;
		}
	}
	fclose(f);
}

static uint64_t time_record(int dev, uint64_t reserve, struct livedump_status *status)
{
	struct livedump_create create = { .size = sizeof(create), .reserve = reserve };
	struct livedump_record record = {
		.size = sizeof(record),
		.ranges = (uintptr_t)blocks,
		.nr = nr_blocks,
		.range_size = sizeof(blocks[0]),
	};
	uint64_t begin;

	if (ioctl(dev, LIVEDUMP_CREATE, &create))
		die("LIVEDUMP_CREATE");
	begin = now_ns();
	if (ioctl(create.out_fd, LIVEDUMP_RECORD, &record))
		die("LIVEDUMP_RECORD");
	begin = now_ns() - begin;
	*status = (struct livedump_status){ .size = sizeof(*status) };
	if (ioctl(create.out_fd, LIVEDUMP_STATUS, status))
		die("LIVEDUMP_STATUS");
	close(create.out_fd);
	if (record.out_recorded != 64 << 20)
		die("not all was recorded");
	return begin;
}

int main(void)
{
	uint64_t nofault = 0, nofault_buffer = 0, record = 0, reserved = 0;
	struct livedump_status status, unused;
	int dev = open("/dev/livedump", O_RDWR);
	int i;

	if (dev < 0)
		die("/dev/livedump");
	for (i = 0; i < REPEATS; i++) {
		time_nofault(&nofault, &nofault_buffer);
		keep_best(&record, time_record(dev, 0, &status));
		keep_best(&reserved, time_record(dev, 65 << 20, &unused));
	}
	printf("nofault %llu\nnofault_buffer %llu\nrecord %llu\nrecord_reserved %llu\n",
	       (unsigned long long)nofault, (unsigned long long)nofault_buffer,
	       (unsigned long long)record, (unsigned long long)reserved);
	printf("store %llu\npayload %llu\n", (unsigned long long)status.out_used,
	       (unsigned long long)status.out_pages * 4096);
	return 0;
}
