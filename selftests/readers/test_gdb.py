# SPDX-License-Identifier: GPL-2.0
"""gdb on the ELF file of the profile "crash", as Documentation/vmcore.rst has it: what it prints,
compared with what drgn reads from the dump of all memory, and with the file's notes.
"""

import re
import struct
import subprocess
import sys

from drgn.helpers.linux.pid import for_each_task

import harness
import vmcore
from harness import check, equal, note, test

# In the struct elf_prstatus of x86-64: pr_reg, and of its words
REGISTERS, RIP, RSP = 112, 16, 19

TASKS = """
set $task = &init_task
set $first = 1
while $first || $task != &init_task
set $first = 0
printf "task %d %s\\n", $task->pid, $task->comm
set $task = (struct task_struct *)((char *)$task->tasks.next - (long)&((struct task_struct *)0)->tasks)
end
"""


def gdb(run, commands):
    """What it prints, of the capture."""
    offset = run.core("crash").vmcoreinfo()["KERNELOFFSET"]
    script = run.path("gdb.commands")
    with open(script, "w", encoding="utf-8") as file:
        file.write(commands)
    done = subprocess.run(
        ["gdb", "-nx", "-batch", "-iex", "set auto-load off",
         "-ex", f"symbol-file -o 0x{offset} {run.truth.main_module().debug_file_path}",
         "-ex", f"core-file {run.recording('crash')}", "-x", script],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False, timeout=900)
    return done.stdout


@test("gdb reads variables")
def variables(run):
    """Constant ones, in the kernel image."""
    printed = gdb(run, 'printf "%s|%s\\n", init_uts_ns.name.release, linux_banner\n')
    banner = run.truth["linux_banner"].string_().decode()
    release = run.truth["init_uts_ns"].name.release.string_().decode()
    check(f"{release}|{banner}" in printed, printed)


@test("gdb walks the list of tasks through the direct map")
def tasks(run):
    """The threads' leaders, in order."""
    found = re.findall(r"^task (\d+) (.*)$", gdb(run, TASKS), re.MULTILINE)
    wanted = [(str(task.pid.value_()), task.comm.string_().decode())
              for task in for_each_task(run.open("crash")) if task.group_leader == task]
    wanted = [("0", "swapper/0"), *(one for one in wanted if one[0] != "0")]
    check(len(wanted) > 40, len(wanted), "tasks")
    equal(sorted(found), sorted(wanted), "tasks")
    note(len(found), "tasks")


@test("gdb has a thread for each CPU, with its registers")
def threads(run):
    """Those of the notes."""
    notes = [one for one in run.core("crash").notes() if one.name == b"CORE\0"]
    printed = gdb(run, "".join(f'thread {number}\nprintf "at %lx %lx\\n", $rip, $rsp\n'
                               for number in range(1, len(notes) + 1)))
    found = re.findall(r"^at ([0-9a-f]+) ([0-9a-f]+)$", printed, re.MULTILINE)
    wanted = [tuple(f"{struct.unpack_from('<Q', one.desc, REGISTERS + 8 * word)[0]:x}"
                    for word in (RIP, RSP)) for one in notes]
    check(len(wanted) > 1, len(wanted), "CPUs")
    equal(found, wanted, "registers")


@test("gdb says of what is not in the file that it cannot read it")
def missing(run):
    """A page of the direct map that was not recorded."""
    core = run.core("crash")
    frames = set(core.frames())
    beside = next(paddr for paddr in sorted(frames) if paddr + vmcore.PAGE not in frames)
    direct = run.truth["page_offset_base"].value_()
    printed = gdb(run, f"x/1gx {direct + beside + vmcore.PAGE - 8:#x}\n"
                       f"x/1gx {direct + beside + vmcore.PAGE:#x}\n")
    word = struct.unpack_from("<Q", core.frame(beside), vmcore.PAGE - 8)[0]
    check(f"\t{word:#018x}" in printed, printed)
    check(f"Cannot access memory at address {direct + beside + vmcore.PAGE:#x}" in printed, printed)


if __name__ == "__main__":
    harness.start(sys.argv)
