#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Check the objects that livedump info shows of a file.

usage: graph.py tree FILE JSON    is this the graph of the test module, to two hops from its root?
       graph.py dot JSON DOT      does the graph in graphviz' language say the same as the JSON?
       graph.py text JSON TEXT    does the tree for people?

What is expected comes from the recorded bytes of the root and livedump_test_types.h.
"""

import ctypes
import json
import re
import sys

from truth import Core

POINTER = ctypes.c_uint64
ADDRESSES = "/sys/kernel/debug/livedump_test/addresses"
LEAF, NODE, FAN, BIG, PACKED = 32, 16, 8 + 300 * 8, 5 * 4096 - 100, 16
UNTYPED, STRING = 256, 256
KERNEL = 1 << 63
LEAF_TYPE = "struct livedump_test_leaf"
NODE_TYPE = "struct livedump_test_node"


def structure(*fields):
    """A C structure."""
    return type("Structure", (ctypes.Structure,), {"_fields_": fields})


Slot = structure(("tag", ctypes.c_uint32), ("leaf", POINTER), ("text", POINTER))
Root = structure(
    ("magic", ctypes.c_uint64), ("u8", ctypes.c_uint8), ("u16", ctypes.c_uint16),
    ("u32", ctypes.c_uint32), ("s64", ctypes.c_int64), ("bits", ctypes.c_uint32),
    ("colour", ctypes.c_uint32), ("comm", ctypes.c_char * 16), ("counter", ctypes.c_uint64),
    ("leaf", POINTER), ("null", POINTER), ("leaves", POINTER * 8), ("slots", Slot * 4),
    *[(name, POINTER) for name in (
        "either chain ring fan big straddling vmalloced alias_direct alias_vmap packed self task "
        "text empty_text long_text crossing_text open_text rodata blob data function user error "
        "poison noncanonical guard mmio freed tagged percpu").split()])


def published(name):
    """What the test module says of where something is."""
    with open(ADDRESSES, encoding="ascii") as file:
        return dict(line.split() for line in file)[name]


def children(root):
    """(step, type, address, size, missing) of what is reached from the root itself."""
    for index, leaf in enumerate(root.leaves):
        if leaf:
            yield f".leaves[{index}]", LEAF_TYPE, leaf, LEAF, False
    for index, slot in enumerate(root.slots):
        yield f".slots.leaf[{index}]", LEAF_TYPE, slot.leaf, LEAF, False
        yield f".slots.text[{index}]", "string", slot.text, len("slot-0") + 1, False
    for name in "leaf straddling vmalloced alias_direct alias_vmap freed tagged".split():
        yield f".{name}", LEAF_TYPE, getattr(root, name), LEAF, False
    yield ".either.leaf", LEAF_TYPE, root.either, LEAF, False
    yield ".either.any", "bytes", root.either, UNTYPED, False
    for name in ("chain", "ring"):
        yield f".{name}", NODE_TYPE, getattr(root, name), NODE, False
    for name, size in (("fan", FAN), ("big", BIG), ("packed", PACKED)):
        yield f".{name}", f"struct livedump_test_{name}", getattr(root, name), size, False
    for name, size in (("text", len("short text") + 1), ("empty_text", 1), ("long_text", STRING),
                       ("crossing_text", 101),
                       ("rodata", len("livedump_test: a constant string") + 1)):
        yield f".{name}", "string", getattr(root, name), size, False
    # its end is not to be found
    yield ".open_text", "string", root.open_text, STRING, True
    for name, missing in (("blob", False), ("data", False), ("guard", True), ("mmio", True)):
        yield f".{name}", "bytes", getattr(root, name), UNTYPED, missing


def hop(core, root):
    """The same of what is reached from those, but for the task: by the step to its parent."""
    fan = core.read(root.fan + 8, 300 * 8)
    for index in range(300):
        leaf = int.from_bytes(fan[index * 8:index * 8 + 8], "little")
        yield ".fan", f".leaves[{index}]", LEAF_TYPE, leaf, LEAF, False
    for name in ("chain", "ring"):
        yield f".{name}", ".next", NODE_TYPE, core.u64(getattr(root, name) + 8), NODE, False
    yield ".packed", ".target", LEAF_TYPE, core.u64(root.packed + 5), LEAF, False


def compare(what, found, wanted):
    """Two lists of tuples that should hold the same."""
    wrong = [f"{what}: not there: {item}" for item in sorted(set(wanted) - set(found))]
    wrong += [f"{what}: not expected: {item}" for item in sorted(set(found) - set(wanted))]
    if len(found) != len(set(found)):
        wrong.append(f"{what}: something is there twice")
    return wrong


def plain(item):
    """An object as children() has them."""
    return (item["step"], item["type"], int(item["address"], 16), item["size"],
            "missing" in item["flags"])


def check_tree(path, objects):
    """Is this the graph of the test module?"""
    core = Core(path)
    where = int(published("root"), 16)
    root = Root.from_buffer_copy(core.read(where, ctypes.sizeof(Root)))
    target = "(struct livedump_test_root)livedump_test:livedump_test_root"
    wrong = compare("root", [plain(item) for item in objects if item["parent"] is None],
                    [(target, "struct livedump_test_root", where, ctypes.sizeof(Root), False)])
    below = [item for item in objects if item["parent"] == 0]
    wrong += compare("first hop", [plain(item) for item in below if item["step"] != ".task"],
                     list(children(root)))
    wrong += compare("task", [(item["type"], int(item["address"], 16), item["depth"])
                              for item in below if item["step"] == ".task"],
                     [("struct task_struct", root.task, 1)])
    second = [item for item in objects
              if item["depth"] == 2 and objects[item["parent"]]["step"] != ".task"]
    wrong += compare("second hop", [(objects[item["parent"]]["step"], *plain(item))
                                    for item in second], list(hop(core, root)))
    for item in objects:
        if item["parent"] is not None and not 0 <= item["parent"] < item["index"]:
            wrong.append(f"{item}: its parent comes behind it")
        if item["request"] != 1:
            wrong.append(f"{item}: another request")
    return wrong


def parse_dot(text):
    """(nodes, edges) of a graph: [(name, attributes)], [(from, to, attributes)]"""
    token = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][A-Za-z_0-9]*)|(->|[][{}=;,]))', re.S)
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = token.match(text, at)
        if not match:
            raise ValueError(f"no graphviz at {text[at:at + 40]!r}")
        quoted, word, mark = match.groups()
        tokens.append(("mark", mark) if mark else ("id", word if quoted is None else quoted))
        at = match.end()
    tokens.reverse()

    def take(kind, value=None):
        got = tokens.pop()
        if got[0] != kind or value not in (None, got[1]):
            raise ValueError(f"{got} instead of {value or kind}")
        return got[1]

    def attributes():
        found = {}
        if tokens[-1] == ("mark", "["):
            take("mark", "[")
            while tokens[-1] != ("mark", "]"):
                name = take("id")
                take("mark", "=")
                found[name] = take("id")
                if tokens[-1] == ("mark", ","):
                    take("mark")
            take("mark", "]")
        return found

    nodes, edges = [], []
    take("id", "digraph")
    take("id")
    take("mark", "{")
    while tokens[-1] != ("mark", "}"):
        name = take("id")
        if tokens[-1] == ("mark", "="):
            take("mark")
            take("id")
        elif tokens[-1] == ("mark", "->"):
            take("mark")
            edges.append((name, take("id"), attributes()))
        else:
            nodes.append((name, attributes()))
        take("mark", ";")
    take("mark", "}")
    if tokens:
        raise ValueError(f"something behind the graph: {tokens[-1]}")
    return nodes, edges


def check_dot(objects, text):
    """Does the graph say the same?"""
    nodes, edges = parse_dot(text)
    wrong = compare("nodes", [(name, node["label"]) for name, node in nodes if name != "node"],
                    [(f"n{item['index']}",
                      ("" if item["parent"] is not None else item["step"] + r"\n") +
                      rf"{item['type']}\n{item['address']}, {item['size']}") for item in objects])
    wrong += compare("edges", [(a, b, edge["label"]) for a, b, edge in edges],
                     [(f"n{item['parent']}", f"n{item['index']}", item["step"])
                      for item in objects if item["parent"] is not None])
    return wrong


def check_text(objects, text):
    """Does the tree? Each object stands below what it was reached from."""
    lines, above = [], []
    for line in text.splitlines():
        match = re.fullmatch(r"( *)(.+?)(?: -> |: )(\S.*?) +(0x[0-9a-f]{16}) +(\d+)((?: \w+)*)", line)
        if not match:
            return [f"not a line of a tree: {line}"]
        indent, step, kind, address, size, flags = match.groups()
        level = len(indent) // 2
        if level > len(above):
            return [f"too far in: {line}"]
        above[level:] = [address]
        lines.append((step, kind, address, int(size), tuple(flags.split()),
                      above[level - 1] if level else None))
    return compare("tree", lines, [
        (item["step"], item["type"], f"0x{int(item['address'], 16):016x}", item["size"],
         tuple(item["flags"]), None if item["parent"] is None else
         f"0x{int(objects[item['parent']]['address'], 16):016x}") for item in objects])


def main():
    """Print what is wrong."""
    what, *paths = sys.argv[1:]
    with open(paths[what == "tree"], encoding="utf-8") as file:
        objects = json.load(file)["objects"]
    if what == "tree":
        wrong = check_tree(paths[0], objects)
    else:
        with open(paths[1], encoding="ascii") as file:
            wrong = (check_dot if what == "dot" else check_text)(objects, file.read())
    for line in wrong[:20]:
        print(f"# {line}")
    return bool(wrong) or not objects


if __name__ == "__main__":
    sys.exit(main())
