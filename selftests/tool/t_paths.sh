# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# Targets that are more than a name: paths through pointers, tasks by name, modules, slab caches,
# containers; and every example of the man page.

# examples: those of TARGETS in the man page, as they are typed
examples() {
	"$tool" __man | sed -n '/^\.SH TARGETS/,/^\.SS Numbers/s/^\.B \(.*\)/\1/p' | sed 's/\\-/-/g'
}

# In one go: each by itself would take minutes here
test_every_example_of_the_man_page() {
	local targets i
	mapfile -t targets < <(examples)
	[[ ${#targets[@]} -gt 30 ]]
	for ((i = 0; i < ${#targets[@]}; i++)); do
		if [[ ${targets[i]} == maple* && $(uname -r) == 5.* ]]; then targets[i]=jiffies; fi
		targets[i]=${targets[i]//0xADDR/$(address init_task)}
	done
	take file "${targets[@]}"
	# ksoftirqd/*: one for each CPU that is online
	truth "j['complete'] is True and len(j['targets']) == ${#targets[@]} - 1 + $(nproc)" \
		"[t['target'] for t in j['targets'] if not t['recorded']] == []"
	good file
}

# place N: where target N of the last snapshot lies
place() { truth_says "j['targets'][$1]['address']"; }

test_a_path() {
	local nsproxy uts name
	take all init_task.nsproxy "init_task.nsproxy->uts_ns" \
		"init_task.nsproxy->uts_ns->name.nodename"
	nsproxy=$(place 0) uts=$(place 1) name=$(place 2)
	truth "core('all').text($name, 65) == '$(</proc/sys/kernel/hostname)'" \
		"$uts - core('all').u64($nsproxy) in range(4096)" \
		"$name - core('all').u64($uts) in range(4096)"
	# the pointers on the way come with it
	take one "init_task.nsproxy->uts_ns->name.nodename"
	truth "j['targets'][0]['address'] == '$name' and j['objects']['count'] == 1" \
		"core('one').u64($nsproxy) == core('all').u64($nsproxy)" \
		"core('one').u64($uts) == core('all').u64($uts)" "core('one').text($name, 65)"
	good one
}

test_a_path_with_casts_and_stars() {
	take file "init_task.real_parent" "((struct task_struct *)init_task.real_parent)->comm" \
		"(*init_task.real_parent).comm" "init_task.real_parent[0].comm[0:4]" \
		"*(unsigned long *)init_task.stack" "((struct list_head *)$(address init_task))->next"
	truth "len({j['targets'][i]['address'] for i in (1, 2, 3)}) == 1" \
		"[t['recorded'] for t in j['targets']] == [8, 16, 16, 4, 8, 8]" \
		"core('file').text($(place 1), 16) == 'swapper/0'" \
		"core('file').u64($(place 4)) == 0x57AC6E9D" \
		"j['targets'][5]['address'] == '$(address init_task)'"
}

test_a_path_on_every_cpu() {
	take file "runqueues.idle->comm" "runqueues@1.idle->comm"
	truth "[t['recorded'] for t in j['targets']] == [32, 16]" \
		"core('file').text($(place 0), 16) == 'swapper/0'" \
		"core('file').text($(place 1), 16) == 'swapper/1'"
}

test_a_part_of_a_task() {
	local pid=$BASHPID
	take file "pid:$pid.comm" "pid:$pid->comm" "pid:$pid->mm->pgd" "pid:$pid->signal->nr_threads"
	truth "[t['recorded'] for t in j['targets']] == [16, 16, 8, 4]" \
		"core('file').text($(place 0), 16) == '$(</proc/self/comm)'" \
		"core('file').read($(place 3), 4) == b'\\1\\0\\0\\0'" "$(place 0) == $(place 1)"
	# the stack does not
	truth "j['objects']['bytes'] < 4096"
}

test_a_path_that_ends_at_null() {
	incomplete "init_task.mm->pgd: 'init_task.mm' is NULL" "nothing to record behind it" \
		capture -o file "init_task.mm->pgd" jiffies
	good file
	truth "core('file').has($(address jiffies_64), 8)"
	ok start -q null
	tool snapshot -s null --json --depth 0 jiffies "((struct mm_struct *)init_task.mm)->pgd"
	[[ $status == 3 ]]
	truth "j['complete'] is False" "'ended_at' not in j['targets'][0]" \
		"j['targets'][1]['ended_at'] == {'pointer': '((struct mm_struct *)init_task.mm)',
		 'reason': 'null', 'value': '0x0'}" \
		"j['targets'][1]['recorded'] == 0 and j['objects']['count'] == 1"
	# a container that is not reached
	tool snapshot -s null --depth 0 "list(init_task.mm->mmlist, struct mm_struct, mmlist)"
	ended 3 "'init_task.mm' is NULL" "nothing to record behind it"
	# the file knows of it, though another command writes it
	ok status -s null --json
	truth "j['complete'] is False"
	incomplete "the file is good but not complete" "" stop -q -s null -o two
	ok info --json two
	truth "j['note']['complete'] is False"
}

test_a_path_that_ends_elsewhere() {
	local comm below=0xffffffff00000000
	take file init_task.comm
	comm=$(place 0)
	incomplete "'\*\(struct list_head \*\*\)$comm' is no address of the kernel's: 0x2f72657070617773" "" \
		capture -o foreign "**(struct list_head **)$comm"
	incomplete "'\*\(struct list_head \*\*\)$below' could not be read" "not mapped" \
		capture -o unmapped "**(struct list_head **)$below"
	ok start -q bad
	tool snapshot -s bad --json "**(struct list_head **)$comm" "**(struct list_head **)$below"
	[[ $status == 3 ]]
	truth "[t['ended_at']['reason'] for t in j['targets']] == ['foreign', 'unreadable']" \
		"j['targets'][0]['ended_at']['value'] == '0x2f72657070617773'"
	ok stop -q -s bad --discard
}

# an idle task has no memory of its own, on any CPU
test_a_path_that_ends_on_a_cpu() {
	incomplete "runqueues.idle->mm->pgd: 'runqueues.idle->mm' is NULL, on one CPU at least" "" \
		capture -o file "runqueues.idle->mm->pgd"
	good file
}

# named NAME: a process of this name; its number is in $!
named() {
	cp -n "$(command -v sleep)" "$work/$1"
	"$work/$1" 1000 &
	until_true grep -qx "$1" "/proc/$!/comm"
}

test_tasks_by_name() {
	local first second
	named twin_a
	first=$!
	named twin_b
	second=$!
	take file "comm:twin_?"
	take same "pid:$first" "pid:$second"
	kill $first $second
	truth "[t['target'] for t in j['targets']] == ['pid:$first', 'pid:$second']" \
		"all(t['recorded'] > 16384 + 4096 for t in j['targets'])"
	truth "core('same').frames() <= core('file').frames()"
	no_tasks
}

no_tasks() {
	fails 1 "comm:kthread: no task has this name" "did you mean kthreadd" \
		capture -o other "comm:kthread"
	fails 1 "no task has this name" "15 letters" capture -o other "comm:surely_no_task_has_it"
}

# waits PID: whether this tool has read the types, and the tasks after them, and sleeps
waits() {
	local call count
	{ read -r _ count <"/proc/$1/io" && read -r call _ <"/proc/$1/syscall"; } 2>/dev/null ||
		return
	# x86's nanosleep() and clock_nanosleep()
	[[ $count -gt 1000000 && ($call == 35 || $call == 230) ]]
}

# brief_ends PID ARGS…: snapshot with these, in which that task ends before it is recorded. Each
# ioctl is late, and the one that keeps the command line comes first: so there is time enough.
brief_ends() {
	local task=$1 pid
	shift
	INTERPOSE=ioctl:1:sleep=1500 LD_PRELOAD=$INTERPOSE_SO "$tool" snapshot -s brief --depth 0 \
		"$@" "comm:brief_?" >"$work/out" 2>"$work/err" </dev/null &
	pid=$!
	until_true waits $pid
	kill "$task"
	# until it is gone, not only dead
	wait "$task" || true
	status=0
	wait $pid || status=$?
}

test_a_task_that_ends_meanwhile() {
	local first second
	named brief_a
	first=$!
	named brief_b
	second=$!
	ok start -q brief
	brief_ends $first --json
	[[ $status == 0 ]] || explain "status $status" || return
	truth "[t['target'] for t in j['targets']] == ['comm:brief_? (pid:$second)']" \
		"j['complete'] is True"
	# all of them
	brief_ends $second
	ended 1 "comm:brief_\? \(pid:$second\): there is no such task" ""
	ok stop -q -s brief --discard
}

test_a_module() {
	take file module:livedump module:livedump.name "(struct module)livedump:__this_module"
	truth "j['targets'][0]['address'] == j['targets'][2]['address']" \
		"core('file').text($(place 1), 56) == 'livedump'" \
		"j['targets'][0]['recorded'] == j['targets'][2]['recorded']"
	fails 1 "module:nosuch: there is no loaded module 'nosuch'" "" capture -o other module:nosuch
}

test_slab_objects() {
	local nr
	nr=$(awk '/^task_struct / { print $2 }' /proc/slabinfo)
	take file slab:task_struct
	truth "abs(j['objects']['count'] - $nr) < 40" "j['complete'] is True"
	take file2 "(struct task_struct)slab:task_struct" pid:1
	truth "j['objects']['count'] > 10"
	take bytes slab:kmalloc-64
	truth "j['objects']['count'] > 100" \
		"j['objects']['bytes'] == 64 * j['objects']['count']"
	fails 1 "slab:task_strct: there is no such slab cache" "did you mean task_struct" \
		capture -o other slab:task_strct
	fails 2 "measures [0-9]+ bytes, and the objects of this cache only" "" \
		capture -o other "(struct task_struct)slab:kmalloc-8"
	good file
}

test_a_list() {
	take file "list(modules, struct module, list)"
	truth "j['objects']['count'] == 1 + $(wc -l </proc/modules)"
	take tasks "list(init_task.tasks, struct task_struct, tasks)"
	truth "abs(j['objects']['count'] - len([d for d in os.listdir('/proc') if d.isdigit()])) < 6"
	good file
	good tasks
}

test_a_hash() {
	local net=(/sys/class/net/*)
	take file "hash(init_net.dev_index_head[0:256], struct net_device, index_hlist)"
	truth "j['objects']['count'] == 1 + ${#net[@]}" "j['objects']['bytes'] > 256 * 8"
}

test_trees() {
	local pid
	sleep 1000 &
	pid=$!
	until_true grep -qx sleep "/proc/$pid/comm"
	if [[ $(uname -r) != 5.* ]]; then
		take maple "maple(pid:$pid->mm->mm_mt, struct vm_area_struct)"
		truth "j['objects']['count'] == 1 + $(grep -vc vsyscall "/proc/$pid/maps")"
	fi
	take idr "idr(init_pid_ns.idr, struct pid)" "xarray(init_pid_ns.idr.idr_rt, struct pid)"
	truth "j['objects']['count'] > len([d for d in os.listdir('/proc') if d.isdigit()])"
	kill $pid
}

# the entries are as near as a root: what they point to is one hop away
test_the_depth_of_a_container() {
	local count
	ok start -q depth
	ok snapshot -s depth --json --depth 0 "list(modules, struct module, list)"
	count=$(truth_says "j['objects']['count']")
	tool snapshot -s depth --json --depth 1 "list(modules, struct module, list)"
	truth "j['objects']['count'] > 5 * $count"
	tool stop -q -s depth -o file
	good file
}

test_heads_and_entries_that_do_not_fit() {
	fails 2 "takes a head: struct list_head" "this is 'struct task_struct'" \
		capture -o file "list(init_task, struct task_struct, tasks)"
	fails 2 "this is 'struct list_head'" "write list" \
		capture -o file "hlist(modules, struct module, list)"
	fails 1 "has no member 'lsit'" "did you mean list" \
		capture -o file "list(modules, struct module, lsit)"
	fails 2 "the link of an entry is a 'struct list_head'" "" \
		capture -o file "list(modules, struct module, name)"
	fails 1 "no type 'struct modul'" "did you mean module" \
		capture -o file "list(modules, struct modul, list)"
	holds_nothing
}
