// SPDX-License-Identifier: GPL-2.0
#include "plan_test.h"

/* What a structure with one pointer of this type looks like. */
static void check_pointer(const char *what, int pointee, const char *edges, __u32 size)
{
	if (!CHECK(compile(holder("holder", pointer_to(pointee), 8, 16), 1)))
		return;
	CHECK_EQ(plan.types[0].size, 16);
	if (!test_check(test_str(edges_of(0), edges), __FILE__, __LINE__,
			"%s: edges \"%s\", expected \"%s\"", what, edges_of(0), edges))
		return;
	test_check(plan.nr_types == (size ? 2 : 1), __FILE__, __LINE__, "%s: %zu types", what,
		   plan.nr_types);
	if (size)
		CHECK_EQ(plan.types[1].size, size);
	done();
}

TEST(plan_edge_kinds)
{
	btf = model_btf();
	check_pointer("struct", m.mm, "8:p>1", 24);
	btf = model_btf();
	check_pointer("union", m.both, "8:p>1", 8);
	btf = model_btf();
	check_pointer("void", 0, "8:o=256", 0);
	btf = model_btf();
	check_pointer("declared only", m.fwd, "8:o=256", 0);
	btf = model_btf();
	check_pointer("char", m.c_char, "8:s=256", 0);
	btf = model_btf();
	check_pointer("const char", must(btf__add_const(btf, m.c_char)), "8:s=256", 0);
	btf = model_btf();
	check_pointer("unsigned char", m.uchar, "8:b=256", 0);
	btf = model_btf();
	check_pointer("signed char", m.schar, "8:b=256", 0);
	btf = model_btf();
	check_pointer("u8", m.u8, "8:b=256", 0);
	btf = model_btf();
	check_pointer("bool", m.c_bool, "8:p>1", 1);
	btf = model_btf();
	check_pointer("int", m.c_int, "8:p>1", 4);
	btf = model_btf();
	check_pointer("u64", m.u64, "8:p>1", 8);
	btf = model_btf();
	check_pointer("enum", m.state, "8:p>1", 4);
	btf = model_btf();
	check_pointer("double", must(btf__add_float(btf, "double", 8)), "8:p>1", 8);
	btf = model_btf();
	check_pointer("function", m.func, "", 0);
	btf = model_btf();
	check_pointer("empty struct", must(btf__add_struct(btf, "empty", 0)), "", 0);
	btf = model_btf();
	check_pointer("flexible array", array_of(m.mm, 0), "", 0);
	btf = model_btf();
	check_pointer("array", array_of(m.mm, 3), "8:p>1", 72);
	btf = model_btf();
	check_pointer("missing type", 99999, "", 0);
}

TEST(plan_pointer_tags)
{
	btf = model_btf();
	check_pointer("__user", must(btf__add_type_tag(btf, "user", m.mm)), "", 0);
	btf = model_btf();
	check_pointer("__percpu", must(btf__add_type_tag(btf, "percpu", m.mm)), "8:P>1", 24);
	btf = model_btf();
	check_pointer("text __percpu", must(btf__add_type_tag(btf, "percpu", m.c_char)), "8:P>1",
		      1);
	btf = model_btf();
	check_pointer("void __percpu", must(btf__add_type_tag(btf, "percpu", 0)), "", 0);
	btf = model_btf();
	check_pointer("__rcu", must(btf__add_type_tag(btf, "rcu", m.mm)), "8:p>1", 24);
	btf = model_btf();
	check_pointer("__user behind const",
		      must(btf__add_const(btf, must(btf__add_type_tag(btf, "user", m.c_char)))),
		      "", 0);
}

/* Pointers to pointers go by way of a type of one pointer. */
TEST(plan_pointer_to_pointer)
{
	btf = model_btf();
	if (!CHECK(compile(holder("h", pointer_to(pointer_to(pointer_to(m.mm))), 0, 8), 3)))
		return;
	CHECK_STR(edges_of(0), "0:p>1");
	CHECK_STR(edges_of(1), "0:p>2");
	CHECK_STR(edges_of(2), "0:p>3");
	CHECK_EQ(plan.types[1].size, 8);
	CHECK_EQ(plan.types[3].size, 24);
	CHECK_EQ(plan.types[3].nr_edges, 0);
	done();
	btf = model_btf();
	if (!CHECK(compile(pointer_to(pointer_to(0)), 2)))
		return;
	CHECK_STR(edges_of(0), "0:p>1");
	CHECK_STR(edges_of(1), "0:o=256");
	done();
}

TEST(plan_embedded)
{
	btf = model_btf();
	/* tasks, mm, the two halves of the union, and hash: an array of two pointers each */
	if (!CHECK(compile(m.task, 1)))
		return;
	CHECK_EQ(plan.types[0].size, 128);
	CHECK_STR(edges_of(0),
		  "8:p>1 16:p>1 24:p>2 48:o=256 56:p>1 64:p>1*4/16 72:p>1*4/16");
	CHECK_EQ(plan.nr_types, 3);
	CHECK_EQ(plan.types[1].size, 16);
	CHECK_EQ(plan.types[2].size, 24);
	done();
}

TEST(plan_union_members)
{
	struct field f[6] = { { 0 } };
	int u;

	btf = model_btf();
	f[0].type = pointer_to(m.mm);
	f[1].type = f[0].type;
	f[2].type = must(btf__add_const(btf, f[0].type));
	f[3].type = pointer_to(m.both);
	f[4].type = pointer_to(m.c_char);
	f[5].type = array_of(f[0].type, 2);
	u = composite(must(btf__add_union(btf, "u", 16)), f, 6);
	if (!CHECK(compile(u, 1)))
		return;
	/* The same edge thrice is one; what differs stays. */
	CHECK_STR(edges_of(0), "0:p>1 0:p>1*2/8 0:p>2 0:s=256");
	done();
}

TEST(plan_arrays)
{
	btf = model_btf();
	if (!CHECK(compile(holder("h", array_of(pointer_to(m.mm), 5), 8, 48), 1)))
		return;
	CHECK_STR(edges_of(0), "8:p>1*5/8");
	done();
	/* One element is no array. */
	btf = model_btf();
	if (!CHECK(compile(holder("h", array_of(pointer_to(m.mm), 1), 8, 16), 1)))
		return;
	CHECK_STR(edges_of(0), "8:p>1");
	done();
	/* Dimensions without gaps join. */
	btf = model_btf();
	if (!CHECK(compile(holder("h", array_of(array_of(pointer_to(m.mm), 3), 2), 0, 48), 1)))
		return;
	CHECK_STR(edges_of(0), "0:p>1*6/8");
	done();
	btf = model_btf();
	if (!CHECK(compile(holder("h", array_of(array_of(m.list_head, 3), 2), 0, 96), 1)))
		return;
	CHECK_STR(edges_of(0), "0:p>1*6/16 8:p>1*6/16");
	done();
}

/* struct { struct mm_struct *slots[SLOTS]; int x; } [ROWS] */
static int rows(__u32 slots, __u32 nr)
{
	return array_of(STRUCT(slots * 8 + 8, { array_of(pointer_to(m.mm), slots), 0 },
			       { m.c_int, slots * 8 }), nr);
}

/* Arrays that do not join: the smaller of the two is written out. */
TEST(plan_nested_arrays)
{
	btf = model_btf();
	if (!CHECK(compile(rows(2, 3), 1)))
		return;
	CHECK_EQ(plan.types[0].size, 72);
	CHECK_STR(edges_of(0), "0:p>1*3/24 8:p>1*3/24");
	done();
	btf = model_btf();
	if (!CHECK(compile(rows(5, 2), 1)))
		return;
	CHECK_STR(edges_of(0), "0:p>1*5/8 48:p>1*5/8");
	done();
	btf = model_btf();
	if (!CHECK(compile(array_of(rows(2, 3), 4), 1)))
		return;
	/* rows join with rows: 12 of them */
	CHECK_STR(edges_of(0), "0:p>1*12/24 8:p>1*12/24");
	done();
	btf = model_btf();
	if (!CHECK(compile(array_of(holder("h", rows(2, 3), 8, 88), 2), 1)))
		return;
	CHECK_STR(edges_of(0), "8:p>1*3/24 16:p>1*3/24 96:p>1*3/24 104:p>1*3/24");
	done();
}

TEST(plan_ignored)
{
	int s, pointer;

	btf = model_btf();
	pointer = pointer_to(m.mm);
	s = STRUCT(64, { m.ulong, 0 }, { array_of(m.c_char, 16), 8 }, { m.state, 24 },
		   { array_of(pointer, 0), 32 }, { pointer_to(m.func), 40 });
	/* no compiler makes a bit field of a pointer */
	must(btf__add_field(btf, "bits", pointer, 48 * 8, 5));
	if (!CHECK(compile(s, 64)))
		return;
	CHECK_EQ(plan.nr_types, 1);
	CHECK_EQ(plan.nr_edges, 0);
	CHECK_EQ(plan.types[0].first_edge, 0);
	done();
}

/* Each level points to the next: struct c0 { struct c1 *member; } and so on. */
static int chain(int length)
{
	char name[32];
	int id = m.mm;

	while (length--) {
		sprintf(name, "c%d", length);
		id = holder(name, pointer_to(id), 0, 16 + length);
	}
	return id;
}

TEST(plan_depth)
{
	unsigned int depth;

	for (depth = 0; depth < 8; depth++) {
		btf = model_btf();
		if (!CHECK(compile(chain(4), depth)))
			return;
		/* One type more for each hop, the last without edges: c0 c1 c2 c3 mm list_head */
		CHECK_EQ(plan.nr_types, depth < 5 ? depth + 1 : 6);
		CHECK_EQ(plan.types[plan.nr_types - 1].nr_edges, depth < 6 ? 0 : 2);
		CHECK_EQ(plan.types[0].size, 16);
		if (depth)
			CHECK_EQ(plan.types[0].nr_edges, 1);
		done();
	}
}

/* What is both near and far counts as near. */
TEST(plan_nearest_level_counts)
{
	int s, far, self;

	btf = model_btf();
	far = holder("far", pointer_to(m.rq), 0, 8);
	self = pointer_to(btf__type_cnt(btf) + 3);
	s = STRUCT(24, { pointer_to(far), 0 }, { pointer_to(m.rq), 8 }, { self, 16 });
	CHECK_EQ(s, self + 3);
	if (!CHECK(compile(s, 2)))
		return;
	CHECK_STR(edges_of(0), "0:p>1 8:p>2 16:p>0");
	CHECK_STR(edges_of(1), "0:p>2");
	CHECK_STR(edges_of(2), "8:p>3");
	CHECK_EQ(plan.types[3].size, 128);
	CHECK_EQ(plan.types[3].nr_edges, 0);
	done();
}

TEST(plan_cycles)
{
	int next, a, b;

	btf = model_btf();
	if (!CHECK(compile(m.list_head, 64)))
		return;
	CHECK_EQ(plan.nr_types, 1);
	CHECK_STR(edges_of(0), "0:p>0 8:p>0");
	done();
	btf = model_btf();
	next = btf__type_cnt(btf);
	a = holder("a", next + 2, 0, 8);
	b = holder("b", next + 3, 8, 16);
	CHECK_EQ(pointer_to(b), next + 2);
	CHECK_EQ(pointer_to(a), next + 3);
	if (!CHECK(compile(a, 64)))
		return;
	CHECK_EQ(plan.nr_types, 2);
	CHECK_STR(edges_of(0), "0:p>1");
	CHECK_STR(edges_of(1), "8:p>0");
	done();
}

TEST(plan_roots)
{
	struct ld_ctype types[5] = { { { 0 } } };

	btf = model_btf();
	types[0] = ld_ctype_plain((struct ld_ref){ 0, m.mm });
	types[1] = ld_ctype_plain((struct ld_ref){ 0, m.u64 });
	types[2] = types[0];
	/* struct task_struct *[2][3], as a user may write it */
	types[3] = ld_ctype_plain((struct ld_ref){ 0, m.rq });
	types[3].ptrs = 1;
	types[3].nr_dims = 2;
	types[3].dims[0] = 2;
	types[3].dims[1] = 3;
	types[4] = types[3];
	if (!CHECK(compile_all(types, 5, 1)))
		return;
	CHECK_EQ(roots[0], 0);
	CHECK_EQ(roots[1], 1);
	CHECK_EQ(roots[2], 0);
	CHECK_EQ(roots[3], 2);
	CHECK_EQ(roots[4], 2);
	CHECK_EQ(plan.types[0].size, 24);
	CHECK_EQ(plan.types[1].size, 8);
	CHECK_EQ(plan.types[2].size, 48);
	CHECK_STR(edges_of(0), "8:p>3 16:p>3");
	CHECK_STR(edges_of(2), "0:p>4*6/8");
	CHECK_EQ(plan.types[4].size, 16);
	CHECK_EQ(plan.types[4].nr_edges, 0);
	done();
}

/* Qualifiers and typedefs make no types of their own, nor do integers of one size. */
TEST(plan_same_types)
{
	int s, t;

	btf = model_btf();
	t = must(btf__add_typedef(btf, "t", must(btf__add_const(btf, m.mm))));
	s = STRUCT(48, { pointer_to(m.mm), 0 }, { pointer_to(t), 8 }, { pointer_to(m.c_int), 16 },
		   { pointer_to(m.uint), 24 }, { pointer_to(m.state), 32 },
		   { pointer_to(m.ulong), 40 });
	if (!CHECK(compile(s, 1)))
		return;
	CHECK_STR(edges_of(0), "0:p>1 8:p>1 16:p>2 24:p>2 32:p>2 40:p>3");
	done();
}

TEST(plan_definition_in_module)
{
	const struct ld_plan_opts two = { .depth = 2 };
	struct ld_plan_root t = { .is_head = false };
	int s;

	btf = model_btf();
	s = holder("holder", pointer_to(m.fwd), 0, 8);
	set = ld_btfs_wrap(btf);
	must(ld_btfs_add(set, "mod", model_module_btf(btf)));
	t.type = ld_ctype_plain((struct ld_ref){ 0, s });
	if (CHECK(!ld_plan_compile(set, &t, 1, &two, roots, &plan, &err))) {
		CHECK_STR(edges_of(0), "0:p>1");
		CHECK_EQ(plan.types[1].size, 8);
		/* Out of the module back into the kernel's types. */
		CHECK_STR(edges_of(1), "0:p>2");
		CHECK_EQ(plan.types[2].size, 128);
	}
	done();
}

TEST(plan_empty)
{
	btf = model_btf();
	CHECK(compile_all(NULL, 0, 3));
	CHECK_EQ(plan.nr_types, 0);
	CHECK_EQ(plan.nr_edges, 0);
	done();
}

TEST(plan_bad_roots)
{
	struct ld_ctype t = { { 0, 0 } };

	btf = model_btf();
	CHECK(!compile_all(&t, 1, 1));
	CHECK_ERR(&err, LD_EXIT_FAILED, "'void' has no size");
	CHECK(!plan.types && !plan.edges);
	btf = model_btf();
	CHECK(!compile(m.fwd, 1));
	CHECK_ERR(&err, LD_EXIT_FAILED, "'struct hidden' has no size");
	btf = model_btf();
	CHECK(!compile(must(btf__add_struct(btf, "huge", LIVEDUMP_MAX_OBJECT_SIZE + 1)), 1));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "'struct huge' measures 16777217 bytes, more than one object may (16777216)");
	btf = model_btf();
	CHECK(compile(must(btf__add_struct(btf, "large", LIVEDUMP_MAX_OBJECT_SIZE)), 1));
	done();
}

/* A pointer to something huge is followed as far as one object may reach. */
TEST(plan_huge_pointee)
{
	btf = model_btf();
	if (!CHECK(compile(pointer_to(array_of(m.list_head, 0x10000000)), 2)))
		return;
	CHECK_EQ(plan.types[1].size, LIVEDUMP_MAX_OBJECT_SIZE);
	CHECK_STR(edges_of(1), "0:p>2*1048576/16 8:p>2*1048576/16");
	done();
}

TEST(plan_is_deterministic)
{
	struct ld_btfs *first_set;
	struct ld_plan first;

	btf = model_btf();
	CHECK(compile(m.rq, 5));
	first = plan;
	first_set = set;
	btf = model_btf();
	CHECK(compile(m.rq, 5));
	CHECK_EQ(plan.nr_types, first.nr_types);
	CHECK_EQ(plan.nr_edges, first.nr_edges);
	CHECK(!memcmp(plan.types, first.types, plan.nr_types * sizeof(*plan.types)));
	CHECK(!memcmp(plan.edges, first.edges, plan.nr_edges * sizeof(*plan.edges)));
	done();
	ld_plan_free(&first);
	ld_btfs_free(first_set);
}
