/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_PROGRESS_H
#define LD_PROGRESS_H

#include <stdint.h>

/**
 * ld_progress() - show how far a file is, on standard error
 * @done: bytes done; 0 begins, @total ends
 * @total: bytes to be done
 *
 * For the progress of struct ld_vmcore, where standard error is a terminal.
 */
void ld_progress(uint64_t done, uint64_t total);

/** ld_now_ns() - a clock for how long something takes. Return: nanoseconds of CLOCK_MONOTONIC */
uint64_t ld_now_ns(void);

#endif
