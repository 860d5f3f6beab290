/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_DWARF_TEXT_H
#define LD_DWARF_TEXT_H

#include <elfutils/libdw.h>

/**
 * ld_dwarf_type_text() - write the type of a variable in C
 * @var: DIE of the variable
 *
 * What ld_texpr_parse() reads: a name, stars, array sizes. A pointer to something that has no
 * such text becomes ``unsigned long`` (functions: nothing to follow) or ``void *``.
 *
 * Return: text to free, or NULL if there is none: the type has no name.
 */
char *ld_dwarf_type_text(Dwarf_Die *var);

#endif
