/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_RESOLVER_TASKS_H
#define LD_RESOLVER_TASKS_H

#include "target_lex.h"

/**
 * ld_resolver_tasks() - find the tasks of a name
 * @proc: "/proc", or a test's stand-in
 * @name: of the tasks; * and ? stand for any letters and any letter
 * @ret: their ids, in order, to be freed by the caller; threads are tasks
 * @nr: how many
 * @err: filled if there is none, with names like it
 *
 * Return: 0 or -1.
 */
int ld_resolver_tasks(const char *proc, struct ld_span name, __u32 **ret, size_t *nr,
		      struct ld_err *err);

#endif
