#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# convert.sh DIR: what test_convert.py looks at, into DIR/converted: every recording as kdump file,
# and that as ELF again; the full dump reduced to some, and as kdump file. Every file is held against
# the rules of readers.

set -e
dir=$1
livedump=$(dirname "$0")/../../livedump

mkdir -p "$dir/converted"
for file in "$dir"/*.vmcore; do
	name=$dir/converted/$(basename "$file" .vmcore)
	"$livedump" convert -q "$file" -o "$name.kdump" -z
	"$livedump" convert -q "$name.kdump" -o "$name.elf" --format elf
	for each in "$file" "$name.kdump" "$name.elf"; do
		"$livedump" info --check --json "$each" >"$name.check"
	done
done
for name in graph-2 walk constant; do
	"$livedump" convert -q "$dir/after.core" -o "$dir/converted/$name.reduced" --format elf \
		--pages-of "$dir/$name.vmcore"
done
"$livedump" convert -q "$dir/after.core" -o "$dir/converted/full.kdump" -l
"$livedump" info --check --json "$dir/converted/full.kdump" >"$dir/converted/full.check"
# all of a machine: its addresses are in its page tables alone, and they are the same for both
"$livedump" convert -q "$dir/after.core" -o "$dir/converted/full.elf" --format elf
"$livedump" convert -q "$dir/converted/full.kdump" -o "$dir/converted/other.elf" --format elf
"$livedump" info --check --json "$dir/converted/full.elf" >"$dir/converted/full.elf.check"
cmp "$dir/converted/full.elf" "$dir/converted/other.elf"
rm "$dir"/converted/{full,other}.elf
