#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kernels.sh [-a]: kselftests on the oldest and the newest kernel of ./kernels at once: the programs
# that show most of what kernels do differently. With -a all programs, on every kernel but those
# that other suites boot, two at a time.

set -u
here=$(dirname "$(realpath "$0")")
top=${here%/*}
programs=(test_mmap test_regs test_regs_args test_slab)
mapfile -t kernels < <("$here/setup.sh" names | grep -vx 6.1)
args=()
if [[ ${1-} != -a ]]; then
	kernels=("${kernels[0]}" "${kernels[-1]}")
	args=("${programs[@]/#/-p}")
fi
passed=0 failed=0 skipped=0
mkdir -p "$top/build"

# kernel NAME: in the background
kernel() { "$here/kselftest.sh" -1 "${args[@]}" "$1" >"$top/build/kernels-$1.log" 2>&1 & }

# count NAME: add what the last line of its log says, and show what is wrong
count() {
	local log=$top/build/kernels-$1.log p f s
	read -r p f s < <(sed -n \
		's/^# kselftest: \([0-9]\+\) passed, \([0-9]\+\) failed, \([0-9]\+\) skipped$/\1 \2 \3/p' "$log")
	[[ ${f:-1} == 0 ]] || sed "s/^/# $1: /" "$log"
	echo "# $1: ${p:-0} passed, ${f:-1} failed, ${s:-0} skipped"
	passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1})) skipped=$((skipped + ${s:-0}))
}

for ((i = 0; i < ${#kernels[@]}; i += 2)); do
	pair=("${kernels[@]:i:2}")
	for name in "${pair[@]}"; do
		kernel "$name"
	done
	wait
	for name in "${pair[@]}"; do
		count "$name"
	done
done
echo "# kernels: $passed passed, $failed failed, $skipped skipped"
[[ $failed == 0 && $passed != 0 ]]
