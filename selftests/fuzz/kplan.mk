# SPDX-License-Identifier: GPL-2.0
# Fuzzing of the module's plan checker, in userspace: make -f selftests/fuzz/kplan.mk check-kplan

B	?= build
KPLAN_CC ?= clang
KPLAN_SECONDS ?= 3
KPLAN_FLAGS := -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -fsanitize=fuzzer,address,undefined \
	-fno-sanitize-recover=all -Iuapi -Iselftests/unit
KPLAN	:= $(B)/fuzz-kplan

check-kplan: $(KPLAN)/fuzz_kplan
	@mkdir -p $(KPLAN)/corpus
	@if $< -seed=1 -max_len=1024 -timeout=10 -max_total_time=$(KPLAN_SECONDS) \
		-artifact_prefix=$(KPLAN)/ $(KPLAN)/corpus >$(KPLAN)/log 2>&1; then \
		echo "ok - fuzz_kplan: $$(grep -o 'Done [0-9]* runs in [0-9]* second' $(KPLAN)/log)"; \
	else \
		echo "not ok - fuzz_kplan"; tail -n 40 $(KPLAN)/log | sed 's/^/# /'; \
	fi

$(KPLAN)/fuzz_kplan: selftests/fuzz/fuzz_kplan.c kmod/plan.c kmod/plan.h \
		selftests/unit/kplan_oracle.h uapi/linux/livedump.h
	@mkdir -p $(@D)
	$(KPLAN_CC) $(KPLAN_FLAGS) -o $@ selftests/fuzz/fuzz_kplan.c kmod/plan.c

.PHONY: check-kplan
