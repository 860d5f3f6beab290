#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh: how fast is it? Boots several times and prints a table: medians, with their spread, and
# what is aimed at. Judges nothing. build/bench/results.json has all numbers.
#
# KERNEL=NAME boots another kernel than 6.1; BOOTS=N so many times instead of 3.
#
# With -erms: under QEMU's interpreter "rep movsb" goes byte by byte, and memcpy() would look five
# times slower than any loop. With the TSC as clock, as on real machines: the guest would choose the
# HPET, where each look at the time is a way out to QEMU and back. With a log as long as Debian has it.

set -u
cd "$(dirname "$0")/../.." || exit 1
kernel=${KERNEL:-6.1}
boots=${BOOTS:-3}
setup=selftests/setup.sh
out=$PWD/build/bench

die() { echo "bench: $*" >&2; exit 1; }

set_up() { $setup host && $setup readers && $setup kernel "$kernel" && $setup dbg "$kernel"; }

build() {
	make -s tool build/bench_plan "build/k-$kernel/livedump.ko" || return
	rm -rf "$out"
	mkdir -p "$out/module"
	# copies: somebody may be building meanwhile
	cp livedump build/bench_plan "build/k-$kernel/livedump.ko" "$out/" || return
	cp selftests/bench/Kbuild selftests/bench/livedump_bench.c "$out/module/"
	$setup in "$kernel" -- make -C "$($setup path headers "$kernel")" M="$out/module" modules \
		>"$out/module/log" 2>&1 || { cat "$out/module/log"; return 1; }
	for program in bench_record sleepers; do
		"${CC:-gcc}" -O2 -Wall -Iuapi -o "$out/$program" "selftests/bench/$program.c" || return
	done
}

# boot N: measure everything in a new guest
boot() {
	selftests/vm/run -k "$kernel" --cpu max,-erms --mem 2G --qemu=-mem-prealloc --timeout 600 \
		--append "tsc=reliable clocksource=tsc log_buf_len=128K" --out "$out/boot$1" \
		--module "$out/livedump.ko" --module "$out/module/livedump_bench.ko" -- \
		python3 selftests/bench/measure.py "$out/livedump" "$out/bench_record" \
		"$out/sleepers" "$out/bench_plan" "$vmlinux" >"$out/boot$1.txt" ||
		{ cat "$out/boot$1.txt"; return 1; }
	# and here, to tell how much slower the guest is
	"$out/bench_plan" "$vmlinux" >>"$out/boot$1.txt"
}

set_up || die "set-up failed"
build || die "does not build"
vmlinux=$($setup path vmlinux "$kernel") || die "no vmlinux"
for ((n = 1; n <= boots; n++)); do
	echo "bench: boot $n of $boots" >&2
	boot "$n" || boot "$n" || die "boot $n failed twice"
done
python3 -B selftests/bench/report.py "$out" "$out"/boot*.txt
