#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sum up what gcov says of a module: coverage.py TOP FILE...

Each FILE is JSON of "gcov --json-format --branch-probabilities". Prints lines and branches reached
for each source file below TOP/kmod, and every line that was not reached.
"""

import json
import os
import sys


def load(paths, top):
    """Counts of lines and branches: {file: {line: [count, [branch counts]]}}."""
    files = {}
    for path in paths:
        with open(path, encoding="utf-8") as stream:
            report = json.load(stream)
        for file in report["files"]:
            name = file["file"]
            if "/kmod/" not in name or not os.path.exists(os.path.join(top, of(name))):
                continue
            lines = files.setdefault(of(name), {})
            for line in file["lines"]:
                counts = [branch["count"] for branch in line["branches"]]
                entry = lines.setdefault(line["line_number"], [0, []])
                entry[0] += line["count"]
                # the same inline function in several units, or a line in several functions
                if len(entry[1]) == len(counts):
                    entry[1] = [a + b for a, b in zip(entry[1], counts)]
                elif not entry[1]:
                    entry[1] = counts
    return files


def of(name):
    """Path below TOP."""
    return "kmod/" + name.rpartition("/kmod/")[2]


def percent(part, whole):
    """As a number with one digit."""
    return f"{100 * part / whole:5.1f} %" if whole else "      -"


def row(name, counts):
    """One line of the table."""
    lines, all_lines, branches, all_branches = counts
    print(f"{name:28} {lines:5}/{all_lines:<5} {percent(lines, all_lines)}  "
          f"{branches:5}/{all_branches:<5} {percent(branches, all_branches)}")


def main():
    """Print it."""
    top = sys.argv[1]
    files = load(sys.argv[2:], top)
    sums = [0] * 4
    print(f"{'':28} {'lines':>19}  {'branches':>19}")
    for name in sorted(files):
        lines = files[name].values()
        branches = [count for _, counts in lines for count in counts]
        counts = [sum(bool(count) for count, _ in lines), len(lines),
                  sum(map(bool, branches)), len(branches)]
        row(name, counts)
        sums = [a + b for a, b in zip(sums, counts)]
    row("all", sums)
    print("\nlines not reached:")
    for name in sorted(files):
        with open(os.path.join(top, name), encoding="utf-8") as source:
            text = source.read().splitlines()
        for number, (count, _) in sorted(files[name].items()):
            if not count and number <= len(text):
                print(f"{name}:{number}: {text[number - 1].strip()}")
    return not files


if __name__ == "__main__":
    sys.exit(main())
