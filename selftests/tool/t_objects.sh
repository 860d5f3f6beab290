# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# The list of objects: from a walk over the test module's graph to what livedump info says of it.

root="(struct livedump_test_root)livedump_test:livedump_test_root"

# with_graph: the test module is there
with_graph() {
	have_test_module
	[[ -e /sys/kernel/debug/livedump_test ]] || mount -t debugfs none /sys/kernel/debug
}

graph() { python3 -B "$here/graph.py" "$@"; }

# shown FILE: by info, in all three ways: "json", "dot", "text"
shown() {
	ok info --objects --json "$1"
	cp "$work/out" json
	ok info --dot "$1"
	cp "$work/out" dot
	ok info --objects "$1"
	cp "$work/out" text
}

test_the_whole_graph() {
	with_graph
	tool capture -q -o file --depth 2 "$root"
	[[ $status == 0 ]] || explain "status $status" || return
	good file
	shown file
	graph tree file json
	graph dot json dot
	graph text json text
}

test_roots_are_what_was_typed() {
	ok start -q
	ok snapshot -q --depth 0 init_task 'pid:1'
	ok snapshot -q --depth 0 runqueues
	ok stop -q -o file
	shown file
	graph dot json dot
	graph text json text
	cp json "$work/out"
	truth "[o['step'] for o in j['objects']] ==
		['init_task', 'pid:1'] + ['runqueues'] * $(nproc --all)" \
		"[o['request'] for o in j['objects']] == [1, 1] + [2] * $(nproc --all)" \
		"all(o['parent'] is None and o['depth'] == 0 for o in j['objects'])" \
		"j['objects'][0]['address'] == '$(address init_task)'" \
		"{o['type'] for o in j['objects']} == {'struct task_struct', 'struct rq'}" \
		"j['unlisted_objects'] == 0 and j['note']['objects']['listed'] == len(j['objects'])"
}

test_without_objects() {
	ok start -q
	ok record-memory -q "$(address init_task)" 100
	ok stop -q -o file
	ok info --objects file
	prints "^no objects are listed in this file$"
	tool info --dot file
	[[ $status == 0 ]] || explain "status $status" || return
	prints "^}$"
	says "no objects are listed in this file"
	ok info --objects --json file
	truth "j['objects'] == []" "'LIVEDUMP_OBJECTS' not in core('file').notes()"
}

test_dot_is_no_json() {
	fails 2 "--dot is no JSON" "leave one of them away" info --dot --json file
}

test_all_commands_are_in_the_file() {
	ok start -q one
	ok snapshot -q -s one --depth 0 jiffies
	fails 1 "nosuchsymbol" "" snapshot -q -s one nosuchsymbol
	ok record-memory -q -s one "$(address init_task)" 8
	ok stop -q -s one -o file
	ok info --json file
	truth "[c[1] for c in j['note']['written']['commands']] ==
		['start', 'snapshot', 'record-memory', 'stop']" \
		"[len(c) for c in j['note']['written']['commands']] == [4, 8, 7, 7]" \
		"j['note']['written']['commands'][1][-1] == 'jiffies'" \
		"[g['uid'] for g in j['note']['written']['given']] == [0] * 4" \
		"sorted(g['time'] for g in j['note']['written']['given']) ==
		[g['time'] for g in j['note']['written']['given']]" \
		"j['note']['written']['given'][3]['time'] == j['note']['written']['time']"
	ok info file
	prints "^command:  .*livedump start -q one\$"
	prints "^command:  .*livedump snapshot -q -s one --depth 0 jiffies\$"
	# nothing is there twice where one command did it all
	ok capture -q -o capture --depth 0 jiffies
	ok info --json capture
	truth "len(j['note']['written']['commands']) == 1"
}

# Forty bytes an object, names once, and that compressed
test_many_objects() {
	local size
	tool capture -q -o file --depth 16 --max-objects 30000 init_task
	[[ $status == 0 || $status == 3 ]] || explain "status $status" || return
	good file
	tool info --objects --json file
	truth "len(j['objects']) > 5000" \
		"len(core('file').notes()['LIVEDUMP_OBJECTS']) < len(j['objects']) * 20" \
		"all(o['type'] != '?' and o['step'] != '?' for o in j['objects'])" \
		"all(o['parent'] is None or o['parent'] < o['index'] for o in j['objects'])"
	size=$(truth_says "len(j['objects'])")
	tool info --objects file
	[[ $(grep -c " 0x[0-9a-f]\{16\} " "$work/out") == "$size" ]] || explain "not $size lines"
}

# A session that is full of memory has no room for the list; what there is of it holds together.
test_no_room_for_the_list() {
	local buffer listed=0
	for buffer in 700K 800K 1M 1200K 1500K; do
		ok start -q full --buffer $buffer
		tool snapshot -q -s full --depth 4 init_task
		[[ $status == 0 || $status == 3 ]] || explain "status $status" || return
		tool stop -q -s full -o "file$buffer"
		[[ $status == 0 || $status == 3 ]] || explain "status $status" || return
		good "file$buffer"
		tool info --objects --json "file$buffer"
		truth "len(j['objects']) == j['note']['objects']['listed']" \
			"j['unlisted_objects'] == j['note']['objects']['unlisted']" \
			"all(o['parent'] is not None for o in j['objects'][1:])"
		listed=$((listed + $(truth_says "len(j['objects'])")))
	done
	[[ $listed != 0 ]]
}

test_a_garbled_list() {
	local at
	ok capture -q -o file --depth 1 init_task
	edit_list 8 "b'\\xff' * 4" "list of objects is garbled"
	edit_list 32 "b'\\xff' * 0" ""
	edit_list $((32 + 40 + 16)) "b'\\x01\\0\\0\\0'" "list of objects is garbled"
	edit_list $((32 + 40 + 20)) "b'\\xff' * 4" "list of objects is garbled"
	cp file bent
	truth "edit_list('bent', 0, b'\\x02')"
	fails 1 "a version that is not known" "or a newer one" info --objects bent
	ok info bent
	# what cannot be unpacked: not the length it says, no stream
	for at in 20 30; do
		cp file bent
		truth "edit('bent', b'LIVEDUMP_OBJECTS\\0\\0\\0\\0', $at, b'\\xff\\xff')"
		tool info --objects bent
		[[ $status == 1 ]] || explain "status $status" || return
		says "list of objects is garbled"
	done
}

# edit_list OFFSET BYTES WHAT: what info says of "file" with its list changed there
edit_list() {
	cp file bent
	truth "edit_list('bent', $1, $2)"
	tool info --objects bent
	if [[ $3 ]]; then
		[[ $status == 1 ]] || explain "status $status" || return
		says "$3"
	else
		[[ $status == 0 ]] || explain "status $status"
	fi
}
