# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# The tool ended by a signal, at work in the kernel and at work on the file.

# started ARGS…: in the background, $pid; for requests that take seconds. A shell has its
# background processes ignore SIGINT.
started() {
	env --default-signal=INT "$tool" "$@" >"$work/out" 2>"$work/err" &
	pid=$!
}

# Has the session that is recording recorded so many pages?
has_pages() { "$tool" list --json 2>/dev/null | grep -qE '"pages": *[1-9][0-9]{2,}'; }

banner=$(address linux_banner)

# still_good NAME: the session goes on, and its file is what it should be
still_good() {
	ok list
	prints "^$1 +recording "
	ok record-memory -q -s "$1" "$banner" 1
	tool stop -s "$1" -o file
	[[ $status == 3 || $status == 0 ]] || explain "stop: status $status"
	good file
	truth "core('file').text($banner).startswith('Linux version')"
	holds file
}

killed_at_work() {
	local status=0
	ok start -q busy
	started snapshot -s busy --depth 16 pid:1
	until_true has_pages
	kill "-$1" $pid
	wait $pid || status=$?
	[[ $status == "$2" ]] || explain "status $status: it was done before the signal came" || return
	still_good busy
	tool info --json file
	truth "'interrupted' in [m['reason'] for m in j['note']['missing']]" \
		"j['note']['complete'] is False" "j['note']['requests'] == 2"
	rm file
}

test_killed_during_a_snapshot() { killed_at_work KILL 137; }

test_interrupted_during_a_snapshot() {
	killed_at_work INT 130
	killed_at_work TERM 143
}

test_killed_during_a_capture() {
	local status=0
	started capture -o file --depth 16 pid:1
	until_true in_session
	sleep 0.3
	kill -KILL $pid
	wait $pid || status=$?
	[[ $status == 137 ]]
	holds_nothing
	# nothing of it is left in the kernel
	until_true unused
}

# Does it have the device and a session of its own open? Then it records.
in_session() { [[ $(</sys/module/livedump/refcnt) -ge 2 ]]; }

unused() { [[ $(</sys/module/livedump/refcnt) == 0 ]]; }

# Is it the tool by now, in ioctl(), system call 16?
in_ioctl() { [[ $(</proc/"$1"/comm) == livedump && $(</proc/"$1"/syscall) == "16 "* ]]; }

test_killed_while_it_waits_for_another() {
	local other status=0
	ok start -q busy
	started snapshot -s busy --depth 16 pid:1
	other=$pid
	until_true has_pages
	# has to wait for the one that runs
	started stop -s busy -o file
	until_true in_ioctl "$pid"
	kill -INT $pid
	wait $pid || status=$?
	[[ $status == 130 ]] || explain "status $status"
	kill -KILL "$other"
	wait "$other" || true
	holds_nothing
	still_good busy
}

test_killed_before_the_file_is_complete() {
	local signal how
	fill full 24
	# the first write, one in the midst of the data, when all is written
	for how in pwritev:1 pwritev:3 fsync:1; do
		for signal in 2 15 1; do
			meddled "$how:signal=$signal" stop -s full -o file
			[[ $status == $((128 + signal)) ]] || explain "status $status"
			says "file: not written"
			holds_nothing
		done
		meddled "$how:signal=9" stop -s full -o file
		[[ $status == 137 ]]
		# nothing can be cleaned up, but a nameless file goes by itself
		holds_nothing
	done
	ok list
	prints "^full +stopped "
	tool stop -q -s full -o file
	good file
	holds file
}

test_killed_where_a_file_is_to_be_replaced() {
	local signal how
	echo "mine" >file
	fill full 12
	for how in pwritev:2 fsync:1; do
		for signal in 2 9; do
			meddled "$how:signal=$signal" stop -s full -f -o file
			[[ $status == $((128 + signal)) ]] || explain "status $status"
			[[ $(<file) == mine ]]
			holds file
		done
	done
	# while it has its other name already, which is hidden
	meddled "rename:1:signal=9" stop -s full -f -o file
	[[ $status == 137 && $(<file) == mine ]]
	rm .file.??????
	holds file
	# too late
	meddled "rename:1:signal=2" stop -q -s full -f -o file
	[[ $status == 0 || $status == 3 || $status == 130 ]]
	good file
	holds file
}

test_killed_where_there_are_no_nameless_files() {
	local dir=$LIVEDUMP_VM_OUT/killed signal
	mkdir "$dir"
	cd "$dir" || return
	fill full 12
	for signal in 2 15; do
		meddled "pwritev:2:signal=$signal" stop -s full -o file
		[[ $status == $((128 + signal)) ]]
		holds_nothing
	done
	meddled pwritev:2:signal=9 stop -s full -o file
	[[ $status == 137 ]]
	# what is left has a hidden name that says whose it is
	set -- *
	[[ $# == 1 && $1 == .file.?????? ]]
	rm "$1"
	tool stop -q -s full -o file
	good file
	rm file
	cd "$work" || return
	rmdir "$dir"
}

test_killed_during_a_capture_that_writes() {
	local signal
	for signal in 2 15 9; do
		meddled "pwritev:1:signal=$signal" capture -o file --depth 2 pid:1
		[[ $status == $((128 + signal)) ]]
		holds_nothing
	done
	ok list
	prints "^no session is open$"
	until_true unused
}

test_signals_that_are_ignored_stay_ignored() {
	fill full 12
	status=0
	(
		trap "" INT HUP
		meddled pwritev:1:signal=2 stop -q -s full -o file
		exit "$status"
	) || status=$?
	[[ $status == 0 || $status == 3 ]]
	good file
}

test_the_session_goes_only_when_the_file_is_there() {
	fill full 12
	# the module's last word is asked for when all is on disk
	meddled fsync:1:signal=9 stop -s full -o file
	ok list
	prints "^full +stopped "
	tool stop -q -s full -o file
	good file
	ok list
	prints "^no session is open$"
}
