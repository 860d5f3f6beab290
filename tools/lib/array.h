/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_ARRAY_H
#define LD_ARRAY_H

/** LD_ARRAY_SIZE() - entries of an array. @array: not a pointer */
#define LD_ARRAY_SIZE(array)	(sizeof(array) / sizeof(*(array)))

#endif
