# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# How the file is written: formats, compression, defaults, and standard output instead of a file.

config=/etc/livedump/config

# recorded NAME: a session with something in it
recorded() {
	ok start -q "$1"
	ok snapshot -q -s "$1" --depth 1 pid:1
}

# keeps STATE: the session "keep" is there
keeps() {
	ok list
	prints "^keep +$1 "
}

# Tests that change the defaults do it in here: whatever comes of them, the next finds none
with_defaults() {
	mkdir -p /etc/livedump
	mount -t tmpfs -o mode=755 none /etc/livedump
	trap 'umount /etc/livedump' EXIT
}

test_every_compression() {
	local how
	for how in none zlib lzo snappy zstd; do
		recorded one
		ok stop -s one -o "$how" --compression "$how" --json
		truth "j['format'] == 'kdump' and j['compression'] == '$how' and j['complete']" \
			"j['bytes'] == os.path.getsize('$how') and j['segments'] == 0" \
			"kdump('$how').check('$how')" \
			"len(kdump('$how').pfns()) == j['pages']['count']" \
			"kdump('$how').disk < j['bytes'] + (64 << 10)"
	done
	holds "lzo none snappy zlib zstd"
	ok capture -o plain --format kdump pid:1
	prints "^file: +plain, .*, kdump, zlib, written in"
	truth "kdump('plain').check('zlib')"
	ok capture -q -o elf --format elf pid:1
	good elf
}

test_letters_of_makedumpfile() {
	ok capture -q -o c -c pid:1
	ok capture -q -o l -l pid:1
	ok capture -q -o p -p pid:1
	ok capture -q -o z -z --compression-level 9 pid:1
	truth "kdump('c').check('zlib')" "kdump('l').check('lzo')" "kdump('p').check('snappy')" \
		"kdump('z').check('zstd')"
}

test_any_number_of_threads() {
	local threads
	for threads in 1 2 7; do
		fill many 12
		tool stop -q -s many -c -o "$threads" --num-threads "$threads"
		[[ $status == 0 || $status == 3 ]]
		truth "kdump('$threads').check('zlib')" "len(kdump('$threads').pfns()) > 2000"
	done
}

test_what_does_not_go_together() {
	ok start -q keep
	fails 2 "an ELF file is not compressed" "Leave --format elf away" \
		stop -s keep -o file --format elf -z
	fails 2 "lzo has no levels" "leave --compression-level away" \
		stop -s keep -o file -l --compression-level 1
	fails 2 "levels of zlib" "1 to 9" stop -s keep -o file --compression-level 12
	keeps recording
	ok stop -q -s keep --discard
	holds_nothing
}

test_defaults() {
	with_defaults
	ok config
	prints "^# format = elf \(built in\)$"
	ok config format kdump
	ok config compression zstd
	ok config compression-level 5
	[[ $(<$config) == $'format = kdump\ncompression = zstd\ncompression-level = 5' ]]
	[[ $(stat -c %a $config) == 644 && $(echo /etc/livedump/*) == "$config" ]]
	ok config compression
	prints "^zstd$"
	ok config num-threads
	prints "^default$"
	ok config --json
	truth "j == {'format': 'kdump', 'compression': 'zstd', 'compression-level': '5',
	             'num-threads': None}"
	recorded one
	ok status -s one
	prints "^format: +kdump, zstd$"
	prints "^bytes: +at most [0-9]+$"
	ok stop -q -s one -o configured
	ok capture -q -o said -l pid:1
	ok capture -q -o elf --format elf pid:1
	ok config format elf
	ok capture -q -o now-elf pid:1
	ok capture -q -o kdump --format kdump pid:1
	truth "kdump('configured').check('zstd')" "kdump('said').check('lzo')" "core('elf').check()" \
		"core('now-elf').check()" "kdump('kdump').check('zstd')"
}

test_defaults_that_are_none() {
	with_defaults
	fails 2 "nothing is called 'colour'" "format, compression" config colour red
	fails 2 "'pdf' is no format" "elf or kdump" config format pdf
	fails 2 "'0' is no num-threads" "from 1 to 1024" config num-threads 0
	[[ ! -e $config ]]
	ok config format kdump
	echo "format = pdf" >>$config
	ok start -q keep
	fails 1 "config:2: 'pdf' is no format" "elf or kdump" stop -s keep
	fails 1 "config:2: 'pdf' is no format" "elf or kdump" capture -o file pid:1
	keeps recording
	ok stop -q -s keep --discard
	rm $config
	as_nobody config format kdump
	ended 1 "config.*: Permission denied" "Only root"
	[[ ! -e $config ]]
	holds_nothing
}

test_standard_output() {
	local format
	for format in elf kdump; do
		recorded one
		"$tool" stop -s one -o - --format $format 2>"$work/err" | cat >flat
		says "^file: +-, .*, written in"
		truth "unflatten('flat', '$format') > 1"
	done
	truth "core('elf').check()" "kdump('kdump').check('zlib')"
	# the summary is where the file is not
	"$tool" capture -o - --json -z pid:1 2>"$work/out" >flat
	truth "unflatten('flat', 'zstd') > 1" "kdump('zstd').check('zstd')" \
		"j['path'] == '-' and j['bytes'] == os.path.getsize('zstd')"
	"$tool" capture -q -o - pid:1 2>"$work/err" >flat
	silent
	holds "elf flat kdump zstd"
}

test_the_pipe_closes() {
	fill keep 8
	# what is in the pipe when it closes is lost, and the session kept
	{ "$tool" stop -s keep -o - 2>"$work/err" || echo $? >result; } | head -c 5000 >/dev/null
	status=$(<result)
	ended 1 "standard output: Broken pipe" "has ended before it had all"
	keeps stopped
	{ "$tool" stop -s keep -o - -z 2>"$work/err" || echo $? >result; } | true
	status=$(<result)
	ended 1 "standard output: Broken pipe" "has ended"
	keeps stopped
	tool stop -q -s keep -o file
	[[ $status == 0 || $status == 3 ]]
	good file
	# a shell that ignores the signal
	(trap "" PIPE; "$tool" capture -o - pid:1 2>"$work/err" || echo $? >result) | true
	status=$(<result)
	ended 1 "standard output: Broken pipe" "has ended"
	holds "file result"
}

test_a_terminal_is_no_place() {
	[[ -n $(command -v script) ]] || skip "no script(1)"
	ok start -q keep
	script -qefc "$tool stop -s keep -o -" said >/dev/null </dev/null || status=$?
	[[ $status == 2 ]]
	grep -q "nothing for a terminal" said
	grep -q "makedumpfile -R" said
	keeps recording
	ok stop -q -s keep --discard
}

test_the_disk_behind_standard_output_is_full() {
	ok start -q keep
	status=0
	"$tool" stop -s keep -o - 2>"$work/err" >/dev/full || status=$?
	ended 1 "standard output: No space left" "another disk"
	keeps stopped
	ok stop -q -s keep --discard
}
