#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the demo does inside the guest: guest.sh FILE

set -eu
PS4='# '

sleep 1000 &
pid=$!
set -x
./livedump start demo
./livedump snapshot jiffies init_uts_ns init_task --depth 2
./livedump snapshot pid:$pid runqueues@0
./livedump record-memory 0x1000 4096 --physical
./livedump snapshot --profile crash
./livedump status
./livedump stop -o "$1"
{ set +x; } 2>/dev/null
echo $pid > "${1%/*}/pid"
