# SPDX-License-Identifier: GPL-2.0
"""What livedump says of slab objects and stacks, and what it takes from caches, against what drgn says
of all memory; and what drgn says of an object in our file."""

import json
import sys

from drgn.helpers.linux.slab import (slab_cache_for_each_allocated_object, slab_object_info,
                                     find_slab_cache)

import harness
from harness import check, equal, note, test

CACHES = ("livedump_constructed", "livedump_plain")


def told(run):
    """What livedump whatis said."""
    return json.loads(run.text("whatis.out"))["addresses"]


@test("objects, their caches and whether they are free, as drgn finds them")
def objects(run):
    """All published objects, in every state."""
    states = set()
    slabs = [entry for entry in told(run) if "slab" in entry and "task" not in entry]
    equal(len(slabs), 24, "objects")
    for entry in slabs:
        address, ours = int(entry["address"], 16), entry["slab"]
        info = slab_object_info(run.truth, address)
        equal(ours["cache"], info.slab_cache.name.string_().decode(), "cache")
        equal(int(ours["cache_address"], 16), info.slab_cache.value_(), "its address")
        equal(int(ours["slab_address"], 16), info.slab.value_(), "struct slab")
        equal(int(ours["object"], 16), info.address, "start")
        equal(ours["size"], info.slab_cache.object_size.value_(), "size")
        equal(ours["status"], {True: "allocated", False: "free"}[info.allocated], hex(address))
        states.add(ours["status"])
    equal(states, {"allocated", "free"}, "states")


@test("the stack of a task")
def stack(run):
    """Of the test module's thread."""
    entry = told(run)[-1]
    task = run.truth["livedump_test_root"].task
    equal(entry["task"]["pid"], task.pid.value_(), "pid")
    equal(entry["task"]["comm"], task.comm.string_().decode(), "comm")
    equal(int(entry["task"]["address"], 16), task.value_(), "task_struct")
    equal(int(entry["task"]["stack"], 16), task.stack.value_(), "stack")


@test("all allocated objects of a cache")
def caches(run):
    """Not one more, not one less, and whole."""
    for name in CACHES:
        cache = find_slab_cache(run.truth, name)
        allocated = {obj.value_() for obj in
                     slab_cache_for_each_allocated_object(cache, "void")}
        prog = run.open(f"cache-{name}")
        size = cache.object_size.value_()
        note_of = run.json(f"cache-{name}.info")["note"]
        equal(note_of["objects"]["count"], len(allocated), f"{name}: objects")
        check(len(allocated) > 50, name, "has too few objects")
        for address in allocated:
            equal(prog.read(address, size), run.truth.read(address, size), hex(address))


@test("an object that a scan led to is one for drgn, too")
def scan(run):
    """Its struct page, cache and name are in the file."""
    prog = run.open("scan")
    found = 0
    for name, address in run.addresses.items():
        if not name.startswith("slab.1."):
            continue
        info = slab_object_info(prog, address + 5)
        check(info, name, "is not known")
        equal(info.slab_cache.name.string_().decode(), "livedump_plain", name)
        equal(info.address, address, name)
        equal(prog.read(address, 72), run.truth.read(address, 72), name)
        found += 1
    equal(found, 12, "objects")
    note(found, "objects")


if __name__ == "__main__":
    harness.start(sys.argv)
