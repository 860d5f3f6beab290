# SPDX-License-Identifier: GPL-2.0
"""What must not be in a kernel's log after a test.

As a program: exit status 1 if standard input has it.
"""

import re
import sys

# (pattern, what it means); case matters
BAD = [
    (r"\bBUG\b", "kernel bug"),
    (r"\bWARNING\b", "kernel warning"),
    (r"\bOops\b", "oops"),
    (r"\bKernel panic\b", "panic"),
    (r"\bCall [Tt]race\b", "backtrace"),
    (r"\bgeneral protection\b", "general protection fault"),
    (r"\bUnable to handle kernel\b", "bad kernel access"),
    (r"\bpossible circular locking\b", "lockdep"),
    (r"\bpossible recursive locking\b", "lockdep"),
    (r"\bpossible irq lock inversion\b", "lockdep"),
    (r"\binconsistent lock state\b", "lockdep"),
    (r"\btrying to register non-static key\b", "lockdep"),
    (r"\bsuspicious RCU usage\b", "RCU misuse"),
    (r"\brcu: INFO:", "RCU stall"),
    (r"\bself-detected stall\b", "RCU stall"),
    (r"\bsoft lockup\b", "soft lockup"),
    (r"\bhard LOCKUP\b", "hard lockup"),
    (r"\bhung_task\b", "hung task"),
    (r"\bblocked for more than \d+ seconds\b", "hung task"),
    (r"\bINFO: trying to\b", "lockdep"),
    (r"\bunreferenced object\b", "memory leak"),
    (r"\bnew suspected memory leaks\b", "memory leak"),
    (r"\bODEBUG\b", "use of a dead or live object"),
    # these have given up, and what comes later they do not see
    (r"\bturning off the locking correctness validator\b", "lockdep gave up"),
    (r"\bKernel memory leak detector disabled\b", "kmemleak gave up"),
    (r"\bODEBUG: Out of memory\b", "debugobjects gave up"),
    (r"\bKASAN\b", "KASAN"),
    (r"\bUBSAN\b", "UBSAN"),
    (r"\bKCSAN\b", "KCSAN"),
]

# (pattern, why a line that matches it is harmless)
ALLOWED = [
    (r"^traps: \S+\[\d+\] general protection fault ip:", "a program's, not the kernel's"),
]

_TIME = re.compile(r"^\[ *\d+\.\d+\]\s?")
_RACE = re.compile(r"^BUG: KCSAN: ")
_RULE = re.compile(r"^={60,}$")
_OOM_BEGIN = re.compile(r" invoked oom-killer: ")
# vmalloc() allocates these by flags of its own, whatever its caller has asked for: page tables, and
# on older kernels KASAN's shadow
_OWN_FLAGS = re.compile(r"^ (__pte_alloc_kernel|__p(md|ud|4d)_alloc|kasan_populate_vmalloc\w*)\+0x")
_OOM_END = re.compile(r"\b[Oo]ut of memory: Killed process ")
_FRAME = re.compile(r"^ \S+\+0x[0-9a-f]+/0x[0-9a-f]+")
_MODULE_FRAME = re.compile(r"^ \S+\+0x[0-9a-f]+/0x[0-9a-f]+ \[\w+\]$")


def _is_livedumps_oom(report):
    """Whether livedump's own flags are those by which the OOM killer was woken."""
    for line in report:
        if _OWN_FLAGS.match(line):
            return False
        if "[livedump]" in line:
            return True
    return False


def _without_oom_reports(lines):
    """Drop reports of the OOM killer, which tests provoke; one that livedump caused stays."""
    kept = []
    report = []
    for line in lines:
        if report or _OOM_BEGIN.search(line):
            report.append(line)
        else:
            kept.append(line)
        if report and _OOM_END.search(line):
            if _is_livedumps_oom(report):
                kept += report
            report = []
    return kept + report


# An access that a module has the kernel do for it is this close: memcpy(), list_add(), a lookup
_NEAR = 3


def _is_a_modules_race(report):
    """Whether one of the two stacks has a module near its top, and not only far below."""
    depth = 0
    for line in report:
        depth = depth + 1 if _FRAME.match(line) else 0
        if depth <= _NEAR and _MODULE_FRAME.match(line):
            return True
    return False


def _without_foreign_races(lines):
    """Drop reports of KCSAN about the kernel proper."""
    kept = []
    report = None
    for line in lines:
        if report is not None:
            report.append(line)
            if _RULE.match(line):
                if _is_a_modules_race(report):
                    kept += report
                report = None
        elif _RACE.match(line):
            report = [line]
        else:
            kept.append(line)
    return kept + (report or [])


def problems(text):
    """Bad lines in a log, as (reason, line), each line once."""
    found = {}
    lines = [_TIME.sub("", line.rstrip()) for line in text.splitlines()]
    for line in _without_foreign_races(_without_oom_reports(lines)):
        plain = line.strip()
        if plain in found or any(re.search(pattern, plain) for pattern, _ in ALLOWED):
            continue
        for pattern, reason in BAD:
            if re.search(pattern, plain):
                found[plain] = reason
                break
    return [(reason, line) for line, reason in found.items()]


if __name__ == "__main__":
    sys.exit(bool(problems(sys.stdin.read())))
