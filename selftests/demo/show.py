# SPDX-License-Identifier: GPL-2.0
"""Run by drgn on the demo's file: what was recorded is there, what was not says so."""

import os

import drgn

here = os.path.dirname(prog.core_dump_path)
with open(os.path.join(here, "pid")) as f:
    pid = int(f.read())

print(">>> prog['init_uts_ns'].name.release")
print(prog["init_uts_ns"].name.release.string_().decode())
print(">>> prog['init_task'].comm, prog['init_task'].mm, prog['init_task'].cred.uid")
task = prog["init_task"]
print(task.comm.string_().decode(), hex(task.mm), task.cred.uid.val.value_())
print(">>> prog['jiffies_64']")
print(prog["jiffies_64"].value_())
print(f">>> prog.stack_trace({pid})        # the guest's 'sleep 1000'")
print(prog.stack_trace(pid))
print(">>> prog['dentry_hashtable'][0].first      # not recorded")
try:
    print(prog["dentry_hashtable"][0].first.value_())
except drgn.FaultError as error:
    print("FaultError:", error)
