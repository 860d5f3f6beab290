/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's test harness, but for its limit of 30 seconds for a test: on a debug kernel without
 * KVM that is no sign that one hangs.
 */
#ifndef LIVEDUMP_HARNESS_H
#define LIVEDUMP_HARNESS_H

#include "kselftest_harness.h"

/* Seconds. A program as a whole has those of run_kselftests.sh. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	300

#endif
