// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan_flatten.h"

int ld_plan_types_init(struct ld_plan_types *types, struct ld_btfs *set)
{
	__u32 i;

	memset(types, 0, sizeof(*types));
	types->set = set;
	types->map = calloc(ld_btfs_nr(set), sizeof(*types->map));
	if (!types->map)
		return -1;
	types->nr_maps = ld_btfs_nr(set);
	for (i = 0; i < types->nr_maps; i++) {
		types->map[i] = calloc((size_t)ld_btf_end(set, i) + 1, sizeof(**types->map));
		if (!types->map[i])
			return -1;
	}
	return 0;
}

void ld_plan_types_exit(struct ld_plan_types *types)
{
	__u32 i;

	for (i = 0; i < types->nr_maps; i++)
		free(types->map[i]);
	free(types->map);
	free(types->all);
	free(types->edges);
	free(types->paths);
}

static bool is_scalar(const struct btf_type *t)
{
	return btf_is_int(t) || btf_is_any_enum(t) || btf_is_float(t);
}

/* Types that BTF has no id for are few: those of roots with a cast or a DWARF type. */
static int find_derived(const struct ld_plan_types *types, const struct ld_ctype *t)
{
	const struct ld_ctype *other;
	size_t i;

	for (i = 0; i < types->nr; i++) {
		other = &types->all[i].type;
		if (!types->all[i].head && other->ref.btf == t->ref.btf && other->ref.id == t->ref.id &&
		    other->ptrs == t->ptrs && other->nr_dims == t->nr_dims &&
		    !memcmp(other->dims, t->dims, t->nr_dims * sizeof(t->dims[0])))
			return i;
	}
	return -1;
}

static int find(const struct ld_plan_types *types, const struct ld_ctype *t, __u64 size)
{
	__u32 known;

	if (t->ptrs || t->nr_dims)
		return find_derived(types, t);
	known = types->map[t->ref.btf][t->ref.id];
	/* Scalars have no edges and differ by their size only. */
	if (!known && size <= LD_PLAN_SCALAR && is_scalar(ld_btf_type(types->set, t->ref)))
		known = types->scalar[size];
	return (int)known - 1;
}

static int grow(struct ld_plan_types *types)
{
	size_t room = types->room ? types->room * 2 : 256;
	void *p;

	if (types->nr == LIVEDUMP_MAX_TYPES) {
		errno = E2BIG;
		return -1;
	}
	if (types->nr < types->room)
		return 0;
	p = realloc(types->all, room * sizeof(*types->all));
	if (!p)
		return -1;
	types->all = p;
	types->room = room;
	return 0;
}

static struct ld_plan_type *add(struct ld_plan_types *types, const struct ld_ctype *t, __u64 size)
{
	struct ld_plan_type *new;

	if (grow(types))
		return NULL;
	new = &types->all[types->nr++];
	memset(new, 0, sizeof(*new));
	new->type = *t;
	new->out.size = size;
	return new;
}

int ld_plan_head(struct ld_plan_types *types, const struct ld_plan_root *root)
{
	struct ld_plan_type *new;
	__u64 size = 0;

	ld_ctype_size(types->set, &root->type, &size);
	new = add(types, &root->type, size);
	if (!new)
		return -1;
	new->head = root;
	return types->nr - 1;
}

int ld_plan_type(struct ld_plan_types *types, const struct ld_ctype *type, unsigned int level)
{
	struct ld_ctype t = *type;
	struct ld_plan_type *new;
	__u64 size = 0;
	int i;

	t.ref = ld_btf_skip(types->set, t.ref, NULL);
	ld_ctype_size(types->set, &t, &size);
	if (size > LIVEDUMP_MAX_OBJECT_SIZE)
		size = LIVEDUMP_MAX_OBJECT_SIZE;
	i = find(types, &t, size);
	if (i < 0) {
		new = add(types, &t, size);
		if (!new)
			return -1;
		i = types->nr - 1;
		new->level = level;
	}
	if (t.ptrs || t.nr_dims)
		return i;
	types->map[t.ref.btf][t.ref.id] = i + 1;
	if (size <= LD_PLAN_SCALAR && is_scalar(ld_btf_type(types->set, t.ref)))
		types->scalar[size] = i + 1;
	return i;
}
