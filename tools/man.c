// SPDX-License-Identifier: GPL-2.0
/* The man page: prose from here, commands and options from their tables. */
#include <ctype.h>
#include <stdio.h>

#include "livedump.h"
#include "profile.h"
#include "version.h"

static const char before[] =
".SH NAME\n"
"livedump \\- take vmcores of named kernel objects from a running system\n"
".SH SYNOPSIS\n";

static const char description[] =
".SH DESCRIPTION\n"
"A host misbehaves and nobody may crash it.\n"
".B livedump\n"
"records the kernel objects that matter, with what they point to, while the kernel runs, and\n"
"writes a vmcore of a few megabytes that\n"
".BR crash (8)\n"
"and\n"
".BR drgn (1)\n"
"open like any other.\n"
"It needs the livedump kernel module and CAP_SYS_RAWIO; the kernel must not be locked down at\n"
"confidentiality level.\n"
".PP\n"
"Recording happens in sessions.\n"
"A named session belongs to no process: start, snapshot and stop are separate commands, and what\n"
"was recorded survives a command that is killed.\n"
"Memory that is recorded again is refreshed: who asks again means now.\n"
"Nothing stops the kernel meanwhile: pages are copied one after the other, each as it was at that\n"
"moment, and objects on different pages need not agree.\n"
".PP\n"
"What could not be read is never filled with zeros.\n"
"The file lists every such hole with its reason, and readers get an error there.\n"
".SH COMMANDS\n";

static const char after[] =
".SH TARGETS\n"
"A target names an object, several of them, or bytes. Quote it: the shell knows many of its letters.\n"
"In the examples 0xADDR stands for an address such as 0xffff888000001000.\n"
".SS Variables and members\n"
".TP\n"
".B jiffies\n"
"A variable, by its name in /proc/kallsyms.\n"
".TP\n"
".B vmlinux:init_task\n"
"The one of a module, where several have the name: MODULE:SYMBOL.\n"
".TP\n"
".B init_task.comm\n"
"A member.\n"
".TP\n"
".B init_task.comm[0]\n"
"An element of an array.\n"
".TP\n"
".B init_task.comm[0:4]\n"
"Elements 0 to 3. Either number may be left out where the length of the array is known.\n"
".TP\n"
".B prb\\->desc_ring.descs[0:1 << prb\\->desc_ring.count_bits]\n"
"As many as the kernel says: behind the colon may be a target that is a number, or the power of\n"
"two with that exponent. It is read when the target is resolved.\n"
".TP\n"
".B (int)overflowuid\n"
"A variable whose type the kernel's BTF does not tell. A cast to a structure or an array says\n"
"what the name right behind it is; any other casts the result of the whole path, as in C.\n"
".TP\n"
".B (struct task_struct)init_task.comm\n"
"So this is a member of a variable with a type given, and needs no parentheses.\n"
".TP\n"
".B runqueues\n"
"A per\\-CPU variable, on all CPUs.\n"
".TP\n"
".B runqueues@0\n"
"And on one.\n"
".SS Pointers on the way\n"
".TP\n"
".B init_task.nsproxy\\->uts_ns\\->name.nodename\n"
"What lies behind pointers. They are followed when the target is recorded, and recorded too; one\n"
"that is NULL or bad ends the way: the command says which, records all else, and exits 3.\n"
"There may be 16 in a path. On per\\-CPU variables a path is gone on each CPU.\n"
".TP\n"
".B *init_task.nsproxy\n"
"The object that a pointer leads to.\n"
".TP\n"
".B init_task.nsproxy[0]\n"
"The same: elements behind a pointer may be chosen by number, [0:4] too.\n"
".TP\n"
".B *(unsigned long *)init_task.stack\n"
"A pointer of another type.\n"
".TP\n"
".B ((struct task_struct *)init_task.real_parent)\\->comm\n"
"Parentheses are as in C.\n"
".SS Addresses\n"
".TP\n"
".B (struct task_struct *)0xADDR\n"
"An object of this type at this address.\n"
".TP\n"
".B ((struct task_struct *)0xADDR)\\->comm\n"
"A member of it. The outer parentheses may be left out.\n"
".TP\n"
".B 0xADDR:4096\n"
"Bytes without a type. With \\-\\-scan they are looked at for pointers, as far as the depth goes:\n"
"what those lead to is recorded as well, whole where it lies in a slab, 256 bytes elsewhere.\n"
".TP\n"
".B bytes(__start___ex_table, __stop___ex_table)\n"
"All that lies between two symbols; of per\\-CPU ones, on each CPU.\n"
".SS Tasks\n"
".TP\n"
".B pid:1\n"
"A task, with its kernel stack. Threads are tasks.\n"
".TP\n"
".B pid:1\\->mm\\->pgd\n"
"Something of it, without the stack.\n"
".TP\n"
".B comm:ksoftirqd/*\n"
"All tasks of this name, as in /proc/PID/comm, as by pid:N; * and ? stand for anything.\n"
"It is all that is behind the colon. Tasks that end meanwhile are left out.\n"
".TP\n"
".B cpus\n"
"What runs on each CPU at one moment: its registers, the task and its kernel stack, the runqueue.\n"
"(A symbol of this name is vmlinux:cpus.)\n"
".SS Modules and slab caches\n"
".TP\n"
".B module:livedump\n"
"The struct module of a loaded module. (A symbol of a module that is itself called module, pid,\n"
"comm or slab cannot be named this way; write its address.)\n"
".TP\n"
".B module:livedump.name\n"
"A member of it.\n"
".TP\n"
".B slab:mm_struct\n"
"All objects in use of a slab cache, with the type that they are known to have. The objects of\n"
"other caches, and of caches that the kernel has merged with others, are bytes.\n"
".TP\n"
".B (struct file)slab:filp\n"
"With a type given.\n"
".SS Containers\n"
"WORD(HEAD, TYPE, MEMBER) is the HEAD of a container and all its entries. HEAD is any target for\n"
"one object; TYPE is that of the entries, and MEMBER what links them. The entries are as near as\n"
"the head: a depth of 0 records them alone.\n"
".TP\n"
".B list(init_task.tasks, struct task_struct, tasks)\n"
"A ring of struct list_head.\n"
".TP\n"
".B hlist(pid:1\\->thread_pid\\->tasks[0], struct task_struct, pid_links[0])\n"
"A list of struct hlist_head, hlist_nulls_head or hlist_bl_head.\n"
".TP\n"
".B llist(call_single_queue, struct __call_single_data, node.llist)\n"
"A list of struct llist_head, here of each CPU.\n"
".TP\n"
".B plist((struct pm_qos_constraints)cpu_latency_constraints.list, struct pm_qos_request, node)\n"
"A list of struct plist_head.\n"
".TP\n"
".B hash(init_task.nsproxy\\->net_ns\\->dev_index_head[0:256], struct net_device, index_hlist)\n"
"An array of heads: lists of struct list_head and those that hlist() takes.\n"
".TP\n"
".B rbtree(runqueues@0.cfs.tasks_timeline, struct sched_entity, run_node)\n"
"A tree of struct rb_root, rb_root_cached or rb_root_linked.\n"
".TP\n"
".B idr(init_pid_ns.idr, struct pid)\n"
"A struct idr. Here and in the next ones the container leads to the entries themselves; MEMBER is\n"
"needed only if it leads to something inside them.\n"
".TP\n"
".B xarray(init_pid_ns.idr.idr_rt, struct pid)\n"
"A struct xarray; radix() is the same.\n"
".TP\n"
".B maple(pid:1\\->mm\\->mm_mt, struct vm_area_struct)\n"
"A struct maple_tree.\n"
".SS What crash reads\n"
"These take no path; they are worked out when all else is recorded.\n"
".TP\n"
".B sections:\n"
"The map from page frames to their struct page: memory sections, and what leads to them.\n"
".TP\n"
".B modules:\n"
"The memory of all loaded modules: code, data, symbols.\n"
".TP\n"
".B freelists:\n"
"What counts the objects of all slab caches: their slabs, and the lists of free objects.\n"
".TP\n"
".B unwind:\n"
"What unwinders have to know of the functions whose addresses are in recorded stacks (x86's ORC).\n"
".SS Numbers\n"
"Sizes take K, M, G or T for powers of 1024; times are seconds and may have a fraction.\n"
".SH FORMATS\n"
"A file is ELF, unless\n"
".B \\-\\-format kdump\n"
"or a compression asks for makedumpfile's kdump\\-compressed format, or\n"
".B livedump config format kdump\n"
"has.\n"
"crash, drgn and makedumpfile open either without options.\n"
"ELF tells the virtual addresses of pages, so readers need no page tables; kdump is smaller.\n"
".PP\n"
"Pages are compressed with zlib if nobody says otherwise: every reader has it.\n"
"lzo is faster, zstd is fast and smaller; readers may have been built without snappy or zstd.\n"
"The letters are makedumpfile's.\n"
"The directory must have a file system with holes: both bitmaps have a bit for each page frame, and\n"
"only the blocks with bits take space.\n"
".PP\n"
"With\n"
".B \\-o \\-\n"
"either format goes to standard output in the flattened format of makedumpfile \\-F, in pieces that\n"
".B makedumpfile \\-R\n"
".I FILE\n"
"makes the file of again; the summary is printed on standard error.\n"
"It does not go to a terminal.\n"
"If the pipe closes early the command fails, and a session that was stopped this way is kept. It is\n"
"not kept if the pipe took everything: what its reader does is for the shell to see (pipefail).\n"
".SH EXIT STATUS\n"
".TP\n"
".B 0\n"
"Complete.\n"
".TP\n"
".B 1\n"
"Failed; no file was written. The message says what to do.\n"
".TP\n"
".B 2\n"
"The command line makes no sense.\n"
".TP\n"
".B 3\n"
"Incomplete: the session or the file is good, but something that was asked for is missing, or a\n"
"limit ended a walk early. Memory that was merely pointed to and could not be read does not count.\n"
".PP\n"
"A signal during the writing of a file ends the program as signals do (128 + number in the shell);\n"
"no file is left behind, and the session can be stopped again.\n"
".SH EDGES\n"
"C does not say where the entries of a list lie, which pointers are per\\-CPU ones, or how many objects\n"
"are behind a pointer.\n"
"Rules say so, one a line, and\n"
".B #\n"
"begins a comment.\n"
"Many are compiled in; later ones override them: those of\n"
".IR /etc/livedump/edges.d/*.edges ,\n"
"then those of\n"
".BR \\-\\-edges .\n"
".PP\n"
".EX\n"
"struct super_block.s_inodes  list    struct inode.i_sb_list\n"
"struct task_struct.mm        opaque  # not to be followed\n"
"struct fdtable.fd            array   max_fds\n"
".EE\n"
".PP\n"
"The kinds are\n"
".BR list ,\\  hlist ,\\  rbtree ,\\  chain\n"
"and\n"
".B ring\n"
"(TYPE.LINK follows),\n"
".B xarray\n"
"and\n"
".B maple\n"
"(TYPE),\n"
".B percpu\n"
"(maybe TYPE),\n"
".B pointer\n"
"(TYPE),\n"
".B array\n"
"(a number, or the member that has it),\n"
".B flex\n"
"(the member with the number of elements, maybe + N),\n"
".B string\n"
"and\n"
".B bytes\n"
"(N),\n"
".B opaque\n"
"and\n"
".BR plain .\n"
"A line about what this kernel lacks is left out, unless\n"
".B !\n"
"is in front of it.\n"
"Lists that no line is about are not followed.\n"
"Documentation/edges.rst tells more.\n";

static const char profiles[] =
".SH PROFILES\n"
"A profile is a file with targets, one a line, without the shell's quotes.\n"
".B \\-\\-profile\n"
"records what it names, in as many requests as there are different options; a page that one of them has\n"
"recorded is not read again by the next.\n"
"What bounds the command (\\-\\-max\\-objects, \\-\\-max\\-bytes, \\-\\-max\\-time), \\-\\-keep,\n"
"\\-\\-user\\-memory and \\-\\-edges hold for the lines of a profile as well; \\-\\-depth, \\-\\-only, \\-\\-skip,\n"
"\\-\\-max\\-list and \\-\\-scan are those of its own targets.\n"
"These come with the tool:\n";

static const char profiles_of_ones_own[] =
".PP\n"
"One's own are files\n"
".IR /etc/livedump/profiles.d/NAME.profile ;\n"
"one that has the name of a shipped one stands in for it.\n"
"The first line of comment is what\n"
".B livedump list profiles\n"
"tells of it.\n"
".PP\n"
".EX\n"
"# The file systems of our database\n"
"include base\n"
"\\-\\-depth 2\n"
"super_blocks\n"
"required init_task\n"
"init_task.nsproxy \\-\\-depth 4 \\-\\-only struct mnt_namespace, struct mount\n"
"sparse_irqs | irq_desc_tree\n"
"edge struct super_block.s_fs_info bytes 4096\n"
"slab:$ARG\n"
".EE\n"
".PP\n"
"Options behind a target are for that line; options alone on a line are for the lines below, until\n"
"there are others. An option's argument needs no quotes.\n"
"Of alternatives between bars the first is taken that this kernel has.\n"
"A line of which it has none is left out, and the command and the file's note say so; where\n"
".B required\n"
"is in front of it, that is an error.\n"
"What is of no use on this kernel in \\-\\-only and \\-\\-skip is ignored.\n"
".B edge\n"
"has a rule as in EDGES, for the lines below.\n"
"Lines with\n"
".B $ARG\n"
"are left out where no argument is given.\n"
"A NULL pointer on the way to a target, and a slab cache without objects, leave nothing incomplete,\n"
"unless the line is required.\n";

static const char last[] =
".SH FILES\n"
".TP\n"
".I /dev/livedump\n"
"The module's device.\n"
".TP\n"
".I /etc/livedump/edges.d/*.edges\n"
"Rules of one's own: see EDGES.\n"
".TP\n"
".I /etc/livedump/profiles.d/*.profile\n"
"Profiles of one's own: see PROFILES.\n"
".TP\n"
".I /etc/livedump/config\n"
"Defaults of stop and capture: lines KEY = VALUE, where # begins a comment. livedump config shows and\n"
"changes them; what the command line says counts more.\n"
".TP\n"
".I livedump-NAME-TIME.vmcore\n"
"Where stop writes by default, in the current directory. Files have mode 0600 and appear only when\n"
"they are complete.\n"
".TP\n"
".I .FILE.XXXXXX\n"
"What a stop or capture that was killed may leave beside its FILE, where the file system has no\n"
"nameless files. Remove it.\n"
".SH EXAMPLES\n"
"Everything in one go:\n"
".PP\n"
".EX\n"
"livedump capture \\-o init.vmcore \\-\\-depth 2 pid:1\n"
"livedump capture \\-o host.vmcore \\-\\-profile stacks \\-\\-profile dmesg\n"
".EE\n"
".PP\n"
"The same, compressed, to another host:\n"
".PP\n"
".EX\n"
"livedump capture \\-o \\- \\-\\-zstd pid:1 | ssh HOST makedumpfile \\-R init.vmcore\n"
".EE\n"
".PP\n"
"Step by step:\n"
".PP\n"
".EX\n"
"livedump start trouble \\-\\-buffer 256M\n"
"livedump snapshot \\-s trouble init_task runqueues\n"
"livedump record\\-memory \\-s trouble 0xffff888000100000 64K\n"
"livedump stop \\-s trouble \\-o trouble.vmcore\n"
"livedump info trouble.vmcore\n"
".EE\n"
".SH SEE ALSO\n"
".BR crash (8),\n"
".BR drgn (1),\n"
".BR makedumpfile (8)\n";

/* Dashes that are typed must not become hyphens. */
static void print_roff(const char *text, FILE *to)
{
	for (; *text; text++) {
		if (*text == '-' || *text == '\\')
			fputc('\\', to);
		if (*text == '\\')
			fputc('e', to);
		else
			fputc(*text, to);
	}
}

static void print_sentence(const char *text, FILE *to)
{
	fputc(toupper((unsigned char)*text), to);
	print_roff(text + 1, to);
	fputs(".\n", to);
}

static void print_option(const struct ld_option *o, FILE *to)
{
	fputs(".TP\n\\fB", to);
	if (o->letter)
		fprintf(to, "\\-%c\\fR, \\fB", o->letter);
	fputs("\\-\\-", to);
	print_roff(o->name, to);
	fputs("\\fR", to);
	if (o->arg)
		fprintf(to, " \\fI%s\\fR", o->arg);
	fputc('\n', to);
	print_sentence(o->help, to);
}

static void print_synopsis(const struct ld_command *cmd, FILE *to)
{
	fputs(".B livedump ", to);
	print_roff(cmd->name, to);
	fputs("\n[\\fIoption\\fR ...]\n", to);
	if (*cmd->operands) {
		print_roff(cmd->operands, to);
		fputc('\n', to);
	}
	fputs(".br\n", to);
}

static void print_options(uint64_t set, FILE *to)
{
	unsigned int id;

	for (id = 0; id < LD_NR_OPTIONS; id++) {
		if (set & 1ULL << id)
			print_option(&ld_options[id], to);
	}
}

static void print_command(const struct ld_command *cmd, FILE *to)
{
	fputs(".SS livedump ", to);
	print_roff(cmd->name, to);
	fprintf(to, "%s", *cmd->operands ? " " : "");
	print_roff(cmd->operands, to);
	fputc('\n', to);
	print_sentence(cmd->summary, to);
	if (cmd->details) {
		print_roff(cmd->details, to);
		fputc('\n', to);
	}
	print_options(cmd->options, to);
}

/* Those shipped, each with the first line of its comment. */
static void print_profiles(FILE *to)
{
	struct ld_profile_sources all = { 0 };
	const char *text = "", *argument;
	struct ld_err err;
	size_t i, length;

	ld_profile_sources(&all, NULL, &err);
	for (i = 0; i < all.nr; i++) {
		argument = ld_profile_takes_argument(all.list[i].text) ? "[=ARG]" : "";
		length = ld_profile_summary(all.list[i].text, &text);
		fprintf(to, ".TP\n\\fB%s\\fR%s\n%.*s\n", all.list[i].name, argument, (int)length,
			text);
	}
	ld_profile_sources_free(&all);
}

void ld_help_man(FILE *to)
{
	size_t i;

	fprintf(to, ".TH LIVEDUMP 8 \"\" \"livedump %s\" \"System Administration\"\n", LD_VERSION);
	fputs(before, to);
	for (i = 0; ld_commands[i]; i++)
		print_synopsis(ld_commands[i], to);
	fputs(description, to);
	for (i = 0; ld_commands[i]; i++)
		print_command(ld_commands[i], to);
	fputs(".SH OPTIONS OF EVERY COMMAND\n", to);
	print_options(LD_COMMON_OPTIONS, to);
	fputs(after, to);
	fputs(profiles, to);
	print_profiles(to);
	fputs(profiles_of_ones_own, to);
	fputs(last, to);
}
