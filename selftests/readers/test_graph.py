# SPDX-License-Identifier: GPL-2.0
"""The test module's objects: there as deep as asked for, with their contents, and no deeper."""

import sys

import drgn

import harness
import vmcore
from graph import Graph
from harness import check, equal, note, test


def check_there(item, ours, truth):
    """Readable, the known contents, and the same as in the stopped guest."""
    one, true = item.get(ours), item.get(truth)
    equal(one.address_, true.address_, "address")
    item.good(one)
    if item.name != "task":    # counts its time
        equal(one.to_bytes_(), true.to_bytes_(), "bytes")


def check_absent(item, prog, core, truth, translator):
    """Reading any page of it faults, unless something else on that page was recorded."""
    true = item.get(truth)
    shared = 0
    for page in vmcore.pages_of(true.address_, drgn.sizeof(true)):
        frame = translator.translate(page)
        start = max(page, true.address_)
        size = min(page + vmcore.PAGE, true.address_ + drgn.sizeof(true)) - start
        if frame in core.frames():
            check(not item.alone, "is recorded")
            shared += 1
            continue
        try:
            data = prog.read(start, size)
        except drgn.FaultError:
            continue
        raise AssertionError(f"{start:#x} reads as {data[:16]!r}")
    return shared


def check_graph(run, prog, core, depth):
    """All objects of the graph against a recording to that depth."""
    ours, truth = prog["livedump_test_root"], run.truth["livedump_test_root"]
    translator = run.after.translator()
    there = absent = shared = 0
    for item in Graph(run).items():
        try:
            if item.depth <= depth:
                check_there(item, ours, truth)
                there += 1
            else:
                shared += check_absent(item, prog, core, truth, translator)
                absent += 1
        except (AssertionError, drgn.FaultError) as error:
            raise AssertionError(f"{item.name}, {item.depth} deep: {error}") from error
    note(f"depth {depth}: {there} objects there, {absent} absent, {shared} on shared pages")
    equal(there + absent, len(list(Graph(run).items())), "objects")
    return there, absent, shared


@test("the root's address is that of kallsyms")
def address(run):
    """So that what follows looks where it should."""
    equal(run.truth["livedump_test_root"].address_, run.kallsyms["livedump_test_root"], "truth")
    equal(run.open("graph-2")["livedump_test_root"].address_, run.addresses["root"], "ours")


def depth_test(depth, there):
    """One for each depth: how many objects there have to be at least."""
    def function(run):
        counts = check_graph(run, run.open(f"graph-{depth}"), run.core(f"graph-{depth}"), depth)
        equal(counts[0], there, "objects at this depth")
        # rodata and data may share a page with the root, which is .bss of the same module
        check(counts[2] <= 2, counts[2], "deeper objects share a recorded page")
    return function


# 1: leaf, straddling, vmalloced, two of alias, tagged, either, 6 leaves, 8 of slots, chain, ring,
# fan, packed, 8 strings and the like, big, task, self. 2: chain, ring, 300 of fan, packed.target
test("depth 0: the root, and nothing that it points to")(depth_test(0, 1))
test("depth 1: every object the root points to, none further")(depth_test(1, 1 + 36))
test("depth 2: every object two hops away, none further")(depth_test(2, 37 + 303))
test("depth 3: every object three hops away, none further")(depth_test(3, 340 + 2))


@test("what could not be read is listed: guard page, device memory, an open string's end")
def holes(run):
    """And reading it faults."""
    root = run.truth["livedump_test_root"]
    guard, mmio = root.guard.value_(), root.mmio.value_()
    for name in ("graph-1", "graph-2", "graph-3"):
        found = run.own_note(name)
        listed = sorted((int(hole["address"], 16), hole["length"], hole["reason"])
                        for hole in found["holes"])
        # the open string ends where the guard page begins
        equal(listed, sorted([(guard, 256 - run.constants["OPEN"], "unmapped"),
                              (guard, 256, "unmapped"), (mmio, 256, "not-ram")]), name)
        for where in (guard, guard + 8, mmio, mmio + 64):
            harness.fails(run.open(name).read, where, 8)
        equal(found["complete"], True, "nothing that was asked for is missing")


@test("a freed object is what the allocator made of it")
def freed(run):
    """Not what it once was."""
    ours, truth = (prog["livedump_test_root"].freed[0]
                   for prog in (run.open("graph-1"), run.truth))
    equal(ours.to_bytes_(), truth.to_bytes_(), "freed")
    check(ours.index.value_() != run.constants["LEAF_FREED"] or
          ours.magic.value_() != run.constants["LEAF_MAGIC"] + run.constants["LEAF_FREED"],
          "it is not freed")


if __name__ == "__main__":
    harness.start(sys.argv)
