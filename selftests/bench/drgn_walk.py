# SPDX-License-Identifier: GPL-2.0
"""What livedump does in the kernel, done by drgn: walk objects by their types.

The rules are those of tools/lib/plan.h and kmod/walk.c, so that both count the same objects:
breadth-first, each (address, type) once, unions with all their members, strings up to their NUL,
256 bytes where the type is not known, nothing where a pointer is not one of the kernel's.

walk() does it as a script does that is written for the purpose: with drgn's objects, asking each
for its members. walk_bytes() is the fastest that Python allows: it has lists of the offsets where
pointers are, made beforehand as livedump's tool makes them, and only reads memory.
"""

import struct

import drgn
from drgn import TypeKind

STRING = 256
UNKNOWN = 256
ERRORS = (1 << 64) - 4095


def bare(kind):
    """A type without its typedefs and qualifiers."""
    while kind.kind == TypeKind.TYPEDEF:
        kind = kind.type
    return kind.unqualified()


class Plan:
    """Where the pointers of each type are; made once for a type, as livedump's plan is."""

    def __init__(self, prog):
        self.prog = prog
        self.edges = {}
        self.complete = {}

    def key(self, kind):
        """What tells types apart: scalars differ by their size alone."""
        if kind.kind in (TypeKind.INT, TypeKind.BOOL, TypeKind.FLOAT, TypeKind.ENUM):
            return ("scalar", kind.size)
        return (kind.type_name(), drgn.sizeof(kind))

    def define(self, kind):
        """A struct that is only declared where it was met may be defined elsewhere."""
        if kind.is_complete():
            return kind
        name = kind.type_name()
        if name not in self.complete:
            try:
                self.complete[name] = self.prog.type(name)
            except LookupError:
                self.complete[name] = kind
        return self.complete[name]

    def target(self, kind):
        """What a pointer leads to: (key, size, type), (None, size, is a string), or None."""
        kind = bare(kind)
        if kind.kind == TypeKind.VOID:
            return (None, UNKNOWN, False)
        if kind.kind in (TypeKind.STRUCT, TypeKind.UNION, TypeKind.CLASS, TypeKind.ENUM):
            kind = self.define(kind)
            if not kind.is_complete():
                return (None, UNKNOWN, False)
        elif kind.kind == TypeKind.INT and kind.size == 1:
            return (None, STRING if kind.name == "char" else UNKNOWN, kind.name == "char")
        elif kind.kind == TypeKind.FUNCTION:
            return None
        elif kind.kind == TypeKind.ARRAY and kind.length is None:
            return None
        size = drgn.sizeof(kind)
        return (self.key(kind), size, kind) if size else None

    def flatten(self, kind, base, out):
        """Collect (offset, target)."""
        kind = bare(kind)
        if kind.kind == TypeKind.POINTER:
            target = self.target(kind.type)
            if target:
                out[(base, target[0], target[2] is True)] = (base, target)
        elif kind.kind == TypeKind.ARRAY:
            size = drgn.sizeof(kind.type) if kind.length else 0
            if size >= 8:
                for i in range(kind.length):
                    self.flatten(kind.type, base + i * size, out)
        elif kind.kind in (TypeKind.STRUCT, TypeKind.UNION, TypeKind.CLASS):
            for member in kind.members or ():
                if member.bit_field_size is None and member.bit_offset % 8 == 0:
                    self.flatten(member.type, base + member.bit_offset // 8, out)

    def of(self, key, kind):
        """The pointers of a type."""
        if key not in self.edges:
            out = {}
            self.flatten(kind, 0, out)
            size = drgn.sizeof(kind)
            self.edges[key] = [(offset, target) for offset, target in out.values()
                               if offset + 8 <= size]
        return self.edges[key]


class Queue:
    """Objects to look at, in the order they were met; those that were met are not added again."""

    def __init__(self, first_address):
        self.first_address = first_address
        self.entries = []
        self.seen = set()

    def add(self, address, target, hops):
        """Add what a pointer leads to."""
        if address < self.first_address or address >= ERRORS:
            return
        mark = (address, target[0] or target[2])
        if mark not in self.seen:
            self.seen.add(mark)
            self.entries.append((address, *target, hops))


def read_bytes(prog, address, size, is_string):
    """Of what has no type; None where they cannot be read."""
    try:
        if not is_string:
            return prog.read(address, size)
        data = prog.read(address, min(size, 4096 - address % 4096))
    except drgn.FaultError:
        return None
    end = data.find(b"\0")
    return data[:end + 1] if end >= 0 else data


def pointers(plan, obj):
    """The pointers in an object, as objects."""
    kind = bare(obj.type_)
    if kind.kind == TypeKind.POINTER:
        yield obj
    elif kind.kind == TypeKind.ARRAY:
        if kind.length and drgn.sizeof(kind.type) >= 8:
            for i in range(kind.length):
                yield from pointers(plan, obj[i])
    elif kind.kind in (TypeKind.STRUCT, TypeKind.UNION, TypeKind.CLASS):
        for member in kind.members or ():
            if member.bit_field_size is None and member.bit_offset % 8 == 0:
                yield from pointers(plan, drgn.Object(obj.prog_, member.type,
                                                      address=obj.address_ + member.offset))


def begin(plan, roots, first_address):
    """A queue of objects."""
    queue = Queue(first_address)
    for root in roots:
        kind = bare(root.type_)
        queue.add(root.address_, (plan.key(kind), drgn.sizeof(kind), kind), 0)
    return queue


def walk(prog, plan, roots, depth, first_address):
    """Walk from objects; pieces of memory, as (address, bytes)."""
    queue = begin(plan, roots, first_address)
    found = []
    for address, key, size, kind, hops in queue.entries:
        if key is None:
            data = read_bytes(prog, address, size, kind)
            if data is not None:
                found.append((address, data))
            continue
        obj = drgn.Object(prog, kind, address=address)
        try:
            found.append((address, obj.to_bytes_()))
            if hops == depth:
                continue
            for pointer in pointers(plan, obj):
                target = plan.target(bare(pointer.type_).type)
                if target:
                    queue.add(pointer.value_(), target, hops + 1)
        except drgn.FaultError:
            continue
    return found


def walk_bytes(prog, plan, roots, depth, first_address):
    """The same, as fast as can be."""
    queue = begin(plan, roots, first_address)
    found = []
    unpack = struct.Struct("<Q").unpack_from
    for address, key, size, kind, hops in queue.entries:
        data = read_bytes(prog, address, size, key is None and kind)
        if data is None:
            continue
        found.append((address, data))
        if key is None or hops == depth:
            continue
        for offset, target in plan.of(key, kind):
            queue.add(unpack(data, offset)[0], target, hops + 1)
    return found
