# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# What an address is, in words and as JSON.

test_a_symbol() {
	ok whatis init_task linux_banner+3
	prints "^$(address init_task): symbol init_task\\+0x0/0x"
	prints "kernel image"
	prints "task_struct of pid 0 \\(swapper/0\\)"
	prints "symbol linux_banner\\+0x3/"
	prints "in Kernel rodata"
	ok whatis --json init_task+0x18
	truth "len(j['addresses']) == 1" "j['addresses'][0]['kernel_image'] is True" \
		"j['addresses'][0]['symbol'].startswith('init_task+0x18/')" \
		"j['addresses'][0]['operand'] == 'init_task+0x18'" \
		"j['addresses'][0]['missing'] is None" "'slab' not in j['addresses'][0]"
}

test_an_address_without_0x() {
	local at
	at=$(address init_task)
	ok whatis "${at#0x}"
	prints "symbol init_task"
}

test_objects_of_a_slab() {
	local name
	have_test_module
	for name in slab.0.kept.2 slab.1.kept.3 slab.0.free.0 slab.1.free.1 slab.1.free.7; do
		ok whatis "$(tested $name)"
		if [[ $name == *kept* ]]; then prints "bytes, allocated$"; else prints "bytes, free$"; fi
		prints "page: slab"
		prints "direct map"
	done
	ok whatis --json "$(printf '0x%x' $(($(tested slab.1.kept.3) + 9)))"
	truth "j['addresses'][0]['slab']['cache'] == 'livedump_plain'" \
		"j['addresses'][0]['slab']['object'] == '$(tested slab.1.kept.3)'" \
		"j['addresses'][0]['slab']['size'] == 72" \
		"j['addresses'][0]['slab']['status'] == 'allocated'" \
		"j['addresses'][0]['page']['flags'] == ['slab']"
}

test_modules() {
	have_test_module
	ok whatis livedump_test_function "$(tested root)"
	prints "symbol livedump_test_function\\+0x0/0x[0-9a-f]+ \\[livedump_test\\]"
	prints "module livedump_test, section .text\\+0x"
	prints "module livedump_test, section .bss\\+0x"
}

test_per_cpu_variables() {
	have_test_module
	ok whatis "$(tested percpu.static.1)"
	prints "per-CPU variable livedump_test_percpu_static\\+0x0 \\[livedump_test\\] of CPU 1"
	fails 2 "'runqueues' is a per-CPU variable" "livedump snapshot" whatis runqueues
}

test_a_vmalloc_area() {
	local restrict
	have_test_module
	read -r restrict </proc/sys/kernel/kptr_restrict
	echo 0 >/proc/sys/kernel/kptr_restrict
	ok whatis "$(tested plain)"
	prints "kptr_restrict"
	echo 1 >/proc/sys/kernel/kptr_restrict
	ok whatis "$(tested plain)"
	echo "$restrict" >/proc/sys/kernel/kptr_restrict
	prints "vmalloc area $(tested plain)-0x[0-9a-f]+: livedump_test_vmalloc"
}

test_the_stack_of_a_task() {
	local stack pid
	have_test_module
	pid=$(($(tested thread.pid)))
	ok start -q stack
	ok snapshot -s stack --json --depth 0 "((unsigned long *)pid:$pid->stack)[0]" "pid:$pid"
	stack=$(truth_says "j['targets'][0]['address']")
	"$tool" stop -s stack -q --discard
	ok whatis "$(printf '0x%x' $((stack + 300)))"
	prints "kernel stack of pid $pid \\(livedump_test\\), task_struct 0x[0-9a-f]+: byte 300 of it"
}

test_what_cannot_be_recorded() {
	have_test_module
	ok whatis "$(tested poisoned)" "$(tested offline)" 0x0 0xffffffffffffffff 0x7f0000000000
	prints "page: damaged"
	prints "page: offline"
	prints "^0x0: not to be recorded: not a kernel address$"
	prints "^0xffffffffffffffff: not to be recorded: not mapped$"
	prints_not "^0x7f0000000000: .*page"
}

# A page of its own that it holds on to meanwhile, by its address in the direct map
test_anonymous_memory() {
	local base
	have_test_module
	ok whatis --json "$(tested slab.1.kept.3)"
	base=$(truth_says "int(j['addresses'][0]['address'], 16) - int(j['addresses'][0]['page']['physical'], 16)")
	python3 - "$tool" "$base" >"$work/out" <<-'END'
	import ctypes, mmap, struct, subprocess, sys
	page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
	page.write(b"x" * 4096)
	with open("/proc/self/pagemap", "rb") as f:
	    f.seek(ctypes.addressof(ctypes.c_char.from_buffer(page)) // 4096 * 8)
	    pfn = struct.unpack("Q", f.read(8))[0] & ((1 << 55) - 1)
	subprocess.run([sys.argv[1], "whatis", hex(int(sys.argv[2]) + pfn * 4096)], check=True)
	END
	prints "page: anonymous memory"
	prints "not to be recorded: user memory"
}

test_many_namesakes() {
	local name
	# per-CPU variables have small numbers there
	name=$(awk '$1 !~ /^00000/ { n[$3]++ }
		END { for (s in n) if (n[s] > n[m]) m = s; print m }' /proc/kallsyms)
	incomplete "more than 16 symbols are called '$name'" "by their addresses" whatis "$name"
	prints "^0x[0-9a-f]+: "
}

test_bad_operands() {
	fails 1 "'init_taks': neither an address" "did you mean init_task" whatis init_taks
	fails 2 "behind \\+ is no number" "such as 24" whatis init_task+x
	fails 2 "nothing is given" "usage: livedump whatis" whatis
}

test_nothing_is_left() {
	ok list
	prints "no session is open"
}
