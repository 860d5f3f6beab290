# SPDX-License-Identifier: GPL-2.0
"""The kernel's log, out of a recording of the printk ring (guest.sh says how that is made)."""

import re
import os
import subprocess
import sys
import tempfile

from drgn.helpers.linux.printk import get_dmesg

import harness
from harness import check, equal, note, test


def lines(text):
    """Messages, without what the programs do differently: indentation, who wrote it."""
    return [re.sub(r"^(\[ *\d+\.\d+\])( \[ *[TC]\d+\])?\s+", r"\1 ", line.strip())
            for line in text.splitlines() if line.strip()]


def check_log(run, text):
    """All that was in the log before the recording, nothing that was not in it after."""
    ours = lines(text)
    before, after = (lines(run.text(name)) for name in ("dmesg.before", "dmesg.after"))
    check(len(before) > 150, "only", len(before), "lines in the guest's own log")
    check(len(before) <= len(ours) <= len(after), len(before), len(ours), len(after), "lines")
    for number, (mine, true) in enumerate(zip(ours, after)):
        equal(mine, true, "line", number)
    note(len(ours), "lines")


def makedumpfile(path):
    """What --dump-dmesg writes."""
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, "log")
        done = subprocess.run(["makedumpfile", "--dump-dmesg", path, out], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        equal(done.returncode, 0, "makedumpfile: " + done.stdout)
        with open(out, encoding="utf-8", errors="replace") as log:
            return log.read()


@test("makedumpfile --dump-dmesg prints the guest's log")
def dump_dmesg(run):
    """Without any debug information."""
    check_log(run, makedumpfile(run.recording("log")))


@test("drgn's get_dmesg() prints the guest's log")
def drgn_dmesg(run):
    """The same, with types."""
    text = get_dmesg(run.open("log"))
    check_log(run, text.decode("utf-8", "replace"))
    ours, truth = (lines(get_dmesg(prog).decode("utf-8", "replace"))
                   for prog in (run.open("log"), run.truth))
    equal(ours, truth[:len(ours)], "the log in the stopped guest")


@test("without the ring's arrays, there is no log: neither reader makes one up")
def no_ring(run):
    """A recording of the ring's head alone."""
    harness.fails(makedumpfile, run.recording("ring"))
    harness.fails(get_dmesg, run.open("ring"))


if __name__ == "__main__":
    harness.start(sys.argv)
