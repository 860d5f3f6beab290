#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# checkpatch, sparse, shellcheck, static analyzers, and the house rules that a program can check.

set -u
cd "$(dirname "$0")/.." || exit 1
setup=selftests/setup.sh
out=build/style
names=()

# check NAME COMMAND…: in the background, as many at a time as there are processors
check() {
	local n=${#names[@]}
	names+=("$1")
	shift
	while [[ $(jobs -rp | wc -l) -ge $(nproc) ]]; do wait -n; done
	{
		"$@"
		echo $? >"$out/$n.status"
	} >"$out/$n.log" 2>&1 &
}

# what all of them said, in order
report() {
	local n failed=0
	wait
	for n in "${!names[@]}"; do
		cat "$out/$n.log"
		if [[ $(cat "$out/$n.status") == 0 ]]; then
			echo "ok $((n + 1)) - ${names[n]}"
		else
			failed=$((failed + 1))
			echo "not ok $((n + 1)) - ${names[n]}"
		fi
	done
	echo "# style: $((${#names[@]} - failed)) passed, $failed failed"
	[[ $failed == 0 ]]
}

# what git knows or would take, and is there
sources() { git ls-files --cached --others --exclude-standard "$@" | while read -r f; do
	[[ ! -e $f ]] || echo "$f"; done; }

checkpatch() {
	local said
	said=$(perl "$($setup path checkpatch)" --no-tree --strict --max-line-length=100 \
		--no-summary --terse "$@" 2>&1)
	[[ -z $said ]] || { echo "$said"; return 1; }
}

# sparse of the 6.1 headers' own Makefile, over a tree of its own
sparse_kmod() {
	local dir=build/sparse
	rm -rf "$dir" && mkdir -p "$dir"
	sources Kbuild kmod uapi | xargs cp --parents -t "$dir"
	$setup in 6.1 -- make -C "$($setup path headers 6.1)" M="$PWD/$dir" C=2 \
		modules >"$dir/log" 2>&1 || { cat "$dir/log"; return 1; }
	grep -q CHECK "$dir/log" || { echo "sparse was not run"; return 1; }
	! grep -E ': (warning|error):' "$dir/log"
}

# The kernel's semantic patches, but for those that suggest a change of style (no "report" mode), and
# for two that want OCaml's compiler, of 280 MB: a pointer compared with 0, which sparse sees, and one
# driver's tables
coccicheck() {
	local patch options said bad=0 n=0
	for patch in "$($setup path kselftest)"/*.cocci; do
		grep -q '^virtual report' "$patch" || continue
		! grep -q ':ocaml' "$patch" || continue
		options=$(sed -n 's,^// Options: *,,p' "$patch" | head -n 1)
		# shellcheck disable=SC2086  # several options
		if ! said=$(spatch -D report --very-quiet --no-show-diff $options \
			--cocci-file "$patch" --dir kmod -I uapi 2>&1); then
			echo "$patch: spatch failed"
			bad=1
		fi
		said=$(grep -vE '^warning: line [0-9]+: should .* be a metavariable' <<<"$said")
		[[ -z $said ]] || { echo "$said"; bad=1; }
		n=$((n + 1))
	done
	echo "$n semantic patches"
	[[ $bad == 0 && $n -gt 50 ]]
}

# GCC 12 loses sight of what arrays that were realloc'd hold, and takes it for leaked
gcc_analyzer() {
	rm -rf build/analyzer
	make -s tool-objects CC=gcc B=build/analyzer \
		CFLAGS='-O2 -g -fanalyzer -Wno-analyzer-malloc-leak -Werror'
}

# Compiled they have been elsewhere
scan_build() {
	rm -rf build/scan
	scan-build --use-cc=true --status-bugs -o build/scan/report make -s tool-objects B=build/scan
}

# kernel-doc on every function that is not static
kernel_doc() {
	local file fn bad=0
	for file in $(sources 'kmod/*.c' ':!kmod/compat/probes'); do
		while read -r fn; do
			grep -q "^ \* $fn() - " "$file" || { echo "$file: $fn: no kernel-doc"; bad=1; }
		done < <(sed -n 's/^\(int\|u32\|u64\|void\|long\|bool\|enum [a-z_]*\|void \*\|struct [a-z_]* \*\) *\*\?\([a-z_]*\)(.*/\2/p' "$file")
	done
	return $bad
}

long_files() {
	local long
	long=$(sources 'kmod/*.[ch]' 'tools/*.[ch]' 'selftests/*.[ch]' 'selftests/*.py' 'selftests/*.sh' |
		xargs wc -l | awk '$2 != "total" && $1 > 600')
	[[ -z $long ]] || { echo "$long"; return 1; }
}

no_version_checks() { ! git grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION\(' -- kmod tools; }

mapfile -t kernel_c < <(sources 'kmod/*.[ch]' 'uapi/*.h')
mapfile -t tool_c < <(sources 'tools/*.[ch]')
mapfile -t test_c < <(sources 'selftests/*.[ch]')
mapfile -t scripts < <(sources | xargs grep -lE '^#!/bin/(ba)?sh')

# Userspace has no BIT(), no u32, no __printf(), and libelf's and inttypes.h's names.
userspace=PREFER_KERNEL_TYPES,PREFER_DEFINED_ATTRIBUTE_MACRO,BIT_MACRO,CAMELCASE
# What a test macro is given has no side effects, and a failed check returns from the test; functions
# that stand in for the C library's (__wrap_, LD_PRELOAD) have no header and their types.
tests=$userspace,MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE
tests+=,AVOID_EXTERNS,FUNCTION_ARGUMENTS,MACRO_WITH_FLOW_CONTROL,SSCANF_TO_KSTRTO

rm -rf $out && mkdir -p $out
# those that take longest first
check "scan-build: tools" scan_build
check "gcc -fanalyzer: tools" gcc_analyzer
check "coccicheck: kmod" coccicheck
check "checkpatch --strict: selftests" checkpatch --ignore "$tests" -f "${test_c[@]}"
check "checkpatch --strict: tools" checkpatch --ignore "$userspace" -f "${tool_c[@]}"
check "checkpatch --strict: kmod, uapi" checkpatch -f "${kernel_c[@]}"
check "sparse" sparse_kmod
check "shellcheck" shellcheck -x "${scripts[@]}"
check "kernel-doc on every function that is not static" kernel_doc
check "the description for syzkaller is that of the header" selftests/syzkaller/check.py
check "no version checks" no_version_checks
check "no file above 600 lines" long_files
report
