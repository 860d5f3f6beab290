// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "btf.h"

/* Longest chain of qualifiers, and deepest nesting of arrays, that is believed. */
#define MAX_CHAIN	64

struct one {
	char *name;
	struct btf *btf;	/* NULL: the module has none */
	__u32 begin;		/* first id of its own */
	__u32 end;
};

struct ld_btfs {
	const char *sys;
	struct one *all;
	__u32 nr;
};

static int add(struct ld_btfs *set, const char *name, struct btf *btf)
{
	struct one *all = realloc(set->all, (set->nr + 1) * sizeof(*all));
	struct one *one;

	if (all)
		set->all = all;
	name = strdup(name);
	if (!all || !name) {
		free((char *)name);
		btf__free(btf);
		return -1;
	}
	one = &all[set->nr];
	one->name = (char *)name;
	one->btf = btf;
	one->begin = set->nr ? all[0].end : 1;
	one->end = btf ? btf__type_cnt(btf) : one->begin;
	return set->nr++;
}

struct ld_btfs *ld_btfs_wrap(struct btf *btf)
{
	struct ld_btfs *set = calloc(1, sizeof(*set));

	if (!set) {
		btf__free(btf);
		return NULL;
	}
	if (add(set, "vmlinux", btf) < 0) {
		ld_btfs_free(set);
		return NULL;
	}
	return set;
}

int ld_btfs_open(const char *sys, const char *elf, struct ld_btfs **ret, struct ld_err *err)
{
	struct btf *btf = NULL;
	char path[4096];
	int error;

	/* What libbpf has to say about bad BTF is said here, in one place. */
	libbpf_set_print(NULL);
	snprintf(path, sizeof(path), "%s/kernel/btf/vmlinux", sys);
	if (!access(path, F_OK)) {
		btf = btf__parse_raw(path);
	} else if (elf) {
		snprintf(path, sizeof(path), "%s", elf);
		btf = btf__parse_elf(path, NULL);
	} else {
		return ld_fail(err, LD_EXIT_FAILED,
			       "types are needed, and this kernel describes none: there is no %s; boot a kernel with CONFIG_DEBUG_INFO_BTF, or give the vmlinux of this one, if it has a .BTF section, with --vmlinux FILE",
			       path);
	}
	error = errno;
	if (!btf)
		return ld_fail(err, LD_EXIT_FAILED, "%s: no usable BTF in it: %s", path,
			       strerror(error));
	*ret = ld_btfs_wrap(btf);
	if (!*ret)
		return ld_fail(err, LD_EXIT_FAILED, "out of memory");
	(*ret)->sys = sys;
	return 0;
}

int ld_btfs_add(struct ld_btfs *set, const char *name, struct btf *btf)
{
	return add(set, name, btf);
}

void ld_btfs_free(struct ld_btfs *set)
{
	if (!set)
		return;
	/* Modules' before the kernel's that they build on. */
	while (set->nr--) {
		btf__free(set->all[set->nr].btf);
		free(set->all[set->nr].name);
	}
	free(set->all);
	free(set);
}

static struct btf *load_module(const struct ld_btfs *set, const char *module)
{
	char path[4096];

	if (!set->sys)
		return NULL;
	snprintf(path, sizeof(path), "%s/kernel/btf/%s", set->sys, module);
	return btf__parse_raw_split(path, set->all[0].btf);
}

static int find_loaded(const struct ld_btfs *set, const char *module)
{
	__u32 i;

	for (i = 1; i < set->nr; i++)
		if (!strcmp(set->all[i].name, module))
			return i;
	return -1;
}

int ld_btfs_module(struct ld_btfs *set, const char *module)
{
	int i;

	if (!*module)
		return 0;
	i = find_loaded(set, module);
	if (i < 0)
		/* A failure is kept, too: it is asked for again with every target. */
		i = add(set, module, load_module(set, module));
	return i >= 0 && set->all[i].btf ? i : -1;
}

__u32 ld_btfs_nr(const struct ld_btfs *set)
{
	return set->nr;
}

const char *ld_btfs_name(const struct ld_btfs *set, __u32 btf)
{
	return set->all[btf].name;
}

__u32 ld_btf_end(const struct ld_btfs *set, __u32 btf)
{
	return set->all[btf].end;
}

struct ld_ref ld_btf_canonical(const struct ld_btfs *set, struct ld_ref ref)
{
	if (ref.id < set->all[ref.btf].begin)
		ref.btf = 0;
	return ref;
}

const struct btf_type *ld_btf_type(const struct ld_btfs *set, struct ld_ref ref)
{
	const struct one *one = &set->all[ref.btf];

	if (!one->btf || ref.id >= one->end)
		return NULL;
	return btf__type_by_id(one->btf, ref.id);
}

const char *ld_btf_str(const struct ld_btfs *set, __u32 btf, __u32 offset)
{
	return btf__str_by_offset(set->all[btf].btf, offset) ?: "";
}

static __u32 tag_of(const struct ld_btfs *set, __u32 btf, const struct btf_type *t)
{
	const char *name = ld_btf_str(set, btf, t->name_off);

	if (!strcmp(name, "user"))
		return LD_TAG_USER;
	return !strcmp(name, "percpu") ? LD_TAG_PERCPU : 0;
}

struct ld_ref ld_btf_skip(const struct ld_btfs *set, struct ld_ref ref, __u32 *tags)
{
	const struct btf_type *t;
	int i;

	for (i = 0; i < MAX_CHAIN; i++) {
		t = ld_btf_type(set, ref);
		if (!t)
			break;
		if (tags && btf_kind(t) == BTF_KIND_TYPE_TAG)
			*tags |= tag_of(set, ref.btf, t);
		switch (btf_kind(t)) {
		case BTF_KIND_TYPE_TAG:
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT:
			ref.id = t->type;
			continue;
		default:
			return ld_btf_canonical(set, ref);
		}
	}
	ref.id = LD_BTF_NONE;
	return ref;
}

bool ld_btf_size(const struct ld_btfs *set, struct ld_ref ref, __u64 *ret)
{
	const struct btf_type *t;
	__u64 elements = 1;
	int i;

	for (i = 0; i < MAX_CHAIN; i++) {
		ref = ld_btf_skip(set, ref, NULL);
		t = ld_btf_type(set, ref);
		if (!t)
			return false;
		switch (btf_kind(t)) {
		case BTF_KIND_ARRAY:
			if (__builtin_mul_overflow(elements, (__u64)btf_array(t)->nelems,
						   &elements))
				return false;
			ref.id = btf_array(t)->type;
			continue;
		case BTF_KIND_PTR:
			return !__builtin_mul_overflow(elements, (__u64)LD_POINTER_SIZE, ret);
		case BTF_KIND_INT:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
		case BTF_KIND_FLOAT:
			return !__builtin_mul_overflow(elements, (__u64)t->size, ret);
		default:
			return false;
		}
	}
	return false;
}

bool ld_btf_find(const struct ld_btfs *set, __u32 btf, __u32 kinds, const char *name,
		 struct ld_ref *ret)
{
	const struct btf_type *t;
	struct ld_ref ref;

	if (!set->all[btf].btf || !*name)
		return false;
	ref.btf = btf;
	for (ref.id = set->all[btf].begin; ref.id < set->all[btf].end; ref.id++) {
		t = ld_btf_type(set, ref);
		if (!(kinds & LD_KIND(btf_kind(t))))
			continue;
		if (strcmp(ld_btf_str(set, btf, t->name_off), name))
			continue;
		*ret = ref;
		return true;
	}
	return false;
}

static bool try_module(struct ld_btfs *set, const char *module, __u32 kinds, const char *name,
		       struct ld_ref *ret)
{
	struct btf *btf = load_module(set, module);
	int i;

	if (!btf)
		return false;
	i = add(set, module, btf);
	if (i < 0)
		return false;
	if (ld_btf_find(set, i, kinds, name, ret))
		return true;
	/* There may be hundreds: keep the one that helped only. */
	set->nr--;
	btf__free(btf);
	free(set->all[i].name);
	return false;
}

bool ld_btf_find_elsewhere(struct ld_btfs *set, __u32 kinds, const char *name,
			   struct ld_ref *ret)
{
	struct dirent **list;
	bool found = false;
	char path[4096];
	int i, n;

	if (!set->sys)
		return false;
	snprintf(path, sizeof(path), "%s/kernel/btf", set->sys);
	n = scandir(path, &list, NULL, alphasort);
	if (n < 0)
		return false;
	for (i = 0; i < n; i++) {
		const char *module = list[i]->d_name;

		if (!found && module[0] != '.' && strcmp(module, "vmlinux") &&
		    find_loaded(set, module) < 0)
			found = try_module(set, module, kinds, name, ret);
		free(list[i]);
	}
	free(list);
	return found;
}

/* Search one section; @ret gets the first namesake, an exact one ends the search. */
static bool find_in_section(const struct ld_btfs *set, struct ld_ref sec,
			    const struct btf_type *t, const char *name, __u64 offset,
			    struct ld_ref *ret, bool *found)
{
	const struct btf_var_secinfo *var = btf_var_secinfos(t);
	const struct btf_type *v;
	struct ld_ref ref;
	int i;

	ref.btf = sec.btf;
	for (i = 0; i < btf_vlen(t); i++, var++) {
		ref.id = var->type;
		v = ld_btf_type(set, ref);
		if (!v || btf_kind(v) != BTF_KIND_VAR ||
		    strcmp(ld_btf_str(set, ref.btf, v->name_off), name))
			continue;
		if (!*found || var->offset == offset)
			ret->id = v->type;
		*found = true;
		if (var->offset == offset)
			return true;
	}
	return false;
}

bool ld_btf_variable(const struct ld_btfs *set, __u32 btf, const char *name, __u64 offset,
		     bool percpu, struct ld_ref *ret)
{
	const struct btf_type *t;
	bool found = false;
	struct ld_ref ref;

	if (!set->all[btf].btf)
		return false;
	ref.btf = btf;
	ret->btf = btf;
	for (ref.id = set->all[btf].begin; ref.id < set->all[btf].end; ref.id++) {
		t = ld_btf_type(set, ref);
		if (btf_kind(t) != BTF_KIND_DATASEC)
			continue;
		if (percpu != !strcmp(ld_btf_str(set, btf, t->name_off), ".data..percpu"))
			continue;
		if (find_in_section(set, ref, t, name, offset, ret, &found))
			break;
	}
	return found;
}
