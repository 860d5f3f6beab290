# SPDX-License-Identifier: GPL-2.0
# The kernel's configuration, where it is built in (CONFIG_IKCONFIG), and its command line.
include base
bytes(kernel_config_data, kernel_config_data_end)
saved_command_line --depth 1
