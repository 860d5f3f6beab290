/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIVEDUMP_FAULTS_H
#define LIVEDUMP_FAULTS_H

#include <stdbool.h>

/* What fails: one allocation, it and all later ones, or one copy from or to the caller. */
enum how { ONE, REST, COPY };

bool faults_init(enum how how);
bool faults_below(const char *function);
void faults_arm(unsigned int nth, enum how how);
bool faults_disarm(void);

#endif
