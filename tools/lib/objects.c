// SPDX-License-Identifier: GPL-2.0
/* The note that lists the objects. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "objects.h"

static void put16(unsigned char *to, uint16_t value)
{
	value = htole16(value);
	memcpy(to, &value, sizeof(value));
}

static void put32(unsigned char *to, uint32_t value)
{
	value = htole32(value);
	memcpy(to, &value, sizeof(value));
}

static void put64(unsigned char *to, uint64_t value)
{
	value = htole64(value);
	memcpy(to, &value, sizeof(value));
}

static uint16_t get16(const unsigned char *from)
{
	uint16_t value;

	memcpy(&value, from, sizeof(value));
	return le16toh(value);
}

static uint32_t get32(const unsigned char *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return le32toh(value);
}

static uint64_t get64(const unsigned char *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return le64toh(value);
}

/* Whatever is reached from something without a type is reached from a word of it. */
static uint32_t step_of(const struct livedump_object *objects, size_t i,
			const struct ld_annotations *a)
{
	const struct livedump_object *o = &objects[i];

	if (o->parent >= i)
		return ld_annotations_name(a, o->request, LD_NAME_ROOT, o->edge);
	if (objects[o->parent].type == UINT32_MAX)
		return LD_NAME_WORD;
	return ld_annotations_name(a, o->request, LD_NAME_EDGE, o->edge);
}

static uint32_t type_of(const struct livedump_object *o, const struct ld_annotations *a)
{
	if (o->type == UINT32_MAX)
		return ld_annotations_name(a, o->request, LD_NAME_TARGET, o->edge);
	return ld_annotations_name(a, o->request, LD_NAME_TYPE, o->type);
}

static void put_object(unsigned char *to, const struct livedump_object *objects, size_t i,
		       const struct ld_annotations *a)
{
	const struct livedump_object *o = &objects[i];

	put64(to, o->address);
	put32(to + 8, o->length);
	put32(to + 12, o->request);
	put32(to + 16, o->parent < i ? o->parent : LIVEDUMP_NO_PARENT);
	put32(to + 20, step_of(objects, i, a));
	put32(to + 24, type_of(o, a));
	put32(to + 28, o->slot);
	put16(to + 32, o->depth);
	put16(to + 34, o->flags);
	put32(to + 36, 0);
}

void *ld_objects_encode(const struct livedump_object *objects, size_t nr, uint64_t unlisted,
			const struct ld_annotations *a, size_t *size)
{
	const size_t listed = nr < LD_OBJECTS_MAX ? nr : LD_OBJECTS_MAX;
	unsigned char *note;
	size_t i;

	*size = LD_OBJECTS_HEAD + listed * LD_OBJECTS_ENTRY + a->names_size;
	note = malloc(*size);
	if (!note)
		return NULL;
	put32(note, LD_OBJECTS_VERSION);
	put32(note + 4, LD_OBJECTS_ENTRY);
	put64(note + 8, listed);
	put64(note + 16, unlisted + (nr - listed));
	put64(note + 24, a->names_size);
	for (i = 0; i < listed; i++)
		put_object(note + LD_OBJECTS_HEAD + i * LD_OBJECTS_ENTRY, objects, i, a);
	memcpy(note + LD_OBJECTS_HEAD + listed * LD_OBJECTS_ENTRY, a->names, a->names_size);
	return note;
}

/* Parents come first and names are there: nobody who reads the objects has to look again. */
static int check(const struct ld_objects *o, uint64_t names_size)
{
	uint32_t i;

	for (i = 0; i < o->nr; i++) {
		const unsigned char *entry = o->entries + i * o->entry_size;
		uint32_t parent = get32(entry + 16);

		if (parent >= i && parent != LIVEDUMP_NO_PARENT)
			return -1;
		if (get32(entry + 20) >= names_size || get32(entry + 24) >= names_size)
			return -1;
	}
	return 0;
}

int ld_objects_decode(const void *note, size_t size, struct ld_objects *ret)
{
	const unsigned char *head = note;
	uint64_t nr, names_size;

	*ret = (struct ld_objects){ 0 };
	if (size < LD_OBJECTS_HEAD)
		return -1;
	if (get32(head) != LD_OBJECTS_VERSION)
		return 1;
	ret->entry_size = get32(head + 4);
	nr = get64(head + 8);
	ret->unlisted = get64(head + 16);
	names_size = get64(head + 24);
	size -= LD_OBJECTS_HEAD;
	if (ret->entry_size < LD_OBJECTS_ENTRY || nr > LD_OBJECTS_MAX ||
	    nr > size / ret->entry_size || names_size != size - nr * ret->entry_size)
		return -1;
	ret->entries = head + LD_OBJECTS_HEAD;
	ret->names = (const char *)ret->entries + nr * ret->entry_size;
	if (!names_size || ret->names[names_size - 1])
		return -1;
	ret->nr = (uint32_t)nr;
	return check(ret, names_size);
}

void ld_objects_get(const struct ld_objects *o, uint32_t i, struct ld_object *ret)
{
	const unsigned char *entry = o->entries + i * o->entry_size;

	*ret = (struct ld_object){
		.address = get64(entry),
		.length = get32(entry + 8),
		.request = get32(entry + 12),
		.parent = get32(entry + 16),
		.step = o->names + get32(entry + 20),
		.type = o->names + get32(entry + 24),
		.slot = get32(entry + 28),
		.depth = get16(entry + 32),
		.flags = get16(entry + 34),
	};
}
