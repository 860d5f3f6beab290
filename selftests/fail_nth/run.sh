#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [-l] [KERNEL]: run fail_nth in a VM, on the debug kernel where nothing else is said. With -l it
# has been run by ../fuzz_ioctl/run.sh -f, and only its log is looked at.
# With LIVEDUMP_FAIL_ONE=1 in the environment allocations fail one at a time only, not all after one,
# and what takes longest is left out.
# Everything it prints is in build/fuzz_ioctl-KERNEL/fail_nth.log.

set -u
top=$(realpath "$(dirname "$0")/../..")
log_only=""
if [[ ${1-} == -l ]]; then log_only=yes && shift; fi
kernel=${1:-debug}
build=$top/build/fuzz_ioctl-$kernel
log=$build/fail_nth.log

status=0
if [[ ! $log_only ]]; then
	if ! make -s -C "$top/selftests/fuzz_ioctl" KERNEL="$kernel"; then
		echo "# fail-nth: 0 passed, 1 failed"
		exit 1
	fi
	"$top/selftests/vm/run" -k "$kernel" --mem 768M --out "$build/out-fail_nth" \
		--module "$build/module/livedump.ko" -- \
		env LIVEDUMP_KO="$build/module/livedump.ko" \
		LIVEDUMP_FAIL_ONE="${LIVEDUMP_FAIL_ONE:-}" "$build/fail_nth" >"$log" 2>&1 ||
		status=$?
fi
grep -E '^(not )?ok |^vm: ' "$log"
passed=$(grep -cE '^ok [0-9]+ [^#]*$' "$log")
skipped=$(grep -cE '^ok [0-9]+ # SKIP' "$log")
planned=$(sed -n 's/^1\.\.//p' "$log")
failed=$((${planned:-1} - passed - skipped))
if [[ $status != 0 && $failed == 0 ]]; then
	failed=1	# the kernel has something to say
fi
[[ $failed == 0 ]] || tail -n 40 "$log"
echo "# fail-nth: $passed passed, $failed failed, $skipped skipped"
[[ $failed == 0 ]]
