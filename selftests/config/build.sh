#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Builds a kernel out of a tarball of Debian's linux-source, in the chroot of ../setup.sh:
#
#   build.sh DIR SUFFIX TARBALL PATCH FRAGMENT…
#
# FRAGMENTs are merged over tinyconfig, and each symbol they name has to come out as they say. PATCH
# need not exist. DIR gets vmlinuz, config, release, vmlinux, lib/modules, and in build what
# external modules need.

set -euo pipefail
dir=$1 suffix=$2 tarball=$3 patch=$4
shift 4
fragments=("$@")
src=$dir/src

fail() { echo "build: $*" >&2; exit 1; }

# The last word on each symbol of the fragments, as a line of .config
wanted() {
	awk '/^CONFIG_[A-Za-z0-9_]+=/ { split($0, part, "="); want[part[1]] = $0 }
	     /^# CONFIG_[A-Za-z0-9_]+ is not set$/ { want[$2] = $0 }
	     END { for (symbol in want) print want[symbol] }' "${fragments[@]}" | sort
}

# A symbol that depends on something absent is not in .config at all
lost() {
	local line symbol
	while read -r line; do
		if [[ $line == "# "* ]]; then
			symbol=${line#\# } symbol=${symbol%% *}
			! grep "^$symbol=" .config || echo "  wanted: $line"
		elif ! grep -qxF -e "$line" .config; then
			echo "  wanted: $line; is: $(grep -w "${line%%=*}" .config || echo absent)"
		fi
	done < <(wanted)
}

configure() {
	local lost
	make -s tinyconfig
	scripts/kconfig/merge_config.sh -m .config "${fragments[@]}"
	make -s olddefconfig
	lost=$(lost)
	[[ -z $lost ]] || fail "not as in the fragments:"$'\n'"$lost"
}

# What the kernel's own packaging puts into a headers package, and what types in modules need
development_files() {
	find . arch/x86 -maxdepth 1 -name 'Makefile*'
	find arch/x86 -name Kbuild.platforms -o -name Platform
	find arch/x86/include include scripts ! -name '*.o' ! -name '.*.cmd' \
		\( -type f -o -type l \)
	printf '%s\n' .config Module.symvers tools/objtool/objtool \
		tools/bpf/resolve_btfids/resolve_btfids
}

mkdir "$src"
tar -x --strip-components=1 -C "$src" -f "$tarball"
cd "$src"
if [[ -e $patch ]]; then patch -p1 <"$patch"; fi
echo "$suffix" >localversion
configure
if [[ ${CONFIGURE_ONLY-} ]]; then exit; fi
make -j"$(nproc)" all
make INSTALL_MOD_PATH="$dir" DEPMOD=/bin/true modules_install

release=$(make -s kernelrelease)
depmod -b "$dir" "$release"
cp "$(make -s image_name)" "$dir/vmlinuz"
cp .config "$dir/config"
rm -f "$dir/lib/modules/$release/source"
ln -sfn "../../../build" "$dir/lib/modules/$release/build"
mkdir "$dir/build"
development_files | tar -c --no-recursion -T - | tar -x -C "$dir/build"
mv vmlinux "$dir/vmlinux"
ln "$dir/vmlinux" "$dir/build/vmlinux"
cd "$dir"
rm -rf "$src"
echo "$release" >release
