/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FUZZ_WRITER_H
#define FUZZ_WRITER_H

#include <stddef.h>
#include <stdint.h>

/* Called by libFuzzer with each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
