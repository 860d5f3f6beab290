// SPDX-License-Identifier: GPL-2.0
/* The tables of commands and options, and what is made from them. */
#include <ctype.h>
#include <unistd.h>
#include <sys/wait.h>
#include <stdint.h>

#include "livedump.h"
#include "writer_dir.h"

int livedump_main(int argc, char **argv);

static struct ld_args args;
static struct ld_err err;

/* Splits @line at blanks and parses it. */
static int parse(const char *line)
{
	static char copy[256];
	static char *argv[32];
	char *rest = copy;
	int argc = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	while (rest)
		argv[argc++] = strsep(&rest, " ");
	argv[argc] = NULL;
	err = (struct ld_err){ .msg = "" };
	return ld_args_parse(need((void *)ld_command_find(argv[0])), argc, argv, &args, &err);
}

static void options_are_sound(void)
{
	unsigned int i, j;

	for (i = 0; i < LD_NR_OPTIONS; i++) {
		const struct ld_option *o = &ld_options[i];

		EXPECT(o->name && *o->name && o->help && *o->help && o->offset < sizeof(args));
		EXPECT(o->help[strlen(o->help) - 1] != '.');
		EXPECT(ld_option_is_flag(o) == !o->arg);
		for (j = 0; j < i; j++) {
			EXPECT(strcmp(o->name, ld_options[j].name));
			EXPECT(o->kind == LD_KIND_ALIAS || o->offset != ld_options[j].offset);
		}
	}
}

/* A letter may be another option's elsewhere, not in the same command. */
static void letters_are_sound(const struct ld_command *c)
{
	const uint64_t set = ld_command_options(c);
	unsigned int i, j;

	for (i = 0; i < LD_NR_OPTIONS; i++) {
		for (j = 0; j < i && set & 1ULL << i && ld_options[i].letter; j++)
			EXPECT(!(set & 1ULL << j) ||
			       ld_options[i].letter != ld_options[j].letter);
	}
}

static void commands_are_sound(void)
{
	uint64_t used = 0;
	size_t i, j;

	for (i = 0; ld_commands[i]; i++) {
		const struct ld_command *c = ld_commands[i];

		EXPECT(c->name && c->operands && c->summary && *c->summary && c->run);
		EXPECT(islower((unsigned char)*c->summary));
		EXPECT(c->summary[strlen(c->summary) - 1] != '.');
		EXPECT(c->max < 0 || c->max >= c->min);
		EXPECT(!(c->options & LD_COMMON_OPTIONS) && c->options < 1ULL << LD_NR_OPTIONS);
		letters_are_sound(c);
		EXPECT(ld_command_find(c->name) == c);
		for (j = 0; j < i; j++)
			EXPECT(strcmp(c->name, ld_commands[j]->name));
		used |= ld_command_options(c);
	}
	EXPECT(used == (1ULL << LD_NR_OPTIONS) - 1);
	EXPECT(!ld_command_find("") && !ld_command_find("snap"));
}

static char *printed(void (*print)(FILE *to))
{
	char *text = NULL;
	size_t size;
	FILE *to = need(open_memstream(&text, &size));

	print(to);
	fclose(to);
	return text;
}

static void man_has_everything(void)
{
	char *man = printed(ld_help_man), name[64];
	size_t i, j, k;

	for (i = 0; ld_commands[i]; i++) {
		/* dashes are escaped */
		for (j = k = 0; ld_commands[i]->name[j]; j++) {
			if (ld_commands[i]->name[j] == '-')
				name[k++] = '\\';
			name[k++] = ld_commands[i]->name[j];
		}
		name[k] = '\0';
		EXPECT_HAS(man, name);
	}
	for (i = 0; i < LD_NR_OPTIONS; i++)
		EXPECT_HAS(man, ld_options[i].help + 1);
	/* unescaped dashes would be hyphens */
	EXPECT(!strstr(man, " -"));
	free(man);
}

static const struct ld_command *shown;

static void print_shown(FILE *to)
{
	ld_help_command(shown, to);
}

static void help_has_everything(void)
{
	char *overview = printed(ld_help_overview), *text;
	unsigned int id;
	size_t i;

	for (i = 0; ld_commands[i]; i++) {
		shown = ld_commands[i];
		EXPECT_HAS(overview, shown->name);
		EXPECT_HAS(overview, shown->summary);
		text = printed(print_shown);
		EXPECT_HAS(text, shown->operands);
		for (id = 0; id < LD_NR_OPTIONS; id++) {
			int has = !!strstr(text, ld_options[id].help);

			EXPECT(has == !!(ld_command_options(shown) & 1ULL << id));
		}
		free(text);
	}
	free(overview);
}

static void good_lines(void)
{
	EXPECT(!parse("snapshot init_task") && args.argc == 1 && args.depth == 1);
	EXPECT(!parse("snapshot -d 3 -k a --user-memory b") && args.argc == 2);
	EXPECT(args.depth == 3 && args.keep && args.user_memory && !args.json);
	EXPECT(!strcmp(args.argv[0], "a") && !strcmp(args.argv[1], "b"));
	EXPECT(!parse("snapshot --depth=0 -kuj a") && !args.depth && args.json);
	EXPECT(!parse("snapshot --max-bytes 1M --max-time 0.5 --max-objects 7 a"));
	EXPECT(args.max_bytes == 1 << 20 && args.max_time_ns == 500000000 && args.max_objects == 7);
	EXPECT(!parse("stop -s name -fo file") && args.force && !strcmp(args.output, "file"));
	EXPECT(!parse("record-memory 0x0 1 -p") && args.physical);
	EXPECT(!parse("stop -p") && !strcmp(args.compression, "snappy") && !args.physical);
	EXPECT(!parse("stop -c") && !strcmp(args.compression, "zlib") && !args.format);
	EXPECT(!parse("stop -clz") && !strcmp(args.compression, "zstd"));
	EXPECT(!parse("stop --format kdump --compression none --compression-level 3"));
	EXPECT(!strcmp(args.compression, "none") && args.compression_level == 3);
	EXPECT(!strcmp(args.format, "kdump"));
	EXPECT(!parse("capture -l --num-threads 7 a") && args.num_threads == 7);
	EXPECT(!parse("snapshot -- -d") && args.argc == 1 && !strcmp(args.argv[0], "-d"));
	EXPECT(!parse("start --buffer 64M --deadline 10 name") && args.buffer == 64 << 20);
	/* help needs no operands */
	EXPECT(!parse("snapshot --help") && args.help);
	EXPECT(!parse("snapshot -V") && args.version);
}

static void bad_lines(void)
{
	static const struct {
		const char *line;
		const char *says;
	} lines[] = {
		{ "snapshot", "TARGET" },
		{ "snapshot --depth 65 a", "at most 64" },
		{ "snapshot --depth -1 a", "'-1'" },
		{ "snapshot --depth a", "takes a number" },
		{ "snapshot -d", "-d needs an argument: N" },
		{ "snapshot --depth", "--depth needs an argument: N" },
		{ "snapshot --nothing a", "--nothing" },
		{ "snapshot -z a", "-z" },
		{ "snapshot -kz a", "-z" },
		{ "snapshot --keep=3 a", "--keep takes no argument" },
		{ "snapshot --max-bytes 1X a", "64K" },
		{ "snapshot --max-time soon a", "0.5" },
		{ "snapshot --max-objects 99999999999 a", "at most" },
		{ "snapshot -o file a", "snapshot has no option -o" },
		{ "record-memory 0x1000", "ADDRESS SIZE" },
		{ "record-memory 0x1000 1 2", "'2' is too much" },
		{ "list profiles a", "'a' is too much" },
		{ "stop --output= ", "FILE is empty" },
	};
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(lines); i++) {
		EXPECT(parse(lines[i].line) && err.code == LD_EXIT_USAGE);
		EXPECT_HAS(err.msg, lines[i].says);
	}
}

/* Runs the whole program; its exit status, with what it printed in "out". */
static int run(const char *line)
{
	static char copy[256];
	char *argv[32] = { "livedump" }, *rest = copy;
	int argc = 1, status;
	pid_t pid;

	snprintf(copy, sizeof(copy), "%s", line);
	while (*line && rest)
		argv[argc++] = strsep(&rest, " ");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (!freopen(in_test_dir("out"), "we", stdout) ||
		    dup2(fileno(stdout), STDERR_FILENO) < 0)
			_exit(99);
		exit(livedump_main(argc, argv));
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect_run(const char *line, int status, const char *says)
{
	size_t size;
	char *out;
	int got = run(line);

	out = need(get_file(in_test_dir("out"), &size));
	if (got != status || !strstr(out, says)) {
		printf("# livedump %s: status %d: %s\n", line, got, out);
		test_bad = 1;
	}
	free(out);
}

static void whole_program(void)
{
	expect_run("", 2, "usage:");
	expect_run("--help", 0, "usage:");
	expect_run("help", 0, "usage:");
	expect_run("help stop", 0, "--discard");
	expect_run("help nothing", 2, "nothing");
	expect_run("nothing", 2, "livedump help");
	expect_run("--version", 0, "livedump ");
	expect_run("stop --version", 0, "livedump ");
	expect_run("stop -h", 0, "usage: livedump stop");
	expect_run("stop --discard -o x", 2, "--discard");
	expect_run("capture x", 2, "-o FILE");
	expect_run("stop --format pdf", 2, "elf or kdump");
	expect_run("stop --compression zip", 2, "zlib, lzo, snappy, zstd or none");
	expect_run("stop --format elf -z", 2, "an ELF file is not compressed");
	expect_run("capture --format elf --compression-level 3 -o x y", 2, "--format elf");
	expect_run("stop -l --compression-level 3", 2, "lzo has no levels");
	expect_run("stop --compression-level 10", 2, "zlib are 1 to 9");
	expect_run("stop -z --compression-level 20", 2, "at most 19");
	expect_run("stop --num-threads 1025", 2, "at most 1024");
	expect_run("config colour", 2, "format, compression, compression-level, num-threads");
	expect_run("config format pdf", 2, "elf or kdump");
	expect_run("config compression-level 10", 2, "zlib are 1 to 9");
	expect_run("config format elf kdump", 2, "'kdump' is too much");
	expect_run("config format --json", 2, "give no KEY");
	expect_run("record-memory 4096 1", 2, "0xffff");
	expect_run("record-memory 0x1000 none", 2, "64K");
	expect_run("record-memory 0x1000 0", 2, "64K");
	expect_run("info /nothing/there", 1, "No such file");
	expect_run("__man", 0, ".SH SYNOPSIS");
}

static void completion(void)
{
	expect_run("__complete 1 livedump ", 0, "record-memory\n");
	expect_run("__complete 2 livedump stop --", 0, "--discard\n");
	expect_run("__complete 3 livedump stop -o ", 0, ":files\n");
	expect_run("__complete 2 livedump info ", 0, ":files\n");
	expect_run("__complete 2 livedump help ", 0, "capture\n");
	expect_run("__complete 3 livedump stop -s ", 0, "");
	expect_run("__complete 3 livedump stop --format ", 0, "elf\nkdump\n");
	expect_run("__complete 3 livedump capture --compression ", 0, "zstd\n");
	expect_run("__complete 3 livedump stop -z ", 0, "");
	expect_run("__complete 2 livedump config ", 0, "num-threads\n");
	expect_run("__complete 3 livedump config format ", 0, "kdump\ndefault\n");
	expect_run("__complete 3 livedump config compression ", 0, "lzo\n");
	expect_run("__complete 2 livedump nothing ", 0, "");
	expect_run("__complete 9 livedump stop", 0, "");
	expect_run("__complete -1 livedump stop", 0, "");
	expect_run("__complete 0 livedump", 0, "");
}

int main(void)
{
	make_test_dir();
	RUN(options_are_sound);
	RUN(commands_are_sound);
	RUN(man_has_everything);
	RUN(help_has_everything);
	RUN(good_lines);
	RUN(bad_lines);
	RUN(whole_program);
	RUN(completion);
	remove_test_dir();
	return END();
}
