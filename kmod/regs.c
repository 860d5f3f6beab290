// SPDX-License-Identifier: GPL-2.0
/*
 * livedump: what runs on the CPUs: its registers, and the stacks as they were with these.
 *
 * A timer on each CPU, all for one moment, does it: of all interrupts that one can ask for, the
 * timer's is the one in which every architecture says what it has interrupted (get_irq_regs();
 * x86 does not in that of smp_call_function(), which here only starts the timers). The handler
 * allocates nothing, takes no lock and waits for nobody. What it has copied becomes the request's
 * copy of these pages afterwards.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/elfcore.h>
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <asm/irq_regs.h>

#include "walk.h"

/* From the start of the first timer to the moment for which all are set. */
#define LD_CPUS_AHEAD_NS	(100 * NSEC_PER_USEC)
/* How long our own CPU spins for its timer. Without high resolution that comes with a tick. */
#define LD_CPUS_SPIN_NS		(50 * NSEC_PER_MSEC)
/* How long to wait for the others. */
#define LD_CPUS_WAIT_NS		NSEC_PER_SEC

/* Code around where a CPU was interrupted: crash looks at the instructions. */
#define LD_CODE_BYTES		64

#define LD_STACK_PAGES		(THREAD_SIZE / PAGE_SIZE)
/* Pages that so many bytes can touch. */
#define LD_PAGES_OF(bytes)	(((bytes) - 1) / PAGE_SIZE + 2)
#define LD_TASK_PAGES		LD_PAGES_OF(sizeof(struct task_struct))

/* What is copied on each CPU, in this order: the stack counts most. */
enum ld_piece_kind {
	LD_PIECE_STACK,		/* of the task */
	LD_PIECE_OTHER,		/* into which the stack pointer points, if it is another one */
	LD_PIECE_TASK,
	LD_PIECE_PERCPU,
	LD_NR_PIECES,
};

/**
 * struct ld_piece - a stretch that is copied
 * @address: first byte
 * @length: bytes
 * @to: its first page in the sample's buffer
 * @nr: pages copied, from the first on without a gap
 */
struct ld_piece {
	u64 address;
	u64 length;
	u32 to;
	u32 nr;
};

/**
 * struct ld_sample - one CPU
 * @timer: its timer
 * @cpu: its record
 * @asked_ns: CLOCK_BOOTTIME at which all were asked
 * @task: what ran, referenced; NULL until the handler was there
 * @code: the instruction in the kernel that comes next, 0 in user mode
 * @pieces: what it copies
 * @buf: where to
 * @pfns: page frames of its per-CPU memory, U64_MAX for those that may not be read
 * @stack_pfns: page frames of the task's stack, which is gone once the task has ended
 * @is_done: set when all is written
 */
struct ld_sample {
	struct hrtimer timer;
	struct livedump_cpu cpu;
	u64 asked_ns;
	struct task_struct *task;
	u64 code;
	struct ld_piece pieces[LD_NR_PIECES];
	void *buf;
	u64 pfns[LD_PAGES_OF(LIVEDUMP_MAX_CPU_BYTES)];
	u64 stack_pfns[LD_STACK_PAGES];
	bool is_done;
};

/**
 * struct ld_cpus - all CPUs
 * @w: the walk that asks
 * @root: the root that asks
 * @samples: one for each possible CPU; those of CPUs that are not online have no buffer
 * @size: bytes of @samples
 * @bufs: the buffers, one behind the other
 * @buf_pages: pages of one
 * @nr: CPUs online
 * @caller: the CPU that asks
 * @when: for when the timers are set
 */
struct ld_cpus {
	struct ld_walk *w;
	struct livedump_root *root;
	struct ld_sample *samples;
	size_t size;
	void *bufs;
	u32 buf_pages;
	u32 nr;
	unsigned int caller;
	ktime_t when;
};

/* As in NT_PRSTATUS. */
#ifdef CONFIG_X86_64
static u32 ld_copy_regs(u64 *to, const struct pt_regs *regs)
{
	/* struct user_regs_struct: struct pt_regs up to ss, then what that does not have */
	u64 *more = to + offsetof(struct pt_regs, ss) / sizeof(u64) + 1;
	u32 low, high, seg;

	BUILD_BUG_ON(offsetof(struct pt_regs, ss) != 20 * sizeof(u64));
	memcpy(to, regs, offsetof(struct pt_regs, ss) + sizeof(u64));
	/* With FRED there is more than a selector in the same word. */
	to[offsetof(struct pt_regs, cs) / sizeof(u64)] = (u16)regs->cs;
	to[offsetof(struct pt_regs, ss) / sizeof(u64)] = (u16)regs->ss;
	rdmsr(MSR_FS_BASE, low, high);
	*more++ = (u64)high << 32 | low;
	/* The user's: that of the kernel is in use. */
	rdmsr(MSR_KERNEL_GS_BASE, low, high);
	*more++ = (u64)high << 32 | low;
	savesegment(ds, seg);
	*more++ = (u16)seg;
	savesegment(es, seg);
	*more++ = (u16)seg;
	savesegment(fs, seg);
	*more++ = (u16)seg;
	savesegment(gs, seg);
	*more++ = (u16)seg;
	return more - to;
}
#else
static u32 ld_copy_regs(u64 *to, struct pt_regs *regs)
{
	BUILD_BUG_ON(sizeof(elf_gregset_t) > LIVEDUMP_MAX_REGS * sizeof(u64));
	elf_core_copy_regs((elf_gregset_t *)to, regs);
	return sizeof(elf_gregset_t) / sizeof(u64);
}
#endif

/* Pages that a stretch touches. */
static u32 ld_piece_pages(const struct ld_piece *p)
{
	return p->length ? ((p->address & ~PAGE_MASK) + p->length - 1) / PAGE_SIZE + 1 : 0;
}

/* In the handler: copy virtual memory of the kernel that is in use, up to the first fault. */
static void ld_copy_piece(struct ld_sample *s, enum ld_piece_kind kind, u64 address, u64 length)
{
	struct ld_piece *p = &s->pieces[kind];
	const void *page = (const void *)(unsigned long)(address & PAGE_MASK);
	u32 nr;

	p->address = address;
	p->length = length;
	nr = ld_piece_pages(p);
	for (p->nr = 0; p->nr < nr; p->nr++, page += PAGE_SIZE) {
		if (ld_read_bytes(page, s->buf + (p->to + p->nr) * PAGE_SIZE, PAGE_SIZE))
			break;
	}
}

static void ld_copy_percpu(struct ld_sample *s)
{
	struct ld_piece *p = &s->pieces[LD_PIECE_PERCPU];
	u32 nr = ld_piece_pages(p);

	for (p->nr = 0; p->nr < nr; p->nr++) {
		if (s->pfns[p->nr] == U64_MAX ||
		    ld_read_page(s->pfns[p->nr], s->buf + (p->to + p->nr) * PAGE_SIZE))
			break;
	}
}

/* Whoever has been interrupted in the kernel need not have been on the stack of his task. */
static void ld_copy_stacks(struct ld_sample *s, struct pt_regs *regs)
{
	const void *stack = (const void *)(unsigned long)s->cpu.stack;
	u64 sp = kernel_stack_pointer(regs);
	u32 i;

	ld_copy_piece(s, LD_PIECE_STACK, s->cpu.stack, THREAD_SIZE);
	for (i = 0; i < LD_STACK_PAGES; i++, stack += PAGE_SIZE)
		s->stack_pfns[i] = is_vmalloc_addr(stack) ? vmalloc_to_pfn(stack) :
							    PHYS_PFN(__pa(stack));
	if (user_mode(regs) || sp - s->cpu.stack < THREAD_SIZE)
		return;
	ld_copy_piece(s, LD_PIECE_OTHER, sp & PAGE_MASK, THREAD_SIZE);
	/* Nobody knows where that stack ends, but that behind it there may be nothing. */
	s->pieces[LD_PIECE_OTHER].length = s->pieces[LD_PIECE_OTHER].nr * PAGE_SIZE;
}

static enum hrtimer_restart ld_sample_take(struct hrtimer *timer)
{
	struct ld_sample *s = container_of(timer, struct ld_sample, timer);
	struct pt_regs *regs = get_irq_regs();
	u64 now = ktime_get_boottime_ns();

	if (!regs)
		return HRTIMER_NORESTART;
	s->task = get_task_struct(current);
	s->cpu.task = (unsigned long)current;
	s->cpu.stack = (unsigned long)task_stack_page(current);
	s->cpu.pid = task_pid_nr(current);
	s->cpu.time_ns = now;
	s->cpu.wait_ns = min_t(u64, now - s->asked_ns, U32_MAX);
	s->cpu.flags = user_mode(regs) ? LIVEDUMP_CPU_USER : 0;
	s->code = user_mode(regs) ? 0 : instruction_pointer(regs);
	s->cpu.nr_regs = ld_copy_regs(s->cpu.regs, regs);
	ld_copy_stacks(s, regs);
	ld_copy_piece(s, LD_PIECE_TASK, s->cpu.task, sizeof(struct task_struct));
	ld_copy_percpu(s);
	s->cpu.copy_ns = min_t(u64, ktime_get_boottime_ns() - now, U32_MAX);
	/* pairs with ld_sample_is_done() */
	smp_store_release(&s->is_done, true);
	return HRTIMER_NORESTART;
}

static bool ld_sample_is_done(const struct ld_sample *s)
{
	return smp_load_acquire(&s->is_done);	/* pairs with ld_sample_take() */
}

/* Called on each CPU, which its timer is not to leave. */
static void ld_sample_start(void *arg)
{
	struct ld_cpus *c = arg;

	hrtimer_start(&c->samples[smp_processor_id()].timer, c->when,
		      HRTIMER_MODE_ABS_PINNED_HARD);
}

/*
 * Spin, so that what our own CPU is found doing is this request, and not what would run while it
 * sleeps.
 */
static void ld_cpus_ask(struct ld_cpus *c)
{
	struct ld_sample *own;
	u64 now;

	preempt_disable();
	c->caller = smp_processor_id();
	own = &c->samples[c->caller];
	now = ktime_get_boottime_ns();
	c->when = ktime_add_ns(ktime_get(), LD_CPUS_AHEAD_NS);
	on_each_cpu(ld_sample_start, c, true);
	while (!ld_sample_is_done(own) && ktime_get_boottime_ns() - now < LD_CPUS_SPIN_NS)
		cpu_relax();
	preempt_enable();
}

static bool ld_cpus_are_done(const struct ld_cpus *c)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		if (!ld_sample_is_done(&c->samples[cpu]))
			return false;
	}
	return true;
}

/* Afterwards no handler runs any more. */
static void ld_cpus_wait(struct ld_cpus *c)
{
	u64 end = ktime_get_boottime_ns() + LD_CPUS_WAIT_NS;
	unsigned int cpu;

	while (!ld_cpus_are_done(c) && !fatal_signal_pending(current) &&
	       ktime_get_boottime_ns() < end)
		usleep_range(50, 200);
	for_each_online_cpu(cpu)
		hrtimer_cancel(&c->samples[cpu].timer);
}

/* Which page frames the CPU's own memory has, so that the handler need not ask. */
static void ld_sample_find(struct ld_cpus *c, struct ld_sample *s)
{
	struct ld_piece *p = &s->pieces[LD_PIECE_PERCPU];
	struct ld_ram *ram = &c->w->rq->ram;
	u64 page = p->address & PAGE_MASK;
	u32 i, nr = ld_piece_pages(p);
	struct ld_mapping m;

	for (i = 0; i < nr; i++, page += PAGE_SIZE) {
		if (ld_translate(ram, page, &m) || ld_read_allowed(ram, m.pfn, 0))
			m.pfn = U64_MAX;
		s->pfns[i] = m.pfn;
	}
}

static void ld_sample_prepare(struct ld_cpus *c, unsigned int cpu, void *buf)
{
	struct ld_sample *s = &c->samples[cpu];

	s->cpu.cpu = cpu;
	s->cpu.request = c->w->rq->number;
	s->buf = buf;
	s->pieces[LD_PIECE_OTHER].to = LD_STACK_PAGES;
	s->pieces[LD_PIECE_TASK].to = 2 * LD_STACK_PAGES;
	s->pieces[LD_PIECE_PERCPU].to = 2 * LD_STACK_PAGES + LD_TASK_PAGES;
	s->pieces[LD_PIECE_PERCPU].address = c->root->address + per_cpu_offset(cpu);
	s->pieces[LD_PIECE_PERCPU].length = c->root->offset;
	ld_sample_find(c, s);
	hrtimer_setup(&s->timer, ld_sample_take, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_PINNED_HARD);
}

static int ld_cpus_alloc(struct ld_cpus *c)
{
	struct ld_store *st = c->w->rq->store;
	void *samples;
	int err;

	err = ld_vec_reserve(&st->cpus, c->nr);
	if (!err)
		err = ld_alloc(&st->acct, c->size, &samples);
	if (err)
		return err;
	memset(samples, 0, c->size);
	c->samples = samples;
	return ld_alloc(&st->acct, (size_t)c->nr * c->buf_pages * PAGE_SIZE, &c->bufs);
}

static void ld_cpus_free(struct ld_cpus *c)
{
	struct ld_account *acct = &c->w->rq->store->acct;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (c->samples && c->samples[cpu].task)
			put_task_struct(c->samples[cpu].task);
	}
	ld_free(acct, c->bufs, (size_t)c->nr * c->buf_pages * PAGE_SIZE);
	ld_free(acct, c->samples, c->size);
}

/* With no CPU coming or going. */
static int ld_cpus_take(struct ld_cpus *c)
{
	unsigned int cpu;
	u32 i = 0;
	u64 now;
	int err;

	c->nr = num_online_cpus();
	err = ld_cpus_alloc(c);
	if (err)
		return err;
	for_each_online_cpu(cpu)
		ld_sample_prepare(c, cpu, c->bufs + (size_t)i++ * c->buf_pages * PAGE_SIZE);
	now = ktime_get_boottime_ns();
	for_each_online_cpu(cpu)
		c->samples[cpu].asked_ns = now;
	ld_cpus_ask(c);
	ld_cpus_wait(c);
	return 0;
}

/* Registers have no address that could be listed. */
static void ld_regs_missing(struct ld_cpus *c, enum livedump_reason why)
{
	c->w->rq->missing[why] += sizeof(elf_gregset_t);
	c->root->out_missing[why] += sizeof(elf_gregset_t);
}

/* What the handler has copied becomes what this request has of these pages. */
static void ld_piece_keep(struct ld_cpus *c, const struct ld_sample *s, enum ld_piece_kind kind)
{
	const struct ld_piece *p = &s->pieces[kind];
	struct ld_copy copy = { .time_ns = s->cpu.time_ns, .pfn = U64_MAX };
	u64 address = p->address, left = p->length;
	enum livedump_reason why;
	u32 i, page;
	u64 n;

	for (i = 0; left; i++, address += n, left -= n) {
		n = min_t(u64, left, PAGE_SIZE - (address & ~PAGE_MASK));
		ld_request_poll(c->w->rq);
		copy.bytes = s->buf + (size_t)(p->to + i) * PAGE_SIZE;
		if (kind == LD_PIECE_STACK)
			copy.pfn = s->stack_pfns[i];
		why = ld_capture_copy(c->w->rq, address, i < p->nr ? &copy : NULL,
				      LIVEDUMP_PAGE_OBJECT, &page, NULL);
		/* The task_struct is a root, and counted as that. */
		if (kind == LD_PIECE_TASK)
			continue;
		if (why)
			ld_request_missing(c->w->rq, address, n, why, LIVEDUMP_HOLE_ASKED);
		if (why)
			c->root->out_missing[why] += n;
		else
			c->root->out_recorded += n;
	}
}

static void ld_sample_keep(struct ld_cpus *c, struct ld_sample *s)
{
	struct ld_store *st = c->w->rq->store;
	int kind;

	if (s->cpu.cpu == c->caller)
		s->cpu.flags |= LIVEDUMP_CPU_CALLER;
	if (!s->is_done) {
		s->cpu.flags |= LIVEDUMP_CPU_SILENT;
		ld_regs_missing(c, LIVEDUMP_TIMEOUT);
	}
	*(struct livedump_cpu *)ld_vec_at(&st->cpus, st->cpus.nr) = s->cpu;
	WRITE_ONCE(st->cpus.nr, st->cpus.nr + 1);
	for (kind = 0; s->is_done && kind < LD_NR_PIECES; kind++)
		ld_piece_keep(c, s, kind);
}

static void ld_cpus_keep(struct ld_cpus *c)
{
	struct ld_store *st = c->w->rq->store;
	struct ld_sample *s;
	unsigned int cpu;
	u32 i;

	/* What mmap() shows behind the last entry is zero. */
	for (i = 0; i < st->cpus.nr; i++)
		memset(ld_vec_at(&st->cpus, i), 0, sizeof(struct livedump_cpu));
	WRITE_ONCE(st->cpus.nr, 0);
	for_each_possible_cpu(cpu) {
		s = &c->samples[cpu];
		if (!s->buf)
			continue;
		ld_sample_keep(c, s);
		if (!s->task)
			continue;
		if (!c->root->out_address || (s->cpu.flags & LIVEDUMP_CPU_CALLER))
			c->root->out_address = s->cpu.task;
		ld_walk_root(c->w, s->cpu.task, c->root->type, c->root);
		ld_walk_pid(c->w, s->task);
		if (s->code)
			ld_walk_help(c->w, (void *)(unsigned long)s->code - LD_CODE_BYTES,
				     2 * LD_CODE_BYTES);
	}
}

/**
 * ld_walk_cpus() - capture what runs on the CPUs
 * @w: the walk; nothing was captured by its request yet
 * @root: the root that asks; its results are added to
 *
 * May sleep.
 */
void ld_walk_cpus(struct ld_walk *w, struct livedump_root *root)
{
	struct ld_cpus c = {
		.w = w,
		.root = root,
		.size = PAGE_ALIGN(nr_cpu_ids * sizeof(struct ld_sample)),
		.buf_pages = 2 * LD_STACK_PAGES + LD_TASK_PAGES +
			     (root->offset ? LD_PAGES_OF(root->offset) : 0),
	};
	enum livedump_reason why = w->rq->stop;

	if (!why) {
		ld_request_get_cpus(w->rq);
		why = ld_request_stop(w->rq, ld_cpus_take(&c));
		cpus_read_unlock();
	}
	if (why)
		ld_regs_missing(&c, why);
	else
		ld_cpus_keep(&c);
	ld_cpus_free(&c);
	ld_walk_cpu_masks(w);
}
