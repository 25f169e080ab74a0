/* Starting clients: real processes with a name of their own, so that a wrong label cannot look right. Owns the names (hard links of
 * this program in --dir) and the choice of a pid. Bound: one argv. */
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workload.h"

/* "kw-short" and 7 give "kw-short-07", within the 15 characters a kernel keeps of a name. */
const char *made_name(const char *prefix, unsigned number)
{
	static char name[32];
	snprintf(name, sizeof name, "%s-%02u", prefix, number % 100);
	return name;
}

static void link_program(const char *path)
{
	if (link(own_exe(), path) != 0 && errno != EEXIST)
		die(EXIT_IO, "%s: %s", path, strerror(errno));
}

/* fork, with a pid of the caller's choice where that is free and allowed; 0: any. */
static pid_t fork_as(pid_t wanted_pid)
{
	if (wanted_pid > 0) {
		struct clone_args arguments = { .exit_signal = SIGCHLD,
						.set_tid = (uint64_t)(uintptr_t)&wanted_pid,
						.set_tid_size = 1 };
		long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
		if (pid >= 0)
			return (pid_t)pid;
	}
	return fork();
}

pid_t spawn_with(const char *name, char *const argv[], pid_t wanted_pid)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", options.directory, name);
	link_program(path);
	pid_t pid = fork_as(wanted_pid);
	if (pid < 0)
		die(EXIT_IO, "fork: %s", strerror(errno));
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execv(path, argv);
	die(EXIT_IO, "%s: %s", path, strerror(errno));
}

#define MAX_ARGUMENTS 48

pid_t spawn_client(const char *name, const char *kind, unsigned variant, uint64_t seed, pid_t wanted_pid)
{
	char numbers[7][24];
	snprintf(numbers[0], sizeof *numbers, "%u", variant);
	snprintf(numbers[1], sizeof *numbers, "%llu", (unsigned long long)seed);
	snprintf(numbers[2], sizeof *numbers, "%u", options.count);
	snprintf(numbers[3], sizeof *numbers, "%llu", (unsigned long long)options.bytes);
	snprintf(numbers[4], sizeof *numbers, "%u", options.local_port);
	snprintf(numbers[5], sizeof *numbers, "%d", options.group_pid);
	snprintf(numbers[6], sizeof *numbers, "%u", options.workers);
	const char *const pairs[][2] = {
		{ "--variant", numbers[0] }, { "--seed", numbers[1] }, { "--count", numbers[2] }, { "--bytes", numbers[3] },
		{ "--local-port", numbers[4] }, { "--group-pid", numbers[5] }, { "--workers", numbers[6] },
		{ "--scenario", options.scenario }, { "--truth", options.truth }, { "--dir", options.directory },
		{ "--server4", options.server4 }, { "--server6", options.server6 }, { "--local4", options.local4 },
		{ "--local6", options.local6 }, { "--interface", options.interface }, { "--server-mac", options.server_mac },
		{ "--group-exe", options.group_exe },
	};
	const char *argv[MAX_ARGUMENTS] = { name, "client", kind };
	unsigned used = 3;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (pairs[i][1] == NULL)
			continue;
		argv[used++] = pairs[i][0];
		argv[used++] = pairs[i][1];
	}
	return spawn_with(name, (char *const *)argv, wanted_pid);
}

/* The exit code of a child; 128 and its signal when it had none. */
int wait_for(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die(EXIT_IO, "waitpid: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* `clients` processes of one kind, one after the other; what one did not like ends the run. */
int run_clients(const char *kind, const char *prefix)
{
	for (unsigned i = 0; i < options.clients; i++) {
		int code = wait_for(spawn_client(made_name(prefix, i), kind, i, options.seed + i, 0));
		if (code != 0)
			return code;
	}
	return 0;
}
