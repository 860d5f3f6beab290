// SPDX-License-Identifier: GPL-2.0
/* Notes about running CPUs. */
#include <elf.h>
#include <sys/procfs.h>

#include "cpus.h"
#include "writer.h"

static struct livedump_cpu cpus[] = {
	{ .cpu = 0, .flags = LIVEDUMP_CPU_CALLER, .task = 0xffff888001000000, .pid = 7,
	  .time_ns = 500, .wait_ns = 20, .copy_ns = 30, .request = 2, .nr_regs = 27,
	  .regs = { [0] = 15, [16] = 0xffffffff81000000, [26] = 99 } },
	{ .cpu = 1, .flags = LIVEDUMP_CPU_SILENT, .request = 2 },
	{ .cpu = 3, .flags = LIVEDUMP_CPU_USER, .task = 0xffff888001001000, .nr_regs = 27,
	  .regs = { [16] = 0x401000, [27] = 1234 } },
};

/* The structure as this machine's C library has it, which is that of the kernel. */
static const struct elf_prstatus *prstatus(const struct ld_cpu_notes *notes, size_t i)
{
	const struct ld_elf_note *n = &notes->notes[i];

	if (strcmp(n->name, "CORE") || n->type != NT_PRSTATUS ||
	    n->size != sizeof(struct elf_prstatus))
		test_bad = 1;
	return n->desc;
}

static void by_number(void)
{
	struct ld_cpu_notes notes;
	const struct elf_prstatus *p;
	size_t i;

	EXPECT(!ld_cpu_notes_make(cpus, LD_ARRAY_SIZE(cpus), &notes));
	EXPECT(notes.nr == 5);
	for (i = 0; i < 4; i++)
		EXPECT(prstatus(&notes, i)->pr_pid == (int)i + 1);
	p = prstatus(&notes, 0);
	EXPECT(p->pr_reg[0] == 15 && p->pr_reg[16] == 0xffffffff81000000 && p->pr_reg[26] == 99);
	/* Silent, and offline. */
	for (i = 0; i < ELF_NGREG; i++)
		EXPECT(!prstatus(&notes, 1)->pr_reg[i] && !prstatus(&notes, 2)->pr_reg[i]);
	p = prstatus(&notes, 3);
	EXPECT(p->pr_reg[16] == 0x401000 && !p->pr_fpvalid);
	EXPECT(!strcmp(notes.notes[4].name, "QEMU") && notes.notes[4].type == 0);
	ld_cpu_notes_free(&notes);
	EXPECT(!notes.nr && !notes.notes);
}

/* Nobody has asked, or nobody has answered: nothing for a reader to count. */
static void none(void)
{
	struct ld_cpu_notes notes;

	EXPECT(!ld_cpu_notes_make(NULL, 0, &notes) && !notes.nr);
	ld_cpu_notes_free(&notes);
	EXPECT(!ld_cpu_notes_make(&cpus[1], 1, &notes) && !notes.nr);
	ld_cpu_notes_free(&notes);
}

static void told(void)
{
	struct json_object *top = json_object_new_object(), *array, *o, *mode;
	const char *text;

	ld_cpus_to_json(cpus, LD_ARRAY_SIZE(cpus), top);
	EXPECT(json_object_object_get_ex(top, "cpus", &array));
	EXPECT(json_object_array_length(array) == 3);
	text = json_object_to_json_string_ext(json_object_array_get_idx(array, 0),
					      JSON_C_TO_STRING_PLAIN);
	EXPECT_HAS(text, "\"cpu\":0,\"mode\":\"kernel\",\"task\":\"0xffff888001000000\",\"pid\":7");
	EXPECT_HAS(text, "\"caller\":true,\"request\":2,\"boottime_ns\":500");
	EXPECT_HAS(text, "\"wait_ns\":20,\"copy_ns\":30");
	o = json_object_array_get_idx(array, 1);
	EXPECT(json_object_object_get_ex(o, "mode", &mode) && !mode);
	o = json_object_array_get_idx(array, 2);
	EXPECT(json_object_object_get_ex(o, "mode", &mode));
	EXPECT(!strcmp(json_object_get_string(mode), "user"));
	json_object_put(top);
}

int main(void)
{
	RUN(by_number);
	RUN(none);
	RUN(told);
	return END();
}
