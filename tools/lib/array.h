/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_ARRAY_H
#define LD_ARRAY_H

#include <stdlib.h>

/** LD_ARRAY_SIZE() - entries of an array. @array: not a pointer */
#define LD_ARRAY_SIZE(array)	(sizeof(array) / sizeof(*(array)))

/**
 * ld_array_room() - have room for one more entry of an array that grows
 * @array: NULL before the first
 * @nr: entries
 * @room: entries there is room for
 * @size: bytes of an entry
 *
 * Return: the array, or NULL without memory: then the old one is as it was.
 */
static inline void *ld_array_room(void *array, size_t nr, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;
	void *p;

	if (nr < *room)
		return array;
	p = reallocarray(array, more, size);
	if (p)
		*room = more;
	return p;
}

#endif
