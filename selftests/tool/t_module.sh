# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# Without the module, without its device, without the right to use it; loading and unloading.
# The first tests find no module, the last one leaves it loaded.

test_no_module() {
	local command
	for command in "start" "status" "list" "stop" "stop -o file" "snapshot init_task" \
		"record-memory 0xffff888000001000 4096" "capture -o file init_task"; do
		# shellcheck disable=SC2086  # words
		fails 1 "module is not loaded" "modprobe livedump.*insmod" $command
	done
	holds_nothing
}

test_no_module_and_not_root() {
	as_nobody list
	ended 1 "module is not loaded" "modprobe"
}

test_no_module_but_a_stale_node() {
	mknod -m 600 /dev/livedump c 10 250
	tool list
	rm /dev/livedump
	ended 1 "module is not loaded" "modprobe"
}

test_help_needs_no_module() {
	ok help
	ok --version
	ok capture --help
}

test_the_module_loads() {
	insmod "$MODULE"
	[[ $(stat -c '%a %u' /dev/livedump) == "600 0" ]]
	ok list
	prints "^no session is open$"
}

test_not_root() {
	as_nobody list
	ended 1 "no permission for /dev/livedump" "as root"
	as_nobody capture -o "$work/file" init_task
	ended 1 "no permission|Permission denied" "as root|you may write"
	[[ ! -e $work/file ]]
}

test_root_without_the_capability() {
	status=0
	setpriv --bounding-set -sys_rawio --inh-caps -sys_rawio "$tool" list >"$work/out" \
		2>"$work/err" || status=$?
	ended 1 "needs CAP_SYS_RAWIO" "root on the host"
}

# Nodes made by hand are not the module's: it has to make its own again.
load_anew() {
	rm -f /dev/livedump
	rmmod livedump
	insmod "$MODULE"
}

test_no_device_node() {
	rm /dev/livedump
	fails 1 "/dev/livedump is missing" "mknod -m 600 /dev/livedump c [0-9]+ [0-9]+" list
	# what it says helps
	eval "$(grep -o 'mknod .*' "$work/err")"
	ok list
	load_anew
}

test_a_node_of_an_earlier_load() {
	rm /dev/livedump
	mknod -m 600 /dev/livedump c 10 250
	tool list
	load_anew
	ended 1 "left over" "[Rr]emove it.*load the module"
}

# Is there one in a child of this process?
sessions_file_is_open_in() {
	local child
	child=$(<"/proc/$1/task/$1/children")
	[[ -n $child && $(readlink "/proc/${child% }/fd"/*) == *"[livedump]"* ]] || return
	echo "${child% }" >"$work/child"
}

test_no_unload_while_a_session_is_open() {
	local pid
	fill busy 8
	meddled pwritev:1:sleep=60000 stop -s busy -o file &
	pid=$!
	until_true sessions_file_is_open_in "$pid"
	! rmmod livedump 2>rmmod.log
	grep -q "in use" rmmod.log
	rm rmmod.log
	kill -KILL "$(<"$work/child")"
	wait $pid || true
	ok list
	prints "^busy "
	ok stop -s busy --discard
}

test_unload_ends_named_sessions() {
	fill one 8
	ok start two
	rmmod livedump
	[[ ! -e /dev/livedump ]]
	insmod "$MODULE"
	ok list
	prints "^no session is open$"
}

test_info_needs_neither_module_nor_root() {
	ok capture -q -o file --depth 0 init_task
	rmmod livedump
	chmod 644 file
	as_nobody info file
	insmod "$MODULE"
	[[ $status == 0 ]]
	prints "^complete: yes$"
	prints_not "^session: *$"
	prints "^pages: "
}
