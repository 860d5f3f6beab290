#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# debug.sh [-a] [SECONDS]: on the debug kernel: the kselftests, in two guests; in a third one, when the
# first of them has ended, each failing allocation, and then the ioctl fuzzer, for a minute if nothing
# else is said. Without -a allocations fail one at a time only.
# Last, how much of the module's code all of them together have reached.

set -u
here=$(dirname "$(realpath "$0")")
top=${here%/*}
all=""
if [[ ${1:-} == -a ]]; then
	all=yes
	shift
fi
seconds=${1:-60}
kernel=debug
build=$top/build/fuzz_ioctl-$kernel
coverage=$top/build/coverage
passed=0 failed=0 skipped=0

# count LOG: add what the last summary in it says
count() {
	local p f s
	read -r p f s < <(sed -n \
		's/^# [a-z-]*: \([0-9]\+\) passed, \([0-9]\+\) failed\(, \([0-9]\+\) skipped\)\?$/\1 \2 \4/p' \
		"$1" | tail -n 1)
	cat "$1"
	passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1})) skipped=$((skipped + ${s:-0}))
}

# gcov_of DIRECTORY: what a guest has left there, as JSON beside it
gcov_of() {
	local file
	for file in "$1"/gcov/*.gcda; do
		[[ -e $file ]] || { echo "that guest left no counters: $1"; return 1; }
		cp "$build/module/kmod/$(basename "$file" .gcda).gcno" "$1/gcov/" || return
		"$here/setup.sh" in $kernel -- gcov --json-format --stdout --branch-probabilities \
			"$file" >"${file%.gcda}.json" 2>>"$coverage/log" || return
	done
}

report_coverage() {
	local out files=()
	rm -rf "$coverage"
	mkdir -p "$coverage"
	for out in "$@"; do
		gcov_of "$out" || return
		files+=("$out"/gcov/*.json)
	done
	"$here/fuzz_ioctl/coverage.py" "$top" "${files[@]}" >"$coverage/report"
}

mkdir -p "$build"
make -s -C "$here/fuzz_ioctl" KERNEL=$kernel >"$build/build.log" 2>&1 ||
	{ cat "$build/build.log"; echo "# debug: 0 passed, 1 failed"; exit 1; }
[[ $all ]] || export LIVEDUMP_FAIL_ONE=1
ended=$top/build/selftests-$kernel/status-5-level
rm -f "$ended"
LIVEDUMP_KO=$build/module/livedump.ko "$here/kselftest.sh" -s $kernel \
	>"$build/kselftest.log" 2>&1 &
# Both need two CPUs, and wait for them where they are not to be had
until [[ -e $ended || -z $(jobs -r) ]]; do sleep 1; done
"$here/fuzz_ioctl/run.sh" -f $kernel "$seconds" >"$build/fuzz-suite.log" 2>&1
"$here/fail_nth/run.sh" -l $kernel >"$build/fail_nth-suite.log" 2>&1
wait
count "$build/kselftest.log"
count "$build/fail_nth-suite.log"
count "$build/fuzz-suite.log"
if report_coverage "$top/build/selftests-$kernel"/vm-[45]-level "$build/out"; then
	sed '/^$/,$d' "$coverage/report"
	echo "# lines not reached: $coverage/report"
else
	cat "$coverage/log"
	echo "not ok - coverage"
	failed=$((failed + 1))
fi
echo "# debug: $passed passed, $failed failed, $skipped skipped"
[[ $failed == 0 ]]
