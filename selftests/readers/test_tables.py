# SPDX-License-Identifier: GPL-2.0
"""Virtual addresses: every p_vaddr is where the stopped guest has that page, and the file's own
page tables say so too."""

import sys

import drgn
from drgn.helpers.linux.mm import follow_phys

import harness
import vmcore
from graph import Graph
from harness import check, equal, note, test


def check_vaddrs(run, core):
    """Each page of each PT_LOAD, by the page tables of the stopped guest. Where these had no such
    mapping, or another one before than after, a vmalloc'd page may have been mapped for a while:
    the file's own page tables have to have seen that."""
    own, before, after = (one.translator() for one in (core, run.before, run.after))
    vmalloc, vmemmap = (run.truth[name].value_() for name in ("vmalloc_base", "vmemmap_base"))
    meanwhile = 0
    for vaddr, paddr in core.virtual_pages():
        found = before.translate(vaddr), after.translate(vaddr)
        if found == (paddr, paddr):
            continue
        check(vmalloc <= vaddr < vmemmap and own.translate(vaddr) == paddr,
              f"{vaddr:#x} is {paddr:#x} instead of", found)
        meanwhile += 1
    return meanwhile


def needs_tables(run, core):
    """Addresses of PT_LOADs outside the direct map, whose page tables have to be in the file."""
    base = run.truth["page_offset_base"].value_()
    return [(vaddr, paddr) for vaddr, paddr in core.virtual_pages() if vaddr - paddr != base]


def check_own_tables(run, core):
    """Kernel text, vmalloc, modules: the file's page tables lead to the same frames."""
    walk = core.translator()
    wanted = needs_tables(run, core)
    for vaddr, paddr in wanted:
        try:
            equal(walk.translate(vaddr), paddr, f"{vaddr:#x} by the file's page tables")
        except vmcore.Missing as error:
            raise AssertionError(f"{vaddr:#x}: no page table: {error}") from error
    return len(wanted)


def check_direct_map(run, core):
    """Its page tables need not be there; those that are say nothing else."""
    walk = core.translator()
    base = run.truth["page_offset_base"].value_()
    there = 0
    for paddr in core.frames():
        try:
            equal(walk.translate(base + paddr), paddr, f"direct map of {paddr:#x}")
            there += 1
        except vmcore.Missing:
            pass
    return there


def check_addresses(core, addresses):
    """Objects that were recorded by these addresses: page tables for every page of them."""
    walk = core.translator()
    for name, address, size in addresses:
        for page in vmcore.pages_of(address, size):
            try:
                found = walk.translate(page)
            except vmcore.Missing as error:
                raise AssertionError(f"{name}, {page:#x}: no page table: {error}") from error
            check(found in core.frames(), name, hex(page), "leads to", found)
            equal(dict(core.virtual_pages())[page], found, f"{name}: PT_LOAD of {page:#x}")


def each(run, function):
    """For every recording; the sum of what the function returns."""
    total = 0
    for name in run.recordings():
        try:
            total += function(run, run.core(name))
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
    return total


def vaddrs_of_each(run):
    """How many pages were mapped for a while only."""
    return each(run, check_vaddrs)


def own_tables_of_each(run):
    """How many pages are outside the direct map."""
    return each(run, check_own_tables)


@test("our own walk of page tables agrees with drgn's, and with the number of levels")
def walker(run):
    """Otherwise the rest means little."""
    truth = run.truth
    walk = run.after.translator()
    levels = int(run.text("levels"))
    equal(walk.levels, levels, "levels")
    root = truth["livedump_test_root"]
    for address in (root.address_, root.leaf.value_(), root.big.value_() + 8192,
                    truth["init_task"].address_, truth.symbol("schedule").address,
                    truth["jiffies_64"].address_, run.addresses["plain"] + 17 * vmcore.PAGE):
        equal(walk.translate(address),
              follow_phys(truth["init_mm"].address_of_(), address).value_(), hex(address))
    equal(walk.translate(root.guard.value_()), None, "guard page")


@test("every p_vaddr is right, by the page tables of the stopped guest")
def vaddrs(run):
    """Page by page, in every recording."""
    meanwhile = vaddrs_of_each(run)
    total = sum(len(list(run.core(name).virtual_pages())) for name in run.recordings())
    note(total, "pages,", meanwhile, "of them mapped for a while only")
    check(total > 10000, "only", total, "pages")
    check(meanwhile < total / 1000, meanwhile, "mapped for a while only")


@test("kernel text, vmalloc and modules: the page tables for every p_vaddr are in the file")
def own_tables(run):
    """So readers that ignore p_vaddr find them."""
    total = own_tables_of_each(run)
    note(total, "pages outside the direct map")
    check(total > 3000, "only", total, "pages")


@test("the direct map: page tables that are in the file agree")
def direct_map(run):
    """In every recording."""
    note(each(run, check_direct_map), "pages of the direct map have their tables")


@test("the page tables of every object of the test module are in the file")
def objects(run):
    """In the direct map, too: these addresses were asked for."""
    truth = run.truth["livedump_test_root"]
    wanted = []
    for item in Graph(run).items():
        if item.depth <= 2:
            one = item.get(truth)
            wanted.append((item.name, one.address_, drgn.sizeof(one)))
    check(len(wanted) > 300, "only", len(wanted))
    check_addresses(run.core("graph-2"), wanted)


@test("the page tables of a task, its stack, and per-CPU objects are in the file")
def others(run):
    """By the addresses that led to them."""
    task = run.truth["init_task"]
    check_addresses(run.core("basic"), [("init_task", task.address_, drgn.sizeof(task))])
    for name, pid in run.pids().items():
        core = run.core(f"stack-{name}")
        task = run.open(f"stack-{name}").thread(pid).object
        check_addresses(core, [("task", task.value_(), drgn.sizeof(task[0])),
                               ("stack", task.stack.value_(), 4 * vmcore.PAGE)])
    check_addresses(run.core("percpu"), [
        (name, address, 32) for name, address in run.addresses.items()
        if name.startswith("percpu.") and name[-1].isdigit()])


if __name__ == "__main__":
    harness.start(sys.argv)
