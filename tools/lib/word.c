// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "word.h"

static const char * const words[LD_NR_WORDS] = {
	[LD_WORD_SECTIONS] = "sections:",
	[LD_WORD_MODULES] = "modules:",
	[LD_WORD_FREELISTS] = "freelists:",
	[LD_WORD_UNWIND] = "unwind:",
};

const char *ld_word_text(enum ld_word word)
{
	return words[word];
}

enum ld_word ld_word_find(const char *target)
{
	unsigned int i;
	size_t len;

	target += strspn(target, " \t\n");
	for (i = 1; i < LD_NR_WORDS; i++) {
		len = strlen(words[i]);
		if (!strncmp(target, words[i], len) &&
		    !target[len + strspn(target + len, " \t\n")])
			return i;
	}
	return LD_WORD_NONE;
}
