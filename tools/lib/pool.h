/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_POOL_H
#define LD_POOL_H

#include <stddef.h>

/**
 * DOC: Threads that do numbered jobs
 *
 * The caller is one of them: it works while it waits for a job. So one thread is no thread more,
 * and where fewer threads can be made than were asked for it takes longer, nothing else.
 */
struct ld_pool;

/**
 * ld_pool_new() - make threads
 * @threads: how many are to work, the caller included; from 1
 * @work: does a job; @thread numbers the thread it runs in, from 0, and is below @threads
 * @ctx: passed to @work
 *
 * They get no signals: those are for the caller's thread.
 *
 * Return: the pool, or NULL without memory.
 */
struct ld_pool *ld_pool_new(unsigned int threads,
			    void (*work)(void *ctx, unsigned int thread, size_t job), void *ctx);

/** ld_pool_start() - have jobs done. @p: all before are done; @jobs: how many, numbered from 0 */
void ld_pool_start(struct ld_pool *p, size_t jobs);

/** ld_pool_wait() - until a job is done. @p: started; @job: asked for in order, each once */
void ld_pool_wait(struct ld_pool *p, size_t job);

/** ld_pool_free() - end the threads; jobs not begun are left undone. @p: or NULL */
void ld_pool_free(struct ld_pool *p);

#endif
