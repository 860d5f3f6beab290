/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_OBJECTS_PRINT_H
#define LD_OBJECTS_PRINT_H

#include <stdio.h>

#include "json.h"
#include "objects.h"

/*
 * The objects of a file, for people and programs. The names are the file's: nothing of them
 * reaches a terminal or a program but printable ASCII.
 */

/**
 * ld_objects_tree() - print each object below the one it was reached from
 * @o: decoded
 * @to: there
 *
 * Return: 0, or -1 without memory.
 */
int ld_objects_tree(const struct ld_objects *o, FILE *to);

/** ld_objects_dot() - print a graph in graphviz' language. @o: decoded; @to: there */
void ld_objects_dot(const struct ld_objects *o, FILE *to);

/** ld_objects_json() - object @i of @o. Return: for json_object_put(). */
struct json_object *ld_objects_json(const struct ld_objects *o, uint32_t i);

#endif
