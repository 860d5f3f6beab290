// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_ioctl: the fuzzer's loop, and its finds.
 *
 *   fuzz_ioctl [--seconds N] [--programs N] [--seed N] [--out DIR] [--module KO] DIR...
 *       replay the programs in DIRs, then make new ones; with --module the last third of the time
 *       goes to programs during which livedump is unloaded and loaded again
 *   fuzz_ioctl --replay FILE...     run each program a few times
 *   fuzz_ioctl --dump FILE DIR      the programs in OUT/last, oldest first, as text
 *
 * OUT gets corpus/, finds/, pcs (places reached), and last: the newest programs, each written
 * before it runs, so that a crash leaves its cause behind. Exit status: 0, or 1 with finds.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define MAX_CORPUS	4096
#define MAX_FINDS	10
#define LAST		32	/* programs in OUT/last */
#define SLOW_SECONDS	30
#define REPLAYS		5
#define RELOAD_EVERY	8	/* programs */

static struct {
	double seconds;
	unsigned long programs;
	unsigned long seed;
	const char *out;
	const char *module;
} options = { .seconds = 60, .programs = ~0UL, .seed = 1 };

static double slowest;	/* seconds of a program */
static struct prog corpus[MAX_CORPUS];
static unsigned int nr_corpus, nr_finds;
static unsigned long nr_progs;
static int last_file = -1, log_file = -1;
static bool guided;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* ---- finds ---- */

static void save(const struct prog *p, const char *dir, const char *comment)
{
	char path[512];

	if (!options.out)
		return;
	snprintf(path, sizeof(path), "%s/%s/%016llx", options.out, dir,
		 prog_hash(p));
	if (!prog_save(p, path, comment))
		fprintf(stderr, "fuzz_ioctl: cannot write %s\n", path);
}

/* Has the kernel complained? Returns the line. */
static const char *kernel_complaint(void)
{
	static const char *const bad[] = {
		"BUG", "WARNING", "KASAN", "UBSAN", "KCSAN", "Oops", "possible circular",
		"suspicious RCU", "inconsistent lock", "ODEBUG", "general protection",
		"blocked for more than", "stall", "lockup",
	};
	static char line[1024];
	unsigned int i;
	ssize_t n;

	while ((n = read(log_file, line, sizeof(line) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		if (n < 0)
			continue;
		line[n] = '\0';
		for (i = 0; i < lengthof(bad); i++) {
			if (strstr(line, bad[i]))
				return line;
		}
	}
	return NULL;
}

static void write_last(const struct prog *p)
{
	struct prog copy = *p;

	copy.number = nr_progs;
	if (last_file >= 0 &&
	    pwrite(last_file, &copy, sizeof(copy), nr_progs % LAST * sizeof(copy)) != sizeof(copy))
		perror("fuzz_ioctl: OUT/last");
}

/* Run a program. Returns what is wrong, or NULL. */
static const char *run(const struct prog *p, bool loose)
{
	const char *complaint;
	double begin = now(), took;
	static char slow[64];

	write_last(p);
	nr_progs++;
	exec_prog(p, loose);
	complaint = kernel_complaint();
	if (complaint) {
		printf("# kernel: %s\n", complaint);
		return "the kernel complains";
	}
	took = now() - begin;
	if (took > slowest)
		slowest = took;
	if (took > SLOW_SECONDS) {
		snprintf(slow, sizeof(slow), "it takes %.0f seconds", took);
		return slow;
	}
	return exec_found();
}

/* Leave out what is not needed for the same find. */
static void minimize(struct prog *p, const char *reason)
{
	struct prog smaller;
	const char *said;
	__u32 i = p->nr;

	while (i-- > 0) {
		smaller = *p;
		if (!prog_remove(&smaller, i))
			break;
		said = run(&smaller, false);
		if (said && !strcmp(said, reason))
			*p = smaller;
	}
}

/* Returns whether there is no going on. */
static bool report(const struct prog *p, const char *reason, bool loose)
{
	struct prog smaller = *p;
	char what[256];
	bool fatal;

	snprintf(what, sizeof(what), "%s", reason);
	fatal = !strcmp(what, "the kernel complains");
	nr_finds++;
	printf("# find: %s: finds/%016llx\n", what, prog_hash(p));
	save(p, "finds", what);
	fflush(stdout);
	if (!fatal && !loose && strncmp(what, "it takes", 8)) {
		minimize(&smaller, what);
		if (smaller.nr < p->nr) {
			printf("# find: the same, shorter: finds/%016llx\n",
			       prog_hash(&smaller));
			save(&smaller, "finds", what);
		}
	}
	return fatal || nr_finds >= MAX_FINDS;
}

/* ---- the loop ---- */

static void keep(const struct prog *p, bool write)
{
	if (nr_corpus == MAX_CORPUS)
		return;
	corpus[nr_corpus++] = *p;
	if (write)
		save(p, "corpus", NULL);
}

/* Run a program, and keep it where it reaches something new. Returns whether to go on. */
static bool try(const struct prog *p, bool loose, bool write)
{
	const char *reason = run(p, loose);

	if (cover_new(true))
		keep(p, write);
	return !reason || !report(p, reason, loose);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_program(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* Replay all of a directory. Returns how many programs there were, or -1 with finds. */
static int replay_dir(const char *dir, bool write)
{
	struct dirent **list;
	struct prog p;
	char path[512];
	int i, n = scandir(dir, &list, is_program, by_name);
	bool good = true;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
		good = good && prog_load(&p, path) && try(&p, false, write);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return good ? n < 0 ? 0 : n : -1;
}

static void next_prog(struct prog *p)
{
	unsigned int recent = nr_corpus < 64 ? nr_corpus : 64;

	if (!nr_corpus || !below(20)) {
		prog_random(p);
		return;
	}
	*p = corpus[below(2) ? below(nr_corpus) : nr_corpus - 1 - below(recent)];
	prog_mutate(p, &corpus[below(nr_corpus)]);
}

static void fuzz(double until, bool loose)
{
	struct prog p;
	unsigned int i;

	for (i = 0; now() < until && nr_progs < options.programs; i++) {
		if (loose && i % RELOAD_EVERY == 0 && !reload_module())
			break;
		next_prog(&p);
		if (!try(&p, loose, true))
			break;
		if (!loose && canary_moved()) {
			canary_load();
			targets_load();
		}
	}
}

static int result(const char *what, bool good)
{
	printf("%s - %s\n", good ? "ok" : "not ok", what);
	fflush(stdout);
	return good;
}

/* A fuzzer whose calls are all refused finds nothing. */
static bool all_succeed(void)
{
	bool all = true;
	int i;

	printf("# successes:");
	for (i = 0; i < OP_UNKNOWN; i++) {
		printf(" %s %lu/%lu", op_names[i], nr_good[i], nr_calls[i]);
		all &= nr_good[i] > 0;
	}
	printf("\n");
	return all;
}

static int summary(double begin)
{
	double took = now() - begin;
	unsigned long calls = 0;
	int i;

	for (i = 0; i < NR_IOCTLS; i++)
		calls += nr_calls[i];
	printf("# %lu programs, %lu ioctls, %.0f seconds: %.0f programs/s, %.0f ioctls/s\n",
	       nr_progs, calls, took, nr_progs / took, calls / took);
	printf("# the slowest program: %.1f seconds\n", slowest);
	printf("# corpus %u, edges %u, places %u%s; seed %lu; finds %u\n", nr_corpus, cover_edges(),
	       cover_pcs(), guided ? "" : " (no KCOV: not guided)", options.seed, nr_finds);
	return nr_finds ? 1 : 0;
}

static int do_fuzz(char **dirs)
{
	double begin = now(), plain;
	char path[512];
	bool good = true;
	int n = 0;

	for (; good && *dirs; dirs++) {
		int nr = replay_dir(*dirs, false);

		good = nr >= 0;
		n += nr;
	}
	printf("# %d programs from files\n", n);
	if (!result("programs from files", good))
		return summary(begin) | 1;
	if (options.out) {
		snprintf(path, sizeof(path), "%s/corpus", options.out);
		replay_dir(path, false);
	}

	plain = options.module ? options.seconds * 2 / 3 : options.seconds;
	fuzz(begin + plain, false);
	result("new programs", !nr_finds);
	if (options.module && !nr_finds) {
		reload_start();
		fuzz(begin + options.seconds, true);
		reload_stop();
		result("new programs while the module goes and comes", !nr_finds);
	}
	good = result("each ioctl has succeeded", all_succeed());
	if (options.out) {
		snprintf(path, sizeof(path), "%s/pcs", options.out);
		cover_save(path);
	}
	return summary(begin) | !good;
}

static int do_replay(char **files)
{
	const char *reason;
	struct prog p;
	int i, bad = 0;

	for (; *files; files++) {
		if (!prog_load(&p, *files))
			return 2;
		for (i = 0, reason = NULL; i < REPLAYS && !reason; i++)
			reason = run(&p, false);
		printf("%s - %s%s%s\n", reason ? "not ok" : "ok", *files, reason ? ": " : "",
		       reason ?: "");
		bad |= !!reason;
	}
	return bad;
}

static int older(const void *a, const void *b)
{
	__u32 x = ((const struct prog *)a)->number, y = ((const struct prog *)b)->number;

	return x < y ? -1 : x > y;
}

static int do_dump(char **args)
{
	struct prog last[LAST];
	FILE *f = fopen(args[0], "re");
	size_t i, n = f ? fread(last, sizeof(last[0]), LAST, f) : 0;
	char path[512];

	if (f)
		fclose(f);
	qsort(last, n, sizeof(last[0]), older);
	for (i = 0; i < n && args[1]; i++) {
		snprintf(path, sizeof(path), "%s/last-%02zu", args[1], i);
		if (last[i].nr <= MAX_RECS && !prog_save(&last[i], path, NULL))
			return 1;
	}
	return n ? 0 : 2;
}

static void open_files(void)
{
	char path[512];

	log_file = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(log_file, 0, SEEK_END);
	if (!options.out)
		return;
	snprintf(path, sizeof(path), "%s/corpus", options.out);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/finds", options.out);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/last", options.out);
	last_file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "seconds", required_argument, NULL, 's' },
		{ "programs", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 'r' },
		{ "out", required_argument, NULL, 'o' },
		{ "module", required_argument, NULL, 'm' },
		{ "replay", no_argument, NULL, 'p' },
		{ "dump", no_argument, NULL, 'd' },
		{}
	};
	int option, mode = 0;

	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (option) {
		case 's':
			options.seconds = atof(optarg);
			break;
		case 'n':
			options.programs = strtoul(optarg, NULL, 0);
			break;
		case 'r':
			options.seed = strtoul(optarg, NULL, 0);
			break;
		case 'o':
			options.out = optarg;
			break;
		case 'm':
			options.module = optarg;
			break;
		case 'p': case 'd':
			mode = option;
			break;
		default:
			return 2;
		}
	}
	if (mode == 'd')
		return do_dump(argv + optind);

	if (options.module && !reload_init(options.module))
		return 2;
	rnd_seed(options.seed);
	open_files();
	memory_init();
	canary_load();
	targets_load();
	cover_module();
	guided = exec_init();
	exec_files();
	return mode == 'p' ? do_replay(argv + optind) : do_fuzz(argv + optind);
}
