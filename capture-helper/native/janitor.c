/* What is left to do when the helper is gone, and it has no right to do itself any more: removing its tracefs instance. A child that
 * waits for the end of a pipe, removes one directory whose name it was given before, and ends. It is the helper's user, holds the
 * one capability this takes (CAP_DAC_OVERRIDE), and may make five system calls: of these, unlinkat only removes empty directories.
 * It reads no byte of anybody. Killed too, it leaves an empty instance that the next helper sweeps. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "kaipo-capture.h"

#define TRIES 250
#define TRY_EVERY_NS 20000000L

static void wait_and_remove(int life, int instances, const char *name, const char *user) __attribute__((noreturn));
static void wait_and_remove(int life, int instances, const char *name, const char *user)
{
	setsid();
	prctl(PR_SET_NAME, "kaipo-janitor", 0, 0, 0);
	for (int number = 1; number < 32; number++)
		signal(number, SIG_IGN); /* a Ctrl-C is meant for the helper; what is left can be killed, and is then swept */
	for (int fd = 0; fd < 4096; fd++)
		if (fd != life && fd != instances)
			close(fd);
	drop_all_but_dac_override(user);
	close_the_back_door(life, instances);
	char byte;
	while (read(life, &byte, 1) < 0 && errno == EINTR)
		continue;
	/* The pipe may be closed a moment before the last of its rings. */
	const struct timespec pause = { .tv_nsec = TRY_EVERY_NS };
	for (int i = 0; i < TRIES && unlinkat(instances, name, AT_REMOVEDIR) != 0 && errno == EBUSY; i++)
		nanosleep(&pause, NULL);
	_exit(EXIT_ORDERLY);
}

/* Its end of the pipe stays open for as long as this process lives, and is in no other. */
void start_janitor(int instances, const char *name, const char *user)
{
	int life[2];
	if (pipe2(life, O_CLOEXEC) != 0)
		return;
	pid_t child = fork();
	if (child == 0)
		wait_and_remove(life[0], instances, name, user);
	close(life[0]);
	if (child < 0)
		close(life[1]);
}
