#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Set everything up and run every suite. A suite is a command whose last line of the form
# "# NAME: N passed, N failed" counts; without one it has failed, whatever it printed.
#
#   check.sh [-a] [SUITE…]   SUITE is a name below; default: all, those that take long only with -a

set -u
cd "$(dirname "$0")/.." || exit 1
setup=selftests/setup.sh
out=build/check
passed=0 failed=0 skipped=0 broken=()
declare -A besides

# wanted NAME: all are, or that one
wanted() { [[ -z $only || " $only " == *" $1 "* ]]; }

# asked NAME: the same of a suite that takes long: all are with -a only
asked() { [[ ($all && -z $only) || " $only " == *" $1 "* ]]; }

# long NAME COMMAND…: such a suite
long() {
	if asked "$1"; then suite "$@"; fi
}

# suite NAME COMMAND…
suite() {
	local name=$1 log=$out/$1.log status counts begin=$SECONDS
	shift
	wanted "$name" || return 0
	printf '==== %s\n' "$name"
	"$@" >"$log" 2>&1 </dev/null
	status=$?
	counts=$(sed -n 's/^# \(.*: \)\?\([0-9]\+\) passed, \([0-9]\+\) failed\(, \([0-9]\+\) skipped\)\?$/\2 \3 \5/p' \
		"$log" | tail -n 1)
	if [[ -z $counts ]]; then
		echo "     it did not say how many passed"
		counts="0 1"
	fi
	read -r p f s <<<"$counts"
	if [[ $status != 0 && $f == 0 ]]; then
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + ${s:-0}))
	if [[ $f != 0 ]]; then
		broken+=("$name")
		# with the backtraces of a guest that hangs
		grep -E '^ *not ok|^ *# .*(FAIL|Expected|terminated)|rror|^vm: |Comm: |\+0x[0-9a-f]+/0x' \
			"$log" | head -n 40
		echo "---- last lines of $log"
		tail -n 40 "$log"
	fi
	printf '     %s passed, %s failed, %s skipped, %s s\n' "$p" "$f" "${s:-0}" $((SECONDS - begin))
}

# beside NAME COMMAND…: begin what a suite will wait for with "finish"; it keeps one CPU busy
beside() {
	wanted "$1" || return 0
	"${@:2}" >"$out/$1.beside" 2>&1 </dev/null &
	besides[$1]=$!
}

finish() {
	local status=0
	wait "${besides[$1]}" || status=$?
	cat "$out/$1.beside"
	return $status
}

set_up() {
	local kernel more=()
	if asked debug-7; then more+=(debug-7); fi
	if asked kcsan || asked vm-debug; then more+=(kcsan); fi
	$setup host && $setup readers && $setup kselftest || return 1
	for kernel in $($setup names) debug "${more[@]}"; do
		$setup kernel "$kernel" || return 1
	done
	# what takes longest is last: a mirror is not the same for ever
	$setup dbg 6.1
}

all=""
# In two machines, with page tables of five and of four levels: each program in one of them, and what the
# kernel's configuration makes no difference to on the debug kernel only; or in both
share=(-s)
for program in edges hypervisor info kill objects reason record; do
	share+=(-x "test_$program")
done
if [[ ${1-} == -a ]]; then all=yes share=() && shift; fi
only=$*
rm -rf "$out"
mkdir -p "$out"
begin=$SECONDS
echo "==== set-up"
set_up || { echo "set-up failed"; printf '0 passed, 1 failed\n'; exit 1; }
printf '     %s s\n' $((SECONDS - begin))

MAKEFLAGS="-j$(nproc) -Otarget"
export MAKEFLAGS
suite build	selftests/suite_build.sh
# while one guest boots after another
beside readers	selftests/readers/run.sh ${all:+-a}
suite unit	make -s -C selftests/unit check
suite fuzz	make -s -C selftests/fuzz check
suite vm	selftests/vm/selftest.sh
suite tool	selftests/tool/run.sh
suite readers	finish readers
suite style	selftests/suite_style.sh
suite kselftest	selftests/kselftest.sh "${share[@]}" 6.1
suite kernels	selftests/kernels.sh ${all:+-a}
suite debug	selftests/debug.sh ${all:+-a}
long debug-7	selftests/kselftest.sh -s debug-7
long vm-debug	selftests/vm/selftest_debug.sh
long kcsan	selftests/kcsan.sh

[[ ${#broken[@]} == 0 ]] || echo "failed: ${broken[*]}"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[[ $failed == 0 && $passed != 0 ]]
