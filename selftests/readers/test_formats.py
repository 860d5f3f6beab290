# SPDX-License-Identifier: GPL-2.0
"""One recording in every format: ELF, kdump-compressed with each compression, and flattened."""

import os
import subprocess
import sys
import tempfile

import drgn

import harness
import vmcore
from harness import check, equal, note, test
from test_log import lines

CODECS = ("none", "zlib", "lzo", "snappy", "zstd")


def path(run, name):
    """A file in the directory that guest.sh makes for this."""
    return run.path(os.path.join("formats", name))


def same_pages(run, program):
    """Every page of the ELF file is in it, with the same bytes, and none of those beside them."""
    core = run.core("log")
    beside = set()
    for paddr in core.frames():
        equal(program.read(paddr, vmcore.PAGE, physical=True), core.frame(paddr),
              f"page {paddr:#x}")
        beside |= {paddr - vmcore.PAGE, paddr + vmcore.PAGE}
    beside -= set(core.frames())
    for paddr in beside:
        try:
            program.read(paddr, 8, physical=True)
        except drgn.FaultError:
            continue
        check(False, f"page {paddr:#x} was not recorded")
    check(len(core.frames()) > 1000 and len(beside) > 5, len(core.frames()), len(beside), "pages")


def opened(file):
    """In drgn, without options."""
    program = drgn.Program()
    program.set_core_dump(file)
    return program


def command(*words, stdin=None):
    """Its output; it must succeed."""
    done = subprocess.run(words, text=True, check=False, stdin=stdin or subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    equal(done.returncode, 0, " ".join(words) + ": " + done.stdout)
    return done.stdout


def log_of(file):
    """What makedumpfile finds in it."""
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, "log")
        command("makedumpfile", "--dump-dmesg", file, out)
        with open(out, encoding="utf-8") as text:
            return lines(text.read())


def rearranged(run, name, check_it):
    """makedumpfile -R makes a file of a flattened one."""
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, "core")
        with open(path(run, name), "rb") as flat:
            command("makedumpfile", "-R", out, stdin=flat)
        check_it(out)


@test("drgn reads every page from kdump-compressed files: none, zlib, lzo, snappy, zstd")
def pages(run):
    """And says of each other page that it is not there."""
    sizes = {}
    for codec in CODECS:
        same_pages(run, opened(path(run, f"{codec}.kdump")))
        sizes[codec] = os.path.getsize(path(run, f"{codec}.kdump"))
    for codec in CODECS[1:]:
        check(sizes[codec] < sizes["none"], codec, "makes nothing smaller:", sizes)
    note("bytes:", sizes)


@test("drgn finds vmcoreinfo and the kernel's debug info from a kdump-compressed file alone")
def kernel(run):
    """By its page tables, too: there are no virtual addresses in the file."""
    program = opened(path(run, "zstd.kdump"))
    try:
        program.load_default_debug_info()
    except drgn.MissingDebugInfoError:
        pass    # that of modules
    equal(program["init_uts_ns"].name.release.string_(),
          run.truth["init_uts_ns"].name.release.string_(), "release")
    equal(program["prb"].value_(), run.truth["prb"].value_(), "prb")


@test("makedumpfile finds the log in all but snappy, which Debian's is built without")
def log(run):
    """As in the ELF file."""
    wanted = log_of(run.recording("log"))
    check(len(wanted) > 150, len(wanted), "lines")
    for codec in CODECS:
        if codec != "snappy":
            equal(log_of(path(run, f"{codec}.kdump")), wanted, codec)


@test("crash tells the release from each, and from flattened ones")
def release(run):
    """It goes by offset_vmcoreinfo, drgn by the notes."""
    wanted = run.core("log").vmcoreinfo()["OSRELEASE"]
    for name in [f"{codec}.kdump" for codec in CODECS] + ["zlib.flat", "elf.flat"]:
        equal(command("crash", "--osrelease", path(run, name)).strip(), wanted, name)


@test("flattened kdump: drgn reads it, makedumpfile -R makes a good file of it")
def flat_kdump(run):
    """Every page."""
    same_pages(run, opened(path(run, "zlib.flat")))

    def one(out):
        same_pages(run, opened(out))
        equal(log_of(out), log_of(path(run, "zlib.kdump")), "log")
    rearranged(run, "zlib.flat", one)


@test("flattened ELF: makedumpfile -R makes a good file of it")
def flat_elf(run):
    """The same program headers and pages, to the byte."""
    def one(out):
        ours, wanted = vmcore.Core(out), run.core("log")
        equal(ours.frames().keys(), wanted.frames().keys(), "pages")
        equal([(load.vaddr, load.paddr, load.filesz) for load in ours.loads],
              [(load.vaddr, load.paddr, load.filesz) for load in wanted.loads], "PT_LOADs")
        for paddr in wanted.frames():
            equal(ours.frame(paddr), wanted.frame(paddr), f"page {paddr:#x}")
    rearranged(run, "elf.flat", one)


CRASH = """sys
ps
mod
vm 1
kmem -i
bt 1
quit
"""


def crash_says(run, file):
    """What it prints, but for the name of the file."""
    debug = run.truth.main_module().debug_file_path
    with tempfile.NamedTemporaryFile("w", suffix=".crash") as script:
        script.write(CRASH)
        script.flush()
        text = command("crash", "-s", "-i", script.name, debug, file)
    return [line for line in text.splitlines() if "DUMPFILE" not in line]


@test("crash says the same of all memory, whether kdump-compressed by us or in QEMU's own file")
def crash(run):
    """full.core is after.core, as livedump's writer makes it; and in drgn, page by page."""
    ours = crash_says(run, path(run, "full.core"))
    check(len(ours) > 80 and any("kthreadd" in line for line in ours), ours[:20])
    equal(ours, crash_says(run, run.path("after.core")), "crash")
    program = opened(path(run, "full.core"))
    for paddr in range(0, 200 << 20, 1 << 20):
        if not 0xa0000 <= paddr < 0x100000:
            equal(program.read(paddr, 8192, physical=True), run.after.read_phys(paddr, 8192),
                  f"pages from {paddr:#x} on")


if __name__ == "__main__":
    harness.start(sys.argv)
