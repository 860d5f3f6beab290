# SPDX-License-Identifier: GPL-2.0
# Timers that wait: of the timer wheel, and high-resolution ones.
include base
--depth 1 --only struct timer_list, struct hrtimer, struct clock_event_device
timer_bases
hrtimer_bases
tick_cpu_device
tick_cpu_sched
