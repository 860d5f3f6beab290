// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "resolver_suggest.h"

/* Longer names are not compared letter by letter. */
#define LONGEST		64

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Letters to insert, delete, change, or swap with their neighbour. */
static unsigned int edit_distance(const char *a, size_t la, const char *b, size_t lb)
{
	unsigned int rows[3][LONGEST + 1], *prev2 = rows[0], *prev = rows[1], *row = rows[2];
	unsigned int *free_row;
	size_t i, j;

	for (j = 0; j <= lb; j++)
		prev[j] = j;
	for (i = 1; i <= la; i++) {
		row[0] = i;
		for (j = 1; j <= lb; j++) {
			row[j] = min3(prev[j] + 1, row[j - 1] + 1,
				      prev[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    prev2[j - 2] + 1 < row[j])
				row[j] = prev2[j - 2] + 1;
		}
		free_row = prev2;
		prev2 = prev;
		prev = row;
		row = free_row;
	}
	return prev[lb];
}

/* How far apart two names are; more than @limit for "unlike". */
static unsigned int distance(const char *want, const char *name, unsigned int limit)
{
	size_t lw = strlen(want), ln = strlen(name);
	size_t gap = lw > ln ? lw - ln : ln - lw;
	unsigned int d = limit + 1;

	if (gap <= limit && lw <= LONGEST && ln <= LONGEST)
		d = edit_distance(want, lw, name, ln);
	/* A piece of the name is a fair guess, too, after all typing errors. */
	if (d > limit && lw >= 3 && ln >= 3 && gap <= 8 &&
	    (strstr(name, want) || strstr(want, name)))
		d = limit;
	return d;
}

void ld_suggest_try(struct ld_suggest *s, const char *name)
{
	unsigned int limit = 1 + strlen(s->want) / 4, d;
	size_t i;

	if (!*name)
		return;
	if (limit > 3)
		limit = 3;
	d = distance(s->want, name, limit);
	if (d > limit)
		return;
	for (i = 0; i < s->nr; i++)
		if (!strcmp(s->best[i].name, name))
			return;
	for (i = s->nr; i > 0 && s->best[i - 1].distance > d; i--)
		if (i < LD_SUGGESTIONS)
			s->best[i] = s->best[i - 1];
	if (i == LD_SUGGESTIONS)
		return;
	s->best[i].name = name;
	s->best[i].distance = d;
	if (s->nr < LD_SUGGESTIONS)
		s->nr++;
}

const char *ld_suggest_text(const struct ld_suggest *s, char *buf, size_t size)
{
	size_t i, len = 0;

	buf[0] = '\0';
	for (i = 0; i < s->nr && len < size; i++)
		len += snprintf(buf + len, size - len, "%s%s",
				!i ? "; did you mean " : i + 1 < s->nr ? ", " : " or ",
				s->best[i].name);
	if (i && len < size)
		snprintf(buf + len, size - len, "?");
	return buf;
}
