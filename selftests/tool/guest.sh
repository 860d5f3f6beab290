#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest.sh TOPIC…: in a guest, run the tests of t_TOPIC.sh and print a line for each.
# The module is not loaded yet; the tests of the topic "module" do that, and so does "load".
#
# TOOL is the program to test, MODULE the module, TEST_MODULE the one with known contents,
# INTERPOSE_SO the library of interpose.c, VMLINUX one with DWARF of the kernel that runs, or empty,
# OTHER_VMLINUX one of another, or empty.
# ONLY=TEXT runs only tests with this in their name; VERBOSE=1 tells times.

set -u
here=$(dirname "$(realpath "$0")")
[[ ${LIVEDUMP_VM-} == 1 ]] || { echo "only in a guest of selftests/vm/run" >&2; exit 2; }
: "${TOOL:?}" "${MODULE:?}" "${INTERPOSE_SO:?}" "${VMLINUX?}" "${OTHER_VMLINUX?}"
: "${TEST_MODULE:?}"
# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$here/lib.sh"

begin /tmp/tool
chmod 755 "$work"
# Where everybody may run it
cp "$TOOL" "$work/livedump"
chmod 755 "$work/livedump"
tool=$work/livedump
# For address(): it takes the kernel a third of a second here
cp /proc/kallsyms "$work/kallsyms"

# No debug info on this host, whatever the real one has
for dir in /usr/lib/debug /boot; do
	[[ ! -d $dir ]] || mount -t tmpfs -o mode=755 none "$dir"
done

for topic in "$@"; do
	if [[ $topic == load ]]; then
		insmod "$MODULE"
	else
		run_file "$here/t_$topic.sh"
	fi
done
end
