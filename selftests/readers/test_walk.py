# SPDX-License-Identifier: GPL-2.0
"""Everything within N pointers of a root is in the file, and nothing but that."""

import collections
import sys

import drgn

import harness
import vmcore
import walk
from harness import check, equal, note, test


def kernel_start(run):
    """The kernel's half of the address space begins where its page tables' levels say."""
    return (1 << 64) - (1 << (56 if int(run.text("levels")) == 5 else 47))


def objects(run, name, root, depth):
    """All objects that a file has to have, and what it has for readers to find out about slabs."""
    prog = run.open(name)
    # a slab of that instant need not have been one before, nor be one still
    one = walk.Walk(prog, run.overlaid(name))
    one.kernel_start = kernel_start(run)
    return list(one.run([prog[root]], depth)), one.helpers


def readable(prog, found):
    """Bytes of an object, None for each page of it that is not there."""
    end = found.address + found.size
    for page in vmcore.pages_of(found.address, found.size):
        start = max(page, found.address)
        size = min(page + vmcore.PAGE, end) - start
        try:
            yield start, size, prog.read(start, size)
        except drgn.FaultError:
            yield start, size, None


def holes_of(own):
    """Set of the addresses where holes of the note begin, with their lengths."""
    return {(int(hole["address"], 16), hole["length"]) for hole in own["holes"]}


def check_there(prog, found, holes):
    """Every page of every object can be read, or is listed as missing."""
    recorded = 0
    for one in found:
        parts = list(readable(prog, one))
        for start, size, data in parts:
            check(data is not None or (start, size) in holes or (one.address, one.size) in holes,
                  f"{one.kind} {one.key} at {start:#x}, {one.depth} deep, is not there")
        recorded += any(data is not None for _, _, data in parts)
    return recorded


def check_same(run, prog, found):
    """Equal to the stopped guest, but for what changes; little went somewhere and came back."""
    counts = collections.Counter()
    for one in found:
        for start, size, ours in readable(prog, one):
            if ours is None:
                continue
            try:
                after, before = (truth.read(start, size)
                                 for truth in (run.truth, run.truth_before))
            except drgn.FaultError:
                counts["gone"] += 1
                continue
            counts["bytes"] += size
            counts["bytes in neither dump"] += sum(
                1 for mine, last, first in zip(ours, after, before) if last == first != mine)
            if ours in (before, after):
                counts["equal"] += 1
            else:
                counts["changed" if before != after else "changed back"] += 1
    note(dict(counts))
    total = counts["equal"] + counts["changed"] + counts["changed back"]
    check(counts["equal"] >= total * 0.85, "too few are equal:", counts)
    check(counts["changed back"] <= 3 + total * 0.1, "too many are in neither dump:", counts)
    check(counts["gone"] <= 3 + total * 0.01, "too many are not mapped any more:", counts)
    check(counts["bytes in neither dump"] <= 64 + counts["bytes"] * 0.01, "too much:", counts)


def check_nothing_else(run, core, found, helpers):
    """Each page holds part of an object, or is a page table."""
    own = core.translator()
    walks = [own, run.after.translator(), run.before.translator()]
    explained = vmcore.used_tables(core)
    mapped = dict(core.virtual_pages())
    for address, size in {(one.address, one.size) for one in found} | helpers:
        for page in vmcore.pages_of(address, size):
            explained.add(mapped.get(page))
            for walker in walks:
                try:
                    explained.add(walker.translate(page))
                except vmcore.Missing:
                    pass
            # the tables that say why it could not be read
            explained.update(own.known_path(page))
    left = core.frames().keys() - explained
    check(not left, len(left), "pages are there for no reason:", [hex(page) for page in left][:5])


def check_walk(run, name, root, depth, least):
    """A recording against what its root and depth mean."""
    prog, core, own = run.open(name), run.core(name), run.own_note(name)
    found, helpers = objects(run, name, root, depth)
    recorded = check_there(prog, found, holes_of(own))
    note(f"{name}: {len(found)} objects,", recorded, "recorded;",
         dict(collections.Counter(one.depth for one in found)), "by depth")
    check(recorded >= least, "only", recorded, "objects")
    equal(recorded, own["objects"]["count"], "objects that livedump counted")
    check_nothing_else(run, core, found, helpers)
    check_same(run, prog, found)


@test("init_task, 3 deep")
def init_task(run):
    """Several hundred objects of dozens of types."""
    check_walk(run, "walk", "init_task", 3, 300)


def graph_test(depth, least):
    """The test module's graph, which leads into the kernel's own objects through its task."""
    return lambda run: check_walk(run, f"graph-{depth}", "livedump_test_root", depth, least)


test("the test module's root, 0 deep")(graph_test(0, 1))
test("the test module's root, 1 deep")(graph_test(1, 35))
test("the test module's root, 2 deep")(graph_test(2, 350))
test("the test module's root, 3 deep")(graph_test(3, 450))


def sdb(prog, start, type_, address, depth):
    """(address, size) of all that sdb's --depth would read: members that are pointers to structures,
    and what these have."""
    type_ = walk.resolve(type_)
    yield address, drgn.sizeof(type_)
    if not depth:
        return
    for member in type_.members:
        kind = walk.resolve(member.type)
        if kind.kind != drgn.TypeKind.POINTER or not member.name:
            continue
        target = walk.resolve(kind.type)
        if target.kind != drgn.TypeKind.STRUCT or not target.is_complete():
            continue
        try:
            value = prog.read_u64(address + member.bit_offset // 8)
        except drgn.FaultError:
            continue
        if start <= value < (1 << 64) - 4095:
            yield from sdb(prog, start, target, value, depth - 1)


@test("what sdb's rule would read is there, 0 to 3 deep")
def sdb_subset(run):
    """Or it is missing with a reason."""
    recordings = [("walk", "init_task", 3)] + [
        (f"graph-{depth}", "livedump_test_root", depth) for depth in range(4)]
    for name, root, deepest in recordings:
        prog, holes = run.open(name), holes_of(run.own_note(name))
        for depth in range(deepest + 1):
            found = set(sdb(prog, kernel_start(run), prog[root].type_, prog[root].address_, depth))
            check(len(found) > depth, name, depth, "only", len(found), "objects")
            for address, size in found:
                one = walk.Found(address, walk.OBJECT, None, size, depth)
                check_there(prog, [one], holes)
        note(name, len(found), "objects by sdb's rule")


if __name__ == "__main__":
    harness.start(sys.argv)
