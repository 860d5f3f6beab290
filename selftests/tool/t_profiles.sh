# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# Profiles: those shipped, those of one's own, lines that are wrong, what the kernel lacks. And the line
# for cron in README.md.

own=/etc/livedump/profiles.d

# mine NAME LINE…: a profile of one's own
mine() {
	mkdir -p "$own"
	printf '%s\n' "${@:2}" >"$own/$1.profile"
}

forget() { rm -rf /etc/livedump; }

test_list() {
	# shellcheck disable=SC2016  # it is the profile's
	mine mine "# SPDX-License-Identifier: GPL-2.0" "#" "# Of my own." 'slab:$ARG'
	ok list profiles
	prints "^tasks +Every task"
	prints "^mine\[=ARG\] +Of my own\.$"
	ok list profiles --json
	truth "keys(j) == 'profiles'" \
		"all(keys(p) == 'argument file name summary' for p in j['profiles'])" \
		"[p['name'] for p in j['profiles'] if p['argument']] == ['mine', 'slab']" \
		"[p['file'] for p in j['profiles'] if p['name'] == 'mine'] == ['$own/mine.profile']" \
		"all(p['summary'] for p in j['profiles'])"
	fails 2 "'profile' cannot be listed" "sessions and profiles" list profile
	forget
}

test_unknown_profile() {
	fails 2 "there is no profile 'taks'; did you mean tasks" "^there are: base, .*, workqueues$" \
		capture -o file --profile taks
	fails 2 "the profile 'tasks' takes no argument" "tasks" capture -o file --profile tasks=1
	fails 2 "--profile: the NAME\[=ARG\] is empty" "empty" capture -o file --profile ""
	fails 2 "nothing is given" "usage" capture -o file
	holds_nothing
}

test_bad_lines() {
	mine mine "jiffies" "  list(init_task.tasks, struct task_struct, tasks"
	fails 2 "^livedump: $own/mine.profile:2:50: list\(" "expected '\)'" \
		capture -o file --profile mine
	mine mine "jiffies --depht 2"
	fails 2 "^livedump: $own/mine.profile:1:11: there is no option --depht" "did you mean depth" \
		capture -o file --profile mine
	mine mine "--depth two" "jiffies"
	fails 2 "^livedump: $own/mine.profile:1:3: --depth takes a number" "two" \
		capture -o file --profile mine
	mine mine "edge struct task_struct.children lust struct task_struct.sibling" "jiffies"
	fails 2 "^livedump: $own/mine.profile:1:34: " "did you mean list" \
		capture -o file --profile mine
	mine mine "include taks"
	fails 2 "^livedump: $own/mine.profile:1:9: there is no profile 'taks'" "did you mean tasks" \
		capture -o file --profile mine
	mine mine "jiffies --only struct of_none"
	fails 2 "^livedump: $own/mine.profile:1: .*--only" "none of the types" \
		capture -o file --profile mine
	forget
	holds_nothing
}

test_what_this_kernel_lacks() {
	mine mine "# Mine." "jiffies" "(struct of_none)init_task" "no_such_symbol | init_uts_ns" \
		"init_task.no_such_member" "slab:no_such_cache" "--skip struct no_such_type" "init_cred"
	tool capture -o file --profile mine
	[[ $status == 0 ]]
	says "^livedump: $own/mine.profile:3: left out: .*there is no type 'struct of_none'"
	says "^livedump: $own/mine.profile:5: left out: .*no_such_member"
	says "^livedump: $own/mine.profile:6: left out: .*no_such_cache"
	# nothing is said of what another one did for, nor where nobody wants to hear it
	[[ $(<"$work/err") != *mine.profile:4:* ]]
	ok capture -q -f -o file --profile mine
	prints_nothing
	ok info --json file
	truth "[s['line'] for s in j['note']['skipped']] == [3, 5, 6]" \
		"all(keys(s) == 'file line reason target' for s in j['note']['skipped'])" \
		"j['note']['skipped'][0]['target'] == '(struct of_none)init_task'" \
		"j['note']['complete'] is True and j['note']['objects']['count'] >= 3"
	good file
	# unless it has to be there
	rm file
	mine mine "jiffies" "required no_such_symbol | no_such_symbol_either"
	fails 1 "^livedump: $own/mine.profile:2: required: no_such_symbol" "no such symbol" \
		capture -o file --profile mine
	mine mine "no_such_symbol"
	fails 1 "nothing is left to record" "$own/mine.profile:1: .*no such symbol" \
		capture -o file --profile mine
	mine mine "# Nothing."
	fails 2 "names nothing to record" "profile" capture -o file --profile mine
	forget
	holds_nothing
}

test_options_of_lines() {
	local once
	mine mine "--depth 0" "init_task" "--depth 1 --only struct cred" "init_task" \
		"init_task --depth 0" "init_task --only struct cred, struct signal_struct"
	ok start -q one
	# four requests, and none but page tables is copied twice
	ok snapshot -s one --json --profile mine
	truth "len(j['targets']) == 4" "j['objects']['count'] == 1 + 2 + 1 + 3" "j['skipped'] == []" \
		"keys(j) == 'complete edges missing objects pointers ranges session skipped targets time_ns'"
	ok status -s one --json
	truth "j['requests'] == 4"
	once=$(truth_says "j['pages']['refreshed']")
	ok start -q two
	ok snapshot -s two -q --keep --profile mine
	ok status -s two --json
	truth "j['pages']['refreshed'] == $once"
	ok stop -q -s two --discard
	# what is asked for again is wanted as it is now; the command's own targets come first
	ok snapshot -s one --json --depth 0 --profile mine jiffies
	truth "len(j['targets']) == 5 and j['targets'][0]['target'] == 'jiffies'" \
		"j['objects']['count'] == 1 + 1 + 2 + 1 + 3"
	ok status -s one --json
	truth "j['pages']['refreshed'] > 2 * $once"
	ok stop -q -s one --discard
	forget
}

test_ones_own_instead_of_a_shipped_one() {
	mine tasks "include base" "comm:no such task | pid:1"
	ok capture --json -o file --profile tasks
	truth "j['complete'] is True and j['objects']['count'] < 60"
	forget
}

test_argument() {
	ok capture -q -o file --profile slab=signal_cache --profile slab=mm_struct
	ok info --json --objects file
	truth "any('slab:signal_cache' in o['step'] for o in j['objects'])" \
		"any('slab:mm_struct' in o['step'] for o in j['objects'])" \
		"j['note']['written']['commands'][-1].count('--profile') == 2"
	fails 1 "slab.profile:[0-9]*: required: slab:no_such_cache" "cache" \
		capture -o other --profile slab=no_such_cache
	holds file
}

# Numbers that the kernel knows, and memory between symbols
test_targets_for_profiles() {
	ok start -q one
	ok snapshot -s one --json --depth 0 '(unsigned long[64])__per_cpu_offset[0:nr_cpu_ids]' \
		'prb->desc_ring.descs[0:1 << prb->desc_ring.count_bits]' \
		'bytes(__start_rodata, __end_rodata)' 'bytes(__per_cpu_start, __per_cpu_end)'
	truth "j['targets'][0]['recorded'] == 8 * $(nproc --all)" \
		"j['targets'][1]['recorded'] in [24 << n for n in range(30)]" \
		"j['targets'][2]['recorded'] > 100 << 10" \
		"j['targets'][3]['recorded'] == $(($(address __end_rodata) - $(address __start_rodata)))"
	fails 2 "init_task.comm\[0:init_task.comm\]" "not one number" \
		snapshot -s one 'init_task.comm[0:init_task.comm]'
	fails 1 "no element" "init_task.comm" snapshot -s one 'init_task.comm[0:init_task.pid]'
	fails 1 "no size" "1 <<" snapshot -s one 'init_uts_ns.name[0:1 << init_task.flags]'
	fails 2 "does not lie behind" "_sdata" snapshot -s one 'bytes(_edata, _sdata)'
	ok stop -q -s one --discard
}

# Pages of one list from before and after its order was turned: it would go in a circle
test_lists_of_free_objects_end() {
	local at
	have_test_module
	at=$(tested turned)
	mine mine "freelists:"
	echo turn >/sys/kernel/debug/livedump_test/control
	ok capture -q -o before "$at:2048"
	ok start -q turned
	ok record-memory -q -s turned "$at" 2048
	echo turn >/sys/kernel/debug/livedump_test/control
	ok snapshot -q -s turned --profile mine
	ok stop -q -s turned -o file
	ok capture -q -o after "$at:2048"
	truth "core('before').read($at, 2048) != core('after').read($at, 2048)" \
		"core('file').read($at, 2048) == core('after').read($at, 2048)"
	forget
}

test_self_contained() {
	ok capture -q -o file --depth 0 --self-contained jiffies
	ok info --json file
	# BTF is some megabytes, and so are the tables of symbols
	truth "j['note']['ranges']['bytes'] > 4 << 20" "j['note']['skipped'] == []"
}

# As it stands there, by the shell and the few variables that cron gives it
test_line_for_cron() {
	local line
	line=$(sed -n 's/^[0-9*]* [0-9*]* \* \* \*  *root  *//p' "$here/../../README.md")
	[[ $line == /usr/local/sbin/livedump\ capture* ]]
	mkdir -p /usr/local/sbin /var/crash
	ln -sf "$tool" /usr/local/sbin/livedump
	cron() { env -i PATH=/usr/bin:/bin HOME=/root LOGNAME=root SHELL=/bin/sh /bin/sh -c "$line"; }
	cron >"$work/out" 2>"$work/err"
	prints_nothing
	silent
	good /var/crash/livedump.vmcore
	# again, and the file is replaced
	cron >"$work/out" 2>"$work/err"
	prints_nothing
	# where something is wrong, it says so in one line
	mine tasks "required no_such_symbol"
	cron >"$work/out" 2>"$work/err"
	silent
	prints "^livedump: status 1: livedump: $own/tasks.profile:1: required: no_such_symbol"
	[[ $(wc -l <"$work/out") == 1 ]]
	good /var/crash/livedump.vmcore
	mine tasks "required (char[4096])_sdata --max-bytes 1" "init_task --depth 3 --max-objects 2"
	cron >"$work/out" 2>"$work/err"
	prints "^livedump: status 3: livedump: "
	[[ $(wc -l <"$work/out") == 1 ]]
	forget
	rm -r /var/crash
}
