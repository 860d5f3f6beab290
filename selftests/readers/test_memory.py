# SPDX-License-Identifier: GPL-2.0
"""Memory that is mapped in special ways: vmalloc, per CPU, a module's own."""

import sys

import drgn
from drgn.helpers.linux import for_each_possible_cpu, list_for_each_entry, per_cpu, per_cpu_ptr

import harness
import vmcore
from graph import blob, text
from harness import check, equal, fails, note, test

PERCPU = "livedump_test_percpu"


def vmalloced(run, name):
    """A pointer of the root, with the physical address of each page behind it."""
    pointer = getattr(run.truth["livedump_test_root"], name)
    size = drgn.sizeof(pointer.type_.type)
    walk = run.after.translator()
    return pointer.value_(), size, [walk.translate(page)
                                    for page in vmcore.pages_of(pointer.value_(), size)]


@test("vmalloc'd objects have PT_LOADs with their vmalloc address")
def vmalloc(run):
    """Found without any page table: by p_vaddr alone."""
    core = run.core("graph-1")
    mapped = dict(core.virtual_pages())
    for name in ("big", "straddling", "vmalloced", "packed", "alias_vmap"):
        address, size, frames = vmalloced(run, name)
        pages = list(vmcore.pages_of(address, size))
        equal([mapped.get(page) for page in pages], frames, f"PT_LOADs of {name}")
        equal(core.read_virt(address, size), run.truth.read(address, size), name)
        equal(run.open("graph-1").read(address, size), run.truth.read(address, size), name)
        start = run.truth["vmalloc_base"].value_()
        check(start <= address < run.truth["vmemmap_base"].value_(), name, "is not vmalloc'd")
    size = run.constants["BIG_PAGES"] * 4096 - 100
    equal(core.read_virt(vmalloced(run, "big")[0], size), blob(size), "big")


@test("objects straddle pages that are not neighbours")
def straddling(run):
    """One read is put together from two PT_LOADs, or more."""
    prog = run.open("graph-1")
    apart = 0
    for name in ("straddling", "packed", "big"):
        _, _, frames = vmalloced(run, name)
        check(len(frames) > 1, name, "lies in one page")
        apart += any(second != first + vmcore.PAGE for first, second in zip(frames, frames[1:]))
    check(apart, "no pages apart: nothing tested")
    root = prog["livedump_test_root"]
    equal(root.straddling.index.value_(), run.constants["LEAF_STRADDLING"], "straddling")
    equal(root.packed.target.value_(), run.truth["livedump_test_root"].packed.target.value_(),
          "a pointer across two pages")
    crossing = root.crossing_text.value_()
    equal(prog.read(crossing, run.constants["CROSSING"]), text(run.constants["CROSSING"]), "text")
    check(crossing // 4096 != (crossing + run.constants["CROSSING"] - 1) // 4096, "one page")


@test("a page with two mappings is in the file once, and found through both")
def alias(run):
    """Direct map and vmap."""
    prog, core = run.open("graph-1"), run.core("graph-1")
    root = prog["livedump_test_root"]
    direct, vmap = root.alias_direct.value_(), root.alias_vmap.value_()
    mapped = dict(core.virtual_pages())
    check(direct != vmap, "the same address")
    equal(mapped[vmap & -4096], mapped[direct & -4096], "page frame")
    equal(root.alias_vmap.magic.value_(), root.alias_direct.magic.value_(), "magic")


def check_percpu(one, run, cpu, kind, more):
    """A per-CPU object of the test module."""
    equal(one.address_, run.addresses[f"percpu.{kind}.{cpu}"], "address")
    equal(one.self.value_(), one.address_, "self")
    equal(one.magic.value_(), run.constants["PERCPU_MAGIC"] + more + cpu, "magic")
    equal(one.cpu.value_(), cpu, "cpu")
    equal(one.zero.value_(), 0, "zero")


@test("a module's per-CPU objects, on each CPU")
def percpu(run):
    """The static one by its symbol, the dynamic one by its pointer."""
    prog = run.open("percpu")
    cpus = list(for_each_possible_cpu(run.truth))
    check(len(cpus) >= 2, "one CPU only")
    for cpu in cpus:
        check_percpu(per_cpu(prog[PERCPU + "_static"], cpu), run, cpu, "static", 0)
        pointer = drgn.Object(prog, f"struct {PERCPU} *", run.addresses["percpu.dynamic"])
        check_percpu(per_cpu_ptr(pointer, cpu)[0], run, cpu, "dynamic", 0x100000)


@test("the kernel's runqueues, on each CPU")
def runqueues(run):
    """What does not change in them."""
    for cpu in for_each_possible_cpu(run.truth):
        ours, truth = (per_cpu(prog["runqueues"], cpu) for prog in
                       (run.open("percpu"), run.truth))
        equal(ours.address_, truth.address_, "address")
        equal(ours.cpu.value_(), cpu, "cpu")
        for path in ("idle", "stop", "rd", "sd", "online", "cfs.rq", "cfs.tg"):
            equal(*(one.subobject_(path).value_() for one in (ours, truth)), path)
        check(ours.idle.value_() and ours.stop.value_(), "no idle task")


@test("runqueues@1 has CPU 1's; CPU 0's faults")
def one_cpu(run):
    """Every page of it."""
    prog = run.open("percpu-1")
    equal(per_cpu(prog["runqueues"], 1).cpu.value_(), 1, "cpu")
    other = per_cpu(prog["runqueues"], 0)
    pages = list(vmcore.pages_of(other.address_, drgn.sizeof(other)))
    for page in pages:
        fails(prog.read, max(page, other.address_), 1)
    fails(other.cpu.value_)


@test("a module's own data, by the symbols of its debug info")
def module_data(run):
    """What root.data and root.rodata point to, and the root."""
    prog = run.open("graph-1")
    equal([one.value_() for one in prog["livedump_test_data"]],
          [run.constants["DATA"] + index for index in range(4)], "data")
    equal(prog["livedump_test_rodata"].string_(), run.constants["RODATA"].encode(), "rodata")
    symbol = prog.symbol("livedump_test_data")
    equal((symbol.name, symbol.address), ("livedump_test_data", run.addresses["data"]), "symbol")
    load = [load for load in run.core("graph-1").loads
            if load.vaddr <= symbol.address < load.vaddr + load.memsz]
    equal(len(load), 1, "PT_LOADs of the module's data")


def listed(prog):
    """The list of modules: name, address, size, state of each."""
    return [(one.name.string_().decode(), one.core_layout.base.value_(),
             one.core_layout.size.value_(), one.state.value_())
            for one in list_for_each_entry("struct module", prog["modules"].address_of_(), "list")]


@test("the list of modules, from one struct module to the next")
def modules(run):
    """Recorded module by module. drgn finds those by itself whose sections and notes, arrays of a
    length that only the kernel knows, happen to be on recorded pages: these have to be right."""
    ours = listed(run.open("modules"))
    equal(ours, listed(run.truth), "modules")
    equal([name for name, *_ in ours], run.text("modules").split(), "names")
    prog, truth = (run.program(path, module=False)
                   for path in (run.recording("modules"), run.path("after.core")))
    found, known = ({(module.name, module.address, module.build_id) for module in one.modules()
                     if isinstance(module, drgn.RelocatableModule)} for one in (prog, truth))
    note(f"drgn finds {len(found)} of {len(known)} modules by itself")
    equal(len(known), len(ours), "modules that drgn finds in the truth")
    check(found <= known, found - known)


if __name__ == "__main__":
    harness.start(sys.argv)
