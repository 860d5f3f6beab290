/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The core is written for the newest kernel. What older ones lack is here, by the answers of
 * the probes beside this file, never by version.
 */
#ifndef LD_COMPAT_H
#define LD_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/mm.h>

#ifdef LD_HAVE_VMCORE_INFO_HEADER
#include <linux/vmcore_info.h>
#else
#include <linux/crash_core.h>
#endif

#ifdef LD_HAVE_KFENCE
#include <linux/kfence.h>
#else
static inline bool is_kfence_address(const void *addr)
{
	return false;
}
#endif

#ifndef LD_HAVE_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *timer),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#ifndef LD_HAVE_VM_FLAGS_SET
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags &= ~flags;
}
#endif

/* For pages that are to be mapped: charged to the caller's cgroup, where that can be. */
#ifdef LD_HAVE_MAPPABLE_KMEMCG
#define LD_GFP_MAPPABLE		GFP_KERNEL_ACCOUNT
#else
#define LD_GFP_MAPPABLE		GFP_KERNEL
#endif

#endif
