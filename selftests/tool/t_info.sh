# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# livedump info on files that are damaged, foreign, or no vmcores at all.

# a_file: one of ours, "file", made once
a_file() {
	[[ -e $work/a_file ]] || ok capture -q -o "$work/a_file" --depth 1 init_task
	cp "$work/a_file" file
}

# edit WHERE OFFSET NEW: of truth.py, bytes of "file"
edit() { truth "edit('file', $1, $2, $3)"; }

# damaged: info says so, without and with --json
damaged() {
	tool info file
	[[ $status == 1 ]] || explain "status $status" || return
	says "file is damaged or cut off" || return
	says "Copy it again" || return
	tool info --json file
	[[ $status == 1 ]] || explain "status $status" || return
	truth "len(j['problems']) >= 1 and j['path'] == 'file'"
}

test_a_good_file() {
	a_file
	ok info file
	prints "^file:     file$"
	prints "^format:   ELF vmcore for x86_64$"
	prints "^kernel:   $(uname -r)$"
	prints "^host:     $(uname -n)$"
	prints "^by:       livedump [0-9.]+$"
	prints "^command:  .*livedump capture -q -o .* --depth 1 init_task$"
	prints "^complete: yes$"
	prints "^objects:  [0-9]+, "
	prints "^missing:  nothing$"
	prints_not "\nholes:"
}

test_a_file_that_is_checked() {
	a_file
	ok info --check file
	prints "^check:    good$"
	ok info --check --json file
	truth "j['check'] == []"
	edit "b''" "64 + 56 + 48" "b'\x00\x10'"
	edit "b'KERNELOFFSET'" 0 "b'CRASHTIME=00'"
	tool info --check file
	ended 1 "file: program header 1: p_align is 4096, not 0" "crash takes the file for a netdump"
	says "file: VMCOREINFO has CRASHTIME"
	says "file breaks 2 rules of its readers"
	tool info --check --json file
	[[ $status == 1 ]]
	truth "[c['rule'] for c in j['check']] == ['load-align', 'crashtime']"
	# who does not ask does not get it
	ok info file
	prints_not "check:"
}

test_a_file_that_is_cut_off() {
	local size length
	a_file
	size=$(stat -c %s file)
	for length in 64 100 1000 4096 8192 $((size / 2)) $((size - 1)); do
		a_file
		truncate -s "$length" file
		damaged || { echo "# of $size bytes: $length"; return 1; }
	done
	truncate -s 20 file
	fails 1 "file: this is neither an ELF nor a kdump file" "" info file
}

test_a_file_with_a_garbled_note() {
	a_file
	edit "b'{\"version\"'" 0 "b'['"
	damaged
	says "the LIVEDUMP note is garbled"
	a_file
	edit "b'VMCOREINFO'" -12 "b'\xff\xff\xff\x7f'"
	damaged
}

test_a_file_with_garbled_headers() {
	a_file
	edit "b''" "64 + 56 + 32" "b'\xff' * 8"
	damaged
	a_file
	edit "b''" 56 "b'\x00\x40'"
	damaged
}

test_nothing_in_it_reaches_the_terminal() {
	a_file
	edit "b'\"nodename\":\"'" 12 "b'\\\\u001b'"
	edit "b'OSRELEASE='" 10 "b'\x1b[2J'"
	tool info file
	! grep -q $'\033' "$work/out" "$work/err" || explain "an escape character" || return
	prints "^kernel:   \?\[2J"
}

test_a_vmcore_of_others() {
	a_file
	edit "b'LIVEDUMP'" 0 "b'X'"
	ok info file
	prints "^note:     none; this vmcore was not made by livedump$"
	prints "^kernel:   $(uname -r)$"
	prints "^segments: [1-9]"
	ok info --json file
	truth "j['note'] is None and j['release'] == '$(uname -r)'"
}

test_a_core_that_is_no_vmcore() {
	a_file
	edit "b'LIVEDUMP'" 0 "b'X'"
	edit "b'VMCOREINFO'" 0 "b'X'"
	fails 1 "file: this core file is not a vmcore" "VMCOREINFO" info file
}

test_files_that_are_no_cores() {
	fails 1 "nosuch: No such file or directory" "" info nosuch
	fails 1 "/etc/passwd: this is neither an ELF nor a kdump file" "" info /etc/passwd
	fails 1 "this ELF file is not a core file" "" info /bin/true
	fails 1 "this is not a regular file" "" info .
	fails 1 "this is not a regular file" "" info /dev/null
	mkfifo fifo
	fails 1 "this is not a regular file" "" info fifo
	: >empty
	fails 1 "empty: the file is empty" "" info empty
	printf 'KDUMP   \6\0\0\0%4096s' "" >kdump
	fails 1 "this kdump file is damaged, or not of a 64-bit little-endian kernel" "" info kdump
	printf 'DISKDUMP%4096s' "" >kdump
	fails 1 "this is a diskdump file" "Open it with crash" info kdump
	fails 1 "this is neither an ELF|Too many levels" "" info "$MODULE.none" || says "No such file"
}

test_a_file_that_may_not_be_read() {
	a_file
	chmod 600 file
	as_nobody info "$PWD/file"
	ended 1 "file: Permission denied" ""
}
