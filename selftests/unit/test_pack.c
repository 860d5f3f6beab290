// SPDX-License-Identifier: GPL-2.0
/* What ld_pack() makes of data of any length, such as the list of objects, and what it does not. */
#include <stdint.h>

#include "compress.h"
#include "writer.h"

static void expect_garbled(const unsigned char *packed, size_t size)
{
	unsigned char *copy = need(malloc(size + !size));
	size_t unpacked;
	void *to;

	/* memory that ends there */
	memcpy(copy, packed, size);
	EXPECT(ld_unpack(copy, size, &to, &unpacked) == -1);
	free(copy);
}

static void there_and_back(void)
{
	static const uint64_t wrong[] = { 0, 1, 1 << 20, 1ULL << 40, ~0ULL };
	size_t size = 200000 * sizeof(uint32_t), length, unpacked, i;
	uint32_t *note = need(malloc(size));
	unsigned char *packed;
	void *to;

	for (i = 0; i < 200000; i++)
		note[i] = (uint32_t)(i / 7);
	packed = need(ld_pack(note, size, &length));
	EXPECT(length < size / 4);
	EXPECT(!ld_unpack(packed, length, &to, &unpacked));
	EXPECT(unpacked == size && !memcmp(to, note, size));
	free(to);
	for (i = 0; i < length; i += i < 100 ? 1 : 997)
		expect_garbled(packed, i);
	for (i = 0; i < LD_ARRAY_SIZE(wrong); i++) {
		memcpy(packed, &wrong[i], 8);
		expect_garbled(packed, length);
	}
	unpacked = size - 1;
	memcpy(packed, &unpacked, 8);
	expect_garbled(packed, length);
	free(packed);
	/* what does not become smaller stays as it is */
	EXPECT(!ld_pack("x", 1, &length) && !ld_pack("", 0, &length));
	free(note);
}

int main(void)
{
	RUN(there_and_back);
	return END();
}
