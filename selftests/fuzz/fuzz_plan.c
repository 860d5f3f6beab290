// SPDX-License-Identifier: GPL-2.0
/*
 * BTF that nobody vouches for: whatever libbpf loads has to give a plan that the module would
 * take, or an error. The first byte says how the rest is read: as a whole file, or, so that more
 * of them load, as the types of one whose strings are given.
 */
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>
#include <linux/btf.h>

#include "ctypes.h"
#include "fuzz.h"
#include "plan.h"
#include "plan_valid.h"

static const char strings[] =
	"\0a\0char\0user\0percpu\0.data..percpu\0unsigned int\0list_head\0next\0rb_root\0rb_node";

/* What a rule that is taken may be about; the first byte chooses one. */
static const char * const rules[] = {
	"",
	"struct a.a list struct a.char",
	"struct list_head opaque\nstruct a.a chain struct a.user",
	"struct a.a flex user + 1",
	"struct a.a flex char\nunion a.a percpu",
	"struct a.user array 3\nunion a.user plain\nstruct a opaque",
	"struct a.user rbtree struct a.char\nunion a.a pointer struct a *[2]",
	"struct a.a.a bytes 3\nstruct a.user string\nstruct a.char percpu unsigned int",
};

static int quiet(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	libbpf_set_print(quiet);
	return 0;
}

static struct btf *with_header(const uint8_t *types, size_t size)
{
	struct btf_header h = {
		.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(h),
		.type_len = size, .str_off = size, .str_len = sizeof(strings),
	};
	char *file = malloc(sizeof(h) + size + sizeof(strings));
	struct btf *btf;

	if (!file)
		return NULL;
	memcpy(file, &h, sizeof(h));
	memcpy(file + sizeof(h), types, size);
	memcpy(file + sizeof(h) + size, strings, sizeof(strings));
	btf = btf__new(file, sizeof(h) + size + sizeof(strings));
	free(file);
	return btf;
}

/* What paths and messages do with a type. */
static void walk_path(struct ld_btfs *set, struct ld_ctype t, struct ld_err *err)
{
	struct ld_span name = { "a", 1 };
	__u64 offset = 0;
	char text[64];
	int i;

	for (i = 0; i < 8; i++) {
		ld_ctype_name(set, &t, text, sizeof(text));
		if (ld_ctype_member(set, &t, name, &offset, err) &&
		    ld_ctype_index(set, &t, i, &offset, err) && !ld_ctype_deref(set, &t, NULL))
			break;
	}
}

static void look_up(struct ld_btfs *set, struct ld_err *err)
{
	static const char * const types[] = {
		"struct a", "union a *", "enum a[3]", "a", "char", "unsigned", "struct ab", NULL
	};
	struct ld_ctype t;
	struct ld_texpr x;
	struct ld_ref ref;
	int i;

	for (i = 0; types[i]; i++)
		if (!ld_texpr_parse(types[i], &x, err))
			ld_ctype_lookup(set, 0, &x, &t, err);
	ld_btf_variable(set, 0, "a", 0, true, &ref);
	ld_btf_variable(set, 0, "a", ~0ULL, false, &ref);
}

static void compile(struct ld_btfs *set, const uint8_t *bytes, struct ld_err *err)
{
	struct ld_plan_root roots[3] = { { .is_head = false } };
	struct ld_edges edges = { 0 };
	struct ld_plan_opts opts = { .depth = bytes[0] % 8, .edges = &edges };
	struct ld_plan plan;
	__u32 index[3];
	int i, rc;

	for (i = 0; i < 3; i++)
		roots[i].type = ld_ctype_plain((struct ld_ref){ 0, bytes[i + 1] });
	roots[1].type.ptrs = bytes[0] >> 6;
	roots[2].type.nr_dims = bytes[0] >> 5 & 1;
	roots[2].type.dims[0] = 1 + bytes[3];
	walk_path(set, roots[0].type, err);
	if (ld_edges_text(&edges, "rules", rules[bytes[3] % (sizeof(rules) / sizeof(*rules))], err))
		abort();
	err->msg[0] = '\0';
	rc = ld_plan_compile(set, roots, 1 + bytes[0] % 3, &opts, index, &plan, err);
	ld_edges_free(&edges);
	if (rc) {
		if (!*err->msg)
			abort();
		return;
	}
	if (plan_invalid(plan.types, plan.nr_types, plan.edges, plan.nr_edges))
		abort();
	ld_plan_free(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ld_btfs *set;
	struct ld_err err;
	struct btf *btf;

	if (size < 5)
		return 0;
	btf = data[0] & 1 ? btf__new(data + 5, size - 5) : with_header(data + 5, size - 5);
	if (!btf)
		return 0;
	set = ld_btfs_wrap(btf);
	if (!set)
		return 0;
	look_up(set, &err);
	compile(set, data + 1, &err);
	ld_btfs_free(set);
	return 0;
}
