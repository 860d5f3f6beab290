#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh: the tool tested from outside: every command, every option, every way it can go wrong.
#
#   run.sh [TOPIC…]      TOPIC is a file t_TOPIC.sh beside this one; default: all
#
# KERNEL=NAME boots another kernel than 6.1; ONLY=TEXT runs only tests with this in their name;
# VERBOSE=1 tells how long each took. Takes a minute or two on two processors.

set -u
cd "$(dirname "$0")/../.." || exit 1
kernel=${KERNEL:-6.1}
setup=selftests/setup.sh
out=$PWD/build/tool-tests

# What each boots, and the topics; those on a line share a guest
guests=(
	"first	module targets edges paths session json lockdown"
	"second	load output format kill info convert objects whatis profiles"
)
on_host="usage help"

wanted() { [[ -z $topics || " $topics " == *" $1 "* ]]; }

# choose TOPICS: those that were asked for
choose() {
	local topic chosen=""
	for topic in $1; do
		if [[ $topic != load ]] && wanted "$topic"; then chosen+=" $topic"; fi
	done
	# the tests of the module load it themselves
	if [[ -n $chosen && $chosen != " module"* ]]; then chosen=" load$chosen"; fi
	echo "$chosen"
}

prepare() {
	make -s tool "build/k-$kernel/livedump.ko" || return
	rm -rf "$out"
	mkdir -p "$out"
	# copies: somebody may be building meanwhile
	cp livedump "build/k-$kernel/livedump.ko" "$out/" || return
	make -s -C selftests KERNEL="$kernel" modules >"$out/modules.log" 2>&1 || return
	cp "build/selftests-$kernel/modules/livedump_test.ko" "$out/" || return
	"${CC:-gcc}" -O2 -Wall -Wextra -D_GNU_SOURCE -shared -fPIC -o "$out/interpose.so" \
		selftests/tool/interpose.c -ldl
}

# vmlinux_of_another: one that is there already, of another kernel
vmlinux_of_another() {
	local name file
	for name in $($setup names); do
		file=$($setup path vmlinux "$name" 2>/dev/null) || continue
		if [[ $name != "$kernel" ]]; then echo "$file"; return; fi
	done
}

# boot NAME TOPIC…: in a guest that has two CPUs, and uses one: two such guests on two processors take
# less than half the time of two that wait for their other CPU, which waits for a processor
boot() {
	local name=$1 status=0
	shift
	selftests/vm/run -k "$kernel" --append maxcpus=1 --timeout 1800 --out "$out/$name" -- env \
		TOOL="$out/livedump" MODULE="$out/livedump.ko" \
		TEST_MODULE="$out/livedump_test.ko" INTERPOSE_SO="$out/interpose.so" \
		VMLINUX="$vmlinux" OTHER_VMLINUX="$other" ONLY="${ONLY-}" VERBOSE="${VERBOSE-}" \
		selftests/tool/guest.sh "$@" >"$out/$name.log" 2>&1 || status=$?
	if [[ $status == 0 ]]; then
		echo "ok $name guest: ends well, with a clean kernel log" >>"$out/$name.log"
	else
		echo "not ok $name guest: status $status, see $out/$name" >>"$out/$name.log"
	fi
}

# The lines of each guest together, in order, as soon as it is done
boot_all() {
	local line name pids=() i=0
	for line in "${guests[@]}"; do
		read -r name line <<<"$line"
		line=$(choose "$line")
		[[ -n $line ]] || continue
		# shellcheck disable=SC2086  # words
		boot "$name" $line &
		pids+=("$! $name")
	done
	for ((i = 0; i < ${#pids[@]}; i++)); do
		wait "${pids[i]% *}"
		cat "$out/${pids[i]#* }.log"
	done
}

run_all() {
	local chosen
	chosen=$(choose "$on_host")
	if [[ -n $chosen ]]; then
		# shellcheck disable=SC2086  # words
		TOOL=$out/livedump selftests/tool/host.sh ${chosen# load}
	fi
	boot_all
}

topics=$*
prepare || { echo "not ok 1 - the tool, the module and their tests build"
	echo "# tool: 0 passed, 1 failed"; exit 1; }
vmlinux=$($setup path vmlinux "$kernel" 2>/dev/null) || vmlinux=""
other=$(vmlinux_of_another)

run_all | awk '
	/^ok .* # SKIP/ { skipped++; passed-- }
	/^ok /     { passed++; sub(/^ok /, "ok " ++n " - ") }
	/^not ok / { failed++; sub(/^not ok /, "not ok " ++n " - ") }
	{ print; fflush() }
	END {
		printf "# tool: %d passed, %d failed, %d skipped\n", passed, failed, skipped
		exit failed || !passed
	}'
