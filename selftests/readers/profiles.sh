# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# profiles.sh: for guest.sh: a recording of each profile; test_profiles.py says for which helper of drgn
# which one has to do.

# profile NAME PROFILE…: profile-NAME.vmcore
profile() {
	local name=profile-$1 options=()
	shift
	for one in "$@"; do options+=(--profile "$one"); done
	settled "$name" "${options[@]}"
}

profiles() {
	local name
	for name in base tasks stacks dmesg modules mounts files net block irq timers runq workqueues \
		vmalloc cgroups globals; do
		profile $name $name
	done
	# a timer is in no tree while it runs, and a thread may be there for a moment
	profile timers-again timers
	profile globals-again globals
	profile slab slab=livedump_plain
	capture self-contained --depth 0 --self-contained jiffies
	profile addresses stacks slab=livedump_plain vmalloc
}
