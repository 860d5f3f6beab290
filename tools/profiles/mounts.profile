# SPDX-License-Identifier: GPL-2.0
# What is mounted where.
include base
--depth 12 --only struct nsproxy, struct mnt_namespace, struct mount, struct vfsmount, struct dentry, struct dentry_operations, struct super_block, struct file_system_type, struct mountpoint, struct fs_struct, char, unsigned char --skip struct dentry.d_subdirs, struct dentry.d_children, struct super_block.s_inodes, struct super_block.s_roots, struct file_system_type.fs_supers, struct super_block.s_list
init_task.nsproxy
list(init_task.nsproxy->mnt_ns->list, struct mount, mnt_list) | rbtree(init_task.nsproxy->mnt_ns->mounts, struct mount, mnt_node)
super_blocks --depth 2
