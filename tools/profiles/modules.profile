# SPDX-License-Identifier: GPL-2.0
# Loaded modules: their names, parameters, sections and where they are; what debug info needs.
include base
--depth 3 --skip struct module_kobject, struct kobject, struct tracepoint, struct trace_event_call, struct file_system_type, struct task_struct
modules
(struct mod_tree_root)mod_tree --depth 0
(struct taint_flag[18])taint_flags --depth 0
