#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# formats.sh: how fast are kdump-compressed files written? All memory of a guest, from a file to a
# file, both in memory: by livedump's writer with one thread and with one for each CPU, and by
# makedumpfile without --num-threads, which makes it ten times slower on two CPUs. Whole commands,
# best of REPEATS (3).
#
# Judges nothing. KERNEL=NAME boots another kernel than 6.1.

set -u
cd "$(dirname "$0")/../.." || exit 1
kernel=${KERNEL:-6.1}
repeats=${REPEATS:-3}
setup=selftests/setup.sh
out=$PWD/build/bench-formats
writer=$PWD/build/write_core
cpus=$(nproc)

die() { echo "bench: $*" >&2; exit 1; }

set_up() { $setup host && $setup readers && $setup kernel "$kernel"; }

set_up || die "set-up failed"
make -s tool build/write_core || die "does not build"
rm -rf "$out"
mkdir -p "$out"
# not /dev/shm, which the readers' chroot has of its own
fast=$out/fast
mkdir "$fast"
mount -t tmpfs -o size=2G none "$fast" || die "no memory file system"
trap 'umount "$fast"' EXIT

# Memory that is in use, as on a host at work: programs, text, and what cannot be compressed; with the
# direct map where the writer takes it to be, for makedumpfile
selftests/vm/run -k "$kernel" --mem 512M --cpu max,la57=off --append nokaslr --out "$out" -- sh -c \
	'tar cf /tmp/programs /usr/bin 2>/dev/null; head -c 50000000 /dev/urandom >/tmp/random
	 selftests/vm/guest/memdump mem.core' >"$out/log" 2>&1 || die "no guest: see $out/log"
"$writer" elf none 0 1 "$out/mem.core" "$fast/in" >/dev/null || die "nothing written"
rm "$out/mem.core"

# Both with the libraries of the readers' chroot: what differs is not the codecs
commands() {
	local codec threads letter
	for codec in none zlib lzo snappy zstd; do
		for threads in 1 "$cpus"; do
			echo "livedump $codec $threads $writer kdump $codec 0 $threads $fast/in $fast/out"
		done
	done
	while read -r codec letter; do
		echo "makedumpfile $codec 1 makedumpfile $letter -d 0 $fast/in $fast/out"
	done <<-'EOF'
		none
		zlib -c
		lzo -l
		snappy -p
		zstd -z
	EOF
}

commands | $setup in readers -- python3 selftests/bench/formats.py time "$repeats" "$fast/out" \
	>"$out/results" || die "a writer failed"
python3 selftests/bench/formats.py report "$out/results"
