#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run_writer.sh DIR SECONDS NAME LENGTH…: run DIR/fuzz_NAME for so long on inputs of up to LENGTH
# bytes, several after each other, in KTAP form. What broke one is kept in DIR.

set -u
dir=$1 seconds=$2 n=0 failed=0
shift 2

while (($# >= 2)); do
	n=$((n + 1))
	# what the program prints is of no interest, only that it survives
	if "$dir/fuzz_$1" -close_fd_mask=1 -max_total_time="$seconds" -max_len="$2" -seed=1 -timeout=10 \
		-artifact_prefix="$dir/$1-" "$dir/corpus/$1" >"$dir/$1.log" 2>&1; then
		echo "ok $n - fuzz_$1: $(grep -o 'Done [0-9]* runs' "$dir/$1.log")"
	else
		failed=1
		echo "not ok $n - fuzz_$1"
		tail -n 40 "$dir/$1.log" | sed 's/^/# /'
	fi
	shift 2
done
echo "1..$n"
exit $failed
