# SPDX-License-Identifier: GPL-2.0
"""libkdumpfile's own tool: it tells what a file is."""

import os
import subprocess
import sys

import harness
from harness import equal, note, test

FORMATS = {".vmcore": "elf", ".kdump": "diskdump"}
FLAT = {"elf.flat": "elf", "zlib.flat": "diskdump"}


def told(path):
    """What kdumpid says."""
    return subprocess.run(["kdumpid", path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False).stdout.splitlines()


@test("kdumpid knows format, architecture and release of each file, flattened ones too")
def files(run):
    """It reads notes, headers and memory."""
    release = run.truth["init_uts_ns"].name.release.string_().decode()
    paths = [os.path.join(run.path("formats"), name) for name in os.listdir(run.path("formats"))]
    paths += [run.recording("basic"), run.path("crash/crash.vmcore"), run.path("crash/crash.kdump")]
    seen = 0
    for path in paths:
        kind = FORMATS.get(os.path.splitext(path)[1]) or FLAT.get(os.path.basename(path))
        if kind:
            equal(told(path), [f"Format: {kind}", "Arch: x86_64", f"Version: {release}"], path)
            seen += 1
    note(seen, "files")
    equal(seen, 10, "files")


if __name__ == "__main__":
    harness.start(sys.argv)
