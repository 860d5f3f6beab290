#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# selftest.sh [KERNEL]: the rig tested with itself, in KTAP form. Takes about a minute.

set -u
here=$(dirname "$(realpath "$0")")
kernel=${1:-6.1}
work=$(mktemp -d "${TMPDIR:-/tmp}/livedump-selftest-XXXXXX")
trap 'rm -rf "$work"' EXIT
out=$work/out
export TMPDIR=$work
failed=0
number=0

vm() { "$here/run" -k "$kernel" --smp 1 "$@" >"$work/stdout" 2>"$work/stderr"; }

# check NAME COMMAND…: one result line, what the VM said where it is bad
check() {
	local name=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number $name"
	else
		failed=$((failed + 1))
		echo "not ok $number $name"
		tail -n 15 "$work/stdout" "$work/stderr" 2>/dev/null | sed 's/^/# /'
	fi
}

# ends_with STATUS ARGS…: a VM run with that exit status
ends_with() {
	local want=$1 status=0
	shift
	vm "$@" || status=$?
	[[ $status == "$want" ]] || { echo "# status $status instead of $want"; return 1; }
}

said() { grep -q -- "$1" "$work/stderr"; }

# A module of the kernel that needs no other one
some_module() {
	local modules
	modules=$("$here/../setup.sh" path modules "$kernel") || return
	find "$modules/" -name 'dummy.ko*' | head -n 1
}

command_passes() {
	cd "$work" || return
	# shellcheck disable=SC2016  # for the guest
	ends_with 0 --out "$out" --share "$work/share" --module "$(some_module)" -- sh -c '
		set -e
		echo "marker of $0: $LIVEDUMP_VM $(pwd)"
		head -c 3000000 /dev/urandom >"$LIVEDUMP_VM_OUT/random"
		sha256sum <"$LIVEDUMP_VM_OUT/random"
		echo in >"$1/file"
		echo lost >"$2"
		echo "to stderr" >&2
		cp /proc/modules "$LIVEDUMP_VM_OUT/"
		head -c 32 /dev/urandom | base64 >/dev/shm/marker
		cp /dev/shm/marker "$LIVEDUMP_VM_OUT/"
		"$3" memory.core' me "$work/share" "$work/lost" "$here/guest/memdump"
}

output_arrives() {
	grep -qx "marker of me: 1 $work" "$work/stdout" && grep -qx "to stderr" "$work/stdout"
}

file_arrives() { grep -qF "$(sha256sum <"$out/random")" "$work/stdout"; }

dump_has_marker() {
	readelf -h "$out/memory.core" 2>/dev/null | grep -q 'Type:.*CORE' &&
		readelf -n "$out/memory.core" 2>/dev/null | grep -q 'VMCOREINFO' &&
		LC_ALL=C grep -qaF "$(cat "$out/marker")" "$out/memory.core"
}

bad_module_is_noticed() {
	echo nonsense >"$work/bad.ko"
	ends_with 125 --module "$work/bad.ko" -- true && said "module did not load"
}

two_at_once() {
	local first second
	"$here/run" -k "$kernel" -- sh -c 'sleep 1; exit 3' >"$work/first" 2>&1 &
	first=$!
	"$here/run" -k "$kernel" -- sh -c 'sleep 1; exit 4' >"$work/second" 2>&1 &
	second=$!
	wait $first
	[[ $? == 3 ]] || return
	wait $second
	[[ $? == 4 ]]
}

# the rig's own judgement of a text
is_bad() { ! python3 -B "$here/kernlog.py"; }

# oom_report FRAME…: what the OOM killer writes, caused in FRAME, the innermost first
oom_report() {
	printf '%s\n' "hog invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE), order=0" \
		"Call Trace:" " <TASK>" "${@/#/ }" " </TASK>" "Mem-Info:" \
		"Out of memory: Killed process 214 (hog) total-vm:919104kB"
}

oom_is_no_bug() { ! oom_report "dump_header+0x4a/0x201" | is_bad; }

oom_by_livedump_is() {
	oom_report "__vmalloc+0x6e/0x80" "ld_alloc+0x52/0xb0 [livedump]" \
		"__pte_alloc+0x21/0x90" | is_bad
}

oom_by_vmalloc_is_not() {
	! oom_report "__pte_alloc_kernel+0x21/0x90" "__vmalloc+0x6e/0x80" \
		"ld_alloc+0x52/0xb0 [livedump]" | is_bad
}

timed_out() {
	ends_with 125 --timeout 15 -- sleep 1000 && said "no end after 15 s" &&
		said "NMI: Not continuing" && said "Comm: "
}

panics() {
	ends_with 125 --out "$out" -- sh -c 'echo c >/proc/sysrq-trigger' && said "went away" &&
		said "Kernel panic"
}

does_not_boot() {
	ends_with 125 --append rdinit=/none -- true && said "after boot 2 of 3" &&
		said "did not boot" && ! said "after boot 3"
}

falls_silent() {
	ends_with 125 --silence 1 --qemu=-S -- true && said "after boot 2 of 3" &&
		said "did not boot" && ! said "after boot 3"
}

mkdir "$work/share"
echo "TAP version 13"
echo "1..18"
check "status 0 is passed on" command_passes
check "output arrives" output_arrives
check "a file in the output directory arrives intact" file_arrives
check "a shared directory is writable" grep -qx in "$work/share/file"
check "other writes stay in the guest" test ! -e "$work/lost"
check "the kernel's log is handed out" grep -q "Linux version" "$out/dmesg.txt"
check "memory dumps have vmcoreinfo and all memory" dump_has_marker
check "a module is loaded" grep -qw '^dummy' "$out/modules"
check "a kernel warning is noticed" \
	ends_with 124 -- sh -c 'echo "WARNING: test" >/dev/kmsg'
check "a report of the OOM killer is let off" oom_is_no_bug
check "one that livedump caused is not" oom_by_livedump_is
check "one that the page tables of vmalloc() caused is" oom_by_vmalloc_is_not
check "a panic is noticed" panics
check "a kernel that does not boot is tried again, and noticed" does_not_boot
check "so is one that falls silent" falls_silent
check "a timeout is noticed, and where the CPUs were" timed_out
check "a module that does not load is noticed" bad_module_is_noticed
check "two guests at once, each with its status" two_at_once
echo "# vm: $((number - failed)) passed, $failed failed"
[[ $failed == 0 ]]
