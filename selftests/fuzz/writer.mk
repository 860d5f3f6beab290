# SPDX-License-Identifier: GPL-2.0
# Fuzzing of the file writer and reader: make -f selftests/fuzz/writer.mk check-writer

B	?= build
FUZZ_CC	?= clang
FUZZ_SECONDS ?= 3
include tools/codecs.mk
FUZZ_FLAGS := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -g -O1 -Wall -Wextra \
	-Wno-unused-parameter -fsanitize=address,undefined -fno-sanitize-recover=all \
	-Iuapi -Itools -Itools/lib -Iselftests/fuzz $(CODEC_CFLAGS) \
	$(shell pkg-config --cflags libelf json-c)
FUZZ_LIBS := $(shell pkg-config --libs libelf json-c) $(CODEC_LIBS)
FUZZ_DIR := $(B)/fuzz-writer
CORPUS	:= $(FUZZ_DIR)/corpus

FUZZ_SEGMENTS := tools/lib/segments.c tools/lib/elf_head.c tools/lib/err.c
FUZZ_KDUMP := $(FUZZ_SEGMENTS) $(patsubst %,tools/lib/%.c,compress elf flat format interrupt \
	kdump kdump_head outfile pool vmcore annotations cpus dev json note reason session size summary)
FUZZ_CONVERT := $(FUZZ_KDUMP) $(patsubst %,tools/lib/%.c,check check_elf check_kdump coreaddr \
	corefile corehost corenotes corepages kdumpfile vmcoreinfo)
FUZZ_COREFILE := tools/cmd/info.c $(FUZZ_CONVERT) $(patsubst %,tools/lib/%.c,objects objects_print)

check-writer: $(FUZZ_DIR)/fuzz_segments $(FUZZ_DIR)/fuzz_corefile $(FUZZ_DIR)/seed_corefile \
		$(FUZZ_DIR)/fuzz_kdump $(FUZZ_DIR)/fuzz_convert $(FUZZ_DIR)/seed_convert
	@mkdir -p $(CORPUS)/segments $(CORPUS)/corefile $(CORPUS)/kdump $(CORPUS)/convert
	@$(FUZZ_DIR)/seed_corefile $(CORPUS)/corefile/seed
	@$(FUZZ_DIR)/seed_convert $(CORPUS)/convert
	@selftests/fuzz/run_writer.sh $(FUZZ_DIR) $(FUZZ_SECONDS) segments 16384 corefile 4096 \
		kdump 1024 convert 65536

$(FUZZ_DIR)/fuzz_segments: selftests/fuzz/fuzz_segments.c $(FUZZ_SEGMENTS)
$(FUZZ_DIR)/fuzz_corefile: selftests/fuzz/fuzz_corefile.c $(FUZZ_COREFILE)
$(FUZZ_DIR)/fuzz_kdump: selftests/fuzz/fuzz_kdump.c $(FUZZ_KDUMP)
$(FUZZ_DIR)/fuzz_convert: selftests/fuzz/fuzz_convert.c $(FUZZ_CONVERT)
$(FUZZ_DIR)/seed_corefile: selftests/fuzz/seed_corefile.c $(FUZZ_SEGMENTS)
$(FUZZ_DIR)/seed_convert: selftests/fuzz/seed_convert.c $(FUZZ_KDUMP)
$(FUZZ_DIR)/seed_convert: FUZZ_FLAGS += -Iselftests/unit

$(FUZZ_DIR)/fuzz_%:
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ $(FUZZ_LIBS)

$(FUZZ_DIR)/seed_%:
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_FLAGS) -o $@ $^ $(FUZZ_LIBS)

.PHONY: check-writer
