# SPDX-License-Identifier: GPL-2.0
"""One QEMU process: its command line, its monitor, and its two ports into the guest."""

import json
import os
import signal
import socket
import subprocess

# Debian architecture -> QEMU binary, machine options, console
MACHINES = {
    "amd64": ("qemu-system-x86_64", ["-machine", "q35"], "ttyS0"),
}

# no_timer_check: on a busy host the kernel sees too few ticks in that check, and panics.
# tsc=reliable: or the kernel finds the counters of two CPUs apart, and reads a device's instead.
# unknown_nmi_panic, panic_print: for Guest.panic(): places of CPUs (0x40), tasks (1), locks (8)
KERNEL_ARGS = (
    "ignore_loglevel printk.devkmsg=on random.trust_cpu=on no_timer_check tsc=reliable panic=-1 "
    "oops=panic unknown_nmi_panic panic_print=0x49"
)

# Unless the caller says how much: enough for a test run, many times what hosts have
LOG_LENGTH = "log_buf_len=4M"


# A gigabyte of memory is dumped in a few seconds
MONITOR_TIMEOUT = 300
# A kernel that sees nothing but its own panic
PANIC_TIMEOUT = 60


class MonitorError(Exception):
    """QEMU refused a command, or went away."""


class Monitor:
    """QMP, one command at a time; events are ignored."""

    def __init__(self, sock):
        sock.settimeout(MONITOR_TIMEOUT)
        self._file = sock.makefile("rw", encoding="utf-8")
        self._read()
        self.command("qmp_capabilities")

    def _read(self):
        try:
            line = self._file.readline()
        except OSError as error:
            raise MonitorError(f"QEMU does not answer: {error}") from error
        if not line:
            raise MonitorError("QEMU is gone")
        return json.loads(line)

    def command(self, name, **arguments):
        """Run a command and wait for it to finish."""
        try:
            json.dump({"execute": name, "arguments": arguments}, self._file)
            self._file.write("\n")
            self._file.flush()
            while True:
                answer = self._read()
                if "error" in answer:
                    raise MonitorError(answer["error"]["desc"])
                if "return" in answer:
                    return answer["return"]
        except OSError as error:
            raise MonitorError(str(error)) from error


class Guest:
    """A machine that runs until kill() or until it ends by itself."""

    def __init__(self, config, out):
        self._sockets = {}
        self.console = os.path.join(out, "console.log")
        self._log = os.path.join(out, "qemu.log")
        binary, machine, console = MACHINES[config.arch]
        command = [
            # QEMU does not outlive this process
            "setpriv", "--pdeathsig", "KILL", binary,
            *machine, "-accel", "tcg,thread=multi", "-cpu", _cpu(config.cpu), "-smp",
            str(config.smp),
            "-m", config.mem, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-device", "vmcoreinfo",
            "-kernel", config.vmlinuz, "-initrd", config.initramfs,
            "-append", f"console={console} {KERNEL_ARGS} {_log_length(config.append)} "
                       f"{config.append}".strip(),
            "-chardev", f"file,id=console,path={_escape(self.console)}", "-serial",
            "chardev:console",
            "-mon", "chardev=monitor,mode=control",
            *self._socket("monitor"),
            "-device", "virtio-serial-pci",
        ]
        for name in ("control", "output"):
            command += [*self._socket(name),
                        "-device", f"virtserialport,chardev={name},name=livedump.{name}"]
        for tag, path, options in config.shares:
            command += ["-virtfs", f"local,path={_escape(path)},mount_tag={tag},id={tag},"
                        f"security_model=none,multidevs=remap{options}"]
        command += config.qemu
        with open(self._log, "wb") as log:
            remote = [theirs for _, theirs in self._sockets.values()]
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=[sock.fileno() for sock in remote])
        for sock in remote:
            sock.close()
        self.control = self._sockets["control"][0]
        self.output = self._sockets["output"][0]
        self.monitor = None
        # set once it says so
        self.has_booted = False

    def _socket(self, name):
        ours, theirs = socket.socketpair()
        self._sockets[name] = (ours, theirs)
        return ["-chardev", f"socket,id={name},fd={theirs.fileno()}"]

    def connect(self):
        """Talk to the monitor."""
        self.monitor = Monitor(self._sockets["monitor"][0])

    def dump_memory(self, path):
        """Write the memory of the stopped guest to an ELF core."""
        self.monitor.command("stop")
        try:
            # An ELF core of QEMU 7.2 is nothing for makedumpfile: its program headers come last
            self.monitor.command("dump-guest-memory", paging=False, protocol=f"file:{path}.part")
            os.rename(f"{path}.part", path)
        finally:
            self.monitor.command("cont")

    def panic(self):
        """Have the kernel say on the console where its tasks are, if it still can, and end."""
        try:
            self.monitor.command("inject-nmi")
        finally:
            try:
                self._process.wait(PANIC_TIMEOUT)
            except subprocess.TimeoutExpired:
                pass

    def kill(self):
        """End QEMU; what it has handed over already can still be read."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        return self._process.wait()

    def messages(self):
        """What QEMU itself had to say."""
        with open(self._log, encoding="utf-8", errors="replace") as log:
            return log.read()


def _cpu(model):
    """Without what makes a kernel copy and clear by "rep movsb", which TCG does byte by byte."""
    return model + ",erms=off" if model.split(",")[0] == "max" else model


def _log_length(arguments):
    return "" if "log_buf_len=" in arguments else LOG_LENGTH


def _escape(path):
    return path.replace(",", ",,")
