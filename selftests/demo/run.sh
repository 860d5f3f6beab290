#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The main job, shown: boot a kernel in QEMU, load the module, record, open the file in drgn.

set -eu
cd "$(dirname "$0")/../.."
setup=selftests/setup.sh
kernel=6.1
out=$PWD/build/demo

say() { printf '\n== %s\n' "$*"; }

say "set-up: packages, kernel $kernel with its debug info, drgn (once; kept in the cache)"
$setup host
$setup dbg $kernel
$setup readers
make -s tool "build/k-$kernel/livedump.ko"

rm -rf "$out"
mkdir -p "$out"
say "boot Debian $($setup path release $kernel) in QEMU, load livedump.ko, record"
selftests/vm/run -k $kernel --module "build/k-$kernel/livedump.ko" --out "$out" -- \
	bash selftests/demo/guest.sh "$out/demo.vmcore"

say "open the file in drgn, here, on another machine than the one it was taken on"
$setup in readers -- drgn -q -c "$out/demo.vmcore" selftests/demo/show.py 2>/dev/null
say "the file: $out/demo.vmcore"
