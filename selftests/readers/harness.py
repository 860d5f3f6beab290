# SPDX-License-Identifier: GPL-2.0
"""Tests of one script: registered with @test, run by main(), reported line by line.

A script prints the number of its tests first, then "ok - name" or "not ok - name" for each;
run.sh counts them.
"""

import os
import sys
import traceback

import drgn

import guest
import vmcore

TESTS = []


def test(name):
    """Register a test: a function that takes a Run, and raises where something is wrong."""
    def register(function):
        TESTS.append((name, function))
        return function
    return register


def check(condition, *words):
    """Fail unless it holds."""
    if not condition:
        raise AssertionError(" ".join(map(str, words)))


def equal(got, wanted, *words):
    """Fail unless both are the same."""
    if got != wanted:
        raise AssertionError(" ".join(map(str, words)) + f": {got!r} instead of {wanted!r}")


def fails(function, *args):
    """Fail unless function(*args) finds something wrong; what it found."""
    try:
        function(*args)
    except (AssertionError, drgn.FaultError, vmcore.Missing) as error:
        return error
    raise AssertionError(f"{function.__name__} did not notice")


def note(*words):
    """Something worth knowing, in the log."""
    print("#", *words, flush=True)


def complain(error):
    """Where and why, in a few lines."""
    where = traceback.extract_tb(error.__traceback__)
    for line in [f"{os.path.basename(entry.filename)}:{entry.lineno}: {entry.line}"
                 for entry in where[-4:]] + f"{type(error).__name__}: {error}".splitlines()[:20]:
        note("   ", line)


def main(run):
    """Run the tests of the script itself, not those of what it imports."""
    tests = [(name, function) for name, function in TESTS if function.__module__ == "__main__"]
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for name, function in tests:
        try:
            function(run)
            print(f"ok - {name}", flush=True)
        except Exception as error:    # pylint: disable=broad-exception-caught
            failed += 1
            print(f"not ok - {name}", flush=True)
            complain(error)
    sys.exit(1 if failed else 0)


def start(argv):
    """main() for the directory that run.sh names, with the module to take debug info from."""
    main(guest.Run(argv[1], argv[2]))
