# SPDX-License-Identifier: GPL-2.0
"""livedump convert: recordings as kdump files and back, full dumps reduced to recordings.

run.sh has made, in converted/: NAME.kdump of each recording, NAME.elf of that, NAME.reduced of
after.core with the pages of NAME, full.kdump of after.core.
"""

import os
import sys

import drgn
from drgn.helpers.linux.pid import find_task

import harness
import test_pages
import vmcore
from harness import check, equal, fails, test


def converted(run, name, kind):
    """Path of a converted file."""
    return run.path(os.path.join("converted", f"{name}.{kind}"))


def program(run, path):
    """A drgn program of it."""
    return run.program(path, module=False)


def same(core, other):
    """The same notes, addresses and bytes."""
    equal(other.notes(), core.notes(), "notes")
    ours, theirs = set(core.virtual_pages()), set(other.virtual_pages())
    equal(sorted(ours - theirs), [], "addresses that are gone")
    equal(other.frames().keys(), core.frames().keys(), "frames")
    for paddr in core.frames():
        equal(other.frame(paddr), core.frame(paddr), "frame", hex(paddr))
    return theirs - ours


@test("ELF -> kdump -> ELF: each recording is the same")
def there_and_back(run):
    """PT_LOADs too, from the page tables in the file; most files to the last byte."""
    exact, added, walk = 0, 0, run.after.translator()
    for name in run.recordings():
        core, other = run.core(name), vmcore.Core(converted(run, name, "elf"))
        try:
            more = same(core, other)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
        # a page that was reached by one address may be mapped at another as well: that must be true
        for vaddr, paddr in more:
            equal(walk.translate(vaddr), paddr, name, hex(vaddr))
        check(bool(more) != (other.data[:] == core.data[:]), name, "other bytes")
        exact += not more
        added += len(more)
    harness.note(exact, "of", len(run.recordings()), "are the same to the last byte; others have",
                 added, "more addresses")
    check(exact, "none is")
    fails(same, run.core("basic"), vmcore.Core(converted(run, "graph-2", "elf")))


@test("drgn reads the same from a recording as kdump file")
def kdump(run):
    """Where page tables lead: objects of the image, of the direct map, of a module, of vmalloc."""
    elf, other = run.open("basic"), program(run, converted(run, "basic", "kdump"))
    equal(other["init_task"].comm.string_(), b"swapper/0", "init_task.comm")
    equal(other["jiffies"].value_(), elf["jiffies"].value_(), "jiffies")
    core, other = run.core("graph-2"), program(run, converted(run, "graph-2", "kdump"))
    pages = sorted(vaddr for vaddr, _ in core.virtual_pages())
    found = 0
    for vaddr in pages:
        try:
            got = other.read(vaddr, vmcore.PAGE)
        except drgn.FaultError:
            # of the direct map, whose page tables need not be there
            check(vaddr < 0xffffc00000000000 or vaddr < vmcore.START_KERNEL_MAP, hex(vaddr))
            continue
        equal(got, core.read_virt(vaddr, vmcore.PAGE), hex(vaddr))
        found += 1
    check(found > len(pages) // 3, found, "of", len(pages), "pages")


@test("a full dump, reduced to the pages of a recording, is the recording where nothing moved")
def reduced(run):
    """Addresses, too; the pages that are the same before and after have the recording's bytes."""
    steady = test_pages.constant_frames(run)
    for name in ("graph-2", "walk", "constant"):
        core, other = run.core(name), vmcore.Core(converted(run, name, "reduced"))
        equal(set(other.virtual_pages()), set(core.virtual_pages()), name, "addresses")
        still = back = 0
        for paddr, page in test_pages.pages(run, core):
            equal(other.frame(paddr), page.after, name, "frame", hex(paddr))
            if page.before != page.after:
                continue
            still += 1
            back += page.ours != page.after
            check(page.ours == page.after or paddr not in steady, name, "frame", hex(paddr))
        check(still > len(core.frames()) // 2, name, "has only", still, "pages that stood still")
        check(back <= still * test_pages.MAX_PAGES, name, back, "of", still, "pages are other ones")
        equal(other.notes(), run.after.notes(), name, "notes")


@test("a full dump as kdump file: drgn reads the same from both")
def full(run):
    """Tasks, and what is only in page tables."""
    prog = program(run, converted(run, "full", "kdump"))
    for name, pid in run.pids().items():
        task, truth = find_task(prog, pid), find_task(run.truth, pid)
        equal(task.value_(), truth.value_(), name)
        equal(task.comm.string_(), truth.comm.string_(), name)
        equal(prog.read(task.stack.value_(), 16384), run.truth.read(truth.stack.value_(), 16384),
              name, "stack")


if __name__ == "__main__":
    harness.start(sys.argv)
