# SPDX-License-Identifier: GPL-2.0
"""What was not recorded must fault: never zeroes, never another page's bytes."""

import sys

import drgn

import harness
import vmcore
from harness import check, equal, fails, note, test

# Addresses that no kernel has anything at
NOWHERE = {
    "NULL": 0, "NULL and a member": 0x88, "end of page 0": 0xff8, "page 1": 0x1000,
    "user text": 0x400000, "user": 0x00007f0012345678, "top of user": 0x00007ffffffff000,
    "top of user, 5 levels": 0x00fffffffffff000, "non-canonical": 0x8000123456789abc,
    "non-canonical, low": 0x0100000000000000, "list poison": 0xdead000000000100,
    "start of the upper half": 0xff00000000000000, "ERR_PTR": -2 & (1 << 64) - 1,
    "last 8 bytes": -8 & (1 << 64) - 1, "below kernel text": 0xffffffff80000000 - 4096,
}
PHYSICAL = {
    "0": 0, "BIOS data": 0x1000, "VGA": 0xa0000, "ROM": 0xf0000, "APIC": 0xfee00000,
    "64 GiB": 64 << 30, "beyond": 1 << 51,
}


def check_faults(prog, addresses, physical=False):
    """Each of them, as a whole word and as one byte."""
    for name, address in addresses.items():
        for size in (8, 1):
            try:
                data = prog.read(address, size, physical)
            except drgn.FaultError:
                continue
            raise AssertionError(f"{name}, {address:#x}: reads as {data[:16]!r}")


def leads_to(walk, page):
    """What is mapped there, as far as is known."""
    try:
        return walk.translate(page)
    except vmcore.Missing:
        return None


def check_neighbours(prog, core, run):
    """Pages before and behind every PT_LOAD, by virtual and by physical address."""
    virtual, frames = dict(core.virtual_pages()), core.frames()
    walks = [one.translator() for one in (run.after, run.before)] + [core.translator()]
    tried = 0
    for load in core.loads:
        for page in (load.vaddr - vmcore.PAGE, load.vaddr + load.memsz):
            if page in virtual or page >> 64:
                continue
            # page tables, in the file as well, may lead to a frame that it has
            if not any(leads_to(walk, page) in frames for walk in walks):
                check_faults(prog, {"virtual neighbour": page})
                tried += 1
        for page in (load.paddr - vmcore.PAGE, load.paddr + load.memsz):
            if page >= 0 and page not in frames:
                check_faults(prog, {"physical neighbour": page}, physical=True)
                tried += 1
    check(tried, "no neighbours")
    return tried


def check_ends(prog, core):
    """Reads that begin in a recorded page and reach out of it fault as a whole."""
    virtual = dict(core.virtual_pages())
    ends = [load.vaddr + load.memsz for load in core.loads]
    ends = [end for end in ends if end not in virtual and end < 1 << 64]
    check(ends, "no ends")
    for end in ends:
        equal(len(prog.read(end - 8, 8)), 8, "bytes before the end")
    mixed = 0
    for end in ends:
        try:
            prog.read(end, 1)
        except drgn.FaultError:
            fails(prog.read, end - 8, 16)
            mixed += 1
    check(mixed, "all ends are readable")


def bare(path):
    """A program without debug info."""
    prog = drgn.Program()
    prog.set_core_dump(path)
    return prog


def neighbours_of_each(run):
    """How many there are."""
    return sum(check_neighbours(bare(run.recording(name)), run.core(name), run)
               for name in run.recordings())


@test("NULL, user half, non-canonical addresses, error pointers")
def nowhere(run):
    """In every recording."""
    for name in run.recordings():
        check_faults(bare(run.recording(name)), NOWHERE)


@test("physical addresses: low memory, devices, beyond the end of RAM")
def physical_addresses(run):
    """In every recording."""
    ends = [int(line.split(":")[0].split("-")[1], 16) for line in run.text("iomem").splitlines()
            if line.endswith(": System RAM")]
    for name in run.recordings():
        check_faults(bare(run.recording(name)), {**PHYSICAL, "end of RAM": max(ends) + 1},
                     physical=True)


@test("the neighbours of every recorded page, virtual and physical")
def neighbours(run):
    """In every recording."""
    tried = neighbours_of_each(run)
    note(tried, "neighbours")
    check(tried > 1000, "only", tried)


@test("reads across the end of a recorded page")
def across_ends(run):
    """In every recording."""
    for name in run.recordings():
        check_ends(bare(run.recording(name)), run.core(name))


@test("kernel text, constants, per-CPU memory, vmalloc, modules, vmemmap: nothing unrecorded")
def classes(run):
    """By the symbols of the kernel, in a recording of two objects."""
    prog, truth = run.open("basic"), run.truth
    offset = truth["__per_cpu_offset"][1].value_()
    wanted = {
        "text": truth.symbol("schedule").address, "module text": run.sections[".text"],
        "constants": truth.symbol("sys_call_table").address,
        "module data": run.addresses["root"], "vmalloc": run.addresses["plain"],
        "guard page": truth["livedump_test_root"].guard.value_(),
        "device": truth["livedump_test_root"].mmio.value_(),
        "direct map": truth["livedump_test_root"].leaf.value_(),
        "per CPU": truth.symbol("runqueues").address + offset,
        "vmemmap": truth["vmemmap_base"].value_() + 0x10000,
        "start of vmalloc": truth["vmalloc_base"].value_(),
        "start of the direct map": truth["page_offset_base"].value_(),
        "behind the direct map": truth["high_memory"].value_() + 0x1000,
    }
    check_faults(prog, wanted)
    for name in ("text", "constants", "module data", "vmalloc", "direct map", "per CPU"):
        equal(len(truth.read(wanted[name], 8)), 8, f"{name} in the truth")
    # And it is not that nothing can be read
    equal(prog["init_task"].comm.string_(), b"swapper/0", "comm")


@test("pages that are poisoned, offline, or not RAM were not recorded, and fault")
def odd(run):
    """In the recording that asked for them."""
    prog, core = run.open("odd"), run.core("odd")
    wanted = {name: run.addresses[name] for name in ("poisoned", "offline")}
    wanted["guard"] = run.addresses["plain"] + 64 * vmcore.PAGE
    wanted["between"] = run.addresses["plain"] + 2 * vmcore.PAGE
    check_faults(prog, wanted)
    frames = {name: run.addresses[f"{name}.pfn"] * vmcore.PAGE for name in ("poisoned", "offline")}
    check_faults(prog, frames, physical=True)
    check(not core.frames().keys() & frames.values(), "recorded all the same")
    for page in (0, 1, 63):
        equal(int.from_bytes(prog.read(run.addresses["plain"] + page * vmcore.PAGE, 8), "little"),
              page, "plain page")


@test("what is missing is listed: every hole, with its reason, as status said")
def holes(run):
    """The exact list of what was asked for and could not be had."""
    plain = run.addresses["plain"]
    wanted = [
        (run.addresses["poisoned"], 4096, "poisoned", 3, False),
        (run.addresses["offline"], 4096, "offline", 4, False),
        (0xa0000, 8192, "not-ram", 5, True),
        (0, 4096, "bad-address", 6, False),
        (0x00007f0012345000, 100, "bad-address", 7, False),
        (plain + 64 * vmcore.PAGE, 4096, "unmapped", 8, False),
    ]
    own = run.own_note("odd")
    equal([(int(hole["address"], 16), hole["length"], hole["reason"], hole["request"],
            hole["physical"]) for hole in own["holes"]], wanted, "holes")
    check(all(hole["asked"] for hole in own["holes"]), "not asked for")
    equal(own["complete"], False, "complete")
    status = run.json("odd-status.out")
    for key in ("missing", "holes_dropped", "requests", "objects", "ranges", "pages"):
        equal(own[key], status[key], key)
    equal({kind["reason"]: kind["bytes"] for kind in own["missing"]},
          {"poisoned": 4096, "offline": 4096, "not-ram": 8192, "bad-address": 4196,
           "unmapped": 4096}, "missing")
    for name in ("basic", "percpu", "constant", "log", "stack-0"):
        equal((run.own_note(name)["complete"], run.own_note(name)["holes"]), (True, []), name)


if __name__ == "__main__":
    harness.start(sys.argv)
