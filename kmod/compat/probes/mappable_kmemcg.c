// SPDX-License-Identifier: GPL-2.0
/* 5.11, 18b2db3b0385 ("mm: Convert page kmemcg type to a page memcg flag") */
#include <linux/page-flags.h>

#ifdef PG_kmemcg
#error "what is charged to a cgroup has a page type, and what has one is not mapped"
#endif
