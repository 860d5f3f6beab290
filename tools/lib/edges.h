/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LD_EDGES_H
#define LD_EDGES_H

#include <linux/types.h>

#include "target_type.h"

/**
 * enum ld_rule_kind - what a rule says of a member
 * @LD_RULE_LIST: head of a ring of struct list_head
 * @LD_RULE_HLIST: head of a chain of links: hlist_head, hlist_nulls_head, hlist_bl_head, llist_head
 * @LD_RULE_CHAIN: pointer to the first of objects that lead to one another
 * @LD_RULE_RING: the same, the last of which leads back to the pointer
 * @LD_RULE_RBTREE: rb_root, rb_root_cached or rb_root_linked
 * @LD_RULE_XARRAY: xarray, radix tree or idr
 * @LD_RULE_MAPLE: maple_tree
 * @LD_RULE_PERCPU: per-CPU pointer
 * @LD_RULE_POINTER: pointer to something that its type does not tell
 * @LD_RULE_ARRAY: pointer to the first of so many, a number or a member next to it
 * @LD_RULE_STRING: pointer to text
 * @LD_RULE_BYTES: pointer to so many bytes
 * @LD_RULE_FLEX: flexible array, and where its length is
 * @LD_RULE_OPAQUE: not to be followed, nor anything in it
 * @LD_RULE_PLAIN: to be followed as its C type says, whatever an earlier rule says
 */
enum ld_rule_kind {
	LD_RULE_LIST,
	LD_RULE_HLIST,
	LD_RULE_CHAIN,
	LD_RULE_RING,
	LD_RULE_RBTREE,
	LD_RULE_XARRAY,
	LD_RULE_MAPLE,
	LD_RULE_PERCPU,
	LD_RULE_POINTER,
	LD_RULE_ARRAY,
	LD_RULE_STRING,
	LD_RULE_BYTES,
	LD_RULE_FLEX,
	LD_RULE_OPAQUE,
	LD_RULE_PLAIN,
};

/**
 * struct ld_rule - one line of what types cannot say
 * @text: the line; spans point into it
 * @file: where it is from
 * @line: and which line, from 1; 0 of an option
 * @kind: enum ld_rule_kind
 * @required: whether a kernel that lacks the type or member is an error
 * @owner: struct or union; a name alone is a variable's
 * @member: path in @owner, empty for all of it
 * @has_type: whether @type is given
 * @type: what it leads to
 * @link: path of the link in @type; of an array, of its length in @owner
 * @number: elements of an array, bytes, or elements that the length does not count
 */
struct ld_rule {
	char *text;
	const char *file;
	unsigned int line;
	enum ld_rule_kind kind;
	bool required;
	struct ld_texpr owner;
	struct ld_span member;
	bool has_type;
	struct ld_texpr type;
	struct ld_span link;
	__u64 number;
};

/**
 * struct ld_edges - rules, of which a later one overrides an earlier one of the same member
 * @rules: them
 * @nr: entries of @rules
 * @room: room in @rules
 * @files: names of the files they are from
 * @nr_files: entries of @files
 *
 * Documentation/edges.rst describes the format.
 */
struct ld_edges {
	struct ld_rule *rules;
	size_t nr;
	size_t room;
	char **files;
	size_t nr_files;
};

/** LD_EDGES_DIR: where an administrator puts rules of his own. */
#define LD_EDGES_DIR		"/etc/livedump/edges.d"

/**
 * ld_edges_text() - add the rules of a text
 * @edges: zero-initialised before the first
 * @file: what errors call it
 * @text: lines; ``#`` begins a comment
 * @err: filled on failure, with file and line
 *
 * Return: 0 or -1.
 */
int ld_edges_text(struct ld_edges *edges, const char *file, const char *text, struct ld_err *err);

/**
 * ld_edges_line() - add one rule
 * @edges: rules
 * @file: what errors call where it is from
 * @line: and which line, from 1
 * @text: the rule, without a comment
 * @err: filled on failure, with file and line
 *
 * Return: 0 or -1.
 */
int ld_edges_line(struct ld_edges *edges, const char *file, unsigned int line, const char *text,
		  struct ld_err *err);

/**
 * ld_edges_check() - whether a rule parses
 * @text: it
 * @err: filled if not, with the column
 *
 * Return: 0 or -1.
 */
int ld_edges_check(const char *text, struct ld_err *err);

/**
 * ld_edges_skip() - add a rule that a member is not to be followed
 * @edges: rules
 * @option: what errors call it
 * @member: ``struct TYPE.MEMBER``
 * @err: filled on failure
 *
 * It is an error later, at binding, if there is no such member.
 *
 * Return: 0 or -1.
 */
int ld_edges_skip(struct ld_edges *edges, const char *option, const char *member,
		  struct ld_err *err);

/** ld_edges_shipped() - add those compiled in. @edges: rules; @err: filled. Return: 0 or -1 */
int ld_edges_shipped(struct ld_edges *edges, struct ld_err *err);

/**
 * ld_edges_file() - add those of a file
 * @edges: rules
 * @path: of the file
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_edges_file(struct ld_edges *edges, const char *path, struct ld_err *err);

/**
 * ld_edges_dir() - add those of all files of a directory whose names end in .edges, in order
 * @edges: rules
 * @path: of the directory; there need not be one
 * @err: filled on failure
 *
 * Return: 0 or -1.
 */
int ld_edges_dir(struct ld_edges *edges, const char *path, struct ld_err *err);

/** ld_edges_free() - free what they hold, and zero it. @edges: rules */
void ld_edges_free(struct ld_edges *edges);

#endif
