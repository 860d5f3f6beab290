/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_OBJECTS_H
#define LD_OBJECTS_H

#include <stddef.h>
#include <stdint.h>
#include <linux/livedump.h>

#include "annotations.h"

/** LD_OBJECTS_NAME: n_name of the note that lists the objects. */
#define LD_OBJECTS_NAME		"LIVEDUMP_OBJECTS"
/** LD_OBJECTS_TYPE: n_type of it. */
#define LD_OBJECTS_TYPE		0x4c440002
/** LD_OBJECTS_PACKED: n_type of it where it is compressed (see ld_pack()). */
#define LD_OBJECTS_PACKED	0x4c440003
/** LD_OBJECTS_VERSION: its first number; another one means that the rest is something else. */
#define LD_OBJECTS_VERSION	1

/*
 * The note: a head, the objects, the names; all numbers little-endian, wherever it was made.
 *
 *	head		objects		names
 *	0 version u32	0 address u64	NUL-terminated, one behind the other; the
 *	4 entry   u32	8 length u32	first is empty
 *	8 objects u64	12 request u32
 *	16 unlisted u64	16 parent u32
 *	24 names  u64	20 step u32
 *			24 type u32
 *			28 slot u32
 *			32 depth u16
 *			34 flags u16
 *			36 0 u32
 *
 * "entry" is the size of an object here, and may grow; "names" that of the names. An object is as
 * struct livedump_object has it, but that "step" and "type" are offsets into the names. Whatever
 * has a parent comes behind it. A step that ends in "[]" or "@" is completed by the slot, and "+"
 * is the word of that number of what has no type.
 */

/** LD_OBJECTS_HEAD: bytes of the head. */
#define LD_OBJECTS_HEAD		32
/** LD_OBJECTS_ENTRY: bytes of an object. */
#define LD_OBJECTS_ENTRY	40
/** LD_OBJECTS_MAX: objects in a file, so that it can be opened; the rest count as unlisted. */
#define LD_OBJECTS_MAX		(1U << 24)

/**
 * ld_objects_encode() - make the note
 * @objects: of the session
 * @nr: how many
 * @unlisted: objects that are not among them
 * @a: names
 * @size: bytes of the note
 *
 * Return: the note, to be freed; NULL without memory.
 */
void *ld_objects_encode(const struct livedump_object *objects, size_t nr, uint64_t unlisted,
			const struct ld_annotations *a, size_t *size);

/**
 * struct ld_objects - a note that was read; it points into the note
 * @nr: objects
 * @unlisted: objects that are not listed
 * @entries: they
 * @entry_size: bytes of one
 * @names: names
 */
struct ld_objects {
	uint32_t nr;
	uint64_t unlisted;
	const unsigned char *entries;
	size_t entry_size;
	const char *names;
};

/**
 * struct ld_object - one object
 * @address: first byte
 * @length: bytes
 * @request: number of the request
 * @parent: index of the object it was reached from, less than its own, or %LIVEDUMP_NO_PARENT
 * @step: how it was reached from there, or the target that it is; "" if that is not known
 * @type: its type, "" if that is not known
 * @slot: which pointer of the step
 * @depth: pointer hops from a root
 * @flags: LIVEDUMP_OBJECT_*
 */
struct ld_object {
	uint64_t address;
	uint32_t length;
	uint32_t request;
	uint32_t parent;
	const char *step;
	const char *type;
	uint32_t slot;
	uint16_t depth;
	uint16_t flags;
};

/**
 * ld_objects_decode() - look through a note, which may be made to harm
 * @note: any bytes
 * @size: how many
 * @ret: filled
 *
 * Return: 0; -1 for a note that does not hold together, 1 for one of another version.
 */
int ld_objects_decode(const void *note, size_t size, struct ld_objects *ret);

/** ld_objects_get() - object @i, below @o->nr, of @o. @ret: filled */
void ld_objects_get(const struct ld_objects *o, uint32_t i, struct ld_object *ret);

#endif
