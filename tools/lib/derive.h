/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_DERIVE_H
#define LD_DERIVE_H

#include "peek.h"
#include "resolver.h"
#include "word.h"

/**
 * struct ld_derive - how a word is worked out
 * @peek: the session
 * @resolver: names and types
 */
struct ld_derive {
	struct ld_peek *peek;
	struct ld_resolver *resolver;
};

/**
 * ld_derive_word() - record what a word means
 * @d: the session and its kernel
 * @word: not %LD_WORD_NONE
 * @err: filled on failure
 *
 * What cannot be read is counted in @d->peek, and no failure.
 *
 * Return: 0, or -1 where this kernel is not such as this word knows.
 */
int ld_derive_word(const struct ld_derive *d, enum ld_word word, struct ld_err *err);

/**
 * ld_derive_symbol() - the address of a variable or function of the kernel image
 * @d: the kernel
 * @name: of it
 * @ret: its address
 * @room: bytes until the next symbol, or NULL
 *
 * Return: whether the kernel has it.
 */
bool ld_derive_symbol(const struct ld_derive *d, const char *name, __u64 *ret, __u64 *room);

/**
 * ld_derive_function() - the function of the kernel image that an address lies in
 * @d: the kernel, some symbol of which has been looked up
 * @address: in the kernel's text
 * @ret: its address
 *
 * Return: whether there is one.
 */
bool ld_derive_function(const struct ld_derive *d, __u64 address, __u64 *ret);

/**
 * ld_derive_size() - how large a type is
 * @d: the kernel
 * @type: such as "struct page"
 * @ret: bytes
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_derive_size(const struct ld_derive *d, const char *type, __u64 *ret, struct ld_err *err);

/**
 * ld_derive_offset() - where in a type a member lies
 * @d: the kernel
 * @type: such as "struct module"
 * @member: a path such as "desc_ring.descs"
 * @ret: bytes
 * @size: of the member
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_derive_offset(const struct ld_derive *d, const char *type, const char *member, __u64 *ret,
		     __u64 *size, struct ld_err *err);

/**
 * ld_derive_number() - a member of something in memory, as a number
 * @d: the session and its kernel
 * @address: of the struct
 * @type: of it
 * @member: a path such as "desc_ring.descs"
 * @ret: its value
 * @err: filled on failure
 *
 * Return: 0; 1 where it cannot be read; -1.
 */
int ld_derive_number(const struct ld_derive *d, __u64 address, const char *type,
		     const char *member, __u64 *ret, struct ld_err *err);

/** ld_derive_range() - a range. @address: first byte; @length: bytes. Return: it. */
static inline struct livedump_range ld_derive_range(__u64 address, __u64 length)
{
	return (struct livedump_range){ .address = address, .length = length };
}

/** ld_derive_modules() - ``modules:``. @d: as above; @err: filled on failure. Return: 0 or -1. */
int ld_derive_modules(const struct ld_derive *d, struct ld_err *err);

/** ld_derive_freelists() - ``freelists:``. @d: as above; @err: filled on failure. Return: 0, -1. */
int ld_derive_freelists(const struct ld_derive *d, struct ld_err *err);

/** ld_derive_unwind() - ``unwind:``. @d: as above; @err: filled on failure. Return: 0 or -1. */
int ld_derive_unwind(const struct ld_derive *d, struct ld_err *err);

#endif
