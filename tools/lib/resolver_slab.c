// SPDX-License-Identifier: GPL-2.0
/* Slab caches, as /sys/kernel/slab shows them. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "resolver_slab.h"
#include "resolver_suggest.h"

/* Made of tools/lib/slabs.txt. */
static const struct {
	const char *cache;
	const char *type;
} table[] = {
#include "slabs.inc"
	{ NULL, NULL }
};

/* A cache that was asked for. */
struct cache {
	const struct ld_resolver_opts *opts;
	char name[LIVEDUMP_SYM_LEN];
	__u64 object_size;	/* 0: not known */
	__u64 aliases;		/* other caches that it was merged with */
};

const char *ld_resolver_slab_type(const char *cache)
{
	int i;

	for (i = 0; table[i].cache; i++)
		if (!strcmp(table[i].cache, cache))
			return table[i].type;
	return NULL;
}

static void path_of(const struct cache *c, const char *name, const char *file, char *buf,
		    size_t size)
{
	snprintf(buf, size, "%s/kernel/slab/%s%s%s", c->opts->sys, name, *file ? "/" : "", file);
}

static __u64 read_number(const struct cache *c, const char *file)
{
	unsigned long long n = 0;
	char path[4096];
	FILE *f;

	path_of(c, c->name, file, path, sizeof(path));
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%llu", &n) != 1)
		n = 0;
	fclose(f);
	return n;
}

/* What a name of a cache that may be merged with others is a link to, else "". */
static void read_link(const struct cache *c, const char *name, char *buf, size_t size)
{
	char path[4096];
	ssize_t n;

	path_of(c, name, "", path, sizeof(path));
	n = readlink(path, buf, size - 1);
	buf[n < 0 ? 0 : n] = '\0';
}

/*
 * Of the names of a merged cache the kernel itself knows one: the first, and that is the one in
 * /proc/slabinfo. The others are links to the same directory.
 */
static void find_own_name(struct cache *c)
{
	char path[4096], line[512], want[256], other[256], first[LIVEDUMP_SYM_LEN] = "";
	FILE *f;

	read_link(c, c->name, want, sizeof(want));
	/* the directory of a merged cache itself begins with a colon */
	if (!*want && *c->name == ':')
		snprintf(want, sizeof(want), "%s", c->name);
	snprintf(path, sizeof(path), "%s/slabinfo", c->opts->proc);
	f = *want ? fopen(path, "re") : NULL;
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, " \t\n")] = '\0';
		if (!strcmp(line, c->name))
			break;
		if (*first || strlen(line) >= sizeof(first) || strchr(line, '/'))
			continue;
		read_link(c, line, other, sizeof(other));
		if (!strcmp(want, other))
			strcpy(first, line);
	}
	if (*first && strcmp(line, c->name))
		strcpy(c->name, first);
	fclose(f);
}

static int no_cache(const struct cache *c, struct ld_err *err)
{
	struct ld_suggest suggest = { .want = c->name };
	struct dirent **list;
	char path[4096], close[400];
	int i, n;

	snprintf(path, sizeof(path), "%s/kernel/slab", c->opts->sys);
	n = scandir(path, &list, NULL, alphasort);
	if (n < 0)
		return ld_fail(err, LD_EXIT_FAILED,
			       "this kernel shows no slab caches: there is no %s", path);
	for (i = 0; i < n; i++)
		if (list[i]->d_name[0] != '.' && list[i]->d_name[0] != ':')
			ld_suggest_try(&suggest, list[i]->d_name);
	ld_suggest_text(&suggest, close, sizeof(close));
	for (i = 0; i < n; i++)
		free(list[i]);
	free(list);
	return ld_fail(err, LD_EXIT_FAILED, "there is no such slab cache in %s%s", path, close);
}

static int find_cache(struct cache *c, struct ld_span name, struct ld_err *err)
{
	char path[4096];

	if (name.len >= sizeof(c->name))
		return ld_fail(err, LD_EXIT_USAGE, "this is too long for the name of a slab cache");
	ld_span_copy(name, c->name, sizeof(c->name));
	path_of(c, c->name, "", path, sizeof(path));
	if (strchr(c->name, '/') || *c->name == '.' || access(path, F_OK))
		return no_cache(c, err);
	c->object_size = read_number(c, "object_size");
	c->aliases = read_number(c, "aliases");
	return 0;
}

static bool known_type(struct ld_btfs *set, const char *name, struct ld_ctype *ret)
{
	const char *text = ld_resolver_slab_type(name);
	struct ld_err ignored;
	struct ld_texpr x;
	__u64 size;

	if (!text || ld_texpr_parse(text, &x, &ignored) ||
	    ld_ctype_lookup(set, 0, &x, ret, &ignored))
		return false;
	return ld_ctype_size(set, ret, &size) && size;
}

/*
 * Objects may well be smaller than their type: on x86 a task_struct ends where the registers of
 * this CPU do.
 */
static bool is_known(struct ld_btfs *set, const char *name, const struct ld_ctype *type)
{
	struct ld_ref ref = ld_btf_skip(set, type->ref, NULL), known;
	struct ld_ctype t;

	if (type->ptrs || type->nr_dims || !known_type(set, name, &t))
		return false;
	known = ld_btf_skip(set, t.ref, NULL);
	return known.btf == ref.btf && known.id == ref.id;
}

static int cast_type(struct ld_btfs *set, const struct cache *c, const char *name,
		     const struct ld_step *cast, struct ld_ctype *ret, struct ld_err *err)
{
	char type[200];
	__u64 size;

	if (ld_ctype_lookup(set, 0, &cast->cast, ret, err))
		return -1;
	if (!ld_ctype_size(set, ret, &size) || !c->object_size || size <= c->object_size ||
	    is_known(set, name, ret))
		return 0;
	return ld_fail(err, LD_EXIT_USAGE,
		       "'%s' measures %llu bytes, and the objects of this cache only %llu",
		       ld_ctype_name(set, ret, type, sizeof(type)), size, c->object_size);
}

static int untyped(struct ld_btfs *set, const struct cache *c, struct ld_ctype *ret,
		   struct ld_err *err)
{
	struct ld_texpr x;

	if (!c->object_size || c->object_size > LIVEDUMP_MAX_OBJECT_SIZE)
		return ld_fail(err, LD_EXIT_FAILED,
			       "how large the objects of this cache are is not known; write '(struct TYPE)slab:%s'",
			       c->name);
	if (ld_texpr_parse("unsigned char", &x, err) || ld_ctype_lookup(set, 0, &x, ret, err))
		return -1;
	ret->nr_dims = 1;
	ret->dims[0] = c->object_size;
	return 0;
}

int ld_resolver_slab(struct ld_btfs *set, const struct ld_resolver_opts *opts,
		     const struct ld_target *t, struct livedump_root *root, struct ld_ctype *type,
		     struct ld_err *err)
{
	struct cache c = { .opts = opts };
	char name[LIVEDUMP_SYM_LEN];

	if (find_cache(&c, t->symbol, err))
		return -1;
	strcpy(name, c.name);
	find_own_name(&c);
	root->kind = LIVEDUMP_ROOT_SLAB;
	strcpy(root->symbol, c.name);
	/* the parser lets nothing but a cast stand before it */
	if (t->nr_steps)
		return cast_type(set, &c, name, &t->steps[0], type, err);
	/* merged caches have objects of several types */
	if (!c.aliases && known_type(set, name, type))
		return 0;
	return untyped(set, &c, type, err);
}
