# SPDX-License-Identifier: GPL-2.0
# All variables of the kernel: its data and bss, and per-CPU areas.
include base
bytes(_sdata, _edata)
# behind it is memory that was freed while booting
bytes(__bss_start, __start_bss_decrypted_unused) | bytes(__bss_start, __bss_stop)
bytes(__per_cpu_start, __per_cpu_end)
