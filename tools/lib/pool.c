// SPDX-License-Identifier: GPL-2.0
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "pool.h"

/* A thread that was made, and the job it is at. */
struct worker {
	struct ld_pool *pool;
	pthread_t thread;
	unsigned int number;
	size_t job;
};

/* Jobs below @next are taken. One that is taken is done, unless somebody is at it. */
struct ld_pool {
	void (*work)(void *ctx, unsigned int thread, size_t job);
	void *ctx;
	pthread_mutex_t lock;
	pthread_cond_t begun;
	pthread_cond_t done;
	size_t next;
	size_t jobs;
	bool end;
	unsigned int nr;
	struct worker workers[];
};

#define NO_JOB	((size_t)-1)

static void *run(void *arg)
{
	struct worker *w = arg;
	struct ld_pool *p = w->pool;

	pthread_mutex_lock(&p->lock);
	while (!p->end) {
		if (p->next == p->jobs) {
			pthread_cond_wait(&p->begun, &p->lock);
			continue;
		}
		w->job = p->next++;
		pthread_mutex_unlock(&p->lock);
		p->work(p->ctx, w->number, w->job);
		pthread_mutex_lock(&p->lock);
		w->job = NO_JOB;
		pthread_cond_signal(&p->done);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct ld_pool *ld_pool_new(unsigned int threads,
			    void (*work)(void *ctx, unsigned int thread, size_t job), void *ctx)
{
	struct ld_pool *p = calloc(1, sizeof(*p) + threads * sizeof(p->workers[0]));
	sigset_t all, before;

	if (!p)
		return NULL;
	p->work = work;
	p->ctx = ctx;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->begun, NULL);
	pthread_cond_init(&p->done, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (p->nr = 0; p->nr + 1 < threads; p->nr++) {
		struct worker *w = &p->workers[p->nr];

		*w = (struct worker){ .pool = p, .number = p->nr + 1, .job = NO_JOB };
		if (pthread_create(&w->thread, NULL, run, w))
			break;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return p;
}

void ld_pool_start(struct ld_pool *p, size_t jobs)
{
	pthread_mutex_lock(&p->lock);
	p->next = 0;
	p->jobs = jobs;
	pthread_cond_broadcast(&p->begun);
	pthread_mutex_unlock(&p->lock);
}

static bool is_done(const struct ld_pool *p, size_t job)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++) {
		if (p->workers[i].job == job)
			return false;
	}
	return job < p->next;
}

void ld_pool_wait(struct ld_pool *p, size_t job)
{
	pthread_mutex_lock(&p->lock);
	while (!is_done(p, job)) {
		if (p->next < p->jobs) {
			const size_t ours = p->next++;

			pthread_mutex_unlock(&p->lock);
			p->work(p->ctx, 0, ours);
			pthread_mutex_lock(&p->lock);
		} else {
			pthread_cond_wait(&p->done, &p->lock);
		}
	}
	pthread_mutex_unlock(&p->lock);
}

void ld_pool_free(struct ld_pool *p)
{
	unsigned int i;

	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->end = true;
	pthread_cond_broadcast(&p->begun);
	pthread_mutex_unlock(&p->lock);
	for (i = 0; i < p->nr; i++)
		pthread_join(p->workers[i].thread, NULL);
	pthread_cond_destroy(&p->done);
	pthread_cond_destroy(&p->begun);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
