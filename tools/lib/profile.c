// SPDX-License-Identifier: GPL-2.0
/* Profiles as text: what profile.h shows. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edges.h"
#include "profile.h"
#include "resolver_suggest.h"
#include "target.h"
#include "word.h"

#define ARGUMENT	"$ARG"

/* Options that hold for the lines below. */
struct options {
	const struct ld_profile_option **list;
	size_t nr;
};

/* One file on its way, and where in it. */
struct reader {
	struct ld_profiles *p;
	const struct ld_profile_sources *sources;
	const struct ld_profile_source *source;
	const char *file;
	const char *arg;
	unsigned int nesting;
	const char *start;	/* of the line */
	unsigned int line;
	struct options general;
	struct options rules;
	struct ld_err *err;
};

static int out_of_memory(struct ld_err *err)
{
	return ld_fail(err, LD_EXIT_FAILED, "out of memory");
}

/* The column that @at is in: UTF-8 continuation bytes take none. */
static unsigned int column(const struct reader *r, const char *at)
{
	unsigned int col = 1;
	const char *s;

	for (s = r->start; s < at; s++)
		col += ((unsigned char)*s & 0xc0) != 0x80;
	return col;
}

static int __attribute__((format(printf, 3, 4)))
fail_in(struct reader *r, unsigned int col, const char *fmt, ...)
{
	char what[900];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return ld_fail(r->err, LD_EXIT_USAGE, "%s:%u:%u: %s", r->file, r->line, col, what);
}

static int fail_at(struct reader *r, const char *at, const char *what)
{
	return fail_in(r, column(r, at), "%s", what);
}

/* @ptr is the profiles' own from now on; NULL and an error without memory. */
static void *keep(struct reader *r, void *ptr)
{
	void *new = reallocarray(r->p->owned, r->p->nr_owned + 1, sizeof(*r->p->owned));

	if (new)
		r->p->owned = new;
	if (!ptr || !new) {
		free(ptr);
		out_of_memory(r->err);
		return NULL;
	}
	r->p->owned[r->p->nr_owned++] = ptr;
	return ptr;
}

/* A piece of a line without blanks around it, and with the argument put in. */
static char *piece(struct reader *r, const char *from, const char *to)
{
	size_t len = 0, arg = r->arg ? strlen(r->arg) : 0;
	char *text;

	while (from < to && isblank((unsigned char)*from))
		from++;
	while (to > from && isblank((unsigned char)to[-1]))
		to--;
	text = keep(r, malloc((to - from) * (arg + 1) + 1));
	while (text && from < to) {
		if (r->arg && !strncmp(from, ARGUMENT, strlen(ARGUMENT))) {
			memcpy(text + len, r->arg, arg);
			len += arg;
			from += strlen(ARGUMENT);
		} else {
			text[len++] = *from++;
		}
	}
	if (text)
		text[len] = '\0';
	return text;
}

static int add_option(struct reader *r, struct options *to,
		      const struct ld_profile_option *option)
{
	void *new = reallocarray(to->list, to->nr + 1, sizeof(*to->list));

	if (!option)
		return -1;
	if (!new)
		return out_of_memory(r->err);
	to->list = new;
	to->list[to->nr++] = option;
	return 0;
}

static const struct ld_profile_option *new_option(struct reader *r, const char *name,
						  const char *name_end, const char *value,
						  const char *end)
{
	struct ld_profile_option *o = keep(r, calloc(1, sizeof(*o)));

	if (!o)
		return NULL;
	o->name = piece(r, name, name_end);
	o->value = piece(r, value, end);
	o->file = r->file;
	o->line = r->line;
	o->column = column(r, name);
	return o->name && o->value ? o : NULL;
}

/* Where the first option at or behind @from begins, or @end. */
static const char *next_option(const char *from, const char *end)
{
	const char *s;

	for (s = from; s + 2 < end; s++)
		if (s[0] == '-' && s[1] == '-' && isalpha((unsigned char)s[2]) &&
		    (s == from || isblank((unsigned char)s[-1])))
			return s;
	return end;
}

/* "--depth 2 --only struct a, struct b" */
static int read_options(struct reader *r, const char *s, const char *end, struct options *to)
{
	const char *next, *name;

	while (s < end) {
		next = next_option(s + 2, end);
		for (name = s += 2; s < next && (isalnum((unsigned char)*s) || *s == '-'); s++)
			;
		if (s < next && *s != '=' && !isblank((unsigned char)*s))
			return fail_at(r, s, "unexpected letter in the name of an option");
		if (add_option(r, to, new_option(r, name, s, s < next ? s + 1 : s, next)))
			return -1;
		s = next;
	}
	return 0;
}

static bool has(const struct options *options, const char *name)
{
	size_t i;

	for (i = 0; i < options->nr; i++)
		if (!strcmp(options->list[i]->name, name))
			return true;
	return false;
}

/* What holds for a line: its own options, general ones that it does not contradict, rules. */
static int combine(struct reader *r, const struct options *own, struct ld_profile_line *line)
{
	size_t i;

	line->options = keep(r, calloc(own->nr + r->general.nr + r->rules.nr + 1,
				       sizeof(*line->options)));
	if (!line->options)
		return -1;
	for (i = 0; i < r->general.nr; i++)
		if (!has(own, r->general.list[i]->name))
			line->options[line->nr_options++] = r->general.list[i];
	for (i = 0; i < own->nr; i++)
		line->options[line->nr_options++] = own->list[i];
	for (i = 0; i < r->rules.nr; i++)
		line->options[line->nr_options++] = r->rules.list[i];
	return 0;
}

/* The next '|' between blanks, from @s on, or the end. */
static const char *next_alternative(const char *start, const char *s, const char *end)
{
	for (; s < end; s++)
		if (*s == '|' && (s == start || isblank((unsigned char)s[-1])) &&
		    (s + 1 == end || isblank((unsigned char)s[1])))
			return s;
	return end;
}

static int check_target(struct reader *r, const char *at, const char *text)
{
	struct ld_target target;
	struct ld_err why;

	while (isblank((unsigned char)*at))
		at++;
	if (!*text)
		return fail_at(r, at, "expected a target");
	if (ld_word_find(text) != LD_WORD_NONE || !ld_target_parse(text, &target, &why))
		return 0;
	return fail_in(r, column(r, at) + (why.column ? why.column - 1 : 0), "%.800s", why.msg);
}

static int read_targets(struct reader *r, const char *s, const char *end,
			struct ld_profile_line *line)
{
	const char *next, *from;
	size_t nr = 1;

	for (next = s; (next = next_alternative(s, next, end)) < end; next++)
		nr++;
	line->targets = keep(r, calloc(nr, sizeof(*line->targets)));
	if (!line->targets)
		return -1;
	for (from = s; line->nr_targets < nr; from = next + 1) {
		next = next_alternative(s, from, end);
		line->targets[line->nr_targets] = piece(r, from, next);
		if (!line->targets[line->nr_targets] ||
		    check_target(r, from, line->targets[line->nr_targets]))
			return -1;
		line->nr_targets++;
	}
	return 0;
}

static int add_line(struct reader *r, const struct ld_profile_line *line)
{
	void *new = reallocarray(r->p->lines, r->p->nr + 1, sizeof(*r->p->lines));

	if (!new)
		return out_of_memory(r->err);
	r->p->lines = new;
	r->p->lines[r->p->nr++] = *line;
	return 0;
}

static int read_target_line(struct reader *r, const char *s, const char *end, bool required)
{
	struct ld_profile_line line = {
		.file = r->file, .line = r->line, .required = required,
	};
	const char *options = next_option(s, end);
	struct options own = { 0 };
	int rc;

	if (s == options)
		rc = fail_at(r, s, "expected a target behind 'required'");
	else
		rc = read_targets(r, s, options, &line) ||
		     read_options(r, options, end, &own) || combine(r, &own, &line) ||
		     add_line(r, &line) ? -1 : 0;
	free(own.list);
	return rc;
}

static int read_profile(struct reader *r);

static const struct ld_profile_source *find(const struct ld_profile_sources *sources,
					    const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < sources->nr; i++)
		if (strlen(sources->list[i].name) == len &&
		    !memcmp(sources->list[i].name, name, len))
			return &sources->list[i];
	return NULL;
}

static int unknown(const struct ld_profile_sources *sources, const char *name, size_t len,
		   struct ld_err *err)
{
	struct ld_suggest suggest = { 0 };
	char want[64], close[300], all[500] = "";
	size_t i, used = 0;

	snprintf(want, sizeof(want), "%.*s", (int)len, name);
	suggest.want = want;
	for (i = 0; i < sources->nr; i++) {
		ld_suggest_try(&suggest, sources->list[i].name);
		if (used < sizeof(all))
			used += snprintf(all + used, sizeof(all) - used, "%s%s", i ? ", " : "",
					 sources->list[i].name);
	}
	return ld_fail(err, LD_EXIT_USAGE, "there is no profile '%s'%s\nthere are: %s", want,
		       ld_suggest_text(&suggest, close, sizeof(close)), all);
}

static int add(struct ld_profiles *p, const struct ld_profile_sources *sources, const char *what,
	       unsigned int nesting, struct ld_err *err)
{
	struct reader r = { .p = p, .sources = sources, .nesting = nesting, .err = err };
	size_t len = strcspn(what, "="), i;
	char **done;
	int rc;

	for (i = 0; i < p->nr_done; i++)
		if (!strcmp(p->done[i], what))
			return 0;
	r.source = find(sources, what, len);
	if (!r.source)
		return unknown(sources, what, len, err);
	done = reallocarray(p->done, p->nr_done + 1, sizeof(*done));
	if (!done)
		return out_of_memory(err);
	p->done = done;
	done[p->nr_done] = strdup(what);
	if (!done[p->nr_done])
		return out_of_memory(err);
	p->nr_done++;
	r.file = keep(&r, strdup(r.source->file));
	r.arg = what[len] ? keep(&r, strdup(what + len + 1)) : NULL;
	if (!r.file || (what[len] && !r.arg))
		return -1;
	rc = read_profile(&r);
	free(r.general.list);
	free(r.rules.list);
	return rc;
}

static int read_include(struct reader *r, const char *s, const char *end)
{
	char *what = piece(r, s, end);
	struct ld_err why;
	size_t len;

	if (!what)
		return -1;
	if (!*what)
		return fail_at(r, s, "expected the name of a profile behind 'include'");
	if (r->nesting == LD_PROFILE_NESTING)
		return fail_in(r, column(r, s), "more than %d profiles include each other",
			       LD_PROFILE_NESTING);
	len = strcspn(what, "=");
	if (!find(r->sources, what, len)) {
		unknown(r->sources, what, len, &why);
		return fail_at(r, s, why.msg);
	}
	return add(r->p, r->sources, what, r->nesting + 1, r->err);
}

static int read_rule(struct reader *r, const char *s, const char *rule, const char *end)
{
	const struct ld_profile_option *o = new_option(r, s, s + strlen("edge"), rule, end);
	struct ld_err why;

	if (o && ld_edges_check(o->value, &why))
		return fail_in(r, column(r, rule) + (why.column ? why.column - 1 : 0), "%.800s",
			       why.msg);
	return add_option(r, &r->rules, o);
}

/* What stands behind @word, if that is what the line begins with; else NULL. */
static const char *behind(const char *s, const char *end, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(end - s) < len || memcmp(s, word, len))
		return NULL;
	s += len;
	if (s < end && !isblank((unsigned char)*s))
		return NULL;
	while (s < end && isblank((unsigned char)*s))
		s++;
	return s;
}

static int read_line(struct reader *r, const char *s, const char *end)
{
	const char *rest, *required = behind(s, end, "required");

	if (!r->arg && memmem(s, end - s, ARGUMENT, strlen(ARGUMENT)))
		return 0;
	rest = behind(s, end, "include");
	if (rest)
		return read_include(r, rest, end);
	rest = behind(s, end, "edge");
	if (rest)
		return read_rule(r, s, rest, end);
	if (next_option(s, end) == s) {
		r->general.nr = 0;
		return read_options(r, s, end, &r->general);
	}
	return read_target_line(r, required ?: s, end, required);
}

/* Where the line's comment begins, or its end. */
static const char *comment(const char *s)
{
	const char *start = s;

	for (; *s && *s != '\n' && *s != '\r'; s++)
		if (*s == '#' && (s == start || isblank((unsigned char)s[-1])))
			break;
	return s;
}

static int read_profile(struct reader *r)
{
	const char *s = r->source->text, *end;

	if (r->arg && !ld_profile_takes_argument(s))
		return ld_fail(r->err, LD_EXIT_USAGE, "the profile '%s' takes no argument",
			       r->source->name);
	if (r->arg && !*r->arg)
		return ld_fail(r->err, LD_EXIT_USAGE, "the argument of profile '%s' is empty",
			       r->source->name);
	for (r->line = 1; *s; r->line++) {
		r->start = s;
		end = comment(s);
		while (s < end && isblank((unsigned char)*s))
			s++;
		while (end > s && isblank((unsigned char)end[-1]))
			end--;
		if (s < end && read_line(r, s, end))
			return -1;
		s = end + strcspn(end, "\n");
		s += *s == '\n';
	}
	return 0;
}

int ld_profiles_add(struct ld_profiles *p, const struct ld_profile_sources *sources,
		    const char *what, struct ld_err *err)
{
	return add(p, sources, what, 0, err);
}

bool ld_profile_takes_argument(const char *text)
{
	const char *end;

	for (; *text; text = end + (*end == '\n')) {
		end = comment(text);
		if (memmem(text, end - text, ARGUMENT, strlen(ARGUMENT)))
			return true;
		end += strcspn(end, "\n");
	}
	return false;
}

size_t ld_profile_summary(const char *text, const char **ret)
{
	const char *end;

	for (; *text; text = end + (*end == '\n')) {
		end = text + strcspn(text, "\n");
		if (*text != '#' || !strncmp(text, "# SPDX", 6))
			continue;
		for (text++; text < end && isblank((unsigned char)*text); text++)
			;
		*ret = text;
		if (end > text)
			return end - text;
	}
	return 0;
}

void ld_profiles_free(struct ld_profiles *p)
{
	size_t i;

	for (i = 0; i < p->nr_done; i++)
		free(p->done[i]);
	for (i = 0; i < p->nr_owned; i++)
		free(p->owned[i]);
	free(p->lines);
	free(p->done);
	free(p->owned);
	memset(p, 0, sizeof(*p));
}
