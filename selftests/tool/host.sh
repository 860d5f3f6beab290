#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# host.sh TOPIC…: on any machine, run the tests of t_TOPIC.sh, which need no module, and print a
# line for each. TOOL is the program to test. ONLY, VERBOSE as in guest.sh.

set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$here/lib.sh"

tool=${TOOL:?}
begin "$(mktemp -d "${TMPDIR:-/tmp}/livedump-tool-XXXXXX")"
for topic in "$@"; do
	run_file "$here/t_$topic.sh"
done
end
rm -rf "$work"
