#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Check what the tool printed and wrote.

usage: truth.py QUESTIONS ANSWERS

Two pipes. A question is words, each ended by a NUL: a directory to be in, a file that the tool's
output is in, how many expressions follow, and these. Every expression must be true; the answer is
a line "true", or comments that show what is not, then "false". In an expression "j" is the
JSON in the output, core(FILE) a vmcore, kdump(FILE) one that is kdump-compressed.
"""

import json
import os
import re
import struct
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.append(os.path.join(sys.path[0], "..", "readers"))
import kdump    # pylint: disable=wrong-import-position
import vmcore    # pylint: disable=wrong-import-position

PAGE = 4096
PT_LOAD = 1
PT_NOTE = 4
PN_XNUM = 0xffff
USER_END = 1 << 63


class Core:
    """An ELF vmcore, read without the tool's own code."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.data = file.read()
        ident = self.data[:16]
        if ident[:6] != b"\x7fELF\x02\x01":
            raise ValueError("not a 64-bit little-endian ELF file")
        self.type, self.machine = struct.unpack_from("<HH", self.data, 16)
        self.phoff, shoff = struct.unpack_from("<QQ", self.data, 32)
        entry, number = struct.unpack_from("<HH", self.data, 54)
        if number == PN_XNUM:
            number = struct.unpack_from("<I", self.data, shoff + 44)[0]
        self.phdrs = [dict(zip(("type", "flags", "offset", "vaddr", "paddr", "filesz", "memsz",
                                "align"),
                               struct.unpack_from("<IIQQQQQQ", self.data,
                                                  self.phoff + i * entry)))
                      for i in range(number)]
        self.loads = [phdr for phdr in self.phdrs if phdr["type"] == PT_LOAD]

    def notes(self):
        """Descriptors by name."""
        found = {}
        for phdr in self.phdrs:
            at, end = phdr["offset"], phdr["offset"] + phdr["filesz"]
            while phdr["type"] == PT_NOTE and at < end:
                name_size, desc_size, _ = struct.unpack_from("<III", self.data, at)
                name = self.data[at + 12:at + 12 + name_size].rstrip(b"\0").decode()
                at += 12 + (name_size + 3 & ~3)
                found[name] = self.data[at:at + desc_size]
                at += desc_size + 3 & ~3
        return found

    def mappings(self):
        """(virtual, physical) address of every page of every segment."""
        return {(phdr["vaddr"] + at, phdr["paddr"] + at) for phdr in self.loads
                for at in range(0, phdr["filesz"], PAGE)}

    def note(self):
        """Our own note."""
        return json.loads(self.notes()["LIVEDUMP"])

    def bytes(self):
        """Bytes of page data in the file; what several segments share counts once."""
        return PAGE * len({phdr["offset"] + at for phdr in self.loads
                           for at in range(0, phdr["filesz"], PAGE)})

    def frames(self):
        """Physical page frames that it has."""
        return {phdr["paddr"] + at for phdr in self.loads
                for at in range(0, phdr["filesz"], PAGE)}

    def has(self, address, length=1):
        """Is this memory in the file?"""
        try:
            return len(self.read(address, length)) == length
        except LookupError:
            return False

    def read(self, address, length):
        """Memory by its virtual address."""
        found = b""
        while len(found) < length:
            at = address + len(found)
            for phdr in self.loads:
                if phdr["vaddr"] <= at < phdr["vaddr"] + phdr["filesz"]:
                    break
            else:
                raise LookupError(f"{at:#x} is not in the file")
            begin = phdr["offset"] + at - phdr["vaddr"]
            count = min(length - len(found), phdr["vaddr"] + phdr["filesz"] - at)
            found += self.data[begin:begin + count]
        return found

    def u64(self, address):
        """A number."""
        return struct.unpack("<Q", self.read(address, 8))[0]

    def text(self, address, length=64):
        """A string; all of the length must be there."""
        return self.read(address, length).split(b"\0")[0].decode()

    def check(self):
        """Is it what every reader takes? Raises where it is not."""
        rules = {
            "a core file": self.type == 4,
            "program headers follow the header": self.phoff == 64,
            "notes come first": self.phdrs[0]["type"] == PT_NOTE,
            "one segment of notes": sum(p["type"] == PT_NOTE for p in self.phdrs) == 1,
            "VMCOREINFO and LIVEDUMP": {"VMCOREINFO", "LIVEDUMP"} <= set(self.notes()),
            "VMCOREINFO whole": self.notes()["VMCOREINFO"].startswith(b"OSRELEASE=")
            and self.notes()["VMCOREINFO"].endswith(b"\n"),
            "all of each segment": all(p["filesz"] == p["memsz"] for p in self.loads),
            "segments in the file": all(p["offset"] + p["filesz"] <= len(self.data)
                                        for p in self.phdrs),
            "whole pages": all(p[key] % PAGE == 0 for p in self.loads
                               for key in ("offset", "vaddr", "paddr", "filesz")),
            "no alignment": all(p["align"] == 0 for p in self.loads),
            "no address of user space": all(p["vaddr"] >= USER_END for p in self.loads),
        }
        broken = [rule for rule, holds in rules.items() if not holds]
        if broken:
            raise ValueError("not " + ", not ".join(broken))
        return True


def keys(value):
    """The keys of an object, sorted, in one string."""
    return " ".join(sorted(value))


def all_keys(value):
    """The keys of an object and of all that is in it."""
    inner = value.values() if isinstance(value, dict) else value
    if not isinstance(value, (dict, list)):
        return set()
    return set(value if isinstance(value, dict) else ()).union(*map(all_keys, inner))


def words_of(*paths):
    """What documentation has between backquotes."""
    found = set()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            found.update(re.findall(r"``(\w+)``", file.read()))
    return found


def edit(path, where, offset, new):
    """Change bytes of a file: so far from the first place where it has these, or from its start."""
    with open(path, "r+b") as file:
        data = file.read()
        file.seek((data.index(where) if where else 0) + offset)
        file.write(new)
    return True


def edit_list(path, offset, new):
    """Change bytes of the list of objects, which is compressed."""
    with open(path, "r+b") as file:
        data = file.read()
        name = data.index(b"LIVEDUMP_OBJECTS\0\0\0\0")
        size, kind = struct.unpack_from("<II", data, name - 8)
        if kind != 0x4c440003:
            raise ValueError("the list is not compressed")
        plain = bytearray(zlib.decompress(data[name + 28:name + 20 + size]))
        plain[offset:offset + len(new)] = new
        packed = struct.pack("<Q", len(plain)) + zlib.compress(plain, 9)
        if len(packed) > size:
            raise ValueError("it has become longer")
        file.seek(name + 20)
        file.write(packed)
    return True


def same_memory(core, other):
    """Does the other have the same notes, addresses, and bytes there? It may have more addresses of the
    same pages, which nobody asked for: those that its page tables have."""
    more = other.mappings() - core.mappings()
    if core.notes() != other.notes():
        raise ValueError("other notes")
    walk = vmcore.Core(other.path).translator()
    if core.mappings() - other.mappings() or not all(
            paddr in core.frames() and walk.translate(vaddr) == paddr for vaddr, paddr in more):
        raise ValueError(f"only in one: {sorted(core.mappings() ^ other.mappings())[:5]}")
    return all(core.read(vaddr, PAGE) == other.read(vaddr, PAGE) for vaddr, _ in core.mappings())


def load(path):
    """JSON of a file."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def evaluate(names, expression):
    """Why an expression is not true; empty where it is."""
    try:
        good = eval(f"({expression})", names)   # pylint: disable=eval-used
        return "" if good else f"not true: {expression}"
    except Exception as error:    # pylint: disable=broad-exception-caught
        return f"not true: {expression}: {type(error).__name__}: {error}"


def answer(directory, output, expressions, say):
    """Tell what is wrong in comment lines, then whether all is well."""
    def print_value(value):
        say(f"= {value}")
        return True

    os.chdir(directory)
    with open(output, encoding="utf-8", errors="replace") as file:
        text = file.read()
    names = {"core": Core, "kdump": kdump.Kdump, "unflatten": kdump.unflatten, "keys": keys, "all_keys": all_keys, "words_of": words_of,
             "edit": edit, "edit_list": edit_list, "same_memory": same_memory, "load": load, "os": os, "print_value": print_value}
    try:
        names["j"] = json.loads(text)
    except ValueError:
        pass
    wrong = [why for why in (evaluate(names, expression) for expression in expressions) if why]
    for why in wrong:
        say("# " + why.replace("\n", " "))
    if wrong and "j" in names:
        say(f"# j = {json.dumps(names['j'])[:1500]}")
    say("false" if wrong else "true")


def main():
    """Answer until there are no more questions."""
    with open(sys.argv[1], "rb") as questions, open(sys.argv[2], "w", encoding="utf-8") as answers:
        def say(line):
            answers.write(line + "\n")
            answers.flush()

        def ask():
            word = b""
            while (byte := questions.read(1)) != b"\0":
                if not byte:
                    sys.exit()
                word += byte
            return word.decode()

        while True:
            directory, output, number = ask(), ask(), int(ask())
            answer(directory, output, [ask() for _ in range(number)], say)


if __name__ == "__main__":
    main()
