#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A table of what measure.py printed in several guests.

usage: report.py DIRECTORY FILE...

DIRECTORY gets results.json.
"""

import json
import os
import statistics
import sys

MIB = 1 << 20


def read(path):
    """The numbers of one boot."""
    with open(path, encoding="ascii") as file:
        return {name: int(value) for name, value in map(str.split, file)}


def milliseconds(name):
    """How a time is shown."""
    return lambda boot: f"{boot[name] / 1e6:.1f} ms"


def per(name, number):
    """How a time of each of many is shown."""
    return lambda boot: f"{boot[name] / boot[number] / 1e3:.1f} us"


def cycles(name):
    """How many the processor has for each object of a list."""
    return lambda boot: f"{boot[name] / boot[name + '_objects'] * boot['clock_khz'] / 1e6:.0f}"


def megabytes(name):
    """How a file's size is shown."""
    return lambda boot: f"{boot[name] / 1e6:.2f} MB"


def ratio(over, under):
    """Of two numbers; more is better for us."""
    return lambda boot: boot[over] / boot[under]


# what, ours, theirs, their ratio, what is aimed at
ITEMS = (
    ("record 64 MiB / bare nofault loop into one page",
     milliseconds("record"), milliseconds("nofault"), ratio("nofault", "record"), ">= 0.9"),
    ("   with room reserved",
     milliseconds("record_reserved"), milliseconds("nofault"),
     ratio("nofault", "record_reserved"), ">= 0.9"),
    ("record 64 MiB / bare nofault loop into 64 MiB",
     milliseconds("record"), milliseconds("nofault_buffer"),
     ratio("nofault_buffer", "record"), ""),
    ("   with room reserved",
     milliseconds("record_reserved"), milliseconds("nofault_buffer"),
     ratio("nofault_buffer", "record_reserved"), ""),
    ("store memory / payload",
     lambda boot: f"{boot['store'] / MIB:.1f} MiB", lambda boot: f"{boot['payload'] / MIB:.1f} MiB",
     ratio("store", "payload"), "<= 1.02"),
    ("drain 64 MiB to a file / cp of it: whole command",
     milliseconds("drain_command"), milliseconds("cp"), ratio("cp", "drain_command"), ">= 0.9"),
    ("   writing alone",
     milliseconds("drain_write"), milliseconds("cp"), ratio("cp", "drain_write"), ""),
    ("snapshot pid:1 --depth 2, an object / drgn's objects",
     per("snapshot", "snapshot_objects"), per("drgn_walk", "drgn_walk_objects"),
     lambda boot: (boot["drgn_walk"] / boot["drgn_walk_objects"]) /
     (boot["snapshot"] / boot["snapshot_objects"]), ">= 100"),
    ("   drgn with lists of offsets, made beforehand",
     per("snapshot", "snapshot_objects"), per("drgn_walk_bytes", "drgn_walk_bytes_objects"),
     lambda boot: (boot["drgn_walk_bytes"] / boot["drgn_walk_bytes_objects"]) /
     (boot["snapshot"] / boot["snapshot_objects"]), ""),
    ("   objects found",
     lambda boot: boot["snapshot_objects"], lambda boot: boot["drgn_walk_objects"],
     ratio("snapshot_objects", "drgn_walk_objects"), ""),
    ("snapshot of all processes --depth 2 / drgn",
     milliseconds("all"), milliseconds("drgn_all"), ratio("drgn_all", "all"), ">= 100"),
    ("   an object",
     per("all", "all_objects"), per("drgn_all", "drgn_all_objects"),
     lambda boot: (boot["drgn_all"] / boot["drgn_all_objects"]) /
     (boot["all"] / boot["all_objects"]), ""),
    ("   objects found",
     lambda boot: boot["all_objects"], lambda boot: boot["drgn_all_objects"],
     ratio("all_objects", "drgn_all_objects"), ""),
    ("an object of a list of 1,000 / of 1,000,000",
     per("list_1000", "list_1000_objects"), per("list_1000000", "list_1000000_objects"),
     lambda boot: (boot["list_1000000"] / boot["list_1000000_objects"]) /
     (boot["list_1000"] / boot["list_1000_objects"]), "< 1.3"),
    ("   of 10 / of 100,000",
     per("list_10", "list_10_objects"), per("list_100000", "list_100000_objects"),
     lambda boot: (boot["list_100000"] / boot["list_100000_objects"]) /
     (boot["list_10"] / boot["list_10_objects"]), ""),
    ("   cycles an object, of 1,000 / of 1,000,000: time x clock",
     cycles("list_1000"), cycles("list_1000000"),
     lambda boot: (boot["list_1000000"] / boot["list_1000000_objects"]) /
     (boot["list_1000"] / boot["list_1000_objects"]), ""),
    ("plan of task_struct --depth 3: here / in the guest",
     milliseconds("plan"), milliseconds("guest_plan"), ratio("guest_plan", "plan"), "< 100 ms"),
    ("capture pid:1 --depth 2, start to file: processor time",
     milliseconds("capture_cpu"), milliseconds("drgn_command_cpu"),
     ratio("drgn_command_cpu", "capture_cpu"), "< 50 ms"),
    ("   time",
     milliseconds("capture_wall"), milliseconds("drgn_command_wall"),
     ratio("drgn_command_wall", "capture_wall"), ""),
    ("   of init_task, whose address is in /proc/kallsyms",
     milliseconds("capture_symbol_cpu"), milliseconds("drgn_command_cpu"),
     ratio("drgn_command_cpu", "capture_symbol_cpu"), ""),
    ("   of jiffies, which needs no types of BTF",
     milliseconds("capture_jiffies_cpu"), milliseconds("drgn_command_cpu"),
     ratio("drgn_command_cpu", "capture_jiffies_cpu"), "< 50 ms"),
    ("   of nothing: livedump --version",
     milliseconds("version_cpu"), milliseconds("drgn_command_cpu"),
     ratio("drgn_command_cpu", "version_cpu"), ""),
    ("capture --profile crash to a file: ELF / kdump, zstd",
     milliseconds("crash_wall"), milliseconds("crash_zstd_wall"),
     ratio("crash_zstd_wall", "crash_wall"), ""),
    ("   size of the file",
     megabytes("crash_size"), megabytes("crash_zstd_size"),
     ratio("crash_zstd_size", "crash_size"), "< 8, < 1.5 MB"),
    ("   of that on the disk",
     megabytes("crash_disk"), megabytes("crash_zstd_disk"),
     ratio("crash_zstd_disk", "crash_disk"), ""),
    ("1,000 tasks and stacks, in the kernel / drgn's reads",
     milliseconds("tasks_kernel"), milliseconds("drgn_tasks"),
     ratio("drgn_tasks", "tasks_kernel"), ">= 8"),
    ("   whole command, start to file: processor time",
     milliseconds("tasks_command_cpu"), milliseconds("drgn_tasks"),
     ratio("drgn_tasks", "tasks_command_cpu"), ""),
)


def main():
    """Print the table."""
    directory, *paths = sys.argv[1:]
    boots = [read(path) for path in paths]
    medians = {name: statistics.median(boot[name] for boot in boots) for name in boots[0]}
    row = "{:<54} {:>10} {:>12}  {:>8}  {:<15} {}"
    print(f"Medians of {len(boots)} boots, each the best of several; in brackets least and most.")
    print(row.format("", "livedump", "other", "ratio", "", "aim").rstrip())
    rows = []
    for what, ours, theirs, value, aim in ITEMS:
        values = sorted(map(value, boots))
        middle = statistics.median(values)
        digits = 3 if middle < 1.5 else 1
        print(row.format(what, ours(medians), theirs(medians), f"{middle:.{digits}f}",
                         f"[{values[0]:.{digits}f}, {values[-1]:.{digits}f}]", aim).rstrip())
        rows.append({"what": what.strip(), "ratio": middle, "least": values[0],
                     "most": values[-1], "aim": aim})
    path = os.path.join(directory, "results.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"boots": boots, "medians": medians, "table": rows}, file, indent=1)
    print(f"All numbers: {os.path.relpath(path)}")


if __name__ == "__main__":
    main()
