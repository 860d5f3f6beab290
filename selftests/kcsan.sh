#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kselftests on the kernel that looks for data races.

cd "$(dirname "$0")/.." || exit 1
selftests/setup.sh kernel kcsan && selftests/kselftest.sh -1 kcsan
