// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: the module and its device.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "livedump_private.h"

static unsigned long max_bytes;
module_param(max_bytes, ulong, 0400);
MODULE_PARM_DESC(max_bytes, "Most bytes that all sessions together may use (default: RAM / 4)");

static int ld_open(struct inode *inode, struct file *file)
{
	if (!capable(CAP_SYS_RAWIO))
		return ld_refuse("no CAP_SYS_RAWIO");
	return ld_check_lockdown();
}

static const struct file_operations ld_fops = {
	.owner		= THIS_MODULE,
	.open		= ld_open,
	.unlocked_ioctl	= ld_control_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice ld_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "livedump",
	.fops	= &ld_fops,
	.mode	= 0600,
};

static int __init ld_init(void)
{
	int err;

	ld_mem_set_cap(max_bytes ?: ((u64)totalram_pages() << PAGE_SHIFT) / 4);
	err = ld_memory_init();
	if (err)
		return err;
	err = ld_kernel_init();
	if (err) {
		if (err == -ENODEV)
			pr_err("this kernel's vmcoreinfo does not lead to its page tables\n");
		goto err_memory;
	}
	err = misc_register(&ld_device);
	if (err)
		goto err_kernel;
	return 0;

err_kernel:
	ld_kernel_exit();
err_memory:
	ld_memory_exit();
	return err;
}

static void __exit ld_exit(void)
{
	misc_deregister(&ld_device);
	ld_sessions_exit();
	ld_kernel_exit();
	ld_memory_exit();
}

module_init(ld_init);
module_exit(ld_exit);

MODULE_DESCRIPTION("Live dumps of named kernel objects");
MODULE_LICENSE("GPL");
