#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What drgn takes for what livedump does: lines "NAME VALUE".

usage: bench_drgn.py FILE [PID...]

Walks from process 1 over two pointers and writes what it found to FILE, then from all processes; or
reads the task_struct and the stack of each PID. Everything through /proc/kcore.
"""

import os
import resource
import sys
import time

import drgn
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.pid import find_task

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
sys.dont_write_bytecode = True
import drgn_walk    # noqa: E402  pylint: disable=wrong-import-position

DEPTH = 2
STACK_SIZE = 16384
REPEATS = 3


def cpu_ns():
    """Of this process, from its start."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return round((usage.ru_utime + usage.ru_stime) * 1e9)


def wall_ns():
    """Since this process was started."""
    with open("/proc/self/stat", encoding="ascii") as stat:
        begin = int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return round((time.clock_gettime(time.CLOCK_BOOTTIME) - begin) * 1e9)


def best_of(function):
    """The least time of several, and the last result."""
    best = None
    for _ in range(REPEATS):
        begin = time.monotonic_ns()
        result = function()
        ns = time.monotonic_ns() - begin
        best = ns if best is None else min(best, ns)
    return best, result


def read_tasks(prog, tasks, task_size, stack_size):
    """Both, of each."""
    return sum(len(prog.read(task, task_size)) + len(prog.read(stack, stack_size))
               for task, stack in tasks)


def measure_walks(prog, path):
    """From process 1, and from all that there are."""
    first_address = (0xff << 56 if prog["pgdir_shift"].value_() == 48 else 0xffff8 << 44)
    plan = drgn_walk.Plan(prog)
    task = find_task(prog, 1)[0]
    found = drgn_walk.walk(prog, plan, [task], DEPTH, first_address)
    with open(path, "wb") as file:
        for _, data in found:
            file.write(data)
        os.fsync(file.fileno())
    print("drgn_command_cpu", cpu_ns())
    print("drgn_command_wall", wall_ns())

    for name, function in ("walk", drgn_walk.walk), ("walk_bytes", drgn_walk.walk_bytes):
        best, found = best_of(lambda f=function: f(prog, plan, [task], DEPTH, first_address))
        print(f"drgn_{name}", best)
        print(f"drgn_{name}_objects", len(found))
    print("drgn_object_bytes", sum(len(data) for _, data in found))

    tasks = [t[0] for t in list_for_each_entry("struct task_struct",
                                               prog["init_task"].tasks.address_of_(), "tasks")]
    # with the types known, as livedump's plan knows them
    best, found = best_of(lambda: drgn_walk.walk(prog, plan, tasks, DEPTH, first_address))
    print("drgn_all", best)
    print("drgn_all_objects", len(found))


def measure_reads(prog, tasks):
    """The task_struct and the stack of each: the least one can do."""
    places = [(t.value_(), t.stack.value_()) for t in tasks]
    best, size = best_of(lambda: read_tasks(prog, places, tasks[0].type_.type.size, STACK_SIZE))
    print("drgn_tasks", best)
    print("drgn_tasks_bytes", size)


def main():
    """Measure."""
    path, *pids = sys.argv[1:]
    prog = drgn.Program()
    prog.set_kernel()
    prog.load_debug_info(main=True)
    if pids:
        measure_reads(prog, [find_task(prog, int(pid)) for pid in pids])
    else:
        measure_walks(prog, path)


if __name__ == "__main__":
    main()
