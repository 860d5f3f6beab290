# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# What can be named, and what is said where it cannot: symbols, types, tasks, addresses. There is
# no debug info in this guest but where a test brings it in.

# no_way STATUS WHAT NEXT TARGET [OPTION…]: cannot be captured, and leaves nothing behind
no_way() {
	local status_wanted=$1 what=$2 next=$3
	shift 3
	fails "$status_wanted" "$what" "$next" capture -o file "$@"
	holds_nothing
}

test_an_object_by_its_name() {
	take file init_task
	truth "j['session'] == 'take' and j['complete'] is True" \
		"len(j['targets']) == 1 and j['targets'][0]['target'] == 'init_task'" \
		"j['targets'][0]['address'] == '$(address init_task)'" \
		"j['objects']['count'] == 1" \
		"j['objects']['bytes'] == j['targets'][0]['recorded'] > 4096" \
		"core('file').has(int(j['targets'][0]['address'], 16), j['objects']['bytes'])"
	good file
}

test_a_member() {
	take file init_task.comm
	truth "j['objects']['bytes'] == 16" \
		"core('file').text(int(j['targets'][0]['address'], 16), 16) == 'swapper/0'"
}

test_a_member_of_a_member_and_an_index() {
	take file init_task.thread.sp "init_task.comm[2]"
	truth "[t['recorded'] for t in j['targets']] == [8, 1]" \
		"core('file').read(int(j['targets'][1]['address'], 16), 1) == b'a'" \
		"core('file').u64(int(j['targets'][0]['address'], 16)) >> 63"
}

test_jiffies() {
	local first second
	take one jiffies
	truth "j['objects']['bytes'] == 8" \
		"j['targets'][0]['address'] == '$(address jiffies_64)'"
	first=$(truth_says "core('one').u64($(address jiffies_64))")
	take two jiffies_64
	second=$(truth_says "core('two').u64($(address jiffies_64))")
	[[ $first -lt $second && $((second - first)) -lt 10000 ]]
}

test_a_cast_of_a_symbol() {
	take file "(struct task_struct)init_task" "(char[16])overflowuid"
	truth "j['targets'][0]['address'] == '$(address init_task)'" \
		"j['targets'][0]['recorded'] > 4096"
}

test_a_cast_of_an_address() {
	local address
	address=$(address init_task)
	take file "(struct task_struct *)$address" "(struct task_struct *)$address.comm"
	truth "j['targets'][0]['address'] == '$address'" \
		"core('file').text(int(j['targets'][1]['address'], 16), 16) == 'swapper/0'"
}

test_a_task() {
	local pid=$BASHPID comm
	comm=$(</proc/self/comm)
	take file "pid:1" "pid:$pid" "(struct task_struct)init_task.comm"
	truth "j['targets'][1]['recorded'] > 16384 + 4096"
	comm=$(truth_says "core('file').text(int(j['targets'][1]['address'], 16) +
		int(j['targets'][2]['address'], 16) - $(address init_task), 16)" | head -n 1) || true
	[[ $comm == bash || $comm == guest.sh ]]
}

test_a_percpu_variable() {
	take file runqueues "runqueues@1" "runqueues@0"
	truth "j['targets'][0]['recorded'] == 2 * j['targets'][1]['recorded'] > 4096" \
		"j['targets'][0]['address'] == j['targets'][2]['address']" \
		"j['targets'][0]['address'] != j['targets'][1]['address']" \
		"all(core('file').has(int(t['address'], 16), t['recorded'] // (1 + (i == 0)))
		 for i, t in enumerate(j['targets']))"
}

test_bytes() {
	local banner
	banner=$(address linux_banner)
	take file "$banner:64" "$banner:0x40"
	truth "j['ranges']['bytes'] == 128 and j['objects']['count'] == 0" \
		"core('file').text($banner).startswith('Linux version $(uname -r)')"
}

test_a_symbol_of_a_module() {
	take file "(struct module)livedump:__this_module.name" "(char *)livedump:__this_module"
	truth "core('file').text(int(j['targets'][0]['address'], 16), 56) == 'livedump'" \
		"j['targets'][1]['recorded'] == 8"
	good file
}

test_a_module_whose_name_begins_with_a_digit() {
	[[ -e /sys/module/9p ]] || skip "no such module"
	take file "(struct module)9p:__this_module.name"
	truth "core('file').text(int(j['targets'][0]['address'], 16), 56) == '9p'"
}

# Variables that BTF tells nothing of, but everybody asks for
test_well_known_symbols_need_no_debug_info() {
	local names=(init_task init_mm init_uts_ns init_pid_ns init_user_ns rcu_state system_wq
		avenrun jiffies_64 loops_per_jiffy saved_command_line panic_notifier_list)
	take file "${names[@]}"
	truth "len(j['targets']) == ${#names[@]} and j['complete'] is True" \
		"all(t['recorded'] for t in j['targets'])"
	good file
}

test_many_at_once() {
	take file init_task jiffies runqueues pid:1 "$(address linux_banner):16"
	truth "len(j['targets']) == 5 and j['complete'] is True" \
		"j['ranges']['bytes'] == 16" "j['objects']['count'] == 5"
	good file
}

test_a_symbol_that_is_not_there() {
	no_way 1 "init_taks: there is no such symbol" "did you mean init_task" init_taks
	no_way 1 "there is no such symbol" "runqueues" runqueus
	no_way 1 "there is no such symbol" "" surely_no_symbol_has_this_name
	no_way 1 "no loaded module 'nonsense'" "" nonsense:init_task
	no_way 1 "module 'livedump' has no such symbol" "did you mean .*__this_module" \
		livedump:__this_modul
}

test_a_symbol_that_is_there_twice() {
	local name at
	name=$(awk 'NF == 3 && $2 == "b" && $3 ~ /^[a-z_]+$/ { n[$3]++ }
		END { for (name in n) if (n[name] == 2) print name }' /proc/kallsyms | sort | head -n 1)
	[[ -n $name ]] || skip "every name is unique"
	no_way 1 "$name: 2 symbols have this name" "\(TYPE \*\)0xf[0-9a-f]{15}" "$name"
	# what it says helps
	at=$(grep -o '(TYPE \*)0x[0-9a-f]*' "$work/err" | head -n 1)
	take file "${at/TYPE/char}"
	truth "j['objects']['bytes'] == 1"
}

test_a_symbol_that_several_modules_have() {
	no_way 1 "__this_module: [0-9]+ symbols have this name" "^  [a-z0-9_]+:__this_module" \
		"(struct module)__this_module"
}

test_a_type_that_is_not_known() {
	local bytes
	no_way 1 "overflowuid: the type of this symbol is not known" \
		"write '\(struct TYPE\)overflowuid'.*--vmlinux FILE.*untyped: 0x[0-9a-f]+:[0-9]+" \
		overflowuid
	# each of the three ways out
	bytes=$(grep -oE '0x[0-9a-f]+:[0-9]+' "$work/err")
	take bytes "$bytes"
	truth "core('bytes').read($(address overflowuid), 4) == (65534).to_bytes(4, 'little')"
	take cast "(int)overflowuid"
	truth "core('cast').read($(address overflowuid), 4) == (65534).to_bytes(4, 'little')"
	[[ -n $VMLINUX ]] || return 0
	ok capture -q -o vmlinux --depth 0 --vmlinux "$VMLINUX" overflowuid
	truth "core('vmlinux').read($(address overflowuid), 4) == (65534).to_bytes(4, 'little')"
}

test_debug_info_that_is_found() {
	local dir
	[[ -n $VMLINUX ]] || skip "no vmlinux"
	dir=/usr/lib/debug/lib/modules/$(uname -r)
	mkdir -p "$dir"
	ln -s "$VMLINUX" "$dir/vmlinux"
	tool capture -q -o file --depth 0 overflowuid
	rm -r /usr/lib/debug/lib
	[[ $status == 0 ]]
	good file
}

test_a_type_that_is_not_there() {
	no_way 1 "no type 'struct nosuch'" "" "(struct nosuch)init_task"
	no_way 1 "no type 'struct task_strct'" "did you mean task_struct" \
		"(struct task_strct)init_task"
	no_way 1 "no type 'task_struct'" "write 'struct task_struct'" \
		"(task_struct *)$(address init_task)"
	no_way 1 "no type 'union task_struct'" "write 'struct task_struct'" \
		"(union task_struct)init_task"
}

test_a_member_that_is_not_there() {
	no_way 1 "has no member 'com'" "did you mean comm" init_task.com
	no_way 2 "behind a pointer" "write '->uid'" init_task.cred.uid
	no_way 2 "no pointer" "write '\\.'" "init_task->comm"
	no_way 2 "not an array|no members" "init_task" "init_task[1]"
	no_way 2 "out of range" "16 elements" "init_task.comm[16]"
}

test_a_task_that_is_not_there() {
	no_way 1 "pid:4194304: there is no such task" "" pid:4194304
	# the others are not taken either
	no_way 1 "pid:4194304: there is no such task" "" init_task pid:4194304 pid:1
}

test_a_cpu_that_is_not_there() {
	no_way 2 "no CPU 64" "possible: 0-1" "runqueues@64"
	no_way 2 "not a per-CPU symbol" "@CPU" "init_task@0"
}

test_a_name_that_is_not_at_its_address() {
	# as after a module was unloaded and another loaded between reading and asking
	awk '$3 == "init_task" { $1 = "ffffffff81000000" } { print }' /proc/kallsyms >"$work/syms"
	mount --bind "$work/syms" /proc/kallsyms
	tool capture -o file jiffies init_task
	umount /proc/kallsyms
	ended 1 "init_task: the symbol does not lie where /proc/kallsyms said" "[Tt]ry again"
	holds_nothing
}

test_addresses_that_are_hidden() {
	echo 2 >/proc/sys/kernel/kptr_restrict
	tool capture -o file init_task
	echo 0 >/proc/sys/kernel/kptr_restrict
	ended 1 "kallsyms hides the addresses" "kernel.kptr_restrict"
	holds_nothing
}

test_a_kernel_without_types() {
	mount -t tmpfs none /sys/kernel/btf
	tool capture -o file init_task
	cp "$work/err" err
	tool capture -q -o bytes "$(address linux_banner):64"
	umount /sys/kernel/btf
	[[ $status == 0 ]]
	cp err "$work/err"
	status=1
	ended 1 "BTF" "--vmlinux|CONFIG_DEBUG_INFO_BTF"
	rm err
	holds bytes
}

test_a_vmlinux_that_is_none() {
	no_way 1 "nosuch: No such file" "" --vmlinux nosuch overflowuid
	echo "no ELF file at all" >"$work/text"
	no_way 1 "text: not an ELF file" "" --vmlinux "$work/text" overflowuid
	no_way 1 "true is of another kernel: its build id is [0-9a-f]{40}" \
		"that of the running kernel is [0-9a-f]{40}" --vmlinux /bin/true overflowuid
}

test_a_vmlinux_of_another_kernel() {
	[[ -n $OTHER_VMLINUX ]] || skip "no other vmlinux"
	no_way 1 "is of another kernel" "that of the running kernel is [0-9a-f]{40}" \
		--vmlinux "$OTHER_VMLINUX" overflowuid
}

test_memory_that_cannot_be_read() {
	local below=0xffffffff00000000
	# an address below the kernel image, where nothing is mapped
	incomplete "missing of \(char\[100\]\)$below" "not mapped" \
		capture -o file "(char[100])$below" jiffies
	says "livedump info tells what is missing"
	good file
	truth "core('file').has($(address jiffies_64), 8)" "not core('file').has($below)"
	tool info --json file
	[[ $status == 0 ]]
	truth "j['note']['complete'] is False" \
		"j['note']['missing'] == [{'reason': 'unmapped', 'bytes': 100, 'holes': 1}]" \
		"[(h['address'], h['length'], h['reason'], h['asked'], h['physical'])
		  for h in j['note']['holes']] == [('$below', 100, 'unmapped', True, False)]"
	tool info file
	prints "^complete: no$"
	prints "^  $below, 100 bytes: unmapped \(request 1, asked for\)$"
}

test_addresses_that_are_not_the_kernels() {
	incomplete "missing of" "not a kernel address" \
		capture -o user "(struct task_struct *)0x1000"
	incomplete "missing of" "not a kernel address" capture -o odd "0x8000000000000000:4096"
	incomplete "missing of" "not a kernel address" capture -o null "0x0:16"
	good user
	good odd
	good null
}

test_pointers_to_user_space_are_not_followed() {
	ok start -q user
	ok snapshot -s user --json --depth 2 "pid:$BASHPID"
	truth "j['pointers']['foreign'] > 0" \
		"j['pointers']['count'] > j['pointers']['null'] + j['pointers']['foreign']" \
		"not [m for m in j['missing'] if m['reason'] == 'bad-address']"
	tool stop -q -s user -o file
	good file
}

test_depth() {
	local depth previous=0 count
	for depth in 0 1 2; do
		ok start -q depth
		ok snapshot -s depth --json --depth $depth pid:1
		count=$(truth_says "j['objects']['count']")
		tool stop -q -s depth --discard
		[[ $count -gt $previous ]]
		previous=$count
	done
	# it is 1 where nothing is said
	ok start -q depth
	ok snapshot -s depth --json --depth 1 init_task
	count=$(truth_says "j['objects']['count']")
	ok snapshot -s depth --json init_task
	truth "abs(j['objects']['count'] - $count) <= 2 < $count"
	ok stop -q -s depth --discard
}

test_budget_of_objects() {
	ok start -q budget
	incomplete "pointers were not followed" "--max-objects" \
		snapshot -s budget --max-objects 5 --depth 2 --json pid:1
	truth "j['objects']['count'] == 5 and j['complete'] is False" "j['pointers']['cut'] > 0"
	tool stop -q -s budget --discard
}

test_budget_of_bytes() {
	ok start -q budget
	incomplete "object or byte budget" "--max-bytes" \
		snapshot -s budget --max-bytes 64K --depth 2 --json pid:1
	truth "j['objects']['pages'] == 16" "j['complete'] is False"
	tool stop -q -s budget -o file
	[[ $status == 3 ]]
	says "not complete"
	good file
}

test_budget_of_time() {
	incomplete "time budget" "--max-time" \
		capture -q -o file --max-time 0.005 --depth 12 pid:1
	good file
	tool info --json file
	truth "j['note']['busy_ns'] < 1e9" "j['note']['complete'] is False" \
		"'timeout' in [m['reason'] for m in j['note']['missing']]"
}

test_targets_that_cannot_be_parsed() {
	local text
	for text in "init_task." "init_task..comm" "(struct task_struct *)" "(struct)init_task" \
		"(struct task_struct *" "pid:" "pid:abc" "pid:0" "pid:1.pid." "init_task@" \
		"init_task[0" "init_task.comm[3:2]" "(init_task" "*0xffff888000001000" "comm:" \
		"slab:" "*slab:dentry" "(comm:init)" "module:" "list(init_task.tasks" \
		"lst(modules)" "list(modules, struct module)" \
		"list(init_task, struct task_struct, tasks)" "((u64)pid:1)" "0xffff888000001000" \
		"0xffff888000001000:" "0xffff888000001000:0" "0xffffffffffffffff:4K" \
		"init_task->comm" "list(modules)" "init task" "1234"; do
		tool capture -o file "$text"
		# with a mark under the place
		ended 2 "$(printf %s "$text" | sed 's/[].[*()]/\\&/g')" "^ *\^" ||
			{ echo "# target: $text"; return 1; }
	done
	fails 2 "empty target" "pid:N.*0xADDR:SIZE" capture -o file ""
	holds_nothing
}
