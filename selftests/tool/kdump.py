# SPDX-License-Identifier: GPL-2.0
"""kdump-compressed files, and flattened ones, read with nothing but struct and zlib."""

import os
import struct
import zlib

FLAGS = {"none": 0, "zlib": 1, "lzo": 2, "snappy": 4, "zstd": 32}
END = (1 << 64) - 1


def unflatten(flat, path):
    """Make a file of a flattened one, as makedumpfile -R does; its pieces."""
    with open(flat, "rb") as source:
        data = source.read()
    if data[:16] != b"makedumpfile".ljust(16, b"\0") or struct.unpack_from(">QQ", data, 16) != (1, 1):
        raise ValueError("not a flattened file")
    at, pieces = 4096, 0
    with open(path, "wb") as file:
        while True:
            offset, size = struct.unpack_from(">QQ", data, at)
            at += 16
            if offset == END:
                break
            file.seek(offset)
            if len(data) < at + size:
                raise ValueError("cut")
            file.write(data[at:at + size])
            at += size
            pieces += 1
    if at != len(data) or size != END:
        raise ValueError("something behind the end")
    return pieces


class Kdump:
    """A kdump-compressed file."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        if self.data[:8] != b"KDUMP   " or struct.unpack_from("<i", self.data, 8)[0] != 6:
            raise ValueError("not a kdump-compressed file")
        self.disk = os.stat(path).st_blocks * 512
        self.uts = [self.data[12 + 65 * i:77 + 65 * i].split(b"\0")[0].decode() for i in range(6)]
        (self.status, self.block, sub, blocks) = struct.unpack_from("<Iiii", self.data, 424)
        self.cpus = struct.unpack_from("<i", self.data, 460)[0]
        self.phys_base = struct.unpack_from("<q", self.data, self.block)[0]
        (info, info_size, notes, notes_size) = struct.unpack_from("<QQQQ", self.data,
                                                                  self.block + 32)
        self.info = self.data[info:info + info_size]
        self.notes = self.data[notes:notes + notes_size]
        self.max_mapnr = struct.unpack_from("<Q", self.data, self.block + 96)[0]
        size = blocks * self.block // 2
        begin = (1 + sub) * self.block
        self.bitmaps = (self.data[begin:begin + size], self.data[begin + size:begin + 2 * size])
        self.descs = begin + 2 * size

    def pfns(self):
        """Page frames that are in the file."""
        return [8 * i + bit for i, byte in enumerate(self.bitmaps[1]) if byte
                for bit in range(8) if byte >> bit & 1]

    def descriptors(self):
        """(offset, size, flags) of each."""
        return [struct.unpack_from("<QII", self.data, self.descs + 24 * i)
                for i in range(len(self.pfns()))]

    def check(self, how):
        """Is it what every reader takes, and compressed so? Pages are unpacked if it is zlib."""
        descs, zero = self.descriptors(), set()
        rules = {
            "named": self.uts[0] == "Linux" and self.uts[2:5] == list(os.uname())[2:5],
            "CPUs": self.cpus == os.cpu_count(),
            "VMCOREINFO": self.info.startswith(b"OSRELEASE=") and self.info.endswith(b"\n")
            and self.info in self.notes,
            "LIVEDUMP": b"LIVEDUMP\0" in self.notes,
            "status": self.status == FLAGS[how],
            "bitmaps": self.bitmaps[0] == self.bitmaps[1],
            "last page frame": self.max_mapnr == self.pfns()[-1] + 1,
            "phys_base": b"NUMBER(phys_base)=%d\n" % self.phys_base in self.info,
            "flags": {flags for _, _, flags in descs} <= {0, FLAGS[how]},
            "compressed at all": how == "none" or any(flags for _, _, flags in descs),
            "sizes": all(0 < size < self.block if flags else size == self.block
                         for _, size, flags in descs),
            "inside": all(offset + size <= len(self.data) for offset, size, _ in descs),
        }
        for offset, size, flags in descs:
            page = self.data[offset:offset + size]
            if flags == FLAGS["zlib"] and len(zlib.decompress(page)) != self.block:
                rules["pages"] = False
            if not flags and not any(page):
                zero.add(offset)
        rules["one page of zeros"] = len(zero) <= 1
        broken = [rule for rule, holds in rules.items() if not holds]
        if broken:
            raise ValueError("wrong: " + ", ".join(broken))
        return True
