// SPDX-License-Identifier: GPL-2.0
#include "test.h"
#include "word.h"

TEST(word_find)
{
	enum ld_word word;

	for (word = LD_WORD_NONE + 1; word < LD_NR_WORDS; word++)
		CHECK(ld_word_find(ld_word_text(word)) == word);
	CHECK(ld_word_find(" unwind: ") == LD_WORD_UNWIND);
	CHECK(ld_word_find("unwind") == LD_WORD_NONE);
	CHECK(ld_word_find("unwind:x") == LD_WORD_NONE);
	CHECK(ld_word_find("unwind: x") == LD_WORD_NONE);
	CHECK(ld_word_find("") == LD_WORD_NONE);
}
