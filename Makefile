# SPDX-License-Identifier: GPL-2.0
# livedump: see README.md; `make help` lists the targets.

KDIR	?= /lib/modules/$(shell uname -r)/build
PREFIX	?= /usr/local
SBINDIR	?= $(PREFIX)/sbin
DATADIR	?= $(PREFIX)/share/livedump
MANDIR	?= $(PREFIX)/share/man
COMPDIR	?= $(PREFIX)/share/bash-completion/completions
DESTDIR	?=
B	:= build

CC	?= gcc
PKGS	:= libbpf libdw libelf json-c
CFLAGS	?= -O2 -g
include tools/codecs.mk
TOOL_CFLAGS := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Wall -Wextra \
	-Wmissing-prototypes -Wstrict-prototypes -Wno-unused-parameter -Iuapi -Itools -Itools/lib -I$(B)/gen \
	$(CODEC_CFLAGS) $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
TOOL_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) $(CODEC_LIBS)

TOOL_SRC := $(wildcard tools/*.c tools/cmd/*.c tools/lib/*.c)
TOOL_OBJ := $(TOOL_SRC:%.c=$(B)/%.o)
GEN	:= $(B)/gen/roots.inc $(B)/gen/slabs.inc $(B)/gen/edges.inc $(B)/gen/profiles.inc
EDGES	:= $(wildcard tools/lib/edges/*.edges)
PROFILES := $(wildcard tools/profiles/*.profile)

all: tool module

tool: livedump

livedump: $(TOOL_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS)

# parts of the tool alone, for tests and measurements: the writers, and what becomes of types
$(B)/write_core: selftests/write_core.c
$(B)/bench_plan: selftests/bench/bench_plan.c
$(B)/write_core $(B)/bench_plan: $(filter $(B)/tools/lib/%,$(TOOL_OBJ))
	$(CC) $(CFLAGS) $(TOOL_CFLAGS) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS)

# what the analyzers look at
tool-objects: $(TOOL_OBJ)

# make takes them for leftovers, and two suites would make them anew at the same time
.SECONDARY: $(GEN)

$(B)/%.o: %.c $(GEN)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(TOOL_CFLAGS) -MMD -MP -c -o $@ $<

# well-known roots and slab caches: text tables, one "name type" a line
$(B)/gen/%.inc: tools/lib/%.txt
	@mkdir -p $(@D)
	sed -n 's/^\([A-Za-z0-9_:-]\+\)[ \t]\+\(.*[^ \t]\)[ \t]*$$/{ "\1", "\2" },/p' $< > $@

# what types cannot say, and profiles: each text as it is, with its name
$(B)/gen/edges.inc: $(EDGES)
$(B)/gen/profiles.inc: $(PROFILES)
$(B)/gen/edges.inc $(B)/gen/profiles.inc:
	@mkdir -p $(@D)
	for file in $^; do \
		printf '{ "%s",\n' "$${file##*/}"; \
		sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $$file; \
		echo '},'; \
	done > $@

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# ---- modules for the kernels of selftests/kernels, each with its own suite's compiler ----

SETUP	:= selftests/setup.sh
KERNELS	:= $(shell $(SETUP) names)
KMOD_SRC := Kbuild $(wildcard kmod/*.[ch] kmod/compat/compat.h kmod/compat/probes/*.c uapi/linux/*.h)

$(B)/k-%/livedump.ko: $(KMOD_SRC)
	selftests/build_module.sh $* $(@D) $(KMOD_SRC)

modules: $(KERNELS:%=$(B)/k-%/livedump.ko)

# ---- tests ----

check:
	@selftests/check.sh

check-all:
	@selftests/check.sh -a

TIME	?= 600
fuzz:
	@selftests/setup.sh host && selftests/setup.sh kselftest && selftests/setup.sh kernel debug
	@selftests/fuzz_ioctl/run.sh debug $(TIME)

demo:
	@selftests/demo/run.sh

bench:
	@selftests/bench/run.sh
	@selftests/bench/formats.sh

# ---- installation, for a host of one's own ----

install: tool
	install -D -m 0755 livedump $(DESTDIR)$(SBINDIR)/livedump
	install -D -m 0644 $(B)/livedump.8 $(DESTDIR)$(MANDIR)/man8/livedump.8
	install -D -m 0644 tools/completion/livedump.bash \
		$(DESTDIR)$(COMPDIR)/livedump
	install -D -m 0644 -t $(DESTDIR)$(DATADIR)/edges $(EDGES)
	install -D -m 0644 -t $(DESTDIR)$(DATADIR)/profiles $(PROFILES)
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install

$(B)/livedump.8: livedump
	./livedump __man > $@

help:
	@echo 'make [KDIR=...]      livedump.ko for a kernel (default: the running one), and the tool'
	@echo 'make tool            the tool alone'
	@echo 'make install         both, with man page and completion (PREFIX=, DESTDIR=, KDIR=)'
	@echo 'make demo            all set-up, then the main job in a virtual machine, with its output'
	@echo 'make check           all set-up, then every test'
	@echo 'make check-all       and those that take long: data races, the detectors themselves'
	@echo 'make fuzz [TIME=600] all set-up, then the ioctl fuzzer for so many seconds'
	@echo 'make bench           all set-up, then measure'
	@echo 'make modules         livedump.ko for every kernel the tests know: $(KERNELS)'
	@echo 'make clean           remove what was built here; downloads stay in the cache'

clean:
	rm -rf $(B) livedump
	[ ! -e $(KDIR)/Makefile ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean

-include $(TOOL_OBJ:.o=.d)

.PHONY: all tool tool-objects module modules check check-all fuzz demo bench install help clean
