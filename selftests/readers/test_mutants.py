# SPDX-License-Identifier: GPL-2.0
"""The tests tested: files with something wrong in them do not pass."""

import os
import struct
import sys
import tempfile

from drgn.helpers.linux.pid import find_task

import guest
import harness
import test_elf
import test_faults
import test_graph
import test_log
import test_memory
import test_pages
import test_stack
import test_tables
import test_walk
import vmcore
from harness import check, fails, test

PHDR = 56


class Mutant(guest.Run):
    """A run whose only recording is a file of ours; everything else is the original's."""

    def __init__(self, run, name, path):
        super().__init__(run.directory, run.module)
        self.__dict__.update({key: value for key, value in run.__dict__.items()
                              if key not in ("_programs", "_cores")})
        self._name, self._path = name, path

    def recording(self, name):
        return self._path if name == self._name else super().recording(name)

    def recordings(self):
        return [self._name]


class File:
    """A recording, to be changed in memory."""

    def __init__(self, run, name):
        self.run = run
        self.core = vmcore.Core(run.recording(name))
        self.data = bytearray(self.core.data[:])

    def header(self, load):
        """Offset of a PT_LOAD's program header."""
        return 64 + PHDR * self.core.phdrs.index(load)

    def load_of(self, vaddr):
        """The PT_LOAD an address is in."""
        return next(load for load in self.core.loads
                    if load.vaddr <= vaddr < load.vaddr + load.memsz)

    def add(self, load, member, number):
        """Change a number in a PT_LOAD's program header."""
        at = self.header(load) + {"offset": 8, "vaddr": 16, "paddr": 24, "memsz": 40,
                                  "align": 48}[member]
        old, = struct.unpack_from("<Q", self.data, at)
        struct.pack_into("<Q", self.data, at, old + number & (1 << 64) - 1)

    def at(self, vaddr):
        """Offset in the file of an address, by its PT_LOAD."""
        load = self.load_of(vaddr)
        return load.offset + vaddr - load.vaddr

    def frame_at(self, paddr):
        """Offset in the file of a page frame."""
        return self.core.frames()[paddr]

    def replace(self, old, new):
        """Text of the same length, once."""
        check(len(old) == len(new) and self.data.count(old) == 1, "not once:", old)
        at = self.data.index(old)
        self.data[at:at + len(old)] = new


def noticed(run, name, mutate, *tests):
    """Each of these tests passes on the file, and fails once it is mutated."""
    file = File(run, name)
    mutate(file)
    check(file.data != file.core.data[:], "nothing was changed")
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "mutant")
        with open(path, "wb") as mutant:
            mutant.write(file.data)
        for one in tests:
            one(Mutant(run, name, run.recording(name)))
            fails(one, Mutant(run, name, path))


def root(run):
    """The test module's root, in the stopped guest."""
    return run.truth["livedump_test_root"]


def graph(depth, there):
    """A test of test_graph.py."""
    return test_graph.depth_test(depth, there)


def constant(run):
    """The heart of test_pages.py, for a recording without the kernel's text."""
    for name in run.recordings():
        test_pages.check_constant(run, run.core(name), test_pages.constant_frames(run))


def steady_1(run):
    """All other memory of that walk."""
    test_pages.check_steady(run, run.core("graph-1"))


def walk_1(run):
    """A walk of the test module's root."""
    test_walk.check_walk(run, "graph-1", "livedump_test_root", 1, 30)


@test("a flipped bit in an object")
def flipped(run):
    """In a byte that no member covers, too."""
    def inside(file):
        file.data[file.at(root(run).leaf.value_()) + 9] ^= 1

    def outside(file):
        file.data[file.at(root(run).leaf.value_()) + 4000] ^= 0x80
    noticed(run, "graph-1", inside, graph(1, 37), constant)
    noticed(run, "graph-1", outside, constant)


@test("a page of zeroes")
def zeroes(run):
    """Where there was something."""
    def of_leaf(file):
        at = file.at(root(run).leaf.value_() & -4096)
        file.data[at:at + 4096] = bytes(4096)

    def of_table(file):
        walk = file.core.translator()
        table = walk.path(root(run).vmalloced.value_())[0][-1]
        at = file.frame_at(table)
        file.data[at:at + 4096] = bytes(4096)
    noticed(run, "graph-1", of_leaf, graph(1, 37), constant)
    noticed(run, "graph-1", of_table, steady_1)
    fails(noticed, run, "graph-1", of_leaf, test_elf.headers)    # which does not look there


@test("a page too far")
def shifted(run):
    """p_vaddr or p_paddr of one PT_LOAD."""
    def vaddr(file):
        file.add(file.load_of(root(run).vmalloced.value_()), "vaddr", 4096)

    def paddr(file):
        file.add(file.load_of(root(run).vmalloced.value_()), "paddr", 4096)
    noticed(run, "graph-1", vaddr, test_tables.vaddrs_of_each, test_memory.vmalloc)
    noticed(run, "graph-1", paddr, test_tables.vaddrs_of_each)


@test("another page's bytes")
def swapped(run):
    """p_offset of a PT_LOAD."""
    def offset(file):
        file.add(file.load_of(root(run).leaf.value_()), "offset", 4096)
    noticed(run, "graph-1", offset, graph(1, 37), test_elf.loads)


@test("a PT_LOAD that is not there")
def dropped(run):
    """Turned into a PT_NULL."""
    def null(vaddr):
        def mutate(file):
            struct.pack_into("<I", file.data, file.header(file.load_of(vaddr)), 0)
        return mutate
    leaf = root(run).leaf.value_()
    noticed(run, "graph-1", null(leaf), graph(1, 37), walk_1, test_elf.headers)
    table = run.core("graph-1").translator().path(root(run).vmalloced.value_())[0][-1]
    base = run.truth["page_offset_base"].value_()
    noticed(run, "graph-1", null(base + table), test_tables.own_tables_of_each)


@test("a page nobody asked for")
def superfluous(run):
    """One more hop than was asked for; the file's own note is none the wiser."""
    deeper = Mutant(run, "graph-1", run.recording("graph-2"))
    fails(graph(1, 37), deeper)
    fails(walk_1, deeper)


@test("memory that reads as zero")
def extended(run):
    """p_memsz above p_filesz, and a PT_LOAD at NULL."""
    def memsz(file):
        # the highest: nothing lies behind it
        file.add(max(file.core.loads, key=lambda load: load.vaddr), "memsz", 4096)

    def null(file):
        file.add(file.load_of(root(run).leaf.value_()), "vaddr",
                 -file.load_of(root(run).leaf.value_()).vaddr)
    noticed(run, "graph-1", memsz, test_elf.loads, test_faults.neighbours_of_each)
    noticed(run, "graph-1", null, test_elf.loads, test_faults.nowhere)


@test("a netdump, and a vmcoreinfo that is not the kernel's")
def notes(run):
    """p_align, and one character."""
    noticed(run, "basic", lambda file: file.add(file.core.loads[0], "align", 4096),
            test_elf.loads)
    noticed(run, "basic", lambda file: file.replace(b"SIZE(list_head)=16", b"SIZE(list_head)=17"),
            test_elf.vmcoreinfo)


@test("a hole that the note does not have right")
def holes(run):
    """Its reason, its address."""
    noticed(run, "odd", lambda file: file.replace(
        b'"length":4096,"reason":"poisoned"', b'"length":4096,"reason":"poisoner"'),
        test_faults.holes)


@test("a return address")
def stack(run):
    """One of those in the stack of a sleeping process."""
    def mutate(file):
        task = find_task(run.truth, run.pids()["sleep"])
        start = task.thread.sp.value_()
        trace = run.truth.stack_trace(run.pids()["sleep"])
        pc = next(frame.pc for frame in trace if frame.name == "hrtimer_nanosleep")
        at = file.at(start)
        for offset in range(0, 4 * 4096 - start % (4 * 4096), 8):
            if struct.unpack_from("<Q", file.data, at + offset)[0] == pc:
                struct.pack_into("<Q", file.data, at + offset, pc + 1)
    noticed(run, "stack-sleep", mutate, test_stack.sleep)


@test("a letter of the kernel's log")
def log(run):
    """In the ring's text; an older copy may lie where the log was early in boot."""
    def mutate(file):
        file.data[file.data.rindex(b"Linux version ")] ^= 0x20
    noticed(run, "log", mutate, test_log.dump_dmesg, test_log.drgn_dmesg)


if __name__ == "__main__":
    harness.start(sys.argv)
