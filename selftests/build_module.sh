#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build livedump.ko for a kernel of selftests/kernels, with the compiler of that kernel's suite, in a
# directory of its own: build_module.sh KERNEL DIR SOURCE…   One at a time for each directory.

set -eu
kernel=$1 dir=$2
shift 2
setup=selftests/setup.sh

fresh() {
	local src
	[[ -e $dir/livedump.ko ]] || return 1
	for src in "$@"; do
		[[ ! $src -nt $dir/livedump.ko ]] || return 1
	done
}

$setup kernel "$kernel"
mkdir -p "${dir%/*}"
exec 9>"$dir.lock"
flock 9
# somebody else may just have done it
if fresh "$@"; then exit 0; fi
rm -rf "$dir"
mkdir -p "$dir"
cp --parents -t "$dir" "$@"
if ! $setup in "$kernel" -- make -C "$($setup path headers "$kernel")" M="$PWD/$dir" W=1 modules \
	>"$dir/log" 2>&1 9>&-; then
	cat "$dir/log"
	exit 1
fi
