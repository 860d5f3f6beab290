# SPDX-License-Identifier: GPL-2.0
# Unit tests of the file writer and of the commands: make -f selftests/unit/writer.mk check-writer

B	?= build
UNIT_CC	?= gcc
include tools/codecs.mk
UNIT_FLAGS := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -g -O1 -Wall -Wextra \
	-Wno-unused-parameter -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -Iuapi -Itools -Itools/lib -Iselftests/unit -I$(B)/gen \
	$(CODEC_CFLAGS) $(shell pkg-config --cflags libbpf libdw libelf json-c)
UNIT_LIBS := $(shell pkg-config --libs libbpf libdw libelf json-c) $(CODEC_LIBS)

# everything but what makes requests of targets, which has tests of its own
WRITER_LIB := $(filter-out %/request.c %/plan_name.c,$(wildcard tools/lib/*.c))
WRITER_CMD := $(wildcard tools/*.c tools/cmd/*.c) selftests/unit/writer_request.c
WRITER_OBJ := $(WRITER_LIB:%.c=$(B)/unit-writer/%.o)
WRITER_CMD_OBJ := $(filter-out %/tools/livedump.o,$(WRITER_CMD:%.c=$(B)/unit-writer/%.o)) \
	$(B)/unit-writer/commands.o
WRITER_TESTS := cpus size segments vmcore kdump flat bare config outfile corefile check convert \
	note objects pack dev commands whatis
WRITER_BIN := $(WRITER_TESTS:%=$(B)/unit-writer/test_%)

check-writer: $(WRITER_BIN)
	@failed=0; for t in $^; do echo "# $${t##*/}"; $$t || failed=1; done; exit $$failed

$(B)/unit-writer/%.o: %.c
	@mkdir -p $(@D)
	$(UNIT_CC) $(UNIT_FLAGS) -MMD -MP -c -o $@ $<

# the command table is beside main(), which the test programs have themselves
$(B)/unit-writer/commands.o: tools/livedump.c
	@mkdir -p $(@D)
	$(UNIT_CC) $(UNIT_FLAGS) -Dmain=livedump_main -Wno-missing-prototypes -MMD -MP -c -o $@ $<

# a build that has found no library that compresses
$(B)/unit-writer/test_bare: $(patsubst %,$(B)/unit-bare/%.o,selftests/unit/test_bare \
		tools/lib/compress tools/lib/format tools/lib/err)
	$(UNIT_CC) $(UNIT_FLAGS) -o $@ $^

$(B)/unit-bare/%.o: %.c
	@mkdir -p $(@D)
	$(UNIT_CC) $(filter-out -DHAVE_%,$(UNIT_FLAGS)) -MMD -MP -c -o $@ $<

$(B)/unit-writer/test_%: $(B)/unit-writer/selftests/unit/test_%.o $(WRITER_OBJ) $(WRITER_CMD_OBJ)
	$(UNIT_CC) $(UNIT_FLAGS) -o $@ $^ $(UNIT_LIBS)

# faults are injected where the code under test calls these
$(B)/unit-writer/test_outfile: UNIT_LIBS += -Wl,--wrap=open64,--wrap=fsync,--wrap=renameat2 \
	-Wl,--wrap=pwritev64,--wrap=lstat64

$(B)/unit-writer/test_flat: UNIT_LIBS += -lutil
$(B)/unit-writer/test_kdump: UNIT_LIBS += -Wl,--wrap=pwritev64
$(B)/unit-writer/test_dev: UNIT_LIBS += -Wl,--wrap=ioctl
$(B)/unit-writer/test_objects: UNIT_LIBS += -Wl,--wrap=ioctl,--wrap=mmap64

-include $(shell find $(B)/unit-writer $(B)/unit-bare -name '*.d' 2>/dev/null)

.SECONDARY:
.PHONY: check-writer
