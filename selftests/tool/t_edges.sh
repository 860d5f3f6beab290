# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# What is followed: lists and trees of the kernel, counted against what /proc knows of them; rules of
# one's own; what is chosen, left out and cut off.

# objects N OPTION… TARGET: so many are recorded, the target included
objects() {
	local n=$1
	shift
	ok snapshot -s edges --json "$@" || return
	truth "j['objects']['count'] == $n" || { echo "# $*"; return 1; }
}

# lines FILE: how many
lines() { local all; mapfile -t all <"$1"; echo ${#all[@]}; }

test_variables() {
	ok start -q edges
	objects $(($(lines /proc/modules) + 1)) --only "struct module" modules
	objects $(($(lines /proc/slabinfo) - 2 + 1)) --only "struct kmem_cache" slab_caches
	objects 1 --depth 0 modules
	ok stop -q -s edges --discard
}

test_tree_of_a_process() {
	local pid maps
	ok start -q edges
	sleep 1000 &
	pid=$!
	# until it is what it will be
	until [[ $(<"/proc/$pid/stat") == *" (sleep) S "* ]]; do :; done
	# all but the one of vsyscall
	maps=$(($(grep -vc vsyscall "/proc/$pid/maps")))
	objects $((1 + 1 + maps)) --depth 2 --skip "struct task_struct.active_mm" \
		--only "struct mm_struct,struct vm_area_struct" "pid:$pid"
	kill "$pid"
	ok stop -q -s edges --discard
}

test_array_of_open_files() {
	local fd
	for ((fd = 100; fd < 300; fd++)); do eval "exec $fd</dev/null"; done
	ok capture -q -o file --depth 5 --skip "struct files_struct.fd_array" \
		--only "struct files_struct, struct fdtable, struct file" "pid:$BASHPID"
	for ((fd = 100; fd < 300; fd++)); do eval "exec $fd<&-"; done
	ok info --json --objects file
	truth "len([o for o in j['objects'] if o['type'] == 'struct file']) >= 200"
	# as many pointers as the table has room for, and the 64 that are there from the start
	truth "len([o for o in j['objects'] if o['type'] == 'struct file *']) in (256 + 64, 512 + 64)"
}

test_flexible_array() {
	local pid="" size
	ok capture -q -o file --depth 1 --only "struct pid" pid:1
	ok info --json --objects file
	size=$(truth_says "j['objects'][1]['size']")
	# a process in a name space of its own has one number more
	unshare --pid --fork sleep 1000 2>/dev/null &
	# no newline ends that line
	until [[ $pid ]]; do read -r pid _ <"/proc/$!/task/$!/children" || :; done
	ok capture -q -f -o file --depth 1 --only "struct pid" "pid:$pid"
	kill -9 "$pid"
	wait
	ok info --json --objects file
	truth "[o['size'] for o in j['objects'] if o['type'] == 'struct pid'] == [$size + 16]"
}

test_only_and_skip() {
	ok start -q edges
	objects 1 --only "struct dentry" init_task
	objects 2 --only "struct dentry,struct cred" init_task
	objects 2 --only "struct dentry" --only "struct cred" init_task
	objects 1 --only "struct cred" --skip "struct cred" init_task
	objects 3 --only "struct cred,struct signal_struct" init_task
	objects 1 --only "struct cred,struct signal_struct" \
		--skip " struct cred , struct task_struct.signal" init_task
	ok stop -q -s edges --discard
}

test_what_is_not_there_to_choose() {
	fails 2 "there is no type 'struct dentri'" "did you mean dentry" \
		capture -o file --only "struct dentri" init_task
	fails 2 "there is no type 'dentry'" "write 'struct dentry'" \
		capture -o file --skip "dentry" init_task
	fails 2 "struct task_struct has no member 'childern'" "did you mean children" \
		capture -o file --skip "struct task_struct.childern" init_task
	fails 2 "--only takes types" "one is empty" \
		capture -o file --only "struct dentry,," init_task
	fails 2 "a member needs its type" "struct init_task.MEMBER" \
		capture -o file --skip "init_task.mm" init_task
	holds_nothing
}

test_long_lists() {
	ok start -q edges
	incomplete "^livedump: slab_caches: cut off at 7 entries \(--max-list\)$" "" \
		snapshot -s edges --json --max-list 7 --only "struct kmem_cache" slab_caches
	truth "j['objects']['count'] == 8 and j['complete'] is False" \
		"j['edges'] == [{'edge': 'slab_caches', 'followed': 7, 'cut': 0, 'long': 1, 'broken': 0}]"
	incomplete "not followed, because a limit was reached" "^livedump: slab_caches: 1 pointer" \
		snapshot -s edges --max-objects 4 --only "struct kmem_cache" slab_caches
	tool stop -q -s edges --discard
}

# What others change meanwhile, or was no list: told, but not where only trouble is wanted
test_lists_that_do_not_end() {
	local list="list((struct list_head)jiffies_64, struct task_struct, tasks)"
	tool capture -f -o file --depth 0 "$list"
	[[ $status == 0 ]]
	says "^livedump: list.*: 1 did not come back to the head$"
	ok capture -q -f -o file --depth 0 "$list"
	ok capture -q -f -o file --json --depth 0 "$list"
	ok start -q edges
	tool snapshot -s edges --json --depth 0 "$list"
	truth "[(e['broken'], e['followed']) for e in j['edges']] == [(1, 0)]"
	tool stop -q -s edges --discard
}

test_rules_of_ones_own() {
	ok start -q edges
	echo "struct task_struct.cred opaque	# mine" >one
	echo "struct task_struct.real_cred opaque" >two
	objects 2 --only "struct cred" init_task
	objects 2 --only "struct cred" --edges one init_task
	objects 1 --only "struct cred" --edges one --edges two init_task
	# what this kernel lacks is no concern of its, unless it has to be
	echo "struct task_struct.of_another_kernel list struct cred.of_none" >three
	objects 2 --only "struct cred" --edges three init_task
	mkdir -p /etc/livedump/edges.d
	cat one two >/etc/livedump/edges.d/my.edges
	objects 1 --only "struct cred" init_task
	rm -r /etc/livedump
	ok stop -q -s edges --discard
}

test_bad_rules() {
	fails 1 "nothing: cannot open it" "No such file" capture -o file --edges nothing init_task
	# where nothing is followed, too
	fails 1 "nothing: cannot open it" "No such file" capture -o file --edges nothing 0x1000:8
	echo >rules
	echo "struct task_struct.children lust struct task_struct.sibling" >>rules
	fails 2 "^livedump: rules:2: .*'lust' is no kind of edge" "did you mean list" \
		capture -o file --edges rules init_task
	echo "struct task_struct.cred list struct task_struct.sibling" >rules
	fails 2 "^livedump: rules:1: struct task_struct.cred" "not a struct list_head" \
		capture -o file --edges rules init_task
	echo "! struct task_struct.childern list struct task_struct.sibling" >rules
	fails 2 "^livedump: rules:1: .* no member 'childern'" "did you mean children" \
		capture -o file --edges rules init_task
	mkdir -p /etc/livedump/edges.d
	cp rules /etc/livedump/edges.d/mine.edges
	fails 2 "^livedump: /etc/livedump/edges.d/mine.edges:1: " "did you mean children" \
		capture -o file init_task
	rm -r /etc/livedump
	holds rules
}
