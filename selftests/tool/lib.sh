# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the tests of the tool are written with. A file of tests is bash; each function test_NAME in
# it is one test, run in the order of the file, in a subshell with -e and in an empty directory:
# the first command that fails fails it. Tests may leave neither a session nor a changed system.
#
# In an emulated guest every process costs: what bash can do itself it does itself here.

shopt -s dotglob nullglob

# where these files are, the program to test, and where its output goes
here=${here:?}
tool=""
work=""

# seconds that one test may take; on a busy machine a guest is slow
limit=120

# tool ARGS…: run it; its exit status is $status, what it printed is in $work/out and $work/err.
# Variables in front of it reach it, as they would without this function.
tool() {
	status=0
	"$tool" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

# meddled CALL:N:WHAT ARGS…: the same, with a call of it meddled with as in interpose.c
meddled() {
	local wish=$1
	shift
	INTERPOSE=$wish LD_PRELOAD=$INTERPOSE_SO tool "$@"
}

# as_nobody ARGS…: the same, but not as root
as_nobody() {
	status=0
	setpriv --reuid 65534 --regid 65534 --clear-groups "$tool" "$@" \
		>"$work/out" 2>"$work/err" </dev/null || status=$?
}

explain() {
	echo "# $1"
	sed 's/^/#   out: /' "$work/out" | head -n 30
	sed 's/^/#   err: /' "$work/err" | head -n 30
	return 1
}

# matches FILE REGEX: ^ and $ at its ends stand for those of a line
matches() {
	local text regex=$2
	text=$'\n'$(<"$1")$'\n'
	if [[ $regex == ^* ]]; then regex=$'\n'${regex#^}; fi
	if [[ $regex == *\$ ]]; then regex=${regex%\$}$'\n'; fi
	[[ $text =~ $regex ]]
}

prints() { matches "$work/out" "$1" || explain "not printed: $1"; }
prints_not() { ! matches "$work/out" "$1" || explain "printed: $1"; }
says() { matches "$work/err" "$1" || explain "not said: $1"; }
prints_nothing() { [[ ! -s $work/out ]] || explain "printed something"; }
silent() { [[ ! -s $work/err ]] || explain "said something"; }

# ok ARGS…: it works and complains of nothing
ok() {
	tool "$@"
	[[ $status == 0 ]] || explain "livedump $*: status $status" || return
	silent
}

# ended STATUS WHAT NEXT: how the last one failed: what it said happened, and what to do
ended() {
	[[ $status == "$1" ]] || explain "status $status instead of $1" || return
	[[ $(<"$work/err") == "livedump: "* ]] || explain "not under our name" || return
	says "$2" || return
	says "$3"
}

# fails STATUS WHAT NEXT ARGS…: it fails, says both on standard error and nothing elsewhere
fails() {
	local status_wanted=$1 what=$2 next=$3
	shift 3
	tool "$@"
	ended "$status_wanted" "$what" "$next" || { echo "# livedump $*"; return 1; }
	prints_nothing
}

# incomplete WHAT NEXT ARGS…: it does what it can and says what is missing
incomplete() {
	local what=$1 next=$2
	shift 2
	tool "$@"
	ended 3 "$what" "$next" || { echo "# livedump $*"; return 1; }
}

# holds NAMES: the current directory has these, hidden ones included, and nothing else
holds() {
	local found=(*)
	[[ "${found[*]-}" == "$1" ]] || { echo "# the directory has: ${found[*]-}"; return 1; }
}

holds_nothing() { holds ""; }

# truth EXPRESSION…: of truth.py; j is what was printed last, as JSON
truth() {
	local line
	printf '%s\0' "$PWD" "$work/out" $# "$@" >&7
	while read -r line <&8; do
		case $line in
		true) return 0 ;;
		false) return 1 ;;
		*) echo "$line" ;;
		esac
	done
}

# truth_says EXPRESSION: its value
truth_says() {
	local line
	printf '%s\0' "$PWD" "$work/out" 1 "print_value($1)" >&7
	read -r line <&8
	echo "${line#= }"
	read -r line <&8
	[[ $line == true ]]
}

have_test_module() { [[ -e /sys/module/livedump_test ]] || insmod "$TEST_MODULE"; }

# tested NAME: an address that it tells
tested() { awk -v n="$1" '$1 == n { print "0x" $2 }' /sys/kernel/debug/livedump_test/addresses; }

# address SYMBOL: one of the kernel's own, in a guest
address() {
	local at
	at=$(grep -m 1 " $1\$" "$work/kallsyms")
	echo "0x${at%% *}"
}

# kernel_code: its physical address. What is at others may be a process's, and not be recorded.
kernel_code() { sed -n 's/^ *\([0-9a-f]*\)-.* : Kernel code$/0x\1/p' /proc/iomem; }

# take FILE TARGET…: the targets alone into a file; leaves the JSON of the snapshot
take() {
	local file=$1
	shift
	ok start -q take
	ok snapshot -s take --json --depth 0 "$@"
	"$tool" stop -s take -q -o "$file"
}

# fill NAME MEGABYTES: a session with so much in it, whatever it is. First the kernel's code, which is all
# there; of other memory some may be the session's own, and be missing.
fill() {
	local code=$(($2 < 12 ? $2 : 12))
	ok start -q "$1"
	ok record-memory -q -s "$1" --physical "$(kernel_code)" "${code}M"
	[[ $code != "$2" ]] || return 0
	tool record-memory -q -s "$1" --physical --user-memory 0x4000000 "$(($2 - code))M"
	[[ $status == 0 || $status == 3 ]] || explain "no session filled"
}

# good FILE: a vmcore, whole and ours
good() { truth "core('$1').check()"; }

# until_true COMMAND…: within twenty seconds at least
until_true() {
	local i
	for ((i = 0; i < 400; i++)); do
		! "$@" || return 0
		sleep 0.05
	done
	echo "# in vain: $*"
	return 1
}

skip() { echo "$*"; exit 77; }

## what a test is run in

# A test that hangs must not take all the others with it.
watch() {
	local began group
	while sleep 5; do
		read -r began group <"$work/current" || continue
		[[ $group == 0 ]] || ((EPOCHSECONDS - began < limit)) || kill -KILL -- "-$group"
	done
}

sessions_left() {
	local name names=()
	[[ -e /dev/livedump ]] && "$tool" list >"$work/left" 2>/dev/null || return
	while read -r name _; do
		[[ $name == no || $name == NAME ]] || names+=("$name")
	done <"$work/left"
	[[ ${#names[@]} != 0 ]] || return
	echo "# sessions left: ${names[*]}"
	for name in "${names[@]}"; do "$tool" stop -q -s "$name" --discard; done
}

run_test() {
	local name=$1 result=0 begin=${EPOCHREALTIME/./} pid
	: >"$work/out"
	: >"$work/err"
	set -m
	(
		set -eE +m
		trap 'echo "# ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND"' ERR
		cd "$work/dir/$name"
		"$name"
	) >"$work/log" 2>&1 &
	pid=$!
	set +m
	echo "$EPOCHSECONDS $pid" >"$work/current"
	wait $pid
	result=$?
	echo "0 0" >"$work/current"
	if sessions_left >>"$work/log" && [[ $result != 137 ]]; then
		result=1
	fi
	name=${name#test_}
	name=${name//_/ }
	case $result in
	0) echo "ok $topic: $name" ;;
	77) echo "ok $topic: $name # SKIP $(tail -n 1 "$work/log")" ;;
	*)
		echo "not ok $topic: $name"
		sed 's/^\([^#]\)/# \1/' "$work/log" | head -n 60
		[[ $result != 137 ]] || echo "# killed: it took more than $limit s" ;;
	esac
	[[ -z ${VERBOSE-} ]] || echo "# $(((${EPOCHREALTIME/./} - begin) / 1000)) ms"
}

# begin DIRECTORY: for all that run_file() needs
begin() {
	work=$1
	status=0
	mkdir -p "$work"
	echo "0 0" >"$work/current"
	mkfifo "$work/question" "$work/answer"
	python3 -IB "$here/truth.py" "$work/question" "$work/answer" &
	background=($!)
	exec 7>"$work/question" 8<"$work/answer"
	watch 7>&- 8>&- &
	background+=($!)
}

end() {
	exec 7>&- 8<&-
	kill "${background[@]}" 2>/dev/null
	wait
}

# run_file FILE: its tests
run_file() {
	local name names
	topic=${1##*/}
	topic=${topic%.sh}
	topic=${topic#t_}
	# shellcheck source=/dev/null
	. "$1"
	mapfile -t names < <(sed -n 's/^\(test_[a-z0-9_]*\)() {.*/\1/p' "$1")
	mkdir -p "${names[@]/#/$work/dir/}"
	for name in "${names[@]}"; do
		if [[ -z ${ONLY-} || $name == *"$ONLY"* ]]; then run_test "$name"; fi
	done
}
