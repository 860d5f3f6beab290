// SPDX-License-Identifier: GPL-2.0
/* kmod/plan.c in userspace: plans that hold together, and every way in which one does not. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kplan_oracle.h"
#include "writer.h"

#define NR_TYPES	4
#define NR_EDGES	9

struct model {
	struct livedump_type types[NR_TYPES];
	struct livedump_edge edges[NR_EDGES];
	struct ld_plan plan;
};

static void good(struct model *m)
{
	*m = (struct model){
		.types = {
			{ .size = 64, .first_edge = 0, .nr_edges = 3 },
			{ .size = 1, .first_edge = 3 },
			{ .size = LIVEDUMP_MAX_OBJECT_SIZE, .first_edge = 3, .nr_edges = 1 },
			{ .size = 40, .first_edge = 4, .nr_edges = 5, .flex_start = 32,
			  .flex_size = 24, .flex_count = 30, .flex_width = 2, .flex_more = 1 },
		},
		.edges = {
			{ .offset = 56, .kind = LIVEDUMP_EDGE_POINTER, .type = 2, .count = 1 },
			{ .offset = 1, .kind = LIVEDUMP_EDGE_STRING, .count = 4, .stride = 16,
			  .arg = 1 },
			{ .kind = LIVEDUMP_EDGE_BYTES, .count = 8, .stride = 8,
			  .arg = LIVEDUMP_MAX_EDGE_BYTES },
			{ .kind = LIVEDUMP_EDGE_POINTER, .type = 1,
			  .count = LIVEDUMP_MAX_OBJECT_SIZE / 8, .stride = 8 },
			{ .offset = 48, .kind = LIVEDUMP_EDGE_PERCPU, .type = 3, .count = 1,
			  .flags = LIVEDUMP_EDGE_FLEX },
			{ .kind = LIVEDUMP_EDGE_LIST, .type = 1, .count = 1, .arg = 9,
			  .flags = LIVEDUMP_EDGE_STEP },
			{ .kind = LIVEDUMP_EDGE_CHAIN, .type = 3, .count = 2, .stride = 8,
			  .arg = 32 },
			{ .kind = LIVEDUMP_EDGE_OBJECT, .count = 1, .arg = 1,
			  .flags = LIVEDUMP_EDGE_SCAN },
			{ .kind = LIVEDUMP_EDGE_ARRAY, .count = 1, .stride = 4, .arg = 36 },
		},
	};
	m->plan = (struct ld_plan){ m->types, m->edges, NR_TYPES, NR_EDGES };
}

static void sound(void)
{
	struct ld_plan none = { 0 };
	struct model m;

	good(&m);
	EXPECT(!ld_plan_check(&m.plan));
	EXPECT(oracle_plan(&m.plan));
	EXPECT(!ld_plan_check(&none));
}

/* One thing wrong at a time; __VA_ARGS__ does it to m. */
#define BAD(...)							\
	do {								\
		struct model m;						\
									\
		good(&m);						\
		__VA_ARGS__;						\
		EXPECT(ld_plan_check(&m.plan));				\
		EXPECT(!oracle_plan(&m.plan));				\
	} while (0)

static void bad_types(void)
{
	BAD(m.types[1].size = 0);
	BAD(m.types[2].size = LIVEDUMP_MAX_OBJECT_SIZE + 1);
	BAD(m.types[1].__reserved = 1);
	BAD(m.types[1].first_edge = 0);
	BAD(m.types[0].first_edge = 1);
	BAD(m.types[2].nr_edges = 2);
	BAD(m.types[2].nr_edges = UINT32_MAX);
	BAD(m.types[0].nr_edges = UINT32_MAX);
	BAD(m.types[2].nr_edges = 0);
	BAD(m.plan.nr_edges = 8);
	BAD(m.plan.nr_types = 3);
	BAD(m.types[1].flex_start = 1);
	BAD(m.types[1].flex_count = 1);
	BAD(m.types[1].flex_width = 1);
	BAD(m.types[1].flex_more = 1);
	BAD(m.types[3].flex_start = 41);
	BAD(m.types[3].flex_size = LIVEDUMP_MAX_OBJECT_SIZE + 1);
	BAD(m.types[3].flex_size = 0);
	BAD(m.types[3].flex_count = 39);
	BAD(m.types[3].flex_count = UINT32_MAX);
	BAD(m.types[3].flex_width = 3);
	BAD(m.types[3].flex_width = 0);
	BAD(m.types[3].flex_width = 16);
}

static void bad_edges(void)
{
	BAD(m.edges[0].offset = 57);
	BAD(m.edges[0].offset = UINT32_MAX);
	BAD(m.edges[0].kind = 0);
	BAD(m.edges[0].kind = LIVEDUMP_EDGE_ARRAY + 1);
	BAD(m.edges[0].flags = LIVEDUMP_EDGE_SCAN);
	BAD(m.edges[0].flags = LIVEDUMP_EDGE_FLEX);
	BAD(m.edges[0].flags = 8);
	BAD(m.edges[0].flags = 0x8000);
	BAD(m.edges[0].type = NR_TYPES);
	BAD(m.edges[0].arg = 1);
	BAD(m.edges[0].count = 0);
	BAD(m.edges[0].stride = 8);
	BAD(m.edges[1].type = 1);
	BAD(m.edges[1].arg = 0);
	BAD(m.edges[1].stride = 7);
	BAD(m.edges[1].stride = 0);
	BAD(m.edges[1].stride = 19);
	BAD(m.edges[1].count = 5);
	BAD(m.edges[2].arg = LIVEDUMP_MAX_EDGE_BYTES + 1);
	BAD(m.edges[3].count++);
	BAD(m.edges[4].offset = 31);
	BAD(m.edges[4].offset = 49);
	BAD(m.edges[4].count = 2, m.edges[4].stride = 8);
	BAD(m.edges[4].arg = 1);
	BAD(m.edges[4].type = NR_TYPES);
	BAD(m.edges[5].type = NR_TYPES);
	BAD(m.edges[5].arg = LIVEDUMP_MAX_OBJECT_SIZE);
	BAD(m.edges[5].kind = LIVEDUMP_EDGE_BYTES);
	BAD(m.edges[6].arg = 33);
	BAD(m.edges[6].arg = UINT32_MAX);
	BAD(m.edges[6].type = 1);
	BAD(m.edges[7].arg = 0);
	BAD(m.edges[7].type = 1);
	BAD(m.edges[8].type = NR_TYPES);
	BAD(m.edges[8].count = 2);
	BAD(m.edges[8].stride = 0);
	BAD(m.edges[8].stride = 3);
	BAD(m.edges[8].stride = 8);
	BAD(m.edges[8].arg = 37);
	BAD(m.edges[8].arg = UINT32_MAX);
	BAD(m.edges[8].flags = LIVEDUMP_EDGE_FLEX, m.edges[8].offset = 32);
	/* in 32 bits these would wrap around to something small */
	BAD(m.edges[3].count = 0x20000001, m.edges[3].stride = 8);
	BAD(m.edges[3].count = UINT32_MAX, m.edges[3].stride = UINT32_MAX);
	BAD(m.edges[3].count = UINT32_MAX, m.edges[3].stride = UINT32_MAX,
	    m.edges[3].offset = UINT32_MAX);
}

/* Words of the model overwritten with numbers that are near a border. */
static void random_plans(void)
{
	static const uint32_t numbers[] = {
		0, 1, 2, 3, 7, 8, 9, 16, 56, 57, 64, 65536, 65537, 0x01000000, 0x01000001,
		0x20000000, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff,
	};
	unsigned int i, k, sound_ones = 0;
	struct model m;
	uint32_t *word;

	for (i = 0; i < 200000; i++) {
		good(&m);
		for (k = 0; k < 1 + i % 3; k++) {
			word = (uint32_t *)&m + test_random(offsetof(struct model, plan) / 4);
			*word = numbers[test_random(LD_ARRAY_SIZE(numbers))];
		}
		EXPECT(!ld_plan_check(&m.plan) == oracle_plan(&m.plan));
		sound_ones += oracle_plan(&m.plan);
	}
	EXPECT(sound_ones > 1000 && sound_ones < 190000);
}

int main(void)
{
	RUN(sound);
	RUN(bad_types);
	RUN(bad_edges);
	RUN(random_plans);
	return END();
}
