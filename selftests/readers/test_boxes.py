# SPDX-License-Identifier: GPL-2.0
"""The test module's containers, each in a recording of its own: drgn's own helpers find exactly what
the module has put in."""

import sys

from drgn import cast
from drgn.helpers.linux.idr import idr_for_each
from drgn.helpers.linux.list import hlist_for_each_entry, list_for_each_entry
from drgn.helpers.linux.llist import llist_for_each_entry
from drgn.helpers.linux.mapletree import mt_for_each
from drgn.helpers.linux.plist import plist_for_each_entry
from drgn.helpers.linux.rbtree import rbtree_inorder_for_each_entry
from drgn.helpers.linux.xarray import xa_for_each

import harness
from harness import check, equal, test

ITEM = "struct livedump_test_item"


def box_of(run, name):
    """The box, in a recording."""
    return run.open(name)["livedump_test_box"]


def check_items(run, items, key=lambda index: index):
    """The items are all there, in the order of the key, and are what they should be."""
    found = [(item.index.value_(), item.magic.value_(), item.zero.value_()) for item in items]
    magic = run.constants["ITEM_MAGIC"]
    wanted = sorted(range(run.constants["BOX"]), key=key)
    equal(found, [(index, magic + index, 0) for index in wanted], "items")


def items(run, pointers):
    """Untyped entries as items."""
    return [cast(f"{ITEM} *", pointer) for pointer in pointers]


def place(run, index):
    """As livedump_test_place()."""
    return index if index < run.constants["BOX"] // 2 else index * 1001


@test("list")
def box_list(run):
    """list_for_each_entry()"""
    check_items(run, list_for_each_entry(ITEM, box_of(run, "box-list").list.address_of_(), "list"))


@test("plist")
def box_plist(run):
    """plist_for_each_entry()"""
    head = box_of(run, "box-plist").plist.address_of_()
    check_items(run, plist_for_each_entry(ITEM, head, "plist"))


@test("hash table")
def box_hash(run):
    """hlist_for_each_entry() of each bucket; what came last is the first."""
    box, buckets = box_of(run, "box-hash"), run.constants["BUCKETS"]
    found = [item for head in box.buckets
             for item in hlist_for_each_entry(ITEM, head.address_of_(), "bucket")]
    check_items(run, found, lambda index: (index % buckets, -index))


@test("llist")
def box_llist(run):
    """llist_for_each_entry(); what came last is the first."""
    first = box_of(run, "box-llist").stack.first
    check_items(run, llist_for_each_entry(ITEM, first, "stack"), lambda index: -index)


@test("rbtree")
def box_rbtree(run):
    """rbtree_inorder_for_each_entry()"""
    root = box_of(run, "box-rbtree").rb.address_of_()
    check_items(run, rbtree_inorder_for_each_entry(ITEM, root, "rb"))


@test("xarray")
def box_xarray(run):
    """xa_for_each(): every index too, and the number behind them all."""
    found = list(xa_for_each(box_of(run, "box-xarray").xa.address_of_()))
    equal([index for index, _ in found[:-1]],
          [place(run, index) for index in range(run.constants["BOX"])], "indices")
    equal((found[-1][0], found[-1][1].value_()), (1 << 40, 42 << 1 | 1), "the number")
    check_items(run, items(run, [entry for _, entry in found[:-1]]))


@test("IDR")
def box_idr(run):
    """idr_for_each()"""
    found = list(idr_for_each(box_of(run, "box-idr").idr.address_of_()))
    equal([index for index, _ in found], list(range(1, run.constants["BOX"] + 1)), "ids")
    check_items(run, items(run, [entry for _, entry in found]))


@test("maple tree")
def box_maple(run):
    """mt_for_each(), with the ranges."""
    found = list(mt_for_each(box_of(run, "box-maple").mt.address_of_()))
    equal([(first, last) for first, last, _ in found],
          [(16 * index, 16 * index + 7) for index in range(run.constants["BOX"])], "ranges")
    check_items(run, items(run, [entry for _, _, entry in found]))


@test("what is in no container is not there")
def nothing_else(run):
    """The recordings hold the items for one reason each: without it they do not."""
    prog = run.open("box-list")
    error = harness.fails(lambda: list(xa_for_each(prog["livedump_test_box"].xa.address_of_())))
    check("memory" in str(error) or "address" in str(error), error)


if __name__ == "__main__":
    harness.start(sys.argv)
