# SPDX-License-Identifier: GPL-2.0
# The open files of all tasks, with their paths.
include tasks
include mounts
--depth 20 --only struct task_struct, struct files_struct, struct fdtable, struct file, struct inode, struct mount, struct vfsmount, struct dentry, struct dentry_operations, struct super_block, struct file_system_type, char, unsigned char, struct file_operations --skip struct dentry.d_subdirs, struct dentry.d_children, struct super_block.s_inodes, struct super_block.s_roots, struct file_system_type.fs_supers, struct super_block.s_list, struct task_struct.children, struct inode.i_dentry
idr(init_pid_ns.idr, struct pid)
