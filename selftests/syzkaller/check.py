#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Is the syzkaller description still that of uapi/linux/livedump.h?

Lets the compiler compare: each constant, each member's offset and size in each structure; and looks
whether each ioctl and each structure of the header is described.
"""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
UAPI = os.path.join(os.path.dirname(os.path.dirname(HERE)), "uapi")
HEADER = os.path.join(UAPI, "linux", "livedump.h")
DESCRIPTION = os.path.join(HERE, "dev_livedump.txt")

# what the module writes into its mappings; no system call takes it
NOT_ARGUMENTS = {"livedump_page", "livedump_alias", "livedump_hole", "livedump_object",
                 "livedump_cpu"}


def read(path):
    """A file."""
    with open(path, encoding="utf-8") as file:
        return file.read()


def split(text):
    """Arguments between commas that are not inside brackets."""
    parts = [""]
    depth = 0
    for char in text:
        depth += (char == "[") - (char == "]")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


class Description:
    """Structures, unions and names of types of a description."""

    def __init__(self, text):
        self.text = re.sub(r"#.*", "", text)
        self.blocks = {}
        self.names = {"fd": "int32", "pid": "int32", "vma64": "int64"}
        for kind, name, parameters, body in re.findall(
                r"^(type )?(\w+)(?:\[([\w, ]+)\])? [\[{]\n(.*?)^[\]}]", self.text, re.M | re.S):
            self.blocks[name] = (split(parameters), body, not kind and f"\n{name} [" in self.text)
        self.names.update(re.findall(r"^type (\w+) (.*)", self.text, re.M))
        self.names.update(re.findall(r"^resource (\w+)\[(\w+)\]", self.text, re.M))

    def members(self, name, arguments):
        """(member, type) of a structure."""
        parameters, body, _ = self.blocks[name]
        result = []
        for line in body.strip().splitlines():
            member, kind = line.split(None, 1)
            kind = re.sub(r"\s*\((in|out|inout)\)$", "", kind)
            for parameter, argument in zip(parameters, arguments):
                kind = re.sub(rf"\b{parameter}\b", argument, kind) if parameter else kind
            result.append((member, kind))
        return result

    def size(self, kind):
        """C expression for the bytes of a type."""
        name, _, rest = kind.partition("[")
        arguments = split(rest[:-1]) if rest else []
        if re.fullmatch(r"int\d+", name):
            return str(int(name[3:]) // 8)
        if name in ("const", "flags", "len"):
            return self.size(arguments[1])
        if name == "ptr64":
            return "8"
        if name == "string":
            return f"({arguments[1]})"
        if name == "array":
            return f"({self.size(arguments[0])}) * ({arguments[1]})"
        if name in self.names:
            return self.size(self.names[name])
        members = self.members(name, arguments)
        if self.blocks[name][2]:
            return self.size(members[0][1])
        return " + ".join(self.size(member) for _, member in members)

    def uses(self, name):
        """Arguments that a template is used with."""
        found = []
        for match in re.finditer(rf"\b{name}\[", self.text):
            depth, end = 1, match.end()
            while depth:
                depth += (self.text[end] == "[") - (self.text[end] == "]")
                end += 1
            if not self.text.startswith("type ", match.start() - 5):
                found.append(split(self.text[match.end():end - 1]))
        return found or [[]]


def assertions(description, structs):
    """Lines of C."""
    for name in description.blocks:
        struct = name.removesuffix("_t")
        if struct not in structs or description.blocks[name][2]:
            continue
        for arguments in description.uses(name) if name.endswith("_t") else [[]]:
            offset = "0"
            for member, kind in description.members(name, arguments):
                size = description.size(kind)
                yield f"offsetof(struct {struct}, {member}) == {offset}"
                yield f"sizeof(((struct {struct} *)0)->{member}) == {size}"
                offset += f" + {size}"
            yield f"sizeof(struct {struct}) == {offset}"
    for line in read(DESCRIPTION + ".const").splitlines():
        match = re.fullmatch(r"(LIVEDUMP_\w+) = (\d+)", line)
        if match:
            yield f"{match[1]} == {match[2]}ULL"


def compiled(lines, defines):
    """Does the compiler agree? Returns what it says."""
    source = ["#include <stddef.h>", "#include <linux/livedump.h>"]
    source += [f"#define {name} ({value})" for name, value in defines]
    source += [f'_Static_assert({line}, "");' for line in lines]
    done = subprocess.run(["gcc", "-x", "c", "-fsyntax-only", "-I", UAPI, "-"], text=True,
                          input="\n".join(source), stderr=subprocess.PIPE, check=False)
    return done.stderr


def main():
    """Print what is right and what is not."""
    text, header = read(DESCRIPTION), read(HEADER)
    description = Description(text)
    structs = set(re.findall(r"^struct (\w+) \{", header, re.M))
    ioctls = set(re.findall(r"^#define (LIVEDUMP_\w+)\s+_IO\(", header, re.M))
    lines = list(assertions(description, structs))
    said = compiled(lines, re.findall(r"^define (\w+)\s+(.*)", text, re.M))
    described = {name.removesuffix("_t") for name in description.blocks}
    results = [
        (f"{len(lines)} constants, offsets and sizes", said),
        ("every ioctl", " ".join(sorted(name for name in ioctls if f"ioctl${name}(" not in text))),
        ("every structure", " ".join(sorted(structs - described - NOT_ARGUMENTS))),
    ]
    for name, wrong in results:
        print(f"{'not ok' if wrong else 'ok'} - {name}")
        for line in wrong.splitlines()[:20]:
            print(f"# {line}")
    failed = sum(bool(wrong) for _, wrong in results)
    print(f"# syzkaller: {len(results) - failed} passed, {failed} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
