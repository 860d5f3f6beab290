// SPDX-License-Identifier: GPL-2.0
/* Numbers, sizes, times and addresses as people type and read them. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "array.h"
#include "size.h"

#define NSEC_PER_SEC	1000000000ULL

/* strtoull() takes signs, blanks and octal: check the first digit, choose the base. */
static int parse_prefix(const char *text, uint64_t *ret, const char **end)
{
	int hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *stop;

	if (hex ? !isxdigit((unsigned char)text[2]) : !isdigit((unsigned char)text[0]))
		return -1;
	errno = 0;
	*ret = strtoull(text, &stop, hex ? 16 : 10);
	*end = stop;
	return errno ? -1 : 0;
}

int ld_parse_number(const char *text, uint64_t *ret)
{
	const char *end;

	return parse_prefix(text, ret, &end) || *end ? -1 : 0;
}

int ld_parse_size(const char *text, uint64_t *ret)
{
	static const char suffixes[] = "KMGT";
	const char *end, *suffix;
	int shift;

	if (parse_prefix(text, ret, &end))
		return -1;
	if (!*end)
		return 0;
	suffix = strchr(suffixes, toupper((unsigned char)*end));
	if (!suffix || (end[1] && strcmp(end + 1, "iB")))
		return -1;
	shift = 10 * (int)(suffix - suffixes + 1);
	if (*ret > UINT64_MAX >> shift)
		return -1;
	*ret <<= shift;
	return 0;
}

int ld_parse_seconds(const char *text, uint64_t *ret)
{
	uint64_t whole, fraction = 0, unit = NSEC_PER_SEC;
	const char *end;

	if (strchr(text, 'x') || strchr(text, 'X') || parse_prefix(text, &whole, &end))
		return -1;
	if (*end == '.') {
		if (!end[1])
			return -1;
		for (end++; isdigit((unsigned char)*end); end++) {
			unit /= 10;
			fraction += unit * (*end - '0');
		}
	}
	if (*end || whole > UINT64_MAX / NSEC_PER_SEC - 1)
		return -1;
	*ret = whole * NSEC_PER_SEC + fraction;
	return 0;
}

int ld_parse_address(const char *text, uint64_t *ret)
{
	char *end;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return ld_parse_number(text, ret);
	if (strlen(text) != 16 || strspn(text, "0123456789abcdefABCDEF") != 16)
		return -1;
	*ret = strtoull(text, &end, 16);
	return 0;
}

const char *ld_format_size(uint64_t bytes, char *buf)
{
	static const char * const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = bytes / 1024.0;
	size_t unit = 0;

	if (bytes < 1024) {
		snprintf(buf, LD_SIZE_LEN, "%u bytes", (unsigned int)bytes);
		return buf;
	}
	while (value >= 1024 && unit < LD_ARRAY_SIZE(units) - 1) {
		value /= 1024;
		unit++;
	}
	/* Whole numbers without ".0": most of ours are powers of two. */
	if (value == (double)(uint64_t)value)
		snprintf(buf, LD_SIZE_LEN, "%u %s", (unsigned int)value, units[unit]);
	else
		snprintf(buf, LD_SIZE_LEN, "%.1f %s", value, units[unit]);
	return buf;
}

const char *ld_format_time(uint64_t ns, char *buf)
{
	if (ns < NSEC_PER_SEC)
		snprintf(buf, LD_SIZE_LEN, "%.1f ms", ns / 1e6);
	else
		snprintf(buf, LD_SIZE_LEN, "%.1f s", ns / 1e9);
	return buf;
}

const char *ld_format_utc(uint64_t realtime_ns, int compact, char *buf)
{
	time_t seconds = (time_t)(realtime_ns / NSEC_PER_SEC);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) ||
	    !strftime(buf, LD_SIZE_LEN, compact ? "%Y%m%dT%H%M%SZ" : "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(buf, LD_SIZE_LEN, "unknown");
	return buf;
}
