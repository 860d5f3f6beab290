# SPDX-License-Identifier: GPL-2.0
# The kernel's log: all of the ring of printk.
include base
--depth 0
required *prb
prb->desc_ring.descs[0:1 << prb->desc_ring.count_bits]
prb->desc_ring.infos[0:1 << prb->desc_ring.count_bits]
prb->text_data_ring.data[0:1 << prb->text_data_ring.size_bits]
log_buf
log_buf_len
