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
	capture "$name" "${options[@]}"
}

# settled NAME PROFILE…: the same, again where a list or tree changed meanwhile: readers get lost there
settled() {
	local tries=5 broken='did not (end as it should|come back to the head)$'
	while profile "$@"; grep -qE "$broken" "profile-$1.out"; do
		if ((--tries == 0)); then return; fi
		rm "profile-$1.vmcore"
	done
}

profiles() {
	local name
	for name in base tasks stacks dmesg modules mounts files net block irq timers runq workqueues \
		vmalloc cgroups globals; do
		settled $name $name
	done
	profile slab slab=livedump_plain
	capture self-contained --depth 0 --self-contained jiffies
	profile addresses stacks slab=livedump_plain vmalloc
}
