# SPDX-License-Identifier: GPL-2.0
# livedump: see README.md; `make help` lists the targets.

KDIR	?= /lib/modules/$(shell uname -r)/build
PREFIX	?= /usr/local
SBINDIR	?= $(PREFIX)/sbin
MANDIR	?= $(PREFIX)/share/man
DESTDIR	?=
B	:= build

CC	?= gcc
PKGS	:= libbpf libdw libelf json-c
CFLAGS	?= -O2 -g
TOOL_CFLAGS := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Wall -Wextra \
	-Wmissing-prototypes -Wstrict-prototypes -Wno-unused-parameter -Iuapi -Itools -Itools/lib -I$(B)/gen \
	$(shell pkg-config --cflags $(PKGS) 2>/dev/null)
TOOL_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

TOOL_SRC := $(wildcard tools/*.c tools/cmd/*.c tools/lib/*.c)
TOOL_OBJ := $(TOOL_SRC:%.c=$(B)/%.o)
GEN	:= $(B)/gen/roots.inc

all: tool module

tool: livedump

livedump: $(TOOL_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS)

$(B)/%.o: %.c $(GEN)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(TOOL_CFLAGS) -MMD -MP -c -o $@ $<

# well-known roots: a text table, one "symbol type" a line
$(B)/gen/roots.inc: tools/lib/roots.txt
	@mkdir -p $(@D)
	sed -n 's/^\([A-Za-z0-9_:]\+\)[ \t]\+\(.*[^ \t]\)[ \t]*$$/{ "\1", "\2" },/p' $< > $@

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

clean:
	rm -rf $(B) livedump
	[ ! -e $(KDIR)/Makefile ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean

-include $(TOOL_OBJ:.o=.d)

.PHONY: all tool module clean
