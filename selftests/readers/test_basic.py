# SPDX-License-Identifier: GPL-2.0
"""The first things anybody looks at, the way a user opens the file: drgn -c basic.vmcore."""

import sys

import drgn

import harness
from harness import check, equal, note, test


@test("init_task.comm is that of the stopped guest")
def comm(run):
    """Depth 0: the task_struct alone."""
    prog = drgn.get_default_prog()
    equal(prog["init_task"].comm.string_(), b"swapper/0", "comm")
    equal(prog["init_task"].comm.string_(), run.truth["init_task"].comm.string_(), "comm")
    equal(prog["init_task"].address_, run.truth["init_task"].address_, "address")


# Members that nothing changes once the machine is up
FIXED = """comm pid tgid stack flags prio static_prio normal_prio policy sched_class cpus_mask mm
    real_parent parent group_leader children sibling thread_group thread_pid start_time real_cred
    cred fs files nsproxy signal sighand exit_state exit_code personality io_context bio_list
    vfork_done min_flt maj_flt pending blocked parent_exec_id self_exec_id""".split()


@test("init_task, member by member, is that of the stopped guest")
def members(run):
    """What never changes; and nearly all that was the same before and after: the rest counts."""
    prog = drgn.get_default_prog()
    same, other = 0, []
    for member in prog.type("struct task_struct").members:
        if not member.name or member.bit_field_size:
            continue
        ours, after, before = (getattr(one["init_task"], member.name).to_bytes_()
                               for one in (prog, run.truth, run.truth_before))
        if member.name in FIXED:
            equal(ours, after, member.name)
        if before == after:
            same += 1
            other += [member.name] * (ours != after)
    note(f"{same} members did not change, but for a while: {other}")
    check(same > 150 and len(other) < same // 10, same, "members did not change, but", other)


@test("jiffies_64 lies between before and after")
def jiffies(run):
    """And is what jiffies, its alias, says."""
    prog = drgn.get_default_prog()
    now = prog["jiffies_64"].value_()
    before, after = (one["jiffies_64"].value_() for one in (run.truth_before, run.truth))
    check(before < now < after, "jiffies_64", before, now, after)
    equal(prog["jiffies"].value_(), now, "jiffies")


@test("drgn knows the kernel by vmcoreinfo: release, build id, relocation")
def kernel(run):
    """Without these it would not have found the debug info."""
    prog = drgn.get_default_prog()
    module = prog.main_module()
    equal(module.build_id, run.truth.main_module().build_id, "build id")
    equal(module.debug_file_bias, run.truth.main_module().debug_file_bias, "KASLR offset")
    check(module.debug_file_path, "no debug info")


if __name__ == "__main__":
    harness.start(sys.argv)
