#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kselftest.sh [-1|-s [-x PROGRAM]…] [-p PROGRAM]… [KERNEL]: builds the module, the test programs and
# test modules for a kernel of ./kernels, boots it twice, with page tables of five and of four levels,
# and runs the programs in it. The last line says how many tests have passed, failed and been skipped; a program
# that crashed, or ran fewer tests than it had planned, has failed that many.
#
# What else the two machines differ in: the second has page-table isolation (freed parts of the
# kernel image are unmapped), a hole in its memory, and memory that ends in the middle of a large page.
# With -1 there is only the first; with -s each gets half of the programs, but for those of -x, in
# half of the time: the second uses one of its CPUs then, and the first has what is about several. On
# a kernel that looks for leaks there is one more, for the test of a lockdown. One of the programs may
# be "one-cpu": from there on the guest does with one.

set -u
here=$(dirname "$(realpath "$0")")
top=${here%/*}
programs=() machines="5-level 4-level"
share="" left_out=" "
while getopts 1sp:x: option; do
	case $option in
	1) machines=5-level ;;
	s) share=yes ;;
	x) left_out+="$OPTARG " ;;
	p) programs+=("$OPTARG") ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
kernel=${1:-6.1}
out=$top/build/selftests-$kernel
module=${LIVEDUMP_KO:-$top/build/k-$kernel/livedump.ko}
common="secretmem.enable=1 movablecore=192M"

fail() {
	echo "# kselftest: $1"
	echo "# kselftest: 0 passed, 1 failed, 0 skipped"
	exit 1
}

# count: results of the programs, from the KTAP that run_kselftests.sh prints
count() {
	awk '
		function close_program() {
			# What was planned and has not been heard of
			if (planned > seen)
				failed += planned - seen
			else if (in_program && !planned)
				failed++
			in_program = planned = seen = 0
		}
		/^1\.\.[0-9]+$/ { programs = substr($0, 4) + 0 }
		/^    # Subtest: / { in_program = 1 }
		/^    1\.\.[0-9]+$/ { planned = substr($0, 8) + 0 }
		/^    ok [0-9]+ # SKIP/ { skipped++; seen++; next }
		/^    ok [0-9]+ / { passed++; seen++ }
		/^    not ok [0-9]+ / { failed++; seen++; bad++ }
		/^(not )?ok [0-9]+ / {
			# A program that fails has to have a test that does
			was = failed
			close_program()
			if (/^not ok/ && !bad && failed == was)
				failed++
			bad = 0
			finished++
		}
		END {
			close_program()
			if (!programs)
				failed++
			# Those the guest did not live to see
			if (programs > finished)
				failed += programs - finished
			print passed + 0, failed + 0, skipped + 0
		}' "$1"
}

# boot NAME LIST ARGS…: the programs of an array, all where it is empty, in one machine
boot() {
	local name=$1 begin=$SECONDS
	local -n list=$2
	shift 2
	"$here/vm/run" -k "$kernel" --timeout 1800 --mem 1G,slots=4,maxmem=4G \
		--qemu "-device virtio-balloon-pci" --out "$out/vm-$name" "$@" -- \
		"$here/run_kselftests.sh" "$out" "$module" "${list[@]}" \
		>"$top/build/kselftest-$kernel-$name.log" 2>&1
	echo "$? $((SECONDS - begin))" >"$out/status-$name"
}

# report NAME: how that went
report() {
	local name=$1 log=$top/build/kselftest-$kernel-$1.log status seconds p f s
	read -r status seconds <"$out/status-$name" || status=none seconds=0
	read -r p f s < <(count "$log")
	# The programs are content, the kernel is not; or the other way round
	if [[ $status != 0 && $f == 0 ]]; then
		f=1
	fi
	grep -E '^ *not ok|^ *ok [0-9]+ # SKIP|^vm:|^ *# /[^ ]*:[0-9]+:|^ *# .*terminated' "$log"
	if [[ $f != 0 ]]; then
		echo "not ok - guest $name: exit status $status after $seconds s"
		if grep -q '^vm: .*console ends with' "$log"; then
			sed '1,/^vm: .*console ends with/d' "$log" | head -n 200
		else
			tail -n 40 "$log"
		fi
	fi
	echo "# $name: $p passed, $f failed, $s skipped, exit status $status, $seconds s"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

passed=0 failed=0 skipped=0
mkdir -p "$top/build"
if [[ -z ${LIVEDUMP_KO-} ]]; then
	make -s -C "$top" "build/k-$kernel/livedump.ko" || fail "livedump.ko was not built"
fi
make -s -C "$here" KERNEL="$kernel" OUT="$out" >"$top/build/kselftest-$kernel-build.log" 2>&1 ||
	{ cat "$top/build/kselftest-$kernel-build.log"; fail "the tests were not built"; }
# A copy: the one in build/ may be built anew while we run
cp "$module" "$out/livedump.ko" || fail "no livedump.ko"
module=$out/livedump.ko
rm -f "$out"/status-*
if [[ ${#programs[@]} == 0 && $left_out != *" test_lockdown "* ]] &&
	grep -q '^CONFIG_DEBUG_KMEMLEAK=y' "$("$here/setup.sh" path config "$kernel")"; then
	machines+=" lockdown"
fi
# shellcheck disable=SC2034  # boot() is given their names
first=("${programs[@]}") second=("${programs[@]}") alone=(test_lockdown) lean=""
if [[ $share && ${#programs[@]} == 0 ]]; then
	# Two guests that wait for their other CPU, which waits for a processor, take several times as long.
	# Memory is unplugged before pages are poisoned: 6.1 with DEBUG_VM dies of the other order.
	ahead=0
	several=(hypervisor slab storm threads)
	# Seconds, of those that take longer than others. Longest first, each to who has less to do.
	declare -A takes=([test_containers]=68 [test_torture]=10 [test_storm]=9 [test_moving]=7
		[test_lockdown]=7 [test_privilege]=7 [test_threads]=5 [test_hotplug]=4 [test_module]=4
		[test_slab]=4 [test_whatis]=4)
	other=2
	if [[ $kernel == debug* ]]; then
		takes=([test_threads]=66 [test_slab]=62 [test_hypervisor]=62 [test_limit]=50
			[test_moving]=36 [test_storm]=35 [test_plan]=30 [test_module]=30
			[test_annotate]=28 [test_containers]=26 [test_ioctl]=24 [test_torture]=18
			[test_reason]=18 [test_regs]=18 [test_kill]=17 [test_tables]=15
			[test_privilege]=15 [test_record]=14 [test_mmap]=14 [test_session]=12
			[test_hotplug]=12 [test_edges]=12 [test_roots]=12 [test_task]=12
			[test_whatis]=12 [test_snapshot]=9 [test_slab_layout]=9)
		other=6
		# CPUs come and go before one is left
		second=(test_hotplug test_regs test_roots one-cpu)
		left_out+="test_hotplug test_regs test_roots "
		ahead=$((-takes[test_hotplug] - takes[test_regs] - takes[test_roots]))
		# Another guest follows the first (debug.sh), and the one for a lockdown the second
		if [[ $kernel == debug ]]; then ahead=$((ahead + 260 - 55)); fi
		# KASAN sees most of what SLUB would in the others
		lean=" slub_debug=F"
	else
		several+=(hotplug kill moving regs roots) lean=" maxcpus=1"
	fi
	ahead=$((ahead + ${takes[test_module]:-$other} - ${takes[test_lockdown]:-0}))
	for program in "${several[@]/#/test_}"; do
		[[ $left_out != *" $program "* ]] || continue
		first+=("$program")
		ahead=$((ahead + ${takes[$program]:-$other}))
		left_out+="$program "
	done
	while read -r _ program; do
		if [[ $ahead -gt 0 ]]; then
			second+=("$program")
			ahead=$((ahead - ${takes[$program]:-$other}))
		else
			first+=("$program")
			ahead=$((ahead + ${takes[$program]:-$other}))
		fi
	done < <(for program in "$out"/test_*; do
		program=${program##*/}
		case $program in
		*.* | test_module | test_lockdown) continue ;;
		esac
		[[ $left_out == *" $program "* ]] || echo "${takes[$program]:-$other} $program"
	done | sort -k1,1nr -k2)
	first+=(test_module)
	# nothing can be read after it
	[[ $machines == *lockdown* || $left_out == *" test_lockdown "* ]] ||
		second+=(test_lockdown)
fi
for machine in $machines; do
	case $machine in
	lockdown) wait; boot lockdown alone --cpu max --append "maxcpus=1$lean" ;;
	5-level) boot 5-level first --cpu max --append "$common" & ;;
	4-level) boot 4-level second --cpu max,la57=off \
		--append "$common pti=on mem=1000004K memmap=16M\$400M$lean" & ;;
	esac
done
wait
for machine in $machines; do report "$machine"; done
echo "# kselftest: $passed passed, $failed failed, $skipped skipped"
[[ $failed == 0 ]]
