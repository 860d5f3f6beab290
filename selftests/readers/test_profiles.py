# SPDX-License-Identifier: GPL-2.0
"""Profiles: helpers of drgn say the same of a profile's recording as of all memory of the stopped
guest. Beside each is the profile that has to do for it."""

import itertools
import sys

import drgn
from drgn import FaultError, Object, sizeof
from drgn.helpers.common.memory import identify_address
from drgn.helpers.linux.block import (disk_name, for_each_disk, for_each_partition, part_devt,
                                      part_name)
from drgn.helpers.linux.cgroup import cgroup_name, cgroup_path, css_for_each_descendant_pre
from drgn.helpers.linux.cpumask import (for_each_online_cpu, for_each_possible_cpu,
                                        for_each_present_cpu)
from drgn.helpers.linux.fs import (d_path, for_each_file, for_each_mount, mount_dst, mount_fstype,
                                   mount_src)
from drgn.helpers.linux.irq import (for_each_irq_desc, irq_desc_action_names,
                                    irq_desc_affinity_mask, irq_desc_chip_name)
from drgn.helpers.linux.kallsyms import load_vmlinux_kallsyms, module_kallsyms
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.mm import for_each_vmap_area
from drgn.helpers.linux.module import (address_to_module, find_module, for_each_module,
                                       module_address_regions, module_taints)
from drgn.helpers.linux.net import (for_each_net, for_each_netdev, netdev_for_each_tx_queue,
                                    netdev_ipv4_addrs, netdev_name)
from drgn.helpers.linux.percpu import per_cpu
from drgn.helpers.linux.pid import find_task, for_each_task
from drgn.helpers.linux.printk import get_printk_records
from drgn.helpers.linux.sched import (cpu_curr, cpu_rq, idle_task, loadavg, task_cpu,
                                      task_state_to_char)
from drgn.helpers.linux.slab import (find_slab_cache, for_each_slab_cache,
                                     slab_cache_for_each_allocated_object,
                                     slab_cache_objects_per_slab)
from drgn.helpers.linux.timer import hrtimer_clock_base_for_each, timer_base_for_each

import harness
from harness import check, equal, fails, note, test

# Who records and who dumps comes and goes; RCU's thread, and those of a CPU, never rest
OURS = (b"livedump", b"memdump", b"bash", b"cat", b"flock", b"sed", b"awk", b"ln", b"cut",
        b"rcu_preempt")
RESTLESS = (b"kworker", b"ksoftirqd", b"migration")
# A thread of the kernel's that was not asleep when it was recorded; of those that sleep, so many may be
AWAKE, FEW = "awake", 2


def others(prog):
    """All tasks but those."""
    return (task for task in for_each_task(prog) if task.comm.string_() not in OURS and
            not task.comm.string_().startswith(RESTLESS))


def tasks(_, prog):
    """Every task: who it is, its state."""
    for task in others(prog):
        yield (task.pid.value_(), task.comm.string_(), task.tgid.value_(),
               task.real_parent.pid.value_(), task.flags.value_() >> 8,
               task.mm.pgd.value_() if task.mm else 0, task.cred.uid.val.value_(),
               task.signal.nr_threads.value_())


def processes(run, prog):
    """A task by its number."""
    for pid in [1, 2] + sorted(run.pids().values()):
        yield find_task(prog, pid).comm.string_(), find_task(prog, pid).value_()
    yield find_task(prog, 4194303).value_()


def states(_, prog):
    """The letter of each task's state; a thread of the kernel's may be awake for once."""
    for task in others(prog):
        state = task_state_to_char(task)
        yield task.pid.value_(), state if task.mm or state not in "RSDI" else "RSDI"


def cpus(_, prog):
    """CPUs, and where each one's variables are."""
    yield [list(each(prog)) for each in (for_each_online_cpu, for_each_present_cpu,
                                         for_each_possible_cpu)]
    for cpu in for_each_possible_cpu(prog):
        yield per_cpu(prog["runqueues"], cpu).address_


def version(_, prog):
    """What the kernel is."""
    yield prog["init_uts_ns"].name.release.string_(), prog["init_uts_ns"].name.version.string_()


def traces(_, prog):
    """Stack traces of all that sleeps, as far as the kernel goes."""
    for task in others(prog):
        if task_state_to_char(task) in "SI":
            frames = itertools.takewhile(lambda frame: frame.pc >> 63, prog.stack_trace(task))
            yield task.pid.value_(), [(frame.name, frame.pc) for frame in frames]
        elif not task.mm:
            yield task.pid.value_(), AWAKE


def records(_, prog):
    """The kernel's log."""
    yield from get_printk_records(prog)


def modules(_, prog):
    """Modules, and which one an address belongs to."""
    for module in for_each_module(prog):
        regions = [region for region in module_address_regions(module) if region[1]]
        yield (module.name.string_(), regions, module_taints(module),
               module.refcnt.counter.value_() > 0,
               [module.kp[i].name.string_() for i in range(module.num_kp.value_())],
               address_to_module(prog, regions[0][0]).value_() == module.value_())
    yield find_module(prog, "livedump").value_()


def slab_caches(_, prog):
    """Slab caches."""
    for cache in for_each_slab_cache(prog):
        yield (cache.name.string_(), cache.object_size.value_(), cache.flags.value_(),
               slab_cache_objects_per_slab(cache))


def slab_caches_used(_, prog):
    """Whether they have slabs."""
    for cache in for_each_slab_cache(prog):
        yield cache.name.string_(), cache.node[0].nr_slabs.counter.value_() > 0


def slab_objects(_, prog):
    """The objects of one."""
    for obj in slab_cache_for_each_allocated_object(find_slab_cache(prog, "livedump_plain"),
                                                    "char *"):
        yield obj.value_(), prog.read(obj.value_(), 72)


def mounts(_, prog):
    """What is mounted where."""
    for mount in for_each_mount(prog):
        yield mount_src(mount), mount_dst(mount), mount_fstype(mount), mount.mnt_id.value_()


def files(run, prog):
    """Open files, and their paths."""
    for pid in [1] + sorted(run.pids().values()):
        for number, file in for_each_file(find_task(prog, pid)):
            yield pid, number, d_path(file.f_path), file.f_inode.i_ino.value_()


def programs(run, prog):
    """What a process runs, and where it is."""
    task = find_task(prog, run.pids()["owner"])
    yield d_path(task.mm.exe_file.f_path), d_path(task.fs.pwd), d_path(task.fs.root)


def devices(_, prog):
    """Network devices and their addresses."""
    for net in for_each_net(prog):
        for device in for_each_netdev(net):
            yield (netdev_name(device), device.ifindex.value_(), device.mtu.value_(),
                   [queue.qdisc.ops.id.string_() for queue in netdev_for_each_tx_queue(device)],
                   list(netdev_ipv4_addrs(device)))


def disks(_, prog):
    """Disks."""
    for disk in for_each_disk(prog):
        yield disk_name(disk), disk.major.value_(), disk.queue.limits.logical_block_size.value_()


def partitions(_, prog):
    """And partitions."""
    for part in for_each_partition(prog):
        yield part_name(part), part_devt(part).value_(), part.bd_nr_sectors.value_()


def irqs(_, prog):
    """Interrupts."""
    for number, desc in for_each_irq_desc(prog):
        yield (number, irq_desc_chip_name(desc), irq_desc_action_names(desc),
               irq_desc_affinity_mask(desc).bits[0].value_())


def timers(_, prog):
    """Timers of the wheel."""
    for cpu in for_each_online_cpu(prog):
        for base in per_cpu(prog["timer_bases"], cpu):
            for timer in timer_base_for_each(base.address_of_()):
                yield cpu, timer.value_(), timer.function.value_(), timer.expires.value_()


def hrtimers(_, prog):
    """High-resolution ones: functions, for the times of those that always run change."""
    for cpu in for_each_online_cpu(prog):
        for base in per_cpu(prog["hrtimer_bases"], cpu).clock_base:
            for timer in hrtimer_clock_base_for_each(base.address_of_()):
                yield cpu, timer.value_(), timer.function.value_()


def runqueues(_, prog):
    """Run queues, and who runs when nobody does."""
    for cpu in for_each_online_cpu(prog):
        rq = cpu_rq(prog, cpu)
        yield (rq.cpu.value_(), rq.idle.value_(), idle_task(prog, cpu).comm.string_(),
               task_cpu(idle_task(prog, cpu)), rq.rd.value_(),
               cpu_curr(prog, cpu).pid.value_() >= 0)


def workqueues(_, prog):
    """Work queues, their pools and workers."""
    for queue in list_for_each_entry("struct workqueue_struct",
                                     prog["workqueues"].address_of_(), "list"):
        pools = [(pwq.pool.id.value_(), pwq.pool.cpu.value_()) for pwq in list_for_each_entry(
            "struct pool_workqueue", queue.pwqs.address_of_(), "pwqs_node")]
        yield queue.name.string_(), queue.flags.value_(), pools


def areas(_, prog):
    """vmalloc areas, but for stacks: they come and go."""
    for area in for_each_vmap_area(prog):
        if area.va_end - area.va_start == prog["THREAD_SIZE"] + prog["PAGE_SIZE"]:
            continue
        yield (area.va_start.value_(), area.va_end.value_(),
               area.vm.caller.value_() if area.vm else None)


def cgroups(_, prog):
    """Control groups."""
    for css in css_for_each_descendant_pre(prog["cgrp_dfl_root"].cgrp.self.address_of_()):
        yield cgroup_name(css.cgroup), cgroup_path(css.cgroup), css.cgroup.level.value_()


def globals_(_, prog):
    """Variables of the kernel: of its data, its bss, and of each CPU."""
    for name in ("panic_timeout", "system_state", "slab_state", "tainted_mask",
                 "crash_kexec_post_notifiers", "console_printk", "max_threads", "init_pid_ns",
                 "swap_cgroup_ctrl", "chrdevs", "pid_max", "boot_cpu_data", "nr_swapfiles"):
        variable = prog[name]
        yield name, variable.address_, prog.read(variable.address_, sizeof(variable))
    for cpu in for_each_possible_cpu(prog):
        yield cpu, per_cpu(prog["cpu_number"], cpu).value_()


def threads(_, prog):
    """How many threads there are, where that does not change."""
    yield "nr_threads", prog["nr_threads"].value_()


def load(_, prog):
    """Load averages: they are there."""
    yield len(loadavg(prog))


def addresses(run, prog):
    """What addresses are: in slabs that do not change meanwhile, in stacks, in variables."""
    task = find_task(run.truth, run.pids()["owner"])
    cache = find_slab_cache(run.truth, "livedump_plain")
    plain = next(slab_cache_for_each_allocated_object(cache, "char *")).value_()
    for address in (plain, plain + 8, task.stack.value_() + 64, run.truth["init_task"].address_,
                    run.truth.symbol("jiffies").address):
        yield identify_address(prog, address).split("+0x")[0]


def check_profile(run, profile, function, least, drifts, again):
    """The same from the recording and from the stopped guest; of what changes, what did not."""
    ours = list(function(run, run.open(f"profile-{profile}")))
    if again:
        ours += list(function(run, run.open(f"profile-{profile}-again")))
    truth = list(function(run, run.truth))
    note(function.__name__, len(ours), "lines, such as", ours[-1:])
    check(len(ours) >= least, "only", len(ours))
    if not drifts:
        equal(ours, truth, profile)
        return
    before = list(function(run, run.truth_before))
    stable = [line for line in truth if line in before and line[-1:] != (AWAKE,)]
    check(len(stable) >= least, "only", len(stable), "that did not change")
    lost = [line for line in stable if line not in ours]
    awake = [line for line in lost if (line[0], AWAKE) in ours]
    check(lost == awake and len(awake) <= FEW, lost, "not in the recording; awake:", awake)


def same(profile, function, least, drifts=False, again=False):
    """A test of one profile; again: what is in either of two recordings of it."""
    return lambda run: check_profile(run, profile, function, least, drifts, again)


test("base: version")(same("base", version, 1))
test("base: CPUs")(same("base", cpus, 2))
test("tasks: for_each_task()")(same("tasks", tasks, 30))
test("tasks: find_task()")(same("tasks", processes, 4))
test("tasks: task_state_to_char()")(same("tasks", states, 30, True))
test("tasks: loadavg()")(same("tasks", load, 1))
test("stacks: stack_trace()")(same("stacks", traces, 25, True))
test("dmesg: get_printk_records()")(same("dmesg", records, 100, True))
test("modules: for_each_module()")(same("modules", modules, 8))
test("slab: for_each_slab_cache()")(same("slab", slab_caches, 80))
test("slab: whether each is used")(same("slab", slab_caches_used, 80, True))
test("slab=NAME: slab_cache_for_each_allocated_object()")(same("slab", slab_objects, 50))
test("mounts: for_each_mount()")(same("mounts", mounts, 8))
test("files: for_each_file()")(same("files", files, 5))
test("files: d_path()")(same("files", programs, 1))
test("net: for_each_netdev()")(same("net", devices, 1))
test("block: for_each_disk()")(same("block", disks, 1))
test("block: for_each_partition()")(same("block", partitions, 1))
test("irq: for_each_irq_desc()")(same("irq", irqs, 10))
test("timers: timer_base_for_each()")(same("timers", timers, 3, True))
test("timers: hrtimer_clock_base_for_each()")(same("timers", hrtimers, 2, True, True))
test("runq: cpu_rq(), cpu_curr(), idle_task()")(same("runq", runqueues, 2))
test("workqueues: list_for_each_entry()")(same("workqueues", workqueues, 20))
test("vmalloc: for_each_vmap_area()")(same("vmalloc", areas, 20, True))
test("cgroups: css_for_each_descendant_pre()")(same("cgroups", cgroups, 3))
test("globals: variables")(same("globals", globals_, 10, True))
test("globals: nr_threads")(same("globals", threads, 0, True, True))
test("stacks, slab, vmalloc: identify_address()")(same("addresses", addresses, 5))


@test("--self-contained: names without debug information, and BTF")
def self_contained(run):
    """Of the kernel itself; of modules the types of their tables have to be known."""
    prog = drgn.Program()
    prog.set_core_dump(run.recording("self-contained"))
    prog.register_symbol_finder("kallsyms", load_vmlinux_kallsyms(prog), enable_index=0)
    for name in ("init_task", "schedule", "prb", "super_blocks"):
        equal(prog.symbol(name).address, run.kallsyms[name], name)
    start, end = run.kallsyms["__start_BTF"], run.kallsyms["__stop_BTF"]
    equal(prog.read(start, end - start), run.truth.read(start, end - start), "BTF")
    found = 0
    ours = run.open("self-contained")
    for module in for_each_module(ours):
        names = [(symbol.name, symbol.address) for symbol in module_kallsyms(module)]
        equal(names, [(symbol.name, symbol.address) for symbol in
                      module_kallsyms(Object(run.truth, "struct module *", module.value_()))],
              module.name.string_())
        found += len(names)
    check(found > 100, "only", found, "symbols of modules")


@test("base does not do for tasks")
def base_alone(run):
    """What is compared is read from the recording."""
    try:
        list(tasks(run, run.open("profile-base")))
    except FaultError:
        return
    raise AssertionError("base has all tasks")


if __name__ == "__main__":
    harness.start(sys.argv)
