# SPDX-License-Identifier: GPL-2.0
"""Registers and stacks of running CPUs, out of files that have nothing but "snapshot cpus"; and in
crash, which needs more of a kernel: that comes from the dump of all memory.
"""

import os
import re
import struct
import subprocess
import sys

import drgn
from drgn.helpers.linux.pid import find_task
from drgn.helpers.linux.sched import cpu_curr, idle_task, task_cpu

import harness
import vmcore
from harness import check, equal, note, test

KNOWN = ["livedump_test_spin_inner", "livedump_test_spin_outer", "kthread"]
SPIN = 0x5917000000000000
NT_PRSTATUS = 1
# Where an interrupt comes in
ENTRY = r"asm_sysvec_|asm_common_interrupt|irq_entries_start|common_interrupt"


def spinner(run):
    """CPU and pid of the thread that spins."""
    values = {name: int(value, 16) for name, value in run.table("spin")}
    return values["spin.cpu"], values["spin.pid"]


def told(run, name):
    """What the file's own note says of each CPU."""
    return {cpu["cpu"]: cpu for cpu in run.own_note(name)["cpus"]}


def names(trace):
    """Functions, the innermost first."""
    return [frame.name for frame in trace]


def spinning(trace):
    """The frames without those of an interrupt, which can come at any time."""
    entries = [i for i, name in enumerate(names(trace)) if re.match(ENTRY, name or "")]
    return list(trace)[entries[-1] + 1 if entries else 0:]


def check_registers(trace):
    """What the loop has in its registers."""
    for number in range(12, 16):
        equal(trace[0].register(f"r{number}"), SPIN + number, f"r{number}")


@test("notes: one NT_PRSTATUS for each CPU, in their order, and the mark for crash")
def notes(run):
    """As QEMU writes them: those of the dump of all memory are the model."""
    found, model = ([one for one in core.notes() if one.name == b"CORE\0"]
                    for core in (run.core("regs"), run.after))
    equal(len(found), len(model), "notes")
    for cpu, (ours, theirs) in enumerate(zip(found, model)):
        equal((ours.type, len(ours.desc)), (theirs.type, len(theirs.desc)), "type and length")
        equal(ours.type, NT_PRSTATUS, "type")
        equal(struct.unpack_from("<I", ours.desc, 32), (cpu + 1,), "pr_pid")
    run.core("regs").note(b"QEMU")


@test("the note says what ran, in which mode, and how long each CPU was kept")
def own_note(run):
    """And the stacks have the time of the registers."""
    cpu, pid = spinner(run)
    cpus = told(run, "regs")
    equal(len(cpus), len([one for one in run.core("regs").notes() if one.name == b"CORE\0"]))
    equal((cpus[cpu]["pid"], cpus[cpu]["mode"], cpus[cpu]["caller"]), (pid, "kernel", False))
    equal([one["cpu"] for one in cpus.values() if one["caller"]], [0], "who asked")
    times = [one["boottime_ns"] for one in cpus.values()]
    note("between the CPUs:", max(times) - min(times), "ns; kept each for",
         [one["copy_ns"] for one in cpus.values()], "ns")
    for one in cpus.values():
        check(0 < one["copy_ns"] < 10**9 and 0 < one["wait_ns"] < 10**9, one)


def check_spinner(run, prog):
    """A thread in a loop of a module, by its task, its CPU and its pid."""
    cpu, pid = spinner(run)
    task = cpu_curr(prog, cpu)
    equal(task.pid.value_(), pid, "current task")
    equal(task.comm.string_(), b"livedump_spin", "comm")
    equal((task.on_cpu.value_(), task_cpu(task)), (1, cpu), "on_cpu and cpu")
    equal(find_task(prog, pid).value_(), task.value_(), "by its pid")
    trace = prog.stack_trace(task)
    equal(names(prog.thread(pid).stack_trace()), names(trace), "by thread")
    ours = spinning(trace)
    equal(names(ours)[:3], KNOWN, names(trace))
    check_registers(ours)
    # It spins in the dump of all memory still: there drgn has QEMU's registers
    truth = spinning(run.truth.stack_trace(pid))
    equal(names(ours), names(truth), "functions")
    for mine, true in list(zip(ours, truth))[1:]:
        equal((mine.pc, mine.sp), (true.pc, true.sp), "frame")
    words = ours[1]["words"]
    equal([word.value_() for word in words], [SPIN + 0x100 + i for i in range(len(words))],
          "a local variable of its caller")


@test("drgn: a thread that runs in a known function: stack, registers, local variables")
def in_kernel(run):
    """ELF."""
    check_spinner(run, run.open("regs"))


@test("the same from a kdump-compressed file")
def in_kdump(run):
    """By its page tables alone."""
    check_spinner(run, run.program(run.path("regs.kdump")))


@test("drgn: who asked is shown asking")
def caller(run):
    """Down to the system call."""
    prog = run.open("regs")
    cpus = told(run, "regs")
    task = cpu_curr(prog, 0)
    equal((task.comm.string_(), task.value_()), (b"livedump", int(cpus[0]["task"], 16)))
    trace = prog.stack_trace(task)
    check(len(trace) > 1 and trace[0].pc > 1 << 63, names(trace))
    note(names(trace))


@test("drgn: a process interrupted in user mode has the registers of the process")
def in_user(run):
    """The first frame is its own code."""
    prog = run.open("regs-user")
    cpu = spinner(run)[0]
    one = told(run, "regs-user")[cpu]
    equal((one["mode"], one["pid"]), ("user", int(run.text("looper"))), "mode and pid")
    task = cpu_curr(prog, cpu)
    equal(task.pid.value_(), one["pid"], "current task")
    trace = prog.stack_trace(task)
    check(0 < trace[0].pc < 1 << 47, hex(trace[0].pc))
    # What it has come with is at the top of its kernel stack
    saved = drgn.Object(prog, "struct pt_regs",
                        address=task.stack.value_() + 4 * 4096 - 21 * 8)
    equal((saved.ip.value_(), saved.sp.value_()), (trace[0].pc, trace[0].sp), "pt_regs")


@test("drgn: a CPU with nothing to do is in its idle task")
def in_idle(run):
    """Which has no pid."""
    prog = run.open("regs-idle")
    cpu = spinner(run)[0]
    task = cpu_curr(prog, cpu)
    equal(task.value_(), idle_task(prog, cpu).value_(), "idle task")
    found = names(prog.stack_trace(task))
    for name in ("do_idle", "cpu_startup_entry"):
        check(name in found, name, "is not in", found)
    equal(told(run, "regs-idle")[cpu]["pid"], 0, "pid")


def phdr(*fields):
    """A program header."""
    return struct.pack("<IIQQQQQQ", *fields)


def merge(run, name, out):
    """A recording, and behind it all memory: crash takes the first that has an address."""
    ours, whole = run.core(name), run.after
    parts = [(ours, load) for load in ours.loads] + [(whole, load) for load in whole.loads]
    kept = b""
    for one in ours.notes():
        if not one.name.startswith(b"LIVEDUMP"):
            kept += struct.pack("<III", len(one.name), len(one.desc), one.type)
            for text in (one.name, one.desc):
                kept += text.ljust(vmcore.align4(len(text)), b"\0")
    at = 64 + 56 * (len(parts) + 1)
    header = bytearray(ours.data[:64])
    struct.pack_into("<H", header, 56, len(parts) + 1)
    header += phdr(vmcore.PT_NOTE, 0, at, 0, 0, len(kept), len(kept), 0)
    at = -(-(at + len(kept)) // vmcore.PAGE) * vmcore.PAGE
    with open(out, "wb") as file:
        for core, load in parts:
            header += phdr(vmcore.PT_LOAD, 7, at, load.vaddr or load.paddr + (0xff << 56),
                           load.paddr, load.filesz, load.filesz, 0)
            file.seek(at)
            file.write(core.data[load.offset:load.offset + load.filesz])
            at += load.filesz
        file.seek(0)
        file.write(header + kept)


def command(*words, stdin=""):
    """Its output."""
    done = subprocess.run(words, text=True, check=False, input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    equal(done.returncode, 0, " ".join(words) + ": " + done.stdout)
    return done.stdout


def crash(run, core, *commands):
    """What it prints for each command."""
    vmlinux = run.truth.main_module().debug_file_path
    script = "".join(f"!echo '#### {i}'\n{command}\n" for i, command in enumerate(commands))
    found = command("crash", "-s", vmlinux, core, stdin=script + "quit\n")
    parts = re.split(r"^#### \d+\n", found, flags=re.MULTILINE)
    equal(len(parts), len(commands) + 1, found)
    return parts[1:]


def by_pid(text):
    """"bt -a" in pieces."""
    return {int(piece.split()[0]): piece for piece in text.split("PID: ")[1:]}


def thread_part(text):
    """Of the backtrace of one that spins, without the frames of an interrupt, and their numbers."""
    start = text.rfind("[exception RIP: ")
    check(re.search(ENTRY, text[:start]) or "#" not in text[:start], text)
    return re.sub(r"#\d+ ", "# ", text[start:])


def functions(text):
    """Of one backtrace: where it was, and from where it was called."""
    return re.findall(r"exception RIP: (\w+)", text) + re.findall(r"#\d* \[\w+\] (\S+) at", text)


def register(text, name):
    """As crash prints it."""
    return re.search(rf"\b{name}: (\w+)", text).group(1)


@test("crash tells the release from either file")
def release(run):
    """It has read the notes then."""
    for name in ("regs.vmcore", "regs.kdump"):
        equal(command("crash", "--osrelease", run.path(name)).strip(),
              run.core("regs").vmcoreinfo()["OSRELEASE"], name)


@test("crash: bt -a, bt PID and ps show what ran; of the thread as in the dump of all memory")
def in_crash(run):
    """Which has QEMU's registers."""
    cpu, pid = spinner(run)
    asked = told(run, "regs")[0]["pid"]
    merged = run.path("merged.elf")
    merge(run, "regs", merged)
    try:
        backtraces, one, active = crash(run, merged, "bt -a", f"bt {pid}", "ps -A")
        # Nor does makedumpfile mind the notes
        command("makedumpfile", "--dump-dmesg", merged, run.path("log"))
        check("livedump" in run.text("log"), run.text("log"))
        os.unlink(run.path("log"))
    finally:
        os.unlink(merged)
    found = by_pid(backtraces)
    equal(sorted(found), sorted([asked, pid]), "tasks of bt -a: " + backtraces)
    ours = thread_part(found[pid])
    equal(functions(ours)[:3], KNOWN, found[pid])
    equal(one.strip(), "PID: " + found[pid].strip(), "bt PID")
    for name in ("ld_session_ioctl", "do_syscall_64"):
        check(name in functions(found[asked]), name, "is not in", found[asked])
    equal(sorted(int(line.split()[1]) for line in active.splitlines() if line.startswith(">")),
          sorted([asked, pid]), "ps -A")
    truth = thread_part(by_pid(crash(run, run.path("after.core"), "bt -a")[0])[pid])
    # Stopped before an interrupt's first instruction: all but these is still as it was
    entered = bool(re.match(ENTRY, functions(truth)[0]))
    stack = f"{spinning(run.truth.stack_trace(pid))[0].sp:016x}"
    equal(functions(ours), functions(truth)[entered:], "functions")
    equal(register(ours, "RSP"), stack, "RSP")
    for name in ("RBX", "RBP", "R12", "R13", "R14", "R15", "CS", "SS", *([] if entered else ["RSP"])):
        equal(register(ours, name), register(truth, name), name)
    equal(re.findall(r"#.*", ours), re.findall(r"#.*", truth)[entered:], "frames")
    check(f"CPU: {cpu}" in found[pid], found[pid])


if __name__ == "__main__":
    harness.start(sys.argv)
