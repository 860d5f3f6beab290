// SPDX-License-Identifier: GPL-2.0
/* Plans at the limits of the uapi, and of BTF that no compiler makes. */
#include "plan_test.h"

static int many_types(int n)
{
	char name[32];
	int s, i;

	s = must(btf__add_struct(btf, "many", 65535 * 8));
	for (i = 0; i < n; i++) {
		sprintf(name, "s%d", i);
		/* forward references: structs are added below, pointers after them */
		must(btf__add_field(btf, name, s + 1 + n + i, i * 64, 0));
	}
	for (i = 0; i < n; i++) {
		sprintf(name, "s%d", i);
		must(btf__add_struct(btf, name, 8));
	}
	for (i = 0; i < n; i++)
		pointer_to(s + 1 + i);
	return s;
}

TEST(plan_limit_types)
{
	int a, b;

	btf = model_btf();
	if (CHECK(compile(many_types(65535), 1)))
		CHECK_EQ(plan.nr_types, 65536);
	done();
	btf = model_btf();
	a = many_types(65535);
	b = holder("one_more", pointer_to(m.mm), 0, 8);
	CHECK(!compile(STRUCT(65536 * 8, { a, 0 }, { b, 65535 * 8 }), 1));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "the types within 1 pointer hops are too many for one request (limits: 65536 types, 1048576 pointers in them): give a smaller --depth");
}

TEST(plan_limit_edges)
{
	int pointer, s, i, nr;

	for (nr = 16; nr <= 17; nr++) {
		btf = model_btf();
		pointer = pointer_to(m.mm);
		s = must(btf__add_struct(btf, "pointers", 65535 * 8));
		for (i = 0; i < 65535; i++)
			must(btf__add_field(btf, "p", pointer, i * 64, 0));
		/* Members of a struct, since an array of them would need no more edges. */
		must(btf__add_struct(btf, "more", nr * 65535 * 8));
		for (i = 0; i < nr; i++)
			must(btf__add_field(btf, "s", s, i * 65535 * 64, 0));
		if (nr == 16) {
			CHECK(compile(s + 1, 1));
			CHECK_EQ(plan.nr_edges, 16 * 65535);
			done();
		} else {
			CHECK(!compile(s + 1, 1));
			CHECK_ERR(&err, LD_EXIT_FAILED,
				  "1048576 pointers in them): give a smaller");
		}
	}
}

static int doubling(int levels)
{
	int id = holder("leaf", pointer_to(m.mm), 0, 8);

	while (levels--)
		id = STRUCT(1 << 20, { id, 0 }, { id, 8 });
	return id;
}

/* Structs that hold the last one twice: forty levels would be 2^40 members. */
TEST(plan_limit_steps)
{
	btf = model_btf();
	CHECK(!compile(doubling(40), 1));
	CHECK_ERR(&err, LD_EXIT_FAILED, "give a smaller --depth");
}

/* Members that lie further out than an edge can say: the sum wraps around to 0. */
TEST(plan_far_members)
{
	int s, i;

	btf = model_btf();
	s = holder("leaf", pointer_to(m.mm), 0x40, 64);
	for (i = 0; i < 8; i++) {
		s = must(btf__add_struct(btf, "far", 64));
		must(btf__add_field(btf, "member", s - 1, 0x1ffffff8U * 8, 0));
	}
	if (CHECK(compile(s, 1)))
		CHECK_EQ(plan.nr_edges, 0);
	done();
}

/* Objects of malformed BTF may end before their members do, and may hold themselves. */
TEST(plan_malformed)
{
	int s, next;

	btf = model_btf();
	if (CHECK(compile(holder("short", pointer_to(m.mm), 8, 12), 1)))
		CHECK_EQ(plan.nr_edges, 0);
	done();
	btf = model_btf();
	if (CHECK(compile(holder("shorter", pointer_to(m.mm), 0, 4), 1)))
		CHECK_EQ(plan.nr_edges, 0);
	done();
	btf = model_btf();
	if (CHECK(compile(holder("array", array_of(pointer_to(m.mm), 10), 8, 40), 1)))
		CHECK_STR(edges_of(0), "8:p>1*4/8");
	done();
	btf = model_btf();
	if (CHECK(compile(holder("odd", pointer_to(m.mm), 3, 16), 1)))
		CHECK_STR(edges_of(0), "3:p>1");
	done();
	/* elements of 4 bytes that claim to hold a pointer of 8 */
	btf = model_btf();
	s = holder("small", pointer_to(m.mm), 0, 4);
	if (CHECK(compile(holder("array", array_of(s, 10), 0, 40), 1)))
		CHECK_EQ(plan.nr_edges, 0);
	done();
	btf = model_btf();
	next = btf__type_cnt(btf);
	CHECK(compile(STRUCT(16, { next, 0 }, { m.c_int, 8 }), 1));
	done();
	btf = model_btf();
	next = btf__type_cnt(btf);
	CHECK(!compile(STRUCT(16, { next, 0 }, { next, 0 }), 1));
	CHECK_ERR(&err, LD_EXIT_FAILED, "give a smaller --depth");
}
