// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kallsyms.h"

/*
 * The text is kept as it was read and cut into strings in place; beside it stand arrays, so that
 * a search is a scan over a dense one. The order is that of the file throughout.
 */
struct ld_kallsyms {
	char *text;
	size_t size;
	size_t nr;
	size_t room;
	__u64 *address;
	__u32 *key;		/* of the name */
	__u32 *name;		/* offset in @text; the type stands two characters before */
	__u32 *module;		/* offset in @text, 0 for the kernel image */
	__u64 percpu_start;
	__u64 percpu_end;
	bool has_data;
};

/* Cheap, not good: it only has to make most names differ. */
static __u32 name_key(const char *s, size_t len)
{
	__u32 head = 0, tail = 0;

	if (len >= 4) {
		memcpy(&head, s, 4);
		memcpy(&tail, s + len - 4, 4);
	} else {
		memcpy(&head, s, len);
	}
	return head * 0x9e3779b1U ^ tail * 0x85ebca6bU ^ (__u32)len;
}

static int grow(struct ld_kallsyms *k)
{
	size_t room = k->room ? k->room * 2 : 1 << 14;
	void *address = realloc(k->address, room * sizeof(*k->address));
	void *key = realloc(k->key, room * sizeof(*k->key));
	void *name = realloc(k->name, room * sizeof(*k->name));
	void *module = realloc(k->module, room * sizeof(*k->module));

	/* What did move has moved: keep it even if another did not. */
	k->address = address ?: k->address;
	k->key = key ?: k->key;
	k->name = name ?: k->name;
	k->module = module ?: k->module;
	if (!address || !key || !name || !module)
		return -1;
	k->room = room;
	return 0;
}

static const signed char hex[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8,
	['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15,
	['f'] = 16,
};

/* Mapping symbols and labels: the kernel skips them, too, when it looks an address up. */
static bool is_label(const char *name)
{
	return name[0] == '$' || (name[0] == '.' && name[1] == 'L') ||
	       (name[0] == 'L' && name[1] == '0');
}

/* One line, "ADDRESS TYPE NAME" and maybe "\t[MODULE]"; @end is its newline, now NUL. */
static int add_line(struct ld_kallsyms *k, char *p, char *end)
{
	__u64 address = 0;
	__u32 module = 0;
	char *name, *stop = end;
	int d;

	for (name = p; (d = hex[(unsigned char)*name]); name++)
		address = address << 4 | (d - 1);
	if (name == p || name - p > 16 || end - name < 4 || name[0] != ' ' || name[2] != ' ')
		return 0;
	if (name[1] == 'U')
		return 0;
	name += 3;
	if (end[-1] == ']') {
		stop = memchr(name, '\t', end - name);
		if (!stop || stop[1] != '[' || stop + 3 >= end)
			return 0;
		*stop = '\0';
		end[-1] = '\0';
		module = stop + 2 - k->text;
	}
	p = memchr(name, '.', stop - name);
	if (p && !strncmp(p, ".llvm.", 6)) {
		*p = '\0';
		stop = p;
	}
	if (stop == name || is_label(name))
		return 0;
	if (k->nr == k->room && grow(k))
		return -1;
	k->address[k->nr] = address;
	k->key[k->nr] = name_key(name, stop - name);
	k->name[k->nr] = name - k->text;
	k->module[k->nr++] = module;
	return 0;
}

static int parse(struct ld_kallsyms *k)
{
	char *p = k->text, *end = k->text + k->size, *nl;

	/* What cuts a string short is no part of a name. */
	while ((p = memchr(p, '\0', end - p)))
		*p = '?';
	p = k->text;
	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', end - p);
		if (!nl)
			nl = end;
		*nl = '\0';
		if (add_line(k, p, nl))
			return -1;
	}
	return 0;
}

/* The kernel hands out a page at a time, whatever the buffer: what counts is to keep it all. */
static int slurp(int fd, struct ld_kallsyms *k)
{
	size_t room = 1 << 20;
	char *text;
	ssize_t n;

	k->text = malloc(room + 1);
	if (!k->text)
		return -1;
	for (;;) {
		n = read(fd, k->text + k->size, room - k->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n;
		k->size += n;
		if (k->size < room)
			continue;
		room *= 2;
		/* Offsets are 32 bits wide. */
		if (room >> 32) {
			errno = EFBIG;
			return -1;
		}
		text = realloc(k->text, room + 1);
		if (!text)
			return -1;
		k->text = text;
	}
}

static char type_of(const struct ld_kallsyms *k, size_t i)
{
	return k->text[k->name[i] - 2];
}

static bool is_data(char type)
{
	return !strchr("tTwWaA", type);
}

/* One pass for what all users of the table want to know. */
static bool survey(struct ld_kallsyms *k)
{
	size_t i, pos, data = 0;
	struct ld_ksym sym;
	bool shown = false;

	for (i = 0; i < k->nr; i++) {
		shown |= k->address[i] != 0;
		data += is_data(type_of(k, i));
	}
	/* Without KALLSYMS_ALL there are still a few, between functions; with it, a third. */
	k->has_data = data > k->nr / 20;
	for (pos = 0; ld_kallsyms_next(k, "__per_cpu_start", &pos, &sym);)
		if (!*sym.module)
			k->percpu_start = sym.address;
	for (pos = 0; ld_kallsyms_next(k, "__per_cpu_end", &pos, &sym);)
		if (!*sym.module)
			k->percpu_end = sym.address;
	return shown;
}

static int read_table(const char *path, struct ld_kallsyms *k, struct ld_err *err)
{
	int fd, rc;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ld_fail(err, LD_EXIT_FAILED, "%s: %s", path, strerror(errno));
	rc = slurp(fd, k);
	if (rc)
		ld_fail(err, LD_EXIT_FAILED, "%s: %s", path, strerror(errno));
	close(fd);
	if (rc)
		return -1;
	if (parse(k))
		return ld_fail(err, LD_EXIT_FAILED, "%s: out of memory", path);
	if (!k->nr)
		return ld_fail(err, LD_EXIT_FAILED, "%s: no symbols in it", path);
	if (!survey(k))
		return ld_fail(err, LD_EXIT_FAILED,
			       "%s hides the addresses: run as root; if that is the case, see the sysctl kernel.kptr_restrict (2 hides them from root, too)",
			       path);
	return 0;
}

int ld_kallsyms_read(const char *proc, struct ld_kallsyms **ret, struct ld_err *err)
{
	struct ld_kallsyms *k = calloc(1, sizeof(*k));
	char path[4096];

	if (!k)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	snprintf(path, sizeof(path), "%s/kallsyms", proc);
	if (read_table(path, k, err)) {
		ld_kallsyms_free(k);
		return -1;
	}
	*ret = k;
	return 0;
}

void ld_kallsyms_free(struct ld_kallsyms *k)
{
	if (!k)
		return;
	free(k->text);
	free(k->address);
	free(k->key);
	free(k->name);
	free(k->module);
	free(k);
}

static void fill(const struct ld_kallsyms *k, size_t i, struct ld_ksym *ret)
{
	ret->name = k->text + k->name[i];
	ret->module = k->module[i] ? k->text + k->module[i] : "";
	ret->address = k->address[i];
	ret->type = type_of(k, i);
}

bool ld_kallsyms_next(const struct ld_kallsyms *k, const char *name, size_t *pos,
		      struct ld_ksym *ret)
{
	__u32 key = name ? name_key(name, strlen(name)) : 0;
	size_t i = *pos;

	if (name)
		while (i < k->nr && (k->key[i] != key || strcmp(k->text + k->name[i], name)))
			i++;
	if (i >= k->nr)
		return false;
	fill(k, i, ret);
	*pos = i + 1;
	return true;
}

static bool in_module(const struct ld_kallsyms *k, size_t i, const char *module)
{
	if (!k->module[i] || !*module)
		return !k->module[i] && !*module;
	return !strcmp(k->text + k->module[i], module);
}

bool ld_kallsyms_has_module(const struct ld_kallsyms *k, const char *module)
{
	size_t i;

	for (i = 0; i < k->nr; i++)
		if (in_module(k, i, module))
			return true;
	return false;
}

bool ld_kallsyms_at(const struct ld_kallsyms *k, const char *module, __u64 address,
		    struct ld_ksym *ret)
{
	size_t i, best = k->nr;

	for (i = 0; i < k->nr; i++) {
		if (k->address[i] > address ||
		    (best < k->nr && k->address[i] <= k->address[best]))
			continue;
		if (in_module(k, i, module))
			best = i;
	}
	if (best == k->nr)
		return false;
	fill(k, best, ret);
	return true;
}

__u64 ld_kallsyms_room(const struct ld_kallsyms *k, const struct ld_ksym *sym)
{
	__u64 next = 0;
	size_t i;

	for (i = 0; i < k->nr; i++) {
		if (k->address[i] <= sym->address || (next && k->address[i] >= next))
			continue;
		if (in_module(k, i, sym->module))
			next = k->address[i];
	}
	return next ? next - sym->address : 0;
}

void ld_kallsyms_percpu_area(const struct ld_kallsyms *k, __u64 *start, __u64 *end)
{
	*start = k->percpu_start;
	*end = k->percpu_end;
}

bool ld_kallsyms_percpu(const struct ld_kallsyms *k, const struct ld_ksym *sym)
{
	if (*sym->module)
		return sym->type == 'a' || sym->type == 'A';
	return sym->address >= k->percpu_start && sym->address < k->percpu_end;
}

bool ld_kallsyms_has_data(const struct ld_kallsyms *k)
{
	return k->has_data;
}
