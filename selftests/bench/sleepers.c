// SPDX-License-Identifier: GPL-2.0
/*
 * sleepers N: N processes that do nothing. Prints their pids, one a line, then an empty line; they
 * go when standard input is closed.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int i, n = argc > 1 ? atoi(argv[1]) : 0;
	pid_t pid;

	for (i = 0; i < n; i++) {
		pid = fork();
		if (pid < 0) {
			perror("fork");
			return 1;
		}
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
		printf("%d\n", pid);
		/* or the children print it, too */
		fflush(stdout);
	}
	putchar('\n');
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
