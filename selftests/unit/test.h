/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_UNIT_TEST_H
#define LD_UNIT_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <bpf/btf.h>
#include <linux/types.h>

#include "err.h"

/**
 * struct test - one test, linked into the list before main() runs
 * @name: what is tested
 * @fn: does it
 * @next: in the order of registration
 */
struct test {
	const char *name;
	void (*fn)(void);
	struct test *next;
};

/** tests: all of them */
extern struct test *tests;

/**
 * struct test_state - what came of the running test
 * @failed: a check failed
 * @skipped: why it was not done, or NULL
 */
extern struct test_state {
	bool failed;
	const char *skipped;
} test_state;

/** test_register() - add a test to the list. @t: the test */
void test_register(struct test *t);

/* TEST(name) { ... }: define a test. */
#define TEST(name)							\
	static void test_##name(void);					\
	static void __attribute__((constructor)) register_##name(void)	\
	{								\
		static struct test t = { #name, test_##name, NULL };	\
									\
		test_register(&t);					\
	}								\
	static void test_##name(void)

/**
 * test_check() - note the outcome of one check; a test goes on after a failure
 * @ok: outcome
 * @file: where
 * @line: where
 * @fmt: printf format of what is wrong
 *
 * Return: @ok.
 */
bool test_check(bool ok, const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** test_skip() - the running test cannot be done here. @why: why not */
void test_skip(const char *why);

/** test_str() - compare strings. @a: one. @b: other. Return: equal, NULL to NULL as well */
bool test_str(const char *a, const char *b);

/**
 * test_err() - check an error
 * @file: where
 * @line: where
 * @err: the error
 * @code: what it has to be
 * @text: what its message has to contain
 *
 * Return: whether it is as expected.
 */
bool test_err(const char *file, int line, const struct ld_err *err, enum ld_exit code,
	      const char *text);

#define CHECK(cond)		test_check(cond, __FILE__, __LINE__, "%s", #cond)
#define CHECK_EQ(a, b)							\
	({								\
		unsigned long long __a = (a), __b = (b);		\
									\
		test_check(__a == __b, __FILE__, __LINE__,		\
			   "%s is %llu (0x%llx), expected %llu (0x%llx)", \
			   #a, __a, __a, __b, __b);			\
	})
#define CHECK_STR(a, b)							\
	({								\
		const char *__a = (a), *__b = (b);			\
									\
		test_check(test_str(__a, __b), __FILE__, __LINE__,	\
			   "%s is \"%s\", expected \"%s\"", #a, __a, __b); \
	})
#define CHECK_ERR(err, code, text)	test_err(__FILE__, __LINE__, err, code, text)

/** must() - id of what the BTF writer added, or the end. @id: its return value. Return: @id */
int must(int id);

/**
 * tree_new() - make a directory for stand-in files; it goes with tree_remove_all()
 *
 * Return: its path.
 */
const char *tree_new(void);

/**
 * tree_write() - write a file
 * @dir: from tree_new()
 * @path: below it; directories are made
 * @data: content
 * @size: of it
 */
void tree_write(const char *dir, const char *path, const void *data, size_t size);

/** tree_remove_all() - remove the directories that tree_new() made */
void tree_remove_all(void);

/** tree_text() - write a text file. @dir: from tree_new(). @path: in it. @text: content */
void tree_text(const char *dir, const char *path, const char *text);

/** tree_btf() - write BTF. @dir: from tree_new(). @name: of the module. @btf: it */
void tree_btf(const char *dir, const char *name, const struct btf *btf);

#endif
