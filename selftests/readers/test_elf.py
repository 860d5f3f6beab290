# SPDX-License-Identifier: GPL-2.0
"""The file itself: what readers of every kind rely on, in every recording."""

import json
import re
import sys

import harness
import vmcore
from harness import check, equal, test

ET_CORE, EM_X86_64 = 4, 62


def check_headers(core):
    """ELF header and program headers."""
    ident, kind, machine, version, _, phoff, shoff, _, ehsize, _, phnum, _, shnum, _ = core.ehdr
    equal(ident[:7], b"\x7fELF\x02\x01\x01", "e_ident")
    equal((kind, machine, version), (ET_CORE, EM_X86_64, 1), "type, machine, version")
    equal((phoff, ehsize), (64, 64), "program headers right behind the ELF header")
    equal((shoff, shnum), (0, 0), "section headers")
    check(phnum < 0xffff, "PN_XNUM in so small a file")
    equal(core.phdrs[0].type, vmcore.PT_NOTE, "first program header")
    check(core.phdrs[0].align in (0, 4), "alignment of PT_NOTE", core.phdrs[0])
    check(all(header.type == vmcore.PT_LOAD for header in core.phdrs[1:]), "other headers")
    check(len(core.loads) >= 2, len(core.loads), "PT_LOADs")


def check_loads(core):
    """Whole pages, inside the file, without overlap."""
    first = 64 + 56 * len(core.phdrs)
    for load in core.loads:
        equal(load.align, 0, "p_align of", load)
        equal(load.filesz, load.memsz, "p_memsz of", load)
        check(load.filesz and not load.filesz % vmcore.PAGE, "no whole pages:", load)
        check(not load.vaddr % vmcore.PAGE and not load.paddr % vmcore.PAGE, "unaligned:", load)
        check(load.vaddr >= 1 << 63, "not a kernel address:", load)
        check(first <= load.offset and load.offset + load.filesz <= len(core.data),
              "outside the file:", load)
    ends = sorted((load.vaddr, load.vaddr + load.memsz) for load in core.loads)
    for (_, end), (start, _) in zip(ends, ends[1:]):
        check(end <= start, "virtual addresses overlap at", hex(start))
    # Stored once: several PT_LOADs for a page lead to the same bytes
    where = {}
    for load in core.loads:
        for at in range(0, load.filesz, vmcore.PAGE):
            offset = where.setdefault(load.paddr + at, load.offset + at)
            equal(load.offset + at, offset, f"offset of page {load.paddr + at:#x}")
    equal(len(set(where.values())), len(where), "offsets of pages")


def check_order(core, info):
    """Kernel text first, the direct map last: makedumpfile takes its offsets from there."""
    pages = set(core.frames())
    direct = {load.vaddr - load.paddr for load in core.loads
              if load.vaddr < vmcore.START_KERNEL_MAP}
    text = [load for load in core.loads if load.vaddr >= vmcore.START_KERNEL_MAP]
    offset = int(info["NUMBER(phys_base)"]) - vmcore.START_KERNEL_MAP
    equal(text[0].paddr, text[0].vaddr + offset, "the first PT_LOAD of kernel text")
    below = [load for load in core.loads if load.vaddr < vmcore.START_KERNEL_MAP]
    last = below[-1].vaddr - below[-1].paddr
    check(last in direct, "no direct map")
    covered = {paddr for vaddr, paddr in core.virtual_pages() if vaddr - paddr == last}
    equal(covered, pages, "pages with a direct-map address")
    return last


def check_vmcoreinfo(core, run):
    """Verbatim: as QEMU found it, and as it lies in the guest's memory."""
    note = core.note(b"VMCOREINFO")
    equal(note.type, 0, "type of VMCOREINFO")
    equal(note.desc, run.after.note(b"VMCOREINFO").desc, "VMCOREINFO of the memory dump")
    paddr, size = (int(word, 16) for word in run.text("vmcoreinfo").split())
    whole = (len(note.name).to_bytes(4, "little") + len(note.desc).to_bytes(4, "little") +
             bytes(4) + note.name.ljust(12, b"\0") + note.desc)
    check(len(whole) <= size, "the kernel's note is smaller")
    equal(run.after.read_phys(paddr, len(whole)), whole, "the note in the guest's memory")
    check(note.desc.endswith(b"\n"), "the last line does not end")
    keys = [line.split(b"=")[0] for line in note.desc.splitlines()]
    for key in (b"OSRELEASE", b"PAGESIZE", b"SYMBOL(swapper_pg_dir)", b"KERNELOFFSET",
                b"BUILD-ID"):
        check(keys.count(key) == 1, key, "is there", keys.count(key), "times")
    check(b"CRASHTIME" not in keys, "CRASHTIME")


def check_own_note(core, info):
    """The LIVEDUMP note, by itself and as livedump info shows it."""
    own = core.note(b"LIVEDUMP")
    found = json.loads(own.desc.decode("utf-8").rstrip("\0"))
    equal(found["version"], 1, "version")
    for key in ("session", "host", "written", "complete", "requests", "objects", "ranges",
                "pages", "missing", "holes", "holes_dropped"):
        check(key in found, "no", key)
    equal(found["pages"]["count"], len(core.frames()), "pages")
    equal(info["note"], found, "livedump info")
    equal(info["problems"], [], "problems")
    equal(info["segments"], len(core.loads), "segments")
    equal(sum(hole["length"] for hole in found["holes"]),
          sum(kind["bytes"] for kind in found["missing"]), "bytes of all holes")
    return found


def each(run, function):
    """For every recording."""
    for name in run.recordings():
        try:
            function(name, run.core(name))
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error


@test("ELF header, PT_NOTE first, at least two PT_LOADs")
def headers(run):
    """In every recording."""
    each(run, lambda name, core: check_headers(core))


@test("PT_LOADs: whole pages, p_align 0, p_filesz == p_memsz, no overlap, each page stored once")
def loads(run):
    """In every recording."""
    each(run, lambda name, core: check_loads(core))


@test("PT_LOADs: kernel text first, the direct map last and complete")
def order(run):
    """In every recording: with the page_offset_base the guest has."""
    base = run.truth["page_offset_base"].value_()
    each(run, lambda name, core: equal(check_order(core, core.vmcoreinfo()), base, "direct map"))


@test("VMCOREINFO is the guest's, byte for byte")
def vmcoreinfo(run):
    """In every recording."""
    each(run, lambda name, core: check_vmcoreinfo(core, run))


@test("the notes are VMCOREINFO and livedump's two, and LIVEDUMP agrees with the file")
def own_note(run):
    """In every recording."""
    def one(name, core):
        equal(sorted(note.name for note in core.notes()), [b"LIVEDUMP\0", b"VMCOREINFO\0"] if
              not run.json(f"{name}.info")["note"]["objects"]["count"] else
              [b"LIVEDUMP\0", b"LIVEDUMP_OBJECTS\0", b"VMCOREINFO\0"], "notes")
        check_own_note(core, run.json(f"{name}.info"))
    each(run, one)


@test("readelf -hln has nothing to complain about")
def readelf(run):
    """Its warnings are in the same file as its output; it knows every header."""
    def one(name, core):
        text = run.text(f"{name}.readelf")
        for line in text.splitlines():
            check(not re.search("warning|error", line, re.IGNORECASE), line)
        equal(len(re.findall(r"^  LOAD ", text, re.MULTILINE)), len(core.loads), "PT_LOADs")
        check("VMCOREINFO" in text and "LIVEDUMP" in text, "notes")
    each(run, one)


if __name__ == "__main__":
    harness.start(sys.argv)
