// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "plan_flatten.h"

int ld_plan_types_init(struct ld_plan_types *types, struct ld_btfs *set,
		       const struct ld_filter *filter)
{
	__u32 i;

	memset(types, 0, sizeof(*types));
	types->set = set;
	types->filter = filter;
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
	size_t i;

	for (i = 0; i < types->nr_maps; i++)
		free(types->map[i]);
	for (i = 0; i < types->nr; i++)
		free(types->all[i].variable);
	ld_bindings_free(&types->bindings);
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
		if (!types->all[i].head && !types->all[i].variable &&
		    other->ref.btf == t->ref.btf && other->ref.id == t->ref.id &&
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
	void *p;

	if (types->nr == LIVEDUMP_MAX_TYPES) {
		errno = E2BIG;
		return -1;
	}
	p = ld_array_room(types->all, types->nr, &types->room, sizeof(*types->all));
	if (!p)
		return -1;
	types->all = p;
	return 0;
}

/* A type that is not in the list yet; its index, or -1. */
static int append(struct ld_plan_types *types, const struct ld_ctype *t, __u64 size,
		  unsigned int level)
{
	if (grow(types))
		return -1;
	types->all[types->nr] = (struct ld_plan_type){
		.type = *t,
		.level = level,
		.out.size = size,
	};
	return types->nr++;
}

static __u64 size_of(const struct ld_plan_types *types, const struct ld_ctype *t)
{
	__u64 size = 0;

	ld_ctype_size(types->set, t, &size);
	return size > LIVEDUMP_MAX_OBJECT_SIZE ? LIVEDUMP_MAX_OBJECT_SIZE : size;
}

int ld_plan_head(struct ld_plan_types *types, const struct ld_plan_root *root)
{
	int i = append(types, &root->type, size_of(types, &root->type), 0);

	if (i >= 0)
		types->all[i].head = root;
	return i;
}

int ld_plan_type(struct ld_plan_types *types, const struct ld_ctype *type, unsigned int level)
{
	struct ld_ctype t = *type;
	__u64 size;
	int i;

	t.ref = ld_btf_skip(types->set, t.ref, NULL);
	size = size_of(types, &t);
	i = find(types, &t, size);
	if (i < 0) {
		i = append(types, &t, size, level);
		if (i >= 0)
			ld_plan_flexible(types, &types->all[i]);
	}
	if (i < 0 || t.ptrs || t.nr_dims)
		return i;
	types->map[t.ref.btf][t.ref.id] = i + 1;
	if (size <= LD_PLAN_SCALAR && is_scalar(ld_btf_type(types->set, t.ref)))
		types->scalar[size] = i + 1;
	return i;
}

/* Not to be found by its type: other objects of the type are no such variable. */
int ld_plan_variable(struct ld_plan_types *types, const struct ld_ctype *type,
		     const struct ld_bound *bound)
{
	struct ld_bound *copy = malloc(sizeof(*copy));
	int i;

	if (!copy)
		return -1;
	*copy = *bound;
	i = append(types, type, size_of(types, type), 0);
	if (i < 0)
		free(copy);
	else
		types->all[i].variable = copy;
	return i;
}
