# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# A kernel that is locked down. What is done here cannot be undone: it has a guest of its own, and
# its tests build on each other.

lockdown=/sys/kernel/security/lockdown

test_integrity_is_no_obstacle() {
	[[ -e $lockdown ]] || skip "no lockdown in this kernel"
	echo integrity >$lockdown
	ok capture -q -o "$work/file" init_task
	ok start -q before
	ok snapshot -q -s before init_task
	# for the next test
	ok stop -q -s before -o file
	good file
}

# Does the process have a session's file open?
has_session() { readlink /proc/"$1"/fd/* | grep -q '\[livedump\]'; }

test_locked_down_while_a_request_is_under_way() {
	local pid other
	ok start -q before
	ok snapshot -q -s before jiffies
	INTERPOSE=ioctl:4:sleep=4000 LD_PRELOAD=$INTERPOSE_SO \
		"$tool" snapshot -s before init_task 2>said &
	pid=$!
	INTERPOSE=pwritev:1:sleep=4000 LD_PRELOAD=$INTERPOSE_SO \
		"$tool" capture -q -o half jiffies 2>"$work/err" &
	other=$!
	until_true has_session $pid
	until_true has_session $other
	sleep 1
	echo confidentiality >$lockdown
	status=0
	# shellcheck disable=SC2034  # of lib.sh
	wait $pid || status=$?
	cp said "$work/err"
	ended 1 "the kernel refuses" "locked down \(confidentiality\)"
	# the file is complete or not there
	if wait $other; then good half; else [[ ! -e half ]]; fi
}

test_locked_down() {
	local command
	[[ $(<$lockdown) == *"[confidentiality]"* ]]
	for command in "start" "status" "list" "stop" "stop --discard" "stop -s before -o file" \
		"snapshot -s before init_task" "record-memory 0xffff888000001000 4096" \
		"capture -o file init_task"; do
		# shellcheck disable=SC2086  # words
		fails 1 "kernel is locked down \(confidentiality\)" "lockdown=integrity" $command
	done
	holds_nothing
}

test_locked_down_and_not_root() {
	as_nobody list
	ended 1 "no permission" "as root"
}

test_files_can_be_looked_at() {
	ok info "$work/file"
	prints "^complete: yes$"
}

test_what_was_recorded_goes_with_the_module() {
	# nobody can write it out any more, so it is given up
	rmmod livedump
	fails 1 "module is not loaded" "modprobe" list
}
