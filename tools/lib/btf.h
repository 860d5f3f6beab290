/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_BTF_H
#define LD_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <bpf/btf.h>

#include "err.h"

/** LD_POINTER_SIZE: bytes in a pointer; the module runs on 64-bit kernels only. */
#define LD_POINTER_SIZE		8

/** LD_BTF_NONE: type id of a chain of types that leads nowhere. */
#define LD_BTF_NONE		0xffffffffU

/**
 * struct ld_ref - a BTF type
 * @btf: which BTF: 0 is the kernel's, others are modules'
 * @id: type id in it, 0 is void
 */
struct ld_ref {
	__u32 btf;
	__u32 id;
};

/* Type tags that ld_btf_skip() notices: what carries them is no plain kernel pointer. */
#define LD_TAG_USER		1U
#define LD_TAG_PERCPU		2U

/**
 * struct ld_btfs - the BTF of the kernel and of those modules that were asked for
 *
 * BTF comes from files and is believed nothing: types may be missing, and chains of them may
 * be endless.
 */
struct ld_btfs;

/**
 * ld_btfs_open() - load the kernel's BTF
 * @sys: "/sys", or a test's stand-in
 * @elf: vmlinux whose .BTF section is used if the kernel shows none, or NULL
 * @ret: the set; modules are added as they are asked for
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_btfs_open(const char *sys, const char *elf, struct ld_btfs **ret, struct ld_err *err);

/**
 * ld_btfs_wrap() - make a set of BTF that is in memory
 * @btf: the kernel's; the set owns it, also on failure
 *
 * Return: the set, or NULL without memory.
 */
struct ld_btfs *ld_btfs_wrap(struct btf *btf);

/**
 * ld_btfs_add() - add a module's BTF
 * @set: the set
 * @name: of the module
 * @btf: split BTF on top of the kernel's; the set owns it, also on failure
 *
 * Return: its number, or -1 without memory.
 */
int ld_btfs_add(struct ld_btfs *set, const char *name, struct btf *btf);

/** ld_btfs_free() - free it with all its BTF; NULL is fine. @set: the set */
void ld_btfs_free(struct ld_btfs *set);

/**
 * ld_btfs_module() - the BTF of a module, loaded if need be
 * @set: the set
 * @module: its name, "" for the kernel
 *
 * Return: its number, or -1 if there is none (out-of-tree modules often lack it).
 */
int ld_btfs_module(struct ld_btfs *set, const char *module);

/** ld_btfs_nr() - how many there are. @set: the set. Return: their number */
__u32 ld_btfs_nr(const struct ld_btfs *set);

/**
 * ld_btfs_name() - whose BTF is it?
 * @set: the set
 * @btf: number
 *
 * Return: "vmlinux" or the module's name.
 */
const char *ld_btfs_name(const struct ld_btfs *set, __u32 btf);

/**
 * ld_btf_end() - one past the last type id
 * @set: the set
 * @btf: number
 *
 * Return: the id.
 */
__u32 ld_btf_end(const struct ld_btfs *set, __u32 btf);

/**
 * ld_btf_canonical() - the one reference of a type
 * @set: the set
 * @ref: reference, maybe to a kernel type by way of a module
 *
 * Return: reference by which the type can be compared to others.
 */
struct ld_ref ld_btf_canonical(const struct ld_btfs *set, struct ld_ref ref);

/**
 * ld_btf_type() - look a type up
 * @set: the set
 * @ref: which
 *
 * Return: the type, or NULL if there is no such id.
 */
const struct btf_type *ld_btf_type(const struct ld_btfs *set, struct ld_ref ref);

/**
 * ld_btf_str() - look a name up
 * @set: the set
 * @btf: number
 * @offset: name_off of a type or member
 *
 * Return: the name, "" for what has none.
 */
const char *ld_btf_str(const struct ld_btfs *set, __u32 btf, __u32 offset);

/**
 * ld_btf_skip() - step over qualifiers, typedefs and type tags
 * @set: the set
 * @ref: where to begin
 * @tags: LD_TAG_* met on the way are added; may be NULL
 *
 * Return: the type below; its id is %LD_BTF_NONE if there is none.
 */
struct ld_ref ld_btf_skip(const struct ld_btfs *set, struct ld_ref ref, __u32 *tags);

/**
 * ld_btf_size() - how large a type is
 * @set: the set
 * @ref: the type
 * @ret: bytes
 *
 * Return: whether it has a size (void, functions and incomplete types have none).
 */
bool ld_btf_size(const struct ld_btfs *set, struct ld_ref ref, __u64 *ret);

/** LD_KIND() - a bit for a set of kinds. @kind: BTF_KIND_* */
#define LD_KIND(kind)		(1U << (kind))

/**
 * ld_btf_find() - find a type by name in one BTF
 * @set: the set
 * @btf: number; a module's own types only, not the kernel's below
 * @kinds: LD_KIND() bits
 * @name: name
 * @ret: the type, the first if there are several
 *
 * Return: whether there is one.
 */
bool ld_btf_find(const struct ld_btfs *set, __u32 btf, __u32 kinds, const char *name,
		 struct ld_ref *ret);

/**
 * ld_btf_find_elsewhere() - find a type in modules that nobody has asked for yet
 * @set: the set; the module that has the type is added
 * @kinds: LD_KIND() bits
 * @name: name
 * @ret: the type, of the first module by name if there are several
 *
 * Return: whether there is one.
 */
bool ld_btf_find_elsewhere(struct ld_btfs *set, __u32 kinds, const char *name,
			   struct ld_ref *ret);

/**
 * ld_btf_variable() - find the type of a variable
 * @set: the set
 * @btf: number
 * @name: of the variable
 * @offset: where it lies in its section, or ~0 if unknown; tells static namesakes apart
 * @percpu: whether to look among per-CPU variables, or among the others
 * @ret: its type
 *
 * Kernels of today describe per-CPU variables only.
 *
 * Return: whether it is described.
 */
bool ld_btf_variable(const struct ld_btfs *set, __u32 btf, const char *name, __u64 offset,
		     bool percpu, struct ld_ref *ret);

#endif
