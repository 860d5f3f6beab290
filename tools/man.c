// SPDX-License-Identifier: GPL-2.0
/* The man page: prose from here, commands and options from their tables. */
#include <ctype.h>
#include <stdio.h>

#include "livedump.h"
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
".TP\n"
".B jiffies\n"
"A variable, by its name in /proc/kallsyms; module:symbol where several have the name.\n"
".TP\n"
".B init_task.mm\n"
"A member of one.\n"
".TP\n"
".B (struct task_struct *)0xffff...\n"
"An object of this type at this address.\n"
".TP\n"
".B (struct foo)symbol\n"
"A variable whose type the kernel's BTF does not tell.\n"
".TP\n"
".B pid:1\n"
"A task, with its kernel stack.\n"
".TP\n"
".BR runqueues ,\\  runqueues@3\n"
"A per-CPU variable, on all CPUs or on one.\n"
".TP\n"
".B 0xffff...:4096\n"
"Bytes without a type.\n"
".PP\n"
"Sizes take K, M, G or T for powers of 1024; times are seconds and may have a fraction.\n"
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
".SH FILES\n"
".TP\n"
".I /dev/livedump\n"
"The module's device.\n"
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

static void print_options(uint32_t set, FILE *to)
{
	unsigned int id;

	for (id = 0; id < LD_NR_OPTIONS; id++) {
		if (set & 1U << id)
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
}
