#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest.sh all|tables: in a guest, writes the recordings that the tests read to the output
# directory, between two dumps of all memory: before.core and after.core. "tables" makes only what
# is worth repeating on a machine with other page tables.
#
# For each livedump command "NAME STATUS WANTED" goes to ./commands: its exit status and what that had
# to be. What it printed is in NAME.out.

set -u
what=$1
here=$(dirname "$(realpath "$0")")
top=${here%/*/*}
livedump=$top/livedump
memdump=$top/selftests/vm/guest/memdump
cd "$LIVEDUMP_VM_OUT" || exit

# livedump NAME WANTED ARGUMENTS…: run it, keep what it prints and how it ends
livedump() {
	local name=$1 wanted=$2 status=0
	shift 2
	"$livedump" "$@" >"$name.out" 2>&1 || status=$?
	echo "$name $status $wanted" >>commands
}

# capture NAME ARGUMENTS…: NAME.vmcore, complete
capture() {
	local name=$1
	shift
	livedump "$name" 0 capture -o "$name.vmcore" "$@"
}

# until_good CHECK NAME ARGUMENTS…: the same, a few times, until CHECK NAME is content
until_good() {
	local good=$1 tries=5
	shift
	while capture "$@"; ! "$good" "$1" && ((--tries)); do
		rm "$1.vmcore"
	done
}

# settled NAME ARGUMENTS…: no list or tree has changed meanwhile: readers get lost there
is_settled() { ! grep -qE 'did not (end as it should|come back to the head)$' "$1.out"; }
settled() { until_good is_settled "$@"; }

# what the test module is to do
control() { echo "$1" >/sys/kernel/debug/livedump_test/control; }

address() { sed -n "s/^$1 //p" addresses; }
symbol() { awk -v s="$1" '$3 == s && NF == 3 { print "0x" $1; exit }' kallsyms; }

# What the tests have to know of this guest
facts() {
	cat /sys/kernel/debug/livedump_test/addresses >addresses
	cat /proc/kallsyms >kallsyms
	cat /proc/iomem >iomem
	cat /sys/kernel/vmcoreinfo >vmcoreinfo
	cut -d ' ' -f 1 /proc/modules >modules
	if grep -qw la57 /proc/cpuinfo; then echo 5; else echo 4; fi >levels
	for section in /sys/module/livedump_test/sections/.[a-z]*; do
		echo "${section##*/} $(cat "$section")"
	done >sections
}

# Processes that sleep in known places for as long as the guest lives
sleepers() {
	sleep 10000 &
	echo "sleep $!"
	mkfifo /tmp/fifo
	cat /tmp/fifo &
	echo "cat $!"
	echo "livedump_test $((0x$(address thread.pid)))"
}

asleep() { [[ $(awk '/^State:/ { print $2 }' "/proc/$1/status") == S ]]; }

# Several requests to one session. What is missing is missing for a different reason each time.
odd() {
	local plain
	plain=0x$(address plain)
	livedump odd-start 0 start odd
	livedump odd-1 0 snapshot -s odd --depth 0 init_task
	livedump odd-2 0 record-memory -s odd "$plain" 8K
	livedump odd-3 3 record-memory -s odd "0x$(address poisoned)" 4096
	livedump odd-4 3 record-memory -s odd "0x$(address offline)" 4096
	livedump odd-5 3 record-memory -s odd --physical 0xa0000 8192
	livedump odd-6 3 record-memory -s odd 0x0 4096
	livedump odd-7 3 record-memory -s odd 0x00007f0012345000 100
	# the last page and the guard page behind it
	livedump odd-8 3 record-memory -s odd "$(printf '0x%x' $((plain + 63 * 4096)))" 8192
	livedump odd-9 0 snapshot -s odd --depth 0 init_task
	livedump odd-status 0 status -s odd --json
	livedump odd 3 stop -s odd -o odd.vmcore
}

text_paddr() { awk '/Kernel code/ { sub("-.*", "", $1); print "0x" $1; exit }' iomem; }

# Memory that never changes, whole: kernel code and constants, and a vmalloc'd area
constant() {
	local text rodata
	text=$(symbol _stext)
	rodata=$(symbol __start_rodata)
	livedump constant-start 0 start constant
	livedump constant-text 0 record-memory "$text" $(($(symbol _etext) - text))
	livedump constant-rodata 0 record-memory "$rodata" $(($(symbol __end_rodata) - rodata))
	livedump constant-plain 0 record-memory "0x$(address plain)" 256K
	# page frames that were the kernel's init sections, and then went to the page allocator
	livedump constant-init 0 record-memory --physical --user-memory \
		"$(printf '0x%x' $(($(symbol __init_begin) - $(symbol _text) + $(text_paddr))))" 1M
	livedump constant 0 stop -o constant.vmcore
}

# The open session in every format, and flattened; it stays (see keep.c)
formats() {
	local how
	mkdir formats
	for how in none zlib lzo snappy zstd; do
		LD_PRELOAD=$KEEP_SO livedump "log-$how" 1 stop --compression "$how" \
			-o "formats/$how.kdump"
	done
	LD_PRELOAD=$KEEP_SO "$livedump" stop -q --compression zlib -o - \
		>formats/zlib.flat 2>formats/said
	LD_PRELOAD=$KEEP_SO "$livedump" stop -q --format elf -o - \
		>formats/elf.flat 2>>formats/said
}

# The kernel's log. This is how to do it on a machine of your own:
#
#   livedump capture --depth 1 -o ring.vmcore prb
#   livedump start
#   livedump snapshot --depth 1 prb
#   selftests/readers/log_ranges.py ring.vmcore |
#   while read -r address size; do livedump record-memory $address $size; done
#   livedump snapshot --depth 2 init_uts_ns '(struct mem_section **)mem_section'
#   livedump stop -o log.vmcore
#
# and "makedumpfile --dump-dmesg log.vmcore log.txt" and drgn's get_dmesg() find the log in there.
# The ring's descriptors, infos and text are arrays of a size that only the ring knows:
# log_ranges.py tells where they are, without debug information. The second snapshot is for
# makedumpfile, which wants to know the kernel's release and where its RAM is.
log() {
	local address size n=0
	dmesg >dmesg.before
	capture ring --depth 1 prb
	livedump log-start 0 start
	livedump log-prb 0 snapshot --depth 1 prb
	while read -r address size; do
		livedump log-$((n++)) 0 record-memory "$address" "$size"
	done < <("$here/log_ranges.py" ring.vmcore)
	livedump log-more 0 snapshot --depth 2 init_uts_ns '(struct mem_section **)mem_section'
	formats
	livedump log 0 stop -o log.vmcore
	dmesg >dmesg.after
}

# Every loaded module, as lsmod would list it
modules() {
	local module targets=(modules)
	while read -r module; do
		targets+=("(struct module)$module:__this_module")
	done <modules
	capture modules --depth 1 "${targets[@]}"
}

# What addresses are, and what is in slab caches: drgn is asked the same of all memory
addresses_told() {
	local stack
	livedump stack-at 0 start stack-at
	livedump stack-json 0 snapshot -s stack-at --json --depth 0 \
		"((unsigned long *)pid:$(sed -n 's/^livedump_test //p' pids)->stack)[0]"
	livedump stack-end 0 stop -s stack-at --discard
	stack=$(sed -n 's/.*"address": *"\(0x[0-9a-f]*\)".*/\1/p' stack-json.out)
	# shellcheck disable=SC2046  # several addresses
	livedump whatis 0 whatis --json $(sed -n 's/^slab\.[01]\..* /0x/p' addresses) \
		$(printf '0x%x' $((stack + 4000)))
	for cache in livedump_plain livedump_constructed; do
		livedump "cache-$cache" 0 capture --depth 0 -o "cache-$cache.vmcore" "slab:$cache"
	done
	# and the variables by which drgn gets from an address to its struct page
	livedump scan 0 capture --depth 2 --scan -o scan.vmcore "0x$(address slab.1):848" \
		"(unsigned long)"{page_offset_base,min_low_pfn,max_low_pfn} \
		"(struct mem_section **)mem_section"
}

# moment PID MODE NAME OPTION…: the CPUs, when that ran on the last one: the kernel has something of its
# own to do there now and then
moment() {
	local ran="$1 $2"
	shift 2
	until_good has_run "$@" --depth 0 cpus
}

has_run() {
	[[ $("$livedump" info --json "$1.vmcore" | python3 -c '
import json, sys
last = json.load(sys.stdin)["note"]["cpus"][-1]
print(last["pid"], last["mode"])') == "$ran" ]]
}

# What runs on the last CPU: nothing, a process, and a thread in a known function of the test module,
# which goes on until the dump of all memory is taken. In ./regs: what ran, and its stack, are gone then
registers() {
	local last=$(($(nproc --all) - 1)) pid
	mkdir regs
	cd regs || exit
	taskset -cp 0 $$ >/dev/null
	moment 0 kernel regs-idle
	taskset -c $last sh -c 'while :; do :; done' &
	echo $! >looper
	sleep 0.5
	moment "$(cat looper)" user regs-user
	kill "$(cat looper)"
	control spin
	grep ^spin /sys/kernel/debug/livedump_test/addresses >spin
	pid=$((0x$(sed -n 's/^spin.pid //p' spin)))
	moment $pid kernel regs
	moment $pid kernel regs-kdump --format kdump
	mv regs-kdump.vmcore regs.kdump
	cd ..
}

# All that crash reads, in ./crash; once more while the last CPU is in a softirq
crash() {
	local tries=5 ran="0 kernel"
	mkdir crash
	cd crash || exit
	settled crash --profile crash
	taskset -cp 0 $$ >/dev/null
	# It ends by itself in time, and ksoftirqd has no stack of interrupts
	while control softirq
		settled softirq --profile crash
		! { control no-softirq && has_run softirq; } && ((--tries)); do
		rm softirq.vmcore
	done
	cd ..
}

# shellcheck source=selftests/readers/roots.sh
. "$here/roots.sh"

root="(struct livedump_test_root)livedump_test_root"
percpu=livedump_test_percpu

rm -f commands ./*.vmcore
# Where the last CPU is busy ("alone"), nobody waits for a device. It takes one more interrupt each.
for irq in /proc/irq/[0-9]*/smp_affinity; do echo 1 >"$irq"; done 2>/dev/null
facts
sleepers >pids
until asleep "$(sed -n 's/^sleep //p' pids)" && asleep "$(sed -n 's/^cat //p' pids)"; do
	sleep 0.1
done
# Who says that he sleeps may be on his way there
sleep 0.5
"$memdump" before.core || exit

# Rules by which each member is followed as its C type says, whatever the shipped ones say
sed -nE 's/^!?[[:space:]]*((struct|union)[[:space:]]+[^[:space:]]+).*/\1 plain/p' \
	"$top"/tools/lib/edges/*.edges >plain.edges

capture basic --depth 0 init_task jiffies
capture graph-2 --depth 2 --edges plain.edges "$root"
capture walk --depth 3 --edges plain.edges init_task
capture percpu --depth 0 runqueues "(struct $percpu)livedump_test:${percpu}_static" \
	"(struct $percpu *)0x$(address percpu.dynamic.0)" \
	"(struct $percpu *)0x$(address percpu.dynamic.1)"
while read -r name pid; do
	capture "stack-$name" "pid:$pid"
done <pids
constant
if [[ $what == all ]]; then
	capture percpu-1 --depth 0 runqueues@1
	capture stack-0 --depth 0 "pid:$(sed -n 's/^sleep //p' pids)"
	for depth in 0 1 3; do
		capture graph-$depth --depth $depth --edges plain.edges "$root"
	done
	odd
	log
	modules
	addresses_told
	crash
	registers
	control alone
fi
"$memdump" after.core
control rest
[[ $what != all ]] || roots_and_boxes
