/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_ERR_H
#define LD_ERR_H

/**
 * enum ld_exit - exit codes of the tool
 * @LD_EXIT_OK: complete
 * @LD_EXIT_FAILED: failed, nothing was written
 * @LD_EXIT_USAGE: the command line makes no sense
 * @LD_EXIT_INCOMPLETE: the file or session is good but something asked for is missing
 */
enum ld_exit {
	LD_EXIT_OK		= 0,
	LD_EXIT_FAILED		= 1,
	LD_EXIT_USAGE		= 2,
	LD_EXIT_INCOMPLETE	= 3,
};

/**
 * struct ld_err - what went wrong, for a person
 * @code: enum ld_exit
 * @column: of the text that is wrong, from 1; 0 where the error is about no text
 * @msg: one or more lines without a trailing newline: what happened, and what to do next
 */
struct ld_err {
	enum ld_exit code;
	unsigned int column;
	char msg[1024];
};

/**
 * ld_fail() - fill an error in
 * @err: where
 * @code: how the tool is to exit
 * @fmt: printf format of the message
 *
 * Return: -1, so that callers can ``return ld_fail(...)``.
 */
int ld_fail(struct ld_err *err, enum ld_exit code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
