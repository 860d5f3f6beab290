/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_INTERRUPT_H
#define LD_INTERRUPT_H

/**
 * ld_interrupt_catch() - from now on SIGINT, SIGTERM and SIGHUP are only noted
 *
 * For the time when a half file is about: whoever writes it looks at ld_interrupted() and cleans
 * up. SIGXFSZ and SIGPIPE are ignored: the file size limit and a pipe without a reader are errors
 * like a full disk.
 */
void ld_interrupt_catch(void);

/** ld_interrupted() - the signal that was noted. Return: its number, or 0. */
int ld_interrupted(void);

/** ld_interrupt_release() - signals do again what they did before. */
void ld_interrupt_release(void);

/**
 * ld_interrupt_die() - end as the noted signal would have ended us, if there was one
 *
 * The shell sees a process killed by a signal (status 128 + number), and stops a loop.
 */
void ld_interrupt_die(void);

#endif
