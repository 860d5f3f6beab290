# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# Completion and the man page, which are made from the tables of commands and options. Needs no
# module.

completion=$here/../../tools/completion/livedump.bash
commands=(start snapshot record-memory status list stop capture info convert whatis config help)

# complete_line WORD…: what bash offers for the last one, in $work/out
complete_line() {
	bash --norc -c '
		. "$1"
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		compopt() { echo "compopt $*"; }
		_livedump "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
		printf "%s\n" "${COMPREPLY[@]}"' bash "$completion" "$@" \
		>"$work/out" 2>"$work/err" || return
	silent
}

# offers WORD…: exactly these
offers() {
	[[ $(sort "$work/out" | tr '\n' ' ') == "$(printf '%s\n' "$@" | sort | tr '\n' ' ')" ]] ||
		explain "not offered: $*"
}

# long_options COMMAND: as its help tells
long_options() {
	"$tool" "$1" --help | grep -oE '^  (-[a-zA-Z], |    )--[a-z-]+' | grep -oE -- '--.*'
}

test_completion_is_for_livedump() {
	# shellcheck disable=SC2016
	[[ $(bash --norc -c '. "$1"; complete -p livedump' bash "$completion") == *"-F _livedump"* ]]
}

test_completion_of_commands() {
	complete_line "$tool" ""
	offers "${commands[@]}"
	complete_line "$tool" st
	offers start status stop
	complete_line "$tool" help s
	offers start snapshot status stop
	complete_line "$tool" nonsense ""
	offers ""
}

test_completion_of_options() {
	local command wanted
	for command in "${commands[@]}"; do
		mapfile -t wanted < <(long_options "$command")
		[[ ${#wanted[@]} -ge 3 ]]
		complete_line "$tool" "$command" --
		offers "${wanted[@]}"
	done
	complete_line "$tool" stop --d
	offers --discard
	# behind an option with its argument
	complete_line "$tool" snapshot --depth 2 --max-o
	offers --max-objects
}

test_completion_of_files() {
	local words
	for words in "stop -o" "stop --output" "capture -o" "capture --vmlinux" "info"; do
		# shellcheck disable=SC2086  # words
		complete_line "$tool" $words ""
		prints "^compopt -o default$"
	done
}

test_completion_of_profiles() {
	local wanted=("$here"/../../tools/profiles/*.profile)
	wanted=("${wanted[@]##*/}")
	complete_line "$tool" capture --profile ""
	offers "${wanted[@]%.profile}"
	complete_line "$tool" snapshot -P ta
	offers tasks
	complete_line "$tool" list p
	offers profiles
}

test_completion_where_nothing_is_known() {
	complete_line "$tool" snapshot --depth ""
	offers ""
	complete_line "$tool" start --buffer ""
	offers ""
}

test_man_page_without_a_warning() {
	[[ -n $(command -v groff) ]] || skip "no groff"
	"$tool" __man >livedump.8
	groff -man -Tutf8 -ww -z livedump.8 >"$work/out" 2>"$work/err"
	silent
	[[ ! -s $work/out ]]
	[[ -n $(command -v man) ]] || return 0
	LC_ALL=C.UTF-8 MANROFFSEQ="" MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z \
		"$PWD/livedump.8" 2>"$work/err" >/dev/null
	silent
}

test_man_page_has_every_command_and_option() {
	local command option wanted
	"$tool" __man | sed 's/\\-/-/g; s/\\f[BIR]//g' >"$work/out"
	for command in "${commands[@]}"; do
		prints "^\.SS livedump $command"
		mapfile -t wanted < <(long_options "$command")
		for option in "${wanted[@]}"; do
			prints "^(-., )?${option}[^a-z-]"
		done
	done
	for option in "$here"/../../tools/profiles/*.profile; do
		option=${option##*/}
		prints "^${option%.profile}(\[=ARG\])?$"
	done
	prints "^\.SH PROFILES$"
	prints "^\.SH EXIT STATUS$"
	prints "^\.SH TARGETS$"
}

test_man_page_is_plain_text() {
	[[ -n $(command -v groff) ]] || skip "no groff"
	"$tool" __man | groff -man -Tascii -P-cbou >"$work/out" 2>"$work/err"
	silent
	prints "livedump capture -o init.vmcore --depth 2 pid:1"
	# lines that are too long for a terminal
	! grep -nE '^.{81,}' "$work/out"
}
