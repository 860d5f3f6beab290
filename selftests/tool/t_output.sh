# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# The file: where it may go, what happens where it cannot, and that it is complete or not there.

# Wherever a file cannot be written: stop fails, leaves the session as it was, recording, and
# another file can be given. What needs a symbol has to read /proc/kallsyms: a task does not.
keeps_session() {
	ok list
	prints "^keep +recording "
}

# no_file WHAT NEXT FILE [OPTION…]: neither stop nor capture can write it
no_file() {
	local what=$1 next=$2 file=$3
	shift 3
	fails 1 "$what" "$next" stop -s keep -o "$file" "$@"
	fails 1 "$what" "$next" capture -o "$file" "$@" pid:1
}

# small_disk MOUNTPOINT SIZE
small_disk() {
	mkdir -p "$1"
	mount -t tmpfs -o "size=$2" none "$1"
}

test_the_file_exists() {
	echo "mine" >file
	ok start -q keep
	no_file "file: File exists" "another file with -o, or --force" file
	keeps_session
	[[ $(<file) == mine ]]
	holds file
	ok stop -q -s keep -o other
	holds "file other"
	good other
}

test_force_replaces_it() {
	local inode
	echo "mine" >file
	ln file kept
	inode=$(stat -c %i file)
	ok start -q keep
	ok stop -q -s keep -o file --force
	[[ $(stat -c '%a %h' file) == "600 1" && $(stat -c %i file) != "$inode" ]]
	[[ $(<kept) == mine ]]
	good file
	ok capture -q -o file --force pid:1
	good file
	# force is no must
	ok capture -q -o new --force pid:1
	holds "file kept new"
}

test_force_replaces_nothing_where_it_fails() {
	echo "mine" >file
	tool capture -o file --force surely_no_symbol_has_this_name
	[[ $status == 1 && $(<file) == mine ]]
	holds file
}

test_the_directory_is_missing() {
	ok start -q keep
	no_file "there/file: No such file or directory" "directory does not exist.*make it" there/file
	echo >there
	no_file "Not a directory|not a directory" "another file with -o" there/file
	keeps_session
	ok stop -q -s keep --discard
	holds there
}

test_what_is_there_is_no_file() {
	mkdir dir
	mkfifo fifo
	ln -s nowhere link
	mknod null c 1 3
	ok start -q keep
	no_file "dir is a directory" "file in it" dir
	no_file "dir is a directory" "file in it" dir --force
	no_file "dir/" "file in it|with -o" dir/
	no_file "fifo exists and is not a regular file" "another file with -o" fifo --force
	no_file "null exists and is not a regular file" "another file with -o" null --force
	no_file "link exists and is not a regular file" "another file with -o" link --force
	no_file "/dev/null exists and is not a regular file" "another file" /dev/null --force
	keeps_session
	ok stop -q -s keep --discard
	holds "dir fifo link null"
	[[ -c null && -p fifo && -L link && ! -e nowhere ]]
}

test_a_file_of_a_name_that_stands_for_standard_output() {
	ok start -q keep
	ok stop -q -s keep -o ./-
	good ./-
	holds -
}

test_a_place_where_nobody_may_write() {
	small_disk ro 1M
	mount -o remount,ro ro
	ok start -q keep
	no_file "ro/file: Read-only file system" "where you may write" ro/file
	keeps_session
	umount ro
	ok stop -q -s keep --discard
}

test_a_name_that_is_too_long() {
	local name
	name=$(printf 'x%.0s' {1..256})
	ok start -q keep
	no_file "File name too long" "-o" "$name"
	name=${name%x}
	ok stop -q -s keep -o "$name"
	good "$name"
}

test_the_disk_is_full() {
	small_disk full 1M
	fill keep 8
	fails 1 "full/file: No space left on device" "[Mm]ake room, or give a file on another disk" \
		stop -s keep -o full/file
	# the disk is empty again, the session whole: it is stopped, as it says, and can be written
	[[ -z $(ls -A full) && $(stat -f -c '%f %b' full) == "256 256" ]]
	ok list
	prints "^keep +stopped "
	fails 1 "is stopped" "livedump stop -o FILE" snapshot -s keep pid:1
	tool stop -q -s keep -o file
	[[ $status == 0 || $status == 3 ]]
	good file
	truth "core('file').bytes() >= 8 << 20"
	fails 1 "full/file: No space left" "another disk" capture -o full/file --depth 3 pid:1
	[[ -z $(ls -A full) ]]
	umount full
}

test_the_disk_is_full_and_a_file_is_to_be_replaced() {
	small_disk full 1M
	echo "mine" >full/file
	fill keep 8
	fails 1 "No space left on device" "another disk" stop -s keep -f -o full/file
	[[ $(<full/file) == mine && $(ls -A full) == file ]]
	umount full
	ok stop -q -s keep --discard
}

test_the_file_would_be_too_large() {
	fill keep 8
	(
		trap "" XFSZ
		ulimit -f 1024
		exec "$tool" stop -s keep -o file
	) >"$work/out" 2>"$work/err" || status=$?
	ended 1 "file: File too large" "ulimit -f"
	holds_nothing
	status=0
	(
		ulimit -f 1024
		exec "$tool" stop -s keep -o file
	) >"$work/out" 2>"$work/err" || status=$?
	ended 1 "file: File too large" "ulimit -f"
	holds_nothing
	ok stop -q -s keep --discard
}

test_the_disk_is_broken() {
	ok start -q keep
	meddled fsync:1:errno=5 stop -s keep -o file
	ended 1 "file: Input/output error" ""
	holds_nothing
	meddled pwritev:1:errno=5 stop -s keep -o file
	ended 1 "file: Input/output error" ""
	holds_nothing
	meddled link:1:errno=122 stop -s keep -o file
	ended 1 "file: Disk quota exceeded" "another disk"
	holds_nothing
	ok stop -q -s keep -o file
	holds file
}

test_nobody_else_may_read_it() {
	(
		umask 0
		ok start -q keep
		ok stop -q -s keep -o stopped
		ok capture -q -o captured pid:1
		[[ $(stat -c %a stopped captured) == $'600\n600' ]]
	)
	(
		umask 777
		ok capture -q -o masked pid:1
		[[ $(stat -c %a masked) == 600 ]]
	)
}

# On a file system that has no nameless files, too: the shared directory is one.
test_a_place_without_nameless_files() {
	local dir=$LIVEDUMP_VM_OUT/nameless
	mkdir "$dir"
	cd "$dir" || return
	ok start -q keep
	ok stop -q -s keep -o file
	good file
	[[ $(stat -c %a file) == 600 ]]
	holds file
	fails 1 "file: File exists" "another file with -o" capture -o file pid:1
	ok capture -q -f -o file pid:1
	good file
	meddled rename:1:errno=5 capture -f -o file pid:1
	ended 1 "file: Input/output error" ""
	holds file
	rm file
	meddled fsync:1:errno=5 capture -o file pid:1
	ended 1 "file: Input/output error" ""
	holds_nothing
	cd "$work" || return
	rmdir "$dir"
}

# seen_while COMMAND…: sizes that the file "file" had, and other names seen, while it ran
seen_while() {
	python3 - "$@" <<-'EOF' >seen
		import os, subprocess, sys, time
		names, sizes = set(), set()
		with subprocess.Popen(sys.argv[1:]) as process:
		    while True:
		        done = process.poll() is not None
		        names |= set(os.listdir("."))
		        try:
		            sizes.add(os.stat("file").st_size)
		        except FileNotFoundError:
		            sizes.add(-1)
		        if done:
		            break
		        time.sleep(0.001)
		print(process.returncode, sorted(sizes), sorted(names - {"seen"}))
	EOF
}

test_the_file_appears_complete() {
	local dir size
	fill keep 150
	seen_while "$tool" stop -s keep -q -o file
	size=$(stat -c %s file)
	[[ $size -gt 60000000 ]]
	[[ $(<seen) == "3 [-1, $size] ['file']" || $(<seen) == "0 [-1, $size] ['file']" ]] ||
		{ sed 's/^/# /' seen; return 1; }
	tool info file
	# a file that is replaced is there all the time
	truncate -s 7 file
	fill keep 32
	seen_while "$tool" stop -s keep -q -f -o file
	size=$(stat -c %s file)
	grep -qE "^[03] \[7, $size\] \['.file.[A-Za-z0-9]{6}', 'file'\]$|^[03] \[7, $size\] \['file'\]$" \
		seen || { sed 's/^/# /' seen; return 1; }
	rm file
	# where it needs another name until then
	dir=$LIVEDUMP_VM_OUT/complete
	mkdir "$dir"
	cd "$dir" || return
	fill keep 16
	seen_while "$tool" stop -s keep -q -o file
	size=$(stat -c %s file)
	grep -qE "^[03] \[-1, $size\] \['.file.[A-Za-z0-9]{6}', 'file'\]$" seen ||
		{ sed 's/^/# /' seen; return 1; }
	rm file seen
	cd "$work" || return
	rmdir "$dir"
}

test_two_captures_at_once() {
	local first second
	"$tool" capture -q -o first --depth 2 pid:1 &
	first=$!
	"$tool" capture -q -o second --depth 2 "pid:$BASHPID" &
	second=$!
	wait $first
	wait $second
	good first
	good second
	holds "first second"
	# for one file, one of them comes too late
	status=0
	"$tool" capture -q -o file pid:1 2>one &
	first=$!
	"$tool" capture -q -o file pid:1 2>two &
	second=$!
	wait $first || status=$((status + 1))
	wait $second || status=$((status + 1))
	[[ $status == 1 ]]
	grep -q "file: File exists" one two
	rm one two
	good file
	holds "file first second"
}

test_the_summary_is_true() {
	ok start -q sums
	ok snapshot -q -s sums --depth 2 pid:1 runqueues
	ok record-memory -q -s sums -p "$(kernel_code)" 1M
	tool record-memory -q -s sums 0xffffffff00000000 8K
	tool stop -s sums -o file --json
	[[ $status == 3 ]]
	cp "$work/out" stop
	tool info --json file
	cp "$work/out" info
	truth "core('file').check()" \
		"j['segments'] == len(core('file').loads)" \
		"j['bytes'] == core('file').bytes() == j['note']['pages']['bytes']" \
		"j['file_size'] == os.path.getsize('file')" \
		"j['release'] == '$(uname -r)' and j['machine'] == 'x86_64'" \
		"j['note']['pages']['count'] == len(core('file').frames())" \
		"j['note'] == core('file').note()" \
		"j['note']['pages']['ranges'] == 256" "j['note']['ranges']['bytes'] == 1 << 20" \
		"j['note']['requests'] == 3" "j['problems'] == []" \
		"[(m['reason'], m['bytes']) for m in j['note']['missing']
		  if m['reason'] == 'unmapped'][0][1] >= 8192"
	cp stop "$work/out"
	truth "j['bytes'] == os.path.getsize('file') and j['segments'] == len(core('file').loads)" \
		"all(j[key] == core('file').note()[key] for key in
		  ('objects', 'ranges', 'pages', 'missing', 'requests', 'busy_ns', 'complete'))"
}

test_the_note_tells_who_and_what() {
	SUDO_USER=somebody tool capture -q -o file --depth 0 init_task
	truth "core('file').note()['version'] == 1" \
		"core('file').note()['written']['sudo_user'] == 'somebody'" \
		"core('file').note()['written']['uid'] == 0" \
		"core('file').note()['written']['commands'] ==
		 [['$tool', 'capture', '-q', '-o', 'file', '--depth', '0', 'init_task']]" \
		"core('file').note()['host']['release'] == '$(uname -r)'" \
		"core('file').note()['host']['nodename'] == '$(uname -n)'" \
		"core('file').note()['host']['cpus'] == $(nproc)" \
		"b'BUILD-ID=' + core('file').note()['host']['build_id'].encode() in
		 core('file').notes()['VMCOREINFO']" \
		"core('file').notes()['VMCOREINFO'].startswith(b'OSRELEASE=$(uname -r)\n')"
}

test_progress_on_a_terminal() {
	local pid
	[[ -n $(command -v script) ]] || skip "no script(1)"
	fill seen 16
	fill unseen 16
	INTERPOSE=pwritev:1:sleep=1100 LD_PRELOAD=$INTERPOSE_SO script -qefc \
		"$tool stop -s seen -o file" terminal >/dev/null </dev/null &
	pid=$!
	# and none where nobody sees it
	meddled pwritev:1:sleep=1100 stop -s unseen -o second
	wait $pid || true
	! grep " % of " "$work/err" || return
	grep -aqE "[0-9]+ % of [0-9.]+ MiB" terminal
	good file
}
