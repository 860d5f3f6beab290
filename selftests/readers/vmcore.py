# SPDX-License-Identifier: GPL-2.0
"""ELF cores and x86-64 page tables, read with nothing but struct.

What is tested must not be read by a library that shares its assumptions: nothing here comes from
livedump or a debugger.
"""

import collections
import mmap
import struct

PAGE = 4096
PT_LOAD = 1
PT_NOTE = 4

Phdr = collections.namedtuple("Phdr", "type flags offset vaddr paddr filesz memsz align")
Note = collections.namedtuple("Note", "name type desc")

# Entries of page tables
PRESENT = 1 << 0
HUGE = 1 << 7
ADDRESS = 0x000ffffffffff000
START_KERNEL_MAP = 0xffffffff80000000


class Missing(Exception):
    """The file does not have these bytes."""


def align4(number):
    """As the parts of a note are."""
    return (number + 3) & ~3


class Core:
    """An ELF core: program headers, notes, memory by physical and by virtual address."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.ehdr = struct.unpack_from("<16sHHIQQQIHHHHHH", self.data)
        phoff, phentsize, phnum = self.ehdr[5], self.ehdr[9], self.ehdr[10]
        if phentsize != 56:
            raise ValueError(f"program headers of {phentsize} bytes")
        headers = []
        for index in range(phnum):
            kind, flags, *rest = struct.unpack_from("<IIQQQQQQ", self.data, phoff + 56 * index)
            headers.append(Phdr(kind, flags, *rest))
        self.phdrs = headers
        self.loads = [header for header in headers if header.type == PT_LOAD]
        # page address -> file offset of every page of the file; the QEMU dumps are one big range
        self._physical = self._pages("paddr")
        self._virtual = self._pages("vaddr")

    def _pages(self, key):
        if len(self.data) > 256 << 20:
            return None
        return {getattr(load, key) + at: load.offset + at
                for load in self.loads for at in range(0, load.filesz, PAGE)}

    def notes(self):
        """Every note of every PT_NOTE."""
        found = []
        for header in self.phdrs:
            if header.type != PT_NOTE:
                continue
            at, end = header.offset, header.offset + header.filesz
            while at < end:
                namesz, descsz, kind = struct.unpack_from("<III", self.data, at)
                name = self.data[at + 12:at + 12 + namesz]
                at += 12 + align4(namesz)
                if at + descsz > end:
                    raise ValueError("a note reaches out of its PT_NOTE")
                found.append(Note(name, kind, self.data[at:at + descsz]))
                at += align4(descsz)
        return found

    def note(self, name):
        """The only note of that name."""
        found = [note for note in self.notes() if note.name == name + b"\0"]
        if len(found) != 1:
            raise ValueError(f"{len(found)} notes {name}")
        return found[0]

    def vmcoreinfo(self):
        """Key to value."""
        text = self.note(b"VMCOREINFO").desc.decode()
        return dict(line.split("=", 1) for line in text.splitlines())

    def frames(self):
        """Physical address of every page of a small file -> its offset in the file."""
        return self._physical

    def virtual_pages(self):
        """(virtual, physical) address of every page of every PT_LOAD."""
        for load in self.loads:
            for at in range(0, load.filesz, PAGE):
                yield load.vaddr + at, load.paddr + at

    def frame(self, paddr):
        """A page by its physical address."""
        if self._physical is not None:
            if paddr not in self._physical:
                raise Missing(f"physical {paddr:#x}")
            at = self._physical[paddr]
            return self.data[at:at + PAGE]
        for load in self.loads:
            if load.paddr <= paddr and paddr + PAGE <= load.paddr + load.filesz:
                at = load.offset + paddr - load.paddr
                return self.data[at:at + PAGE]
        raise Missing(f"physical {paddr:#x}")

    def read_phys(self, paddr, size):
        """Bytes by physical address."""
        return gather(paddr, size, self.frame)

    def read_virt(self, vaddr, size):
        """Bytes by virtual address, through PT_LOADs alone."""
        def page(address):
            if address not in self._virtual:
                raise Missing(f"virtual {address:#x}")
            at = self._virtual[address]
            return self.data[at:at + PAGE]
        return gather(vaddr, size, page)

    def translator(self):
        """The kernel's page tables, as far as this file has them."""
        return Translator(self.frame, self.vmcoreinfo())


def gather(address, size, page):
    """Bytes out of pages that page(address) gives."""
    out = b""
    while len(out) < size:
        at = address + len(out)
        begin = at % PAGE
        out += page(at - begin)[begin:begin + size - len(out)]
    return out


def pages_of(address, size):
    """Addresses of the pages that an object touches."""
    return range(address & -PAGE, address + size, PAGE)


class Translator:
    """Walks page tables from swapper_pg_dir down, as the hardware does."""

    def __init__(self, frame, info):
        self._frame = frame
        self._cache = {}
        self.levels = 5 if int(info["NUMBER(pgtable_l5_enabled)"]) else 4
        self.pgd = (int(info["SYMBOL(swapper_pg_dir)"], 16) - START_KERNEL_MAP +
                    int(info["NUMBER(phys_base)"]))

    def _entry(self, table, index):
        if table not in self._cache:
            self._cache[table] = struct.unpack("<512Q", self._frame(table))
        return self._cache[table][index]

    def below(self, table, level):
        """Physical addresses of the tables that a table of that level points to."""
        return {entry & ADDRESS for entry in (self._entry(table, index) for index in range(512))
                if entry & PRESENT and not (level < 4 and entry & HUGE)}

    def known_path(self, vaddr):
        """Physical addresses of the tables passed, as far as they are there."""
        tables = []
        try:
            self.path(vaddr, tables)
        except Missing:
            tables.pop()
        return tables

    def path(self, vaddr, tables=None):
        """Physical addresses of the tables passed, and what is mapped there or None."""
        tables = [] if tables is None else tables
        table = self.pgd
        for level in range(self.levels, 0, -1):
            shift = 12 + 9 * (level - 1)
            tables.append(table)
            entry = self._entry(table, vaddr >> shift & 511)
            if not entry & PRESENT:
                return tables, None
            if level == 1 or (level < 4 and entry & HUGE):
                base = entry & ADDRESS & -(1 << shift)
                return tables, base + (vaddr & ((1 << shift) - 1))
            table = entry & ADDRESS
        raise AssertionError("not reached")

    def translate(self, vaddr):
        """Physical address, None where nothing is mapped. Missing where a table is."""
        return self.path(vaddr)[1]


def used_tables(core):
    """Pages of a recording that are page tables of its virtual addresses."""
    walk = core.translator()
    return {table for vaddr, _ in core.virtual_pages() for table in walk.known_path(vaddr)}


def all_tables(core):
    """Pages of a recording that are page tables, whatever they map."""
    walk = core.translator()
    level, found = {walk.pgd} & core.frames().keys(), set()
    for depth in range(walk.levels, 0, -1):
        found |= level
        if depth > 1:
            level = {table for above in level for table in walk.below(above, depth)
                     if table in core.frames()}
    return found
