# SPDX-License-Identifier: GPL-2.0
"""What "snapshot ROOT --depth N" has to record, worked out anew: from the debug information's types
instead of BTF, in Python, following the pointers that the file itself has.

The rules, as tools/lib/plan.h has them:
- embedded structures, unions (all members) and arrays belong to the object around them;
- a pointer to a type of known size leads to an object of that type; char * to a string of at most
  256 bytes; pointers to bytes to 256 bytes; pointers to void and to what is only declared to the object
  of a slab that they point into, and elsewhere to 256 bytes;
- what the shipped rules say besides is not looked at: the recordings are made without them;
- functions, bit fields and flexible arrays lead nowhere;
- every address is walked once as each type; scalars of one size are one type.
"""

import collections

import drgn
from drgn import TypeKind
from drgn.helpers.linux.mm import compound_head, virt_to_page
from drgn.helpers.linux.slab import slab_object_info

STRING, BYTES, OBJECT, UNKNOWN = "string", "bytes", "object", "unknown"
LIMIT = 256
POINTER = 8

Edge = collections.namedtuple("Edge", "offset kind key size type")
Found = collections.namedtuple("Found", "address kind key size depth")


def resolve(type_):
    """A type without typedefs and qualifiers around it."""
    while type_.kind == TypeKind.TYPEDEF:
        type_ = type_.type
    return type_.unqualified()


def type_key(type_):
    """The same for the same type, whatever unit of the kernel it was compiled in."""
    if type_.kind in (TypeKind.STRUCT, TypeKind.UNION):
        # members of members may be anonymous, too: their offsets tell them apart
        members = tuple((member.name, member.bit_offset) for member in type_.members)
        return type_.kind, type_.tag, type_.size, members
    if type_.kind in (TypeKind.POINTER, TypeKind.ARRAY):
        return type_.kind, type_.type_name()
    return "scalar", drgn.sizeof(type_)


def leads_to(type_):
    """(kind, key, size, type) of what a pointer to this type leads to, or None."""
    target = resolve(type_)
    kind = target.kind
    if kind == TypeKind.FUNCTION:
        return None
    if kind == TypeKind.VOID:
        return UNKNOWN, None, LIMIT, None
    if kind == TypeKind.INT and target.size == 1:
        return (STRING if target.name == "char" else BYTES), None, LIMIT, None
    if not target.is_complete():
        # an array of unknown length has no size; a struct is only declared
        return None if kind == TypeKind.ARRAY else (UNKNOWN, None, LIMIT, None)
    size = drgn.sizeof(target)
    return (OBJECT, type_key(target), size, target) if size else None


def edges(type_, base=0):
    """Pointers in an object of a type."""
    type_ = resolve(type_)
    if type_.kind == TypeKind.POINTER:
        found = leads_to(type_.type)
        if found:
            yield Edge(base, *found)
    elif type_.kind == TypeKind.ARRAY:
        for index in range(type_.length or 0):
            size = drgn.sizeof(type_.type)
            if size < POINTER:
                return
            yield from edges(type_.type, base + index * size)
    elif type_.kind in (TypeKind.STRUCT, TypeKind.UNION) and type_.is_complete():
        for member in type_.members:
            if not member.bit_field_size and not member.bit_offset % 8:
                yield from edges(member.type, base + member.bit_offset // 8)


class Walk:
    """All objects within some hops of a root."""

    def __init__(self, prog, slabs):
        self.prog = prog
        self.slabs = slabs    # who knows of slabs: a program of all memory
        self.kernel_start = None
        self.edges = {}
        self.helpers = set()    # (address, size) of what tells readers of slabs

    def _unknown(self, address):
        """What a pointer to something unknown leads to."""
        try:
            slab = slab_object_info(self.slabs, address)
        except (drgn.FaultError, ValueError):
            slab = None
        if not slab:
            return address, LIMIT
        page = virt_to_page(self.slabs, address)
        cache = slab.slab_cache
        self.helpers |= {(page.value_(), drgn.sizeof(page[0])),
                         (compound_head(page).value_(), drgn.sizeof(page[0])),
                         (cache.value_(), drgn.sizeof(cache[0])),
                         (cache.name.value_(), len(cache.name.string_()) + 1)}
        return slab.address, cache.object_size.value_()

    def _edges(self, key, type_):
        if key not in self.edges:
            # union members often agree
            unique = {(edge.offset, edge.kind, edge.key): edge for edge in edges(type_)}
            self.edges[key] = sorted(unique.values(), key=lambda edge: edge.offset)
        return self.edges[key]

    def _string(self, address):
        """Length of a string with its NUL; whatever is readable, where that is less."""
        text = b""
        while len(text) < LIMIT:
            size = min(LIMIT - len(text), 4096 - (address + len(text)) % 4096)
            try:
                more = self.prog.read(address + len(text), size)
            except drgn.FaultError:
                return len(text) + size
            if b"\0" in more:
                return len(text) + more.index(b"\0") + 1
            text += more
        return LIMIT

    def _pointers(self, found, type_):
        for edge in self._edges(found.key, type_):
            try:
                value = self.prog.read_u64(found.address + edge.offset)
            except drgn.FaultError:
                continue
            if value and self.kernel_start <= value < (1 << 64) - 4095:
                yield edge, value

    def run(self, roots, depth):
        """Breadth first; every object, with the hops to it."""
        queue = collections.deque()
        seen = set()
        for root in roots:
            type_ = resolve(root.type_)
            queue.append((Found(root.address_, OBJECT, type_key(type_), drgn.sizeof(type_), 0),
                          type_))
            seen.add(queue[-1][0][:3])
        while queue:
            found, type_ = queue.popleft()
            if found.kind == STRING:
                found = found._replace(size=self._string(found.address))
            yield found
            if type_ is None or found.depth == depth:
                continue
            for edge, value in self._pointers(found, type_):
                new = Found(value, edge.kind, edge.key, edge.size, found.depth + 1)
                if edge.kind == UNKNOWN:
                    address, size = self._unknown(value)
                    new = new._replace(address=address, size=size, kind=BYTES)
                key = new[:3] + ((new.size,) if new.kind == BYTES else ())
                if key not in seen:
                    seen.add(key)
                    queue.append((new, edge.type))
