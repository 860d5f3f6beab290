#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tool, the kselftests and, for each kernel the tests know, the module: they build, without a warning.

set -u
cd "$(dirname "$0")/.." || exit 1
n=0 failed=0

result() {
	n=$((n + 1))
	if [[ $1 == 0 ]]; then
		echo "ok $n - $2"
	else
		failed=$((failed + 1))
		echo "not ok $n - $2"
	fi
}

# A warning from a header that is not ours is not ours to mend.
warnings() { grep -E '(kmod|uapi|tools|selftests|modpost).*warning:|WARNING: modpost' "$1"; }

make tool CFLAGS='-O2 -g -Werror'
result $? "the tool builds with -Werror"
for kernel in $(selftests/setup.sh names); do
	make "build/k-$kernel/livedump.ko"
	result $? "livedump.ko builds for $kernel"
	! warnings "build/k-$kernel/log"
	result $? "livedump.ko builds for $kernel without a warning at W=1"
done
# several suites use them, at the same time
make -s -C selftests KERNEL=6.1 >build/selftests.log 2>&1
result $? "kselftests and test modules build for 6.1"
! warnings build/selftests.log
result $? "test modules build without a warning"
echo "# build: $((n - failed)) passed, $failed failed"
[[ $failed == 0 ]]
