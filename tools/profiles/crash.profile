# SPDX-License-Identifier: GPL-2.0
# What crash reads: tasks and their stacks, the log, modules, memory, devices. No user memory.

# What runs, and with what registers: first, since all else changes it.
cpus --depth 0
include dmesg

# Variables. crash reads those of them that its kernel has.
--depth 0
bytes(__per_cpu_offset)
bytes(saved_command_line)
bytes(shadow_timekeeper) | bytes(tk_core) | bytes(timekeeper_data)
avenrun
tainted_mask
bytes(taint_flags)
crashing_cpu
panic_cpu
panic_on_oops
cpu_khz
bytes(idt_table)
bytes(nr_irqs) | bytes(total_nr_irqs)
bytes(lookup_num_blocks)
bytes(zero_pfn) | bytes(zero_page_pfn)
bytes(huge_zero_pfn)
bytes(mt_slots)
bytes(mt_pivots)
bytes(xen_start_info)
bytes(klp_transition_patch)
bytes(kexec_crash_image)
bytes(arch_task_struct_size)
bytes(nr_threads)
bytes(memory_block_size_probed) | bytes(memory_block_size)
bytes(vm_zone_stat)
bytes(vm_node_stat)
bytes(vm_event_states)
bytes(sysctl_overcommit_memory)
bytes(sysctl_overcommit_ratio)
bytes(sysctl_overcommit_kbytes)
bytes(hugetlb_max_hstate)
bytes(hstates)
bytes(default_hstate_idx)
vm_committed_as
nr_swapfiles
bytes(nr_swap_pages)
bytes(swap_info)
bytes(swapper_spaces) | bytes(swap_space)
bytes(nr_swapper_spaces) | bytes(swap_space)
bytes(chrdevs)
bytes(major_names)
bytes(irq_desc_tree) | bytes(sparse_irqs)
bytes(init_ipc_ns)
init_pid_ns
(char *[9])task_state_array --depth 1
(struct pv_info)pv_info --depth 1
(struct trace_print_flags [32])pageflag_names --depth 1

# What crash makes of each CPU
cpu_number | pcpu_hot | bytes(cpu_number)
current_task | pcpu_hot | bytes(current_task)
hardirq_stack_ptr | pcpu_hot | bytes(hardirq_stack_ptr)
irq_stack_backing_store | (struct irq_stack)irq_stack_backing_store
cpu_tss_rw | (struct tss_struct)cpu_tss_rw
cea_exception_stacks->DF_stack | ((struct cea_exception_stacks *)cea_exception_stacks)->DF_stack
cea_exception_stacks->NMI_stack | ((struct cea_exception_stacks *)cea_exception_stacks)->NMI_stack
cea_exception_stacks->DB_stack | ((struct cea_exception_stacks *)cea_exception_stacks)->DB_stack
cea_exception_stacks->MCE_stack | ((struct cea_exception_stacks *)cea_exception_stacks)->MCE_stack

# Code that crash looks at, to learn how this kernel was compiled
bytes(__x64_sys_open)
bytes(__x64_sys_fork)
bytes(__x64_sys_read)
bytes(do_futex)
bytes(vfs_read)
(char [8192])schedule
bytes(rest_init)
(char [512])startup_64
(char [512])secondary_startup_64
bytes(__schedule)
bytes(entry_SYSCALL_64)
bytes(entry_SYSCALL_64_after_hwframe)
bytes(syscall_return_via_sysret)
bytes(do_syscall_64)
bytes(do_int80_emulation) | bytes(do_int80_syscall_32)
bytes(__switch_to_asm)
bytes(common_interrupt)
bytes(asm_common_interrupt)

# Tasks: with their stacks, and by their pids; memory maps, files, signals
--depth 20 --only struct mm_struct,struct vm_area_struct,struct file,struct dentry,struct inode,struct vfsmount,struct fs_struct,struct files_struct,struct fdtable,struct signal_struct,struct sighand_struct,struct sigqueue,struct nsproxy,struct pid,unsigned long,char,unsigned char
edge struct dentry.d_subdirs opaque
edge struct dentry.d_children opaque
edge struct inode.i_dentry opaque
edge struct pid.inodes opaque
comm:*
init_task
*runqueues.idle
*runqueues.curr
idr(init_pid_ns.idr, struct pid) --depth 0
bytes(init_thread_union) --depth 0
((unsigned long *)runqueues.idle->stack)[0:2048] --depth 0
((unsigned long *)runqueues.curr->stack)[0:2048] --depth 0

# Mounts
--depth 20 --only struct mount,struct super_block,struct file_system_type,struct dentry,struct vfsmount,struct mountpoint,char,unsigned char
list(init_task.nsproxy->mnt_ns->list, struct mount, mnt_list) | rbtree(init_task.nsproxy->mnt_ns->mounts, struct mount, mnt_node)
init_task.nsproxy

# Memory: nodes, zones, blocks of it, slab caches, what vmalloc() has mapped, swap
sections:
--depth 2 --only struct pglist_data,char
(struct pglist_data *[16])node_data
--depth 2 --only struct subsys_private,struct device_private,struct memory_block,char
(struct bus_type)memory_subsys
edge struct subsys_private.klist_devices.k_list list struct device_private.knode_bus.n_node
xarray((struct xarray)memory_blocks, struct memory_block)
list(((struct bus_type)memory_subsys).p->klist_devices.k_list, struct device_private, knode_bus.n_node) | list(bus_kset->list, struct subsys_private, subsys.kobj.entry)
--depth 1 --only struct kmem_cache_cpu,char
list(slab_caches, struct kmem_cache, list)
*kmem_cache
--depth 0
(struct kmem_cache_node)slab:kmem_cache_node
include vmalloc

# Run queues and timers
--depth 3 --only struct cfs_rq,struct rt_rq,struct sched_entity,struct timer_list,struct task_group
runqueues
timer_bases | bytes(timer_bases)

# Interrupts
--depth 3 --only struct irq_desc,struct irqaction,struct irq_chip,char
xarray((struct xarray)irq_desc_tree, struct irq_desc) | maple((struct maple_tree)sparse_irqs, struct irq_desc)

# Character and block devices
--depth 3 --only struct char_device_struct,struct cdev,struct kobj_map,struct probe,struct blk_major_name,char
edge chrdevs chain struct char_device_struct.next
edge major_names chain struct blk_major_name.next
edge struct kobj_map.probes chain struct probe.next
edge struct probe.data pointer struct cdev
chrdevs
(struct blk_major_name *[255])major_names
*(struct kobj_map *)cdev_map
--depth 3 --only struct super_block,struct bdev_inode,struct block_device,struct gendisk,struct request_queue,char
edge struct super_block.s_inodes list struct bdev_inode.vfs_inode.i_sb_list
*blockdev_superblock

# Network devices and their addresses
--depth 2 --only struct net_device,struct in_device,struct in_ifaddr,struct inet6_dev,struct inet6_ifaddr,char
list(init_net.dev_base_head, struct net_device, dev_list)

# System V IPC
--depth 1 --only struct file,struct msg_msg
idr(init_ipc_ns.ids[0].ipcs_idr, struct sem_array)
idr(init_ipc_ns.ids[1].ipcs_idr, struct msg_queue)
idr(init_ipc_ns.ids[2].ipcs_idr, struct shmid_kernel)

modules:
freelists:
unwind:
