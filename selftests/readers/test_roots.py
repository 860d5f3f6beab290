# SPDX-License-Identifier: GPL-2.0
"""Fifteen things that people ask a kernel for, each out of a recording of its own: drgn says the same
of the recording and of all memory of the stopped guest."""

import sys

from drgn import FaultError, Object, cast
from drgn.helpers.linux.block import disk_name, for_each_disk
from drgn.helpers.linux.fs import d_path, for_each_file, mount_dst, mount_src
from drgn.helpers.linux.list import hlist_for_each_entry, list_for_each_entry
from drgn.helpers.linux.mapletree import mt_for_each
from drgn.helpers.linux.pid import find_task
from drgn.helpers.linux.radixtree import radix_tree_for_each

import harness
from harness import check, equal, note, test

# Who records, and who dumps; a worker is made when there is work, and ends when there is none
COME_AND_GO = ("livedump", "memdump", "kworker")

# Who changes while nobody asks: compared where the stopped guest has not changed meanwhile
DRIFTS = {"timers"}


def owner(run, prog):
    """The process with files and a socket."""
    return find_task(prog, run.pids()["owner"])


def text(pointer):
    """A string, printable."""
    return pointer.string_().decode("utf-8", "replace") if pointer else None


def tasks(_, prog):
    """pid, name, parent and flags of every task."""
    for task in list_for_each_entry("struct task_struct", prog["init_task"].tasks.address_of_(),
                                    "tasks"):
        if text(task.comm).startswith(COME_AND_GO):
            continue
        yield (task.pid.value_(), text(task.comm), task.real_parent.pid.value_(),
               task.flags.value_(), task.mm.value_(), task.cred.uid.val.value_(),
               task.signal.nr_threads.value_())


def mounts(_, prog):
    """What is mounted where."""
    namespace = prog["init_task"].nsproxy.mnt_ns
    for mount in list_for_each_entry("struct mount", namespace.list.address_of_(), "mnt_list"):
        yield (mount_src(mount), mount_dst(mount), text(mount.mnt.mnt_sb.s_type.name),
               mount.mnt_id.value_())


def super_blocks(_, prog):
    """File systems."""
    for block in list_for_each_entry("struct super_block", prog["super_blocks"].address_of_(),
                                     "s_list"):
        yield (text(block.s_id), text(block.s_type.name), block.s_dev.value_(),
               block.s_blocksize.value_(), text(block.s_root.d_name.name))


def net_devices(_, prog):
    """Network devices."""
    for device in list_for_each_entry("struct net_device",
                                      prog["init_net"].dev_base_head.address_of_(), "dev_list"):
        yield (text(device.name), device.ifindex.value_(), device.mtu.value_(),
               device.flags.value_(), device.num_tx_queues.value_(),
               device.ethtool_ops.value_(), device.nd_net.net.value_())


def modules(_, prog):
    """Modules, and what their parameters are called."""
    for module in list_for_each_entry("struct module", prog["modules"].address_of_(), "list"):
        yield (text(module.name), module.core_layout.size.value_(), module.state.value_(),
               module.num_kp.value_(), text(module.kp.name) if module.kp else None)


def slab_caches(_, prog):
    """Slab caches."""
    for cache in list_for_each_entry("struct kmem_cache", prog["slab_caches"].address_of_(),
                                     "list"):
        yield (text(cache.name), cache.size.value_(), cache.object_size.value_(),
               cache.oo.x.value_(), cache.flags.value_())


def disks(_, prog):
    """Block devices."""
    for disk in for_each_disk(prog):
        yield (disk_name(disk).decode(), disk.major.value_(), disk.first_minor.value_(),
               disk.part0.bd_nr_sectors.value_())


def cgroups(_, prog):
    """Control groups below the root, and the root."""
    root = prog["cgrp_dfl_root"].cgrp
    yield text(root.kn.name), root.level.value_(), root.nr_descendants.value_()
    for group in list_for_each_entry("struct cgroup", root.self.children.address_of_(),
                                     "self.sibling"):
        yield text(group.kn.name), group.level.value_(), group.nr_descendants.value_()
        for child in list_for_each_entry("struct cgroup", group.self.children.address_of_(),
                                         "self.sibling"):
            yield child.value_()


def irqs(_, prog):
    """Interrupts: who handles them."""
    for number, entry in radix_tree_for_each(prog["irq_desc_tree"].address_of_()):
        desc = cast("struct irq_desc *", entry)
        yield (number, desc.irq_data.irq.value_(), text(desc.irq_data.chip.name),
               text(desc.action.name) if desc.action else None)


def workqueues(_, prog):
    """Workqueues."""
    for queue in list_for_each_entry("struct workqueue_struct",
                                     prog["workqueues"].address_of_(), "list"):
        yield text(queue.name), queue.flags.value_(), queue.nr_drainers.value_()


def timers(_, prog):
    """Timers that wait."""
    for cpu in range(2):
        base = prog["timer_bases"].address_of_().value_()
        base += prog["__per_cpu_offset"][cpu].value_()
        wheel = Object(prog, "struct timer_base *", base)
        for slot, head in enumerate(wheel.vectors):
            for timer in hlist_for_each_entry("struct timer_list", head.address_of_(), "entry"):
                yield (cpu, slot, timer.value_(), timer.function.value_(),
                       timer.expires.value_())


def sockets(run, prog):
    """The process's socket."""
    found = 0
    files = owner(run, prog).files.fdt
    for number in range(16):
        file = files.fd[number]
        try:
            if not file or file.f_inode.i_mode.value_() >> 12 != 0o14:
                continue
        except FaultError:
            continue
        socket = cast("struct socket *", file.private_data)
        found += 1
        yield (number, socket.type.value_(), socket.state.value_(),
               socket.sk.sk_protocol.value_(), socket.sk.__sk_common.skc_num.value_(),
               socket.sk.__sk_common.skc_rcv_saddr.value_())
    check(found == 1, found, "sockets")


def files(run, prog):
    """The process's files, by their paths."""
    found = []
    for number, file in for_each_file(owner(run, prog)):
        try:
            found.append((number, d_path(file.f_path), file.f_flags.value_()))
        except FaultError:
            continue    # the socket was not asked for
    check({b"/etc/passwd", b"/tmp/ready"} <= {path for _, path, _ in found}, found)
    yield from (one for one in found if one[1] in (b"/etc/passwd", b"/tmp/ready"))


def vmas(run, prog):
    """The process's mappings."""
    for _, _, entry in mt_for_each(owner(run, prog).mm.mm_mt.address_of_()):
        vma = cast("struct vm_area_struct *", entry)
        yield (vma.vm_start.value_(), vma.vm_end.value_(), vma.vm_flags.value_(),
               vma.vm_pgoff.value_(),
               text(vma.vm_file.f_path.dentry.d_name.name) if vma.vm_file else None)


def parameters(_, prog):
    """The module's parameters."""
    for module in list_for_each_entry("struct module", prog["modules"].address_of_(), "list"):
        try:
            if text(module.name) != "livedump":
                continue
        except FaultError:
            continue
        for index in range(module.num_kp.value_()):
            yield (text(module.kp[index].name), module.kp[index].perm.value_(),
                   module.kp[index].arg.value_())


def check_root(run, name, function, least):
    """The same from the recording and from the stopped guest, and from the guest before."""
    ours = list(function(run, run.open(f"root-{name}")))
    truth = list(function(run, run.truth))
    note(name, len(ours), "lines, such as", ours[-1:])
    check(len(ours) >= least, "only", len(ours))
    if name not in DRIFTS:
        equal(ours, truth, name)
        return
    before = list(function(run, run.truth_before))
    stable = [line for line in truth if line in before]
    check(len(stable) >= least, "only", len(stable), "that did not change")
    for line in stable:
        check(line in ours, line, "is not in the recording")


def root_test(function, least):
    """A test of one root."""
    return lambda run: check_root(run, function.__name__, function, least)


test("tasks")(root_test(tasks, 30))
test("mounts")(root_test(mounts, 8))
test("super blocks")(root_test(super_blocks, 10))
test("network devices")(root_test(net_devices, 1))
test("modules")(root_test(modules, 8))
test("slab caches")(root_test(slab_caches, 80))
test("block devices")(root_test(disks, 1))
test("control groups")(root_test(cgroups, 3))
test("interrupts")(root_test(irqs, 10))
test("workqueues")(root_test(workqueues, 20))
test("timers")(root_test(timers, 3))
test("sockets of a process")(root_test(sockets, 1))
test("files of a process")(root_test(files, 2))
test("mappings of a process")(root_test(vmas, 20))
test("parameters of a module")(root_test(parameters, 1))


if __name__ == "__main__":
    harness.start(sys.argv)
