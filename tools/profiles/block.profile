# SPDX-License-Identifier: GPL-2.0
# Disks and partitions, with their queues.
include base
(struct class)block_class --depth 0
list(((struct kset *)class_kset)->list, struct subsys_private, subsys.kobj.entry) --depth 0
(struct bdev_inode)slab:bdev_cache --depth 3 --only struct block_device, struct gendisk, struct hd_struct, struct device_private, struct device, struct request_queue, struct blk_mq_hw_ctx, struct blk_mq_tag_set, struct blk_mq_tags, struct disk_part_tbl, struct block_device_operations, struct elevator_queue, struct backing_dev_info, struct disk_stats, char
