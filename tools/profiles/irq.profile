# SPDX-License-Identifier: GPL-2.0
# Interrupts: their descriptors, handlers and counters.
include base
--depth 2 --only struct irq_desc, struct irqaction, struct irq_chip, struct irq_domain, struct irq_data, struct cpumask, struct irqstat, unsigned int, char
maple(sparse_irqs, struct irq_desc) | xarray(irq_desc_tree, struct irq_desc)
(int)nr_irqs | (unsigned int)total_nr_irqs
irq_stat | (irq_cpustat_t)irq_stat
