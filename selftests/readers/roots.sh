# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# roots.sh: for guest.sh: recordings of containers: those of the test module, one file for each kind,
# and what people ask a kernel for.

# shellcheck source=selftests/readers/profiles.sh
. "$here/profiles.sh"

# All of it, in a directory of its own, between two dumps of all memory
roots_and_boxes() {
	mkdir -p roots
	cd roots || return
	ln -s ../after.core before.core	# the one that is there now
	furnish
	facts
	echo "owner $owner" >pids
	boxes
	roots
	profiles
	cd ..
	# the dump goes to the output directory, whatever its name
	mv after.core main.core && "$memdump" after.core && mv after.core roots && mv main.core after.core
}

# What a quiet guest does not have by itself: disks, control groups, a process with files and a socket
furnish() {
	modprobe loop && truncate -s 1M /tmp/disk && losetup /dev/loop0 /tmp/disk
	mkdir -p /tmp/cgroup && mount -t cgroup2 none /tmp/cgroup
	mkdir -p /tmp/cgroup/outer/inner
	rm -f /tmp/ready
	python3 -c '
import signal, socket
one = socket.socket()
one.bind(("127.0.0.1", 7777))
two = open("/etc/passwd", encoding="utf-8")
three = open("/tmp/ready", "w", encoding="utf-8")
print(one.fileno(), two.fileno(), three.fileno(), file=three, flush=True)
signal.pause()' &
	owner=$!
	until [[ -s /tmp/ready ]]; do
		sleep 0.1
	done
	read -r socket files <<<"$(head -n 1 /tmp/ready)"
}

boxes() {
	local box="(struct livedump_test_box)livedump_test:livedump_test_box"
	local item="struct livedump_test_item"
	capture box-list --depth 0 "list($box.list, $item, list)"
	capture box-plist --depth 0 "plist($box.plist, $item, plist)"
	capture box-hash --depth 0 "hash($box.buckets, $item, bucket)"
	capture box-llist --depth 0 "llist($box.stack, $item, stack)"
	capture box-rbtree --depth 0 "rbtree($box.rb, $item, rb)"
	capture box-xarray --depth 0 "xarray($box.xa, $item)"
	capture box-idr --depth 0 "idr($box.idr, $item)"
	capture box-maple --depth 0 "maple($box.mt, $item)"
}

# Fifteen things that people want to see; test_roots.py says what of each
roots() {
	local fd targets=()
	capture root-tasks --depth 1 init_task "list(init_task.tasks, struct task_struct, tasks)"
	capture root-mounts --depth 3 \
		"list(init_task.nsproxy->mnt_ns->list, struct mount, mnt_list)" init_task.nsproxy
	capture root-super_blocks --depth 2 "list(super_blocks, struct super_block, s_list)"
	capture root-net_devices --depth 1 \
		"list(init_net.dev_base_head, struct net_device, dev_list)"
	capture root-modules --depth 2 "list(modules, struct module, list)"
	capture root-slab_caches --depth 1 "list(slab_caches, struct kmem_cache, list)"
	capture root-disks --depth 1 "(struct bdev_inode)slab:bdev_cache" \
		"list(((struct kset *)class_kset)->list, struct subsys_private, subsys.kobj.entry)" \
		"list(((struct class)block_class).p->klist_devices.k_list, struct device_private, knode_class.n_node)"
	capture root-cgroups --depth 2 "(struct cgroup_root)cgrp_dfl_root" \
		"list(((struct cgroup_root)cgrp_dfl_root).cgrp.self.children, struct cgroup, self.sibling)"
	capture root-irqs --depth 2 "xarray((struct xarray)irq_desc_tree, struct irq_desc)"
	capture root-workqueues --depth 1 "list(workqueues, struct workqueue_struct, list)"
	settled root-timers --depth 0 "hash(timer_bases[0].vectors, struct timer_list, entry)"
	capture root-sockets --depth 1 "pid:$owner" \
		"*((struct socket *)pid:$owner->files->fdt->fd[$socket]->private_data)" \
		"*((struct socket *)pid:$owner->files->fdt->fd[$socket]->private_data)->sk"
	for fd in $files; do
		targets+=("*pid:$owner->files->fdt->fd[$fd]")
	done
	capture root-files --depth 4 "pid:$owner" "pid:$owner->files->fdt->fd[0:16]" "${targets[@]}"
	capture root-vmas --depth 3 "pid:$owner" \
		"maple(pid:$owner->mm->mm_mt, struct vm_area_struct)"
	capture root-parameters --depth 2 "list(modules, struct module, list)" \
		"module:livedump->kp[0:1]"
}
