#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [-f] [KERNEL] [SECONDS]: fuzz livedump's ioctls in a VM, a minute on the debug kernel where
# nothing else is said. Replays seeds/ and regressions/ first; a third of the time goes to
# unloading and loading the module meanwhile. With -f ../fail_nth is run in the same VM before, for its
# run.sh -l.
#
# What is found is in build/fuzz_ioctl-KERNEL/out: finds/, or, where the kernel has died, last-*,
# the newest programs, the highest number last. Run one again with
#
#   selftests/vm/run -k KERNEL --module build/fuzz_ioctl-KERNEL/module/livedump.ko -- \
#       build/fuzz_ioctl-KERNEL/fuzz_ioctl --replay FILE
#
# Once it is understood it goes to regressions/. SEED=N makes other programs.

set -u
top=$(realpath "$(dirname "$0")/../..")
first=""
if [[ ${1-} == -f ]]; then first=yes && shift; fi
kernel=${1:-debug}
seconds=${2:-60}
build=$top/build/fuzz_ioctl-$kernel
out=$build/out
here=$top/selftests/fuzz_ioctl
passed=0 failed=0

result() { # STATUS NAME
	if [[ $1 == 0 ]]; then
		passed=$((passed + 1))
		echo "ok - $2"
	else
		failed=$((failed + 1))
		echo "not ok - $2"
	fi
}

if ! make -s -C "$here" KERNEL="$kernel"; then
	result 1 build
	echo "# fuzz-ioctl: $passed passed, $failed failed"
	exit 1
fi
mkdir -p "$out"
rm -rf "$out"/finds "$out"/last*

command=("$build/fuzz_ioctl" --seconds "$seconds" --seed "${SEED:-1}" --out "$out"
	--module "$build/module/livedump.ko" "$here/seeds" "$here/regressions")
fail_nth=$out/fail_nth.log
if [[ $first ]]; then
	rm -f "$fail_nth" "$build/fail_nth.log"
	# shellcheck disable=SC2016  # for the guest
	command=(env LIVEDUMP_KO="$build/module/livedump.ko"
		LIVEDUMP_FAIL_ONE="${LIVEDUMP_FAIL_ONE:-}"
		bash -c '"$0" >"$1" 2>&1; shift; exec "$@"' "$build/fail_nth" "$fail_nth"
		"${command[@]}")
fi
# KASAN sees most of what SLUB's own checks would, and they cost a sixth of the time
"$top/selftests/vm/run" -k "$kernel" --mem 1536M --append slub_debug=F --out "$out" \
	--timeout $((seconds * 2 + 1800)) --module "$build/module/livedump.ko" -- "${command[@]}" \
	>"$build/log" 2>&1
status=$?
[[ ! $first ]] || mv "$fail_nth" "$build/fail_nth.log"
while read -r line; do
	case $line in
	"ok - "*) result 0 "${line#ok - }" ;;
	"not ok - "*) result 1 "${line#not ok - }" ;;
	*) echo "$line" ;;
	esac
done <"$build/log"

if [[ $status -gt 1 ]]; then
	"$build/fuzz_ioctl" --dump "$out/last" "$out"
	echo "# the programs before the end: $out/last-*"
	result 1 "the kernel survives, and has nothing to say (status $status)"
else
	result 0 "the kernel survives, and has nothing to say"
fi
echo "# fuzz-ioctl: $passed passed, $failed failed"
[[ $failed == 0 && $passed -gt 1 ]]
