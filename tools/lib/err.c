// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "err.h"

int ld_fail(struct ld_err *err, enum ld_exit code, const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	err->column = 0;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	return -1;
}
