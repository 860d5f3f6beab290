// SPDX-License-Identifier: GPL-2.0
/* Heads of containers, as the headers of Linux 5.10 and later define them. */
#include <string.h>
#include <linux/livedump.h>

#include "heads.h"

const struct ld_head ld_heads[] = {
	{ "list", "list_head", "next", LIVEDUMP_EDGE_LIST, true, "list_head", NULL },
	{ "hlist", "hlist_head", "first", LIVEDUMP_EDGE_HLIST, true, "hlist_node", NULL },
	{ "hlist", "hlist_nulls_head", "first", LIVEDUMP_EDGE_HLIST, true, "hlist_nulls_node",
	  NULL },
	{ "hlist", "hlist_bl_head", "first", LIVEDUMP_EDGE_HLIST, true, "hlist_bl_node", NULL },
	{ "llist", "llist_head", "first", LIVEDUMP_EDGE_HLIST, false, "llist_node", NULL },
	{ "plist", "plist_head", "node_list.next", LIVEDUMP_EDGE_LIST, false, "plist_node",
	  "node_list" },
	{ "rbtree", "rb_root", "rb_node", LIVEDUMP_EDGE_RBTREE, false, "rb_node", NULL },
	{ "rbtree", "rb_root_cached", "rb_root.rb_node", LIVEDUMP_EDGE_RBTREE, false, "rb_node",
	  NULL },
	{ "rbtree", "rb_root_linked", "rb_root.rb_node", LIVEDUMP_EDGE_RBTREE, false, "rb_node",
	  NULL },
	{ "xarray", "xarray", "xa_head", LIVEDUMP_EDGE_XARRAY, false, NULL, NULL },
	{ "idr", "idr", "idr_rt.xa_head", LIVEDUMP_EDGE_XARRAY, false, NULL, NULL },
	{ "maple", "maple_tree", "ma_root", LIVEDUMP_EDGE_MAPLE, false, NULL, NULL },
	{ 0 }
};

bool ld_head_fits(const struct ld_head *head, struct ld_span word)
{
	if (ld_span_is(word, "hash"))
		return head->in_hash;
	/* the same thing since Linux 4.20 */
	if (ld_span_is(word, "radix"))
		return !strcmp(head->word, "xarray");
	return ld_span_is(word, head->word);
}

bool ld_head_word(struct ld_span word)
{
	const struct ld_head *head;

	for (head = ld_heads; head->word; head++)
		if (ld_head_fits(head, word))
			return true;
	return false;
}
