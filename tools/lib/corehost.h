/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_COREHOST_H
#define LD_COREHOST_H

#include "corepages.h"
#include "json.h"
#include "vmcore.h"

/**
 * ld_corehost_note() - parse the LIVEDUMP note
 * @c: opened
 *
 * Return: an object, to be put; NULL if there is no such note, or it is garbled.
 */
struct json_object *ld_corehost_note(const struct ld_corefile *c);

/** ld_corehost_string() - look up. @from: object, or NULL; @key: member. Return: it, or NULL. */
const char *ld_corehost_string(struct json_object *from, const char *key);

/** ld_corehost_child() - look up. @from: object, or NULL; @key: member. Return: it, or NULL. */
struct json_object *ld_corehost_child(struct json_object *from, const char *key);

/**
 * ld_corehost_fill() - tell a model which machine its pages are of, and when
 * @p: opened
 * @core: machine, uts, time_ns and nr_cpus are set
 *
 * A kdump file has that in its header. Of an ELF vmcore, the LIVEDUMP note has it; else vmcoreinfo
 * has the release and where the rest is in memory. What cannot be found is "unknown" or 0.
 */
void ld_corehost_fill(struct ld_corepages *p, struct ld_vmcore *core);

#endif
