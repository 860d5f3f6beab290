# SPDX-License-Identifier: GPL-2.0
"""The objects of the test module: how deep each lies below livedump_test_root, and what is in it.

The contents are those of selftests/modules/livedump_test_types.h.
"""

import collections

import drgn

from harness import check, equal

# name: for messages. depth: pointer hops. get: from the root, the object itself (a reference).
# good: complains about the object unless it has the known contents. alone: nothing else is on its
# pages.
Item = collections.namedtuple("Item", "name depth get good alone")


def character(index):
    """livedump_test_char()"""
    return ord("A") + index % 26


def text(length):
    """A generated text"""
    return bytes(character(index) for index in range(length))


def byte(index):
    """livedump_test_byte()"""
    return (index * 7 + index // 251) & 0xff


def blob(length):
    """A generated object"""
    return bytes(map(byte, range(length)))


def characters(pointer, length):
    """The characters behind a pointer, as an object."""
    prog = pointer.prog_
    return drgn.Object(prog, prog.array_type(prog.type("char"), length),
                       address=pointer.value_())


def untagged(pointer):
    """What a pointer with a tag of 1 points to."""
    return drgn.Object(pointer.prog_, pointer.type_.type, address=pointer.value_() - 1)


class Graph:
    """What is known of the module's objects, in one guest."""

    def __init__(self, run):
        self.known = run.constants
        self.symbols = run.kallsyms

    def leaf(self, index):
        """Is it this leaf?"""
        def good(leaf):
            equal(leaf.magic.value_(), self.known["LEAF_MAGIC"] + index, "magic")
            equal(leaf.index.value_(), index, "index")
            equal(leaf.zero.value_(), 0, "zero")
            equal(leaf.name.string_(), b"leaf-%d" % index, "name")
        return good

    def node(self, value, last=False):
        """Is it this node?"""
        def good(node):
            equal(node.value.value_(), value, "value")
            equal(node.next.value_() == 0, last, "end of the chain")
        return good

    @staticmethod
    def holds(wanted):
        """Are these its bytes?"""
        return lambda one: equal(one.to_bytes_(), wanted, "bytes")

    def root(self, root):
        """Every member of the root that is not a pointer to be followed."""
        known = self.known
        for member in ("U8", "U16", "U32", "S64", "LOW", "MIDDLE", "HIGH"):
            equal(getattr(root, member.lower()).value_(), known[member], member)
        equal(root.magic.value_(), known["ROOT_MAGIC"], "magic")
        equal(root.colour.value_(), known["GREEN"], "colour")
        equal(root.colour.format_(type_name=False), "LIVEDUMP_TEST_GREEN", "colour")
        equal(root.comm.string_(), known["COMM"].encode(), "comm")
        equal(root.counter.value_(), 0, "counter")
        equal(root.null.value_(), 0, "null")
        for index, leaf in enumerate(root.leaves):
            equal(leaf.value_() == 0, index % 3 == 2, "NULL in leaves")
        for index, slot in enumerate(root.slots):
            equal(slot.tag.value_(), 100 + index, "tag")
        equal(root.either.any.value_(), root.either.leaf.value_(), "either.any")
        equal(root.either.bits.value_(), root.either.leaf.value_(), "either.bits")
        equal(root.function.value_(), self.symbols["livedump_test_function"], "function")
        equal(root.data.value_(), self.symbols["livedump_test_data"], "data")
        equal(root.rodata.value_(), self.symbols["livedump_test_rodata"], "rodata")
        equal(root.self.value_(), self.symbols["livedump_test_root"], "self")
        equal(root.user.value_(), 0x00007f0012345678, "user")
        equal(root.error.value_(), -2 & (1 << 64) - 1, "error")
        equal(root.poison.value_(), 0xdead000000000100, "poison")
        equal(root.noncanonical.value_(), 0x8000123456789abc, "noncanonical")

    def fan(self, fan):
        """All of its pointers are there."""
        equal(fan.nr.value_(), self.known["FAN"], "nr")
        equal(len(fan.leaves), self.known["FAN"], "leaves")
        check(all(leaf.value_() for leaf in fan.leaves), "NULL in fan.leaves")

    @staticmethod
    def packed(packed):
        """A pointer across two pages."""
        equal(packed.pad.to_bytes_(), b"ppppp", "pad")
        equal(packed.end.to_bytes_(), b"eee", "end")
        check((packed.address_ + 5) % 4096 == 4093, "where the pointer lies")

    @staticmethod
    def task(task):
        """The module's thread."""
        equal(task.comm.string_(), b"livedump_test", "comm")

    def leaves(self):
        """Leaves one hop from the root."""
        known = self.known
        for name, index, alone in (
                ("leaf", "PLAIN", True), ("straddling", "STRADDLING", True),
                ("vmalloced", "VMALLOC", True), ("alias_direct", "ALIAS", True),
                ("alias_vmap", "ALIAS", True)):
            yield Item(name, 1, lambda root, name=name: getattr(root, name)[0],
                       self.leaf(known["LEAF_" + index]), alone)
        yield Item("tagged", 1, lambda root: untagged(root.tagged),
                   self.leaf(known["LEAF_TAGGED"]), True)
        yield Item("either", 1, lambda root: root.either.leaf[0],
                   self.leaf(known["LEAF_EITHER"]), True)
        for index in range(known["LEAVES"]):
            if index % 3 != 2:
                yield Item(f"leaves[{index}]", 1, lambda root, i=index: root.leaves[i][0],
                           self.leaf(known["LEAF_ARRAY"] + index), True)
        for index in range(known["SLOTS"]):
            yield Item(f"slots[{index}].leaf", 1, lambda root, i=index: root.slots[i].leaf[0],
                       self.leaf(known["LEAF_SLOT"] + index), True)
            yield Item(f"slots[{index}].text", 1,
                       lambda root, i=index: characters(root.slots[i].text, 7),
                       self.holds(b"slot-%d\0" % index), True)

    def lists(self):
        """The chain and the ring: a hop for each node."""
        def nth(name, index):
            def get(root):
                node = getattr(root, name)
                for _ in range(index):
                    node = node.next
                return node[0]
            return get
        length = self.known["CHAIN"]
        for index in range(length):
            yield Item(f"chain[{index}]", index + 1, nth("chain", index),
                       self.node(0xc4a1000000000000 + index * 0x10001, index == length - 1), True)
        for index in range(self.known["RING"]):
            yield Item(f"ring[{index}]", index + 1, nth("ring", index),
                       self.node(0x2146000000000000 + index * 0x30003), True)

    def wide(self):
        """The fan and the packed structure, and what these point to."""
        yield Item("fan", 1, lambda root: root.fan[0], self.fan, True)
        for index in range(self.known["FAN"]):
            yield Item(f"fan.leaves[{index}]", 2, lambda root, i=index: root.fan.leaves[i][0],
                       self.leaf(self.known["LEAF_FAN"] + index), True)
        yield Item("packed", 1, lambda root: root.packed[0], self.packed, True)
        yield Item("packed.target", 2, lambda root: root.packed.target[0],
                   self.leaf(self.known["LEAF_PACKED"]), True)

    def memory(self):
        """Strings and memory without a type."""
        known = self.known
        big = known["BIG_PAGES"] * 4096 - 100
        # the walk records 256 bytes of what has no type, and of a long string
        for name, wanted, alone in (
                ("text", known["TEXT"].encode() + b"\0", True), ("empty_text", b"\0", True),
                ("long_text", text(256), True),
                ("crossing_text", text(known["CROSSING"]) + b"\0", True),
                ("open_text", text(known["OPEN"]), True),
                ("rodata", known["RODATA"].encode() + b"\0", False), ("blob", blob(256), True),
                ("data", b"".join((known["DATA"] + i).to_bytes(8, "little") for i in range(4)),
                 False)):
            yield Item(name, 1,
                       lambda root, n=name, w=wanted: characters(getattr(root, n), len(w)),
                       self.holds(wanted), alone)
        yield Item("big", 1, lambda root: root.big.bytes, self.holds(blob(big)), True)

    def items(self):
        """All objects whose contents are known."""
        yield Item("root", 0, lambda root: root, self.root, False)
        yield from self.leaves()
        yield from self.lists()
        yield from self.wide()
        yield from self.memory()
        yield Item("task", 1, lambda root: root.task[0], self.task, False)
        yield Item("self", 1, lambda root: root.self[0], self.root, False)
