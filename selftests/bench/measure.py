#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""In a guest: measure everything once, best of several; lines "NAME VALUE", times in ns.

usage: measure.py TOOL BENCH_RECORD SLEEPERS

Both modules are loaded.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
IN_READERS = os.path.join(HERE, "..", "vm", "guest", "in-readers")
YARDSTICK = "/sys/kernel/debug/livedump_bench"
REPEATS = 7
TASKS = 1000


def say(name, value):
    """A result."""
    print(name, value, flush=True)


class Run:
    """A command that has ended: its output, time and processor time."""

    def __init__(self, *command):
        # what it warns of, such as a list that changed meanwhile, is no result
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            begin = time.monotonic_ns()
            with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                  stderr=errors) as process:
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            self.wall = time.monotonic_ns() - begin
            self.cpu = round((usage.ru_utime + usage.ru_stime) * 1e9)
            for file in output, errors:
                file.seek(0)
            self.text = output.read().decode()
            if process.returncode:
                sys.exit(f"{command[:4]}: status {process.returncode}\n{self.text}"
                         f"{errors.read().decode()}")

    def json(self):
        """What it printed."""
        return json.loads(self.text)


def best(runs, key):
    """The least of several."""
    return min(key(run) for run in runs)


def yardstick(word):
    """What livedump_bench has of a kind: pairs of an address and a number, as text."""
    with open(YARDSTICK, encoding="ascii") as file:
        return re.findall(rf"{word} (\w+) (\d+)", file.read())


def measure_drain(tool, scratch):
    """A session of 64 MiB to a file, and cp of that file."""
    blocks = [":".join(found) for found in yardstick("block")]
    first, second = os.path.join(scratch, "first"), os.path.join(scratch, "second")
    stops, copies = [], []
    for _ in range(REPEATS):
        Run(tool, "start", "-q")
        Run(tool, "snapshot", "-q", *blocks)
        stops.append(Run(tool, "stop", "-o", first, "--json"))
        copies.append(Run("cp", first, second))
        os.unlink(first)
        os.unlink(second)
    say("drain_bytes", stops[0].json()["bytes"])
    say("drain_write", best(stops, lambda run: run.json()["write_ns"]))
    say("drain_command", best(stops, lambda run: run.wall))
    say("cp", best(copies, lambda run: run.wall))


def measure_snapshot(tool):
    """Walks, in the kernel: from one process, and from all there are now."""
    for name, target in (("snapshot", "pid:1"),
                         ("all", "list(init_task.tasks, struct task_struct, tasks)")):
        runs = []
        for _ in range(REPEATS):
            Run(tool, "start", "-q")
            runs.append(Run(tool, "snapshot", "--depth", "2", "--json", target).json())
            Run(tool, "stop", "-q", "--discard")
        say(name, best(runs, lambda run: run["time_ns"]))
        say(f"{name}_objects", runs[0]["objects"]["count"])
        say(f"{name}_object_bytes", runs[0]["objects"]["bytes"])


def clock_khz():
    """Of the processor, as the kernel has it."""
    with open("/proc/cpuinfo", encoding="ascii") as file:
        return round(float(re.search(r"cpu MHz\s*: ([\d.]+)", file.read())[1]) * 1000)


def measure_lists(tool):
    """Lists of 10 to 1,000,000 objects: the time in the kernel."""
    say("clock_khz", clock_khz())
    for address, length in yardstick("list"):
        target = f"list(*(struct list_head *){address}, struct klist_node, n_node)"
        runs = []
        for _ in range(3 if int(length) > 100000 else REPEATS):
            Run(tool, "start", "-q")
            runs.append(Run(tool, "snapshot", "--depth", "0", "--max-objects", "2000000", "--json",
                            target).json())
            Run(tool, "stop", "-q", "--discard")
        say(f"list_{length}", best(runs, lambda run: run["time_ns"]))
        say(f"list_{length}_objects", runs[0]["objects"]["count"])


def measure_capture(tool, scratch):
    """The same from start to closed file; for a symbol /proc/kallsyms has to be read."""
    file = os.path.join(scratch, "file")
    for name, targets in (("capture", ["pid:1"]), ("capture_symbol", ["init_task"]),
                          ("capture_jiffies", ["jiffies"])):
        runs = [Run(tool, "capture", "-f", "-o", file, "--depth", "2", "--json", *targets)
                for _ in range(REPEATS)]
        say(f"{name}_cpu", best(runs, lambda run: run.cpu))
        say(f"{name}_wall", best(runs, lambda run: run.wall))
    runs = [Run(tool, "--version") for _ in range(REPEATS)]
    say("version_cpu", best(runs, lambda run: run.cpu))


def measure_crash(tool, scratch):
    """All that crash needs, from start to closed file, and how large that is."""
    file = os.path.join(scratch, "file")
    for name, options in (("crash", []), ("crash_zstd", ["-z"])):
        runs = [Run(tool, "capture", "-q", "-f", "-o", file, *options, "--profile", "crash")
                for _ in range(3)]
        status = os.stat(file)
        say(f"{name}_wall", best(runs, lambda run: run.wall))
        say(f"{name}_size", status.st_size)
        say(f"{name}_disk", status.st_blocks * 512)


def measure_tasks(tool, scratch, pids):
    """Many tasks with their stacks."""
    file = os.path.join(scratch, "file")
    targets = [f"pid:{pid}" for pid in pids]
    runs = [Run(tool, "capture", "-f", "-o", file, "--depth", "0", "--json", *targets)
            for _ in range(3)]
    say("tasks_kernel", best(runs, lambda run: run.json()["busy_ns"]))
    say("tasks_pages", runs[0].json()["pages"]["count"])
    say("tasks_command_cpu", best(runs, lambda run: run.cpu))
    say("tasks_command_wall", best(runs, lambda run: run.wall))


def main():
    """Measure."""
    tool, bench_record, sleepers, bench_plan, vmlinux = sys.argv[1:]
    print(Run(bench_record).text, end="")
    print(f"guest_{Run(bench_plan, vmlinux).text}", end="")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as scratch:
        measure_drain(tool, scratch)
        measure_snapshot(tool)
        measure_lists(tool)
        measure_capture(tool, scratch)
        measure_crash(tool, scratch)
        drgn = (IN_READERS, "python3", os.path.join(HERE, "bench_drgn.py"),
                os.path.join(scratch, "drgn"))
        print(Run(*drgn).text, end="")
        with subprocess.Popen([sleepers, str(TASKS)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as process:
            pids = [line.strip() for line in iter(process.stdout.readline, "\n")]
            measure_tasks(tool, scratch, pids)
            print(Run(*drgn, *pids).text, end="")


if __name__ == "__main__":
    main()
