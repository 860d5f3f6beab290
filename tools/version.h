/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_VERSION_H
#define LD_VERSION_H

/** LD_VERSION: of the tool. */
#define LD_VERSION	"0.1"

#endif
