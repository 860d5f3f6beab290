// SPDX-License-Identifier: GPL-2.0
/* 54a611b60590 ("Maple Tree: add new data structure"), 6.1 */
#include <linux/maple_tree.h>

unsigned int probe(const struct maple_node *node);
unsigned int probe(const struct maple_node *node)
{
	return node->mr64.meta.end + node->ma64.meta.end + maple_leaf_64;
}
