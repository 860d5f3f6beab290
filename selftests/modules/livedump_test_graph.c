// SPDX-License-Identifier: GPL-2.0
/*
 * livedump_test: the graph of objects below livedump_test_root, in the direct map.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/poison.h>
#include <linux/string.h>

#include "livedump_test.h"

u64 livedump_test_data[4] = {
	LIVEDUMP_TEST_DATA, LIVEDUMP_TEST_DATA + 1, LIVEDUMP_TEST_DATA + 2, LIVEDUMP_TEST_DATA + 3,
};

const char livedump_test_rodata[] = LIVEDUMP_TEST_RODATA;

noinline int livedump_test_function(int x)
{
	return x + 1;
}

/**
 * livedump_test_leaf_fill() - make a leaf
 * @leaf: where
 * @index: which
 */
void livedump_test_leaf_fill(struct livedump_test_leaf *leaf, u32 index)
{
	memset(leaf, 0, sizeof(*leaf));
	leaf->magic = LIVEDUMP_TEST_LEAF_MAGIC + index;
	leaf->index = index;
	snprintf(leaf->name, sizeof(leaf->name), "leaf-%u", index);
}

/**
 * livedump_test_leaf_new() - make a leaf on a page of its own
 * @index: which
 *
 * Return: the leaf or NULL.
 */
struct livedump_test_leaf *livedump_test_leaf_new(u32 index)
{
	struct livedump_test_leaf *leaf = livedump_test_pages(0);

	if (leaf)
		livedump_test_leaf_fill(leaf, index);
	return leaf;
}

static void livedump_test_scalars(struct livedump_test_root *root)
{
	root->magic = LIVEDUMP_TEST_ROOT_MAGIC;
	root->u8 = LIVEDUMP_TEST_U8;
	root->u16 = LIVEDUMP_TEST_U16;
	root->u32 = LIVEDUMP_TEST_U32;
	root->s64 = LIVEDUMP_TEST_S64;
	root->low = LIVEDUMP_TEST_LOW;
	root->middle = LIVEDUMP_TEST_MIDDLE;
	root->high = LIVEDUMP_TEST_HIGH;
	root->colour = LIVEDUMP_TEST_GREEN;
	strscpy(root->comm, LIVEDUMP_TEST_COMM, sizeof(root->comm));
}

static void livedump_test_strays(struct livedump_test_root *root)
{
	root->function = livedump_test_function;
	root->user = (void __user *)0x00007f0012345678UL;
	root->error = ERR_PTR(-ENOENT);
	root->poison = LIST_POISON1;
	root->noncanonical = (void *)0x8000123456789abcUL;
	root->data = livedump_test_data;
	root->rodata = livedump_test_rodata;
	root->self = root;
}

static int livedump_test_leaves(struct livedump_test_root *root)
{
	unsigned int i;

	root->leaf = livedump_test_leaf_new(LIVEDUMP_TEST_LEAF_PLAIN);
	root->either.leaf = livedump_test_leaf_new(LIVEDUMP_TEST_LEAF_EITHER);
	root->tagged = livedump_test_leaf_new(LIVEDUMP_TEST_LEAF_TAGGED);
	if (!root->leaf || !root->either.leaf || !root->tagged)
		return -ENOMEM;
	root->tagged = (void *)root->tagged + 1;

	for (i = 0; i < LIVEDUMP_TEST_LEAVES; i++) {
		if (LIVEDUMP_TEST_LEAF_IS_NULL(i))
			continue;
		root->leaves[i] = livedump_test_leaf_new(LIVEDUMP_TEST_LEAF_ARRAY + i);
		if (!root->leaves[i])
			return -ENOMEM;
	}
	return 0;
}

static int livedump_test_slots(struct livedump_test_root *root)
{
	unsigned int i;
	char *text;

	for (i = 0; i < LIVEDUMP_TEST_SLOTS; i++) {
		root->slots[i].tag = 100 + i;
		root->slots[i].leaf = livedump_test_leaf_new(LIVEDUMP_TEST_LEAF_SLOT + i);
		text = livedump_test_pages(0);
		if (!text || !root->slots[i].leaf)
			return -ENOMEM;
		sprintf(text, "slot-%u", i);
		root->slots[i].text = text;
	}
	return 0;
}

static struct livedump_test_node *livedump_test_nodes(u32 nr, u64 (*value)(u32 i),
						      struct livedump_test_node **last)
{
	struct livedump_test_node *first = NULL;
	struct livedump_test_node **link = &first;
	u32 i;

	for (i = 0; i < nr; i++) {
		*link = livedump_test_pages(0);
		if (!*link)
			return NULL;
		(*link)->value = value(i);
		(*link)->next = NULL;
		*last = *link;
		link = &(*link)->next;
	}
	return first;
}

static int livedump_test_lists(struct livedump_test_root *root)
{
	struct livedump_test_node *last;

	root->chain = livedump_test_nodes(LIVEDUMP_TEST_CHAIN, livedump_test_chain_value, &last);
	root->ring = livedump_test_nodes(LIVEDUMP_TEST_RING, livedump_test_ring_value, &last);
	if (!root->chain || !root->ring)
		return -ENOMEM;
	last->next = root->ring;
	return 0;
}

static int livedump_test_fan(struct livedump_test_root *root)
{
	struct livedump_test_leaf *leaves;
	unsigned int i;

	BUILD_BUG_ON(sizeof(*root->fan) > PAGE_SIZE);
	root->fan = livedump_test_pages(0);
	leaves = livedump_test_pages(get_order(LIVEDUMP_TEST_FAN * sizeof(*leaves)));
	if (!root->fan || !leaves)
		return -ENOMEM;
	memset(root->fan, 0, sizeof(*root->fan));
	root->fan->nr = LIVEDUMP_TEST_FAN;
	for (i = 0; i < LIVEDUMP_TEST_FAN; i++) {
		livedump_test_leaf_fill(&leaves[i], LIVEDUMP_TEST_LEAF_FAN + i);
		root->fan->leaves[i] = &leaves[i];
	}
	return 0;
}

static char *livedump_test_generate(char *text, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		text[i] = livedump_test_char(i);
	return text;
}

static int livedump_test_texts(struct livedump_test_root *root)
{
	char *text = livedump_test_pages(0);
	char *empty = livedump_test_pages(0);
	char *long_text = livedump_test_pages(0);
	char *crossing = livedump_test_pages(1);
	u8 *blob = livedump_test_pages(0);
	unsigned int i;

	if (!text || !empty || !long_text || !crossing || !blob)
		return -ENOMEM;
	strcpy(text, LIVEDUMP_TEST_TEXT);
	empty[0] = '\0';
	livedump_test_generate(long_text, LIVEDUMP_TEST_LONG)[LIVEDUMP_TEST_LONG] = '\0';
	crossing += PAGE_SIZE - LIVEDUMP_TEST_CROSSING_FIRST;
	livedump_test_generate(crossing, LIVEDUMP_TEST_CROSSING)[LIVEDUMP_TEST_CROSSING] = '\0';
	for (i = 0; i < LIVEDUMP_TEST_BLOB; i++)
		blob[i] = livedump_test_byte(i);

	root->text = text;
	root->empty_text = empty;
	root->long_text = long_text;
	root->crossing_text = crossing;
	root->blob = blob;
	return 0;
}

/**
 * livedump_test_graph_init() - build the graph
 *
 * Return: 0 or a negative errno.
 */
int livedump_test_graph_init(void)
{
	struct livedump_test_root *root = &livedump_test_root;
	int err;

	livedump_test_scalars(root);
	livedump_test_strays(root);
	err = livedump_test_leaves(root);
	if (!err)
		err = livedump_test_slots(root);
	if (!err)
		err = livedump_test_lists(root);
	if (!err)
		err = livedump_test_fan(root);
	if (!err)
		err = livedump_test_texts(root);
	if (!err)
		err = livedump_test_publish((unsigned long)livedump_test_data, "data");
	return err;
}
