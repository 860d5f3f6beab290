// SPDX-License-Identifier: GPL-2.0
/* Numbers, sizes, times and addresses. */
#include <stdint.h>

#include "size.h"
#include "writer.h"

static void numbers(void)
{
	static const char * const bad[] = {
		"", " 1", "1 ", "+1", "-1", "0x", "0xg", "x1", "1k", "18446744073709551616",
		"0x10000000000000000", "1.0", "one",
	};
	uint64_t n;
	size_t i;

	EXPECT(!ld_parse_number("0", &n) && n == 0);
	EXPECT(!ld_parse_number("010", &n) && n == 10);
	EXPECT(!ld_parse_number("0x1F", &n) && n == 31);
	EXPECT(!ld_parse_number("18446744073709551615", &n) && n == UINT64_MAX);
	for (i = 0; i < LD_ARRAY_SIZE(bad); i++) {
		if (!ld_parse_number(bad[i], &n)) {
			printf("# accepted '%s'\n", bad[i]);
			test_bad = 1;
		}
	}
}

static void sizes(void)
{
	static const char * const bad[] = {
		"", "K", "1KK", "1X", "1Ki", "1KB", "1 K", "-1K", "16777216T", "1.5G", "0xK",
	};
	uint64_t n;
	size_t i;

	EXPECT(!ld_parse_size("4096", &n) && n == 4096);
	EXPECT(!ld_parse_size("0x1000", &n) && n == 4096);
	EXPECT(!ld_parse_size("64K", &n) && n == 65536);
	EXPECT(!ld_parse_size("64k", &n) && n == 65536);
	EXPECT(!ld_parse_size("1MiB", &n) && n == 1048576);
	EXPECT(!ld_parse_size("3G", &n) && n == 3ULL << 30);
	EXPECT(!ld_parse_size("16777215T", &n) && n == 16777215ULL << 40);
	for (i = 0; i < LD_ARRAY_SIZE(bad); i++) {
		if (!ld_parse_size(bad[i], &n)) {
			printf("# accepted '%s'\n", bad[i]);
			test_bad = 1;
		}
	}
}

static void seconds(void)
{
	static const char * const bad[] = {
		"", ".5", "1.", "1s", "-1", "0x10", "1.5.5", "18446744074", "1e3",
	};
	uint64_t n;
	size_t i;

	EXPECT(!ld_parse_seconds("10", &n) && n == 10000000000ULL);
	EXPECT(!ld_parse_seconds("0.5", &n) && n == 500000000);
	EXPECT(!ld_parse_seconds("0.0000000019", &n) && n == 1);
	EXPECT(!ld_parse_seconds("18446744072.9", &n));
	for (i = 0; i < LD_ARRAY_SIZE(bad); i++) {
		if (!ld_parse_seconds(bad[i], &n)) {
			printf("# accepted '%s'\n", bad[i]);
			test_bad = 1;
		}
	}
}

static void addresses(void)
{
	uint64_t n;

	EXPECT(!ld_parse_address("0xffff888000001000", &n) && n == 0xffff888000001000);
	EXPECT(!ld_parse_address("ffff888000001000", &n) && n == 0xffff888000001000);
	EXPECT(!ld_parse_address("0x0", &n) && n == 0);
	/* could be meant as decimal */
	EXPECT(ld_parse_address("4096", &n));
	EXPECT(ld_parse_address("ffff88800000100", &n));
	EXPECT(ld_parse_address("ffff88800000100g", &n));
	EXPECT(ld_parse_address("0xffff8880000010000", &n));
	EXPECT(ld_parse_address("", &n));
}

static void formats(void)
{
	char buf[LD_SIZE_LEN];

	EXPECT(!strcmp(ld_format_size(0, buf), "0 bytes"));
	EXPECT(!strcmp(ld_format_size(1023, buf), "1023 bytes"));
	EXPECT(!strcmp(ld_format_size(4096, buf), "4 KiB"));
	EXPECT(!strcmp(ld_format_size(1536, buf), "1.5 KiB"));
	EXPECT(!strcmp(ld_format_size(64ULL << 30, buf), "64 GiB"));
	EXPECT(strlen(ld_format_size(UINT64_MAX, buf)) < LD_SIZE_LEN);
	EXPECT(!strcmp(ld_format_time(12300000, buf), "12.3 ms"));
	EXPECT(!strcmp(ld_format_time(2500000000ULL, buf), "2.5 s"));
	EXPECT(!strcmp(ld_format_utc(1709208000000000000, 0, buf), "2024-02-29T12:00:00Z"));
	EXPECT(!strcmp(ld_format_utc(1709208000000000000, 1, buf), "20240229T120000Z"));
}

int main(void)
{
	RUN(numbers);
	RUN(sizes);
	RUN(seconds);
	RUN(addresses);
	RUN(formats);
	return END();
}
