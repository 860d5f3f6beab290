#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Time commands that write a file, and print what came of it as a table.

usage: formats.py time REPEATS FILE      commands from standard input: "WHO CODEC THREADS COMMAND..."
       formats.py report RESULTS         a table of what that printed
"""

import os
import subprocess
import sys
import time

MIB = 1 << 20


def measure(repeats, path):
    """Of each command the best wall and processor time in ns, and the size of what it wrote."""
    for line in sys.stdin:
        who, codec, threads, *command = line.split()
        walls, cpus = [], []
        for _ in range(repeats):
            if os.path.exists(path):
                os.unlink(path)
            begin = time.monotonic_ns()
            with open(path + ".said", "wb") as said, subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=said, stderr=said) as process:
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            walls.append(time.monotonic_ns() - begin)
            cpus.append(round((usage.ru_utime + usage.ru_stime) * 1e9))
        # makedumpfile without a codec says so, and writes pages as they are: no result
        with open(path + ".said", "rb") as said:
            able = b"doesn't support" not in said.read()
        if process.returncode == 0 and os.path.exists(path) and able:
            print(who, codec, threads, min(walls), min(cpus), os.stat(path).st_blocks * 512,
                  flush=True)
        elif who == "livedump":
            sys.exit(f"{' '.join(command)}: status {process.returncode}")


def report(path):
    """Rows by codec and threads."""
    found = {}
    with open(path, encoding="ascii") as file:
        for who, codec, threads, *numbers in map(str.split, file):
            found[who, codec, int(threads)] = tuple(map(int, numbers))
    most = max(threads for _, _, threads in found)
    print(f"{'':34} {'ours, ms':>9} {'CPU ms':>7} {'MiB':>6}   {'theirs, ms':>10} {'CPU ms':>7} "
          f"{'MiB':>6}   ratio")
    for codec in ("none", "zlib", "lzo", "snappy", "zstd"):
        theirs = found.get(("makedumpfile", codec, 1))
        for threads in sorted({1, most}):
            wall, cpu, size = found["livedump", codec, threads]
            row = (f"kdump {codec}, {threads} threads / makedumpfile".ljust(34) +
                   f" {wall / 1e6:9.0f} {cpu / 1e6:7.0f} {size / MIB:6.1f}   ")
            if theirs:
                row += (f"{theirs[0] / 1e6:10.0f} {theirs[1] / 1e6:7.0f} {theirs[2] / MIB:6.1f}   "
                        f"{theirs[0] / wall:.2f}")
            print(row)
        one, all_cpus = (found["livedump", codec, threads][0] for threads in (1, most))
        print(f"   {most} threads / one: {one / all_cpus:.2f} times as fast")


if __name__ == "__main__":
    if sys.argv[1] == "time":
        measure(int(sys.argv[2]), sys.argv[3])
    else:
        report(sys.argv[2])
