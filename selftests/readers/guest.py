# SPDX-License-Identifier: GPL-2.0
"""What guest.sh left behind: recordings, dumps of all memory, facts. And drgn programs of them."""

import functools
import glob
import json
import logging
import os
import re

import drgn

import vmcore

logging.getLogger("drgn").setLevel(logging.ERROR)
MODULE = "livedump_test"


def constants(header):
    """The #defines and enumerators of livedump_test_types.h that are numbers or strings."""
    with open(header, encoding="utf-8") as file:
        text = file.read()
    found = {}
    pattern = (r"^#define\s+LIVEDUMP_TEST_(\w+)\s+([^/\n]+)|"
               r"^\tLIVEDUMP_TEST_(\w+)\s*=\s*(\d+),")
    for name, value, enumerator, number in re.findall(pattern, text, re.MULTILINE):
        value = re.sub(r"\b(0x[0-9a-fA-F]+|\d+)(U|ULL|LL|UL)\b", r"\1", value or number).strip()
        if re.fullmatch(r"[-()0-9xa-fA-F]+|\".*\"", value):
            found[name or enumerator] = eval(value, {})    # pylint: disable=eval-used
    return found


class Run:
    """A directory of recordings made in one guest."""

    def __init__(self, directory, module):
        self.directory = directory
        self.module = module
        self.addresses = {name: int(value, 16) for name, value in self.table("addresses")}
        self.sections = {name: int(value, 16) for name, value in self.table("sections")}
        self._cores = {}
        self._programs = {}
        self._overlaid = {}

    def path(self, name):
        """A file of the directory."""
        return os.path.join(self.directory, name)

    def text(self, name):
        """What is in a file of the directory."""
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def table(self, name):
        """Lines of two or more words; section names may be without a value."""
        return [line.split() for line in self.text(name).splitlines() if " " in line.strip()]

    def recording(self, name):
        """Path of a recording."""
        return self.path(f"{name}.vmcore")

    def recordings(self):
        """Names of all recordings."""
        found = sorted(os.path.basename(path)[:-len(".vmcore")]
                       for path in glob.glob(self.path("*.vmcore")))
        if not found:
            raise AssertionError(f"no recordings in {self.directory}")
        return found

    def core(self, name):
        """A recording, read without drgn."""
        if name not in self._cores:
            self._cores[name] = vmcore.Core(self.recording(name))
        return self._cores[name]

    @functools.cached_property
    def before(self):
        """All memory before the recordings, read without drgn."""
        return vmcore.Core(self.path("before.core"))

    @functools.cached_property
    def after(self):
        """All memory after them."""
        return vmcore.Core(self.path("after.core"))

    @functools.cached_property
    def kallsyms(self):
        """Symbols of the kernel itself and of the test module."""
        found = {}
        for address, _, name, *module in self.table("kallsyms"):
            if not module or module == [f"[{MODULE}]"]:
                found.setdefault(name, int(address, 16))
        return found

    def pids(self):
        """Name of a sleeper to its pid."""
        return {name: int(pid) for name, pid in self.table("pids")}

    @functools.cached_property
    def constants(self):
        """LIVEDUMP_TEST_* without the prefix."""
        here = os.path.dirname(os.path.realpath(__file__))
        return constants(os.path.join(here, "..", "modules", "livedump_test_types.h"))

    def program(self, path, module=True):
        """A drgn program of a file, with the debug info of the kernel and the test module."""
        prog = drgn.Program()
        prog.set_core_dump(path)
        try:
            prog.load_default_debug_info()
        except drgn.MissingDebugInfoError:
            pass    # that of modules
        if module:
            self.load_module(prog)
        return prog

    def load_module(self, prog):
        """The test module's debug info, by what /sys/module said of it: the list of modules need
        not be in the file."""
        try:
            module = prog.module(MODULE)
        except LookupError:
            module = prog.relocatable_module(MODULE, self.sections[".text"], create=True)
            module.section_addresses.update(self.sections)
            module.section_addresses[".data..percpu"] = self.addresses["percpu.static"]
            found = (self.sections[".text"] & -vmcore.PAGE, self.sections[".bss"] + vmcore.PAGE)
            try:
                module.address_ranges = [found]
            except AttributeError:    # drgn 0.0.31
                module.address_range = found
        module.try_file(self.module, force=True)

    def open(self, name):
        """A recording, in drgn; opened once."""
        if name not in self._programs:
            self._programs[name] = self.program(self.recording(name))
        return self._programs[name]

    @functools.cached_property
    def truth(self):
        """All memory after the recordings, in drgn."""
        return self.program(self.path("after.core"))

    @functools.cached_property
    def truth_before(self):
        """All memory before them."""
        return self.program(self.path("before.core"))

    def overlaid(self, name):
        """All memory after them, with the pages of a recording over it: as it was at that instant,
        wherever somebody has looked."""
        if name not in self._overlaid:
            prog, core = self.program(self.path("after.core")), self.core(name)

            def read(address, count, offset, _):
                return core.frame(address - offset)[offset:offset + count]

            for paddr in core.frames():
                prog.add_memory_segment(paddr, vmcore.PAGE, read, True)
            self._overlaid[name] = prog
        return self._overlaid[name]

    def own_note(self, name):
        """The LIVEDUMP note of a recording."""
        return json.loads(self.core(name).note(b"LIVEDUMP").desc.decode().rstrip("\0"))

    def json(self, name):
        """A file that holds JSON."""
        return json.loads(self.text(name))
