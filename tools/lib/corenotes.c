// SPDX-License-Identifier: GPL-2.0
/* Notes of a vmcore of whatever format. They may be garbled. */
#include <byteswap.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "corefile.h"
#include "note.h"
#include "objects.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HOST_BIG_ENDIAN	false
#else
#define HOST_BIG_ENDIAN	true
#endif

static int note_is(const struct ld_core_note *note, const char *wanted)
{
	const uint32_t size = note->name_size;

	/* n_namesz counts the NUL, says the standard; not every writer heard it */
	return (size == strlen(wanted) || (size == strlen(wanted) + 1 && !note->name[size - 1])) &&
	       !memcmp(note->name, wanted, strlen(wanted));
}

static uint64_t align_up(uint64_t value, uint64_t to)
{
	return (value + to - 1) / to * to;
}

/* The note at @at, and where it ends; 0 if that is outside. The last one may lack its padding. */
static size_t parse(const char *bytes, size_t size, size_t at, size_t align, bool swap,
		    struct ld_core_note *ret)
{
	uint64_t desc, end;
	Elf64_Nhdr head;

	if (size - at < sizeof(head))
		return 0;
	memcpy(&head, bytes + at, sizeof(head));
	if (swap) {
		head.n_namesz = bswap_32(head.n_namesz);
		head.n_descsz = bswap_32(head.n_descsz);
		head.n_type = bswap_32(head.n_type);
	}
	desc = align_up(at + sizeof(head) + head.n_namesz, align);
	end = desc + head.n_descsz;
	if (desc > size || end > size)
		return 0;
	*ret = (struct ld_core_note){
		.name = bytes + at + sizeof(head),
		.name_size = head.n_namesz,
		.type = head.n_type,
		.desc = bytes + desc,
		.size = head.n_descsz,
		.offset = desc,
	};
	end = align_up(end, align);
	return end < size ? end : size;
}

static void recognize(struct ld_corefile *c, const struct ld_core_note *note)
{
	if (note_is(note, "VMCOREINFO") && !note->type) {
		c->vmcoreinfo = note->desc;
		c->vmcoreinfo_size = note->size;
	} else if (note_is(note, LD_NOTE_NAME) && note->type == LD_NOTE_TYPE) {
		c->note = note->desc;
		c->note_size = note->size;
	} else if (note_is(note, LD_OBJECTS_NAME) &&
		   (note->type == LD_OBJECTS_TYPE || note->type == LD_OBJECTS_PACKED)) {
		c->objects = note->desc;
		c->objects_size = note->size;
		c->objects_packed = note->type == LD_OBJECTS_PACKED;
	}
}

int ld_corenotes_add(struct ld_corefile *c, const char *bytes, size_t size, uint64_t offset,
		     size_t align, const char *where, struct ld_err *err)
{
	size_t at = 0, room = c->nr_notes;
	struct ld_core_note *more;

	while (at < size) {
		if (c->nr_notes == room) {
			room = room * 2 + 8;
			more = realloc(c->notes, room * sizeof(*more));
			if (!more)
				return ld_fail(err, LD_EXIT_FAILED, "out of memory for %zu notes",
					       room);
			c->notes = more;
		}
		at = parse(bytes, size, at, align, c->big_endian != HOST_BIG_ENDIAN,
			   &c->notes[c->nr_notes]);
		if (!at) {
			ld_corefile_problem(c, "the notes %s are garbled", where);
			return 0;
		}
		c->notes[c->nr_notes].offset += offset;
		recognize(c, &c->notes[c->nr_notes++]);
	}
	return 0;
}
