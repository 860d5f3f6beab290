#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Say which memory holds the kernel's log, by a vmcore that has the head of the printk ring.

usage: log_ranges.py VMCORE         (from: livedump capture --depth 1 -o VMCORE prb)

Prints lines of "ADDRESS SIZE", for livedump record-memory: the ring's descriptors, infos and text,
and what makedumpfile insists on seeing besides: the nodes, and the root of the memory sections.
All that has to be known of the structures is in vmcoreinfo.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import vmcore    # noqa: E402  pylint: disable=wrong-import-position


def ring(core, info):
    """What the ring points to."""
    def number(address, struct, member, size=8):
        at = address + int(info[f"OFFSET({struct}.{member})"])
        return int.from_bytes(core.read_virt(at, size), "little")

    head = int.from_bytes(core.read_virt(int(info["SYMBOL(prb)"], 16), 8), "little")
    descs = head + int(info["OFFSET(printk_ringbuffer.desc_ring)"])
    text = head + int(info["OFFSET(printk_ringbuffer.text_data_ring)"])
    nr_descs = 1 << number(descs, "prb_desc_ring", "count_bits", 4)
    yield number(descs, "prb_desc_ring", "descs"), nr_descs * int(info["SIZE(prb_desc)"])
    yield number(descs, "prb_desc_ring", "infos"), nr_descs * int(info["SIZE(printk_info)"])
    yield (number(text, "prb_data_ring", "data"),
           1 << number(text, "prb_data_ring", "size_bits", 4))


def besides(info):
    """What makedumpfile reads before it comes to the log."""
    yield int(info["SYMBOL(node_online_map)"], 16), 128
    # the address of the array, though it is a pointer
    yield int(info["SYMBOL(mem_section)"], 16), 8 * int(info["LENGTH(mem_section)"])


def main():
    """One line each."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    core = vmcore.Core(sys.argv[1])
    info = core.vmcoreinfo()
    for address, size in [*ring(core, info), *besides(info)]:
        print(f"{address:#x} {size}")


if __name__ == "__main__":
    main()
