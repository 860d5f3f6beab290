# SPDX-License-Identifier: GPL-2.0
"""Kernel stacks of sleeping tasks, out of a file that has nothing but "snapshot pid:N"."""

import sys

from drgn.helpers.linux.pid import find_task

import harness
from harness import check, equal, fails, note, test


def frames(trace):
    """What there is to know of each frame."""
    return [(frame.name, frame.pc, frame.sp, frame.is_inline, frame.interrupted,
             frame.registers()) for frame in trace]


def check_trace(prog, run, pid, wanted):
    """The same frames as in the stopped guest; the functions where the task is known to sleep."""
    ours, truth = (frames(one.stack_trace(pid)) for one in (prog, run.truth))
    names = [frame[0] for frame in ours]
    equal(len(ours), len(truth), "frames", names)
    for mine, true in zip(ours, truth):
        equal(mine, true, "frame")
    at = 0
    for name in wanted:
        check(name in names[at:], name, "is not in", names[at:], "of", names)
        at = names.index(name, at) + 1
    note(f"pid {pid}:", len(ours), "frames:", " ".join(map(str, names)))


def timers(prog, pid):
    """Where sleepers have their timer on the stack, its place among all others, who come and go."""
    return [frame["t"].timer.node.node for frame in prog.stack_trace(pid)
            if frame.name == "hrtimer_nanosleep"]


def check_stack(run, name, task_name, wanted):
    """A recording of one task."""
    prog = run.open(name)
    pid = run.pids()[task_name]
    check_trace(prog, run, pid, wanted)
    task = find_task(prog, pid)
    equal(task.comm.string_(), task_name.encode(), "comm")
    # From sp to the top nothing can have changed: the task has not run
    top = task.stack.value_() + 4 * 4096
    sp = task.thread.sp.value_()
    equal(sp, find_task(run.truth, pid).thread.sp.value_(), "sp")
    ours, full = (bytearray(p.read(sp, top - sp)) for p in (prog, run.truth))
    for node in timers(run.truth, pid):
        at = node.address_ - sp
        ours[at:at + node.type_.size] = full[at:at + node.type_.size]
    equal(bytes(ours), bytes(full), "the stack in use")
    # All of it is there, so that who looks below sp finds it too
    equal(len(prog.read(task.stack.value_(), 4 * 4096)), 4 * 4096, "stack")
    for where in (top, task.stack.value_() - 8):
        fails(prog.read, where, 8)


SLEEP = ["__schedule", "schedule", "do_nanosleep", "hrtimer_nanosleep",
         "__x64_sys_clock_nanosleep", "do_syscall_64", "entry_SYSCALL_64"]


@test("a process in nanosleep")
def sleep(run):
    """At the default depth."""
    check_stack(run, "stack-sleep", "sleep", SLEEP)


@test("a process in nanosleep, --depth 0")
def depth_0(run):
    """The task_struct and its stack alone."""
    check_stack(run, "stack-0", "sleep", SLEEP)


@test("a process that opens a FIFO")
def fifo(run):
    """Deep in the VFS."""
    check_stack(run, "stack-cat", "cat",
                ["schedule", "fifo_open", "do_dentry_open", "path_openat",
                 "__x64_sys_openat", "do_syscall_64", "entry_SYSCALL_64"])


@test("a kernel thread in a module")
def kthread(run):
    """Through functions whose unwind information is the module's."""
    check_stack(run, "stack-livedump_test", "livedump_test",
                ["schedule", "livedump_test_inner", "livedump_test_outer", "kthread",
                 "ret_from_fork"])


@test("the stack of a task that was not recorded faults")
def other(run):
    """Instead of an empty trace."""
    prog = run.open("stack-sleep")
    fails(prog.stack_trace, run.pids()["livedump_test"])
    fails(prog.stack_trace, 1)


if __name__ == "__main__":
    harness.start(sys.argv)
