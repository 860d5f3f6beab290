// SPDX-License-Identifier: GPL-2.0
#include "plan_test.h"

static const char *type_name(size_t type)
{
	static char text[100];

	memset(text, 'x', sizeof(text));
	return ld_plan_type_name(&plan, type, text, sizeof(text));
}

TEST(plan_name_types)
{
	struct ld_ctype t = { { 0 } };

	btf = model_btf();
	t = ld_ctype_plain((struct ld_ref){ 0, m.task });
	t.ptrs = 1;
	t.nr_dims = 1;
	t.dims[0] = 4;
	if (!CHECK(compile_all(&t, 1, 2)))
		return;
	CHECK_STR(type_name(0), "struct task_struct *[4]");
	CHECK_STR(type_name(1), "struct task_struct");
	CHECK_STR(type_name(2), "struct list_head");
	CHECK_STR(type_name(3), "struct mm_struct");
	CHECK_STR(type_name(4), "");
	CHECK_STR(names_of(0), "-");
	done();
}

TEST(plan_name_edges)
{
	char text[8];

	btf = model_btf();
	if (!CHECK(compile(m.task, 2)))
		return;
	/* through anonymous members, without the indices of arrays */
	CHECK_STR(names_of(0), "tasks.next tasks.prev mm anon_p anon_b hash.next hash.prev");
	CHECK_STR(names_of(1), "next prev");
	CHECK_STR(names_of(2), "mmlist.next mmlist.prev");
	CHECK_STR(ld_plan_edge_name(&plan, plan.nr_edges, text, sizeof(text)), "");
	CHECK_EQ(ld_plan_edge_type(&plan, plan.nr_edges), plan.nr_types);
	/* cut, not overrun */
	CHECK_STR(ld_plan_edge_name(&plan, 0, text, sizeof(text)), "tasks.n");
	done();
}

/* Types without edges lie between those that have some. */
TEST(plan_name_types_without_edges)
{
	int s;

	btf = model_btf();
	s = STRUCT(24, { pointer_to(m.c_int), 0 }, { pointer_to(m.rq), 8 },
		   { pointer_to(m.u64), 16 });
	if (!CHECK(compile(s, 2)))
		return;
	CHECK_EQ(plan.nr_types, 5);
	CHECK_STR(names_of(0), "m0 m1 m2");
	CHECK_STR(names_of(1), "");
	CHECK_STR(names_of(2), "curr");
	CHECK_EQ(plan.nr_edges, 4);
	done();
}

/* Members of a union that are the same pointer: the first names it. */
TEST(plan_name_union)
{
	struct field f[3] = { { 0 } };
	int u;

	btf = model_btf();
	f[0].type = pointer_to(m.mm);
	f[1].type = pointer_to(m.both);
	f[2].type = f[0].type;
	u = composite(must(btf__add_union(btf, "u", 8)), f, 3);
	if (!CHECK(compile(holder("h", u, 0, 8), 1)))
		return;
	CHECK_STR(names_of(0), "member.m0 member.m1");
	done();
}

/* Written-out arrays keep their names. */
TEST(plan_name_nested_arrays)
{
	btf = model_btf();
	if (!CHECK(compile(array_of(STRUCT(24, { array_of(pointer_to(m.mm), 2), 0 },
					   { m.c_int, 16 }), 3), 1)))
		return;
	CHECK_STR(names_of(0), "m0 m0");
	done();
}
