// SPDX-License-Identifier: GPL-2.0
/*
 * New programs, from nothing and from others. All randomness comes from one generator.
 */
#include <string.h>

#include "fuzz.h"

static __u64 state = 1;

void rnd_seed(__u64 seed)
{
	state = seed * 2 + 1;
}

__u64 rnd(void)
{
	__u64 x;

	state += 0x9e3779b97f4a7c15;
	x = state;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

__u32 below(__u32 n)
{
	return n ? (rnd() >> 32) % n : 0;
}

static bool one_in(__u32 n)
{
	return !below(n);
}

/* Processes are dear. */
static const __u8 weights[NR_OPS] = {
	[OP_INFO] = 4, [OP_CREATE] = 20, [OP_OPEN] = 8, [OP_DESTROY] = 6, [OP_LIST] = 8,
	[OP_STATUS] = 6, [OP_RECORD] = 40, [OP_SNAPSHOT] = 40, [OP_STOP] = 4, [OP_ANNOTATE] = 8,
	[OP_WHATIS] = 8, [OP_UNKNOWN] = 3,
	[OP_MMAP] = 20, [OP_MEMORY] = 14, [OP_CLOSE] = 10, [OP_FORK] = 1, [OP_KILL] = 1,
	[OP_PASS] = 2, [OP_FILE] = 2, [OP_TOGGLE] = 4, [OP_DEVICE] = 2, [OP_SLEEP] = 1,
};

static __u8 random_op(void)
{
	__u32 i, sum = 0, at;

	for (i = 0; i < NR_OPS; i++)
		sum += weights[i];
	at = below(sum);
	for (i = 0; at >= weights[i]; i++)
		at -= weights[i];
	return i;
}

static __u64 random_value(void)
{
	static const __u64 likely[] = {
		0, 1, 2, 3, 4, 7, 8, 16, 63, 64, 65, 127, 128, 255, 256, 4095, 4096, 4097, 16384,
		16385, 65535, 65536, 65537, 1 << 20, 16 << 20, (16 << 20) + 1, 0x7fffffff,
		0x80000000, 0xffffffff, 1ULL << 32, 1ULL << 44, 1ULL << 52, 1ULL << 63,
	};
	__u64 v = likely[below(lengthof(likely))];

	switch (below(6)) {
	case 0:
		return rnd();
	case 1:
		return -v;
	case 2:
		return rnd() & 0x0f0f0f0f0f0f0f0f;
	default:
		return v;
	}
}

static void random_call(struct rec *r, int threads)
{
	memset(r, 0, sizeof(*r));
	r->op = random_op();
	r->who = below(threads);
	if (one_in(20))
		r->who |= WHO_FAIL | below(32) << 2;
	/* Mostly the session that a program begins with. */
	r->fd = one_in(30) ? rnd() : one_in(4) ? below(4) : 1;
	if (one_in(6))
		r->shape = rnd();
	r->a = one_in(3) ? rnd() : below(8);
	r->b = one_in(3) ? rnd() : below(4);
	r->c = one_in(3) ? rnd() : below(5);
	r->v = one_in(3) ? random_value() : rnd();
}

static void random_change(struct rec *r)
{
	memset(r, 0, sizeof(*r));
	r->who = below(4);
	r->fd = one_in(2) ? 0 : below(16);
	r->shape = below(4) | below(5) << 2;
	r->a = one_in(4) ? rnd() : below(40) * 4;
	r->b = one_in(20) ? below(18) : 0;
	r->v = random_value();
}

static int threads_in(const struct prog *p)
{
	int threads = 1;
	__u32 i;

	for (i = 0; i < p->nr; i++)
		threads = thread_of(&p->rec[i]) >= threads ? thread_of(&p->rec[i]) + 1 : threads;
	return threads;
}

static bool insert(struct prog *p, __u32 at, const struct rec *r)
{
	if (p->nr == MAX_RECS)
		return false;
	memmove(&p->rec[at + 1], &p->rec[at], (p->nr - at) * sizeof(*r));
	p->rec[at] = *r;
	p->nr++;
	return true;
}

/* Take a record away. Returns whether something is left. */
bool prog_remove(struct prog *p, __u32 at)
{
	if (p->nr <= 1 || at >= p->nr)
		return false;
	memmove(&p->rec[at], &p->rec[at + 1], (p->nr - at - 1) * sizeof(p->rec[0]));
	p->nr--;
	return true;
}

void prog_random(struct prog *p)
{
	int threads = one_in(4) ? 1 + below(MAX_THREADS) : 1;
	__u32 i, n = 2 + below(10);

	memset(p, 0, sizeof(*p));
	random_call(&p->rec[0], 1);
	p->rec[0].op = OP_CREATE;
	p->rec[0].shape = 0;
	p->rec[0].fd = 0;
	p->rec[0].c = 0;
	for (i = 1; i < n; i++)
		random_call(&p->rec[i], threads);
	p->nr = n;
}

static void change_field(struct rec *r)
{
	switch (below(10)) {
	case 0:
		r->op = random_op();
		break;
	case 1:
		r->who ^= 1 << below(8);
		break;
	case 2:
		r->fd = one_in(8) ? rnd() : below(6);
		break;
	case 3:
		r->shape = rnd();
		break;
	case 4:
		r->a = rnd();
		break;
	case 5:
		r->b = rnd();
		break;
	case 6:
		r->c = rnd();
		break;
	case 7:
		r->v = random_value();
		break;
	case 8:
		r->v ^= 1ULL << below(64);
		break;
	default:
		((__u8 *)&r->v)[below(8)] = rnd();
		break;
	}
}

/* A change to a call, which counts it. */
static void add_change(struct prog *p)
{
	__u32 at = below(p->nr);
	struct rec r;

	random_change(&r);
	if (insert(p, at + 1, &r) && p->rec[at].n % 8 < 7)
		p->rec[at].n++;
}

/* The beginning of one and the end of another. */
static void splice(struct prog *p, const struct prog *other)
{
	__u32 keep = 1 + below(p->nr);
	__u32 from = below(other->nr);
	__u32 n = min(other->nr - from, MAX_RECS - keep);

	memcpy(&p->rec[keep], &other->rec[from], n * sizeof(p->rec[0]));
	p->nr = keep + n;
}

static void repeat(struct prog *p)
{
	__u32 at = below(p->nr);
	struct rec r = p->rec[at];

	insert(p, below(p->nr + 1), &r);
}

static void swap(struct prog *p)
{
	__u32 a = below(p->nr), b = below(p->nr);
	struct rec r = p->rec[a];

	p->rec[a] = p->rec[b];
	p->rec[b] = r;
}

/* Some calls go to another thread. */
static void spread(struct prog *p)
{
	__u32 i;

	for (i = 1; i < p->nr; i++) {
		if (one_in(3))
			p->rec[i].who = (p->rec[i].who & ~3) | below(MAX_THREADS);
	}
}

void prog_mutate(struct prog *p, const struct prog *other)
{
	__u32 n = 1 + below(one_in(3) ? 8 : 3);
	struct rec r;

	while (n--) {
		switch (below(16)) {
		case 0: case 1: case 2:
			random_call(&r, threads_in(p));
			insert(p, below(p->nr + 1), &r);
			break;
		case 3: case 4:
			prog_remove(p, below(p->nr));
			break;
		case 5:
			repeat(p);
			break;
		case 6:
			swap(p);
			break;
		case 7:
			splice(p, other);
			break;
		case 8: case 9: case 10:
			add_change(p);
			break;
		case 11:
			if (one_in(6))
				spread(p);
			break;
		default:
			change_field(&p->rec[below(p->nr)]);
			break;
		}
	}
}
