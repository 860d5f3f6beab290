/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_UNIT_MODEL_H
#define LD_UNIT_MODEL_H

#include "request.h"
#include "test.h"

/* A kernel of a dozen types and symbols, whose every offset a test can know. */

/* Type ids of the model's BTF. */
struct model_ids {
	int c_char, uchar, schar, c_int, uint, ulong, ullong, c_bool;
	int u8, u64, list_head, mm, task, rq, both, state, fwd, func;
};

extern struct model_ids m;

/** model_btf() - the kernel's BTF; sets @m. Return: BTF to free */
struct btf *model_btf(void);

/** model_module_btf() - BTF of module "mod". @base: the kernel's. Return: BTF to free */
struct btf *model_module_btf(struct btf *base);

/** model_kallsyms: its symbols */
extern const char model_kallsyms[];

/** MODEL_BUILD_ID: its build id, that of the stand-in vmlinux */
#define MODEL_BUILD_ID	"0123456789abcdef0123456789abcdef01234567"

/**
 * model_tree() - all of it as files
 *
 * Return: directory that stands in for both /proc and /sys.
 */
const char *model_tree(void);

/** model_resolver() - resolver of a tree. @dir: the tree. Return: resolver to free */
struct ld_resolver *model_resolver(const char *dir);

/** model_valid() - check a plan as the kernel does. @req: compiled */
void model_valid(const struct ld_request *req);

#endif
