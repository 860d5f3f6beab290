# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# Sessions: made, found, filled, listed, ended. Output files have tests of their own.

test_a_session_from_start_to_stop() {
	ok start
	prints "^session default is open: livedump snapshot, record-memory, then stop$"
	ok snapshot pid:1
	prints "^session default: [0-9]+ objects, [0-9.]+ KiB, on [0-9]+ pages in [0-9.]+ ms$"
	ok record-memory "$(address linux_banner)" 4K
	prints "^session default: recorded 4 KiB$"
	ok status
	prints "^session:  default, recording$"
	prints "^path:     livedump-default-[0-9]{8}T[0-9]{6}Z.vmcore$"
	prints "^format:   ELF$"
	prints "^segments: [0-9]+$"
	prints "^bytes:    [0-9]+$"
	prints "^missing:  nothing$"
	ok list
	prints "^NAME +STATE +REQUESTS +PAGES"
	prints "^default +recording +2 "
	ok stop
	prints "^objects:  [0-9]+, [0-9.]+ KiB$"
	prints "^ranges:   4 KiB$"
	prints "^pages:    [0-9]+, .* \([0-9]+ with objects, [0-9]+ of ranges, [0-9]+ page tables\)$"
	prints "^time:     [0-9.]+ ms in 2 requests$"
	prints "^file:     livedump-default-[0-9TZ]*.vmcore, .*, [0-9]+ segments, written in "
	ok list
	prints "^no session is open$"
	set -- *
	[[ $# == 1 && $1 == livedump-default-*.vmcore && $(stat -c %a "$1") == 600 ]]
	good "$1"
}

test_status_foretells_the_file() {
	ok start -q mine
	ok snapshot -q -s mine --depth 2 pid:1
	ok status -s mine --json
	cp "$work/out" before
	ok stop -s mine --json
	cp "$work/out" after
	truth "core(j['path']).check()"
	truth "[key for key in ('path', 'segments', 'objects', 'pages', 'ranges', 'missing', 'complete')
		if load('before')[key] != load('after')[key]] == []" \
		"abs(load('before')['bytes'] - j['bytes']) <= 4096" \
		"os.path.getsize(j['path']) == j['bytes']"
}

test_two_record_at_once() {
	local first second
	ok start -q both
	"$tool" snapshot -q -s both --depth 2 pid:1 &
	first=$!
	"$tool" snapshot -q -s both --depth 2 "pid:$BASHPID" &
	second=$!
	wait $first
	wait $second
	ok stop -s both -o file --json
	truth "j['requests'] == 2 and j['complete'] is True"
	good file
}

test_the_session_outlives_its_maker() {
	local pid
	"$tool" start -q orphan &
	pid=$!
	wait $pid
	[[ ! -e /proc/$pid ]]
	ok list --json
	truth "[(s['name'], s['creator_pid']) for s in j['sessions']] == [('orphan', $pid)]"
	ok snapshot -q pid:1
	ok stop -q -o file
	good file
}

test_a_name_that_is_taken() {
	ok start -q mine
	fails 1 "there is a session mine already" "-s mine.*livedump stop -s mine.*another name" \
		start mine
	ok start -q
	fails 1 "there is a session default already" "livedump stop -s default" start
	ok stop -q -s default --discard
	ok stop -q -s mine --discard
	prints_nothing
}

test_a_name_that_is_not_there() {
	ok start -q mine
	fails 1 "there is no session yours" "livedump list.*livedump start yours" \
		snapshot -s yours pid:1
	fails 1 "there is no session yours" "livedump list" status -s yours
	fails 1 "there is no session yours" "livedump list" record-memory -s yours 0x1000 1
	fails 1 "there is no session yours" "livedump list" stop -s yours -o file
	fails 1 "there is no session yours" "livedump list" stop -s yours --discard
	holds_nothing
	ok stop -q -s mine --discard
}

test_two_and_none_named() {
	local command
	ok start -q one
	ok start -q two
	for command in "snapshot pid:1" "record-memory 0x1000 1" status stop "stop --discard"; do
		# shellcheck disable=SC2086  # words
		fails 1 "2 sessions are open" "with -s:.*  one.*  two" $command
	done
	ok list
	prints "^one .*two "
	ok snapshot -s two pid:1
	prints "^session two: "
	ok stop -q -s one --discard
	# one is left
	ok status
	prints "^session:  two, recording$"
	prints "^objects:  [1-9]"
	ok stop --discard
	prints "^session two is gone, and what it recorded with it$"
	holds_nothing
}

test_none_at_all() {
	local command
	for command in "snapshot pid:1" "record-memory 0x1000 1" status stop "stop -o file"; do
		# shellcheck disable=SC2086  # words
		fails 1 "no session is open" "livedump start.*livedump capture" $command
	done
	holds_nothing
	ok list
	prints "^no session is open$"
}

test_nothing_recorded() {
	ok start -q empty
	ok status
	prints "^objects:  0, 0 bytes$"
	ok stop -s empty -o file
	good file
	ok info file
	prints "^segments: 0$"
}

test_the_buffer_is_full() {
	ok start -q --buffer 1M small
	incomplete "the session is full; what was recorded until then is kept" "larger --buffer" \
		snapshot -s small --depth 3 pid:1
	ok status -s small --json
	truth "j['complete'] is False" "j['session']['limit'] == 1 << 20" \
		"j['session']['used'] <= 1 << 20" "j['pages']['bytes'] > 1 << 19"
	# it stays full, and what it has stays
	incomplete "the session is full" "larger --buffer" \
		record-memory -s small --physical "$(kernel_code)" 2M
	tool stop -s small -o file
	ended 3 "not complete" "livedump info tells what is missing"
	good file
	ok info file
	prints "^complete: no$"
	prints "the session is full, [0-9]+ places \(to get it: a larger --buffer\)"
	prints "^  0x[0-9a-f]+, [0-9.]+ [a-zA-Z]+: limit \(request 1"
}

test_a_buffer_for_nothing() {
	tool start --buffer 1
	# smaller than what a session needs for itself: said here, or when something is recorded
	if [[ $status == 0 ]]; then
		incomplete "the session is full" "larger --buffer" snapshot pid:1
		tool stop --discard
	else
		ended 1 "1 bytes|too small|--buffer" "larger --buffer"
	fi
}

test_the_cap_of_the_module() {
	ok start -q one
	tool record-memory -q -s one --physical --user-memory 0x0 1G
	ended 3 "the session is full" "raise|end others"
	# nothing is left for others
	tool start two
	if [[ $status == 0 ]]; then
		incomplete "the session is full" "end others" snapshot -s two pid:1
		ok stop -q -s two --discard
	else
		ended 1 "hold all the memory" "end one \\(livedump list\\)"
	fi
	# a file that says so, or none
	tool capture -q -o file pid:1
	if [[ $status == 1 ]]; then
		ended 1 "hold all the memory|session is full" "[Ee]nd "
		holds_nothing
	else
		ended 3 "the session is full" "end others"
		truth "core('file').note()['complete'] is False"
		rm file
	fi
	ok stop -q -s one --discard
	ok capture -q -o file pid:1
}

test_the_deadline_has_passed() {
	ok start -q --deadline 0.2 late
	ok status
	prints "^deadline: 20"
	sleep 0.3
	fails 1 "deadline has passed, and it is stopped" "livedump stop -o FILE" \
		snapshot -s late pid:1
	fails 1 "is stopped" "livedump stop -o FILE" record-memory -s late 0x1000 1
	ok list
	prints "^late +stopped "
	ok stop -q -s late -o file
	good file
}

test_a_later_request_refreshes() {
	local jiffies between target
	jiffies=$(address jiffies_64)
	target="(u64 *)$jiffies"
	ok start -q again
	ok start -q keep
	ok snapshot -q -s again "$target"
	ok snapshot -q -s keep "$target"
	take between "$target"
	between=$(truth_says "core('between').u64($jiffies)")
	ok snapshot -q -s again "$target"
	ok snapshot -q -s keep --keep "$target"
	ok stop -q -s again -o again
	ok stop -s keep -o keep --json
	truth "j['requests'] == 2" \
		"core('keep').u64($jiffies) < $between < core('again').u64($jiffies)"
}

test_memory_by_its_physical_address() {
	local virtual page
	virtual=$(address linux_banner)
	ok start -q mine
	ok record-memory --json "$virtual" 0x20
	truth "j['recorded'] == 32 and j['physical'] is False and j['missing'] == []" \
		"j['address'] == '$virtual'"
	ok stop -q -s mine -o virtual
	page=$(truth_says "[hex(p['paddr'] + $virtual - p['vaddr']) for p in core('virtual').loads
		if p['vaddr'] <= $virtual < p['vaddr'] + p['filesz']][0]")
	ok start -q mine
	# as the kernel prints addresses
	ok record-memory -q "${virtual#0x}" 1
	ok record-memory -p --json "$page" 32
	truth "j['recorded'] == 32 and j['physical'] is True"
	ok stop -q -s mine -o physical
	truth "core('physical').text($virtual).startswith('Linux version')"
	good physical
}

test_a_range_that_is_not_there() {
	ok start -q mine
	incomplete "missing of 0xffffffff00000000" "4 KiB  not mapped" \
		record-memory 0xffffffff00000000 4K
	incomplete "missing of 0x1000" "not a kernel address" record-memory 0x1000 1
	incomplete "missing of 0xfffffffffff0" "not RAM" record-memory -p 0xfffffffffff0 64
	incomplete "missing of" "not a kernel address" record-memory 0xffffffffffffffff 2
	# partly there: the rest of it is recorded
	incomplete "not RAM" "missing of 0x3ff" record-memory --json -p -u 0x3ff00000 2M
	truth "0 < j['recorded'] <= 1 << 20" \
		"sum(m['bytes'] for m in j['missing']) == (2 << 20) - j['recorded']"
	tool stop -s mine -o file
	ended 3 "asked for and missing" "address 0xffffffff00000000, 4 KiB: not mapped"
	good file
}

test_user_memory_only_where_asked_for() {
	ok start -q mine
	tool record-memory --json -p 0x0 200M
	[[ $status == 3 ]]
	says "user memory \(to get it: --user-memory\)"
	truth "'user' in [m['reason'] for m in j['missing']]"
	ok stop -q -s mine --discard
	ok start -q mine
	tool record-memory --json -p --user-memory 0x0 200M
	truth "'user' not in [m['reason'] for m in j['missing']]"
	ok stop -q -s mine --discard
}

# In pieces that fit into a session: the buffers may be anywhere
test_our_own_buffers_are_left_out() {
	local piece own=0
	fill other 64
	for ((piece = 0; piece < 1 << 30; piece += 128 << 20)); do
		ok start -q mine
		tool record-memory -s mine --json -p -u "$(printf 0x%x $piece)" 128M
		truth "not [m for m in j['missing'] if m['reason'] == 'limit']"
		own=$((own + $(truth_says \
			"sum(m['bytes'] for m in j['missing'] if m['reason'] == 'self')")))
		ok stop -q -s mine --discard
	done
	[[ $own -ge $((64 << 20)) ]]
	ok stop -q -s other --discard
}

test_quiet_means_quiet() {
	ok start -q mine
	prints_nothing
	ok snapshot -q pid:1
	prints_nothing
	ok record-memory -q "$(address linux_banner)" 1
	prints_nothing
	ok stop -q -o file
	prints_nothing
	ok capture -q -o other pid:1
	prints_nothing
	# what is missing is told all the same
	incomplete "missing of" "not mapped" capture -q -o third 0xffffffff00000000:1
}

test_completion_knows_the_sessions() {
	ok start -q one
	ok start -q two
	ok __complete 3 livedump stop -s ""
	[[ $(<"$work/out") == $'one\ntwo' ]]
	ok stop -q -s one --discard
	ok stop -q -s two --discard
}

test_names_that_cannot_be() {
	local text
	for text in .hidden -x "a b" a/b "$(printf 'x%.0s' {1..64})" "a:b" "ü"; do
		fails 1 "cannot be a session's name" "letters, digits" start -- "$text"
		fails 1 "cannot be a session's name|there is no session" "livedump list" \
			stop "--session=$text" -o file
	done
	fails 2 "name is empty" "" start ""
	holds_nothing
	ok start -q "$(printf 'x%.0s' {1..63})"
	ok stop -q --discard
}
