# SPDX-License-Identifier: GPL-2.0
"""Every byte of every recorded page, against all memory of the stopped guest.

The guest ran between the dump before, the recording, and the dump after. So:
- memory that never changes is the same in all three, without exception;
- so is a page that is the same in both dumps, but for words that went somewhere and came back:
  locks that were held, members of a task that was running. These are few;
- of a page that did change, so are the words that did not;
- entries of a page table are as in one of the dumps, but where a mapping came and went between
  them.
"""

import collections
import struct
import sys

import drgn

import harness
import vmcore
from graph import Graph
from harness import check, equal, note, test

# What may differ for a while: words of a page; share of a file's pages, and of all words
MAX_WORDS = 256
MAX_PAGES = 0.1
MAX_SHARE = 0.01
# and what a small file may have of such words: one page in all
MAX_FEW = 512
# Text and constants of a 6.1 kernel, in pages
MIN_CONSTANT = 5000


def constant_frames(run):
    """Physical addresses of pages that never change -> what they are."""
    walk = run.after.translator()
    symbols = run.kallsyms
    found = {}

    def add(name, start, size):
        for page in vmcore.pages_of(start, size):
            frame = walk.translate(page)
            check(frame is not None, name, hex(page), "is not mapped")
            found[frame] = name
    add("text", symbols["_stext"], symbols["_etext"] - symbols["_stext"])
    add("rodata", symbols["__start_rodata"],
        symbols["__end_rodata"] - symbols["__start_rodata"])
    add("module text", run.sections[".text"], vmcore.PAGE)
    add("module rodata", run.sections[".rodata"], vmcore.PAGE)
    add("plain", run.addresses["plain"], run.constants["PLAIN_PAGES"] * vmcore.PAGE)
    root = run.truth["livedump_test_root"]
    for item in Graph(run).items():
        if item.alone:
            one = item.get(root)
            add("object", one.address_, drgn.sizeof(one))
    return found


Page = collections.namedtuple("Page", "ours before after")


def pages(run, core):
    """Each page of a recording with its two truths."""
    for paddr in core.frames():
        yield paddr, Page(core.frame(paddr), run.before.frame(paddr), run.after.frame(paddr))


def check_constant(run, core, frames):
    """100 %; how many of each kind."""
    counts = collections.Counter()
    for paddr, page in pages(run, core):
        if paddr in frames:
            kind = frames[paddr]
            check(page.before == page.after, f"{kind} at {paddr:#x} did change")
            check(page.ours == page.after, f"{kind} at {paddr:#x} is wrong")
            counts[kind] += 1
    return counts


def wandering(page, table):
    """How many words are the same in both dumps, and others in ours."""
    words = [struct.unpack("<512Q", one) for one in page]
    found = [(ours, after) for ours, before, after in zip(*words) if before == after != ours]
    if not table:
        return len(found)
    for ours, after in found:
        # accessed and dirty, bits 5 and 6, are the CPU's
        check(after == 0 or after | 0x60 == ours | 0x60, f"entry {ours:#x} instead of {after:#x}")
        check(ours & vmcore.PRESENT, f"entry {ours:#x}")
    return 0


def check_steady(run, core):
    """Pages that are the same in both dumps, and words of those that are not."""
    counts = collections.Counter()
    tables = vmcore.all_tables(core)
    for paddr, page in pages(run, core):
        changed = page.before != page.after
        if page.ours in (page.before, page.after):
            counts["equal" if not changed else "changed, equal to one"] += 1
            continue
        check(any(page.ours) or not (any(page.before) and any(page.after)),
              f"page {paddr:#x} is zero")
        words = wandering(page, paddr in tables)
        check(words <= MAX_WORDS, f"{words} words of page {paddr:#x} are in neither dump")
        counts["words"] += words
        counts["tables" if paddr in tables else "changed" if changed else "changed back"] += 1
    words = counts.pop("words", 0)
    total = sum(counts.values())
    equal(total, len(core.frames()), "pages")
    check(words <= MAX_FEW + 512 * total * MAX_SHARE, words, "words of", total,
          "pages are in neither dump")
    check(counts["changed back"] <= 2 + total * MAX_PAGES, counts["changed back"], "of", total,
          "pages are in neither dump, though these agree")
    return counts, words


@test("memory that never changes: every byte of every page, in every recording")
def constant(run):
    """100 %, and enough of each kind."""
    frames = constant_frames(run)
    counts = collections.Counter()
    for name in run.recordings():
        try:
            counts += check_constant(run, run.core(name), frames)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
    note(dict(counts))
    symbols = run.kallsyms
    text = (symbols["_etext"] - symbols["_stext"]) // vmcore.PAGE
    rodata = (symbols["__end_rodata"] - symbols["__start_rodata"]) // vmcore.PAGE
    check(text + rodata > MIN_CONSTANT, "so little text:", text, rodata)
    check(counts["text"] >= text and counts["rodata"] >= rodata, "text is missing")
    check(counts["plain"] >= 64 and counts["object"] >= 40, "objects are missing")


@test("all other memory: every page and word that was the same before and after")
def steady(run):
    """Per recording; the fractions are in the log."""
    whole = collections.Counter()
    for name in run.recordings():
        try:
            counts, words = check_steady(run, run.core(name))
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
        note(f"{name}: {dict(counts)}, {words} words in neither dump")
        whole += counts
    total = sum(whole.values())
    equal_share = (whole["equal"] + whole["changed, equal to one"]) / total
    note(f"{total} pages, {equal_share:.2%} of them equal to a dump")
    check(equal_share > 0.95, "equal to a dump:", equal_share)


@test("drgn reads the same pages by every address they have, physical and virtual")
def addresses(run):
    """Everything else here reads the file without drgn."""
    for name in run.recordings():
        core, prog = run.core(name), drgn.Program()
        prog.set_core_dump(run.recording(name))
        for paddr in core.frames():
            check(prog.read(paddr, vmcore.PAGE, True) == core.frame(paddr), name, hex(paddr))
        for vaddr, paddr in core.virtual_pages():
            check(prog.read(vaddr, vmcore.PAGE) == core.frame(paddr), name, hex(vaddr))


@test("page frames of freed init memory: by whatever address they are mapped")
def init(run):
    """Where the kernel image is not mapped any more, no PT_LOAD says so."""
    core = run.core("constant")
    walk = run.after.translator()
    begin = walk.translate(run.truth["page_offset_base"].value_())
    equal(begin, 0, "start of the direct map")
    info = core.vmcoreinfo()
    start = (run.kallsyms["__init_begin"] - vmcore.START_KERNEL_MAP +
             int(info["NUMBER(phys_base)"]))
    text = collections.Counter()
    for page in range(start, start + (1 << 20), vmcore.PAGE):
        check(page in core.frames(), f"page {page:#x} is not there")
        vaddr = run.kallsyms["__init_begin"] + page - start
        mapped = walk.translate(vaddr) == page
        load = dict(core.virtual_pages()).get(vaddr) == page
        text[mapped, load] += 1
        check(mapped or not load, f"{vaddr:#x} is not mapped, but has a PT_LOAD")
    note({f"mapped {mapped}, PT_LOAD {load}": n for (mapped, load), n in text.items()})


if __name__ == "__main__":
    harness.start(sys.argv)
