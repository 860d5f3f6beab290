#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# selftest_debug.sh [KERNEL…]: each detector of the debug kernels finds a bug made for it, and the
# rig says so. KTAP form; needs setup.sh kernel debug kcsan. Takes some minutes.

set -u
here=$(dirname "$(realpath "$0")")
top=$(realpath "$here/../..")
setup=$top/selftests/setup.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/livedump-selftest-XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0
number=0
[[ $# != 0 ]] || set -- debug kcsan

# bug, what the log says, what for
reported=(
	"rcu-without-lock|WARNING: suspicious RCU usage|RCU pointer without the lock"
	# lockdep sees nothing after this one, nor after those of KASAN
	"lock-order|WARNING: possible circular locking dependency|lockdep: order of two locks"
	"use-after-free|BUG: KASAN: use-after-free|KASAN: freed memory"
	"past-the-end|BUG: KASAN: vmalloc-out-of-bounds|KASAN: past the end of vmalloc memory"
	"stack-past-the-end|BUG: KASAN: stack-out-of-bounds|KASAN: past the end of a variable"
	"shift|UBSAN: shift-out-of-bounds|UBSAN: shift"
	"array-index|UBSAN: array-index-out-of-bounds|UBSAN: array index"
	"free-active-timer|ODEBUG: free active|debug objects: a timer freed while it runs"
	"smp-id|BUG: using smp_processor_id\(\) in preemptible|CPU number without a pin"
	"sleep-in-atomic|BUG: sleeping function called from invalid context|sleep in atomic context"
	"warn|WARNING: CPU|WARN"
)

result() { # STATUS NAME
	number=$((number + 1))
	if [[ $1 == 0 ]]; then
		echo "ok $number - $2"
	else
		failed=$((failed + 1))
		echo "not ok $number - $2"
		sed 's/^/# /' "$work/stderr" | tail -n 15
	fi
}

build() { # KERNEL
	mkdir -p "$work/$1"
	cp "$here/bad/Kbuild" "$here"/bad/*.c "$work/$1"
	# shellcheck disable=SC2046  # one word
	"$setup" in "$1" -- make -C $("$setup" path headers "$1") M="$work/$1" modules \
		>"$work/$1/log" 2>&1 || { cat "$work/$1/log"; return 1; }
}

# status KERNEL COMMAND: that of a guest that runs COMMAND in sh; $0 there is the module
status() {
	rm -rf "$work/out"
	"$here/run" -k "$1" --out "$work/out" -- sh -c "$2" "$work/$1/livedump_bad.ko" \
		>"$work/stdout" 2>"$work/stderr"
	echo $?
}

# reports BUG: what the log has between loading and unloading the module with this bug
reports() {
	sed 's/^\[ *[0-9.]*\] //' "$work/out/dmesg.txt" |
		sed -n "/^livedump-vm: begin $1\$/,/^livedump-vm: end $1\$/p"
}

# the rig's own judgement of a text
is_bad() { ! python3 -B "$here/kernlog.py"; }

# in_backtrace: an address in the module is in what kmemleak reports; it has no names of it any more
in_backtrace() {
	python3 - "$work/out/kmemleak.txt" <<-'EOF'
		import re, sys
		text = open(sys.argv[1], encoding="ascii").read()
		module = re.search(r"^livedump_bad (\d+) .*(0x[0-9a-f]+) ", text, re.M)
		start = int(module[2], 16)
		found = (int(word, 16) for word in re.findall(r"\b(?:0x)?(f{8}[0-9a-f]{8})\b",
		                                              text[:module.start()]))
		sys.exit(not any(start <= at < start + int(module[1]) for at in found))
	EOF
}

# shellcheck disable=SC2016  # for the guest
test_debug() {
	local line bug says name commands=""
	build debug
	result $? "debug: a module builds"
	[[ $(status debug 'insmod $0 && rmmod livedump_bad') == 0 ]]
	result $? "debug: a module without bugs is let off"
	for line in "${reported[@]}"; do
		bug=${line%%|*}
		commands+="echo 'livedump-vm: begin $bug' >/dev/kmsg; insmod \$0 bug=$bug; "
		commands+="rmmod livedump_bad; echo 'livedump-vm: end $bug' >/dev/kmsg;"
	done
	[[ $(status debug "$commands") == 124 ]]
	result $? "debug: a guest with all bugs is bad"
	for line in "${reported[@]}"; do
		IFS='|' read -r bug says name <<<"$line"
		reports "$bug" | grep -qE -e "$says" && reports "$bug" | is_bad
		result $? "debug: $name"
	done
	# which this kernel does not survive (CONFIG_BUG_ON_DATA_CORRUPTION)
	[[ $(status debug 'insmod $0 bug=list-del-twice') == 125 ]] &&
		grep -q "list_del corruption" "$work/out/console.log" "$work/stderr"
	result $? "debug: list entry deleted twice"
	[[ $(status debug 'insmod $0 bug=leak') == 124 ]] &&
		grep -q "unreferenced object" "$work/out/kmemleak.txt" && in_backtrace
	result $? "debug: kmemleak: memory nobody points to"
	[[ $(status debug 'insmod $0 bug=leak-on-exit') == 124 ]] &&
		[[ $(grep -c "unreferenced object" "$work/out/kmemleak.txt") == 1 ]]
	result $? "debug: kmemleak: memory that outlives its module"
	[[ $(status debug 'insmod $0 bug=stay') == 124 ]] &&
		grep -q "livedump_bad is in use" "$work/stderr"
	result $? "debug: a module that cannot be unloaded"
}

# shellcheck disable=SC2016  # for the guest
test_kcsan() {
	build kcsan
	result $? "kcsan: a module builds"
	[[ $(status kcsan 'insmod $0; find /proc /sys >/dev/null 2>&1; true') == 0 ]]
	result $? "kcsan: a module without bugs is let off"
	[[ $(status kcsan 'insmod $0 bug=race') == 124 ]] &&
		grep -qE "BUG: KCSAN: data-race in (race|racer) " "$work/out/dmesg.txt"
	result $? "kcsan: two threads and one counter"
}

echo "TAP version 13"
for kernel in "$@"; do "test_$kernel"; done
echo "1..$number"
echo "# vm-debug: $((number - failed)) passed, $failed failed"
[[ $failed == 0 ]]
