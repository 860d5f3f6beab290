# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# Command lines that make no sense: status 2, and nothing is done. Needs no module.

test_no_command() {
	tool
	[[ $status == 2 ]]
	says "usage: livedump COMMAND"
	says "^  snapshot "
}

test_unknown_command() {
	fails 2 "no command 'nonsense'" "livedump help" nonsense
	fails 2 "no command 'snapshto'" "snapshot" snapshto init_task
	fails 2 "no command 'record'" "record-memory" record
	fails 2 "no command '--frob'" "livedump help" --frob
}

test_unknown_option() {
	fails 2 "no option --dpeth" "livedump snapshot --help" snapshot init_task --dpeth 2
	fails 2 "no option -x" "livedump list --help" list -x
	# of another command
	fails 2 "stop has no option --depth" "livedump stop --help" stop --depth=2
}

test_an_option_that_could_be_two() {
	fails 2 "--max" "max-objects.*max-time|livedump snapshot --help" snapshot --max 3 init_task
}

test_option_without_its_argument() {
	fails 2 "-o needs an argument" "FILE" capture init_task -o
	fails 2 "--depth needs an argument" "N" snapshot init_task --depth
	fails 2 "--session needs an argument" "NAME" status --session
}

test_option_with_an_argument_too_many() {
	fails 2 "--force takes no argument" "--force" stop --force=yes
	fails 2 "--json takes no argument" "--json" list --json=1
}

test_option_with_an_empty_argument() {
	fails 2 "--output" "FILE.*empty" capture -o "" init_task
	fails 2 "--session" "NAME.*empty" status -s ""
	fails 2 "--vmlinux" "FILE.*empty" snapshot --vmlinux "" init_task
}

test_malformed_numbers() {
	local text
	for text in x "" -1 1.5 0x 3K "1 " 99999999999999999999; do
		fails 2 "--depth takes a number, such as 3" "not one: '$text'" \
			snapshot init_task --depth "$text"
	done
	fails 2 "--depth is at most" "64" snapshot init_task --depth 65
	fails 2 "--max-objects is at most" "16777216" snapshot init_task --max-objects 16777217
}

test_malformed_sizes() {
	local text
	for text in x "" -4K 12Q 1.5M K 4KB 0x 99999999999G 18446744073709551616; do
		fails 2 "--buffer takes a size, such as 65536, 64K or 1G" "not one: '$text'" \
			start --buffer "$text"
	done
	fails 2 "'12Q' is no size" "4096" record-memory 0xffff888000001000 12Q
	fails 2 "'0' is no size" "4096" record-memory 0xffff888000001000 0
}

test_malformed_times() {
	local text
	for text in x "" -1 1. .5 0x10 10s 18446744073709551616; do
		fails 2 "--deadline takes seconds, such as 10 or 0.5" "not one: '$text'" \
			start --deadline "$text"
	done
}

test_malformed_addresses() {
	local text
	for text in nonsense "" 4096 0x 0xxyz 0x11111111111111111; do
		fails 2 "'$text' is no address" "such as 0x" record-memory "$text" 4096
	done
}

test_no_targets() {
	fails 2 "nothing is given" "livedump snapshot .*TARGET" snapshot
	fails 2 "nothing is given" "-o FILE \[TARGET" capture -o file
	fails 2 "something is missing" "ADDRESS SIZE" record-memory 0xffff888000001000
	fails 2 "nothing is given" "livedump info .*FILE" info
	holds_nothing
}

test_no_output_for_capture() {
	fails 2 "capture needs a file to write" "-o FILE" capture init_task
}

test_too_many_operands() {
	fails 2 "'two' is too much" "livedump start .*NAME" start one two
	fails 2 "'extra' is too much" "usage: livedump status" status extra
	fails 2 "'extra' is too much" "usage: livedump list" list profiles extra
	fails 2 "'0' is too much" "ADDRESS SIZE" record-memory 0xffff888000001000 4096 0
}

test_commands_can_be_asked_for_help() {
	local command
	ok help
	prints "^usage: livedump COMMAND"
	for command in start snapshot record-memory status list stop capture info help; do
		prints "^  $command +[a-z]"
	done
	cp "$work/out" overview
	ok --help
	cmp "$work/out" overview
	ok -h
	cmp "$work/out" overview
	for command in start snapshot record-memory status list stop capture info; do
		ok $command --help
		prints "^usage: livedump $command \[OPTION...\]"
		prints "^  -h, --help +[a-z]"
		cp "$work/out" help
		ok help $command
		cmp "$work/out" help
	done
	fails 2 "no command 'nonsense'" "livedump help" help nonsense
}

test_version() {
	ok --version
	prints "^livedump [0-9]+\.[0-9]+"
	cp "$work/out" version
	ok -V
	cmp "$work/out" version
	ok stop --version
	cmp "$work/out" version
}

test_help_where_the_rest_makes_no_sense() {
	ok info --help a b c
	ok snapshot -h
}

test_standard_output_that_is_full() {
	status=0
	"$tool" help >/dev/full 2>"$work/err" || status=$?
	ended 1 "standard output" "No space left"
}

test_options_that_exclude_each_other() {
	fails 2 "--discard writes no file" "leave -o away" stop -s mine --discard -o file
}
