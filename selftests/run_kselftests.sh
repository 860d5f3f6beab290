#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# run_kselftests.sh DIR LIVEDUMP.KO [PROGRAM…]: in a guest, runs the test programs of DIR, which has
# the test modules in DIR/modules, and prints their results as KTAP, one subtest for each program.
# PROGRAM "one-cpu" is none: a second CPU goes, for which what comes next would only wait.
# Exit status 1 if one has failed.

dir=$1
LIVEDUMP_KO=$2
LIVEDUMP_TEST_KO=$dir/modules/livedump_test.ko
LIVEDUMP_MONITOR=$(dirname "$(realpath "$0")")/vm/guest/monitor
LIVEDUMP_DETECTOR=$(grep -m 1 -owE 'kasan_report|__tsan_read8' /proc/kallsyms)
export LIVEDUMP_KO LIVEDUMP_TEST_KO LIVEDUMP_MONITOR LIVEDUMP_DETECTOR
shift 2

# now: sets now, in 1/100 s. Another program, such as date, takes a third of a second on a debug kernel.
now() {
	read -r now _ </proc/uptime
	now=${now%.*}${now#*.}
}

# A program that hangs ends after this many seconds
limit=300
if [ "$LIVEDUMP_DETECTOR" ]; then limit=600; fi

# Unloading the module comes after what needs it; a lockdown is for good, and hides what debugfs
# has to tell in the end: kselftest.sh gives it a machine of its own there
if [ $# = 0 ]; then
	for program in "$dir"/test_*; do
		case ${program##*/} in
		*.*|test_module|test_lockdown) ;;
		*) set -- "$@" "${program##*/}" ;;
		esac
	done
	set -- "$@" test_module
	if [ ! -e /sys/kernel/debug/kmemleak ]; then set -- "$@" test_lockdown; fi
fi

# As on every host with an init system. The kernel takes other paths then: vmalloc() gives up when
# its caller is being killed.
cgroup=/sys/fs/cgroup
if [ -e $cgroup/cgroup.subtree_control ] && [ ! -e $cgroup/host ]; then
	echo +memory >$cgroup/cgroup.subtree_control
	mkdir $cgroup/host
	echo $$ >$cgroup/host/cgroup.procs
fi

# Filling the cap takes long where each page is looked at: less will do there
cap=""
if [ "$LIVEDUMP_DETECTOR" ]; then cap=max_bytes=$((192 << 20)); fi
[ -e /sys/module/livedump ] || insmod "$LIVEDUMP_KO" $cap || exit
[ -e /sys/module/livedump_test ] || insmod "$LIVEDUMP_TEST_KO" || exit

echo "KTAP version 1"
echo "1..$#"
number=0
failed=0
for program in "$@"; do
	number=$((number + 1))
	if [ "$program" = one-cpu ]; then
		result=ok
		echo 0 >/sys/devices/system/cpu/cpu1/online || failed=$((failed + 1)) result="not ok"
		echo "$result $number $program"
		continue
	fi
	now
	begin=$now
	echo "    # Subtest: $program"
	echo "kselftest: $program" >/dev/kmsg
	# Not into a pipe: what a program that hangs has left behind would keep it open
	timeout "$limit" "$dir/$program" >/tmp/kselftest 2>&1
	result=$?
	[ "$result" = 0 ] || timeout 20 pkill -9 -f "^$dir/$program"
	now
	sed 's/^/    /' /tmp/kselftest
	took=$(((now - begin) * 10))
	if [ "$result" = 0 ]; then
		echo "ok $number $program # $took ms"
	else
		failed=$((failed + 1))
		echo "not ok $number $program # $took ms, exit status $result"
	fi
done
[ $failed = 0 ]
