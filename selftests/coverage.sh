#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# coverage.sh [KERNEL] [SECONDS]: which lines of kmod/ the kselftests and, for SECONDS, the ioctl
# fuzzer reach. The kernel needs CONFIG_GCOV_KERNEL, as the debug kernel has it.
#
# All is left in build/coverage-KERNEL: report, the programs' output below out/.

set -u
self=$(realpath "${BASH_SOURCE[0]}")
here=${self%/*}
top=${here%/*}

# What runs in the VM: every program, also one that fails or hangs; then the counters are fetched.
guest() { # BUILD SECONDS PROGRAM…
	local build=$1 seconds=$2 counters=/sys/kernel/debug/gcov$1/module/kmod program
	shift 2
	[[ -d $counters ]] || { echo "no counters in $counters"; return 1; }
	for program in "$@"; do
		timeout 900 "$program" >"$build/out/${program##*/}.log" 2>&1
		echo "# ${program##*/}: status $?: $(tail -n 1 "$build/out/${program##*/}.log")"
	done
	rmmod livedump_test
	"$build/fuzz_ioctl" --seconds "$seconds" --module "$build/module/livedump.ko" \
		"$here/fuzz_ioctl/seeds" "$here/fuzz_ioctl/regressions"
	cp "$counters"/*.gcda "$build/out/"
}

if [[ ${1-} == guest ]]; then
	shift
	guest "$@"
	exit
fi

kernel=${1:-debug}
seconds=${2:-60}
build=$top/build/coverage-$kernel
tests=$top/build/selftests-$kernel
make -s -C "$here" KERNEL="$kernel" || exit 1
make -s -C "$here/fuzz_ioctl" KERNEL="$kernel" OUT="$build" FLAGS=GCOV_PROFILE=y || exit 1
rm -rf "$build/out"
mkdir -p "$build/out"
mapfile -t programs < <(find "$tests" -maxdepth 1 -type f -executable | sort)
"$here/vm/run" -k "$kernel" --mem 1536M --timeout 3600 \
	--out "$build/out" --module "$build/module/livedump.ko" \
	--module "$tests/modules/livedump_test.ko" -- \
	"$self" guest "$build" "$seconds" "${programs[@]}" || echo "# status $?"

cd "$build/module" || exit 1
cp "$build"/out/*.gcda kmod/ || exit 1
rm -f ./*.gcov.json.gz
"$here/setup.sh" in "$kernel" -- sh -c \
	"cd '$build/module' && gcov --json-format --branch-probabilities -o kmod kmod/*.gcda" \
	>"$build/out/gcov.log" 2>&1 || { cat "$build/out/gcov.log"; exit 1; }
gunzip -f ./*.gcov.json.gz
"$here/fuzz_ioctl/coverage.py" "$top" ./*.gcov.json | tee "$build/report"
