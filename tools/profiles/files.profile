# SPDX-License-Identifier: GPL-2.0
# The open files of all tasks, their programs and directories, with the paths of all of them.
include tasks
include mounts
# bits, one for each file; their number is not theirs to tell
edge struct fdtable.open_fds bytes 1024
--depth 20 --only struct task_struct, struct files_struct, struct fdtable, struct file, struct inode, struct fs_struct, struct mm_struct, struct mount, struct vfsmount, struct dentry, struct dentry_operations, struct super_block, struct file_system_type, struct file_operations, unsigned long, char, unsigned char --skip struct dentry.d_subdirs, struct dentry.d_children, struct super_block.s_inodes, struct super_block.s_roots, struct file_system_type.fs_supers, struct super_block.s_list, struct task_struct.children, struct inode.i_dentry, struct mm_struct.mmap, struct mm_struct.mm_rb, struct mm_struct.mm_mt
idr(init_pid_ns.idr, struct pid)
