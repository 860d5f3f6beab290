# SPDX-License-Identifier: GPL-2.0
# Slab caches. With an argument, all objects of the cache of that name: slab=dentry.
include base
slab_caches --depth 2 --skip struct kmem_cache.kobj, struct page, struct slab --only struct kmem_cache, struct kmem_cache_node, struct kmem_cache_cpu, struct slab, struct page, struct kmem_cache_per_node_ptrs, struct node_barn, struct slub_percpu_sheaves, struct slab_sheaf, char
required slab:$ARG --depth 0
