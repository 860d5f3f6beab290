/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_CTYPES_H
#define LD_CTYPES_H

#include "btf.h"
#include "target_type.h"

/**
 * struct ld_ctype - a C type: an array of pointers to a BTF type
 * @ref: the BTF type
 * @ptrs: pointers around it
 * @nr_dims: array dimensions around those
 * @dims: outermost first
 *
 * BTF need not have ``struct foo *[16]`` for a user to be able to write it.
 */
struct ld_ctype {
	struct ld_ref ref;
	unsigned int ptrs;
	unsigned int nr_dims;
	__u32 dims[LD_TYPE_DIMS];
};

/**
 * ld_ctype_plain() - a BTF type as it is
 * @ref: the type
 *
 * Return: the C type.
 */
struct ld_ctype ld_ctype_plain(struct ld_ref ref);

/**
 * ld_ctype_lookup() - find the type that a type expression names
 * @set: BTF; may gain a module that has the type
 * @btf: module to look in first, 0 for none
 * @x: the expression
 * @ret: the type
 * @err: filled if there is no such type: where it was looked for, and names like it
 *
 * Looks in module @btf, then the kernel, then whatever else is loaded, then all modules.
 *
 * Return: 0 or -1.
 */
int ld_ctype_lookup(struct ld_btfs *set, __u32 btf, const struct ld_texpr *x,
		    struct ld_ctype *ret, struct ld_err *err);

/**
 * ld_ctype_complete() - find the definition of a type that is only declared where it is used
 * @set: BTF; may gain the module that defines it
 * @t: the type; replaced by the definition, if there is one
 */
void ld_ctype_complete(struct ld_btfs *set, struct ld_ctype *t);

/**
 * ld_ctype_size() - how large a type is
 * @set: BTF
 * @t: the type
 * @ret: bytes
 *
 * Return: whether it has a size.
 */
bool ld_ctype_size(const struct ld_btfs *set, const struct ld_ctype *t, __u64 *ret);

/**
 * ld_ctype_deref() - what a pointer points to
 * @set: BTF
 * @t: the type; replaced by what it points to
 * @tags: LD_TAG_* on the way are added; may be NULL
 *
 * Return: whether it is a pointer.
 */
bool ld_ctype_deref(const struct ld_btfs *set, struct ld_ctype *t, __u32 *tags);

/**
 * ld_ctype_element() - what an array is made of
 * @set: BTF
 * @t: the type; replaced by that of its elements
 * @nr: number of elements, 0 for a flexible array
 *
 * Return: whether it is an array.
 */
bool ld_ctype_element(const struct ld_btfs *set, struct ld_ctype *t, __u64 *nr);

/**
 * ld_ctype_member() - step into a member, through anonymous structs and unions
 * @set: BTF
 * @t: the type; replaced by that of the member
 * @name: of the member
 * @offset: of the member is added
 * @err: filled on failure, with names like it
 *
 * Return: 0 or -1.
 */
int ld_ctype_member(const struct ld_btfs *set, struct ld_ctype *t, struct ld_span name,
		    __u64 *offset, struct ld_err *err);

/**
 * ld_ctype_path() - step into a member of a member
 * @set: BTF
 * @t: the type; replaced by that of the member
 * @path: members, with dots between them
 * @offset: of the member is added
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_ctype_path(const struct ld_btfs *set, struct ld_ctype *t, struct ld_span path,
		  __u64 *offset, struct ld_err *err);

/**
 * ld_ctype_is_struct() - whether a type is a struct of this name
 * @set: BTF
 * @t: the type
 * @name: of the struct
 *
 * Return: whether it is.
 */
bool ld_ctype_is_struct(const struct ld_btfs *set, const struct ld_ctype *t, const char *name);

/**
 * ld_ctype_index() - step into an array
 * @set: BTF
 * @t: the type; replaced by that of the element
 * @nr: which
 * @offset: of the element is added
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_ctype_index(const struct ld_btfs *set, struct ld_ctype *t, __u64 nr, __u64 *offset,
		   struct ld_err *err);

/**
 * ld_ctype_name() - a type in words
 * @set: BTF
 * @t: the type
 * @buf: where
 * @size: of @buf
 *
 * Return: @buf, e.g. "struct foo *[16]".
 */
const char *ld_ctype_name(const struct ld_btfs *set, const struct ld_ctype *t, char *buf,
			  size_t size);

#endif
