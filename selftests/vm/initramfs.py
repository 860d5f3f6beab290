# SPDX-License-Identifier: GPL-2.0
"""The initramfs a guest starts from: busybox, a few modules, guest/init and the job."""

import lzma
import os
import shutil
import stat
import subprocess

HERE = os.path.dirname(os.path.realpath(__file__))


class Cpio:
    """A "newc" archive in memory."""

    def __init__(self):
        self._parts = []
        self._inode = 0
        self._dirs = set()

    def _entry(self, name, mode, data=b""):
        self._inode += 1
        raw = name.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        self._parts += [header, raw, bytes(-(len(header) + len(raw)) % 4),
                        data, bytes(-len(data) % 4)]

    def add(self, name, data, mode=0o644):
        """Add a file, and the directories above it."""
        parents = name.split("/")[:-1]
        for depth in range(len(parents)):
            parent = "/".join(parents[:depth + 1])
            if parent not in self._dirs:
                self._dirs.add(parent)
                self._entry(parent, stat.S_IFDIR | 0o755)
        self._entry(name, stat.S_IFREG | mode, data.encode() if isinstance(data, str) else data)

    def finish(self):
        """The whole archive."""
        self._entry("TRAILER!!!", 0)
        return b"".join(self._parts)


def wanted_modules():
    """Names in the list of modules every guest loads."""
    with open(os.path.join(HERE, "modules"), encoding="utf-8") as listing:
        return [line.split()[0] for line in listing if line.strip() and line[0] != "#"]


def _module_name(path):
    return os.path.basename(path).split(".ko")[0].replace("-", "_")


def module_files(directory):
    """Files of the wanted modules and what they depend on, in loading order."""
    dependencies = {}
    with open(os.path.join(directory, "modules.dep"), encoding="utf-8") as dep:
        for line in dep:
            path, _, needs = line.partition(":")
            dependencies[_module_name(path)] = (path, needs.split())
    with open(os.path.join(directory, "modules.builtin"), encoding="utf-8") as builtin:
        built_in = {_module_name(line.strip()) for line in builtin}
    files = []
    for name in wanted_modules():
        if name in built_in:
            continue
        if name not in dependencies:
            raise FileNotFoundError(f"{directory} has no module {name}")
        path, needs = dependencies[name]
        for file in [*reversed(needs), path]:
            if file not in files:
                files.append(file)
    return [os.path.join(directory, file) for file in files]


def _module_data(path):
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-dcq", path], check=True, stdout=subprocess.PIPE).stdout
    opener = lzma.open if path.endswith(".xz") else open
    with opener(path, "rb") as file:
        return file.read()


def _busybox():
    path = shutil.which("busybox", path="/bin:/usr/bin")
    if not path:
        raise FileNotFoundError("no busybox: selftests/setup.sh host")
    return path


def build(modules_dir, job):
    """Bytes of an initramfs; job maps names below /job to text."""
    archive = Cpio()
    with open(_busybox(), "rb") as file:
        archive.add("bin/busybox", file.read(), 0o755)
    with open(os.path.join(HERE, "guest", "init"), "rb") as file:
        archive.add("init", file.read(), 0o755)
    for number, path in enumerate(module_files(modules_dir)):
        archive.add(f"modules/{number:02d}-{_module_name(path)}.ko", _module_data(path))
    for name, text in job.items():
        archive.add(f"job/{name}", text)
    return archive.finish()
