# SPDX-License-Identifier: GPL-2.0
# Areas of vmalloc: who mapped what where.
include base
edge struct rb_list.head list struct vmap_area.list
--depth 2 --only struct vm_struct, struct vmap_area
vmap_area_list | ((struct vmap_node *)vmap_nodes)[0:(int)nr_vmap_nodes]
rbtree(vmap_area_root, struct vmap_area, rb_node) | (unsigned long)vmap_zone_size
