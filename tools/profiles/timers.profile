# SPDX-License-Identifier: GPL-2.0
# Timers that wait: of the timer wheel, and high-resolution ones.
include base
--depth 1 --only struct timer_list, struct hrtimer, struct clock_event_device
timer_bases | (struct timer_base[2])timer_bases
hrtimer_bases | (struct hrtimer_cpu_base)hrtimer_bases
tick_cpu_device | (struct tick_device)tick_cpu_device
tick_cpu_sched | (struct tick_sched)tick_cpu_sched
