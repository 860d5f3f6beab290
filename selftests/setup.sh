#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fetches what the tests need and knows where it is: host packages, one chroot per Debian suite
# (its compiler and kernel headers), kernels to boot, debug info, crash and drgn.
#
#   setup.sh host               install the missing packages of this machine
#   setup.sh kernel NAME…       a kernel of ./kernels: its suite's chroot, image and modules; one
#                               from source is built when source, config or compiler are new
#   setup.sh dbg NAME…          its vmlinux with DWARF (downloads close to a gigabyte)
#   setup.sh readers            the chroots with crash, drgn, makedumpfile and gdb: "readers", and
#                               "old-readers", of the release before
#   setup.sh kselftest          kselftest headers, checkpatch.pl and semantic patches out of the
#                               kernel source
#   setup.sh names [all]        the names in ./kernels, without those built from source, or all
#   setup.sh path WHAT [NAME]   vmlinuz, config, release, version, modules, chroot, headers, vmlinux,
#                               arch of kernel NAME; readers, kselftest, checkpatch
#   setup.sh in WHERE -- CMD…   run CMD in a chroot: WHERE is a suite, a kernel, "readers" or
#                               "old-readers"
#   setup.sh clean NAME         forget a kernel, its debug info and its chroot
#
# Everything lands below ${XDG_CACHE_HOME:-~/.cache}/livedump. A directory there is complete: it is
# made beside its final name and renamed. Where there is nothing to do, nothing is printed.

set -euo pipefail
export LC_ALL=C.UTF-8
PATH=$PATH:/usr/sbin:/sbin

self=$(realpath "${BASH_SOURCE[0]}")
here=${self%/*}
top=${here%/*}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/livedump

format=1		# raise to have every chroot made anew
readers_suite=forky
old_readers_suite=trixie
readers_packages=(python3 python3-drgn crash makedumpfile binutils gdb)
new_readers_packages=(libkdumpfile-utils)	# not in the release before
build_packages=(gcc make libc6-dev kmod perl python3 sparse)	# perl, python3: kernel-doc at W=1
kbuild_format=1		# raise to have every kernel from source built anew
kbuild_packages=(flex bison bc patch cpio xz-utils libelf-dev libssl-dev pahole)
host_packages=(
	gcc make pkg-config flex bison bc cpio kmod xz-utils zstd shellcheck
	libbpf-dev libdw-dev libelf-dev libjson-c-dev zlib1g-dev
	liblzo2-dev libsnappy-dev libzstd-dev
	clang clang-tools coccinelle pahole sparse python3 busybox-static
	qemu-system-x86 mmdebstrap debootstrap debian-archive-keyring
)

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

need_root() { [[ $EUID == 0 ]] || die "root is needed to $*"; }

# locked NAME CMD…: one at a time, for parallel callers
locked() {
	local lock=$cache/lock/$1
	shift
	mkdir -p "$cache/lock"
	( flock 9; "$@" 9>&- ) 9>"$lock"
}

# logged LOG CMD…: output goes to a file, which is shown only when CMD fails three times
logged() {
	local log=$cache/log/$1 try tries=${tries-3}
	shift
	mkdir -p "$cache/log"
	for ((try = 1; try <= tries; try++)); do
		if "$@" </dev/null >"$log" 2>&1; then return 0; fi
		if [[ $try != "$tries" ]]; then sleep $((try * 5)); fi
	done
	tail -n 30 "$log" >&2
	die "failed: $* (all of it: $log)"
}

# publish NEW DIR: in the place of an older one; what has its name is complete, also after a crash
publish() {
	sync -f "$1"
	rm -rf "$2"
	mv "$1" "$2"
}

## kernels

# fields NAME: sets name, suites, suite, image, headers, arch; suite is that of its chroot's name
fields() {
	read -r name suites image headers < <(awk -v n="$1" '$1 == n' "$here/kernels") ||
		die "no kernel \"$1\" in $here/kernels"
	suite=${suites%%,*}
	if from_source; then suite=$suite-kbuild; fi
	arch=$(arch_of "$image")
}

# from_source: whether the kernel of fields is built here
from_source() { [[ $image == linux-source* ]]; }

arch_of() {
	case $1 in
	linux-source*) echo amd64 ;;
	*-powerpc64le) echo ppc64el ;;
	*) echo "${1##*-}" ;;
	esac
}

names() { awk -v all="${1-}" \
	'!/^#/ && NF && (all == "all" || $3 !~ /^linux-source/) { print $1 }' "$here/kernels"; }

native() { dpkg --print-architecture; }

# chroot_of SUITE [ARCH]; SUITE-kbuild is where kernels are built
chroot_of() {
	if [[ -z ${2-} || $2 == "$(native)" ]]; then
		echo "$cache/chroot/$1"
	else
		echo "$cache/chroot/$1-$2"
	fi
}

## host

installed() { [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$@" 2>/dev/null) == *ii* ]]; }

# what is missing on this machine
missing() {
	local package status
	local -A have=()
	while read -r package status; do
		have[$package]=$status
	done < <(dpkg-query -W -f='${Package} ${db:Status-Abbrev}\n' "${host_packages[@]}" 2>/dev/null)
	for package in "${host_packages[@]}"; do
		[[ ${have[$package]-} == ii* ]] || echo "$package"
	done
	# two whose names carry a version
	installed 'libclang-rt-*-dev' || echo libclang-rt
	compgen -G '/usr/src/linux-source-*.tar.xz' >/dev/null || echo linux-source
}

host() { [[ -z $(missing) ]] || locked host make_host; }

# apt_install PACKAGE…: with lists that may have been out of date the first time, or an install cut off
apt_install() {
	dpkg --configure -a
	DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y \
		--no-install-recommends "$@" && return
	apt-get update
	return 1
}

make_host() {
	local package missing
	mapfile -t missing < <(missing)
	[[ ${#missing[@]} != 0 ]] || return 0
	need_root "install ${missing[*]}"
	say "installing ${missing[*]}"
	logged host-update apt-get update
	for package in "${!missing[@]}"; do
		case ${missing[package]} in
		libclang-rt)
			missing[package]=$(apt-cache depends clang |
				sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p') ;;
		linux-source)
			if apt-cache show linux-source-6.1 >/dev/null 2>&1; then
				missing[package]=linux-source-6.1
			fi ;;
		esac
	done
	logged host-install apt_install "${missing[@]}"
}

## chroots

# mirror LABEL: the archive this machine's apt uses
mirror() {
	# shellcheck disable=SC2016  # apt expands these
	apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
		awk -v l="$1" '$1 == l { print $2; exit }'
}

# sources SUITES: lines for sources.list
sources() {
	local debian security suite keys="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
	debian=$(mirror Debian)
	security=$(mirror Debian-Security)
	[[ -n $debian ]] || die "this machine's apt has no Debian archive configured"
	debian=${debian%/}
	security=${security:-$debian-security}
	for suite in ${1//,/ }; do
		case $suite in
		*-security) echo "deb $keys ${security%/} $suite main" ;;
		*) echo "deb $keys $debian $suite main" ;;
		esac
	done
}

# spec SUITE ARCH: what that chroot has to consist of, one line
spec() {
	local name suites suite image headers package all=$1 packages=("${build_packages[@]}")
	if [[ $1 == *-kbuild ]]; then packages+=("${kbuild_packages[@]}"); fi
	while read -r name suites image headers; do
		package=$headers suite=${suites%%,*}
		if from_source; then package=$image suite=$suite-kbuild; fi
		[[ $suite == "$1" && $(arch_of "$image") == "$2" ]] || continue
		all=$suites
		if [[ " ${packages[*]} " != *" $package "* ]]; then packages+=("$package"); fi
	done < <(grep -v '^#' "$here/kernels")
	if [[ $1 == "$readers_suite" || $1 == "$old_readers_suite" ]]; then packages+=("${readers_packages[@]}"); fi
	if [[ $1 == "$readers_suite" ]]; then packages+=("${new_readers_packages[@]}"); fi
	echo "$format $2 $all ${packages[*]}"
}

chroot_ready() { [[ $(cat "$1/.livedump" 2>/dev/null) == "$2" ]]; }

# have_chroot SUITE ARCH
have_chroot() {
	local root spec
	root=$(chroot_of "$1" "$2")
	spec=$(spec "$1" "$2")
	chroot_ready "$root" "$spec" || locked "chroot-${root##*/}" make_chroot "$root" "$spec"
}

make_chroot() {
	local root=$1 arch suites packages lines
	! chroot_ready "$root" "$2" || return 0
	need_root "make $root"
	read -r _ arch suites packages <<<"$2"
	say "making the ${root##*/} chroot"
	lines=$(sources "$suites")
	mapfile -t lines <<<"$lines"
	logged "chroot-${root##*/}" bootstrap "$root.new" "$arch" "${suites%%,*}" "$packages" "${lines[@]}"
	echo "$2" >"$root.new/.livedump"
	if [[ -e $root ]]; then mv "$root" "$root.old"; fi
	publish "$root.new" "$root"
	rm -rf --one-file-system "$root.old"
}

# bootstrap DIR ARCH SUITE PACKAGES LINES…; Valid-Until is not looked at: a mirror may be frozen at
# a date, and the signature is still checked
bootstrap() {
	local dir=$1 arch=$2 suite=$3 packages=$4
	shift 4
	rm -rf --one-file-system "$dir" "${dir%.new}.old"
	mkdir -p "${dir%/*}"
	unshare -m mmdebstrap --mode=root --variant=apt --architectures="$arch" \
		--include="${packages// /,}" --skip=cleanup/apt/lists \
		--aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Retries "5"' \
		--aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
		--aptopt='APT::Sandbox::User "root"' --dpkgopt='force-unsafe-io' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$suite" "$dir" "$@"
}

# enter ROOT CMD…: in the current directory, with a private mount namespace, so nothing stays behind
enter() {
	[[ $# -gt 1 ]] || die "no command given"
	need_root "enter a chroot"
	[[ -f $1/.livedump ]] || die "$1 is not there yet"
	unshare -m --propagation private "$self" --inside "$(pwd -P)" "$@"
}

inside() {
	local cwd=$1 root=$2 dir
	shift 2
	for dir in "$cache" /tmp "$top" "$cwd"; do
		case $dir in
		# the chroot's own
		/|/usr|/usr/*|/etc|/etc/*|/bin|/sbin|/lib*|/var|/run|/boot|/proc*|/sys*|/dev*) continue ;;
		esac
		mkdir -p "$root$dir"
		mount --rbind "$dir" "$root$dir"
	done
	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys"
	mount --rbind /dev "$root/dev"
	# where debuggers look for vmlinux
	if [[ -d $cache/dbg ]]; then
		mkdir -p "$root/usr/lib/debug/lib/modules"
		mount --bind "$cache/dbg" "$root/usr/lib/debug/lib/modules"
	fi
	exec chroot "$root" /usr/bin/env --chdir="$cwd" \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

## kernel images

# an image belongs to the headers in its chroot, and one built here to what it was built from
kernel_ready() {
	if from_source; then
		[[ $(cat "$cache/kernel/$1/built-from" 2>/dev/null) == "$(ingredients "$2")" ]]
		return
	fi
	[[ -f $cache/kernel/$1/release && -d $2/usr/src/linux-headers-$(<"$cache/kernel/$1/release") ]]
}

have_kernel() {
	local name suites suite image headers arch root
	fields "$1"
	have_chroot "$suite" "$arch"
	root=$(chroot_of "$suite" "$arch")
	kernel_ready "$name" "$root" || locked "kernel-$name" make_kernel "$root"
}

# fragments: files with what the config of the kernel of fields has to have
fragments() { local word; for word in ${headers//,/ }; do echo "$here/config/$word.config"; done; }

# ingredients ROOT: one word for all that makes a kernel from source what it is
ingredients() {
	local files
	mapfile -t files < <(fragments)
	{
		echo "$kbuild_format"
		dpkg-query --admindir="$1/var/lib/dpkg" -W -f='${Package} ${Version}\n' \
			"$image" 'gcc-[0-9]*' binutils pahole
		grep -hE '^CONFIG_|^# CONFIG_' "${files[@]}"
		cat "$here/config/$image.patch" 2>/dev/null || true
	} | sha256sum | cut -c 1-12
}

# the version has the ingredients in it: a module for another build is refused
build_kernel() {
	local root=$1 dir=$cache/kernel/$name new=$cache/kernel/$name.new release old="" files id begin
	local tarballs
	begin=$SECONDS
	id=$(ingredients "$root")
	# "linux-source" alone depends on the one of a version
	tarballs=("$root/usr/src/$image"*.tar.xz)
	[[ ${#tarballs[@]} == 1 && -e ${tarballs[0]} ]] || die "not one $image in $root: ${tarballs[*]}"
	say "building kernel $name (minutes; the log is $cache/log/kernel-$name)"
	mapfile -t files < <(fragments)
	rm -rf "$new"
	mkdir -p "$new"
	tries=1 logged "kernel-$name" enter "$root" nice "$here/config/build.sh" "$new" "-$name-$id" \
		"${tarballs[0]#"$root"}" "$here/config/$image.patch" "${files[@]}"
	release=$(<"$new/release")
	dpkg-query --admindir="$root/var/lib/dpkg" -W -f='${Version}\n' "$image" >"$new/version"
	echo "$id" >"$new/built-from"
	if [[ -e $dir/release ]]; then old=$(<"$dir/release"); fi
	rm -rf "$dir" "$cache/dbg/${old:-$release}" "$cache/dbg/$release"
	mkdir -p "$cache/dbg/$release"
	mv "$new/vmlinux" "$cache/dbg/$release/"
	publish "$new" "$dir"
	say "built kernel $name in $((SECONDS - begin)) s"
}

# download ROOT DIR PACKAGE[=VERSION]…
download() {
	local root=$1
	mkdir -p "$2"
	cd "$2" || return
	rm -f ./*.deb
	shift 2
	enter "$root" apt-get download "$@" && return
	enter "$root" apt-get update && enter "$root" apt-get download "$@" && return
	echo "Replaced by a newer version? \"setup.sh clean NAME\", and setup fetches that."
	return 1
}

# depends ROOT PACKAGE: names of its dependencies
depends() { enter "$1" apt-cache show --no-all-versions "$2" |
	sed -n 's/^Depends: //p' | tr ',' '\n' | sed 's/^ *\([^ :]*\).*/\1/'; }

make_kernel() {
	local root=$1 dir=$cache/kernel/$name new=$cache/kernel/$name.new
	local package release parts deb file
	! kernel_ready "$name" "$root" || return 0
	if from_source; then
		build_kernel "$root"
		return
	fi
	say "fetching kernel $name"
	rm -rf "$new"
	mkdir -p "$new/download"
	package=$(depends "$root" "$image" | grep -m 1 '^linux-image-')
	release=${package#linux-image-}
	# newer suites split the image into several packages of the same release
	mapfile -t parts < <(depends "$root" "$package" | grep -xF -e "linux-base-$release" \
		-e "linux-binary-$release" -e "linux-modules-$release")
	[[ -d $root/usr/src/linux-headers-$release ]] ||
		die "$image is $release, but $headers in $root is another: setup.sh clean $name"
	logged "kernel-$name" download "$root" "$new/download" "$package" "${parts[@]}"
	for deb in "$new"/download/*.deb; do
		dpkg-deb -x "$deb" "$new"
		dpkg-deb -f "$deb" Version >"$new/version"
	done
	rm -rf "$new/download"
	# a merged-/usr package has no lib of its own, and depmod wants one
	[[ -e $new/lib ]] || ln -s usr/lib "$new/lib"
	depmod -b "$new" "$release"
	for file in vmlinuz config; do
		if [[ -e $new/boot/$file-$release ]]; then
			ln "$new/boot/$file-$release" "$new/$file"
		else
			ln "$new/lib/modules/$release/$file" "$new/$file"
		fi
	done
	echo "$release" >"$new/release"
	publish "$new" "$dir"
}

## debug info

have_dbg() {
	local name suites suite image headers arch release
	have_kernel "$1"
	fields "$1"
	release=$(<"$cache/kernel/$name/release")
	[[ -f $cache/dbg/$release/vmlinux ]] || locked "dbg-$release" make_dbg "$release"
}

build_id() { readelf -n "$1" 2>/dev/null | sed -n 's/.*Build ID: //p'; }

# vmlinux, and the modules every VM of ours has loaded
make_dbg() {
	local release=$1 dir=$cache/dbg/$1 new=$cache/dbg/$1.new version root module wanted=(--wildcards)
	[[ ! -f $dir/vmlinux ]] || return 0
	version=$(<"$cache/kernel/$name/version")
	root=$(chroot_of "$suite" "$arch")
	say "fetching the debug info of $release (big)"
	rm -rf "$new"
	logged "dbg-$release" download "$root" "$new/download" "linux-image-$release-dbg=$version"
	# vmlinux may be a symbolic link
	wanted+=("*/modules/$release/vmlinux" "*/boot/vmlinux-$release")
	while read -r module; do
		wanted+=("*/modules/$release/*/$module.ko*" "*/modules/$release/*/${module//_/-}.ko*")
	done < <(grep -o '^[a-z0-9_]*' "$here/vm/modules")
	mkdir "$new/files"
	# tar complains about a module this kernel has built in
	dpkg-deb --fsys-tarfile "$new"/download/*.deb |
		tar -x -C "$new/files" "${wanted[@]}" 2>"$new/tar" || true
	cp -L "$new/files/usr/lib/debug/lib/modules/$release/vmlinux" "$new/files/vmlinux"
	mv "$new/files/usr/lib/debug/lib/modules/$release/kernel" "$new/files/vmlinux" "$new/"
	rm -rf "$new/download" "$new/files" "$new/tar"
	same_build "$new" "$cache/kernel/$name/lib/modules/$release"
	publish "$new" "$dir"
}

# same_build DBG MODULES: every module and its debug info carry the same build id
same_build() {
	local file plain n=0
	while read -r file; do
		plain=$2/${file#"$1"/}
		if [[ -e $plain.xz ]]; then
			xz -dc "$plain.xz" >"$1/module"
			plain=$1/module
		fi
		[[ $(build_id "$file") == "$(build_id "$plain")" ]] ||
			die "debug info of another build: $file"
		n=$((n + 1))
	done < <(find "$1/kernel" -name '*.ko*')
	rm -f "$1/module"
	[[ $n != 0 && -n $(build_id "$1/vmlinux") ]] || die "no debug info in the package"
}

## kselftest

kselftest() {
	local tar
	tar=$(compgen -G '/usr/src/linux-source-*.tar.xz' | sort -V | tail -n 1) ||
		die "no linux-source package: setup.sh host"
	has_kselftest "$tar" || locked kselftest make_kselftest "$tar"
}

has_kselftest() { [[ $cache/kselftest/kselftest.h -nt $1 && -e $cache/kselftest/kfree.cocci ]]; }

make_kselftest() {
	local tar=$1 new=$cache/kselftest.new base
	! has_kselftest "$tar" || return 0
	say "unpacking the kselftest headers"
	base=$(basename "$tar" .tar.xz)
	rm -rf "$new"
	mkdir -p "$new"
	tar -x -m -C "$new" --transform='s,.*/,,' -f "$tar" --wildcards \
		"$base/tools/testing/selftests/kselftest_harness.h" \
		"$base/tools/testing/selftests/kselftest.h" "$base/scripts/checkpatch.pl" \
		"$base/scripts/spelling.txt" "$base/scripts/const_structs.checkpatch" \
		"$base/scripts/coccinelle/*.cocci"
	publish "$new" "$cache/kselftest"
}

## paths

path() {
	local what=$1 name suites suite image headers arch dir release
	case $what in
	readers)	found "$(chroot_of "$readers_suite")"; return ;;
	kselftest)	found "$cache/kselftest"; return ;;
	checkpatch)	found "$cache/kselftest/checkpatch.pl"; return ;;
	esac
	[[ -n ${2-} ]] || die "path $what needs the name of a kernel"
	fields "$2"
	dir=$cache/kernel/$name
	case $what in
	arch)		echo "$arch"; return ;;
	chroot)		found "$(chroot_of "$suite" "$arch")"; return ;;
	esac
	[[ -f $dir/release ]] || die "kernel $name is not there yet: setup.sh kernel $name"
	release=$(<"$dir/release")
	case $what in
	release)	echo "$release" ;;
	version)	cat "$dir/version" ;;
	vmlinuz|config)	found "$dir/$what" ;;
	modules)	found "$dir/lib/modules/$release" ;;
	headers)	if from_source; then echo "$dir/build"; else echo "/usr/src/linux-headers-$release"; fi ;;
	vmlinux)	found "$cache/dbg/$release/vmlinux" ;;
	*)		die "path: what is \"$what\"?" ;;
	esac
}

found() {
	[[ -e $1 ]] || die "$1 is not there yet"
	echo "$1"
}

run_in() {
	local name suites suite image headers arch where=$1 root
	[[ ${2-} == -- ]] || die "usage: setup.sh in SUITE|KERNEL|readers|old-readers -- CMD…"
	shift 2
	case $where in
	readers) root=$(chroot_of "$readers_suite") ;;
	old-readers) root=$(chroot_of "$old_readers_suite") ;;
	*)	root=$cache/chroot/$where
		if [[ ! -d $root ]]; then
			fields "$where"
			root=$(chroot_of "$suite" "$arch")
		fi ;;
	esac
	enter "$root" "$@"
}

clean() {
	local name suites suite image headers arch
	fields "$1"
	if [[ -f $cache/kernel/$name/release ]]; then
		rm -rf "$cache/dbg/$(<"$cache/kernel/$name/release")"
	fi
	rm -rf --one-file-system "$cache/kernel/$name" "$(chroot_of "$suite" "$arch")"
}

usage() { sed -n '/^#   setup/,/^# Every/{s/^# \{0,3\}//;/^Every/d;p}' "$self" >&2; exit 2; }

command=${1-}
shift || usage
case $command in
host|kselftest)		"$command" ;;
names)			names "$@" ;;
kernel|dbg)
	[[ $# -ge 1 ]] || usage
	for kernel in "$@"; do "have_$command" "$kernel"; done ;;
readers)
	have_chroot "$readers_suite" "$(native)"
	have_chroot "$old_readers_suite" "$(native)" ;;
path)			[[ $# -ge 1 ]] || usage; path "$@" ;;
clean)			[[ $# == 1 ]] || usage; clean "$1" ;;
in)			[[ $# -ge 2 ]] || usage; run_in "$@" ;;
--inside)		inside "$@" ;;
*)			usage ;;
esac
