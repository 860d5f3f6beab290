# SPDX-License-Identifier: GPL-2.0
"""crash on a capture of the profile of that name, command by command.

Three files are compared: the capture; the dump of all memory that was taken after it, and the same
with the capture's pages laid over it. Between the first and the last nothing can have changed:
whatever they disagree about is missing from the capture. What cannot change in a guest that is left
alone must be the same in the dump itself.
"""

import concurrent.futures
import functools
import os
import re
import struct
import subprocess
import sys

from drgn import FaultError
from drgn.helpers.linux.cpumask import for_each_possible_cpu
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.percpu import per_cpu_ptr
from drgn.helpers.linux.pid import find_task

import harness
import vmcore
from harness import check, equal, note, test

HERE = os.path.dirname(os.path.realpath(__file__))
DOCUMENT = os.path.join(HERE, "..", "..", "Documentation", "crash.rst")

# What people type. Those with a "=" behind them do not change in a guest that is left alone.
WORKS = """
sys
ps
foreach bt
bt -a
log
mod =
kmem -i
kmem -s
kmem -v
kmem -n =
runq
timer
irq =
dev =
net =
mount =
files 1 =
foreach files
vm 1 =
foreach vm
task
foreach task -R comm,pid,mm
struct task_struct.comm,pid,mm init_task =
struct -o list_head =
p init_uts_ns =
rd jiffies
list -H modules =
list task_struct.tasks -s task_struct.comm -h init_task
tree -t xarray irq_desc_tree =
dis schedule =
sym jiffies =
sym -m livedump =
sig 1 =
foreach sig
swap =
waitq signal_struct.wait_chldexit SIGNAL
ipcs =
"""

# Those that need memory which is not in the capture: what they say then
FAILS = {
    "ps -a": r"ps: read error: ",
    "rd -p 1000": r"rd: (read error|seek error): ",
}
# crash 8 looks at each struct page for it
FAILS_IN_8 = {"kmem -i": r"kmem: (read error|seek error): "}


@functools.cache
def is_old():
    """Whether crash is older than 9."""
    printed = subprocess.run(["crash", "--version"], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, text=True, check=True).stdout
    return int(re.search(r"^crash (\d+)\.", printed, re.MULTILINE)[1]) < 9


def fails():
    """Those that fail in this crash: what they say."""
    return FAILS | (FAILS_IN_8 if is_old() else {})


def commands():
    """Those that work: name to whether it cannot change."""
    lines = [line.strip() for line in WORKS.strip().splitlines()]
    lines = {line.removesuffix(" ="): line.endswith(" =") for line in lines}
    return {name: fixed for name, fixed in lines.items() if name not in fails()}


def overlay(ours, full, path):
    """The full dump with the pages of the capture over it, and the notes of the capture."""
    head = next(header for header in ours.phdrs if header.type == vmcore.PT_NOTE)
    notes = ours.data[head.offset:head.offset + head.filesz]
    info = ours.vmcoreinfo()
    text = int(info["SYMBOL(_stext)"], 16) & -(2 << 20)
    text_paddr = text - vmcore.START_KERNEL_MAP + int(info["NUMBER(phys_base)"])
    direct = next(load.vaddr - load.paddr for load in ours.loads
                  if load.vaddr < text and (load.vaddr - load.paddr) % (1 << 30) == 0)
    headers = [(vmcore.PT_NOTE, 0, vmcore.PAGE, 0, 0, len(notes), len(notes), 0)]
    at = vmcore.PAGE + (len(notes) + vmcore.PAGE - 1) // vmcore.PAGE * vmcore.PAGE
    placed = []
    for load in full.loads:
        placed.append((load, at))
        headers.append((vmcore.PT_LOAD, 7, at, direct + load.paddr, load.paddr, load.filesz,
                        load.filesz, 0))
        if load.paddr <= text_paddr < load.paddr + load.filesz:
            skipped = text_paddr - load.paddr
            size = min(64 << 20, load.filesz - skipped)
            headers.insert(1, (vmcore.PT_LOAD, 7, at + skipped, text, text_paddr, size, size, 0))
        at += load.filesz
    elf = list(ours.ehdr)
    elf[5], elf[6], elf[10:] = 64, 0, [len(headers), 0, 0, 0]
    with open(path, "wb") as file:
        file.write(struct.pack("<16sHHIQQQIHHHHHH", *elf))
        file.write(b"".join(struct.pack("<IIQQQQQQ", *header) for header in headers))
        file.seek(vmcore.PAGE)
        file.write(notes)
        for load, at in placed:
            file.seek(at)
            file.write(full.data[load.offset:load.offset + load.filesz])
        for paddr in ours.frames():
            load, at = next((load, at) for load, at in placed
                            if load.paddr <= paddr < load.paddr + load.filesz)
            file.seek(at + paddr - load.paddr)
            file.write(ours.frame(paddr))


class Crash:
    """What crash prints of a file: command to lines."""

    def __init__(self, run, path, vmlinux, signal, typed):
        name = os.path.basename(path)
        script = run.path(f"{name}.commands")
        with open(script, "w", encoding="utf-8") as file:
            # Else it is that of where a CPU was: types are printed in another way in assembler
            file.write("set scroll off\ngdb set language c\n")
            for command in typed:
                file.write(command.replace("SIGNAL", signal) + "\n")
            file.write("quit\n")
        done = subprocess.run(["crash", "-i", script, vmlinux, path], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=900)
        text = done.stdout.decode(errors="replace")
        with open(run.path(f"{name}.printed"), "w", encoding="utf-8") as file:
            file.write(text)
        self.output, name = {}, "start"
        for line in text.splitlines():
            if line.startswith("crash> "):
                name = line.removeprefix("crash> ").strip().replace(signal, "SIGNAL")
                self.output[name] = []
            elif not re.match(r"\s*DUMPFILE: ", line):
                self.output.setdefault(name, []).append(line.rstrip())

    def of(self, command):
        """Lines that a command printed."""
        check(command in self.output, "crash did not come to", command)
        return self.output[command]


OPENED = {}


def opened(run, name):
    """One of the files, in crash; each is opened once, two at a time."""
    if not OPENED:
        paths = {"capture": run.recording("crash"), "truth": run.path("after.core"),
                 "overlay": run.path("overlay.core"), "kdump": run.path("crash.kdump"),
                 "softirq": run.recording("softirq"), "over-softirq": run.path("softirq.core")}
        overlay(run.core("crash"), run.after, paths["overlay"])
        overlay(run.core("softirq"), run.after, paths["over-softirq"])
        vmlinux = run.truth.main_module().debug_file_path
        # of a process that waits for a child
        signal = f"{find_task(run.truth, 1).signal.value_():#x}"
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = {kind: pool.submit(Crash, run, path, vmlinux, signal,
                                      ["bt -a"] if "softirq" in kind else
                                      [*commands(), *fails()])
                    for kind, path in paths.items()}
        OPENED.update({kind: job.result() for kind, job in jobs.items()})
        os.unlink(paths["overlay"])
        os.unlink(paths["over-softirq"])
    return OPENED[name]


BROKEN_LIST = re.compile(r"kmem: (\S+): slab: \S+ invalid freepointer: ")
FEW = 16


def settled(ours, full):
    """Without the slab caches in use while the capture was made, of which crash says that a list of
    free objects is broken: where that leads differs, and so do the numbers made of it."""
    names = {match[1] for line in ours + full if (match := BROKEN_LIST.match(line))}
    check(len(names) <= FEW, "slab caches with broken lists:", *names)
    return tuple([line for line in lines if not BROKEN_LIST.match(line) and
                  line.split()[-1:] not in [[name] for name in names]] for lines in (ours, full))


def differences(got, wanted):
    """Lines that only one of them has, a few."""
    lines = [f"- {line}" for line in wanted if line not in got]
    lines += [f"+ {line}" for line in got if line not in wanted]
    return "\n".join(lines[:8])


@test("crash opens it, and says nothing that it does not say of all memory")
def start(run):
    """Up to the first prompt."""
    ours, full = (opened(run, name).of("start") for name in ("capture", "overlay"))
    check(ours == full, differences(ours, full))
    check(any("RELEASE:" in line for line in ours), ours[-5:])


@test("each command prints what it prints of all memory with the same instant in it")
def same(run):
    """Whatever differs is not in the capture."""
    wrong = []
    for command in commands():
        ours, full = (opened(run, name).of(command) for name in ("capture", "overlay"))
        check(full, command, "prints nothing")
        if command == "kmem -s":
            ours, full = settled(ours, full)
        if ours != full:
            wrong.append(f"{command}:\n{differences(ours, full)}")
    check(not wrong, "\n".join(wrong))
    note(len(commands()), "commands")


def free_objects(prog, cache, cpu):
    """As crash follows a CPU's free list: each object from its start to its pointer; how many, and
    whether one of them could not be read though its pointer could."""
    offset, at, found = cache.offset.value_(), per_cpu_ptr(cache.cpu_slab, cpu).freelist.value_(), 0
    while at and found < 1000:
        try:
            mixed = prog.read_u64(at + offset)
        except FaultError:
            return found, False
        try:
            prog.read_u64(at)
        except FaultError:
            return found, True
        found += 1
        at = mixed ^ cache.random.value_() ^ int.from_bytes((at + offset).to_bytes(8, "big"), "little")
    return found, False


@test("free objects are there from their start, which may be on another page, to their pointer")
def whole(run):
    """Of each slab cache and CPU."""
    prog, total = run.open("crash"), 0
    for cache in list_for_each_entry("struct kmem_cache", prog["slab_caches"].address_of_(), "list"):
        for cpu in for_each_possible_cpu(prog):
            found, torn = free_objects(prog, cache, cpu)
            check(not torn, cache.name.string_(), "cpu", cpu, "object", found)
            total += found
    note(total, "free objects")
    check(total > 500, total, "free objects")


@test("bt -a: a CPU in a softirq: from the stack of interrupts to that of what they came upon")
def softirq(run):
    """That takes crash some code of the kernel."""
    ours, full = (opened(run, name).of("bt -a") for name in ("softirq", "over-softirq"))
    check(ours == full, differences(ours, full))
    for name in ("livedump_test_softirq", "--- <IRQ stack> ---"):
        check(any(name in line for line in ours), name, "is not in", "\n".join(ours))


@test("what nothing changes is as in the stopped guest")
def stable(run):
    """The dump itself, another instant."""
    wrong = []
    for command in (command for command, fixed in commands().items() if fixed):
        ours, full = (opened(run, name).of(command) for name in ("capture", "truth"))
        if ours != full:
            wrong.append(f"{command}:\n{differences(ours, full)}")
    check(not wrong, "\n".join(wrong))


@test("the tasks are those of the stopped guest, but for whoever took the dump")
def tasks(run):
    """Pid, address, name, of all that are in both."""
    def table(name):
        found = {}
        for line in opened(run, name).of("ps")[1:]:
            words = line.removeprefix(">").split()
            found[(words[0], words[3])] = words[8]
        return found

    ours, truth = table("capture"), table("truth")
    both = ours.keys() & truth.keys()
    check(len(both) > 40 and len(both) > len(truth) - 8, len(both), "of", len(truth))
    for task in both:
        equal(re.sub(r"kworker.*", "kworker", ours[task]),
              re.sub(r"kworker.*", "kworker", truth[task]), task)


@test("what is missing is an error, not something made up")
def fail(run):
    """Each line that is not in the full dump's output is an error, or says what is not known."""
    for command, wanted in fails().items():
        ours, full = (opened(run, name).of(command) for name in ("capture", "overlay"))
        check(any(re.match(wanted, line) for line in ours), command, ours[:5])
        for line in ours:
            check(line in full or re.match(r"\w+: ", line) or " ? " in line, command, line)


@test("the same in a kdump file")
def kdump(run):
    """Written by livedump convert. crash has another word for what such a file lacks."""
    for command in ["start", *commands(), *fails()]:
        ours, elf = (opened(run, name).of(command) for name in ("kdump", "capture"))
        ours = [line.replace(": seek error: ", ": read error: ") for line in ours]
        check(ours == elf, command, differences(ours, elf))
    elf, ours = (os.path.getsize(run.path(f"crash.{kind}")) for kind in ("vmcore", "kdump"))
    note(f"{elf >> 10} KiB, as kdump {ours >> 10} KiB")
    check(ours < elf // 4, ours)


@test("the documentation lists the commands as they are here")
def documented(_):
    """Documentation/crash.rst."""
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    listed = re.findall(r"^\* ``([^`]+)``", text, re.MULTILINE)
    failing = re.findall(r"^\* ``([^`]+)``: ", text, re.MULTILINE)
    for command in commands():
        name = command.split(" SIGNAL")[0]
        check(name in listed and name not in failing, name, "is not listed as working")
    for command in FAILS_IN_8:
        check(f"``{command}`` of crash 8" in text, command, "of crash 8 is not listed")
    for command in FAILS:
        if not command.startswith("rd"):
            check(command in failing, command, "is not listed as failing")


if __name__ == "__main__":
    harness.start(sys.argv)
