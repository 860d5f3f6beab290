#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [-a] [KERNEL]: files that livedump wrote in a VM, opened by drgn, crash, makedumpfile, gdb and
# others, and compared with dumps of all the VM's memory, taken before and after; some of it by the
# readers of the release before, with -a more of it. KERNEL needs debug info (setup.sh dbg). Two boots:
# one with five levels of page tables, one with four and with page-table isolation, for what depends
# on that.
#
# Prints "ok N - name" or "not ok N - name" for each test. Everything is below build/readers; the
# memory dumps are removed where all is well.

set -u
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/../.." || exit 1
all=""
if [[ ${1-} == -a ]]; then all=yes && shift; fi
kernel=${1:-6.1}
setup=selftests/setup.sh
here=selftests/readers
out=$PWD/build/readers
module=$PWD/build/k-$kernel/livedump.ko
test_module=$PWD/build/selftests-$kernel/modules/livedump_test.ko
n=0 failed=0

result() { # STATUS NAME
	n=$((n + 1))
	if [[ $1 == 0 ]]; then
		echo "ok $n - $2"
	else
		failed=$((failed + 1))
		echo "not ok $n - $2"
	fi
}

# quietly NAME COMMAND…: a test that is a command, its output in a log, shown if it fails
quietly() {
	local name=$1 log=$out/log status=0
	shift
	"$@" >"$log" 2>&1 </dev/null || status=$?
	[[ $status == 0 ]] || tail -n 30 "$log" | sed 's/^/# /'
	result $status "$name"
	return $status
}

finish() {
	echo "# readers: $((n - failed)) passed, $failed failed"
	[[ $failed == 0 ]]
	exit
}

# boot NAME WHAT OPTIONS…: the recordings of guest.sh in a directory of their own
boot() {
	local dir=$out/$1 what=$2 name status wanted file wrong=0
	shift 2
	mkdir -p "$dir"
	quietly "${dir##*/}: the VM runs" selftests/vm/run -k "$kernel" --mem 256M --timeout 1200 "$@" \
		--module "$module" --module "$test_module" --out "$dir" \
		-- env KEEP_SO="$out/keep.so" bash "$here/guest.sh" "$what"
	[[ -s $dir/commands ]] || return
	while read -r name status wanted; do
		[[ $status != "$wanted" ]] || continue
		sed 's/^/# /' "$dir"/"$name.out" "$dir"/*/"$name.out" 2>/dev/null
		echo "# $name: exit status $status instead of $wanted"
		wrong=1
	done < <(cat "$dir"/commands "$dir"/*/commands 2>/dev/null)
	result $wrong "${dir##*/}: each livedump command exits as it should"
	for file in "$dir"/*.vmcore "$dir"/*/*.vmcore; do
		[[ -e $file ]] || continue
		./livedump info --json "$file" >"${file%.vmcore}.info" 2>&1
		readelf -hln "$file" >"${file%.vmcore}.readelf" 2>&1
	done
}

# script [-o] DIR NAME [COMMAND…]: tests by the script of that name, which COMMAND runs; -o: with the
# readers of the release before
script() {
	local readers=readers what dir name log status=0 planned written line
	if [[ $1 == -o ]]; then readers=old-readers && shift; fi
	dir=$out/$1 name=$2 what="${1##*/}: $2"
	if [[ $readers == old-readers ]]; then what+=": older"; fi
	log=$dir/$name.$readers.log
	written=$(grep -cE '^@?test\(' "$here/$name.py")
	shift 2
	$setup in $readers -- timeout 1200 "${@:-python3}" "$here/$name.py" "$dir" "$test_module" \
		>"$log" 2>&1 </dev/null || status=$?
	while read -r line; do
		case $line in
		"ok - "*)	result 0 "$what: ${line#ok - }" ;;
		"not ok - "*)	result 1 "$what: ${line#not ok - }" ;;
		1..*)		;;
		*)		echo "# ${line#\# }" ;;
		esac
	done <"$log"
	planned=$(sed -n 's/^1\.\.//p' "$log")
	# Not one test less than the script has: it may have died
	[[ $written != 0 && $planned == "$written" &&
		$(grep -cE '^(not )?ok - ' "$log") == "$written" &&
		($status == 0 || $status == 1) ]] && if [[ $status == 1 ]]; then grep -q '^not ok' "$log"; fi
	result $? "$what: all its tests were run"
}

rm -rf "$out"
mkdir -p "$out"
set_up() {
	quietly "set-up" $setup readers &&
		quietly "debug info" $setup dbg "$kernel" &&
		quietly "the tool builds" make tool build/write_core &&
		quietly "the module builds" make "build/k-$kernel/livedump.ko" &&
		quietly "what keeps a session builds" "${CC:-gcc}" -O2 -Wall -Wextra -D_GNU_SOURCE \
			-Iuapi -shared -fPIC -o "$out/keep.so" "$here/keep.c" -ldl &&
		quietly "the test module builds" make -C selftests KERNEL="$kernel" modules
}

set_up || finish

boot five-level all
if [[ -e $out/five-level/after.core ]]; then
	# all memory, which no recording has
	quietly "five-level: the writer takes all memory" build/write_core kdump zstd 0 0 \
		"$out/five-level/after.core" "$out/five-level/formats/full.core"
	script five-level test_basic drgn -q -c "$out/five-level/basic.vmcore"
	script -o five-level test_basic drgn -q -c "$out/five-level/basic.vmcore"
	quietly "five-level: files are converted, and good" "$here/convert.sh" "$out/five-level"
	for name in elf graph memory stack faults tables pages walk log formats slabs mutants \
		convert; do
		script five-level "test_$name"
	done
	[[ ! $all ]] || script -o five-level test_formats
	ln -s ../addresses ../sections ../after.core "$out/five-level/regs"
	script five-level/regs test_regs
	[[ ! $all ]] || script -o five-level/regs test_regs
	ln -s ../addresses ../sections ../after.core "$out/five-level/crash"
	quietly "five-level: the capture for crash is converted" ./livedump convert -z \
		-o "$out/five-level/crash/crash.kdump" "$out/five-level/crash/crash.vmcore"
	script five-level/crash test_crash
	script five-level test_kdumpid
	script five-level/crash test_gdb
	script -o five-level/crash test_crash
fi
if [[ -e $out/five-level/roots/after.core ]]; then
	script five-level/roots test_boxes
	script five-level/roots test_roots
	script five-level/roots test_profiles
fi
boot four-level tables --cpu max,la57=off --append pti=on
if [[ -e $out/four-level/after.core ]]; then
	script four-level test_basic drgn -q -c "$out/four-level/basic.vmcore"
	for name in elf tables pages; do
		script four-level "test_$name"
	done
fi
if [[ $failed == 0 ]]; then
	rm -f "$out"/*/*.core "$out"/*/*/*.core "$out"/*/converted/full.kdump
fi
finish
