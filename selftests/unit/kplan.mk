# SPDX-License-Identifier: GPL-2.0
# Unit tests of the module's plan checker, in userspace: make -f selftests/unit/kplan.mk check-kplan

B	?= build
KPLAN_CC ?= gcc
KPLAN_FLAGS := -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -fsanitize=address,undefined \
	-fno-sanitize-recover=all -Iuapi -Itools/lib -Iselftests/unit

check-kplan: $(B)/unit-kplan/test_kplan
	@echo "# test_kplan"; $<

$(B)/unit-kplan/test_kplan: selftests/unit/test_kplan.c kmod/plan.c kmod/plan.h \
		selftests/unit/kplan_oracle.h uapi/linux/livedump.h
	@mkdir -p $(@D)
	$(KPLAN_CC) $(KPLAN_FLAGS) -o $@ selftests/unit/test_kplan.c kmod/plan.c

.PHONY: check-kplan
