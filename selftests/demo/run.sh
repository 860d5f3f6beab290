#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The main job, shown: boot a kernel in QEMU, load the module, record, open the file in drgn and
# in crash.

set -eu
cd "$(dirname "$0")/../.."
setup=selftests/setup.sh
kernel=6.1
out=$PWD/build/demo

say() { printf '\n== %s\n' "$*"; }

say "set-up: packages, kernel $kernel with its debug info, drgn, crash (once; kept in the cache)"
$setup host
$setup dbg $kernel
$setup readers
make -s tool "build/k-$kernel/livedump.ko"

rm -rf "$out"
mkdir -p "$out"
say "boot Debian $($setup path release $kernel) in QEMU, load livedump.ko, record"
# with a log as long as Debian has it, not as tests want it
selftests/vm/run -k $kernel --append log_buf_len=128K --module "build/k-$kernel/livedump.ko" --out "$out" -- \
	bash selftests/demo/guest.sh "$out/demo.vmcore"

say "open the file in drgn, here, on another machine than the one it was taken on"
$setup in readers -- drgn -q -c "$out/demo.vmcore" selftests/demo/show.py 2>/dev/null
say "and in crash"
pid=$(cat "$out/pid")
printf '%s\n' sys "ps $pid" "bt $pid" "bt -a" "log | tail -n 3" quit >"$out/commands"
$setup in readers -- crash -s -i "$out/commands" "$($setup path vmlinux $kernel)" "$out/demo.vmcore" </dev/null |
	cut -c1-100
say "the file: $out/demo.vmcore"
